// Reads a postponement that was asked for, with its row and its approval. Changes nothing; the caller knows who may see it.
import type { Db, Tx } from '../../db/client.js';
import { type ApprovalDetails, findApproval } from '../approvals/approval.queries.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import { type InstalmentRowData, loadRows } from './instalment.queries.js';

/** What the approver's card, the answer and the row's window tell of it. */
export interface PostponementFacts {
  readonly id: string;
  readonly row: InstalmentRowData;
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly remark: string | null;
  readonly askedBy: { readonly id: string; readonly name: string };
  readonly approval: ApprovalDetails;
}

type ReadCtx = { readonly db: Db | Tx; readonly today: LocalDate };

/** The postponement of an approval, or null. */
export const findPostponement = (ctx: ReadCtx, approvalId: string): Promise<PostponementFacts | null> =>
  read(ctx, { approvalId });

/** What waits on an instalment, or null. */
export const findOpenPostponement = (ctx: ReadCtx, instalmentId: string): Promise<PostponementFacts | null> =>
  read(ctx, { instalmentId, status: 'open' });

async function read(
  ctx: ReadCtx,
  where: { approvalId: string } | { instalmentId: string; status: 'open' },
): Promise<PostponementFacts | null> {
  const found = await ctx.db.postponement.findFirst({ where });
  if (!found?.approvalId) return null;
  const [[row], approval, people] = await Promise.all([
    loadRows(ctx, [found.instalmentId]),
    findApproval(ctx, { type: 'postponement', id: found.id }, found.approvalId),
    findPeople(ctx.db, [found.createdById]),
  ]);
  if (!row || !approval) return null;
  return {
    id: found.id,
    row,
    from: fromUtcDate(found.fromDate),
    to: fromUtcDate(found.toDate),
    remark: found.remark,
    askedBy: { id: found.createdById, name: people.get(found.createdById)?.name ?? '' },
    approval,
  };
}
