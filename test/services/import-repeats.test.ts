// What was imported once is not imported again, whatever its columns are taken for and whatever file it comes in (rules
// §13); and nobody puts a contract in force that others have to approve too (rules §6).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createContract, deleteContract } from '../../src/domain/contracts/contract.service.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { listDrafts, sendImportedDrafts } from '../../src/domain/imports/send-drafts.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { changeCompany, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveContract } from '../support/decide.js';
import { bringFile, type Chosen } from '../support/importing.js';
import { checkMoney } from '../support/money-invariants.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
  await createCustomer(await company.as('rep'), { name: '甲方机械' });
  await createCustomer(await company.as('rep'), { name: '乙方机械' });
});
afterAll(() => database.close());

async function bring(...args: Parameters<typeof bringFile> extends [unknown, ...infer Rest] ? Rest : never) {
  const { counts, reasons } = await bringFile(company, ...args);
  return [counts, ...new Set(reasons)];
}
const force: Chosen = { inForce: true };
const sumOf = async (name: string) =>
  (
    await company.db.receipt.aggregate({
      where: { customer: { name }, status: { in: ['submitted', 'approved'] } },
      _sum: { amount: true },
    })
  )._sum.amount;

it('the same file adds nothing, whatever its columns are taken for', async () => {
  const file = [
    '客户,金额,回款日期,付款方,备注',
    '甲方机械,120,2026-01-05,甲,a',
    '甲方机械,120,2026-01-05,甲,a',
    '甲方机械,30,2026-02-05,乙,b',
  ];
  expect(await bring('finance', 'opening', file, { without: ['payer', 'remark'] })).toEqual(['done 3/0/0/0']);
  expect(await sumOf('甲方机械')).toBe(270_00n);
  expect(await bring('finance', 'opening', file)).toEqual(['done 0/0/3/0']);
  // Nor as another kind of money, nor by anybody else.
  expect(await bring('financeManager', 'receipts', file, { without: ['payer'] })).toEqual(['done 0/0/3/0']);
  expect(await sumOf('甲方机械')).toBe(270_00n);
});

it('another file with the same payments is asked about, row by row; a slip tells two apart', async () => {
  const file = [
    '客户名称,到账金额,到账日期,付款单位',
    '甲方机械,120,2026-01-07,丙',
    '甲方机械,30,2026-02-20,乙',
  ];
  expect(await bring('finance', 'opening', file)).toEqual(['done 1/0/0/1', 'suspected']);
  const slips = [`${file[0]},流水号`, `${file[1]},N-1`];
  expect(await bring('finance', 'opening', slips)).toEqual(['done 1/0/0/0']);
  expect(await sumOf('甲方机械')).toBe(420_00n);
  expect(await checkMoney(company.db)).toEqual([]);
});

it('a row that is not taken is repeated by none: corrected further down, it comes in', async () => {
  const customers = [
    '客户名称,联系人,邮箱',
    '戊方机械,林海,not an address',
    '戊方机械,林海,a@example.com',
    '戊方机械,林海,b@example.com',
  ];
  expect(await bring('rep', 'customers', customers, { ownerId: company.ids.rep })).toEqual([
    'done 1/0/1/1',
    'email_unreadable',
  ]);
  const { contacts } = await company.db.customer.findFirstOrThrow({ where: { name: '戊方机械' } });
  expect(JSON.stringify(contacts)).toContain('a@example.com');
  // Nor does it hold its code or tax number, for a row of another name or its own.
  const numbered = [
    '客户名称,编号,税号,邮箱',
    '已方机械,J-1,TAX1,not an address',
    '己方机械,J-1,TAX1,',
    '庚方机械,J-1,TAX2,',
    '辛方机械,J-2,TAX2,',
    '壬方机械,J-3,TAX1,',
  ];
  expect(await bring('rep', 'customers', numbered, { ownerId: company.ids.rep })).toEqual([
    'done 2/0/0/3',
    'email_unreadable,required',
    'code_taken',
    'tax_twice',
  ]);
  const money = [
    '客户,金额,回款日期,流水号',
    '乙方机械,twelve,2026-03-02,N-9',
    '乙方机械,12,2026-03-02,N-9',
    '乙方机械,12,2026-03-02,N-9',
  ];
  expect(await bring('finance', 'receipts', money)).toEqual(['done 1/0/1/1', 'amount_unreadable']);
});

it('rows of one file that are equal count each, also where it was stopped in between', async () => {
  const file = ['客户,金额,回款日期', ...Array.from({ length: 4 }, () => '乙方机械,77,2026-03-01')];
  expect(await bring('finance', 'receipts', file)).toEqual(['done 4/0/0/0']);
  // As if it had been stopped after two: their lines are known, the others are no repetition of them.
  const lines = await company.db.importKey.findMany({
    where: { kind: 'money.line', key: { endsWith: ':5' } },
  });
  const [last] = lines.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  await company.db.importKey.deleteMany({ where: { subjectId: last?.subjectId ?? '' } });
  await company.db.receipt.update({ where: { id: last?.subjectId ?? '' }, data: { status: 'rejected' } });
  expect(await bring('finance', 'receipts', file)).toEqual(['done 1/0/3/0']);
});

it('what was rejected may come again: only what is there still is a repetition', async () => {
  const file = ['客户,金额,回款日期', '乙方机械,51,2026-04-01'];
  expect(await bring('finance', 'receipts', file)).toEqual(['done 1/0/0/0']);
  expect(await bring('finance', 'receipts', file)).toEqual(['done 0/0/1/0']);
  await company.db.receipt.updateMany({ where: { amount: 51_00n }, data: { status: 'rejected' } });
  expect(await bring('finance', 'receipts', file)).toEqual(['done 1/0/0/0']);
  expect(await bring('finance', 'receipts', file)).toEqual(['done 0/0/1/0']);
});

it('money that waits to be claimed is not imported beside it', async () => {
  const base = { currency: 'CNY', method: 'transfer', recordedById: company.ids.finance };
  const money = (number: string, amount: bigint, bankSlipNo: string | null) =>
    company.db.unclaimedMoney.create({
      data: {
        ...base,
        id: crypto.randomUUID(),
        number,
        amount,
        bankSlipNo,
        receivedOn: new Date('2026-05-03'),
        createdAt: new Date(),
        updatedAt: new Date(),
      },
    });
  await money('DR-1', 9_00n, 'T-9');
  await money('DR-2', 8_00n, null);
  const file = [
    '客户,金额,回款日期,流水号',
    '乙方机械,9,2026-05-03,T-9',
    '乙方机械,8,2026-05-04,',
    '乙方机械,8,2026-05-10,',
  ];
  const { reasons, counts } = await bringFile(company, 'finance', 'receipts', file);
  expect([counts, reasons]).toEqual(['done 1/0/0/2', ['slip_unclaimed', 'suspected']]);
});

it('a contract that is another customer’s takes no money of this one', async () => {
  await bring('manager', 'contracts', ['合同编号,客户,金额', 'P-1,甲方机械,500'], force);
  const head = '合同编号,客户,金额,到账日期,流水号';
  const rows = [
    'P-1,乙方机械,1,2026-06-01,a',
    'P-1,没有这家,1,2026-06-01,b',
    'P-1,甲 方机械,1,2026-06-01,c',
    'P-1,,1,2026-06-01,d',
  ];
  expect(await bring('finance', 'receipts', [head, ...rows])).toEqual(['done 2/0/0/2', 'contract_customer']);
});

it('contracts without a number are made once, by whatever file', async () => {
  const file = [
    '合同编号,客户,金额,合同名称,签订日期',
    'Q-1,乙方机械,640,泵,2026-06-01',
    'Q-1,乙方机械,640,泵,2026-06-01',
  ];
  const without = (...fields: string[]): Chosen => ({ without: fields });
  expect(await bring('rep', 'contracts', file, without('number', 'name'))).toEqual(['done 2/0/0/0']);
  expect(await bring('rep', 'contracts', file)).toEqual(['done 0/0/2/0']);
  const other = ['客户,金额,合同名称', '乙方机械,640,另一个名字', '乙方机械,641,泵'];
  expect(await bring('rep', 'contracts', other)).toEqual(['done 1/0/0/1', 'contract_suspected']);
  expect(await company.db.contract.count({ where: { customer: { name: '乙方机械' } } })).toBe(3);
});

it('each row of a contract is known by itself, also where the file is read without numbers', async () => {
  const part = (number: string, day: number) => `${number},乙方机械,400,10,2027-03-${10 + day}`;
  const long = Array.from({ length: 20 }, (_, day) => part('V-1', day));
  const head = '合同编号,客户,合同金额,本期金额,计划回款日期';
  const file = [head, part('V-2', 1), ...long, part('V-2', 2)];
  expect(await bring('rep', 'contracts', file)).toEqual(['done 22/0/0/0']);
  // Rows that stand together are remembered together, 16 at most.
  const contracts = await company.db.contract.findMany({ where: { number: { startsWith: 'V-' } } });
  const keys = await company.db.importKey.findMany({
    where: { subjectId: { in: contracts.map(({ id }) => id) } },
  });
  const runs = keys.map(({ key, lastLine }) => [Number(key.split(':')[1]), lastLine]);
  expect(runs.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
    [2, null],
    [3, 18],
    [19, 22],
    [23, null],
  ]);
  expect(await bring('rep', 'contracts', file, { without: ['number'] })).toEqual(['done 0/0/22/0']);
  expect(await bring('manager', 'contracts', file)).toEqual(['done 0/0/22/0']);
  // What is gone is not remembered against anybody.
  const gone = contracts.find(({ number }) => number === 'V-1');
  await deleteContract(await company.as('rep'), gone?.id ?? '', gone?.version ?? 0);
  expect(await bring('rep', 'contracts', file, { without: ['number', 'partDue'] })).toEqual([
    'done 20/0/2/0',
  ]);
  expect(await bring('rep', 'contracts', file, { without: ['number'] })).toEqual(['done 0/0/22/0']);
});

it('drafts of a wrong file that were deleted come again, under their numbers', async () => {
  const numbered = ['合同编号,客户,金额', 'R-1,甲方机械,10'];
  const unnumbered = ['客户,金额,签订日期', '甲方机械,11,2026-07-01'];
  for (const file of [numbered, unnumbered])
    expect(await bring('rep', 'contracts', file)).toEqual(['done 1/0/0/0']);
  const made = await company.db.contract.findMany({ where: { amount: { in: [10_00n, 11_00n] } } });
  for (const { id, version } of made) await deleteContract(await company.as('rep'), id, version);
  // Whoever could not have deleted it does not get its number.
  await createCustomer(await company.as('rep2'), { name: '丙方机械' });
  expect(await bring('rep2', 'contracts', ['合同编号,客户,金额', 'R-1,丙方机械,10'])).toEqual([
    'done 0/0/0/1',
    'number_taken',
  ]);
  for (const file of [numbered, unnumbered]) {
    expect(await bring('rep', 'contracts', file)).toEqual(['done 1/0/0/0']);
    expect(await bring('rep', 'contracts', file)).toEqual(['done 0/0/1/0']);
  }
  expect(await company.db.contract.findUnique({ where: { number: 'R-1' } })).toMatchObject({
    deletedAt: null,
  });
});

it('a contract comes in force only where the importer alone could approve it', async () => {
  const head = '合同编号,客户,金额,币种';
  const big = [head, 'S-1,甲方机械,2000000,CNY', 'S-2,甲方机械,999999,CNY', 'S-3,甲方机械,5,USD'];
  const { counts, reasons } = await bringFile(company, 'manager', 'contracts', big, force);
  expect([counts, reasons]).toEqual(['done 1/0/0/2', ['in_force_steps', 'in_force_rate']]);
  expect(await bring('director', 'contracts', big.slice(0, 2), force)).toEqual([
    'done 0/0/0/1',
    'in_force_steps',
  ]);
  const exchangeRates = [{ currency: 'USD', rate: '7.1' }];
  await changeCompany(company.db, { settings: { exchangeRates } });
  expect(await bring('manager', 'contracts', [head, 'S-3,甲方机械,5,USD'], force)).toEqual(['done 1/0/0/0']);
  // What one contract takes of the credit limit is not there for the next, in the same file too.
  const customer = await createCustomer(await company.as('rep'), { name: '限额机械' });
  await company.db.customer.update({ where: { id: customer.id }, data: { creditLimit: 100_00n } });
  const within = [head, 'S-4,限额机械,60,CNY', 'S-5,限额机械,60,CNY'];
  expect(await bring('manager', 'contracts', within, force)).toEqual(['done 1/0/0/1', 'in_force_steps']);
  expect(await bring('manager', 'contracts', within.slice(0, 2), force)).toEqual(['done 0/0/1/0']);
  expect(await bring('manager', 'contracts', [head, 'S-6,限额机械,40,CNY'], force)).toEqual(['done 1/0/0/0']);
  expect(await company.db.contract.findMany({ where: { number: { startsWith: 'S-' } } })).toHaveLength(4);
});

it('drafts of an import are sent for approval together, each by its own flow', async () => {
  const head = '合同编号,客户,金额,本期金额,计划回款日期';
  const limited = await company.db.customer.findFirstOrThrow({ where: { name: '限额机械' } });
  const { id } = await bringFile(company, 'rep', 'contracts', [
    head,
    'T-1,甲方机械,100,100,2026-12-01',
    'T-2,甲方机械,1500000,1500000,2026-12-01',
    'T-3,甲方机械,100,60,2026-12-01',
    'T-4,限额机械,5,5,2026-12-01',
  ]);
  const rep = await company.as('rep');
  const job = await company.db.importJob.findUniqueOrThrow({ where: { id } });
  expect(await listDrafts(company.db, rep.actor, job)).toHaveLength(4);
  await expect(sendImportedDrafts(await company.as('rep2'), id)).rejects.toThrow('not_found');
  const [first, second] = [
    await sendImportedDrafts(rep, id),
    await sendImportedDrafts(await company.as('rep'), id),
  ];
  expect(first).toEqual({ sent: 3, orphans: 0, left: [{ number: 'T-3', reason: 'plan' }] });
  expect(second.sent).toBe(0);
  const approvals = await company.db.approval.findMany({
    where: { status: 'open', requestedById: rep.actor.id, subjectType: 'contract' },
    include: { steps: { orderBy: { seq: 'asc' } } },
  });
  const numbers = new Map(
    (await company.db.contract.findMany({ where: { number: { startsWith: 'T-' } } })).map((one) => [
      one.id,
      one.number,
    ]),
  );
  const asked = approvals.map((one) => [
    numbers.get(one.subjectId),
    one.steps.map((step) => [step.approverRoles.join(), step.approverIds.map(String)]),
  ]);
  const manager = ['manager', [company.ids.manager]];
  const all = [manager, ['sales_director', []], ['finance_manager', []]];
  expect(new Map(asked as [string, unknown][])).toEqual(
    new Map([
      ['T-1', [manager]],
      ['T-2', all],
      ['T-4', all],
    ]),
  );
  // They are approved like every other.
  const one = approvals.find((approval) => numbers.get(approval.subjectId) === 'T-1');
  await approveContract(await company.as('manager'), one?.id ?? '', one?.version ?? 0);
  expect(await company.db.contract.findUnique({ where: { number: 'T-1' } })).toMatchObject({
    status: 'active',
  });
  expect(limited.creditLimit).toBe(100_00n);
});

it('whoever made a contract by hand is asked too, before a file without numbers makes it again', async () => {
  const customer = await company.db.customer.findFirstOrThrow({ where: { name: '甲方机械' } });
  await createContract(await company.as('rep'), {
    ...{ customerId: customer.id, name: '手工', type: 'vehicle', amount: 8_888_00n, currency: 'CNY' },
    signedOn: localDate('2026-08-01'),
  });
  const file = (day: string) => ['客户,金额,签订日期', `甲方机械,8888,${day}`];
  expect(await bring('rep', 'contracts', file('2026-08-01'))).toEqual(['done 0/0/0/1', 'contract_suspected']);
  expect(await bring('rep', 'contracts', file('2026-08-02'))).toEqual(['done 1/0/0/0']);
});
