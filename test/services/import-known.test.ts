// What a file names and what is here: whose receipt a number is, slips spelled otherwise, customers that were merged or frozen,
// and files of money from before that wait while people and customers change.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findMigrationsDir, loadMigrations } from '../../src/db/migrate.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { deleteContract } from '../../src/domain/contracts/contract.service.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { mergeCustomers } from '../../src/domain/customers/customer-merge.service.js';
import { startImport } from '../../src/domain/imports/import-job.service.js';
import { importerCtx, runImportBatch } from '../../src/domain/imports/import-run.service.js';
import { stageImport } from '../../src/domain/imports/import-staging.service.js';
import { importMapping, importOptions } from '../../src/domain/imports/mapping.js';
import { sendImportedDrafts } from '../../src/domain/imports/send-drafts.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import type { Customer, Receipt } from '../../src/generated/prisma/client.js';
import { auditWithoutWords } from '../support/audit-words.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt, rejectReceipt } from '../support/decide.js';
import { agreeTo, bringFile, type Chosen, runStarted, stageFile } from '../support/importing.js';
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

type Who = Parameters<typeof bringFile>[1];
type Kind = Parameters<typeof bringFile>[2];
async function bring(who: Who, kind: Kind, file: readonly string[], chosen: Chosen = {}) {
  const { counts, reasons } = await bringFile(company, who, kind, file, chosen);
  return [counts, ...reasons];
}
const named = async (name: string) => createCustomer(await company.as('rep'), { name });
const ref = ({ id, version }: Customer) => ({ id, version });
const numbersOf = (customer: Customer): Promise<Receipt[]> =>
  company.db.receipt.findMany({ where: { customerId: customer.id }, orderBy: { id: 'asc' } });
const told = async (kind: string, jobId: string) =>
  (await company.db.outbox.findMany({ where: { kind, payload: { path: ['jobId'], equals: jobId } } }))
    .map((row) => [row.recipient, row.anchorKey])
    .toSorted(([a = ''], [b = '']) => (a ?? '').localeCompare(b ?? ''));

async function aReceipt(amount: bigint) {
  const { rows, customer } = await anActiveContract(company, [[1000_00n, '2026-12-01']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  return { ...(await aSubmittedReceipt(company, row, amount)), customer };
}

it('a receipt’s number is that receipt only with its customer, amount and day, as long as it lives', async () => {
  const { receipt, customer } = await aReceipt(100_00n);
  const other = await named('别家机械');
  const head = '回款编号,客户,金额,回款日期';
  const day = '2026-11-20';
  const row = (who: string, amount: number, on = day) => [head, `${receipt.number},${who},${amount},${on}`];
  expect(await bring('finance', 'receipts', row(customer.name, 100))).toEqual(['done 0/0/1/0']);
  for (const [who, amount, on] of [
    [other.name, 100, day],
    [customer.name, 101, day],
    [customer.name, 100, '2026-11-01'],
  ] as const)
    expect([who, amount, await bring('finance', 'receipts', row(who, amount, on))]).toEqual([
      who,
      amount,
      ['done 0/0/0/1', 'receipt_differs'],
    ]);
  const chosen = { without: ['receiptNumber'] };
  expect(await bring('finance', 'receipts', row(other.name, 101), chosen)).toEqual(['done 1/0/0/0']);
  // Rejected, corrected in the file and sent back.
  const second = await aReceipt(70_00n);
  await rejectReceipt(await company.as('finance'), second.approval.id, second.approval.version, {
    reason: 'amount_differs',
    comment: '少了',
  });
  const corrected = [head, `${second.receipt.number},${second.customer.name},71,${day}`];
  expect(await bring('finance', 'receipts', corrected)).toEqual(['done 1/0/0/0']);
});

it('what was reversed in full does not come back from a list of before', async () => {
  const { receipt, approval, customer } = await aReceipt(100_00n);
  const list = [
    '回款编号,客户,金额,回款日期,入账净额',
    `${receipt.number},${customer.name},100,2026-11-20,100`,
  ];
  await approveReceipt(await company.as('finance'), approval.id, approval.version);
  const asked = await askReversal(await company.as('finance'), {
    ...{ receiptId: receipt.id, amount: 100_00n, reason: '退票' },
  });
  const { id, version } = await company.db.approval.findFirstOrThrow({ where: { subjectId: asked.id } });
  await approve(await company.as('financeManager'), id, version);
  for (const kind of ['receipts', 'opening'] as const) {
    expect(await bring('finance', kind, list)).toEqual(['done 0/0/0/1', 'receipt_reversed']);
    // Another payment of whoever numbers theirs likewise.
    const other = list.map((line) => line.replace(',100,2026-11-20,100', `,${kind.length},2026-11-01,`));
    expect(await bring('finance', kind, other)).toEqual(['done 1/0/0/0']);
  }
  // As it is exported now it is known; without its number it is what the person says it is.
  const now = list.map((line) => line.replace(/,100$/, ',0'));
  expect(await bring('finance', 'receipts', now)).toEqual(['done 0/0/1/0']);
  const chosen = { without: ['receiptNumber'] };
  expect(await bring('finance', 'receipts', list, chosen)).toEqual(['done 1/0/0/0']);
});

it('bills of before they needed a number are known in their own list, and new ones need it', async () => {
  const { receipt, customer } = await aReceipt(81_00n);
  await company.db.receipt.update({ where: { id: receipt.id }, data: { method: 'acceptance_bill' } });
  const head = '回款编号,客户,金额,回款日期,收款方式,汇票号,汇票到期日';
  const row = (number: string, day: string, more: string) =>
    `${number},${customer.name},81,${day},承兑汇票,${more}`;
  expect(await bring('finance', 'receipts', [head, row(receipt.number, '2026-11-20', ',')])).toEqual([
    'done 0/0/1/0',
  ]);
  const lacking = [row('', '2026-01-05', ','), row('', '2026-01-05', 'Z1,不是日子'), row('', '', ',')];
  expect(await bring('finance', 'receipts', [head, ...lacking])).toEqual([
    ...['done 0/0/0/3', 'required,required', 'date_unreadable', 'required,required,required'],
  ]);
});

it('contracts that are in already are known of a customer that was frozen since', async () => {
  const customer = await named('后冻机械');
  const file = ['客户,金额,签订日期', '后冻机械,10,2026-07-01'];
  expect(await bring('rep', 'contracts', file)).toEqual(['done 1/0/0/0']);
  await company.db.customer.update({ where: { id: customer.id }, data: { status: 'frozen' } });
  expect(await bring('rep', 'contracts', file)).toEqual(['done 0/0/1/0']);
  expect(await bring('rep', 'contracts', [...file, '后冻机械,11,2026-07-01'])).toEqual([
    'done 0/0/1/1',
    'customer_frozen',
  ]);
});

it('numbers that a file’s own rows were given here are not those that it names', async () => {
  const customer = await named('同日机械');
  const { ctx, id, version } = await stageFile(company, 'finance', 'receipts', [
    '客户,金额,回款日期,流水号',
    '同日机械,1,2026-11-19,S-1',
  ]);
  await startImport(ctx, id, version);
  await runStarted(company);
  const [first] = await numbersOf(customer);
  const next = first?.number.replace(/\d{3}$/, (end) => String(Number(end) + 1).padStart(3, '0'));
  const file = await stageFile(company, 'finance', 'receipts', [
    '回款编号,客户,金额,回款日期,流水号',
    'X-1,同日机械,2,2026-11-19,S-2',
    `${next},同日机械,3,2026-11-19,S-3`,
  ]);
  await startImport(file.ctx, file.id, file.version);
  const importer = await importerCtx(await company.system(), file.id);
  expect(await runImportBatch(importer, file.id, 1)).toBe('working');
  expect((await numbersOf(customer)).map((one) => one.number)).toContain(next);
  await company.db.$executeRaw`UPDATE import_job SET lease_until = NULL WHERE id = ${file.id}::uuid`;
  await runStarted(company);
  expect((await numbersOf(customer)).map((one) => one.amount)).toEqual([1_00n, 2_00n, 3_00n]);
});

it('a slip is one however it was spelled before all were spelled alike', async () => {
  const customer = await named('拼写机械');
  const slips = ['A1', ' b 2', 'Ｂ２', 'c 3', 'd4'];
  for (const slip of ['A1', 'B2', 'B2X', 'C3', 'D4'])
    await bring('finance', 'receipts', [
      '客户,金额,回款日期,流水号',
      `拼写机械,9,2026-01-0${1 + slips.length},${slip}`,
    ]);
  const receipts = await numbersOf(customer);
  for (const [index, { id }] of receipts.entries())
    await company.db.receipt.update({ where: { id }, data: { bankSlipNo: slips[index] ?? null } });
  const [, , , dead] = receipts;
  const asked = await company.db.approval.findFirstOrThrow({ where: { subjectId: dead?.id ?? '' } });
  await rejectReceipt(await company.as('finance2'), asked.id, asked.version, {
    reason: 'other',
    comment: '错',
  });
  const waits = await company.db.unclaimedMoney.create({
    data: {
      ...{ id: crypto.randomUUID(), number: 'DR-1', amount: 5n, currency: 'CNY', method: 'transfer' },
      ...{ receivedOn: new Date('2026-01-01'), bankSlipNo: 'u 1', recordedById: company.ids.finance },
      ...{ createdAt: new Date(), updatedAt: new Date() },
    },
  });
  const shipped = await loadMigrations(findMigrationsDir());
  const migration = shipped.find(({ name }) => name.endsWith('_slips_spelled_once'));
  await database.db.pool.query(migration?.sql ?? '');
  await database.db.pool.query(migration?.sql ?? '');
  const after = await numbersOf(customer);
  // Of the two that are one the first takes the spelling; the trail of the other says so.
  expect(after.map((one) => one.bankSlipNo)).toEqual(['A1', 'B2', 'Ｂ２', 'C3', 'D4']);
  const trail = await company.db.auditLog.findMany({
    where: { subjectId: { in: [...after.map((one) => one.id), waits.id] }, action: { contains: 'slip_' } },
  });
  const entries = trail.map((one) => [
    after.findIndex(({ id }) => id === one.subjectId),
    one.action,
    one.after,
  ]);
  expect(entries).toHaveLength(6);
  expect(entries).toEqual(
    expect.arrayContaining([
      [1, 'receipt.slip_spelled', { bankSlipNo: 'B2' }],
      [3, 'receipt.slip_spelled', { bankSlipNo: 'C3' }],
      [4, 'receipt.slip_spelled', { bankSlipNo: 'D4' }],
      [2, 'receipt.slip_repeated', { bankSlipNo: 'Ｂ２', number: after[1]?.number }],
      [-1, 'unclaimed.slip_spelled', { bankSlipNo: 'U1' }],
    ]),
  );
  expect(
    await bring('finance', 'receipts', [
      '客户,金额,回款日期,流水号',
      '拼写机械,9,2026-01-06,b2',
      '拼写机械,9,2026-01-06,d 4',
      '拼写机械,5,2026-01-06,u1',
    ]),
  ).toEqual(['done 0/0/2/1', 'slip_unclaimed']);
});

it('a customer that was merged is the one that stayed, in every file', async () => {
  const keep = await named('合并机械');
  const gone = await named('合并机械(重复)');
  const customers = ['客户名称,地址,客户编号', `合并机械(重复),别处,${gone.code}`, '合并机械(重复),别处,'];
  const file = await stageFile(company, 'finance', 'opening', [
    '客户,金额,回款日期',
    '合并机械（重复）,31,2026-01-05',
    `${gone.code},32,2026-02-05`,
  ]);
  await startImport(file.ctx, file.id, file.version);
  const stayed = await mergeCustomers(await company.as('manager'), ref(keep), ref(gone));
  await agreeTo(company, file.id);
  await runStarted(company);
  expect((await numbersOf(keep)).map((one) => one.amount)).toEqual([31_00n, 32_00n]);
  for (const one of [customers.slice(0, 2), [customers[0] ?? '', customers[2] ?? '']])
    expect(await bring('manager', 'customers', one, { ownerId: company.ids.rep })).toEqual(['done 0/0/1/0']);
  expect(await company.db.customer.findUnique({ where: { id: keep.id } })).toMatchObject({
    address: stayed.address,
  });
  expect(await company.db.customer.count({ where: { name: gone.name, deletedAt: null } })).toBe(0);
  expect(
    await bring('rep', 'contracts', ['合同编号,客户,金额', `MG-1,${gone.name},10`, `MG-1,${gone.code},10`]),
  ).toEqual(['done 2/0/0/0']);
  expect(await company.db.contract.findUnique({ where: { number: 'MG-1' } })).toMatchObject({
    customerId: keep.id,
  });
  // Somebody of that name who lives, and is another's, is not the one that stayed.
  await createCustomer(await company.as('rep2'), { name: gone.name });
  expect(await bring('rep', 'contracts', ['合同编号,客户,金额', `MG-2,${gone.name},10`])).toEqual([
    'done 0/0/0/1',
    'customer_unknown',
  ]);
});

it('a file that was agreed to is booked whatever became of who brought it, and finance sees what was not', async () => {
  const customer = await named('离职机械');
  const { ctx, id, version } = await stageFile(company, 'finance', 'opening', [
    '客户,金额,回款日期',
    '离职机械,41,2026-01-05',
    '没有的机械,42,2026-01-05',
  ]);
  await startImport(ctx, id, version);
  await company.db.user.update({
    where: { id: company.ids.finance },
    data: { roles: ['rep'], active: false },
  });
  await agreeTo(company, id);
  await runStarted(company);
  await company.db.user.update({
    where: { id: company.ids.finance },
    data: { roles: ['finance'], active: true },
  });
  expect(await numbersOf(customer)).toMatchObject([{ amount: 41_00n, status: 'approved' }]);
  expect(await company.db.importJob.findUnique({ where: { id } })).toMatchObject({ created: 1, failed: 1 });
  const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: id } });
  const finance2 = company.ids.finance2;
  expect(await told('opening.errors', id)).toEqual([
    [`user:${finance2}`, `opening.card:${approval.id}@${finance2}`],
  ]);
});

it('whoever decides has all rows beside the card, in the channel or outside of it', async () => {
  await named('卡片机械');
  await changeCompany(company.db, { financeChannelId: 'C_FIN' });
  await company.db.user.update({
    where: { id: company.ids.finance2 },
    data: { delegateId: company.ids.director, delegateUntil: new Date('2027-01-01') },
  });
  const { ctx, id, version } = await stageFile(company, 'finance', 'opening', [
    '客户,金额,回款日期',
    '卡片机械,51,2026-01-05',
  ]);
  await startImport(ctx, id, version);
  const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: id } });
  const card = `opening.card:${approval.id}`;
  expect(await told('opening.rows', id)).toEqual([
    ['finance', card],
    [`user:${company.ids.director}`, `${card}@${company.ids.director}`],
  ]);
  await changeCompany(company.db, { financeChannelId: null });
  await company.db.user.update({
    where: { id: company.ids.finance2 },
    data: { delegateId: null, delegateUntil: null },
  });
  await agreeTo(company, id);
  await runStarted(company);
});

it('a file whose columns are chosen anew begins anew', async () => {
  const customer = await named('重来机械');
  const lines = ['客户,金额,回款日期', '重来机械,61,2026-01-05', '重来机械,62,2026-02-05'];
  const { ctx, id } = await stageFile(company, 'finance', 'opening', lines);
  await company.db.importJob.update({ where: { id }, data: { cursor: 2, processed: 1, stopAsked: true } });
  async function* rows() {
    for (const [index, line] of lines.slice(1).entries()) yield { line: index + 2, cells: line.split(',') };
  }
  const mapping = importMapping.parse({ customer: 0, amount: 1, receivedOn: 2 });
  const options = importOptions.parse({ method: 'transfer' });
  const { version } = await stageImport(ctx, id, { mapping, options }, rows());
  await startImport(ctx, id, version);
  await agreeTo(company, id);
  await runStarted(company);
  expect((await numbersOf(customer)).map((one) => one.amount)).toEqual([61_00n, 62_00n]);
});

it('a frozen customer’s new contract says so; one slip under two customers is not booked unseen', async () => {
  const frozen = await named('冻结机械');
  await company.db.customer.update({ where: { id: frozen.id }, data: { status: 'frozen' } });
  expect(await bring('rep', 'contracts', ['合同编号,客户,金额', 'FR-1,冻结机械,10'])).toEqual([
    'done 0/0/0/1',
    'customer_frozen',
  ]);
  await named('流水甲');
  await named('流水乙');
  const head = '客户,金额,回款日期,流水号';
  expect(
    await bring('finance', 'opening', [head, '流水甲,1,2026-01-05,TT1', '流水乙,1,2026-01-05,tt 1']),
  ).toEqual(['done 1/0/0/1', 'slip_twice']);
  expect(await bring('finance', 'opening', [head, '流水乙,2,2026-01-06,TT1'])).toEqual([
    'done 0/0/0/1',
    'slip_elsewhere',
  ]);
  // Each receipt's own card warns of it.
  expect(await bring('finance', 'receipts', [head, '流水乙,2,2026-01-06,TT1'])).toEqual(['done 1/0/0/0']);
});

it('what is void or written off in a list is not owed again', async () => {
  await named('核减机械');
  const head = '合同编号,客户,金额,序号,本期金额,计划回款日期,状态,坏账与尾差';
  const lines = (first: string, second: string) => [
    head,
    `NA-1,核减机械,30,1,10,2026-12-01,${first}`,
    `NA-1,核减机械,30,2,20,2026-12-02,${second}`,
  ];
  const both = (reason: string) => ['done 0/0/0/2', reason, 'group'];
  expect(await bring('rep', 'contracts', lines('已作废,0.00', '待回款,0.00'))).toEqual(both('part_void'));
  expect(await bring('rep', 'contracts', lines('已回款,0.50', '待回款,0.00'))).toEqual(both('part_adjusted'));
  expect(await bring('rep', 'contracts', lines('已回款,', '待回款,0.00'))).toEqual(['done 2/0/0/0']);
  // Here they are what they are already.
  expect(await bring('rep', 'contracts', lines('已作废,0.00', '待回款,3'))).toEqual(['done 0/0/2/0']);
});

it('a deleted draft’s trail says that its number was given away', async () => {
  await named('让号机械');
  const file = ['合同编号,客户,金额', 'RN-1,让号机械,10'];
  await bring('rep', 'contracts', file);
  const made = await company.db.contract.findUniqueOrThrow({ where: { number: 'RN-1' } });
  await deleteContract(await company.as('rep'), made.id, made.version);
  expect(await bring('rep', 'contracts', file)).toEqual(['done 1/0/0/0']);
  const { number, version } = await company.db.contract.findUniqueOrThrow({ where: { id: made.id } });
  expect(version).toBe(made.version + 2);
  const [entry] = await company.db.auditLog.findMany({
    where: { subjectId: made.id, action: 'contract.renumbered' },
  });
  expect(entry).toMatchObject({ before: { number: 'RN-1' }, after: { number } });
});

it('what is sent together and nobody can approve is told to the admins, once', async () => {
  await named('无人机械');
  const ids = ['manager', 'director', 'financeManager'].map((who) => company.ids[who as 'manager']);
  const lines = ['合同编号,客户,金额,本期金额,计划回款日期'];
  for (const n of [1, 2, 3]) lines.push(`OR-${n},无人机械,10,10,2026-12-01`);
  const { id } = await bringFile(company, 'rep', 'contracts', lines);
  const rep = await company.as('rep');
  await company.db.user.updateMany({ where: { id: { in: ids } }, data: { active: false } });
  expect(await sendImportedDrafts(rep, id)).toEqual({ sent: 3, orphans: 3, left: [] });
  await company.db.user.updateMany({ where: { id: { in: ids } }, data: { active: true } });
  const alarms = await company.db.outbox.findMany({ where: { kind: 'approval.orphan' } });
  expect(alarms.map((one) => one.recipient)).toEqual([`user:${company.ids.admin}`]);
});
