// Contracts that come in as approved outside: what each would take to be approved here (rules §6, §10).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { can } from '../access.js';
import { chooseFlow, toBase } from '../approvals/flow.js';
import { addedBy } from '../customers/credit.js';
import { holdCredits } from '../customers/credit.queries.js';
import { localDate } from '../local-date.js';
import type { ContractFacts, FindCustomer } from './decide-contract.js';
import type { StagedRow } from './import-row.js';
import { acceptsAlone } from './in-force.js';
import { textsOf } from './lookups.service.js';

/** Whoever brings it in decides that it was approved: as its flow lets them, and never about contracts of their own. */
export async function forceTest(
  tx: Tx,
  ctx: Ctx,
  rows: readonly StagedRow[],
  findCustomer: FindCustomer,
): Promise<NonNullable<ContractFacts['refusesForce']>> {
  const { actor, company } = ctx;
  const { settings, baseCurrency } = company;
  const customers = textsOf(rows, 'customer').flatMap((ref) => findCustomer(ref).map(({ id }) => id));
  const creditOf = await holdCredits({ db: tx, company }, [...new Set(customers)]);
  const may = can(actor, 'contract.approve');
  return ({ customerId, ownerId, type, amount, currency, signedOn, plan }) => {
    const leads = can(actor, 'contract.approve', ownerId);
    if (ownerId === actor.id || !leads) return { code: 'in_force', params: {} };
    const adds = {
      minor: addedBy({
        amount,
        signedOn: dayOf(signedOn),
        rows: plan.map((part) => ({ ...part, dueOn: dayOf(part.dueOn) })),
      }),
      currency,
    };
    const credit = creditOf(customerId, adds);
    const amountInBase = toBase({ minor: amount, currency }, baseCurrency, settings.exchangeRates);
    const facts = { amountInBase, contractType: type, creditExceeded: credit.isAbove };
    const flow = chooseFlow('contract', facts, settings.approvalFlows);
    if (acceptsAlone(flow, { id: actor.id, roles: actor.roles, leads, may })) {
      credit.take();
      return null;
    }
    return amountInBase === null
      ? { code: 'in_force_rate', params: { currency } }
      : { code: 'in_force_steps', params: {} };
  };
}

const dayOf = (text: string | null) => (text === null ? null : localDate(text));
