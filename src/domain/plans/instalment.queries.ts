// Reads instalments as lists show them: one row shape for lists, to-do, Home, digest and modals. Changes nothing.
// Whoever acts sees only rows of owners in their scope (rules §12).
import type { ReadCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import type { FollowUpKind, FollowUpResult } from '../follow-ups/follow-up.js';
import { listIds } from '../lists/all-ids.queries.js';
import { type Counted, countedOf } from '../lists/counted.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { PAGE_SIZE } from '../page.js';
import type { AnchorKind, AnchorOffset } from './anchor.js';
import { displayStateSql } from './display-state.sql.js';
import type { DisplayState } from './instalment.js';
import { chooseRows, type RowFilter, type RowSource } from './instalment-search.queries.js';

/** An instalment with what a row of a list tells; amounts in minor units of `currency`. */
export interface InstalmentRowData {
  readonly id: string;
  readonly version: number;
  readonly seq: number;
  readonly name: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly customerCode: string;
  readonly contractId: string;
  readonly contractNumber: string;
  readonly contractName: string;
  readonly contractStatus: string;
  readonly ownerId: string;
  readonly ownerName: string;
  /** They are here and have a role. */
  readonly ownerActive: boolean;
  readonly amount: bigint;
  readonly outstanding: bigint;
  /** Of the amount, what was written off and did not come in (坏账, 尾差); and what came in after all. */
  readonly adjusted: bigint;
  readonly recovered: bigint;
  /** Bad debt of a closed row that did not come in: what money on it recovers. */
  readonly recoverable: bigint;
  readonly currency: string;
  /** Σ of allocations that wait for approval. */
  readonly proposed: bigint;
  readonly state: DisplayState;
  readonly dueOn: LocalDate | null;
  readonly effectiveDue: LocalDate | null;
  readonly postponedTo: LocalDate | null;
  readonly blockUntil: LocalDate | null;
  readonly disputed: boolean;
  /** A promise that is not kept yet, and the day of the last one that was broken. */
  readonly promisedOn: LocalDate | null;
  /** Promises in a row of which none was kept yet. */
  readonly promiseCount: number;
  readonly promisedAmount: bigint | null;
  readonly brokenOn: LocalDate | null;
  /** The next contact that somebody wrote down. */
  readonly nextContactOn: LocalDate | null;
  /** Until when the reader's own messages leave it out; null where nobody reads in particular. */
  readonly snoozedUntil: LocalDate | null;
  /** The newest follow-up. */
  readonly followedUp: FollowedUp | null;
  readonly isRetention: boolean;
  readonly templateId: string | null;
  /** The milestone that its date hangs on, and how far from it. */
  readonly anchorKind: AnchorKind | null;
  readonly anchorOffset: AnchorOffset | null;
  /** The later day that waits for a manager's decision; the old one stands until then. */
  readonly pendingTo: LocalDate | null;
  /** The newest receipt on it that waits for approval. */
  readonly waiting: WaitingReceipt | null;
}

export interface FollowedUp {
  readonly at: Date;
  readonly kind: FollowUpKind;
  readonly result: FollowUpResult | null;
}

/** A receipt on the row that finance has not decided about. */
export interface WaitingReceipt {
  readonly id: string;
  readonly number: string;
  readonly amount: bigint;
  readonly recordedAt: Date;
}

export interface RowPage extends Counted {
  readonly rows: readonly InstalmentRowData[];
  /** Of all pages, one a currency: currencies are never added. None where there are more than were counted. */
  readonly totals: readonly CurrencyTotal[];
}

/** Minor units. */
export interface CurrencyTotal {
  readonly currency: string;
  readonly count: number;
  /** Of what is in force: without drafts, contracts in approval and cancelled rows. */
  readonly amount: bigint;
  readonly outstanding: bigint;
  /** Of drafts and contracts in approval. */
  readonly inactive: bigint;
}

type DayKey =
  | 'dueOn'
  | 'effectiveDue'
  | 'postponedTo'
  | 'blockUntil'
  | 'promisedOn'
  | 'brokenOn'
  | 'nextContactOn'
  | 'snoozedUntil'
  | 'pendingTo';
type Days<T> = Record<DayKey, T | null>;
type RawRow = Omit<InstalmentRowData, DayKey | 'waiting' | 'followedUp'> &
  Days<Date> & {
    followedAt: Date | null;
    followedKind: FollowUpKind | null;
    followedResult: FollowUpResult | null;
    waitingId: string | null;
    waitingNumber: string | null;
    waitingAmount: bigint | null;
    waitingAt: Date | null;
  };

/** A row as the database gives it → as views take it. */
export function toRowData(raw: RawRow): InstalmentRowData {
  const { waitingId, waitingNumber, waitingAmount, waitingAt, ...told } = raw;
  const { followedAt, followedKind, followedResult, ...row } = told;
  const day = (key: DayKey) => raw[key] && fromUtcDate(raw[key]);
  return {
    ...row,
    dueOn: day('dueOn'),
    effectiveDue: day('effectiveDue'),
    postponedTo: day('postponedTo'),
    blockUntil: day('blockUntil'),
    promisedOn: day('promisedOn'),
    brokenOn: day('brokenOn'),
    nextContactOn: day('nextContactOn'),
    snoozedUntil: day('snoozedUntil'),
    pendingTo: day('pendingTo'),
    followedUp:
      followedAt === null || followedKind === null
        ? null
        : { at: followedAt, kind: followedKind, result: followedResult },
    waiting:
      waitingId === null || waitingNumber === null || waitingAmount === null || waitingAt === null
        ? null
        : { id: waitingId, number: waitingNumber, amount: waitingAmount, recordedAt: waitingAt },
  };
}

/** One page of what the reader may see; a page beyond the last is the last. */
export async function findRows(
  ctx: ReadCtx,
  filter: RowFilter = {},
  page: { number: number; size?: number } = { number: 1 },
): Promise<RowPage> {
  const source = await chooseRows(ctx, filter);
  const { where, counted: count } = source;
  const size = page.size ?? PAGE_SIZE;
  const totals = await ctx.db.$queryRaw<CurrencyTotal[]>`${PLANNED_ANEW}
    SELECT x.currency, COUNT(*)::int AS count,
      COALESCE(SUM(x.amount) FILTER (WHERE x.lifecycle NOT IN ('inactive', 'cancelled')), 0)::bigint AS amount,
      COALESCE(SUM(x.outstanding) FILTER (WHERE x.lifecycle = 'open'), 0)::bigint AS outstanding,
      COALESCE(SUM(x.amount) FILTER (WHERE x.lifecycle = 'inactive'), 0)::bigint AS inactive
    FROM (SELECT i.currency, i.amount, i.outstanding, i.lifecycle FROM ${count.from} WHERE ${where} ${count.order}
      LIMIT ${count.to + 1}) x
    GROUP BY x.currency ORDER BY x.currency`;
  const found = totals.reduce((sum, line) => sum + line.count, 0);
  const counted = countedOf(found, count.to, page.number, size);
  const ids = await listRowIds(ctx, source, size, (counted.page - 1) * size);
  return { rows: await loadRows(ctx, ids), ...counted, totals: counted.more ? [] : totals };
}

async function listRowIds(
  ctx: ReadCtx,
  { from, where, order }: RowSource,
  limit: number,
  offset: number,
): Promise<string[]> {
  const ids = await ctx.db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT i.id::text FROM ${from} WHERE ${where} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`;
  return ids.map((row) => row.id);
}

/** Ids of all that the reader may see, in the list's order; at most `limit`. */
export async function listAllRowIds(ctx: ReadCtx, filter: RowFilter, limit: number): Promise<string[]> {
  const { from, where, order } = await chooseRows(ctx, filter);
  return listIds(
    ctx.db,
    Prisma.sql`SELECT i.id FROM ${from} WHERE ${where} ORDER BY ${order} LIMIT ${limit}`,
  );
}

/** One row of the reader's scope, or null. */
export async function findRow(ctx: ReadCtx, id: string): Promise<InstalmentRowData | null> {
  const [row] = await loadRows(ctx, [id]);
  const owners = visibleOwners(ctx.actor);
  return row && (owners === 'all' || owners.includes(row.ownerId)) ? row : null;
}

/** Rows by id in the order given, whoever owns them: for jobs, and for callers that have checked the scope. */
export async function loadRows(
  ctx: { db: Db | Tx; today: LocalDate; actor?: { id: string } },
  ids: readonly string[],
): Promise<InstalmentRowData[]> {
  if (ids.length === 0) return [];
  const found = await ctx.db.$queryRaw<RawRow[]>`
    WITH p AS (SELECT ${ctx.today}::date AS today)
    SELECT i.id::text, i.version, i.seq, i.name, i.amount, i.outstanding, COALESCE(d.adjusted, 0)::bigint AS adjusted,
      COALESCE(d.recovered, 0)::bigint AS recovered, CASE WHEN i.lifecycle IN ('written_off', 'settled')
        AND c.status <> 'void' THEN COALESCE(d.bad, 0) ELSE 0 END::bigint AS recoverable, i.currency, i.disputed,
      i.is_retention AS "isRetention", i.template_id::text AS "templateId", i.anchor_kind AS "anchorKind", i.anchor_offset AS "anchorOffset", i.due_on AS "dueOn", i.effective_due AS "effectiveDue",
      i.postponed_to AS "postponedTo", i.block_until AS "blockUntil", i.broken_on AS "brokenOn",
      CASE WHEN i.outstanding > i.promised_left THEN i.promised_on END AS "promisedOn",
      CASE WHEN i.outstanding > i.promised_left THEN i.promised_amount END AS "promisedAmount",
      i.promise_count AS "promiseCount", i.next_contact_on AS "nextContactOn", f.created_at AS "followedAt", f.kind::text AS "followedKind",
      f.result::text AS "followedResult", (SELECT s.until FROM snooze s WHERE s.instalment_id = i.id
        AND s.user_id = ${ctx.actor?.id ?? null}::uuid AND s.until > ${ctx.today}::date) AS "snoozedUntil", i.owner_id::text AS "ownerId", u.name AS "ownerName", u.active AND u.roles <> '{}' AS "ownerActive",
      i.customer_id::text AS "customerId", k.name AS "customerName", k.code AS "customerCode",
      i.contract_id::text AS "contractId", c.number AS "contractNumber", c.name AS "contractName",
      c.status::text AS "contractStatus", ${Prisma.raw(displayStateSql('i', 'p.today'))} AS state,
      COALESCE(w.proposed, 0)::bigint AS proposed, w.id AS "waitingId", w.number AS "waitingNumber",
      w.amount AS "waitingAmount", w.created_at AS "waitingAt",
      (SELECT q.to_date FROM postponement q WHERE q.instalment_id = i.id AND q.status = 'open') AS "pendingTo"
    FROM p CROSS JOIN instalment i
    JOIN contract c ON c.id = i.contract_id JOIN customer k ON k.id = i.customer_id JOIN app_user u ON u.id = i.owner_id
    LEFT JOIN LATERAL (
      SELECT SUM(a.amount) OVER () AS proposed, r.id::text, r.number, r.amount, r.created_at
      FROM allocation a JOIN receipt r ON r.id = a.receipt_id
      WHERE a.instalment_id = i.id AND a.status = 'proposed' ORDER BY r.id DESC LIMIT 1) w ON true
    LEFT JOIN LATERAL (
      SELECT created_at, kind, result FROM follow_up WHERE instalment_id = i.id ORDER BY id DESC LIMIT 1) f ON true
    LEFT JOIN LATERAL (
      SELECT SUM(amount) AS adjusted, -SUM(amount) FILTER (WHERE kind = 'recovery') AS recovered,
        SUM(amount) FILTER (WHERE kind <> 'small_difference') AS bad
      FROM adjustment WHERE instalment_id = i.id AND status = 'approved') d ON true
    WHERE i.id = ANY(${[...ids]}::uuid[])`;
  const byId = new Map(found.map((row) => [row.id, toRowData(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
