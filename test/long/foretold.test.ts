// What the card of a case and the preview of a row foretell is what the mornings do: rows are brought into all states, by
// chance, looked at on one day, and then every morning is played. HUIKUAN_SEED repeats a run.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { isDomainError } from '../../src/domain/errors.js';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { addDays, fromUtcDate, type LocalDate, localDate, toUtcDate } from '../../src/domain/local-date.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { findCaseCard } from '../../src/domain/reminders/case.queries.js';
import { acknowledgeCase } from '../../src/domain/reminders/case.service.js';
import { findComing } from '../../src/domain/reminders/coming.queries.js';
import type { EscalationCase, Instalment, Receipt } from '../../src/generated/prisma/client.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { at, morning } from '../support/mornings.js';
import { randomFrom } from '../support/random.js';

const SEED = Number(process.env.HUIKUAN_SEED ?? 5);
const ROWS = 36;
const DAYS = 75;
const DAYS_AHEAD = 130;
/** Reminders of a row that are compared. */
const COMPARED = 6;

let database: TestDatabase;
let company: TestCompany;
const random = randomFrom(SEED);
const below = (count: number): number => Math.floor(random() * count);
let today: LocalDate = localDate('2026-09-14');
const noon = () => at(today, '12:00');
const money = new Map<string, Receipt>();
const story = new Map<string, string[]>();

beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const keyOf = (id: string): PersonKey =>
  (Object.keys(company.ids) as PersonKey[]).find((key) => company.ids[key] === id) ?? 'rep';
const openCase = (instalmentId: string): Promise<EscalationCase | null> =>
  company.db.escalationCase.findFirst({ where: { instalmentId, closedOn: null } });

async function aRow(): Promise<string> {
  const extra = random() < 0.15 ? { isRetention: true } : {};
  const due = addDays(today, below(150) - 110);
  const { rows } = await anActiveContract(company, [[1_000_00n, due, extra]], { now: noon() });
  const id = rows[0]?.id ?? '';
  story.set(id, [`${today} due ${due}`]);
  return id;
}

const follow = { kind: 'call', content: 'x', reason: null, pauseUntil: null, nextOn: null } as const;
const DEEDS: Readonly<Record<string, (row: Instalment) => Promise<unknown>>> = {
  promised: async (row) =>
    recordFollowUp(await company.as('rep', noon()), {
      ...{ ...follow, instalmentId: row.id, result: 'promised', promisedOn: addDays(today, 1 + below(20)) },
      promisedAmount: random() < 0.5 ? row.outstanding : row.outstanding / 2n,
    }),
  disputed: async (row) =>
    recordFollowUp(await company.as('rep', noon()), {
      ...{ ...follow, instalmentId: row.id, result: 'disputed', reason: 'y' },
      pauseUntil: addDays(today, 1 + below(20)),
      ...{ promisedOn: null, promisedAmount: null },
    }),
  acknowledged: async (row) => {
    const found = await openCase(row.id);
    const [asked] = found?.recipientIds ?? [];
    if (found && asked !== undefined && found.ackedAt === null)
      await acknowledgeCase(await company.as(keyOf(asked), noon()), found.id);
  },
  /** In part, but for what is too little to be said, or all of it. */
  paid: async (row) => {
    const amounts = [row.outstanding, row.outstanding - 50n, row.outstanding / 3n];
    const amount = amounts[below(amounts.length)] ?? 0n;
    if (amount <= 0n) return;
    const { receipt, approval } = await aSubmittedReceipt(company, row, amount, { now: noon() });
    await approveReceipt(await company.as('finance', noon()), approval.id, approval.version);
    money.set(row.id, receipt);
  },
  'taken back': async (row) => {
    const receipt = money.get(row.id);
    if (!receipt || !money.delete(row.id)) return;
    const asked = { receiptId: receipt.id, amount: receipt.amount, reason: 'x' };
    const { id } = await askReversal(await company.as('finance', noon()), asked);
    const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: id } });
    await approve(await company.as('financeManager', noon()), open.id, open.version);
  },
  postponed: async ({ id, version }) => {
    const to = addDays(today, 1 + below(25));
    await postponeInstalment(await company.as('manager', noon()), { id, version, to, remark: 'x' });
  },
};

async function somethingHappens(id: string): Promise<void> {
  const names = Object.keys(DEEDS);
  const name = names[below(names.length)] ?? '';
  const row = await company.db.instalment.findUniqueOrThrow({ where: { id } });
  if (row.lifecycle !== 'open' && name !== 'taken back') return;
  try {
    await DEEDS[name]?.(row);
    story.get(id)?.push(`${today} ${name}`);
  } catch (error) {
    // What may not be, is not.
    if (!isDomainError(error)) throw error;
  }
}

interface Foretold {
  readonly level: number | null;
  readonly next: string;
  readonly reminders: readonly string[];
}

async function foretell(id: string): Promise<Foretold> {
  const found = await openCase(id);
  const card = found && (await findCaseCard(await company.system(noon()), found.id));
  const { items } = await findComing(await company.as('director', noon()), id);
  return {
    level: found?.level ?? null,
    next: card?.next ? `${card.next.on} ${card.next.level}` : 'none',
    reminders: items
      .slice(0, COMPARED)
      .map(({ on, rule, names }) => `${on} ${rule.code}→${names.toSorted().join()}`),
  };
}

/** As foretold, but for contacts that somebody arranged, which no ladder has. */
async function toldFrom(id: string, first: LocalDate): Promise<string[]> {
  const told = await company.db.reminder.findMany({
    where: {
      ...{ instalmentId: id, status: { in: ['sent', 'acked'] }, ruleCode: { not: 'F' } },
      plannedOn: { gte: toUtcDate(first) },
    },
  });
  const names = new Map((await company.db.user.findMany()).map((user) => [user.id, user.name]));
  const steps = new Map<string, string[]>();
  for (const { plannedOn, ruleCode, recipientId } of told) {
    const step = `${fromUtcDate(plannedOn)} ${ruleCode}`;
    steps.set(step, [...(steps.get(step) ?? []), names.get(recipientId) ?? '']);
  }
  return [...steps]
    .map(([step, people]) => `${step}→${people.toSorted().join()}`)
    .toSorted()
    .slice(0, COMPARED);
}

it(`cards and previews say what comes (seed ${SEED})`, async () => {
  const ids: string[] = [];
  for (let played = 0; played < DAYS; played += 1, today = addDays(today, 1)) {
    await morning(company, today);
    for (let made = 0; made < (played < 3 ? 4 : below(2)) && ids.length < ROWS; made += 1)
      ids.push(await aRow());
    // What happens after the last morning's messages would be told by the next.
    for (const id of ids) if (played < DAYS - 1 && random() < 0.05) await somethingHappens(id);
  }
  today = addDays(today, -1);
  const foretold = new Map<string, Foretold>();
  for (const id of ids) foretold.set(id, await foretell(id));
  const first = addDays(today, 1);
  const risen = new Map<string, string>();
  for (let played = 0; played < DAYS_AHEAD; played += 1) {
    today = addDays(today, 1);
    await morning(company, today);
    for (const { instalmentId: id, level } of await company.db.escalationCase.findMany({
      where: { closedOn: null },
    }))
      if (!risen.has(id) && level > (foretold.get(id)?.level ?? level)) risen.set(id, `${today} ${level}`);
  }
  expect(foretold.size).toBe(ROWS);
  for (const [id, { level, next, reminders }] of foretold) {
    const about = `seed ${SEED}: ${story.get(id)?.join(', ')}`;
    if (level !== null) expect(next, about).toBe(risen.get(id) ?? 'none');
    expect(reminders, about).toEqual(await toldFrom(id, first));
  }
});
