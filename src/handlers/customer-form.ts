// The form of a customer's file, new or changed. A customer made on top of the new-contract form is chosen there at
// once. Another one of the same name or tax number is a question, never a silent twin (rules §14).
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import {
  CUSTOMER_STATES,
  type CustomerContact,
  type CustomerInput,
  isEmailAddress,
  MAX_PAYERS,
  MAX_TERM_DAYS,
} from '../domain/customers/customer.js';
import {
  type CustomerDetails,
  findTemplateChoices,
  loadCustomer,
} from '../domain/customers/customer.queries.js';
import { type CustomerOptions, createCustomer, editCustomer } from '../domain/customers/customer.service.js';
import { isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findPersonBySlackId } from '../domain/members/member.queries.js';
import { drawFieldsAgain } from './contract-steps.js';
import { customerIdOf, customerListBehind, drawCustomerCard, isOnCustomerCard } from './customer-card.js';
import type { Deps } from './deps.js';
import { describeError } from './errors.js';
import type { Form, StateValues } from './forms.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { contactsInOrder, customerFormModal, MAX_CONTACTS, type Twin } from './views/customer-form-views.js';
import { withTyped } from './views/form-views.js';
import { infoModal } from './views/info-view.js';

/** `f`: private_metadata of the contract form below, which gets the new customer; `n`: how many contacts are asked; `d`: codes of twins asked about. */
const newMetadata = formMetadata({
  f: z.string().nullable(),
  n: z.number().int().default(1),
  d: z.array(z.string()).default([]),
});
/** `o`: opened on top of the card; `l`: the list behind it. */
const editMetadata = formMetadata({
  k: z.uuid(),
  v: z.number().int(),
  o: z.boolean(),
  l: z.string().optional(),
  n: z.number().int().default(1),
  d: z.array(z.string()).default([]),
});
const anyMetadata = z.union([editMetadata, newMetadata]);
type Shown = z.infer<typeof anyMetadata>;

/** Plugs in the form. */
export function registerCustomerForm(doors: Doors, deps: Deps): void {
  doors.opens(ACTION.customerNew, openNewCustomer);
  doors.opens(ACTION.customerEdit, (turn) => openEditCustomer(turn, customerIdOf(turn.value)));
  doors.action(ACTION.customerContact, addContact);
  doors.action(ACTION.customerUse, useTwin);
  doors.submit(VIEW.customerNew, newMetadata, (turn) => submitNew(turn, deps));
  doors.submit(VIEW.customerEdit, editMetadata, (turn) => submitEdit(turn, deps));
}

/** Opens the new-customer form. @throws DomainError access.denied, role.missing */
export async function openNewCustomer(turn: Mover): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'customer.create');
  const shown = modalOf(turn);
  const isContract = shown?.callback_id === VIEW.contractNew || shown?.callback_id === VIEW.contractEdit;
  const form = isContract ? shown.private_metadata : null;
  await showView(turn, await draw(turn, { r: newId(ctx.now), f: form, n: 1, d: [] }, null));
}

async function openEditCustomer(turn: Mover, customerId: string): Promise<void> {
  const { ctx } = turn;
  const customer = await loadCustomer(ctx, customerId);
  authorize(ctx.actor, 'customer.edit', customer.owner.id);
  const shown = {
    r: newId(ctx.now),
    k: customer.id,
    v: customer.version,
    o: isOnCustomerCard(turn),
    l: customerListBehind(turn),
    n: Math.min(MAX_CONTACTS, Math.max(1, customer.contacts.length)),
    d: [],
  };
  await showView(turn, await draw(turn, shown, customer));
}

async function draw(
  turn: Pick<Turn, 'ctx' | 't'>,
  shown: Shown,
  customer: CustomerDetails | null,
  twin: Twin | null = null,
): Promise<ModalView> {
  const templates = await findTemplateChoices(turn.ctx);
  const { baseCurrency } = turn.ctx.company;
  const metadata = JSON.stringify(shown);
  const data = { customer, contacts: shown.n, templates, twin, baseCurrency, metadata };
  return customerFormModal(data, turn.ctx.company.settings, readerOf(turn));
}

/** The form again with what was typed. */
async function redraw(
  turn: Pick<Turn, 'ctx' | 't'>,
  shown: Shown,
  values: StateValues,
  twin: Twin | null = null,
): Promise<ModalView> {
  const customer = 'k' in shown ? await loadCustomer(turn.ctx, shown.k) : null;
  return withTyped(await draw(turn, shown, customer, twin), values);
}

async function addContact(turn: ActionTurn): Promise<void> {
  const { view } = turn.body;
  const shown = parseValue(anyMetadata, view?.private_metadata ?? '');
  const more = { ...shown, n: Math.min(MAX_CONTACTS, shown.n + 1) };
  await turn.redraw(await redraw(turn, more, view?.state.values ?? {}));
}

/** [用它]: the customer that is there already is chosen for the contract below, or shown. */
async function useTwin(turn: ActionTurn): Promise<void> {
  const { ctx, t, body } = turn;
  const shown = parseValue(anyMetadata, body.view?.private_metadata ?? '');
  const customer = await loadCustomer(ctx, customerIdOf(turn.value));
  const below = body.view?.previous_view_id;
  if ('f' in shown && shown.f !== null && below) {
    const view = await drawFieldsAgain(turn, shown.f, customer);
    await turn.client.views.update({ view_id: below, view });
    const words = t('customers:twin.used', { code: customer.code, name: customer.name });
    return turn.redraw(infoModal(t, words));
  }
  return turn.redraw(await drawCustomerCard(turn, customer.id));
}

/** What was entered, with contacts beyond those that the form shows; all problems at once. */
async function readForm(
  { ctx, form, metadata }: SubmitTurn<Shown>,
  before: CustomerDetails | null,
): Promise<{ input: CustomerInput; options: CustomerOptions }> {
  const beyond = contactsInOrder(before?.contacts ?? []).slice(metadata.n);
  const shown = Array.from({ length: metadata.n }, (_, place): CustomerContact | null => {
    const name = form.text(`contactName${place}`, { max: 60 });
    const phone = form.text(`contactPhone${place}`, { max: 40 });
    const email = form.text(`contactEmail${place}`, { max: 120 });
    const role = form.text(`contactRole${place}`, { max: 60 });
    if (name === null && (phone ?? email ?? role) !== null)
      form.refuse(`contactName${place}`, 'text.required', {});
    // One that an import brought in stays until it is touched.
    const isKept = before?.contacts.some((contact) => contact.email === email);
    if (email !== null && !isKept && !isEmailAddress(email))
      form.refuse(`contactEmail${place}`, 'email.unreadable', { value: email });
    if (name === null) return null;
    return {
      name,
      ...(phone !== null && { phone }),
      ...(email !== null && { email }),
      ...(role !== null && { role }),
      ...(form.choices(`contactBilling${place}`).includes('yes') && { isBilling: true }),
    };
  }).filter((contact) => contact !== null);
  const payers = (form.text('payers', { max: 2500 }) ?? '').split('\n').map((line) => line.trim());
  const relatedPayers = [...new Set(payers.filter(Boolean))];
  if (relatedPayers.length > MAX_PAYERS)
    form.refuse('payers', 'number.out_of_range', { min: 0, max: MAX_PAYERS });
  const longest = Math.max(0, ...relatedPayers.map((payer) => [...payer].length));
  if (longest > 120) form.refuse('payers', 'text.too_long', { excess: longest - 120, max: 120 });
  const termDays = form.text('termDays', { max: 9 });
  const status = form.choice('status');
  const input: CustomerInput = {
    name: form.requiredText('name', { max: 120 }),
    shortName: form.text('shortName', { max: 40 }),
    type: form.choice('type'),
    industry: form.choice('industry'),
    contacts: [...shown, ...beyond],
    address: form.text('address', { max: 200 }),
    taxTitle: form.text('taxTitle', { max: 120 }),
    taxNo: form.text('taxNo', { max: 40 }),
    bank: form.text('bank', { max: 120 }),
    bankAccount: form.text('bankAccount', { max: 40 }),
    defaultTermDays: termDays === null ? null : form.wholeNumber('termDays', { min: 0, max: MAX_TERM_DAYS }),
    defaultTemplateId: form.choice('template'),
    relatedPayers,
    remark: form.text('remark', { max: 3000 }),
    status: CUSTOMER_STATES.find((state) => state === status) ?? before?.status ?? 'active',
  };
  const limit = form.text('creditLimit', { max: 30 });
  const entered =
    limit === null ? null : form.amount('creditLimit', ctx.company.baseCurrency, { orZero: true });
  // Whoever may not set it has no such field, and changes nothing.
  const creditLimit = form.blockIdOf('creditLimit') === undefined ? undefined : entered;
  const autoApply =
    form.blockIdOf('autoApply') === undefined ? undefined : form.choices('autoApply').includes('yes');
  const files = form.files('files');
  const ownerSlackId = form.choice('owner');
  const owner = ownerSlackId === null ? null : await findPersonBySlackId(ctx.db, ownerSlackId);
  if (ownerSlackId !== null && !owner) form.refuse('owner', 'choice.unknown', { value: '' });
  form.check();
  return {
    input,
    options: { files, checked: checkedTwins(form, metadata), ownerId: owner?.id, creditLimit, autoApply },
  };
}

/** Runs; a twin nobody has looked at is asked about, and everything typed stays. */
async function askAboutTwin(
  turn: SubmitTurn<Shown>,
  deps: Deps,
  save: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await save();
  } catch (error) {
    if (!isDomainError(error, 'customer.duplicate')) throw error;
    const { form, metadata, view } = turn;
    // One question at a time; what was ticked before stays answered.
    const asked = [...new Set([...checkedTwins(form, metadata), error.params.code])];
    const { text } = describeError(error, readerOf(turn), deps.log);
    const twin = { words: text, count: asked.length, shown: error.params.shown };
    return { update: await redraw(turn, { ...metadata, d: asked }, view.state.values, twin) };
  }
}

/** The twins that the person says are different customers. */
const checkedTwins = (form: Form, shown: Shown): string[] =>
  form.choices('checked').includes('yes') ? shown.d : [];

async function submitNew(turn: SubmitTurn<z.infer<typeof newMetadata>>, deps: Deps): Promise<Outcome> {
  return askAboutTwin(turn, deps, async () => {
    const { ctx, t, metadata, view, client } = turn;
    const { input, options } = await readForm(turn, null);
    const customer = await createCustomer(ctx, input, options);
    const result = t('customers:created', { code: customer.code, name: customer.name });
    const below = view.previous_view_id;
    if (metadata.f === null || below === null) {
      return { update: await drawCustomerCard(turn, customer.id, { result }), told: result };
    }
    try {
      // Inputs keep what was typed: only the customer's gets a new id, and with it the new choice.
      const form = await drawFieldsAgain(turn, metadata.f, customer);
      await client.views.update({ view_id: below, view: form });
      return { close: 'this' };
    } catch (error) {
      deps.log.warn({ err: error }, 'the contract form did not take the new customer');
      return { done: result };
    }
  });
}

async function submitEdit(turn: SubmitTurn<z.infer<typeof editMetadata>>, deps: Deps): Promise<Outcome> {
  return askAboutTwin(turn, deps, async () => {
    const { ctx, t, metadata } = turn;
    const { input, options } = await readForm(turn, await loadCustomer(ctx, metadata.k));
    const customer = await editCustomer(ctx, metadata.k, metadata.v, input, options);
    const result = t('customers:saved', { code: customer.code });
    return returnTo(
      turn,
      metadata.o,
      await drawCustomerCard(turn, customer.id, { result, list: metadata.l }),
    );
  });
}
