import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proposeAmendment } from '../../src/domain/contracts/amendment.service.js';
import { voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { type LocalDate, localDate } from '../../src/domain/local-date.js';
import { setMember } from '../../src/domain/members/member.service.js';
import { deleteInstalment } from '../../src/domain/plans/delete-instalment.service.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import { editInstalment, postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { askPostponement } from '../../src/domain/plans/postponement-ask.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  approvePostponement,
  approveReceipt,
  rejectPostponement,
  withdrawPostponement,
} from '../support/decide.js';
import { code } from '../support/errors.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const LATE = localDate('2027-03-01');

async function aRow(dueOn = '2026-12-01', extra = {}): Promise<Instalment> {
  const { rows } = await anActiveContract(company, [
    [10_000_00n, dueOn, extra],
    [5_000_00n, '2027-06-01'],
  ]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}
const fresh = (row: Instalment) => company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
const inputOf = (row: Instalment, to: LocalDate = LATE) => ({
  id: row.id,
  version: row.version,
  to,
  remark: '客户排期',
});
async function asked(row: Instalment, to: LocalDate = LATE, who: PersonKey = 'rep') {
  await askPostponement(await company.as(who), inputOf(row, to));
  const found = await company.db.postponement.findFirstOrThrow({
    where: { instalmentId: row.id, status: 'open' },
  });
  return company.db.approval.findUniqueOrThrow({ where: { id: found.approvalId ?? '' } });
}
const states = async (row: Instalment) =>
  (await company.db.postponement.findMany({ where: { instalmentId: row.id }, orderBy: { id: 'asc' } })).map(
    (one) => one.status,
  );

describe('asking for a later date', () => {
  it('leaves the row as it is, asks the manager, and shows in the history', async () => {
    const row = await aRow();
    const ctx = await company.as('rep');
    expect(await askPostponement(ctx, inputOf(row))).toEqual({ names: ['manager'] });
    expect(await fresh(row)).toMatchObject({
      version: row.version,
      effectiveDue: row.effectiveDue,
      dueEpoch: row.dueEpoch,
    });
    const detail = await findInstalmentDetail(await company.as('rep'), row.id);
    expect(detail).toMatchObject({ state: 'open', pendingTo: LATE, postponement: { from: '2026-12-01' } });
    expect(detail?.history[0]).toMatchObject({ kind: 'asked', to: LATE });
    const cards = await company.db.outbox.findMany({ where: { kind: 'postponement.card' } });
    expect(cards.map((card) => card.recipient)).toEqual([`user:${company.ids.manager}`]);
    await expect(askPostponement(ctx, inputOf(row))).rejects.toEqual(code('request.repeated'));
  });

  it('waits until an amendment of the row is decided', async () => {
    const row = await aRow();
    const contract = await company.db.contract.findUniqueOrThrow({ where: { id: row.contractId } });
    const { name, amount } = contract;
    await proposeAmendment(await company.as('rep'), {
      contractId: contract.id,
      version: contract.version,
      reason: '改期',
      fields: { name, amount, paymentMethod: null, startsOn: null, endsOn: null },
      plan: {
        rows: new Map([[row.id, { name: row.name, amount: row.amount, dueOn: localDate('2026-12-05') }]]),
        added: [],
      },
      keepRest: false,
      alreadyDue: false,
    });
    await expect(asked(row)).rejects.toEqual(code('amendment.waits'));
    expect(await states(row)).toEqual([]);
  });

  it('waits once a row, and names who is waited for', async () => {
    const row = await aRow();
    await asked(row);
    const again = askPostponement(await company.as('rep'), inputOf(row));
    await expect(again).rejects.toEqual(
      expect.objectContaining({ code: 'instalment.postponement_open', params: { who: 'manager' } }),
    );
  });

  it('is refused for what nobody could postpone, and to others', async () => {
    const row = await aRow();
    const ask = async (who: PersonKey, to: LocalDate, version = row.version) =>
      askPostponement(await company.as(who), { ...inputOf(row, to), version });
    await expect(ask('rep', localDate('2026-12-01'))).rejects.toEqual(code('instalment.date_not_later'));
    await expect(ask('rep', localDate('2080-01-01'))).rejects.toEqual(code('plan.date_too_far'));
    await expect(ask('rep', LATE, 0)).rejects.toEqual(code('version.conflict'));
    await expect(ask('rep2', LATE)).rejects.toEqual(code('access.denied'));
    await expect(ask('finance', LATE)).rejects.toEqual(code('access.denied'));
    expect(await states(row)).toEqual([]);
  });
});

describe('the manager', () => {
  it('approves: the row moves, counts, starts a new epoch, and who asked is told once', async () => {
    const row = await aRow();
    const approval = await asked(row);
    await approvePostponement(await company.as('manager'), approval.id, approval.version);
    expect(await fresh(row)).toMatchObject({
      postponedTo: new Date(LATE),
      effectiveDue: new Date(LATE),
      dueEpoch: row.dueEpoch + 1,
      postponeCount: 1,
    });
    expect(await states(row)).toEqual(['approved']);
    expect(
      await company.db.outbox.count({ where: { dedupeKey: `postponement.decided:${approval.id}` } }),
    ).toBe(1);
    const changed = {
      recipient: `user:${row.ownerId}`,
      dedupeKey: { startsWith: `instalment.changed:${row.id}` },
    };
    expect(await company.db.outbox.count({ where: changed })).toBe(0);
    const rewritten = { op: 'update', anchorKey: { startsWith: `postponement.card:${approval.id}` } };
    expect(await company.db.outbox.count({ where: rewritten })).toBe(1);
    expect(
      await company.db.auditLog.count({ where: { subjectId: row.id, action: 'instalment.postponed' } }),
    ).toBe(1);
    const twice = approvePostponement(await company.as('manager'), approval.id, approval.version);
    await expect(twice).rejects.toEqual(code('approval.decided'));
  });

  it('decides once when two decide at the same time', async () => {
    const row = await aRow();
    const approval = await asked(row);
    const [manager, director] = [await company.as('manager'), await company.as('director')];
    const results = await Promise.allSettled([
      approvePostponement(manager, approval.id, approval.version),
      rejectPostponement(director, approval.id, approval.version, '不行'),
    ]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });

  it('rejects with a reason: the old date stands', async () => {
    const row = await aRow();
    const approval = await asked(row);
    await rejectPostponement(await company.as('manager'), approval.id, approval.version, '客户已付过');
    expect(await fresh(row)).toMatchObject({ version: row.version, postponeCount: 0 });
    expect(await states(row)).toEqual(['rejected']);
    const detail = await findInstalmentDetail(await company.as('rep'), row.id);
    expect(detail?.pendingTo).toBeNull();
    expect(detail?.history[0]).toMatchObject({ kind: 'rejected', remark: '客户已付过' });
    await asked(row);
  });

  it('is another than who asked or owns it; nobody else may', async () => {
    const row = await aRow();
    const approval = await asked(row);
    const decide = async (who: PersonKey) =>
      approvePostponement(await company.as(who), approval.id, approval.version);
    for (const who of ['rep', 'finance', 'auditor', 'admin'] as const)
      await expect(decide(who)).rejects.toEqual(code('access.denied'));
    await expect(decide('rep2')).rejects.toEqual(code('not_found'));
    await company.db.user.update({
      where: { id: company.ids.rep },
      data: { roles: ['rep', 'sales_director'] },
    });
    await expect(decide('rep')).rejects.toEqual(code('receipt.self_approval'));
    await company.db.user.update({ where: { id: company.ids.rep }, data: { roles: ['rep'] } });
    await expect(decide('director')).resolves.toBeDefined();
  });

  it('cannot approve a day that has come meanwhile', async () => {
    const row = await aRow('2026-12-01', { isRetention: true });
    const approval = await asked(row, localDate('2026-12-10'));
    const later = await company.as('manager', new Date('2026-12-10T02:00:00Z'));
    await expect(approvePostponement(later, approval.id, approval.version)).rejects.toEqual(
      code('approval.no_longer_fits'),
    );
    expect(await states(row)).toEqual(['open']);
  });
});

describe('what waits is over', () => {
  it('when it is taken back, only by who asked', async () => {
    const row = await aRow();
    const approval = await asked(row);
    await expect(withdrawPostponement(await company.as('manager'), approval.id)).rejects.toEqual(
      code('access.denied'),
    );
    await expect(withdrawPostponement(await company.as('rep2'), approval.id)).rejects.toEqual(
      code('not_found'),
    );
    await withdrawPostponement(await company.as('rep'), approval.id);
    expect(await states(row)).toEqual(['withdrawn']);
    const late = approvePostponement(await company.as('manager'), approval.id, approval.version);
    await expect(late).rejects.toEqual(code('approval.decided'));
  });

  it.each([
    [
      'paid',
      async (row: Instalment) => {
        const { approval } = await aSubmittedReceipt(company, row, row.amount);
        await approveReceipt(await company.as('finance'), approval.id, approval.version);
      },
    ],
    [
      'postponed by the manager',
      async (row: Instalment) => {
        const to = localDate('2026-12-20');
        await postponeInstalment(await company.as('manager'), inputOf(row, to));
      },
    ],
    [
      'void with its contract',
      async (row: Instalment) => {
        const { version } = await company.db.contract.findUniqueOrThrow({ where: { id: row.contractId } });
        await voidContract(await company.as('manager'), { id: row.contractId, version, reason: '终止' });
      },
    ],
    [
      'moved earlier',
      async (row: Instalment) => {
        await editInstalment(await company.as('rep'), {
          id: row.id,
          version: row.version,
          name: row.name,
          amount: row.amount,
          dueOn: localDate('2026-11-25'),
          plannedMethod: null,
          remindDaysAhead: 7,
          remark: null,
        });
      },
    ],
    [
      'deleted',
      async (row: Instalment) => {
        await deleteInstalment(await company.as('rep'), { id: row.id, version: row.version });
      },
    ],
  ])('when the row is %s; who asked is told', async (_name, change) => {
    const row = await aRow();
    const approval = await asked(row);
    await change(row);
    expect((await states(row))[0]).toBe('withdrawn');
    const after = await company.db.approval.findUniqueOrThrow({ where: { id: approval.id } });
    expect(after.status).toBe('withdrawn');
    expect(
      await company.db.outbox.count({ where: { dedupeKey: `postponement.decided:${approval.id}` } }),
    ).toBe(1);
    expect(
      await company.db.outbox.count({
        where: { op: 'update', anchorKey: { startsWith: `postponement.card:${approval.id}` } },
      }),
    ).toBe(1);
    const trail = { subjectId: row.id, action: 'postponement.cancelled' };
    expect(await company.db.auditLog.findMany({ where: trail })).toMatchObject([
      { before: { effectiveDue: '2026-12-01' }, after: { effectiveDue: LATE } },
    ]);
    const { history = [] } = (await findInstalmentDetail(await company.as('rep'), row.id)) ?? {};
    expect(history).toContainEqual(expect.objectContaining({ kind: 'cancelled', to: LATE }));
  });
});

describe('nobody to ask', () => {
  it('tells the admins, passes nothing by itself, and asks once somebody is there', async () => {
    const { db, ids } = company;
    const row = await aRow();
    await db.user.update({ where: { id: ids.director }, data: { roles: [] } });
    await db.user.update({ where: { id: ids.manager }, data: { roles: [] } });
    const approval = await asked(row);
    const orphans = await db.outbox.findMany({ where: { kind: 'approval.orphan' } });
    expect(orphans.map((one) => one.recipient)).toEqual([`user:${ids.admin}`]);
    const user = await db.user.findUniqueOrThrow({ where: { id: ids.manager } });
    await setMember(await company.as('admin'), {
      userId: ids.manager,
      version: user.version,
      roles: ['sales_manager'],
      managerId: null,
    });
    const step = await db.approvalStep.findFirstOrThrow({ where: { approvalId: approval.id } });
    expect(step.approverIds).toEqual([ids.manager]);
    expect(
      await db.outbox.count({ where: { dedupeKey: `postponement.card:${approval.id}@${ids.manager}` } }),
    ).toBe(1);
    await db.user.update({ where: { id: ids.director }, data: { roles: ['sales_director'] } });
  });
});
