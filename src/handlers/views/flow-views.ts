// 审批步骤: who approves what, one step after the other; a list, and the form of one flow (ux §4.9). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { Locale } from '../../domain/access.js';
import type { ApproverRole } from '../../domain/approvals/approval.js';
import { type ApprovalFlow, MAX_FLOWS, MAX_STEPS } from '../../domain/approvals/flow.js';
import { allowedRoles, conditionOf, editableFlows, isOwnFlow } from '../../domain/approvals/flow-edit.js';
import { toDecimalString } from '../../domain/money.js';
import { type CompanySettings, dictionaryName } from '../../domain/settings/settings.js';
import { formatMoney } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import {
  button,
  context,
  divider,
  escapeMrkdwn,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';

interface Words {
  readonly t: Translate;
  readonly locale: Locale;
}
type Settings = Pick<CompanySettings, 'approvalFlows' | 'paymentMethods' | 'contractTypes'>;

const roleName = (role: ApproverRole, t: Translate): string =>
  role === 'manager' ? t('thresholds:manager') : t(`common:role.${role}`);

/** 合同 · ≥ ¥1,000,000.00: what a flow is for, as plain text. */
export function flowLabel(
  flow: ApprovalFlow,
  settings: Pick<Settings, 'paymentMethods' | 'contractTypes'>,
  base: string,
  { t, locale }: Words,
): string {
  const { minAmount, method, contractType } = flow;
  return present<string>(
    t(`thresholds:subject.${flow.subject}`),
    method !== null && dictionaryName(settings.paymentMethods, method, locale),
    contractType !== null && dictionaryName(settings.contractTypes, contractType, locale),
    flow.creditExceeded && t('flows:credit'),
    minAmount !== null && `≥ ${formatMoney(locale, { minor: BigInt(minAmount), currency: base })}`,
  ).join(' · ');
}

/** The same for a message; escaped. */
export const flowName = (...of: Parameters<typeof flowLabel>): string => escapeMrkdwn(flowLabel(...of));

/** 1 财务或财务主管, 2 财务主管（每一位）: who decides, one after the other. */
export function flowSteps(flow: ApprovalFlow, { t }: Words): string[] {
  return flow.steps.map(({ mode, roles, people }, index) => {
    const names = [
      ...roles.map((role) => roleName(role, t)),
      ...(people.length > 0 ? [t('flows:people', { count: people.length })] : []),
    ].join(t('flows:or'));
    return t(mode === 'all' ? 'flows:step_all' : 'flows:step', { n: index + 1, names });
  });
}

/** 1 财务或财务主管 → 2 财务主管（每一位）. */
const stepsOf = (flow: ApprovalFlow, words: Words): string => flowSteps(flow, words).join(' → ');

/** Every flow of what the app asks about; `mayEdit`: with [修改]. */
export function flowList(
  settings: Settings,
  base: string,
  { mayEdit, version, result = null }: { mayEdit: boolean; version: number; result?: string | null },
  words: Words,
): ModalView {
  const { t } = words;
  const flows = editableFlows(settings.approvalFlows);
  return modal({
    callbackId: VIEW.info,
    title: t('flows:title'),
    close: t('common:close'),
    blocks: [
      ...(result === null ? [] : [context(escapeMrkdwn(result))]),
      context(t('flows:intro')),
      ...flows.map((flow) =>
        section(
          `*${flowName(flow, settings, base, words)}*\n${stepsOf(flow, words)}`,
          mayEdit
            ? button(ACTION.flowEdit, t('settings:edit'), {
                value: JSON.stringify({ k: flow.key, v: version }),
                label: `${t('settings:edit')} ${flowName(flow, settings, base, words)}`,
              })
            : undefined,
        ),
      ),
      ...(mayEdit && flows.length < MAX_FLOWS ? [divider(), addFlow(flows, version, t)] : []),
    ],
  });
}

/** Chooses what one more flow is for. */
function addFlow(flows: readonly ApprovalFlow[], version: number, t: Translate): KnownBlock {
  const subjects = [...new Set(flows.map((flow) => flow.subject))];
  return section(`*${t('flows:add')}*\n${t('flows:add_text')}`, {
    type: 'static_select',
    action_id: ACTION.flowNew,
    placeholder: { type: 'plain_text', text: t('flows:add_for') },
    options: subjects.map((subject) =>
      option(t(`thresholds:subject.${subject}`), JSON.stringify({ s: subject, v: version })),
    ),
  });
}

/** Five steps; an empty one is no step. One of the company's own also has its conditions, and can be removed. */
export function flowForm(
  flow: ApprovalFlow,
  settings: Settings,
  base: string,
  metadata: string,
  words: Words,
): ModalView {
  const { t } = words;
  const roles = allowedRoles(flow.subject).map((role) => option(roleName(role, t), role));
  const modes = (['any', 'all'] as const).map((mode) => option(t(`flows:mode.${mode}`), mode));
  return modal({
    callbackId: VIEW.flowEdit,
    title: t('flows:one'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: present<KnownBlock>(
      section(`*${flowName(flow, settings, base, words)}*`),
      (flow.minAmount !== null || isOwnFlow(flow)) &&
        input(
          'minAmount',
          t('flows:from', { currency: base }),
          textInput({
            initial: flow.minAmount === null ? null : toDecimalString(BigInt(flow.minAmount), base),
            maxLength: 30,
          }),
          { optional: isOwnFlow(flow), hint: t('flows:from_hint') },
        ),
      isOwnFlow(flow) && conditionInput(flow, settings, words),
      ...Array.from({ length: MAX_STEPS }, (_none, index) =>
        stepInputs(flow, index, { roles, modes }, t),
      ).flat(),
      isOwnFlow(flow) &&
        flow.steps.length > 0 &&
        input(
          'remove',
          t('flows:remove_label'),
          { type: 'checkboxes', action_id: 'value', options: [option(t('flows:remove'), 'yes')] },
          { optional: true, hint: t('flows:remove_hint') },
        ),
    ),
  });
}

/** The method or type that the flow is for, where its subject has one. */
function conditionInput(flow: ApprovalFlow, settings: Settings, { t, locale }: Words): KnownBlock | null {
  const condition = conditionOf(flow.subject);
  if (condition === null) return null;
  const entries = condition === 'method' ? settings.paymentMethods : settings.contractTypes;
  // One that is no longer offered stays readable where it was chosen.
  const options = entries
    .filter((entry) => entry.active || entry.key === flow[condition])
    .map((entry) => option(dictionaryName(entries, entry.key, locale), entry.key));
  return input(
    condition,
    t(`flows:${condition}`),
    selectInput(options, flow[condition], { placeholder: t('flows:any') }),
    { optional: true },
  );
}

type Options = readonly ReturnType<typeof option>[];

function stepInputs(
  flow: ApprovalFlow,
  index: number,
  { roles, modes }: { roles: Options; modes: Options },
  t: Translate,
): KnownBlock[] {
  const step = flow.steps[index];
  const chosen = roles.filter(({ value }) => step?.roles.some((role) => role === value));
  const hint =
    step && step.people.length > 0
      ? t('flows:named', { count: step.people.length })
      : t(index === 0 ? 'flows:first_hint' : 'flows:step_hint');
  return [
    input(
      `roles${index}`,
      t('flows:step_label', { n: index + 1 }),
      {
        type: 'multi_static_select',
        action_id: 'value',
        options: [...roles],
        ...(chosen.length > 0 && { initial_options: chosen }),
      },
      { optional: true, hint },
    ),
    input(`mode${index}`, t('flows:mode_label', { n: index + 1 }), selectInput(modes, step?.mode ?? 'any')),
  ];
}
