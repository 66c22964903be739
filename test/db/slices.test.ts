import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mapInSlices, Slices } from '../../src/db/slices.js';

it('a slice is over after two milliseconds, and the next one begins with the turn that others had', async () => {
  let now = 0;
  const slices = new Slices(() => now);
  now = 1.9;
  expect(slices.isOver).toBe(false);
  now = 2;
  expect(slices.isOver).toBe(true);
  let had = false;
  const others = turn().then(() => {
    had = true;
  });
  await slices.next();
  await others;
  expect([had, slices.isOver]).toEqual([true, false]);
});

it('others have their turn between pieces of long work, and its results keep their order', async () => {
  let working = true;
  let turns = 0;
  const others = (async () => {
    while (working) {
      await turn();
      turns += 1;
    }
  })();
  const slow = (item: number) => {
    const until = performance.now() + 3;
    while (performance.now() < until);
    return item * 2;
  };
  const made = await mapInSlices([1, 2, 3, 4, 5], slow);
  const between = turns;
  working = false;
  await others;
  expect(made).toEqual([2, 4, 6, 8, 10]);
  expect(between).toBeGreaterThanOrEqual(4);
});
