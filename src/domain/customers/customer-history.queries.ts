// What happened with a customer, newest first: changes of its file, key events, its contracts and its money (F5, F15).
import type { Ctx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { can, visibleOwners } from '../access.js';
import { ABOUT_LIMITS } from '../audit-story.queries.js';
import type { LocalDate } from '../local-date.js';
import type { Money } from '../money.js';
import { PAGE_SIZE } from '../page.js';
import { loadCustomer } from './customer.queries.js';

export interface HistoryEntry {
  readonly at: Date;
  /** Null: the system. */
  readonly who: string | null;
  /** Whose decision it was, if not their own. */
  readonly inPlaceOf: string | null;
  /** Of the audit trail: customer.edited, receipt.approved … */
  readonly action: string;
  readonly subject: 'customer' | 'contract' | 'receipt';
  /** Number of the contract or receipt; code of a customer that was merged into this one. */
  readonly ref: string | null;
  readonly money: Money | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  /** A key event: its day and words. */
  readonly event: { readonly on: LocalDate; readonly text: string } | null;
}

export interface CustomerHistory {
  readonly customer: { readonly id: string; readonly code: string; readonly name: string };
  readonly entries: readonly HistoryEntry[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** The company's: what its limit is in. */
  readonly baseCurrency: string;
  /** Names of people that changes mention by id. */
  readonly names: ReadonlyMap<string, string>;
}

/** Of an approval's entry only which step: what was asked about it is its people's. */
const STEP = Prisma.sql`CASE WHEN a.action LIKE 'approval.%' THEN jsonb_build_object('step', a.after->'step') END`;

/** In whose place a decision was made. */
const IN_PLACE_OF = Prisma.sql`(a.after->>'onBehalfOf')::uuid`;

interface Line {
  at: Date;
  who: string | null;
  inPlaceOf: string | null;
  action: string;
  subject: HistoryEntry['subject'];
  ref: string | null;
  amount: bigint | null;
  currency: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  happenedOn: LocalDate | null;
  text: string | null;
}

/**
 * One page (20 entries), with what happened to the files of customers that became this one. Contracts of owners outside
 * the reader's scope are left out.
 * @throws DomainError not_found
 */
export async function findCustomerHistory(ctx: Ctx, customerId: string, page = 1): Promise<CustomerHistory> {
  const customer = await loadCustomer(ctx, customerId);
  const owners = visibleOwners(ctx.actor);
  const visible = owners === 'all' ? Prisma.sql`TRUE` : Prisma.sql`c.owner_id = ANY(${[...owners]}::uuid[])`;
  const id = Prisma.sql`${customerId}::uuid`;
  const seesCredit = can(ctx.actor, 'credit.see', customer.owner.id);
  const told = seesCredit ? Prisma.empty : Prisma.sql`AND NOT ${ABOUT_LIMITS}`;
  const all = Prisma.sql`
    SELECT a.id, a.at, a.actor_id, a.action, 'customer' AS subject, CASE WHEN k.id <> ${id} THEN k.code END AS ref,
      NULL::bigint AS amount, NULL AS currency, a.before, a.after, NULL::date AS happened_on, NULL AS text,
      ${IN_PLACE_OF} AS in_place_of
    FROM customer k JOIN audit_log a ON a.subject_type = 'customer' AND a.subject_id = k.id
      AND a.action NOT IN ('customer.event_added', 'customer.files_sent') ${told}
    WHERE k.id = ${id} OR (k.merged_into_id = ${id} AND a.action <> 'customer.merged')
    UNION ALL
    SELECT e.id, e.created_at, e.created_by, 'customer.event', 'customer', NULL, NULL, NULL, NULL, NULL, e.happened_on, e.text, NULL
    FROM customer_event e WHERE e.customer_id = ${id}
    UNION ALL
    SELECT a.id, a.at, a.actor_id, a.action, 'contract', c.number, NULL, NULL, NULL, ${STEP}, NULL, NULL, ${IN_PLACE_OF}
    FROM contract c JOIN audit_log a ON a.subject_type = 'contract' AND a.subject_id = c.id
    WHERE c.customer_id = ${id} AND ${visible} AND a.action <> 'contract.files_sent'
    UNION ALL
    SELECT f.id, f.created_at, f.created_by, 'follow_up.recorded', 'contract', c.number, f.promised_amount, c.currency,
      NULL, jsonb_build_object('seq', i.seq, 'kind', f.kind, 'result', f.result, 'content', f.content, 'reason', f.reason,
        'promisedOn', f.promised_on, 'pauseUntil', f.pause_until, 'nextOn', f.next_on), NULL, NULL, NULL
    FROM contract c JOIN instalment i ON i.contract_id = c.id JOIN follow_up f ON f.instalment_id = i.id
    WHERE c.customer_id = ${id} AND ${visible}
    UNION ALL
    SELECT a.id, a.at, a.actor_id, a.action, 'contract', c.number, abs((a.after->>'amount')::bigint), c.currency, NULL,
      a.after || jsonb_build_object('seq', i.seq), NULL, NULL, ${IN_PLACE_OF}
    FROM contract c JOIN instalment i ON i.contract_id = c.id
      JOIN audit_log a ON a.subject_type = 'instalment' AND a.subject_id = i.id
        AND a.action IN ('adjustment.posted', 'adjustment.undone')
    WHERE c.customer_id = ${id} AND ${visible}
    UNION ALL
    SELECT a.id, a.at, a.actor_id, a.action, 'receipt', r.number,
      CASE WHEN a.action IN ('receipt.reversal_asked', 'receipt.reversed', 'receipt.refund_asked', 'receipt.refunded')
        THEN (a.after->>'amount')::bigint ELSE r.amount END, r.currency, NULL, ${STEP}, NULL, NULL, ${IN_PLACE_OF}
    FROM receipt r JOIN audit_log a ON a.subject_type = 'receipt' AND a.subject_id = r.id WHERE r.customer_id = ${id}`;
  const [counted] = await ctx.db.$queryRaw<
    { total: number }[]
  >`SELECT COUNT(*)::int AS total FROM (${all}) h`;
  const total = counted?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const number = Math.min(Math.max(1, page), pages);
  const lines = await ctx.db.$queryRaw<Line[]>`
    SELECT h.at, u.name AS who, p.name AS "inPlaceOf", h.action, h.subject, h.ref, h.amount, h.currency, h.before, h.after,
      h.happened_on::text AS "happenedOn", h.text
    FROM (${all}) h LEFT JOIN app_user u ON u.id = h.actor_id LEFT JOIN app_user p ON p.id = h.in_place_of
    ORDER BY h.at DESC, h.id DESC LIMIT ${PAGE_SIZE} OFFSET ${(number - 1) * PAGE_SIZE}`;
  const people = lines
    .flatMap(({ before, after }) => [before, after].flatMap((side) => [side?.ownerId, side?.autoApplyById]))
    .filter((one) => typeof one === 'string');
  const users = await ctx.db.user.findMany({
    where: { id: { in: people } },
    select: { id: true, name: true },
  });
  const shown = (side: Line['before']): Line['before'] =>
    side === null || seesCredit
      ? side
      : Object.fromEntries(Object.entries(side).filter(([field]) => field !== 'creditLimit'));
  return {
    customer: { id: customer.id, code: customer.code, name: customer.name },
    entries: lines.map(({ amount, currency, happenedOn, text, ...line }) => ({
      ...line,
      before: shown(line.before),
      after: shown(line.after),
      money: amount === null || currency === null ? null : { minor: amount, currency },
      event: happenedOn === null || text === null ? null : { on: happenedOn, text },
    })),
    total,
    page: number,
    pages,
    baseCurrency: ctx.company.baseCurrency,
    names: new Map(users.map((user) => [user.id, user.name])),
  };
}
