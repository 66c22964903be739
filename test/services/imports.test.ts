// Imports below Slack: what comes in equals what people make by hand; a second run, a stop and a crash lose and double
// nothing; nobody imports beyond their reach.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve, reject, withdraw } from '../../src/domain/approvals/decisions.service.js';
import { createContract, deleteContract } from '../../src/domain/contracts/contract.service.js';
import { findContracts } from '../../src/domain/contracts/contract-list.queries.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { loadPreview } from '../../src/domain/imports/import.queries.js';
import { describeImport, startImport, stopImport } from '../../src/domain/imports/import-job.service.js';
import {
  claimImport,
  importerCtx,
  prepareImportBatch,
  runImportBatch,
} from '../../src/domain/imports/import-run.service.js';
import { stageImport } from '../../src/domain/imports/import-staging.service.js';
import { sweepImports } from '../../src/domain/imports/import-sweep.service.js';
import { importOptions } from '../../src/domain/imports/mapping.js';
import { localDate } from '../../src/domain/local-date.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { createTestCompany, NOON, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt, rejectReceipt } from '../support/decide.js';
import { agreeTo, bringFile, runStarted, stageFile } from '../support/importing.js';
import { checkMoney } from '../support/money-invariants.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const stage = (...args: Parameters<typeof bringFile> extends [unknown, ...infer Rest] ? Rest : never) =>
  stageFile(company, ...args);
const run = () => runStarted(company);
async function bring(...args: Parameters<typeof stage>): Promise<{ counts: string; reasons: string[] }> {
  const { counts, reasons } = await bringFile(company, ...args);
  return { counts, reasons };
}

/** As if the process that was at it had died a while ago. */
const expireLeases = () =>
  company.db.$executeRaw`UPDATE import_job SET lease_until = now() - interval '1 second'`;

/** What a file of money from before waits for. */
const waitsFor = (id: string) =>
  company.db.approval.findFirstOrThrow({ where: { subjectId: id, status: 'open' } });
const agree = (id: string, who: PersonKey = 'finance2') => agreeTo(company, id, who);

/** Finance's Home shows the first that wait: those of one test are none of another's. */
async function rejectWaiting(name: string): Promise<void> {
  const made = await company.db.receipt.findMany({ where: { customer: { name }, status: 'submitted' } });
  for (const { id } of made) {
    const approval = await waitsFor(id);
    await rejectReceipt(await company.as('finance2'), approval.id, approval.version, { reason: 'other' });
  }
}

/** A row without what is different of each: ids, versions of the moment. */
const plain = (rows: readonly object[]) =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(
          ([key]) =>
            !['id', 'version', 'contractId', 'customerId', 'subjectId', 'instalmentId', 'requestId'].includes(
              key,
            ),
        )
        .map(([key, value]) => [
          key,
          JSON.parse(JSON.stringify(value, (_k, v) => (typeof v === 'bigint' ? `${v}` : v)) ?? 'null'),
        ]),
    ),
  );

describe('contracts', () => {
  it('say in the preview how many instalments would have no date', async () => {
    await createCustomer(await company.as('rep'), { name: '丁方机械' });
    const { ctx, id } = await stage('rep', 'contracts', [
      '合同编号,客户名称,合同金额,第1期金额,第1期日期,第2期金额,第3期金额',
      'HT-2026-0071,丁方机械,30万,10万,2026-12-01,10万,10万',
      'HT-2026-0072,没有这个客户,30万,30万,,,',
    ]);
    expect(await loadPreview(ctx, id)).toMatchObject({ created: 1, failed: 1, undated: 2 });
  });

  it('name the instalments that stand beside each other, and pass over a name without an instalment', async () => {
    await createCustomer(await company.as('rep'), { name: '戊方机械' });
    const lines = [
      '合同编号,客户名称,合同金额,第1期名称,第1期金额,第2期名称,第2期金额,第2期日期',
      'NM-1,戊方机械,1000,首付,300,尾款,700,2027-01-01',
      'NM-2,戊方机械,500,全款,500,尾款,,',
      `NM-3,戊方机械,500,${'长'.repeat(61)},500,,,`,
    ];
    expect((await bring('rep', 'contracts', lines)).counts).toBe('done 2/0/0/1');
    const plan = await company.db.instalment.findMany({
      where: { contract: { number: { startsWith: 'NM-' } } },
      orderBy: [{ contract: { number: 'asc' } }, { seq: 'asc' }],
    });
    expect(plan.map((row) => [row.name, row.amount])).toEqual([
      ['首付', 30_000n],
      ['尾款', 70_000n],
      ['全款', 50_000n],
    ]);
    expect((await bring('rep', 'contracts', lines)).counts).toBe('done 0/0/2/1');
  });

  it('come in as people make them: rows, plan, milestones, history, audit', async () => {
    const { db } = company;
    const customer = await createCustomer(await company.as('rep'), { name: '甲方机械' });
    const made = await createContract(await company.as('rep'), {
      customerId: customer.id,
      name: '装载机',
      type: 'vehicle',
      amount: 30_000_000n,
      currency: 'CNY',
      signedOn: localDate('2026-11-01'),
      startsOn: localDate('2026-11-15'),
      endsOn: localDate('2027-11-14'),
      milestones: { acceptance: localDate('2027-02-01') },
      paymentMethod: 'transfer',
      remark: '月结',
    });
    await createPlan(await company.as('rep'), {
      contractId: made.id,
      rows: [
        { name: '第1期', amount: 10_000_000n, dueOn: localDate('2026-12-01') },
        { name: '第2期', amount: 20_000_000n, dueOn: null },
      ],
    });
    expect(
      await bring('rep', 'contracts', [
        '合同编号,客户名称,合同名称,合同金额,签订日期,开始日期,结束日期,预计验收,付款方式,备注,第1期金额,第1期日期,第2期金额',
        'HT-2026-0007,甲方机械,装载机,30万,2026年11月1日,2026/11/15,2027-11-14,2027/2/1,银行转账,月结,100000,46357,20万',
      ]),
    ).toEqual({ counts: 'done 1/0/0/0', reasons: [] });
    const both = await db.contract.findMany({
      where: { name: '装载机' },
      include: {
        instalments: { orderBy: { seq: 'asc' }, include: { revisions: true } },
        milestones: true,
      },
      orderBy: { number: 'asc' },
    });
    const [hand, file] = both.map(({ number, searchText, instalments, milestones, ...contract }) => ({
      contract: plain([contract]),
      searchText: searchText.replaceAll(number.toLowerCase(), '#'),
      milestones: plain(milestones),
      instalments: plain(instalments.map(({ revisions: _revisions, ...row }) => row)),
      revisions: plain(instalments.flatMap((row) => row.revisions)),
    }));
    expect(file).toEqual(hand);
    // The customer's name is looked for where the customer is.
    expect(file?.searchText).toBe('装载机 zhuangzaiji zzj #');
    const found = await findContracts(await company.as('rep'), { words: '甲方机械 装载机' });
    expect(found.rows).toHaveLength(2);
    const audit = async (ids: string[]) =>
      plain(await db.auditLog.findMany({ where: { subjectId: { in: ids } }, orderBy: { id: 'asc' } }));
    const [handAudit, fileAudit] = await Promise.all(
      both.map((one) => audit([one.id, ...one.instalments.map((row) => row.id)])),
    );
    const numbers = /HT-2026-\d{4}/g;
    expect(JSON.parse(JSON.stringify(fileAudit).replace(numbers, '#'))).toEqual(
      JSON.parse(JSON.stringify(handAudit).replace(numbers, '#')),
    );
    // The counter goes beyond a number of ours that a file brought.
    const next = await createContract(await company.as('rep'), {
      customerId: customer.id,
      name: '下一份',
      type: 'vehicle',
      amount: 1n,
      currency: 'CNY',
    });
    expect(next.number).toBe('HT-2026-0008');
  });

  it('with a row an instalment belong together; a second file adds nothing, changes drafts, and never money', async () => {
    const lines = [
      '合同编号,客户,金额,期数,本期金额,计划回款日期,备注',
      'B-1,甲方机械,1000,首付,300,2026-12-01,',
      'B-2,甲方机械,500,,,2026-12-05,',
      'B-1,甲方机械,1000,尾款,700,2027-01-01,',
      'B-3,甲方机械,1000,a,600,2026-12-01,',
      'B-3,甲方机械,1000,b,600,2026-12-02,',
      'B-4,没有,1000,,,,',
      'B-5,甲方机械,1000,a,300,,',
      'B-5,甲方机械,2000,b,300,,',
    ];
    const named = await bring('rep', 'contracts', [
      '合同编号,客户,合同名称,金额,第1期金额,第2期金额',
      'N-1,甲方机械,装载机,600,180,420',
      'N-1,甲方机械,挖掘机,600,180,420',
    ]);
    expect(named.reasons).toEqual(['plan_exceeds_named', 'plan_exceeds_named']);
    const job = await company.db.importJob.findFirstOrThrow({ orderBy: { id: 'desc' } });
    const { firstErrors } = await loadPreview(await company.as('rep'), job.id);
    expect(firstErrors.map((row) => [row.line, row.errors[0]?.error.params])).toEqual([
      [2, { line: 3 }],
      [3, { line: 2 }],
    ]);
    const first = await bring('rep', 'contracts', lines);
    expect(first.counts).toBe('done 3/0/0/5');
    expect(first.reasons).toEqual([
      'plan_exceeds',
      'plan_exceeds',
      'customer_unknown',
      'contract_mixed',
      'contract_mixed',
    ]);
    const plan = await company.db.instalment.findMany({
      where: { contract: { number: { in: ['B-1', 'B-2'] } } },
      orderBy: [{ contract: { number: 'asc' } }, { seq: 'asc' }],
    });
    expect(plan.map((row) => [row.seq, row.name, row.amount, row.lifecycle])).toEqual([
      [1, '首付', 30_000n, 'inactive'],
      [2, '尾款', 70_000n, 'inactive'],
      [1, '第1期', 50_000n, 'inactive'],
    ]);
    expect((await bring('rep', 'contracts', lines)).counts).toBe('done 0/0/3/5');
    const changed = lines
      .slice(0, 4)
      .map((line) => line.replace(/(B-2.*),$/, '$1,改了').replace('B-1,甲方机械,1000', 'B-1,甲方机械,1001'));
    expect(await bring('rep', 'contracts', changed)).toMatchObject({
      counts: 'done 0/1/0/2',
      reasons: ['contract_differs', 'contract_differs'],
    });
    expect(await company.db.contract.findUnique({ where: { number: 'B-2' } })).toMatchObject({
      remark: '改了',
      version: 2,
    });
    const days = (row: string) => bring('rep', 'contracts', ['合同编号,客户,金额,开始日期,合同到期日', row]);
    expect((await days('B-2,甲方机械,500,,2027-01-01')).counts).toBe('done 0/1/0/0');
    expect(await days('B-2,甲方机械,500,2027-01-02,')).toEqual({
      counts: 'done 0/0/0/1',
      reasons: ['ends_before_start'],
    });
    expect((await days('B-6,甲方机械,500,2027-01-02,2027-01-01')).reasons).toEqual(['ends_before_start']);
    expect(await company.db.contract.findUnique({ where: { number: 'B-2' } })).toMatchObject({
      startsOn: null,
      endsOn: new Date('2027-01-01'),
    });
  });

  it('keep their rows together, however far apart they stand in the file', async () => {
    const others = Array.from({ length: 600 }, (_, index) => `FB-${index},甲方机械,中间,1,1`);
    const file = [
      '合同编号,客户名称,合同名称,合同金额,本期金额',
      ...['FA-1,甲方机械,远,300,100', 'FC-1,甲方机械,混,300,100'],
      ...others,
      ...['FA-1,甲方机械,远,300,200', 'FC-1,甲方机械,混,999,100'],
    ];
    expect(await bring('rep', 'contracts', file)).toEqual({
      counts: 'done 602/0/0/2',
      reasons: ['contract_mixed', 'contract_mixed'],
    });
    const [far] = await company.db.contract.findMany({
      where: { number: 'FA-1' },
      include: { instalments: { orderBy: { seq: 'asc' } } },
    });
    expect(far?.instalments.map((row) => row.amount)).toEqual([100_00n, 200_00n]);
    expect(await company.db.contract.count({ where: { number: 'FC-1' } })).toBe(0);
  });

  it('of more rows than one contract may have are refused whole, and only they', async () => {
    const rows = Array.from({ length: 503 }, () => 'LONG-1,甲方机械,长,1000,');
    const file = ['合同编号,客户名称,合同名称,合同金额,本期金额', ...rows, 'LONG-2,甲方机械,短,1,1'];
    const { counts, reasons } = await bring('rep', 'contracts', file);
    expect(counts).toBe('done 1/0/0/503');
    expect(new Set(reasons)).toEqual(new Set(['contract_rows']));
    expect(await company.db.contract.count({ where: { number: 'LONG-1' } })).toBe(0);
    // As many as it may have are one contract.
    const most = rows.slice(0, 500).map((row) => row.replace('LONG-1', 'LONG-3'));
    expect(await bring('rep', 'contracts', [file[0] ?? '', ...most])).toEqual({
      counts: 'done 500/0/0/0',
      reasons: [],
    });
    expect(await company.db.contract.count({ where: { number: 'LONG-3' } })).toBe(1);
  });

  it('without a number are known again by all they say', async () => {
    const lines = ['客户,金额,计划回款日期', '甲方机械,77,2026-12-01', '甲方机械,77,2026-12-01'];
    expect((await bring('rep', 'contracts', lines)).counts).toBe('done 2/0/0/0');
    expect((await bring('rep', 'contracts', lines)).counts).toBe('done 0/0/2/0');
  });

  it('are in force at once only by who may approve them, and never their own', async () => {
    const lines = ['合同编号,客户,金额,计划回款日期', 'C-1,甲方机械,100,2026-01-01'];
    const force = { inForce: true };
    expect((await bring('rep', 'contracts', lines, force)).reasons).toEqual(['in_force']);
    expect((await bring('manager', 'contracts', lines, force)).counts).toBe('done 1/0/0/0');
    const contract = await company.db.contract.findUniqueOrThrow({
      where: { number: 'C-1' },
      include: { instalments: true },
    });
    expect(contract).toMatchObject({ status: 'active', planIncomplete: false, ownerId: company.ids.rep });
    expect(contract.instalments).toMatchObject([{ lifecycle: 'open', outstanding: 10_000n }]);
    expect(contract.instalments[0]?.openedOn).not.toBeNull();
  });

  it('of other people are neither seen nor taken', async () => {
    const lines = ['合同编号,客户,金额', 'C-1,甲方机械,100', 'D-1,甲方机械,100'];
    const { counts, reasons } = await bring('rep2', 'contracts', lines);
    expect(counts).toBe('done 0/0/0/2');
    expect(reasons).toEqual(['customer_unknown', 'customer_unknown']);
    await expect(stage('auditor', 'contracts', lines)).rejects.toThrow('access.denied');
    await expect(stage('rep', 'opening', lines)).rejects.toThrow('access.denied');
  });
});

describe('receipts', () => {
  it('wait for another person’s approval, split as the form proposes', async () => {
    await bring(
      'manager',
      'contracts',
      [
        '合同编号,客户,金额,第1期金额,第1期日期,第2期金额,第2期日期',
        'E-1,甲方机械,300,100,2026-10-01,200,2026-12-01',
      ],
      { inForce: true },
    );
    const lines = [
      '合同编号,金额,到账日期,流水号,付款方',
      'E-1,150,2026-11-02,S-1,甲方',
      'E-1,50,2026-11-03,,甲方',
      'E-1,9,2027-01-01,,甲方',
      'X-9,9,2026-11-01,,甲方',
    ];
    const { counts, reasons } = await bring('finance', 'receipts', lines);
    expect(counts).toBe('done 2/0/0/2');
    expect(reasons).toEqual(['date_future', 'contract_unknown']);
    const receipts = await company.db.receipt.findMany({
      orderBy: { receivedOn: 'asc' },
      include: { allocations: { orderBy: { amount: 'asc' } } },
    });
    expect(receipts).toMatchObject([
      {
        status: 'submitted',
        amount: 15_000n,
        allocations: [{ amount: 5_000n, status: 'proposed' }, { amount: 10_000n }],
      },
      { status: 'submitted', amount: 5_000n, allocations: [{ amount: 5_000n }] },
    ]);
    expect((await bring('finance', 'receipts', lines)).counts).toBe('done 0/0/2/2');
    const approval = await company.db.approval.findFirstOrThrow({
      where: { subjectId: receipts[0]?.id ?? '' },
    });
    await expect(approveReceipt(await company.as('finance'), approval.id, approval.version)).rejects.toThrow(
      'receipt.self_approval',
    );
    await approveReceipt(await company.as('finance2'), approval.id, approval.version);
    // Whoever brought in many is told of those that do not come through, not of each that does.
    const told = (id: string) => company.db.outbox.count({ where: { dedupeKey: `receipt.decided:${id}` } });
    expect(await told(approval.id)).toBe(0);
    const other = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipts[1]?.id ?? '' } });
    await rejectReceipt(await company.as('finance2'), other.id, other.version, { reason: 'not_in_bank' });
    expect(await told(other.id)).toBe(1);
    expect(await checkMoney(company.db)).toEqual([]);
  });

  it('say what came in as another currency, and have a bank’s own number once', async () => {
    await createCustomer(await company.as('rep'), { name: '外币机械' });
    const head = '客户,金额,到账日期,交易号,原币币种,原币金额';
    const lines = [
      head,
      '外币机械,71000,2026-11-02,TX-1,USD,1万',
      '外币机械,71000,2026-11-02,TX-1,USD,1万',
      '外币机械,710,2026-11-03,TX-2,人民币,710',
      '外币机械,72,2026-11-04,TX-3,USD,',
      '外币机械,73,2026-11-05,TX-4,,10',
      '外币机械,74,2026-11-06,TX-5,XTS,10',
    ];
    expect(await bring('finance', 'receipts', lines)).toEqual({
      counts: 'done 2/0/0/4',
      reasons: ['slip_twice', 'required', 'required', 'choice_unknown'],
    });
    const made = await company.db.receipt.findMany({
      where: { customer: { name: '外币机械' } },
      orderBy: { amount: 'desc' },
    });
    expect(made.map((one) => [one.bankTxnId, one.originalAmount, one.originalCurrency, one.rate])).toEqual([
      ['TX-1', 10_000_00n, 'USD', '7.1'],
      ['TX-2', null, null, null],
    ]);
    const other = [head, '外币机械,70500,2026-11-02,TX-1,USD,1万', '外币机械,70500,2026-11-04,,USD,1万'];
    expect(await bring('finance', 'receipts', other)).toEqual({
      counts: 'done 0/0/0/2',
      reasons: ['slip_taken', 'suspected'],
    });
    await rejectWaiting('外币机械');
  });

  it('by bill have its number and day, and one that is in the books is asked about', async () => {
    await createCustomer(await company.as('rep'), { name: '汇票机械' });
    const head = '客户,金额,到账日期,收款方式,汇票号,汇票到期日,流水号';
    const first = [
      head,
      '汇票机械,10,2026-11-02,承兑汇票,B 1,2027-05-02,',
      '汇票机械,20,2026-11-02,承兑汇票,,2027-05-02,',
      '汇票机械,30,2026-11-02,承兑汇票,B2,,',
      '汇票机械,40,2026-11-02,承兑汇票,B3,2026-11-01,',
      '汇票机械,50,2026-11-02,银行转账,B4,2027-05-02,',
    ];
    const came = await bring('finance', 'receipts', first);
    expect(came).toEqual({ counts: 'done 2/0/0/3', reasons: ['required', 'required', 'bill_due'] });
    const made = await company.db.receipt.findMany({
      where: { customer: { name: '汇票机械' } },
      orderBy: { amount: 'asc' },
    });
    expect(made.map((one) => [one.billNo, one.billDueOn?.toISOString().slice(0, 10)])).toEqual([
      ['B1', '2027-05-02'],
      [null, undefined],
    ]);
    const again = [
      head,
      '汇票机械,11,2026-11-20,承兑汇票,B1,2027-05-02,',
      '汇票机械,12,2026-11-20,承兑汇票,B1,2027-05-02,T-77',
    ];
    expect(await bring('finance', 'receipts', again)).toEqual({
      counts: 'done 1/0/0/1',
      reasons: ['suspected'],
    });
    await rejectWaiting('汇票机械');
  });

  it('as opening balances, once agreed to, are booked at once, oldest first, the rest prepayment', async () => {
    await createCustomer(await company.as('rep'), { name: '乙方机械' });
    await bring(
      'manager',
      'contracts',
      [
        '合同编号,客户,金额,第1期金额,第1期日期,第2期金额,第2期日期',
        'F-1,乙方机械,300,100,2026-10-01,200,2026-12-01',
      ],
      { inForce: true },
    );
    const lines = [
      '合同编号,客户,金额,回款日期',
      'F-1,,120,2026-01-05',
      'F-1,,190,2026-02-05',
      ',乙方机械,40,2026-03-05',
    ];
    expect((await bring('finance', 'opening', lines)).counts).toBe('done 3/0/0/0');
    const rows = await company.db.instalment.findMany({
      where: { contract: { number: 'F-1' } },
      orderBy: { seq: 'asc' },
    });
    expect(rows.map((row) => [row.outstanding, row.lifecycle])).toEqual([
      [0n, 'settled'],
      [0n, 'settled'],
    ]);
    expect(await company.db.contract.findUnique({ where: { number: 'F-1' } })).toMatchObject({
      status: 'completed',
    });
    // A file of thousands would be as many messages to their owners.
    expect(await company.db.outbox.count({ where: { kind: 'contract.changed' } })).toBe(0);
    const opened = await company.db.receipt.findMany({
      where: { kind: 'opening' },
      orderBy: { receivedOn: 'asc' },
    });
    expect(opened).toMatchObject([
      { status: 'approved', unapplied: 0n },
      { unapplied: 1_000n },
      { amount: 4_000n },
    ]);
    expect(await checkMoney(company.db)).toEqual([]);
    expect((await bring('finance', 'opening', lines)).counts).toBe('done 0/0/3/0');
  });
});

describe('opening balances', () => {
  const lines = (number: string) => ['合同编号,金额,回款日期', `${number},60,2026-01-05`];
  const file = async (name: string) => {
    await createCustomer(await company.as('rep'), { name });
    const head = '合同编号,客户,金额,第1期金额,第1期日期';
    await bring('manager', 'contracts', [head, `${name}-1,${name},100,100,2026-10-01`], { inForce: true });
    return stage('finance', 'opening', lines(`${name}-1`));
  };
  const money = (name: string) =>
    company.db.receipt.findMany({ where: { customer: { name } }, include: { allocations: true } });
  const state = (id: string) => company.db.importJob.findUniqueOrThrow({ where: { id } });

  it('are booked by a second person of finance, never by whoever brings them', async () => {
    const { ctx, id, version } = await file('己方机械');
    expect(await startImport(ctx, id, version)).toMatchObject({ status: 'waiting' });
    await run();
    expect(await money('己方机械')).toEqual([]);
    // The file is not changed any more, nor started a second time; it stays, however long nobody decides.
    await expect(startImport(ctx, id, version)).rejects.toThrow('import.started');
    await sweepImports(await company.system(new Date('2027-03-01T02:00:00Z')));
    expect(await company.db.importRow.count({ where: { jobId: id } })).toBe(1);
    const approval = await waitsFor(id);
    expect(approval).toMatchObject({ subjectType: 'opening', requestedById: company.ids.finance });
    // No channel is set: each who may decide has the card, and the rows in its thread.
    for (const kind of ['opening.card', 'opening.rows'])
      expect(
        await company.db.outbox.count({ where: { kind, payload: { path: ['jobId'], equals: id } } }),
      ).toBe(2);
    await expect(agree(id, 'finance')).rejects.toThrow('receipt.self_approval');
    for (const who of ['rep', 'manager', 'director', 'admin', 'auditor'] as const)
      await expect(agree(id, who)).rejects.toThrow('access.denied');
    const waiting = await findWaiting(await company.as('finance2'), 'finance');
    expect(waiting.items).toContainEqual(
      expect.objectContaining({ kind: 'opening', sums: [{ currency: 'CNY', minor: 6_000n, rows: 1 }] }),
    );
    // Two at once: one decision.
    const [one, other] = [await company.as('finance2'), await company.as('financeManager')];
    const decided = await Promise.allSettled([
      approve(one, approval.id, approval.version),
      approve(other, approval.id, approval.version),
    ]);
    expect(decided.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await state(id)).toMatchObject({ status: 'running' });
    await run();
    const [receipt] = await money('己方机械');
    expect(receipt).toMatchObject({ kind: 'opening', status: 'approved', importId: id, unapplied: 0n });
    const audit = await company.db.auditLog.findFirstOrThrow({
      where: { action: 'receipt.approved', subjectId: receipt?.id ?? '' },
    });
    expect([company.ids.finance2, company.ids.financeManager]).toContain(audit.actorId);
    expect(await checkMoney(company.db)).toEqual([]);
  });

  it('that are rejected or taken back are not in, and may be corrected and asked about again', async () => {
    const { ctx, id, version } = await file('庚方机械');
    await startImport(ctx, id, version);
    const first = await waitsFor(id);
    await reject(await company.as('finance2'), first.id, first.version, { comment: '金额不符' });
    const rejected = await state(id);
    expect(rejected.status).toBe('ready');
    expect(await company.db.outbox.count({ where: { dedupeKey: `opening.decided:${first.id}` } })).toBe(1);
    await startImport(ctx, id, rejected.version);
    const second = await waitsFor(id);
    await withdraw(ctx, second.id);
    await expect(approve(await company.as('finance2'), second.id, second.version)).rejects.toThrow(
      'approval.decided',
    );
    await run();
    expect(await money('庚方机械')).toEqual([]);
    expect(await state(id)).toMatchObject({ status: 'ready' });
    expect(await checkMoney(company.db)).toEqual([]);
  });

  it('without a decision are not booked, whatever the job says', async () => {
    const { id } = await file('辛方机械');
    await company.db.importJob.update({ where: { id }, data: { status: 'running' } });
    await run();
    expect(await state(id)).toMatchObject({ status: 'failed' });
    expect(await money('辛方机械')).toEqual([]);
  });

  it('go to no instalment of whoever brings them or agrees to them', async () => {
    const { ctx, id } = await file('壬方机械');
    // With its history, which reports of the past are read from.
    const owned = async (ownerId: string) => {
      const instalment = { customer: { name: '壬方机械' } };
      await company.db.instalmentRevision.updateMany({ where: { instalment }, data: { ownerId } });
      await company.db.instalment.updateMany({ where: instalment, data: { ownerId } });
    };
    await owned(company.ids.finance);
    const own = await stage('finance', 'opening', lines('壬方机械-1'));
    const preview = await loadPreview(ctx, own.id);
    expect(preview.firstErrors[0]?.errors[0]?.error).toMatchObject({
      code: 'own_row',
      params: { name: 'finance' },
    });
    await owned(company.ids.finance2);
    await startImport(ctx, id, (await state(id)).version);
    await agree(id);
    await run();
    expect(await state(id)).toMatchObject({ status: 'done', created: 0, failed: 1 });
    expect(await money('壬方机械')).toEqual([]);
    expect(await checkMoney(company.db)).toEqual([]);
  });

  it('become no credit of a customer of whoever brings them or agrees to them', async () => {
    await file('癸方机械');
    const owned = (ownerId: string) =>
      company.db.customer.updateMany({ where: { name: '癸方机械' }, data: { ownerId } });
    const over = [...lines('癸方机械-1'), '癸方机械-1,70,2026-02-05'];
    await owned(company.ids.finance);
    const own = await stage('finance', 'opening', over);
    const preview = await loadPreview(own.ctx, own.id);
    // What pays instalments of somebody else stays.
    expect(preview.firstErrors.map((row) => [row.line, row.errors[0]?.error])).toMatchObject([
      [3, { code: 'own_credit', params: { name: 'finance' } }],
    ]);
    await owned(company.ids.finance2);
    const { ctx, id } = await stage('finance', 'opening', [...over, '癸方机械-1,5,2026-03-05']);
    await startImport(ctx, id, (await state(id)).version);
    await agree(id);
    await run();
    expect(await state(id)).toMatchObject({ status: 'done', created: 2, failed: 1 });
    expect((await money('癸方机械')).map((one) => one.unapplied)).toEqual([0n, 0n]);
    expect(await checkMoney(company.db)).toEqual([]);
  });
});

it('a slip is one payment, within a file and in the books', async () => {
  await createCustomer(await company.as('rep'), { name: '流水机械' });
  const head = '合同编号,客户,金额,第1期金额,第1期日期';
  const plans = [head, 'G-1,流水机械,300,300,2026-10-01', 'G-2,流水机械,300,300,2026-10-01'];
  await bring('manager', 'contracts', plans, { inForce: true });
  const lines = [
    '合同编号,金额,到账日期,流水号',
    'G-1,100,2026-11-02,T-1',
    'G-2,200,2026-11-02,T-1',
    'G-1,30,2026-11-02,T-2',
    'G-1,40,2026-11-02,T-2',
    'G-1,30,2026-11-02,T-2',
  ];
  expect(await bring('finance', 'receipts', lines)).toEqual({
    counts: 'done 2/0/1/2',
    reasons: ['slip_twice', 'slip_twice'],
  });
  const other = ['合同编号,金额,到账日期,流水号', 'G-1,110,2026-11-02,T-1', 'G-1,30,2026-11-02,T-2'];
  expect(await bring('finance', 'receipts', other)).toEqual({
    counts: 'done 0/0/1/1',
    reasons: ['slip_taken'],
  });
  expect(await checkMoney(company.db)).toEqual([]);
});

describe('customers', () => {
  it('that are gone keep their code', async () => {
    const gone = await createCustomer(await company.as('rep'), { name: '并入别家' });
    const kept = await createCustomer(await company.as('rep'), { name: '留下的客户' });
    await company.db.customer.update({
      where: { id: gone.id },
      data: { deletedAt: NOON, mergedIntoId: kept.id },
    });
    const file = ['客户编号,名称', `${gone.code},别的名字`, ',还有一家'];
    expect(await bring('rep', 'customers', file, { ownerId: company.ids.rep })).toEqual({
      counts: 'done 1/0/0/1',
      reasons: ['code_taken'],
    });
  });

  it('that somebody renamed after the preview are not taken for new ones', async () => {
    const { id } = await createCustomer(await company.as('rep'), { name: '预览时的名字' });
    const file = ['名称,地址', '预览时的名字,上海'];
    const staged = await stage('rep', 'customers', file, { ownerId: company.ids.rep });
    await company.db.customer.update({ where: { id }, data: { name: '后来的名字' } });
    await startImport(staged.ctx, staged.id, staged.version);
    await run();
    expect(await company.db.importJob.findUniqueOrThrow({ where: { id: staged.id } })).toMatchObject({
      created: 0,
      changed: 0,
      failed: 1,
    });
    expect(await company.db.importRow.findFirstOrThrow({ where: { jobId: staged.id } })).toMatchObject({
      errors: [{ code: 'changed_since' }],
    });
  });

  it('what was there at the preview and is deleted before it starts comes back whole, with all its rows', async () => {
    const lines = (name: string) => [
      '合同编号,客户,合同名称,合同金额,款项,本期金额',
      `HT-GONE,消失机械,${name},300,首期,100`,
      `HT-GONE,消失机械,${name},300,尾款,200`,
    ];
    await bring('rep', 'customers', ['客户名称', '消失机械'], { ownerId: company.ids.rep });
    await bring('rep', 'contracts', lines('旧名'));
    const staged = await stage('rep', 'contracts', lines('新名'));
    const draft = await company.db.contract.findUniqueOrThrow({ where: { number: 'HT-GONE' } });
    await deleteContract(staged.ctx, draft.id, draft.version);
    await startImport(staged.ctx, staged.id, staged.version);
    await run();
    const { created, changed, failed } = await company.db.importJob.findUniqueOrThrow({
      where: { id: staged.id },
    });
    expect({ created, changed, failed }).toEqual({ created: 0, changed: 0, failed: 2 });
  });

  it('with numbers of their own leave others to those without', async () => {
    const { code } = await createCustomer(await company.as('rep'), { name: '最近的客户' });
    const next = (by: number) => `KH-${String(Number(code.slice(3)) + by).padStart(4, '0')}`;
    const file = ['客户编号,名称', ',无编号甲', `${next(1)},有编号甲`, `${next(3)},有编号乙`, ',无编号乙'];
    const brought = await bring('rep', 'customers', file, { ownerId: company.ids.rep });
    expect(brought.counts).toBe('done 4/0/0/0');
    const found = await company.db.customer.findMany({
      where: { name: { contains: '编号' } },
      orderBy: { name: 'asc' },
    });
    expect(new Map(found.map((one) => [one.name, one.code]))).toEqual(
      new Map([
        ['无编号甲', next(4)],
        ['无编号乙', next(5)],
        ['有编号甲', next(1)],
        ['有编号乙', next(3)],
      ]),
    );
  });

  it('have their credit limit from a finance manager alone', async () => {
    const file = ['名称,信用额度', '有额度,50万', '无额度,'];
    const ours = { ownerId: company.ids.rep };
    expect(await bring('rep', 'customers', file, ours)).toEqual({
      counts: 'done 1/0/0/1',
      reasons: ['credit_denied'],
    });
    expect((await bring('financeManager', 'customers', file, ours)).counts).toBe('done 1/0/1/0');
    const limit = async () =>
      (await company.db.customer.findFirstOrThrow({ where: { name: '有额度' } })).creditLimit;
    expect(await limit()).toBe(500_000_00n);
    // What the file says otherwise; the same is nothing new, whoever brings it.
    expect((await bring('rep', 'customers', file, ours)).counts).toBe('done 0/0/2/0');
    const more = ['名称,信用额度,地址', '有额度,60万,上海'];
    expect((await bring('rep', 'customers', more, ours)).reasons).toEqual(['credit_denied']);
    expect((await bring('financeManager', 'customers', more, ours)).counts).toBe('done 0/1/0/0');
    expect(await limit()).toBe(600_000_00n);
    expect((await bring('rep', 'customers', ['名称,地址', '有额度,北京'], ours)).counts).toBe('done 0/1/0/0');
    expect(await limit()).toBe(600_000_00n);
  });
});

describe('a run', () => {
  const many = (prefix: string, count: number) => [
    '名称',
    ...Array.from({ length: count }, (_, index) => `${prefix}${index}`),
  ];
  const ours = () => ({ ownerId: company.ids.rep });
  const countOf = (prefix: string) => company.db.customer.count({ where: { name: { startsWith: prefix } } });

  it('that was cut off goes on where it stopped, and nothing is in twice', async () => {
    const { ctx, id, version } = await stage('rep', 'customers', many('断', 50), ours());
    await startImport(ctx, id, version);
    const system = await company.system();
    expect(await claimImport(system)).toBe(id);
    expect(await runImportBatch(await importerCtx(system, id), id, 20)).toBe('working');
    expect(await countOf('断')).toBe(20);
    // The process died: nobody else takes it before its lease ends.
    expect(await claimImport(system)).toBeNull();
    await expireLeases();
    await run();
    expect(await countOf('断')).toBe(50);
    expect(await company.db.importJob.findUnique({ where: { id } })).toMatchObject({
      status: 'done',
      created: 50,
      processed: 50,
    });
  });

  it('that two processes are at writes each row once', async () => {
    const { ctx, id, version } = await stage('rep', 'customers', many('双', 30), ours());
    await startImport(ctx, id, version);
    const importer = await importerCtx(await company.system(), id);
    await Promise.all([runImportBatch(importer, id, 20), runImportBatch(importer, id, 20)]);
    await expireLeases();
    await run();
    expect(await countOf('双')).toBe(30);
  });

  it('makes what its next rows need when it is their turn: once these are decided about', async () => {
    const { ctx, id, version } = await stage('rep', 'customers', many('备', 20), ours());
    await startImport(ctx, id, version);
    const importer = await importerCtx(await company.system(), id);
    const batch = await prepareImportBatch(importer, id, { atLeast: 10 });
    const happened: string[] = [];
    let begin = () => {};
    const turn = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const next = prepareImportBatch(importer, id, { after: batch.lastGroup ?? 0, atLeast: 10, turn });
    const ready = next.then(() => happened.push('prepared'));
    await runImportBatch(importer, id, batch, () => happened.push('decided'));
    // Others get the connection in turn: it would long be ready.
    for (let asked = 0; asked < 5; asked += 1) expect(await countOf('备')).toBe(10);
    expect(happened).toEqual(['decided']);
    begin();
    await ready;
    expect(happened).toEqual(['decided', 'prepared']);
    expect(await runImportBatch(importer, id, await next)).toBe('working');
    await expireLeases();
    await run();
    expect(await countOf('备')).toBe(20);
  });

  it('stops when the person says so, and a second one goes on', async () => {
    const { ctx, id, version } = await stage('rep', 'customers', many('停', 30), ours());
    await startImport(ctx, id, version);
    await runImportBatch(await importerCtx(await company.system(), id), id, 10);
    await expect(stopImport(await company.as('rep2'), id)).rejects.toThrow('not_found');
    await stopImport(ctx, id);
    await expireLeases();
    await run();
    expect(await company.db.importJob.findUnique({ where: { id } })).toMatchObject({
      status: 'stopped',
      created: 10,
    });
    expect((await bring('rep', 'customers', many('停', 30), ours())).counts).toBe('done 20/0/10/0');
  });

  it('leaves the rows of its file for a month; what they became stays', async () => {
    const begun = await stage('rep', 'customers', many('留', 3), ours());
    await bring('rep', 'customers', many('净', 3), ours());
    const rows = () => company.db.importRow.count();
    const later = (days: number) => company.system(new Date(NOON.getTime() + days * 86_400_000));
    const before = await rows();
    expect(await sweepImports(await later(29))).toBe(0);
    expect(await rows()).toBe(before);
    expect(await sweepImports(await later(31))).toBe(before);
    expect([await rows(), await countOf('净')]).toEqual([0, 3]);
    // Its rows are gone: it is read anew before it can start.
    await expect(startImport(begun.ctx, begun.id, begun.version)).rejects.toThrow('import.changed');
  });

  it('is matched as before when it comes back with a column of reasons, and the other way round', async () => {
    const lines = ['客户名称,联系人,备注', '回来机械,王,a'];
    const chosen = async (header: string, row: string, without: string[] = []) => {
      const { id } = await stage('rep', 'customers', [header, row], { ...ours(), without });
      return (await company.db.importJob.findUniqueOrThrow({ where: { id } })).mapping;
    };
    await stage('rep', 'customers', lines, { ...ours(), without: ['remark'] });
    expect(await chosen('客户名称,联系人,备注,错误原因', '回来机械,王,a,不能空')).toEqual({
      name: 0,
      contactName: 1,
    });
    // A column that this one does not have is not looked into.
    await company.db.importMapping.updateMany({ data: { mapping: { name: 0, remark: 3 } } });
    expect(await chosen('客户名称,联系人,备注', '回来机械,王,a')).toEqual({ name: 0 });
  });

  it('that is called something else while its rows are read is not ready as that', async () => {
    const { ctx, id } = await stage('rep', 'customers', many('名', 2), ours());
    const { header, sample, sha256 } = await company.db.importJob.findUniqueOrThrow({ where: { id } });
    const facts = { format: 'csv' as const, header, sample, sha256: sha256 ?? '' };
    async function* rows() {
      yield { line: 2, cells: ['名1'] };
      await describeImport(ctx, id, 'contracts', facts);
    }
    const chosen = { mapping: { name: 0 }, options: importOptions.parse(ours()) };
    await expect(stageImport(ctx, id, chosen, rows())).rejects.toThrow('import.changed');
    expect((await company.db.importJob.findUniqueOrThrow({ where: { id } })).status).toBe('asked');
  });

  it('starts from the preview that was seen, once', async () => {
    const { ctx, id, version } = await stage('rep', 'customers', many('一', 2), ours());
    await expect(startImport(ctx, id, version - 1)).rejects.toThrow('import.changed');
    await expect(startImport(await company.as('rep2'), id, version)).rejects.toThrow('not_found');
    await startImport(ctx, id, version);
    await expect(startImport(ctx, id, version)).rejects.toThrow('import.started');
    await run();
  });
});
