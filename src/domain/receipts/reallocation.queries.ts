// Reads re-allocations with their receipt and approval, and what the form offers. Changes nothing; no scope of its own:
// cards go to finance, and windows ask findReceiptId first.
import type { Db, Tx } from '../../db/client.js';
import { type ApprovalDetails, findApproval, type NamedPerson } from '../approvals/approval.queries.js';
import type { LocalDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import { type InstalmentRowData, loadRows } from '../plans/instalment.queries.js';
import { listOpenItems, listRecoverable } from './open-items.queries.js';
import { sumByRow } from './reallocation.js';
import { splitOf } from './reallocation-subject.service.js';

/** A re-allocation as its card tells it, before → after; amounts in minor units of `currency`. */
export interface ReallocationFacts {
  readonly id: string;
  readonly reason: string;
  readonly askedBy: NamedPerson;
  readonly currency: string;
  readonly receipt: {
    readonly id: string;
    readonly number: string;
    readonly amount: bigint;
    readonly customerName: string;
  };
  /** Rows that get more or less; what stays is left out. */
  readonly changes: readonly {
    readonly contractNumber: string;
    readonly seq: number;
    readonly before: bigint;
    readonly after: bigint;
  }[];
  readonly unapplied: { readonly before: bigint; readonly after: bigint };
  /** None where a finance manager did it alone. */
  readonly approval: ApprovalDetails | null;
}

type ReadCtx = { readonly db: Db | Tx; readonly today: LocalDate };

/** A re-allocation with one of its approvals; null if it is unknown. */
export const findReallocation = (
  ctx: ReadCtx,
  id: string,
  approvalId?: string,
): Promise<ReallocationFacts | null> => read(ctx, { id }, approvalId);

/** What waits on a receipt, or null. */
export const findOpenReallocation = (ctx: ReadCtx, receiptId: string): Promise<ReallocationFacts | null> =>
  read(ctx, { receiptId, status: 'open' });

async function read(
  ctx: ReadCtx,
  where: { id: string } | { receiptId: string; status: 'open' },
  approvalId?: string,
): Promise<ReallocationFacts | null> {
  const found = await ctx.db.reallocation.findFirst({
    where,
    include: { receipt: { include: { customer: true } } },
  });
  if (!found) return null;
  const before = new Map(splitOf(found.before).map((line) => [line.instalmentId, line.amount]));
  const after = new Map(splitOf(found.after).map((line) => [line.instalmentId, line.amount]));
  const ids = [...new Set([...before.keys(), ...after.keys()])];
  const [approval, people, rows] = await Promise.all([
    findApproval(ctx, { type: 'reallocation', id: found.id }, approvalId),
    findPeople(ctx.db, [found.createdById]),
    loadRows(ctx, ids),
  ]);
  const { receipt } = found;
  const sumOf = (split: ReadonlyMap<string, bigint>) =>
    [...split.values()].reduce((sum, amount) => sum + amount, 0n);
  return {
    id: found.id,
    reason: found.reason,
    askedBy: { id: found.createdById, name: people.get(found.createdById)?.name ?? '' },
    currency: receipt.currency,
    receipt: {
      id: receipt.id,
      number: receipt.number,
      amount: receipt.amount,
      customerName: receipt.customer.name,
    },
    changes: rows
      .map(({ id, contractNumber, seq }) => ({
        contractNumber,
        seq,
        before: before.get(id) ?? 0n,
        after: after.get(id) ?? 0n,
      }))
      .filter((one) => one.before !== one.after)
      .toSorted((a, b) => a.contractNumber.localeCompare(b.contractNumber) || a.seq - b.seq),
    unapplied: { before: found.left - sumOf(before), after: found.left - sumOf(after) },
    approval,
  };
}

/** A row of the form: what of the receipt is on it, and what it could hold in all. */
export interface ReallocationRow {
  readonly row: InstalmentRowData;
  readonly current: bigint;
  readonly max: bigint;
}

/** What the money of a receipt is on, then what it could go to: the oldest due first, bad debt last; at most `limit`. */
export async function listReallocationRows(
  ctx: ReadCtx,
  receipt: { id: string; customerId: string; currency: string },
  limit: number,
): Promise<ReallocationRow[]> {
  const { id: receiptId, customerId, currency } = receipt;
  const where = { customerId, currency, owners: 'all' } as const;
  const [booked, open, badDebt] = await Promise.all([
    ctx.db.allocation.findMany({ where: { receiptId, status: 'effective' }, orderBy: { id: 'asc' } }),
    listOpenItems(ctx.db, where),
    listRecoverable(ctx.db, where),
  ]);
  const current = new Map(sumByRow(booked).map((line) => [line.instalmentId, line.amount]));
  const room = new Map([...open, ...badDebt].map((item) => [item.id, item.outstanding]));
  const ids = [...new Set([...current.keys(), ...room.keys()])].slice(0, limit);
  const rows = await loadRows(ctx, ids);
  return rows.map((row) => {
    const applied = current.get(row.id) ?? 0n;
    return { row, current: applied, max: applied + (room.get(row.id) ?? 0n) };
  });
}
