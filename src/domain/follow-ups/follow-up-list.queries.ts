// Follow-ups of a contract or customer as a timeline, and what each rep made of theirs (F80, F81). Only of rows in the
// reader's scope.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { listIds } from '../lists/all-ids.queries.js';
import { COUNTED_TO } from '../lists/counted.js';
import { addDays, type LocalDate } from '../local-date.js';
import type { SmallAmounts } from '../settings/small-amounts.js';
import { toleranceSql } from '../settings/tolerance.queries.js';
import { STATS_DAYS } from './follow-up.js';
import { type FollowUpFacts, loadFollowUps } from './follow-up.queries.js';

/** A follow-up with the instalment it was about. */
export interface ListedFollowUp extends FollowUpFacts {
  readonly contractNumber: string;
  readonly seq: number;
  readonly currency: string;
}

export interface FollowUpPage {
  readonly rows: readonly ListedFollowUp[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

/** A follow-up as a file tells it. */
export interface FollowUpRow extends ListedFollowUp {
  readonly contractName: string;
  readonly customerCode: string;
  readonly customerName: string;
  readonly instalmentName: string;
  readonly ownerName: string;
}

/** What the timeline is of. */
export type FollowUpsOf = { readonly contractId: string } | { readonly customerId: string };
/** Neither: all that the reader sees. */
export interface FollowUpFilter {
  readonly contractId?: string | undefined;
  readonly customerId?: string | undefined;
}

export const FOLLOW_UPS_A_PAGE = 20;

const seenBy = (ctx: Pick<ReadCtx, 'actor'>): Prisma.Sql => {
  const owners = visibleOwners(ctx.actor);
  return owners === 'all' ? Prisma.sql`TRUE` : Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`;
};

/** Follow-ups `f` of instalments `i` in the reader's scope. */
function fromOf(ctx: ReadCtx, { contractId, customerId }: FollowUpFilter): Prisma.Sql {
  const conditions = [
    seenBy(ctx),
    contractId !== undefined && Prisma.sql`i.contract_id = ${contractId}::uuid`,
    customerId !== undefined && Prisma.sql`i.customer_id = ${customerId}::uuid`,
  ].filter((condition) => condition instanceof Prisma.Sql);
  return Prisma.sql`FROM follow_up f JOIN instalment i ON i.id = f.instalment_id
    JOIN contract c ON c.id = i.contract_id WHERE ${Prisma.join(conditions, ' AND ')}`;
}

/** How many there are, counted as far as lists are. */
export async function countFollowUps(
  ctx: ReadCtx,
  filter: FollowUpFilter,
): Promise<{ total: number; more: boolean }> {
  const [found] = await ctx.db.$queryRaw<{ total: number }[]>`
    SELECT COUNT(*)::int AS total FROM (SELECT ${fromOf(ctx, filter)} LIMIT ${COUNTED_TO + 1}) x`;
  const total = found?.total ?? 0;
  return { total: Math.min(total, COUNTED_TO), more: total > COUNTED_TO };
}

/** Of which contract and customer they are, told by what the reader sees of them; null where that is nothing. */
export async function findFollowUpSubject(
  ctx: ReadCtx,
  filter: FollowUpFilter,
): Promise<{ contractNumber: string; customerName: string } | null> {
  const [found] = await ctx.db.$queryRaw<{ contractNumber: string; customerName: string }[]>`
    SELECT c.number AS "contractNumber", (SELECT k.name FROM customer k WHERE k.id = i.customer_id) AS "customerName"
    ${fromOf(ctx, filter)} LIMIT 1`;
  return found ?? null;
}

/** Ids of all that the reader may see, newest first; at most `limit`. */
export const listAllFollowUpIds = (ctx: ReadCtx, filter: FollowUpFilter, limit: number): Promise<string[]> =>
  listIds(ctx.db, Prisma.sql`SELECT f.id ${fromOf(ctx, filter)} ORDER BY f.id DESC LIMIT ${limit}`);

/** Rows by id in the order given, for callers that have checked the scope. */
export async function loadFollowUpRows(
  { db }: Pick<ReadCtx, 'db'>,
  ids: readonly string[],
): Promise<FollowUpRow[]> {
  const found = await db.$queryRaw<(Omit<FollowUpRow, keyof FollowUpFacts> & { id: string })[]>`
    SELECT f.id::text, c.number AS "contractNumber", c.name AS "contractName", k.code AS "customerCode",
      k.name AS "customerName", i.seq, i.name AS "instalmentName", i.currency, u.name AS "ownerName"
    FROM unnest(${[...ids]}::uuid[]) WITH ORDINALITY AS x(id, place) JOIN follow_up f ON f.id = x.id
    JOIN instalment i ON i.id = f.instalment_id JOIN contract c ON c.id = i.contract_id
    JOIN customer k ON k.id = i.customer_id JOIN app_user u ON u.id = i.owner_id ORDER BY x.place`;
  const facts = await loadFollowUps(db, ids);
  return found.flatMap((row) => {
    const told = facts.get(row.id);
    return told ? [{ ...told, ...row }] : [];
  });
}

/** Newest first; a page beyond the last is the last. */
export async function findFollowUps(ctx: ReadCtx, of: FollowUpsOf, page = 1): Promise<FollowUpPage> {
  const from = fromOf(ctx, of);
  const [count] = await ctx.db.$queryRaw<{ total: number }[]>`SELECT COUNT(*)::int AS total ${from}`;
  const total = count?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / FOLLOW_UPS_A_PAGE));
  const number = Math.min(Math.max(1, page), pages);
  const found = await ctx.db.$queryRaw<
    { id: string; contractNumber: string; seq: number; currency: string }[]
  >`
    SELECT f.id::text, c.number AS "contractNumber", i.seq, i.currency ${from}
    ORDER BY f.id DESC LIMIT ${FOLLOW_UPS_A_PAGE} OFFSET ${(number - 1) * FOLLOW_UPS_A_PAGE}`;
  const facts = await loadFollowUps(
    ctx.db,
    found.map((row) => row.id),
  );
  const rows = found.flatMap(({ id, ...row }) => {
    const told = facts.get(id);
    return told ? [{ ...told, ...row }] : [];
  });
  return { rows, total, page: number, pages };
}

/** What one person made of their follow-ups. */
export interface FollowUpStats {
  readonly name: string;
  readonly followUps: number;
  /** Promises whose day is over, and those of them that were paid by then. */
  readonly promises: number;
  readonly kept: number;
  /** Open rows of theirs whose next contact is over. */
  readonly missed: number;
}

const MAX_PEOPLE = 100;

/**
 * Of everybody whose rows the reader sees, over the last 30 days: who did how many follow-ups, how many of their promises
 * were kept, and how many contacts were missed; the most missed first. A promise that a newer one replaced before its day
 * does not count; one is kept where what was promised came in by its day, but for the tolerance.
 */
export function findFollowUpStats(
  ctx: ReadCtx & { company: SmallAmounts & { timezone: string } },
): Promise<FollowUpStats[]> {
  const since: LocalDate = addDays(ctx.today, -STATS_DAYS);
  const day = Prisma.sql`(f.created_at AT TIME ZONE ${ctx.company.timezone})::date`;
  return ctx.db.$queryRaw<FollowUpStats[]>`
    WITH done AS (
      SELECT f.created_by AS who, f.instalment_id, f.id, f.result::text AS result, f.promised_on, f.promised_amount, i.currency,
        ${day} AS day
      FROM follow_up f JOIN instalment i ON i.id = f.instalment_id
      WHERE ${seenBy(ctx)} AND ${day} >= ${since}::date),
    due AS (
      SELECT d.who, d.promised_amount <= ${toleranceSql(ctx.company, 'd')} + COALESCE((
          SELECT SUM(a.amount) FROM allocation a WHERE a.instalment_id = d.instalment_id AND a.status <> 'proposed'
            AND a.effective_on BETWEEN d.day AND d.promised_on
            AND (a.released_on IS NULL OR a.released_on > d.promised_on)), 0) AS kept
      FROM done d
      WHERE d.result = 'promised' AND d.promised_on < ${ctx.today}::date AND NOT EXISTS (
        SELECT 1 FROM follow_up n WHERE n.instalment_id = d.instalment_id AND n.id > d.id AND n.result = 'promised'
          AND (n.created_at AT TIME ZONE ${ctx.company.timezone})::date <= d.promised_on)),
    missed AS (
      SELECT i.owner_id AS who, COUNT(*)::int AS n FROM instalment i
      WHERE ${seenBy(ctx)} AND i.lifecycle = 'open' AND i.outstanding > ${toleranceSql(ctx.company)}
        AND i.next_contact_on < ${ctx.today}::date
      GROUP BY i.owner_id)
    SELECT u.name, COALESCE(f.n, 0)::int AS "followUps", COALESCE(p.n, 0)::int AS promises, COALESCE(p.kept, 0)::int AS kept,
      COALESCE(m.n, 0)::int AS missed
    FROM app_user u
    LEFT JOIN (SELECT who, COUNT(*) AS n FROM done GROUP BY who) f ON f.who = u.id
    LEFT JOIN (SELECT who, COUNT(*) AS n, COUNT(*) FILTER (WHERE kept) AS kept FROM due GROUP BY who) p ON p.who = u.id
    LEFT JOIN missed m ON m.who = u.id
    WHERE f.n > 0 OR p.n > 0 OR m.n > 0
    ORDER BY missed DESC, "followUps" DESC, u.name LIMIT ${MAX_PEOPLE}`;
}
