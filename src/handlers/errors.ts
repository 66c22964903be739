// Turns whatever was thrown into words, once: what happened and what to do, in the person's language (ux §5).
import { ErrorCode as SlackErrorCode, WebAPIPlatformError } from '@slack/web-api';
import { v4 as uuid } from 'uuid';
import { isUnavailable } from '../db/transact.js';
import { type Action, type Locale, ROLES, type Role } from '../domain/access.js';
import type { CustomerState } from '../domain/customers/customer.js';
import {
  DomainError,
  type ErrorCode,
  type ErrorParams,
  isDomainError,
  type LineCause,
  type ManagerRule,
} from '../domain/errors.js';
import { isLocalDate, type LocalDate } from '../domain/local-date.js';
import type { RateChange } from '../domain/settings/exchange-rates.js';
import type { Logger } from '../log.js';
import {
  formatChoice,
  formatDate,
  formatInstant,
  formatMoney,
  formatNames,
  formatPlainNumber,
} from './i18n/format.js';
import { hasWords, type Translate, translator } from './i18n/index.js';
import { rateWords } from './views/settings-rates-views.js';

/** For whom and when: what dates and times are told relative to. */
export interface Reader {
  readonly locale: Locale;
  readonly now: Date;
  readonly today: LocalDate;
  readonly timezone: string;
}

export interface Words {
  readonly code: ErrorCode;
  readonly text: string;
  /** The form field it belongs to, if any. */
  readonly field: string | undefined;
  readonly params: Record<string, unknown>;
}

/** Words for any error; an unexpected one gets a short reference, and its detail goes to the log. */
export function describeError(error: unknown, reader: Reader, log: Logger): Words {
  const known = toDomainError(error);
  if (known)
    return {
      code: known.code,
      text: sentence(known, reader),
      field: known.field,
      params: { ...known.params },
    };
  const ref = uuid().slice(0, 8);
  log.error({ ref, err: error }, 'unexpected error');
  const unexpected = new DomainError('unexpected', { ref });
  return { code: 'unexpected', text: sentence(unexpected, reader), field: undefined, params: { ref } };
}

function toDomainError(error: unknown): DomainError | null {
  if (isDomainError(error)) return error;
  if (isUnavailable(error)) return new DomainError('database.unavailable', {});
  if (error instanceof WebAPIPlatformError) {
    const late = ['expired_trigger_id', 'exchanged_trigger_id', 'invalid_trigger_id'].includes(
      error.data.error,
    );
    return late ? new DomainError('slack.trigger_expired', {}) : null;
  }
  return isSlackDown(error) ? new DomainError('slack.unavailable', {}) : null;
}

function isSlackDown(error: unknown): boolean {
  const down: unknown[] = [
    SlackErrorCode.RequestError,
    SlackErrorCode.RateLimitedError,
    SlackErrorCode.HTTPError,
  ];
  return typeof error === 'object' && error !== null && 'code' in error && down.includes(error.code);
}

/** What happened and what to do, for one error of the domain. */
export function sentence(error: DomainError, reader: Reader): string {
  const t = translator(reader.locale);
  const params = Object.fromEntries(
    Object.entries(error.params).map(([key, value]) => [key, word(key, value, reader, t)]),
  );
  // The code is the key of its words; the map of codes and the map of words are held equal by a test.
  if (isBeyondScope(error)) return t('common:beyond_scope', params);
  return isGone(error) ? t('errors:ref.unknown') : t(`errors:${error.code}`, params);
}

/** The role fits and the record does not: it does not help a rep to hear that it needs a rep. */
export const isBeyondScope = (error: DomainError): boolean =>
  isDomainError(error, 'access.denied') &&
  error.params.names.length === 0 &&
  error.params.needs.some((role) => error.params.has.includes(role));

/** There is no number to check: a stale button, a record that is out of scope by now. */
const isGone = (error: DomainError): boolean => isDomainError(error, 'not_found') && error.params.ref === '';

/** A parameter as the reader reads it. */
function word(key: string, value: unknown, reader: Reader, t: Translate): string | number {
  const { locale } = reader;
  if (value instanceof Date) return formatInstant(locale, value, reader.now, reader.timezone);
  if (isMoney(value)) return formatMoney(locale, value);
  if (isRule(value)) return ruleWords(value, reader);
  if (isCause(value)) return sentence(new DomainError(value.code, value.params), reader);
  if (Array.isArray(value)) {
    // Somebody may be called like a role.
    if (key === 'fields') return fieldWords(value.map(String), locale, t);
    if (key === 'rates') return rateWords(t, value as RateChange[]);
    const items = value.map((item) => (key === 'names' ? String(item) : roleName(String(item), t)));
    return key === 'needs' ? formatChoice(locale, items) : formatNames(locale, items);
  }
  if (typeof value === 'number') return value;
  if (key === 'max' && typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))
    return formatPlainNumber(locale, value);
  const text = value === null ? '—' : String(value);
  if (key === 'who' && text === '') return t('common:somebody');
  if (text === '' && key === 'manager') return t('errors:manager.unknown');
  if (text === '' && key === 'who') return t('errors:who.unknown');
  if (isLocalDate(text)) return formatDate(locale, text, reader.today);
  if (key === 'decision') return t(`errors:decision.${text as 'approved' | 'rejected' | 'withdrawn'}`);
  if (key === 'role') return text === 'manager' ? t('thresholds:manager') : roleName(text, t);
  if (key === 'reason') return t(`errors:file.${text as ErrorParams['file.rejected']['reason']}`);
  if (key === 'action') return t(`help:action.${text as Action}`);
  if (key === 'cause') return t(`errors:calendar.cause.${text as ErrorParams['calendar.line']['cause']}`);
  if (key === 'by') return t(`customers:twin.${text as 'name' | 'taxNo'}`);
  if (key === 'customerState') return t(`customers:status.${text as CustomerState}`);
  return key === 'state' ? stateName(text, t) : text;
}

const FIELDS_SHOWN = 5;

/** What of a row was changed, as the trail calls it; a field that has no name there is left out. */
function fieldWords(fields: readonly string[], locale: Locale, t: Translate): string {
  const named = fields.flatMap((field) => {
    const key = `audit:field.${field}`;
    return hasWords(key) ? [t(key)] : [];
  });
  const shown = [...new Set(named)].slice(0, FIELDS_SHOWN);
  return shown.length === 0 ? t('errors:fields.unknown') : formatNames(locale, shown);
}

const isMoney = (value: unknown): value is { minor: bigint; currency: string } =>
  typeof value === 'object' && value !== null && 'minor' in value && typeof value.minor === 'bigint';

const isRule = (value: unknown): value is ManagerRule =>
  typeof value === 'object' && value !== null && 'kind' in value && 'latest' in value;

/** Which rule asks for the manager, and the last day that needs none. */
export function ruleWords({ kind, latest }: ManagerRule, { locale, today }: Reader): string {
  const t = translator(locale);
  if (kind !== 'days') return t(`errors:rule.${kind}`);
  return latest === null
    ? t('errors:rule.days_none')
    : t('errors:rule.days', { latest: formatDate(locale, latest, today) });
}

/** An error told inside another. */
const isCause = (value: unknown): value is LineCause =>
  typeof value === 'object' && value !== null && 'code' in value && 'params' in value;

const roleName = (text: string, t: Translate): string =>
  (ROLES as readonly string[]).includes(text) ? t(`common:role.${text as Role}`) : text;

const CONTRACT_STATES = [
  'draft',
  'pending_approval',
  'active',
  'rejected',
  'completed',
  'archived',
  'void',
] as const;
const ROW_STATES = [
  'open',
  'paid',
  'postponed',
  'overdue',
  'undated',
  'inactive',
  'written_off',
  'cancelled',
] as const;

function stateName(text: string, t: Translate): string {
  const row = ROW_STATES.find((state) => state === text);
  if (row) return t(`common:state.${row}`);
  const contract = CONTRACT_STATES.find((state) => state === text);
  return contract ? t(`common:contract_state.${contract}`) : text;
}
