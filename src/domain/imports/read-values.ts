// Cells as people write them: dates, Excel's serial days, amounts with 万 and ¥. What can be read two ways is an error of
// the row, never a guess (rules §13). Pure.
import { addDays, diffDays, isLocalDate, type LocalDate, localDate } from '../local-date.js';
import { isZeroAmount, parseAmount } from '../parse-amount.js';
import { parseDate } from '../parse-date.js';
import { quoteInput } from '../quote-input.js';
import type { DateOrder } from './mapping.js';

/** Why a row is not taken; `code` is the key of its words, `field` of its column. */
export interface RowError {
  readonly code: RowErrorCode;
  readonly field: string | null;
  readonly params: Readonly<Record<string, string | number>>;
}
export const ROW_ERRORS = [
  'required',
  'too_long',
  'invalid',
  'amount_unreadable',
  'amount_ambiguous',
  'amount_range',
  'net_above',
  'email_unreadable',
  'formula_failed',
  'date_unreadable',
  'date_ambiguous',
  'date_too_far',
  'date_future',
  'date_signing',
  'bill_due',
  'ends_before_start',
  'choice_unknown',
  'owner_missing',
  'owner_unknown',
  'owner_ambiguous',
  'owner_cannot',
  'owner_scope',
  'customer_unknown',
  'customer_ambiguous',
  'customer_frozen',
  'customer_taken',
  'code_taken',
  'contacts_many',
  'tax_taken',
  'tax_twice',
  'credit_denied',
  'contract_unknown',
  'contract_customer',
  'contract_suspected',
  'contract_state',
  'contract_differs',
  'number_taken',
  'in_force',
  'in_force_rate',
  'in_force_steps',
  'suspected',
  'suspected_txn',
  'not_counted',
  'receipt_differs',
  'receipt_reversed',
  'contract_mixed',
  'contract_rows',
  'plan_exceeds',
  'plan_exceeds_named',
  'plan_part',
  'part_void',
  'part_adjusted',
  'slip_taken',
  'slip_twice',
  'slip_unclaimed',
  'slip_elsewhere',
  'changed_since',
  'currency_differs',
  'target_missing',
  'own_row',
  'own_credit',
  'group',
] as const;
export type RowErrorCode = (typeof ROW_ERRORS)[number];

export type Read<T> = { ok: true; value: T } | { ok: false; error: Omit<RowError, 'field'> };
const refuse = (
  code: RowErrorCode,
  params: RowError['params'] = {},
): { ok: false; error: Omit<RowError, 'field'> } => ({
  ok: false,
  error: { code, params },
});

/** Days since 1899-12-30, from 1954 to 2119: further away it is a number that means something else. */
const SERIAL = /^([2-7]\d{4})(\.\d+)?$/;
const EPOCH = localDate('1899-12-30');
const TIME = /[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|\s*[AP]M)?$/i;
const SLASHED = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})$/;

/** A day of a cell; `order` says how 3/4/2026 is meant. A day without a year is not a day of a file. */
export function readDate(cell: string, order: DateOrder | null, today: LocalDate): Read<LocalDate> {
  const text = cell.normalize('NFKC').trim().replace(TIME, '');
  if (isLocalDate(text)) return { ok: true, value: text };
  const serial = SERIAL.exec(text);
  if (serial) return { ok: true, value: addDays(EPOCH, Number(serial[1])) };
  const [, a = '', b = '', year = ''] = SLASHED.exec(text) ?? [];
  if (year !== '' && order !== null) {
    const chosen = order === 'mdy' ? dayOf(year, a, b) : dayOf(year, b, a);
    // 26/12/31 is rather this year's last day than one of 2031, whatever was said of 3/4/26.
    const yearFirst = year.length === 2 ? dayOf(a, b, year) : undefined;
    const away = (date: LocalDate) => Math.abs(diffDays(date, today));
    const isDoubtful = chosen && yearFirst && away(yearFirst) < away(chosen);
    return isDoubtful ? refuse('date_unreadable', { value: quoteInput(cell) }) : oneDay(cell, [chosen]);
  }
  // 26/03/05 may also begin with its year.
  if (year.length === 2) return oneDay(cell, [dayOf(year, a, b), dayOf(year, b, a), dayOf(a, b, year)]);
  if (!/\d{4}/.test(text)) return refuse('date_unreadable', { value: quoteInput(cell) });
  const parsed = parseDate(text, { today, prefer: 'past' });
  if (parsed.ok) return { ok: true, value: parsed.date };
  const { params } = parsed;
  return parsed.code === 'date.ambiguous'
    ? refuse('date_ambiguous', { value: params.value, a: parsed.params.a, b: parsed.params.b })
    : refuse('date_unreadable', { value: params.value });
}

/** A day; a year of two digits is of this century. Undefined: there is no such day. */
function dayOf(year: string, month: string, day: string): LocalDate | undefined {
  const full = year.length === 4 ? year : String(2000 + Number(year));
  const date = `${full}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isLocalDate(date) ? date : undefined;
}

/** The only day that it can be. */
function oneDay(cell: string, readings: readonly (LocalDate | undefined)[]): Read<LocalDate> {
  const value = quoteInput(cell);
  const [a, b] = new Set(readings.filter((date) => date !== undefined));
  if (a === undefined) return refuse('date_unreadable', { value });
  return b === undefined ? { ok: true, value: a } : refuse('date_ambiguous', { value, a, b });
}

/** Minor units of an amount. */
export function readAmount(cell: string, currency: string): Read<bigint> {
  const parsed = parseAmount(cell, currency);
  if (parsed.ok) return { ok: true, value: parsed.minor };
  switch (parsed.code) {
    case 'amount.ambiguous':
      return refuse('amount_ambiguous', parsed.params);
    case 'amount.out_of_range':
      return refuse('amount_range', parsed.params);
    case 'amount.unreadable':
      return refuse('amount_unreadable', parsed.params);
  }
}

/** An amount that may be 0, as a credit limit is for whoever pays in advance only (rules §10). */
export const readLimit = (cell: string, currency: string): Read<bigint> =>
  isZeroAmount(cell, currency) ? { ok: true, value: 0n } : readAmount(cell, currency);

export interface Choice {
  readonly key: string;
  readonly zh: string;
  readonly en: string;
  /** False: no longer offered, but still read. */
  readonly active?: boolean;
}

/** What a list has that is told where a cell is none of it. */
const TOLD_CHOICES = 8;

function notOnList(cell: string, entries: readonly Choice[]) {
  const offered = entries.filter(({ active }) => active !== false);
  const told = offered.slice(0, TOLD_CHOICES);
  return refuse('choice_unknown', {
    value: quoteInput(cell),
    zh: told.map(({ zh }) => zh).join('、'),
    en: told.map(({ en }) => en).join(', '),
    more: offered.length - told.length,
  });
}

/** The key of a dictionary entry by key or by name in either language. */
export function readChoice(cell: string, entries: readonly Choice[]): Read<string> {
  const text = cell.normalize('NFKC').trim().toLowerCase();
  const found = entries.find(({ key, zh, en }) =>
    [key, zh, en].some((name) => name.normalize('NFKC').toLowerCase() === text),
  );
  return found ? { ok: true, value: found.key } : notOnList(cell, entries);
}

/** What people write for a method instead of its name. */
const METHOD_NAMES: Readonly<Record<string, string>> = {
  转账: 'transfer',
  汇款: 'transfer',
  电汇: 'transfer',
};

/** A method of payment, by its name or by what people write for it; the list's own names go first. */
export function readMethod(cell: string, entries: readonly Choice[]): Read<string> {
  const read = readChoice(cell, entries);
  const key = METHOD_NAMES[cell.normalize('NFKC').trim()];
  return read.ok || key === undefined || !entries.some((entry) => entry.key === key)
    ? read
    : { ok: true, value: key };
}

const CURRENCY_NAMES: Readonly<Record<string, string>> = {
  人民币: 'CNY',
  rmb: 'CNY',
  '¥': 'CNY',
  元: 'CNY',
  美元: 'USD',
  美金: 'USD',
  $: 'USD',
  欧元: 'EUR',
  '€': 'EUR',
  港币: 'HKD',
  港元: 'HKD',
  日元: 'JPY',
};

/** A currency that the company uses. */
export function readCurrency(cell: string, used: readonly string[]): Read<string> {
  const text = cell.normalize('NFKC').trim();
  const code = CURRENCY_NAMES[text.toLowerCase()] ?? text.toUpperCase();
  return used.includes(code)
    ? { ok: true, value: code }
    : notOnList(
        cell,
        used.map((one) => ({ key: one, zh: one, en: one })),
      );
}

/** Somebody of the company, as a file names them. */
export interface DirectoryPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly slackUserId: string;
}

/** Finds people by Slack id, mail address or name; a name that two have is no answer. */
export function peopleFinder(people: readonly DirectoryPerson[]): (cell: string) => Read<string> {
  const byKey = new Map<string, Set<string>>();
  const add = (key: string | null, id: string) => {
    if (key) byKey.set(fold(key), (byKey.get(fold(key)) ?? new Set()).add(id));
  };
  for (const person of people) {
    add(person.slackUserId, person.id);
    add(person.email, person.id);
    add(person.name, person.id);
  }
  return (cell) => {
    const ids = byKey.get(fold(cell.replace(/^<?@|>$/g, '')));
    const value = quoteInput(cell);
    if (!ids) return refuse('owner_unknown', { value });
    const [id] = ids;
    return ids.size > 1 || id === undefined ? refuse('owner_ambiguous', { value }) : { ok: true, value: id };
  };
}

const fold = (text: string): string => text.normalize('NFKC').trim().toLowerCase();
