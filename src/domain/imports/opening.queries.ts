// Reads what was decided about a file of money from before, and what its card shows. Changes nothing.
import type { ReadCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import type { ImportStatus } from '../../generated/prisma/client.js';
import { can } from '../access.js';
import { type ApprovalDetails, findApproval, type NamedPerson } from '../approvals/approval.queries.js';
import { isAskedAbout } from '../approvals/waiting-list.queries.js';
import { type LocalDate, localDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import { keptSums, type OpeningSum } from './opening.js';

/** Who agreed that a file is booked. */
export interface OpeningDecision {
  readonly approvalId: string;
  /** With whose hand the last step was approved. */
  readonly approverId: string;
  /** Everybody who approved a step, and in whose place. */
  readonly deciderIds: readonly string[];
}

/** The decision by which a file may be booked; null: there is none. */
export async function findOpeningDecision(db: Db | Tx, jobId: string): Promise<OpeningDecision | null> {
  const approval = await db.approval.findFirst({
    where: { subjectType: 'opening', subjectId: jobId, status: 'approved' },
    include: { steps: { orderBy: { seq: 'asc' } } },
  });
  const approverId = approval?.steps.at(-1)?.decidedById;
  if (!approval || !approverId) return null;
  const people = approval.steps.flatMap((step) => [...step.approvedIds, step.decidedById, step.onBehalfOfId]);
  return {
    approvalId: approval.id,
    approverId,
    deciderIds: [...new Set(people.filter((id) => id !== null))],
  };
}

/** A row as the card names it. */
export interface OpeningRow {
  /** The contract's number or the customer, as the file says it. */
  readonly target: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly receivedOn: LocalDate;
}

export interface OpeningFacts {
  readonly id: string;
  readonly fileName: string;
  readonly status: ImportStatus;
  readonly askedBy: NamedPerson;
  readonly rows: number;
  readonly sums: readonly OpeningSum[];
  readonly largest: readonly OpeningRow[];
  /** Once it is over: rows that are in the books, were there already, were not taken. */
  readonly created: number;
  readonly skipped: number;
  readonly failed: number;
  readonly approval: ApprovalDetails;
}

const SHOWN_ROWS = 5;

/** A file with one of its approvals; null if either is unknown. */
export async function findOpening(
  ctx: { readonly db: Db | Tx; readonly today: LocalDate },
  jobId: string,
  approvalId: string,
): Promise<OpeningFacts | null> {
  const [job, approval, largest] = await Promise.all([
    ctx.db.importJob.findUnique({ where: { id: jobId } }),
    findApproval(ctx, { type: 'opening', id: jobId }, approvalId),
    ctx.db.$queryRaw<(Omit<OpeningRow, 'receivedOn'> & { receivedOn: string })[]>`
      SELECT COALESCE(fields->>'contract', fields->>'customer') AS target, (fields->>'amount')::bigint AS amount,
        fields->>'currency' AS currency, fields->>'receivedOn' AS "receivedOn"
      FROM import_row WHERE job_id = ${jobId}::uuid AND outcome = 'new'
      ORDER BY (fields->>'amount')::bigint DESC, line LIMIT ${SHOWN_ROWS}`,
  ]);
  if (!job || !approval) return null;
  const people = await findPeople(ctx.db, [job.userId]);
  const sums = keptSums.parse(job.money ?? []);
  const { id, fileName, status, userId, created, skipped, failed } = job;
  return {
    id,
    fileName,
    status,
    askedBy: { id: userId, name: people.get(userId)?.name ?? '' },
    rows: sums.reduce((count, sum) => count + sum.rows, 0),
    sums,
    largest: largest.map((row) => ({ ...row, receivedOn: localDate(row.receivedOn) })),
    created,
    skipped,
    failed,
    approval,
  };
}

/** Whoever sent it, finance, and whoever is asked about it in somebody's place. */
export const maySeeOpening = async (ctx: ReadCtx, { id, askedBy }: OpeningFacts): Promise<boolean> =>
  askedBy.id === ctx.actor.id ||
  can(ctx.actor, 'receipt.approve') ||
  (await isAskedAbout(ctx, 'opening', id));
