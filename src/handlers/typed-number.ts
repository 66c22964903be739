// What in a command is the number of a record, and of which kind.
import { MAX_WORDS } from '../domain/lists/list-filter.js';
import { counterOf, type NumberPattern, spelledOut } from '../domain/numbering.js';
import type { Noun } from './command-words.js';

/** How the company numbers its records; words that look so are looked up as numbers. */
export type Numbering = Readonly<Record<'contract' | 'receipt' | 'customer', NumberPattern>>;
const NUMBERED = ['contract', 'receipt', 'customer'] as const;
/** Numbers as they are without a setting; those from before a pattern was changed stay known. */
const PREFIXES: readonly (readonly [pattern: RegExp, noun: Noun])[] = [
  [/^HT-[\w-]*\d$/, 'contract'],
  [/^HK-[\w-]*\d$/, 'receipt'],
  [/^KH-[\w-]*\d$/, 'customer'],
];

/** A word of digits alone may be an amount: it is searched for, never taken for a number. */
export function numberOf(word: string, numbering: Numbering): { noun: Noun; ref: string } | null {
  const typed = word.toUpperCase();
  const ref = typed.replace(/[‐-―−_]/g, '-');
  if (/^\d*$/.test(ref)) return null;
  for (const noun of NUMBERED) {
    const own = [typed, ref].find((text) => counterOf(numbering[noun], text) !== null);
    if (own !== undefined) return { noun, ref: own };
    const spelled = spelledOut(numbering[noun], ref);
    if (spelled !== null) return { noun, ref: spelled };
  }
  const match = PREFIXES.find(([pattern]) => pattern.test(ref));
  return match ? { noun: match[1], ref } : null;
}

/**
 * The words of a search with the hyphens that numbers among them were written without; null where they stay as they are. For
 * what finds nothing as it was typed: a number that came in with its record may have none.
 */
export function withHyphens(words: string | undefined, numbering: Numbering): string | null {
  if (words === undefined) return null;
  const spelled = words
    .split(/\s+/u)
    .map((word) => {
      const refs = NUMBERED.map((noun) => spelledOut(numbering[noun], word.toUpperCase()));
      return refs.find((ref) => ref !== null) ?? word;
    })
    .join(' ');
  const isSame = spelled.toUpperCase() === words.toUpperCase();
  return isSame || spelled.length > MAX_WORDS ? null : spelled;
}
