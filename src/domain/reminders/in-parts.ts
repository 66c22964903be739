// Does many things in batches, so that one that cannot be done takes nobody else's along.

/** With more failures than this it is not some of the rows: batches that fail are not taken apart any more. */
const MOST_FAILURES = 20;

/**
 * Does them all; what fails is halved until the one is found that does it, and everything else is done. `failures`: what
 * went wrong is added to it, for the caller to throw.
 * @returns what came of each part that was done
 */
export async function inParts<T>(
  ids: readonly string[],
  work: (ids: readonly string[]) => Promise<T>,
  failures: unknown[],
): Promise<T[]> {
  try {
    return [await work(ids)];
  } catch (failure) {
    if (ids.length <= 1 || failures.length >= MOST_FAILURES) {
      failures.push(failure);
      return [];
    }
    const half = Math.ceil(ids.length / 2);
    const first = await inParts(ids.slice(0, half), work, failures);
    return [...first, ...(await inParts(ids.slice(half), work, failures))];
  }
}
