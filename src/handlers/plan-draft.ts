// What the steps of a plan keep between them: the rows as they would be saved, and the form as it was typed.
import type { ViewStateValue } from '@slack/bolt';
import { z } from 'zod';
import type { Ctx } from '../ctx.js';
import { contractInput } from '../domain/contracts/contract.js';
import {
  changeDraft,
  type Draft,
  type DraftForm,
  findDraft,
  loadDraft,
  startDraft,
} from '../domain/drafts/draft.service.js';
import { DomainError } from '../domain/errors.js';
import type { LocalDate } from '../domain/local-date.js';
import { ANCHOR_KINDS } from '../domain/plans/anchor.js';
import { planRow } from '../domain/plans/plan.js';
import { MAX_PLAN_LINES } from '../domain/plans/plan-lines.js';
import { minorText } from './turns.js';
import { HOWS } from './views/plan-step-views.js';

/** Values of a form as Slack told them, by block and action. */
export const typedValues = z.record(
  z.string(),
  z.record(
    z.string(),
    z.custom<ViewStateValue>((value) => typeof value === 'object' && value !== null),
  ),
);

/** Step 1 of a contract that is being made or changed, as it was read; and the files chosen there. */
const contractStep = contractInput.extend({
  amount: minorText,
  /** The draft contract that is changed, as it was shown. */
  existing: z.object({ id: z.uuid(), version: z.number().int(), number: z.string() }).nullable(),
  /** Of a new one: for somebody else than who makes it; null: whoever owns the customer. */
  owner: z.object({ id: z.uuid().nullable() }).optional(),
  files: z.array(z.object({ slackFileId: z.string(), name: z.string(), mime: z.string(), size: z.number() })),
  typed: typedValues,
});

export const planDraft = z.object({
  /** Empty while the contract is being made. */
  contractId: z.string(),
  contract: contractStep.nullable(),
  /** For the person to know it again. */
  name: z.string(),
  how: z.enum(HOWS),
  templateId: z.uuid().nullable(),
  typed: typedValues,
  expected: z.partialRecord(z.enum(ANCHOR_KINDS), z.custom<LocalDate>()),
  /** `id`: the row of the contract's plan that it is. */
  rows: z.array(planRow.extend({ amount: minorText, id: z.uuid().optional() })).max(MAX_PLAN_LINES),
  /** private_metadata of the contract's card below the form, if any. */
  below: z.string().nullable(),
});
export type PlanDraft = z.output<typeof planDraft>;
export type ContractStep = NonNullable<PlanDraft['contract']>;
export type DraftRow = PlanDraft['rows'][number];

/** A draft with its place in the database. */
export interface KeptPlan {
  readonly id: string;
  readonly version: number;
  readonly values: PlanDraft;
  readonly at: Date;
}
type Shown = Pick<KeptPlan, 'id' | 'version'>;

/** As JSON, which has no bigints. */
const asJson = (values: PlanDraft) =>
  JSON.parse(
    JSON.stringify(values, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
  );

function kept(draft: Draft): KeptPlan {
  const parsed = planDraft.safeParse(draft.values);
  // Written by an older version of the app: as good as gone.
  if (!parsed.success) throw new DomainError('draft.changed', {});
  return { id: draft.id, version: draft.version, at: draft.updatedAt, values: parsed.data };
}

/** The person's draft of a form, if one can be continued. */
export async function findPlanDraft(ctx: Ctx, form: DraftForm): Promise<KeptPlan | null> {
  const draft = await findDraft(ctx, form);
  return draft && planDraft.safeParse(draft.values).success ? kept(draft) : null;
}

/** The draft that a window shows. @throws DomainError draft.changed */
export const loadPlanDraft = async (ctx: Ctx, shown: Shown): Promise<KeptPlan> =>
  kept(await loadDraft(ctx, shown));

/** Begins the person's draft of a form anew. */
export const startPlanDraft = async (ctx: Ctx, form: DraftForm, values: PlanDraft): Promise<KeptPlan> =>
  kept(await startDraft(ctx, form, asJson(values)));

/** Changes the draft that a window shows. @throws DomainError draft.changed */
export async function changePlanDraft(
  ctx: Ctx,
  draft: KeptPlan,
  change: Partial<PlanDraft>,
): Promise<KeptPlan> {
  return kept(await changeDraft(ctx, draft, asJson({ ...draft.values, ...change })));
}
