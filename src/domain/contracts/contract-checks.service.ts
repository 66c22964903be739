// What a contract's form is checked against besides its own shape: the company's lists, and how far a day may lie.
import type { Ctx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { visibleOwners } from '../access.js';
import { DomainError } from '../errors.js';
import type { LocalDate } from '../local-date.js';
import { latestPlanDate } from '../plans/plan.js';
import type { DictionaryEntry } from '../settings/settings.js';
import { FINANCE_OWNER_ROLES, FRAMEWORK_STATES, type MilestoneKind, signingRange } from './contract.js';

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
  checkSigning(ctx, signedOn);
  if (startsOn && endsOn && endsOn < startsOn) {
    throw new DomainError('contract.ends_before_start', { start: startsOn }, 'endsOn');
  }
  return input;
}

/** @throws DomainError contract.signed_range */
export function checkSigning(ctx: Ctx, signedOn: LocalDate | null): void {
  const signing = signingRange(ctx.today);
  if (signedOn && (signedOn < signing.from || signedOn > signing.to)) {
    throw new DomainError('contract.signed_range', signing, 'signedOn');
  }
}

interface Links {
  readonly financeOwnerId: string | null;
  readonly parentContractId: string | null;
}

/**
 * The finance owner must be of finance, and the framework contract one in force that the actor sees; what the contract
 * has may stay.
 * @throws DomainError choice.unknown, not_found, contract.framework_state, contract.framework_nested
 */
export async function checkLinks(
  db: Db | Tx,
  ctx: Ctx,
  input: Links,
  before: (Links & { id: string }) | null = null,
): Promise<void> {
  const { financeOwnerId, parentContractId } = input;
  if (financeOwnerId !== null && financeOwnerId !== before?.financeOwnerId) {
    const found = await db.user.findFirst({
      where: { id: financeOwnerId, active: true, roles: { hasSome: [...FINANCE_OWNER_ROLES] } },
      select: { id: true },
    });
    if (!found) throw new DomainError('choice.unknown', { value: '' }, 'financeOwnerId');
  }
  if (parentContractId === null || parentContractId === before?.parentContractId) return;
  const owners = visibleOwners(ctx.actor);
  const parent = await db.contract.findFirst({
    where: {
      id: parentContractId,
      deletedAt: null,
      ...(owners !== 'all' && { ownerId: { in: [...owners] } }),
    },
    select: { number: true, status: true, parentContractId: true },
  });
  if (!parent) throw new DomainError('not_found', { ref: '' }, 'parentContractId');
  const { number, status } = parent;
  if (!FRAMEWORK_STATES.includes(status)) {
    throw new DomainError('contract.framework_state', { number, state: status }, 'parentContractId');
  }
  if (parent.parentContractId !== null || parentContractId === before?.id) {
    throw new DomainError('contract.framework_nested', { number }, 'parentContractId');
  }
}
