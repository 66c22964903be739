// The escalation story among people who all read English: the same thread, in their words.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, it } from 'vitest';
import { launchChromium } from './support/chromium.js';
import { LATE_CUSTOMER, seeCaseThrough } from './support/escalation-story.js';
import { openWindow, type PersonWindow } from './support/person-window.js';
import { startWorld, type World } from './support/world.js';

let world: World;
let browser: Browser;
const windows: PersonWindow[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  world = await startWorld({ locale: 'en-US' });
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    for (const [index, one] of windows.entries()) await one.shoot(`failed/english-${index}`);
  });
});

it('escalates what nobody paid: acknowledged, followed up, promised, paid, closed', () =>
  seeCaseThrough(
    async (person) => {
      const opened = await openWindow(browser, world, person);
      windows.push(opened);
      return opened;
    },
    {
      forward: '+7 days',
      opened: `Level 1 · ${LATE_CUSTOMER} · `,
      acknowledged: '赵琳 acknowledged; held until',
      followed: '李雷: Follow-up (Call)',
      promise: 'Promise',
      promised: /Customer promises CN¥.* by .*25 Mar.*李雷/,
      day: '25 Mar',
      sent: /HK-\S+ CN¥.* sent; waiting for finance/,
      recorded: '李雷 recorded CN¥',
      approved: 'Approved',
      closed: `Paid · ${LATE_CUSTOMER}`,
      paid: /Paid after .* was approved by 孙悦/,
    },
  ));
