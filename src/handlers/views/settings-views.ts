// The settings: an index with each topic's value, and a form a topic (ux §4.9). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { type Actor, ROLES, type Role, scopeOf } from '../../domain/access.js';
import type { WorkCalendar } from '../../domain/calendar.js';
import type { MemberFacts, RoleCount } from '../../domain/settings/settings.queries.js';
import { formatDate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import {
  button,
  context,
  escapeMrkdwn,
  externalSelect,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import type { RowReader } from './row-views.js';
import { workweekWords } from './settings-calendar-views.js';

export interface CompanyFacts {
  readonly version: number;
  readonly name: string;
  readonly timezone: string;
  readonly baseCurrency: string;
  readonly locale: 'zh-CN' | 'en';
  readonly remindAt: string;
  readonly currencies: readonly string[];
  /** Days ahead of a contract's end at which its owner is told. */
  readonly endingDays: readonly number[];
  readonly exchangeRates: readonly unknown[];
  readonly soloMode: boolean;
  readonly calendar: Pick<WorkCalendar, 'workweek' | 'coveredThrough'>;
  readonly financeChannelId: string | null;
  readonly escalationChannelId: string | null;
}

const LANGUAGES = ['zh-CN', 'en'] as const;

/** Each topic with its value and [修改]. */
export function settingsIndex(
  reader: RowReader,
  company: CompanyFacts,
  counted: { members: number; roles: readonly RoleCount[] },
  templateCodes: readonly string[],
): ModalView {
  const { t } = reader;
  const channel = (id: string | null) => (id === null ? t('common:not_set') : `<#${id}>`);
  const list = counted.roles.map(({ role, count }) =>
    t('settings:roles_count', { role: t(`common:role.${role}`), count }),
  );
  const people =
    counted.members === 0
      ? t('settings:no_roles')
      : t('settings:roles_value', { count: counted.members, list: list.join(t('common:comma')) });
  const companyValue = t('settings:company_value', {
    name: escapeMrkdwn(company.name),
    zone: company.timezone,
    currency: company.baseCurrency,
    language: t(`settings:language.${company.locale}`),
    time: company.remindAt,
  });
  const channels = t('settings:channels_value', {
    finance: channel(company.financeChannelId),
    escalation: channel(company.escalationChannelId),
  });
  return modal({
    callbackId: VIEW.info,
    title: t('settings:title'),
    close: t('common:close'),
    blocks: [
      topic(t, t('settings:company'), companyValue, ACTION.settingsCompany),
      topic(t, t('settings:channels'), channels, ACTION.settingsChannels),
      topic(t, t('settings:roles'), people, ACTION.settingsMember),
      topic(t, t('delegates:title'), t('delegates:topic'), ACTION.settingsDelegates),
      topic(t, t('departments:title'), t('departments:value'), ACTION.departmentList),
      topic(t, t('calendar:title'), calendarValue(reader, company.calendar), ACTION.settingsCalendar),
      topic(t, t('ladders:title'), t('ladders:value'), ACTION.ladder),
      topic(t, t('thresholds:title'), thresholdsValue(t, company), ACTION.settingsThresholds),
      topic(t, t('flows:title'), t('flows:topic'), ACTION.settingsFlows),
      topic(t, t('templates:title'), templatesValue(t, templateCodes), ACTION.templateList),
      topic(t, t('dictionaries:title'), t('dictionaries:value'), ACTION.settingsLists),
      topic(t, t('dictionaries:numbering'), t('dictionaries:numbering_value'), ACTION.settingsNumbering),
      topic(t, t('times:title'), t('times:value'), ACTION.ownTimes),
    ],
  });
}

function calendarValue({ t, locale, today }: RowReader, calendar: CompanyFacts['calendar']): string {
  const days = workweekWords(t, calendar.workweek);
  const until = calendar.coveredThrough;
  if (until === null) return t('calendar:value_none', { days });
  return t('calendar:value', { days, date: formatDate(locale, until, today) });
}

const thresholdsValue = (t: Translate, company: CompanyFacts): string =>
  t('thresholds:value', {
    count: company.exchangeRates.length,
    solo: t(company.soloMode ? 'thresholds:on' : 'thresholds:off'),
  });

const SHOWN_CODES = 10;

function templatesValue(t: Translate, codes: readonly string[]): string {
  if (codes.length === 0) return t('templates:topic_none');
  const shown = codes.slice(0, SHOWN_CODES).map(escapeMrkdwn);
  const list = [...shown, ...(codes.length > SHOWN_CODES ? ['…'] : [])].join(t('common:comma'));
  return t('templates:topic', { count: codes.length, codes: list });
}

/** A topic's name, its value and [修改]. */
export const topic = (
  t: Translate,
  name: string,
  value: string,
  action: string,
  verb = t('settings:edit'),
): KnownBlock => section(`*${name}*\n${value}`, button(action, verb, { label: `${verb} ${name}` }));

/** Name, zone, currency, language, time of reminders. */
export function companyForm(t: Translate, company: CompanyFacts, requestId: string): ModalView {
  const languages = LANGUAGES.map((locale) => option(t(`settings:language.${locale}`), locale));
  const currencies = company.currencies.map((code) => option(code, code));
  return modal({
    callbackId: VIEW.settingsCompany,
    title: t('settings:company'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata: JSON.stringify({ r: requestId, v: company.version }),
    blocks: [
      input('name', t('settings:name'), textInput({ initial: company.name, maxLength: 80 })),
      input('timezone', t('settings:zone'), textInput({ initial: company.timezone, maxLength: 60 }), {
        hint: t('settings:zone_hint'),
      }),
      input('baseCurrency', t('settings:currency'), selectInput(currencies, company.baseCurrency)),
      input('locale', t('settings:language'), selectInput(languages, company.locale), {
        hint: t('settings:language_hint'),
      }),
      input(
        'remindAt',
        t('settings:remind_at'),
        { type: 'timepicker', action_id: 'value', initial_time: company.remindAt },
        {
          hint: t('settings:remind_at_hint'),
        },
      ),
      input(
        'endingDays',
        t('settings:ending_days'),
        textInput({ initial: company.endingDays.join(', '), maxLength: 40 }),
        { optional: true, hint: t('settings:ending_days_hint') },
      ),
    ],
  });
}

/** Finance and escalation channel; saving tests that the bot can post there. */
export function channelsForm(t: Translate, company: CompanyFacts, requestId: string): ModalView {
  const pick = (initial: string | null) => ({
    type: 'conversations_select' as const,
    action_id: 'value',
    filter: { include: ['public' as const, 'private' as const], exclude_bot_users: true },
    ...(initial !== null && { initial_conversation: initial }),
  });
  return modal({
    callbackId: VIEW.settingsChannels,
    title: t('settings:channels'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata: JSON.stringify({ r: requestId, v: company.version }),
    blocks: [
      input('finance', t('settings:finance_channel'), pick(company.financeChannelId), {
        optional: true,
        hint: t('settings:finance_channel_hint'),
      }),
      input('escalation', t('settings:escalation_channel'), pick(company.escalationChannelId), {
        optional: true,
        hint: t('settings:escalation_channel_hint'),
      }),
    ],
  });
}

/**
 * Roles, manager and department of one person, and what they will be able to do. Fields that depend on the person carry their id,
 * so that Slack does not keep what was chosen for another. `roles`: as ticked now, else as they are.
 */
export function memberForm(
  t: Translate,
  member: MemberFacts | null,
  requestId: string,
  ticked?: readonly Role[],
): ModalView {
  const roles = ticked ?? member?.roles ?? [];
  const boxes = ROLES.map((role) => option(t(`common:role.${role}`), role));
  const chosen = boxes.filter((box) => roles.some((role) => role === box.value));
  const person: KnownBlock = input(
    'person',
    t('settings:person'),
    {
      type: 'users_select',
      action_id: ACTION.settingsMemberPick,
      ...(member && { initial_user: member.slackUserId }),
    },
    { hint: t('settings:person_hint'), dispatch: true },
  );
  const title = { callbackId: VIEW.settingsMember, title: t('settings:roles'), close: t('common:cancel') };
  if (!member) {
    return modal({
      ...title,
      submit: t('common:save'),
      metadata: JSON.stringify({ r: requestId, u: null, v: 0 }),
      blocks: [person, context(t('settings:pick'))],
    });
  }
  return modal({
    ...title,
    submit: t('common:save'),
    metadata: JSON.stringify({ r: requestId, u: member.id, v: member.version }),
    blocks: present<KnownBlock>(
      person,
      input(
        `roles|${member.id}`,
        t('settings:role_boxes'),
        {
          type: 'checkboxes',
          action_id: ACTION.settingsRoles,
          options: boxes,
          ...(chosen.length > 0 && { initial_options: chosen }),
        },
        { optional: true, dispatch: true },
      ),
      input(
        `managerId|${member.id}`,
        t('settings:manager'),
        {
          type: 'users_select',
          action_id: 'value',
          ...(member.manager && { initial_user: member.manager.slackUserId }),
        },
        { optional: true, hint: t('settings:manager_hint') },
      ),
      input(
        `departmentId|${member.id}`,
        t('departments:one'),
        externalSelect(OPTIONS.department, {
          initial: member.department ? option(member.department.name, member.department.id) : undefined,
        }),
        { optional: true, hint: t('departments:member_hint') },
      ),
      section(escapeMrkdwn(effectOf(t, roles))),
    ),
  });
}

const TOLD = [
  'record.see',
  'contract.create',
  'receipt.record',
  'receipt.approve',
  'contract.approve',
  'settings.edit',
] as const;

/** What somebody with these roles can and cannot do. */
export function effectOf(t: Translate, roles: readonly Role[]): string {
  if (roles.length === 0) return t('settings:effect_none');
  const actor: Pick<Actor, 'roles'> = { roles };
  const scoped = TOLD.map((action) => ({ action, scope: scopeOf(actor, action) }));
  const can = scoped.flatMap(({ action, scope }) =>
    scope === null
      ? []
      : [t('settings:scoped', { action: t(`settings:can.${action}`), scope: t(`settings:scope.${scope}`) })],
  );
  const cannot = scoped
    .filter(({ scope }) => scope === null)
    .map(({ action }) => t(`settings:can.${action}`));
  const comma = t('common:comma');
  if (cannot.length === 0) return t('settings:effect_all', { can: can.join(comma) });
  return t('settings:effect', { can: can.join(comma), cannot: cannot.join(comma) });
}
