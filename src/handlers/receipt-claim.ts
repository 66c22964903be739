// Unclaimed money in the receipt form: it is there already, and is booked as it came in or as its contract's currency. Reads only.
import { DomainError } from '../domain/errors.js';
import { findUnclaimed, type UnclaimedFacts } from '../domain/receipts/unclaimed.queries.js';
import { refuseRepeated } from '../domain/requests.service.js';
import type { Form } from './forms.js';
import type { ReceiptMetadata } from './receipt-metadata.js';
import { recordId } from './show-view.js';
import type { Turn } from './turns.js';
import type { ReceiptFormState } from './views/receipt-form-views.js';
import type { ReceiptTarget } from './views/receipt-target-views.js';

/** Unclaimed money as the form claims it. @throws DomainError not_found, unclaimed.claimed, unclaimed.withdrawn, request.repeated */
export async function loadClaim(
  { ctx }: Pick<Turn, 'ctx'>,
  id: string | null,
): Promise<UnclaimedFacts | null> {
  if (id === null) return null;
  const facts = await findUnclaimed(ctx, { id: recordId(id) });
  if (!facts) throw new DomainError('not_found', { ref: '' });
  const { number, claim, withdrawnAt } = facts;
  if (withdrawnAt) throw new DomainError('unclaimed.withdrawn', { number });
  if (claim) {
    // This very form may have claimed it.
    await refuseRepeated(ctx);
    throw new DomainError('unclaimed.claimed', { who: claim.who, number: claim.number });
  }
  return facts;
}

/** All of what is claimed, where it is booked as it came in; else how much it is there is typed (rules §1). */
export const claimedIn = (claim: UnclaimedFacts | null, { currency }: ReceiptTarget): bigint | null =>
  claim?.currency === currency ? claim.amount : null;

/** Another currency than the money is booked in; what is claimed came in as it is. */
export function paidInOf(
  { company }: Turn['ctx'],
  { currency }: ReceiptTarget,
  claim: UnclaimedFacts | null,
  wanted: string | null,
): Pick<ReceiptFormState, 'paidIn' | 'paidInChoices'> {
  if (claim) return { paidIn: claim.currency === currency ? null : claim.currency, paidInChoices: [] };
  const choices = company.settings.currencies.filter((one) => one !== currency);
  return { paidIn: choices.find((one) => one === wanted) ?? null, paidInChoices: choices.slice(0, 99) };
}

/** The currency of money that is there already: sent again it stays in it, claimed it is booked as its contract's too. */
export const ofMoney = ({ u, p, o, y }: ReceiptMetadata): { only?: string; claimed?: string } =>
  u === null ? (p === null ? {} : { only: y }) : { claimed: o ?? y };

/** What is claimed is booked as what its customer owes in: asked anew with another customer. */
export const isOthers = (form: Form, { u, c }: ReceiptMetadata): boolean =>
  u !== null && form.choice('customer') !== c;
