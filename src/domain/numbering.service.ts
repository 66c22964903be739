// Takes human numbers from the counter table: unique, gap-tolerant (rules §1).
import type { SystemCtx } from '../ctx.js';
import type { Db, Tx } from '../db/client.js';
import { counterOf, formatNumber, periodOf } from './numbering.js';

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

/**
 * Numbers that came from elsewhere and look like ours will not be given again: the counters go beyond them.
 */
export async function raiseCounter(
  tx: Tx | Db,
  ctx: SystemCtx,
  kind: NumberedKind,
  numbers: readonly string[],
): Promise<void> {
  const pattern = ctx.company.settings.numbering[kind];
  const highest = new Map<string, bigint>();
  for (const number of numbers) {
    const found = counterOf(pattern, number);
    if (found && found.counter > (highest.get(found.period) ?? 0n)) highest.set(found.period, found.counter);
  }
  if (highest.size === 0) return;
  const periods = [...highest.keys()].toSorted();
  const values = periods.map((period) => highest.get(period) ?? 0n);
  await tx.$executeRaw`
    INSERT INTO counter (key, period, value)
    SELECT ${kind}, p.period, p.value FROM unnest(${periods}::text[], ${values}::bigint[]) AS p(period, value)
    ON CONFLICT (key, period) DO UPDATE SET value = GREATEST(counter.value, EXCLUDED.value)`;
}
