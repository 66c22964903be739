// What finance should look at before it decides about a receipt (ux §4.6, 注意). Changes nothing; no scope of its own.
import type { Db, Tx } from '../../db/client.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { twinKey } from '../customers/customer.js';
import { addDays, fromUtcDate, type LocalDate, localDate, toUtcDate } from '../local-date.js';
import {
  asOriginal,
  bankNumbersOf,
  DUPLICATE_WINDOW_DAYS,
  isOldDay,
  LIVE_STATUSES,
  MONEY_IN_KINDS,
  saidAs,
  sameNumber,
} from './receipt.js';

/** `customerName`: whose the other receipt of this slip or bill is. */
export type Warning =
  | { readonly kind: 'duplicate'; readonly number: string; readonly receivedOn: LocalDate }
  | { readonly kind: 'slip' | 'bill'; readonly number: string; readonly customerName: string }
  | { readonly kind: 'plan'; readonly seq: number; readonly outstanding: bigint }
  | { readonly kind: 'early'; readonly contractNumber: string; readonly signedOn: LocalDate }
  | { readonly kind: 'payer' | 'old' | 'redrawn' }
  | { readonly kind: 'waiting'; readonly number: string; readonly amount: bigint };

type Found = Prisma.ReceiptGetPayload<{ include: { customer: true; allocations: true } }>;

/** In the order of their weight. */
export async function findWarnings(db: Db | Tx, receipt: Found): Promise<Warning[]> {
  const live = {
    status: { in: [...LIVE_STATUSES] },
    kind: { in: [...MONEY_IN_KINDS] },
    id: { not: receipt.id },
  };
  const day = fromUtcDate(receipt.receivedOn);
  const proposed = receipt.allocations.filter((line) => line.status === 'proposed');
  const rowIds = proposed.map((line) => line.instalmentId);
  const { billNo, customerId } = receipt;
  const numbers = bankNumbersOf(receipt);
  const said = saidAs(receipt).map(({ minor: amount, currency }) => ({ amount, currency }));
  const [twin, slip, bill, target, early, waiting] = await Promise.all([
    db.receipt.findFirst({
      where: {
        ...live,
        customerId,
        OR: [...said, ...said.map(asOriginal)],
        receivedOn: {
          gte: toUtcDate(addDays(day, -DUPLICATE_WINDOW_DAYS)),
          lte: toUtcDate(addDays(day, DUPLICATE_WINDOW_DAYS)),
        },
      },
      orderBy: { id: 'desc' },
    }),
    // Of the same customer it is refused.
    numbers.length === 0
      ? null
      : db.receipt.findFirst({
          where: { ...live, OR: sameNumber(numbers), customerId: { not: customerId } },
          include: { customer: true },
        }),
    billNo === null
      ? null
      : db.receipt.findFirst({
          where: { ...live, billNo },
          include: { customer: true },
          orderBy: { id: 'desc' },
        }),
    receipt.instalmentId === null ? null : db.instalment.findUnique({ where: { id: receipt.instalmentId } }),
    db.contract.findFirst({
      where: {
        signedOn: { gt: receipt.receivedOn },
        OR: [
          { instalments: { some: { id: { in: rowIds } } } },
          ...(receipt.contractId === null ? [] : [{ id: receipt.contractId }]),
        ],
      },
      orderBy: { signedOn: 'desc' },
    }),
    db.receipt.findMany({
      where: {
        status: 'submitted',
        id: { not: receipt.id },
        allocations: { some: { status: 'proposed', instalmentId: { in: rowIds } } },
      },
      orderBy: { id: 'asc' },
      take: 3,
    }),
  ]);
  const payer = receipt.payerName && twinKey(receipt.payerName);
  const { name, shortName, taxTitle, relatedPayers } = receipt.customer;
  const names = [name, shortName, taxTitle, ...relatedPayers];
  const isStranger = payer && !names.some((known) => known && twinKey(known) === payer);
  const isRedrawn = receipt.allocations.some((line) => line.releaseReason === 'outstanding_changed');
  const differs = target?.lifecycle === 'open' && target.outstanding !== receipt.amount;
  const isOld = isOldDay(day, localDate(receipt.createdAt.toISOString().slice(0, 10)));
  return [
    ...(isRedrawn ? [{ kind: 'redrawn' as const }] : []),
    ...(twin
      ? [{ kind: 'duplicate' as const, number: twin.number, receivedOn: fromUtcDate(twin.receivedOn) }]
      : []),
    ...(slip ? [{ kind: 'slip' as const, number: slip.number, customerName: slip.customer.name }] : []),
    ...(bill ? [{ kind: 'bill' as const, number: bill.number, customerName: bill.customer.name }] : []),
    ...(differs ? [{ kind: 'plan' as const, seq: target.seq, outstanding: target.outstanding }] : []),
    ...(isOld ? [{ kind: 'old' as const }] : []),
    ...(early?.signedOn
      ? [{ kind: 'early' as const, contractNumber: early.number, signedOn: fromUtcDate(early.signedOn) }]
      : []),
    ...(isStranger ? [{ kind: 'payer' as const }] : []),
    ...waiting.map(({ number, amount }) => ({ kind: 'waiting' as const, number, amount })),
  ];
}
