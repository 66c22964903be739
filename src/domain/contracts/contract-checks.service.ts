// What a contract's form is checked against besides its own shape: the company's lists, and how far a day may lie.
import type { Ctx } from '../../ctx.js';
import { DomainError } from '../errors.js';
import type { LocalDate } from '../local-date.js';
import { latestPlanDate } from '../plans/plan.js';
import type { DictionaryEntry } from '../settings/settings.js';
import type { MilestoneKind } from './contract.js';

/** The type, currency and method must be ones of the company's lists and in use; what the contract has may stay. */
export function checkChoices<T extends { type: string; currency: string; paymentMethod: string | null }>(
  ctx: Ctx,
  input: T,
  before: { type: string; currency: string; paymentMethod: string | null } | null = null,
): T {
  const { contractTypes, currencies, paymentMethods } = ctx.company.settings;
  const offers = (entries: readonly DictionaryEntry[], key: string) =>
    entries.some((entry) => entry.key === key && entry.active);
  const { type, currency, paymentMethod } = input;
  if (type !== before?.type && !offers(contractTypes, type)) {
    throw new DomainError('choice.unknown', { value: type }, 'type');
  }
  if (currency !== before?.currency && !currencies.includes(currency))
    throw new DomainError('choice.unknown', { value: currency }, 'currency');
  if (
    paymentMethod !== null &&
    paymentMethod !== before?.paymentMethod &&
    !offers(paymentMethods, paymentMethod)
  ) {
    throw new DomainError('choice.unknown', { value: paymentMethod }, 'paymentMethod');
  }
  return input;
}

/** A day further away than a plan may reach is a slip of the keyboard (rules §14). */
export function checkDates<
  T extends Record<'signedOn' | 'startsOn' | 'endsOn', LocalDate | null> & {
    milestones: Partial<Record<MilestoneKind, LocalDate>>;
  },
>(ctx: Ctx, input: T): T {
  const max = latestPlanDate(ctx.today);
  const { signedOn, startsOn, endsOn, milestones } = input;
  for (const [field, date] of Object.entries({ signedOn, startsOn, endsOn, ...milestones })) {
    if (date && date > max) throw new DomainError('plan.date_too_far', { max }, field);
  }
  if (startsOn && endsOn && endsOn < startsOn) {
    throw new DomainError('contract.ends_before_start', { start: startsOn }, 'endsOn');
  }
  return input;
}
