// Changes the company's lists and number patterns (F17, F18, F103): admins only, audited with the company.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { aroundCounter, MAX_NUMBER_LENGTH, type NumberPattern, periodOf, readPattern } from '../numbering.js';
import type { NumberedKind } from '../numbering.service.js';
import { editCompany } from './company.service.js';
import {
  type DictionaryName,
  type EntryInput,
  MAX_ENTRIES,
  readCurrencies,
  withEntry,
} from './dictionaries.js';

/**
 * Adds, renames or switches an entry on or off.
 * @throws DomainError settings.entry_taken, settings.last_entry, settings.list_full, not_found, access.denied,
 *   version.conflict
 */
export async function saveEntry(
  ctx: Ctx,
  version: number,
  name: DictionaryName,
  input: EntryInput,
): Promise<void> {
  const result = withEntry(ctx.company.settings[name], input);
  if (result.ok) return editCompany(ctx, version, { settings: { [name]: result.entries } });
  switch (result.problem) {
    case 'taken':
      throw new DomainError('settings.entry_taken', { name: result.by[result.language] }, result.language);
    case 'last_active':
      throw new DomainError('settings.last_entry', {}, 'active');
    case 'full':
      throw new DomainError('settings.list_full', { max: MAX_ENTRIES }, 'zh');
    case 'unknown':
      throw new DomainError('not_found', { ref: input.key ?? '' });
  }
}

/**
 * Sets which currencies are offered; contracts in others keep theirs.
 * @throws DomainError choice.unknown, settings.base_currency, access.denied, version.conflict
 */
export async function saveCurrencies(ctx: Ctx, version: number, text: string): Promise<void> {
  const codes = readCurrencies(text);
  if (codes === null) throw new DomainError('choice.unknown', { value: text }, 'codes');
  const { baseCurrency } = ctx.company;
  if (!codes.includes(baseCurrency)) {
    throw new DomainError('settings.base_currency', { currency: baseCurrency }, 'codes');
  }
  await editCompany(ctx, version, { settings: { currencies: codes } });
}

/**
 * Sets how numbers of a kind are written. The counter of the present period goes on after the highest number that looks
 * as the new ones will, so that none is given twice.
 * @throws DomainError settings.pattern_unreadable, settings.pattern_no_counter, settings.pattern_collides,
 *   settings.pattern_too_long, access.denied, version.conflict
 */
export async function savePattern(
  ctx: Ctx,
  version: number,
  kind: NumberedKind,
  text: string,
  reset: NumberPattern['reset'],
): Promise<void> {
  const read = readPattern(text, reset);
  if (!read.ok) throw patternError(read.problem);
  const numbering = { ...ctx.company.settings.numbering, [kind]: read.pattern };
  await editCompany(ctx, version, { settings: { numbering } }, async (tx) => {
    await goOn(tx, ctx, kind, read.pattern);
    return null;
  });
}

function patternError(problem: 'unreadable' | 'no_counter' | 'collides' | 'too_long'): DomainError {
  if (problem === 'unreadable') {
    return new DomainError('settings.pattern_unreadable', { example: 'HT-{YYYY}-{0000}' }, 'pattern');
  }
  if (problem === 'too_long') {
    return new DomainError('settings.pattern_too_long', { max: MAX_NUMBER_LENGTH }, 'pattern');
  }
  return new DomainError(`settings.pattern_${problem}`, {}, 'pattern');
}

const NUMBERED: Record<NumberedKind, Prisma.Sql> = {
  contract: Prisma.sql`SELECT number AS given FROM contract`,
  receipt: Prisma.sql`SELECT number AS given FROM receipt`,
  customer: Prisma.sql`SELECT code AS given FROM customer`,
};

/** The counter of the present period goes on after the highest number that looks as the new ones will. */
export async function goOn(tx: Tx, ctx: Ctx, kind: NumberedKind, pattern: NumberPattern): Promise<void> {
  const { before, after } = aroundCounter(pattern, ctx.today);
  await tx.$executeRaw`
    INSERT INTO counter (key, period, value)
    SELECT ${kind}, ${periodOf(pattern, ctx.today)}, COALESCE(MAX(digits::bigint), 0) FROM (
      SELECT substr(given, ${[...before].length + 1}::int,
        GREATEST(0, length(given) - ${[...before].length + [...after].length}::int)) AS digits
      FROM (${NUMBERED[kind]}) n
      WHERE left(given, ${[...before].length}::int) = ${before}
        AND (${after} = '' OR right(given, ${[...after].length}::int) = ${after})) m
    WHERE digits ~ '^[0-9]{1,18}$'
    ON CONFLICT (key, period) DO UPDATE SET value = GREATEST(counter.value, EXCLUDED.value)`;
}
