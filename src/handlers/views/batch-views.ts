// 批量审批: approvals to tick, those to look at one by one, and what became of each (ux §4.6). Pure.
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { ApprovalDetails } from '../../domain/approvals/approval.queries.js';
import type { SubjectType } from '../../domain/approvals/subjects.js';
import type { Money } from '../../domain/money.js';
import { formatMoney, formatNames, formatTotals, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { approvalOpenButton, approvalValue, talkLines } from './approval-views.js';
import {
  actions,
  button,
  context,
  escapeMrkdwn,
  input,
  modal,
  option,
  plain as plainText,
  present,
  section,
} from './blocks.js';
import type { RowReader } from './row-views.js';

/** Slack's limit for one group of boxes. */
const BOXES = 10;
/** And for what stands below a box. */
const NOTE = 75;

/** How an approval stands in the list. */
export interface BatchRow {
  readonly type: SubjectType;
  readonly customerName: string;
  readonly amount: Money;
  /** What approving it means, where the name does not say it: from when to when, why. */
  readonly note: string | null;
  /** All that it changes, where no line can say it; escaped. It stands below the boxes. */
  readonly details?: string;
  /** Nothing that asks to be looked at. */
  readonly isPlain: boolean;
}

interface Shown {
  readonly approval: ApprovalDetails;
  readonly name: string;
  readonly row: BatchRow;
}

/** What waits for the reader, as far as it is shown. */
export interface ShownBatch {
  readonly rows: readonly Shown[];
  readonly total: number;
}

/** Names of the two groups of boxes. */
export const BATCH_FIELDS = ['pick0', 'pick1'] as const;

/** HK-20261121-001 · 客户 · ¥…: the name first, never cut. */
const line = ({ name, row }: Shown, { t, locale }: Pick<RowReader, 't' | 'locale'>): string =>
  t('batches:row', {
    name,
    customer: shortCustomer(locale, row.customerName),
    amount: formatMoney(locale, row.amount),
  });

const openQuestions = ({ approval }: Pick<Shown, 'approval'>) =>
  approval.talk.filter((one) => one.answer === null);

/** Why it is to be looked at by itself: something to note, or a question that nobody answered; null: it may be ticked. */
export function lookWords(one: Pick<Shown, 'approval' | 'row'>, { t }: Pick<RowReader, 't'>): string | null {
  if (openQuestions(one).length > 0) return t('batches:asked');
  return one.row.isPlain ? null : t('batches:single');
}

/** `ticked`: approvals that are chosen now, for the count. */
export function batchModal(
  { rows, total }: ShownBatch,
  ticked: readonly string[],
  metadata: string,
  reader: RowReader,
): ModalView {
  const { t } = reader;
  const plain = rows.filter((one) => lookWords(one, reader) === null);
  const others = rows.filter((one) => lookWords(one, reader) !== null);
  const chosen = plain.filter((one) => ticked.includes(one.approval.id));
  const title = { callbackId: VIEW.approvalBatch, title: t('batches:title'), metadata };
  const rest = [
    ...others.map((one) =>
      section(
        [
          escapeMrkdwn(line(one, reader)),
          ...openQuestions(one).flatMap((asked) => talkLines(asked, reader)),
          lookWords(one, reader),
        ].join('\n'),
        approvalOpenButton(one.approval, t),
      ),
    ),
    ...(total > rows.length ? [context(t('batches:more', { count: total - rows.length }))] : []),
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
        const options = plain.slice(group * BOXES, (group + 1) * BOXES).map((one) => box(one, reader));
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
      context(chosenWords(chosen, reader)),
      ...plain.flatMap(({ approval, name, row: { details } }) =>
        details === undefined
          ? []
          : [section(`*${escapeMrkdwn(name)}*\n${details}`, approvalOpenButton(approval, t))],
      ),
      ...rest,
    ),
  });
}

const box = (one: Shown, reader: RowReader): PlainTextOption => ({
  ...option(line(one, reader), approvalValue(one.approval)),
  ...(one.row.note !== null && { description: plainText(one.row.note, NOTE) }),
});

/** How many, and of one kind how much: a contract's amount and a receipt's are no sum. */
function chosenWords(chosen: readonly Shown[], reader: RowReader): string {
  const { t } = reader;
  const count = chosen.length;
  if (count === 0) return t('batches:none_chosen');
  if (new Set(chosen.map((one) => one.row.type)).size > 1) return t('batches:chosen_mixed', { count });
  return t('batches:chosen', { count, total: formatTotals(reader.locale, totalsOf(chosen)) });
}

function totalsOf(chosen: readonly Shown[]) {
  const amounts = chosen.map((one) => one.row.amount);
  const currencies = [...new Set(amounts.map((one) => one.currency))].toSorted();
  return currencies.map((currency) => ({
    currency,
    minor: amounts.reduce((sum, one) => (one.currency === currency ? sum + one.minor : sum), 0n),
  }));
}

/** What became of one of them; `problem`: why nothing was done. */
export interface BatchResult {
  readonly name: string;
  readonly problem: string | null;
  /** Approved, but not all of it: for whom it waits now. `step` is done; null: others of the same step must approve, too. */
  readonly next?: { readonly step: number | null; readonly names: readonly string[] };
}

/** So many names in a line: twenty lines of them are one text of Slack's. */
const NAMES = 3;
const NAME = 16;

/** A line each, and the way to the others that wait. */
export function batchResults(results: readonly BatchResult[], waiting: number, reader: RowReader): ModalView {
  const { t } = reader;
  const done = results.filter((one) => one.problem === null).length;
  return modal({
    callbackId: VIEW.info,
    title: t('batches:title'),
    close: t('common:close'),
    blocks: present<KnownBlock>(
      section(t('batches:done', { done, count: results.length })),
      section(results.map((one) => resultLine(one, reader)).join('\n')),
      waiting > 0 && actions([button(ACTION.approvalBatch, t('batches:again', { count: waiting }))]),
    ),
  });
}

function resultLine({ name: plain, problem, next }: BatchResult, { t, locale }: RowReader): string {
  const name = escapeMrkdwn(plain);
  if (problem !== null)
    return t('batches:result.problem', { name, problem: escapeMrkdwn(truncate(problem, 100)) });
  if (!next) return t('batches:result.approved', { name });
  const what = next.step === null ? 'part' : 'step';
  const facts = { name, step: next.step ?? '' };
  if (next.names.length === 0) return t(`batches:result.${what}_nobody`, facts);
  const names = next.names.slice(0, NAMES).map((one) => escapeMrkdwn(truncate(one, NAME)));
  const more = next.names.length > NAMES ? ' …' : '';
  return t(`batches:result.${what}`, { ...facts, names: `${formatNames(locale, names)}${more}` });
}
