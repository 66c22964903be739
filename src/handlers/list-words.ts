// What was typed after a list's command, as its filter: states and periods in either language, the rest are words to look
// for (spec/slack.md: filters). Pure.

import { CONTRACT_STATUSES } from '../domain/contracts/contract.js';
import { CUSTOMER_STATES } from '../domain/customers/customer.js';
import {
  LIST_FILTERS,
  type ListFilter,
  type ListKind,
  MAX_WORDS,
  PLAN_STATES,
  RECEIPT_STATES,
  UNPAID_STATES,
} from '../domain/lists/list-filter.js';
import { addDays, addMonths, type LocalDate, localDate, mondayOf } from '../domain/local-date.js';
import { type DateContext, parseDate } from '../domain/parse-date.js';
import { hasWords, translator } from './i18n/index.js';
import { readPhrases } from './phrases.js';

interface Meaning {
  readonly states?: readonly string[];
  readonly from?: LocalDate;
  readonly to?: LocalDate;
}

/** What people say besides the words of the labels. */
const ALSO: Partial<Record<ListKind, Readonly<Record<string, readonly string[]>>>> = {
  plan: {
    overdue: ['late', 'past due', '逾期'],
    open: ['open', 'awaiting', '未回款'],
    postponed: ['延期'],
    undated: ['undated', 'no date', '待定'],
    inactive: ['inactive'],
    written_off: ['written off'],
    cancelled: ['canceled', '作废'],
  },
  contract: {
    pending_approval: ['pending', '审批中'],
    active: ['in force'],
    completed: ['complete', '完成'],
  },
  receipt: {
    submitted: ['pending', 'waiting', '审批中'],
    approved: ['通过'],
    rejected: ['驳回'],
    reversed: ['冲销'],
  },
};
const LABELS = {
  customer: 'customers:status',
  contract: 'common:contract_state',
  plan: 'common:state',
  receipt: 'common:receipt_state',
};
const STATES = {
  customer: CUSTOMER_STATES,
  contract: CONTRACT_STATUSES,
  plan: PLAN_STATES,
  receipt: RECEIPT_STATES,
};
const UNPAID_WORDS = ['unpaid', 'unsettled', '未收', '未付', '待收'];
const COMING_WORDS = ['coming', 'upcoming', 'not due', '即将到期', '未到期'];

/** The filter of a list that these words ask for, with what is no state and no period as words to look for. */
export function readListWords<K extends Exclude<ListKind, 'todo'>>(
  kind: K,
  typed: string,
  today: LocalDate,
): ListFilter<K> {
  const { meanings, unread } = readPhrases(typed, (phrase) => meantBy(kind, phrase, today));
  const states = new Set(meanings.flatMap((meant) => meant.states ?? []));
  const { from, to } = meanings.findLast((meant) => meant.from !== undefined) ?? {};
  const words = unread.join(' ').slice(0, MAX_WORDS).trim();
  const chosen = {
    ...(words !== '' && { words }),
    ...(states.size > 0 && { states: [...states] }),
    ...(from && { from }),
    ...(to && { to }),
  };
  return LIST_FILTERS[kind].parse(chosen) as ListFilter<K>;
}

function meantBy(kind: Exclude<ListKind, 'todo'>, phrase: string, today: LocalDate): Meaning | null {
  if (kind === 'plan') {
    if (UNPAID_WORDS.includes(phrase)) return { states: UNPAID_STATES };
    if (COMING_WORDS.includes(phrase)) return { states: ['open', 'postponed'], from: addDays(today, 1) };
  }
  const state = STATES[kind].find((one) => namesOf(kind, one).includes(phrase));
  if (state !== undefined) return { states: [state] };
  // A list of customers has no days.
  if (kind === 'customer') return null;
  // What was signed or came in was so far; the rest falls due yet (rules §14).
  const prefer = kind === 'plan' ? 'future' : 'past';
  return periodOf(phrase.replace(/^due /, '').replace(/到期$/, ''), { today, prefer });
}

function namesOf(kind: Exclude<ListKind, 'todo'>, state: string): string[] {
  const key = `${LABELS[kind]}.${state}`;
  const labels = hasWords(key)
    ? (['zh-CN', 'en'] as const).map((locale) => translator(locale)(key).toLowerCase())
    : [];
  return [...labels, ...(ALSO[kind]?.[state] ?? [])];
}

/** Days as lists take them: whole weeks and months; a date only where it can be nothing else (3M is a customer). */
function periodOf(phrase: string, context: DateContext): Meaning | null {
  const { today, prefer } = context;
  const monday = mondayOf(today);
  const first = localDate(`${today.slice(0, 7)}-01`);
  const week = (shift: number) => ({ from: addDays(monday, shift * 7), to: addDays(monday, shift * 7 + 6) });
  const month = (day: LocalDate) => ({ from: day, to: addDays(addMonths(day, 1), -1) });
  const is = (...names: string[]) => names.includes(phrase);
  if (is('due', '', 'today', '今天', '今日')) return { from: today, to: today };
  if (is('tomorrow', '明天')) return { from: addDays(today, 1), to: addDays(today, 1) };
  if (is('week', 'this week', '本周', '这周', '这个星期')) return week(0);
  if (is('next week', '下周', '下个星期')) return week(1);
  if (is('last week', '上周', '上个星期')) return week(-1);
  if (is('month', 'this month', '本月', '这个月')) return month(first);
  if (is('next month', '下月', '下个月')) return month(addMonths(first, 1));
  if (is('last month', '上月', '上个月')) return month(addMonths(first, -1));
  const named = /^((?:19|20)\d\d)[-/.年](\d{1,2})月?$/.exec(phrase) ?? /^()(\d{1,2})月份?$/.exec(phrase);
  if (named) {
    const [, year, number = ''] = named;
    if (Number(number) < 1 || Number(number) > 12) return null;
    const day = localDate(`${year || today.slice(0, 4)}-${number.padStart(2, '0')}-01`);
    return month(!year && prefer === 'past' && day > today ? addMonths(day, -12) : day);
  }
  if (!/^(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}月\d{1,2}[日号])$/.test(phrase)) return null;
  const day = parseDate(phrase, context);
  return day.ok ? { from: day.date, to: day.date } : null;
}
