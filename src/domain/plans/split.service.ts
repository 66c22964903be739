// Splits an instalment into several (rules §3): the first part stays the row it was, with its money, its case and its
// history; the others are new rows. The contract's sum stays, so no amendment is needed.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Instalment } from '../../generated/prisma/client.js';
import { authorize, can } from '../access.js';
import { sumRecoverable } from '../adjustments/adjustment.queries.js';
import { requireNotAmended } from '../contracts/amendment.service.js';
import { lockContract, requireState, touchContract } from '../contracts/contract.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { fromUtcDate } from '../local-date.js';
import { closeCasesOf, tellCasesOf } from '../reminders/case.service.js';
import { claimRequest } from '../requests.service.js';
import { joinTraces, leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { changeInstalment, dueColumns, lockInstalment, openedColumn, toFacts } from './instalment.service.js';
import { needsManager, tellOwner } from './instalment-notices.service.js';
import { latestPlanDate } from './plan.js';
import { loadPostponedDays } from './postponed-days.queries.js';
import { requireNoneOpen } from './postponement-ask.service.js';
import { decideSplit, partNames, type SplitDates, type SplitDecision, type SplitPart } from './split.js';

export interface SplitInput {
  readonly id: string;
  readonly version: number;
  /** The first stays this row and keeps its name. */
  readonly parts: readonly SplitPart[];
  /** How the others are called: by which name, the how manieth of it, and its number in the plan. */
  readonly nameOf: (base: string, nth: number, seq: number) => string;
  /** The person ticked that a past date is meant. */
  readonly alreadyDue: boolean;
}
type Part = SplitPart & SplitDates;

/**
 * Splits a row.
 * @returns all parts, the first the row itself
 * @throws DomainError split.not_open, split.money_waits, split.sum, split.below_paid, split.date_missing,
 *   instalment.needs_manager, instalment.postponement_open, amendment.waits, contract.bad_state, plan.past_date,
 *   version.conflict; those of a part carry the field `dueOn<n>`, counted from 0
 */
export async function splitInstalment(ctx: Ctx, input: SplitInput): Promise<Instalment[]> {
  return transact(ctx.db, async (tx) => {
    const before = await lockInstalment(tx, input.id);
    await claimRequest(tx, ctx, 'instalment.split', {
      reference: before.name,
      subjectType: 'instalment',
      subjectId: before.id,
    });
    authorize(ctx.actor, 'instalment.edit', before.ownerId);
    const contract = await lockContract(tx, before.contractId);
    requireState(contract, 'plan');
    await requireNotAmended(tx, before);
    await requireNoneOpen(tx, before);
    const parts = await decide(tx, ctx, before, input);
    if (before.version !== input.version) throw await versionConflict(tx, before);
    const [first, ...others] = parts;
    if (!first) throw new RangeError('a decided split has parts');
    const after = await keepFirst(tx, ctx, before, first);
    const planned = await tx.instalment.findMany({
      where: { contractId: contract.id },
      select: { seq: true, name: true },
    });
    const seq = Math.max(...planned.map((row) => row.seq)) + 1;
    const { base, next } = partNames(
      before.name,
      planned.map((row) => row.name),
    );
    const created = await tx.instalment.createManyAndReturn({
      data: others.map((part, index) => ({
        ...columnsOfPart(ctx, before, part),
        seq: seq + index,
        name: input.nameOf(base, next + index, seq + index),
      })),
    });
    const rows = [after, ...created];
    await notePostponements(tx, ctx, before, parts, rows);
    await touchContract(tx, ctx, contract.id);
    await leave(tx, ctx, before, rows, first);
    return rows;
  });
}

async function decide(tx: Tx, ctx: Ctx, before: Instalment, input: SplitInput): Promise<Part[]> {
  const { _sum } = await tx.allocation.aggregate({
    where: { instalmentId: before.id, status: 'proposed' },
    _sum: { amount: true },
  });
  const facts = {
    ...toFacts(before),
    postponeCount: before.postponeCount,
    isRetention: before.isRetention,
    postponedDays: await loadPostponedDays(tx, before.id),
    proposed: _sum.amount ?? 0n,
  };
  const by = can(ctx.actor, 'instalment.postpone_further', before.ownerId) ? 'manager' : 'rep';
  const decision = decideSplit(facts, input.parts, ctx.today, by);
  if (!decision.ok) throw await refusal(tx, before, decision);
  const max = latestPlanDate(ctx.today);
  return decision.parts.map((dates, part): Part => {
    const day = dates.postponedTo ?? dates.dueOn;
    if (day !== null && day > max) throw new DomainError('plan.date_too_far', { max }, `dueOn${part}`);
    if (day !== null && !dates.unchanged && day < ctx.today && !input.alreadyDue)
      throw new DomainError('plan.past_date', { date: day }, `dueOn${part}`);
    return dates;
  });
}

async function refusal(
  tx: Tx,
  row: Instalment,
  decision: Exclude<SplitDecision, { ok: true }>,
): Promise<DomainError> {
  const money = (minor: bigint) => ({ minor, currency: row.currency });
  switch (decision.code) {
    case 'split.not_open':
      return new DomainError(decision.code, { seq: row.seq, state: decision.params.state });
    case 'split.money_waits':
      return new DomainError(decision.code, { seq: row.seq, amount: money(decision.params.amount) });
    case 'split.sum': {
      const { difference } = decision.params;
      return difference > 0n
        ? new DomainError('split.missing', { difference: money(difference) })
        : new DomainError('split.excess', { difference: money(-difference) });
    }
    case 'split.below_paid':
      return new DomainError(decision.code, { min: money(decision.params.min) }, 'amount0');
    case 'split.date_missing':
      return new DomainError(decision.code, {}, `dueOn${decision.part}`);
    case 'instalment.date_not_later':
      return new DomainError(decision.code, decision.params, `dueOn${decision.part}`);
    case 'instalment.needs_manager': {
      const { reason, latest } = decision.params;
      return needsManager(tx, row, { kind: reason, latest }, `dueOn${decision.part}`);
    }
  }
}

/** A day of its own no longer follows the milestone. */
const sourceOf = (before: Instalment, part: Part) =>
  part.unchanged ? before.dueSource : ('manual' as const);

/** The row itself: smaller, with all that was paid and written off. */
async function keepFirst(tx: Tx, ctx: Ctx, before: Instalment, part: Part): Promise<Instalment> {
  const outstanding = before.outstanding - (before.amount - part.amount);
  const due = dueColumns(ctx, { ...part, roll: before.roll, remindDaysAhead: before.remindDaysAhead });
  return changeInstalment(
    tx,
    ctx,
    before,
    {
      ...due,
      ...firstDate(before, due.dueOn),
      ...openedColumn(ctx, before, due.effectiveDue),
      amount: part.amount,
      outstanding,
      ...(outstanding === 0n && { lifecycle: await closedAs(tx, before.id) }),
      dueSource: sourceOf(before, part),
      ...(part.later && { postponeCount: { increment: 1 } }),
    },
    'split',
  );
}

/** Nothing of it is open any more, and no money came in just now: with bad debt on it, it is that. */
const closedAs = async (tx: Tx, id: string) =>
  ((await sumRecoverable(tx, [id])).get(id) ?? 0n) > 0n ? ('written_off' as const) : ('settled' as const);

/** On a contract in force the first date a row gets is the one by which it is old. */
const firstDate = (before: Instalment, dueOn: Date | null) =>
  before.lifecycle === 'open' && before.originalDueOn === null ? { originalDueOn: dueOn } : {};

/** A new row, as old, as often postponed and as long disputed as the whole: splitting makes nothing younger. */
function columnsOfPart(ctx: Ctx, before: Instalment, part: Part) {
  const due = dueColumns(ctx, { ...part, roll: before.roll, remindDaysAhead: before.remindDaysAhead });
  return {
    ...due,
    id: newId(ctx.now),
    contractId: before.contractId,
    customerId: before.customerId,
    amount: part.amount,
    currency: before.currency,
    outstanding: part.amount,
    plannedMethod: before.plannedMethod,
    originalDueOn: before.originalDueOn ?? firstDate(before, due.dueOn).originalDueOn ?? null,
    postponeCount: before.postponeCount + (part.later ? 1 : 0),
    dueSource: sourceOf(before, part),
    anchorKind: before.anchorKind,
    ...(before.anchorOffset !== null && { anchorOffset: before.anchorOffset }),
    roll: before.roll,
    remindDaysAhead: before.remindDaysAhead,
    isRetention: before.isRetention,
    templateId: before.templateId,
    disputed: before.disputed,
    disputedOn: before.disputedOn,
    disputeTold: before.disputeTold,
    blockUntil: before.blockUntil,
    blockReason: before.blockReason,
    lifecycle: before.lifecycle,
    openedOn: before.openedOn,
    ...openedColumn(ctx, before, due.effectiveDue),
    ownerId: before.ownerId,
    createdAt: ctx.now,
    createdById: ctx.actor.id,
    updatedAt: ctx.now,
    updatedById: ctx.actor.id,
  };
}

/** Later parts count against the limits of postponing. */
async function notePostponements(
  tx: Tx,
  ctx: Ctx,
  before: Instalment,
  parts: readonly Part[],
  rows: readonly Instalment[],
): Promise<void> {
  const { effectiveDue } = before;
  if (effectiveDue === null) return;
  const had = await tx.postponement.findMany({ where: { instalmentId: before.id, status: 'approved' } });
  // What the whole was postponed by, its parts were too.
  const inherited = rows
    .slice(1)
    .flatMap((row) =>
      had.map((one) => ({ ...one, id: newId(ctx.now), instalmentId: row.id, approvalId: null })),
    );
  await tx.postponement.createMany({ data: inherited });
  await tx.postponement.createMany({
    data: rows.flatMap((row, index) => {
      const to = parts[index]?.later ? row.effectiveDue : null;
      return to === null
        ? []
        : [
            {
              id: newId(ctx.now),
              instalmentId: row.id,
              fromDate: effectiveDue,
              toDate: to,
              createdAt: ctx.now,
              createdById: ctx.actor.id,
            },
          ];
    }),
  });
}

async function leave(tx: Tx, ctx: Ctx, before: Instalment, rows: Instalment[], first: Part): Promise<void> {
  const [after, ...created] = rows;
  if (!after) return;
  const day = (date: Date | null) => date && fromUtcDate(date);
  const shown = (row: Instalment) => ({ seq: row.seq, amount: row.amount, dueOn: day(row.effectiveDue) });
  const by = { byId: ctx.actor.id };
  const isMoved = !first.unchanged && after.lifecycle === 'open';
  await leaveTraces(
    tx,
    ctx,
    joinTraces(
      {
        audit: [
          {
            action: 'instalment.split',
            subjectType: 'instalment',
            subjectId: before.id,
            before: shown(before),
            after: { ...shown(after), parts: rows.map(shown) },
          },
          ...created.map((row) => ({
            action: 'instalment.created',
            subjectType: 'instalment',
            subjectId: row.id,
            after: { ...shown(row), name: row.name, splitFrom: before.seq },
          })),
        ],
        revisions: created.map(({ id }) => ({ id, cause: 'created' })),
      },
      after.lifecycle === 'settled' || after.lifecycle === 'written_off'
        ? await closeCasesOf(tx, ctx, [after.id], after.lifecycle, by)
        : {},
      isMoved ? await tellCasesOf(tx, ctx, [after.id], 'postponed', by) : {},
    ),
  );
  const { from, to } = { from: day(before.effectiveDue), to: day(after.effectiveDue) };
  await tellOwner(tx, ctx, after, 'edited', { from, to });
}
