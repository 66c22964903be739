// The company's lists: entries are added, renamed and switched off, never deleted, because old records name them. Pure.
import type { CompanySettings, DictionaryEntry } from './settings.js';

/** Which settings are lists of entries. */
export const DICTIONARIES = [
  'contractTypes',
  'paymentMethods',
  'customerTypes',
  'industries',
] as const satisfies (keyof CompanySettings)[];
export type DictionaryName = (typeof DICTIONARIES)[number];
/** What a window of entries can show. */
export const MAX_ENTRIES = 90;

export interface EntryInput {
  /** Null: a new entry. */
  readonly key: string | null;
  readonly zh: string;
  readonly en: string;
  readonly active: boolean;
}
export type EntryProblem = 'unknown' | 'last_active' | 'full';
type WithEntry =
  | { ok: true; entries: DictionaryEntry[] }
  | { ok: false; problem: EntryProblem }
  /** Another entry is called so in this language. */
  | { ok: false; problem: 'taken'; by: DictionaryEntry; language: 'zh' | 'en' };

/** The list with this entry in it; its key stays for ever. */
export function withEntry(entries: readonly DictionaryEntry[], input: EntryInput): WithEntry {
  const { key, zh, en, active } = input;
  const others = entries.filter((entry) => entry.key !== key);
  if (key !== null && others.length === entries.length) return { ok: false, problem: 'unknown' };
  if (key === null && entries.length >= MAX_ENTRIES) return { ok: false, problem: 'full' };
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  for (const language of ['zh', 'en'] as const) {
    const by = others.find((entry) => same(entry[language], input[language]));
    if (by) return { ok: false, problem: 'taken', by, language };
  }
  if (!active && !others.some((entry) => entry.active)) return { ok: false, problem: 'last_active' };
  if (key === null) return { ok: true, entries: [...entries, { key: newKey(entries, en), zh, en, active }] };
  return { ok: true, entries: entries.map((entry) => (entry.key === key ? { key, zh, en, active } : entry)) };
}

/** A key that says what it was made for, and that no other entry has. */
function newKey(entries: readonly DictionaryEntry[], en: string): string {
  const slug = en
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 34);
  const base = slug === '' ? 'entry' : slug;
  const taken = new Set(entries.map((entry) => entry.key));
  if (!taken.has(base)) return base;
  for (let count = 2; ; count += 1) if (!taken.has(`${base}_${count}`)) return `${base}_${count}`;
}

/** Codes as people write them: `CNY, USD EUR`; null for one that is no currency. */
export function readCurrencies(text: string): string[] | null {
  const codes = text
    .normalize('NFKC')
    .toUpperCase()
    .split(/[\s,;、，；]+/u)
    .filter(Boolean);
  const known = new Set(Intl.supportedValuesOf('currency'));
  return codes.every((code) => known.has(code)) ? [...new Set(codes)] : null;
}
