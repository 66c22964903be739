// 自动核销 (rules §5): a customer's prepayments pay what falls due by themselves, in the name of whoever of finance switched
// it on, told in finance's channel; once, also by two runs at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locale } from '../../src/domain/access.js';
import { withdraw } from '../../src/domain/approvals/decisions.service.js';
import { loadCustomer } from '../../src/domain/customers/customer.queries.js';
import { editCustomer } from '../../src/domain/customers/customer.service.js';
import { newId } from '../../src/domain/ids.js';
import { applyDuePrepayments } from '../../src/domain/receipts/auto-apply.service.js';
import { reallocate } from '../../src/domain/receipts/reallocation.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askRefund } from '../../src/domain/receipts/refund.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { jobsOf } from '../../src/jobs/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { createLog } from '../../src/log.js';
import { auditWithoutWords } from '../support/audit-words.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { code } from '../support/errors.js';
import { checkMoney } from '../support/money-invariants.js';
import { at } from '../support/mornings.js';

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

const DUE = '2026-12-01';
async function aCustomer(...plan: [bigint, string, object?][]): Promise<Instalment[]> {
  const { rows } = await anActiveContract(
    company,
    plan.length > 0
      ? plan
      : [
          [300_00n, DUE],
          [500_00n, '2026-12-10'],
        ],
  );
  return rows;
}
async function prepay(customerId: string, amount: bigint): Promise<string> {
  const ctx = await company.as('rep');
  const receipt = await recordReceipt(
    ctx,
    { customerId, kind: 'prepayment', amount, currency: 'CNY', method: 'transfer', receivedOn: ctx.today },
    { notDuplicate: true, lines: [] },
  );
  const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
  await approveReceipt(await company.as('finance2'), approval.id, approval.version);
  return receipt.id;
}
async function setAuto(who: PersonKey, customerId: string, autoApply: boolean) {
  const ctx = { ...(await company.as(who)), requestId: newId(new Date()) };
  const shown = await loadCustomer(await company.as('admin'), customerId);
  const { name, shortName, type, industry, contacts, address, taxTitle, taxNo, bank, bankAccount } = shown;
  const { defaultTermDays, template, relatedPayers, remark, status, version } = shown;
  const file = {
    name,
    shortName,
    type,
    industry,
    contacts: [...contacts],
    address,
    taxTitle,
    taxNo,
    bank,
    bankAccount,
  };
  const rest = {
    defaultTermDays,
    defaultTemplateId: template?.id ?? null,
    relatedPayers: [...relatedPayers],
    remark,
    status,
  };
  return editCustomer(ctx, customerId, version, { ...file, ...rest }, { autoApply });
}
const raise = (error: unknown) => {
  throw error;
};
const run = async (day: string, time = '09:00') =>
  applyDuePrepayments(await company.system(at(day, time)), raise);
/** A customer in the mode with a row that is due and the credit for it. */
async function aPayable(by: PersonKey = 'finance'): Promise<Instalment> {
  const [row] = await aCustomer([300_00n, DUE]);
  if (!row) throw new Error('no row');
  await prepay(row.customerId, 300_00n);
  const data = { autoApplyById: company.ids[by] };
  await company.db.customer.update({ where: { id: row.customerId }, data });
  return row;
}
/** The job of the minute: what is due is applied, then reminders are planned. */
async function runJob(day: string, time?: string) {
  const { db, engine, vacuum } = { ...database.db, db: company.db };
  const job = jobsOf({
    ...{ db, engine, vacuum, clock: () => at(DUE), log: createLog('silent') },
    delivery: { kick: () => {}, run: async () => {} },
    publishHome: async () => {},
    download: async () => null,
    backups: { dir: '/nowhere', source: database.db, scheduled: false },
  }).find((one) => one.name === 'plan-reminders');
  return job?.run(await company.system(at(day, time)));
}
const openOf = async (rows: readonly Instalment[]) =>
  (
    await company.db.instalment.findMany({
      where: { id: { in: rows.map((row) => row.id) } },
      orderBy: { seq: 'asc' },
    })
  ).map((row) => row.outstanding);

describe('a customer in the mode', () => {
  it('has what is due paid, once, by one of two runs at once; the rest waits for its day', async () => {
    const rows = await aCustomer();
    const customerId = rows[0]?.customerId ?? '';
    await prepay(customerId, 100_00n);
    await prepay(customerId, 400_00n);
    expect(await run('2026-12-10')).toBe(0);
    await setAuto('finance', customerId, true);
    expect(await run('2026-11-30')).toBe(0);
    const system = await company.system(at(DUE));
    const both = await Promise.all([
      applyDuePrepayments(system, () => {}),
      applyDuePrepayments(system, () => {}),
    ]);
    await run(DUE, '09:01');
    expect(await openOf(rows)).toEqual([0n, 500_00n]);
    expect(both[0] + both[1]).toBeLessThanOrEqual(2);
    await run('2026-12-10');
    expect(await openOf(rows)).toEqual([0n, 300_00n]);
    expect(await run('2026-12-11')).toBe(0);
    const entries = await company.db.auditLog.findMany({ where: { action: 'receipt.applied' } });
    expect(entries.every((one) => one.actorId === company.ids.finance)).toBe(true);
    expect(entries.map((one) => one.after)).toContainEqual(expect.objectContaining({ auto: true }));
  });

  it('is told in finance’s channel and to the owner, once a run, however many lines', async () => {
    const plan = Array.from({ length: 12 }, (): [bigint, string] => [100_00n, DUE]);
    const rows = await aCustomer(...plan);
    const customerId = rows[0]?.customerId ?? '';
    await changeCompany(company.db, { financeChannelId: 'C_FIN' });
    await company.db.outbox.deleteMany();
    await prepay(customerId, 1_150_00n);
    await setAuto('finance', customerId, true);
    expect(await run(DUE)).toBe(12);
    const told = await company.db.outbox.findMany({ where: { kind: { contains: 'applied' } } });
    const posted = told.filter((one) => one.op === 'post');
    expect(posted.map((one) => one.recipient).toSorted()).toEqual(['finance', `user:${company.ids.rep}`]);
    // Sent before the run is over, it does not have the later lines: it is written again.
    const rewritten = told.flatMap((one) => (one.op === 'update' ? [`${one.anchorKey}`] : []));
    expect(rewritten.toSorted()).toEqual(posted.map((one) => one.dedupeKey).toSorted());
    const render = async (locale: Locale, payload: unknown) => {
      const ctx = { ...(await company.system(at(DUE))), locale, t: translator(locale) };
      return renderNotice(ctx, 'receipt.auto_applied', payload);
    };
    for (const locale of ['zh-CN', 'en'] as const)
      for (const { payload } of told) {
        const message = await render(locale, payload);
        expect(message?.text).toMatch(/自动核销 12 笔，共 ¥1,150|applied automatically, 12 lines, .*1,150/);
        expect(JSON.stringify(message?.blocks)).toMatch(/还有 2 笔，共 ¥150|And 2 more, .*150/);
      }
    const theirs = { ...Object(told[0]?.payload), ownerId: company.ids.rep2 };
    expect(await render('en', theirs)).toBeNull();
  });

  it('pays before the morning’s reminders are planned: nobody is reminded of what its credit pays', async () => {
    const rows = await aCustomer([300_00n, DUE]);
    const [row] = rows;
    await prepay(row?.customerId ?? '', 300_00n);
    await setAuto('finance', row?.customerId ?? '', true);
    expect(await runJob(DUE, '08:59')).toMatchObject({ applied: 0 });
    expect(await runJob(DUE)).toMatchObject({ applied: 1 });
    expect(await company.db.reminder.count({ where: { instalmentId: row?.id ?? '' } })).toBe(0);
  });
});

describe('many customers', () => {
  it('are all done in one run, whoever of them cannot be', async () => {
    const setActive = (active: boolean) =>
      company.db.user.update({ where: { id: company.ids.financeManager }, data: { active } });
    const rows: Instalment[] = [];
    for (let made = 0; made < 20; made += 1) rows.push(await aPayable('financeManager'));
    await setActive(false);
    const living = [await aPayable()];
    expect(await run(DUE)).toBe(1);
    expect(await openOf(living)).toEqual([0n]);
    await setActive(true);
    rows.push(await aPayable());
    expect(await runJob(DUE)).toMatchObject({ applied: 21 });
    expect((await openOf(rows)).every((left) => left === 0n)).toBe(true);
    const ids = rows.map((row) => row.id);
    expect(await company.db.reminder.count({ where: { instalmentId: { in: ids } } })).toBe(0);
  });

  it('one that fails stops neither others nor the reminders, and is told of', async () => {
    const bad = await aPayable();
    const good = await aPayable();
    await database.db.pool.query(
      `ALTER TABLE allocation ADD CONSTRAINT fails CHECK (instalment_id <> '${bad.id}') NOT VALID`,
    );
    const failed: string[] = [];
    const system = await company.system(at(DUE));
    expect(await applyDuePrepayments(system, (_error, id) => failed.push(id))).toBe(1);
    expect(failed).toEqual([bad.customerId]);
    expect(await openOf([good])).toEqual([0n]);
    expect(await runJob(DUE)).toMatchObject({ applied: 0 });
    expect(await company.db.reminder.count({ where: { instalmentId: bad.id } })).toBeGreaterThan(0);
    await database.db.pool.query('ALTER TABLE allocation DROP CONSTRAINT fails');
    expect(await run(DUE)).toBe(1);
  });
});

describe('what is left to people', () => {
  it('money that waits to be paid back, taken back or moved', async () => {
    const ask = { reason: '客户要求退回', amount: 300_00n };
    const [refund, reversal, moved] = [await aPayable(), await aPayable(), await aPayable()];
    const moneyOf = ({ customerId }: Instalment) =>
      company.db.receipt.findFirstOrThrow({ where: { customerId, kind: 'prepayment' } });
    const waiting: { id: string }[] = [
      await askRefund(await company.as('finance'), { ...ask, receiptId: (await moneyOf(refund)).id }),
      await askReversal(await company.as('finance'), { ...ask, receiptId: (await moneyOf(reversal)).id }),
    ];
    const { id: receiptId, version } = await moneyOf(moved);
    const lines = [{ instalmentId: moved.id, amount: 100_00n }];
    const input = { receiptId, version, lines, reason: '换' };
    waiting.push(await reallocate(await company.as('finance'), input));
    expect(await run(DUE)).toBe(0);
    for (const { id } of waiting) {
      const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: id, status: 'open' } });
      await withdraw(await company.as('finance'), open.id);
    }
    expect(await run(DUE)).toBe(3);
  });

  it.each([
    ['is disputed', { disputed: true, disputedOn: at('2026-11-25') }],
    ['is paused', { blockUntil: at('2026-12-20') }],
    ['is a retention', { isRetention: true }],
  ])('what %s', async (_what, data) => {
    const [row] = await aCustomer([300_00n, DUE]);
    await prepay(row?.customerId ?? '', 300_00n);
    await setAuto('finance', row?.customerId ?? '', true);
    await company.db.instalment.update({ where: { id: row?.id ?? '' }, data });
    await run(DUE);
    expect(await openOf(row ? [row] : [])).toEqual([300_00n]);
  });

  it('what other money waits for, and what belongs to whoever switched it on', async () => {
    const [row] = await aCustomer([300_00n, DUE]);
    if (!row) throw new Error('no row');
    await prepay(row.customerId, 300_00n);
    await setAuto('finance', row.customerId, true);
    const { approval } = await aSubmittedReceipt(company, row, 100_00n);
    expect(await run(DUE)).toBe(0);
    await approveReceipt(await company.as('finance2'), approval.id, approval.version);
    await company.db.instalment.update({ where: { id: row.id }, data: { ownerId: company.ids.finance } });
    expect(await run(DUE)).toBe(0);
    await company.db.instalment.update({ where: { id: row.id }, data: { ownerId: company.ids.rep } });
    expect(await run(DUE)).toBe(1);
    expect(await openOf([row])).toEqual([0n]);
  });
});

describe('who switches it', () => {
  it('is finance alone; it rests once they may not apply any more, and the customer says so', async () => {
    const [row] = await aCustomer([300_00n, DUE]);
    const customerId = row?.customerId ?? '';
    await prepay(customerId, 300_00n);
    for (const who of ['rep', 'manager'] as const)
      await expect(setAuto(who, customerId, true)).rejects.toEqual(code('access.denied'));
    await setAuto('finance', customerId, true);
    const shown = async () => (await loadCustomer(await company.as('rep'), customerId)).autoApply;
    expect(await shown()).toMatchObject({ works: true });
    await company.db.user.update({ where: { id: company.ids.finance }, data: { roles: ['rep'] } });
    expect(await shown()).toMatchObject({ works: false });
    expect(await run(DUE)).toBe(0);
    await setAuto('finance2', customerId, true);
    await company.db.user.update({ where: { id: company.ids.finance }, data: { roles: ['finance'] } });
    expect(await company.db.customer.findUnique({ where: { id: customerId } })).toMatchObject({
      autoApplyById: company.ids.finance2,
    });
    await setAuto('financeManager', customerId, false);
    expect(await run(DUE)).toBe(0);
    expect(await shown()).toBeNull();
  });
});
