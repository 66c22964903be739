// The shared Row of ux §3: one instalment in two lines with its buttons, wherever instalments are listed. Pure.

import type { ActionsBlock, KnownBlock, PlainTextOption } from '@slack/types';
import { type Actor, can, type Locale } from '../../domain/access.js';
import { UNPAID_STATES } from '../../domain/lists/list-filter.js';
import { diffDays, type LocalDate, todayIn } from '../../domain/local-date.js';
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
import { actions, button, escapeMrkdwn, present, section } from './blocks.js';

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
  /** full: [回款] [跟进] ⋯; compact: one button [办理]; none: text only. Default full. */
  readonly buttons?: 'full' | 'compact' | 'none';
  /** Rows about which something was done show the result line instead of buttons (messages rewritten after acting). */
  readonly resultLine?: boolean;
  /** What is asked of its owner, until something was done. */
  readonly note?: string | null;
}

/** Value of the buttons of a row; parsed by rowValue of handlers/row-value.ts. */
export const rowValue = (instalmentId: string): string => JSON.stringify({ i: instalmentId });

/** A row: at most two blocks, and about 1,300 characters serialised. */
export function instalmentRow(
  row: InstalmentRowData,
  reader: RowReader,
  options: RowOptions = {},
): KnownBlock[] {
  const facts = `${rowTitle(row, reader)}\n${rowFacts(row, reader)}`;
  const buttons = options.buttons ?? 'full';
  const done = options.resultLine === true ? resultWords(row, reader) : null;
  if (done !== null && buttons !== 'none') return [section(`${facts}\n${done}`, openButton(row, reader))];
  const text = options.note ? `${facts}\n${options.note}` : facts;
  if (buttons === 'none') return [section(text)];
  if (buttons === 'compact') return [section(text, handleButton(row, reader))];
  return [section(text), actions(rowButtons(row, reader), rowBlockId(row.id))];
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
  const { t, locale, today } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: row.currency });
  const facts = [
    `*${stateWords(row, reader)}*`,
    // Of what is not in force yet nothing is due, but its day is agreed.
    ...(row.state === 'inactive'
      ? [row.effectiveDue === null ? undatedWords(t, row) : formatDate(locale, row.effectiveDue, today)]
      : []),
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
  const received = row.amount - row.outstanding - row.adjusted;
  const partPaid = received > 0n && row.outstanding > 0n;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: row.currency });
  // Rounded down: 100 % is only what is paid.
  const percent = Number((received * 100n) / row.amount);
  return present(
    partPaid && t('plans:badge.part_paid', { percent }),
    row.adjusted > 0n && t('adjustments:badge.adjusted', { amount: money(row.adjusted) }),
    row.recovered > 0n && t('adjustments:badge.recovered', { amount: money(row.recovered) }),
    row.proposed > 0n &&
      t('plans:badge.in_approval', {
        amount: money(row.proposed),
      }),
    row.disputed && t('plans:badge.disputed'),
    row.blockUntil !== null &&
      row.blockUntil >= today &&
      t('plans:badge.paused', { date: formatDate(locale, row.blockUntil, today) }),
    row.promisedOn !== null &&
      row.promisedOn >= today &&
      t('follow_ups:badge.promised', { date: formatDate(locale, row.promisedOn, today) }),
    row.brokenOn !== null &&
      row.promisedOn === null &&
      t('follow_ups:badge.broken', { date: formatDate(locale, row.brokenOn, today) }),
    row.nextContactOn !== null &&
      row.nextContactOn <= today &&
      t('follow_ups:badge.contact', { date: formatDate(locale, row.nextContactOn, today) }),
    row.pendingTo !== null && t('postponements:badge'),
    row.isRetention && t('plans:badge.retention'),
    !row.ownerActive && t('plans:badge.owner_gone'),
  );
}

const UNPAID: readonly string[] = UNPAID_STATES;
/** Whether money can go to it. */
export const takesMoney = (row: InstalmentRowData): boolean => UNPAID.includes(row.state);
/** What money can go to it: what is open; of bad debt what did not come in. */
export const roomOf = (row: InstalmentRowData): bigint =>
  takesMoney(row) ? row.outstanding : row.recoverable;
const POSTPONABLE: readonly string[] = ['open', 'postponed', 'overdue'];
type RowAction =
  | 'follow_up.record'
  | 'milestone.set'
  | 'receipt.record'
  | 'instalment.postpone'
  | 'instalment.assign'
  | 'instalment.edit'
  | 'instalment.delete';

/** What the reader could do to the row, by its state and their role; the service decides again. */
export function mayDo(row: InstalmentRowData, actor: Actor | null, action: RowAction): boolean {
  if (actor !== null && !can(actor, action, row.ownerId)) return false;
  switch (action) {
    case 'receipt.record':
      // What an archived contract recovers comes in as a prepayment, which finance applies.
      return roomOf(row) > 0n && row.contractStatus !== 'archived';
    case 'follow_up.record':
      return takesMoney(row);
    case 'instalment.postpone':
      // One that waits for the manager would be refused; its badge says so, its window lets it be withdrawn.
      return POSTPONABLE.includes(row.state) && row.pendingTo === null;
    case 'instalment.assign':
      return UNPAID.includes(row.state);
    default:
      return [...UNPAID, 'inactive'].includes(row.state) && row.contractStatus !== 'pending_approval';
  }
}

/** What ⋯ of a row can be asked for; the row is in the id of its block (rowBlockId). */
export const ROW_CHOICES = ['promise', 'dispute', 'postpone', 'snooze', 'assign', 'open'] as const;
export type RowChoice = (typeof ROW_CHOICES)[number];

/** Of the block that holds a row's ⋯: read by handlers/row-actions.ts. */
export const rowBlockId = (instalmentId: string): string => `row:${instalmentId}`;

/** As short as can be: eight rows of a digest have five of them each. */
export const rowChoice = (what: RowChoice, text: string): PlainTextOption => ({
  text: { type: 'plain_text', text },
  value: what,
});

/** [回款] [跟进] ⋯[承诺付款, 争议, 延期, 稍后提醒, 打开], for a block with the row's id; the same in messages and modals. */
export function rowButtons(row: InstalmentRowData, reader: RowReader): ActionsBlock['elements'] {
  const { t, actor } = reader;
  const follows = mayDo(row, actor, 'follow_up.record');
  // In a case's thread, and where the owner has left; elsewhere from the instalment's window.
  const assigns = mayDo(row, actor, 'instalment.assign') && (actor === null || !row.ownerActive);
  const options = present(
    follows && rowChoice('promise', t('follow_ups:promise')),
    follows && rowChoice('dispute', t('follow_ups:dispute')),
    mayDo(row, actor, 'instalment.postpone') && rowChoice('postpone', t('plans:postpone')),
    // A channel is nobody's own message; five choices at most.
    actor !== null && follows && !assigns && rowChoice('snooze', t('snoozes:title')),
    assigns && rowChoice('assign', t('reassign:title')),
  );
  const first = [...recordButton(row, reader), ...followUpButton(row, reader)];
  if (options.length === 0) return [...first, openButton(row, reader)];
  return [
    ...first,
    {
      type: 'overflow',
      action_id: ACTION.instalmentMore,
      options: [...options, rowChoice('open', t('common:open'))],
    },
  ];
}

/** [跟进], if the reader may follow this row up. */
export function followUpButton(row: InstalmentRowData, reader: RowReader): ReturnType<typeof button>[] {
  if (!mayDo(row, reader.actor, 'follow_up.record')) return [];
  const words = { value: rowValue(row.id), label: label(row, 'follow', reader) };
  return [button(ACTION.followUp, reader.t('follow_ups:button'), words)];
}

function openButton(row: InstalmentRowData, reader: RowReader): ReturnType<typeof button> {
  const words = { value: rowValue(row.id), label: label(row, 'open', reader) };
  return button(ACTION.instalmentOpen, reader.t('common:open'), words);
}

/** [回款], if the reader may record on this row. */
export function recordButton(row: InstalmentRowData, reader: RowReader): ReturnType<typeof button>[] {
  if (!mayDo(row, reader.actor, 'receipt.record')) return [];
  const isOpen = takesMoney(row);
  const words = { value: rowValue(row.id), label: label(row, isOpen ? 'record' : 'recover', reader) };
  const text = reader.t(isOpen ? 'plans:record' : 'adjustments:recover');
  return [button(ACTION.receiptNew, text, words)];
}

function handleButton(row: InstalmentRowData, reader: RowReader) {
  const words = { value: rowValue(row.id), label: label(row, 'handle', reader) };
  return button(ACTION.instalmentOpen, reader.t('plans:handle'), words);
}

/** What was done about the row: money that waits for finance, else today's follow-up, else a snooze. */
function resultWords(row: InstalmentRowData, { t, locale, today, now, timezone }: RowReader): string | null {
  if (row.waiting)
    return t('plans:row.result', {
      number: row.waiting.number,
      amount: formatMoney(locale, { minor: row.waiting.amount, currency: row.currency }),
      at: formatInstant(locale, row.waiting.recordedAt, now, timezone),
    });
  const { followedUp } = row;
  // Of the reader's day, as its time is: the company's date may be another one where they are.
  if (!followedUp || todayIn(followedUp.at, timezone) !== todayIn(now, timezone))
    return row.snoozedUntil === null
      ? null
      : t('snoozes:row.done', { date: formatDate(locale, row.snoozedUntil, today) });
  const at = formatInstant(locale, followedUp.at, now, timezone);
  if (followedUp.result === 'promised' || followedUp.result === 'disputed')
    return t(`follow_ups:row.${followedUp.result}`, { at });
  return t('follow_ups:row.done', { kind: t(`follow_ups:kind.${followedUp.kind}`), at });
}

/** Verb, customer, instalment: what a screen reader says; never cut at the verb or the number. */
function label(
  row: InstalmentRowData,
  verb: 'record' | 'recover' | 'follow' | 'handle' | 'open',
  { t, locale }: RowReader,
): string {
  return t(verb === 'follow' ? 'follow_ups:label.follow' : `plans:label.${verb}`, {
    row: t('plans:row_text', {
      customer: shortCustomer(locale, row.customerName),
      contract: row.contractNumber,
      n: row.seq,
    }),
  });
}
