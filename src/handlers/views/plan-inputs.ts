// Inputs and words that every form about instalments shares. Pure.
import type { KnownBlock } from '@slack/types';
import type { LocalDate } from '../../domain/local-date.js';
import type { AnchorKind, AnchorOffset } from '../../domain/plans/anchor.js';
import type { CustomerChoice } from '../../domain/plans/plan-choices.queries.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, shortCustomer } from '../i18n/format.js';
import { input, option, selectInput, textInput } from './blocks.js';
import type { RowReader } from './row-views.js';

/** `{name} · {code}`: the name first, cut before the code. */
export const customerOption = (customer: CustomerChoice, { locale }: Pick<RowReader, 'locale'>) =>
  option(`${shortCustomer(locale, customer.name)} · ${customer.code}`, customer.id);

/** 本期回款金额, as people type it. */
export const amountInput = (
  initial: string | null,
  { t }: RowReader,
  blockId: string,
  hint?: string,
): KnownBlock =>
  input(blockId, t('plans:amount'), textInput({ initial, maxLength: 40 }), {
    hint: hint ?? t('plans:amount_hint'),
  });

/** 计划回款方式, from the company's list; one no longer offered stays chosen. */
export function methodInput(
  methods: readonly DictionaryEntry[],
  chosen: string | null,
  { t, locale }: RowReader,
  blockId: string,
): KnownBlock {
  const active = methods.filter((entry) => entry.active || entry.key === chosen);
  const offered = active.length > 0 ? active : methods;
  const options = offered.map((entry) => option(dictionaryName(methods, entry.key, locale), entry.key));
  return input(blockId, t('plans:method'), selectInput(options, chosen), { optional: true });
}

/** 提前几天提醒, 0-90. */
export const remindInput = (days: number, { t }: RowReader, blockId: string): KnownBlock =>
  input(blockId, t('plans:remind'), textInput({ initial: String(days), maxLength: 4 }), {
    hint: t('plans:remind_hint'),
  });

/** 备注; longer ones are refused with words by the form, not cut silently. */
export const remarkInput = (initial: string | null, { t }: RowReader, blockId: string): KnownBlock =>
  input(blockId, t('plans:remark'), textInput({ initial, multiline: true }), { optional: true });

/** One box to tick. */
export const tickInput = (blockId: string, label: string, text: string, ticked = false): KnownBlock => {
  const box = option(text, 'yes');
  return input(
    blockId,
    label,
    { type: 'checkboxes', action_id: 'value', options: [box], ...(ticked && { initial_options: [box] }) },
    { optional: true },
  );
};

/** 签订, 验收 …: what a date hangs on. */
export const anchorName = (kind: AnchorKind, { t }: Pick<RowReader, 't'>): string =>
  kind === 'signing' ? t('planning:anchor.signing') : t(`contracts:milestone_name.${kind}`);

/** 验收后30天, 签订当天, 质保到期前1个月. */
export function anchorWords(
  kind: AnchorKind,
  { months, days, dayOfMonth }: AnchorOffset,
  reader: Pick<RowReader, 't' | 'locale'>,
): string {
  const { t, locale } = reader;
  const isBefore = months < 0 || (months === 0 && days < 0);
  const sign = isBefore ? -1 : 1;
  const span = [
    ...(months === 0 ? [] : [t('planning:span.months', { count: months * sign })]),
    ...(days === 0 ? [] : [t('planning:span.days', { count: days * sign })]),
  ].join(locale === 'en' ? ' ' : '');
  const name = anchorName(kind, reader);
  const words =
    span === ''
      ? t('planning:anchor.same', { name })
      : t(isBefore ? 'planning:anchor.before' : 'planning:anchor.after', { name, span });
  return dayOfMonth === undefined ? words : t('planning:anchor.on_day', { words, day: dayOfMonth });
}

/** What tells when a row is due. */
export interface RowDue {
  readonly dueOn: LocalDate | null;
  readonly anchorKind: AnchorKind | null;
  readonly anchorOffset: AnchorOffset | null;
}

/** Its date, or 日期待定（验收后30天）. */
export function dueWords(row: RowDue, reader: Pick<RowReader, 't' | 'locale' | 'today'>): string {
  if (row.dueOn !== null) return formatDate(reader.locale, row.dueOn, reader.today);
  const undated = reader.t('common:state.undated');
  if (row.anchorKind === null || row.anchorOffset === null) return undated;
  return reader.t('planning:undated_anchor', {
    undated,
    anchor: anchorWords(row.anchorKind, row.anchorOffset, reader),
  });
}
