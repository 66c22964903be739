// The numbers that money has in a file (slip, the bank's own, a bill's): each tells two payments apart or that they are one,
// in whatever column it stands.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findMigrationsDir, loadMigrations } from '../../src/db/migrate.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { startImport } from '../../src/domain/imports/import-job.service.js';
import { localDate } from '../../src/domain/local-date.js';
import type { ReceiptInput } from '../../src/domain/receipts/receipt.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { recordUnclaimed } from '../../src/domain/receipts/unclaimed.service.js';
import type { Customer } from '../../src/generated/prisma/client.js';
import { auditWithoutWords } from '../support/audit-words.js';
import { createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { bringFile, runStarted, stageFile } from '../support/importing.js';
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

const named = async (name: string) => createCustomer(await company.as('rep'), { name });
async function bringAs(kind: 'receipts' | 'opening', ...file: string[]) {
  const { counts, reasons } = await bringFile(company, 'finance', kind, file);
  return [counts, ...reasons];
}
const bring = (...file: string[]) => bringAs('receipts', ...file);
const receiptsOf = (name: string) =>
  company.db.receipt.findMany({ where: { customer: { name } }, orderBy: { id: 'asc' } });

const MONEY = { currency: 'CNY', method: 'transfer', receivedOn: localDate('2026-11-20') } as const;
/** As a rep enters it. */
const record = async ({ id }: Customer, amount: bigint, more: Partial<ReceiptInput>) =>
  recordReceipt(
    await company.as('rep'),
    { ...MONEY, customerId: id, kind: 'prepayment', amount, ...more },
    { notDuplicate: true },
  );

/** As it was remembered before a row's numbers were in its key. */
async function forgetNumbers(name: string): Promise<void> {
  const changed = await company.db.$executeRaw`
    UPDATE import_key k SET key = r.fields->>'formerKey' FROM import_row r
    WHERE k.key = r.row_key AND r.fields->>'formerKey' <> r.row_key AND r.fields->>'customer' = ${name}`;
  expect(changed).toBeGreaterThan(0);
}

it('two payments of a day that only the bank’s number tells apart are both in, from two files too', async () => {
  await named('交易号机械');
  const head = '客户,金额,回款日期,银行交易号';
  const row = (txn: string) => `交易号机械,100,2026-11-20,${txn}`;
  expect(await bring(head, row('T1'))).toEqual(['done 1/0/0/0']);
  expect(await bring(head, row('T2'))).toEqual(['done 1/0/0/0']);
  expect((await receiptsOf('交易号机械')).map((one) => one.bankTxnId)).toEqual(['T1', 'T2']);
  // A longer list has both again.
  expect(await bring(head, row('T1'), row('t 2'), row('T3'))).toEqual(['done 1/0/2/0']);
  expect(await bring(head, row('T3'), row('T2'), row('T1'))).toEqual(['done 0/0/3/0']);
});

it('so are two bills', async () => {
  await named('两票机械');
  const head = '客户,金额,回款日期,收款方式,汇票号,汇票到期日';
  const row = (bill: string) => `两票机械,100,2026-11-20,承兑汇票,${bill},2027-05-20`;
  expect(await bring(head, row('B1'))).toEqual(['done 1/0/0/0']);
  expect(await bring(head, row('B2'))).toEqual(['done 1/0/0/0']);
  expect(await bring(head, row('B1'), '两票机械,7,2026-01-20,承兑汇票,B9,2026-12-20')).toEqual([
    'done 1/0/1/0',
  ]);
  expect(await bring(head, row('B2'), row('B1'))).toEqual(['done 0/0/2/0']);
});

it('what came in before its numbers were in its key is known still, and is not taken for other money', async () => {
  await named('旧键机械');
  const head = '客户,金额,回款日期,收款方式,汇票号,汇票到期日,银行交易号';
  const bill = (no: string) => `旧键机械,100,2026-11-20,承兑汇票,${no},2027-05-20,`;
  const transfer = (txn: string) => `旧键机械,50,2026-11-10,银行转账,,,${txn}`;
  expect(await bring(head, bill('B1'), transfer('T1'))).toEqual(['done 2/0/0/0']);
  await forgetNumbers('旧键机械');
  expect(await bring(head, transfer('T1'), bill('B1'))).toEqual(['done 0/0/2/0']);
  expect(await bring(head, transfer('T2'))).toEqual(['done 1/0/0/0']);
  expect(await bring(head, bill('B2'))).toEqual(['done 1/0/0/0']);
});

it('a row that waited in its preview since then is taken by its number too', async () => {
  await named('预览机械');
  const head = '客户,金额,回款日期,银行交易号';
  expect(await bring(head, '预览机械,60,2026-11-20,T1')).toEqual(['done 1/0/0/0']);
  await forgetNumbers('预览机械');
  const { ctx, id, version } = await stageFile(company, 'finance', 'receipts', [
    head,
    '预览机械,60,2026-11-20,T2',
  ]);
  await company.db.$executeRaw`
    UPDATE import_row SET row_key = fields->>'formerKey', fields = fields - 'formerKey' WHERE job_id = ${id}::uuid`;
  await startImport(ctx, id, version);
  await runStarted(company);
  expect((await receiptsOf('预览机械')).map((one) => one.bankTxnId)).toEqual(['T1', 'T2']);
});

it.each(['receipts', 'opening'] as const)(
  'a number is one in whatever column it stands (%s)',
  async (kind) => {
    const name = `同号机械 ${kind}`;
    const customer = await named(name);
    const day = '2026-11-20';
    const head = '客户,金额,回款日期,流水号,银行交易号';
    const row = (amount: number, slip: string, txn: string) => `${name},${amount},${day},${slip},${txn}`;
    const at = (number: string) => `${number}-${kind}`;
    await record(customer, 100_00n, { bankSlipNo: at('A') });
    await record(customer, 30_00n, { bankTxnId: at('B') });
    const waits = { ...MONEY, amount: 200_00n, bankSlipNo: at('C'), payerName: null, remark: null };
    await recordUnclaimed(await company.as('finance'), waits, { notDuplicate: true });
    const known = [row(100, '', at('a')), row(30, at('B'), '')];
    expect(await bringAs(kind, head, ...known)).toEqual(['done 0/0/2/0']);
    expect(await bringAs(kind, head, row(101, '', at('A')))).toEqual(['done 0/0/0/1', 'slip_taken']);
    expect(await bringAs(kind, head, row(200, '', at('C')))).toEqual(['done 0/0/0/1', 'slip_unclaimed']);
    // Twice in one file, once as each.
    expect(await bringAs(kind, head, row(7, at('D'), ''), row(8, '', at('D')))).toEqual([
      'done 1/0/0/1',
      'slip_twice',
    ]);
  },
);

it('a number tells a payment from one with another of its kind, or from one that has none', async () => {
  const customer = await named('两号机械');
  const head = '客户,金额,回款日期,流水号,银行交易号';
  const row = (amount: number, slip: string, txn: string) => `两号机械,${amount},2026-11-20,${slip},${txn}`;
  await record(customer, 100_00n, { bankSlipNo: 'SLIP-1' });
  await record(customer, 110_00n, { bankTxnId: 'TXN-1' });
  await record(customer, 120_00n, {});
  // The bank's own number of what was entered with its slip, or without any.
  const asked = [row(100, '', 'TXN-2'), row(120, '', 'TXN-3'), row(110, 'SLIP-2', '')];
  expect(await bring(head, ...asked)).toEqual(['done 0/0/0/3', 'suspected', 'suspected', 'suspected_txn']);
  // As the reason says, it is another payment with a number of that kind.
  expect(
    await bring(head, row(100, 'SLIP-3', 'TXN-2'), row(120, 'SLIP-4', 'TXN-3'), row(110, 'SLIP-2', 'TXN-4')),
  ).toEqual(['done 3/0/0/0']);
});

it('a number of another customer’s money is not booked again in the other column', async () => {
  const [one] = [await named('甲号机械'), await named('乙号机械')];
  await record(one, 100_00n, { bankSlipNo: 'EL-1' });
  const head = '客户,金额,回款日期,银行交易号';
  expect(await bringAs('opening', head, '乙号机械,9,2026-01-20,EL-1')).toEqual([
    'done 0/0/0/1',
    'slip_elsewhere',
  ]);
});

it('a bill is one however it was spelled before all were spelled alike', async () => {
  const customer = await named('票号机械');
  const bill = { method: 'acceptance_bill', billDueOn: localDate('2027-05-20') };
  const old = await record(customer, 100_00n, { ...bill, billNo: 'AB12' });
  const odd = await record(customer, 1_00n, { ...bill, billNo: 'X1' });
  await company.db.receipt.update({ where: { id: old.id }, data: { billNo: 'ａb 12' } });
  const migration = (await loadMigrations(findMigrationsDir())).find(({ name }) =>
    name.endsWith('_bills_spelled_once'),
  );
  await database.db.pool.query(migration?.sql ?? '');
  await database.db.pool.query(migration?.sql ?? '');
  const trail = await company.db.auditLog.findMany({ where: { action: 'receipt.bill_spelled' } });
  expect(trail).toMatchObject([
    { subjectId: old.id, before: { billNo: 'ａb 12' }, after: { billNo: 'AB12' } },
  ]);
  expect((await receiptsOf('票号机械')).map((one) => [one.id, one.billNo])).toEqual([
    [old.id, 'AB12'],
    [odd.id, 'X1'],
  ]);
  const head = '客户,金额,回款日期,收款方式,汇票号,汇票到期日';
  expect(await bring(head, '票号机械,7,2026-01-20,承兑汇票,AB12,2027-05-20')).toEqual([
    'done 0/0/0/1',
    'suspected',
  ]);
});
