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
import { thresholdField, thresholdFlows, thresholdsForm } from './views/settings-threshold-views.js';

/** `m`, `s`: the amounts by flow and solo mode as the form began. */
const metadata = formMetadata({
  v: z.number().int(),
  m: z.record(z.string(), z.number().int().nullable()),
  s: z.boolean(),
});
type Shown = z.infer<typeof metadata>;

/** Plugs in the thresholds. */
export function registerThresholds(doors: Doors): void {
  doors.opens(ACTION.settingsThresholds, openThresholds);
  doors.submit(VIEW.settingsThresholds, metadata, saveThresholds);
}

async function openThresholds(turn: ActionTurn): Promise<void> {
  const { ctx, t } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { settings, baseCurrency, version } = ctx.company;
  const state = JSON.stringify({
    r: newId(ctx.now),
    v: version,
    m: Object.fromEntries(thresholdFlows(settings).map(({ key, minAmount }) => [key, minAmount])),
    s: settings.soloMode,
  } satisfies Shown);
  await turn.show(thresholdsForm({ t, locale: ctx.actor.locale }, settings, baseCurrency, state));
}

/** What was left in the form as it began stays as it is by now: another admin may have changed it meanwhile. */
async function saveThresholds(turn: SubmitTurn<Shown>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { settings, baseCurrency } = ctx.company;
  const approvalFlows = settings.approvalFlows.map((flow) => {
    const field = thresholdField(flow);
    if (flow.minAmount === null || form.blockIdOf(field) === undefined) return flow;
    const minAmount = Number(form.amount(field, baseCurrency));
    return minAmount === shown.m[flow.key] ? flow : { ...flow, minAmount };
  });
  for (const flow of approvalFlows) {
    const problem = conditionProblem(flow, approvalFlows);
    if (problem && form.blockIdOf(thresholdField(flow)) !== undefined)
      form.refuse(thresholdField(flow), problem, {});
  }
  const isSolo = form.choices('solo').includes('yes');
  const soloMode = isSolo === shown.s ? settings.soloMode : isSolo;
  form.check();
  await editCompany(ctx, shown.v, { settings: { approvalFlows, soloMode } });
  return { done: t('thresholds:saved') };
}
