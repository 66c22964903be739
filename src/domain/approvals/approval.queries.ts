// Reads what became of an approval: who asked, who may decide, who decided. Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import { findPeople } from '../members/member.queries.js';
import type { SubjectType } from './approval.js';

export interface NamedPerson {
  readonly id: string;
  readonly name: string;
}

/** An approval as its card shows it. */
export interface ApprovalDetails {
  readonly id: string;
  readonly version: number;
  readonly status: 'open' | 'approved' | 'rejected' | 'withdrawn';
  readonly requestedBy: NamedPerson;
  readonly approvers: readonly NamedPerson[];
  readonly step: number;
  readonly steps: number;
  readonly decidedBy: NamedPerson | null;
  readonly decidedAt: Date | null;
  /** A key of the subject's reasons. */
  readonly reason: string | null;
  readonly comment: string | null;
}

/** The subject's newest approval, or the one of this id; null if there is none. */
export async function findApproval(
  ctx: { readonly db: Db | Tx },
  subject: { type: SubjectType; id: string },
  approvalId?: string,
): Promise<ApprovalDetails | null> {
  const approval = await ctx.db.approval.findFirst({
    where: {
      subjectType: subject.type,
      subjectId: subject.id,
      ...(approvalId !== undefined && { id: approvalId }),
    },
    // Of two of the same moment the open one, which is the first of the states.
    orderBy: [{ createdAt: 'desc' }, { status: 'asc' }],
    include: { steps: { orderBy: { seq: 'asc' } } },
  });
  if (!approval) return null;
  const current = approval.steps.find((step) => step.seq === approval.currentStep);
  const decided = approval.steps.findLast((step) => step.decidedAt !== null);
  const approverIds = current?.approverIds ?? [];
  const people = await findPeople(ctx.db, [
    approval.requestedById,
    ...approverIds,
    ...(decided?.decidedById ? [decided.decidedById] : []),
  ]);
  const person = (id: string): NamedPerson => ({ id, name: people.get(id)?.name ?? '' });
  const withdrawn = approval.status === 'withdrawn';
  return {
    id: approval.id,
    version: approval.version,
    status: approval.status,
    requestedBy: person(approval.requestedById),
    approvers: approverIds.map(person),
    step: approval.currentStep,
    steps: approval.steps.length,
    decidedBy: withdrawn
      ? person(approval.requestedById)
      : decided?.decidedById
        ? person(decided.decidedById)
        : null,
    decidedAt: withdrawn ? approval.updatedAt : (decided?.decidedAt ?? null),
    reason: decided?.reason ?? null,
    comment: decided?.comment ?? null,
  };
}
