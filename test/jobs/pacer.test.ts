// What the deliverer may send when: one a second in a channel, so many a minute in all, of them a part for rewrites.
import { expect, it } from 'vitest';
import { createPacer, REWRITES } from '../../src/jobs/delivery/pacer.js';

it('lets rewrites take a third of a minute, and leaves the rest to messages', () => {
  let now = 0;
  const pacer = createPacer({ perMinute: 300, now: () => now });
  let [messages, rewrites] = [0, 0];
  // As the deliverer does: what is more urgent first, unless it is held.
  for (; now < 60_000; now += 10) {
    while (pacer.room() > 0) {
      if (pacer.held().recipients.includes(REWRITES)) {
        pacer.count();
        messages += 1;
      } else {
        pacer.countRewrite();
        rewrites += 1;
      }
    }
  }
  expect(messages + rewrites).toBeLessThanOrEqual(300);
  expect(messages + rewrites).toBeGreaterThan(295);
  expect(rewrites).toBeGreaterThan(105);
  expect(rewrites).toBeLessThanOrEqual(115);
});

it('holds rewrites while Slack asked for it, wakes when they may go on, and forgets what is over', () => {
  let now = 0;
  const pacer = createPacer({ perMinute: 300, now: () => now });
  expect(pacer.held()).toEqual({ recipients: [], ms: null });
  pacer.pause(REWRITES, 30_000);
  pacer.pause('D1', 1_000);
  pacer.waitMs('D1', 'user:1');
  expect(pacer.held()).toEqual({ recipients: ['user:1', REWRITES], ms: 1_000 });
  now = 1_000;
  expect(pacer.held()).toEqual({ recipients: [REWRITES], ms: 29_000 });
  now = 30_000;
  expect(pacer.held()).toEqual({ recipients: [], ms: null });
});

it('without a limit holds no rewrite', () => {
  const pacer = createPacer({ perMinute: Number.POSITIVE_INFINITY, now: () => 0 });
  for (let n = 0; n < 100; n += 1) pacer.countRewrite();
  expect(pacer.held().recipients).toEqual([]);
  expect(pacer.room()).toBe(Number.POSITIVE_INFINITY);
});
