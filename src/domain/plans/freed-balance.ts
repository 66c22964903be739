// Planning anew what rows deleted from a plan in force had freed (rules §3): not later than they were due, without the
// manager. Otherwise deleting a row and planning it again would postpone it without anybody's leave. Pure.
import type { LocalDate } from '../local-date.js';

/** A deleted row of whose amount something has not been planned anew; no due day: it was not known yet. */
export interface FreedRow {
  readonly id: string;
  readonly seq: number;
  readonly due: LocalDate | null;
  readonly originalDue: LocalDate | null;
  readonly isRetention: boolean;
  /** Minor units. */
  readonly left: bigint;
}

/** What a new row takes over from the rows whose money it plans: the day by which it is old, and that it is retention. */
export interface TakenOver {
  readonly originalDue: LocalDate | null;
  readonly isRetention: boolean;
}

export interface Filling {
  /** By new row, in their order. */
  readonly rows: readonly TakenOver[];
  /** What of each deleted row is left, of those that gave something. */
  readonly left: ReadonlyMap<string, bigint>;
  /** The first new row that is later than the deleted row whose money it needs; null: none is. */
  readonly late: { readonly index: number; readonly seq: number; readonly latest: LocalDate } | null;
}

/** An unknown day is later than any. */
const FAR = '9999-12-31' as LocalDate;
const dayOf = (day: LocalDate | null): LocalDate => day ?? FAR;
const byDay = <T extends { due: LocalDate | null }>(one: T, other: T): number =>
  dayOf(one.due).localeCompare(dayOf(other.due));

/**
 * Which deleted rows the new ones draw on. The latest new row chooses first, from the row that was due soonest after it;
 * balance that was never planned comes after that, since it may go on any day. If any way to do it in time exists, this is
 * one: a later choice can use all that an earlier one could.
 */
export function fillBalance(
  freed: readonly FreedRow[],
  neverPlanned: bigint,
  rows: readonly { readonly amount: bigint; readonly due: LocalDate | null }[],
): Filling {
  const pools = freed.toSorted(byDay).map((row) => ({ row, left: row.left }));
  let free = neverPlanned > 0n ? neverPlanned : 0n;
  let late: Filling['late'] = null;
  const taken: TakenOver[] = [];
  const order = rows.map((row, index) => ({ ...row, index })).toSorted((a, b) => byDay(b, a));
  for (const { amount, due, index } of order) {
    const drawn: { row: FreedRow; amount: bigint }[] = [];
    let needed = amount;
    const draw = (pool: (typeof pools)[number]) => {
      const part = pool.left < needed ? pool.left : needed;
      if (part === 0n) return;
      pool.left -= part;
      needed -= part;
      drawn.push({ row: pool.row, amount: part });
    };
    for (const pool of pools) if (dayOf(pool.row.due) >= dayOf(due)) draw(pool);
    const fromFree = free < needed ? free : needed;
    free -= fromFree;
    needed -= fromFree;
    const before = drawn.length;
    for (const pool of pools.toReversed()) draw(pool);
    const first = drawn[before]?.row;
    if (first?.due) late = { index, seq: first.seq, latest: first.due };
    taken[index] = takenOver(amount, due, drawn, fromFree);
  }
  const left = new Map(
    pools.filter((pool) => pool.left !== pool.row.left).map((pool) => [pool.row.id, pool.left]),
  );
  return { rows: taken, left, late };
}

/** The oldest day of all that went into it; retention where most of it was. */
function takenOver(
  amount: bigint,
  due: LocalDate | null,
  drawn: readonly { row: FreedRow; amount: bigint }[],
  fromFree: bigint,
): TakenOver {
  const days = [...drawn.map(({ row }) => row.originalDue), ...(fromFree > 0n ? [due] : [])];
  const originalDue = days.reduce<LocalDate | null>(
    (oldest, day) => (day !== null && (oldest === null || day < oldest) ? day : oldest),
    null,
  );
  const retention = drawn.reduce((sum, part) => (part.row.isRetention ? sum + part.amount : sum), 0n);
  return { originalDue, isRetention: retention * 2n >= amount && retention > 0n };
}
