// The settings as one file: the form that takes it, and the preview of what it would change (ux §4.9). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { ApprovalFlow } from '../../domain/approvals/flow.js';
import { formatNumber, type NumberPattern } from '../../domain/numbering.js';
import { LADDER_KINDS } from '../../domain/reminders/ladder.js';
import type { SettingsChange, SettingsPlan, SettingsTopic } from '../../domain/settings/settings-change.js';
import { formatMoney, truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { SETTINGS } from '../settings-ids.js';
import { ruleWords } from './audit-rule-words.js';
import { changeText, type Told } from './audit-views.js';
import { actions, button, context, escapeMrkdwn, input, modal, present, section } from './blocks.js';
import type { RowReader } from './row-views.js';
import { workweekWords } from './settings-calendar-views.js';
import { NUMBERED } from './settings-list-views.js';

/** [导出] [导入] of the index. */
export const fileTopic = (t: Translate): KnownBlock[] => [
  section(`*${t('settingsFile:title')}*\n${t('settingsFile:topic')}`),
  actions([
    button(SETTINGS.export, t('settingsFile:export')),
    button(SETTINGS.import, t('settingsFile:import')),
  ]),
];

export const settingsFileForm = (t: Translate, metadata: string): ModalView =>
  modal({
    callbackId: SETTINGS.import,
    title: t('settingsFile:title'),
    submit: t('settingsFile:preview'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      input(
        'file',
        t('settingsFile:file'),
        { type: 'file_input', action_id: 'value', filetypes: ['json'], max_files: 1 },
        { hint: t('settingsFile:file_hint') },
      ),
    ],
  });

interface Company {
  readonly baseCurrency: string;
  readonly settings: Told['dictionaries'];
}

const TOPICS: readonly SettingsTopic[] = [
  'company',
  'channels',
  'people',
  'departments',
  'lists',
  'numbering',
  'flows',
  'ladders',
  'templates',
  'calendar',
  'tolerance',
];

/** What would change, topic by topic; nothing to change: nothing to confirm. */
export function settingsPreview(
  plan: Pick<SettingsPlan, 'changes' | 'missing'>,
  company: Company,
  metadata: string,
  reader: RowReader,
): ModalView {
  const { t } = reader;
  const { changes } = plan;
  return modal({
    callbackId: SETTINGS.importPreview,
    title: t('settingsFile:title'),
    close: t(changes.length > 0 ? 'common:cancel' : 'common:close'),
    ...(changes.length > 0 && { submit: t('settingsFile:confirm') }),
    metadata,
    blocks: present<KnownBlock>(
      section(t(changes.length > 0 ? 'settingsFile:intro' : 'settingsFile:same')),
      ...TOPICS.map((topic) => {
        const own = changes.filter((change) => change.topic === topic);
        return (
          own.length > 0 && section([`*${titleOf(topic, t)}*`, ...linesOf(own, company, reader)].join('\n'))
        );
      }),
      ...missingBlocks(plan.missing, t),
    ),
  });
}

function titleOf(topic: SettingsTopic, t: Translate): string {
  switch (topic) {
    case 'people':
      return t('settings:roles');
    case 'lists':
      return t('dictionaries:title');
    case 'numbering':
      return t('dictionaries:numbering');
    case 'company':
    case 'channels':
    case 'tolerance':
      return t(`settings:${topic}`);
    default:
      return t(`${topic}:title`);
  }
}

const SHOWN = 12;

function linesOf(changes: readonly SettingsChange[], company: Company, reader: RowReader): string[] {
  const { t } = reader;
  const base = company.baseCurrency;
  const values = changes.flatMap((change) =>
    change.kind === 'value'
      ? [
          t('settingsFile:value', {
            field: fieldOf(change.field, t),
            before: valueWords(change.field, change.before, base, reader),
            after: valueWords(change.field, change.after, base, reader),
          }),
        ]
      : [],
  );
  const groups = (['added', 'changed', 'removed'] as const).flatMap((kind) => {
    const names = changes.flatMap((change) =>
      change.kind === kind && !change.fields?.length ? [nameOf(change, t)] : [],
    );
    return names.length > 0 ? [t(`settingsFile:${kind}`, { names: some(names, t) })] : [];
  });
  return [...values, ...detailLines(changes, company, reader), ...groups];
}

/** With the rest of a section: characters, most of which are not escaped. */
const MOST_OF_DETAILS = 2_400;

/**
 * 回款 · ≥ ¥500,000.00（1 财务） → 回款 · ≥ ¥900,000.00（1 财务）; 李雷：角色：销售 → 财务. By a name alone nobody sees what
 * becomes of it. As many as there is room for.
 */
function detailLines(changes: readonly SettingsChange[], company: Company, reader: RowReader): string[] {
  const { t } = reader;
  const { baseCurrency: currency, settings: dictionaries } = company;
  const sayFlow = (flow: ApprovalFlow | null): string =>
    flow === null
      ? t('settingsFile:no_flow')
      : (ruleWords('approvalFlows', flow, { currency, dictionaries, reader }) ?? '');
  const subject = { kind: 'settings', id: '' } as const;
  const told = { story: { subject, currency, names: new Map(), rows: new Map() }, dictionaries, reader };
  const lines = changes.flatMap((change) => {
    if (change.kind === 'flow')
      return [t('settingsFile:flow', { before: sayFlow(change.before), after: sayFlow(change.after) })];
    if (change.kind === 'value' || !change.fields?.length) return [];
    const name = escapeMrkdwn(truncate(nameOf(change, t), 60));
    const fields = change.fields.map((field) => changeText(field, told)).join(t('settings:next_rule'));
    return [
      t(change.kind === 'added' ? 'settingsFile:added_of' : 'settingsFile:changed_of', { name, fields }),
    ];
  });
  let length = 0;
  const shown = lines.filter((line) => {
    length += line.length + 1;
    return length <= MOST_OF_DETAILS;
  });
  return shown.length === lines.length ? lines : [...shown, t('settingsFile:more', { count: lines.length })];
}

/** The first of many names, escaped, and how many there are. */
function some(names: readonly string[], t: Translate): string {
  const comma = t('common:comma');
  const shown = names.slice(0, SHOWN).map((name) => escapeMrkdwn(truncate(name, 60)));
  if (names.length <= SHOWN) return shown.join(comma);
  return [...shown, t('settingsFile:more', { count: names.length })].join(comma);
}

/** Kinds of ladders have words of their own. */
function nameOf({ topic, name }: { topic: SettingsTopic; name: string }, t: Translate): string {
  if (topic !== 'ladders') return name;
  const [kind = '', ...of] = name.split(' ').toReversed();
  const words = t(`ladders:kind.${LADDER_KINDS.find((one) => one === kind) ?? 'normal'}`);
  return of.length === 0
    ? t('settingsFile:company_kind', { kind: words })
    : `${of.toReversed().join(' ')} · ${words}`;
}

/** As the settings' own forms call it; a field of a later version by its name. */
function fieldOf(field: string, t: Translate): string {
  const words: Record<string, () => string> = {
    name: () => t('settings:name'),
    timezone: () => t('settings:zone'),
    baseCurrency: () => t('settings:currency'),
    locale: () => t('settings:language'),
    remindAt: () => t('settings:remind_at'),
    remindUntil: () => t('settings:remind_until'),
    endingDays: () => t('settings:ending_days'),
    financeChannelId: () => t('settings:finance_channel'),
    escalationChannelId: () => t('settings:escalation_channel'),
    workweek: () => t('calendar:workweek'),
    coveredThrough: () => t('settingsFile:covered'),
    currencies: () => t('dictionaries:list.currencies'),
    numbering: () => t('dictionaries:numbering'),
    exchangeRates: () => t('settingsFile:rates'),
    soloMode: () => t('thresholds:solo'),
    toleranceMinor: () => t('settingsFile:tolerance'),
    smallDifferenceMinor: () => t('settingsFile:small'),
    ackDays: () => t('settings:ack_days'),
    backupHour: () => t('audit:field.backupHour'),
    backupDays: () => t('audit:field.backupDays'),
  };
  return words[field]?.() ?? field;
}

/** A value of the settings in words, escaped. */
function valueWords(field: string, value: unknown, base: string, { t, locale, today }: RowReader): string {
  if (value === null || value === undefined) return t('common:not_set');
  if (field.endsWith('ChannelId')) return `<#${String(value)}>`;
  if (field === 'locale') return t(value === 'en' ? 'settings:language.en' : 'settings:language.zh-CN');
  if (typeof value === 'boolean') return t(value ? 'thresholds:on' : 'thresholds:off');
  if (field.endsWith('Minor')) return formatMoney(locale, { minor: BigInt(Number(value)), currency: base });
  if (field === 'workweek' && Array.isArray(value)) return workweekWords(t, value.map(Number));
  if (field === 'numbering') {
    const patterns = value as Record<(typeof NUMBERED)[number], NumberPattern>;
    return NUMBERED.map((kind) => escapeMrkdwn(formatNumber(patterns[kind], today, 1n))).join(' · ');
  }
  if (Array.isArray(value)) {
    const items = value.map((item) =>
      typeof item === 'object' && item !== null ? Object.values(item).map(String).join(' ') : String(item),
    );
    return items.length === 0 ? t('common:none') : escapeMrkdwn(truncate(items.join(t('common:comma')), 200));
  }
  return escapeMrkdwn(truncate(String(value), 120));
}

function missingBlocks(missing: SettingsPlan['missing'], t: Translate): KnownBlock[] {
  const { people, customers, channels } = missing;
  return present<KnownBlock>(
    people.length > 0 && context(t('settingsFile:missing_people', { names: some(people, t) })),
    customers.length > 0 && context(t('settingsFile:missing_customers', { names: some(customers, t) })),
    channels.length > 0 && context(t('settingsFile:missing_channels', { names: some(channels, t) })),
  );
}
