// Takes human numbers from the counter table: unique, gap-tolerant (rules §1).
import type { SystemCtx } from '../ctx.js';
import { formatNumber, periodOf } from './numbering.js';

export type NumberedKind = 'contract' | 'receipt' | 'customer';

/**
 * The next `count` numbers of a kind. Taken before the transaction that uses them, in a statement of its own:
 * inside it, every writer would queue on the counter's row until commit. A rollback leaves a gap.
 */
export async function takeNumbers(ctx: SystemCtx, kind: NumberedKind, count = 1): Promise<string[]> {
  const pattern = ctx.company.settings.numbering[kind];
  const rows = await ctx.db.$queryRaw<{ value: bigint }[]>`
    INSERT INTO counter (key, period, value) VALUES (${kind}, ${periodOf(pattern, ctx.today)}, ${count})
    ON CONFLICT (key, period) DO UPDATE SET value = counter.value + EXCLUDED.value
    RETURNING value`;
  const last = rows[0]?.value ?? 0n;
  return Array.from({ length: count }, (_, index) =>
    formatNumber(pattern, ctx.today, last - BigInt(count - 1 - index)),
  );
}

/** One number, taken as `takeNumbers` does. */
export async function takeNumber(ctx: SystemCtx, kind: NumberedKind): Promise<string> {
  const [number] = await takeNumbers(ctx, kind);
  if (number === undefined) throw new RangeError(`no number for ${kind}`);
  return number;
}
