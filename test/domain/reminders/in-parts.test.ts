// One thing that cannot be done takes no other along.
import { expect, it } from 'vitest';
import { inParts, noFailures } from '../../../src/domain/reminders/in-parts.js';

const ids = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);
/** Does what is not bad, all of it or nothing. */
function worker(bad: ReadonlySet<string>) {
  const done: string[] = [];
  let calls = 0;
  return {
    done,
    calls: () => calls,
    work: async (some: readonly string[]) => {
      calls += 1;
      const found = some.find((id) => bad.has(id));
      if (found !== undefined) throw new Error(found);
      done.push(...some);
      return some.length;
    },
  };
}

it('does all but what cannot be done, in few tries', async () => {
  const { work, done, calls } = worker(new Set(['7', '1999']));
  const failures = noFailures();
  const counts = await inParts(ids(2_500), work, failures);
  expect(done).toEqual(ids(2_500).filter((id) => !['7', '1999'].includes(id)));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2_498);
  expect(failures.all.map(String)).toEqual(['Error: 7', 'Error: 1999']);
  expect(calls()).toBeLessThan(60);
});

it('does not go on trying each where none can be done', async () => {
  const { work, done, calls } = worker(new Set(ids(2_500)));
  const failures = noFailures();
  for (let n = 0; n < 10; n += 1) await inParts(ids(2_500), work, failures);
  expect(done).toEqual([]);
  expect(calls()).toBeLessThan(300);
});

it('of many that cannot be done none takes another along, however many were met before', async () => {
  // A whole part of them, and some by themselves behind it.
  const bad = new Set([...ids(40), '2600', '3777', '4998']);
  const { work, done, calls } = worker(bad);
  const failures = noFailures();
  for (const batch of [ids(2_500), ids(5_000).slice(2_500)]) await inParts(batch, work, failures);
  expect(done.toSorted()).toEqual(
    ids(5_000)
      .filter((id) => !bad.has(id))
      .toSorted(),
  );
  expect(calls()).toBeLessThan(250);
});
