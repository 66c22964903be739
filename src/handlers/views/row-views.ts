// The shared Row of ux §3: one instalment in two lines with its buttons, wherever instalments are listed. Pure.
import type { ActionsBlock, KnownBlock } from '@slack/types';
import { type Actor, can, type Locale } from '../../domain/access.js';
import { diffDays, type LocalDate } from '../../domain/local-date.js';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import {
  formatDate,
  formatInstant,
  formatMoney,
  formatRelative,
  shortCustomer,
  shortName,
} from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION } from '../ids.js';
import { undatedWords } from './anchor-words.js';
import { actions, button, escapeMrkdwn, option, present, section } from './blocks.js';

/** For whom and when a row is drawn. */
export interface RowReader {
  readonly t: Translate;
  readonly locale: Locale;
  readonly today: LocalDate;
  readonly now: Date;
  /** Zone in which instants are told; the company's in channels. */
  readonly timezone: string;
  /** Who reads: what they may not do is left out. Null in channels, where it is checked on the click. */
  readonly actor: Actor | null;
}

export interface RowOptions {
  /** full: [回款] ⋯; compact: one button [办理]; none: text only. Default full. */
  readonly buttons?: 'full' | 'compact' | 'none';
  /** Rows on which a receipt waits show the result line instead of buttons (messages rewritten after acting). */
  readonly resultLine?: boolean;
}

/** Value of the buttons of a row; parsed by rowValue of handlers/row-value.ts. */
export const rowValue = (instalmentId: string): string => JSON.stringify({ i: instalmentId });

/** A row: at most two blocks, and about 1,300 characters serialised. */
export function instalmentRow(
  row: InstalmentRowData,
  reader: RowReader,
  options: RowOptions = {},
): KnownBlock[] {
  const text = `${rowTitle(row, reader)}\n${rowFacts(row, reader)}`;
  const buttons = options.buttons ?? 'full';
  if (buttons === 'none') return [section(text)];
  if (options.resultLine === true && row.waiting) return resultRow(row, text, reader);
  if (buttons === 'compact') return [section(text, handleButton(row, reader))];
  return [section(text), actions(rowButtons(row, reader))];
}

/** First line: customer, contract, which instalment. */
export function rowTitle(row: InstalmentRowData, { t, locale }: RowReader): string {
  const title = t('plans:row.title', {
    customer: escapeMrkdwn(shortCustomer(locale, row.customerName)),
    contract: row.contractNumber,
    n: row.seq,
  });
  const isDefault = [`第${row.seq}期`, `#${row.seq}`].includes(row.name);
  return isDefault ? title : `${title} ${escapeMrkdwn(shortName(locale, row.name))}`;
}

/** Second line: state, money, badges. */
export function rowFacts(row: InstalmentRowData, reader: RowReader): string {
  const { t, locale } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: row.currency });
  const facts = [
    `*${stateWords(row, reader)}*`,
    t('plans:row.money', { open: money(row.outstanding), total: money(row.amount) }),
    ...badges(row, reader),
  ];
  return facts.join(' · ');
}

/** 待回款 还有 5 天, 已逾期 3 天, 已延期 延至 …: the state, and where a day matters, how far it is. */
export function stateWords(row: InstalmentRowData, { t, locale, today }: RowReader): string {
  const { state, effectiveDue } = row;
  if (state === 'undated') return undatedWords(t, row);
  if (effectiveDue === null) return t(`common:state.${state}`);
  if (state === 'overdue') return t('plans:row.overdue', { count: diffDays(today, effectiveDue) });
  if (state === 'postponed')
    return t('plans:row.postponed', { date: formatDate(locale, effectiveDue, today) });
  if (state !== 'open') return t(`common:state.${state}`);
  return `${t('common:state.open')} ${formatRelative(locale, effectiveDue, today)}`;
}

/** Facts beside the state (rules §3). */
function badges(row: InstalmentRowData, { t, locale, today }: RowReader): string[] {
  const received = row.amount - row.outstanding;
  const partPaid = received > 0n && row.outstanding > 0n;
  // Rounded down: 100 % is only what is paid.
  const percent = Number((received * 100n) / row.amount);
  return present(
    partPaid && t('plans:badge.part_paid', { percent }),
    row.proposed > 0n &&
      t('plans:badge.in_approval', {
        amount: formatMoney(locale, { minor: row.proposed, currency: row.currency }),
      }),
    row.disputed && t('plans:badge.disputed'),
    row.blockUntil !== null &&
      row.blockUntil >= today &&
      t('plans:badge.paused', { date: formatDate(locale, row.blockUntil, today) }),
    row.pendingTo !== null && t('postponements:badge'),
    row.isRetention && t('plans:badge.retention'),
  );
}

const UNPAID: readonly string[] = ['open', 'postponed', 'overdue', 'undated'];
const POSTPONABLE: readonly string[] = ['open', 'postponed', 'overdue'];
type RowAction =
  | 'milestone.set'
  | 'receipt.record'
  | 'instalment.postpone'
  | 'instalment.edit'
  | 'instalment.delete';

/** What the reader could do to the row, by its state and their role; the service decides again. */
export function mayDo(row: InstalmentRowData, actor: Actor | null, action: RowAction): boolean {
  if (actor !== null && !can(actor, action, row.ownerId)) return false;
  switch (action) {
    case 'receipt.record':
      return UNPAID.includes(row.state);
    case 'instalment.postpone':
      return POSTPONABLE.includes(row.state);
    default:
      return [...UNPAID, 'inactive'].includes(row.state) && row.contractStatus !== 'pending_approval';
  }
}

/** [回款] ⋯[延期, 打开]; the same buttons in messages and modals. */
export function rowButtons(row: InstalmentRowData, reader: RowReader): ActionsBlock['elements'] {
  const { t, actor } = reader;
  const more = (action: 'postpone' | 'open', text: string) =>
    option(text, JSON.stringify({ a: action, i: row.id }));
  if (!mayDo(row, actor, 'instalment.postpone')) {
    const open = { value: rowValue(row.id), label: label(row, 'open', reader) };
    return [...recordButton(row, reader), button(ACTION.instalmentOpen, t('common:open'), open)];
  }
  return [
    ...recordButton(row, reader),
    {
      type: 'overflow',
      action_id: ACTION.instalmentMore,
      options: [more('postpone', t('plans:postpone')), more('open', t('common:open'))],
    },
  ];
}

/** [回款], if the reader may record on this row. */
export function recordButton(row: InstalmentRowData, reader: RowReader): ReturnType<typeof button>[] {
  if (!mayDo(row, reader.actor, 'receipt.record')) return [];
  const words = { value: rowValue(row.id), label: label(row, 'record', reader) };
  return [button(ACTION.receiptNew, reader.t('plans:record'), words)];
}

function handleButton(row: InstalmentRowData, reader: RowReader) {
  const words = { value: rowValue(row.id), label: label(row, 'handle', reader) };
  return button(ACTION.instalmentOpen, reader.t('plans:handle'), words);
}

function resultRow(row: InstalmentRowData, text: string, reader: RowReader): KnownBlock[] {
  const { t, locale, now, timezone } = reader;
  if (!row.waiting) return [section(text)];
  const line = t('plans:row.result', {
    number: row.waiting.number,
    amount: formatMoney(locale, { minor: row.waiting.amount, currency: row.currency }),
    at: formatInstant(locale, row.waiting.recordedAt, now, timezone),
  });
  const open = { value: rowValue(row.id), label: label(row, 'open', reader) };
  return [section(`${text}\n${line}`, button(ACTION.instalmentOpen, t('common:open'), open))];
}

/** Verb, customer, instalment: what a screen reader says; never cut at the verb or the number. */
function label(row: InstalmentRowData, verb: 'record' | 'handle' | 'open', { t, locale }: RowReader): string {
  return t(`plans:label.${verb}`, {
    row: t('plans:row_text', {
      customer: shortCustomer(locale, row.customerName),
      contract: row.contractNumber,
      n: row.seq,
    }),
  });
}
