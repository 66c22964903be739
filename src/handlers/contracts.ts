// Contracts: new, card, edit, delete. Lists are contract-lists.ts, approval is contract-decisions.ts.
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { type ContractInput, FORM_MILESTONES } from '../domain/contracts/contract.js';
import { loadContract } from '../domain/contracts/contract.queries.js';
import { createContract, deleteContract, editContract } from '../domain/contracts/contract.service.js';
import { loadCustomer } from '../domain/customers/customer.queries.js';
import { newId } from '../domain/ids.js';
import {
  contractIdOf,
  drawCard,
  isMeanwhile,
  isOnCard,
  listBehind,
  requireEvent,
  runOnCard,
  showContract,
} from './contract-card.js';
import type { Deps } from './deps.js';
import { ACTION, SHORTCUT, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { actions } from './views/blocks.js';
import { contractFormModal } from './views/contract-form-views.js';
import { infoModal } from './views/info-view.js';
import { backButton } from './views/list-views.js';

const customerValue = z.object({ k: z.uuid() });
const deleteValue = z.object({ c: z.uuid(), v: z.number().int() });
const newMetadata = formMetadata({});
/** `o`: opened on top of the card; `l`: the list behind it. */
const editMetadata = formMetadata({
  c: z.uuid(),
  v: z.number().int(),
  o: z.boolean(),
  l: z.string().optional(),
});

/** Plugs in what is done with one contract. */
export function registerContracts(doors: Doors, deps: Deps): void {
  doors.action(ACTION.contractNew, (turn) =>
    openNewContract(turn, turn.value === '' ? {} : { customerId: parseValue(customerValue, turn.value).k }),
  );
  doors.shortcut(SHORTCUT.contractNew, (turn) => openNewContract(turn));
  doors.action(ACTION.contractOpen, (turn) => showContract(turn, contractIdOf(turn.value)));
  doors.action(ACTION.contractEdit, (turn) => openEditContract(turn, contractIdOf(turn.value)));
  doors.action(ACTION.contractDelete, (turn) => runDelete(turn, deps));
  doors.submit(VIEW.contractNew, newMetadata, submitNew);
  doors.submit(VIEW.contractEdit, editMetadata, submitEdit);
}

type ChosenCustomer = { id: string; name: string; code: string };

/**
 * Opens the new-contract form, with the customer chosen if one is given.
 * @throws DomainError access.denied, role.missing, not_found (customer)
 */
export async function openNewContract(turn: Mover, prefill: { customerId?: string } = {}): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'contract.create');
  const customer =
    prefill.customerId === undefined ? null : await loadCustomer(ctx, recordId(prefill.customerId));
  const metadata = JSON.stringify({ r: newId(ctx.now) } satisfies z.infer<typeof newMetadata>);
  await showView(turn, drawNewContract(turn, metadata, customer));
}

/** The form with this customer chosen; drawn again it keeps what was typed in the other fields. */
export function drawNewContract(
  turn: Pick<Turn, 'ctx' | 't'>,
  metadata: string,
  customer: ChosenCustomer | null,
): ModalView {
  const { settings, baseCurrency } = turn.ctx.company;
  const data = { customer, contract: null, baseCurrency, offersNewCustomer: true, metadata };
  return contractFormModal(data, settings, readerOf(turn));
}

/** The fields of the form; all problems at once. */
function readForm({ form, ctx }: SubmitTurn<unknown>): ContractInput {
  const { today, company } = ctx;
  const currency = form.requiredChoice('currency') || company.baseCurrency;
  const customerId = form.requiredChoice('customerId');
  const milestones = FORM_MILESTONES.flatMap((kind) => {
    const date = form.date(kind, { today, prefer: 'future' });
    return date ? [[kind, date] as const] : [];
  });
  const input: ContractInput = {
    customerId,
    name: form.requiredText('name', { max: 120 }),
    type: form.requiredChoice('type'),
    amount: form.amount('amount', currency),
    currency,
    signedOn: form.requiredDate('signedOn', { today, prefer: 'past' }),
    startsOn: form.date('startsOn', { today, prefer: 'past' }),
    endsOn: form.date('endsOn', { today, prefer: 'future' }),
    milestones: Object.fromEntries(milestones),
    paymentMethod: form.choice('paymentMethod'),
    remark: form.text('remark', { max: 3000 }),
  };
  form.check();
  return { ...input, customerId: recordId(customerId) };
}

async function submitNew(turn: SubmitTurn<z.infer<typeof newMetadata>>): Promise<Outcome> {
  const { ctx, t, form } = turn;
  const files = form.files('files');
  const contract = await createContract(ctx, readForm(turn), files);
  return {
    update: await drawCard(turn, contract.id, {
      result: t('contracts:created', { number: contract.number }),
    }),
  };
}

async function openEditContract(turn: Mover, contractId: string): Promise<void> {
  const { ctx } = turn;
  const contract = await loadContract(ctx, contractId);
  authorize(ctx.actor, 'contract.edit', contract.owner.id);
  requireEvent(contract, 'edit');
  const metadata = JSON.stringify({
    r: newId(ctx.now),
    c: contract.id,
    v: contract.version,
    o: isOnCard(turn),
    l: listBehind(turn),
  } satisfies z.infer<typeof editMetadata>);
  const { settings, baseCurrency } = ctx.company;
  const data = { customer: null, contract, baseCurrency, offersNewCustomer: false, metadata };
  await showView(turn, contractFormModal(data, settings, readerOf(turn)));
}

async function submitEdit(turn: SubmitTurn<z.infer<typeof editMetadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const files = form.files('files');
  const contract = await editContract(ctx, metadata.c, metadata.v, readForm(turn), files);
  const result = t('contracts:saved', { number: contract.number });
  return returnTo(turn, metadata.o, await drawCard(turn, contract.id, { result, list: metadata.l }));
}

async function runDelete(turn: ActionTurn, deps: Deps): Promise<void> {
  const { ctx, t } = turn;
  const { c, v } = parseValue(deleteValue, turn.value);
  const list = listBehind(turn);
  const { number } = await loadContract(ctx, c);
  try {
    await deleteContract(ctx, c, v);
  } catch (error) {
    if (!isMeanwhile(error) || !modalOf(turn)) throw error;
    return runOnCard(turn, deps, c, () => Promise.reject(error));
  }
  const back = list === undefined ? [] : [actions([backButton(t, ACTION.contractPage, list)])];
  const done = t('contracts:delete.done', { number });
  if (modalOf(turn)) await turn.redraw(infoModal(t, done, back));
  else await turn.tell(done);
}
