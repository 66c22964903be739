// Books the proposed allocations of a receipt: the only place where money reaches instalments. Set-based: a receipt may
// touch many rows.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { columnsOf } from '../../db/lock-rows.js';
import { type ContractStatus, type Instalment, Prisma, type Receipt } from '../../generated/prisma/client.js';
import { sumRecoverable } from '../adjustments/adjustment.queries.js';
import { recoverBadDebt } from '../adjustments/recovery.service.js';
import { settleContracts } from '../contracts/contract-settle.service.js';
import type { LocalDate } from '../local-date.js';
import { closeCasesOf, tellCasesOf } from '../reminders/case.service.js';
import { joinTraces, type Traces } from '../traces.service.js';

/** A proposal and what it pays, both held by this transaction. */
export interface ProposedLine {
  readonly receiptId: string;
  readonly amount: bigint;
  /** On bad debt. */
  readonly recovery: boolean;
  /** What can go to the row: what is open, of bad debt what did not come in; on a void contract nothing. */
  readonly room: bigint;
  readonly row: Instalment;
  readonly contract: { readonly id: string; readonly amount: bigint; readonly status: ContractStatus };
}

/** Locks what receipts propose to pay: contracts by id, each before its rows, as every writer does. */
export async function lockProposed(tx: Tx, ...receiptIds: string[]): Promise<ProposedLine[]> {
  const lines = await tx.$queryRaw<
    (Instalment & {
      receiptId: string;
      proposed: bigint;
      recovery: boolean;
      contractAmount: bigint;
      contractStatus: ContractStatus;
    })[]
  >`
    SELECT a.receipt_id::text AS "receiptId", a.amount AS proposed, a.recovery, c.amount AS "contractAmount", c.status AS "contractStatus",
      ${columnsOf('instalment', 'i')}
    FROM allocation a JOIN instalment i ON i.id = a.instalment_id JOIN contract c ON c.id = i.contract_id
    WHERE a.receipt_id = ANY(${receiptIds}::uuid[]) AND a.status = 'proposed' ORDER BY c.id, i.id FOR UPDATE OF c, i`;
  // Read once the rows are held: what is being posted on them is waited for.
  const badDebt = await sumRecoverable(
    tx,
    lines.filter((line) => line.recovery).map((line) => line.id),
  );
  return lines.map(({ receiptId, proposed, recovery, contractAmount, contractStatus, ...row }) => ({
    receiptId,
    amount: proposed,
    recovery,
    room: contractStatus === 'void' ? 0n : roomOf(row, recovery, badDebt),
    row,
    contract: { id: row.contractId, amount: contractAmount, status: contractStatus },
  }));
}

function roomOf(row: Instalment, recovery: boolean, badDebt: ReadonlyMap<string, bigint>): bigint {
  if (!recovery) return row.lifecycle === 'open' ? row.outstanding : 0n;
  return row.lifecycle === 'open' ? 0n : (badDebt.get(row.id) ?? 0n);
}

/** Paid in full, nothing is promised any more: money taken back later breaks no promise. The follow-ups remember it. */
const leftUnless = (column: string): Prisma.Sql =>
  Prisma.raw(`CASE WHEN i.outstanding > p.amount THEN i.${column} END`);

/**
 * Makes the locked proposals of receipts effective and recomputes rows, contracts and cases. What is approved with its
 * receipt counts from the receipt's day, what is applied later from the day `on` (rules §2).
 */
export async function bookProposed(
  tx: Tx,
  ctx: Ctx,
  receipts: readonly Receipt[],
  lines: readonly ProposedLine[],
  on: LocalDate | null = null,
): Promise<Traces> {
  const { now, actor } = ctx;
  const rows = await tx.$queryRaw<(Pick<Instalment, 'id' | 'lifecycle'> & { receipt: string })[]>`
    WITH booked AS (
      UPDATE allocation a SET status = 'effective', effective_on = COALESCE(${on}::date, r.received_on), booked_at = ${now}
      FROM receipt r
      WHERE r.id = a.receipt_id AND r.id = ANY(${receipts.map((receipt) => receipt.id)}::uuid[])
        AND a.status = 'proposed' RETURNING a.instalment_id, a.amount, a.recovery, r.number),
    paid AS (
      SELECT instalment_id, SUM(amount) AS amount, MAX(number) AS number FROM booked WHERE NOT recovery GROUP BY instalment_id)
    UPDATE instalment i SET outstanding = i.outstanding - p.amount,
      lifecycle = CASE WHEN i.outstanding = p.amount AND i.lifecycle = 'open' THEN 'settled' ELSE i.lifecycle END::"InstalmentLifecycle",
      promised_on = ${leftUnless('promised_on')}, promised_amount = ${leftUnless('promised_amount')},
      promised_left = ${leftUnless('promised_left')}, broken_on = ${leftUnless('broken_on')},
      next_contact_on = ${leftUnless('next_contact_on')}, promise_count = COALESCE(${leftUnless('promise_count')}, 0),
      version = i.version + 1, updated_at = ${now}, updated_by = ${actor.id}::uuid
    FROM paid p WHERE i.id = p.instalment_id RETURNING i.id::text, i.lifecycle, p.number AS receipt`;
  const payer = new Map(rows.map((row) => [row.id, row.receipt]));
  const idsOf = (lifecycle: Instalment['lifecycle']) =>
    rows
      .filter((row) => row.lifecycle === lifecycle)
      .map((row) => row.id)
      .toSorted();
  const settled = idsOf('settled');
  const isSettled = new Set(settled);
  const [only, ...others] = receipts;
  const facts = only && others.length === 0 ? { receiptId: only.id } : {};
  return joinTraces(
    await recoverBadDebt(tx, ctx, receipts, lines, on),
    {
      audit: settled.map((id) => ({
        action: 'instalment.settled',
        subjectType: 'instalment',
        subjectId: id,
        after: { receipt: payer.get(id) },
      })),
      revisions: settled.map((id) => ({ id, cause: 'settled' })),
    },
    await closeCasesOf(tx, ctx, settled, 'settled', facts),
    await tellCasesOf(tx, ctx, idsOf('open'), 'money', facts),
    await settleContracts(
      tx,
      ctx,
      lines.filter((line) => isSettled.has(line.row.id)).map((line) => line.contract.id),
    ),
  );
}
