// The first day: everybody has their role and nobody has sold anything. What each of them sees, and the way on from there;
// a picture of each under artefacts/screenshots.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './support/chromium.js';
import { type Onlooker, onlooker } from './support/onlooker.js';
import { startWorld, type World } from './support/world.js';

/** What the Home of each says where a list would be, and what the first answer to /hk says. */
const WORDS = {
  'zh-CN': {
    rep: '还没有合同。新建或导入。',
    finance: /回款会出现在这里和/,
    manager: '逾期 3 天的款会在这里。',
    director: '逾期 7 天的款会在这里。',
    admin: '设置',
    auditor: '还没有合同',
    today: '今天没有等你处理的事。',
    setUp: '还有 1 项未完成',
  },
  'en-US': {
    rep: 'No contracts yet. Create one or import.',
    finance: /Receipts appear here and in/,
    manager: 'Money 3 days overdue appears here.',
    director: 'Money 7 days overdue appears here.',
    admin: 'Set-up',
    auditor: 'No contracts yet. They appear here.',
    today: 'Nothing is waiting for you today.',
    setUp: 'Set-up · 1 open',
  },
} as const;
const PEOPLE = [
  ['rep', 'U_REP'],
  ['finance', 'U_FINANCE'],
  ['manager', 'U_MANAGER'],
  ['director', 'U_DIRECTOR'],
  ['admin', 'U_ADMIN'],
  ['auditor', 'U_AUDITOR'],
] as const;

describe.each(['zh-CN', 'en-US'] as const)('in %s', (locale) => {
  let world: World;
  let browser: Browser;
  let eyes: Onlooker;
  beforeAll(async () => {
    browser = await launchChromium();
    world = await startWorld({ locale, empty: true });
    eyes = onlooker(locale, browser, world);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  it.each(PEOPLE)('%s %s', async (kind, person) => {
    const window = await eyes.at(person);
    await window.goTo('home');
    const home = window.page.locator('main [data-view-id]');
    await home.getByText(WORDS[locale][kind]).first().waitFor();
    await eyes.look(window, `first-home-${person}`);
    await window.goTo('messages');
    await window.page.locator('main [data-message-ts]').first().waitFor();
    await window.type('/hk');
    const answer = window.page.locator('main [data-ephemeral=true]').last();
    await answer.waitFor();
    // Nothing was brought in yet: that waits for the admin.
    const { today, setUp } = WORDS[locale];
    expect(await answer.textContent()).toContain(kind === 'admin' ? setUp : today);
    await eyes.look(window, `first-messages-${person}`);
  });

  it('the first contract is one press away', async () => {
    const window = await eyes.at('U_REP');
    await window.goTo('home');
    await window.page.locator('main [data-action-id="contract.new"]').last().click();
    await window.modal('contract.new');
    await eyes.look(window, 'first-contract');
    await window.closeModals();
  });
});
