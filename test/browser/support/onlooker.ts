// Someone who looks at every view: windows by person, and what must hold for whatever is shown.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { expect } from 'vitest';
import { findBarriers } from './accessibility.js';
import { openWindow, type PersonWindow } from './person-window.js';
import type { World } from './world.js';

/** Keys, placeholders and values that never were words. */
const NO_WORDS =
  /\{\{|\bundefined\b|\bNaN\b|\[object |\b(?:common|home|plans|receipts|contracts|customers|settings|reminders|members|errors|help|reports|exports|follow_ups):[a-z]/;

/** What the app answers when Slack's three seconds were over before it could open the window. */
export const TOO_LATE = /没及时打开|opened too late/;

/** Of the header of a morning's message. */
const DIGEST = /今日待办|today’s list/;

const GUIDE = join(import.meta.dirname, '../../../docs/guide');
/** With HUIKUAN_GUIDE_PICTURES set, what the guide for users shows is drawn anew, without all around it. */
async function keepForGuide({ page }: PersonWindow, picture: string): Promise<void> {
  if (!process.env.HUIKUAN_GUIDE_PICTURES) return;
  const isShown = ['everyday.md', 'everyday.zh-CN.md'].some((name) =>
    readFileSync(join(GUIDE, name), 'utf8').includes(`(pictures/${picture})`),
  );
  if (!isShown) return;
  // A message is longer than the window, which shows its end: the guide shows it from its beginning.
  if (/\/(digest|answer)-/.test(picture)) {
    const size = page.viewportSize();
    await page.setViewportSize({ width: 1000, height: 2400 });
    const message = picture.includes('/digest-')
      ? page.locator('main [data-message-ts]').filter({ hasText: DIGEST }).last()
      : page.locator('main [data-ephemeral=true]').last();
    // A wide table scrolls by itself: the guide shows all of it.
    const beyond = await message.evaluate((box) =>
      Math.max(
        0,
        ...[...box.querySelectorAll('.table-scroll')].map((table) => table.scrollWidth - table.clientWidth),
      ),
    );
    await page.setViewportSize({ width: 1000 + beyond, height: 2400 });
    await message.screenshot({ path: join(GUIDE, 'pictures', picture), animations: 'disabled' });
    if (size) await page.setViewportSize(size);
    return;
  }
  const dialog = page.locator('dialog[open]').last();
  const part = (await dialog.count()) > 0 ? dialog : page.locator('main');
  await part.screenshot({ path: join(GUIDE, 'pictures', picture), animations: 'disabled' });
}

export interface Onlooker {
  /** This person's window, opened at first use. */
  at(person: string): Promise<PersonWindow>;
  /** Draws a picture of what is shown, after the checks that hold for every view; `part`: all that is new in it. */
  look(window: PersonWindow, name: string, part?: Locator): Promise<void>;
  /** The modal that a command opens. */
  opens(
    person: string,
    command: string,
    callbackId: string,
  ): Promise<{ window: PersonWindow; modal: Locator }>;
}

/** Looks at this world in one language; pictures go under its name. */
export function onlooker(locale: string, browser: Browser, world: World): Onlooker {
  const windows = new Map<string, PersonWindow>();
  const at: Onlooker['at'] = async (person) => {
    const known = windows.get(person);
    if (known) return known;
    const opened = await openWindow(browser, world, person, { width: 1280, height: 1200 });
    windows.set(person, opened);
    return opened;
  };
  return {
    at,
    async look(window, name, part) {
      await window.shoot(`${locale}/${name}`);
      await keepForGuide(window, `${locale}/${name}.png`);
      expect(await window.page.locator('body').textContent()).not.toMatch(NO_WORDS);
      // Barriers are the same in both languages, and looking for them takes longer than all the rest. Behind a dialog
      // nothing can be reached, and it was looked at before.
      if (locale === 'en-US') {
        const dialog = window.page.locator('dialog[open]').last();
        const seen = (await dialog.count()) > 0 ? dialog : part;
        expect(await findBarriers(window.page, seen)).toEqual([]);
      }
      expect(window.complaints).toEqual([]);
    },
    async opens(person, command, callbackId) {
      const window = await at(person);
      await window.closeModals();
      if (!(await window.page.locator('[data-composer=channel]').isVisible())) await window.goTo('messages');
      const said = window.page.locator('main [data-ephemeral=true]').filter({ hasText: TOO_LATE });
      const late = window.page
        .locator('[data-composer-notice].alert-error')
        .or(said.nth(await said.count()))
        .first();
      await window.type(command);
      const opened = window.page.locator(`dialog[open][data-view-callback-id="${callbackId}"]`);
      await opened.or(late).first().waitFor();
      // Two browsers and their apps on a small machine may miss Slack's three seconds: a person sends it again.
      if (await late.isVisible()) await window.type(command);
      return { window, modal: await window.modal(callbackId) };
    },
  };
}
