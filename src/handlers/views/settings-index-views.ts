// The index of the settings: each topic with what is set now and [修改] (ux §4.9). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { Locale } from '../../domain/access.js';
import { DEFAULT_FLOWS } from '../../domain/approvals/flow.js';
import { editableFlows } from '../../domain/approvals/flow-edit.js';
import type { WorkCalendar } from '../../domain/calendar.js';
import { formatNumber } from '../../domain/numbering.js';
import { DICTIONARIES } from '../../domain/settings/dictionaries.js';
import type { SettingsOverview } from '../../domain/settings/overview.queries.js';
import type { CompanySettings } from '../../domain/settings/settings.js';
import { formatDate, formatMoney, truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import { SETTINGS } from '../settings-ids.js';
import { button, escapeMrkdwn, modal, section } from './blocks.js';
import { flowName } from './flow-views.js';
import type { RowReader } from './row-views.js';
import { backupsValue } from './settings-backup-views.js';
import { workweekWords } from './settings-calendar-views.js';
import { fileTopic } from './settings-file-views.js';
import { NUMBERED } from './settings-list-views.js';
import { ratesValue } from './settings-rates-views.js';

/** The company as the index shows it. */
interface Company {
  readonly name: string;
  readonly timezone: string;
  readonly baseCurrency: string;
  readonly locale: Locale;
  readonly remindAt: string;
  readonly remindUntil: string;
  readonly financeChannelId: string | null;
  readonly escalationChannelId: string | null;
  readonly settings: CompanySettings;
  readonly calendar: Pick<WorkCalendar, 'workweek' | 'coveredThrough'>;
}
const SHOWN_CODES = 10;
const SHOWN_AMOUNTS = 5;
const SEPARATOR = ' · ';

/** Each topic with its value and [修改]. */
export function settingsIndex(reader: RowReader, company: Company, overview: SettingsOverview): ModalView {
  const { t } = reader;
  const channel = (id: string | null) => (id === null ? t('common:not_set') : `<#${id}>`);
  const companyValue = t('settings:company_value', {
    name: escapeMrkdwn(company.name),
    zone: company.timezone,
    currency: company.baseCurrency,
    language: t(`settings:language.${company.locale}`),
    time: `${company.remindAt}–${company.remindUntil}`,
  });
  const channels = t('settings:channels_value', {
    finance: channel(company.financeChannelId),
    escalation: channel(company.escalationChannelId),
  });
  const { own, steps } = overview.ladder;
  return modal({
    callbackId: VIEW.info,
    title: t('settings:title'),
    close: t('common:close'),
    blocks: [
      topic(t, t('settings:company'), companyValue, ACTION.settingsCompany),
      topic(t, t('settings:channels'), channels, ACTION.settingsChannels),
      topic(t, t('settings:roles'), rolesValue(reader, overview), ACTION.settingsMember),
      topic(t, t('departments:title'), departmentsValue(t, overview), ACTION.departmentList),
      topic(t, t('delegates:title'), delegatesValue(reader, overview), ACTION.settingsDelegates),
      topic(t, t('dictionaries:title'), listsValue(t, company), ACTION.settingsLists),
      topic(t, t('dictionaries:numbering'), numbersValue(reader, company), ACTION.settingsNumbering),
      topic(t, t('thresholds:title'), thresholdsValue(reader, company), ACTION.settingsThresholds),
      topic(t, t('rates:title'), ratesValue(t, company.settings, company.baseCurrency), SETTINGS.rates),
      topic(t, t('flows:title'), flowsValue(t, company), ACTION.settingsFlows),
      topic(t, t('ladders:title'), t('settings:ladder_value', { steps, own }), ACTION.ladder),
      topic(t, t('templates:title'), templatesValue(t, overview.templateCodes), ACTION.templateList),
      topic(t, t('calendar:title'), calendarValue(reader, company.calendar), ACTION.settingsCalendar),
      topic(t, t('settings:tolerance'), toleranceValue(reader, company), SETTINGS.tolerance),
      topic(
        t,
        t('backups:title'),
        backupsValue(reader, company.settings, overview.lastBackup),
        SETTINGS.backups,
      ),
      topic(t, t('times:title'), timesValue(t, company, overview), ACTION.ownTimes),
      ...fileTopic(t),
    ],
  });
}

/** A topic's name, its value and [修改]. */
export const topic = (
  t: Translate,
  name: string,
  value: string,
  action: string,
  verb = t('settings:edit'),
): KnownBlock => section(`*${name}*\n${value}`, button(action, verb, { label: `${verb} ${name}` }));

/** The first of a list, and that there are more. */
function firstOf(t: Translate, list: readonly string[], total = list.length): string {
  const shown = list.map((text) => escapeMrkdwn(truncate(text, 40)));
  return [...shown, ...(total > shown.length ? ['…'] : [])].join(t('common:comma'));
}

function rolesValue({ t }: RowReader, { members, roles }: SettingsOverview): string {
  if (members === 0) return t('settings:no_roles');
  const list = roles.map(({ role, count }) =>
    t('settings:roles_count', { role: t(`common:role.${role}`), count }),
  );
  return t('settings:roles_value', { count: members, list: list.join(t('common:comma')) });
}

function departmentsValue(t: Translate, { departments: { total, names } }: SettingsOverview): string {
  if (total === 0) return t('settings:departments_none');
  return t('settings:departments_value', { count: total, names: firstOf(t, names, total) });
}

function delegatesValue({ t, locale, today }: RowReader, { delegates }: SettingsOverview): string {
  if (delegates.total === 0) return t('settings:delegates_none');
  const pairs = delegates.first.map(({ name, delegate, until }) =>
    t('settings:delegate_pair', {
      name: escapeMrkdwn(truncate(name, 40)),
      delegate: escapeMrkdwn(truncate(delegate, 40)),
      date: formatDate(locale, until, today),
    }),
  );
  const more = delegates.total > pairs.length ? ['…'] : [];
  return [...pairs, ...more].join(t('common:comma'));
}

/** Entries that can be chosen, list by list. */
function listsValue(t: Translate, { settings }: Company): string {
  const counts = DICTIONARIES.map((name) =>
    t('settings:list_count', {
      name: t(`dictionaries:list.${name}`),
      count: settings[name].filter(({ active }) => active).length,
    }),
  );
  const count = settings.currencies.length;
  const currencies = t('settings:list_count', { name: t('dictionaries:list.currencies'), count });
  return [...counts, currencies].join(SEPARATOR);
}

const numbersValue = ({ today }: RowReader, { settings }: Company): string =>
  NUMBERED.map((kind) => escapeMrkdwn(formatNumber(settings.numbering[kind], today, 1n))).join(SEPARATOR);

function thresholdsValue({ t, locale }: RowReader, { settings, baseCurrency }: Company): string {
  const amounts = editableFlows(settings.approvalFlows)
    .filter(({ minAmount }) => minAmount !== null)
    .map((flow) => flowName(flow, settings, baseCurrency, { t, locale }));
  const more = amounts.length > SHOWN_AMOUNTS ? ['…'] : [];
  const rest = t('thresholds:value', {
    solo: t(settings.soloMode ? 'thresholds:on' : 'thresholds:off'),
  });
  return [...amounts.slice(0, SHOWN_AMOUNTS), ...more, rest].join('\n');
}

/** How many ways there are, and how many of them the company has made its own. */
function flowsValue(t: Translate, { settings }: Company): string {
  const flows = editableFlows(settings.approvalFlows);
  const usual = new Map(DEFAULT_FLOWS.map((flow) => [flow.key, JSON.stringify(flow.steps)]));
  const own = flows.filter((flow) => usual.get(flow.key) !== JSON.stringify(flow.steps)).length;
  return t('settings:flows_value', { count: flows.length, own });
}

function templatesValue(t: Translate, codes: readonly string[]): string {
  if (codes.length === 0) return t('templates:topic_none');
  const list = firstOf(t, codes.slice(0, SHOWN_CODES), codes.length);
  return t('templates:topic', { count: codes.length, codes: list });
}

function calendarValue({ t, locale, today }: RowReader, calendar: Company['calendar']): string {
  const days = workweekWords(t, calendar.workweek);
  const until = calendar.coveredThrough;
  if (until === null) return t('calendar:value_none', { days });
  return t('calendar:value', { days, date: formatDate(locale, until, today) });
}

function toleranceValue({ t, locale }: RowReader, { settings, baseCurrency: currency }: Company): string {
  const money = (minor: number) => formatMoney(locale, { minor: BigInt(minor), currency });
  const { toleranceMinor, smallDifferenceMinor, ackDays } = settings;
  return t('settings:tolerance_value', {
    amount: money(toleranceMinor),
    small: smallDifferenceMinor === 0 ? t('thresholds:off') : money(smallDifferenceMinor),
    days: ackDays,
  });
}

function timesValue(t: Translate, { remindAt }: Company, { times }: SettingsOverview): string {
  const { quietFrom: from, quietTo: to } = times;
  const at = times.remindAt ?? t('settings:times_company', { time: remindAt });
  if (from === null || to === null) return at;
  return t('settings:times_quiet', { at, from, to });
}
