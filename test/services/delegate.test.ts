// Who decides in somebody's place: named by themselves or an admin, never in a ring, until a day (rules §6, §14).
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Role } from '../../src/domain/access.js';
import { askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { approve, reject } from '../../src/domain/approvals/decisions.service.js';
import { chaseApprovals } from '../../src/domain/approvals/nudge.service.js';
import { loadContract } from '../../src/domain/contracts/contract.queries.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { findCustomerHistory } from '../../src/domain/customers/customer-history.queries.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { findDelegate } from '../../src/domain/members/delegate.queries.js';
import { type DelegateChange, setDelegate } from '../../src/domain/members/delegate.service.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import { askPostponement } from '../../src/domain/plans/postponement-ask.service.js';
import { findReceiptId } from '../../src/domain/receipts/receipt.queries.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askRefund } from '../../src/domain/receipts/refund.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { countApprovals, countTodo } from '../../src/domain/reminders/todo.queries.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { code } from '../support/errors.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const at = (day: string, time = '09:00') => new Date(`${day}T${time}:00+08:00`);
async function change(who: PersonKey, to: PersonKey | null, until = '2026-11-30'): Promise<DelegateChange> {
  const { version } = await company.db.user.findUniqueOrThrow({ where: { id: company.ids[who] } });
  const delegate = to === null ? null : { id: company.ids[to], until: localDate(until) };
  return { userId: company.ids[who], version, delegate };
}
const set = async (by: PersonKey, who: PersonKey, to: PersonKey | null, until?: string) =>
  setDelegate(await company.as(by), await change(who, to, until));
const told = async (kind: string) =>
  (await company.db.outbox.findMany({ where: { kind }, orderBy: { id: 'asc' } })).map((row) => row.recipient);
async function aWaitingContract(who: PersonKey = 'rep', now = NOON) {
  const customer = await aCustomer(company, who, now);
  const input = { customerId: customer.id, name: '合同', type: 'vehicle', amount: 100n, currency: 'CNY' };
  const draft = await createContract(await company.as(who, now), input);
  const { contract } = await submitContract(await company.as(who, now), {
    id: draft.id,
    version: draft.version,
    planLater: true,
  });
  return company.db.approval.findFirstOrThrow({ where: { subjectId: contract.id } });
}

it('is one’s own to set, and an admin’s for anybody; wrong ones are refused with what to do', async () => {
  await expect(set('rep2', 'manager', 'rep2')).rejects.toEqual(code('access.denied'));
  await expect(set('nobody', 'nobody', 'rep')).rejects.toEqual(code('role.missing'));
  await expect(set('manager', 'manager', 'manager')).rejects.toEqual(code('delegate.self'));
  await expect(set('manager', 'manager', 'nobody')).rejects.toEqual(code('delegate.no_role'));
  for (const until of ['2026-11-19', '2027-12-01'])
    await expect(set('manager', 'manager', 'rep2', until)).rejects.toEqual(code('delegate.until'));
  const stale = await change('manager', 'rep2');
  await set('manager', 'manager', 'rep2');
  await expect(setDelegate(await company.as('manager'), stale)).rejects.toEqual(code('version.conflict'));
  const ctx = await company.as('manager');
  expect(await findDelegate(ctx, { id: company.ids.manager })).toMatchObject({
    delegate: { name: 'rep2', until: '2026-11-30' },
  });
  expect(await findDelegate(ctx, { id: company.ids.rep2 })).toMatchObject({
    delegate: null,
    standsInFor: [{ name: 'manager', until: '2026-11-30' }],
  });
  await set('admin', 'manager', 'director');
  const { manager, director, rep2 } = company.ids;
  expect((await told('member.delegate')).toSorted()).toEqual(
    [`user:${rep2}`, ...[manager, director, rep2].map((id) => `user:${id}`)].toSorted(),
  );
  const trail = await company.db.auditLog.findMany({ where: { action: 'member.delegate_set' } });
  expect(trail.at(-1)).toMatchObject({
    actorId: company.ids.admin,
    before: { delegateId: rep2 },
    after: { delegateId: director, delegateUntil: '2026-11-30' },
  });
  // Its day is over: nothing has to be done for that.
  const later = await company.as('manager', at('2026-12-01'));
  expect((await findDelegate(later, { id: manager }))?.delegate).toBeNull();
});

it('saved as it was tells nobody again', async () => {
  await set('manager', 'manager', 'rep2');
  const saved = async () => ({
    told: await told('member.delegate'),
    trail: await company.db.auditLog.count({ where: { action: 'member.delegate_set' } }),
    version: (await change('manager', null)).version,
  });
  const before = await saved();
  expect(before.told).toHaveLength(1);
  await set('manager', 'manager', 'rep2');
  expect(await saved()).toEqual(before);
  await set('manager', 'manager', 'rep2', '2026-12-01');
  expect((await saved()).told).toHaveLength(2);
  await set('manager', 'manager', null);
  const ended = await saved();
  await set('manager', 'manager', null);
  expect(await saved()).toEqual(ended);
});

it('never goes round in a ring, however many name each other at the same moment', async () => {
  await set('finance', 'finance', 'finance2');
  await set('finance2', 'finance2', 'financeManager');
  await expect(set('financeManager', 'financeManager', 'finance')).rejects.toEqual(code('delegate.cycle'));
  const changes = [await change('rep', 'rep2'), await change('rep2', 'rep')];
  const [rep, rep2] = [await company.as('rep'), await company.as('rep2')];
  const results = await Promise.allSettled([
    setDelegate(rep, changes[0] as DelegateChange),
    setDelegate(rep2, changes[1] as DelegateChange),
  ]);
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  expect(results.filter((result) => result.status === 'rejected')).toMatchObject([
    { reason: { code: 'delegate.cycle' } },
  ]);
});

it('brings cards, lists, nudges and decisions to the delegate until its last day, never about their own', async () => {
  const waiting = await aWaitingContract();
  const own = await aWaitingContract('rep2');
  await set('manager', 'manager', 'rep2');
  const cards = await company.db.outbox.findMany({ where: { recipient: `user:${company.ids.rep2}` } });
  expect(cards.filter((row) => row.kind === 'contract.card').map((row) => row.payload)).toEqual([
    { contractId: waiting.subjectId, approvalId: waiting.id },
  ]);
  const delegate = await company.as('rep2');
  expect((await findWaiting(delegate, 'manager')).items).toMatchObject([{ id: waiting.subjectId }]);
  await chaseApprovals(await company.system(at('2026-11-20', '15:00')));
  const { manager, rep2 } = company.ids;
  expect((await told('approval.nudge')).toSorted()).toEqual([`user:${manager}`, `user:${rep2}`].toSorted());
  await expect(approve(delegate, own.id, own.version)).rejects.toEqual(code('receipt.self_approval'));
  const late = await company.as('rep2', at('2026-12-01'));
  await expect(approve(late, waiting.id, waiting.version)).rejects.toMatchObject({
    code: expect.stringMatching(/^(access\.denied|not_found)$/),
  });
  const last = await company.as('rep2', at('2026-11-30', '23:00'));
  expect(await approve(last, waiting.id, waiting.version)).toMatchObject({ outcome: 'approved' });
  const step = await company.db.approvalStep.findFirstOrThrow({ where: { approvalId: waiting.id } });
  expect(step).toMatchObject({ decidedById: rep2, onBehalfOfId: manager });
});

it('brings what stands in finance’s channel to a delegate who does not look into it, with its vouchers', async () => {
  await changeCompany(company.db, { financeChannelId: 'C_FINANCE' });
  const [row] = (await anActiveContract(company, [[100_00n, '2026-12-10']])).rows;
  if (!row) throw new Error('no row');
  const ctx = await company.as('rep');
  const paid = { amount: 60_00n, currency: 'CNY', method: 'transfer', receivedOn: ctx.today };
  const input = { customerId: row.customerId, contractId: row.contractId, instalmentId: row.id, ...paid };
  const files = [{ slackFileId: 'F1', name: '回单.pdf', mime: 'application/pdf', size: 4 }];
  const record = async () =>
    recordReceipt(await company.as('rep'), input, { files, notDuplicate: true }).then(({ id }) => id);
  const got = async (who: PersonKey) => {
    const where = {
      recipient: `user:${company.ids[who]}`,
      kind: { in: ['receipt.card', 'receipt.vouchers'] },
    };
    const rows = await company.db.outbox.findMany({ where, orderBy: { id: 'asc' } });
    return rows.map(({ kind, payload, anchorKey }) => ({ kind, payload, anchorKey }));
  };
  const first = await record();
  await set('finance', 'finance', 'rep2');
  await set('finance2', 'finance2', 'financeManager');
  const second = await record();
  expect(await got('rep2')).toEqual(
    (
      await Promise.all(
        [first, second].map((receiptId) =>
          company.db.approval.findFirstOrThrow({ where: { subjectId: receiptId } }),
        ),
      )
    ).flatMap(({ id: approvalId, subjectId: receiptId }) => [
      { kind: 'receipt.card', payload: { receiptId, approvalId }, anchorKey: null },
      {
        kind: 'receipt.vouchers',
        payload: { receiptId },
        anchorKey: `receipt.card:${approvalId}@${company.ids.rep2}`,
      },
    ]),
  );
  // Whoever is of finance looks there.
  expect(await got('financeManager')).toEqual([]);
});

it('brings the morning’s message too, without buttons, and not after it has ended', async () => {
  await anActiveContract(company, [[100_00n, '2026-12-10']], { now: NOON });
  await set('rep', 'rep', 'rep2', '2026-12-03');
  const morning = await company.system(at('2026-12-03'));
  await planReminders(morning);
  await planReminders(morning);
  const { rep2 } = company.ids;
  expect(await told('digest.copy')).toEqual([`user:${rep2}`]);
  const [copy] = await company.db.outbox.findMany({ where: { kind: 'digest.copy' } });
  const words = { locale: 'zh-CN', t: translator('zh-CN') } as const;
  const shown = await renderNotice({ ...morning, ...words }, 'digest.copy', copy?.payload);
  const text = JSON.stringify(shown?.blocks);
  expect(text).toContain('代 rep');
  expect(text).toContain('第1期');
  expect(text).not.toContain('receipt.new');
  const isActive = (active: boolean) => company.db.user.update({ where: { id: rep2 }, data: { active } });
  await isActive(false);
  expect(await renderNotice({ ...morning, ...words }, 'digest.copy', copy?.payload)).toBeNull();
  await isActive(true);
  await set('rep', 'rep', null);
  expect(await renderNotice({ ...morning, ...words }, 'digest.copy', copy?.payload)).toBeNull();
  // The day after the last one.
  await company.db.user.update({
    where: { id: company.ids.rep },
    data: { delegateId: rep2, delegateUntil: new Date('2026-12-06') },
  });
  await planReminders(await company.system(at('2026-12-07')));
  expect(await told('digest')).toHaveLength(2);
  expect(await told('digest.copy')).toHaveLength(1);
});

it('is counted alike wherever it waits, whatever the delegate’s own work is', async () => {
  await set('manager', 'manager', 'rep2');
  await set('financeManager', 'financeManager', 'rep2');
  const { rows } = await anActiveContract(company, [
    [100_00n, '2026-11-10'],
    [100_00n, '2026-11-10', { isRetention: true }],
  ]);
  const [row, retention] = rows;
  if (!row || !retention) throw new Error('no rows');
  await aWaitingContract();
  await aSubmittedReceipt(company, row, 50_00n);
  const bad = { instalmentId: row.id, version: row.version, kind: 'bad_debt', amount: null } as const;
  await askWriteOff(await company.as('finance'), { ...bad, reason: '破产' });
  const later = { id: retention.id, version: retention.version, to: localDate('2026-12-01'), remark: null };
  await askPostponement(await company.as('rep'), later);
  const delegate = await company.as('rep2');
  expect(await countApprovals(delegate)).toMatchObject({
    contracts: 1,
    receipts: 2,
    postponements: 1,
    total: 4,
  });
  const { items, total } = await findWaiting(delegate, 'rep');
  expect(items.map((item) => item.kind).toSorted()).toEqual([
    'adjustment',
    'contract',
    'postponement',
    'receipt',
  ]);
  expect(total).toBe(4);
  expect((await countTodo(delegate)).waiting).toBe(4);
});

it('has the copy of the morning’s message redrawn when a row of it is paid', async () => {
  const { rows } = await anActiveContract(company, [[100_00n, '2026-12-10']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  await set('rep', 'rep', 'rep2', '2026-12-03');
  await planReminders(await company.system(at('2026-12-03')));
  await company.db.outbox.updateMany({ data: { status: 'sent' } });
  await company.db.reminder.updateMany({ data: { status: 'sent' } });
  const noon = at('2026-12-03', '12:00');
  const { approval } = await aSubmittedReceipt(company, row, 100_00n, { now: noon });
  await approveReceipt(await company.as('finance', noon), approval.id, approval.version);
  const redrawn = await company.db.outbox.findMany({ where: { op: 'update', kind: 'digest.copy' } });
  expect(redrawn.length).toBeGreaterThan(0);
  const { rep, rep2 } = company.ids;
  expect(redrawn[0]).toMatchObject({
    recipient: `user:${rep2}`,
    anchorKey: `digest:${rep}:2026-12-03:copy`,
    payload: { userId: rep, date: '2026-12-03', delegateId: rep2 },
  });
});

it('gets the copy of somebody’s message whose morning is the company’s night', async () => {
  await anActiveContract(company, [[100_00n, '2026-12-10']]);
  await company.db.user.update({
    where: { id: company.ids.rep },
    data: { timezone: 'America/Los_Angeles' },
  });
  await set('rep', 'rep', 'rep2', '2026-12-31');
  // Half past six in the evening there; then half past nine the next morning.
  await planReminders(await company.system(at('2026-12-03', '10:30')));
  expect(await told('digest.copy')).toEqual([]);
  const night = await company.system(at('2026-12-04', '01:30'));
  await planReminders(night);
  const [copy] = await company.db.outbox.findMany({ where: { kind: 'digest.copy' } });
  const words = { locale: 'zh-CN', t: translator('zh-CN') } as const;
  const shown = await renderNotice({ ...night, ...words }, 'digest.copy', copy?.payload);
  expect(JSON.stringify(shown?.blocks)).toContain('第1期');
});

it('stands in the histories of the customer and the row with the name of whom they decided for', async () => {
  const { rows } = await anActiveContract(company, [[100_00n, '2026-11-10']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const bad = { instalmentId: row.id, version: row.version, kind: 'bad_debt', amount: null } as const;
  const asked = await askWriteOff(await company.as('finance'), { ...bad, reason: '破产' });
  const { receipt, approval } = await aSubmittedReceipt(company, row, 50_00n);
  await set('financeManager', 'financeManager', 'rep2');
  await reject(await company.as('rep2'), approval.id, approval.version, { reason: 'duplicate' });
  const open = await openOn(asked.id);
  await approve(await company.as('rep2'), open.id, open.version);
  const reader = await company.as('finance');
  const hands = { who: 'rep2', inPlaceOf: 'financeManager' };
  const { entries } = await findCustomerHistory(reader, row.customerId);
  expect(entries.filter((one) => one.inPlaceOf !== null)).toMatchObject([
    { action: 'adjustment.posted', ...hands },
    { action: 'receipt.rejected', ref: receipt.number, ...hands },
  ]);
  expect(entries.find((one) => one.action === 'receipt.submitted')?.inPlaceOf).toBeNull();
  const detail = await findInstalmentDetail(reader, row.id);
  expect(detail?.history.find((one) => one.kind === 'adjustment' && one.event === 'posted')).toMatchObject(
    hands,
  );
});

it('sees what they are asked about, beyond their own scope, and what they decided; nobody else does', async () => {
  const { rows } = await anActiveContract(company, [[100_00n, '2026-11-10']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const { receipt, approval } = await aSubmittedReceipt(company, row, 50_00n);
  const bad = { instalmentId: row.id, version: row.version, kind: 'bad_debt', amount: null } as const;
  await askWriteOff(await company.as('finance'), { ...bad, reason: '破产' });
  const contract = await aWaitingContract();
  const sees = async () => {
    const ctx = await company.as('rep2');
    const opened = await loadContract(ctx, contract.subjectId).catch(() => null);
    return [
      (await findReceiptId(ctx, { number: receipt.number })) !== null,
      (await findInstalmentDetail(ctx, row.id)) !== null,
      opened !== null,
    ];
  };
  expect(await sees()).toEqual([false, false, false]);
  await set('financeManager', 'financeManager', 'rep2');
  expect(await sees()).toEqual([true, true, false]);
  await set('manager', 'manager', 'rep2');
  expect(await sees()).toEqual([true, true, true]);
  await approve(await company.as('rep2'), approval.id, approval.version);
  await set('financeManager', 'financeManager', null);
  await set('manager', 'manager', null);
  expect(await sees()).toEqual([true, false, false]);
});

/** Money on a customer of the rep, who owes nothing: all of it is credit. */
async function aPrepayment(who: PersonKey) {
  const customer = await aCustomer(company, 'rep');
  const input = { customerId: customer.id, contractId: null, instalmentId: null, amount: 50_00n };
  const more = { currency: 'CNY', method: 'transfer', receivedOn: localDate('2026-11-20') };
  const { id } = await recordReceipt(await company.as(who), { ...input, ...more });
  return { id, approval: await openOn(id) };
}
const openOn = (subjectId: string) =>
  company.db.approval.findFirstOrThrow({ where: { subjectId, status: 'open' } });

it('gives nobody the decision about money that they recorded, or that is their own customer’s credit', async () => {
  const refused = code('receipt.self_approval');
  const { id, approval } = await aPrepayment('rep');
  await approveReceipt(await company.as('finance'), approval.id, approval.version);
  await set('financeManager', 'financeManager', 'rep');
  for (const movement of [askRefund, askReversal]) {
    const asked = await movement(await company.as('finance'), {
      receiptId: id,
      amount: 10_00n,
      reason: '退',
    });
    const open = await openOn(asked.id);
    expect(open.involvedIds).toContain(company.ids.rep);
    await expect(approve(await company.as('rep'), open.id, open.version)).rejects.toEqual(refused);
    await approve(await company.as('financeManager'), open.id, open.version);
  }
  // Recorded by finance: whose customer it is has the credit.
  await set('finance2', 'finance2', 'rep');
  const other = await aPrepayment('finance');
  expect(other.approval.involvedIds).toContain(company.ids.rep);
  const { version } = other.approval;
  await expect(approve(await company.as('rep'), other.approval.id, version)).rejects.toEqual(refused);
  await company.db.user.update({
    where: { id: company.ids.rep },
    data: { roles: ['rep', 'finance'] satisfies Role[] },
  });
  await expect(approve(await company.as('rep'), other.approval.id, version)).rejects.toEqual(refused);
  expect((await approveReceipt(await company.as('finance2'), other.approval.id, version)).outcome).toBe(
    'approved',
  );
});

it('makes no decider of whoever decides nothing: neither an admin nor an auditor', async () => {
  await expect(set('admin', 'finance', 'admin')).rejects.toEqual(code('delegate.decides_nothing'));
  await expect(set('finance', 'finance', 'admin')).rejects.toEqual(code('delegate.decides_nothing'));
  await expect(set('finance', 'finance', 'auditor')).rejects.toEqual(code('delegate.decides_nothing'));
  // Who has lost every other role since stands in for nobody.
  await set('finance', 'finance', 'rep2');
  const { approval } = await aPrepayment('rep');
  await company.db.user.update({ where: { id: company.ids.rep2 }, data: { roles: ['admin'] } });
  const admin = await company.as('rep2');
  await expect(approve(admin, approval.id, approval.version)).rejects.toEqual(code('access.denied'));
  expect((await findWaiting(admin, 'finance')).items).toEqual([]);
  expect((await countApprovals(admin)).total).toBe(0);
  // An admin who sells too decides in somebody's place, whom others named them for.
  await company.db.user.update({ where: { id: company.ids.rep2 }, data: { roles: ['admin', 'rep'] } });
  await expect(set('rep2', 'finance2', 'rep2')).rejects.toEqual(code('delegate.named_self'));
  const both = await company.as('rep2');
  expect((await approve(both, approval.id, approval.version)).outcome).toBe('approved');
});
