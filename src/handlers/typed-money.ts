// Money as it is typed after a command: its amount, its day, whose it is.
import type { Ctx } from '../ctx.js';
import { DomainError, type ErrorCode } from '../domain/errors.js';
import type { LocalDate } from '../domain/local-date.js';
import { type ParsedAmount, parseAmount } from '../domain/parse-amount.js';
import { type ParsedDate, parseDate } from '../domain/parse-date.js';
import { sentence } from './errors.js';

/** `300000 yesterday`: the amount, and the day if anything follows it. */
export function typedMoney(
  text: string,
  currency: string,
  today: LocalDate,
): { amount: ParsedAmount; day: ParsedDate | null } {
  const words = text.split(' ');
  for (let count = words.length - 1; count > 0; count -= 1) {
    const amount = parseAmount(words.slice(0, count).join(' '), currency);
    if (amount.ok && !parseAmount(text, currency).ok)
      return { amount, day: parseDate(words.slice(count).join(' '), { today, prefer: 'past' }) };
  }
  return { amount: parseAmount(text, currency), day: null };
}

/** Why the amount or the day after the command is not in the form; null: both are. */
export function unreadable(ctx: Ctx, read: ParsedAmount | ParsedDate | null): string | null {
  if (read === null || read.ok) return null;
  const { actor, now, today } = ctx;
  const reader = { locale: actor.locale, now, today, timezone: actor.timezone };
  return sentence(new DomainError<ErrorCode>(read.code, read.params), reader);
}

/** With a currency, a unit or separators, or of three digits and more: a small number may be of a name (Building 9). */
const IS_MONEY =
  /^(?:[¥$€]|[a-z]{3}(?=\d))?(?:\d+(?:\.\d+)?(?:[万亿千kmw]|元)|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{3,}(?:\.\d+)?)$/i;

/** `徐工 30万 昨天`: somebody's money; null: the words name no money. */
export function nameAndAmount(words: string): { customer: string; amount: string } | null {
  const parts = words.split(' ');
  const at = parts.findLastIndex((word, index) => index > 0 && IS_MONEY.test(word));
  if (at < 0) return null;
  return { customer: parts.slice(0, at).join(' '), amount: parts.slice(at).join(' ') };
}
