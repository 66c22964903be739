// 批量审批: receipts to tick, those to look at one by one, and what became of each (ux §4.6). Pure.
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { ReceiptBatch } from '../../domain/approvals/batch.queries.js';
import type { AskedReceipt } from '../../domain/receipts/receipt-facts.queries.js';
import { formatMoney, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { approvalOpenButton, approvalValue } from './approval-views.js';
import { actions, button, context, escapeMrkdwn, input, modal, option, present, section } from './blocks.js';
import type { RowReader } from './row-views.js';
import { formatTotals } from './todo-views.js';

/** Slack's limit for one group of boxes. */
const BOXES = 10;

/** Nothing that asks to be looked at. */
export const isPlain = (facts: AskedReceipt): boolean => facts.warnings.length === 0;

/** Names of the two groups of boxes. */
export const BATCH_FIELDS = ['pick0', 'pick1'] as const;

/** HK-20261121-001 · 客户 · ¥…: the number first, never cut. */
const line = (facts: AskedReceipt, { t, locale }: Pick<RowReader, 't' | 'locale'>): string =>
  t('batches:row', {
    number: facts.number,
    customer: shortCustomer(locale, facts.customerName),
    amount: formatMoney(locale, { minor: facts.amount, currency: facts.currency }),
  });

/** `ticked`: approvals that are chosen now, for the count. */
export function batchModal(
  { receipts, total }: ReceiptBatch,
  ticked: readonly string[],
  metadata: string,
  reader: RowReader,
): ModalView {
  const { t } = reader;
  const plain = receipts.filter(isPlain);
  const others = receipts.filter((facts) => !isPlain(facts));
  const chosen = plain.filter((facts) => ticked.includes(facts.approval.id));
  const title = { callbackId: VIEW.approvalBatch, title: t('batches:title'), metadata };
  const rest = [
    ...others.map((facts) =>
      section(
        `${escapeMrkdwn(line(facts, reader))}\n${t('batches:single')}`,
        approvalOpenButton(facts.approval, t),
      ),
    ),
    ...(total > receipts.length ? [context(t('batches:more', { count: total - receipts.length }))] : []),
  ];
  if (plain.length === 0)
    return modal({
      ...title,
      close: t('common:close'),
      blocks: [
        section(t(others.length > 0 ? 'batches:none_plain' : 'batches:none')),
        ...rest,
        ...(others.length > 0 ? [] : [actions([button(ACTION.todo, t('home:todo'))])]),
      ],
    });
  return modal({
    ...title,
    submit: t('batches:submit'),
    close: t('common:cancel'),
    blocks: present<KnownBlock>(
      ...BATCH_FIELDS.map((field, group) => {
        const options = plain.slice(group * BOXES, (group + 1) * BOXES).map((facts) => box(facts, reader));
        return (
          options.length > 0 &&
          input(
            field,
            t('batches:boxes'),
            { type: 'checkboxes', action_id: ACTION.approvalBatchPick, options },
            { optional: true, dispatch: true },
          )
        );
      }),
      context(
        chosen.length === 0
          ? t('batches:none_chosen')
          : t('batches:chosen', { count: chosen.length, total: formatTotals(reader, totalsOf(chosen)) }),
      ),
      ...rest,
    ),
  });
}

const box = (facts: AskedReceipt, reader: RowReader): PlainTextOption =>
  option(line(facts, reader), approvalValue(facts.approval));

function totalsOf(receipts: readonly AskedReceipt[]) {
  const currencies = [...new Set(receipts.map((one) => one.currency))].toSorted();
  return currencies.map((currency) => ({
    currency,
    minor: receipts.reduce((sum, one) => (one.currency === currency ? sum + one.amount : sum), 0n),
  }));
}

/** What became of one of them; `problem`: why nothing was done. */
export interface BatchResult {
  readonly number: string;
  readonly problem: string | null;
}

/** A line each, and the way to the others that wait. */
export function batchResults(results: readonly BatchResult[], waiting: number, { t }: RowReader): ModalView {
  const done = results.filter((one) => one.problem === null).length;
  return modal({
    callbackId: VIEW.info,
    title: t('batches:title'),
    close: t('common:close'),
    blocks: present<KnownBlock>(
      section(t('batches:done', { done, count: results.length })),
      section(
        results
          .map(({ number, problem }) =>
            problem === null
              ? t('batches:result.approved', { number })
              : t('batches:result.problem', { number, problem: escapeMrkdwn(truncate(problem, 100)) }),
          )
          .join('\n'),
      ),
      waiting > 0 && actions([button(ACTION.approvalBatch, t('batches:again', { count: waiting }))]),
    ),
  });
}
