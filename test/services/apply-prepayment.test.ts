// 核销预收 (F58): what may be applied, by whom, on which day, and once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.js';
import { fromUtcDate, localDate } from '../../src/domain/local-date.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import { applyPrepayment } from '../../src/domain/receipts/apply-prepayment.service.js';
import { listCredits, sumCredit } from '../../src/domain/receipts/credits.queries.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { loadReceiptFacts } from '../../src/domain/receipts/receipt-facts.queries.js';
import type { Instalment, Receipt } from '../../src/generated/prisma/client.js';
import { auditWithoutWords } from '../support/audit-words.js';
import { anActiveContract, createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { code } from '../support/errors.js';
import { checkMoney } from '../support/money-invariants.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(async () => {
  expect(await checkMoney(company.db)).toEqual([]);
  expect(await auditWithoutWords(company.db)).toEqual([]);
  await database.close();
});

const LATER = new Date('2026-11-25T02:00:00Z');
const fresh = (row: Instalment) => company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
const rowsOf = async (...plan: [bigint, string][]): Promise<[Instalment, ...Instalment[]]> => {
  const [first, ...rest] = (await anActiveContract(company, plan)).rows;
  if (!first) throw new Error('no rows');
  return [first, ...rest];
};

/** Approved money of the row's customer that belongs to nothing. */
async function aPrepayment(row: Instalment, amount: bigint, receivedOn = '2026-11-20'): Promise<Receipt> {
  const receipt = await recordReceipt(
    await company.as('rep'),
    {
      customerId: row.customerId,
      kind: 'prepayment',
      amount,
      currency: row.currency,
      method: 'transfer',
      receivedOn: localDate(receivedOn),
    },
    { notDuplicate: true, lines: [] },
  );
  const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
  const { receipt: approved } = await approveReceipt(
    await company.as('finance'),
    approval.id,
    approval.version,
  );
  return approved;
}
const apply = async (who: PersonKey, receipt: Receipt, row: Instalment, amount: bigint, more = {}) =>
  applyPrepayment(await company.as(who, LATER), {
    receiptId: receipt.id,
    version: receipt.version,
    instalmentId: row.id,
    amount,
    ...more,
  });

describe('applying a prepayment', () => {
  it('moves money to the row on the day it is done, and tells its owner', async () => {
    const [row] = await rowsOf([100_00n, '2026-12-01'], [50_00n, '2027-01-01']);
    const receipt = await aPrepayment(row, 130_00n);
    const applied = await apply('finance2', receipt, row, 100_00n);
    expect(applied).toMatchObject({ unapplied: 30_00n, version: receipt.version + 1 });
    expect(await fresh(row)).toMatchObject({ outstanding: 0n, lifecycle: 'settled' });
    const [line] = await company.db.allocation.findMany({ where: { receiptId: receipt.id } });
    expect(line).toMatchObject({ status: 'effective', amount: 100_00n });
    expect(line?.effectiveOn && fromUtcDate(line.effectiveOn)).toBe('2026-11-25');
    const told = await company.db.outbox.count({
      where: {
        kind: 'receipt.applied',
        recipient: `user:${company.ids.rep}`,
        dedupeKey: { contains: receipt.id },
      },
    });
    expect(told).toBe(1);
    const audit = { where: { subjectId: receipt.id, action: 'receipt.applied' } };
    expect(await company.db.auditLog.findMany(audit)).toMatchObject([
      { before: { unapplied: expect.any(String) } },
    ]);
    // Whoever recorded the money did not bring it here.
    const shown = await findInstalmentDetail(await company.as('rep'), row.id);
    expect(shown?.history.filter(({ kind }) => kind === 'receipt')).toMatchObject([
      { who: 'finance2', number: receipt.number, amount: 100_00n },
    ]);
  });

  it('twice to one row is one line of the receipt’s card, and an offer about its rest comes once', async () => {
    const [row] = await rowsOf([100_00n, '2026-12-01']);
    const receipt = await aPrepayment(row, 130_00n);
    const once = await apply('finance2', receipt, row, 60_00n);
    await apply('finance2', once, row, 39_50n);
    const facts = await loadReceiptFacts(await company.system(LATER), receipt.id);
    expect(facts?.lines).toMatchObject([
      { instalmentId: row.id, amount: 99_50n, outstanding: 50n, smallRest: true },
    ]);
  });

  it('offers the oldest money first, of that customer and currency', async () => {
    const [row] = await rowsOf([100_00n, '2026-12-01']);
    const newer = await aPrepayment(row, 10_00n, '2026-11-19');
    const older = await aPrepayment(row, 20_00n, '2026-11-01');
    const ctx = await company.as('finance');
    const credits = await listCredits(ctx, { customerId: row.customerId, currency: 'CNY' });
    expect(credits.map((credit) => credit.id)).toEqual([older.id, newer.id]);
    expect(await sumCredit(ctx, row.customerId, 'CNY')).toBe(30_00n);
    expect(await sumCredit(ctx, row.customerId, 'USD')).toBe(0n);
    expect(await listCredits(await company.as('rep2'), { customerId: row.customerId })).toEqual([]);
  });

  it('applies once when two of finance do it at once', async () => {
    const [row] = await rowsOf([100_00n, '2026-12-01']);
    const receipt = await aPrepayment(row, 60_00n);
    const input = { receiptId: receipt.id, version: receipt.version, instalmentId: row.id, amount: 60_00n };
    const contexts = [await company.as('finance', LATER), await company.as('finance2', LATER)] as const;
    const results = await Promise.allSettled(contexts.map((ctx) => applyPrepayment(ctx, input)));
    const losers = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(losers).toEqual([code('version.conflict')]);
    expect(await fresh(row)).toMatchObject({ outstanding: 40_00n });
  });

  it('lets two prepayments race for one row: it is never paid twice', async () => {
    const [row] = await rowsOf([100_00n, '2026-12-01']);
    const one = await aPrepayment(row, 80_00n);
    const two = await aPrepayment(row, 70_00n);
    const contexts = [await company.as('finance', LATER), await company.as('finance2', LATER)] as const;
    const results = await Promise.allSettled([
      applyPrepayment(contexts[0], {
        receiptId: one.id,
        version: one.version,
        instalmentId: row.id,
        amount: 80_00n,
      }),
      applyPrepayment(contexts[1], {
        receiptId: two.id,
        version: two.version,
        instalmentId: row.id,
        amount: 70_00n,
      }),
    ]);
    const losers = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(losers).toEqual([code('prepayment.exceeds_outstanding')]);
  });

  it.each<[string, ErrorCode, (receipt: Receipt, row: Instalment) => Promise<unknown>]>([
    [
      'more than is left',
      'receipt.unapplied_exceeded',
      (receipt, row) => apply('finance', receipt, row, 60_01n),
    ],
    ['nothing', 'receipt.unapplied_exceeded', (receipt, row) => apply('finance', receipt, row, 0n)],
    [
      'more than is open',
      'prepayment.exceeds_outstanding',
      (receipt, row) => apply('finance', receipt, row, 51_00n),
    ],
    [
      'an old window',
      'version.conflict',
      (receipt, row) => apply('finance', receipt, row, 1n, { version: 1 }),
    ],
    ['a rep', 'access.denied', (receipt, row) => apply('rep', receipt, row, 1n)],
    ['an auditor', 'access.denied', (receipt, row) => apply('auditor', receipt, row, 1n)],
    [
      'a row of another customer',
      'not_found',
      async (receipt) => apply('finance', receipt, (await rowsOf([50_00n, '2026-12-01']))[0], 1n),
    ],
    [
      'a forged receipt',
      'not_found',
      (receipt, row) => apply('finance', { ...receipt, id: row.id }, row, 1n),
    ],
  ])('refuses %s', async (_what, expected, act) => {
    const [row] = await rowsOf([50_00n, '2026-12-01'], [50_00n, '2027-01-01']);
    const receipt = await aPrepayment(row, 60_00n);
    await expect(act(receipt, row)).rejects.toEqual(code(expected));
    expect(await fresh(row)).toMatchObject({ outstanding: 50_00n });
  });

  it('refuses the row’s owner, naming who can', async () => {
    const [row] = await rowsOf([50_00n, '2026-12-01']);
    const receipt = await aPrepayment(row, 60_00n);
    await company.db.instalment.update({ where: { id: row.id }, data: { ownerId: company.ids.finance } });
    const refusal = apply('finance', receipt, row, 1n);
    await expect(refusal).rejects.toEqual(code('receipt.self_approval'));
    await expect(refusal).rejects.toMatchObject({
      params: { names: expect.not.arrayContaining(['finance']) },
    });
    await company.db.instalment.update({ where: { id: row.id }, data: { ownerId: row.ownerId } });
  });

  it('does it once when the same form is sent twice', async () => {
    const [row] = await rowsOf([50_00n, '2026-12-01']);
    const receipt = await aPrepayment(row, 60_00n);
    const ctx = await company.as('finance', LATER);
    const input = { receiptId: receipt.id, version: receipt.version, instalmentId: row.id, amount: 1_00n };
    await applyPrepayment(ctx, input);
    await expect(applyPrepayment(ctx, input)).rejects.toEqual(code('request.repeated'));
  });
});
