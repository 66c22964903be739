// Inputs and words that every form about instalments shares. Pure.
import type { KnownBlock } from '@slack/types';
import type { LocalDate } from '../../domain/local-date.js';
import type { AnchorKind, AnchorOffset } from '../../domain/plans/anchor.js';
import type { CustomerChoice } from '../../domain/plans/plan-choices.queries.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, shortCustomer } from '../i18n/format.js';
import { undatedWords } from './anchor-words.js';
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

/** 签订, 验收 …: what a date hangs on, at the beginning of a label. */
export function anchorName(kind: AnchorKind, { t }: Pick<RowReader, 't'>): string {
  const name = t(`milestones:anchor.${kind}`);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** What tells when a row is due. */
interface RowDue {
  readonly dueOn: LocalDate | null;
  readonly anchorKind: AnchorKind | null;
  readonly anchorOffset: AnchorOffset | null;
}

/** Its date, or 日期待定（验收后30天）. */
export const dueWords = (
  row: RowDue,
  { t, locale, today }: Pick<RowReader, 't' | 'locale' | 'today'>,
): string => (row.dueOn === null ? undatedWords(t, row) : formatDate(locale, row.dueOn, today));
