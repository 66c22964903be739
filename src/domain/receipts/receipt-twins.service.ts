// What may be the same money a second time, asked about before it is recorded (rules §3).
import type { Tx } from '../../db/client.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { fromUtcDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';

/** What a person says suspected duplicates are not: the numbers as they were shown; true for whatever there is. */
export type NotDuplicate = string | boolean;

type Twin = Pick<Receipt, 'number' | 'amount' | 'currency' | 'receivedOn' | 'recordedById'>;

/**
 * Asks about all that may be the same money in one question: to say of one that it is another does not answer for the next.
 * @throws DomainError receipt.duplicate_suspected, unless just these were ticked
 */
export async function askAboutTwins(
  tx: Tx,
  twins: readonly (Twin | null)[],
  notDuplicate: NotDuplicate,
): Promise<void> {
  const found = twins.filter((twin) => twin !== null);
  const [first] = found;
  const number = found.map((twin) => twin.number).join(' / ');
  if (!first || number === notDuplicate) return;
  const recorder = (await findPeople(tx, [first.recordedById])).get(first.recordedById);
  throw new DomainError('receipt.duplicate_suspected', {
    number,
    amount: { minor: first.amount, currency: first.currency },
    receivedOn: fromUtcDate(first.receivedOn),
    recorder: recorder?.name ?? '',
  });
}
