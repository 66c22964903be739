// Everything that moves money at the same moment, from two instances of the app on one database (on the embedded engine there
// is one): exactly one decision of each wins, the others are told in words, and every sum of rules §4 holds.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Ctx } from '../../src/ctx.js';
import { type Database, openDatabase } from '../../src/db/client.js';
import { transact } from '../../src/db/transact.js';
import { askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { approve, reject, withdraw } from '../../src/domain/approvals/decisions.service.js';
import { voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { askVoid } from '../../src/domain/contracts/contract-void.service.js';
import { mergeCustomers } from '../../src/domain/customers/customer-merge.service.js';
import { isDomainError } from '../../src/domain/errors.js';
import { startImport } from '../../src/domain/imports/import-job.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { deleteInstalment } from '../../src/domain/plans/delete-instalment.service.js';
import { applyPrepayment } from '../../src/domain/receipts/apply-prepayment.service.js';
import { reallocate } from '../../src/domain/receipts/reallocation.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { recordUnclaimed } from '../../src/domain/receipts/unclaimed.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { runStarted, stageFile } from '../support/importing.js';
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
  expect(await checkMoney(company.db)).toEqual([]);
  await other?.close();
  await database.close();
});

/** A context of this person on one of the two instances. */
async function on(instance: number, who: PersonKey): Promise<Ctx> {
  const ctx = await company.as(who);
  return instance % 2 === 1 && other ? { ...ctx, db: other.prisma } : ctx;
}
const openOf = (subjectId: string) =>
  company.db.approval.findFirstOrThrow({ where: { subjectId, status: 'open' } });
async function aRow(amount: bigint): Promise<Instalment> {
  const [row] = (await anActiveContract(company, [[amount, '2026-11-10']])).rows;
  if (!row) throw new Error('no row');
  return row;
}
/** Whoever lost was told in words: anything else is a defect. */
function losers(results: readonly PromiseSettledResult<unknown>[]): string[] {
  return results.flatMap((one) => {
    if (one.status === 'fulfilled') return [];
    if (!isDomainError(one.reason)) throw one.reason;
    return [one.reason.code];
  });
}
const audited = (subjectId: string, ...actions: string[]) =>
  company.db.auditLog.count({ where: { subjectId, action: { in: actions } } });

it('fifty receipts of one instalment, approved at once: not a fen more than is open is booked', async () => {
  const row = await aRow(100_00n);
  const FIFTY = 50;
  const waiting = [];
  for (let n = 0; n < FIFTY; n += 1) waiting.push(await aSubmittedReceipt(company, row, 10_00n));
  const people = ['finance', 'finance2', 'financeManager'] as const;
  const racers = [];
  for (const [n, { approval }] of waiting.entries())
    racers.push({ approval, ctx: await on(n, people[n % 3] ?? 'finance') });
  const first = await Promise.allSettled(
    racers.map(({ ctx, approval }) => approve(ctx, approval.id, approval.version)),
  );
  expect(losers(first)).toEqual([]);
  const outcomes = first.map((one) => (one.status === 'fulfilled' ? one.value.outcome : ''));
  expect(outcomes.filter((outcome) => outcome === 'approved')).toHaveLength(10);
  expect(outcomes.filter((outcome) => outcome === 'redrawn')).toHaveLength(40);
  const paid = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
  expect(paid).toMatchObject({ outstanding: 0n, lifecycle: 'settled' });
  expect(await audited(row.id, 'instalment.settled')).toBe(1);
  // Asked again, what is left becomes prepayment, all of it.
  const rest = await company.db.approval.findMany({ where: { subjectType: 'receipt', status: 'open' } });
  const again = [];
  for (const [n, approval] of rest.entries()) again.push({ approval, ctx: await on(n, 'finance') });
  await Promise.all(again.map(({ ctx, approval }) => approve(ctx, approval.id, approval.version)));
  const { _sum } = await company.db.receipt.aggregate({
    where: { instalmentId: row.id },
    _sum: { unapplied: true },
  });
  expect(_sum.unapplied).toBe(400_00n);
});

it('approved, rejected and taken back at once: one of them is so, once, with one trail', async () => {
  for (let round = 0; round < 8; round += 1) {
    const row = await aRow(50_00n);
    const { receipt, approval } = await aSubmittedReceipt(company, row, 50_00n);
    const [a, b, c, d] = [
      await on(round, 'finance'),
      await on(round + 1, 'finance2'),
      await on(round, 'rep'),
      await on(round + 1, 'financeManager'),
    ];
    const results = await Promise.allSettled([
      approve(a, approval.id, approval.version),
      reject(b, approval.id, approval.version, { reason: 'duplicate' }),
      withdraw(c, approval.id),
      approve(d, approval.id, approval.version),
    ]);
    expect(losers(results)).toEqual(['approval.decided', 'approval.decided', 'approval.decided']);
    expect(await audited(receipt.id, 'receipt.approved', 'receipt.rejected', 'receipt.withdrawn')).toBe(1);
    const { status } = await company.db.receipt.findUniqueOrThrow({ where: { id: receipt.id } });
    const { outstanding } = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
    expect(outstanding).toBe(status === 'approved' ? 0n : 50_00n);
  }
});

it('imported while the row is deleted, the contract void or the customer merged: nothing comes in for what is gone', async () => {
  for (let round = 0; round < 9; round += 1) {
    const { contract, rows } = await anActiveContract(company, [[100_00n, '2026-11-10']]);
    const row = rows[0];
    if (!row) throw new Error('no row');
    const lines = ['合同编号,金额,到账日期', `${contract.number},60,2026-11-02`];
    const staged = await stageFile(company, 'finance', 'receipts', lines);
    await startImport(staged.ctx, staged.id, staged.version);
    const { id, version } = await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } });
    const gone = await company.db.customer.findUniqueOrThrow({ where: { id: row.customerId } });
    const kept = await aCustomer(company);
    const director = await on(1, 'director');
    const [, ended] = await Promise.allSettled([
      runStarted(company),
      [
        () => deleteInstalment(director, { id: row.id, version: row.version }),
        () => voidContract(director, { id, version, reason: '不做了' }),
        () => mergeCustomers(director, kept, gone),
      ][round % 3]?.(),
    ]);
    if (ended) losers([ended]);
    const job = await company.db.importJob.findUniqueOrThrow({ where: { id: staged.id } });
    expect([job.status, job.created + job.failed]).toEqual(['done', 1]);
    expect(await checkMoney(company.db)).toEqual([]);
  }
  const lost = await company.db.$queryRaw<{ number: string }[]>`
    SELECT r.number FROM receipt r JOIN customer k ON k.id = r.customer_id LEFT JOIN contract c ON c.id = r.contract_id
    WHERE k.deleted_at IS NOT NULL OR c.customer_id <> r.customer_id OR (c.status = 'void' AND r.status = 'submitted')
    UNION ALL SELECT r.number FROM allocation a JOIN instalment i ON i.id = a.instalment_id
      JOIN receipt r ON r.id = a.receipt_id WHERE a.status = 'proposed' AND i.lifecycle <> 'open'`;
  expect(lost).toEqual([]);
});

it('reversed, moved, applied, written off and void at once: every sum holds, whoever loses is told', async () => {
  for (let round = 0; round < 8; round += 1) {
    const { contract, rows } = await anActiveContract(company, [
      [100_00n, '2026-11-10'],
      [80_00n, '2026-11-12'],
    ]);
    const [first, second] = rows;
    if (!first || !second) throw new Error('no rows');
    const { receipt, approval } = await aSubmittedReceipt(company, first, 60_00n);
    await approve(await company.as('finance2'), approval.id, approval.version);
    const rep = await company.as('rep');
    const credit = await recordReceipt(
      rep,
      {
        customerId: first.customerId,
        kind: 'prepayment',
        amount: 70_00n,
        currency: 'CNY',
        method: 'transfer',
        receivedOn: rep.today,
      },
      { notDuplicate: true, lines: [] },
    );
    const asked = await openOf(credit.id);
    await approve(await company.as('finance2'), asked.id, asked.version);
    const taken = { receiptId: receipt.id, amount: 30_00n, reason: '退票' };
    const reversal = await openOf((await askReversal(await company.as('finance'), taken)).id);
    const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: second.id } });
    const bad = { instalmentId: second.id, version, kind: 'bad_debt', amount: null, reason: '破产' } as const;
    const writeOff = await openOf((await askWriteOff(await company.as('finance'), bad)).id);
    const { version: shown } = await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } });
    const ending = { id: contract.id, version: shown, reason: '不做了' };
    const gone = await openOf((await askVoid(await company.as('manager'), ending)).id);
    const { version: money } = await company.db.receipt.findUniqueOrThrow({ where: { id: receipt.id } });
    const { version: fund } = await company.db.receipt.findUniqueOrThrow({ where: { id: credit.id } });
    const managers = [
      await on(round, 'financeManager'),
      await on(round + 1, 'financeManager'),
      await on(round, 'financeManager'),
      await on(round + 1, 'financeManager'),
      await on(round, 'finance'),
    ] as const;
    const lines = [{ instalmentId: second.id, amount: 60_00n }];
    const results = await Promise.allSettled([
      approve(managers[0], reversal.id, reversal.version),
      approve(managers[1], writeOff.id, writeOff.version),
      approve(managers[2], gone.id, gone.version),
      reallocate(managers[3], { receiptId: receipt.id, version: money, lines, reason: '记错' }),
      applyPrepayment(managers[4], {
        receiptId: credit.id,
        version: fund,
        instalmentId: first.id,
        amount: 40_00n,
      }),
    ]);
    // Whoever is not asked at all would lose every race.
    expect(losers(results)).not.toContain('access.denied');
    expect(results.some((one) => one.status === 'fulfilled')).toBe(true);
    expect(await checkMoney(company.db)).toEqual([]);
  }
});

it('an import, and somebody who types one of its slips at that moment: it is in once, and the file goes on', async () => {
  const row = await aRow(100_00n);
  const { receipt } = await aSubmittedReceipt(company, row, 50_00n);
  const { name } = await company.db.customer.findUniqueOrThrow({ where: { id: row.customerId } });
  const { ctx, id, version } = await stageFile(company, 'finance', 'receipts', [
    '客户,金额,回款日期,流水号',
    `${name},50,2026-11-20,RACE-1`,
    `${name},7,2026-10-20,RACE-2`,
  ]);
  expect((await startImport(ctx, id, version)).created).toBe(2);
  let told = () => {};
  const typed = new Promise<void>((resolve) => {
    told = resolve;
  });
  const { db } = await on(1, 'rep');
  const held = transact(db, async (tx) => {
    await tx.receipt.update({ where: { id: receipt.id }, data: { bankSlipNo: 'RACE-1' } });
    told();
    // Until the import waits for this one; where a directory has one session, it has not begun.
    for (let polls = 0; polls < 100; polls += 1) {
      const [waiting] = await tx.$queryRaw<unknown[]>`SELECT 1 FROM pg_locks WHERE NOT granted`;
      if (waiting) return;
      await sleep(20);
    }
  });
  await typed;
  await Promise.all([runStarted(company), held]);
  expect(await company.db.importJob.findUnique({ where: { id } })).toMatchObject({
    ...{ status: 'done', created: 1, skipped: 1, failed: 0 },
  });
  expect(await company.db.receipt.count({ where: { bankSlipNo: 'RACE-1' } })).toBe(1);
});

it('one number of the bank’s, at once as slip, as the bank’s own, as unclaimed money and in a file: it is in once', async () => {
  const ROUNDS = 8;
  for (let round = 0; round < ROUNDS; round += 1) {
    const row = await aRow(900_00n);
    const { name } = await company.db.customer.findUniqueOrThrow({ where: { id: row.customerId } });
    const number = `NUMBER-${round}`;
    const amount = 800_00n + BigInt(round);
    const file = ['客户,金额,回款日期,银行交易号', `${name},${800 + round / 100},2026-11-20,${number}`];
    const staged = await stageFile(company, 'finance', 'receipts', file);
    await startImport(staged.ctx, staged.id, staged.version);
    const money = { amount, currency: 'CNY', method: 'transfer', receivedOn: localDate('2026-11-20') };
    const record = (ctx: Ctx, numbers: { bankSlipNo?: string; bankTxnId?: string }) =>
      recordReceipt(
        ctx,
        {
          ...money,
          customerId: row.customerId,
          contractId: row.contractId,
          instalmentId: row.id,
          ...numbers,
        },
        { notDuplicate: true },
      );
    const [rep, finance, finance2] = [
      await on(round, 'rep'),
      await on(round + 1, 'finance'),
      await on(round, 'finance2'),
    ];
    const ways = [
      () => record(rep, { bankSlipNo: number }),
      () => record(finance, { bankTxnId: number }),
      () => recordUnclaimed(finance2, { ...money, bankSlipNo: number }),
      () => runStarted(company),
    ];
    // Whoever is asked first is a step ahead: each is once.
    const order = ways.map((_way, index) => (index + round) % ways.length);
    const results = await Promise.allSettled(order.map(async (index) => ways[index]?.()));
    const told = losers(results);
    for (const code of told)
      expect(['receipt.duplicate_slip', 'receipt.duplicate_suspected']).toContain(code);
    const same = { OR: [{ bankSlipNo: number }, { bankTxnId: number }] };
    const receipts = await company.db.receipt.count({ where: same });
    const waiting = await company.db.unclaimedMoney.count({ where: { bankSlipNo: number } });
    expect([round, receipts + waiting]).toEqual([round, 1]);
    const job = await company.db.importJob.findUniqueOrThrow({ where: { id: staged.id } });
    expect([job.status, job.created + told.length]).toEqual(['done', job.created === 1 ? 4 : 2]);
  }
});
