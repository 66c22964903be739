// A contract with its plan saved in one go, new or changed (ux §4.4), on a real database.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ContractDraft,
  checkContract,
  saveContract,
} from '../../src/domain/contracts/contract-save.service.js';
import type { DomainError, ErrorCode } from '../../src/domain/errors.js';
import { localDate } from '../../src/domain/local-date.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { editInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { findPlanRows } from '../../src/domain/plans/plan-rows.queries.js';
import type { Customer } from '../../src/generated/prisma/client.js';
import { aCustomer, anActiveContract, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { checkMoney } from '../support/money-invariants.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(async () => {
  expect(await checkMoney(company.db)).toEqual([]);
  await database.close();
});

const D = localDate;
const NO_DRAFT = '0190a0a0-0000-7000-8000-000000000000';
const code = (expected: ErrorCode, field?: string) =>
  expect.objectContaining({
    code: expected,
    ...(field !== undefined && { field }),
  }) as unknown as DomainError;
const row = (amount: bigint, dueOn = '2026-12-01') => ({ name: '款', amount, dueOn: D(dueOn) });
const draftOf = (customer: Customer, more: Partial<ContractDraft> = {}, fields = {}): ContractDraft => ({
  existing: null,
  fields: {
    customerId: customer.id,
    name: '生产线',
    type: 'vehicle',
    amount: 100_00n,
    currency: 'CNY',
    signedOn: D('2026-11-18'),
    ...fields,
  },
  files: [],
  plan: { rows: [row(60_00n), row(40_00n, '2027-01-01')] },
  send: { planLater: false },
  draftId: NO_DRAFT,
  ...more,
});
const load = (id: string) =>
  company.db.contract.findUniqueOrThrow({
    where: { id },
    include: { milestones: true, instalments: { orderBy: { seq: 'asc' } } },
  });
const countOf = (customer: Customer) => company.db.contract.count({ where: { customerId: customer.id } });

describe('saveContract', () => {
  it('writes contract, milestones, rows and approval, and tells who approves', async () => {
    const customer = await aCustomer(company);
    const { financeManager } = company.ids;
    const fields = { milestones: { acceptance: D('2027-02-01') }, financeOwnerId: financeManager };
    const anchored = {
      ...row(40_00n),
      anchorKind: 'acceptance' as const,
      anchorOffset: { days: 30 },
      dueSource: 'anchor' as const,
      dueOn: null,
    };
    const files = [{ slackFileId: 'F1', name: '合同.pdf', mime: 'application/pdf', size: 9 }];
    const draft = draftOf(customer, { files, plan: { rows: [row(60_00n), anchored] } }, fields);
    const { contract, approverNames } = await saveContract(await company.as('rep'), draft);
    expect(approverNames).toEqual(['manager']);
    expect(await load(contract.id)).toMatchObject({
      status: 'pending_approval',
      financeOwnerId: financeManager,
      milestones: [{ kind: 'acceptance' }],
      instalments: [
        { seq: 1, lifecycle: 'inactive' },
        { seq: 2, dueOn: new Date('2027-03-03') },
      ],
    });
    const audits = await company.db.auditLog.findMany({
      where: { subjectId: contract.id },
      orderBy: { id: 'asc' },
    });
    expect(audits.map((entry) => entry.action)).toEqual(['contract.created', 'contract.submitted']);
    expect(await company.db.attachment.count({ where: { ownerId: contract.id } })).toBe(1);
  });

  it.each([
    ['a plan above the amount', { plan: { rows: [row(100_01n)] } }, {}, code('plan.exceeds_contract')],
    ['a plan that is not whole', { plan: { rows: [row(1n)] } }, {}, code('plan.incomplete')],
    ['a past date', { plan: { rows: [row(100_00n, '2026-11-01')] } }, {}, code('plan.past_date', 'dueOn')],
    ['a day too far', { plan: { rows: [row(100_00n, '2080-01-01')] } }, {}, code('plan.date_too_far')],
    ['a type of nobody', {}, { type: 'x' }, code('choice.unknown', 'type')],
    ['a signing before 1990', {}, { signedOn: D('1989-12-31') }, code('contract.signed_range', 'signedOn')],
  ] as [string, Partial<ContractDraft>, object, DomainError][])(
    'writes nothing at all with %s',
    async (_name, more, fields, refused) => {
      const customer = await aCustomer(company);
      const draft = draftOf(customer, more, fields);
      await expect(saveContract(await company.as('rep'), draft)).rejects.toEqual(refused);
      expect(await countOf(customer)).toBe(0);
    },
  );

  it('refuses links to what is not theirs to use, while typed and when saved', async () => {
    const customer = await aCustomer(company);
    const part: [bigint, string] = [100n, '2026-12-01'];
    const { contract: foreign } = await anActiveContract(company, [part], { who: 'rep2' });
    const { contract: frame } = await anActiveContract(company, [part]);
    const { contract: under } = await anActiveContract(company, [part], {
      contract: { parentContractId: frame.id },
    });
    for (const [fields, refused] of [
      [{ parentContractId: foreign.id }, code('not_found', 'parentContractId')],
      [{ parentContractId: under.id }, code('contract.framework_nested', 'parentContractId')],
      [{ financeOwnerId: company.ids.rep2 }, code('choice.unknown', 'financeOwnerId')],
    ] as const) {
      const draft = draftOf(customer, {}, fields);
      await expect(checkContract(await company.as('rep'), draft)).rejects.toEqual(refused);
      await expect(saveContract(await company.as('rep'), draft)).rejects.toEqual(refused);
    }
    for (const who of ['finance', 'auditor', 'admin'] as const)
      await expect(saveContract(await company.as(who), draftOf(customer))).rejects.toEqual(
        code('access.denied'),
      );
    expect(await countOf(customer)).toBe(0);
  });

  it('is done once: of two at the same time, and of one sent again', async () => {
    const customer = await aCustomer(company);
    const ctx = await company.as('rep');
    const [one, two] = [draftOf(customer), draftOf(customer)];
    const raced = await Promise.allSettled([saveContract(ctx, one), saveContract(ctx, two)]);
    expect(raced.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    await expect(saveContract(ctx, one)).rejects.toEqual(code('request.repeated'));
    expect(await countOf(customer)).toBe(1);
  });

  it('changes a draft with its plan, or nothing of both', async () => {
    const customer = await aCustomer(company);
    const { contract } = await saveContract(await company.as('rep'), draftOf(customer, { send: null }));
    const existing = { id: contract.id, version: contract.version };
    const [first, second] = await findPlanRows(await company.as('rep'), contract.id);
    if (!first || !second) throw new Error('no plan');
    const smaller = (rows: object[]) =>
      draftOf(customer, { existing, plan: { rows: rows as never[] }, send: null }, { amount: 80_00n });
    await expect(saveContract(await company.as('rep'), smaller([first, second]))).rejects.toEqual(
      code('plan.exceeds_contract'),
    );
    expect(await load(contract.id)).toMatchObject({ amount: 100_00n, version: contract.version });
    await saveContract(await company.as('rep'), smaller([{ ...second, amount: 30_00n }, row(50_00n)]));
    const after = await load(contract.id);
    expect(after.amount).toBe(80_00n);
    // The new row takes the place of the one that was left out.
    expect(after.instalments).toMatchObject([
      { id: first.id, seq: 1, amount: 50_00n },
      { id: second.id, seq: 2, amount: 30_00n, outstanding: 30_00n },
    ]);
    await expect(saveContract(await company.as('rep'), smaller([]))).rejects.toEqual(
      code('version.conflict'),
    );
  });

  it('leaves rows that are the same untouched', async () => {
    const customer = await aCustomer(company);
    const template = {
      ...row(40_00n),
      anchorKind: 'signing' as const,
      anchorOffset: { months: 1, days: 5, dayOfMonth: 10 },
      dueSource: 'anchor' as const,
    };
    const plan = { rows: [row(60_00n), template] };
    const { contract } = await saveContract(await company.as('rep'), draftOf(customer, { plan, send: null }));
    const before = await load(contract.id);
    const rows = await findPlanRows(await company.as('rep'), contract.id);
    const existing = { id: contract.id, version: contract.version };
    await saveContract(await company.as('rep'), draftOf(customer, { existing, plan: { rows }, send: null }));
    expect((await load(contract.id)).instalments).toEqual(before.instalments);
  });

  it('overwrites no row that somebody else changed or added since it was opened', async () => {
    const customer = await aCustomer(company);
    const { contract } = await saveContract(
      await company.as('rep'),
      draftOf(customer, { plan: { rows: [row(60_00n)] }, send: null }),
    );
    const opened = async () => ({
      existing: {
        id: contract.id,
        version: (await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } })).version,
      },
      plan: { rows: await findPlanRows(await company.as('rep'), contract.id) },
      send: null,
    });
    const [first] = (await load(contract.id)).instalments;
    if (!first) throw new Error('no plan');
    const before = await opened();
    const { id, version, plannedMethod, remindDaysAhead, remark } = first;
    await editInstalment(await company.as('manager'), {
      ...{ id, version, plannedMethod, remindDaysAhead, remark },
      name: '首付款',
      amount: 70_00n,
      dueOn: D('2026-12-01'),
    });
    await expect(saveContract(await company.as('rep'), draftOf(customer, before))).rejects.toEqual(
      code('version.conflict'),
    );
    const meanwhile = await opened();
    await createPlan(await company.as('manager'), { contractId: contract.id, rows: [row(30_00n)] });
    await expect(saveContract(await company.as('rep'), draftOf(customer, meanwhile))).rejects.toEqual(
      code('version.conflict'),
    );
    expect((await load(contract.id)).instalments).toMatchObject([{ amount: 70_00n }, { amount: 30_00n }]);
  });
});
