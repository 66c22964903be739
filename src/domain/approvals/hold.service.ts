// What a decision holds: the subject, its approval, and whether the actor may decide its present step (rules §6).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { can, ROLES, type Role, rolesFor } from '../access.js';
import { holdAdjustment } from '../adjustments/adjustment-subject.service.js';
import { holdAmendment } from '../contracts/amendment-subject.service.js';
import { holdContract } from '../contracts/contract-subject.service.js';
import { holdContractVoid } from '../contracts/contract-void-subject.service.js';
import { holdCreditLimit } from '../customers/credit-subject.service.js';
import { DomainError } from '../errors.js';
import { holdOpening } from '../imports/opening-subject.service.js';
import { holdPostponement } from '../plans/postponement-subject.service.js';
import { holdReallocation } from '../receipts/reallocation-subject.service.js';
import { holdReceipt } from '../receipts/receipt-subject.service.js';
import { holdRefund } from '../receipts/refund-subject.service.js';
import { holdReversal } from '../receipts/reversal-subject.service.js';
import { decideWho, type StepQuestion } from './approval.js';
import { questionOf } from './approval.queries.js';
import { flowStepOf, lockOpenApproval, type OpenApproval } from './approval.service.js';
import type { About } from './ask.service.js';
import { findAsked, findCandidates, type Giver, giversOf, isSolo } from './candidates.service.js';
import type { HeldSubject, HoldSubject } from './subject.service.js';
import { isSubjectType, type SubjectType, subjectRow } from './subjects.js';

/** How each kind of subject is locked; with SUBJECTS (subjects.ts) all that the engine needs to know of it. */
const HOLD: Record<SubjectType, HoldSubject> = {
  receipt: holdReceipt,
  contract: holdContract,
  contract_change: holdAmendment,
  postponement: holdPostponement,
  reversal: holdReversal,
  refund: holdRefund,
  reallocation: holdReallocation,
  contract_void: holdContractVoid,
  credit_limit: holdCreditLimit,
  write_off: holdAdjustment,
  small_difference: holdAdjustment,
  opening: holdOpening,
};

/** An approval with its subject, both locked. */
export interface Held {
  readonly about: About;
  readonly subject: HeldSubject;
  readonly approval: OpenApproval;
  readonly involved: readonly string[];
  /** Who gave the actor their decisions. */
  readonly givers: readonly Giver[];
}

/** The subject first, then its approval: the order of every writer. */
export async function hold(tx: Tx, ctx: Ctx, approvalId: string, version?: number): Promise<Held> {
  const [found] = await tx.$queryRaw<{ type: string; subjectId: string; givers: Giver[] }[]>`
    SELECT a.subject_type AS type, a.subject_id::text AS "subjectId", (${giversOf(ctx)}) AS givers
    FROM approval a WHERE a.id = ${approvalId}::uuid`;
  if (!found || !isSubjectType(found.type)) throw new DomainError('not_found', { ref: '' });
  const { type, subjectId, givers } = found;
  const subject = await HOLD[type](tx, ctx, subjectId);
  const approval = await lockOpenApproval(tx, approvalId, version);
  // Who gained when it was asked does not gain less for having given the row or the customer away meanwhile.
  const known = [approval.requestedById, ...approval.involvedIds, ...subject.involved];
  const involved = [...new Set(known.filter((id) => id !== null))];
  return { about: { type, subjectId, approvalId }, subject, approval, involved, givers };
}

/** Who decided the steps before this one: in whose place, and with whose hand. */
export const deciders = (approval: OpenApproval, before: number): string[] =>
  approval.steps
    .filter((step) => step.seq < before)
    .flatMap((step) => [...step.approvedIds, ...(step.decidedById === null ? [] : [step.decidedById])]);

export const questionFor = ({ approval, involved }: Held): StepQuestion =>
  questionOf(approval.step, approval.steps, involved);

/**
 * @throws DomainError role.missing, access.denied (not asked), receipt.self_approval (involved), approval.once_each (had a
 *   say in this step or one before)
 */
export async function authorizeStep(tx: Tx, ctx: Ctx, held: Held): Promise<{ asId: string; solo: boolean }> {
  if (ctx.actor.roles.length === 0) throw new DomainError('role.missing', {});
  const { approval, subject, about, givers } = held;
  const question = questionFor(held);
  const { actor, principals } = await findCandidates(tx, ctx, about.type, subject.ownerId, givers);
  const plain = decideWho(question, actor, principals, false);
  const verdict =
    plain.ok || plain.why === 'not_asked'
      ? plain
      : decideWho(question, actor, principals, await isSolo(tx, ctx, about.type));
  if (verdict.ok) return verdict;
  const { ownerId } = subject;
  if (verdict.why === 'not_asked' && ownerId !== null && !can(ctx.actor, 'record.see', ownerId))
    throw new DomainError('not_found', { ref: '' });
  const out = [...question.involvedIds, ...question.earlierIds, ...question.approvedIds];
  const { people } = await findAsked(tx, about.type, flowStepOf(approval.step), {
    ownerId,
    out,
  });
  const names = people.map((person) => person.name);
  if (verdict.why === 'involved') throw new DomainError('receipt.self_approval', { names });
  if (verdict.why === 'had_a_say') throw new DomainError('approval.once_each', { names });
  const { action } = subjectRow(about.type);
  const needs = approval.step.approverRoles.filter((role): role is Role =>
    (ROLES as readonly string[]).includes(role),
  );
  throw new DomainError('access.denied', {
    action,
    needs: needs.length > 0 ? needs : rolesFor(action),
    has: [...ctx.actor.roles],
    names,
  });
}
