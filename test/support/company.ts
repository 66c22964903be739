// A small company for tests: people of every role, one way to act as each of them, at any time.
import type { CompanyInfo, Ctx, SystemCtx } from '../../src/ctx.js';
import type { Db } from '../../src/db/client.js';
import type { Role } from '../../src/domain/access.js';
import type { ContractInput } from '../../src/domain/contracts/contract.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { newId } from '../../src/domain/ids.js';
import { localDate, todayIn } from '../../src/domain/local-date.js';
import { findActor } from '../../src/domain/members/member.queries.js';
import type { PlanRowInput } from '../../src/domain/plans/plan.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { loadCompany } from '../../src/domain/settings/company.service.js';
import type { Contract, Customer, Instalment, Prisma, Receipt } from '../../src/generated/prisma/client.js';
import { approveContract } from './decide.js';
import { startCompany } from './first-company.js';

/** Saturday noon in Shanghai is not used: this is Friday 2026-11-20, 10:00 there. */
export const NOON = new Date('2026-11-20T02:00:00Z');

export const PEOPLE = {
  rep: ['rep'],
  rep2: ['rep'],
  manager: ['sales_manager'],
  director: ['sales_director'],
  finance: ['finance'],
  finance2: ['finance'],
  financeManager: ['finance_manager'],
  auditor: ['auditor'],
  admin: ['admin'],
  nobody: [],
} as const satisfies Record<string, readonly Role[]>;
export type PersonKey = keyof typeof PEOPLE;

export interface TestCompany {
  readonly db: Db;
  readonly ids: Record<PersonKey, string>;
  /** A context of this person, with a request id of its own. */
  as(who: PersonKey, now?: Date): Promise<Ctx>;
  system(now?: Date): Promise<SystemCtx>;
}

/** People of every role: rep and rep2 under manager, manager under director. Slack ids are U_REP, U_MANAGER … */
export async function createTestCompany(db: Db, now = NOON): Promise<TestCompany> {
  await startCompany(db, now);
  const entries = Object.entries(PEOPLE) as [PersonKey, readonly Role[]][];
  const ids = Object.fromEntries(entries.map(([key]) => [key, newId(now)])) as Record<PersonKey, string>;
  const managers: Partial<Record<PersonKey, string>> = {
    rep: ids.manager,
    rep2: ids.manager,
    manager: ids.director,
  };
  await db.user.createMany({
    data: entries.map(([key, roles]) => ({
      id: ids[key],
      slackUserId: slackIdOf(key),
      name: key,
      locale: 'zh-CN',
      timezone: 'Asia/Shanghai',
      roles: [...roles],
      managerId: managers[key] ?? null,
      createdAt: now,
      updatedAt: now,
    })),
  });
  return companyOn(db, ids, now);
}

/** The company that is there, on a database that was opened anew. */
export function companyOn(db: Db, ids: TestCompany['ids'], now = NOON): TestCompany {
  let known: CompanyInfo | undefined;
  // As the app does: whoever changes the company or its calendar raises its version.
  const system = async (at = now, version?: number | null): Promise<SystemCtx> => {
    const current = version ?? (await db.company.findFirst({ select: { version: true } }))?.version;
    if (known === undefined || known.version !== current) known = await loadCompany(db, at);
    return { db, now: at, today: todayIn(at, known.timezone), company: known };
  };
  return {
    db,
    ids,
    system,
    async as(who, at = now) {
      const found = await findActor(db, slackIdOf(who));
      if (!found) throw new Error(`${who} is nobody here`);
      return { ...(await system(at, found.companyVersion)), actor: found.actor, requestId: newId(at) };
    },
  };
}

const slackIdOf = (who: PersonKey) => `U_${who.toUpperCase()}`;

/** Settings put in place without a use case; the version says so, as it does after one. */
export async function changeCompany(db: Db, data: Prisma.CompanyUpdateManyMutationInput): Promise<void> {
  await db.company.updateMany({ data: { ...data, version: { increment: 1 } } });
}

let customers = 0;

/** A customer of the rep. */
export async function aCustomer(company: TestCompany, who: PersonKey = 'rep', now?: Date): Promise<Customer> {
  customers += 1;
  return createCustomer(await company.as(who, now), { name: `客户${customers}` });
}

/** An active contract with its plan; rows as [amount in minor units, due date or null]. */
export async function anActiveContract(
  company: TestCompany,
  rows: [amount: bigint, dueOn: string | null, extra?: Partial<PlanRowInput>][],
  options: { who?: PersonKey; now?: Date; contract?: Partial<ContractInput> } = {},
): Promise<{ customer: Customer; contract: Contract; rows: Instalment[] }> {
  const { who = 'rep', now } = options;
  const customer = await aCustomer(company, who, now);
  const amount = rows.reduce((sum, [part]) => sum + part, 0n);
  const draft = await createContract(await company.as(who, now), {
    customerId: customer.id,
    name: '设备合同',
    type: 'vehicle',
    amount,
    currency: 'CNY',
    ...options.contract,
  });
  await createPlan(await company.as(who, now), {
    contractId: draft.id,
    alreadyDue: true,
    rows: rows.map(([part, dueOn, extra], index) => ({
      name: `第${index + 1}期`,
      amount: part,
      dueOn: dueOn === null ? null : localDate(dueOn),
      ...extra,
    })),
  });
  const fresh = await company.db.contract.findUniqueOrThrow({ where: { id: draft.id } });
  await submitContract(await company.as(who, now), {
    id: draft.id,
    version: fresh.version,
    planLater: amount < draft.amount,
  });
  // As many of them as its flow asks.
  for (const by of ['manager', 'director', 'financeManager'] as const) {
    const open = await company.db.approval.findFirst({ where: { subjectId: draft.id, status: 'open' } });
    if (open) await approveContract(await company.as(by, now), open.id, open.version);
  }
  const contract = await company.db.contract.findUniqueOrThrow({ where: { id: draft.id } });
  const created = await company.db.instalment.findMany({
    where: { contractId: contract.id },
    orderBy: { seq: 'asc' },
  });
  return { customer, contract, rows: created };
}

/** A receipt of the rep on an instalment, waiting for finance; and its approval. */
export async function aSubmittedReceipt(
  company: TestCompany,
  row: Instalment,
  amount: bigint,
  options: { who?: PersonKey; now?: Date; notDuplicate?: boolean } = {},
): Promise<{ receipt: Receipt; approval: { id: string; version: number } }> {
  const ctx = await company.as(options.who ?? 'rep', options.now);
  const receipt = await recordReceipt(
    ctx,
    {
      customerId: row.customerId,
      contractId: row.contractId,
      instalmentId: row.id,
      amount,
      currency: row.currency,
      method: 'transfer',
      receivedOn: ctx.today,
    },
    { notDuplicate: options.notDuplicate ?? true },
  );
  const approval = await company.db.approval.findFirstOrThrow({
    where: { subjectId: receipt.id, status: 'open' },
  });
  return { receipt, approval: { id: approval.id, version: approval.version } };
}
