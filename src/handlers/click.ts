// One click as its listener gets it, and where the person who clicked is answered: in the window it leads to, on the window
// it was made in, or where they read messages.
import type { BlockAction, BlockElementAction, RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { valueOfAction } from './action-value.js';
import type { Translate } from './i18n/index.js';
import type { Opening } from './opening.js';
import { alertOrPush, openOrWrite, redraw, writeTo } from './redraw.js';
import type { ActionTurn, Turn } from './turns.js';
import { answerModal, type Message, sendable } from './views/info-view.js';

interface Click {
  readonly client: WebClient;
  readonly body: BlockAction;
  readonly respond: RespondFn;
  readonly opening: Opening;
}

/** A skeleton that is open shows whatever comes of the click. */
export function clickTurn(
  turn: Turn,
  click: Click & { action: BlockElementAction; tell: (message: Message) => Promise<void> },
): ActionTurn {
  const { client, body, respond, opening, action, tell } = click;
  const show: ActionTurn['show'] = (view) => opening.show(view);
  return {
    ...turn,
    action,
    body,
    value: valueOfAction(action),
    tell: (text) => tell({ text }),
    reply: (message) => (body.view ? show(answerModal(turn.t, message)) : tell(message)),
    async rewrite(message) {
      if (await opening.answer(message)) return;
      const isOwn = body.container.is_ephemeral === true;
      await respond({ response_type: 'ephemeral', replace_original: isOwn, ...sendable(message) });
    },
    async redraw(view) {
      await redraw(client, body.view, view);
      opening.answeredBelow();
    },
    async redrawEntered(view) {
      await redraw(client, body.view, view, action.action_ts);
      opening.answeredBelow();
    },
    show,
    showMeanwhile: (view) => opening.showMeanwhile(view),
  };
}

/** In a modal on it, on Home in a window, else beside the message that was clicked. */
export async function tellClicker(
  { client, body, respond, opening }: Click,
  t: Translate,
  message: Message,
): Promise<void> {
  if (await opening.answer(message)) return;
  if (!body.view) {
    await respond({ response_type: 'ephemeral', replace_original: false, ...sendable(message) });
    return;
  }
  if (await opening.isStuck()) return writeTo(client, body.user.id, message);
  if (body.view.type !== 'modal') return openOrWrite(client, body, t, message);
  try {
    await alertOrPush(client, body, message.text, answerModal(t, message));
  } catch {
    // The window is closed, or Slack changes none at the moment.
    await writeTo(client, body.user.id, message);
  }
}
