// After a receipt was recorded on top of a list or of an instalment's window, that window shows it.
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { VIEW } from './ids.js';
import { drawInstalment } from './instalments.js';
import { drawListAgain } from './lists.js';
import type { SubmitTurn, Turn } from './turns.js';

/** Room for it in the form's metadata; a longer filter is left alone. */
const LONGEST = 900;
const instalment = z.object({ k: z.literal('instalment'), i: z.uuid() });

const DRAWN: readonly string[] = [VIEW.receiptList, VIEW.planList, VIEW.info];

/** What a window shows, in a few words for the form on top of it. */
export function encodeBelow(view: { callback_id: string; private_metadata: string }): string {
  if (!DRAWN.includes(view.callback_id)) return '';
  const text = `${view.callback_id} ${view.private_metadata}`;
  return text.length > LONGEST ? '' : text;
}

/** Draws the window below anew, if it is one that shows receipts or what they pay. */
export async function redrawBelow<M>(turn: SubmitTurn<M>, encoded: string): Promise<void> {
  const below = turn.view.previous_view_id;
  if (below === null) return;
  try {
    const view = await drawAgain(turn, encoded);
    if (view) await turn.client.views.update({ view_id: below, view });
  } catch {
    // What was recorded is recorded; the window below may be closed by now.
  }
}

async function drawAgain(turn: Pick<Turn, 'ctx' | 't'>, encoded: string): Promise<ModalView | null> {
  const space = encoded.indexOf(' ');
  const callbackId = encoded.slice(0, space);
  const state = encoded.slice(space + 1);
  if (callbackId === VIEW.receiptList) return drawListAgain(turn, 'receipt', state);
  if (callbackId === VIEW.planList) return drawListAgain(turn, 'plan', state);
  if (callbackId !== VIEW.info || !state.startsWith('{')) return null;
  const shown = instalment.safeParse(JSON.parse(state));
  return shown.success ? drawInstalment(turn, shown.data.i) : null;
}
