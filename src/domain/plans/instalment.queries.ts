// Reads instalments as lists show them: one row shape for lists, to-do, Home, digest and modals. Changes nothing.
// Whoever acts sees only rows of owners in their scope (rules §12).
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type Actor, visibleOwners } from '../access.js';
import type { FollowUpKind, FollowUpResult } from '../follow-ups/follow-up.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { likePattern, wordsOf } from '../search.js';
import type { AnchorKind, AnchorOffset } from './anchor.js';
import { displayStateSql } from './display-state.sql.js';
import type { DisplayState } from './instalment.js';

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
  readonly amount: bigint;
  readonly outstanding: bigint;
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
  readonly promisedAmount: bigint | null;
  readonly brokenOn: LocalDate | null;
  /** The next contact that somebody wrote down. */
  readonly nextContactOn: LocalDate | null;
  /** The newest follow-up. */
  readonly followedUp: FollowedUp | null;
  readonly isRetention: boolean;
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

/** `due`: what is still to come in first, paid rows last; `plan`: as the contract counts them. */
export type RowSort = 'due' | 'amount' | 'customer' | 'newest' | 'plan';

export interface RowFilter {
  /** Narrower than the reader's scope: only their own rows, or those of their team and themselves. */
  readonly owners?: 'own' | 'team' | 'all' | undefined;
  readonly ownerId?: string | undefined;
  /** The owner as a person picks people in Slack. */
  readonly ownerSlackId?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly states?: readonly DisplayState[] | undefined;
  readonly customerId?: string | undefined;
  readonly contractId?: string | undefined;
  /** By effective due date, both included. */
  readonly dueFrom?: LocalDate | undefined;
  readonly dueTo?: LocalDate | undefined;
  /** By the instalment's amount in minor units, both included. */
  readonly amountFrom?: bigint | undefined;
  readonly amountTo?: bigint | undefined;
  readonly currency?: string | undefined;
  /** Every word must occur in customer, contract or instalment (also pinyin and initials). */
  readonly words?: string | undefined;
  readonly sort?: RowSort | undefined;
}

export interface RowPage {
  readonly rows: readonly InstalmentRowData[];
  /** Of all pages. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** Of all pages, one a currency: currencies are never added. */
  readonly totals: readonly CurrencyTotal[];
}

export interface CurrencyTotal {
  readonly currency: string;
  readonly count: number;
  readonly amount: bigint;
  readonly outstanding: bigint;
}

/** Who reads, and on which day. */
export interface ReadCtx {
  readonly db: Db | Tx;
  readonly today: LocalDate;
  readonly actor: Actor;
}

export const PAGE_SIZE = 20;

type DayKey =
  | 'dueOn'
  | 'effectiveDue'
  | 'postponedTo'
  | 'blockUntil'
  | 'promisedOn'
  | 'brokenOn'
  | 'nextContactOn'
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
  const where = whereOf(ctx, filter);
  const size = page.size ?? PAGE_SIZE;
  const totals = await ctx.db.$queryRaw<CurrencyTotal[]>`
    SELECT i.currency, COUNT(*)::int AS count, SUM(i.amount)::bigint AS amount, SUM(i.outstanding)::bigint AS outstanding
    ${FROM} WHERE ${where} GROUP BY i.currency ORDER BY i.currency`;
  const total = totals.reduce((sum, line) => sum + line.count, 0);
  const pages = Math.max(1, Math.ceil(total / size));
  const number = Math.min(Math.max(1, page.number), pages);
  const ids = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT i.id::text ${FROM} WHERE ${where} ORDER BY ${ORDER[filter.sort ?? 'due']}
    LIMIT ${size} OFFSET ${(number - 1) * size}`;
  const rows = await loadRows(
    ctx,
    ids.map((row) => row.id),
  );
  return { rows, total, page: number, pages, totals };
}

/** One row of the reader's scope, or null. */
export async function findRow(ctx: ReadCtx, id: string): Promise<InstalmentRowData | null> {
  const [row] = await loadRows(ctx, [id]);
  const owners = visibleOwners(ctx.actor);
  return row && (owners === 'all' || owners.includes(row.ownerId)) ? row : null;
}

/** Rows by id in the order given, whoever owns them: for jobs, and for callers that have checked the scope. */
export async function loadRows(
  ctx: { db: Db | Tx; today: LocalDate },
  ids: readonly string[],
): Promise<InstalmentRowData[]> {
  if (ids.length === 0) return [];
  const found = await ctx.db.$queryRaw<RawRow[]>`
    WITH p AS (SELECT ${ctx.today}::date AS today)
    SELECT i.id::text, i.version, i.seq, i.name, i.amount, i.outstanding, i.currency, i.disputed,
      i.is_retention AS "isRetention", i.anchor_kind AS "anchorKind", i.anchor_offset AS "anchorOffset", i.due_on AS "dueOn", i.effective_due AS "effectiveDue",
      i.postponed_to AS "postponedTo", i.block_until AS "blockUntil", i.broken_on AS "brokenOn",
      CASE WHEN i.outstanding > i.promised_left THEN i.promised_on END AS "promisedOn",
      CASE WHEN i.outstanding > i.promised_left THEN i.promised_amount END AS "promisedAmount",
      i.next_contact_on AS "nextContactOn", f.created_at AS "followedAt", f.kind::text AS "followedKind",
      f.result::text AS "followedResult", i.owner_id::text AS "ownerId", u.name AS "ownerName",
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
    WHERE i.id = ANY(${[...ids]}::uuid[])`;
  const byId = new Map(found.map((row) => [row.id, toRowData(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

const FROM = Prisma.sql`
  FROM instalment i JOIN contract c ON c.id = i.contract_id JOIN customer k ON k.id = i.customer_id`;

// The id last, so that pages never overlap.
const ORDER: Record<RowSort, Prisma.Sql> = {
  due: Prisma.sql`i.lifecycle IN ('settled', 'written_off', 'cancelled'), i.effective_due ASC NULLS LAST, i.id`,
  plan: Prisma.sql`i.seq, i.id`,
  amount: Prisma.sql`i.amount DESC, i.id`,
  customer: Prisma.sql`k.name, i.effective_due ASC NULLS LAST, i.id`,
  newest: Prisma.sql`i.id DESC`,
};

function whereOf(ctx: ReadCtx, filter: RowFilter): Prisma.Sql {
  const state = Prisma.raw(displayStateSql('i', 't.today'));
  const conditions = [
    ownersSql(ctx.actor, filter),
    filter.states
      ? Prisma.sql`(SELECT ${state} FROM (SELECT ${ctx.today}::date AS today) t) = ANY(${[...filter.states]})`
      : Prisma.sql`i.lifecycle <> 'cancelled'`,
    filter.ids && Prisma.sql`i.id = ANY(${[...filter.ids]}::uuid[])`,
    filter.ownerId && Prisma.sql`i.owner_id = ${filter.ownerId}::uuid`,
    filter.ownerSlackId &&
      Prisma.sql`i.owner_id = (SELECT o.id FROM app_user o WHERE o.slack_user_id = ${filter.ownerSlackId})`,
    filter.customerId && Prisma.sql`i.customer_id = ${filter.customerId}::uuid`,
    filter.contractId && Prisma.sql`i.contract_id = ${filter.contractId}::uuid`,
    filter.dueFrom && Prisma.sql`i.effective_due >= ${filter.dueFrom}::date`,
    filter.dueTo && Prisma.sql`i.effective_due <= ${filter.dueTo}::date`,
    filter.amountFrom !== undefined && Prisma.sql`i.amount >= ${filter.amountFrom}`,
    filter.amountTo !== undefined && Prisma.sql`i.amount <= ${filter.amountTo}`,
    filter.currency && Prisma.sql`i.currency = ${filter.currency}`,
    ...wordsOf(filter.words).map(
      (word) =>
        Prisma.sql`(c.search_text LIKE ${likePattern(word)} OR k.search_text LIKE ${likePattern(word)}
          OR lower(i.name) LIKE ${likePattern(word)})`,
    ),
  ].filter((condition) => condition instanceof Prisma.Sql);
  return Prisma.join(conditions, ' AND ');
}

function ownersSql(actor: Actor, filter: RowFilter): Prisma.Sql {
  const visible = visibleOwners(actor);
  if (filter.owners === 'own') return Prisma.sql`i.owner_id = ${visible.length > 0 ? actor.id : null}::uuid`;
  const team = [actor.id, ...actor.teamIds];
  const owners =
    filter.owners === 'team' ? team.filter((id) => visible === 'all' || visible.includes(id)) : visible;
  return owners === 'all' ? Prisma.sql`TRUE` : Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`;
}
