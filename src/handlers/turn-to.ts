// Moving from window to window: lists and cards turn into each other in place, because Slack stacks three at most.
import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { VIEW } from './ids.js';
import { type Opener, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import type { ActionTurn, SubmitTurn } from './turns.js';

/** Windows that only show something: nothing typed is lost when they turn into another. */
const SHOWN: readonly string[] = [
  VIEW.customerCard,
  VIEW.customerHistory,
  VIEW.customerList,
  VIEW.contractCard,
  VIEW.contractList,
  VIEW.unclaimedList,
  VIEW.info,
];

/** Whatever can open a window, and knows the one it was clicked in, if any. */
export type Mover = Opener & Partial<Pick<ActionTurn, 'body' | 'redraw'>>;

/** The modal in which the click happened, if any. */
export const modalOf = (turn: Mover) => (turn.body?.view?.type === 'modal' ? turn.body.view : undefined);

const isShown = (view: { callback_id?: string } | undefined): boolean =>
  SHOWN.includes(view?.callback_id ?? '');

/** Of a click that leads to a window: it is a new one, and takes no list's or card's place. */
export const opensAnew = ({ view }: BlockAction): boolean => view?.type !== 'modal' || !isShown(view);

/** Shows a window: in place of a list, a card or an answer, else on top or anew. */
export async function turnTo(turn: Mover, view: ModalView): Promise<void> {
  const shown = modalOf(turn);
  if (turn.redraw && shown && isShown(shown)) await turn.redraw(view);
  else await showView(turn, view);
}

/**
 * After a form on top of a card or list was saved: the window below is drawn anew and the form closes; without one
 * the form itself turns into it.
 */
export async function returnTo<M>(turn: SubmitTurn<M>, onTop: boolean, view: ModalView): Promise<Outcome> {
  const below = turn.view.previous_view_id;
  if (!onTop || below === null) return { update: view };
  try {
    await turn.client.views.update({ view_id: below, view });
    return { close: 'this' };
  } catch {
    // What was saved is saved; the window below may be closed by now.
    return { update: view };
  }
}
