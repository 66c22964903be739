import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError, type ErrorCode } from '../../src/domain/errors.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { addDays, localDate } from '../../src/domain/local-date.js';
import { reassignInstalment } from '../../src/domain/plans/reassign.service.js';
import { findReceipts, receivedPercent } from '../../src/domain/receipts/receipt.queries.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { discardReceipt } from '../../src/domain/receipts/receipt-discard.service.js';
import { loadReceiptFacts } from '../../src/domain/receipts/receipt-facts.queries.js';
import { withdrawReceipt } from '../../src/domain/receipts/receipt-withdraw.service.js';
import { proposeSplit, searchPayingCustomers } from '../../src/domain/receipts/split.queries.js';
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
import { approveReceipt, rejectReceipt } from '../support/decide.js';
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
  await database.close();
});

const fresh = (row: Instalment) => company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
const receipt = (id: string) => company.db.receipt.findUniqueOrThrow({ where: { id } });
const allocations = (receiptId: string) =>
  company.db.allocation.findMany({ where: { receiptId }, orderBy: { id: 'asc' } });

async function rows(...plan: [bigint, string][]): Promise<[Instalment, ...Instalment[]]> {
  const [first, ...rest] = (await anActiveContract(company, plan)).rows;
  if (!first) throw new Error('no rows');
  return [first, ...rest];
}
const input = (row: Instalment, amount: bigint, more = {}) => ({
  customerId: row.customerId,
  contractId: row.contractId,
  instalmentId: row.id,
  amount,
  currency: row.currency,
  method: 'transfer',
  receivedOn: localDate('2026-11-20'),
  ...more,
});
const approve = async (who: PersonKey, approval: { id: string; version: number }) =>
  approveReceipt(await company.as(who), approval.id, approval.version);

describe('recording', () => {
  it('books nothing: the split is proposed, the plan shows it, finance is asked', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const { receipt: recorded, approval } = await aSubmittedReceipt(company, row, 60_00n);
    expect(await fresh(row)).toMatchObject({ outstanding: 100_00n, lifecycle: 'open' });
    expect(await allocations(recorded.id)).toMatchObject([{ status: 'proposed', amount: 60_00n }]);
    const kinds = await company.db.outbox.findMany({
      where: { OR: [{ dedupeKey: { startsWith: `receipt.card:${approval.id}` } }] },
    });
    // No finance channel is set: everybody in finance is told.
    expect(kinds).toHaveLength(3);
  });

  it.each<[string, (row: Instalment) => Promise<unknown>, ErrorCode]>([
    [
      'tomorrow’s money',
      async (row) =>
        recordReceipt(await company.as('rep'), input(row, 1n, { receivedOn: localDate('2026-11-21') })),
      'receipt.future_date',
    ],
    [
      'a method nobody has',
      async (row) => recordReceipt(await company.as('rep'), input(row, 1n, { method: 'barter' })),
      'choice.unknown',
    ],
    [
      'a currency the company does not use',
      async (row) =>
        recordReceipt(
          await company.as('rep'),
          input(row, 1n, { contractId: null, instalmentId: null, currency: 'XTS' }),
        ),
      'choice.unknown',
    ],
    [
      'another rep’s plan',
      async (row) => recordReceipt(await company.as('rep2'), input(row, 1n)),
      'access.denied',
    ],
    [
      'an auditor',
      async (row) => recordReceipt(await company.as('auditor'), input(row, 1n)),
      'access.denied',
    ],
    [
      'a person without a role',
      async (row) => recordReceipt(await company.as('nobody'), input(row, 1n)),
      'role.missing',
    ],
    [
      'an instalment of another contract',
      async (row) => {
        const [other] = await rows([5_00n, '2026-12-01']);
        return recordReceipt(await company.as('rep'), input(row, 1n, { instalmentId: other.id }));
      },
      'not_found',
    ],
    [
      'a customer the contract is not of',
      async (row) => {
        const other = await aCustomer(company);
        return recordReceipt(await company.as('rep'), input(row, 1n, { customerId: other.id }));
      },
      'not_found',
    ],
    [
      'another currency',
      async (row) => recordReceipt(await company.as('rep'), input(row, 1n, { currency: 'USD' })),
      'not_found',
    ],
    [
      'more on a row than is open there',
      async (row) =>
        recordReceipt(await company.as('rep'), input(row, 200_00n), {
          lines: [{ instalmentId: row.id, amount: 101_00n }],
        }),
      'receipt.exceeds_outstanding',
    ],
    [
      'more applied than received',
      async (row) =>
        recordReceipt(await company.as('rep'), input(row, 10_00n), {
          lines: [{ instalmentId: row.id, amount: 11_00n }],
        }),
      'receipt.split_exceeds',
    ],
    [
      'a split on a row of somebody else',
      async (row) => {
        const [other] = await rows([5_00n, '2026-12-01']);
        return recordReceipt(await company.as('rep'), input(row, 10_00n), {
          lines: [{ instalmentId: other.id, amount: 5_00n }],
        });
      },
      'receipt.split_changed',
    ],
  ])('refuses %s, and writes nothing', async (_what, run, expected) => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const before = await company.db.receipt.count();
    const audits = await company.db.auditLog.count({ where: { action: 'receipt.submitted' } });
    await expect(run(row)).rejects.toEqual(code(expected));
    expect(await company.db.receipt.count()).toBe(before);
    expect(await company.db.auditLog.count({ where: { action: 'receipt.submitted' } })).toBe(audits);
  });

  it('is for who owns the row, also where the contract is somebody else’s (改派)', async () => {
    const [row, other] = await rows([100_00n, '2026-12-01'], [50_00n, '2026-12-02']);
    if (!other) throw new Error('no row');
    await reassignInstalment(await company.as('manager'), {
      id: row.id,
      version: row.version,
      toId: company.ids.rep2,
    });
    const rep2 = await company.as('rep2');
    const { number, id } = await recordReceipt(rep2, input(row, 130_00n));
    // Only what is theirs is paid; the other rows are not theirs to choose.
    expect(await allocations(id)).toMatchObject([{ instalmentId: row.id, amount: 100_00n }]);
    expect(number).toMatch(/^HK-/);
    await expect(recordReceipt(await company.as('rep2'), input(other, 1_00n))).rejects.toEqual(
      code('access.denied'),
    );
    // Nor is a row that was given away the contract owner's: its money would go to another of theirs.
    await expect(recordReceipt(await company.as('rep'), input(row, 10_00n))).rejects.toEqual(
      code('access.denied'),
    );
    // They find its customer in the form, and may record on it without naming a row.
    const choices = await searchPayingCustomers(await company.as('rep2'), '', row.customerId);
    expect(choices.map((one) => one.id)).toEqual([row.customerId]);
    const loose = { instalmentId: null, contractId: null };
    await recordReceipt(await company.as('rep2'), input(row, 3_00n, loose));
  });

  it('is for whoever has a contract of the customer, and nobody else', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const loose = { instalmentId: null, contractId: null };
    await expect(recordReceipt(await company.as('rep2'), input(row, 5_00n, loose))).rejects.toEqual(
      code('access.denied'),
    );
    await company.db.contract.update({
      where: { id: row.contractId },
      data: { ownerId: company.ids.rep2 },
    });
    const given = { id: row.id, version: row.version, toId: company.ids.rep2 };
    await reassignInstalment(await company.as('manager'), given);
    const { id } = await recordReceipt(await company.as('rep2'), input(row, 5_00n, loose));
    expect(await allocations(id)).toMatchObject([{ instalmentId: row.id, amount: 5_00n }]);
  });

  it('reaches the row it is recorded on, however many others are due before it', async () => {
    const many = Array.from({ length: 510 }, (): [bigint, string] => [1_00n, '2026-12-01']);
    const all = await rows(...many, [7_00n, '2027-12-01']);
    const last = all.at(-1);
    if (!last) throw new Error('no row');
    const { id } = await recordReceipt(await company.as('rep'), input(last, 7_00n));
    expect(await allocations(id)).toMatchObject([{ instalmentId: last.id, amount: 7_00n }]);
    const split = { customerId: last.customerId, currency: 'CNY', amount: 7_00n };
    const chosen = [{ instalmentId: last.id, amount: 6_00n }];
    const target = { customerId: last.customerId };
    const proposal = await proposeSplit(await company.as('rep'), { ...split, target, chosen });
    expect(proposal).toMatchObject({ lines: chosen, unapplied: 1_00n });
  });

  it('refuses a contract that was deleted', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    await company.db.contract.update({ where: { id: row.contractId }, data: { deletedAt: new Date() } });
    await expect(recordReceipt(await company.as('rep'), input(row, 1_00n))).rejects.toEqual(
      code('not_found'),
    );
    await company.db.contract.update({ where: { id: row.contractId }, data: { deletedAt: null } });
  });

  it('does it once for one request id, also when both run at the same moment', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const ctx = await company.as('rep');
    const results = await Promise.allSettled([
      recordReceipt(ctx, input(row, 10_00n)),
      recordReceipt(ctx, input(row, 10_00n)),
    ]);
    const made = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value.number] : []));
    const refused = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(made).toHaveLength(1);
    expect(refused).toEqual([code('request.repeated')]);
    expect((refused[0] as DomainError<'request.repeated'>).params.reference).toBe(made[0]);
    expect(await company.db.receipt.count({ where: { customerId: row.customerId } })).toBe(1);
  });

  it('asks about the same amount within three days, either side, and not beyond', async () => {
    const [row] = await rows([900_00n, '2026-12-01']);
    await recordReceipt(await company.as('rep'), input(row, 7_00n, { receivedOn: localDate('2026-11-10') }));
    const on = async (days: number) =>
      recordReceipt(
        await company.as('rep'),
        input(row, 7_00n, { receivedOn: addDays(localDate('2026-11-10'), days) }),
      );
    await expect(on(3)).rejects.toEqual(code('receipt.duplicate_suspected'));
    await expect(on(-3)).rejects.toEqual(code('receipt.duplicate_suspected'));
    await expect(on(4)).resolves.toMatchObject({ status: 'submitted' });
  });

  it('asks about money that an opening balance has already', async () => {
    const [row] = await rows([900_00n, '2026-12-01']);
    const first = await recordReceipt(await company.as('rep'), input(row, 6_66n));
    await company.db.receipt.update({ where: { id: first.id }, data: { kind: 'opening' } });
    await expect(recordReceipt(await company.as('rep'), input(row, 6_66n))).rejects.toMatchObject({
      ...{ code: 'receipt.duplicate_suspected', params: { number: first.number } },
    });
  });

  it('is at most what an amount may be, through whichever door', async () => {
    const [row] = await rows([900_00n, '2026-12-01']);
    const record = async (amount: bigint, more = {}) =>
      recordReceipt(await company.as('rep'), input(row, amount, more));
    await expect(record(999_999_999_999_999_999n)).rejects.toThrow('too_big');
    const original = { originalAmount: 999_999_999_999_999_999n, originalCurrency: 'USD' };
    await expect(record(1n, original)).rejects.toThrow('too_big');
  });

  it('takes an acceptance bill with number and day only, whichever door it comes through', async () => {
    const [row] = await rows([900_00n, '2026-12-01']);
    const bill = async (more: object) =>
      recordReceipt(await company.as('rep'), input(row, 8_00n, { method: 'acceptance_bill', ...more }));
    const due = { billDueOn: localDate('2027-05-01') };
    await expect(bill(due)).rejects.toMatchObject({ code: 'text.required', field: 'billNo' });
    await expect(bill({ ...due, billNo: '  ' })).rejects.toMatchObject({ field: 'billNo' });
    await expect(bill({ billNo: 'B-1' })).rejects.toMatchObject({
      code: 'text.required',
      field: 'billDueOn',
    });
    const early = { billNo: 'B-1', billDueOn: localDate('2026-11-19') };
    await expect(bill(early)).rejects.toEqual(code('receipt.bill_due'));
    expect(await bill({ ...due, billNo: 'b 1' })).toMatchObject({ billNo: 'B1' });
    const paid = { method: 'transfer', ...due, billNo: 'B-1' };
    expect(await recordReceipt(await company.as('rep'), input(row, 9_00n, paid))).toMatchObject({
      billNo: null,
      billDueOn: null,
    });
  });

  it('keeps what came in where that is another currency, and asks about it in either', async () => {
    const [row] = await rows([90_000_00n, '2026-12-01']);
    const dollars = { originalAmount: 10_000_00n, originalCurrency: 'USD' };
    const record = async (amount: bigint, more: object) =>
      recordReceipt(await company.as('rep'), input(row, amount, more));
    const refused = async (more: object) => {
      const failed = await record(1n, more).catch((error: unknown) => error);
      return failed instanceof DomainError ? `${failed.code} ${failed.field}` : failed;
    };
    expect(await refused({ originalCurrency: 'USD' })).toBe('text.required originalAmount');
    expect(await refused({ originalAmount: 1n })).toBe('text.required originalCurrency');
    for (const originalCurrency of ['CNY', 'XTS'])
      expect(await refused({ ...dollars, originalCurrency })).toBe('choice.unknown originalCurrency');
    const first = await record(71_000_00n, dollars);
    expect(first).toMatchObject({ ...dollars, rate: '7.1' });
    const { after } = await company.db.auditLog.findFirstOrThrow({ where: { subjectId: first.id } });
    expect(after).toMatchObject({ original: 'USD 10000.00', rate: '7.1' });
    // Booked at another rate, or as dollars on a contract of dollars: the bank has it once.
    const suspected = code('receipt.duplicate_suspected');
    await expect(record(70_500_00n, dollars)).rejects.toEqual(suspected);
    const plain = { contractId: null, instalmentId: null };
    await expect(record(10_000_00n, { ...plain, currency: 'USD' })).rejects.toEqual(suspected);
    await expect(record(10_000_00n, {})).resolves.toMatchObject({ rate: null, originalAmount: null });
    await expect(
      recordUnclaimed(await company.as('finance'), {
        ...{ amount: 10_000_00n, currency: 'USD', method: 'transfer', receivedOn: localDate('2026-11-20') },
      }),
    ).rejects.toEqual(suspected);
  });

  it('has a bank’s own number once a customer, and tells finance of one that is another’s', async () => {
    const [row] = await rows([900_00n, '2026-12-01']);
    const [other] = await rows([900_00n, '2026-12-01']);
    const record = async (on: Instalment, amount: bigint, more: object) =>
      recordReceipt(await company.as('rep'), input(on, amount, more), { notDuplicate: true });
    const first = await record(row, 1_00n, { bankTxnId: 'tx 1', bankSlipNo: 'TS-1' });
    expect(first.bankTxnId).toBe('TX1');
    await expect(record(row, 2_00n, { bankTxnId: 'TX1' })).rejects.toMatchObject({
      ...{ code: 'receipt.duplicate_slip', field: 'bankTxnId', params: { number: first.number } },
    });
    const slip = { bankTxnId: 'TX2', bankSlipNo: 'TS-1' };
    await expect(record(row, 2_00n, slip)).rejects.toMatchObject({ field: 'bankSlipNo' });
    // One number of the bank's, whichever it was taken for.
    await expect(record(row, 2_00n, { bankSlipNo: 'TX1' })).rejects.toMatchObject({
      ...{ code: 'receipt.duplicate_slip', field: 'bankSlipNo', params: { number: first.number } },
    });
    await expect(record(row, 2_00n, { bankTxnId: 'ts-1' })).rejects.toMatchObject({
      ...{ code: 'receipt.duplicate_slip', field: 'bankTxnId', params: { number: first.number } },
    });
    for (const number of [{ bankTxnId: 'TX1' }, { bankTxnId: 'TS-1' }]) {
      const { id } = await record(other, 2_00n, number);
      const facts = await loadReceiptFacts(await company.as('finance'), id);
      expect(facts?.warnings).toContainEqual(expect.objectContaining({ kind: 'slip', number: first.number }));
    }
    const racing = await Promise.allSettled(
      [1n, 2n].map((amount) => record(row, amount, { bankTxnId: 'TX9' })),
    );
    const reasons = racing.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(reasons).toMatchObject([{ code: 'receipt.duplicate_slip', field: 'bankTxnId' }]);
  });

  it('asks about the same bill of a customer, whatever its amount, and tells finance of it for any', async () => {
    const [row] = await rows([900_00n, '2026-12-01']);
    const [other] = await rows([900_00n, '2026-12-01']);
    const bill = { method: 'acceptance_bill', billNo: 'SAME-1', billDueOn: localDate('2027-05-01') };
    const first = await recordReceipt(await company.as('rep'), input(row, 8_00n, bill));
    const again = async (on: Instalment, notDuplicate: string | false) =>
      recordReceipt(await company.as('rep'), input(on, 9_00n, bill), { notDuplicate });
    await expect(again(row, false)).rejects.toMatchObject({
      code: 'receipt.duplicate_suspected',
      params: { number: first.number },
    });
    await expect(again(row, 'HK-0')).rejects.toEqual(code('receipt.duplicate_suspected'));
    await again(row, first.number);
    const { id } = await again(other, false);
    const facts = await loadReceiptFacts(await company.as('finance'), id);
    expect(facts?.warnings).toContainEqual(expect.objectContaining({ kind: 'bill' }));
  });

  it('tells finance of money from before the contract, and of more than a year ago', async () => {
    const signedOn = localDate('2026-11-19');
    const plan: [bigint, string][] = [[90_00n, '2026-12-01']];
    const [row] = (await anActiveContract(company, plan, { contract: { signedOn } })).rows;
    if (!row) throw new Error('no row');
    const kinds = async (receivedOn: string, amount: bigint) => {
      const on = input(row, amount, { receivedOn: localDate(receivedOn) });
      const { id } = await recordReceipt(await company.as('rep'), on);
      const facts = await loadReceiptFacts(await company.as('finance'), id);
      return facts?.warnings.map((one) => one.kind).filter((kind) => kind === 'early' || kind === 'old');
    };
    expect(await kinds('2026-11-19', 1_00n)).toEqual([]);
    expect(await kinds('2026-11-18', 2_00n)).toEqual(['early']);
    expect(await kinds('2025-11-18', 3_00n)).toEqual(['old', 'early']);
  });

  it('lets one of two people have a slip number typed at the same moment', async () => {
    const [row] = await rows([900_00n, '2026-12-01']);
    const type = async (amount: bigint) =>
      recordReceipt(await company.as('rep'), input(row, amount, { bankSlipNo: 'RACE-1' }), {
        notDuplicate: true,
      });
    const results = await Promise.allSettled([type(1_00n), type(2_00n), type(3_00n)]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const reasons = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(reasons).toEqual([code('receipt.duplicate_slip'), code('receipt.duplicate_slip')]);
    for (const reason of reasons as DomainError<'receipt.duplicate_slip'>[]) {
      expect(reason.params.number).toMatch(/^HK-/);
    }
  });

  it('frees a slip number when its receipt is rejected or withdrawn', async () => {
    const [row] = await rows([900_00n, '2026-12-01']);
    const slip = { bankSlipNo: 'FREE-1' };
    const first = await recordReceipt(await company.as('rep'), input(row, 1_00n, slip));
    await withdrawReceipt(await company.as('rep'), first.id);
    const second = await recordReceipt(await company.as('rep'), input(row, 1_00n, slip));
    const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: second.id } });
    await rejectReceipt(await company.as('finance'), approval.id, approval.version, { reason: 'other' });
    await expect(recordReceipt(await company.as('rep'), input(row, 1_00n, slip))).resolves.toMatchObject({
      status: 'submitted',
    });
  });

  it('merges two lines of one row', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const recorded = await recordReceipt(await company.as('rep'), input(row, 10_00n), {
      lines: [
        { instalmentId: row.id, amount: 4_00n },
        { instalmentId: row.id, amount: 6_00n },
      ],
    });
    expect(await allocations(recorded.id)).toMatchObject([{ amount: 10_00n }]);
  });
});

describe('approving', () => {
  it('leaves the rest of a part payment open, and its reminders', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const { approval } = await aSubmittedReceipt(company, row, 30_00n);
    await approve('finance', approval);
    expect(await fresh(row)).toMatchObject({ outstanding: 70_00n, lifecycle: 'open' });
  });

  it('pays the instalment, then the contract’s next; the rest becomes credit', async () => {
    const [first, second] = await rows([100_00n, '2026-12-01'], [50_00n, '2027-01-01']);
    if (!second) throw new Error('one row');
    const { receipt: recorded, approval } = await aSubmittedReceipt(company, first, 160_00n);
    await approve('finance', approval);
    expect(await fresh(first)).toMatchObject({ outstanding: 0n, lifecycle: 'settled' });
    expect(await fresh(second)).toMatchObject({ outstanding: 0n, lifecycle: 'settled' });
    expect(await receipt(recorded.id)).toMatchObject({ status: 'approved', unapplied: 10_00n });
    expect(await company.db.contract.findUniqueOrThrow({ where: { id: first.contractId } })).toMatchObject({
      status: 'completed',
    });
  });

  it('says how much of its contract is in, also where no contract was named; of several of none', async () => {
    const [row] = await rows([100_00n, '2026-12-01'], [100_00n, '2026-12-02']);
    const pay = async (amount: bigint, on: string) => {
      const day = localDate(on);
      const loose = { contractId: null, instalmentId: null, receivedOn: day };
      const { id } = await recordReceipt(await company.as('rep'), input(row, amount, loose));
      const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: id, status: 'open' } });
      await approve('finance', open);
      return receivedPercent(company.db, id);
    };
    expect(await pay(50_01n, '2026-11-20')).toBe(25);
    const [second] = (
      await anActiveContract(company, [[300_00n, '2026-12-01']], { contract: { customerId: row.customerId } })
    ).rows;
    expect(second?.customerId).toBe(row.customerId);
    expect(await pay(200_00n, '2026-11-10')).toBeNull();
  });

  it('keeps a prepayment whole as credit', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const recorded = await recordReceipt(
      await company.as('rep'),
      input(row, 40_00n, { contractId: null, instalmentId: null, kind: 'prepayment' }),
      { lines: [] },
    );
    const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: recorded.id } });
    await approve('finance', approval);
    expect(await receipt(recorded.id)).toMatchObject({ unapplied: 40_00n, kind: 'prepayment' });
    expect(await fresh(row)).toMatchObject({ outstanding: 100_00n });
  });

  it.each<[PersonKey, ErrorCode]>([
    ['rep', 'access.denied'],
    ['manager', 'access.denied'],
    ['director', 'access.denied'],
    ['auditor', 'access.denied'],
    ['admin', 'access.denied'],
    ['nobody', 'role.missing'],
  ])('is not for %s', async (who, expected) => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const { approval } = await aSubmittedReceipt(company, row, 30_00n);
    await expect(approve(who, approval)).rejects.toEqual(code(expected));
  });

  it('is never for the recorder, the last editor, or the owner of what is paid', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const byFinance = await aSubmittedReceipt(company, row, 1_00n, { who: 'finance' });
    const refused = await approve('finance', byFinance.approval).catch((error: unknown) => error);
    expect(refused).toEqual(code('receipt.self_approval'));
    const { names } = (refused as DomainError<'receipt.self_approval'>).params;
    expect(names.toSorted()).toEqual(['finance2', 'financeManager']);

    const edited = await aSubmittedReceipt(company, row, 2_00n);
    await company.db.receipt.update({
      where: { id: edited.receipt.id },
      data: { lastEditedById: company.ids.finance2 },
    });
    await expect(approve('finance2', edited.approval)).rejects.toEqual(code('receipt.self_approval'));

    const gaining = await aSubmittedReceipt(company, row, 3_00n);
    await company.db.instalment.update({ where: { id: row.id }, data: { ownerId: company.ids.finance } });
    await expect(approve('finance', gaining.approval)).rejects.toEqual(code('receipt.self_approval'));
    await expect(
      rejectReceipt(await company.as('finance'), gaining.approval.id, gaining.approval.version, {
        reason: 'other',
      }),
    ).rejects.toEqual(code('receipt.self_approval'));
    await company.db.instalment.update({ where: { id: row.id }, data: { ownerId: company.ids.rep } });
  });

  it('lets exactly one of many at once decide, and tells the others who', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const { receipt: recorded, approval } = await aSubmittedReceipt(company, row, 100_00n);
    const people: PersonKey[] = ['finance', 'finance2', 'financeManager', 'finance', 'finance2'];
    const rejecting = await company.as('financeManager');
    const results = await Promise.allSettled([
      ...people.map((who) => approve(who, approval)),
      rejectReceipt(rejecting, approval.id, approval.version, { reason: 'other' }),
    ]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const losers = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(losers).toEqual(losers.map(() => code('approval.decided')));
    const steps = await company.db.approvalStep.findMany({ where: { approvalId: approval.id } });
    expect(steps.filter((step) => step.decidedAt !== null)).toHaveLength(1);
    const decided = await company.db.auditLog.count({
      where: { subjectId: recorded.id, action: { in: ['receipt.approved', 'receipt.rejected'] } },
    });
    expect(decided).toBe(1);
  });

  it('lets two receipts on one row race: what no longer fits is split anew, nothing is lost', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const one = await aSubmittedReceipt(company, row, 80_00n);
    const two = await aSubmittedReceipt(company, row, 70_00n);
    const results = await Promise.all([approve('finance', one.approval), approve('finance2', two.approval)]);
    expect(results.map((result) => result.outcome).toSorted()).toEqual(['approved', 'redrawn']);
    const redrawn = results.find((result) => result.outcome === 'redrawn');
    if (!redrawn) throw new Error('nothing redrawn');
    const left = (await fresh(row)).outstanding;
    const [line] = (await allocations(redrawn.receipt.id)).filter((entry) => entry.status === 'proposed');
    expect(line?.amount).toBe(left);
    const stale = redrawn.receipt.id === one.receipt.id ? one.approval : two.approval;
    await expect(approve('financeManager', stale)).rejects.toEqual(code('version.conflict'));
    const open = await company.db.approval.findUniqueOrThrow({ where: { id: stale.id } });
    await approve('financeManager', open);
    expect(await fresh(row)).toMatchObject({ outstanding: 0n, lifecycle: 'settled' });
    expect(await receipt(redrawn.receipt.id)).toMatchObject({ unapplied: redrawn.receipt.amount - left });
  });

  it('keeps what the recorder chose as far as it fits, and gives nothing to a row nobody chose', async () => {
    const [first, second, third] = await rows(
      [100_00n, '2026-12-01'],
      [100_00n, '2027-01-01'],
      [100_00n, '2027-02-01'],
    );
    if (!second || !third) throw new Error('no rows');
    const recorded = await recordReceipt(await company.as('rep'), input(first, 150_00n), {
      lines: [
        { instalmentId: second.id, amount: 90_00n },
        { instalmentId: third.id, amount: 60_00n },
      ],
      byHand: true,
    });
    const other = await aSubmittedReceipt(company, second, 70_00n);
    await approve('finance', other.approval);
    const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: recorded.id } });
    expect(await approve('finance', open)).toMatchObject({ outcome: 'redrawn' });
    const lines = (await allocations(recorded.id)).filter((line) => line.status === 'proposed');
    expect(lines.map((line) => [line.instalmentId, line.amount])).toEqual(
      expect.arrayContaining([
        [second.id, 30_00n],
        [third.id, 60_00n],
      ]),
    );
    expect(lines).toHaveLength(2);
    const again = await company.db.approval.findUniqueOrThrow({ where: { id: open.id } });
    await approve('finance', again);
    expect(await fresh(first)).toMatchObject({ outstanding: 100_00n });
    expect(await receipt(recorded.id)).toMatchObject({ unapplied: 60_00n });
  });

  it('keeps to the contract when the row it was for is paid meanwhile', async () => {
    const { rows: own } = await anActiveContract(company, [
      [100_00n, '2026-12-01'],
      [100_00n, '2027-03-01'],
    ]);
    const [first, second] = own;
    if (!first || !second) throw new Error('no rows');
    // Due earlier than what is left of the contract, but not overdue.
    const contract = { customerId: first.customerId };
    await anActiveContract(company, [[100_00n, '2026-12-15']], { contract });
    const one = await aSubmittedReceipt(company, first, 100_00n);
    const two = await aSubmittedReceipt(company, first, 60_00n);
    await approve('finance', one.approval);
    expect(await approve('finance', two.approval)).toMatchObject({ outcome: 'redrawn' });
    const lines = (await allocations(two.receipt.id)).filter((line) => line.status === 'proposed');
    expect(lines).toMatchObject([{ instalmentId: second.id, amount: 60_00n }]);
  });
});

describe('Homes', () => {
  const lookAtHome = (...people: PersonKey[]) =>
    company.db.user.updateMany({
      where: { id: { in: people.map((who) => company.ids[who]) } },
      data: { homeOpenedAt: new Date('2026-11-20'), homeStale: false },
    });
  const stale = async () => {
    const people = await company.db.user.findMany({ where: { homeStale: true }, orderBy: { name: 'asc' } });
    return people.map((person) => person.name);
  };

  it('of finance and of the owner of the rows show every step of a receipt', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    await lookAtHome('rep', 'manager', 'finance', 'finance2', 'rep2');
    const { receipt: recorded, approval } = await aSubmittedReceipt(company, row, 30_00n, {
      who: 'financeManager',
    });
    expect(await stale()).toEqual(['finance', 'finance2', 'manager', 'rep']);
    await lookAtHome('rep', 'manager', 'finance', 'finance2');
    await withdrawReceipt(await company.as('financeManager'), recorded.id);
    expect(await stale()).toEqual(['finance', 'finance2', 'manager', 'rep']);
    expect(approval.version).toBe(1);
    const again = await aSubmittedReceipt(company, row, 30_00n, { who: 'financeManager' });
    await lookAtHome('rep', 'manager', 'finance', 'finance2');
    const { id, version } = again.approval;
    await rejectReceipt(await company.as('finance'), id, version, { reason: 'other' });
    expect(await stale()).toEqual(['finance', 'finance2', 'manager', 'rep']);
  });
});

describe('rejecting and withdrawing', () => {
  it('is discarded by its recorder, not while it waits, and not while it is sent again', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const { receipt: recorded, approval } = await aSubmittedReceipt(company, row, 30_00n);
    const discard = async (who: PersonKey) => discardReceipt(await company.as(who), recorded.id);
    await expect(discard('rep')).rejects.toEqual(code('receipt.not_discardable'));
    await rejectReceipt(await company.as('finance'), approval.id, approval.version, { reason: 'other' });
    for (const who of ['rep2', 'manager', 'finance'] as const)
      await expect(discard(who), who).rejects.toEqual(code('not_found'));
    const twice = [await company.as('rep'), await company.as('rep')];
    const results = await Promise.allSettled(twice.map((ctx) => discardReceipt(ctx, recorded.id)));
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const left = await findWaiting(await company.as('rep'), 'rep');
    expect(JSON.stringify(left.items.map((item) => 'id' in item && item.id))).not.toContain(recorded.id);
    expect(await receipt(recorded.id)).toMatchObject({ status: 'draft' });
    expect(await company.db.auditLog.count({ where: { action: 'receipt.discarded' } })).toBe(1);

    const other = await aSubmittedReceipt(company, row, 30_00n);
    await rejectReceipt(await company.as('finance'), other.approval.id, other.approval.version, {
      reason: 'other',
    });
    const input = {
      customerId: row.customerId,
      contractId: row.contractId,
      instalmentId: row.id,
      amount: 30_00n,
      currency: 'CNY',
      method: 'transfer',
      receivedOn: localDate('2026-11-20'),
      replacesId: other.receipt.id,
    };
    const racing = [await company.as('rep'), await company.as('rep')] as const;
    const [again, gone] = await Promise.allSettled([
      recordReceipt(racing[0], input, { notDuplicate: true }),
      discardReceipt(racing[1], other.receipt.id),
    ]);
    // A withdrawn receipt may still be recorded anew: only the discarding can come too late.
    expect(again.status).toBe('fulfilled');
    if (gone.status === 'rejected') expect(gone.reason).toEqual(code('request.repeated'));
  });

  it('releases the proposals, tells the recorder, and is recorded anew once', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const { receipt: recorded, approval } = await aSubmittedReceipt(company, row, 30_00n);
    await rejectReceipt(await company.as('finance'), approval.id, approval.version, {
      reason: 'amount_differs',
      comment: '少 1 元',
    });
    expect(await receipt(recorded.id)).toMatchObject({ status: 'rejected' });
    expect(await allocations(recorded.id)).toMatchObject([{ status: 'released', releaseReason: 'rejected' }]);
    const told = await company.db.outbox.findMany({ where: { kind: 'receipt.decided' } });
    expect(told.at(-1)).toMatchObject({ recipient: `user:${company.ids.rep}` });

    const again = await recordReceipt(
      await company.as('rep'),
      input(row, 29_00n, { replacesId: recorded.id }),
      { notDuplicate: true },
    );
    expect(again.replacesId).toBe(recorded.id);
    await expect(
      recordReceipt(await company.as('rep'), input(row, 28_00n, { replacesId: recorded.id })),
    ).rejects.toEqual(code('request.repeated'));
  });

  it('lets nobody replace what is not theirs, or not rejected', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const waiting = await aSubmittedReceipt(company, row, 30_00n);
    const replacing = async (who: PersonKey) =>
      recordReceipt(await company.as(who), input(row, 5_00n, { replacesId: waiting.receipt.id }));
    await expect(replacing('rep')).rejects.toEqual(code('not_found'));
    await withdrawReceipt(await company.as('rep'), waiting.receipt.id);
    await expect(replacing('manager')).rejects.toEqual(code('not_found'));
    await expect(replacing('rep')).resolves.toMatchObject({ status: 'submitted' });
  });

  it('takes the vouchers along when recorded anew', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const file = { slackFileId: 'F1', name: '回单.pdf', mime: 'application/pdf', size: 10 };
    const first = await recordReceipt(await company.as('rep'), input(row, 30_00n), { files: [file] });
    await withdrawReceipt(await company.as('rep'), first.id);
    const again = await recordReceipt(await company.as('rep'), input(row, 30_00n, { replacesId: first.id }));
    expect(
      await company.db.attachment.findMany({ where: { ownerId: again.id }, select: { slackFileId: true } }),
    ).toEqual([{ slackFileId: 'F1' }]);
  });

  it('withdraws only one’s own, and only before the decision', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const { receipt: recorded, approval } = await aSubmittedReceipt(company, row, 30_00n);
    await expect(withdrawReceipt(await company.as('manager'), recorded.id)).rejects.toEqual(
      code('access.denied'),
    );
    await approve('finance', approval);
    await expect(withdrawReceipt(await company.as('rep'), recorded.id)).rejects.toEqual(
      code('receipt.not_withdrawable'),
    );
  });

  it('lets a withdrawal and an approval race: one of them happened', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const { receipt: recorded, approval } = await aSubmittedReceipt(company, row, 30_00n);
    const rep = await company.as('rep');
    const results = await Promise.allSettled([
      approve('finance', approval),
      withdrawReceipt(rep, recorded.id),
    ]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const { status } = await receipt(recorded.id);
    expect((await fresh(row)).outstanding).toBe(status === 'approved' ? 70_00n : 100_00n);
  });
});

describe('what is written down', () => {
  it('has one audit entry a change', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const { receipt: recorded, approval } = await aSubmittedReceipt(company, row, 100_00n);
    await approve('finance', approval);
    const entries = await company.db.auditLog.findMany({
      where: { subjectId: { in: [recorded.id, row.id, row.contractId] } },
      orderBy: { id: 'asc' },
    });
    const actions = entries.map((entry) => entry.action).filter((action) => !action.startsWith('contract.'));
    expect(actions.toSorted()).toEqual([
      'instalment.created',
      'instalment.settled',
      'receipt.approved',
      'receipt.submitted',
    ]);
    expect(entries.filter((entry) => entry.action === 'contract.completed')).toHaveLength(1);
  });

  it('skips waiting reminders and closes the case when the row is paid', async () => {
    const [row] = await rows([100_00n, '2026-11-01']);
    const now = new Date('2026-11-20T02:00:00Z');
    const ids = { reminder: crypto.randomUUID(), case: crypto.randomUUID() };
    await company.db.reminder.create({
      data: {
        id: ids.reminder,
        instalmentId: row.id,
        dueEpoch: row.dueEpoch,
        ruleCode: 'E2',
        occurrenceOn: new Date('2026-11-04'),
        recipientRole: 'owner',
        recipientId: company.ids.rep,
        plannedOn: new Date('2026-11-20'),
        createdAt: now,
      },
    });
    await company.db.escalationCase.create({
      data: {
        id: ids.case,
        instalmentId: row.id,
        level: 1,
        openedOn: new Date('2026-11-04'),
        raisedOn: new Date('2026-11-04'),
        recipientIds: [company.ids.manager],
        createdAt: now,
        updatedAt: now,
      },
    });
    const part = await aSubmittedReceipt(company, row, 40_00n);
    await approve('finance', part.approval);
    expect(await company.db.escalationCase.findUnique({ where: { id: ids.case } })).toMatchObject({
      closedOn: null,
    });
    const rest = await aSubmittedReceipt(company, row, 60_00n);
    await approve('finance', rest.approval);
    expect(await company.db.escalationCase.findUnique({ where: { id: ids.case } })).toMatchObject({
      closeReason: 'settled',
    });
    expect(await company.db.reminder.findUnique({ where: { id: ids.reminder } })).toMatchObject({
      status: 'skipped',
      skipReason: 'settled',
    });
    const lines = await company.db.outbox.findMany({ where: { kind: 'case.line' } });
    const told = lines.map((line) => line.payload as { caseId: string; event: string });
    const events = told.filter((line) => line.caseId === ids.case).map((line) => line.event);
    expect(events.toSorted()).toEqual(['money', 'paid', 'submitted', 'submitted']);
  });
});

describe('the sums of the list', () => {
  it('tell what came in from what waits, and count rejected money in neither', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const [received, , rejected] = [
      await aSubmittedReceipt(company, row, 30_00n),
      await aSubmittedReceipt(company, row, 20_00n),
      await aSubmittedReceipt(company, row, 7_00n),
    ];
    await approve('finance', received.approval);
    const { id, version } = rejected.approval;
    await rejectReceipt(await company.as('finance'), id, version, { reason: 'not_in_bank' });
    const { totals } = await findReceipts(await company.as('rep'), { customerId: row.customerId });
    expect(totals).toEqual([{ currency: 'CNY', count: 3, received: 30_00n, waiting: 20_00n, unapplied: 0n }]);
  });
});

describe('the check of the sums', () => {
  it('notices money that nobody received, booked or paid back', async () => {
    const [row] = await rows([100_00n, '2026-12-01']);
    const { receipt: recorded, approval } = await aSubmittedReceipt(company, row, 30_00n);
    await approve('finance', approval);
    await company.db.receipt.update({ where: { id: recorded.id }, data: { unapplied: 1n } });
    expect((await checkMoney(company.db)).map((line) => line.slice(0, 2))).toEqual(['1:', '4:']);
    await company.db.receipt.update({ where: { id: recorded.id }, data: { unapplied: 0n } });
    await company.db.instalment.update({ where: { id: row.id }, data: { outstanding: 69_99n } });
    expect((await checkMoney(company.db)).map((line) => line.slice(0, 2))).toEqual(['2:', '4:']);
    await company.db.instalment.update({ where: { id: row.id }, data: { outstanding: 70_00n } });
    expect(await checkMoney(company.db)).toEqual([]);
  });
});
