// Escalation: the root of a case's thread, a morning's summary, and what falls due today for finance
// (ux §4.7). Channel messages: what a person may not do is checked on the click. Pure.
import type { KnownBlock } from '@slack/types';
import type { Role } from '../../domain/access.js';
import { diffDays } from '../../domain/local-date.js';
import type { Person } from '../../domain/members/member.queries.js';
import type { Money } from '../../domain/money.js';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import type { CaseCardData, CaseEnd, CaseSummary } from '../../domain/reminders/case.queries.js';
import type { RecipientRole } from '../../domain/reminders/ladder.js';
import {
  formatDate,
  formatInstant,
  formatMoney,
  formatNames,
  formatTotals,
  shortCustomer,
  shortName,
} from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { actions, button, context, escapeMrkdwn, fields, header, section } from './blocks.js';
import { kindWords } from './follow-up-views.js';
import type { Message } from './info-view.js';
import { instalmentRow, type RowReader, rowBlockId, rowButtons } from './row-views.js';

type Full = Required<Message>;

export const moneyOf = (row: InstalmentRowData): Money => ({
  minor: row.outstanding,
  currency: row.currency,
});

/** The root: what, who, how late, whom it asks; without buttons once it is closed. */
export function caseCard(data: CaseCardData, reader: RowReader): Full {
  const { t, locale, today } = reader;
  const { row } = data;
  const title = cardTitle(data, reader);
  const due =
    row.effectiveDue === null ? t('common:state.undated') : formatDate(locale, row.effectiveDue, today);
  const facts = fields([
    [
      t('reminders:case.instalment'),
      `${t('plans:row_text', {
        customer: row.contractNumber,
        contract: shortName(locale, row.contractName),
        n: row.seq,
      })}`,
    ],
    [t('reminders:case.owner'), row.ownerName],
    [t('reminders:case.due'), due],
    [t('reminders:case.open'), formatMoney(locale, moneyOf(row))],
    [t('follow_ups:case.last'), lastFollowUp(data, reader)],
    ...promiseField(data, reader),
    ...takenBackField(data, reader),
  ]);
  if (data.closed !== null) return { text: title, blocks: [header(title), facts] };
  const request = requestLine(data, reader);
  return {
    text: `${title}. ${plainRequest(data, reader)}`,
    blocks: [
      header(title),
      facts,
      section(request),
      ...nextLine(data, reader),
      actions([...acknowledgeButton(data, reader), ...rowButtons(row, reader)], rowBlockId(row.id)),
    ],
  };
}

function lastFollowUp({ lastFollowUp: last }: CaseCardData, { t, locale, now, timezone }: RowReader): string {
  if (last === null) return t('follow_ups:case.no_follow_up');
  const facts = [
    formatInstant(locale, last.at, now, timezone),
    shortName(locale, last.who ?? '—'),
    kindWords(last.kind, { t }),
  ];
  return facts.join(' · ');
}

function promiseField(
  { row, lastPromise }: CaseCardData,
  { t, locale, today }: RowReader,
): (readonly [string, string])[] {
  if (lastPromise?.promisedOn == null) return [];
  const amount = formatMoney(locale, { minor: lastPromise.promisedAmount ?? 0n, currency: row.currency });
  const words = { date: formatDate(locale, lastPromise.promisedOn, today), amount };
  const isBroken = row.brokenOn !== null && row.promisedOn === null;
  if (!isBroken && row.promisedOn === null) return [];
  return [
    [
      t('follow_ups:case.promise'),
      t(isBroken ? 'follow_ups:case.promise_broken' : 'follow_ups:case.promise_open', words),
    ],
  ];
}

/** Why a row that is this late was not asked for before. */
function takenBackField(
  { takenBackOn, closed }: CaseCardData,
  { t, locale, today }: RowReader,
): (readonly [string, string])[] {
  if (takenBackOn === null || closed !== null) return [];
  const date = formatDate(locale, takenBackOn, today);
  return [[t('reminders:case.open_again'), t('reminders:case.taken_back', { date })]];
}

const CLOSED_HEADERS = {
  settled: 'reminders:case.header_paid',
  written_off: 'reminders:case.header_written_off',
  deleted: 'reminders:case.header_closed',
} as const satisfies Record<CaseEnd, string>;

/** What the title is about: what is open, of bad debt what was written off, of any other end the whole row. */
function titleMoney({ row, closed }: CaseCardData): Money {
  if (closed === null) return moneyOf(row);
  const minor = closed === 'written_off' ? row.adjusted + row.recovered : row.amount;
  return { minor, currency: row.currency };
}

function cardTitle(data: CaseCardData, { t, locale, today }: RowReader): string {
  const { row } = data;
  const words = {
    level: data.level,
    customer: shortCustomer(locale, row.customerName),
    amount: formatMoney(locale, titleMoney(data)),
  };
  if (data.closed !== null) return t(CLOSED_HEADERS[data.closed], words);
  if (row.effectiveDue === null) return t('reminders:case.header_undated', words);
  const late = diffDays(today, row.effectiveDue);
  // The card is drawn anew when something happens, not every day: it says of which day it speaks.
  if (late > 0)
    return t('reminders:case.header', { ...words, count: late, date: formatDate(locale, today, today) });
  return t('reminders:case.header_moved', { ...words, date: formatDate(locale, row.effectiveDue, today) });
}

function acknowledgeButton(data: CaseCardData, { t, locale }: RowReader): ReturnType<typeof button>[] {
  if (data.acknowledged !== null || data.asked.length === 0) return [];
  const { row } = data;
  const name = t('plans:row_text', {
    customer: shortCustomer(locale, row.customerName),
    contract: row.contractNumber,
    n: row.seq,
  });
  return [
    button(ACTION.caseAcknowledge, t('reminders:acknowledge'), {
      style: 'primary',
      value: JSON.stringify({ c: data.caseId }),
      label: t('reminders:acknowledge.label', { row: name }),
    }),
  ];
}

/** The people as mentions: cards, lines and the summary of many call them. */
export const mentions = (people: readonly Person[], reader: RowReader): string =>
  formatNames(
    reader.locale,
    people.map((person) => `<@${person.slackUserId}>`),
  );

function requestLine(data: CaseCardData, reader: RowReader): string {
  if (data.acknowledged === null)
    return reader.t('reminders:case.ask', { names: mentions(data.asked, reader) });
  return heldWords(data, reader, escapeMrkdwn);
}

function plainRequest(data: CaseCardData, reader: RowReader): string {
  if (data.acknowledged !== null) return heldWords(data, reader, (text) => text);
  const names = formatNames(
    reader.locale,
    data.asked.map((person) => shortName(reader.locale, person.name)),
  );
  return reader.t('reminders:case.ask', { names });
}

function heldWords(
  { acknowledged, next }: CaseCardData,
  { t, locale, today }: RowReader,
  safe: (text: string) => string,
): string {
  const who = safe(acknowledged?.by?.name ?? '—');
  // Above the highest level there is nothing to hold back.
  if (!acknowledged?.until || next === null) return t('reminders:line.acknowledged_before', { who });
  return t('reminders:case.held', { who, date: formatDate(locale, acknowledged.until, today) });
}

function nextLine(data: CaseCardData, { t, locale, today }: RowReader): KnownBlock[] {
  if (data.next === null) {
    if (!data.isHighest) return [];
    return [context(t(data.isRepeated ? 'reminders:case.highest_repeated' : 'reminders:case.highest'))];
  }
  const words = {
    level: data.next.level,
    date: formatDate(locale, data.next.on, today),
    roles: formatNames(
      locale,
      data.next.roles.map((role) => t(`common:role.${ROLE_NAMES[role]}`)),
    ),
  };
  return [context(t(data.acknowledged === null ? 'reminders:case.next' : 'reminders:case.next_held', words))];
}

const ROLE_NAMES: Record<RecipientRole, Role> = {
  owner: 'rep',
  finance_owner: 'finance',
  sales_manager: 'sales_manager',
  sales_director: 'sales_director',
  finance_manager: 'finance_manager',
};

/** More new cases than threads are good for: whom they ask, the largest, and where the rest is. */
export function caseSummary(data: CaseSummary, reader: RowReader): Full {
  const { t } = reader;
  const title = t('reminders:summary.title', { count: data.total });
  const more = data.total - data.rows.length;
  const blocks: KnownBlock[] = [
    header(title),
    ...(data.asked.length > 0 ? [section(askedWords(data, reader))] : []),
    ...data.rows.flatMap((row) => instalmentRow(row, reader, { buttons: 'compact' })),
    ...(more > 0
      ? [
          section(
            t('reminders:summary.more', { count: more }),
            button(ACTION.todo, t('reminders:todo.button')),
          ),
        ]
      : []),
  ];
  return { text: title, blocks };
}

function askedWords({ asked, others }: CaseSummary, reader: RowReader): string {
  const names = mentions(asked, reader);
  return others > 0
    ? reader.t('reminders:summary.ask', { names, count: others })
    : reader.t('reminders:case.ask', { names });
}

const MAX_DUE_ROWS = 12;

/** What falls due today and has no finance owner. */
export function financeDue(
  rows: readonly InstalmentRowData[],
  totals: readonly Money[],
  reader: RowReader,
): Full {
  const { t } = reader;
  // After days off, or at the very first start, rows of earlier days are told with today's; before days off those that
  // fall due on them, and with a ladder that tells finance days ahead, those of later days.
  const late = rows.some((row) => row.state === 'overdue');
  const ahead = rows.filter((row) => row.effectiveDue !== null && row.effectiveDue > reader.today).length;
  const words = { count: rows.length, total: formatTotals(reader.locale, totals) };
  const soon = ahead === rows.length ? 'title_soon' : 'title_ahead';
  const when = late ? 'title_late' : ahead > 0 ? soon : 'title';
  const title = t(`reminders:finance.${when}`, words);
  const more = rows.length - MAX_DUE_ROWS;
  return {
    text: title,
    blocks: [
      header(title),
      ...rows.slice(0, MAX_DUE_ROWS).flatMap((row) => instalmentRow(row, reader, { buttons: 'compact' })),
      ...(more > 0 ? [context(t('plans:row.more', { count: more }))] : []),
    ],
  };
}
