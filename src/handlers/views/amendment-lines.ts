// What an amendment changes, as lines `before → after`, and whether it still fits. Pure.

import {
  type AmendedRow,
  type AmendmentProblem,
  type AmendmentSide,
  changedFields,
  type RowChange,
  rowChanges,
} from '../../domain/contracts/amendment.js';
import type { ChangeDetails } from '../../domain/contracts/amendment.queries.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatMoney, formatNames, shortName, truncate } from '../i18n/format.js';
import { anchorWords } from './anchor-words.js';
import { escapeMrkdwn } from './blocks.js';
import type { RowReader } from './row-views.js';

export interface DiffFacts {
  readonly before: AmendmentSide;
  readonly after: AmendmentSide;
  readonly currency: string;
  readonly paymentMethods: readonly DictionaryEntry[];
}

const REASON_LENGTH = 80;

/** A line a change, escaped: the contract's fields, then rows by number, new ones last. */
export function diffLines(facts: DiffFacts, reader: RowReader): string[] {
  const { before, after } = facts;
  const fields = changedFields(before, after).map((field) =>
    reader.t('amendments:diff.line', {
      what: fieldName(field, reader),
      before: fieldValue(field, before, facts, reader),
      after: fieldValue(field, after, facts, reader),
    }),
  );
  return [...fields, ...rowChanges(before, after).map((change) => rowLine(change, facts, reader))];
}

/** At most `max` lines with their title, then how many more. */
export function diffText(lines: readonly string[], max: number, { t }: RowReader): string {
  const rest = lines.length - max;
  return [
    t('amendments:diff.title'),
    ...lines.slice(0, max),
    ...(rest > 0 ? [t('amendments:diff.more', { count: rest })] : []),
  ].join('\n');
}

type Field = ReturnType<typeof changedFields>[number];
const FIELD_WORDS = {
  name: 'amendments:name',
  amount: 'contracts:amount',
  startsOn: 'amendments:starts_on',
  endsOn: 'amendments:ends_on',
  paymentMethod: 'amendments:payment_method',
} as const;
const fieldName = (field: Field, { t }: RowReader): string => t(FIELD_WORDS[field]);

function fieldValue(field: Field, side: AmendmentSide, facts: DiffFacts, reader: RowReader): string {
  const { t, locale, today } = reader;
  const { fields } = side;
  switch (field) {
    case 'amount':
      return formatMoney(locale, { minor: fields.amount, currency: facts.currency });
    case 'name':
      return escapeMrkdwn(truncate(fields.name, 60));
    case 'paymentMethod':
      return fields.paymentMethod === null
        ? t('amendments:diff.empty')
        : escapeMrkdwn(dictionaryName(facts.paymentMethods, fields.paymentMethod, locale));
    case 'startsOn':
    case 'endsOn': {
      const date = fields[field];
      return date === null ? t('amendments:diff.empty') : formatDate(locale, date, today);
    }
  }
}

function rowLine(change: RowChange, facts: DiffFacts, reader: RowReader): string {
  const { t } = reader;
  if (change.change === 'added') {
    return t('amendments:diff.added', { after: rowValue(change.after, facts, reader) });
  }
  const words = { n: change.before.seq ?? 0, before: rowValue(change.before, facts, reader) };
  if (change.change === 'removed') return t('amendments:diff.removed', words);
  return t('amendments:diff.row', { ...words, after: rowValue(change.after, facts, reader) });
}

function rowValue(row: AmendedRow, { currency }: DiffFacts, { t, locale, today }: RowReader): string {
  const { anchorKind, anchorOffset } = row;
  const undated =
    anchorKind !== null && anchorOffset !== null
      ? anchorWords(t, anchorKind, anchorOffset)
      : t('common:state.undated');
  const value = t('amendments:diff.value', {
    name: escapeMrkdwn(shortName(locale, row.name)),
    amount: formatMoney(locale, { minor: row.amount, currency }),
    date: row.dueOn === null ? undated : formatDate(locale, row.dueOn, today),
  });
  return row.isRetention ? t('amendments:diff.retention', { value }) : value;
}

/** Why it no longer fits, as the refusals say it; escaped by having nothing to escape. */
export function problemWords(problem: AmendmentProblem, currency: string, { t, locale }: RowReader): string {
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  switch (problem.problem) {
    case 'rows_changed':
      return t('errors:amendment.rows_changed', { seqs: formatNames(locale, problem.seqs.map(String)) });
    case 'contract_changed':
      return t('errors:amendment.contract_changed');
    case 'below_paid':
      return t('errors:amendment.below_paid', { seq: problem.seq, min: money(problem.min) });
    case 'has_money':
      return t('errors:instalment.has_money', { amount: money(problem.amount) });
    case 'exceeds':
    case 'incomplete':
      return t('errors:amendment.sum_changed', { difference: money(problem.difference) });
  }
}

/** `变更 1：原因 · 金额与计划 · 状态`; escaped. */
export function historyLine(change: ChangeDetails, currency: string, reader: RowReader): string {
  const { t, locale } = reader;
  const { before, after } = change;
  const fields = changedFields(before, after);
  const rows = rowChanges(before, after).length;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const what = [
    ...(fields.includes('amount')
      ? [
          t('amendments:history.amount', {
            before: money(before.fields.amount),
            after: money(after.fields.amount),
          }),
        ]
      : []),
    ...(fields.some((field) => field !== 'amount') ? [t('amendments:history.fields')] : []),
    ...(rows > 0 ? [t('amendments:history.plan', { count: rows })] : []),
  ].join(t('common:comma'));
  return t('amendments:history.line', {
    no: change.no,
    reason: escapeMrkdwn(truncate(change.reason, REASON_LENGTH)),
    what,
    state:
      change.status === 'open'
        ? t('common:contract_state.pending_approval')
        : t(`contracts:approval.state.${change.status}`),
  });
}
