// Edits and postpones single instalments (F38, F41; rules §3).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Instalment } from '../../generated/prisma/client.js';
import { authorize, can } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { requireNotAmended } from '../contracts/amendment.service.js';
import { touchContract } from '../contracts/contract.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { tellCasesOf } from '../reminders/case.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { decidePostponement, type InstalmentFacts, type PostponementDecision } from './instalment.js';
import { changeInstalment, dueColumns, lockInstalment, openedColumn, toFacts } from './instalment.service.js';
import { needsManager, tellOwner } from './instalment-notices.service.js';
import { latestPlanDate, MAX_REMIND_DAYS } from './plan.js';
import { loadPostponedDays } from './postponed-days.queries.js';

export interface PostponementInput {
  id: string;
  version: number;
  to: LocalDate;
  remark: string | null;
}

/**
 * Moves an unpaid instalment to a later date; what waits for a manager's decision about it is over with that.
 * @throws DomainError instalment.not_postponable, instalment.date_not_later, instalment.needs_manager, version.conflict
 */
export async function postponeInstalment(ctx: Ctx, input: PostponementInput): Promise<Instalment> {
  return transact(ctx.db, async (tx) => {
    const before = await lockInstalment(tx, input.id);
    await claimRequest(tx, ctx, 'instalment.postpone', {
      reference: input.to,
      subjectType: 'instalment',
      subjectId: before.id,
    });
    authorize(ctx.actor, 'instalment.postpone', before.ownerId);
    await requireNotAmended(tx, before);
    const facts = {
      ...toFacts(before),
      postponeCount: before.postponeCount,
      isRetention: before.isRetention,
      postponedDays: await loadPostponedDays(tx, before.id),
    };
    const further = can(ctx.actor, 'instalment.postpone_further', before.ownerId);
    const decision = decidePostponement(facts, input.to, ctx.today, further ? 'manager' : 'rep');
    if (!decision.ok) throw await postponementRefusal(tx, before, decision);
    if (before.version !== input.version) throw await versionConflict(tx, before);
    const max = latestPlanDate(ctx.today);
    if (input.to > max) throw new DomainError('plan.date_too_far', { max }, 'to');
    if (!before.effectiveDue) throw new RangeError('a postponable instalment has a date');
    const after = await applyPostponement(tx, ctx, before, input);
    await tx.postponement.create({
      data: {
        id: newId(ctx.now),
        instalmentId: before.id,
        fromDate: before.effectiveDue,
        toDate: toUtcDate(input.to),
        remark: input.remark,
        createdAt: ctx.now,
        createdById: ctx.actor.id,
      },
    });
    return after;
  });
}

/**
 * Gives a locked row its later date: a new due epoch, the case's level kept, everybody told. `askedById`: whoever had
 * asked a manager for it, and hears of the decision by itself.
 */
export async function applyPostponement(
  tx: Tx,
  ctx: Ctx,
  before: Instalment,
  { to, remark, askedById }: Pick<PostponementInput, 'to' | 'remark'> & { askedById?: string },
): Promise<Instalment> {
  const dueOn = before.dueOn && fromUtcDate(before.dueOn);
  const due = dueColumns(ctx, { ...before, dueOn, postponedTo: to });
  const change = { ...due, postponeCount: { increment: 1 } };
  const after = await changeInstalment(tx, ctx, before, change, 'postponed');
  const from = before.effectiveDue && fromUtcDate(before.effectiveDue);
  await recordAudit(tx, ctx, {
    action: 'instalment.postponed',
    subjectType: 'instalment',
    subjectId: before.id,
    before: { effectiveDue: from },
    after: { effectiveDue: to, remark },
  });
  await tellOwner(tx, ctx, after, 'postponed', { from, to }, askedById);
  await leaveTraces(tx, ctx, await tellCasesOf(tx, ctx, [after.id], 'postponed', { byId: ctx.actor.id }));
  return after;
}

/** Why a row may not be postponed so, with everything the words need. */
export async function postponementRefusal(
  tx: Tx,
  row: Instalment,
  decision: Exclude<PostponementDecision, { ok: true }>,
): Promise<DomainError> {
  if (decision.code === 'instalment.needs_manager') {
    const { reason, latest } = decision.params;
    return needsManager(tx, row, { kind: reason, latest }, 'to');
  }
  if (decision.code === 'instalment.date_not_later')
    return new DomainError(decision.code, decision.params, 'to');
  return new DomainError(decision.code, { seq: row.seq, state: decision.params.state });
}

export interface InstalmentEdit {
  id: string;
  version: number;
  name: string;
  amount: bigint;
  dueOn: LocalDate | null;
  plannedMethod: string | null;
  remindDaysAhead: number;
  remark: string | null;
  /** The person ticked that a past date is meant. */
  alreadyDue?: boolean;
}

/**
 * Changes an instalment. On an active contract its amount stays, and its date may only come earlier or be filled in:
 * a later date is a postponement, another total an amendment (rules §3).
 * @throws DomainError instalment.deleted and contract.deleted (meanwhile), instalment.needs_amendment, plan.exceeds_contract,
 *   plan.past_date, plan.date_too_far, version.conflict
 */
export async function editInstalment(ctx: Ctx, input: InstalmentEdit): Promise<Instalment> {
  return transact(ctx.db, async (tx) => {
    const before = await lockInstalment(tx, input.id);
    await claimRequest(tx, ctx, 'instalment.edit', {
      reference: input.name,
      subjectType: 'instalment',
      subjectId: before.id,
    });
    authorize(ctx.actor, 'instalment.edit', before.ownerId);
    await requireThere(tx, before);
    await requireNotAmended(tx, before);
    if (before.version !== input.version) throw await versionConflict(tx, before);
    await checkEdit(tx, ctx, before, input);
    const dates = editedDates(toFacts(before), input.dueOn);
    const due = dueColumns(ctx, {
      ...dates,
      roll: before.roll,
      remindDaysAhead: input.remindDaysAhead,
    });
    const firstDate =
      before.lifecycle === 'open' && before.originalDueOn === null ? { originalDueOn: due.dueOn } : {};
    const after = await changeInstalment(
      tx,
      ctx,
      before,
      {
        ...due,
        ...firstDate,
        ...openedColumn(ctx, before, due.effectiveDue, input.amount),
        // A date typed by hand no longer follows the milestone by itself.
        ...(dates.dueOn !== toFacts(before).dueOn && { dueSource: 'manual' as const }),
        name: input.name,
        amount: input.amount,
        outstanding: before.outstanding + input.amount - before.amount,
        plannedMethod: input.plannedMethod,
        remindDaysAhead: input.remindDaysAhead,
        remark: input.remark,
      },
      'edited',
    );
    if (before.lifecycle === 'inactive') await touchContract(tx, ctx, before.contractId);
    const shown = (row: Instalment) => ({
      name: row.name,
      amount: row.amount,
      dueOn: row.dueOn,
      plannedMethod: row.plannedMethod,
      remindDaysAhead: row.remindDaysAhead,
      remark: row.remark,
    });
    await recordAudit(tx, ctx, {
      action: 'instalment.edited',
      subjectType: 'instalment',
      subjectId: before.id,
      before: shown(before),
      after: shown(after),
    });
    const asDate = (date: Date | null) => date && fromUtcDate(date);
    await tellOwner(tx, ctx, after, 'edited', {
      from: asDate(before.effectiveDue),
      to: asDate(after.effectiveDue),
    });
    if (after.dueEpoch !== before.dueEpoch)
      await leaveTraces(tx, ctx, await tellCasesOf(tx, ctx, [after.id], 'postponed', { byId: ctx.actor.id }));
    return after;
  });
}

/** Saved again it would be as gone: that it was changed, and what is typed kept, is no answer. */
async function requireThere(tx: Tx, row: Instalment): Promise<void> {
  const contract = await tx.contract.findUniqueOrThrow({ where: { id: row.contractId } });
  const gone = contract.deletedAt === null ? row : contract;
  const { deletedAt: at, deletedById } = gone;
  if (at === null) {
    if (row.lifecycle !== 'cancelled') return;
    throw new DomainError('contract.bad_state', { state: contract.status, action: 'edit' });
  }
  const who = deletedById === null ? null : await tx.user.findUnique({ where: { id: deletedById } });
  const told = { who: who?.name ?? '', at };
  throw contract.deletedAt === null
    ? new DomainError('instalment.deleted', { seq: row.seq, ...told })
    : new DomainError('contract.deleted', { number: contract.number, ...told });
}

/** A day between the one agreed and the one postponed to shortens the postponement; any other starts from itself. */
function editedDates(
  before: Pick<InstalmentFacts, 'dueOn' | 'postponedTo'>,
  dueOn: LocalDate | null,
): Pick<InstalmentFacts, 'dueOn' | 'postponedTo'> {
  if (dueOn === before.dueOn) return before;
  const shortens =
    before.postponedTo !== null && before.dueOn !== null && dueOn !== null && dueOn > before.dueOn;
  return shortens ? { dueOn: before.dueOn, postponedTo: dueOn } : { dueOn, postponedTo: null };
}

async function checkEdit(tx: Tx, ctx: Ctx, before: Instalment, input: InstalmentEdit): Promise<void> {
  if (input.amount <= 0n || input.remindDaysAhead < 0 || input.remindDaysAhead > MAX_REMIND_DAYS) {
    throw new RangeError('amount and remind days are checked by the form');
  }
  if (before.lifecycle !== 'inactive' && before.lifecycle !== 'open') {
    throw new DomainError('instalment.needs_amendment', { seq: before.seq });
  }
  const contract = await tx.contract.findUniqueOrThrow({ where: { id: before.contractId } });
  if (contract.status === 'pending_approval') {
    throw new DomainError('contract.bad_state', { state: contract.status, action: 'edit' });
  }
  if (before.lifecycle === 'open') {
    if (input.amount !== before.amount)
      throw new DomainError('instalment.needs_amendment', { seq: before.seq }, 'amount');
    const due = before.effectiveDue && fromUtcDate(before.effectiveDue);
    const dueOn = before.dueOn && fromUtcDate(before.dueOn);
    if (input.dueOn === dueOn) return;
    if (due !== null && (input.dueOn === null || input.dueOn > due)) {
      throw new DomainError('instalment.needs_amendment', { seq: before.seq }, 'dueOn');
    }
  }
  const max = latestPlanDate(ctx.today);
  if (input.dueOn !== null && input.dueOn > max) throw new DomainError('plan.date_too_far', { max }, 'dueOn');
  const isMoved = input.dueOn !== (before.dueOn && fromUtcDate(before.dueOn));
  if (input.dueOn !== null && isMoved && input.dueOn < ctx.today && input.alreadyDue !== true)
    throw new DomainError('plan.past_date', { date: input.dueOn }, 'dueOn');
  if (before.lifecycle === 'inactive') await checkTotal(tx, contract, before, input.amount);
}

async function checkTotal(
  tx: Tx,
  contract: { id: string; amount: bigint; currency: string },
  before: Instalment,
  amount: bigint,
): Promise<void> {
  const others = await tx.instalment.aggregate({
    where: { contractId: contract.id, lifecycle: { not: 'cancelled' }, id: { not: before.id } },
    _sum: { amount: true },
  });
  const max = contract.amount - (others._sum.amount ?? 0n);
  if (amount <= max) return;
  const money = (minor: bigint) => ({ minor, currency: contract.currency });
  throw new DomainError('plan.exceeds_contract', { excess: money(amount - max), max: money(max) }, 'amount');
}
