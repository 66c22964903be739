// Reads what is proposed for a customer's credit limit. Changes nothing; the caller knows who may see limits.
import { z } from 'zod';
import type { Db, Tx } from '../../db/client.js';
import { type ApprovalDetails, findApproval, type NamedPerson } from '../approvals/approval.queries.js';
import type { LocalDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';

/** What was known when it was proposed, in minor units of the base currency; null: an amount has no exchange rate. */
const minor = z.string().transform(BigInt).nullable();
const creditEvidence = z.object({
  exposure: minor,
  overdue: minor,
  /** Days by which the oldest open instalment is late; 0: none is. */
  oldestDays: z.number().int(),
  /** In twelve months. */
  received: minor,
});
export type CreditEvidence = z.output<typeof creditEvidence>;

export interface LimitProposalFacts {
  readonly id: string;
  readonly customer: { readonly id: string; readonly code: string; readonly name: string };
  /** Minor units of the base currency; null: no limit. */
  readonly from: bigint | null;
  readonly to: bigint | null;
  readonly currency: string;
  readonly reason: string;
  readonly evidence: CreditEvidence | null;
  readonly askedBy: NamedPerson;
  readonly approval: ApprovalDetails;
}

interface ReadCtx {
  readonly db: Db | Tx;
  readonly today: LocalDate;
  readonly company: { readonly baseCurrency: string };
}

/** A proposal with one of its approvals; null if either is unknown. */
export const findLimitProposal = (
  ctx: ReadCtx,
  id: string,
  approvalId?: string,
): Promise<LimitProposalFacts | null> => read(ctx, { id }, approvalId);

/** What waits for a customer, or null. */
export const findOpenProposal = (ctx: ReadCtx, customerId: string): Promise<LimitProposalFacts | null> =>
  read(ctx, { customerId, status: 'open' });

async function read(
  ctx: ReadCtx,
  where: { id: string } | { customerId: string; status: 'open' },
  approvalId?: string,
): Promise<LimitProposalFacts | null> {
  const found = await ctx.db.creditEvent.findFirst({ where, include: { customer: true } });
  if (!found) return null;
  const [approval, people] = await Promise.all([
    findApproval(ctx, { type: 'credit_limit', id: found.id }, approvalId),
    findPeople(ctx.db, [found.createdById]),
  ]);
  if (!approval) return null;
  const { id, customer, fromLimit: from, toLimit: to, createdById } = found;
  return {
    ...{ id, from, to, approval },
    customer: { id: customer.id, code: customer.code, name: customer.name },
    currency: ctx.company.baseCurrency,
    reason: found.reason ?? '',
    evidence: found.evidence === null ? null : creditEvidence.parse(found.evidence),
    askedBy: { id: createdById, name: people.get(createdById)?.name ?? '' },
  };
}
