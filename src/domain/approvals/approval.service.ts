// Opens approvals and records decisions, each exactly once. What a decision does to its subject is the subject's service.
import type { Ctx } from '../../ctx.js';
import { bulkInsert } from '../../db/bulk-insert.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import type { Approval, ApprovalStep } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import type { Decision, FlowStep, SubjectType } from './approval.js';

/** An approval with its current step; `isLast`: nobody comes after it. */
export type OpenApproval = Approval & { step: ApprovalStep; isLast: boolean };

/** As `openApproval` on many subjects of one kind, in two statements. */
export async function openApprovals(
  tx: Tx,
  ctx: Ctx,
  subjects: readonly { type: SubjectType; id: string; version: number }[],
  flow: readonly FlowStep[],
): Promise<void> {
  const approvals = subjects.map((subject) => ({
    id: newId(ctx.now),
    subjectType: subject.type,
    subjectId: subject.id,
    subjectVersion: subject.version,
    requestedById: ctx.actor.id,
    createdAt: ctx.now,
    updatedAt: ctx.now,
  }));
  await bulkInsert(tx, 'approval', approvals);
  await bulkInsert(
    tx,
    'approval_step',
    approvals.flatMap((approval) =>
      flow.map((step, index) => ({
        id: newId(ctx.now),
        approvalId: approval.id,
        seq: index + 1,
        mode: step.mode,
        approverRoles: [...step.approverRoles],
        approverIds: [...step.approverIds],
      })),
    ),
  );
}

/** Opens an approval on a subject; a partial unique index allows one open approval a subject. */
export async function openApproval(
  tx: Tx,
  ctx: Ctx,
  subject: { type: SubjectType; id: string; version: number },
  flow: readonly FlowStep[],
): Promise<{ id: string }> {
  const id = newId(ctx.now);
  const steps = flow.map((step, index) => ({
    id: newId(ctx.now),
    seq: index + 1,
    mode: step.mode,
    approver_roles: step.approverRoles,
    approver_ids: step.approverIds,
  }));
  await tx.$executeRaw`
    WITH opened AS (
      INSERT INTO approval (id, subject_type, subject_id, subject_version, requested_by, created_at, updated_at)
      VALUES (${id}::uuid, ${subject.type}, ${subject.id}::uuid, ${subject.version}, ${ctx.actor.id}::uuid, ${ctx.now},
        ${ctx.now}) RETURNING id)
    INSERT INTO approval_step (id, approval_id, seq, mode, approver_roles, approver_ids)
    SELECT x.id, opened.id, x.seq, x.mode, x.approver_roles, x.approver_ids
    FROM opened, jsonb_to_recordset(${JSON.stringify(steps)}::jsonb)
      AS x(id uuid, seq int, mode text, approver_roles text[], approver_ids uuid[])`;
  return { id };
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
  const row = await lockRow(tx, 'approval', approvalId);
  if (row?.subjectType !== subjectType) throw new DomainError('not_found', { ref: '' });
  const steps = await tx.approvalStep.findMany({ where: { approvalId }, orderBy: { seq: 'asc' } });
  const step = steps.find((candidate) => candidate.seq === row.currentStep);
  if (row.status !== 'open') throw await decidedError(tx, row, steps);
  if (!step) throw new RangeError(`approval ${approvalId} has no step ${row.currentStep}`);
  if (version !== undefined && version !== row.version) {
    throw new DomainError('version.conflict', { who: '', at: row.updatedAt, version: row.version });
  }
  return { ...row, step, isLast: row.currentStep === steps.length };
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
  const final = decision === 'rejected' || approval.isLast;
  await tx.$executeRaw`
    WITH decided AS (
      UPDATE approval_step SET decided_by = ${ctx.actor.id}::uuid, decision = ${decision},
        reason = ${words.reason ?? null}, comment = ${words.comment ?? null}, decided_at = ${ctx.now},
        version = version + 1
      WHERE id = ${approval.step.id}::uuid)
    UPDATE approval SET status = ${final ? decision : 'open'}::"ApprovalStatus",
      current_step = ${final ? approval.currentStep : approval.currentStep + 1}, updated_at = ${ctx.now},
      version = version + 1
    WHERE id = ${approval.id}::uuid`;
  return final;
}

/** Ends an open approval without a decision. */
export async function withdrawApproval(tx: Tx, ctx: Ctx, approval: OpenApproval): Promise<void> {
  await tx.approval.update({
    where: { id: approval.id },
    data: { status: 'withdrawn', updatedAt: ctx.now, version: { increment: 1 } },
  });
}
