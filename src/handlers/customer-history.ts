// A customer's history: shown page by page, and added to by a key event.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { loadCustomer } from '../domain/customers/customer.queries.js';
import { addCustomerEvent, MAX_EVENT_TEXT } from '../domain/customers/customer-event.service.js';
import { findCustomerHistory } from '../domain/customers/customer-history.queries.js';
import { newId } from '../domain/ids.js';
import { customerIdOf, customerListBehind, drawCustomerCard } from './customer-card.js';
import type { Deps } from './deps.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, opensAnew, returnTo, turnTo } from './turn-to.js';
import { formMetadata, parseValue, type SubmitTurn } from './turns.js';
import { customerEventModal, customerHistoryModal } from './views/customer-history-views.js';
import { pagerButtons } from './views/list-views.js';

const pageState = z.object({ k: z.uuid(), p: z.number().int() });
/** `h`: on top of the history, else of the card, if any. */
const eventMetadata = formMetadata({ k: z.uuid(), h: z.boolean(), o: z.boolean(), l: z.string().optional() });

/** Plugs in the history and key events. */
export function registerCustomerHistory(doors: Doors, _deps: Deps): void {
  doors.opens(
    `${ACTION.customerHistory}.open`,
    (turn) => showHistory(turn, customerIdOf(turn.value)),
    opensAnew,
  );
  doors.action(pagerButtons(ACTION.customerHistory), (turn) => {
    const { k, p } = parseValue(pageState, turn.value);
    return showHistory(turn, k, p);
  });
  doors.opens(ACTION.customerEvent, (turn) => openEvent(turn, customerIdOf(turn.value)));
  doors.submit(VIEW.customerEvent, eventMetadata, submitEvent);
}

/** Shows what happened with a customer. @throws DomainError not_found */
export async function showHistory(turn: Mover, customerId: string, page = 1): Promise<void> {
  const history = await findCustomerHistory(turn.ctx, recordId(customerId), page);
  await turnTo(
    turn,
    customerHistoryModal(history, turn.ctx.company.settings, readerOf(turn), customerListBehind(turn)),
  );
}

async function openEvent(turn: Mover, customerId: string): Promise<void> {
  const { ctx } = turn;
  const customer = await loadCustomer(ctx, customerId);
  authorize(ctx.actor, 'customer.edit', customer.owner.id);
  const shown = modalOf(turn)?.callback_id;
  const metadata = JSON.stringify({
    r: newId(ctx.now),
    k: customer.id,
    h: shown === VIEW.customerHistory,
    o: shown === VIEW.customerHistory || shown === VIEW.customerCard,
    l: customerListBehind(turn),
  } satisfies z.infer<typeof eventMetadata>);
  await showView(turn, customerEventModal(ctx.today, metadata, readerOf(turn)));
}

async function submitEvent(turn: SubmitTurn<z.infer<typeof eventMetadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const happenedOn = form.requiredDate('day', { today: ctx.today, prefer: 'past' });
  const text = form.requiredText('text', { max: MAX_EVENT_TEXT });
  form.check();
  await addCustomerEvent(ctx, metadata.k, { happenedOn, text });
  const view = metadata.h
    ? customerHistoryModal(
        await findCustomerHistory(ctx, metadata.k),
        ctx.company.settings,
        readerOf(turn),
        metadata.l,
      )
    : await drawCustomerCard(turn, metadata.k, { result: t('customers:event.saved'), list: metadata.l });
  return returnTo(turn, metadata.o, view);
}
