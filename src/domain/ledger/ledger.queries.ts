// The ledger of a customer or a contract: every movement with its running balance, as of any day (F13, F15; rules §4
// no. 5). From events alone: the history of the plan, receipts, allocations, adjustments. The states are read beside it, to be equal.
// A plan row counts as far as the reader may see it, money for whoever may see the customer, as the balance does.
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type Actor, visibleOwners } from '../access.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import type { Money } from '../money.js';
import { type OriginalMoney, originalOf } from '../receipts/receipt.js';

/** Whose ledger; a customer's is one a currency. */
export type LedgerSubject =
  | { readonly customerId: string; readonly currency: string }
  | { readonly contractId: string };

export type MovementKind =
  | 'plan'
  | 'plan_changed'
  | 'plan_removed'
  | 'receipt'
  | 'applied'
  | 'released'
  | 'bad_debt'
  | 'small_difference'
  | 'undone'
  | 'recovery'
  | 'recovery_reversed'
  | 'refund'
  | 'reversal';

/** Amounts in minor units; `delta` is what it does to the balance: an allocation only moves a customer's money. */
export interface Movement {
  readonly on: LocalDate;
  readonly kind: MovementKind;
  readonly contractNumber: string | null;
  readonly seq: number | null;
  readonly receiptNumber: string | null;
  readonly amount: bigint;
  /** Of a receipt: what came in, where that is another currency. */
  readonly original: Money | null;
  readonly delta: bigint;
  /** After it. */
  readonly balance: bigint;
}

export interface LedgerPage {
  /** The newest first. */
  readonly movements: readonly Movement[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** By the movements: what is owed less what is in credit. */
  readonly balance: bigint;
  /** By the states of that day: open instalments, and money that belongs to none. */
  readonly open: bigint;
  readonly credit: bigint;
}

interface LedgerCtx {
  readonly db: Db | Tx;
  readonly actor: Actor;
}

const PAGE_SIZE = 20;

/** One page of the ledger as of the end of a day; a page beyond the last is the last. */
export async function readLedger(
  ctx: LedgerCtx,
  subject: LedgerSubject,
  asOf: LocalDate,
  page: { number: number; size?: number } = { number: 1 },
): Promise<LedgerPage> {
  const movements = movementsSql(ctx.actor, subject, asOf);
  const [sums] = await ctx.db.$queryRaw<{ total: number; balance: bigint }[]>`
    WITH ${movements} SELECT COUNT(*)::int AS total, COALESCE(SUM(delta), 0)::bigint AS balance FROM movement`;
  const { total = 0, balance = 0n } = sums ?? {};
  const size = page.size ?? PAGE_SIZE;
  const pages = Math.max(1, Math.ceil(total / size));
  const number = Math.min(Math.max(1, page.number), pages);
  const rows = await ctx.db.$queryRaw<(Omit<Movement, 'on' | 'original'> & OriginalMoney & { on: Date })[]>`
    WITH ${movements}, ledger AS (
      SELECT *, SUM(delta) OVER (ORDER BY day, rank, moment, turn, id, instalment_id) AS balance FROM movement)
    SELECT day AS on, kind, contract_number AS "contractNumber", seq, receipt_number AS "receiptNumber",
      amount::bigint, delta::bigint, balance::bigint, original_amount AS "originalAmount",
      original_currency AS "originalCurrency"
    FROM ledger ORDER BY day DESC, rank DESC, moment DESC, turn DESC, id DESC, instalment_id DESC
    LIMIT ${size} OFFSET ${(number - 1) * size}`;
  return {
    movements: rows.map(({ originalAmount, originalCurrency, ...row }) => ({
      ...row,
      on: fromUtcDate(row.on),
      original: originalOf({ originalAmount, originalCurrency }),
    })),
    total,
    page: number,
    pages,
    balance,
    ...(await readStates(ctx, subject, asOf)),
  };
}

/** The same day by the states: what each row was then less what was applied to it then (rules §2). */
async function readStates(
  { db, actor }: LedgerCtx,
  subject: LedgerSubject,
  asOf: LocalDate,
): Promise<{ open: bigint; credit: bigint }> {
  const [states] = await db.$queryRaw<{ open: bigint; credit: bigint }[]>`
    WITH planned AS (
      SELECT DISTINCT ON (v.instalment_id) v.instalment_id,
        CASE WHEN v.lifecycle IN ${IN_FORCE} THEN v.amount ELSE 0 END AS amount
      FROM instalment_revision v JOIN instalment i ON i.id = v.instalment_id
      WHERE ${rowsOf(actor, subject)} AND v.valid_from <= ${asOf}::date
      ORDER BY v.instalment_id, v.recorded_at DESC, v.id DESC),
    applied AS (
      SELECT a.instalment_id, SUM(a.amount) AS amount FROM allocation a JOIN instalment i ON i.id = a.instalment_id
      WHERE ${rowsOf(actor, subject)} AND ${countedOn(asOf)} GROUP BY a.instalment_id),
    adjusted AS (
      SELECT COALESCE(SUM(d.amount), 0) AS amount FROM adjustment d JOIN instalment i ON i.id = d.instalment_id
      WHERE ${rowsOf(actor, subject)} AND d.effective_on <= ${asOf}::date),
    money AS (
      SELECT COALESCE(SUM(CASE WHEN r.kind IN ('refund', 'reversal') THEN -r.amount ELSE r.amount END), 0)
        - COALESCE(SUM((SELECT SUM(a.amount) FROM allocation a WHERE a.receipt_id = r.id AND ${countedOn(asOf)})), 0) AS rest
      FROM receipt r WHERE ${moneyOf(subject)} AND r.received_on <= ${asOf}::date)
    SELECT COALESCE((SELECT SUM(amount) FROM planned), 0)::bigint
      - COALESCE((SELECT SUM(amount) FROM applied), 0)::bigint - (SELECT amount FROM adjusted)::bigint AS open, money.rest::bigint AS credit FROM money`;
  return states ?? { open: 0n, credit: 0n };
}

const IN_FORCE = Prisma.raw(`('open', 'settled', 'written_off')`);
const countedOn = (asOf: LocalDate) =>
  Prisma.sql`a.effective_on <= ${asOf}::date AND (a.released_on IS NULL OR a.released_on > ${asOf}::date)`;

/** Instalments `i` of the subject that the reader may see. */
function rowsOf(actor: Actor, subject: LedgerSubject): Prisma.Sql {
  const owners = visibleOwners(actor);
  const visible = owners === 'all' ? Prisma.sql`TRUE` : Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`;
  return 'contractId' in subject
    ? Prisma.sql`i.contract_id = ${subject.contractId}::uuid AND ${visible}`
    : Prisma.sql`i.customer_id = ${subject.customerId}::uuid AND i.currency = ${subject.currency} AND ${visible}`;
}

/** Receipts `r` of the subject that count; a contract has none of its own, only what is applied to its rows. */
const moneyOf = (subject: LedgerSubject): Prisma.Sql =>
  'contractId' in subject
    ? Prisma.sql`FALSE`
    : Prisma.sql`r.customer_id = ${subject.customerId}::uuid AND r.currency = ${subject.currency}
        AND r.status IN ('approved', 'partly_reversed', 'reversed')`;

/**
 * When allocation `a` was released; of what was released before that was kept: with what was applied anew in its place, of
 * which it comes first, else last of the day's.
 */
const RELEASED_AT = Prisma.sql`COALESCE(a.released_at, (SELECT MIN(n.booked_at) FROM allocation n
  WHERE n.receipt_id = a.receipt_id AND n.effective_on = a.released_on AND n.booked_at > a.booked_at
    AND (n.instalment_id = a.instalment_id OR a.release_reason = 'reallocated')))`;

/** Whether write-off `d` was recovered on its very day: it stands before the money that came in after all. */
const RECOVERED_LATER = Prisma.sql`d.kind = 'bad_debt' AND d.amount > 0 AND EXISTS (SELECT 1 FROM adjustment n
  WHERE n.instalment_id = d.instalment_id AND n.kind = 'recovery' AND n.effective_on = d.effective_on
    AND n.booked_at >= d.booked_at)`;

/** All movements until a day as the CTE `movement`; what is cancelled has been freed of its money before. */
function movementsSql(actor: Actor, subject: LedgerSubject, asOf: LocalDate): Prisma.Sql {
  // What is applied pays a contract; for a customer it is paid when it comes in.
  const weight = 'contractId' in subject ? 1 : 0;
  return Prisma.sql`
    day_state AS (
      SELECT DISTINCT ON (v.instalment_id, v.valid_from) v.id, v.instalment_id, v.valid_from,
        CASE WHEN v.lifecycle IN ${IN_FORCE} THEN v.amount ELSE 0 END AS amount
      FROM instalment_revision v JOIN instalment i ON i.id = v.instalment_id
      WHERE ${rowsOf(actor, subject)} AND v.valid_from <= ${asOf}::date
      ORDER BY v.instalment_id, v.valid_from, v.recorded_at DESC, v.id DESC),
    step AS (
      SELECT *, LAG(amount, 1, 0::bigint) OVER (PARTITION BY instalment_id ORDER BY valid_from) AS before FROM day_state),
    movement AS (
      SELECT s.valid_from AS day, CASE WHEN s.amount = 0 THEN 6 ELSE 1 END AS rank, s.id, s.instalment_id, s.amount - s.before AS delta,
        CASE WHEN s.before = 0 THEN 'plan' WHEN s.amount = 0 THEN 'plan_removed' ELSE 'plan_changed' END AS kind,
        c.number AS contract_number, i.seq, NULL AS receipt_number, abs(s.amount - s.before) AS amount,
        NULL::bigint AS original_amount, NULL AS original_currency, NULL::timestamptz AS moment, 0 AS turn
      FROM step s JOIN instalment i ON i.id = s.instalment_id JOIN contract c ON c.id = i.contract_id
      WHERE s.amount <> s.before
      UNION ALL
      SELECT r.received_on, CASE WHEN r.kind IN ('refund', 'reversal') THEN 5 ELSE 2 END, r.id, NULL,
        CASE WHEN r.kind IN ('refund', 'reversal') THEN r.amount ELSE -r.amount END,
        CASE WHEN r.kind IN ('refund', 'reversal') THEN r.kind::text ELSE 'receipt' END, c.number, NULL, r.number, r.amount,
        r.original_amount, r.original_currency, NULL, 0
      FROM receipt r LEFT JOIN contract c ON c.id = r.contract_id
      WHERE ${moneyOf(subject)} AND r.received_on <= ${asOf}::date
      UNION ALL
      SELECT e.day, 3, a.id, i.id, e.sign * ${weight}::int * a.amount, e.kind,
        c.number, i.seq, r.number, a.amount, NULL, NULL,
        CASE WHEN e.kind = 'applied' THEN a.booked_at ELSE ${RELEASED_AT} END, CASE WHEN e.kind = 'applied' THEN 1 ELSE 0 END
      FROM allocation a JOIN instalment i ON i.id = a.instalment_id JOIN contract c ON c.id = i.contract_id
        JOIN receipt r ON r.id = a.receipt_id
        CROSS JOIN LATERAL (VALUES (a.effective_on, 'applied', -1), (a.released_on, 'released', 1)) AS e(day, kind, sign)
      WHERE ${rowsOf(actor, subject)} AND a.effective_on IS NOT NULL AND e.day <= ${asOf}::date
      UNION ALL
      SELECT d.effective_on, CASE WHEN ${RECOVERED_LATER} THEN 1 ELSE 4 END, d.id, i.id, -d.amount,
        CASE WHEN d.kind = 'recovery' AND d.amount > 0 THEN 'recovery_reversed' WHEN d.kind = 'recovery' THEN 'recovery' WHEN d.amount < 0 THEN 'undone' ELSE d.kind::text END,
        c.number, i.seq, r.number, abs(d.amount), NULL, NULL, NULL, 0
      FROM adjustment d JOIN instalment i ON i.id = d.instalment_id JOIN contract c ON c.id = i.contract_id
        LEFT JOIN receipt r ON r.id = d.receipt_id
      WHERE ${rowsOf(actor, subject)} AND d.effective_on <= ${asOf}::date)`;
}

/** Currencies that a customer's ledger has movements in. */
export async function listLedgerCurrencies(
  { db }: Pick<LedgerCtx, 'db'>,
  customerId: string,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ currency: string }[]>`
    SELECT currency FROM instalment WHERE customer_id = ${customerId}::uuid
    UNION SELECT currency FROM receipt WHERE customer_id = ${customerId}::uuid ORDER BY currency`;
  return rows.map((row) => row.currency);
}
