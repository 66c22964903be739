// The story of a record as a window: who did what, when, and what became what; and the form that asks which record (F100).
// Pure.
import type { Button, KnownBlock, ModalView } from '@slack/types';
import { type AuditChange, isId, isRecord } from '../../domain/audit-changes.js';
import type { AuditStory, AuditStoryEntry, AuditSubject } from '../../domain/audit-story.queries.js';
import { isLocalDate, type LocalDate } from '../../domain/local-date.js';
import { type CompanySettings, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatInstant, formatMoney, formatNames, truncate } from '../i18n/format.js';
import { hasWords, type Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import { ruleWords } from './audit-rule-words.js';
import { button, context, escapeMrkdwn, input, modal, present, section, textInput } from './blocks.js';
import { listHead, pager } from './list-views.js';
import type { RowReader } from './row-views.js';

const CHANGES_SHOWN = 12;
const VALUE_LENGTH = 60;
/** Of texts that people wrote, and of lists of rows. */
const TEXT_LENGTH = 200;

type Dictionaries = Pick<
  CompanySettings,
  'contractTypes' | 'customerTypes' | 'industries' | 'paymentMethods'
>;

/** Value of whatever leads to a story, or to another page of it. */
export const auditValue = ({ kind, id }: AuditSubject, page = 1): string =>
  JSON.stringify({ k: kind, i: id, p: page });

/** [审计] of a record. */
export const auditButton = (subject: AuditSubject, { t }: Pick<RowReader, 't'>): Button =>
  button(ACTION.auditOpen, t('audit:title'), { value: auditValue(subject) });

/** One page of a story, newest first. */
export function auditModal(story: AuditStory, dictionaries: Dictionaries, reader: RowReader): ModalView {
  const { t } = reader;
  const head = t(`audit:head.${story.subject.kind}`, { n: story.seq });
  return modal({
    callbackId: VIEW.audit,
    title: t('audit:title.full'),
    close: t('common:close'),
    blocks: present<KnownBlock>(
      section(
        `*${`${head} ${escapeMrkdwn(story.number)}`.trim()}* · ${escapeMrkdwn(truncate(story.name, VALUE_LENGTH))}`,
      ),
      ...(story.entries.length === 0 ? [context(t('audit:none'))] : [listHead(t, story, '')]),
      ...story.entries.map((entry) => section(entryText(entry, { story, dictionaries, reader }))),
      ...pager(t, story, ACTION.auditPage, (page) => auditValue(story.subject, page)),
    ),
  });
}

/** Which record: asked where nothing was typed. */
export function auditForm(t: RowReader['t'], metadata: string): ModalView {
  return modal({
    callbackId: VIEW.auditAsk,
    title: t('audit:title.full'),
    submit: t('audit:ask.submit'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      input('number', t('audit:ask.number'), textInput({ maxLength: 120 }), { hint: t('audit:ask.hint') }),
    ],
  });
}

/** What the words of a change need. */
export interface Told {
  readonly story: Pick<AuditStory, 'subject' | 'currency' | 'names' | 'rows'>;
  readonly dictionaries: Dictionaries;
  readonly reader: RowReader;
}

function entryText(entry: AuditStoryEntry, told: Told): string {
  const { t, locale, now, timezone } = told.reader;
  const key = `audit:do.${entry.action}`;
  const done = writeOffWords(entry, t) ?? (hasWords(key) ? t(key) : entry.action);
  const { kind } = told.story.subject;
  const ofContract = kind === 'contract' && entry.seq !== null;
  // Of a contract's story an instalment is named by its place.
  const isPart = ['contract', 'instalment', 'unclaimed'].includes(kind) && entry.seq === null;
  const isOther = kind === 'settings' || (isPart && entry.about !== told.story.subject.id);
  const about = isOther ? nameOf(entry.about, told) : undefined;
  const named = about === undefined ? done : `${done} · ${escapeMrkdwn(truncate(about, 40))}`;
  const readable = entry.changes.filter(({ field }) => !isInternal(entry.action, field));
  const shown = readable.slice(0, CHANGES_SHOWN);
  const hidden = readable.length - shown.length;
  return present<string>(
    t('audit:row', {
      what: ofContract ? t('audit:row.of', { n: entry.seq, what: done }) : named,
      when: formatInstant(locale, entry.at, now, timezone),
      who: escapeMrkdwn(truncate(entry.who ?? t('audit:system'), 40)),
    }),
    ...shown.map((change) => changeText(change, told)),
    hidden > 0 && t('audit:more', { count: hidden }),
  ).join('\n');
}

const WRITE_OFFS = ['asked', 'posted', 'undone', 'rejected', 'withdrawn', 'cancelled'] as const;

/** 记坏账, not 记坏账或尾差, where the entry says which of the two. */
function writeOffWords({ action, changes }: AuditStoryEntry, t: Translate): string | null {
  const verb = WRITE_OFFS.find((one) => action === `adjustment.${one}`);
  const change = changes.find(({ field }) => field === 'kind');
  const kind = (['bad_debt', 'small_difference'] as const).find((one) => one === change?.after);
  return verb && kind ? t(`adjustments:did.${verb}`, { kind: t(`adjustments:did.${kind}`) }) : null;
}

/** A reminder's step has a code that nobody reads; the level beside it says how far it went. */
const isInternal = (action: string, field: string): boolean => field === 'step' && action.startsWith('case.');

/** 金额：¥1.00 → ¥2.00, or only what it is where nothing was before. */
export function changeText({ field, before, after }: AuditChange, told: Told): string {
  const { t } = told.reader;
  const name =
    field === 'lines' && isTemplate(before, after) ? t('templates:trail_lines') : fieldName(field, t);
  const label = escapeMrkdwn(truncate(name, 40));
  const { currency } = told.story;
  const say = (value: unknown) =>
    ruleWords(field, value, { ...told, currency }) ??
    escapeMrkdwn(truncate(valueText(field, value, told), lengthOf(field)));
  return before === undefined
    ? t('audit:said', { field: label, value: say(after) })
    : t('audit:change', { field: label, before: say(before), after: say(after) });
}

/** The lines of a template; those of a receipt say what it pays. */
const isTemplate = (...sides: readonly unknown[]): boolean =>
  sides.some((side) => Array.isArray(side) && side.some((item) => isRecord(item) && 'anchorKind' in item));

const LONG: readonly string[] = [
  'remark',
  'reason',
  'comment',
  'text',
  'question',
  'answer',
  'rows',
  'lines',
  'parts',
];
const lengthOf = (field: string): number => (LONG.includes(field) ? TEXT_LENGTH : VALUE_LENGTH);

/** What nobody named is called as it is stored. */
const fieldName = (field: string, t: RowReader['t']): string => {
  const key = `audit:field.${field}`;
  return hasWords(key) ? t(key) : field;
};

const MONEY: readonly string[] = [
  'amount',
  'applied',
  'unapplied',
  'fromUnapplied',
  'promisedAmount',
  'outstanding',
  'toleranceMinor',
  'smallDifferenceMinor',
  'creditLimit',
];

function valueText(field: string, value: unknown, told: Told): string {
  const { t, locale } = told.reader;
  if (value === undefined || value === null || value === '') return t('audit:empty');
  if (typeof value === 'boolean') return t(value ? 'audit:yes' : 'audit:no');
  if (Array.isArray(value))
    return value.length === 0
      ? t('audit:empty')
      : formatNames(
          locale,
          value.map((item) => itemText(field, item, told)),
        );
  if (isRecord(value)) {
    // Of a settings file only what it changed is counted.
    const parts = Object.entries(value).filter(([, item]) => field !== 'settingsFile' || item !== 0);
    if (parts.length === 0) return t('audit:yes');
    return formatNames(
      locale,
      parts.map(([name, item]) => `${fieldName(name, t)} ${valueText(name, item, told)}`),
    );
  }
  const text = String(value);
  if (MONEY.includes(field)) return moneyText(text, told);
  if (isId(text)) return nameOf(text, told) ?? '—';
  return dayText(text, told.reader) ?? keyText(field, text, told);
}

/** HT-2026-0001 第1期, or what else an id stands for. */
function nameOf(id: string, { story, reader }: Told): string | undefined {
  const row = story.rows.get(id);
  return row ? reader.t('plans:place', row) : story.names.get(id);
}

/** A row of a plan, a line of a split, a contact, a file, an entry of a list. */
function itemText(field: string, item: unknown, told: Told): string {
  if (!isRecord(item)) return valueText(field, item, told);
  const { t, locale } = told.reader;
  const { zh, en, key, rate, currency } = item;
  if (typeof zh === 'string' && typeof en === 'string') return locale === 'en' ? en : zh;
  if (typeof rate === 'string') return `${String(currency)} ${rate}`;
  if (typeof key === 'string') return key;
  const { instalmentId, seq, name, amount, dueOn } = item;
  const money = amount === undefined ? '' : moneyText(String(amount), told);
  if (isId(instalmentId)) return `${nameOf(instalmentId, told) ?? '—'} ${money}`;
  if (amount === undefined) return typeof name === 'string' ? name : JSON.stringify(item);
  const day = typeof dueOn === 'string' ? dayText(dueOn, told.reader) : null;
  const facts = { n: seq, name: name ?? '', amount: money, date: day ?? t('audit:undated') };
  return t(typeof seq === 'number' ? 'audit:part' : 'audit:part.new', facts).replace('  ', ' ');
}

function moneyText(text: string, { story, reader }: Told): string {
  return story.currency !== '' && /^-?\d{1,18}$/.test(text)
    ? formatMoney(reader.locale, { minor: BigInt(text), currency: story.currency })
    : text;
}

/** A day, or an instant; null for anything else. */
function dayText(text: string, { locale, today, now, timezone }: RowReader): string | null {
  if (isLocalDate(text)) return formatDate(locale, text, today);
  if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text)) return null;
  return text.endsWith('T00:00:00.000Z')
    ? formatDate(locale, text.slice(0, 10) as LocalDate, today)
    : formatInstant(locale, new Date(text), now, timezone);
}

const WORDED: Readonly<Record<string, readonly string[]>> = {
  status: ['common:contract_state', 'common:receipt_state', 'customers:status'],
  kind: ['contracts:milestone_name', 'follow_ups:kind', 'adjustments:what', 'audit:receipt_kind'],
  lifecycle: ['common:lifecycle'],
  cause: ['common:release'],
  milestone: ['contracts:milestone_name', 'milestones:anchor'],
  result: ['follow_ups:result'],
  roles: ['common:role'],
  reason: ['receipts:reason', 'contracts:reason'],
  rounding: ['templates:rounding'],
};

/** A key of a dictionary or of the app's own words; what people wrote, as it is. */
function keyText(field: string, text: string, { story, dictionaries, reader }: Told): string {
  const { kind } = story.subject;
  if (field === 'type') {
    const types = kind === 'customer' ? dictionaries.customerTypes : dictionaries.contractTypes;
    return dictionaryName(types, text, reader.locale);
  }
  if (field === 'industry') return dictionaryName(dictionaries.industries, text, reader.locale);
  if (field === 'method' || field === 'paymentMethod' || field === 'plannedMethod')
    return dictionaryName(dictionaries.paymentMethods, text, reader.locale);
  if (!/^[a-z_]{3,24}$/.test(text)) return text;
  for (const stem of WORDED[field] ?? []) {
    const key = `${stem}.${text}`;
    if (hasWords(key)) return reader.t(key);
  }
  return text;
}
