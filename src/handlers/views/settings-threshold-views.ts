// The form of approval thresholds and solo mode. Pure.
import type { ModalView } from '@slack/types';
import type { Locale } from '../../domain/access.js';
import type { ApprovalFlow } from '../../domain/approvals/flow.js';
import { isOwnFlow } from '../../domain/approvals/flow-edit.js';
import { SUBJECTS } from '../../domain/approvals/subjects.js';
import { toDecimalString } from '../../domain/money.js';
import { type CompanySettings, dictionaryName } from '../../domain/settings/settings.js';
import type { Translate } from '../i18n/index.js';
import { VIEW } from '../ids.js';
import { input, modal, option, textInput } from './blocks.js';

/** Name of the field of a flow's threshold. */
export const thresholdField = (flow: Pick<ApprovalFlow, 'key'>): string => `min:${flow.key}`;

const asked: readonly string[] = Object.values(SUBJECTS).map((row) => row.flow);

/** The flows that begin with an amount, of what the app asks about; the company's own are edited as a whole. */
export const thresholdFlows = ({ approvalFlows }: Pick<CompanySettings, 'approvalFlows'>): ApprovalFlow[] =>
  approvalFlows.filter((flow) => flow.minAmount !== null && !isOwnFlow(flow) && asked.includes(flow.subject));

/** An amount for each of them, and solo mode. */
export function thresholdsForm(
  { t, locale }: { t: Translate; locale: Locale },
  settings: Pick<CompanySettings, 'approvalFlows' | 'soloMode' | 'paymentMethods'>,
  base: string,
  metadata: string,
): ModalView {
  const solo = option(t('thresholds:solo_yes'), 'yes');
  const amounts = thresholdFlows(settings).map((flow) =>
    input(
      thresholdField(flow),
      t(flow.method === null ? 'thresholds:from' : 'thresholds:from_method', {
        subject: t(`thresholds:subject.${flow.subject}`),
        method: dictionaryName(settings.paymentMethods, flow.method ?? '', locale),
        currency: base,
      }),
      textInput({ initial: toDecimalString(BigInt(flow.minAmount ?? 0), base), maxLength: 30 }),
      { hint: t('thresholds:steps', { steps: stepsWords(flow, t) }) },
    ),
  );
  return modal({
    callbackId: VIEW.settingsThresholds,
    title: t('thresholds:title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      ...amounts,
      input(
        'solo',
        t('thresholds:solo'),
        {
          type: 'checkboxes',
          action_id: 'value',
          options: [solo],
          ...(settings.soloMode && { initial_options: [solo] }),
        },
        { optional: true, hint: t('thresholds:solo_hint') },
      ),
    ],
  });
}

/** 财务 → 财务主管. */
const stepsWords = (flow: ApprovalFlow, t: Translate): string =>
  flow.steps
    .map((step) =>
      step.roles
        .map((role) => (role === 'manager' ? t('thresholds:manager') : t(`common:role.${role}`)))
        .join('/'),
    )
    .join(' → ');
