// Books the proposed allocations of a receipt: the only place where money reaches instalments. Set-based: a receipt may
// touch many rows.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Instalment, Receipt } from '../../generated/prisma/client.js';
import { recordAudit } from '../audit.service.js';
import { isComplete } from '../contracts/contract.js';
import { addRevisions } from '../plans/instalment.service.js';
import { addCaseLine, closeCases } from '../reminders/case.service.js';

/** Locks what a receipt proposes to pay: contracts first, then rows, each by id, as every writer does. */
export async function lockProposed(
  tx: Tx,
  receiptId: string,
): Promise<{ id: string; amount: bigint; row: Instalment }[]> {
  await tx.$queryRaw`
    SELECT 1 FROM contract WHERE id IN (
      SELECT i.contract_id FROM allocation a JOIN instalment i ON i.id = a.instalment_id
      WHERE a.receipt_id = ${receiptId}::uuid AND a.status = 'proposed')
    ORDER BY id FOR UPDATE`;
  await tx.$queryRaw`
    SELECT 1 FROM instalment WHERE id IN (
      SELECT instalment_id FROM allocation WHERE receipt_id = ${receiptId}::uuid AND status = 'proposed')
    ORDER BY id FOR UPDATE`;
  const lines = await tx.allocation.findMany({
    where: { receiptId, status: 'proposed' },
    include: { instalment: true },
    orderBy: { id: 'asc' },
  });
  return lines.map(({ id, amount, instalment }) => ({ id, amount, row: instalment }));
}

/**
 * Makes the locked proposals effective on the receipt's day and recomputes rows, contracts and cases.
 * @returns the touched rows as they are now
 */
export async function bookProposed(tx: Tx, ctx: Ctx, receipt: Receipt): Promise<Instalment[]> {
  const { now, actor } = ctx;
  const touched = await tx.$queryRaw<{ id: string }[]>`
    WITH booked AS (
      UPDATE allocation SET status = 'effective', effective_on = ${receipt.receivedOn}::date, booked_at = ${now}
      WHERE receipt_id = ${receipt.id}::uuid AND status = 'proposed' RETURNING instalment_id, amount),
    paid AS (SELECT instalment_id, SUM(amount) AS amount FROM booked GROUP BY instalment_id)
    UPDATE instalment i SET outstanding = i.outstanding - p.amount,
      lifecycle = CASE WHEN i.outstanding = p.amount AND i.lifecycle = 'open' THEN 'settled' ELSE i.lifecycle END::"InstalmentLifecycle",
      version = i.version + 1, updated_at = ${now}, updated_by = ${actor.id}::uuid
    FROM paid p WHERE i.id = p.instalment_id RETURNING i.id::text`;
  const rows = await tx.instalment.findMany({
    where: { id: { in: touched.map((row) => row.id) } },
    orderBy: { id: 'asc' },
  });
  const settled = rows.filter((row) => row.lifecycle === 'settled');
  await addRevisions(tx, ctx, settled, 'settled');
  await recordAudit(
    tx,
    ctx,
    ...settled.map((row) => ({
      action: 'instalment.settled',
      subjectType: 'instalment',
      subjectId: row.id,
      after: { receipt: receipt.number },
    })),
  );
  await closeCases(
    tx,
    ctx,
    settled.map((row) => row.id),
    'settled',
    { receiptId: receipt.id },
  );
  for (const row of rows) {
    if (row.lifecycle === 'open') await addCaseLine(tx, ctx, row.id, 'money', { receiptId: receipt.id });
  }
  await completeContracts(tx, ctx, [...new Set(settled.map((row) => row.contractId))]);
  return rows;
}

/** A contract whose whole plan is settled completes by itself (rules §3). */
async function completeContracts(tx: Tx, ctx: Ctx, contractIds: string[]): Promise<void> {
  const contracts = await tx.contract.findMany({
    where: { id: { in: contractIds }, status: 'active' },
    include: { instalments: { select: { amount: true, lifecycle: true } } },
  });
  const done = contracts
    .filter((contract) => isComplete(contract, contract.instalments))
    .map((contract) => contract.id);
  await tx.contract.updateMany({
    where: { id: { in: done } },
    data: { status: 'completed', version: { increment: 1 }, updatedAt: ctx.now, updatedById: ctx.actor.id },
  });
  await recordAudit(
    tx,
    ctx,
    ...done.map((id) => ({ action: 'contract.completed', subjectType: 'contract', subjectId: id })),
  );
}
