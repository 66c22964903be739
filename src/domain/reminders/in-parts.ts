// Does many things in batches, so that one that cannot be done takes nobody else's along.

/** With so many failures in a row it is not some of the rows: what fails then waits until something else is done. */
const MOST_IN_A_ROW = 20;
/** So many more in each batch: what it has of others is found by them. */
const TRIED_ANEW = 3;

/** What went wrong in a run, for its end; `inARow`: how often since something was done. */
export interface Failures {
  readonly all: unknown[];
  inARow: number;
}
export const noFailures = (): Failures => ({ all: [], inARow: 0 });

/**
 * Does them all; what fails is halved until the one is found that does it, and everything else is done. `failures`: what
 * went wrong is added to it, for the caller to throw.
 * @returns what came of each part that was done
 */
export async function inParts<T>(
  ids: readonly string[],
  work: (ids: readonly string[]) => Promise<T>,
  failures: Failures,
): Promise<T[]> {
  const results: T[] = [];
  const waiting: (readonly string[])[] = [];
  const isAll = () => failures.inARow >= MOST_IN_A_ROW;
  const attempt = async (some: readonly string[]): Promise<void> => {
    try {
      results.push(await work(some));
      failures.inARow = 0;
    } catch (failure) {
      if (some.length <= 1) {
        failures.all.push(failure);
        failures.inARow += 1;
      } else if (some !== ids && isAll()) waiting.push(some);
      else await halve(some);
    }
  };
  const halve = async (some: readonly string[]): Promise<void> => {
    const half = Math.ceil(some.length / 2);
    await attempt(some.slice(0, half));
    await attempt(some.slice(half));
  };
  failures.inARow = Math.min(failures.inARow, MOST_IN_A_ROW - TRIED_ANEW);
  await attempt(ids);
  for (let some = waiting.shift(); some !== undefined && !isAll(); some = waiting.shift()) await halve(some);
  return results;
}
