// Timing: warm-ups, medians, percentiles, and ratios against a floor measured in turn in the same run.

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
