// Opens approvals and records decisions, each exactly once. What a decision does to its subject is the subject's service.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Approval, ApprovalStep } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import type { Decision, FlowStep, SubjectType } from './approval.js';

export type OpenApproval = Approval & { step: ApprovalStep };

/** Opens an approval on a subject; a partial unique index allows one open approval a subject. */
export async function openApproval(
  tx: Tx,
  ctx: Ctx,
  subject: { type: SubjectType; id: string; version: number },
  flow: readonly FlowStep[],
): Promise<Approval> {
  const id = newId(ctx.now);
  return tx.approval.create({
    data: {
      id,
      subjectType: subject.type,
      subjectId: subject.id,
      subjectVersion: subject.version,
      requestedById: ctx.actor.id,
      createdAt: ctx.now,
      updatedAt: ctx.now,
      steps: {
        create: flow.map((step, index) => ({
          id: newId(ctx.now),
          seq: index + 1,
          mode: step.mode,
          approverRoles: [...step.approverRoles],
          approverIds: [...step.approverIds],
        })),
      },
    },
  });
}

/**
 * Locks an open approval and its current step until the transaction ends.
 * @throws DomainError not_found; approval.decided (who, when); version.conflict if what was shown is not what is there
 */
export async function lockOpenApproval(
  tx: Tx,
  approvalId: string,
  subjectType: SubjectType,
  version?: number,
): Promise<OpenApproval> {
  await tx.$queryRaw`SELECT 1 FROM approval WHERE id = ${approvalId}::uuid FOR UPDATE`;
  const approval = await tx.approval.findUnique({
    where: { id: approvalId },
    include: { steps: { orderBy: { seq: 'asc' } } },
  });
  if (!approval || approval.subjectType !== subjectType) throw new DomainError('not_found', { ref: '' });
  const { steps, ...row } = approval;
  const step = steps.find((candidate) => candidate.seq === row.currentStep);
  if (row.status !== 'open') throw await decidedError(tx, row, steps);
  if (!step) throw new RangeError(`approval ${approvalId} has no step ${row.currentStep}`);
  if (version !== undefined && version !== row.version) {
    throw new DomainError('version.conflict', { who: '', at: row.updatedAt, version: row.version });
  }
  return { ...row, step };
}

async function decidedError(tx: Tx, approval: Approval, steps: ApprovalStep[]): Promise<DomainError> {
  const last = steps.findLast((step) => step.decidedAt !== null);
  const byId =
    approval.status === 'withdrawn' ? approval.requestedById : (last?.decidedById ?? approval.requestedById);
  const who = await tx.user.findUnique({ where: { id: byId }, select: { name: true } });
  return new DomainError('approval.decided', {
    who: who?.name ?? '',
    at: approval.updatedAt,
    decision: approval.status === 'open' ? 'approved' : approval.status,
    subjectType: approval.subjectType,
    subjectId: approval.subjectId,
  });
}

/** Records the decision on the locked step; returns whether the whole approval is decided by it. */
export async function decideStep(
  tx: Tx,
  ctx: Ctx,
  approval: OpenApproval,
  decision: Decision,
  words: { reason?: string | undefined; comment?: string | undefined } = {},
): Promise<boolean> {
  await tx.approvalStep.update({
    where: { id: approval.step.id },
    data: {
      decidedById: ctx.actor.id,
      decision,
      reason: words.reason ?? null,
      comment: words.comment ?? null,
      decidedAt: ctx.now,
      version: { increment: 1 },
    },
  });
  const steps = await tx.approvalStep.count({ where: { approvalId: approval.id } });
  const final = decision === 'rejected' || approval.currentStep === steps;
  await tx.approval.update({
    where: { id: approval.id },
    data: {
      ...(final ? { status: decision } : { currentStep: { increment: 1 } }),
      updatedAt: ctx.now,
      version: { increment: 1 },
    },
  });
  return final;
}

/** Ends an open approval without a decision. */
export async function withdrawApproval(tx: Tx, ctx: Ctx, approval: OpenApproval): Promise<void> {
  await tx.approval.update({
    where: { id: approval.id },
    data: { status: 'withdrawn', updatedAt: ctx.now, version: { increment: 1 } },
  });
}
