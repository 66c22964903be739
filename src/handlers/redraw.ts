// Replaces a window that is open, which another click may have replaced meanwhile; and tells where none can be opened.
import type { BlockAction, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { DomainError } from '../domain/errors.js';
import type { Translate } from './i18n/index.js';
import { withAlert } from './views/form-views.js';
import { answerModal, type Message, sendable } from './views/info-view.js';

const isHashConflict = (error: unknown): boolean =>
  error instanceof WebAPIPlatformError && error.data.error === 'hash_conflict';

/**
 * Replaces a window. Where another click replaced it meanwhile, a form stays as that click left it, and a window that
 * only shows is replaced all the same: it was drawn from facts that are as fresh.
 */
export async function redraw(
  client: WebClient,
  shown: { id: string; hash: string } | undefined,
  view: ModalView,
): Promise<void> {
  // Slack shows its buttons in windows only: whoever made this one up is told what a stale one tells.
  if (!shown) throw new DomainError('not_found', { ref: '' });
  try {
    await client.views.update({ view_id: shown.id, hash: shown.hash, view });
  } catch (error) {
    if (!isHashConflict(error)) throw error;
    if (view.submit === undefined) await client.views.update({ view_id: shown.id, view });
  }
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
