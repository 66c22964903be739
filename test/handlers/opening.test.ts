// When a skeleton is opened, and what takes its place; against a Slack that only writes down what it is asked.
import type { ModalView } from '@slack/types';
import { ErrorCode, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { translator } from '../../src/handlers/i18n/index.js';
import { Opening } from '../../src/handlers/opening.js';

/** A second, as nothing else is said. */
const SKELETON_MS = 1_000;
const view = (name: string): ModalView => ({
  type: 'modal',
  callback_id: name,
  title: { type: 'plain_text', text: name },
  blocks: [],
});
let calls: string[];
let refuses: string | null;
beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  refuses = null;
});
afterEach(() => vi.useRealTimers());

/** Opening takes Slack 100 ms. */
function anOpening(): Opening {
  const client = new WebClient();
  client.views.update = async (asked) => {
    if (refuses === asked.view.callback_id) throw new Error(ErrorCode.RequestError);
    calls.push(`update ${'view_id' in asked ? asked.view_id : ''} ${asked.view.callback_id}`);
    return { ok: true };
  };
  const open = async (drawn: ModalView) => {
    calls.push(`open ${drawn.callback_id}`);
    await new Promise((done) => setTimeout(done, 100));
    if (refuses === drawn.callback_id) throw new Error(ErrorCode.RequestError);
    return { view: { id: 'V1' } };
  };
  const opening = new Opening(client, open, () => translator('en'));
  opening.expect();
  return opening;
}

it('a view that is there within the second is opened, and nothing else', async () => {
  const opening = anOpening();
  await vi.advanceTimersByTimeAsync(SKELETON_MS - 1);
  const shown = opening.show(view('card'));
  await vi.advanceTimersByTimeAsync(SKELETON_MS * 5);
  await shown;
  await opening.end();
  expect(calls).toEqual(['open card']);
});

it('a view that comes while the skeleton is being opened takes its place', async () => {
  const opening = anOpening();
  await vi.advanceTimersByTimeAsync(SKELETON_MS + 50);
  const shown = opening.show(view('card'));
  await vi.advanceTimersByTimeAsync(100);
  await shown;
  await opening.end();
  expect(calls).toEqual(['open loading', 'update V1 card']);
});

it('a skeleton above an answer in the window below says where it is, unless a view follows', async () => {
  const opening = anOpening();
  await vi.advanceTimersByTimeAsync(SKELETON_MS + 100);
  opening.answeredBelow();
  await opening.end();
  expect(calls).toEqual(['open loading', 'update V1 info']);
  const next = anOpening();
  await vi.advanceTimersByTimeAsync(SKELETON_MS + 100);
  next.answeredBelow();
  await next.show(view('line'));
  await next.end();
  expect(calls.slice(2)).toEqual(['open loading', 'update V1 line']);
});

it('where nothing is shown at all, no skeleton comes afterwards', async () => {
  const opening = anOpening();
  opening.answeredBelow();
  await opening.end();
  await vi.advanceTimersByTimeAsync(SKELETON_MS * 5);
  expect(calls).toEqual([]);
});

it('where Slack opens no skeleton, the view is tried as ever', async () => {
  refuses = 'loading';
  const opening = anOpening();
  await vi.advanceTimersByTimeAsync(SKELETON_MS + 200);
  const shown = opening.show(view('card'));
  await vi.advanceTimersByTimeAsync(100);
  await shown;
  expect(calls).toEqual(['open loading', 'open card']);
});

it('where the skeleton cannot be changed, what is said is left to be said elsewhere', async () => {
  refuses = 'info';
  const opening = anOpening();
  await vi.advanceTimersByTimeAsync(SKELETON_MS + 200);
  expect(await opening.answer({ text: 'no' })).toBe(false);
  expect(await opening.isStuck()).toBe(true);
  refuses = null;
  expect(await opening.answer({ text: 'no' })).toBe(true);
  expect(calls).toEqual(['open loading', 'update V1 info']);
});
