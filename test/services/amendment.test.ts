// Amendments on a real database: asked, decided once, applied whole or not at all (F26; rules §3, §4, §6).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../src/ctx.js';
import type { WantedPlan } from '../../src/domain/contracts/amendment.js';
import { loadAmendable } from '../../src/domain/contracts/amendment.queries.js';
import { proposeAmendment } from '../../src/domain/contracts/amendment.service.js';
import { voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { isDomainError } from '../../src/domain/errors.js';
import { localDate, toUtcDate } from '../../src/domain/local-date.js';
import { deleteInstalment } from '../../src/domain/plans/delete-instalment.service.js';
import { editInstalment, postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { askPostponement } from '../../src/domain/plans/postponement-ask.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { auditWithoutWords } from '../support/audit-words.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveAmendment, approveReceipt, rejectAmendment, withdrawAmendment } from '../support/decide.js';
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

let seconds = 0;
const as = (who: PersonKey): Promise<Ctx> => {
  seconds += 1;
  return company.as(who, new Date(NOON.getTime() + seconds * 1000));
};
const fresh = (id: string) => company.db.contract.findUniqueOrThrow({ where: { id } });
const rowOf = (id: string) => company.db.instalment.findUniqueOrThrow({ where: { id } });
const plan = (contractId: string) =>
  company.db.instalment.findMany({
    where: { contractId, lifecycle: { not: 'cancelled' } },
    orderBy: { seq: 'asc' },
  });
const code = (expected: string, params: object = {}) => ({
  code: expected,
  params: expect.objectContaining(params),
});
const at = (rows: Instalment[], index: number): Instalment => {
  const row = rows[index];
  if (!row) throw new Error(`no row ${index}`);
  return row;
};
const day = (text: string) => localDate(text);
const line = (amount: bigint, dueOn: string | null, name = '改期') => ({
  name,
  amount,
  dueOn: dueOn === null ? null : day(dueOn),
});

async function propose(
  contractId: string,
  change: {
    amount?: bigint;
    name?: string;
    endsOn?: string;
    rows?: [Instalment, ReturnType<typeof line> | null][];
    added?: WantedPlan['added'];
    keepRest?: boolean;
    alreadyDue?: boolean;
  },
  who: PersonKey = 'rep',
) {
  const { fields } = await loadAmendable(await as(who), contractId);
  const wanted: WantedPlan = {
    rows: new Map((change.rows ?? []).map(([row, asked]) => [row.id, asked])),
    added: change.added ?? [],
  };
  const { change: made } = await proposeAmendment(await as(who), {
    contractId,
    version: (await fresh(contractId)).version,
    reason: '客户加台',
    fields: {
      ...fields,
      ...(change.amount !== undefined && { amount: change.amount }),
      ...(change.name !== undefined && { name: change.name }),
      ...(change.endsOn !== undefined && { endsOn: day(change.endsOn) }),
    },
    plan: wanted,
    keepRest: change.keepRest ?? false,
    alreadyDue: change.alreadyDue ?? false,
  });
  const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: made.id } });
  return { change: made, approval };
}

/** ¥400: 100 paid, 100 part-paid with 40, 100 and 100 open. */
async function aContract() {
  const made = await anActiveContract(company, [
    [100_00n, '2026-11-10'],
    [100_00n, '2026-11-30'],
    [100_00n, '2026-12-31'],
    [100_00n, null],
  ]);
  for (const [index, amount] of [
    [0, 100_00n],
    [1, 40_00n],
  ] as const) {
    const { approval } = await aSubmittedReceipt(company, at(made.rows, index), amount);
    await approveReceipt(await as('finance'), approval.id, approval.version);
  }
  return { contract: await fresh(made.contract.id), rows: made.rows };
}

describe('approval', () => {
  it('changes nothing before, and everything at once after it', async () => {
    const { contract, rows } = await aContract();
    const { change, approval } = await propose(contract.id, {
      amount: 500_00n,
      name: '设备合同（加台）',
      endsOn: '2027-12-31',
      rows: [
        [at(rows, 1), line(160_00n, '2026-12-10')],
        [at(rows, 2), null],
        [at(rows, 3), line(100_00n, '2027-03-01', '尾款')],
      ],
      added: [line(140_00n, '2027-06-30', '质保')],
    });
    expect(change).toMatchObject({ no: 1, status: 'open', amountDelta: 100_00n });
    expect(await fresh(contract.id)).toEqual(contract);
    await approveAmendment(await as('manager'), approval.id, approval.version);
    expect(await fresh(contract.id)).toMatchObject({
      name: '设备合同（加台）',
      amount: 500_00n,
      endsOn: toUtcDate(day('2027-12-31')),
      planIncomplete: false,
      status: 'active',
      searchText: expect.stringContaining('加台'),
    });
    const after = await plan(contract.id);
    expect(after).toMatchObject([
      { seq: 1, amount: 100_00n, lifecycle: 'settled', version: at(rows, 0).version + 1 },
      {
        seq: 2,
        amount: 160_00n,
        outstanding: 120_00n,
        dueOn: toUtcDate(day('2026-12-10')),
        originalDueOn: toUtcDate(day('2026-12-10')),
        dueEpoch: at(rows, 1).dueEpoch + 1,
        lifecycle: 'open',
      },
      {
        seq: 4,
        name: '尾款',
        dueOn: toUtcDate(day('2027-03-01')),
        originalDueOn: toUtcDate(day('2027-03-01')),
      },
      { seq: 5, name: '质保', amount: 140_00n, outstanding: 140_00n, lifecycle: 'open', dueEpoch: 0 },
    ]);
    const causes = await company.db.instalmentRevision.findMany({
      where: { instalmentId: { in: [at(rows, 1).id, at(rows, 2).id] }, cause: 'amended' },
    });
    expect(causes.map((one) => one.lifecycle).toSorted()).toEqual(['cancelled', 'open']);
    const actions = await company.db.auditLog.findMany({ where: { subjectId: contract.id } });
    expect(actions.filter((one) => one.action === 'contract.amended')).toHaveLength(1);
    expect(
      await company.db.outbox.findMany({
        where: { payload: { path: ['changeId'], equals: change.id } },
        orderBy: { id: 'asc' },
      }),
    ).toMatchObject([
      { kind: 'contract.change_card', op: 'post', recipient: `user:${company.ids.manager}` },
      { kind: 'contract.change_card', op: 'update' },
      { kind: 'contract.change_decided', recipient: `user:${company.ids.rep}` },
    ]);
  });

  it('settles a row that is cut to what it has, and completes a contract cut to what was paid', async () => {
    const { contract, rows } = await aContract();
    const { approval } = await propose(contract.id, {
      amount: 140_00n,
      rows: [
        [at(rows, 1), line(40_00n, '2026-11-30')],
        [at(rows, 2), null],
        [at(rows, 3), null],
      ],
    });
    await approveAmendment(await as('manager'), approval.id, approval.version);
    expect(await rowOf(at(rows, 1).id)).toMatchObject({ lifecycle: 'settled', outstanding: 0n });
    expect(await fresh(contract.id)).toMatchObject({ status: 'completed', amount: 140_00n });
  });

  it('leaves a postponement of a row whose date it does not change', async () => {
    const { contract, rows } = await aContract();
    const row = at(rows, 2);
    await postponeInstalment(await as('rep'), {
      id: row.id,
      version: row.version,
      to: day('2027-01-10'),
      remark: null,
    });
    const { approval } = await propose(contract.id, {
      amount: 450_00n,
      rows: [[row, line(150_00n, '2027-01-10')]],
    });
    await approveAmendment(await as('manager'), approval.id, approval.version);
    expect(await rowOf(row.id)).toMatchObject({
      amount: 150_00n,
      postponedTo: toUtcDate(day('2027-01-10')),
      dueOn: toUtcDate(day('2026-12-31')),
      postponeCount: 1,
      dueEpoch: row.dueEpoch + 1,
    });
  });

  it('is checked again: a row paid meanwhile stops it, and it can be taken back and made anew', async () => {
    const { contract, rows } = await aContract();
    const { approval } = await propose(contract.id, {
      amount: 450_00n,
      rows: [[at(rows, 2), line(150_00n, '2027-01-10')]],
    });
    const paid = await aSubmittedReceipt(company, at(rows, 2), 100_00n);
    await approveReceipt(await as('finance'), paid.approval.id, paid.approval.version);
    await expect(approveAmendment(await as('manager'), approval.id, approval.version)).rejects.toMatchObject(
      code('amendment.rows_changed', { seqs: [3] }),
    );
    expect(await company.db.approval.findUnique({ where: { id: approval.id } })).toMatchObject({
      status: 'open',
    });
    await withdrawAmendment(await as('rep'), approval.id);
    const again = await propose(contract.id, {
      amount: 450_00n,
      rows: [[at(rows, 3), line(150_00n, '2027-01-10')]],
    });
    expect(again.change.no).toBe(2);
    await approveAmendment(await as('manager'), again.approval.id, again.approval.version);
    expect(await fresh(contract.id)).toMatchObject({ amount: 450_00n });
  });

  it('waits with money on a row, and leaves the receipt to be split anew', async () => {
    const { contract, rows } = await aContract();
    const row = at(rows, 2);
    const { approval } = await propose(contract.id, {
      amount: 350_00n,
      rows: [[row, line(50_00n, '2026-12-31')]],
    });
    const waiting = await aSubmittedReceipt(company, row, 80_00n);
    await approveAmendment(await as('manager'), approval.id, approval.version);
    expect(await rowOf(row.id)).toMatchObject({ amount: 50_00n, outstanding: 50_00n });
    const first = await approveReceipt(await as('finance'), waiting.approval.id, waiting.approval.version);
    expect(first.outcome).toBe('redrawn');
    const again = await company.db.approval.findUniqueOrThrow({ where: { id: waiting.approval.id } });
    await approveReceipt(await as('finance'), again.id, again.version);
    expect(await rowOf(row.id)).toMatchObject({ outstanding: 0n, lifecycle: 'settled' });
  });

  it.each(['rep', 'rep2', 'finance', 'auditor', 'admin'] as const)('is refused to %s', async (who) => {
    const { contract, rows } = await aContract();
    const { approval } = await propose(contract.id, { rows: [[at(rows, 2), line(100_00n, '2027-01-10')]] });
    for (const act of [
      async () => approveAmendment(await as(who), approval.id, approval.version),
      async () => rejectAmendment(await as(who), approval.id, approval.version, { reason: 'terms' }),
    ]) {
      // Who may not see it does not hear of it.
      await expect(act()).rejects.toMatchObject(code(who === 'rep2' ? 'not_found' : 'access.denied'));
    }
  });

  it('is refused to whoever asked for it, and for a version or an approval that is not its own', async () => {
    const { contract, rows } = await aContract();
    const { approval } = await propose(
      contract.id,
      { rows: [[at(rows, 2), line(100_00n, '2027-01-10')]] },
      'manager',
    );
    await expect(approveAmendment(await as('manager'), approval.id, approval.version)).rejects.toMatchObject(
      code('receipt.self_approval', { names: ['director'] }),
    );
    await expect(
      approveAmendment(await as('director'), approval.id, approval.version + 1),
    ).rejects.toMatchObject(code('version.conflict'));
    await expect(withdrawAmendment(await as('rep'), approval.id)).rejects.toMatchObject(
      code('access.denied'),
    );
  });
});

describe('while it waits', () => {
  it('its rows cannot be edited, postponed or deleted; others can, and money comes in', async () => {
    const { contract, rows } = await aContract();
    const row = at(rows, 2);
    await propose(contract.id, { rows: [[row, line(100_00n, '2027-01-10')]] });
    const waits = code('amendment.waits', { seq: 3, no: 1 });
    const target = { id: row.id, version: row.version };
    const edit = { ...target, name: '名', amount: row.amount, dueOn: null, plannedMethod: null };
    for (const act of [
      async () => postponeInstalment(await as('rep'), { ...target, to: day('2027-01-05'), remark: null }),
      async () => editInstalment(await as('rep'), { ...edit, remindDaysAhead: 7, remark: null }),
      async () => deleteInstalment(await as('manager'), target),
    ]) {
      await expect(act()).rejects.toMatchObject(waits);
    }
    const other = at(rows, 3);
    await editInstalment(await as('rep'), {
      ...edit,
      id: other.id,
      version: other.version,
      amount: other.amount,
      remindDaysAhead: 7,
      remark: null,
    });
    const { approval } = await aSubmittedReceipt(company, row, 10_00n);
    await approveReceipt(await as('finance'), approval.id, approval.version);
    expect(await rowOf(row.id)).toMatchObject({ outstanding: 90_00n });
  });

  it('there is only one', async () => {
    const { contract, rows } = await aContract();
    const change = {
      rows: [[at(rows, 2), line(100_00n, '2027-01-10')]] as [Instalment, ReturnType<typeof line>][],
    };
    await propose(contract.id, change);
    await expect(propose(contract.id, change)).rejects.toMatchObject(code('amendment.open', { no: 1 }));
  });

  it('is withdrawn with a contract that is voided', async () => {
    const { contract, rows } = await anActiveContract(company, [[100_00n, '2026-12-01']]);
    const { change, approval } = await propose(contract.id, {
      rows: [[at(rows, 0), line(100_00n, '2027-01-10')]],
    });
    await voidContract(await as('manager'), {
      id: contract.id,
      version: (await fresh(contract.id)).version,
      reason: '取消',
    });
    expect(await company.db.contractChange.findUnique({ where: { id: change.id } })).toMatchObject({
      status: 'withdrawn',
    });
    await expect(approveAmendment(await as('director'), approval.id, approval.version)).rejects.toMatchObject(
      code('approval.decided', { decision: 'withdrawn' }),
    );
  });

  it('stops a rejected one from changing anything, and says why', async () => {
    const { contract, rows } = await aContract();
    const { change, approval } = await propose(contract.id, {
      rows: [[at(rows, 2), line(100_00n, '2027-01-10')]],
    });
    const before = await plan(contract.id);
    await rejectAmendment(await as('manager'), approval.id, approval.version, {
      reason: 'amount',
      comment: '太多',
    });
    expect(await plan(contract.id)).toEqual(before);
    expect(await company.db.contractChange.findUnique({ where: { id: change.id } })).toMatchObject({
      status: 'rejected',
    });
    expect(
      await company.db.outbox.findFirst({ where: { dedupeKey: `contract.change_decided:${approval.id}` } }),
    ).toMatchObject({ recipient: `user:${company.ids.rep}` });
  });
});

describe('refusals when it is sent', () => {
  it.each<
    [string, Parameters<typeof propose>[1] | ((rows: Instalment[]) => Parameters<typeof propose>[1]), object]
  >([
    ['nothing', {}, code('amendment.nothing')],
    [
      'less than a row has',
      (rows) => ({ amount: 339_00n, rows: [[at(rows, 1), line(39_00n, '2026-11-30')]] }),
      code('amendment.below_paid', { min: { minor: 40_00n, currency: 'CNY' } }),
    ],
    ['a row with money removed', (rows) => ({ rows: [[at(rows, 1), null]] }), code('instalment.has_money')],
    [
      'a sum above',
      (rows) => ({ rows: [[at(rows, 2), line(101_00n, '2026-12-31')]] }),
      code('plan.exceeds_contract'),
    ],
    [
      'an amount below what is planned',
      { amount: 250_00n },
      {
        ...code('amendment.plan_above', { excess: { minor: 150_00n, currency: 'CNY' } }),
        field: 'amount',
      },
    ],
    [
      'a sum below',
      { amount: 401_00n },
      code('plan.incomplete', { missing: { minor: 1_00n, currency: 'CNY' } }),
    ],
    [
      'a day that is past',
      (rows) => ({ rows: [[at(rows, 2), line(100_00n, '2026-11-01')]] }),
      code('plan.past_date'),
    ],
    [
      'a day too far',
      (rows) => ({ rows: [[at(rows, 2), line(100_00n, '2099-01-01')]] }),
      code('plan.date_too_far'),
    ],
  ])('%s', async (_name, change, refused) => {
    const { contract, rows } = await aContract();
    const asked = typeof change === 'function' ? change(rows) : change;
    await expect(propose(contract.id, asked)).rejects.toMatchObject(refused);
    expect(await company.db.contractChange.count({ where: { contractId: contract.id } })).toBe(0);
  });

  it('takes a plan that stays below the amount, and past days, where they are meant', async () => {
    const { contract, rows } = await aContract();
    const { approval } = await propose(contract.id, {
      amount: 401_00n,
      rows: [[at(rows, 2), line(100_00n, '2026-11-01')]],
      keepRest: true,
      alreadyDue: true,
    });
    await approveAmendment(await as('manager'), approval.id, approval.version);
    expect(await fresh(contract.id)).toMatchObject({ planIncomplete: true });
  });

  it.each(['rep2', 'finance', 'auditor', 'admin'] as const)('to %s', async (who) => {
    const { contract, rows } = await aContract();
    await expect(
      propose(contract.id, { rows: [[at(rows, 2), line(100_00n, '2027-01-10')]] }, who),
    ).rejects.toMatchObject(code('access.denied'));
  });
});

describe('sixty rows', () => {
  it('are replaced in one transaction that others hardly notice', async () => {
    const { contract, rows } = await anActiveContract(
      company,
      Array.from({ length: 60 }, (): [bigint, string] => [100_00n, '2026-12-31']),
    );
    const { approval } = await propose(contract.id, {
      rows: rows.map((row) => [row, line(100_00n, '2027-02-28')]),
    });
    const ctx = await as('manager');
    await approveAmendment(ctx, approval.id, approval.version);
    const after = await plan(contract.id);
    expect(
      after.every(
        (row) => row.dueEpoch === 1 && row.dueOn?.getTime() === toUtcDate(day('2027-02-28')).getTime(),
      ),
    ).toBe(true);
    expect(after).toHaveLength(60);
  });
});

describe('what waits and what was postponed', () => {
  it('is over with the day that is agreed; limits of postponing are counted anew from it', async () => {
    const { contract, rows } = await anActiveContract(company, [
      [100_00n, '2026-12-01'],
      [100_00n, '2026-12-15'],
    ]);
    const [row, other] = [at(rows, 0), at(rows, 1)];
    const postpone = async (id: string, to: string) =>
      postponeInstalment(await as('rep'), {
        ...{ id, version: (await rowOf(id)).version, to: day(to), remark: null },
      });
    await postpone(row.id, '2026-12-31');
    for (const { id } of [row, other])
      await askPostponement(await as('rep'), {
        ...{ id, version: (await rowOf(id)).version, to: day('2027-06-01'), remark: null },
      });
    const { approval } = await propose(contract.id, {
      rows: [
        [row, line(200_00n, '2027-02-01')],
        [other, null],
      ],
    });
    await approveAmendment(await as('manager'), approval.id, approval.version);
    const waiting = await company.db.postponement.findMany({
      where: { instalmentId: { in: [row.id, other.id] } },
      orderBy: { id: 'asc' },
    });
    expect(waiting.map((one) => [one.status, one.counts])).toEqual([
      ['approved', false],
      ['withdrawn', true],
      ['withdrawn', true],
    ]);
    expect(await company.db.approval.count({ where: { subjectType: 'postponement', status: 'open' } })).toBe(
      0,
    );
    await expect(postpone(row.id, '2027-03-04')).rejects.toMatchObject(code('instalment.needs_manager'));
    await expect(postpone(row.id, '2027-03-03')).resolves.toMatchObject({ postponeCount: 1 });
  });

  it('adds rows that are retention or hang on a milestone', async () => {
    const { contract } = await anActiveContract(company, [[100_00n, '2026-12-01']], {
      contract: { milestones: { acceptance: day('2026-12-10') } },
    });
    const { approval } = await propose(contract.id, {
      amount: 200_00n,
      added: [
        { ...line(60_00n, null, '验收款'), anchorKind: 'acceptance', anchorOffset: { months: 0, days: 30 } },
        { ...line(40_00n, '2027-12-01', '尾款'), isRetention: true },
      ],
    });
    await approveAmendment(await as('manager'), approval.id, approval.version);
    expect((await plan(contract.id)).slice(1)).toMatchObject([
      {
        effectiveDue: toUtcDate(day('2027-01-09')),
        dueSource: 'anchor',
        anchorKind: 'acceptance',
        isRetention: false,
      },
      {
        effectiveDue: toUtcDate(day('2027-12-01')),
        dueSource: 'manual',
        anchorKind: null,
        isRetention: true,
      },
    ]);
  });

  it('leaves nothing of deleted rows to be planned no later', async () => {
    const { contract, rows } = await anActiveContract(company, [
      [100_00n, '2026-12-01'],
      [100_00n, '2026-12-15'],
    ]);
    const row = at(rows, 0);
    await deleteInstalment(await as('rep'), { id: row.id, version: row.version });
    const { approval } = await propose(contract.id, { name: '改名', keepRest: true });
    await approveAmendment(await as('manager'), approval.id, approval.version);
    expect(await rowOf(row.id)).toMatchObject({ freedLeft: null });
  });
});

describe('races', () => {
  it('end with one decision and sums that hold: amendment against receipt against withdrawal', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { contract, rows } = await anActiveContract(company, [
        [100_00n, '2026-12-01'],
        [100_00n, '2026-12-31'],
      ]);
      const { change, approval } = await propose(contract.id, {
        amount: 260_00n,
        rows: [[at(rows, 1), line(60_00n, '2027-01-10')]],
        added: [line(100_00n, '2027-03-01')],
      });
      const { receipt, approval: money } = await aSubmittedReceipt(company, at(rows, 1), 80_00n);
      const [manager, finance, rep] = [await as('manager'), await as('finance'), await as('rep')];
      const [amended, booked, withdrawn] = await Promise.allSettled([
        approveAmendment(manager, approval.id, approval.version),
        approveReceipt(finance, money.id, money.version),
        withdrawAmendment(rep, approval.id),
      ]);
      for (const lost of [amended, booked, withdrawn]) {
        if (lost.status === 'rejected') expect(isDomainError(lost.reason), String(lost.reason)).toBe(true);
      }
      // The receipt never loses; whoever of the two decided about the amendment did it alone.
      expect(booked.status).toBe('fulfilled');
      const { status } = await company.db.contractChange.findUniqueOrThrow({ where: { id: change.id } });
      expect(amended.status === 'fulfilled' && withdrawn.status === 'fulfilled').toBe(false);
      expect(status).toBe(
        amended.status === 'fulfilled' ? 'approved' : withdrawn.status === 'fulfilled' ? 'withdrawn' : 'open',
      );
      const row = await rowOf(at(rows, 1).id);
      const { status: receiptStatus } = await company.db.receipt.findUniqueOrThrow({
        where: { id: receipt.id },
      });
      // Approved first, the receipt finds less than it brought and asks again; booked first, the amendment no longer fits.
      if (status === 'approved') expect([row.amount, receiptStatus]).toEqual([60_00n, 'submitted']);
      else expect([row.amount, row.outstanding, receiptStatus]).toEqual([100_00n, 20_00n, 'approved']);
      expect((await fresh(contract.id)).amount).toBe(status === 'approved' ? 260_00n : 200_00n);
    }
    expect(await checkMoney(company.db)).toEqual([]);
  }, 120_000);
});
