// Anybody does anything at the same moment, plans and owners as well as money, from two instances of the app on one database
// (on the embedded engine there is one): whatever is refused is refused in words, every sum of rules §4 holds, the ledger by
// events is the one by states, contracts complete and reopen as their plans say, and nothing waits for what is gone.
// CROWD_SEED repeats the choices, as far as things happen in the same order; CROWD_ROUNDS asks for more.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/db/client.js';
import { isComplete } from '../../src/domain/contracts/contract.js';
import { readBalance } from '../../src/domain/customers/customer-balance.queries.js';
import { isDomainError } from '../../src/domain/errors.js';
import { readLedger } from '../../src/domain/ledger/ledger.queries.js';
import { addDays } from '../../src/domain/local-date.js';
import { createTestCompany } from '../support/company.js';
import { Crowd } from '../support/crowd.js';
import { STEPS } from '../support/crowd-steps.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { checkMoney } from '../support/money-invariants.js';

const ROUNDS = Number(process.env.CROWD_ROUNDS ?? 6);
const SEED = Number(process.env.CROWD_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Moments of a round, and how many act in each. */
const MOMENTS = 40;
const AT_ONCE = 6;

let database: TestDatabase;
let other: Database | null = null;
beforeAll(async () => {
  database = await createTestDatabase();
  if ('databaseUrl' in database.target) other = await openDatabase({ ...database.target, durable: false });
});
afterAll(async () => {
  await other?.close();
  await database.close();
});

const NAMES = Object.keys(STEPS);
const TOTAL = Object.values(STEPS).reduce((sum, step) => sum + step.weight, 0);

/** By weight. */
function pick(crowd: Crowd): string {
  let rest = (crowd.below(1_000_000) / 1_000_000) * TOTAL;
  for (const name of NAMES) {
    rest -= STEPS[name]?.weight ?? 0;
    if (rest < 0) return name;
  }
  return 'decide';
}

/** What is asked about a row or contract that is not there any more. */
const LEFT_BEHIND = `
  SELECT 'postponement' AS what FROM postponement p JOIN instalment i ON i.id = p.instalment_id
    WHERE p.status = 'open' AND i.lifecycle <> 'open'
  UNION ALL SELECT 'write-off' FROM adjustment d JOIN instalment i ON i.id = d.instalment_id
    WHERE d.status = 'open' AND (i.lifecycle = 'cancelled' OR (d.undoes_id IS NULL AND i.lifecycle <> 'open'))
  UNION ALL SELECT 'amendment' FROM contract_change h JOIN contract c ON c.id = h.contract_id
    WHERE h.status = 'open' AND c.status = 'void'
  UNION ALL SELECT 'case' FROM escalation_case k JOIN instalment i ON i.id = k.instalment_id
    WHERE k.closed_on IS NULL AND i.lifecycle <> 'open'`;

async function whatIsWrong(crowd: Crowd): Promise<string[]> {
  const { db } = crowd;
  const wrong = await checkMoney(db);
  const contracts = await db.contract.findMany({ include: { instalments: true } });
  for (const { number, status, amount, instalments } of contracts) {
    const complete = isComplete({ amount }, instalments);
    if (status === 'active' && complete) wrong.push(`${number} is complete and in force`);
    if ((status === 'completed' || status === 'archived') && !complete) wrong.push(`${number} is ${status}`);
  }
  const reader = await crowd.as('auditor');
  const subjects = [
    ...(await db.customer.findMany({ where: { deletedAt: null } })).map(({ id }) => ({
      customerId: id,
      currency: 'CNY',
    })),
    ...contracts.map(({ id }) => ({ contractId: id })),
  ];
  for (const subject of subjects)
    for (const back of [0, 1, 3, 8, 30]) {
      const { balance, open, credit } = await readLedger(reader, subject, addDays(reader.today, -back));
      if (balance !== open - credit) wrong.push(`${JSON.stringify(subject)} ${back} days ago`);
      if (back > 0 || !('customerId' in subject)) continue;
      const [now] = await readBalance(reader, subject.customerId);
      if (now && now.open - now.unapplied !== balance) wrong.push(`balance of ${subject.customerId}`);
    }
  const left = await db.$queryRawUnsafe<{ what: string }[]>(LEFT_BEHIND);
  return [...wrong, ...left.map((one) => one.what)];
}

it('keeps every sum, whoever does what at once', { timeout: ROUNDS * 300_000 }, async () => {
  console.info(`crowd seed ${SEED}, rounds ${ROUNDS}`);
  const done = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    await truncate(database.db);
    const company = await createTestCompany(database.db.prisma);
    const crowd = new Crowd(company, SEED + round, ...(other ? [other.prisma] : []));
    for (let n = 0; n < 3; n += 1) await crowd.begin();
    for (let moment = 0; moment < MOMENTS; moment += 1) {
      crowd.pass(crowd.chance(0.2) ? 1 + crowd.below(6) : 0.001);
      await crowd.gather();
      const names = Array.from({ length: AT_ONCE }, () => pick(crowd));
      const results = await Promise.allSettled(names.map(async (name) => STEPS[name]?.run(crowd)));
      for (const [index, result] of results.entries()) {
        if (result.status === 'fulfilled' && result.value !== null) done.add(names[index] ?? '');
        if (result.status === 'rejected' && !isDomainError(result.reason)) throw result.reason;
      }
      if (moment % 8 === 7) expect(await whatIsWrong(crowd), `seed ${SEED + round}, ${moment}`).toEqual([]);
    }
  }
  for (const name of ['record', 'decide', 'takeBack', 'reallocate', 'apply', 'writeOff', 'split', 'amend'])
    expect([...done]).toContain(name);
});
