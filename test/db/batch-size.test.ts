// Batches grow where they are quick, and stay small where everybody waits.
import { expect, it } from 'vitest';
import { BatchSize } from '../../src/db/batch-size.js';

const LIMITS = { fewest: 500, most: 2000, targetMs: 100 };

let now = 0;
const size = () => new BatchSize(LIMITS, () => now);
const taking = (ms: number) => async () => {
  now += ms;
};

it('grows to the most where a transaction takes no time', async () => {
  const batch = size();
  expect(batch.rows).toBe(500);
  await batch.time(500, taking(0));
  expect(batch.rows).toBe(2000);
});

it('is small again after a slow one, never below the fewest', async () => {
  const batch = size();
  await batch.time(500, taking(25));
  expect(batch.rows).toBe(2000);
  await batch.time(2000, taking(200));
  expect(batch.rows).toBe(1000);
  await batch.time(1000, taking(250));
  expect(batch.rows).toBe(500);
});
