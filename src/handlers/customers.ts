// Customers: new, card, edit, list with search, and choices for selects. A customer made on top of the new-contract
// form is chosen there at once.
import { z } from 'zod';
import type { Ctx } from '../ctx.js';
import { authorize, scopeOf } from '../domain/access.js';
import type { CustomerContact, CustomerInput } from '../domain/customers/customer.js';
import {
  type CustomerFilter,
  findCustomerByRef,
  findCustomerOptions,
  findCustomers,
  loadCustomer,
} from '../domain/customers/customer.queries.js';
import { createCustomer, editCustomer } from '../domain/customers/customer.service.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { drawNewContract } from './contracts.js';
import type { Deps } from './deps.js';
import type { Form } from './forms.js';
import { ACTION, OPTIONS, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { isRecordId, readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, returnTo, turnTo } from './turn-to.js';
import { formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import {
  customerCardModal,
  customerFormModal,
  customerListModal,
  customerSearchModal,
} from './views/customer-views.js';
import { customerOption } from './views/plan-inputs.js';

const valueSchema = z.object({ k: z.uuid() });
const cardState = z.object({ k: z.uuid(), l: z.string().optional() });
const listState = z.object({
  f: z.object({
    words: z.string().max(200).optional(),
    ownerSlackId: z.string().max(40).optional(),
    sort: z.enum(['newest', 'name']).optional(),
  }),
  p: z.number().int(),
});
/** `f`: private_metadata of the contract form below, which gets the new customer. */
const newMetadata = formMetadata({ f: z.string().nullable() });
/** `o`: opened on top of the card; `l`: the list behind it. */
const editMetadata = formMetadata({
  k: z.uuid(),
  v: z.number().int(),
  o: z.boolean(),
  l: z.string().optional(),
});
const searchMetadata = formMetadata({ o: z.boolean() });

/** Plugs in the customer conversation. */
export function registerCustomers(doors: Doors, deps: Deps): void {
  doors.action(ACTION.customerNew, openNewCustomer);
  doors.action(ACTION.customerOpen, (turn) => showCustomer(turn, customerIdOf(turn.value)));
  doors.action(ACTION.customerEdit, (turn) => openEditCustomer(turn, customerIdOf(turn.value)));
  doors.action(ACTION.customerList, (turn) => openCustomerList(turn));
  doors.action(ACTION.customerSearch, openSearch);
  doors.action(/^customer\.page\.(previous|next|back|clear)$/, (turn) => {
    const { f, p } = parseValue(listState, turn.value);
    return openCustomerList(turn, f, p);
  });
  doors.options(OPTIONS.customer, ({ ctx, words }) => customerOptions(ctx, words));
  doors.submit(VIEW.customerNew, newMetadata, (turn) => submitNew(turn, deps));
  doors.submit(VIEW.customerEdit, editMetadata, submitEdit);
  doors.submit(VIEW.customerSearch, searchMetadata, submitSearch);
}

const customerIdOf = (value: string): string =>
  isRecordId(value) ? value : parseValue(valueSchema, value).k;

/** At most 100 customers by name, code or pinyin initials, within the person's scope. */
export async function customerOptions(ctx: Ctx, words: string): Promise<{ text: string; value: string }[]> {
  const found = await findCustomerOptions(ctx, words);
  return found.map((customer) => ({
    text: customerOption(customer, ctx.actor).text.text,
    value: customer.id,
  }));
}

/** Opens the new-customer form. @throws DomainError access.denied, role.missing */
export async function openNewCustomer(turn: Mover): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'customer.create');
  const shown = modalOf(turn);
  const form = shown?.callback_id === VIEW.contractNew ? shown.private_metadata : null;
  const metadata = JSON.stringify({ r: newId(ctx.now), f: form } satisfies z.infer<typeof newMetadata>);
  await showView(turn, customerFormModal({ customer: null, metadata }, readerOf(turn)));
}

/** Shows a customer's card. @throws DomainError not_found, also where it lies outside the reader's scope */
export async function showCustomer(turn: Mover, customerId: string): Promise<void> {
  await turnTo(turn, await drawCard(turn, recordId(customerId), { list: listBehind(turn) }));
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

async function drawCard(
  turn: Pick<Turn, 'ctx' | 't'>,
  customerId: string,
  extras: Parameters<typeof customerCardModal>[2],
) {
  return customerCardModal(await loadCustomer(turn.ctx, customerId), readerOf(turn), extras);
}

function listBehind(turn: Mover): string | undefined {
  const shown = modalOf(turn);
  if (shown?.callback_id === VIEW.customerList) return shown.private_metadata;
  return shown?.callback_id === VIEW.customerCard
    ? parseValue(cardState, shown.private_metadata).l
    : undefined;
}

async function openEditCustomer(turn: Mover, customerId: string): Promise<void> {
  const { ctx } = turn;
  const customer = await loadCustomer(ctx, customerId);
  authorize(ctx.actor, 'customer.edit', customer.owner.id);
  const metadata = JSON.stringify({
    r: newId(ctx.now),
    k: customer.id,
    v: customer.version,
    o: modalOf(turn)?.callback_id === VIEW.customerCard,
    l: listBehind(turn),
  } satisfies z.infer<typeof editMetadata>);
  await showView(turn, customerFormModal({ customer, metadata }, readerOf(turn)));
}

/** The fields of the form; contacts that the form does not show stay. */
function readForm(form: Form, others: readonly CustomerContact[]): CustomerInput {
  const contact = {
    name: form.text('contactName', { max: 60 }),
    phone: form.text('contactPhone', { max: 40 }),
    email: form.text('contactEmail', { max: 120 }),
    role: form.text('contactRole', { max: 60 }),
  };
  if (contact.name === null && (contact.phone ?? contact.email ?? contact.role) !== null) {
    form.refuse('contactName', 'text.required', {});
  }
  const given = Object.entries(contact).flatMap(([key, value]) => (value === null ? [] : [[key, value]]));
  const billing: CustomerContact[] =
    contact.name === null ? [] : [{ name: contact.name, isBilling: true, ...Object.fromEntries(given) }];
  const input: CustomerInput = {
    name: form.requiredText('name', { max: 120 }),
    shortName: form.text('shortName', { max: 40 }),
    type: form.text('type', { max: 40 }),
    industry: form.text('industry', { max: 40 }),
    contacts: [...billing, ...others],
    address: form.text('address', { max: 200 }),
    taxTitle: form.text('taxTitle', { max: 120 }),
    taxNo: form.text('taxNo', { max: 40 }),
    bank: form.text('bank', { max: 120 }),
    bankAccount: form.text('bankAccount', { max: 40 }),
    remark: form.text('remark', { max: 3000 }),
  };
  form.check();
  return input;
}

async function submitNew(turn: SubmitTurn<z.infer<typeof newMetadata>>, deps: Deps): Promise<Outcome> {
  const { ctx, t, form, metadata, view, client } = turn;
  const customer = await createCustomer(ctx, readForm(form, []));
  const result = t('customers:created', { code: customer.code, name: customer.name });
  const below = view.previous_view_id;
  if (metadata.f === null || below === null) {
    return { update: await drawCard(turn, customer.id, { result }) };
  }
  try {
    // Inputs keep what was typed: only the customer's gets a new id, and with it the new choice.
    await client.views.update({ view_id: below, view: drawNewContract(turn, metadata.f, customer) });
    return { close: 'this' };
  } catch (error) {
    deps.log.warn({ err: error }, 'the contract form did not take the new customer');
    return { done: result };
  }
}

async function submitEdit(turn: SubmitTurn<z.infer<typeof editMetadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const { contacts } = await loadCustomer(ctx, metadata.k);
  const shown = contacts.find((contact) => contact.isBilling) ?? contacts[0];
  const others = contacts.filter((contact) => contact !== shown);
  const customer = await editCustomer(ctx, metadata.k, metadata.v, readForm(form, others));
  const result = t('customers:saved', { code: customer.code });
  return returnTo(turn, metadata.o, await drawCard(turn, customer.id, { result, list: metadata.l }));
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
