// Settings of approval steps (审批步骤): admins edit them, a finance manager reads them (rules §6, §12; ux §4.9). What is in
// approval already keeps its steps.
import { z } from 'zod';
import { authorize, can, ROLES } from '../domain/access.js';
import { MAX_STEPS } from '../domain/approvals/flow.js';
import { decideFlow, editableFlows, type FlowProblem } from '../domain/approvals/flow-edit.js';
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
import { flowForm, flowList } from './views/flow-views.js';

const flowValue = z.object({ k: z.string(), v: z.number().int() });
const metadata = formMetadata({ ...flowValue.shape });

/** Plugs in the list and its form. */
export function registerFlows(doors: Doors): void {
  doors.action(ACTION.settingsFlows, async (turn) => {
    authorize(turn.ctx.actor, 'flow.see');
    await turn.show(draw(turn));
  });
  doors.action(ACTION.flowEdit, openForm);
  doors.submit(VIEW.flowEdit, metadata, save);
}

const wordsOf = ({ ctx, t }: Pick<Turn, 'ctx' | 't'>) => ({ t, locale: ctx.actor.locale });

function draw(turn: Pick<Turn, 'ctx' | 't'>, result: string | null = null) {
  const { settings, baseCurrency, version } = turn.ctx.company;
  const mayEdit = can(turn.ctx.actor, 'settings.edit');
  return flowList(settings, baseCurrency, { mayEdit, version, result }, wordsOf(turn));
}

async function openForm(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { k } = parseValue(flowValue, turn.value);
  const { settings, baseCurrency, version } = ctx.company;
  const state = JSON.stringify({ r: newId(ctx.now), k, v: version } satisfies z.infer<typeof metadata>);
  await turn.show(flowForm(flowOf(turn, k), settings, baseCurrency, state, wordsOf(turn)));
}

function flowOf({ ctx }: Pick<Turn, 'ctx'>, key: string) {
  const flow = editableFlows(ctx.company.settings.approvalFlows).find((one) => one.key === key);
  if (!flow) throw new DomainError('not_found', { ref: '' });
  return flow;
}

function refuse(form: Form, problem: FlowProblem): void {
  const field = `roles${problem.step}`;
  if (problem.code === 'flow.no_step') form.refuse(field, problem.code, problem.params);
  else if (problem.code === 'flow.too_few') form.refuse(field, problem.code, problem.params);
  else form.refuse(field, problem.code, problem.params);
}

async function save(turn: SubmitTurn<z.infer<typeof metadata>>): Promise<Outcome> {
  const { ctx, form, metadata: shown } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { settings, baseCurrency } = ctx.company;
  const before = flowOf(turn, shown.k);
  const minAmount = before.minAmount === null ? null : Number(form.amount('minAmount', baseCurrency));
  const steps = Array.from({ length: MAX_STEPS }, (_none, index) => ({
    mode: form.choice(`mode${index}`) === 'all' ? ('all' as const) : ('any' as const),
    roles: form.choices(`roles${index}`),
  }));
  const { roles } = await countRoles(ctx);
  const holders = Object.fromEntries(
    ROLES.map((role) => [role, roles.find((one) => one.role === role)?.count ?? 0]),
  );
  const decided = decideFlow(before, steps, holders);
  if (!decided.ok) for (const problem of decided.problems) refuse(form, problem);
  form.check();
  if (!decided.ok) throw new RangeError('a refused flow has problems');
  const after = { ...decided.flow, minAmount };
  const approvalFlows = settings.approvalFlows.some((flow) => flow.key === shown.k)
    ? settings.approvalFlows.map((flow) => (flow.key === shown.k ? after : flow))
    : [
        ...settings.approvalFlows,
        ...editableFlows(settings.approvalFlows)
          .filter(({ subject }) => subject === before.subject)
          .map((flow) => (flow.key === shown.k ? after : flow)),
      ];
  await editCompany(ctx, shown.v, { settings: { approvalFlows } });
  const { company } = ctx;
  const fresh = { ...company, settings: { ...settings, approvalFlows }, version: company.version + 1 };
  const result = turn.t('flows:saved', { name: turn.t(`thresholds:subject.${after.subject}`) });
  return returnTo(turn, true, draw({ ...turn, ctx: { ...ctx, company: fresh } }, result));
}
