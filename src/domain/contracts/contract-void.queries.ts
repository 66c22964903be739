// Reads what was asked about voiding a contract with money. Changes nothing; the caller knows who may see the contract.
import type { Db, Tx } from '../../db/client.js';
import { type ApprovalDetails, findApproval, type NamedPerson } from '../approvals/approval.queries.js';
import type { LocalDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';

/** `amount` of its money, in minor units of the contract's currency, that becomes prepayment. */
export interface VoidFacts {
  readonly id: string;
  readonly contractId: string;
  readonly amount: bigint;
  readonly reason: string;
  readonly askedBy: NamedPerson;
  readonly approval: ApprovalDetails;
}

type ReadCtx = { readonly db: Db | Tx; readonly today: LocalDate };

/** With one of its approvals; null if either is unknown. */
export const findVoid = (ctx: ReadCtx, id: string, approvalId?: string): Promise<VoidFacts | null> =>
  read(ctx, { id }, approvalId);

/** What waits on a contract, or null. */
export const findOpenVoid = (ctx: ReadCtx, contractId: string): Promise<VoidFacts | null> =>
  read(ctx, { contractId, status: 'open' });

/** What a void contract's money went by, or null: it had none. */
export const findApprovedVoid = (ctx: ReadCtx, contractId: string): Promise<VoidFacts | null> =>
  read(ctx, { contractId, status: 'approved' });

async function read(
  ctx: ReadCtx,
  where: { id: string } | { contractId: string; status: 'open' | 'approved' },
  approvalId?: string,
): Promise<VoidFacts | null> {
  const found = await ctx.db.contractVoid.findFirst({ where });
  if (!found) return null;
  const [approval, people] = await Promise.all([
    findApproval(ctx, { type: 'contract_void', id: found.id }, approvalId),
    findPeople(ctx.db, [found.createdById]),
  ]);
  if (!approval) return null;
  const { id, contractId, amount, reason, createdById } = found;
  const askedBy = { id: createdById, name: people.get(createdById)?.name ?? '' };
  return { id, contractId, amount, reason, askedBy, approval };
}
