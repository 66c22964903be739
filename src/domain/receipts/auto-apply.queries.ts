// What one run applied by itself for a customer, to be told of (自动核销, rules §5). Read only.
import type { SystemCtx } from '../../ctx.js';
import { findPeople } from '../members/member.queries.js';
import type { NoticePayload } from '../notices/notice.js';
import { type InstalmentRowData, loadRows } from '../plans/instalment.queries.js';

/** A message lists so many; the rest is counted. */
export const AUTO_LINES_SHOWN = 10;

/** Amounts in minor units of `currency`. */
export interface AutoApplied {
  readonly customerName: string;
  readonly currency: string;
  /** Whoever switched it on. */
  readonly who: string;
  readonly count: number;
  readonly total: bigint;
  readonly lines: readonly {
    readonly number: string;
    readonly amount: bigint;
    readonly row: InstalmentRowData;
  }[];
}

/** The lines of a run: all of them, or those of one owner; null when there are none. */
export async function loadAutoApplied(
  ctx: SystemCtx,
  { customerId, currency, byId, at, ownerId }: NoticePayload<'receipt.auto_applied'>,
): Promise<AutoApplied | null> {
  const lines = await ctx.db.allocation.findMany({
    where: {
      bookedAt: new Date(at),
      receipt: { customerId, currency },
      ...(ownerId !== null && { instalment: { ownerId } }),
    },
    select: { amount: true, instalmentId: true, receipt: { select: { number: true } } },
    orderBy: { id: 'asc' },
  });
  const shown = lines.slice(0, AUTO_LINES_SHOWN);
  const [rows, people] = await Promise.all([
    loadRows(ctx, [...new Set(shown.map((line) => line.instalmentId))]),
    findPeople(ctx.db, [byId]),
  ]);
  const [first] = rows;
  if (!first) return null;
  return {
    customerName: first.customerName,
    currency,
    who: people.get(byId)?.name ?? '',
    count: lines.length,
    total: lines.reduce((sum, line) => sum + line.amount, 0n),
    lines: shown.flatMap(({ amount, instalmentId, receipt }) => {
      const row = rows.find((one) => one.id === instalmentId);
      return row ? [{ number: receipt.number, amount, row }] : [];
    }),
  };
}
