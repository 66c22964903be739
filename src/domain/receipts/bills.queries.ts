// Reads the acceptance bills that a person is told of. Changes nothing.
import type { Db } from '../../db/client.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';

/** Amounts in minor units of `currency`. */
export interface DueBill {
  readonly id: string;
  readonly number: string;
  readonly billNo: string | null;
  readonly dueOn: LocalDate;
  readonly customerName: string;
  readonly amount: bigint;
  readonly currency: string;
}

/** Those of them that still count, the first to fall due first. */
export async function listBills(
  { db }: { readonly db: Db },
  receiptIds: readonly string[],
): Promise<DueBill[]> {
  const found = await db.receipt.findMany({
    where: { id: { in: [...receiptIds] }, status: { in: ['approved', 'partly_reversed'] } },
    include: { customer: { select: { name: true } } },
    orderBy: [{ billDueOn: 'asc' }, { id: 'asc' }],
  });
  return found.flatMap(({ id, number, billNo, billDueOn, customer, amount, currency }) =>
    billDueOn
      ? [
          {
            id,
            number,
            billNo,
            dueOn: fromUtcDate(billDueOn),
            customerName: customer.name,
            amount,
            currency,
          },
        ]
      : [],
  );
}
