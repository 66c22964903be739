// The customer's card as a window, drawn from fresh facts, and what a button about a customer carries.
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { loadCustomer } from '../domain/customers/customer.queries.js';
import { VIEW } from './ids.js';
import { isRecordId, readerOf, recordId } from './show-view.js';
import { type Mover, modalOf, turnTo } from './turn-to.js';
import { parseValue, type Turn } from './turns.js';
import { type CustomerCardExtras, customerCardModal } from './views/customer-views.js';

const valueSchema = z.object({ k: z.uuid() });
const cardState = z.object({ k: z.uuid(), l: z.string().optional() });

/** The customer a button is about; a plain id is understood too. @throws DomainError not_found */
export const customerIdOf = (value: string): string =>
  isRecordId(value) ? value : parseValue(valueSchema, value).k;

/** The list behind a card or a history, or the list itself, as its serialised state. */
export function customerListBehind(turn: Mover): string | undefined {
  const shown = modalOf(turn);
  if (shown?.callback_id === VIEW.customerList) return shown.private_metadata;
  const above = shown?.callback_id === VIEW.customerCard || shown?.callback_id === VIEW.customerHistory;
  return above ? parseValue(cardState, shown.private_metadata).l : undefined;
}

/** Whether the click came from the card itself. */
export const isOnCustomerCard = (turn: Mover): boolean => modalOf(turn)?.callback_id === VIEW.customerCard;

/** The card from fresh facts. @throws DomainError not_found */
export async function drawCustomerCard(
  turn: Pick<Turn, 'ctx' | 't'>,
  customerId: string,
  extras: CustomerCardExtras = {},
): Promise<ModalView> {
  const customer = await loadCustomer(turn.ctx, customerId);
  return customerCardModal(customer, turn.ctx.company.settings, readerOf(turn), extras);
}

/** Shows a customer's card. @throws DomainError not_found, also where it lies outside the reader's scope */
export async function showCustomer(turn: Mover, customerId: string): Promise<void> {
  await turnTo(turn, await drawCustomerCard(turn, recordId(customerId), { list: customerListBehind(turn) }));
}
