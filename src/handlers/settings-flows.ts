// Settings of approval steps (审批步骤): admins edit them, a finance manager reads them (rules §6, §12; ux §4.9). What is in
// approval already keeps its steps.
import { z } from 'zod';
import { authorize, can, ROLES } from '../domain/access.js';
import { type ApprovalFlow, FLOW_SUBJECTS, MAX_STEPS } from '../domain/approvals/flow.js';
import {
  conditionOf,
  conditionProblem,
  decideFlow,
  editableFlows,
  type FlowProblem,
  isOwnFlow,
  newFlow,
  putFlow,
} from '../domain/approvals/flow-edit.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { editCompany } from '../domain/settings/company.service.js';
import { countRoles } from '../domain/settings/settings.queries.js';
import type { Form } from './forms.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { flowForm, flowLabel, flowList } from './views/flow-views.js';

const flowValue = z.object({ k: z.string(), v: z.number().int() });
const newValue = z.object({ s: z.enum(FLOW_SUBJECTS), v: z.number().int() });
/** `k` null: one that is being added, for the subject `s`. */
const metadata = formMetadata({
  k: z.string().nullable(),
  s: z.enum(FLOW_SUBJECTS).nullable(),
  v: z.number().int(),
});
type Shown = z.infer<typeof metadata>;

/** Plugs in the list and its form. */
export function registerFlows(doors: Doors): void {
  doors.opens(ACTION.settingsFlows, async (turn) => {
    authorize(turn.ctx.actor, 'flow.see');
    await turn.show(draw(turn));
  });
  doors.opens(ACTION.flowEdit, (turn) => {
    const { k, v } = parseValue(flowValue, turn.value);
    return openForm(turn, { k, s: null, v });
  });
  doors.opens(ACTION.flowNew, (turn) => openForm(turn, { k: null, ...parseValue(newValue, turn.value) }));
  doors.submit(VIEW.flowEdit, metadata, save);
}

const wordsOf = ({ ctx, t }: Pick<Turn, 'ctx' | 't'>) => ({ t, locale: ctx.actor.locale });

function draw(turn: Pick<Turn, 'ctx' | 't'>, result: string | null = null) {
  const { settings, baseCurrency, version } = turn.ctx.company;
  const mayEdit = can(turn.ctx.actor, 'settings.edit');
  return flowList(settings, baseCurrency, { mayEdit, version, result }, wordsOf(turn));
}

async function openForm(turn: ActionTurn, shown: Pick<Shown, 'k' | 's' | 'v'>): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { settings, baseCurrency, version } = ctx.company;
  const state = JSON.stringify({ ...shown, r: newId(ctx.now), v: version } satisfies Shown);
  await turn.show(flowForm(flowOf(turn, shown), settings, baseCurrency, state, wordsOf(turn)));
}

function flowOf({ ctx }: Pick<Turn, 'ctx'>, { k, s }: Pick<Shown, 'k' | 's'>): ApprovalFlow {
  const flows = editableFlows(ctx.company.settings.approvalFlows);
  if (k === null && s !== null && flows.some((one) => one.subject === s)) return newFlow(s, flows);
  const flow = flows.find((one) => one.key === k);
  if (!flow) throw new DomainError('not_found', { ref: '' });
  return flow;
}

/** The conditions as they were written; those of the app's own flows stay, but for the amount. */
function readConditions({ ctx, form }: SubmitTurn<Shown>, before: ApprovalFlow): ApprovalFlow {
  const { settings, baseCurrency } = ctx.company;
  const amount = () => Number(form.amount('minAmount', baseCurrency));
  if (!isOwnFlow(before)) return { ...before, minAmount: before.minAmount === null ? null : amount() };
  const minAmount = form.text('minAmount', { max: 30 }) === null ? null : amount();
  const condition = conditionOf(before.subject);
  if (condition === null) return { ...before, minAmount };
  const entries = condition === 'method' ? settings.paymentMethods : settings.contractTypes;
  const chosen = form.choice(condition);
  return { ...before, minAmount, [condition]: entries.find((entry) => entry.key === chosen)?.key ?? null };
}

function refuse(form: Form, problem: FlowProblem): void {
  const field = `roles${problem.step}`;
  if (problem.code === 'flow.no_step') form.refuse(field, problem.code, problem.params);
  else if (problem.code === 'flow.too_few') form.refuse(field, problem.code, problem.params);
  else form.refuse(field, problem.code, problem.params);
}

async function save(turn: SubmitTurn<Shown>): Promise<Outcome> {
  const { ctx, form, metadata: shown, t } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { settings, baseCurrency } = ctx.company;
  const before = flowOf(turn, shown);
  const nameOf = (flow: ApprovalFlow) => flowLabel(flow, settings, baseCurrency, wordsOf(turn));
  if (isOwnFlow(before) && form.choices('remove').includes('yes')) {
    const rest = settings.approvalFlows.filter((flow) => flow.key !== before.key);
    return keep(turn, rest, t('flows:removed', { name: nameOf(before) }));
  }
  const conditioned = readConditions(turn, before);
  const problem = conditionProblem(conditioned, settings.approvalFlows);
  if (problem) form.refuse('minAmount', problem, {});
  const steps = Array.from({ length: MAX_STEPS }, (_none, index) => ({
    mode: form.choice(`mode${index}`) === 'all' ? ('all' as const) : ('any' as const),
    roles: form.choices(`roles${index}`),
  }));
  const { roles } = await countRoles(ctx);
  const holders = Object.fromEntries(
    ROLES.map((role) => [role, roles.find((one) => one.role === role)?.count ?? 0]),
  );
  const decided = decideFlow(conditioned, steps, holders);
  if (!decided.ok) for (const one of decided.problems) refuse(form, one);
  form.check();
  if (!decided.ok) throw new RangeError('a refused flow has problems');
  return keep(
    turn,
    putFlow(settings.approvalFlows, decided.flow),
    t('flows:saved', { name: nameOf(decided.flow) }),
  );
}

async function keep(
  turn: SubmitTurn<Shown>,
  approvalFlows: ApprovalFlow[],
  result: string,
): Promise<Outcome> {
  const { company } = turn.ctx;
  await editCompany(turn.ctx, turn.metadata.v, { settings: { approvalFlows } });
  const settings = { ...company.settings, approvalFlows };
  const fresh = { ...company, settings, version: company.version + 1 };
  return returnTo(turn, true, draw({ ...turn, ctx: { ...turn.ctx, company: fresh } }, result));
}
