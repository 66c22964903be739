// Customers: found by words, listed, searched, and offered in selects. The card is customer-card.ts, the form customer-form.ts.
import { z } from 'zod';
import type { Ctx } from '../ctx.js';
import { authorize, scopeOf } from '../domain/access.js';
import {
  type CustomerFilter,
  findCustomerByRef,
  findCustomerOptions,
  findCustomers,
} from '../domain/customers/customer.queries.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { customerIdOf, showCustomer } from './customer-card.js';
import type { Deps } from './deps.js';
import { ACTION, OPTIONS, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, returnTo, turnTo } from './turn-to.js';
import { formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { customerListModal, customerSearchModal } from './views/customer-views.js';
import { customerOption } from './views/plan-inputs.js';

const listState = z.object({
  f: z.object({
    words: z.string().max(200).optional(),
    ownerSlackId: z.string().max(40).optional(),
    sort: z.enum(['newest', 'name']).optional(),
  }),
  p: z.number().int(),
});
const searchMetadata = formMetadata({ o: z.boolean() });

/** Plugs in the customer conversation. */
export function registerCustomers(doors: Doors, _deps: Deps): void {
  doors.action(ACTION.customerOpen, (turn) => showCustomer(turn, customerIdOf(turn.value)));
  doors.action(ACTION.customerList, (turn) => openCustomerList(turn));
  doors.action(ACTION.customerSearch, openSearch);
  doors.action(/^customer\.page\.(previous|next|back|clear)$/, (turn) => {
    const { f, p } = parseValue(listState, turn.value);
    return openCustomerList(turn, f, p);
  });
  doors.options(OPTIONS.customer, ({ ctx, words }) => customerOptions(ctx, words));
  doors.submit(VIEW.customerSearch, searchMetadata, submitSearch);
}

/** At most 100 customers by name, code or pinyin initials, within the person's scope. */
export async function customerOptions(ctx: Ctx, words: string): Promise<{ text: string; value: string }[]> {
  const found = await findCustomerOptions(ctx, words);
  return found.map((customer) => ({
    text: customerOption(customer, ctx.actor).text.text,
    value: customer.id,
  }));
}

/**
 * Shows the one customer that the words name, by code, name or part of it; several: the list of them.
 * @throws DomainError not_found
 */
export async function findCustomer(turn: Mover, words: string): Promise<void> {
  const exact = await findCustomerByRef(turn.ctx, words);
  if (exact !== null) return showCustomer(turn, exact);
  const { rows, total } = await findCustomers(turn.ctx, { words });
  const [only] = rows;
  if (!only) throw new DomainError('not_found', { ref: words });
  return total === 1 ? showCustomer(turn, only.id) : openCustomerList(turn, { words });
}

/** Opens the list of customers. */
export async function openCustomerList(turn: Mover, filter: CustomerFilter = {}, page = 1): Promise<void> {
  authorize(turn.ctx.actor, 'record.see');
  await turnTo(turn, await drawList(turn, filter, page));
}

async function drawList(turn: Pick<Turn, 'ctx' | 't'>, filter: CustomerFilter, page = 1) {
  return customerListModal(await findCustomers(turn.ctx, filter, page), filter, readerOf(turn));
}

async function openSearch(turn: Mover & { value: string }): Promise<void> {
  const { ctx } = turn;
  const filter = turn.value === '' ? {} : parseValue(listState, turn.value).f;
  const metadata = JSON.stringify({
    r: newId(ctx.now),
    o: modalOf(turn)?.callback_id === VIEW.customerList,
  } satisfies z.infer<typeof searchMetadata>);
  const asksOwner = scopeOf(ctx.actor, 'record.see') !== 'own';
  await showView(turn, customerSearchModal({ filter, asksOwner, metadata }, readerOf(turn)));
}

async function submitSearch(turn: SubmitTurn<z.infer<typeof searchMetadata>>): Promise<Outcome> {
  const { form, metadata } = turn;
  const words = form.text('words', { max: 60 });
  const owner = form.choice('owner');
  form.check();
  const filter: CustomerFilter = {
    ...(words !== null && { words }),
    ...(owner !== null && { ownerSlackId: owner }),
    sort: form.choice('sort') === 'name' ? 'name' : 'newest',
  };
  return returnTo(turn, metadata.o, await drawList(turn, filter));
}
