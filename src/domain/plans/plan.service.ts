// Adds instalments to a contract (F31-F34, F37, F44).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Contract, Instalment } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { lockContract, requireState, touchContract } from '../contracts/contract.service.js';
import { loadAnchors } from '../contracts/milestone.queries.js';
import { dropDraft } from '../drafts/draft.service.js';
import { DomainError } from '../errors.js';
import { toUtcDate } from '../local-date.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import type { AnchorDates } from './anchor.js';
import { takeFreed } from './freed-balance.service.js';
import { instalmentColumns, instalmentsCreated } from './instalment-insert.service.js';
import { followAnchor, latestPlanDate, type PlanRow, type PlanRowInput, planRow } from './plan.js';
import { saveExpectedDates } from './plan-anchors.service.js';

export interface NewRows {
  rows: readonly PlanRowInput[];
  /** The person ticked that past dates are meant. */
  alreadyDue?: boolean;
  /** Days of anchors that the person told with the plan: kept as the contract's expected milestones. */
  expected?: AnchorDates;
}

export interface CreatePlanInput extends NewRows {
  contractId: string;
  /** The person's draft of it, which is done with. */
  draftId?: string;
}

/**
 * Adds rows; on an active contract they are open at once, else inactive (待生效) until it is approved.
 * @returns the new rows, what of the contract is still unplanned (minor units), and the contract's version now
 * @throws DomainError plan.exceeds_contract, plan.past_date, plan.date_too_far, plan.later_than_deleted,
 *   contract.bad_state, request.repeated
 */
export async function createPlan(
  ctx: Ctx,
  input: CreatePlanInput,
): Promise<{ rows: Instalment[]; unplanned: bigint; contractVersion: number }> {
  return transact(ctx.db, async (tx) => {
    const contract = await lockContract(tx, input.contractId);
    await claimRequest(tx, ctx, 'plan.create', {
      reference: contract.number,
      subjectType: 'contract',
      subjectId: contract.id,
    });
    authorize(ctx.actor, 'plan.create', contract.ownerId);
    requireState(contract, 'plan');
    const result = await addRows(tx, ctx, contract, input);
    const touched = contract.status !== 'active';
    if (touched) await touchContract(tx, ctx, contract.id);
    if (input.draftId !== undefined) await dropDraft(tx, ctx, input.draftId);
    return { ...result, contractVersion: contract.version + (touched ? 1 : 0) };
  });
}

/** Adds rows to a locked contract whose plan the actor may change. @throws DomainError as createPlan */
export async function addRows(
  tx: Tx,
  ctx: Ctx,
  contract: Contract,
  input: NewRows,
): Promise<{ rows: Instalment[]; unplanned: bigint }> {
  const given = input.rows.map((row) => planRow.parse(row));
  await saveExpectedDates(tx, ctx, contract, input.expected ?? {});
  const anchored = given.some((row) => row.anchorKind !== null);
  const anchors = anchored ? await loadAnchors(tx, contract.id) : {};
  const rows = given.map((row) => followAnchor(row, anchors));
  for (const row of rows) checkRow(ctx, row, input.alreadyDue === true);
  return insertRows(tx, ctx, contract, rows);
}

/** @throws DomainError choice.unknown, plan.date_too_far, plan.past_date */
export function checkRow(ctx: Ctx, row: PlanRow, alreadyDue: boolean): void {
  const methods = ctx.company.settings.paymentMethods;
  if (row.plannedMethod !== null && !methods.some((entry) => entry.key === row.plannedMethod)) {
    throw new DomainError('choice.unknown', { value: row.plannedMethod }, 'plannedMethod');
  }
  if (row.dueOn === null) return;
  const max = latestPlanDate(ctx.today);
  if (row.dueOn > max) throw new DomainError('plan.date_too_far', { max }, 'dueOn');
  if (row.dueOn < ctx.today && !alreadyDue)
    throw new DomainError('plan.past_date', { date: row.dueOn }, 'dueOn');
}

async function insertRows(
  tx: Tx,
  ctx: Ctx,
  contract: Contract,
  rows: PlanRow[],
): Promise<{ rows: Instalment[]; unplanned: bigint }> {
  const present = await tx.instalment.findMany({
    where: { contractId: contract.id },
    select: { seq: true, amount: true, lifecycle: true },
  });
  const planned = present.reduce((sum, row) => (row.lifecycle === 'cancelled' ? sum : sum + row.amount), 0n);
  const added = rows.reduce((sum, row) => sum + row.amount, 0n);
  const unplanned = contract.amount - planned - added;
  if (unplanned < 0n) {
    const money = (minor: bigint) => ({ minor, currency: contract.currency });
    throw new DomainError(
      'plan.exceeds_contract',
      {
        excess: money(-unplanned),
        max: money(contract.amount - planned - added + (rows.at(-1)?.amount ?? 0n)),
      },
      'amount',
    );
  }
  const takenOver =
    contract.status === 'active'
      ? await takeFreed(tx, ctx, contract, rows, contract.amount - planned)
      : rows.map(() => null);
  const firstSeq = present.reduce((max, row) => (row.seq > max ? row.seq : max), 0) + 1;
  const created = await tx.instalment.createManyAndReturn({
    data: rows.map((row, index) => {
      const columns = instalmentColumns(ctx, contract, row, firstSeq + index);
      const before = takenOver[index];
      return {
        ...columns,
        ...(before?.originalDue && { originalDueOn: toUtcDate(before.originalDue) }),
        isRetention: columns.isRetention || before?.isRetention === true,
      };
    }),
  });
  if (contract.status === 'active') {
    await tx.contract.update({
      where: { id: contract.id },
      data: {
        planIncomplete: unplanned > 0n,
        version: { increment: 1 },
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
      },
    });
  }
  await leaveTraces(tx, ctx, { ...instalmentsCreated(contract.number, created), homes: [contract.ownerId] });
  return { rows: created, unplanned };
}
