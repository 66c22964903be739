// One language's demo company with everybody's windows, for tests that look at every window of the app; and the hands
// that go from one window to the next.
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { Locale } from '../../../sandbox/server/protocol.js';
import { launchChromium } from './chromium.js';
import { type DemoFacts, FINANCE, prepareDemo, REPS } from './demo-facts.js';
import { type Onlooker, onlooker, TOO_LATE } from './onlooker.js';
import type { PersonWindow } from './person-window.js';
import { startWorld, type World } from './world.js';

export interface Scene {
  readonly locale: Locale;
  readonly rep: string;
  readonly finance: string;
  /** Of the company; there once the tests run. */
  readonly facts: DemoFacts;
  readonly eyes: Onlooker;
  /** Presses a button of the modal on top. */
  readonly press: (window: PersonWindow, actionId: string) => Promise<void>;
  /** Presses the button and waits for the window that it opens. */
  readonly reach: (window: PersonWindow, actionId: string, callbackId: string) => Promise<Locator>;
  /** Reaches a window, looks at it and closes it. */
  readonly visit: (window: PersonWindow, actionId: string, callbackId: string, name: string) => Promise<void>;
  /** Chooses in an overflow menu of the modal on top. */
  readonly choose: (window: PersonWindow, actionId: string, item: string | 'last') => Promise<void>;
  readonly closeTop: (window: PersonWindow) => Promise<void>;
  /** The answer that only this person sees to a command. */
  readonly answer: (window: PersonWindow, command: string) => Promise<Locator>;
}

/** Starts the company before the tests of this block and ends it after them. */
export function openScene(locale: Locale): Scene {
  let world: World | undefined;
  let browser: Browser | undefined;
  let eyes: Onlooker | undefined;
  let facts: DemoFacts | undefined;
  const rep = REPS[locale];
  beforeAll(async () => {
    browser = await launchChromium();
    world = await startWorld({
      locale,
      prepare: async (db) => {
        facts = await prepareDemo(db, rep);
      },
    });
    eyes = onlooker(locale, browser, world);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });
  const begun = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the company is not open yet');
    return part;
  };

  const press: Scene['press'] = async (window, actionId) => {
    const top = await window.modal();
    await top.locator(`[data-action-id^="${actionId}"]`).first().click();
  };
  const reach: Scene['reach'] = async (window, actionId, callbackId) => {
    await press(window, actionId);
    const wanted = window.page.locator(`dialog[open][data-view-callback-id="${callbackId}"]`).last();
    const late = window.page.locator('dialog[open]').getByText(TOO_LATE);
    await wanted.or(late).first().waitFor();
    // On a busy machine Slack's three seconds may be over: a person presses again, as they are told to.
    if (await late.isVisible()) await press(window, actionId);
    return window.modal(callbackId);
  };
  const closeTop: Scene['closeTop'] = async (window) => {
    const id = await (await window.modal()).getAttribute('data-view-id');
    const top = window.page.locator(`dialog[data-view-id="${id}"]`);
    await top.locator('.modal-header .icon-button').first().click();
    await top.waitFor({ state: 'detached' });
  };
  return {
    locale,
    rep,
    finance: FINANCE[locale],
    get facts() {
      return begun(facts);
    },
    get eyes() {
      return begun(eyes);
    },
    press,
    reach,
    closeTop,
    async visit(window, actionId, callbackId, name) {
      await reach(window, actionId, callbackId);
      await begun(eyes).look(window, name);
      await closeTop(window);
    },
    async choose(window, actionId, item) {
      await press(window, actionId);
      const items = window.page.getByRole(
        'menuitem',
        ...(item === 'last' ? [] : [{ name: item, exact: true }]),
      );
      await items.last().click();
    },
    async answer(window, command) {
      await window.closeModals();
      await window.goTo('messages');
      const answers = window.page.locator('main [data-ephemeral=true]');
      // All that was said before is there first.
      await window.page
        .locator('main [data-message-ts], main .message-list')
        .first()
        .waitFor({ state: 'attached' });
      const before = await answers.count();
      await window.type(command);
      const answer = answers.nth(before);
      await answer.waitFor();
      return answer;
    },
  };
}
