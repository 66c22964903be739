// Every two decisions that meet on one customer's money at the same moment, from two instances of the app on one database (on
// the embedded engine there is one): of what excludes each other exactly one wins, whoever loses is told in words, every sum
// of rules §4 holds, and nothing waits for what is gone.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Ctx } from '../../src/ctx.js';
import { type Database, openDatabase } from '../../src/db/client.js';
import { approve, reject, withdraw } from '../../src/domain/approvals/decisions.service.js';
import { askVoid } from '../../src/domain/contracts/contract-void.service.js';
import { mergeCustomers } from '../../src/domain/customers/customer-merge.service.js';
import { handOver } from '../../src/domain/customers/hand-over.service.js';
import { type ErrorCode, isDomainError } from '../../src/domain/errors.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import type { Approval, Contract, Customer, Instalment } from '../../src/generated/prisma/client.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { checkMoney } from '../support/money-invariants.js';

let database: TestDatabase;
let company: TestCompany;
/** The other instance; the same one where a directory has one process. */
let other: Database | null = null;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
  if ('databaseUrl' in database.target) other = await openDatabase({ ...database.target, durable: false });
});
afterAll(async () => {
  await other?.close();
  await database.close();
});

/** A customer with 60 of 100 paid on the first row; what is asked for stands open. */
interface World {
  readonly kept: Customer;
  readonly gone: Customer;
  readonly contract: Contract;
  readonly rows: readonly [Instalment, Instalment];
  /** 40 more, which wait for finance. */
  readonly receipt: Approval | null;
  /** 30 of the 60, which the bank took back. */
  readonly reversal: Approval | null;
  /** The contract, with its money. */
  readonly ending: Approval | null;
}

/** What is decided about one thing: of two that are about the same one wins. */
type Subject = 'receipt' | 'reversal' | 'ending' | 'merge' | 'book';
interface Way {
  readonly who: PersonKey;
  readonly about: Subject | null;
  readonly run: (ctx: Ctx, world: World) => Promise<unknown>;
}
const decide =
  (subject: 'receipt' | 'reversal' | 'ending', how: 'approve' | 'reject') => (ctx: Ctx, world: World) => {
    const { id, version } = asked(world[subject]);
    return how === 'approve' ? approve(ctx, id, version) : reject(ctx, id, version, { reason: 'duplicate' });
  };
function asked(approval: Approval | null): Approval {
  if (!approval) throw new Error('was not asked for');
  return approval;
}
const WAYS = {
  approves: { who: 'finance2', about: 'receipt', run: decide('receipt', 'approve') },
  rejects: { who: 'finance', about: 'receipt', run: decide('receipt', 'reject') },
  'takes back': {
    who: 'rep',
    about: 'receipt',
    run: (ctx, world) => withdraw(ctx, asked(world.receipt).id),
  },
  reverses: { who: 'financeManager', about: 'reversal', run: decide('reversal', 'approve') },
  'leaves booked': { who: 'financeManager', about: 'reversal', run: decide('reversal', 'reject') },
  'makes void': { who: 'financeManager', about: 'ending', run: decide('ending', 'approve') },
  'keeps in force': { who: 'financeManager', about: 'ending', run: decide('ending', 'reject') },
  merges: { who: 'director', about: 'merge', run: (ctx, { kept, gone }) => mergeCustomers(ctx, kept, gone) },
  'hands over': {
    who: 'director',
    about: null,
    run: (ctx) => handOver(ctx, company.ids.rep, company.ids.rep2),
  },
  records: {
    who: 'rep',
    about: null,
    run: (ctx, { gone, rows: [, row] }) =>
      recordReceipt(
        ctx,
        {
          ...{ customerId: gone.id, contractId: row.contractId, instalmentId: row.id, amount: 25_00n },
          ...{ currency: 'CNY', method: 'transfer', receivedOn: ctx.today },
        },
        { notDuplicate: true },
      ),
  },
} as const satisfies Record<string, Way>;
type Name = keyof typeof WAYS;
const NAMES = Object.keys(WAYS) as Name[];
const PAIRS = NAMES.flatMap((a, index) => NAMES.slice(index).map((b) => [a, b] as const));

/** What a loser may be told. */
const TOLD: readonly ErrorCode[] = [
  'approval.decided',
  'contract.bad_state',
  'contract.receipt_waits',
  'receipt.split_changed',
  'version.conflict',
  'not_found',
];
/** What follows may be refused to somebody whose book was handed over a moment before. */
const TOLD_TO_REP: readonly ErrorCode[] = [...TOLD, 'access.denied'];

const openOf = (subjectId: string) =>
  company.db.approval.findFirstOrThrow({ where: { subjectId, status: 'open' } });

async function aWorld(names: readonly Name[]): Promise<World> {
  const has = (subject: Subject) => names.some((name) => WAYS[name].about === subject);
  const { contract, rows } = await anActiveContract(company, [
    [100_00n, '2026-11-10'],
    [80_00n, '2026-11-12'],
  ]);
  const [first, second] = rows;
  if (!first || !second) throw new Error('no rows');
  const paid = await aSubmittedReceipt(company, first, 60_00n);
  await approve(await company.as('finance2'), paid.approval.id, paid.approval.version);
  const { version } = await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } });
  const ending = { id: contract.id, version, reason: '不做了' };
  const gone = has('ending') ? await openOf((await askVoid(await company.as('manager'), ending)).id) : null;
  const taken = { receiptId: paid.receipt.id, amount: 30_00n, reason: '退票' };
  const reversal = has('reversal')
    ? await openOf((await askReversal(await company.as('finance'), taken)).id)
    : null;
  const receipt = has('receipt') ? (await aSubmittedReceipt(company, first, 40_00n)).receipt : null;
  return {
    kept: await aCustomer(company),
    gone: await company.db.customer.findUniqueOrThrow({ where: { id: contract.customerId } }),
    contract,
    rows: [first, second],
    receipt: receipt && (await openOf(receipt.id)),
    reversal,
    ending: gone,
  };
}

/** Money or a question about something that is not there any more. */
const LEFT_BEHIND = `
  SELECT r.number FROM receipt r JOIN customer k ON k.id = r.customer_id WHERE k.deleted_at IS NOT NULL
  UNION ALL SELECT i.id::text FROM instalment i JOIN customer k ON k.id = i.customer_id WHERE k.deleted_at IS NOT NULL
  UNION ALL SELECT c.number FROM receipt r JOIN contract c ON c.id = r.contract_id
    WHERE c.customer_id <> r.customer_id OR (c.status = 'void' AND r.status = 'submitted' AND r.reverses_id IS NULL)
  UNION ALL SELECT c.number FROM contract c JOIN instalment i ON i.contract_id = c.id
    WHERE c.status = 'void' AND (i.lifecycle IN ('open', 'inactive') OR EXISTS (
      SELECT 1 FROM allocation a WHERE a.instalment_id = i.id AND a.status <> 'released'))
  UNION ALL SELECT r.number FROM receipt r WHERE (r.status = 'submitted') <> EXISTS (
    SELECT 1 FROM approval p WHERE p.status = 'open' AND p.subject_id = r.id)`;

it.each(PAIRS)('one %s and one %s', async (a, b) => {
  const world = await aWorld([a, b]);
  const isEven = PAIRS.findIndex(([x, y]) => x === a && y === b) % 2 === 0;
  // Whoever is asked first is a step ahead: each kind is at times.
  const runs = (isEven ? [a, b] : [b, a]).map((name) => ({ name, way: WAYS[name] as Way }));
  const racers: { name: Name; way: Way; ctx: Ctx }[] = [];
  for (const [index, run] of runs.entries()) {
    const ctx = await company.as(run.way.who);
    racers.push({ ...run, ctx: index === 1 && other ? { ...ctx, db: other.prisma } : ctx });
  }
  const results = await Promise.allSettled(racers.map(({ way, ctx }) => way.run(ctx, world)));
  const won = results.flatMap((result, index) => {
    const name = racers[index]?.name;
    if (result.status === 'rejected') {
      if (!isDomainError(result.reason)) throw result.reason;
      const isRep = name !== undefined && WAYS[name].who === 'rep' && [a, b].includes('hands over');
      expect(isRep ? TOLD_TO_REP : TOLD, `${name}: ${result.reason.code}`).toContain(result.reason.code);
      return [];
    }
    const decided = result.value as { outcome?: string } | null;
    return decided?.outcome === 'redrawn' || name === undefined ? [] : [name];
  });
  const isOneThing = WAYS[a].about !== null && WAYS[a].about === WAYS[b].about;
  expect(isOneThing ? won.length === 1 : won.length >= 1, `${won.join()} won`).toBe(true);
  // Nothing of these excludes the other.
  if ([a, b].includes('hands over') && WAYS[a].who !== 'rep' && WAYS[b].who !== 'rep')
    expect(won).toHaveLength(2);
  expect(await checkMoney(company.db)).toEqual([]);
  expect(await company.db.$queryRawUnsafe(LEFT_BEHIND)).toEqual([]);
  await expectAsWon(world, won);
});

/** The facts say what whoever won was told, and it stands in the trail once. */
async function expectAsWon({ contract, gone, kept, ...world }: World, won: readonly Name[]): Promise<void> {
  const audited = (subjectId: string, ...actions: string[]) =>
    company.db.auditLog.count({ where: { subjectId, action: { in: actions } } });
  const has = (name: Name) => won.includes(name);
  const now = await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } });
  expect(now.status === 'void').toBe(has('makes void'));
  expect(now.customerId).toBe(has('merges') ? kept.id : gone.id);
  if (has('hands over')) {
    const rows = await company.db.instalment.findMany({ where: { contractId: contract.id } });
    expect([now.ownerId, ...rows.map((row) => row.ownerId)]).toEqual(Array(3).fill(company.ids.rep2));
  }
  if (world.receipt) {
    const { subjectId: id } = world.receipt;
    const status = has('approves')
      ? 'approved'
      : has('rejects')
        ? 'rejected'
        : has('takes back')
          ? 'draft'
          : 'submitted';
    expect(await company.db.receipt.findUnique({ where: { id } })).toMatchObject({ status });
    const trail = await audited(id, 'receipt.approved', 'receipt.rejected', 'receipt.withdrawn');
    expect(trail).toBe(status === 'submitted' ? 0 : 1);
  }
  if (world.reversal) {
    const status = has('reverses') ? 'approved' : has('leaves booked') ? 'rejected' : 'submitted';
    const { subjectId: id } = world.reversal;
    expect(await company.db.receipt.findUnique({ where: { id } })).toMatchObject({ status });
  }
}
