// Step 1 of making a contract or changing a draft: its fields (ux §4.4). What is right goes into the person's draft.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import {
  type ContractInput,
  contractInput,
  FORM_MILESTONES,
  FRAMEWORK_STATES,
  type ParsedContract,
} from '../domain/contracts/contract.js';
import { type ContractDetails, loadContract } from '../domain/contracts/contract.queries.js';
import { findContracts } from '../domain/contracts/contract-list.queries.js';
import { checkContract } from '../domain/contracts/contract-save.service.js';
import { findCustomerOptions, loadCustomer } from '../domain/customers/customer.queries.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findPersonBySlackId } from '../domain/members/member.queries.js';
import { followAnchor } from '../domain/plans/plan.js';
import { SHORTCUT } from './command-ids.js';
import { contractIdOf, isOnCard, requireEvent } from './contract-card.js';
import { previewOf } from './contract-flow.js';
import {
  basisOf,
  draftFormOf,
  drawFields,
  drawPlanOf,
  type FieldsMetadata,
  fieldsMetadata,
  presentRows,
} from './contract-steps.js';
import type { Deps } from './deps.js';
import { fieldOf } from './forms.js';
import { ACTION, OPTIONS, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import {
  type ContractStep,
  changePlanDraft,
  loadPlanDraft,
  type PlanDraft,
  startPlanDraft,
} from './plan-draft.js';
import { recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf } from './turn-to.js';
import { parseValue, type SubmitTurn, type Turn } from './turns.js';
import { frameworkOption } from './views/contract-form-views.js';
import { customerOption } from './views/plan-inputs.js';

const customerValue = z.object({ k: z.uuid() });

/** Plugs in the form. */
export function registerContractFields(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.contractNew, (turn) =>
    openNewContract(turn, turn.value === '' ? {} : { customerId: parseValue(customerValue, turn.value).k }),
  );
  doors.shortcut(SHORTCUT.contractNew, (turn) => openNewContract(turn));
  doors.opens(ACTION.contractEdit, (turn) => openEditContract(turn, contractIdOf(turn.value)));
  doors.options(OPTIONS.contractCustomer, async ({ ctx, words }) => {
    const found = await findCustomerOptions(ctx, words, 'contract.create', { activeOnly: true });
    return found.map((one) => asChoice(customerOption(one, ctx.actor)));
  });
  doors.options(OPTIONS.framework, async ({ ctx, words }) => {
    const { rows } = await findContracts(ctx, { words, states: FRAMEWORK_STATES });
    return rows.map((row) => asChoice(frameworkOption(row)));
  });
  doors.submit(VIEW.contractNew, fieldsMetadata, submitFields);
  doors.submit(VIEW.contractEdit, fieldsMetadata, submitFields);
}

const asChoice = (choice: { text: { text: string }; value?: string }) => ({
  text: choice.text.text,
  value: choice.value ?? '',
});

/**
 * Opens the new-contract form, with the customer chosen if one is given.
 * @throws DomainError access.denied, role.missing, not_found (customer)
 */
export async function openNewContract(turn: Mover, prefill: { customerId?: string } = {}): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'contract.create');
  const customer =
    prefill.customerId === undefined ? null : await loadCustomer(ctx, recordId(prefill.customerId));
  const shown = { r: newId(ctx.now), c: null, v: 0, d: null, o: true, b: null };
  await showView(turn, await drawFields(turn, shown, customer));
}

async function openEditContract(turn: Mover, contractId: string): Promise<void> {
  const { ctx } = turn;
  const contract = await loadContract(ctx, contractId);
  authorize(ctx.actor, 'contract.edit', contract.owner.id);
  requireEvent(contract, 'edit');
  const below = isOnCard(turn) ? (modalOf(turn)?.private_metadata ?? null) : null;
  const shown = { r: newId(ctx.now), c: contract.id, v: contract.version, d: null, o: true, b: below };
  await showView(turn, await drawFields(turn, shown, null));
}

/** The fields of step 1; all problems at once. */
function readFields({ form, ctx }: SubmitTurn<unknown>, before: ContractDetails | null): ParsedContract {
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
    financeOwnerId: form.choice('financeOwnerId'),
    // A framework contract that the person does not see is not asked for, and stays.
    parentContractId:
      form.blockIdOf('parentContractId') === undefined
        ? (before?.parentContractId ?? null)
        : form.choice('parentContractId'),
    remark: form.text('remark', { max: 3000 }),
  };
  form.check();
  return contractInput.parse({ ...input, customerId: recordId(customerId) });
}

/** For whom it is, where the person may say so. */
async function readOwner({ ctx, form }: SubmitTurn<unknown>): Promise<ContractStep['owner']> {
  if (form.blockIdOf('owner') === undefined) return undefined;
  const slackUserId = form.choice('owner');
  if (slackUserId === null) return { id: null };
  const person = await findPersonBySlackId(ctx.db, slackUserId);
  if (!person) throw new DomainError('choice.unknown', { value: '' }, 'owner');
  return { id: person.id };
}

/** Step 1 is right: what was typed is kept, and the plan comes next, or the preview of the plan that is there. */
async function submitFields(turn: SubmitTurn<FieldsMetadata>): Promise<Outcome> {
  const { ctx, form, metadata, view } = turn;
  const added = form.files('files');
  const known = metadata.c === null ? null : await loadContract(ctx, metadata.c);
  const fields = readFields(turn, known);
  const existing = known && { id: known.id, version: metadata.v, number: known.number };
  const owner = await readOwner(turn);
  await checkContract(ctx, { existing, fields, owner });
  const before = metadata.d && (await loadPlanDraft(ctx, metadata.d));
  const chosen = form.choices('keptFiles');
  const files = (before?.values.contract?.files ?? []).filter((file) => chosen.includes(file.slackFileId));
  const contract = { ...fields, existing, owner, files: [...files, ...added], typed: view.state.values };
  const values = await onItsDays(turn, await afterFields(turn, before?.values ?? null, contract, metadata.b));
  const draft = before
    ? await changePlanDraft(ctx, before, values)
    : await startPlanDraft(ctx, draftFormOf(metadata.c), values);
  if (draft.values.how === 'keep') return { update: await previewOf(turn, metadata.r, draft) };
  return { update: await drawPlanOf(turn, metadata.r, draft) };
}

/** A plan that is kept hangs on the days of the fields as they are now: its preview and its terms say what is saved. */
async function onItsDays(turn: Pick<Turn, 'ctx' | 't'>, draft: PlanDraft): Promise<PlanDraft> {
  if (draft.how !== 'keep') return draft;
  const { dates } = (await basisOf(turn, draft)).anchors;
  const anchors = { ...dates, ...draft.expected };
  return { ...draft, rows: draft.rows.map((row) => ({ ...followAnchor(row, anchors), id: row.id })) };
}

/** The draft after step 1: the plan typed before stays, unless it was for another amount. */
async function afterFields(
  turn: Pick<Turn, 'ctx' | 't'>,
  before: PlanDraft | null,
  contract: ContractStep,
  below: string | null,
): Promise<PlanDraft> {
  const head = { contractId: '', contract, name: contract.name, below };
  if (!before) {
    const rows = await presentRows(turn, contract);
    const how = rows.length > 0 ? ('keep' as const) : ('one' as const);
    return { ...head, how, templateId: null, typed: {}, expected: {}, rows };
  }
  const was = before.contract;
  if (was?.amount === contract.amount && was.currency === contract.currency) return { ...before, ...head };
  const typed = Object.entries(before.typed).filter(([block]) => fieldOf(block) !== 'amount');
  const rows = before.how === 'keep' ? before.rows : [];
  return { ...before, ...head, typed: Object.fromEntries(typed), rows };
}
