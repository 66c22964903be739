// The sandbox's page itself, with an app that is not this repository's: used by keyboard alone, on a phone, in both
// languages, light and dark; what is new, what is late and what went wrong is told where one looks.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FINANCE, GENERAL, REP } from '../sandbox/support.js';
import { findBarriers } from './support/accessibility.js';
import { launchChromium } from './support/chromium.js';
import { type EveryInput, startEveryInput } from './support/every-input.js';
import { openWindow, type PersonWindow } from './support/person-window.js';

const PAGE = join(import.meta.dirname, '../../sandbox/page/dist');
const PHONE = { width: 375, height: 740 };
const SLIP = { name: 'slip.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 slip') };

let dir: string;
let browser: Browser;
let app: EveryInput;
let opened: PersonWindow[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'page-'));
  browser = await launchChromium();
  app = await startEveryInput(PAGE, join(dir, 'clock.json'));
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    for (const [index, one] of opened.entries()) await one.shoot(`failed/page-${index}`);
  });
});
afterEach(async () => {
  for (const one of opened) {
    // A refused submission and a late answer are no fault of the page.
    expect(one.complaints).toEqual([]);
    await one.close();
  }
  opened = [];
  await app.sandbox.reset();
});

const open = async (
  person: string,
  ...more: Parameters<typeof openWindow> extends [unknown, unknown, unknown, ...infer R] ? R : never
) => {
  const window = await openWindow(browser, app, person, ...more);
  opened.push(window);
  return window;
};
const keys = async (page: Page, ...pressed: string[]) => {
  for (const key of pressed) await page.keyboard.press(key);
};
/** Waits until this has the keyboard. */
const hasKeyboard = (one: Locator) =>
  expect.poll(() => one.evaluate((box) => box === document.activeElement)).toBe(true);
const control = (form: Locator, block: string) =>
  form.locator(`[data-block-id^="${block}"] [data-action-id]`).first();

describe('by keyboard alone', () => {
  it('a form with every input, from the command to the submission', async () => {
    const window = await open(FINANCE);
    const { page } = window;
    // Whoever comes into a conversation can write at once.
    await hasKeyboard(page.locator('[data-composer=channel]'));
    await page.keyboard.type('/pro');
    await page.locator('[data-command]').first().waitFor();
    await keys(page, 'Enter', 'Enter');
    const form = await window.modal('every');
    await hasKeyboard(control(form, 'name'));

    // Sent too early: the first field that is missing has the keyboard, and says so.
    await keys(page, 'Enter');
    await form.locator('[data-error-for=name]').waitFor();
    await hasKeyboard(control(form, 'name'));
    expect(await form.locator('[data-error-for]').count()).toBe(6);
    await window.shoot('page/form-missing');

    await page.keyboard.type('taken');
    await keys(page, 'Tab', 'ArrowDown', 'ArrowDown', 'Enter');
    const item = form.locator('[data-block-id="item|tool"] [data-action-id]');
    await item.waitFor();
    // The update left the keyboard in the select that asked for it, and what was typed where it was.
    await hasKeyboard(control(form, 'kind'));
    expect(await control(form, 'name').inputValue()).toBe('taken');
    await keys(page, 'Tab');
    await hasKeyboard(item);
    await keys(page, 'ArrowDown', 'Enter');
    expect(await item.inputValue()).toBe('tool 1');
    await keys(page, 'Tab');
    await page.keyboard.type('q');
    await form.getByRole('option', { name: 'found q' }).waitFor();
    // Past the button that clears it, to the next select; there Escape closes the list, not the form.
    await keys(page, 'Enter', 'Tab', 'Tab');
    await hasKeyboard(control(form, 'many'));
    await keys(page, 'ArrowDown', 'Escape');
    expect(await form.isVisible()).toBe(true);
    for (const block of ['radio', 'boxes', 'date', 'amount', 'notes']) {
      const field =
        block === 'radio' || block === 'boxes'
          ? form.locator(`[data-block-id="${block}"] input`).first()
          : control(form, block);
      await field.focus();
      if (block === 'radio' || block === 'boxes') await keys(page, 'Space');
      else if (block === 'date') await page.keyboard.type('03102026');
      else await page.keyboard.type(block === 'amount' ? '0' : 'two');
    }
    await keys(page, 'Enter');
    await page.keyboard.type('lines');
    await form.locator('input[type=file]').setInputFiles(SLIP);
    await form.locator('[data-file-id]').waitFor();
    // From a long text Enter breaks the line and Ctrl+Enter sends.
    await control(form, 'notes').focus();
    await keys(page, 'Control+Enter');
    await form.locator('[data-error-for=amount]').waitFor();
    await hasKeyboard(control(form, 'amount'));
    await keys(page, 'Backspace');
    await page.keyboard.type('3');
    await keys(page, 'Enter');
    // The app's own refusal stands on its field.
    await form.locator('[data-error-for=name]').getByText('That name is taken.').waitFor();
    await hasKeyboard(control(form, 'name'));
    await window.shoot('page/form-refused');
    await keys(page, 'Control+a');
    await page.keyboard.type('free');
    await keys(page, 'Enter');
    await form.waitFor({ state: 'detached' });
    await hasKeyboard(page.locator('[data-composer=channel]'));
    expect(app.submitted.at(-1)).toMatchObject({
      name: { x: { value: 'free' } },
      kind: { x: { selected_option: { value: 'tool' } } },
      'item|tool': { x: { selected_option: { value: 'tool 1' } } },
      found: { search: { selected_option: { value: 'found q' } } },
      radio: { x: { selected_option: { value: 'one' } } },
      boxes: { x: { selected_options: [{ value: 'left' }] } },
      date: { x: { selected_date: '2026-03-10' } },
      amount: { x: { value: '3' } },
      files: { x: { files: [{ name: 'slip.pdf' }] } },
      notes: { x: { value: 'two\nlines' } },
    });
  });

  it('stays inside a dialog, and goes back to what opened it', async () => {
    const window = await open(FINANCE);
    const { page } = window;
    await window.type('/probe card');
    const card = window.message('Card');
    const more = card.locator('[data-action-id=overflow]');
    await more.waitFor();
    await more.focus();
    await keys(page, 'Enter', 'Enter');
    const form = await window.modal('every');
    await hasKeyboard(control(form, 'name'));
    for (let turn = 0; turn < 60; turn += 1) {
      await keys(page, turn < 30 ? 'Tab' : 'Shift+Tab');
      const outside = await page.evaluate(
        () => document.activeElement !== document.body && !document.activeElement?.closest('dialog'),
      );
      expect(outside).toBe(false);
    }
    const push = form.locator('[data-action-id=push]');
    await push.focus();
    await keys(page, 'Enter');
    const detour = await window.modal('detour');
    await hasKeyboard(control(detour, 'detail'));
    await keys(page, 'Escape');
    await detour.waitFor({ state: 'detached' });
    await hasKeyboard(push);
    await keys(page, 'Escape');
    await form.waitFor({ state: 'detached' });
    await hasKeyboard(more);
    // A question: no leaves everything, yes is done once.
    const yes = card.locator('[data-action-id=yes]');
    await yes.focus();
    await keys(page, 'Enter');
    await page.getByRole('alertdialog').waitFor();
    await keys(page, 'Escape');
    await hasKeyboard(yes);
    await keys(page, 'Enter', 'Tab', 'Enter');
    await window.message('decided').waitFor();
  });

  it('goes through channels, into a thread and back', async () => {
    const window = await open(FINANCE);
    const { page } = window;
    await keys(page, 'Alt+ArrowDown');
    await page.locator(`main[data-channel-id=${GENERAL}]`).waitFor();
    await hasKeyboard(page.locator('[data-composer=channel]'));
    await window.type('/probe card');
    const replies = window.message('Card').locator('.thread-line');
    await replies.focus();
    await keys(page, 'Enter');
    const reply = page.locator('[data-composer=thread]');
    await hasKeyboard(reply);
    await page.keyboard.type('mine');
    await keys(page, 'Enter');
    await page.locator('[data-thread-ts]').getByText('mine').waitFor();
    await keys(page, 'Escape');
    await page.locator('[data-thread-ts]').waitFor({ state: 'detached' });
    await hasKeyboard(replies);
    await keys(page, 'Alt+ArrowUp');
    await page.locator('main[data-channel-id=home]').waitFor();
  });
});

it('marks what is new, and where reading stopped', async () => {
  const { sandbox } = app;
  const window = await open(FINANCE);
  sandbox.say(REP, GENERAL, 'seen before');
  await window.goTo(GENERAL);
  await window.message('seen before').waitFor();
  await window.goTo('messages');
  sandbox.say(REP, GENERAL, 'first new');
  sandbox.say(REP, GENERAL, `second new <@${FINANCE}>`);
  const entry = window.page.locator(`.sidebar [data-channel-id=${GENERAL}]`);
  await entry.getByText('2', { exact: true }).waitFor();
  await expect.poll(() => window.page.title()).toMatch(/^\(2\) /);
  await entry.click();
  await window.page.locator('[data-new-line] + li').getByText('first new').waitFor();
  await entry.getByText('2', { exact: true }).waitFor({ state: 'detached' });
  await window.shoot('page/unread');
  // Read is read: coming back there is no line.
  await window.goTo('messages');
  await window.goTo(GENERAL);
  await window.message('second new').waitFor();
  expect(await window.page.locator('[data-new-line]').count()).toBe(0);
});

it('tells what is under way, late, refused or lost, and keeps what was typed', async () => {
  const window = await open(FINANCE);
  const { page } = window;
  await window.type('/nothing');
  await page.locator('[data-composer-notice]').getByText('/nothing is not a command').waitFor();
  expect(await page.locator('[data-composer=channel]').inputValue()).toBe('/nothing');
  await page.locator('[data-composer=channel]').fill('');
  await window.type('/probe silent');
  await page.locator('[data-composer-notice]').getByText('on its way').waitFor();
  await page.locator('[data-composer-notice].alert-error').getByText('did not answer in 3 s').waitFor();
  expect(await page.locator('[data-composer=channel]').inputValue()).toBe('/probe silent');
  await page.locator('[data-composer=channel]').fill('');
  await window.type('/probe');
  const form = await window.modal('every');
  const slow = form.locator('[data-action-id=slow]');
  await slow.click();
  await expect.poll(() => slow.getAttribute('aria-busy')).toBe('true');
  await expect.poll(() => slow.getAttribute('aria-busy')).toBe('false');
  await form.locator('[data-action-id=silent]').click();
  const trouble = form.locator('[data-ack-status=timeout]');
  await trouble.waitFor();
  // Not below the edge of the form, where nobody would look.
  const [edge, place] = await Promise.all([form.locator('.modal-body').boundingBox(), trouble.boundingBox()]);
  expect((place?.y ?? 0) + (place?.height ?? 0)).toBeLessThanOrEqual(
    (edge?.y ?? 0) + (edge?.height ?? 0) + 1,
  );
  await window.shoot('page/late');
  await keys(page, 'Escape');
  // What passed between the two is in the pane: the request, how long the answer took, the call.
  await page.locator('.journal-toggle').click();
  const lines = page.locator('[data-journal-n]');
  await lines.filter({ hasText: 'views.open' }).first().waitFor();
  expect(await lines.filter({ hasText: '/probe' }).count()).toBeGreaterThanOrEqual(4);
  expect(await lines.filter({ hasText: /3000 ms/ }).count()).toBe(2);
  await window.shoot('page/journal');
});

it('keeps what is wrong with a form that was sent while its last field was still being typed', async () => {
  const window = await open(FINANCE);
  await window.type('/probe');
  const form = await window.modal('every');
  const watched = control(form, 'watched');
  const redrawn = () => app.sandbox.journal().filter(({ name }) => name === 'views.update').length;
  await watched.fill('a');
  await expect.poll(redrawn).toBe(1);
  await watched.press('b');
  await watched.press('Enter');
  await form.locator('[data-error-for=name]').waitFor();
  // Longer than the page waits for more to be typed.
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect([await form.locator('[data-error-for]').count(), redrawn()]).toEqual([6, 1]);
  expect(await watched.inputValue()).toBe('ab');
});

it('sends a form with Ctrl+Enter from a field in which Enter alone asks the app', async () => {
  const window = await open(FINANCE);
  await window.type('/probe');
  const form = await window.modal('every');
  const redrawn = () => app.sandbox.journal().filter(({ name }) => name === 'views.update').length;
  const applied = control(form, 'applied');
  await applied.fill('a');
  await applied.press('Enter');
  await expect.poll(redrawn).toBe(1);
  expect(await form.locator('[data-error-for]').count()).toBe(0);
  await applied.press('Control+Enter');
  await form.locator('[data-error-for=name]').waitFor();
});

it('tells in a toast what has no place of its own, where it can be read and closed', async () => {
  const window = await openWindow(browser, app, FINANCE);
  const { page } = window;
  await page.clock.install();
  const toast = page.locator('.toast');
  const attach = async (name: string) =>
    page
      .locator('[data-composer-files]')
      .first()
      .setInputFiles({ ...SLIP, name });
  await page.route(/\/sandbox\/(upload|close)/, (route) => route.abort());
  await attach('one.pdf');
  await toast.getByText('one.pdf was not uploaded.').waitFor();
  expect(await toast.getAttribute('role')).toBe('alert');
  // It goes by itself, but not before one could read it.
  await page.clock.runFor(9_000);
  expect(await toast.count()).toBe(1);
  await page.clock.runFor(2_000);
  await toast.waitFor({ state: 'detached' });
  // Above a dialog too, whose keyboard and reader reach it; and it outlives the dialog.
  await window.type('/probe');
  const form = await window.modal('every');
  await form.locator('.modal-header .icon-button').first().click();
  const above = form.locator('.toast').getByText('The sandbox server does not answer.');
  await above.waitFor();
  await window.shoot('page/toast');
  expect(await findBarriers(page)).toEqual([]);
  await page.unroute(/\/sandbox\/(upload|close)/);
  await form.locator('.modal-header .icon-button').first().click();
  await form.waitFor({ state: 'detached' });
  await toast.getByText('The sandbox server does not answer.').waitFor();
  await toast.getByRole('button', { name: 'Dismiss' }).click();
  await toast.waitFor({ state: 'detached' });
  // The browser's own line about each request that was cut off, and nothing else.
  expect(new Set(window.complaints)).toEqual(new Set(['Failed to load resource: net::ERR_FAILED']));
  await window.close();
});

it('says that a Home is on its way before it says that there is none', async () => {
  const window = await open(FINANCE);
  const { page } = window;
  await page.clock.install();
  // The app is not told, and so publishes nothing.
  await page.route(/\/sandbox\/home/, (route) => route.fulfill({ json: { view: null } }));
  await window.goTo('home');
  const said = page.locator('main').getByRole('status');
  await said.getByText('Waiting for the app’s Home…').waitFor();
  await window.shoot('page/home-coming');
  await page.clock.runFor(7_000);
  expect(await said.textContent()).not.toContain('has not published');
  await page.clock.runFor(2_000);
  await said.getByText('The app has not published a Home for you yet.').waitFor();
});

it('moves the clock of the app', async () => {
  const { page } = await open(FINANCE);
  const time = () =>
    page
      .locator('[data-app-time]')
      .getAttribute('data-app-time')
      .then((at) => Date.parse(at ?? ''));
  const before = await time();
  await page.getByRole('button', { name: '+1 day' }).click();
  await expect.poll(time, { timeout: 10_000 }).toBeGreaterThan(before + 86_000_000);
  await page.getByText('1 day ahead').waitFor();
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByText('real time').waitFor();
});

it.each([
  ['light', REP, undefined],
  ['dark', REP, undefined],
  ['light', FINANCE, PHONE],
  ['dark', FINANCE, PHONE],
] as const)('has no barrier and nothing cut off: %s, %s, %j', async (colorScheme, person, size) => {
  const { sandbox } = app;
  const window = await open(person, size ?? { width: 1280, height: 960 }, { colorScheme });
  const { page } = window;
  const look = async (name: string) => {
    await window.shoot(`page/${colorScheme}-${size ? 'phone' : 'wide'}-${name}`);
    expect(await findBarriers(page)).toEqual([]);
    const { width, shown } = await page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      shown: innerWidth,
    }));
    expect(width).toBeLessThanOrEqual(shown);
    // What moves the clock is all there, also where it would have to be scrolled to.
    const hidden = await page.locator('.clock :is(button, input)').evaluateAll((controls) =>
      controls.flatMap((one) => {
        const { left, right } = one.getBoundingClientRect();
        return left < 0 || right > innerWidth ? [one.outerHTML] : [];
      }),
    );
    expect(hidden).toEqual([]);
  };
  sandbox.say(REP, GENERAL, 'Hello *there* <@U0FINANCE>, see `HK-1` and https://example.org');
  await window.goTo(GENERAL);
  await window.type('/probe card');
  await window.message('Card').locator('.thread-line').waitFor();
  await look('channel');
  await window.message('Card').locator('.thread-line').click();
  await page.locator('[data-thread-ts] [data-message-ts]').nth(1).waitFor();
  await look('thread');
  await keys(page, 'Escape');
  if (size) {
    const opener = page.locator('.sidebar-opener');
    await opener.click();
    await hasKeyboard(page.locator(`.sidebar [data-channel-id=${GENERAL}]`));
    await look('sidebar');
    await keys(page, 'Escape');
    await hasKeyboard(opener);
  }
  await window.type('/probe');
  const form = await window.modal('every');
  await look('form');
  await form.locator('[data-submit]').click();
  await form.locator('[data-error-for=name]').waitFor();
  await look('form-errors');
  await form.locator('[data-block-id=kind] [role=combobox]').click();
  await form.getByRole('option').first().waitFor();
  await look('select');
  await keys(page, 'Escape', 'Escape');
  await window.goTo('home');
  await page.locator('main [data-view-id] [data-action-id=yes]').click();
  await page.getByRole('alertdialog').waitFor();
  await look('question');
});
