// One person's window: goes to places, types commands, fills in forms, as a person does with eyes and hands.
// Every step waits for what it needs; nothing sleeps.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { World } from './world.js';

const SHOTS = fileURLToPath(new URL('../../../artefacts/screenshots/', import.meta.url));
/** The machine may be busy with other suites; what takes longer is broken. */
const PATIENCE_MS = 20_000;

export interface PersonWindow {
  readonly page: Page;
  /** What the page itself complained about. */
  readonly complaints: readonly string[];
  /** Opens `home`, `messages` or a channel. */
  goTo(place: string): Promise<void>;
  /** Types into the composer of the place shown and sends it. */
  type(text: string): Promise<void>;
  /** The top modal, once it is there; by callback_id if given. */
  modal(callbackId?: string): Promise<Locator>;
  /** Chooses in a select of a form, searching with `words` first. */
  choose(form: Locator, label: string | RegExp, option: string | RegExp, words?: string): Promise<void>;
  /** Closes every modal. */
  closeModals(): Promise<void>;
  /** The message of the place shown that holds this text, the newest if there are several. */
  message(text: string | RegExp): Locator;
  /** A picture under artefacts/screenshots. */
  shoot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a window as this person. */
export async function openWindow(
  browser: Browser,
  { sandbox }: Pick<World, 'sandbox'>,
  person: string,
  size = { width: 1280, height: 960 },
  more: BrowserContextOptions = {},
): Promise<PersonWindow> {
  const context = await browser.newContext({
    viewport: size,
    locale: sandbox.state(person).me.locale,
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    ...more,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text());
  });
  const top = page.locator('dialog[open]').last();

  await page.goto(`${sandbox.url}/?as=${person}&c=messages`);
  await page.locator(`[data-person=${person}] main`).waitFor();
  // As the browser's own way back and forth does, without loading the page anew.
  const goTo: PersonWindow['goTo'] = async (place) => {
    await page.evaluate((to) => {
      history.pushState(null, '', to);
      dispatchEvent(new PopStateEvent('popstate'));
    }, `?as=${person}&c=${place}`);
    await page.locator(`main[data-place=${place}]`).waitFor();
  };

  return {
    page,
    complaints,
    goTo,
    async type(text) {
      const composer = page.locator('[data-composer=channel]');
      await composer.fill(text);
      await composer.press('Enter');
    },
    async modal(callbackId) {
      const wanted = callbackId
        ? page.locator(`dialog[open][data-view-callback-id="${callbackId}"]`).last()
        : top;
      await wanted.waitFor();
      return wanted;
    },
    async choose(form, label, option, words) {
      const box = form.getByRole('combobox', { name: label });
      await box.click();
      if (words !== undefined) await box.fill(words);
      await form.getByRole('option', { name: option }).click();
    },
    async closeModals() {
      const open = page.locator('dialog[open]');
      if ((await open.count()) === 0) return;
      await top.locator('.modal-header .icon-button').last().click();
      await open.first().waitFor({ state: 'detached' });
    },
    message: (text) => page.locator('main [data-message-ts]').filter({ hasText: text }).last(),
    async shoot(name) {
      const path = join(SHOTS, `${name}.png`);
      await mkdir(dirname(path), { recursive: true });
      await page.screenshot({ path });
    },
    close: () => context.close(),
  };
}
