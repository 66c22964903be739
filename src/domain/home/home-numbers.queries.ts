// The numbers of App Home, within the reader's scope (rules §12): each as the report or list behind it has it. Reads only.
// Sums are one a currency, never added.
import type { Ctx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { queryWide } from '../../db/wide-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { addDays, addMonths, type LocalDate, localDate, weekday } from '../local-date.js';
import type { Money } from '../money.js';
import { ANY_PART, UNPAID } from '../plans/instalment-search.queries.js';
import { SUMMED } from '../reports/standing.queries.js';
import type { HomeKind } from './home-kinds.js';

/** Sums over open instalments of active contracts in the reader's scope, and over receipts; empty: none. */
export interface HomeNumbers {
  readonly outstanding: readonly Money[];
  readonly overdue: readonly Money[];
  readonly overdueCount: number;
  readonly dueWeek: readonly Money[];
  /** Received this month by the receipts' days, against what was planned for the month. */
  readonly receivedMonth: readonly Money[];
  readonly plannedMonth: readonly Money[];
  /** Of managers: what fell due this month until today, and what of it is in (rules §9); retention, and of it overdue. */
  readonly fallenMonth: readonly Money[];
  readonly fallenPaid: readonly Money[];
  readonly retention: readonly Money[];
  readonly retentionOverdue: readonly Money[];
  readonly receivedToday: readonly Money[];
  readonly inApproval: readonly Money[];
  readonly unapplied: readonly Money[];
}

export const NO_NUMBERS: HomeNumbers = {
  outstanding: [],
  overdue: [],
  overdueCount: 0,
  dueWeek: [],
  receivedMonth: [],
  plannedMonth: [],
  fallenMonth: [],
  fallenPaid: [],
  retention: [],
  retentionOverdue: [],
  receivedToday: [],
  inApproval: [],
  unapplied: [],
};

/** What a person of this kind is told. */
export async function loadNumbers(ctx: Ctx, kind: HomeKind): Promise<HomeNumbers> {
  const { db, today } = ctx;
  const owners = kind === 'rep' ? [ctx.actor.id] : visibleOwners(ctx.actor);
  const mine = owners === 'all' ? Prisma.sql`TRUE` : Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`;
  // Of everybody in an index of its own, in whose words it is asked; of some people in that of their lists.
  const unpaid = owners === 'all' ? SUMMED : UNPAID;
  const week = addDays(today, 7 - weekday(today));
  const monthStart = localDate(`${today.slice(0, 7)}-01`);
  const monthEnd = addDays(addMonths(monthStart, 1), -1);
  const [open, month, received, money] = await Promise.all([
    queryWide<OpenSums>(
      db,
      Prisma.sql`${PLANNED_ANEW}
      SELECT i.currency, SUM(i.outstanding)::bigint AS outstanding,
        COALESCE(SUM(i.outstanding) FILTER (WHERE i.effective_due < ${today}::date), 0)::bigint AS overdue,
        (COUNT(*) FILTER (WHERE i.effective_due < ${today}::date))::int AS "overdueCount",
        COALESCE(SUM(i.outstanding) FILTER (WHERE i.effective_due BETWEEN ${today}::date AND ${week}::date), 0)::bigint AS "dueWeek",
        COALESCE(SUM(i.outstanding) FILTER (WHERE i.is_retention), 0)::bigint AS retention,
        COALESCE(SUM(i.outstanding) FILTER (WHERE i.is_retention AND i.effective_due < ${today}::date), 0)::bigint AS "retentionOverdue"
      FROM instalment i WHERE ${unpaid} AND ${mine}
      GROUP BY i.currency ORDER BY i.currency`,
    ),
    loadMonth(ctx, [monthStart, monthEnd], mine),
    loadReceived(ctx, monthStart, mine),
    kind === 'finance' ? loadReceiptSums(ctx, today) : [],
  ]);
  const pick = (key: 'outstanding' | 'overdue' | 'dueWeek' | 'retention' | 'retentionOverdue') =>
    positive(open.map((line) => ({ minor: line[key], currency: line.currency })));
  const receipts = (key: 'today' | 'waiting' | 'unapplied') =>
    positive(money.map((line) => ({ minor: line[key], currency: line.currency })));
  const ofMonth = (key: 'planned' | 'fallen' | 'paid') =>
    positive(month.map((line) => ({ minor: line[key], currency: line.currency })));
  return {
    outstanding: pick('outstanding'),
    overdue: pick('overdue'),
    overdueCount: open.reduce((sum, line) => sum + line.overdueCount, 0),
    dueWeek: pick('dueWeek'),
    receivedMonth: positive(received),
    plannedMonth: ofMonth('planned'),
    fallenMonth: kind === 'manager' ? ofMonth('fallen') : [],
    fallenPaid: kind === 'manager' ? ofMonth('paid') : [],
    retention: pick('retention'),
    retentionOverdue: pick('retentionOverdue'),
    receivedToday: receipts('today'),
    inApproval: receipts('waiting'),
    unapplied: receipts('unapplied'),
  };
}

interface Sum {
  currency: string;
  minor: bigint;
}
interface OpenSums {
  currency: string;
  outstanding: bigint;
  overdue: bigint;
  overdueCount: number;
  dueWeek: bigint;
  retention: bigint;
  retentionOverdue: bigint;
}
interface MonthSums {
  currency: string;
  planned: bigint;
  fallen: bigint;
  paid: bigint;
}
interface ReceiptSums {
  currency: string;
  today: bigint;
  waiting: bigint;
  unapplied: bigint;
}

const positive = (list: readonly Money[]): Money[] => list.filter(({ minor }) => minor > 0n);

/**
 * What came in since a day: a row whose money is all of since then says itself how much that is (migration report_facts); of
 * the others the money of since then is added up.
 */
function loadReceived({ db }: Ctx, from: LocalDate, mine: Prisma.Sql): Promise<Sum[]> {
  return db.$queryRaw`${PLANNED_ANEW}
    SELECT x.currency, SUM(x.minor)::bigint AS minor FROM (
      SELECT i.currency, i.amount - i.outstanding - COALESCE(w.adjusted, 0) AS minor
      FROM instalment i LEFT JOIN (
        SELECT d.instalment_id, SUM(d.amount)::bigint AS adjusted FROM adjustment d WHERE d.effective_on >= ${from}::date
        GROUP BY d.instalment_id) w ON w.instalment_id = i.id
      WHERE i.money_to >= ${from}::date AND i.money_from >= ${from}::date
        AND i.lifecycle IN ('open', 'settled', 'written_off') AND ${mine}
      UNION ALL
      SELECT i.currency, a.amount FROM instalment i
      JOIN allocation a ON a.instalment_id = i.id AND a.status = 'effective' AND a.effective_on >= ${from}::date
      WHERE i.money_to >= ${from}::date AND i.money_from < ${from}::date AND ${mine}) x
    GROUP BY x.currency ORDER BY x.currency`;
}

/**
 * Of what is due in a month: what was planned; what fell due until today, and what of it is in, as the collection rate of the
 * report behind it has it: what is not open any more, less what was written off.
 */
function loadMonth(
  { db, today }: Ctx,
  [from, to]: readonly [LocalDate, LocalDate],
  mine: Prisma.Sql,
): Promise<MonthSums[]> {
  const fell = Prisma.sql`i.effective_due <= ${today}::date`;
  return db.$queryRaw`${PLANNED_ANEW}
    SELECT i.currency,
      COALESCE(SUM(i.amount) FILTER (WHERE i.lifecycle IN ('open', 'settled')), 0)::bigint AS planned,
      COALESCE(SUM(i.amount) FILTER (WHERE ${fell}), 0)::bigint AS fallen,
      COALESCE(SUM(i.amount - i.outstanding - COALESCE(w.adjusted, 0)) FILTER (WHERE ${fell}), 0)::bigint AS paid
    FROM instalment i LEFT JOIN (
      SELECT d.instalment_id, SUM(d.amount)::bigint AS adjusted FROM adjustment d WHERE d.effective_on <= ${today}::date
      GROUP BY d.instalment_id) w ON w.instalment_id = i.id
    WHERE ${ANY_PART} AND i.lifecycle IN ('open', 'settled', 'written_off')
      AND i.effective_due BETWEEN ${from}::date AND ${to}::date AND ${mine}
    GROUP BY i.currency ORDER BY i.currency`;
}

async function loadReceiptSums(ctx: Ctx, today: LocalDate): Promise<ReceiptSums[]> {
  return ctx.db.$queryRaw<ReceiptSums[]>`${PLANNED_ANEW}
    SELECT currency,
      COALESCE(SUM(amount) FILTER (WHERE kind <> 'opening' AND received_on = ${today}::date AND status IN ('approved', 'partly_reversed')), 0)::bigint AS today,
      COALESCE(SUM(amount) FILTER (WHERE status = 'submitted'), 0)::bigint AS waiting,
      COALESCE(SUM(unapplied) FILTER (WHERE status IN ('approved', 'partly_reversed')), 0)::bigint AS unapplied
    FROM receipt WHERE kind IN ('payment', 'prepayment', 'opening') AND (status = 'submitted' OR unapplied > 0 OR received_on = ${today}::date)
    GROUP BY currency ORDER BY currency`;
}
