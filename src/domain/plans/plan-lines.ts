// Reads a plan that a person typed as lines: `首付款 30万 2026-12-01` (ux §4.3). Pure.
import { DomainError, isDomainError, type LineCause } from '../errors.js';
import type { LocalDate } from '../local-date.js';
import { parseAmount } from '../parse-amount.js';
import { parseDate } from '../parse-date.js';
import type { AnchorKind, AnchorOffset } from './anchor.js';
import { readAnchorWord } from './anchor-word.js';

export interface PlanLine {
  readonly name: string;
  /** Minor units. */
  readonly amount: bigint;
  /** Null: 日期待定. */
  readonly dueOn: LocalDate | null;
  /** Said as the last word of the line. */
  readonly isRetention?: boolean;
  /** In place of a day: it follows a milestone. */
  readonly anchorKind?: AnchorKind;
  readonly anchorOffset?: AnchorOffset;
  readonly dueSource?: 'anchor';
}

export const MAX_PLAN_LINES = 60;
const MAX_NAME = 60;
const RETENTION = /^(质保金|retention)$/iu;
const UNDATED = /^(待定|日期待定|tbd|-)$/iu;

/** What is wrong with a line: not three words, too long a name, or a word that is no amount or no day, and why. */
export type LineProblem =
  | DomainError<'plan.line_unreadable'>
  | DomainError<'plan.line_word'>
  | DomainError<'plan.too_many_lines'>;

/**
 * One row a line: the last word is the date (or 待定, or a milestone: 验收+30天), the one before it the amount, the rest the
 * name; 质保金 may follow the date. Empty lines are skipped. What can be read two ways is as unreadable as what cannot be read. Lines count from 1, empty ones too.
 */
export function parsePlanLines(
  text: string,
  currency: string,
  today: LocalDate,
): { ok: true; rows: PlanLine[] } | { ok: false; problem: LineProblem } {
  const rows: PlanLine[] = [];
  const lines = text.split(/\r?\n/u).map((line, index) => ({ line, number: index + 1 }));
  const written = lines.filter(({ line }) => line.trim() !== '');
  const excess = written.length - MAX_PLAN_LINES;
  if (excess > 0) {
    return { ok: false, problem: new DomainError('plan.too_many_lines', { max: MAX_PLAN_LINES, excess }) };
  }
  for (const { line, number } of written) {
    const row = readLine(line, number, currency, today);
    if (row instanceof DomainError) return { ok: false, problem: row };
    rows.push(row);
  }
  return rows.length > 0
    ? { ok: true, rows }
    : { ok: false, problem: new DomainError('plan.line_unreadable', { line: 1 }) };
}

/** One row as a person writes it; where one word of it cannot be read, why. */
export function parsePlanLine(
  text: string,
  currency: string,
  today: LocalDate,
): { ok: true; row: PlanLine } | { ok: false; cause: LineCause | null } {
  const row = readLine(text, 1, currency, today);
  if (!(row instanceof DomainError)) return { ok: true, row };
  return { ok: false, cause: isDomainError(row, 'plan.line_word') ? row.params.cause : null };
}

function readLine(text: string, line: number, currency: string, today: LocalDate): PlanLine | LineProblem {
  const said = text.normalize('NFKC').trim().split(/\s+/u);
  const isRetention = said.length > 3 && RETENTION.test(said.at(-1) ?? '');
  const words = isRetention ? said.slice(0, -1) : said;
  const extra = isRetention ? { isRetention } : {};
  const dateWords = countDateWords(words, today);
  const dateText = words.length < 1 ? undefined : words.slice(-dateWords).join(' ');
  const [name, amountText] = [words.slice(0, -dateWords - 1).join(' '), words.at(-dateWords - 1)];
  if (name === '' || amountText === undefined || dateText === undefined)
    return new DomainError('plan.line_unreadable', { line });
  const wrong = (value: string, cause: LineCause) =>
    new DomainError('plan.line_word', { line, value, cause });
  const excess = [...name].length - MAX_NAME;
  if (excess > 0) return wrong(name, { code: 'text.too_long', params: { excess, max: MAX_NAME } });
  const amount = parseAmount(amountText, currency);
  if (!amount.ok) return wrong(amountText, amount);
  if (UNDATED.test(dateText)) return { name, amount: amount.minor, dueOn: null, ...extra };
  const anchor = readAnchorWord(dateText);
  if (anchor) return { name, amount: amount.minor, dueOn: null, ...anchor, dueSource: 'anchor', ...extra };
  const date = parseDate(dateText, { today, prefer: 'future' });
  return date.ok ? { name, amount: amount.minor, dueOn: date.date, ...extra } : wrong(dateText, date);
}

/** A day may be of several words (31 Dec 2027, end of month): as many as read as one, where name and amount are left. */
function countDateWords(words: readonly string[], today: LocalDate): number {
  const isDay = (count: number) =>
    words.length >= count + 2 && parseDate(words.slice(-count).join(' '), { today, prefer: 'future' }).ok;
  return [3, 2].find(isDay) ?? 1;
}
