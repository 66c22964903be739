// Contract approval on a real database: who may, once, what it leaves behind (rules §3, §6).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../src/ctx.js';
import { createContract, deleteContract, editContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { newId } from '../../src/domain/ids.js';
import { localDate } from '../../src/domain/local-date.js';
import { ensureMember, setMember } from '../../src/domain/members/member.service.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import type { Approval, Contract } from '../../src/generated/prisma/client.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { approvalNotices } from '../../src/jobs/notices/approvals.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { aCustomer, createTestCompany, NOON, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveContract, rejectContract, withdrawContract } from '../support/decide.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const AMOUNT = 100_000_00n;

let seconds = 0;
/** Everybody acts a second after the one before: ids and entries then have an order. */
const as = (who: PersonKey): Promise<Ctx> => {
  seconds += 1;
  return company.as(who, new Date(NOON.getTime() + seconds * 1000));
};

async function aDraft(planned = AMOUNT, who: PersonKey = 'rep'): Promise<Contract> {
  const customer = await aCustomer(company, who);
  const contract = await createContract(await as(who), {
    customerId: customer.id,
    name: '生产线',
    type: 'vehicle',
    amount: AMOUNT,
    currency: 'CNY',
  });
  if (planned > 0n) {
    await createPlan(await as(who), {
      contractId: contract.id,
      rows: [{ name: '首付款', amount: planned, dueOn: localDate('2026-12-01') }],
    });
  }
  return fresh(contract.id);
}

const fresh = (id: string) => company.db.contract.findUniqueOrThrow({ where: { id } });
const approvalOf = (contractId: string): Promise<Approval> =>
  company.db.approval.findFirstOrThrow({ where: { subjectId: contractId }, orderBy: { id: 'desc' } });
const audits = (subjectId: string) =>
  company.db.auditLog.findMany({ where: { subjectId }, orderBy: { id: 'asc' } });
const notices = (approvalId: string) =>
  company.db.outbox.findMany({
    where: { payload: { path: ['approvalId'], equals: approvalId } },
    orderBy: [{ createdAt: 'asc' }, { kind: 'asc' }],
  });

async function aSubmitted(who: PersonKey = 'rep'): Promise<{ contract: Contract; approval: Approval }> {
  const draft = await aDraft(AMOUNT, who);
  await submitContract(await as(who), { id: draft.id, version: draft.version, planLater: false });
  return { contract: await fresh(draft.id), approval: await approvalOf(draft.id) };
}

const code = (expected: string, params: object = {}) => ({
  code: expected,
  params: expect.objectContaining(params),
});

describe('submit', () => {
  it('waits for the owner’s manager, who gets one card', async () => {
    const draft = await aDraft();
    const { contract, approverNames } = await submitContract(await as('rep'), {
      id: draft.id,
      version: draft.version,
      planLater: false,
    });
    expect(contract).toMatchObject({ status: 'pending_approval', planIncomplete: false });
    expect(approverNames).toEqual(['manager']);
    const approval = await approvalOf(draft.id);
    expect(await notices(approval.id)).toMatchObject([
      { kind: 'contract.card', recipient: `user:${company.ids.manager}`, op: 'post' },
    ]);
    expect(await company.db.instalment.findMany({ where: { contractId: draft.id } })).toMatchObject([
      { lifecycle: 'inactive', openedOn: null },
    ]);
  });

  it('is refused while the plan is below the amount, unless it is left for later', async () => {
    const draft = await aDraft(30_000_00n);
    const input = { id: draft.id, version: draft.version };
    const missing = { minor: 70_000_00n, currency: 'CNY' };
    await expect(submitContract(await as('rep'), { ...input, planLater: false })).rejects.toMatchObject({
      ...code('plan.incomplete', { missing }),
      field: 'planLater',
    });
    expect(await company.db.approval.count({ where: { subjectId: draft.id } })).toBe(0);
    const { contract } = await submitContract(await as('rep'), { ...input, planLater: true });
    expect(contract.planIncomplete).toBe(true);
  });

  it('is refused for a version that is not shown any more, naming the present one', async () => {
    const draft = await aDraft();
    await editContract(await as('manager'), draft.id, draft.version, {
      customerId: draft.customerId,
      name: '改过',
      type: 'vehicle',
      amount: AMOUNT,
      currency: 'CNY',
    });
    await expect(
      submitContract(await as('rep'), { id: draft.id, version: draft.version, planLater: false }),
    ).rejects.toMatchObject(code('version.conflict', { who: 'manager', version: draft.version + 1 }));
  });

  it('is refused to another rep', async () => {
    const draft = await aDraft();
    await expect(
      submitContract(await as('rep2'), { id: draft.id, version: draft.version, planLater: false }),
    ).rejects.toMatchObject(code('access.denied', { action: 'contract.submit' }));
  });

  it('happens once however often the form arrives', async () => {
    const draft = await aDraft();
    const ctx = await as('rep');
    const input = { id: draft.id, version: draft.version, planLater: false };
    const results = await Promise.allSettled([submitContract(ctx, input), submitContract(ctx, input)]);
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({
      reason: code('request.repeated', { reference: draft.number }),
    });
    expect(await company.db.approval.count({ where: { subjectId: draft.id } })).toBe(1);
  });
});

describe('decide', () => {
  it('approves once: instalments open with their revision, the submitter is told, the card rewritten', async () => {
    const { contract, approval } = await aSubmitted();
    await company.db.outbox.updateMany({
      where: { kind: 'contract.card', payload: { path: ['approvalId'], equals: approval.id } },
      data: { status: 'sent' },
    });
    await approveContract(await as('manager'), approval.id, approval.version);
    expect(await fresh(contract.id)).toMatchObject({ status: 'active' });
    const rows = await company.db.instalment.findMany({
      where: { contractId: contract.id },
      include: { revisions: { orderBy: { id: 'asc' } } },
    });
    expect(rows).toMatchObject([
      { lifecycle: 'open', originalDueOn: new Date('2026-12-01'), openedOn: new Date('2026-11-20') },
    ]);
    expect(rows[0]?.revisions.map((revision) => [revision.cause, revision.lifecycle])).toEqual([
      ['created', 'inactive'],
      ['opened', 'open'],
    ]);
    expect((await notices(approval.id)).map((row) => [row.kind, row.op, row.recipient])).toEqual([
      ['contract.card', 'post', `user:${company.ids.manager}`],
      ['contract.card', 'update', `user:${company.ids.manager}`],
      ['contract.decided', 'post', `user:${company.ids.rep}`],
    ]);
  });

  it('keeps reason and note of a rejection, and leaves the plan inactive', async () => {
    const { contract, approval } = await aSubmitted();
    const words = { reason: 'dates', comment: '首期太早' };
    await rejectContract(await as('manager'), approval.id, approval.version, words);
    expect(await fresh(contract.id)).toMatchObject({ status: 'rejected' });
    expect(await company.db.approvalStep.findFirst({ where: { approvalId: approval.id } })).toMatchObject({
      decision: 'rejected',
      decidedById: company.ids.manager,
      ...words,
    });
    expect(await company.db.instalment.findMany({ where: { contractId: contract.id } })).toMatchObject([
      { lifecycle: 'inactive' },
    ]);
  });

  it('can be sent again after a rejection, as a new approval', async () => {
    const { contract, approval } = await aSubmitted();
    await rejectContract(await as('manager'), approval.id, approval.version, { reason: 'terms' });
    const { version } = await fresh(contract.id);
    await submitContract(await as('rep'), { id: contract.id, version, planLater: false });
    const again = await approvalOf(contract.id);
    expect(again.id).not.toBe(approval.id);
    await approveContract(await as('manager'), again.id, again.version);
    expect(await fresh(contract.id)).toMatchObject({ status: 'active' });
  });

  it('is refused to whoever submitted or owns it, whatever their role', async () => {
    const { contract, approval } = await aSubmitted('manager');
    await expect(approveContract(await as('manager'), approval.id, approval.version)).rejects.toMatchObject(
      code('receipt.self_approval', { names: ['director'] }),
    );
    expect(await fresh(contract.id)).toMatchObject({ status: 'pending_approval' });
    await approveContract(await as('director'), approval.id, approval.version);
  });

  it('is refused to the submitter of a contract that somebody else owns', async () => {
    const draft = await aDraft();
    await submitContract(await as('manager'), {
      id: draft.id,
      version: draft.version,
      planLater: false,
    });
    const approval = await approvalOf(draft.id);
    expect(await company.db.approvalStep.findFirst({ where: { approvalId: approval.id } })).toMatchObject({
      approverIds: [company.ids.director],
    });
    await expect(approveContract(await as('manager'), approval.id, approval.version)).rejects.toMatchObject(
      code('receipt.self_approval'),
    );
  });

  it('is refused to a manager of another team', async () => {
    const stranger = await company.db.user.create({
      data: {
        id: newId(NOON),
        slackUserId: 'U_STRANGER',
        name: 'stranger',
        locale: 'zh-CN',
        timezone: 'Asia/Shanghai',
        roles: ['sales_manager'],
        createdAt: NOON,
        updatedAt: NOON,
      },
    });
    const { contract, approval } = await aSubmitted();
    const ctx = await as('manager');
    const actor = { ...ctx.actor, id: stranger.id, name: 'stranger', teamIds: [] };
    for (const act of [
      () => approveContract({ ...ctx, actor }, approval.id, approval.version),
      () => rejectContract({ ...ctx, actor }, approval.id, approval.version, { reason: 'terms' }),
    ]) {
      await expect(act()).rejects.toMatchObject(code('not_found'));
    }
    expect(await fresh(contract.id)).toMatchObject({ status: 'pending_approval' });
  });

  it.each(['rep', 'rep2', 'finance', 'auditor', 'admin'] as const)('is refused to %s', async (who) => {
    const { approval } = await aSubmitted();
    await expect(approveContract(await as(who), approval.id, approval.version)).rejects.toMatchObject(
      // Who may not see it does not hear of it.
      code(who === 'rep2' ? 'not_found' : 'access.denied'),
    );
  });

  it.each([
    ['an id that is none of ours', async () => newId(NOON)],
    [
      'the approval of something else',
      async () => {
        const { id } = await company.db.approval.create({
          data: {
            id: newId(NOON),
            subjectType: 'receipt',
            subjectId: newId(NOON),
            subjectVersion: 1,
            requestedById: company.ids.rep,
            createdAt: NOON,
            updatedAt: NOON,
          },
        });
        return id;
      },
    ],
    [
      'a receipt approval that points at a contract',
      async () => {
        const { contract } = await aSubmitted();
        const { id } = await company.db.approval.create({
          data: {
            id: newId(NOON),
            subjectType: 'receipt',
            subjectId: contract.id,
            subjectVersion: 1,
            requestedById: company.ids.rep,
            createdAt: NOON,
            updatedAt: NOON,
          },
        });
        return id;
      },
    ],
  ])('answers %s with not found', async (_name, forge) => {
    const id = await forge();
    const ctx = await as('director');
    await expect(approveContract(ctx, id, 1)).rejects.toMatchObject(code('not_found'));
    await expect(rejectContract(ctx, id, 1, { reason: 'terms' })).rejects.toMatchObject(code('not_found'));
    await expect(withdrawContract(ctx, id)).rejects.toMatchObject(code('not_found'));
  });

  it('is refused for a version that was not shown', async () => {
    const { contract, approval } = await aSubmitted();
    await expect(
      approveContract(await as('manager'), approval.id, approval.version + 1),
    ).rejects.toMatchObject(code('version.conflict'));
    expect(await fresh(contract.id)).toMatchObject({ status: 'pending_approval' });
  });

  it('has one winner when two decide at once; the other learns who, when and what', async () => {
    const { contract, approval } = await aSubmitted();
    const [manager, director] = [await as('manager'), await as('director')];
    const results = await Promise.allSettled([
      approveContract(manager, approval.id, approval.version),
      rejectContract(director, approval.id, approval.version, { reason: 'amount' }),
    ]);
    const won = results.findIndex((result) => result.status === 'fulfilled');
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const decision = won === 0 ? 'approved' : 'rejected';
    expect(results[1 - won]).toMatchObject({
      reason: code('approval.decided', {
        who: won === 0 ? 'manager' : 'director',
        decision,
        at: expect.any(Date),
      }),
    });
    expect(await fresh(contract.id)).toMatchObject({ status: won === 0 ? 'active' : 'rejected' });
    const decided = (await audits(contract.id)).filter((entry) =>
      ['contract.approved', 'contract.rejected'].includes(entry.action),
    );
    expect(decided.map((entry) => entry.action)).toEqual([`contract.${decision}`]);
  });
});

describe('withdraw', () => {
  it('takes it back to draft; a decision that comes later is told so', async () => {
    const { contract, approval } = await aSubmitted();
    await withdrawContract(await as('rep'), approval.id);
    expect(await fresh(contract.id)).toMatchObject({ status: 'draft' });
    await expect(approveContract(await as('manager'), approval.id, approval.version)).rejects.toMatchObject(
      code('approval.decided', { who: 'rep', decision: 'withdrawn' }),
    );
    expect((await notices(approval.id)).map((row) => [row.kind, row.op])).toEqual([
      ['contract.card', 'post'],
      ['contract.card', 'update'],
    ]);
  });

  it('is refused to everybody but the submitter', async () => {
    const { approval } = await aSubmitted();
    await expect(withdrawContract(await as('rep2'), approval.id)).rejects.toMatchObject(code('not_found'));
    for (const who of ['manager', 'director', 'admin'] as const) {
      await expect(withdrawContract(await as(who), approval.id)).rejects.toMatchObject(
        code('access.denied', { action: 'contract.withdraw' }),
      );
    }
  });

  it('is refused after the decision', async () => {
    const { approval } = await aSubmitted();
    await approveContract(await as('manager'), approval.id, approval.version);
    await expect(withdrawContract(await as('rep'), approval.id)).rejects.toMatchObject(
      code('approval.decided', { who: 'manager', decision: 'approved' }),
    );
  });
});

describe('nobody to ask', () => {
  it('tells the admins, passes nothing, and asks as soon as somebody can decide', async () => {
    const own = await createTestDatabase();
    const small = await createTestCompany(own.db.prisma);
    const { db, ids } = small;
    try {
      await db.user.updateMany({
        where: { id: { in: [ids.manager, ids.director, ids.financeManager] } },
        data: { roles: [] },
      });
      const customer = await aCustomer(small);
      const contract = await createContract(await small.as('rep'), {
        customerId: customer.id,
        name: '无人审批',
        type: 'parts',
        amount: AMOUNT,
        currency: 'CNY',
      });
      const { approverNames } = await submitContract(await small.as('rep'), {
        id: contract.id,
        version: contract.version,
        planLater: true,
      });
      expect(approverNames).toEqual([]);
      const approval = await db.approval.findFirstOrThrow({ where: { subjectId: contract.id } });
      expect(await db.outbox.findMany({ where: { kind: 'approval.orphan' } })).toMatchObject([
        { recipient: `user:${ids.admin}` },
      ]);
      expect(approval.status).toBe('open');
      const rendering = { ...(await small.system()), locale: 'en' as const, t: translator('en') };
      const alarm = await approvalNotices['approval.orphan'](rendering, { approvalId: approval.id });
      expect(alarm?.text).toContain('Set a manager for rep');

      const manager = await db.user.findUniqueOrThrow({ where: { id: ids.manager } });
      await setMember(await small.as('admin'), {
        userId: ids.manager,
        version: manager.version,
        roles: ['sales_manager'],
        managerId: null,
      });
      expect(await db.outbox.findMany({ where: { kind: 'contract.card' } })).toMatchObject([
        { recipient: `user:${ids.manager}`, op: 'post' },
      ]);
      expect(await approvalNotices['approval.orphan'](rendering, { approvalId: approval.id })).toBeNull();
      await approveContract(await small.as('manager'), approval.id, approval.version);
      expect(await db.contract.findUniqueOrThrow({ where: { id: contract.id } })).toMatchObject({
        status: 'active',
      });
    } finally {
      await own.close();
    }
  });
});

describe('audit', () => {
  it('has exactly one entry for each change of a contract', async () => {
    const draft = await aDraft();
    const edited = await editContract(await as('rep'), draft.id, draft.version, {
      customerId: draft.customerId,
      name: '改名',
      type: 'vehicle',
      amount: AMOUNT,
      currency: 'CNY',
      milestones: { acceptance: localDate('2027-01-15') },
    });
    const submit = async () =>
      submitContract(await as('rep'), {
        id: draft.id,
        version: (await fresh(draft.id)).version,
        planLater: false,
      });
    await submit();
    await withdrawContract(await as('rep'), (await approvalOf(draft.id)).id);
    await submit();
    const second = await approvalOf(draft.id);
    await rejectContract(await as('manager'), second.id, second.version, { reason: 'terms' });
    await submit();
    const third = await approvalOf(draft.id);
    await approveContract(await as('director'), third.id, third.version);
    const entries = await audits(draft.id);
    expect(entries.map((entry) => entry.action)).toEqual([
      'contract.created',
      'contract.edited',
      'contract.submitted',
      'contract.withdrawn',
      'contract.submitted',
      'contract.rejected',
      'contract.submitted',
      'contract.approved',
    ]);
    expect(entries[1]).toMatchObject({
      actorId: company.ids.rep,
      before: { name: '生产线', milestones: {} },
      after: { name: '改名', milestones: { acceptance: '2027-01-15' } },
    });
    expect(Object.keys(Object(entries[1]?.after)).toSorted()).toEqual(['milestones', 'name']);
    expect(edited.version).toBe(draft.version + 1);
  });

  it('has one entry for a deletion, which leaves revisions and nothing to see', async () => {
    const draft = await aDraft();
    await deleteContract(await as('rep'), draft.id, draft.version);
    expect((await audits(draft.id)).map((entry) => entry.action)).toEqual([
      'contract.created',
      'contract.deleted',
    ]);
    const [row] = await company.db.instalment.findMany({
      where: { contractId: draft.id },
      include: { revisions: { orderBy: { id: 'asc' } } },
    });
    expect(row?.revisions.map((revision) => revision.cause)).toEqual(['created', 'contract_deleted']);
    await expect(deleteContract(await as('rep'), draft.id, draft.version)).rejects.toMatchObject(
      code('not_found'),
    );
  });

  it('tells the owner of a draft that somebody else deleted, and nobody of their own', async () => {
    const toldOf = (id: string) =>
      company.db.outbox.findMany({ where: { dedupeKey: `contract.deleted:${id}` } });
    const own = await aDraft();
    await deleteContract(await as('rep'), own.id, own.version);
    expect(await toldOf(own.id)).toEqual([]);
    const other = await aDraft();
    await deleteContract(await as('manager'), other.id, other.version);
    expect(await toldOf(other.id)).toMatchObject([
      { kind: 'contract.deleted', recipient: `user:${company.ids.rep}` },
    ]);
    const system = await company.system();
    const payload = { contractId: other.id, byId: company.ids.manager };
    const ctx = { ...system, locale: 'zh-CN' as const, t: translator('zh-CN'), person: null };
    expect((await renderNotice(ctx, 'contract.deleted', payload))?.text).toMatch(
      new RegExp(`^manager 删除了 .* 还没生效的 ${other.number} `),
    );
  });

  it('has none for what was refused', async () => {
    const draft = await aDraft(0n);
    await expect(
      submitContract(await as('rep'), { id: draft.id, version: draft.version, planLater: false }),
    ).rejects.toMatchObject(code('plan.incomplete'));
    expect((await audits(draft.id)).map((entry) => entry.action)).toEqual(['contract.created']);
  });
});

describe('Homes', () => {
  it('of everybody who was asked change with a decision and with a withdrawal', async () => {
    const look = () =>
      company.db.user.updateMany({ data: { homeOpenedAt: new Date('2026-11-20'), homeStale: false } });
    const stale = async () => {
      const people = await company.db.user.findMany({ where: { homeStale: true }, orderBy: { name: 'asc' } });
      return people.map((person) => person.name);
    };
    const { approval } = await aSubmitted();
    await look();
    await withdrawContract(await as('rep'), approval.id);
    expect(await stale()).toEqual(['manager', 'rep']);
    const again = await aSubmitted();
    await look();
    await approveContract(await as('director'), again.approval.id, again.approval.version);
    expect(await stale()).toEqual(['director', 'manager', 'rep']);
  });
});

describe('an approver who cannot decide any more', () => {
  const freshCompany = async () => {
    const own = await createTestDatabase();
    const small = await createTestCompany(own.db.prisma);
    const customer = await aCustomer(small);
    const draft = await createContract(await small.as('rep'), {
      customerId: customer.id,
      name: '生产线',
      type: 'vehicle',
      amount: AMOUNT,
      currency: 'CNY',
    });
    await submitContract(await small.as('rep'), { id: draft.id, version: 1, planLater: true });
    const asked = async () => {
      const step = await small.db.approvalStep.findFirstOrThrow({ where: { decidedAt: null } });
      const cards = await small.db.outbox.findMany({ where: { kind: 'contract.card', op: 'post' } });
      return { approvers: step.approverIds, cards: cards.map((card) => card.recipient) };
    };
    return { own, small, asked };
  };

  it('because the role is gone: the next one above is asked', async () => {
    const { own, small, asked } = await freshCompany();
    const { ids } = small;
    expect((await asked()).approvers).toEqual([ids.manager]);
    const { version, managerId } = await small.db.user.findUniqueOrThrow({ where: { id: ids.manager } });
    await setMember(await small.as('admin'), { userId: ids.manager, version, roles: ['rep'], managerId });
    expect(await asked()).toEqual({
      approvers: [ids.director],
      cards: [`user:${ids.manager}`, `user:${ids.director}`],
    });
    await own.close();
  });

  it('because they left Slack: the same, written down, and in the end the admins are told', async () => {
    const { own, small, asked } = await freshCompany();
    const { ids } = small;
    const leave = (who: string) =>
      ensureMember(small.db, NOON, {
        slackUserId: who,
        name: who,
        email: null,
        locale: 'zh-CN',
        timezone: 'Asia/Shanghai',
        workspaceAdmin: false,
        outsider: true,
      });
    await leave('U_MANAGER');
    await leave('U_MANAGER');
    expect((await asked()).approvers).toEqual([ids.director]);
    expect(await small.db.auditLog.findMany({ where: { subjectId: ids.manager } })).toMatchObject([
      { action: 'member.changed', actorId: null, after: { active: false } },
    ]);
    await leave('U_DIRECTOR');
    expect((await asked()).approvers).toEqual([ids.financeManager]);
    await leave('U_FINANCEMANAGER');
    expect((await asked()).approvers).toEqual([]);
    expect(await small.db.outbox.findMany({ where: { kind: 'approval.orphan' } })).toMatchObject([
      { recipient: `user:${ids.admin}` },
    ]);
    await own.close();
  });
});
