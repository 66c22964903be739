// The numbers that money has in a file (slip, the bank's own, a bill's): each tells two payments apart or that they are one,
// in whatever column it stands.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { startImport } from '../../src/domain/imports/import-job.service.js';
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
  await database.close();
});

const named = async (name: string) => createCustomer(await company.as('rep'), { name });
async function bring(...file: string[]) {
  const { counts, reasons } = await bringFile(company, 'finance', 'receipts', file);
  return [counts, ...reasons];
}
const receiptsOf = (name: string) =>
  company.db.receipt.findMany({ where: { customer: { name } }, orderBy: { id: 'asc' } });

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
  expect(await bring(head, row('B2'))).toEqual(['done 0/0/0/1', 'suspected']);
  expect(await bring(head, row('B1'), '两票机械,7,2026-01-20,承兑汇票,B9,2026-12-20')).toEqual([
    'done 1/0/1/0',
  ]);
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
  expect(await bring(head, bill('B2'))).toEqual(['done 0/0/0/1', 'suspected']);
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
