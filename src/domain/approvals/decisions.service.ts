// The engine of approvals (F20, F51, F52, P5-P7; rules §6): one way to approve, reject, send back and withdraw whatever
// is asked about. Each decision exactly once, never by who is involved; what it does to the subject is the subject's.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { can, ROLES } from '../access.js';
import { DomainError } from '../errors.js';
import { listHolders } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { joinTraces, leaveTraces, type Traces } from '../traces.service.js';
import { completesStep } from './approval.js';
import { beginStep, type OpenApproval, recordRuling, withdrawApproval } from './approval.service.js';
import { type About, askNotices, rewriteOf } from './ask.service.js';
import { keepInvolved, losesPeople, recheck, restart, UNDECIDED } from './changed-subject.service.js';
import { authorizeStep, deciders, type Held, hold, questionFor } from './hold.service.js';
import { requireSomebodyLater } from './next-step.service.js';
import { cardKey, type SubjectType, subjectRow } from './subjects.js';

export interface Decided {
  readonly type: SubjectType;
  readonly subjectId: string;
  /** advanced: the next step is asked; redrawn: something changed, the card asks again and nothing is decided. */
  readonly outcome: 'approved' | 'rejected' | 'withdrawn' | 'advanced' | 'redrawn' | 'returned';
}

export interface Words {
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
}

/**
 * Approves the present step; the last one does what the card showed.
 * @param version the approval's version on the card
 * @param knowing that nobody may be left for a later step
 * @param unasked refused where a question waits for its answer: whoever approves has not looked at it by itself
 * @throws DomainError approval.decided, approval.asked, version.conflict, receipt.self_approval, approval.once_each,
 *   access.denied, not_found, approval.leaves_nobody, approval.no_longer_fits, and what an amendment or a contract says
 *   where it does not
 */
export async function approve(
  ctx: Ctx,
  approvalId: string,
  version: number,
  { knowing = false, unasked = false } = {},
): Promise<Decided> {
  return transact(ctx.db, async (tx) => {
    const held = await hold(tx, ctx, approvalId, version);
    const { approval, subject, about } = held;
    const verdict = await authorizeStep(tx, ctx, held);
    // Only whoever may decide learns that something was asked.
    if (unasked && (await tx.approvalQuestion.count({ where: { approvalId, answeredAt: null } })) > 0)
      throw new DomainError('approval.asked', {});
    const changed = await recheck(tx, held);
    if (changed) {
      await keepInvolved(tx, ctx, approval, changed.involved);
      const isUnderWay = approval.currentStep > 1 || approval.step.approvedIds.length > 0;
      const isAskedAnew = isUnderWay || (await losesPeople(tx, approval, changed.involved));
      const again = isAskedAnew ? await restart(tx, ctx, held, changed.involved) : {};
      const rewrites = [rewriteOf(about, nextOf(approval))];
      await leaveTraces(tx, ctx, joinTraces(changed.traces, again, { rewrites }));
      return decided(about, 'redrawn');
    }
    if (!knowing) await requireSomebodyLater(tx, ctx, held, verdict);
    const completes = completesStep(questionFor(held), verdict.asId);
    const ends = await recordRuling(tx, ctx, approval, { decision: 'approved', ...verdict, completes });
    const traces = ends
      ? await subject.finish(endingOf(ctx, approval, 'approved', verdict))
      : await advance(tx, ctx, held, { ...verdict, completes });
    await leaveTraces(tx, ctx, joinTraces(traces, await showing(tx, held, ends)));
    return decided(about, ends ? 'approved' : 'advanced');
  });
}

/**
 * Rejects it with a reason, whatever step it is at.
 * @throws DomainError text.required (neither a reason nor words), and as approve, but for what no longer fits
 */
export async function reject(ctx: Ctx, approvalId: string, version: number, words: Words): Promise<Decided> {
  if (!words.reason && !words.comment) throw new DomainError('text.required', {}, 'note');
  return transact(ctx.db, async (tx) => {
    const held = await hold(tx, ctx, approvalId, version);
    const { approval, subject, about } = held;
    const verdict = await authorizeStep(tx, ctx, held);
    await recordRuling(tx, ctx, approval, { decision: 'rejected', ...verdict, completes: true, ...words });
    const traces = await subject.finish(endingOf(ctx, approval, 'rejected', verdict, words));
    await leaveTraces(tx, ctx, joinTraces(traces, await showing(tx, held, true)));
    return decided(about, 'rejected');
  });
}

/**
 * Gives it back to the step before, whose people decide anew; what they had decided stays in the trail.
 * @throws DomainError approval.first_step, and as reject
 */
export async function sendBack(
  ctx: Ctx,
  approvalId: string,
  version: number,
  note: string,
): Promise<Decided> {
  return transact(ctx.db, async (tx) => {
    const held = await hold(tx, ctx, approvalId, version);
    const { approval, subject, about, involved } = held;
    const verdict = await authorizeStep(tx, ctx, held);
    const before = approval.steps.find((step) => step.seq === approval.currentStep - 1);
    if (!before) throw new DomainError('approval.first_step', {});
    await tx.approvalStep.update({
      where: { id: before.id },
      data: {
        ...UNDECIDED,
        returnedById: ctx.actor.id,
        returnedAt: ctx.now,
        returnNote: note,
      },
    });
    await tx.approvalStep.update({
      where: { id: approval.step.id },
      data: { approvedIds: [], version: { increment: 1 } },
    });
    await tx.approval.update({
      where: { id: approval.id },
      data: { currentStep: before.seq, updatedAt: ctx.now, version: { increment: 1 } },
    });
    const out = [...involved, ...deciders(approval, before.seq)];
    const asked = await beginStep(tx, ctx, approval, before.seq, out);
    const entry = {
      action: 'approval.returned',
      ...subject.about,
      before: { step: approval.currentStep, decidedById: before.decidedById, decidedAt: before.decidedAt },
      after: { approvalId, step: before.seq, comment: note, ...auditOf(ctx, verdict) },
    };
    await leaveTraces(
      tx,
      ctx,
      joinTraces(
        { audit: [entry], notices: stepLine(held, 'returned') },
        await askNotices(tx, ctx, about, asked, before.seq),
        await showing(tx, held, false),
      ),
    );
    return decided(about, 'returned');
  });
}

/**
 * Whoever asked takes it back before anybody decided.
 * @throws DomainError access.denied, approval.decided, approval.step_decided, not_found
 */
export async function withdraw(ctx: Ctx, approvalId: string): Promise<Decided> {
  return transact(ctx.db, async (tx) => {
    const held = await hold(tx, ctx, approvalId);
    const { approval, subject, about } = held;
    if (approval.requestedById !== ctx.actor.id) {
      if (subject.ownerId !== null && !can(ctx.actor, 'record.see', subject.ownerId))
        throw new DomainError('not_found', { ref: '' });
      const who = await tx.user.findUnique({ where: { id: approval.requestedById } });
      throw new DomainError('access.denied', {
        action: `${subjectRow(about.type).flow}.withdraw`,
        needs: [],
        has: [...ctx.actor.roles],
        names: who ? [who.name] : [],
      });
    }
    const [first] = approval.steps;
    if (first?.decidedAt) {
      const who = await tx.user.findUnique({ where: { id: first.decidedById ?? '' } });
      throw new DomainError('approval.step_decided', { who: who?.name ?? '', at: first.decidedAt });
    }
    await withdrawApproval(tx, ctx, approval.id);
    const traces = await subject.finish(
      endingOf(ctx, approval, 'withdrawn', { asId: ctx.actor.id, solo: false }),
    );
    await leaveTraces(tx, ctx, joinTraces(traces, await showing(tx, held, true)));
    return decided(about, 'withdrawn');
  });
}

/** Whether the person could decide now: asked before a form for it opens. @throws as approve, without its recheck */
export async function checkDecision(
  ctx: Ctx,
  approvalId: string,
  version: number,
): Promise<{ type: SubjectType; subjectId: string }> {
  return transact(ctx.db, async (tx) => {
    const held = await hold(tx, ctx, approvalId, version);
    await authorizeStep(tx, ctx, held);
    return { type: held.about.type, subjectId: held.about.subjectId };
  });
}

const decided = ({ type, subjectId }: About, outcome: Decided['outcome']): Decided => ({
  type,
  subjectId,
  outcome,
});

/** Not over yet: the next step is asked, or more people of this one. */
async function advance(
  tx: Tx,
  ctx: Ctx,
  held: Held,
  verdict: { asId: string; solo: boolean; completes: boolean },
): Promise<Traces> {
  const { approval, subject, about, involved } = held;
  const entry = {
    action: 'approval.step_approved',
    ...subject.about,
    after: { approvalId: approval.id, step: approval.currentStep, ...auditOf(ctx, verdict) },
  };
  const trail: Traces = { audit: [entry], notices: stepLine(held, 'advanced') };
  if (!verdict.completes) return trail;
  const next = approval.currentStep + 1;
  const out = [...involved, ...deciders(approval, next), verdict.asId, ctx.actor.id];
  const asked = await beginStep(tx, ctx, approval, next, out);
  return joinTraces(trail, await askNotices(tx, ctx, about, asked, next));
}

/** In finance's channel the card's thread says what happened; in DMs the card itself does. */
function stepLine({ about, approval }: Held, event: 'advanced' | 'returned') {
  if (about.type !== 'receipt') return [];
  return [
    notice({
      kind: 'receipt.line',
      key: `receipt.line:${about.approvalId}:${event}${nextOf(approval)}`,
      to: { channel: 'finance', otherwise: [] },
      threadOf: cardKey(about.type, about.approvalId),
      payload: { receiptId: about.subjectId, approvalId: about.approvalId, event },
    }),
  ];
}

/** The approval's version once this transaction has changed it. */
const nextOf = (approval: OpenApproval): number => approval.version + 1;

const auditOf = (ctx: Ctx, { asId, solo }: { asId: string; solo: boolean }) => ({
  ...(asId !== ctx.actor.id && { onBehalfOf: asId }),
  ...(solo && { solo }),
});

const endingOf = (
  ctx: Ctx,
  approval: OpenApproval,
  status: 'approved' | 'rejected' | 'withdrawn',
  verdict: { asId: string; solo: boolean },
  words: Words = {},
) => ({
  status,
  approvalId: approval.id,
  requestedById: approval.requestedById,
  reason: words.reason ?? null,
  comment: words.comment ?? null,
  audit: { approvalId: approval.id, ...words, ...auditOf(ctx, verdict) },
});

/** Every posted card says what is so now, and so do the Homes of all who were asked, by name or by role. */
async function showing(tx: Tx, { about, approval, subject }: Held, isOver: boolean): Promise<Traces> {
  // All of finance see what became of a receipt anyway.
  const known = isOver && about.type === 'receipt';
  const roles = known ? [] : ROLES.filter((role) => approval.step.approverRoles.includes(role));
  const holders = roles.length > 0 ? await listHolders(tx, ...roles) : [];
  return {
    rewrites: [rewriteOf(about, nextOf(approval))],
    homes: [
      ...subject.homes,
      approval.requestedById,
      ...approval.steps.flatMap((step) => [...step.approverIds, step.decidedById]),
      ...holders.map((one) => one.id),
    ],
  };
}
