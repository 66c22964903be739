// Batches grow where they are quick, and stay small where everybody waits.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BatchSize } from '../../src/db/batch-size.js';

const LIMITS = { fewest: 500, most: 2000, targetMs: 100 };

it('grows to the most where a transaction takes no time', async () => {
  const size = new BatchSize(LIMITS);
  expect(size.rows).toBe(500);
  await size.time(500, async () => {});
  expect(size.rows).toBe(2000);
});

it('is small again after a slow one, never below the fewest', async () => {
  const size = new BatchSize(LIMITS);
  await size.time(500, async () => {});
  await size.time(2000, () => sleep(200));
  expect(size.rows).toBeLessThanOrEqual(1000);
  await size.time(size.rows, () => sleep(250));
  expect(size.rows).toBe(500);
});
