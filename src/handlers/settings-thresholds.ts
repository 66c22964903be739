// Settings of approvals (审批门槛): from which amounts on more people decide, solo mode; admins only (rules §6;
// ux §4.9). What is in approval already keeps its steps.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { conditionProblem } from '../domain/approvals/flow-edit.js';
import { newId } from '../domain/ids.js';
import { editCompany } from '../domain/settings/company.service.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, type SubmitTurn } from './turns.js';
import { thresholdField, thresholdsForm } from './views/settings-threshold-views.js';

const metadata = formMetadata({ v: z.number().int() });

/** Plugs in the thresholds. */
export function registerThresholds(doors: Doors): void {
  doors.opens(ACTION.settingsThresholds, openThresholds);
  doors.submit(VIEW.settingsThresholds, metadata, saveThresholds);
}

async function openThresholds(turn: ActionTurn): Promise<void> {
  const { ctx, t } = turn;
  authorize(ctx.actor, 'settings.edit');
  const state = JSON.stringify({ r: newId(ctx.now), v: ctx.company.version });
  await turn.show(
    thresholdsForm({ t, locale: ctx.actor.locale }, ctx.company.settings, ctx.company.baseCurrency, state),
  );
}

async function saveThresholds(turn: SubmitTurn<z.infer<typeof metadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { settings, baseCurrency } = ctx.company;
  const approvalFlows = settings.approvalFlows.map((flow) => {
    const field = thresholdField(flow);
    if (flow.minAmount === null || form.blockIdOf(field) === undefined) return flow;
    return { ...flow, minAmount: Number(form.amount(field, baseCurrency)) };
  });
  for (const flow of approvalFlows) {
    const problem = conditionProblem(flow, approvalFlows);
    if (problem && form.blockIdOf(thresholdField(flow)) !== undefined)
      form.refuse(thresholdField(flow), problem, {});
  }
  const soloMode = form.choices('solo').includes('yes');
  form.check();
  await editCompany(ctx, shown.v, { settings: { approvalFlows, soloMode } });
  return { done: t('thresholds:saved') };
}
