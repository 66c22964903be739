// The settings' forms of the company, its channels, and a person's roles (ux §4.9); their index is settings-index-views.ts. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { type Actor, ROLES, type Role, scopeOf } from '../../domain/access.js';
import type { MemberFacts } from '../../domain/settings/settings.queries.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import {
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

export interface CompanyFacts {
  readonly version: number;
  readonly name: string;
  readonly timezone: string;
  readonly baseCurrency: string;
  readonly locale: 'zh-CN' | 'en';
  readonly remindAt: string;
  /** What the morning missed is still sent until then. */
  readonly remindUntil: string;
  readonly currencies: readonly string[];
  /** Days ahead of a contract's end at which its owner is told. */
  readonly endingDays: readonly number[];
  readonly financeChannelId: string | null;
  readonly escalationChannelId: string | null;
  /** Channels that are not set are left out on purpose. */
  readonly channelsDeclined: boolean;
}

const LANGUAGES = ['zh-CN', 'en'] as const;

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
      input('baseCurrency', t('settings:currency'), selectInput(currencies, company.baseCurrency), {
        hint: t('settings:currency_hint'),
      }),
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
        'remindUntil',
        t('settings:remind_until'),
        { type: 'timepicker', action_id: 'value', initial_time: company.remindUntil },
        { hint: t('settings:remind_until_hint') },
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

type CompanyValues = Pick<
  CompanyFacts,
  'name' | 'timezone' | 'baseCurrency' | 'locale' | 'remindAt' | 'remindUntil' | 'endingDays'
>;

/** What a saved form changed: each field with what it is now, and what follows from it. */
export function companyChanges(t: Translate, before: CompanyValues, after: CompanyValues): string[] {
  const days = after.endingDays.join(t('common:comma'));
  const lines = (
    [
      ['name', t('settings:name'), after.name],
      ['timezone', t('settings:zone'), after.timezone],
      ['baseCurrency', t('settings:currency'), after.baseCurrency],
      ['locale', t('settings:language'), t(`settings:language.${after.locale}`)],
      ['remindUntil', t('settings:remind_until'), after.remindUntil],
      ['endingDays', t('settings:ending_days'), days === '' ? t('common:none') : days],
    ] as const
  )
    .filter(([field]) => String(before[field]) !== String(after[field]))
    .map(([, label, text]) => t('common:of_field', { label, text }));
  return present<string>(
    ...lines,
    before.remindAt !== after.remindAt && t('settings:company_saved_time', { time: after.remindAt }),
  );
}

/** That settings of this title were saved, and what changed, a line each. */
export const savedWords = (t: Translate, title: string, changes: readonly string[]): string =>
  changes.length === 0
    ? t('settings:saved_unchanged', { title })
    : [t('settings:saved_as', { title }), ...changes].join('\n');

/** Finance and escalation channel; saving tests that the bot can post there. `threadDay`: days overdue of the first thread. */
export function channelsForm(
  t: Translate,
  company: CompanyFacts,
  requestId: string,
  threadDay: number | null,
): ModalView {
  const pick = (initial: string | null) => ({
    type: 'conversations_select' as const,
    action_id: 'value',
    filter: { include: ['public' as const, 'private' as const], exclude_bot_users: true },
    ...(initial !== null && { initial_conversation: initial }),
  });
  const declined = [option(t('settings:channels_declined_box'), 'yes')];
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
        hint:
          threadDay === null
            ? t('settings:escalation_channel_hint_any')
            : t('settings:escalation_channel_hint', { count: threadDay }),
      }),
      input(
        'declined',
        t('settings:channels_declined'),
        {
          type: 'checkboxes',
          action_id: 'value',
          options: declined,
          ...(company.channelsDeclined && { initial_options: declined }),
        },
        { optional: true, hint: t('settings:channels_declined_hint') },
      ),
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
