// Reads a plan that a person typed as lines: `首付款 30万 2026-12-01` (ux §4.3). Pure.
import type { LocalDate } from '../local-date.js';
import { parseAmount } from '../parse-amount.js';
import { parseDate } from '../parse-date.js';

export interface PlanLine {
  readonly name: string;
  /** Minor units. */
  readonly amount: bigint;
  /** Null: 日期待定. */
  readonly dueOn: LocalDate | null;
}

export const MAX_PLAN_LINES = 60;
const UNDATED = /^(待定|日期待定|tbd|-)$/iu;

/**
 * One row a line: the last word is the date (or 待定), the one before it the amount, the rest the name. Empty lines are
 * skipped. What can be read two ways is as unreadable as what cannot be read. Lines count from 1, empty ones too.
 */
export function parsePlanLines(
  text: string,
  currency: string,
  today: LocalDate,
): { ok: true; rows: PlanLine[] } | { ok: false; line: number } {
  const rows: PlanLine[] = [];
  for (const [index, line] of text.normalize('NFKC').split(/\r?\n/u).entries()) {
    if (line.trim() === '') continue;
    const row = parseLine(line.trim(), currency, today);
    if (!row || rows.length >= MAX_PLAN_LINES) return { ok: false, line: index + 1 };
    rows.push(row);
  }
  return rows.length > 0 ? { ok: true, rows } : { ok: false, line: 1 };
}

function parseLine(line: string, currency: string, today: LocalDate): PlanLine | null {
  const words = line.split(/\s+/u);
  const [name, amountText, dateText] = [words.slice(0, -2).join(' '), words.at(-2), words.at(-1)];
  if (name === '' || [...name].length > 60 || amountText === undefined || dateText === undefined) return null;
  const amount = parseAmount(amountText, currency);
  if (!amount.ok) return null;
  if (UNDATED.test(dateText)) return { name, amount: amount.minor, dueOn: null };
  const date = parseDate(dateText, { today, prefer: 'future' });
  return date.ok ? { name, amount: amount.minor, dueOn: date.date } : null;
}
