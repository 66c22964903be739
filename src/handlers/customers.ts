// Customers: found by words, and offered in selects. The card is customer-card.ts, the form customer-form.ts.
import type { Ctx } from '../ctx.js';
import {
  findCustomerByRef,
  findCustomerOptions,
  findCustomers,
} from '../domain/customers/customer.queries.js';
import { DomainError } from '../domain/errors.js';
import { customerIdOf, showCustomer } from './customer-card.js';
import type { Deps } from './deps.js';
import { ACTION, OPTIONS } from './ids.js';
import type { Doors } from './listen.js';
import { openList } from './lists.js';
import { type Mover, opensAnew } from './turn-to.js';
import { customerOption } from './views/plan-inputs.js';

/** Plugs in the customer conversation. */
export function registerCustomers(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.customerOpen, (turn) => showCustomer(turn, customerIdOf(turn.value)), opensAnew);
  // Lists are narrowed by whatever customer stands in their rows.
  doors.options(OPTIONS.customer, ({ ctx, words }) => customerOptions(ctx, words, { contractsToo: true }));
}

/** At most 100 customers by name, code or pinyin initials, within the person's scope. */
export async function customerOptions(
  ctx: Ctx,
  words: string,
  options: { contractsToo?: boolean } = {},
): Promise<{ text: string; value: string }[]> {
  const found = await findCustomerOptions(ctx, words, 'record.see', options);
  return found.map((customer) => ({
    text: customerOption(customer, ctx.actor).text.text,
    value: customer.id,
  }));
}

/**
 * Shows the one customer that the words name, by code, name or part of it; several or none: the list of them.
 * @throws DomainError not_found for a number (`isNumber`) that nobody in the scope has
 */
export async function findCustomer(
  turn: Mover,
  words: string,
  { isNumber = false }: { isNumber?: boolean } = {},
): Promise<void> {
  const exact = await findCustomerByRef(turn.ctx, words);
  if (exact !== null) return showCustomer(turn, exact);
  const { rows, total } = await findCustomers(turn.ctx, { words });
  const [only] = rows;
  if (!only && isNumber) throw new DomainError('not_found', { ref: words });
  // A name that nobody has: the list says so, with the way to search on or to make one.
  return only && total === 1 ? showCustomer(turn, only.id) : openList(turn, 'customer', { words });
}
