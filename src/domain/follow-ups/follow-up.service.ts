// Follow-ups: written down once, never changed; a promise or a dispute holds the ladder of its instalment back (rules §8).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { FollowUp, Instalment } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { findSuperiorId } from '../members/member.queries.js';
import type { CaseEvent } from '../notices/notice.js';
import { displayState } from '../plans/instalment.js';
import { lockInstalment, toFacts } from '../plans/instalment.service.js';
import { tellCasesOf } from '../reminders/case.service.js';
import { claimRequest } from '../requests.service.js';
import { joinTraces, leaveTraces } from '../traces.service.js';
import { decideFollowUp, type FollowUpInput, type HoldChange, holdAfter, NO_DISPUTE } from './follow-up.js';

/**
 * Writes a follow-up down. A promise holds escalation until its day, a dispute until the end of the pause; the newest
 * of the two counts.
 * @throws DomainError follow_up.not_open, follow_up.date_past, follow_up.date_too_far, follow_up.promise_exceeds
 */
export async function recordFollowUp(ctx: Ctx, input: FollowUpInput): Promise<FollowUp> {
  return transact(ctx.db, async (tx) => {
    const row = await lockInstalment(tx, input.instalmentId);
    await claim(tx, ctx, row, 'follow_up.record');
    authorize(ctx.actor, 'follow_up.record', row.ownerId);
    requireOpen(ctx, row);
    check(input, row, ctx.today);
    const change = holdAfter(
      input,
      {
        outstanding: row.outstanding,
        promisedLeft: row.promisedLeft,
        promiseCount: row.promiseCount,
        brokenOn: row.brokenOn && fromUtcDate(row.brokenOn),
        disputed: row.disputed,
        disputedOn: row.disputedOn && fromUtcDate(row.disputedOn),
        disputeTold: row.disputeTold,
      },
      ctx.today,
    );
    await tx.instalment.update({
      where: { id: row.id },
      data: { ...columnsOfHold(change), updatedAt: ctx.now, updatedById: ctx.actor.id },
    });
    const followUp = await tx.followUp.create({ data: rowOf(ctx, input) });
    await leave(tx, ctx, row, eventOf(input), {
      action: 'follow_up.recorded',
      after: {
        followUpId: followUp.id,
        kind: input.kind,
        result: input.result,
        promisedOn: followUp.promisedOn && input.promisedOn,
        promisedAmount: followUp.promisedAmount,
        pauseUntil: followUp.pauseUntil && input.pauseUntil,
        nextOn: input.nextOn,
      },
      followUpId: followUp.id,
    });
    return followUp;
  });
}

/**
 * Ends a dispute and its pause: the steps that have fallen due meanwhile come with the next morning.
 * @throws DomainError follow_up.not_paused
 */
export async function resumeChasing(ctx: Ctx, instalmentId: string): Promise<Instalment> {
  return transact(ctx.db, async (tx) => {
    const row = await lockInstalment(tx, instalmentId);
    await claim(tx, ctx, row, 'follow_up.resume');
    authorize(ctx.actor, 'follow_up.record', row.ownerId);
    if (!row.disputed && row.blockUntil === null)
      throw new DomainError('follow_up.not_paused', { seq: row.seq });
    const after = await tx.instalment.update({
      where: { id: row.id },
      data: { ...NO_DISPUTE, updatedAt: ctx.now, updatedById: ctx.actor.id },
    });
    await leave(tx, ctx, row, 'resumed', {
      action: 'instalment.resumed',
      before: { pauseUntil: row.blockUntil && fromUtcDate(row.blockUntil), reason: row.blockReason },
      after: {},
      followUpId: null,
    });
    return after;
  });
}

const claim = (tx: Tx, ctx: Ctx, row: Instalment, action: string): Promise<void> =>
  claimRequest(tx, ctx, action, { reference: `#${row.seq}`, subjectType: 'instalment', subjectId: row.id });

function requireOpen(ctx: Ctx, row: Instalment): void {
  if (row.lifecycle === 'open') return;
  const state = displayState(toFacts(row), ctx.today);
  throw new DomainError('follow_up.not_open', { seq: row.seq, state });
}

function check(input: FollowUpInput, row: Instalment, today: LocalDate): void {
  const isWhole =
    (input.result !== 'promised' || (input.promisedOn !== null && (input.promisedAmount ?? 0n) > 0n)) &&
    (input.result !== 'disputed' || (input.reason !== null && input.pauseUntil !== null));
  if (!isWhole) throw new RangeError('what a result needs is checked by the form');
  const decision = decideFollowUp(input, row.outstanding, today);
  if (decision.ok) return;
  if (decision.code === 'follow_up.promise_exceeds') {
    const max = { minor: decision.params.max, currency: row.currency };
    throw new DomainError(decision.code, { max }, decision.field);
  }
  if (decision.code === 'follow_up.date_past')
    throw new DomainError(decision.code, decision.params, decision.field);
  throw new DomainError(decision.code, decision.params, decision.field);
}

/** Only the fields of its result are kept. */
function rowOf(ctx: Ctx, input: FollowUpInput) {
  const promised = input.result === 'promised';
  const disputed = input.result === 'disputed';
  return {
    id: newId(ctx.now),
    instalmentId: input.instalmentId,
    kind: input.kind,
    content: input.content,
    result: input.result,
    promisedOn: promised && input.promisedOn ? toUtcDate(input.promisedOn) : null,
    promisedAmount: promised ? input.promisedAmount : null,
    reason: disputed ? input.reason : null,
    pauseUntil: disputed && input.pauseUntil ? toUtcDate(input.pauseUntil) : null,
    nextOn: input.nextOn && toUtcDate(input.nextOn),
    createdAt: ctx.now,
    createdById: ctx.actor.id,
  };
}

/** The days of a change as the database keeps them; what it does not name stays. */
function columnsOfHold(change: HoldChange) {
  const { disputedOn, blockUntil, promisedOn, brokenOn, nextContactOn, ...rest } = change;
  const day = (date: LocalDate | null) => date && toUtcDate(date);
  return {
    ...rest,
    ...(disputedOn !== undefined && { disputedOn: day(disputedOn) }),
    ...(blockUntil !== undefined && { blockUntil: day(blockUntil) }),
    ...(promisedOn !== undefined && { promisedOn: day(promisedOn) }),
    ...(brokenOn !== undefined && { brokenOn: day(brokenOn) }),
    nextContactOn: day(nextContactOn),
  };
}

const eventOf = ({ result }: FollowUpInput): CaseEvent =>
  result === 'promised' ? 'promise' : result === 'disputed' ? 'dispute' : 'followed';

/** Trail, the case's thread, digests that show the row, Homes of its people. */
async function leave(
  tx: Tx,
  ctx: Ctx,
  row: Instalment,
  event: CaseEvent,
  told: {
    action: string;
    before?: Record<string, unknown>;
    after: Record<string, unknown>;
    followUpId: string | null;
  },
): Promise<void> {
  const { followUpId, ...entry } = told;
  const superiorId = await findSuperiorId(tx, row.ownerId);
  const facts = { byId: ctx.actor.id, followUpId };
  await leaveTraces(
    tx,
    ctx,
    joinTraces(
      {
        audit: [{ ...entry, subjectType: 'instalment', subjectId: row.id }],
        homes: [row.ownerId, superiorId],
      },
      await tellCasesOf(tx, ctx, [row.id], event, facts),
    ),
  );
}
