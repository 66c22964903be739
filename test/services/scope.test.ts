// Data scope (rules §12, F99): in a company made by chance, no query of anybody ever gives a row outside their scope, and
// no list leaves one out that is inside. Every query that takes a reader is in a table here: a new one cannot be forgotten.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../src/ctx.js';
import type { Role } from '../../src/domain/access.js';
import { findFiles } from '../../src/domain/attachments.queries.js';
import { findAuditStory, findAuditSubject } from '../../src/domain/audit-story.queries.js';
import { loadContract } from '../../src/domain/contracts/contract.queries.js';
import {
  findContractByNumber,
  findContracts,
  listAllContractIds,
} from '../../src/domain/contracts/contract-list.queries.js';
import { loadMilestoneForm } from '../../src/domain/contracts/milestone.queries.js';
import {
  findCustomerByRef,
  findCustomerOptions,
  findCustomers,
  listAllCustomerIds,
  loadCustomer,
} from '../../src/domain/customers/customer.queries.js';
import { findCustomerHistory } from '../../src/domain/customers/customer-history.queries.js';
import { isDomainError } from '../../src/domain/errors.js';
import { listExportIds } from '../../src/domain/exports/export-rows.queries.js';
import { loadHome } from '../../src/domain/home/home.queries.js';
import { HOME_KINDS } from '../../src/domain/home/home-kinds.js';
import { findEverywhere, findExamples } from '../../src/domain/home/search.queries.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { newId } from '../../src/domain/ids.js';
import { findFilterNames, findOwnerOptions } from '../../src/domain/lists/filter-names.queries.js';
import { LIST_FILTERS } from '../../src/domain/lists/list-filter.js';
import { toActor } from '../../src/domain/members/member.queries.js';
import { peopleBelow } from '../../src/domain/members/reach.js';
import { findRow, findRows, listAllRowIds } from '../../src/domain/plans/instalment.queries.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import {
  findPlanTarget,
  findPlanTargetByNumber,
  hasPlannable,
  listPlannable,
  searchPlanCustomers,
} from '../../src/domain/plans/plan-choices.queries.js';
import { findPlanRows } from '../../src/domain/plans/plan-rows.queries.js';
import { loadBills } from '../../src/domain/receipts/bills.queries.js';
import { countCredits, listCredits } from '../../src/domain/receipts/credits.queries.js';
import { findPayersNamedIn } from '../../src/domain/receipts/named-customers.queries.js';
import { findReceiptId, findReceipts, listAllReceiptIds } from '../../src/domain/receipts/receipt.queries.js';
import {
  listCurrencies,
  listSplitRows,
  proposeSplit,
  searchPayingCustomers,
} from '../../src/domain/receipts/split.queries.js';
import { findComing } from '../../src/domain/reminders/coming.queries.js';
import { findOpenCases } from '../../src/domain/reminders/open-cases.queries.js';
import { findTodo, findTodoRows } from '../../src/domain/reminders/todo.queries.js';
import { readAging } from '../../src/domain/reports/aging.queries.js';
import { readMeasures } from '../../src/domain/reports/measures.queries.js';
import { readReceiptDetail } from '../../src/domain/reports/receipt-detail.queries.js';
import { defaultQuery, periodOf } from '../../src/domain/reports/report.js';
import { findContractChoices, findReportNames } from '../../src/domain/reports/report-names.queries.js';
import { findReportRows } from '../../src/domain/reports/rows.queries.js';
import { SOURCES } from '../../src/domain/reports/sources.queries.js';
import { createTestCompany, NOON, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { randomFrom } from '../support/random.js';

type Kind = 'contract' | 'customer' | 'plan' | 'receipt' | 'person';
interface Seen {
  readonly kind: Kind;
  readonly ids: readonly string[];
}
/** Everything there is, and for each row whose scope holds it. */
interface World {
  readonly contracts: { id: string; number: string; customerId: string; ownerId: string }[];
  readonly customers: { id: string; code: string; ownerId: string }[];
  readonly plans: { id: string; contractId: string; customerId: string; ownerId: string }[];
  readonly receipts: { id: string; number: string; customerId: string; owners: string[] }[];
  readonly people: { id: string; roles: Role[]; managerId: string | null; departmentId: string | null }[];
  readonly departments: { id: string; parentId: string | null; directorId: string | null }[];
}

let database: TestDatabase;
let company: TestCompany;
let world: World;

/** Eighteen people in five departments, of every role, managers by tree and by department; records of everybody. */
async function makeWorld(): Promise<World> {
  const { db } = company;
  const random = randomFrom(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const times = { createdAt: NOON, updatedAt: NOON };
  const people = Array.from({ length: 18 }, (_, n) => ({
    id: newId(NOON),
    roles: [n < 12 ? 'rep' : n < 16 ? 'sales_manager' : n === 16 ? 'sales_director' : 'finance'] as Role[],
    managerId: null as string | null,
    departmentId: null as string | null,
  }));
  const managers = people.filter((one) => one.roles[0] === 'sales_manager');
  const departments = Array.from({ length: 5 }, (_, n) => ({
    id: newId(NOON),
    parentId: null as string | null,
    directorId: n === 4 ? null : (managers[n % managers.length]?.id ?? null),
  }));
  departments.forEach((one, n) => {
    if (n > 1) one.parentId = departments[n - 2]?.id ?? null;
  });
  await db.user.createMany({
    data: people.map(({ id, roles }, n) => ({
      id,
      roles,
      slackUserId: `U_SCOPE${n}`,
      name: `person ${n}`,
      locale: 'en',
      timezone: 'UTC',
      ...times,
    })),
  });
  for (const one of departments) await db.department.create({ data: { ...one, name: one.id, ...times } });
  for (const one of people.filter(({ roles }) => roles[0] === 'rep')) {
    one.departmentId = random() < 0.6 ? pick(departments).id : null;
    one.managerId = random() < 0.4 ? pick(managers).id : null;
    const { departmentId, managerId } = one;
    await db.user.update({ where: { id: one.id }, data: { departmentId, managerId } });
  }
  const owners = people.slice(0, 16);
  const customers = Array.from({ length: 20 }, (_, n) => ({
    id: newId(NOON),
    code: `KS-${n}`,
    ownerId: pick(owners).id,
  }));
  const by = (ownerId: string) => ({ createdById: ownerId, updatedById: ownerId, ...times });
  await db.customer.createMany({
    data: customers.map((one) => ({
      ...one,
      name: `客户 ${one.code}`,
      contacts: [],
      searchText: `客户 ${one.code.toLowerCase()} ks`,
      searchGrams: ['客', '户', '客户', 'ks', 's-'],
      ...by(one.ownerId),
    })),
  });
  const contracts = Array.from({ length: 30 }, (_, n) => {
    const customer = pick(customers);
    // Now and then somebody sells to another's customer.
    const ownerId = random() < 0.8 ? customer.ownerId : pick(owners).id;
    return {
      id: newId(NOON),
      number: `HT-2026-9${String(n).padStart(3, '0')}`,
      customerId: customer.id,
      ownerId,
    };
  });
  await db.contract.createMany({
    data: contracts.map((one, n) => ({
      ...one,
      name: `合同 ${n}`,
      type: 'vehicle',
      amount: n % 3 === 0 ? 400n : 200n,
      currency: n % 5 === 0 ? 'USD' : 'CNY',
      status: n % 4 === 0 ? ('draft' as const) : ('active' as const),
      planIncomplete: n % 3 === 0,
      searchText: `${one.number.toLowerCase()} 合同 ${n}`,
      ...by(one.ownerId),
    })),
  });
  const plans = contracts.flatMap(({ id: contractId, customerId, ownerId }) =>
    [1, 2].map((seq) => ({ id: newId(NOON), contractId, customerId, ownerId, seq })),
  );
  const currencyOf = new Map(contracts.map((one, n) => [one.id, n % 5 === 0 ? 'USD' : 'CNY']));
  const isDraft = (id: string) => contracts.findIndex((one) => one.id === id) % 4 === 0;
  await db.instalment.createMany({
    data: plans.map((one) => {
      const due = new Date(Date.UTC(2026, 9 + one.seq, 10));
      const dates = { dueOn: due, effectiveDue: due, firstRemindOn: due };
      const currency = currencyOf.get(one.contractId) ?? 'CNY';
      const money = { amount: 100n, outstanding: 100n, currency };
      return {
        ...one,
        ...money,
        ...dates,
        name: `第${one.seq}期`,
        lifecycle: isDraft(one.contractId) ? ('inactive' as const) : ('open' as const),
        ...by(one.ownerId),
      };
    }),
  });
  const receipts = Array.from({ length: 25 }, (_, n) => {
    const plan = pick(plans);
    const recordedById = random() < 0.7 ? plan.ownerId : pick(people).id;
    return { id: newId(NOON), number: `HK-20261120-9${String(n).padStart(2, '0')}`, plan, recordedById };
  });
  await db.receipt.createMany({
    data: receipts.map(({ id, number, plan, recordedById }, n) => ({
      id,
      number,
      // Some with money left.
      ...(n % 3 === 0 && { status: 'approved' as const, unapplied: 5n }),
      customerId: plan.customerId,
      contractId: plan.contractId,
      amount: 10n,
      currency: currencyOf.get(plan.contractId) ?? 'CNY',
      method: 'acceptance_bill',
      receivedOn: NOON,
      billDueOn: NOON,
      recordedById,
      lastEditedById: recordedById,
      updatedById: recordedById,
      ...times,
    })),
  });
  await db.allocation.createMany({
    data: receipts.map(({ id, plan }) => ({
      id: newId(NOON),
      receiptId: id,
      instalmentId: plan.id,
      amount: 10n,
      createdAt: NOON,
    })),
  });
  const customerOwner = new Map(customers.map((one) => [one.id, one.ownerId]));
  return {
    contracts,
    customers,
    plans,
    people,
    departments,
    receipts: receipts.map(({ id, number, plan, recordedById }) => ({
      id,
      number,
      customerId: plan.customerId,
      owners: [recordedById, plan.ownerId, customerOwner.get(plan.customerId) ?? ''],
    })),
  };
}

beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
  world = await makeWorld();
});
afterAll(() => database.close());

async function readerOf(id: string): Promise<Ctx> {
  const user = await company.db.user.findUniqueOrThrow({ where: { id } });
  return { ...(await company.system()), actor: await toActor(company.db, user), requestId: newId(NOON) };
}

/** Whose rows a person sees, by the pure rule. */
function scopeOfPerson(id: string): 'all' | ReadonlySet<string> {
  const person = world.people.find((one) => one.id === id);
  const role = person?.roles[0];
  if (role === undefined) return new Set();
  if (role === 'rep') return new Set([id]);
  return role === 'sales_manager'
    ? new Set([id, ...peopleBelow(id, world.people, world.departments)])
    : 'all';
}

/** Whose scope a row lies in; a customer also in that of whoever has a contract with it, where `contractsToo`. */
function ownersOf(kind: Kind, id: string, contractsToo = true): string[] {
  switch (kind) {
    case 'person':
      return [id];
    case 'contract':
      return world.contracts.filter((one) => one.id === id).map((one) => one.ownerId);
    case 'plan':
      return world.plans.filter((one) => one.id === id).map((one) => one.ownerId);
    case 'receipt':
      return world.receipts.find((one) => one.id === id)?.owners ?? [];
    case 'customer':
      return [
        ...world.customers.filter((one) => one.id === id).map((one) => one.ownerId),
        ...world.contracts.filter((one) => contractsToo && one.customerId === id).map((one) => one.ownerId),
      ];
  }
}

const idsOf = (rows: readonly { id: string }[]) => rows.map((row) => row.id);
/** What a query gives for one record, which it may refuse. */
async function eachOf<T>(items: readonly T[], ask: (item: T) => Promise<string | null>): Promise<string[]> {
  const found: string[] = [];
  for (const item of items) {
    try {
      const id = await ask(item);
      if (id !== null) found.push(id);
    } catch (error) {
      if (!isDomainError(error)) throw error;
    }
  }
  return found;
}
async function allPages(load: (page: number) => Promise<{ rows: readonly { id: string }[]; pages: number }>) {
  const first = await load(1);
  const ids = idsOf(first.rows);
  for (let page = 2; page <= first.pages; page += 1) ids.push(...idsOf((await load(page)).rows));
  expect(new Set(ids).size).toBe(ids.length);
  return ids;
}
type Call = (ctx: Ctx) => Promise<Seen[]>;
/** Every list, in every order and both ways: complete as well. */
const LISTS: Record<string, Call> = {
  findContracts: async (ctx) => {
    const seen: Seen[] = [];
    for (const sort of LIST_FILTERS.contract.shape.sort.unwrap().options)
      for (const reversed of [false, true])
        seen.push({
          kind: 'contract',
          ids: await allPages((page) => findContracts(ctx, { sort, reversed }, page)),
        });
    return seen;
  },
  findRows: async (ctx) => {
    const seen: Seen[] = [];
    for (const sort of LIST_FILTERS.plan.shape.sort.unwrap().options)
      for (const reversed of [false, true])
        seen.push({
          kind: 'plan',
          ids: await allPages((number) => findRows(ctx, { sort, reversed }, { number })),
        });
    return seen;
  },
  findReceipts: async (ctx) => {
    const seen: Seen[] = [];
    for (const sort of LIST_FILTERS.receipt.shape.sort.unwrap().options)
      for (const reversed of [false, true])
        seen.push({
          kind: 'receipt',
          ids: await allPages((number) => findReceipts(ctx, { sort, reversed }, { number })),
        });
    return seen;
  },
  listAllContractIds: async (ctx) => [{ kind: 'contract', ids: await listAllContractIds(ctx, {}, 1000) }],
  listAllRowIds: async (ctx) => [{ kind: 'plan', ids: await listAllRowIds(ctx, {}, 1000) }],
  listAllReceiptIds: async (ctx) => [{ kind: 'receipt', ids: await listAllReceiptIds(ctx, {}, 1000) }],
  listExportIds: async (ctx) => [
    { kind: 'contract', ids: await listExportIds(ctx, 'contract', {}) },
    { kind: 'plan', ids: await listExportIds(ctx, 'plan', {}) },
    { kind: 'receipt', ids: await listExportIds(ctx, 'receipt', {}) },
  ],
  // One by one, every record there is.
  loadContract: async (ctx) => [
    {
      kind: 'contract',
      ids: await eachOf(world.contracts, async ({ id }) => (await loadContract(ctx, id)).id),
    },
  ],
  findContractByNumber: async (ctx) => [
    {
      kind: 'contract',
      ids: await eachOf(world.contracts, ({ number }) => findContractByNumber(ctx, number)),
    },
  ],
  loadMilestoneForm: async (ctx) => [
    {
      kind: 'contract',
      ids: await eachOf(
        world.contracts,
        async ({ id }) => (await loadMilestoneForm(ctx, id, 'acceptance', null)).contractId,
      ),
    },
  ],
  findPlanTarget: async (ctx) => [
    {
      kind: 'contract',
      ids: await eachOf(
        world.contracts,
        async ({ id }) => (await findPlanTarget(ctx, id))?.contractId ?? null,
      ),
    },
  ],
  findPlanTargetByNumber: async (ctx) => [
    {
      kind: 'contract',
      ids: await eachOf(
        world.contracts,
        async ({ number }) => (await findPlanTargetByNumber(ctx, number))?.contractId ?? null,
      ),
    },
  ],
  findRow: async (ctx) => [
    { kind: 'plan', ids: await eachOf(world.plans, async ({ id }) => (await findRow(ctx, id))?.id ?? null) },
  ],
  findInstalmentDetail: async (ctx) => [
    {
      kind: 'plan',
      ids: await eachOf(world.plans, async ({ id }) => (await findInstalmentDetail(ctx, id))?.id ?? null),
    },
  ],
  findComing: async (ctx) => [
    {
      kind: 'plan',
      ids: await eachOf(world.plans, async ({ id }) =>
        findComing(ctx, id).then(
          ({ row }) => row.id,
          () => null,
        ),
      ),
    },
  ],
  loadBills: async (ctx) => [
    {
      kind: 'receipt',
      ids: idsOf(
        await loadBills(
          ctx,
          world.receipts.map(({ id }) => ({ receiptId: id })),
        ),
      ),
    },
  ],
  findReceiptId: async (ctx) => [
    { kind: 'receipt', ids: await eachOf(world.receipts, ({ id }) => findReceiptId(ctx, { id })) },
    { kind: 'receipt', ids: await eachOf(world.receipts, ({ number }) => findReceiptId(ctx, { number })) },
  ],
  findAuditSubject: async (ctx) => [
    {
      kind: 'contract',
      ids: await eachOf(
        world.contracts,
        async ({ number }) => (await findAuditSubject(ctx, number))?.id ?? null,
      ),
    },
    {
      kind: 'receipt',
      ids: await eachOf(
        world.receipts,
        async ({ number }) => (await findAuditSubject(ctx, number))?.id ?? null,
      ),
    },
  ],
  findAuditStory: async (ctx) => {
    const told = (kind: 'contract' | 'instalment' | 'receipt', rows: readonly { id: string }[]) =>
      eachOf(rows, async ({ id }) => (await findAuditStory(ctx, { kind, id })).subject.id);
    return [
      { kind: 'contract', ids: await told('contract', world.contracts) },
      { kind: 'plan', ids: await told('instalment', world.plans) },
      { kind: 'receipt', ids: await told('receipt', world.receipts) },
    ];
  },
};
/** What need not give everything of the scope: selects, searches by words, own lists, what waits. */
const PARTS: Record<string, Call> = {
  findFiles: async (ctx) => [
    {
      kind: 'contract',
      ids: await eachOf(
        world.contracts,
        async ({ id }) => (await findFiles(ctx, { type: 'contract', id }))?.id ?? null,
      ),
    },
    {
      kind: 'customer',
      ids: await eachOf(
        world.customers,
        async ({ id }) => (await findFiles(ctx, { type: 'customer', id }))?.id ?? null,
      ),
    },
  ],
  findCustomers: async (ctx) => {
    const seen: Seen[] = [];
    for (const sort of LIST_FILTERS.customer.shape.sort.unwrap().options)
      for (const reversed of [false, true])
        seen.push({
          kind: 'customer',
          ids: await allPages((page) => findCustomers(ctx, { sort, reversed }, page)),
        });
    return seen;
  },
  listAllCustomerIds: async (ctx) => [{ kind: 'customer', ids: await listAllCustomerIds(ctx, {}, 1000) }],
  findCustomerOptions: async (ctx) => [
    { kind: 'customer', ids: idsOf(await findCustomerOptions(ctx, 'ks')) },
  ],
  findCustomerByRef: async (ctx) => [
    { kind: 'customer', ids: await eachOf(world.customers, ({ code }) => findCustomerByRef(ctx, code)) },
  ],
  loadCustomer: async (ctx) => [
    {
      kind: 'customer',
      ids: await eachOf(world.customers, async ({ id }) => (await loadCustomer(ctx, id)).id),
    },
  ],
  findCustomerHistory: async (ctx) => [
    {
      kind: 'customer',
      ids: await eachOf(world.customers, async ({ id }) => (await findCustomerHistory(ctx, id)) && id),
    },
    // Of the file alone: with the audit trail of the other kinds above.
    {
      kind: 'customer',
      ids: await eachOf(
        world.customers,
        async ({ id, code }) =>
          (await findAuditSubject(ctx, code))?.id ??
          (await findAuditStory(ctx, { kind: 'customer', id })).subject.id,
      ),
    },
  ],
  findFilterNames: async (ctx) => [
    {
      kind: 'customer',
      ids: await eachOf(
        world.customers,
        async ({ id }) => (await findFilterNames(ctx, { customerId: id })).customer?.id ?? null,
      ),
    },
    {
      kind: 'person',
      ids: await eachOf(
        world.people,
        async ({ id }) => (await findFilterNames(ctx, { ownerId: id })).owner?.id ?? null,
      ),
    },
  ],
  findOwnerOptions: async (ctx) => [{ kind: 'person', ids: idsOf(await findOwnerOptions(ctx, 'person')) }],
  searchPlanCustomers: async (ctx) => [
    { kind: 'customer', ids: idsOf(await searchPlanCustomers(ctx, 'ks')) },
  ],
  searchPayingCustomers: async (ctx) => [
    { kind: 'customer', ids: idsOf(await searchPayingCustomers(ctx, 'ks')) },
  ],
  findPayersNamedIn: async (ctx) => [
    {
      kind: 'customer',
      ids: (
        await Promise.all(world.customers.map(({ code }) => findPayersNamedIn(ctx, `客户 ${code} paid 261k`)))
      )
        .flat()
        .map(({ id }) => id),
    },
  ],
  listPlannable: async (ctx) => [
    {
      kind: 'contract',
      ids: (await Promise.all(world.customers.map(({ id }) => listPlannable(ctx, id))))
        .flat()
        .map((one) => one.contractId),
    },
  ],
  findPlanRows: async (ctx) => [
    {
      kind: 'plan',
      ids: (await Promise.all(world.contracts.map(({ id }) => findPlanRows(ctx, id))))
        .flat()
        .map((row) => row.id),
    },
  ],
  listCredits: async (ctx) => [{ kind: 'receipt', ids: idsOf(await listCredits(ctx, {}, 1000)) }],
  listSplitRows: async (ctx) => [
    {
      kind: 'plan',
      ids: (
        await Promise.all(
          world.customers.map(({ id }) => listSplitRows(ctx, { customerId: id, currency: 'CNY' }, 100)),
        )
      )
        .flat()
        .map((row) => row.id),
    },
  ],
  proposeSplit: async (ctx) => {
    const proposals = await Promise.all(
      world.customers.map(({ id: customerId }) =>
        proposeSplit(ctx, {
          customerId,
          currency: 'CNY',
          amount: 100_000n,
          target: { customerId },
          chosen: null,
        }),
      ),
    );
    return [{ kind: 'plan', ids: proposals.flatMap(({ lines }) => lines.map((line) => line.instalmentId)) }];
  },
  findEverywhere: async (ctx) => {
    const found = [await findEverywhere(ctx, 'ks'), await findEverywhere(ctx, 'ht-2026')];
    return [
      { kind: 'customer', ids: found.flatMap(({ customers }) => idsOf(customers)) },
      { kind: 'contract', ids: found.flatMap(({ contracts }) => idsOf(contracts)) },
      { kind: 'receipt', ids: found.flatMap(({ receipts }) => idsOf(receipts)) },
    ];
  },
  findExamples: async (ctx) => {
    const { contract, receipt } = await findExamples(ctx);
    return [
      { kind: 'contract', ids: idsOf(world.contracts.filter((one) => one.number === contract)) },
      { kind: 'receipt', ids: idsOf(world.receipts.filter((one) => one.number === receipt)) },
    ];
  },
  findOpenCases: async (ctx) => [
    { kind: 'plan', ids: idsOf((await findOpenCases(ctx, 1)).cases.map(({ row }) => row)) },
  ],
  findTodo: async (ctx) => [{ kind: 'plan', ids: idsOf((await findTodo(ctx)).rows) }],
  findTodoRows: async (ctx) => [{ kind: 'plan', ids: idsOf((await findTodoRows(ctx, {})).rows) }],
  findWaiting: async (ctx) => {
    const { items } = await findWaiting(ctx, ...HOME_KINDS);
    const ids = items.flatMap((item) => ('id' in item && item.kind === 'draft' ? [item.id] : []));
    return [{ kind: 'contract', ids }];
  },
  findReportRows: async (ctx) => {
    const query = defaultQuery('aging', ctx.today, 'CNY');
    const page = { number: 1, size: 1000, zone: 'Asia/Shanghai' };
    const { rows } = await findReportRows(ctx, query, { o: 'open' }, page);
    return [{ kind: 'plan', ids: idsOf(rows) }];
  },
  findReportNames: async (ctx) => {
    const query = defaultQuery('aging', ctx.today, 'CNY');
    const ask = (filter: object) => findReportNames(ctx, { ...query, ...filter });
    return [
      {
        kind: 'customer',
        ids: await eachOf(
          world.customers,
          async ({ id }) => (await ask({ customerId: id })).customer?.id ?? null,
        ),
      },
      {
        kind: 'contract',
        ids: await eachOf(
          world.contracts,
          async ({ id }) => (await ask({ contractId: id })).contract?.id ?? null,
        ),
      },
      {
        kind: 'person',
        ids: await eachOf(world.people, async ({ id }) => (await ask({ ownerId: id })).owner?.id ?? null),
      },
    ];
  },
  findContractChoices: async (ctx) => [{ kind: 'contract', ids: idsOf(await findContractChoices(ctx, '')) }],
  readAging: async (ctx) => {
    const keys = async (by: 'customer' | 'contract' | 'rep') => {
      const aging = await readAging(ctx, { ...defaultQuery('aging', ctx.today, 'CNY'), by }, 1000);
      return aging.lines.map((line) => line.key).filter((key) => key !== '');
    };
    return [
      { kind: 'customer', ids: await keys('customer') },
      { kind: 'contract', ids: await keys('contract') },
      { kind: 'person', ids: await keys('rep') },
    ];
  },
  readMeasures: async (ctx) => {
    const asked = { sources: SOURCES, order: 'open', limit: 1000, company: ctx.company } as const;
    const query = { ...defaultQuery('progress', ctx.today, 'CNY'), ...periodOf('months12', ctx.today) };
    const keys = async (by: 'customer' | 'contract' | 'rep') => {
      const { lines } = await readMeasures(ctx, { ...query, by }, asked);
      return lines.map((line) => line.key).filter((key) => key !== '');
    };
    return [
      { kind: 'customer', ids: await keys('customer') },
      { kind: 'contract', ids: await keys('contract') },
      { kind: 'person', ids: await keys('rep') },
    ];
  },
  readReceiptDetail: async (ctx) => {
    const query = { ...defaultQuery('receipts', ctx.today, 'CNY'), ...periodOf('months12', ctx.today) };
    return [{ kind: 'receipt', ids: idsOf((await readReceiptDetail(ctx, query, 1000)).rows) }];
  },
  loadHome: async (ctx) => {
    const homes = await Promise.all(HOME_KINDS.map((kind) => loadHome(ctx, { kind, page: 1 })));
    return homes.flatMap(({ list, due }): Seen[] => [
      { kind: 'plan', ids: idsOf(due.rows) },
      'plans' in list
        ? { kind: 'plan', ids: idsOf(list.plans.rows) }
        : { kind: 'receipt', ids: 'receipts' in list ? idsOf(list.receipts.rows) : [] },
    ]);
  },
};
/** Queries with a reader that give no rows of the scope, or have their callers check it; each with why. */
const OTHERS: Record<string, string> = {
  chooseRows: 'the condition of findRows and listAllRowIds',
  standingSql: 'the rows of reports',
  standingParts: 'the rows of reports, in parts',
  creditSql: 'the credit of reports',
  readReport: 'the report that is asked: those above',
  readLongReport: 'as readReport, a line for a line: long/report-oracle.test.ts',
  readLongAging: 'as readAging, a line for a line: long/report-oracle.test.ts',
  readLongMeasures: 'as readMeasures, a line for a line: long/report-oracle.test.ts',
  readLongDetail: 'as readReceiptDetail, a line for a line: long/report-oracle.test.ts',
  loadNumbers: 'sums, no rows: held against the reports in long/report-oracle.test.ts',
  findDepartmentChoices: 'departments, no records: reports.test.ts of the handlers',
  readReminderEffect: 'sums, no rows: held against the scope in long/report-oracle.test.ts',
  readTrend: 'sums, no rows: held against the scope in long/report-oracle.test.ts',
  readForecast: 'sums, no rows: made of standingSql and creditSql',
  readOutlook: 'sums, no rows: made of standingSql',
  readRisks: 'customers of readMeasures',
  readKpis: 'sums, no rows: made of readMeasures',
  chooseReceipts: 'the condition of findReceipts and listAllReceiptIds',
  visibleReceipts: 'the condition of findReceiptId',
  findUnclaimed:
    'money of nobody is everybody’s; whose it became is asked of findReceiptId: unclaimed.test.ts',
  loadCustomerRows: 'rows of ids that a list of the scope gave',
  loadExportRows: 'rows of ids that listExportIds gave',
  readCustomerFacts: 'of ids that listExportIds gave',
  readContractFacts: 'of ids that listExportIds gave; a framework beyond the scope: export-again.test.ts',
  readPlanFacts: 'of ids that listExportIds gave',
  readReceiptFacts: 'of ids that listExportIds gave; a contract beyond the scope: export-again.test.ts',
  hasPlannable: 'yes or no: held against listPlannable below',
  listCurrencies: 'currencies, no rows',
  countTodo: 'counts of findRows: held against it below',
  countApprovals: 'decisions that name the reader',
  listCasesToAcknowledge: 'cases that name the reader, of the scope: reminder-people.test.ts',
  isAskedAbout: 'decisions that name the reader',
  maySeeOpening: 'yes or no: finance, whoever brought the file, and whoever is asked about it',
  hasApproved: 'yes or no: whether the reader is named in the decision',
  countCredits: 'a count of listCredits: held against it below',
  findFailed: 'messages that did not arrive: of an admin’s Home only',
  countRoles: 'settings: admins only',
  findMember: 'settings: admins only',
  findOverview: 'settings: admins only',
  countTolerated: 'settings: admins only',
  findFollowUps: 'follow-up-list.test.ts, with follow-ups of two owners',
  countFollowUps: 'a count: log-exports.test.ts of the handlers, with follow-ups of two owners',
  listAllFollowUpIds: 'log-exports.test.ts of the handlers, with follow-ups of two owners',
  findFollowUpSubject: 'log-exports.test.ts of the handlers, with a contract and a customer of another owner',
  findFollowUpStats: 'follow-up-list.test.ts, with follow-ups of two owners',
  findLadder: 'settings: admins and heads of finance only',
  findRowsToTry: 'rows of findRows: admins and heads of finance only',
  tryLadder: 'the row of findRow: admins and heads of finance only',
  comingOf: 'a row that findComing or tryLadder found',
  findDepartments: 'settings: admins only',
  findDepartment: 'settings: admins only',
  findDepartmentOptions: 'settings: admins only',
  findTemplateChoices: 'templates are everybody’s',
  loadPreview: 'the reader’s own file',
  findBatch: 'receipts that ask for the reader’s decision: batch.test.ts',
};

/** Names of exported queries whose first parameter is a reader; a file's own ReadCtx without an actor is none. */
function queriesWithReader(): string[] {
  const root = join(import.meta.dirname, '../../src/domain');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.queries.ts'),
  );
  return files.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8');
    const own = /^(?:type|interface) ReadCtx\b[^}]*\}/m.exec(source)?.[0];
    const readers =
      own !== undefined && !own.includes('actor')
        ? 'Ctx|PersonCtx|TodoCtx'
        : 'Ctx|PersonCtx|ReadCtx|OuterReadCtx|TodoCtx';
    const pattern = new RegExp(
      `export (?:(?:async )?function\\*? (\\w+)(?:<[^>]*>)?\\(|const (\\w+) = (?:async )?\\()\\s*ctx: (?:${readers})\\b`,
      'g',
    );
    return [...source.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '');
  });
}

it('every query that takes a reader is called here, or says why not', () => {
  const known = [LISTS, PARTS, OTHERS].flatMap((table) => Object.keys(table));
  expect(queriesWithReader().toSorted()).toEqual(known.toSorted());
  expect(new Set(known).size).toBe(known.length);
});

describe('of every person', () => {
  // Of the twelve reps every fourth: what they may see is decided alike.
  const everybody = Array.from({ length: 18 }, (_, n) => n).filter((n) => n >= 12 || n % 4 === 0);

  // Some seventy queries, each for every record there is.
  it.each(everybody)('person %i sees only their scope, and all of it', { timeout: 120_000 }, async (n) => {
    const person = world.people[n];
    if (!person) throw new Error('nobody');
    const scope = scopeOfPerson(person.id);
    const inScope = (kind: Kind, id: string) =>
      scope === 'all' || ownersOf(kind, id).some((owner) => scope.has(owner));
    const ctx = await readerOf(person.id);
    const all = { contract: world.contracts, plan: world.plans, receipt: world.receipts };
    for (const [name, call] of Object.entries({ ...LISTS, ...PARTS })) {
      for (const { kind, ids } of await call(ctx)) {
        const leaked = ids.filter((id) => !inScope(kind, id));
        expect(leaked, `${name} gives ${kind} outside the scope`).toEqual([]);
        if (!(name in LISTS)) continue;
        if (kind !== 'contract' && kind !== 'plan' && kind !== 'receipt') throw new Error(kind);
        const expected = idsOf(all[kind]).filter((id) => inScope(kind, id));
        expect(ids.toSorted(), `${name} leaves ${kind} out`).toEqual(expected.toSorted());
      }
    }
    // Customers by their owner alone.
    const customers = idsOf(world.customers).filter(
      (id) => scope === 'all' || ownersOf('customer', id, false).some((owner) => scope.has(owner)),
    );
    expect((await listAllCustomerIds(ctx, {}, 1000)).toSorted()).toEqual(customers.toSorted());
    const plannable = await PARTS.listPlannable?.(ctx);
    const sells = person.roles[0] !== 'finance';
    if (sells) expect(await hasPlannable(ctx)).toBe((plannable?.[0]?.ids.length ?? 0) > 0);
    const credits = (await PARTS.listCredits?.(ctx))?.[0]?.ids ?? [];
    expect(await countCredits(ctx)).toBe(credits.length);
    const currencies = await Promise.all(world.customers.map(({ id }) => listCurrencies(ctx, id, 'CNY')));
    expect(currencies.every((list) => list.length > 0)).toBe(true);
  });

  it('whoever has no role sees nothing', async () => {
    const ctx = await company.as('nobody');
    for (const [name, call] of Object.entries({ ...LISTS, ...PARTS })) {
      // They have no Home at all.
      if (name === 'loadHome') continue;
      for (const { ids } of await call(ctx)) expect(ids, name).toEqual([]);
    }
  });

  it('the company is one in which it matters: managers see some of others, and not all', () => {
    const managers = world.people.filter((one) => one.roles[0] === 'sales_manager');
    for (const { id } of managers) {
      const scope = scopeOfPerson(id);
      expect(scope === 'all' ? 0 : scope.size).toBeLessThan(world.people.length);
    }
    expect(managers.some(({ id }) => (scopeOfPerson(id) as ReadonlySet<string>).size > 2)).toBe(true);
  });
});
