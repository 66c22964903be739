// Reads adjustments of instalments. Changes nothing; no scope of its own: cards go to finance, and windows know that the
// reader sees the row.
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type ApprovalDetails, findApproval, type NamedPerson } from '../approvals/approval.queries.js';
import type { LocalDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import { type InstalmentRowData, loadRows } from '../plans/instalment.queries.js';
import type { PostedAdjustment, WriteOffKind } from './adjustment.js';

/** A write-off or its undoing with what its card tells; `amount` positive, in minor units of the row's currency. */
export interface AdjustmentFacts {
  readonly id: string;
  readonly kind: WriteOffKind;
  readonly undoes: boolean;
  readonly amount: bigint;
  readonly reason: string | null;
  readonly askedBy: NamedPerson;
  readonly row: InstalmentRowData;
  readonly approval: ApprovalDetails;
}

type ReadCtx = { readonly db: Db | Tx; readonly today: LocalDate };

/** An adjustment with one of its approvals; null if either is unknown, or it is a recovery, which nobody was asked about. */
export const findAdjustment = (
  ctx: ReadCtx,
  id: string,
  approvalId?: string,
): Promise<AdjustmentFacts | null> => read(ctx, { id }, approvalId);

/** What waits on an instalment, or null. */
export const findOpenAdjustment = (ctx: ReadCtx, instalmentId: string): Promise<AdjustmentFacts | null> =>
  read(ctx, { instalmentId, status: 'open' });

async function read(
  ctx: ReadCtx,
  where: Prisma.AdjustmentWhereInput,
  approvalId?: string,
): Promise<AdjustmentFacts | null> {
  const found = await ctx.db.adjustment.findFirst({ where });
  if (!found || found.kind === 'recovery') return null;
  const { kind } = found;
  const type = kind === 'bad_debt' ? 'write_off' : 'small_difference';
  const [[row], approval, people] = await Promise.all([
    loadRows(ctx, [found.instalmentId]),
    findApproval(ctx, { type, id: found.id }, approvalId),
    findPeople(ctx.db, [found.createdById]),
  ]);
  if (!row || !approval) return null;
  return {
    id: found.id,
    kind,
    undoes: found.undoesId !== null,
    amount: found.amount < 0n ? -found.amount : found.amount,
    reason: found.reason,
    askedBy: { id: found.createdById, name: people.get(found.createdById)?.name ?? '' },
    row,
    approval,
  };
}

/** What counts on an instalment, in the order of posting. */
export function listPosted(db: Db | Tx, instalmentId: string): Promise<PostedAdjustment[]> {
  return db.adjustment.findMany({
    where: { instalmentId, status: 'approved' },
    orderBy: [{ bookedAt: 'asc' }, { id: 'asc' }],
    select: { id: true, kind: true, amount: true, undoesId: true },
  });
}

/** Bad debt of closed rows that did not come in yet, by row. */
export async function sumRecoverable(db: Db | Tx, ids: readonly string[]): Promise<Map<string, bigint>> {
  if (ids.length === 0) return new Map();
  const sums = await db.$queryRaw<{ id: string; room: bigint }[]>`
    SELECT d.instalment_id::text AS id, SUM(d.amount)::bigint AS room FROM adjustment d
    WHERE d.instalment_id = ANY(${[...ids]}::uuid[]) AND d.status = 'approved' AND d.kind <> 'small_difference'
    GROUP BY d.instalment_id`;
  return new Map(sums.map((one) => [one.id, one.room]));
}

/** Bad debt of a contract that stands or is asked about, in minor units of its currency; its rows are held. */
export async function sumBadDebt(tx: Tx, contractId: string): Promise<bigint> {
  const [sum] = await tx.$queryRaw<{ minor: bigint }[]>`
    SELECT COALESCE(SUM(d.amount), 0)::bigint AS minor FROM adjustment d JOIN instalment i ON i.id = d.instalment_id
    WHERE i.contract_id = ${contractId}::uuid AND d.kind <> 'small_difference'
      AND (d.status = 'approved' OR (d.status = 'open' AND d.amount > 0))`;
  return sum?.minor ?? 0n;
}

/** Whether row `i` has bad debt that did not come in: closed by something else than money, it is bad debt and not paid. */
export const HAS_BAD_DEBT = Prisma.sql`(SELECT COALESCE(SUM(d.amount), 0) FROM adjustment d
  WHERE d.instalment_id = i.id AND d.status = 'approved' AND d.kind <> 'small_difference') > 0`;
