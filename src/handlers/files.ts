// [附件] on the card of a contract or a customer: its files come to whoever clicked, by direct message.
import { z } from 'zod';
import { handOutFiles } from '../domain/attachments.service.js';
import { drawCard, isOnCard, listBehind } from './contract-card.js';
import { customerListBehind, drawCustomerCard, isOnCustomerCard } from './customer-card.js';
import type { Doors } from './listen.js';
import { RECORD } from './record-ids.js';
import { type ActionTurn, parseValue } from './turns.js';

const value = z.object({ o: z.enum(['contract', 'customer']), i: z.uuid() });

/** Plugs in the button. */
export function registerFiles(doors: Doors): void {
  doors.action(RECORD.files, sendFiles);
}

async function sendFiles(turn: ActionTurn): Promise<void> {
  const { ctx, t } = turn;
  const { o: type, i: id } = parseValue(value, turn.value);
  const sent = await handOutFiles(ctx, { type, id });
  const result = t('files:sent', sent);
  if (type === 'contract' && isOnCard(turn))
    return turn.redraw(await drawCard(turn, id, { result, list: listBehind(turn) }));
  if (type === 'customer' && isOnCustomerCard(turn))
    return turn.redraw(await drawCustomerCard(turn, id, { result, list: customerListBehind(turn) }));
  await turn.tell(result);
}
