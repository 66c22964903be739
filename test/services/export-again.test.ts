// An exported list can be brought in again: into the same company it adds and changes nothing, into an empty one it makes
// the same customers, contracts, instalments and money (F96).
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { readExport, requestExport } from '../../src/domain/exports/export.service.js';
import type { ListKind } from '../../src/domain/lists/list-filter.js';
import { localDate } from '../../src/domain/local-date.js';
import { askRefund } from '../../src/domain/receipts/refund.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { runExports } from '../../src/jobs/run-exports.js';
import { createLog } from '../../src/log.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt, rejectReceipt } from '../support/decide.js';
import { bringFile } from '../support/importing.js';
import { checkMoney } from '../support/money-invariants.js';

let databases: TestDatabase[];
let company: TestCompany;
let empty: TestCompany;
beforeAll(async () => {
  databases = [await createTestDatabase(), await createTestDatabase()];
  const [first, second] = databases;
  if (!first || !second) throw new Error('no databases');
  company = await createTestCompany(first.db.prisma);
  empty = await createTestCompany(second.db.prisma);
  await fill();
});
afterAll(async () => {
  for (const database of databases) await database.close();
});

async function fill(): Promise<void> {
  const contract = {
    ...{ type: 'parts', paymentMethod: 'transfer', remark: '月结, "急"' },
    ...{
      signedOn: localDate('2026-11-01'),
      startsOn: localDate('2026-11-02'),
      endsOn: localDate('2027-11-01'),
    },
    milestones: { acceptance: localDate('2027-02-01'), shipment: localDate('2026-12-20') },
  };
  const { customer, rows } = await anActiveContract(
    company,
    [
      [100_00n, '2026-12-01', { name: '首付' }],
      [200_50n, '2027-01-15', { name: '尾款' }],
    ],
    { contract },
  );
  await company.db.customer.update({ where: { id: customer.id }, data: { name: '出口机械(上海)' } });
  const more = await createCustomer(await company.as('rep'), {
    ...{ name: '=危险', shortName: '危', type: 'dealer', industry: 'mining', address: '上海, 浦东' },
    ...{ taxTitle: '抬头', taxNo: '9131X', bank: '工行', bankAccount: '6222 0000 0001', remark: '两\n行' },
    contacts: [
      { name: '其他人', role: '采购' },
      { name: '王会计', phone: '021-5555', email: 'w@x.cn', isBilling: true },
    ],
    relatedPayers: ['别名'],
  });
  await company.db.customer.update({ where: { id: more.id }, data: { creditLimit: 5_000_00n } });
  await createContract(await company.as('rep'), {
    ...{ customerId: more.id, name: '还没计划', type: 'vehicle', amount: 77_00n, currency: 'USD' },
  });
  for (const [row, amount] of [
    [rows[0], 100_00n],
    [rows[1], 30_00n],
  ] as const) {
    if (!row) throw new Error('no row');
    const { receipt, approval } = await aSubmittedReceipt(company, row, amount, { notDuplicate: true });
    if (amount === 30_00n) {
      const cameIn = { originalAmount: 4_00n, originalCurrency: 'USD', rate: '7.5', bankTxnId: 'TX-1' };
      await company.db.receipt.update({ where: { id: receipt.id }, data: cameIn });
    }
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
  }
}

async function exported(who: PersonKey, list: ListKind, filter: object = {}): Promise<Buffer> {
  const id = await requestExport(await company.as(who), { list, filter, format: 'csv' });
  const stopping = new AbortController().signal;
  const env = { clock: () => NOON, log: createLog('silent'), kick: () => {}, stopping };
  await runExports(await company.system(), env);
  return buffer(readExport(company.db, id));
}

const FILES = [
  ['director', 'customer', 'customers'],
  ['director', 'plan', 'contracts'],
  ['director', 'contract', 'contracts'],
  ['finance', 'receipt', 'opening'],
] as const;

it('into the same company it adds and changes nothing', async () => {
  for (const [who, list, kind] of FILES) {
    const { counts, reasons } = await bringFile(company, who, kind, await exported(who, list));
    expect([list, counts, reasons]).toEqual([list, expect.stringMatching(/^done 0\/0\/[12]\/0$/), []]);
  }
  // A file that does not name the receipts: their money is recognised.
  const file = (await exported('finance', 'receipt')).toString('utf8').replace('回款编号', '单据');
  const { reasons } = await bringFile(company, 'finance', 'receipts', Buffer.from(file));
  // One of them by the bank’s own number.
  expect(reasons).toEqual(['suspected']);
});

it('into an empty one it makes the same', async () => {
  const chosen = { ownerId: empty.ids.rep, inForce: true };
  for (const [who, list, kind] of FILES) {
    // The draft comes after those in force, as one.
    const filter = list === 'contract' ? { states: ['draft'] } : {};
    const given = list === 'contract' ? { ...chosen, inForce: false } : chosen;
    const { counts, reasons } = await bringFile(empty, who, kind, await exported(who, list, filter), given);
    const isLimited = list === 'customer';
    // Only a finance manager sets limits.
    expect([list, counts, reasons]).toEqual([
      list,
      isLimited ? 'done 1/0/0/1' : `done ${list === 'contract' ? 1 : 2}/0/0/0`,
      isLimited ? ['credit_denied'] : [],
    ]);
    if (isLimited) {
      const again = await bringFile(
        empty,
        'financeManager',
        kind,
        await exported('financeManager', list),
        given,
      );
      expect(again.counts).toBe('done 1/0/1/0');
    }
  }
  const [before, after] = [await factsOf(company), await factsOf(empty)];
  expect(after).toEqual(before);
  expect(after.rows).toHaveLength(2);
  expect(await checkMoney(empty.db)).toEqual([]);
});

it('of receipts it brings in what counts, of whatever became of them', async () => {
  const { customer, rows } = await anActiveContract(company, [
    [100_00n, '2026-12-01'],
    [50_00n, '2026-12-15'],
  ]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const finance = () => company.as('finance');
  const booked = async (amount: bigint) => {
    const { receipt, approval } = await aSubmittedReceipt(company, row, amount);
    await approveReceipt(await finance(), approval.id, approval.version);
    return receipt.id;
  };
  const agree = async (subjectId: string) => {
    const { id, version } = await company.db.approval.findFirstOrThrow({
      where: { subjectId, status: 'open' },
    });
    await approve(await company.as('financeManager'), id, version);
  };
  const reason = '弄错了';
  const rejected = await aSubmittedReceipt(company, row, 10_00n);
  const { id, version } = rejected.approval;
  await rejectReceipt(await finance(), id, version, { reason: 'duplicate', comment: reason });
  const [whole, part] = [await booked(20_00n), await booked(30_00n)];
  for (const [receiptId, amount] of [
    [whole, 20_00n],
    [part, 12_00n],
  ] as const)
    await agree((await askReversal(await finance(), { receiptId, amount, reason })).id);
  // The rejected one was recorded anew, with its slip.
  for (const one of [rejected.receipt.id, part])
    await company.db.receipt.update({ where: { id: one }, data: { bankSlipNo: 'ANEW-1' } });
  const receiptId = await booked(400_00n);
  await agree((await askRefund(await finance(), { receiptId, amount: 25_00n, reason })).id);
  await aSubmittedReceipt(company, row, 7_00n);
  expect(await checkMoney(company.db)).toEqual([]);

  const receipts = await exported('finance', 'receipt', { customerId: customer.id });
  const here = await bringFile(company, 'finance', 'opening', receipts);
  expect([here.counts, here.reasons]).toEqual(['done 0/0/5/0', []]);
  const chosen = { ownerId: empty.ids.rep, inForce: true };
  await bringFile(
    empty,
    'director',
    'customers',
    await exported('director', 'customer', { words: customer.code }),
    chosen,
  );
  const plan = await exported('director', 'plan', { customerId: customer.id });
  expect((await bringFile(empty, 'director', 'contracts', plan, chosen)).counts).toBe('done 2/0/0/0');
  const there = await bringFile(empty, 'finance', 'opening', receipts);
  expect([there.counts, there.reasons.toSorted()]).toEqual([
    'done 2/0/0/3',
    ['not_counted', 'not_counted', 'not_counted'],
  ]);
  const made = await empty.db.receipt.findMany({ where: { customer: { code: customer.code } } });
  expect(made.map((one) => one.amount).toSorted((a, b) => Number(a - b))).toEqual([18_00n, 375_00n]);
  // Brought again as a file of its own: what is in the books there is known by its number there, or asked about.
  expect((await bringFile(empty, 'finance', 'receipts', receipts)).counts).toBe('done 0/0/2/3');
});

it('what hangs on a row beyond the reader’s scope is not in the file, nor a limit they do not see', async () => {
  const mine = await anActiveContract(company, [[5_00n, '2026-12-09']], { who: 'rep2' });
  const [row] = mine.rows;
  const frame = await company.db.contract.findFirstOrThrow({ where: { ownerId: company.ids.rep } });
  await company.db.contract.update({ where: { id: mine.contract.id }, data: { parentContractId: frame.id } });
  if (!row) throw new Error('no row');
  const { receipt } = await aSubmittedReceipt(company, row, 5_00n, { who: 'rep2' });
  await company.db.receipt.update({ where: { id: receipt.id }, data: { contractId: frame.id } });
  const file = async (who: PersonKey, list: ListKind) => (await exported(who, list)).toString('utf8');
  for (const [list, contract] of [
    ['contract', mine.contract.number],
    ['plan', mine.contract.number],
    ['receipt', receipt.number],
  ] as const) {
    const theirs = await file('rep2', list);
    expect(theirs).toContain(contract);
    expect(theirs).not.toContain(frame.number);
  }
  expect(await file('manager', 'contract')).toMatch(new RegExp(`${mine.contract.number}.*${frame.number}`));
  for (const who of ['rep', 'manager'] as const) {
    const text = await file(who, 'customer');
    expect(text.includes('信用额度') || text.includes('5000.00')).toBe(false);
  }
  expect(await file('finance', 'customer')).toContain('5000.00');
});

async function factsOf({ db }: TestCompany) {
  const customers = await db.customer.findMany({ orderBy: { name: 'asc' } });
  const contracts = await db.contract.findMany({
    orderBy: { number: 'asc' },
    include: { customer: true, milestones: { orderBy: { kind: 'asc' } }, owner: true },
  });
  const rows = await db.instalment.findMany({ orderBy: { seq: 'asc' } });
  const receipts = await db.receipt.findMany({ orderBy: { amount: 'asc' } });
  return {
    customers: customers.map((one) => {
      const {
        code,
        name,
        shortName,
        type,
        industry,
        address,
        taxTitle,
        taxNo,
        bank,
        bankAccount,
        remark,
        creditLimit,
      } = one;
      const contact = (one.contacts as { name: string; isBilling?: boolean }[]).find(
        (each) => each.isBilling,
      );
      return [
        ...[code, name, shortName, type, industry, address, taxTitle, taxNo, bank, bankAccount],
        ...[remark?.replace(/\s+/g, ' '), creditLimit, contact],
      ];
    }),
    contracts: contracts.map((one) => {
      const {
        number,
        name,
        type,
        amount,
        currency,
        signedOn,
        startsOn,
        endsOn,
        paymentMethod,
        remark,
        status,
      } = one;
      const days = one.milestones.map((each) => [each.kind, each.expectedOn]);
      const about = [one.customer.code, one.owner.slackUserId, days, paymentMethod, remark, status];
      return [number, name, type, amount, currency, signedOn, startsOn, endsOn, ...about];
    }),
    rows: rows.map(({ seq, name, amount, dueOn, outstanding, lifecycle }) => [
      ...[seq, name, amount, dueOn, outstanding, lifecycle],
    ]),
    receipts: receipts.map(
      ({ amount, currency, receivedOn, method, payerName, bankSlipNo, status, unapplied, ...more }) => [
        ...[amount, currency, receivedOn, method, payerName, bankSlipNo, status, unapplied],
        ...[more.bankTxnId, more.originalAmount, more.originalCurrency, more.rate],
      ],
    ),
  };
}
