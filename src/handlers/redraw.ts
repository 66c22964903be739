// Replaces a window that is open, which another click may have replaced meanwhile; and tells where none can be opened.
import type { BlockAction, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { DomainError } from '../domain/errors.js';
import type { Translate } from './i18n/index.js';
import { VIEW } from './ids.js';
import { withAlert } from './views/form-views.js';
import { answerModal, type Message, sendable } from './views/info-view.js';

const isHashConflict = (error: unknown): boolean =>
  error instanceof WebAPIPlatformError && error.data.error === 'hash_conflict';

interface Drawn {
  /** Hash of the window as it became. */
  readonly became: string;
  /** Slack's action_ts of the click. */
  readonly at: number;
}
/** Forms that a click has redrawn, by window; as many as can be clicked in twice at once, and no more. */
const drawn = new Map<string, Drawn>();
const REMEMBERED = 200;
/** Forms that are being redrawn: which draw came last is known once Slack has answered. */
const drawing = new Map<string, Promise<void>>();

/**
 * Replaces a window. Where another click replaced it meanwhile, a form stays as that click left it, and a window that
 * only shows is replaced all the same: it was drawn from facts that are as fresh.
 *
 * `clickedAt` (action_ts) goes with a form that is drawn from nothing but what is entered in it: of however many clicks in
 * quick succession the last one knows most, and is what stays.
 */
export async function redraw(
  client: WebClient,
  shown: { id: string; hash: string } | undefined,
  view: ModalView,
  clickedAt?: string,
): Promise<void> {
  // Slack shows its buttons in windows only: whoever made this one up is told what a stale one tells.
  if (!shown) throw new DomainError('not_found', { ref: '' });
  if (clickedAt !== undefined)
    return inTurn(shown.id, () => redrawEntered(client, shown, view, Number(clickedAt)));
  try {
    await client.views.update({ view_id: shown.id, hash: shown.hash, view });
  } catch (error) {
    if (!isHashConflict(error)) throw error;
    if (view.submit === undefined) await client.views.update({ view_id: shown.id, view });
  }
}

/** On the form as it was clicked, else as the last click before this one left it; whatever else replaced it stays. */
async function redrawEntered(
  client: WebClient,
  { id, hash: clicked }: { id: string; hash: string },
  view: ModalView,
  at: number,
): Promise<void> {
  const draw = async (hash: string) => {
    const { view: became } = await client.views.update({ view_id: id, hash, view });
    if (became?.hash !== undefined) remember(id, { became: became.hash, at });
  };
  try {
    await draw(clicked);
  } catch (error) {
    if (!isHashConflict(error)) throw error;
    const other = drawn.get(id);
    if (!other || other.at >= at) return;
    await draw(other.became).catch((again: unknown) => {
      if (!isHashConflict(again)) throw again;
    });
  }
}

/** After what is already being drawn in this window. */
async function inTurn(viewId: string, draw: () => Promise<void>): Promise<void> {
  const turn = (drawing.get(viewId) ?? Promise.resolve()).then(draw);
  const over = turn.catch(() => {});
  drawing.set(viewId, over);
  await turn.finally(() => {
    if (drawing.get(viewId) === over) drawing.delete(viewId);
  });
}

function remember(viewId: string, one: Drawn): void {
  drawn.delete(viewId);
  drawn.set(viewId, one);
  const oldest = drawn.keys().next();
  if (drawn.size > REMEMBERED && !oldest.done) drawn.delete(oldest.value);
}

/**
 * Opens a window on top of the one that was clicked in. Where three are open Slack stacks no other one: one in which nothing
 * is typed to be sent then turns into it. A skeleton takes no window's place: what is answered there would be lost with it.
 */
export async function openOnTop(
  client: WebClient,
  body: BlockAction,
  view: ModalView,
): Promise<{ view?: { id?: string } }> {
  const shown = body.view;
  const isThird = shown && shown.previous_view_id !== null && shown.previous_view_id !== shown.root_view_id;
  if (!isThird || shown.submit) return client.views.push({ trigger_id: body.trigger_id, view });
  return view.callback_id === VIEW.loading ? {} : client.views.update({ view_id: shown.id, view });
}

/** On the window that was clicked; where another click has redrawn it, on top: what that one shows stays. */
export async function alertOrPush(
  client: WebClient,
  body: BlockAction,
  text: string,
  view: ModalView,
): Promise<void> {
  const shown = body.view as ViewOutput;
  try {
    await client.views.update({ view_id: shown.id, hash: shown.hash, view: withAlert(shown, text) });
  } catch (error) {
    if (!isHashConflict(error)) throw error;
    await client.views.push({ trigger_id: body.trigger_id, view });
  }
}

/**
 * An answer where there is no conversation: in a window, or, where Slack opens none for this click (any more), in the
 * person's own messages. A click that came late is told of all the same.
 */
export async function openOrWrite(
  client: WebClient,
  click: { trigger_id: string; user: { id: string } },
  t: Translate,
  message: Message,
): Promise<void> {
  try {
    await client.views.open({ trigger_id: click.trigger_id, view: answerModal(t, message) });
  } catch {
    await writeTo(client, click.user.id, message);
  }
}

/** In the person's own messages: what their window does not show (any more). */
export async function writeTo(client: WebClient, slackUserId: string, message: Message): Promise<void> {
  await client.chat.postMessage({ channel: slackUserId, ...sendable(message) });
}
