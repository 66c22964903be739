// Timing: warm-ups, medians, percentiles, and ratios against a floor measured in turn in the same run; how long the process is held.
import { readFileSync } from 'node:fs';

/** Milliseconds that one call takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Nearest-rank percentile. */
export function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Both in turn, A B A B …, so that a machine whose speed drifts is fair to both; the first round is a warm-up. */
export async function inTurn(
  rounds: number,
  ours: () => Promise<number>,
  floor: () => Promise<number>,
): Promise<{ ours: number[]; floor: number[] }> {
  const times = { ours: [] as number[], floor: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const a = await ours();
    const b = await floor();
    if (round > 0) {
      times.ours.push(a);
      times.floor.push(b);
    }
  }
  return times;
}

/** Runs `total` calls, at most `atOnce` at the same time; the milliseconds of each. */
export async function concurrently(
  total: number,
  atOnce: number,
  work: (index: number) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < total) {
      const index = next;
      next += 1;
      times.push(await timed(() => work(index)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return times;
}

/** The longest time, in milliseconds, between two turns of the process; of it what was not waiting for a core (null: not known). */
export interface Held {
  readonly most: number;
  readonly own: number | null;
}

const TICK_MS = 5;

/** While something is done: what nobody else gets a turn in. Waiting for a core is the machine's doing, not the work's. */
export async function heldBy(work: () => Promise<unknown>): Promise<Held> {
  let [at, waited] = [performance.now(), waitedForCore()];
  let [most, own] = [0, 0];
  const look = () => {
    const [now, waitedNow] = [performance.now(), waitedForCore()];
    const gap = now - at - TICK_MS;
    most = Math.max(most, gap);
    own = Math.max(own, gap - ((waitedNow ?? 0) - (waited ?? 0)));
    [at, waited] = [now, waitedNow];
  };
  const ticks = setInterval(look, TICK_MS);
  await work();
  look();
  clearInterval(ticks);
  return { most, own: waited === null ? null : own };
}

/** Milliseconds that the main thread has waited for a core since it began; null where the system does not tell. */
function waitedForCore(): number | null {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1_000_000;
  } catch {
    return null;
  }
}

/** One line of the result: a figure, what it is held against, and whether the target is met. */
export interface Row {
  readonly what: string;
  readonly engine: string;
  readonly ours: string;
  readonly floor: string;
  readonly ratio: number | null;
  readonly target: string;
  readonly met: boolean | null;
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
