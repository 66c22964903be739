// What a person typed after a slash command, understood: `/hk <word>` is `/hk-<word>`, Chinese or English, tolerant of
// full-width signs and of the order of verb and noun. Pure. What is not understood becomes suggestions, never a guess.

import { DEFAULT_PATTERNS } from '../domain/numbering.js';
import type { ReportKind } from '../domain/reports/report.js';
import {
  type ContractVerb,
  CUSTOMER_VERBS,
  type CustomerVerb,
  type HelpTopic,
  LIST,
  LOGS,
  type LogKind,
  MANY,
  NEW,
  NOUNS,
  type Noun,
  ON_CONTRACT,
  ON_RECORD,
  PAGE_OF,
  RECEIPT_REPORT,
  REPORTS,
  VERBS,
  WAITING,
  WORDS,
} from './command-words.js';
import { suggest, suggestReport } from './suggest-commands.js';
import { nameAndAmount } from './typed-money.js';
import { type Numbering, numberOf } from './typed-number.js';

export type Intent =
  | { kind: 'today' }
  /** `topic`: a page of it; none named or known: all. `unread`: what was named instead. */
  | { kind: 'help'; topic?: HelpTopic; unread?: string }
  /** The person's own settings: who decides in their place. */
  | { kind: 'own' }
  | { kind: 'settings' }
  | { kind: 'calendar' }
  | { kind: 'backups' }
  | { kind: 'ladder' }
  /** The person's own reminder times. */
  | { kind: 'mine' }
  | { kind: 'roles' }
  | { kind: 'import' }
  /** What happened to a record; `ref` names it, if anything was typed. */
  | { kind: 'audit'; ref: string }
  /** The list of money that nobody has claimed. */
  | { kind: 'unclaimed' }
  /** Receipts with money that belongs to no instalment. */
  | { kind: 'prepayments' }
  | { kind: 'todo'; words: string }
  /** A report with what was said about it; none named: the menu. */
  | { kind: 'report'; report: ReportKind | null; words: string }
  | { kind: 'new'; noun: Noun }
  | { kind: 'list'; noun: Noun; words: string }
  /** A number: the card of what it names. */
  | { kind: 'show'; noun: Noun; ref: string }
  /** Words: the one record they find, else the list. */
  | { kind: 'find'; noun: Noun | null; words: string }
  /** Something done to one contract, which opens its form at once. */
  | { kind: 'act'; verb: ContractVerb; ref: string }
  /** Record a receipt, filled in; the amount as it was typed, the customer's name if one stands before it. */
  | { kind: 'record'; contract: string | null; amount: string | null; customer?: string }
  /** A list as a file, narrowed by words; without a noun the person is asked which. */
  | { kind: 'export'; noun: Noun | LogKind | null; words: string }
  /** What is done with customers beyond showing one; `ref` names it, if anything was typed. */
  | { kind: 'customer'; verb: CustomerVerb; ref: string }
  | { kind: 'unknown'; words: string; suggestions: string[] };

/** Understands a slash command and the text after it. */
export function parseCommand(command: string, text: string, numbering: Numbering = DEFAULT_PATTERNS): Intent {
  const words = oneVerb(tidy(text));
  const topic = tidy(command)
    .toLowerCase()
    .replace(/^\/hk-?/, '');
  if (topic === '') return parseFrontDoor(words, numbering);
  if (topic === 'todo') return isHelp(words) ? { kind: 'help', topic: 'work' } : todoOf(words);
  if (topic === 'report') return isHelp(words) ? { kind: 'help', topic: 'report' } : reportOf(words);
  const noun = nounOf(topic);
  return noun === null ? unknown(`${command} ${words}`.trim(), topic) : parseNoun(noun, words, numbering);
}

/** Full-width signs and letters as half-width, one space between words. */
const tidy = (text: string): string => text.normalize('NFKC').replace(/\s+/g, ' ').trim();

/** The one verb of two words, as one. */
const oneVerb = (text: string): string => text.replace(/^hand over(?= |$)/i, 'handover');

function parseFrontDoor(words: string, numbering: Numbering): Intent {
  const [first, rest] = split(words);
  const key = first.toLowerCase();
  if (words === '' || is(WORDS.today, key)) return { kind: 'today' };
  if (is(WORDS.help, key)) return helpOf(rest);
  if (is(WORDS.calendar, key)) return { kind: 'calendar' };
  if (is(WORDS.backups, key)) return { kind: 'backups' };
  if (is(WORDS.ladder, key)) return { kind: 'ladder' };
  if (is(WORDS.mine, key)) return { kind: 'mine' };
  if (is(WORDS.own, key)) return { kind: 'own' };
  if (is(WORDS.settings, key)) return settingsOf(rest.toLowerCase());
  if (is(WORDS.roles, key)) return { kind: 'roles' };
  if (is(WORDS.import, key)) return { kind: 'import' };
  if (is(WORDS.unclaimed, words.toLowerCase())) return { kind: 'unclaimed' };
  if (is(WORDS.prepayments, words.toLowerCase())) return { kind: 'prepayments' };
  if (is(WORDS.export, key)) return parseExport(rest);
  if (is(WORDS.audit, key)) return { kind: 'audit', ref: rest };
  if (is(WORDS.todo, key)) return todoOf(rest);
  if (is(WORDS.report, key)) return reportOf(rest);
  if (reportNamed(key) !== null) return reportOf(words);
  if (is(WORDS.find, key)) return find(null, rest, numbering);
  const shown = showByNumber(words, numbering);
  if (shown) return shown;
  const noun = nounOf(key);
  if (noun !== null && rest === '' && is(MANY, key)) return { kind: 'list', noun, words: '' };
  if (noun !== null) return parseNoun(noun, rest, numbering);
  return (
    parseCompound(words) ??
    parseNew(key, rest, numbering) ??
    parseVerb(key, rest, numbering) ??
    unknown(words, key)
  );
}

/** `postpone HT-2026-0012`, `合并 KH-0001`: the number says what is meant; of `history Bluewater` the verb, only customers have one. */
function parseVerb(key: string, rest: string, numbering: Numbering): Intent | null {
  const number = numberOf(split(rest)[0], numbering);
  const verb = customerVerbOf(key);
  if (number === null) return rest === '' || verb === null ? null : { kind: 'customer', verb, ref: rest };
  // A plan goes by its contract's number.
  const nouns: Noun[] = number.noun === 'contract' ? ['contract', 'plan'] : [number.noun];
  const noun = nouns.find((one) => is(VERBS[one], key));
  return noun === undefined ? null : parseNoun(noun, `${key} ${rest}`, numbering);
}

/** Whoever asks how to decide is told where what waits for them stands. */
const APPROVING: readonly string[] = ['approve', 'approval', '审批'];

/** `help receipts`, `帮助 报表`: the page that the word is on. */
function helpOf(typed: string): Intent {
  const word = typed.toLowerCase();
  const noun = nounOf(word);
  if (noun !== null) return { kind: 'help', topic: noun };
  if (reportNamed(word) !== null) return { kind: 'help', topic: 'report' };
  const key = named(WORDS, word);
  const topic = key === null ? undefined : PAGE_OF[key];
  if (topic !== undefined) return { kind: 'help', topic };
  if (is(WAITING, word) || is(APPROVING, word)) return { kind: 'help', topic: 'work' };
  return typed === '' || key === 'help' ? { kind: 'help' } : { kind: 'help', unread: typed };
}

/** `todo list` is all of it, not what has "list" in it; what waits for the person stands in it, too. */
function todoOf(words: string): Intent {
  const [first, rest] = split(words);
  if (is(WAITING, words.toLowerCase())) return { kind: 'todo', words: '' };
  return { kind: 'todo', words: is(LIST, first.toLowerCase()) ? rest : words };
}

/** `aging 2026-10-31 by rep`: the report, and what was said about it; a name of none is not taken for the menu. */
function reportOf(words: string): Intent {
  const [first, rest] = split(words);
  const word = first.toLowerCase();
  if (word === '' || is(LIST, word)) return { kind: 'report', report: null, words: rest };
  const report = reportNamed(word) ?? (is(RECEIPT_REPORT, word) ? 'receipts' : null);
  if (report === null) return { kind: 'unknown', words, suggestions: suggestReport(word) };
  return { kind: 'report', report, words: rest };
}

function parseNoun(noun: Noun, words: string, numbering: Numbering): Intent {
  if (words === '') return { kind: 'new', noun };
  if (isHelp(words)) return { kind: 'help', topic: noun };
  const [first, rest] = split(words);
  const key = first.toLowerCase();
  if (noun === 'receipt' && is(WORDS.unclaimed, words.toLowerCase())) return { kind: 'unclaimed' };
  if (noun === 'receipt' && is(WORDS.prepayments, words.toLowerCase())) return { kind: 'prepayments' };
  if (is(LIST, key)) return { kind: 'list', noun, words: rest };
  if (is(WORDS.export, key)) return { kind: 'export', noun, words: rest };
  if (is(NEW, key)) return newOf(noun, rest, numbering);
  if (is(WORDS.find, key)) return find(noun, rest, numbering);
  const acted = noun === 'contract' ? actOn(key, rest, numbering) : null;
  if (acted) return acted;
  if (is(ON_RECORD[noun], key))
    return rest === '' ? { kind: 'list', noun, words: '' } : parseNoun(noun, rest, numbering);
  const verb = noun === 'customer' ? customerVerbOf(key) : null;
  if (verb !== null) return { kind: 'customer', verb, ref: rest };
  const number = numberOf(first, numbering);
  if (number === null) {
    if (noun === 'receipt' && looksLikeAmount(words)) return parseAmountFirst(words, numbering);
    const money = noun === 'receipt' ? nameAndAmount(words) : null;
    return money === null ? { kind: 'find', noun, words } : { kind: 'record', contract: null, ...money };
  }
  // A contract's number after /hk-plan is its plan, after /hk-receipt money for it.
  if (noun === 'receipt' && number.noun === 'contract')
    return { kind: 'record', contract: number.ref, amount: rest === '' ? null : rest };
  if (noun === 'plan' && number.noun === 'contract') return { kind: 'show', noun: 'plan', ref: number.ref };
  return { kind: 'show', ...number };
}

/** `settings holidays`, `settings mine`: one topic at once. */
function settingsOf(topic: string): Intent {
  if (is(WORDS.calendar, topic)) return { kind: 'calendar' };
  if (is(WORDS.backups, topic)) return { kind: 'backups' };
  if (is(WORDS.ladder, topic)) return { kind: 'ladder' };
  return { kind: is(WORDS.mine, topic) ? 'mine' : 'settings' };
}

/** `export contracts 徐工`, `导出 回款管理`; of anything but a noun nobody knows which list. */
function parseExport(words: string): Intent {
  const log = named(LOGS, words.toLowerCase());
  if (log !== null) return { kind: 'export', noun: log, words: '' };
  const [first, rest] = split(words);
  const noun = nounOf(first.toLowerCase());
  const listed = noun === null ? parseCompound(words) : null;
  if (listed?.kind === 'list') return { ...listed, kind: 'export' };
  return { kind: 'export', noun, words: noun === null ? words : rest };
}

/** `30万 HT-2026-0012` is `HT-2026-0012 30万`. */
function parseAmountFirst(words: string, numbering: Numbering): Intent {
  const parts = words.split(' ');
  const number = numberOf(parts.at(-1) ?? '', numbering);
  if (number?.noun !== 'contract') return { kind: 'record', contract: null, amount: words };
  return { kind: 'record', contract: number.ref, amount: parts.slice(0, -1).join(' ') };
}

/** A verb of contracts: with a number its form, else the list to choose from. */
function actOn(key: string, rest: string, numbering: Numbering): Intent | null {
  const verb = named(ON_CONTRACT, key);
  if (verb === null) return null;
  if (rest === '') return { kind: 'list', noun: 'contract', words: '' };
  const number = numberOf(split(rest)[0], numbering);
  return number?.noun === 'contract'
    ? { kind: 'act', verb, ref: number.ref }
    : { kind: 'find', noun: 'contract', words: rest };
}

/** `record receipt 300000`, `登记回款 30万`, `登记 HT-2026-0012 30万`: what is made, and what was said about it. */
function parseNew(first: string, rest: string, numbering: Numbering): Intent | null {
  const compound = parseCompound(first);
  if (compound?.kind === 'new') return newOf(compound.noun, rest, numbering);
  if (!is(NEW, first)) return null;
  const [second, more] = split(rest);
  const noun = nounOf(second.toLowerCase());
  if (noun !== null) return newOf(noun, more, numbering);
  const isMoney = looksLikeAmount(rest) || numberOf(second, numbering)?.noun === 'contract';
  return isMoney ? parseNoun('receipt', rest, numbering) : null;
}

/** Money and plans say what they are for; a new customer or contract begins with an empty form. */
const newOf = (noun: Noun, words: string, numbering: Numbering): Intent =>
  noun === 'receipt' || noun === 'plan' ? parseNoun(noun, words, numbering) : { kind: 'new', noun };

/** 新建合同, 合同列表, new contract, record receipt: verb and noun in one, in either order. */
function parseCompound(words: string): Intent | null {
  const lower = words.toLowerCase();
  for (const verb of [...NEW, ...LIST]) {
    const rest = lower.startsWith(verb)
      ? lower.slice(verb.length)
      : lower.endsWith(verb)
        ? lower.slice(0, -verb.length)
        : null;
    const noun = rest === null ? null : nounOf(rest.trim());
    if (noun !== null) return is(LIST, verb) ? { kind: 'list', noun, words: '' } : { kind: 'new', noun };
  }
  return null;
}

function showByNumber(words: string, numbering: Numbering): Intent | null {
  const [first, rest] = split(words);
  const number = numberOf(first, numbering);
  if (number === null) return null;
  if (number.noun === 'contract' && looksLikeAmount(rest))
    return { kind: 'record', contract: number.ref, amount: rest };
  return { kind: 'show', ...number };
}

const find = (noun: Noun | null, words: string, numbering: Numbering): Intent => {
  const shown = showByNumber(words, numbering);
  return shown?.kind === 'show' ? shown : { kind: 'find', noun, words };
};

/** What a word stands for in a table of words. */
const named = <K extends string>(table: Readonly<Record<K, readonly string[]>>, word: string): K | null =>
  (Object.keys(table) as K[]).find((key) => is(table[key], word)) ?? null;
const nounOf = (word: string): Noun | null => named(NOUNS, word);
const reportNamed = (word: string): ReportKind | null => named(REPORTS, word);
const customerVerbOf = (word: string): CustomerVerb | null => named(CUSTOMER_VERBS, word);

const isHelp = (words: string): boolean => is(WORDS.help, words.toLowerCase());
const is = (words: readonly string[], word: string): boolean => words.includes(word);
const looksLikeAmount = (words: string): boolean =>
  /^[¥$€]?\s*\d/.test(words) || /^[A-Z]{3}\s*\d/i.test(words);

function split(words: string): [first: string, rest: string] {
  const space = words.indexOf(' ');
  return space < 0 ? [words, ''] : [words.slice(0, space), words.slice(space + 1)];
}

function unknown(words: string, key: string): Intent {
  return { kind: 'unknown', words, suggestions: suggest(words.toLowerCase(), key) };
}
