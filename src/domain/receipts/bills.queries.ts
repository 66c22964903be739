// The acceptance bills that a digest tells of, as they are now. Changes nothing.
import type { ReadCtx } from '../../ctx.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import type { ReceiptStatus } from './receipt.js';
import { visibleReceipts } from './receipt.queries.js';

/** Amounts in minor units of `currency`. */
export interface DueBill {
  readonly id: string;
  readonly number: string;
  readonly billNo: string | null;
  readonly dueOn: LocalDate;
  readonly customerName: string;
  readonly contractNumber: string | null;
  readonly amount: bigint;
  readonly currency: string;
  readonly status: ReceiptStatus;
}

/** Whether it still counts: not dishonoured. */
export const isBillOpen = ({ status }: Pick<DueBill, 'status'>): boolean =>
  status === 'approved' || status === 'partly_reversed';

/** The bills of these reminders that the reader may see, the first to fall due first. */
export async function loadBills(
  ctx: ReadCtx,
  refs: readonly { receiptId: string | null }[],
): Promise<DueBill[]> {
  const ids = [...new Set(refs.flatMap((one) => one.receiptId ?? []))];
  if (ids.length === 0) return [];
  const found = await ctx.db.receipt.findMany({
    where: { AND: [visibleReceipts(ctx), { id: { in: ids } }] },
    include: { customer: { select: { name: true } }, contract: { select: { number: true } } },
    orderBy: [{ billDueOn: 'asc' }, { id: 'asc' }],
  });
  return found.flatMap(({ billDueOn, customer, contract, ...bill }) =>
    billDueOn === null
      ? []
      : [
          {
            id: bill.id,
            number: bill.number,
            billNo: bill.billNo,
            dueOn: fromUtcDate(billDueOn),
            customerName: customer.name,
            contractNumber: contract?.number ?? null,
            amount: bill.amount,
            currency: bill.currency,
            status: bill.status,
          },
        ],
  );
}
