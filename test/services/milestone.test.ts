import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../src/db/transact.js';
import type { MilestoneKind } from '../../src/domain/contracts/contract.js';
import { createContract, editContract } from '../../src/domain/contracts/contract.service.js';
import { loadMilestoneForm } from '../../src/domain/contracts/milestone.queries.js';
import { setMilestone } from '../../src/domain/contracts/milestone.service.js';
import { fingerprintOf } from '../../src/domain/contracts/milestone-moves.js';
import { followAnchors } from '../../src/domain/contracts/move-rows.service.js';
import type { DomainError, ErrorCode } from '../../src/domain/errors.js';
import { type LocalDate, localDate } from '../../src/domain/local-date.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import type { PlanRowInput } from '../../src/domain/plans/plan.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { editInstalment, postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import type { Contract, Instalment } from '../../src/generated/prisma/client.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const D = localDate;
const code = (expected: ErrorCode, params?: object) =>
  expect.objectContaining({
    code: expected,
    ...(params && { params: expect.objectContaining(params) }),
  }) as unknown as DomainError;
const hanging = (days: number): Partial<PlanRowInput> => ({
  anchorKind: 'acceptance',
  anchorOffset: { months: 0, days },
  dueSource: 'anchor',
});

/** 100 at acceptance + 30 days and 100 at acceptance + 60 days; expected on 2026-12-10. */
async function aContract(
  more: { rows?: [bigint, string | null, Partial<PlanRowInput>][]; expected?: string | null } = {},
) {
  const expected = more.expected === undefined ? '2026-12-10' : more.expected;
  const made = await anActiveContract(
    company,
    more.rows ?? [
      [100n, null, hanging(30)],
      [100n, null, hanging(60)],
    ],
    {
      contract: {
        signedOn: D('2026-11-20'),
        milestones: expected === null ? {} : { acceptance: D(expected) },
      },
    },
  );
  return { ...made, row: (seq: number) => rowOf(made.contract, seq) };
}
const rowOf = (contract: Contract, seq: number): Promise<Instalment> =>
  company.db.instalment.findFirstOrThrow({ where: { contractId: contract.id, seq } });
const dueOf = async (contract: Contract) =>
  (await company.db.instalment.findMany({ where: { contractId: contract.id }, orderBy: { seq: 'asc' } })).map(
    (row) => row.effectiveDue?.toISOString().slice(0, 10) ?? null,
  );

async function set(
  who: PersonKey,
  contract: Contract,
  date: LocalDate | null,
  more: {
    happened?: boolean;
    kind?: MilestoneKind;
    alsoMove?: string[];
    seen?: string;
    evidence?: string;
  } = {},
) {
  const ctx = await company.as(who);
  const { kind = 'acceptance', happened = false, alsoMove = [], evidence = null } = more;
  const form = await loadMilestoneForm(await company.as('director'), contract.id, kind, date);
  const seen = more.seen ?? fingerprintOf(form.moves);
  return setMilestone(ctx, {
    contractId: contract.id,
    version: form.version,
    kind,
    happened,
    date,
    evidence,
    alsoMove,
    seen,
  });
}

describe('anchored rows', () => {
  it('get their date from the milestone as it is known, 日期待定 until then', async () => {
    const { contract } = await aContract();
    expect(await dueOf(contract)).toEqual(['2027-01-09', '2027-02-08']);
    const unknown = await aContract({ expected: null });
    expect(await dueOf(unknown.contract)).toEqual([null, null]);
    expect(await unknown.row(1)).toMatchObject({
      dueSource: 'anchor',
      anchorKind: 'acceptance',
      anchorOffset: { months: 0, days: 30 },
      firstRemindOn: null,
      originalDueOn: null,
    });
  });

  it('of a draft follow its days, also when the contract is edited; a date by hand stays', async () => {
    const customer = await aCustomer(company);
    const input = { customerId: customer.id, name: '草稿', type: 'vehicle', amount: 300n, currency: 'CNY' };
    const draft = await createContract(await company.as('rep'), { ...input, signedOn: D('2026-11-10') });
    const signing = {
      anchorKind: 'signing',
      anchorOffset: { months: 1, days: 0 },
      dueSource: 'anchor',
    } as const;
    const { rows } = await createPlan(await company.as('rep'), {
      contractId: draft.id,
      rows: [
        { name: 'a', amount: 100n, dueOn: null, ...signing },
        { name: 'b', amount: 100n, dueOn: null, ...signing },
        { name: 'c', amount: 100n, dueOn: D('2099-01-01'), ...hanging(0) },
      ],
    });
    expect(await dueOf(draft)).toEqual(['2026-12-10', '2026-12-10', null]);
    const [, second] = rows;
    if (!second) throw new Error('no row');
    const edited = await editInstalment(await company.as('rep'), {
      ...second,
      dueOn: D('2026-12-24'),
      version: second.version,
    });
    expect(edited).toMatchObject({ dueSource: 'manual', anchorKind: 'signing' });
    const { version } = await company.db.contract.findUniqueOrThrow({ where: { id: draft.id } });
    await editContract(await company.as('rep'), draft.id, version, {
      ...input,
      signedOn: D('2026-11-15'),
      milestones: { acceptance: D('2027-03-01') },
    });
    expect(await dueOf(draft)).toEqual(['2026-12-15', '2026-12-24', '2027-03-01']);
  });
});

describe('setting a milestone', () => {
  it('moves unpaid rows, with a new epoch, revisions, audit and a case line; evidence and who are kept', async () => {
    const { contract, row } = await aContract();
    const before = await row(1);
    const { moved, kept } = await set('rep', contract, D('2026-11-20'), {
      happened: true,
      evidence: '验收单 7',
    });
    expect([moved.length, kept.length]).toEqual([2, 0]);
    expect(await dueOf(contract)).toEqual(['2026-12-20', '2027-01-19']);
    expect(await row(1)).toMatchObject({
      dueEpoch: before.dueEpoch + 1,
      version: before.version + 1,
      postponeCount: 0,
      originalDueOn: new Date('2027-01-09'),
      firstRemindOn: new Date('2026-12-13'),
    });
    expect(
      await company.db.milestone.findFirstOrThrow({ where: { contractId: contract.id, kind: 'acceptance' } }),
    ).toMatchObject({
      expectedOn: new Date('2026-12-10'),
      actualOn: new Date('2026-11-20'),
      confirmedById: company.ids.rep,
      evidence: '验收单 7',
    });
    const detail = await findInstalmentDetail(await company.as('rep'), before.id);
    expect(detail?.history[0]).toMatchObject({
      kind: 'moved',
      who: 'rep',
      from: '2027-01-09',
      to: '2026-12-20',
    });
    expect(
      await company.db.instalmentRevision.count({ where: { instalmentId: before.id, cause: 'milestone' } }),
    ).toBe(1);
    expect(
      await company.db.auditLog.count({ where: { subjectId: contract.id, action: 'milestone.set' } }),
    ).toBe(1);
    expect(await company.db.outbox.count({ where: { kind: 'milestone.set' } })).toBe(0);
  });

  it('never moves what is paid, and what has a date of its own only if ticked', async () => {
    const { contract, row } = await aContract({
      rows: [
        [100n, null, hanging(0)],
        [100n, null, hanging(10)],
        [100n, null, hanging(20)],
        [100n, null, hanging(30)],
      ],
    });
    const paid = await row(1);
    const { approval } = await aSubmittedReceipt(company, paid, 100n);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    const postponed = await row(2);
    await postponeInstalment(await company.as('rep'), {
      id: postponed.id,
      version: postponed.version,
      to: D('2026-12-25'),
      remark: null,
    });
    const byHand = await row(3);
    await editInstalment(await company.as('rep'), { ...byHand, dueOn: D('2026-12-28') });
    const first = await set('rep', contract, D('2026-12-05'));
    expect([first.moved.map((move) => move.row.seq), first.kept.map((move) => move.row.seq)]).toEqual([
      [4],
      [2, 3],
    ]);
    expect(await dueOf(contract)).toEqual(['2026-12-10', '2026-12-25', '2026-12-28', '2027-01-04']);
    await set('rep', contract, D('2026-12-05'), { alsoMove: [postponed.id] });
    expect(await dueOf(contract)).toEqual(['2026-12-10', '2026-12-15', '2026-12-28', '2027-01-04']);
    expect(await row(2)).toMatchObject({ postponedTo: null, dueSource: 'anchor' });
  });

  it('tells the owner what somebody else set, and asks about what did not move', async () => {
    const { contract, row } = await aContract();
    await editInstalment(await company.as('rep'), { ...(await row(2)), dueOn: D('2027-02-01') });
    await set('manager', contract, D('2026-12-05'));
    const told = await company.db.outbox.findFirstOrThrow({
      where: { kind: 'milestone.set', payload: { path: ['contractId'], equals: contract.id } },
    });
    expect(told).toMatchObject({
      recipient: `user:${company.ids.rep}`,
      payload: {
        byId: company.ids.manager,
        date: '2026-12-05',
        moved: [{ seq: 1, from: '2027-01-09', to: '2027-01-04' }],
        kept: [{ seq: 2, from: '2027-02-01', to: '2027-02-03' }],
      },
    });
  });
});

describe('an expected day moved later on an active contract', () => {
  it('is a postponement of each row, by the rep at most twice', async () => {
    const { contract, row } = await aContract();
    await set('rep', contract, D('2026-12-15'));
    expect(await row(1)).toMatchObject({ postponeCount: 1, postponedTo: null });
    const noted = await company.db.postponement.findMany({ where: { instalmentId: (await row(1)).id } });
    expect(noted).toMatchObject([{ fromDate: new Date('2027-01-09'), toDate: new Date('2027-01-14') }]);
    await set('rep', contract, D('2026-12-20'));
    await expect(set('rep', contract, D('2026-12-21'))).rejects.toThrow(
      code('instalment.needs_manager', { manager: 'manager', rule: { kind: 'moves', latest: null } }),
    );
    await set('manager', contract, D('2026-12-21'));
    expect(await dueOf(contract)).toEqual(['2027-01-20', '2027-02-19']);
  });

  it('uses up the days that a rep may postpone, however the two are mixed', async () => {
    const { contract, row } = await aContract();
    await set('rep', contract, D('2026-12-30'));
    const postpone = async (to: string) => {
      const { id, version } = await row(1);
      const input = { id, version, to: D(to), remark: null };
      return postponeInstalment(await company.as('rep'), input);
    };
    // 20 days are gone: 2027-01-29 is the day now, ten more are left.
    await expect(postpone('2027-02-09')).rejects.toThrow(code('instalment.needs_manager'));
    await postpone('2027-02-08');
    expect(await row(1)).toMatchObject({ postponeCount: 2 });
  });

  it('of more than 30 days in all, of a retention or taken back is the manager’s; earlier and real days are free', async () => {
    const { contract } = await aContract();
    await expect(set('rep', contract, D('2027-01-10'))).rejects.toThrow(code('instalment.needs_manager'));
    await set('rep', contract, D('2027-01-09'));
    await expect(set('rep', contract, D('2027-01-10'))).rejects.toThrow(code('instalment.needs_manager'));
    await expect(set('rep', contract, null)).rejects.toThrow(code('instalment.needs_manager'));
    await set('rep', contract, D('2026-12-01'));
    await set('manager', contract, null);
    expect(await dueOf(contract)).toEqual([null, null]);
    const held = await aContract({ rows: [[100n, null, { ...hanging(0), isRetention: true }]] });
    await expect(set('rep', held.contract, D('2026-12-11'))).rejects.toThrow(
      code('instalment.needs_manager'),
    );
    await set('rep', held.contract, D('2026-11-19'), { happened: true });
    expect(await dueOf(held.contract)).toEqual(['2026-11-19']);
  });
});

it('rows of several drafts follow their signing days at once, those with a day of their own stay', async () => {
  const customer = await aCustomer(company);
  const input = { customerId: customer.id, name: '草稿', type: 'vehicle', amount: 200n, currency: 'CNY' };
  const signing = { anchorKind: 'signing', anchorOffset: { months: 0, days: 30 } } as const;
  const drafts: Contract[] = [];
  for (const signedOn of ['2026-11-01', '2026-11-02']) {
    const draft = await createContract(await company.as('rep'), { ...input, signedOn: D(signedOn) });
    await createPlan(await company.as('rep'), {
      contractId: draft.id,
      rows: [
        { name: '跟', amount: 100n, dueOn: null, ...signing, dueSource: 'anchor' },
        { name: '手工', amount: 100n, dueOn: D('2026-12-24'), ...signing, dueSource: 'manual' },
      ],
    });
    drafts.push(draft);
  }
  const ids = drafts.map((draft) => draft.id);
  const day = new Date('2026-11-10');
  await company.db.contract.updateMany({ where: { id: { in: ids } }, data: { signedOn: day } });
  const ctx = await company.as('rep');
  await transact(ctx.db, (tx) => followAnchors(tx, ctx, ids, ['signing']));
  for (const draft of drafts) expect(await dueOf(draft)).toEqual(['2026-12-10', '2026-12-24']);
});

describe('a day that has happened', () => {
  it('is put later by the manager alone, with evidence, and counts as a postponement; earlier by anybody', async () => {
    const { contract, row } = await aContract({ expected: null });
    await set('rep', contract, D('2026-10-01'), { happened: true });
    expect(await dueOf(contract)).toEqual(['2026-10-31', '2026-11-30']);
    const later = D('2026-11-20');
    await expect(set('rep', contract, later, { happened: true, evidence: '验收单' })).rejects.toEqual(
      code('instalment.needs_manager', { rule: { kind: 'happened', latest: null } }),
    );
    await expect(set('manager', contract, later, { happened: true })).rejects.toEqual(code('text.required'));
    await set('manager', contract, later, { happened: true, evidence: '验收单' });
    expect(await dueOf(contract)).toEqual(['2026-12-20', '2027-01-19']);
    expect(await row(1)).toMatchObject({ postponeCount: 1, originalDueOn: new Date('2026-10-31') });
    await set('rep', contract, D('2026-11-19'), { happened: true });
    expect(await dueOf(contract)).toEqual(['2026-12-19', '2027-01-18']);
    expect(await row(1)).toMatchObject({ postponeCount: 1 });
  });
});

describe('is refused', () => {
  it('for a day that cannot be, with what to do instead', async () => {
    const { contract } = await aContract();
    await expect(set('rep', contract, D('2026-11-21'), { happened: true })).rejects.toThrow(
      code('milestone.future'),
    );
    await expect(set('rep', contract, D('2026-11-19'))).rejects.toThrow(code('milestone.past'));
    await expect(set('rep', contract, null, { happened: true })).rejects.toThrow(code('text.required'));
    await expect(set('rep', contract, D('2099-01-01'))).rejects.toThrow(code('plan.date_too_far'));
    await set('rep', contract, D('2026-11-18'), { happened: true });
    await expect(set('rep', contract, D('2026-12-01'))).rejects.toThrow(code('milestone.happened'));
    await set('rep', contract, D('2026-11-17'), { happened: true });
    await set('manager', contract, D('2026-12-01'));
    expect(await dueOf(contract)).toEqual(['2026-12-31', '2027-01-30']);
  });

  it('to strangers, auditors and finance; for a stale version; when other rows would move than were shown', async () => {
    const { contract } = await aContract();
    for (const who of ['rep2', 'finance', 'auditor', 'admin', 'nobody'] as const)
      await expect(set(who, contract, D('2026-12-05'))).rejects.toThrow(
        code(who === 'nobody' ? 'role.missing' : 'access.denied'),
      );
    await expect(set('rep', contract, D('2026-12-05'), { seen: '' })).rejects.toThrow(
      code('milestone.moves_changed'),
    );
    await set('rep', contract, D('2026-12-05'));
    const stale = {
      contractId: contract.id,
      version: contract.version,
      kind: 'acceptance',
      happened: false,
    } as const;
    await expect(
      setMilestone(await company.as('rep'), { ...stale, date: null, evidence: null, alsoMove: [], seen: '' }),
    ).rejects.toThrow(code('version.conflict'));
    await expect(
      loadMilestoneForm(await company.as('rep2'), contract.id, 'acceptance', undefined),
    ).rejects.toThrow(code('not_found'));
    expect(await dueOf(contract)).toEqual(['2027-01-04', '2027-02-03']);
  });

  it('twice for the same form: the second finds the first', async () => {
    const { contract } = await aContract();
    const ctx = await company.as('rep');
    const form = await loadMilestoneForm(ctx, contract.id, 'acceptance', D('2026-12-05'));
    const input = {
      contractId: contract.id,
      version: form.version,
      kind: 'acceptance',
      happened: false,
      date: D('2026-12-05'),
      evidence: null,
      alsoMove: [],
      seen: fingerprintOf(form.moves),
    } as const;
    const results = await Promise.allSettled([setMilestone(ctx, input), setMilestone(ctx, input)]);
    expect(results.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((one) => one.status === 'rejected')).toMatchObject({
      reason: { code: 'request.repeated' },
    });
  });
});
