// Who decides when people change while it waits: somebody of all has left, lost the role they were found by, or lent a hand
// in an earlier step (rules §6, §12).

import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Role } from '../../src/domain/access.js';
import { findApproval } from '../../src/domain/approvals/approval.queries.js';
import { openApprovals } from '../../src/domain/approvals/approval.service.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { handOver } from '../../src/domain/customers/hand-over.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { setDelegate } from '../../src/domain/members/delegate.service.js';
import { ensureMember, setMember } from '../../src/domain/members/member.service.js';
import { askPostponement } from '../../src/domain/plans/postponement-ask.service.js';
import { reassignInstalment } from '../../src/domain/plans/reassign.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { countApprovals } from '../../src/domain/reminders/todo.queries.js';
import { editCompany } from '../../src/domain/settings/company.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { code } from '../support/errors.js';

let database: TestDatabase | null = null;
let company: TestCompany;
beforeEach(async () => {
  database ??= await createTestDatabase();
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database?.close());

type Step = { mode: 'any' | 'all'; roles: string[] };
/** The company asks these steps about a kind of subject. */
async function asks(subject: 'receipt' | 'postponement', ...steps: Step[]): Promise<void> {
  const flow = { key: subject, subject, minAmount: null, method: null, contractType: null };
  const approvalFlows = [{ ...flow, steps: steps.map((step) => ({ ...step, people: [] })) }];
  await changeCompany(company.db, { settings: { approvalFlows } });
}
const ALL_FINANCE: Step = { mode: 'all', roles: ['finance'] };
async function aReceipt() {
  const [row] = (await anActiveContract(company, [[100_00n, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  return (await aSubmittedReceipt(company, row, 100_00n)).receipt;
}
const openOf = (subjectId: string) =>
  company.db.approval.findFirstOrThrow({ where: { subjectId, status: 'open' } });
async function decide(who: PersonKey, subjectId: string) {
  const { id, version } = await openOf(subjectId);
  return (await approve(await company.as(who), id, version)).outcome;
}
/** Slack says that somebody has left; or is a member again. */
async function leaves(who: PersonKey, outsider = true): Promise<void> {
  const { slackUserId, name } = await company.db.user.findUniqueOrThrow({ where: { id: company.ids[who] } });
  const facts = { email: null, locale: 'zh-CN', timezone: 'Asia/Shanghai', workspaceAdmin: false } as const;
  await ensureMember(company.db, NOON, { slackUserId, name, ...facts, outsider });
}
async function hasRoles(who: PersonKey, roles: Role[]): Promise<void> {
  const { id, version, managerId } = await company.db.user.findUniqueOrThrow({
    where: { id: company.ids[who] },
  });
  await setMember(await company.as('admin'), { userId: id, version, roles, managerId });
}
async function standsIn(delegate: PersonKey, ...givers: PersonKey[]): Promise<void> {
  for (const giver of givers) {
    const { id, version } = await company.db.user.findUniqueOrThrow({ where: { id: company.ids[giver] } });
    await setDelegate(await company.as(giver), {
      userId: id,
      version,
      delegate: { id: company.ids[delegate], until: localDate('2026-12-31') },
    });
  }
}

it('where all of a step must approve, whoever leaves is not waited for', async () => {
  await asks('receipt', ALL_FINANCE);
  const receipt = await aReceipt();
  await leaves('finance2');
  expect(await decide('finance', receipt.id)).toBe('approved');
});

/** Whoever approved already is told who can, and is not one of them. */
const onceEach = (...names: string[]) => ({ code: 'approval.once_each', params: { names } });

it('where the last of all leaves after the others approved, somebody else is asked: nothing passes by itself', async () => {
  await asks('receipt', ALL_FINANCE);
  const receipt = await aReceipt();
  expect(await decide('finance', receipt.id)).toBe('advanced');
  await leaves('finance2');
  expect(await openOf(receipt.id)).toMatchObject({ status: 'open' });
  await expect(decide('finance', receipt.id)).rejects.toMatchObject(onceEach('financeManager'));
  expect(await countApprovals(await company.as('financeManager'))).toMatchObject({ receipts: 1 });
  expect(await decide('financeManager', receipt.id)).toBe('approved');
});

it('where all must approve, everybody who did is told, before the last and after', async () => {
  await asks('receipt', ALL_FINANCE, { mode: 'any', roles: ['finance_manager'] });
  const receipt = await aReceipt();
  const shown = async () => {
    const ctx = await company.as('rep');
    const found = await findApproval(ctx, { type: 'receipt', id: receipt.id });
    const steps = found?.decidedSteps.map(({ by, also }) => [by.name, also.map((hand) => hand.by.name)]);
    return { soFar: found?.approvedSoFar.map((hand) => hand.by.name), steps };
  };
  await decide('finance', receipt.id);
  expect(await shown()).toEqual({ soFar: ['finance'], steps: [] });
  await decide('finance2', receipt.id);
  expect(await shown()).toEqual({ soFar: [], steps: [['finance2', ['finance']]] });
  await decide('financeManager', receipt.id);
  expect(await shown()).toEqual({
    soFar: [],
    steps: [
      ['finance2', ['finance']],
      ['financeManager', []],
    ],
  });
});

it('where all must approve, whoever did it in somebody’s place is told so, not as two', async () => {
  await asks('receipt', ALL_FINANCE, { mode: 'any', roles: ['finance_manager'] });
  await standsIn('director', 'finance');
  const receipt = await aReceipt();
  const inPlace = { by: { name: 'director' }, inPlaceOf: { name: 'finance' } };
  const found = async () => findApproval(await company.as('rep'), { type: 'receipt', id: receipt.id });
  await decide('director', receipt.id);
  expect((await found())?.approvedSoFar).toMatchObject([inPlace]);
  await decide('finance2', receipt.id);
  const own = { by: { name: 'finance2' }, inPlaceOf: null };
  expect((await found())?.decidedSteps).toMatchObject([{ ...own, also: [inPlace] }]);
});

it('whoever must not decide any more what is drawn anew is not waited for', async () => {
  await asks('receipt', ALL_FINANCE);
  const { customer, rows } = await anActiveContract(company, [
    [100_00n, '2026-12-01'],
    [100_00n, '2026-12-02'],
  ]);
  const [first, second] = rows;
  if (!first || !second) throw new Error('no rows');
  await company.db.instalment.update({ where: { id: second.id }, data: { ownerId: company.ids.finance2 } });
  const money = { customerId: customer.id, contractId: null, instalmentId: null, amount: 100_00n };
  const more = { currency: 'CNY', method: 'transfer', receivedOn: localDate('2026-11-20') };
  const receipt = await recordReceipt(await company.as('financeManager'), { ...money, ...more });
  const other = (await aSubmittedReceipt(company, first, 100_00n)).receipt;
  for (const who of ['finance', 'finance2'] as const) await decide(who, other.id);
  expect(await decide('finance', receipt.id)).toBe('redrawn');
  expect((await openOf(receipt.id)).involvedIds).toContain(company.ids.finance2);
  expect(await decide('finance', receipt.id)).toBe('approved');
});

it('whoever approved in somebody’s place decides no later step of it', async () => {
  await asks('receipt', ALL_FINANCE, { mode: 'any', roles: ['finance_manager'] });
  const receipt = await aReceipt();
  await standsIn('rep2', 'finance', 'financeManager');
  expect(await decide('rep2', receipt.id)).toBe('advanced');
  expect(await decide('finance2', receipt.id)).toBe('advanced');
  await expect(decide('rep2', receipt.id)).rejects.toEqual(code('approval.once_each'));
  expect(await countApprovals(await company.as('rep2'))).toMatchObject({ total: 0 });
  expect(await decide('financeManager', receipt.id)).toBe('approved');
});

it('where all must approve, nobody does so for themselves and in somebody’s place, nor in the place of two', async () => {
  await asks('receipt', ALL_FINANCE);
  const one = await aReceipt();
  const two = await aReceipt();
  await standsIn('finance', 'finance2');
  for (const { id } of [one, two]) expect(await decide('finance', id)).toBe('advanced');
  await expect(decide('finance', one.id)).rejects.toMatchObject(onceEach('finance2'));
  expect(await countApprovals(await company.as('finance'))).toMatchObject({ total: 0 });
  expect(await decide('finance2', one.id)).toBe('approved');
  const three = await aReceipt();
  await standsIn('rep2', 'finance', 'finance2');
  expect(await decide('rep2', three.id)).toBe('advanced');
  await expect(decide('rep2', three.id)).rejects.toEqual(code('approval.once_each'));
  expect(await countApprovals(await company.as('rep2'))).toMatchObject({ receipts: 1 });
  const left = await Promise.all(
    (['finance', 'finance2'] as const).map(async (who) => countApprovals(await company.as(who))),
  );
  expect(left.map((count) => count.receipts).toSorted((a, b) => a - b)).toEqual([0, 2]);
});

it('whoever was found by a role and lost it decides no more, also where others still can', async () => {
  await asks('postponement', { mode: 'any', roles: ['manager', 'sales_director'] });
  const [row] = (await anActiveContract(company, [[100_00n, '2026-11-01', { isRetention: true }]])).rows;
  if (!row) throw new Error('no row');
  const to = localDate('2026-12-20');
  await askPostponement(await company.as('rep'), { id: row.id, version: row.version, to, remark: null });
  const { subjectId } = await company.db.approval.findFirstOrThrow({ where: { status: 'open' } });
  expect(await countApprovals(await company.as('manager'))).toMatchObject({ postponements: 1 });
  await hasRoles('manager', ['auditor']);
  expect(await countApprovals(await company.as('manager'))).toMatchObject({ total: 0 });
  await expect(decide('manager', subjectId)).rejects.toEqual(code('access.denied'));
  expect(await decide('director', subjectId)).toBe('approved');
});

it('many that are sent at once ask all of a step too', async () => {
  await asks('receipt', ALL_FINANCE);
  const receipt = await aReceipt();
  const { id } = await openOf(receipt.id);
  await company.db.approval.update({ where: { id }, data: { status: 'withdrawn' } });
  const ctx = await company.as('rep');
  const { finance, finance2 } = company.ids;
  await company.db.$transaction((tx) =>
    openApprovals(tx, ctx, [
      {
        type: 'receipt',
        id: receipt.id,
        version: 1,
        amount: { minor: 100_00n, currency: 'CNY' },
        ownerId: null,
        involved: [],
      },
    ]),
  );
  const step = await company.db.approvalStep.findFirstOrThrow({
    where: { approval: { subjectId: receipt.id, status: 'open' } },
  });
  expect(step.approverIds.toSorted()).toEqual([finance, finance2].toSorted());
  expect(await decide('finance', receipt.id)).toBe('advanced');
  expect(await decide('finance2', receipt.id)).toBe('approved');
});

it('whoever owned what a receipt pays does not decide it, also once they gave the row or the customer away', async () => {
  const { ids } = company;
  await hasRoles('manager', ['sales_manager', 'finance']);
  const giveRow = async (by: PersonKey, id: string, to: PersonKey) => {
    const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id } });
    await reassignInstalment(await company.as(by), { id, version, toId: ids[to] });
  };
  const { customer, rows } = await anActiveContract(company, [[100_00n, '2026-12-01']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  await giveRow('director', row.id, 'manager');
  const { receipt } = await aSubmittedReceipt(company, row, 100_00n, { who: 'finance2' });
  await giveRow('manager', row.id, 'rep');
  await expect(decide('manager', receipt.id)).rejects.toEqual(code('receipt.self_approval'));
  expect(await countApprovals(await company.as('manager'))).toMatchObject({ total: 0 });
  expect(await decide('finance', receipt.id)).toBe('approved');
  // The same of a customer’s credit.
  const give = (to: PersonKey) =>
    company.db.customer.update({ where: { id: customer.id }, data: { ownerId: ids[to] } });
  await give('manager');
  const ctx = await company.as('finance2');
  const paid = { amount: 30_00n, currency: 'CNY', method: 'transfer', receivedOn: ctx.today };
  const prepaid = { customerId: customer.id, kind: 'prepayment' as const, ...paid };
  const { id } = await recordReceipt(ctx, prepaid, { notDuplicate: true });
  await give('rep');
  await expect(decide('manager', id)).rejects.toEqual(code('receipt.self_approval'));
  expect(await decide('finance', id)).toBe('approved');
});

it('whoever is the only one for a later step is asked before they decide an earlier one, in whoever’s place', async () => {
  await asks('receipt', { mode: 'any', roles: ['finance'] }, { mode: 'any', roles: ['finance_manager'] });
  const receipt = await aReceipt();
  await standsIn('financeManager', 'finance');
  await expect(decide('financeManager', receipt.id)).rejects.toMatchObject({
    code: 'approval.leaves_nobody',
    params: { step: 1, next: 2, names: ['finance', 'finance2'] },
  });
  const open = await openOf(receipt.id);
  expect(open).toMatchObject({ currentStep: 1 });
  const alarms = () => company.db.outbox.count({ where: { kind: 'approval.orphan' } });
  expect(await alarms()).toBe(0);
  // Knowing it they may: the admins hear of it.
  const ctx = await company.as('financeManager');
  expect(await approve(ctx, open.id, open.version, { knowing: true })).toMatchObject({ outcome: 'advanced' });
  expect(await alarms()).toBe(1);
  // Left to somebody else, it is theirs in the next step.
  const other = await aReceipt();
  expect(await decide('finance2', other.id)).toBe('advanced');
  expect(await decide('financeManager', other.id)).toBe('approved');
  // With a second person for the later step nothing is asked.
  const third = await aReceipt();
  await hasRoles('director', ['sales_director', 'finance_manager']);
  expect(await decide('financeManager', third.id)).toBe('advanced');
  expect(await decide('director', third.id)).toBe('approved');
});

it('whoever is given the role that nobody free had is asked, and the cards say so', async () => {
  await asks('receipt', { mode: 'any', roles: ['finance'] }, { mode: 'any', roles: ['sales_director'] });
  await hasRoles('finance', ['finance', 'sales_director']);
  await leaves('director');
  const receipt = await aReceipt();
  const open = await openOf(receipt.id);
  await approve(await company.as('finance'), open.id, open.version, { knowing: true });
  const told = (where: object) => company.db.outbox.count({ where: { kind: 'receipt.card', ...where } });
  const asked = { op: 'post', recipient: `user:${company.ids.manager}` };
  const redrawn = { op: 'update', dedupeKey: { contains: 'asked.' } };
  expect([await told(asked), await told(redrawn)]).toEqual([0, 0]);
  await hasRoles('manager', ['sales_manager', 'sales_director']);
  expect(await told(asked)).toBe(1);
  expect(await told(redrawn)).toBeGreaterThan(0);
  // Another change of people asks nobody twice.
  await hasRoles('rep2', ['rep', 'auditor']);
  expect([await told(asked), await company.db.outbox.count({ where: { kind: 'approval.orphan' } })]).toEqual([
    1, 1,
  ]);
  expect(await decide('manager', receipt.id)).toBe('approved');
});

it('only those are named as others who could decide the step', async () => {
  for (const who of ['finance2', 'director'] as const) await leaves(who);
  await hasRoles('finance', ['finance', 'sales_director']);
  await asks('receipt', { mode: 'any', roles: ['finance'] }, { mode: 'any', roles: ['sales_director'] });
  const receipt = await aReceipt();
  // Would be asked in place of finance, if there were nobody of it.
  await expect(decide('financeManager', receipt.id)).rejects.toEqual(code('access.denied'));
  await expect(decide('finance', receipt.id)).rejects.toMatchObject({
    code: 'approval.leaves_nobody',
    params: { step: 1, next: 2, names: [] },
  });
});

it('where all must approve, nobody does so in somebody’s stead', async () => {
  await hasRoles('finance2', ['finance', 'sales_director']);
  await leaves('director');
  await asks('receipt', ALL_FINANCE, { mode: 'any', roles: ['sales_director'] });
  const receipt = await aReceipt();
  await expect(decide('finance2', receipt.id)).rejects.toMatchObject({
    code: 'approval.leaves_nobody',
    params: { names: [] },
  });
});

it('whoever is given what is asked about does not find it among what they can decide', async () => {
  const { ids } = company;
  await asks('receipt', { mode: 'any', roles: ['finance'] });
  await hasRoles('manager', ['sales_manager', 'finance']);
  const { customer, rows } = await anActiveContract(company, [[100_00n, '2026-12-01']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const { receipt, approval } = await aSubmittedReceipt(company, row, 100_00n);
  const ctx = await company.as('finance2');
  const paid = { amount: 30_00n, currency: 'CNY', method: 'transfer', receivedOn: ctx.today };
  const prepaid = { customerId: customer.id, kind: 'prepayment' as const, ...paid };
  const credit = await recordReceipt(ctx, prepaid, { notDuplicate: true, lines: [], byHand: true });
  const waiting = async (who: PersonKey) => (await countApprovals(await company.as(who))).receipts;
  expect(await waiting('manager')).toBe(2);
  const director = await company.as('director');
  const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
  await reassignInstalment(director, { id: row.id, version, toId: ids.manager });
  expect(await waiting('manager')).toBe(1);
  const redrawn = { op: 'update', kind: 'receipt.card', dedupeKey: { contains: `owner.${ids.manager}` } };
  const cards = await company.db.outbox.findMany({ where: redrawn });
  expect([...new Set(cards.map((card) => JSON.stringify(card.payload)))]).toEqual([
    JSON.stringify({ receiptId: receipt.id, approvalId: approval.id }),
  ]);
  // A whole book: its customers’ credit too.
  await handOver(await company.as('director'), ids.rep, ids.manager);
  expect(await waiting('manager')).toBe(0);
  expect((await openOf(credit.id)).involvedIds).toContain(ids.manager);
  expect(await decide('finance', receipt.id)).toBe('approved');
});

it('whoever is given it has no buttons for it as somebody’s delegate either', async () => {
  const { ids } = company;
  await standsIn('manager', 'finance');
  const [row] = (await anActiveContract(company, [[100_00n, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  const { receipt } = await aSubmittedReceipt(company, row, 100_00n);
  const shown = async () =>
    (await findApproval(await company.as('finance'), { type: 'receipt', id: receipt.id }))?.delegates;
  expect(await shown()).toEqual([{ id: ids.manager, of: { id: ids.finance, name: 'finance' } }]);
  const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
  await reassignInstalment(await company.as('director'), { id: row.id, version, toId: ids.manager });
  expect(await shown()).toEqual([]);
  await expect(decide('manager', receipt.id)).rejects.toEqual(code('receipt.self_approval'));
  const redrawn = { op: 'update', kind: 'receipt.card', dedupeKey: { contains: `owner.${ids.manager}` } };
  expect(await company.db.outbox.count({ where: redrawn })).toBeGreaterThan(0);
});

it('in solo mode the only finance user is asked what nobody else can decide, and no alarm is raised', async () => {
  const { ids } = company;
  for (const who of ['finance2', 'financeManager'] as const) await leaves(who);
  await hasRoles('finance', ['finance', 'sales_manager']);
  const told = async (kind: string, subjectId: string) => {
    const { id } = await openOf(subjectId);
    const payload = { path: ['approvalId'], equals: id };
    return company.db.outbox.count({ where: { kind, op: 'post', payload } });
  };
  const aRow = async () => {
    const [row] = (await anActiveContract(company, [[100_00n, '2026-12-01']])).rows;
    if (!row) throw new Error('no row');
    return row;
  };
  const give = async (id: string) => {
    const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id } });
    await reassignInstalment(await company.as('director'), { id, version, toId: ids.finance });
  };
  const record = async (row: Instalment, who: PersonKey) =>
    (await aSubmittedReceipt(company, row, 100_00n, { who })).receipt.id;
  // Without it nobody is asked: the admins hear of what was recorded and of what was given.
  const before = await record(await aRow(), 'finance');
  expect([await told('receipt.card', before), await told('approval.orphan', before)]).toEqual([0, 1]);
  await changeCompany(company.db, { settings: { soloMode: true } });
  const own = await record(await aRow(), 'finance');
  expect([await told('receipt.card', own), await told('approval.orphan', own)]).toEqual([1, 0]);
  const row = await aRow();
  const given = await record(row, 'rep');
  await give(row.id);
  expect(await told('approval.orphan', given)).toBe(0);
  // It is in their lists, and in nobody else's; what somebody else is free to decide is not.
  const waiting = async (who: PersonKey) => (await countApprovals(await company.as(who))).receipts;
  expect([await waiting('finance'), await waiting('manager'), await waiting('rep')]).toEqual([3, 0, 0]);
  await leaves('finance2', false);
  expect([await waiting('finance'), await waiting('finance2')]).toEqual([0, 3]);
  await leaves('finance2');
  for (const id of [own, given]) expect(await decide('finance', id)).toBe('approved');
  // Whoever holds no role of the step decides it in no mode.
  await asks('receipt', { mode: 'any', roles: ['finance_manager'] });
  const { settings } = await company.db.company.findFirstOrThrow();
  await changeCompany(company.db, { settings: { ...(settings as object), soloMode: true } });
  const other = await record(await aRow(), 'finance');
  expect(await told('receipt.card', other)).toBe(0);
  expect(await waiting('finance')).toBe(1);
});

it('cards name whoever can decide now, and who decides alone is asked once, not at each change of people', async () => {
  const { ids, db } = company;
  await changeCompany(db, { settings: { soloMode: true } });
  const [row] = (await anActiveContract(company, [[100_00n, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  const { id } = (await aSubmittedReceipt(company, row, 100_00n, { who: 'finance' })).receipt;
  const { id: approvalId } = await openOf(id);
  const drawn = {
    kind: 'receipt.card',
    op: 'update' as const,
    payload: { path: ['approvalId'], equals: approvalId },
  };
  const redrawn = async () => {
    const found = await db.outbox.count({ where: drawn });
    await db.outbox.deleteMany({ where: drawn });
    return found > 0;
  };
  const named = async () => {
    const shown = await findApproval(await company.as('admin'), { type: 'receipt', id });
    const lists = await Promise.all(
      (['finance', 'finance2', 'financeManager'] as const).map(async (who) => {
        const { receipts } = await countApprovals(await company.as(who));
        return receipts > 0 ? ids[who] : null;
      }),
    );
    // Cards and lists say the same.
    expect(shown?.approvers.map((one) => one.id).toSorted()).toEqual(
      lists.filter((one) => one !== null).toSorted(),
    );
    return shown?.approvers.map((one) => one.id);
  };
  await redrawn();
  expect(await named()).toHaveLength(2);
  await hasRoles('finance2', ['auditor']);
  expect([await named(), await redrawn()]).toEqual([[ids.financeManager], true]);
  await hasRoles('financeManager', ['auditor']);
  expect([await named(), await redrawn()]).toEqual([[ids.finance], true]);
  const asked = new Date('2026-11-20T01:00:00Z');
  await db.approval.update({ where: { id: approvalId }, data: { askedAt: asked } });
  await hasRoles('rep2', ['rep', 'auditor']);
  expect([(await openOf(id)).askedAt, await redrawn()]).toEqual([asked, false]);
  await hasRoles('finance2', ['finance']);
  expect([await named(), await redrawn()]).toEqual([[ids.finance2], true]);
  await hasRoles('financeManager', ['finance_manager']);
  await leaves('financeManager');
  await redrawn();
  // Back in Slack, beside somebody who could decide all the while.
  await leaves('financeManager', false);
  expect([await named(), await redrawn()]).toEqual([[ids.finance2, ids.financeManager], true]);
  expect((await openOf(id)).askedAt).not.toEqual(asked);
});

it('who turns solo mode on, and who comes back to Slack, ends what nobody could decide', async () => {
  const { ids, db } = company;
  for (const who of ['finance2', 'financeManager'] as const) await leaves(who);
  const aCard = async (subjectId: string, op: 'post' | 'update', to = {}) => {
    const payload = { path: ['approvalId'], equals: (await openOf(subjectId)).id };
    return db.outbox.count({ where: { kind: 'receipt.card', op, payload, ...to } });
  };
  const record = async (who: PersonKey) => {
    const [row] = (await anActiveContract(company, [[100_00n, '2026-12-01']])).rows;
    if (!row) throw new Error('no row');
    return (await aSubmittedReceipt(company, row, 100_00n, { who })).receipt.id;
  };
  const own = await record('finance');
  expect(await aCard(own, 'post')).toBe(0);
  const { version } = await db.company.findFirstOrThrow();
  await editCompany(await company.as('admin'), version, { settings: { soloMode: true } });
  expect(await aCard(own, 'post', { recipient: `user:${ids.finance}` })).toBe(1);
  expect(await decide('finance', own)).toBe('approved');

  await leaves('finance');
  const orphan = await record('rep');
  expect(await aCard(orphan, 'post')).toBe(0);
  await leaves('finance2', false);
  expect(await aCard(orphan, 'post', { recipient: `user:${ids.finance2}` })).toBe(1);
  // Looked at again, they are asked nothing twice.
  const before = await db.outbox.count();
  await leaves('finance2', false);
  expect(await db.outbox.count()).toBe(before);
  expect(await decide('finance2', orphan)).toBe('approved');
});

it('where what was given leaves nobody, others are asked, and the admins where there are none', async () => {
  const { ids } = company;
  await hasRoles('manager', ['sales_manager', 'finance']);
  for (const who of ['finance', 'finance2'] as const) await leaves(who);
  const give = async (id: string) => {
    const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id } });
    await reassignInstalment(await company.as('director'), { id, version, toId: ids.manager });
  };
  const alarms = () => company.db.outbox.count({ where: { kind: 'approval.orphan' } });
  const aRow = async () => {
    const [row] = (await anActiveContract(company, [[100_00n, '2026-12-01']])).rows;
    if (!row) throw new Error('no row');
    return row;
  };
  const [one, two] = [await aRow(), await aRow()];
  const first = await aSubmittedReceipt(company, one, 100_00n);
  const second = await aSubmittedReceipt(company, two, 100_00n);
  await give(one.id);
  expect(await alarms()).toBe(0);
  expect(await decide('financeManager', first.receipt.id)).toBe('approved');
  await leaves('financeManager');
  expect(await alarms()).toBe(0);
  await give(two.id);
  expect(await alarms()).toBe(1);
  await expect(decide('manager', second.receipt.id)).rejects.toEqual(code('receipt.self_approval'));
});
