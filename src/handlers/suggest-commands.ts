// The commands nearest to words that were not understood. Pure.

import { type Action, type Actor, can } from '../domain/access.js';
import {
  CUSTOMER_VERBS,
  LIST,
  NEW,
  NOUNS,
  ON_CONTRACT,
  ON_RECORD,
  PAGE_OF,
  REPORTS,
  WAITING,
  WORDS,
} from './command-words.js';

const COMMAND_OF: Readonly<Record<keyof typeof WORDS, string>> = {
  help: '/hk help',
  todo: '/hk-todo',
  find: '/hk find',
  settings: '/hk settings',
  own: '/hk delegate',
  report: '/hk-report',
  import: '/hk import',
  export: '/hk export',
  audit: '/hk audit',
  prepayments: '/hk prepay',
  unclaimed: '/hk claim',
  roles: '/hk roles',
  calendar: '/hk calendar',
  backups: '/hk backup',
  ladder: '/hk ladder',
  mine: '/hk mine',
  today: '/hk',
};

type Pair = readonly [word: string, command: string];
const each = <K extends string>(
  table: Readonly<Record<K, readonly string[]>>,
  command: (key: K) => string,
): Pair[] =>
  (Object.keys(table) as K[]).flatMap((key) => table[key].map((word): Pair => [word, command(key)]));

/** Verbs that say nothing of which record is meant. */
const SHOWING: readonly string[] = ['show', 'open', '打开'];

/** What stands in the settings and has no command of its own. */
const SETTINGS_TOPICS: readonly string[] = [
  ...['company', 'channel', 'channels', 'department', 'departments', 'numbering', 'threshold', 'thresholds'],
  ...[
    'rates',
    'template',
    'templates',
    'tolerance',
    'dictionary',
    'language',
    '公司',
    '频道',
    '部门',
    '编号',
  ],
  ...['门槛', '审批门槛', '审批步骤', '汇率', '模板', '计划模板', '容差', '字典', '语言'],
];

/** Every word of every command, in both languages, and the command it stands for. */
const SUGGESTED: readonly Pair[] = [
  // Without a number it is asked what waits, not how one of them is decided.
  ...['approve', '审批', 'batch', 'batch approval', '批量', '批量审批'].map(
    (word): Pair => [word, '/hk-todo'],
  ),
  ...WAITING.map((word): Pair => [word, '/hk-todo']),
  ...SETTINGS_TOPICS.map((word): Pair => [word, COMMAND_OF.settings]),
  ...each(WORDS, (key) => COMMAND_OF[key]),
  ...each(NOUNS, (noun) => `/hk-${noun}`),
  ...each(REPORTS, (report) => `/hk-report ${REPORTS[report][0] ?? ''}`),
  ...each(CUSTOMER_VERBS, (verb) => `/hk-customer ${verb}`),
  ...each(ON_CONTRACT, (verb) => `/hk-contract ${verb}`),
  ...each(ON_RECORD, (noun) => noun)
    .filter(([verb]) => !SHOWING.includes(verb))
    .map(([verb, noun]): Pair => [verb, `/hk-${noun} ${verb}`]),
  ...LIST.map((word): Pair => [word, '/hk-contract list']),
  // What is theirs: the list holds what they may see.
  ...each(NOUNS, (noun) => `/hk-${noun} list`).flatMap(([word, command]): Pair[] => [
    [`my ${word}`, command],
    [`我的${word}`, command],
  ]),
  // 合同列表, 新建合同: verb and noun in one.
  ...each(NOUNS, (noun) => noun).flatMap(([word, noun]) => [
    ...LIST.map((verb): Pair => [`${word}${verb}`, `/hk-${noun} list`]),
    ...NEW.map((verb): Pair => [`${verb}${word}`, `/hk-${noun}`]),
  ]),
];
const MAX_SUGGESTIONS = 3;

const chineseOf = (words: readonly string[]): string =>
  words.find((word) => /\p{Script=Han}/u.test(word)) ?? words[0] ?? '';
const inEach = <K extends string>(
  table: Readonly<Record<K, readonly string[]>>,
  command: (key: K) => string,
  head: string,
): Pair[] =>
  (Object.keys(table) as K[]).map((key): Pair => [command(key), `${head} ${chineseOf(table[key])}`]);
const IN_CHINESE: ReadonlyMap<string, string> = new Map([
  ...inEach(WORDS, (key) => COMMAND_OF[key], '/hk').filter(([command]) => command !== COMMAND_OF.today),
  ...inEach(REPORTS, (report) => `/hk-report ${REPORTS[report][0] ?? ''}`, '/hk-report'),
  ...inEach(CUSTOMER_VERBS, (verb) => `/hk-customer ${verb}`, '/hk-customer'),
  ...inEach(ON_CONTRACT, (verb) => `/hk-contract ${verb}`, '/hk-contract'),
  ...(Object.keys(NOUNS) as (keyof typeof NOUNS)[]).map(
    (noun): Pair => [`/hk-${noun} list`, `/hk-${noun} ${chineseOf(LIST)}`],
  ),
]);

/** A suggested command as its reader writes it: its words in Chinese for who reads Chinese. */
export const inLanguage = (command: string, locale: string): string =>
  locale.startsWith('zh') ? (IN_CHINESE.get(command) ?? command) : command;

/** The report whose name lies nearest to what was typed; none near: the menu of them. */
export function suggestReport(typed: string): string[] {
  const reports = suggest(typed).filter((command) => command.startsWith('/hk-report '));
  return reports.length > 0 ? reports : ['/hk-report'];
}

/** The commands whose words lie nearest to what was typed, as a whole or its first word; none where nothing is near. */
export const suggest = (...typed: readonly string[]): string[] =>
  [...new Set(typed.flatMap((words) => nearest(words, SUGGESTED)))].slice(0, MAX_SUGGESTIONS);

function nearest(typed: string, pairs: readonly Pair[]): string[] {
  const near = pairs
    .map(([word, command]) => ({
      command,
      distance: editDistance(typed, word),
      length: [...word].length,
    }))
    .filter(({ distance, length }) => distance <= (length > 4 ? 2 : 1) && distance < length)
    .toSorted((a, b) => a.distance - b.distance);
  return [...new Set(near.map(({ command }) => command))].slice(0, MAX_SUGGESTIONS);
}

/** What a suggested command needs, where not everybody may do it. */
const NEEDS: readonly (readonly [command: RegExp, action: Action])[] = [
  [/ (roles|calendar|backup)$/, 'settings.edit'],
  [/ ladder$/, 'ladder.edit'],
  [/ audit$/, 'audit.see'],
  [/ import$/, 'customer.import'],
  [/ export$/, 'record.export'],
  [/ merge$/, 'customer.merge'],
  [/ handover$/, 'customer.assign'],
  [/ performance$/, 'report.performance'],
  [/-contract (approve|审批)$/, 'contract.approve'],
  [/-receipt (approve|审批)$/, 'receipt.approve'],
  [/-contract (edit|编辑|修改)$/, 'contract.edit'],
  [/-contract (submit|提交)$/, 'contract.submit'],
  [/-contract (archive|归档)$/, 'contract.archive'],
  [/-contract (delete|删除)$/, 'contract.delete'],
  [/-contract (amend|变更)$/, 'contract.amend'],
  [/-contract (void|作废)$/, 'contract.void'],
  [/-contract (milestone|节点)$/, 'milestone.set'],
  [/-plan (edit|编辑|修改)$/, 'instalment.edit'],
  [/-plan (postpone|延期)$/, 'instalment.postpone'],
  [/-plan (delete|删除)$/, 'instalment.delete'],
  [/-receipt (reverse|冲销)$/, 'receipt.reverse'],
  [/-receipt (refund|退款)$/, 'receipt.refund'],
  [/-receipt (withdraw|撤回)$/, 'receipt.record'],
  [/-customer (edit|编辑|修改)$/, 'customer.edit'],
  [/-customer$/, 'customer.create'],
  [/-contract$/, 'contract.create'],
  [/-plan$/, 'plan.create'],
  [/-receipt$/, 'receipt.record'],
];

/** Whether a suggested command would not be refused. */
export const mayUse = (actor: Actor, command: string): boolean =>
  NEEDS.every(([pattern, action]) => !pattern.test(command) || can(actor, action));

/** Topics of the help that lie nearest to what was typed, as commands that ask for them. */
export function suggestHelp(typed: string): string[] {
  const topics = [
    ...Object.values(NOUNS).flat(),
    ...(Object.keys(PAGE_OF) as (keyof typeof PAGE_OF)[]).flatMap((key): readonly string[] => WORDS[key]),
    ...Object.values(REPORTS).flat(),
  ];
  const head = (word: string) => (/\p{Script=Han}/u.test(word) ? '/hk 帮助' : '/hk help');
  return nearest(
    typed,
    topics.map((word) => [word, `${head(word)} ${word}`]),
  );
}

/** Letters to add, drop, replace or swap with their neighbour until one word is the other. */
export function editDistance(from: string, to: string): number {
  const a = [...from];
  const b = [...to];
  const rows: number[][] = [b.map((_, j) => j).concat(b.length)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (same ? 0 : 1),
          swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
