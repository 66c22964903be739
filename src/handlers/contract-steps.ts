// What the steps of making or changing a contract show: the fields, then the plan (ux §4.4). What was typed in either is
// kept in the person's draft, so that going back and forth loses nothing.
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { FINANCE_OWNER_ROLES, FORM_MILESTONES } from '../domain/contracts/contract.js';
import { loadContract } from '../domain/contracts/contract.queries.js';
import { loadCustomer } from '../domain/customers/customer.queries.js';
import type { DraftForm } from '../domain/drafts/draft.service.js';
import { DomainError } from '../domain/errors.js';
import { listHolders } from '../domain/members/member.queries.js';
import { ANCHOR_KINDS, type AnchorDates } from '../domain/plans/anchor.js';
import { readAnchors } from '../domain/plans/plan-anchors.service.js';
import { findPlanRows } from '../domain/plans/plan-rows.queries.js';
import { listOfferedTemplates } from '../domain/templates/template.queries.js';
import {
  type ContractStep,
  findPlanDraft,
  type KeptPlan,
  loadPlanDraft,
  type PlanDraft,
} from './plan-draft.js';
import { readerOf } from './show-view.js';
import { formMetadata, parseValue, type Turn } from './turns.js';
import { contractFormModal, contractPlanModal } from './views/contract-form-views.js';
import { withTyped } from './views/form-views.js';
import { HOWS, type PlanBasis, type PlanStep } from './views/plan-step-views.js';
import type { OfferedDraft } from './views/plan-views.js';

const shownDraft = z.object({ id: z.uuid(), version: z.number().int() });
/**
 * Step 1. `c` the contract that is changed, `v` its version (0: a new one); `d` what was typed so far; `o` an older draft
 * is offered; `b` private_metadata of the card below.
 */
export const fieldsMetadata = formMetadata({
  c: z.uuid().nullable(),
  v: z.number().int(),
  d: shownDraft.nullable(),
  o: z.boolean(),
  b: z.string().nullable(),
});
export type FieldsMetadata = z.infer<typeof fieldsMetadata>;
/** Step 2. `d`, `v` the draft; `h`, `m` the way and template shown. */
export const planMetadata = formMetadata({
  d: z.uuid(),
  v: z.number().int(),
  h: z.enum(HOWS),
  m: z.uuid().nullable(),
});
export type PlanStepMetadata = z.infer<typeof planMetadata>;

type Reading = Pick<Turn, 'ctx' | 't'>;
interface ChosenCustomer {
  readonly id: string;
  readonly name: string;
  readonly code: string;
}

/** A new contract's draft does not push out that of one which is being changed. */
export const draftFormOf = (contractId: string | null): DraftForm =>
  contractId === null ? 'contract' : 'contract_edit';

/** The draft to be offered: the person's last one, of the same contract if one is changed. */
export async function findOffered({ ctx }: Reading, contractId: string | null): Promise<OfferedDraft | null> {
  const draft = await findPlanDraft(ctx, draftFormOf(contractId));
  if (!draft || (draft.values.contract?.existing?.id ?? null) !== contractId) return null;
  const { name, rows } = draft.values;
  return { id: draft.id, version: draft.version, name, rows: rows.length, at: draft.at };
}

/** Step 1 with this customer chosen; drawn again it keeps what was typed in the other fields. */
export async function drawFields(
  turn: Reading,
  shown: FieldsMetadata,
  customer: ChosenCustomer | null,
): Promise<ModalView> {
  const { ctx } = turn;
  const [contract, draft, offered, financePeople] = await Promise.all([
    shown.c === null ? null : loadContract(ctx, shown.c),
    shown.d === null ? null : loadPlanDraft(ctx, shown.d),
    shown.o ? findOffered(turn, shown.c) : null,
    listHolders(ctx.db, ...FINANCE_OWNER_ROLES),
  ]);
  const { settings, baseCurrency } = ctx.company;
  const data = {
    customer,
    contract,
    baseCurrency,
    financePeople,
    files: draft?.values.contract?.files ?? [],
    offered,
    metadata: JSON.stringify({ ...shown, o: offered !== null }),
  };
  return contractFormModal(data, settings, readerOf(turn));
}

/** As drawFields, for whoever knows only what the form carries. */
export const drawFieldsAgain = (
  turn: Reading,
  metadata: string,
  customer: ChosenCustomer,
): Promise<ModalView> => drawFields(turn, parseValue(fieldsMetadata, metadata), customer);

/** Step 1 from a draft, with everything typed in it. */
export async function drawFieldsOf(turn: Reading, requestId: string, draft: KeptPlan): Promise<ModalView> {
  const step = stepOf(draft.values);
  const shown = {
    r: requestId,
    c: step.existing?.id ?? null,
    v: step.existing?.version ?? 0,
    d: { id: draft.id, version: draft.version },
    o: false,
    b: draft.values.below,
  };
  const customer = await loadCustomer(turn.ctx, step.customerId);
  return withTyped(await drawFields(turn, shown, customer), step.typed);
}

/** The contract part of a draft. @throws DomainError draft.changed: it is the draft of a plan */
export function stepOf(draft: PlanDraft): ContractStep {
  if (!draft.contract) throw new DomainError('draft.changed', {});
  return draft.contract;
}

/** Step 2 from a draft, with everything typed in it. */
export async function drawPlanOf(turn: Reading, requestId: string, draft: KeptPlan): Promise<ModalView> {
  const { how, templateId, typed } = draft.values;
  return withTyped(await drawPlan(turn, requestId, draft, { how, templateId }), typed);
}

/** Step 2 with this way chosen. */
export async function drawPlan(
  turn: Reading,
  requestId: string,
  draft: KeptPlan,
  chosen: Pick<PlanStep, 'how' | 'templateId'>,
): Promise<ModalView> {
  const step = stepOf(draft.values);
  const [basis, present] = await Promise.all([basisOf(turn, draft.values), presentRows(turn, step)]);
  const metadata = {
    r: requestId,
    d: draft.id,
    v: draft.version,
    h: chosen.how,
    m: chosen.templateId,
  } satisfies PlanStepMetadata;
  const data = {
    basis,
    step: { ...chosen, askAlreadyDue: false },
    isEdit: step.existing !== null,
    hasPlan: present.length > 0,
    metadata: JSON.stringify(metadata),
  };
  return contractPlanModal(data, turn.ctx.company.settings, readerOf(turn));
}

/** The plan that a contract has already. */
export const presentRows = async (
  { ctx }: Reading,
  { existing }: ContractStep,
): Promise<PlanDraft['rows']> => (existing === null ? [] : findPlanRows(ctx, existing.id));

type Anchors = Awaited<ReturnType<typeof readAnchors>>;
const NOTHING_KNOWN: Anchors = { dates: {}, fixed: [], happened: [] };

/** What stays known of a contract whose fields are typed anew: a day that was cleared is known no more. */
const keptDates = ({ dates, happened }: Anchors): AnchorDates =>
  Object.fromEntries(
    ANCHOR_KINDS.flatMap((kind) => {
      const isTyped = kind === 'signing' || FORM_MILESTONES.some((one) => one === kind);
      const day = isTyped && !happened.includes(kind) ? undefined : dates[kind];
      return day === undefined ? [] : [[kind, day]];
    }),
  );

/** What the plan is made for: the contract as its fields were typed. The plan is made anew, so all of it is balance. */
export async function basisOf(turn: Reading, draft: PlanDraft): Promise<PlanBasis> {
  const { ctx } = turn;
  const step = stepOf(draft);
  const [known, offered] = await Promise.all([
    step.existing === null ? NOTHING_KNOWN : readAnchors(ctx.db, step.existing.id),
    listOfferedTemplates(ctx, { contractType: step.type, customerId: step.customerId }),
  ]);
  const { signedOn, milestones } = step;
  const typed: AnchorDates = { ...milestones, ...(signedOn && { signing: signedOn }) };
  const fixed = ANCHOR_KINDS.filter((kind) => typed[kind] !== undefined || known.fixed.includes(kind));
  return {
    contractId: '',
    contractNumber: step.existing?.number ?? '',
    contractName: step.name,
    contractStatus: 'draft',
    contractType: step.type,
    customerId: step.customerId,
    currency: step.currency,
    amount: step.amount,
    planned: 0n,
    paymentMethod: step.paymentMethod,
    nextSeq: 1,
    anchors: { dates: { ...keptDates(known), ...typed }, fixed },
    templates: offered.templates,
    termDays: offered.termDays,
  };
}
