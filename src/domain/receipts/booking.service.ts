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
import { closeCasesOf, redrawn, tellCasesOf } from '../reminders/case.service.js';
import { smallDifferenceIn } from '../settings/small-amounts.js';
import { joinTraces, type Traces } from '../traces.service.js';
import { rowCardRewrites } from './row-cards.service.js';

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

/** Something about row `i` goes on that its payment may end: a case, a reminder that waits, what somebody asked. */
const IS_FOLLOWED = Prisma.sql`(
  EXISTS (SELECT 1 FROM escalation_case k WHERE k.instalment_id = i.id AND k.closed_on IS NULL)
  OR EXISTS (SELECT 1 FROM reminder m WHERE m.instalment_id = i.id AND m.status = 'pending')
  OR EXISTS (SELECT 1 FROM postponement q WHERE q.instalment_id = i.id AND q.status = 'open')
  OR EXISTS (SELECT 1 FROM adjustment d WHERE d.instalment_id = i.id AND d.status = 'open'))`;

/** Paid in full, nothing is promised any more: money taken back later breaks no promise. The follow-ups remember it. */
const leftUnless = (column: string): Prisma.Sql =>
  Prisma.raw(`CASE WHEN i.outstanding > p.amount THEN i.${column} END`);

/** As a trigger would set them (migration report_facts): here a second change of the row is spared. */
const MONEY_DAYS = Prisma.sql`money_from = LEAST(i.money_from, p.first_on), money_to = GREATEST(i.money_to, p.last_on),
      paid_on = GREATEST(i.paid_on, p.last_on)`;

interface Booking {
  /** What is applied later than its receipt counts from this day (rules §2); null: from the receipt's day. */
  readonly on?: LocalDate | null;
  /** The receipts become approved with it, and what no line takes is credit. */
  readonly approves?: boolean;
}

/** Makes the locked proposals of receipts effective and recomputes rows, contracts and cases. */
export async function bookProposed(
  tx: Tx,
  ctx: Ctx,
  receipts: readonly Receipt[],
  lines: readonly ProposedLine[],
  { on = null, approves = false }: Booking = {},
): Promise<Traces> {
  const { now, actor } = ctx;
  const ids = receipts.map((receipt) => receipt.id);
  const rows = await tx.$queryRaw<
    (Pick<Instalment, 'id' | 'lifecycle' | 'contractId' | 'currency' | 'version'> & {
      receipt: string;
      /** What was open of it before. */
      before: bigint;
      isFollowed: boolean;
      unpaid: number;
    })[]
  >`
    WITH booked AS (
      UPDATE allocation a SET status = 'effective', effective_on = COALESCE(${on}::date, r.received_on), booked_at = ${now}
      FROM receipt r
      WHERE r.id = a.receipt_id AND r.id = ANY(${ids}::uuid[]) AND a.status = 'proposed'
      RETURNING a.receipt_id, a.instalment_id, a.amount, a.recovery, a.effective_on, r.number),
    approved AS (
      UPDATE receipt r SET status = 'approved', version = r.version + 1, updated_at = ${now}, updated_by = ${actor.id}::uuid,
        unapplied = r.amount - COALESCE((SELECT SUM(b.amount) FROM booked b WHERE b.receipt_id = r.id), 0)
      WHERE ${approves} AND r.id = ANY(${ids}::uuid[])),
    paid AS (
      SELECT instalment_id, SUM(amount) AS amount, MAX(number) AS number, MIN(effective_on) AS first_on, MAX(effective_on) AS last_on
      FROM booked WHERE NOT recovery GROUP BY instalment_id)
    UPDATE instalment i SET outstanding = i.outstanding - p.amount, ${MONEY_DAYS},
      lifecycle = CASE WHEN i.outstanding = p.amount AND i.lifecycle = 'open' THEN 'settled' ELSE i.lifecycle END::"InstalmentLifecycle",
      promised_on = ${leftUnless('promised_on')}, promised_amount = ${leftUnless('promised_amount')},
      promised_left = ${leftUnless('promised_left')}, broken_on = ${leftUnless('broken_on')},
      next_contact_on = ${leftUnless('next_contact_on')}, promise_count = COALESCE(${leftUnless('promise_count')}, 0),
      version = i.version + 1, updated_at = ${now}, updated_by = ${actor.id}::uuid
    FROM paid p WHERE i.id = p.instalment_id RETURNING i.id::text, i.lifecycle, i.contract_id::text AS "contractId",
      i.currency, i.version, p.number AS receipt, i.outstanding + p.amount AS before, ${IS_FOLLOWED} AS "isFollowed", (SELECT COUNT(*)::int FROM instalment o
        WHERE o.contract_id = i.contract_id AND o.lifecycle IN ('open', 'inactive')) AS unpaid`;
  const payer = new Map(rows.map((row) => [row.id, row.receipt]));
  const idsOf = (lifecycle: Instalment['lifecycle'], followed: readonly boolean[]) =>
    rows
      .filter((row) => row.lifecycle === lifecycle && followed.includes(row.isFollowed))
      .map((row) => row.id)
      .toSorted();
  const settled = idsOf('settled', [true, false]);
  // Only a contract with nothing else to pay can be complete now.
  const paid = rows.filter((row) => row.lifecycle === 'settled');
  const complete = paid.filter(
    ({ contractId, unpaid }) => paid.filter((row) => row.contractId === contractId).length === unpaid,
  );
  // Their cards offered to let the rest go.
  const offered = rows.filter((row) => row.before <= smallDifferenceIn(ctx.company, row.currency));
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
    {
      rewrites: await rowCardRewrites(
        tx,
        offered.map((row) => row.id),
        `paid:${offered[0]?.id}.${offered[0]?.version}`,
        ids,
      ),
    },
    redrawn(ctx, idsOf('settled', [false]), 'settled'),
    await closeCasesOf(tx, ctx, idsOf('settled', [true]), 'settled', facts),
    redrawn(ctx, idsOf('open', [false]), 'money'),
    await tellCasesOf(tx, ctx, idsOf('open', [true]), 'money', facts),
    await settleContracts(
      tx,
      ctx,
      complete.map((row) => row.contractId),
    ),
  );
}
