// What waits for a person: their own rows from D-N until paid, decisions they may take, cases they are asked about.
// Reads only; everything is limited to the person's scope.
import type { SystemCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type Actor, visibleOwners } from '../access.js';
import type { SubjectType } from '../approvals/subjects.js';
import { waitsFor } from '../approvals/waiting.queries.js';
import type { ListFilter } from '../lists/list-filter.js';
import type { LocalDate } from '../local-date.js';
import type { Money } from '../money.js';
import { findRows, type InstalmentRowData, loadRows, type RowPage } from '../plans/instalment.queries.js';
import { type RowFilter, toCollectOn, UNPAID } from '../plans/instalment-search.queries.js';
import { toleranceWhere } from '../settings/tolerance.queries.js';

/** Who reads, and on which day. */
export interface TodoCtx {
  readonly db: Db | Tx;
  readonly today: LocalDate;
  readonly actor: Actor;
  readonly company: Pick<SystemCtx['company'], 'baseCurrency' | 'settings'>;
}

/** The first line of /hk and of the digest; totals one a currency. */
export interface TodoCounts {
  readonly overdue: number;
  readonly overdueTotals: readonly Money[];
  readonly dueToday: number;
  /** Decisions to take and cases to acknowledge. */
  readonly waiting: number;
}

/** A case that asks the reader to acknowledge, or asked. */
export interface CaseToAcknowledge {
  /** Name of whoever acknowledged it; null: nobody yet. */
  readonly acknowledgedBy: string | null;
  readonly caseId: string;
  readonly level: number;
  readonly row: InstalmentRowData;
}

/** Decisions that wait for a person, by what they are about; every list and count of them is of these. */
export interface Approvals {
  readonly contracts: number;
  /** Whatever finance decides about. */
  readonly receipts: number;
  readonly postponements: number;
  readonly total: number;
  /** When the oldest receipt that waits was sent for approval. */
  readonly oldestReceiptAt: Date | null;
}

export interface Todo {
  readonly counts: TodoCounts;
  readonly rows: readonly InstalmentRowData[];
  /** Of all pages. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  readonly cases: readonly CaseToAcknowledge[];
  readonly approvals: Approvals;
}

export const TODO_PAGE_SIZE = 20;
const MAX_CASES = 20;

/** The person's to-do list, oldest due first; a page beyond the last is the last. */
export async function findTodo(
  ctx: TodoCtx,
  page: { number: number; size?: number } = { number: 1 },
): Promise<Todo> {
  const { db, today, actor } = ctx;
  const size = page.size ?? TODO_PAGE_SIZE;
  const mine = Prisma.sql`i.owner_id = ${actor.id}::uuid AND ${toCollectOn(today)}`;
  const [count] = await db.$queryRaw<{ total: number }[]>`
    SELECT COUNT(*)::int AS total FROM instalment i WHERE ${mine}`;
  const total = count?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / size));
  const number = Math.min(Math.max(1, page.number), pages);
  const ids = await db.$queryRaw<{ id: string }[]>`
    SELECT i.id::text FROM instalment i WHERE ${mine} ORDER BY i.effective_due, i.id
    LIMIT ${size} OFFSET ${(number - 1) * size}`;
  const rows = await loadRows(
    ctx,
    ids.map((row) => row.id),
  );
  const cases = await listCasesToAcknowledge(ctx);
  const approvals = await countApprovals(ctx);
  const counts = await countTodo(ctx, cases.total + approvals.total);
  return { counts, rows, total, page: number, pages, cases: cases.cases, approvals };
}

/** The person's own rows of the to-do list, narrowed and sorted as they like. */
export function findTodoRows(
  ctx: TodoCtx,
  filter: ListFilter<'todo'>,
  page?: { number: number; size?: number },
): Promise<RowPage> {
  return findRows(ctx, todoFilter(filter), page);
}

/** The filter of the to-do list as one of instalments. */
export const todoFilter = (filter: ListFilter<'todo'>): RowFilter => ({
  ...filter,
  owners: 'own',
  toCollect: true,
});

/** Overdue and due-today rows of all that the person sees, as their Home counts; `waiting` by the caller or here. */
export async function countTodo(ctx: TodoCtx, waiting?: number): Promise<TodoCounts> {
  const owners = visibleOwners(ctx.actor);
  const seen = owners === 'all' ? Prisma.sql`TRUE` : Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`;
  const lines = await ctx.db.$queryRaw<
    { currency: string; overdue: number; outstanding: bigint; dueToday: number }[]
  >`
    SELECT i.currency, (COUNT(*) FILTER (WHERE i.effective_due < ${ctx.today}::date))::int AS overdue,
      COALESCE(SUM(i.outstanding) FILTER (WHERE i.effective_due < ${ctx.today}::date), 0)::bigint AS outstanding,
      (COUNT(*) FILTER (WHERE i.effective_due = ${ctx.today}::date))::int AS "dueToday"
    FROM instalment i
    WHERE ${seen} AND ${UNPAID} AND i.effective_due <= ${ctx.today}::date
    GROUP BY i.currency ORDER BY i.currency`;
  return {
    overdue: lines.reduce((sum, line) => sum + line.overdue, 0),
    overdueTotals: lines
      .filter((line) => line.overdue > 0)
      .map(({ currency, outstanding }) => ({ minor: outstanding, currency })),
    dueToday: lines.reduce((sum, line) => sum + line.dueToday, 0),
    waiting: waiting ?? (await countWaiting(ctx)),
  };
}

async function countWaiting(ctx: TodoCtx): Promise<number> {
  const approvals = await countApprovals(ctx);
  return approvals.total + (await listCasesToAcknowledge(ctx)).total;
}

/**
 * Open cases of the person's scope that ask them and that nobody has acknowledged, the worst first; not of what is not worth
 * a reminder.
 */
export async function listCasesToAcknowledge(
  ctx: TodoCtx,
): Promise<{ cases: CaseToAcknowledge[]; total: number }> {
  const owners = visibleOwners(ctx.actor);
  const found = await ctx.db.escalationCase.findMany({
    where: {
      closedOn: null,
      ackedById: null,
      recipientIds: { has: ctx.actor.id },
      instalment: {
        lifecycle: 'open',
        ...toleranceWhere(ctx.company, 'gt'),
        ...(owners !== 'all' && { ownerId: { in: [...owners] } }),
      },
    },
    orderBy: [{ level: 'desc' }, { openedOn: 'asc' }, { id: 'asc' }],
    select: { id: true, level: true, instalmentId: true },
  });
  const rows = await loadRows(
    ctx,
    found.slice(0, MAX_CASES).map((one) => one.instalmentId),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const cases = found.slice(0, MAX_CASES).flatMap(({ id, level, instalmentId }) => {
    const row = byId.get(instalmentId);
    return row ? [{ caseId: id, level, row, acknowledgedBy: null }] : [];
  });
  return { cases, total: found.length };
}

/** As what each kind of subject is counted: a kind that is not here is no kind. */
const COUNTED_AS: Record<SubjectType, 'contracts' | 'receipts' | 'postponements'> = {
  contract: 'contracts',
  contract_change: 'contracts',
  contract_void: 'contracts',
  postponement: 'postponements',
  receipt: 'receipts',
  reversal: 'receipts',
  refund: 'receipts',
  reallocation: 'receipts',
  write_off: 'receipts',
  small_difference: 'receipts',
  credit_limit: 'receipts',
  opening: 'receipts',
};

/** Open approvals that this person may decide now. */
export async function countApprovals(ctx: TodoCtx): Promise<Approvals> {
  const lines = await ctx.db.$queryRaw<{ type: SubjectType; count: number; oldest: Date }[]>`
    SELECT a.subject_type AS type, COUNT(*)::int AS count, MIN(a.created_at) AS oldest
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    WHERE ${waitsFor(ctx)} GROUP BY a.subject_type`;
  const of = (kind: (typeof COUNTED_AS)[SubjectType]) =>
    lines.filter(({ type }) => COUNTED_AS[type] === kind);
  const count = (some: typeof lines) => some.reduce((sum, line) => sum + line.count, 0);
  const receipts = of('receipts').toSorted((a, b) => a.oldest.getTime() - b.oldest.getTime());
  return {
    contracts: count(of('contracts')),
    receipts: count(receipts),
    postponements: count(of('postponements')),
    total: count(lines),
    oldestReceiptAt: receipts[0]?.oldest ?? null,
  };
}
