// What an amendment would change, before it is sent (ux §4.4). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import { formatMoney } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { type DiffFacts, diffLines } from './amendment-lines.js';
import { actions, button, input, modal, option, present, section } from './blocks.js';
import { contractHeading } from './contract-approval-views.js';
import type { RowReader } from './row-views.js';

/** Lines of a preview a section: 20 lines stay below its 3,000 characters. */
const LINES_A_SECTION = 12;

export interface AmendmentPreviewData extends Omit<DiffFacts, 'currency'> {
  readonly contract: ContractDetails;
  /** The plan's total as it would be; minor units. */
  readonly planned: bigint;
  /** A day that is asked for has passed. */
  readonly hasPast: boolean;
  readonly metadata: string;
}

/** Before → after, the sum, a tick for what has to be meant; [返回] to the form. */
export function amendmentPreview(data: AmendmentPreviewData, reader: RowReader): ModalView {
  const { t } = reader;
  const { contract, planned, hasPast, after } = data;
  const lines = diffLines({ ...data, currency: contract.currency }, reader);
  const chunks = Array.from({ length: Math.ceil(lines.length / LINES_A_SECTION) }, (_, index) =>
    lines.slice(index * LINES_A_SECTION, (index + 1) * LINES_A_SECTION).join('\n'),
  );
  const { amount } = after.fields;
  const ticks = present<'keep_rest' | 'already_due'>(
    planned < amount && 'keep_rest',
    hasPast && 'already_due',
  );
  return modal({
    callbackId: VIEW.contractAmendPreview,
    title: t('amendments:title'),
    submit: t('common:send_for_approval'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks: present<KnownBlock>(
      section(contractHeading(contract, reader)),
      section(t('amendments:diff.title')),
      ...chunks.map((chunk) => section(chunk)),
      section(sumWords({ amount, planned, currency: contract.currency }, reader)),
      ticks.length > 0 &&
        input(
          'options',
          t('amendments:options'),
          {
            type: 'checkboxes',
            action_id: 'value',
            options: ticks.map((one) => option(t(`amendments:option.${one}`), one)),
          },
          { optional: true },
        ),
      actions([button(ACTION.contractAmendBack, t('planning:back'))]),
    ),
  });
}

/** Whether the plan adds up to the amount; minor units. */
export function sumWords(
  { amount, planned, currency }: { amount: bigint; planned: bigint; currency: string },
  { t, locale }: Pick<RowReader, 't' | 'locale'>,
): string {
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const difference = amount - planned;
  const sum = { sum: money(planned), difference: money(difference < 0n ? -difference : difference) };
  if (difference === 0n) return t('amendments:sum.equal', sum);
  return t(difference > 0n ? 'amendments:sum.missing' : 'amendments:sum.excess', sum);
}
