// Adds to the demo company what it has none of: contracts in force without a plan, and one on its way to approval.
import type { Ctx } from '../../../src/ctx.js';
import type { Db } from '../../../src/db/client.js';
import { createContract } from '../../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../../src/domain/contracts/contract-approval.service.js';
import { createCustomer } from '../../../src/domain/customers/customer.service.js';
import { newId } from '../../../src/domain/ids.js';
import { todayIn } from '../../../src/domain/local-date.js';
import { toActor } from '../../../src/domain/members/member.queries.js';
import { loadCompany } from '../../../src/domain/settings/company.service.js';
import { approveContract } from '../../support/decide.js';

interface ContractFacts {
  readonly rep: string;
  readonly customer: string;
  readonly name: string;
}

/** A contract of 900,000 yuan of this rep, approved by the manager, with no instalment; returns its number. */
export const addUnplannedContract = (db: Db, now: Date, facts: ContractFacts): Promise<string> =>
  addApprovedByManager(db, now, facts, 90_000_000n);

/** One of 2,000,000 yuan, which the manager alone does not bring into force: it waits for the second step. */
export const addContractAtSecondStep = (db: Db, now: Date, facts: ContractFacts): Promise<string> =>
  addApprovedByManager(db, now, facts, 200_000_000n);

async function addApprovedByManager(
  db: Db,
  now: Date,
  facts: ContractFacts,
  amount: bigint,
): Promise<string> {
  const rep = () => actAs(db, facts.rep, now);
  const customer = await createCustomer(await rep(), { name: facts.customer });
  const ctx = await rep();
  const contract = await createContract(ctx, {
    customerId: customer.id,
    name: facts.name,
    type: 'parts',
    amount,
    currency: 'CNY',
    signedOn: ctx.today,
    paymentMethod: 'transfer',
  });
  await submitContract(await rep(), { id: contract.id, version: contract.version, planLater: true });
  const asked = await db.approval.findFirstOrThrow({ where: { subjectId: contract.id } });
  await approveContract(await actAs(db, 'U_MANAGER', now), asked.id, asked.version);
  return contract.number;
}

async function actAs(db: Db, slackUserId: string, now: Date): Promise<Ctx> {
  const user = await db.user.findUniqueOrThrow({ where: { slackUserId } });
  const company = await loadCompany(db, now);
  const actor = await toActor(db, user);
  return { db, now, today: todayIn(now, company.timezone), company, actor, requestId: newId(now) };
}
