// What waits for one person to act, by the kind of work they do: at most five of each sort, and how many in all.
import type { PersonCtx } from '../../ctx.js';
import type { WriteOffKind } from '../adjustments/adjustment.js';
import { waitsFor } from '../approvals/waiting.queries.js';
import { keptSums } from '../imports/opening.js';
import { fromUtcDate } from '../local-date.js';
import { countApprovals, listCasesToAcknowledge } from '../reminders/todo.queries.js';
import type { HomeKind } from './home-kinds.js';
import { LOOSE, sortOf } from './loose-ends.queries.js';
import { type Part, SHOWN, type Subject, toPart, type WaitingBySort } from './waiting-item.queries.js';
import { WAITING_SORTS, type WaitingSort } from './waiting-sorts.js';

/** The items of these kinds of work, the most pressing first; what two kinds share stands once. */
export async function findWaiting(ctx: PersonCtx, ...kinds: HomeKind[]): Promise<WaitingBySort> {
  const own = kinds.flatMap((kind) => PARTS[kind]);
  // Whoever stands in for somebody decides too, whatever their own work is.
  const { total: decisions } = await countApprovals(ctx);
  const asked = own.filter((load) => load === casesToAcknowledge);
  const loaders = new Set([...asked, ...(decisions > 0 ? DECISIONS : []), ...own]);
  const parts = await Promise.all(
    [...loaders].map(async (load) => ({ of: kindOf(load), sort: sortOf(load), ...(await load(ctx)) })),
  );
  const sorts = WAITING_SORTS.map((sort) => ({
    sort,
    total: parts.reduce((sum, part) => sum + (part.of === sort ? part.total : 0), 0),
  }));
  return {
    items: parts.flatMap((part) => part.items).slice(0, SHOWN),
    total: parts.reduce((sum, part) => sum + part.total, 0),
    loose: parts.flatMap(({ sort, items, total }) =>
      sort === undefined || total === 0 ? [] : [{ sort, items, total }],
    ),
    sorts: sorts.filter(({ total }) => total > 0),
  };
}

const kindOf = (load: (ctx: PersonCtx) => Promise<Part>): WaitingSort =>
  sortOf(load) ?? (load === casesToAcknowledge ? 'case' : 'decision');

/** Together as many as countApprovals counts. */
const DECISIONS = [
  receiptsToApprove,
  openingsToApprove,
  adjustmentsToApprove,
  contractsToApprove,
  postponementsToApprove,
  limitsToApprove,
];

const PARTS: Record<HomeKind, readonly ((ctx: PersonCtx) => Promise<Part>)[]> = {
  rep: [LOOSE.rejected, LOOSE.draft],
  manager: [casesToAcknowledge, LOOSE.left],
  finance: [casesToAcknowledge, LOOSE.prepayment, LOOSE.unclaimed],
  auditor: [],
  admin: [LOOSE.asked, LOOSE.setup, LOOSE.left],
};

async function casesToAcknowledge(ctx: PersonCtx): Promise<Part> {
  const { cases, total } = await listCasesToAcknowledge(ctx);
  return { items: cases.slice(0, SHOWN).map((one) => ({ kind: 'case', ...one })), total };
}

/** Receipts, reversals, refunds and re-allocations that this person may decide about now: in their step, and not their own. */
async function receiptsToApprove(ctx: PersonCtx): Promise<Part> {
  const rows = await ctx.db.$queryRaw<
    (Subject & {
      kind: 'receipt' | 'reversal' | 'refund' | 'reallocation';
      who: string;
      since: Date;
      total: number;
    })[]
  >`
    SELECT a.subject_type AS kind, o.id::text, o.number, k.name AS "customerName", r.amount, r.currency, u.name AS who,
      a.created_at AS since, COUNT(*) OVER ()::int AS total
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
      LEFT JOIN reallocation m ON m.id = a.subject_id AND a.subject_type = 'reallocation'
      JOIN receipt r ON r.id = COALESCE(m.receipt_id, a.subject_id) JOIN receipt o ON o.id = COALESCE(r.reverses_id, r.id)
      JOIN customer k ON k.id = r.customer_id JOIN app_user u ON u.id = COALESCE(m.created_by, r.recorded_by)
    WHERE a.subject_type IN ('receipt', 'reversal', 'refund', 'reallocation') AND ${waitsFor(ctx)}
    ORDER BY a.created_at LIMIT ${SHOWN}`;
  return toPart(rows, (row) => row);
}

async function openingsToApprove(ctx: PersonCtx): Promise<Part> {
  const rows = await ctx.db.$queryRaw<
    {
      id: string;
      version: number;
      fileName: string;
      money: unknown;
      who: string;
      since: Date;
      total: number;
    }[]
  >`
    SELECT a.id::text, a.version, j.file_name AS "fileName", j.money, u.name AS who, a.created_at AS since,
      COUNT(*) OVER ()::int AS total
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
      JOIN import_job j ON j.id = a.subject_id JOIN app_user u ON u.id = a.requested_by
    WHERE a.subject_type = 'opening' AND ${waitsFor(ctx)}
    ORDER BY a.created_at LIMIT ${SHOWN}`;
  return toPart(rows, ({ id, version, money, fileName, who, since }) => ({
    kind: 'opening',
    approval: { id, version },
    sums: keptSums.parse(money ?? []),
    ...{ fileName, who, since },
  }));
}

async function contractsToApprove(ctx: PersonCtx): Promise<Part> {
  const rows = await ctx.db.$queryRaw<
    (Subject & { kind: 'contract' | 'contract_void'; who: string; since: Date; total: number })[]
  >`
    SELECT CASE a.subject_type WHEN 'contract_void' THEN 'contract_void' ELSE 'contract' END AS kind, c.id::text,
      c.number, k.name AS "customerName", COALESCE(v.amount, c.amount) AS amount, c.currency, u.name AS who, a.created_at AS since,
      COUNT(*) OVER ()::int AS total
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
      LEFT JOIN contract_change h ON a.subject_type = 'contract_change' AND h.id = a.subject_id
      LEFT JOIN contract_void v ON a.subject_type = 'contract_void' AND v.id = a.subject_id
      JOIN contract c ON c.id = COALESCE(h.contract_id, v.contract_id, a.subject_id) JOIN customer k ON k.id = c.customer_id JOIN app_user u ON u.id = a.requested_by
    WHERE a.subject_type IN ('contract', 'contract_change', 'contract_void') AND ${waitsFor(ctx)}
    ORDER BY a.created_at LIMIT ${SHOWN}`;
  return toPart(rows, (row) => row);
}

/** Postponements that this person is asked about; `id` is the instalment's. */
async function postponementsToApprove(ctx: PersonCtx): Promise<Part> {
  const rows = await ctx.db.$queryRaw<
    (Subject & { who: string; seq: number; toDate: Date; total: number })[]
  >`
    SELECT i.id::text, c.number, i.seq, k.name AS "customerName", i.outstanding AS amount, i.currency, u.name AS who,
      p.to_date AS "toDate", COUNT(*) OVER ()::int AS total
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
      JOIN postponement p ON p.id = a.subject_id JOIN instalment i ON i.id = p.instalment_id
      JOIN contract c ON c.id = i.contract_id JOIN customer k ON k.id = i.customer_id
      JOIN app_user u ON u.id = a.requested_by
    WHERE a.subject_type = 'postponement' AND ${waitsFor(ctx)}
    ORDER BY a.created_at LIMIT ${SHOWN}`;
  return toPart(rows, ({ toDate, ...row }) => ({ kind: 'postponement', ...row, to: fromUtcDate(toDate) }));
}

/** Bad debt and small differences that this person may decide about now. */
async function adjustmentsToApprove(ctx: PersonCtx): Promise<Part> {
  const rows = await ctx.db.$queryRaw<
    (Subject & {
      what: WriteOffKind | `undo_${WriteOffKind}`;
      who: string;
      since: Date;
      seq: number;
      total: number;
    })[]
  >`
    SELECT i.id::text, c.number, i.seq, k.name AS "customerName", abs(d.amount) AS amount, i.currency, u.name AS who,
      CASE WHEN d.amount < 0 THEN 'undo_' ELSE '' END || d.kind AS what, a.created_at AS since, COUNT(*) OVER ()::int AS total
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
      JOIN adjustment d ON d.id = a.subject_id JOIN instalment i ON i.id = d.instalment_id
      JOIN contract c ON c.id = i.contract_id JOIN customer k ON k.id = i.customer_id
      JOIN app_user u ON u.id = a.requested_by
    WHERE a.subject_type IN ('write_off', 'small_difference') AND ${waitsFor(ctx)}
    ORDER BY a.created_at LIMIT ${SHOWN}`;
  return toPart(rows, (row) => ({ kind: 'adjustment', ...row }));
}

/** Credit limits that this person may decide about now; `id` is the customer's. */
async function limitsToApprove(ctx: PersonCtx): Promise<Part> {
  const rows = await ctx.db.$queryRaw<
    (Omit<Subject, 'currency'> & { who: string; since: Date; total: number })[]
  >`
    SELECT k.id::text, k.code AS number, k.name AS "customerName", COALESCE(e.to_limit, e.from_limit, 0) AS amount,
      u.name AS who, a.created_at AS since, COUNT(*) OVER ()::int AS total
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
      JOIN credit_event e ON e.id = a.subject_id JOIN customer k ON k.id = e.customer_id
      JOIN app_user u ON u.id = a.requested_by
    WHERE a.subject_type = 'credit_limit' AND ${waitsFor(ctx)}
    ORDER BY a.created_at LIMIT ${SHOWN}`;
  const currency = ctx.company.baseCurrency;
  return toPart(rows, (row) => ({ kind: 'credit_limit', ...row, currency }));
}
