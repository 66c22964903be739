// The money that is there already when receipts come out of a file: by slip, by number, by amount and day. Changes nothing.
import type { Tx } from '../../db/client.js';
import { diffDays, fromUtcDate, localDate } from '../local-date.js';
import { DUPLICATE_WINDOW_DAYS, LIVE_STATUSES, MONEY_IN_KINDS, saidAs } from '../receipts/receipt.js';
import {
  areApart,
  type LiveReceipt,
  type NumberedReceipt,
  type ReceiptFacts,
  type SameMoney,
} from './decide-receipt.js';
import type { ImportScope } from './import-access.js';
import type { StagedRow } from './import-row.js';
import { findCustomersOf, textsOf } from './lookups.service.js';
import { type FileRef, isOfFile, recall } from './memory.service.js';

/** What rows are decided by. */
export async function loadKnownMoney(
  tx: Tx,
  owners: ImportScope,
  kind: 'receipts' | 'opening',
  file: FileRef,
  rows: readonly StagedRow[],
): Promise<ReceiptFacts> {
  const contracts = await tx.contract.findMany({
    where: {
      number: { in: textsOf(rows, 'contract') },
      deletedAt: null,
      ...(owners !== 'all' && { ownerId: { in: [...owners] } }),
    },
    select: {
      ...{ id: true, number: true, customerId: true, currency: true, status: true },
      customer: { select: { code: true, name: true, shortName: true } },
    },
  });
  const findCustomer = await findCustomersOf(tx, owners, kind, rows);
  const named = textsOf(rows, 'customer').flatMap((ref) => findCustomer(ref).map(({ id }) => id));
  const live = await liveReceipts(tx, file, [
    ...new Set([...named, ...contracts.map((one) => one.customerId)]),
  ]);
  const unclaimed = await openUnclaimed(tx, rows);
  const bySlip = new Map(live.map((receipt) => [`${receipt.customerId} ${receipt.slip}`, receipt]));
  const byTxn = new Map(live.map((receipt) => [`${receipt.customerId} ${receipt.bankTxnId}`, receipt]));
  const inColumns = { bankSlipNo: [bySlip, byTxn], bankTxnId: [byTxn, bySlip] } as const;
  const byId = new Map(live.map((receipt) => [receipt.id, receipt]));
  return {
    findCustomer,
    byNumber: new Map(contracts.map((contract) => [contract.number, contract])),
    ...(await recall(tx, kind, file, rows)),
    byReceiptNumber: await findReceipts(tx, file, textsOf(rows, 'receiptNumber')),
    byId: (id) => byId.get(id),
    byBankNumber: (customerId, number, text) => {
      const [own, other] = inColumns[number];
      return own.get(`${customerId} ${text}`) ?? other.get(`${customerId} ${text}`);
    },
    elsewhere: kind === 'opening' ? await elsewhereFinder(tx, rows) : null,
    unclaimedNumber: (text) => unclaimed.find((money) => money.slip === text),
    twinOf: (customerId, money) => {
      const { receivedOn, billNo } = money;
      const said = saidAs(money);
      const isNear = (other: SameMoney) =>
        Math.abs(diffDays(localDate(other.receivedOn), localDate(receivedOn))) <= DUPLICATE_WINDOW_DAYS;
      const isSame = (other: SameMoney) =>
        saidAs(other).some((one) =>
          said.some(({ minor, currency }) => one.minor === minor && one.currency === currency),
        );
      const isTwin = (other: SameMoney) =>
        ((billNo !== null && other.billNo === billNo) || (isSame(other) && isNear(other))) &&
        !areApart(money, other);
      return (
        live.find((receipt) => !receipt.ofFile && receipt.customerId === customerId && isTwin(receipt)) ??
        unclaimed.find(isTwin)
      );
    },
  };
}

/** Receipts of these numbers that this very file has not made: those got theirs here, whatever it calls its own. */
async function findReceipts(
  tx: Tx,
  file: FileRef,
  numbers: readonly string[],
): Promise<Map<string, NumberedReceipt>> {
  if (numbers.length === 0) return new Map();
  const found = await tx.$queryRaw<
    (Omit<NumberedReceipt, 'receivedOn'> & { receivedOn: Date; number: string })[]
  >`
    SELECT r.id::text, r.number, r.customer_id::text AS "customerId", r.amount, r.currency, r.received_on AS "receivedOn",
      r.status::text = ANY(${[...LIVE_STATUSES]}::text[]) AS lives, r.status = 'reversed' AS "isReversed"
    FROM receipt r WHERE r.number = ANY(${[...numbers]}::text[]) AND NOT ${isOfFile('r', 'receipts', file)}`;
  return new Map(
    found.map(({ number, ...row }) => [number, { ...row, receivedOn: fromUtcDate(row.receivedOn) }]),
  );
}

/** Receipts of these customers that count or wait, and whether this very file made them. */
async function liveReceipts(
  tx: Tx,
  file: FileRef,
  customerIds: readonly string[],
): Promise<(LiveReceipt & { ofFile: boolean })[]> {
  const rows = await tx.$queryRaw<
    (Omit<LiveReceipt, 'receivedOn'> & { receivedOn: Date; ofFile: boolean })[]
  >`
    SELECT r.id::text, r.number, r.customer_id::text AS "customerId", r.amount, r.currency, r.received_on AS "receivedOn",
      r.bank_slip_no AS slip, r.bank_txn_id AS "bankTxnId", r.bill_no AS "billNo",
      r.original_amount AS "originalAmount", r.original_currency AS "originalCurrency", ${isOfFile('r', 'receipts', file)} AS "ofFile"
    FROM receipt r
    WHERE r.customer_id = ANY(${[...customerIds]}::uuid[]) AND r.kind IN ('payment', 'prepayment', 'opening')
      AND r.status::text = ANY(${[...LIVE_STATUSES]}::text[])`;
  return rows.map((row) => ({ ...row, receivedOn: fromUtcDate(row.receivedOn) }));
}

/** Receipts that count or wait with the number of a row, whosever they are. */
async function elsewhereFinder(
  tx: Tx,
  rows: readonly StagedRow[],
): Promise<NonNullable<ReceiptFacts['elsewhere']>> {
  const numbers = bankNumbersOf(rows);
  if (numbers.length === 0) return () => undefined;
  const found = await tx.receipt.findMany({
    where: {
      OR: [{ bankSlipNo: { in: numbers } }, { bankTxnId: { in: numbers } }],
      kind: { in: [...MONEY_IN_KINDS] },
      status: { in: [...LIVE_STATUSES] },
    },
    select: { number: true, customerId: true, bankSlipNo: true, bankTxnId: true },
    orderBy: { id: 'asc' },
  });
  return (customerId, text) =>
    found.find((one) => (one.bankSlipNo === text || one.bankTxnId === text) && one.customerId !== customerId);
}

/** Of all rows, each once. */
export const bankNumbersOf = (rows: readonly StagedRow[]): string[] => [
  ...new Set([...textsOf(rows, 'bankSlipNo'), ...textsOf(rows, 'bankTxnId')]),
];

/** Money that waits to be claimed and may be that of a row: by a number of the bank's, or its amount. */
async function openUnclaimed(tx: Tx, rows: readonly StagedRow[]): Promise<SameMoney[]> {
  const found = await tx.$queryRaw<(Omit<SameMoney, 'receivedOn'> & { receivedOn: Date })[]>`
    SELECT u.number, u.amount, u.currency, u.received_on AS "receivedOn", u.bank_slip_no AS slip,
      NULL AS "bankTxnId", NULL AS "billNo", NULL AS "originalAmount", NULL AS "originalCurrency"
    FROM unclaimed_money u
    WHERE u.withdrawn_at IS NULL AND (u.bank_slip_no = ANY(${bankNumbersOf(rows)}::text[])
        OR u.amount = ANY(${[...textsOf(rows, 'amount'), ...textsOf(rows, 'originalAmount')]}::bigint[]))
      AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.unclaimed_id = u.id
        AND r.status::text = ANY(${[...LIVE_STATUSES]}::text[])) ORDER BY u.id`;
  return found.map((row) => ({ ...row, receivedOn: fromUtcDate(row.receivedOn) }));
}
