// Reads what became of an approval: who asked, who may decide, who decided. Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import type { ApprovalQuestion, ApprovalStep } from '../../generated/prisma/client.js';
import { rolesFor } from '../access.js';
import { type LocalDate, toUtcDate } from '../local-date.js';
import { type Hand, handsIn, isAsked, isOut, type StepQuestion } from './approval.js';
import { findSolo } from './solo.queries.js';
import { isSubjectType, type SubjectType, subjectRow } from './subjects.js';

export interface NamedPerson {
  readonly id: string;
  readonly name: string;
}

export interface NamedHand {
  readonly by: NamedPerson;
  /** In whose place, if not their own. */
  readonly inPlaceOf: NamedPerson | null;
}

/** A step that has been decided. */
export interface DecidedStep extends NamedHand {
  readonly seq: number;
  /** Of a step that asks each of several: whoever approved before, in their order. */
  readonly also: readonly NamedHand[];
  readonly at: Date;
}

/** A question about it, and its answer if there is one. */
export interface Talk {
  readonly by: NamedPerson;
  readonly question: string;
  readonly answer: { readonly by: NamedPerson; readonly text: string } | null;
}

/** An approval as its card shows it. */
export interface ApprovalDetails {
  readonly id: string;
  readonly version: number;
  readonly status: 'open' | 'approved' | 'rejected' | 'withdrawn';
  readonly requestedBy: NamedPerson;
  /** Who can decide the present step: without those who are involved or decided before; in solo mode with them. */
  readonly approvers: readonly NamedPerson[];
  /** That is one person, in solo mode: involved, or not for the first time. */
  readonly alone: boolean;
  /** Who can decide in the place of one of them today. */
  readonly delegates: readonly { readonly id: string; readonly of: NamedPerson }[];
  readonly step: number;
  readonly steps: number;
  /** The steps before the present one, or all of a decided approval. */
  readonly decidedSteps: readonly DecidedStep[];
  /** Who has approved the present step, which asks each of several. */
  readonly approvedSoFar: readonly NamedHand[];
  /** The present step was sent back to. */
  readonly returned: { readonly by: NamedPerson; readonly at: Date; readonly note: string } | null;
  /** The newest questions about it, those without an answer before others; the oldest first. */
  readonly talk: readonly Talk[];
  readonly decidedBy: NamedPerson | null;
  readonly inPlaceOf: NamedPerson | null;
  readonly decidedAt: Date | null;
  /** Decided by the company's only finance user, who is involved. */
  readonly solo: boolean;
  /** A key of the subject's reasons. */
  readonly reason: string | null;
  readonly comment: string | null;
  /** Of an open one: what its step asks; views leave out buttons by it. */
  readonly question: StepQuestion | null;
}

interface ReadCtx {
  readonly db: Db | Tx;
  readonly today: LocalDate;
}

/** What an approval is about; null for an unknown one. */
export async function findAbout(
  ctx: Pick<ReadCtx, 'db'>,
  approvalId: string,
): Promise<{ type: SubjectType; subjectId: string } | null> {
  const found = await ctx.db.approval.findUnique({
    where: { id: approvalId },
    select: { subjectType: true, subjectId: true },
  });
  if (!found || !isSubjectType(found.subjectType)) return null;
  return { type: found.subjectType, subjectId: found.subjectId };
}

/** How many others of the same person, owner and flow wait: what nobody can decide of one, nobody can of these. */
export async function countAlike(db: Db | Tx, approvalId: string): Promise<number> {
  const { subjectType, requestedById, ownerId, flowKey } = await db.approval.findUniqueOrThrow({
    where: { id: approvalId },
  });
  return db.approval.count({
    where: { status: 'open', subjectType, requestedById, ownerId, flowKey, id: { not: approvalId } },
  });
}

/** The subject's newest approval, or the one of this id; null if there is none. */
export async function findApproval(
  ctx: ReadCtx,
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
    include: {
      steps: { orderBy: { seq: 'asc' } },
      // What is not answered is never behind what is.
      questions: {
        orderBy: [{ answeredAt: { sort: 'desc', nulls: 'first' } }, { id: 'desc' }],
        take: TALK_SHOWN,
      },
    },
  });
  if (!approval) return null;
  const { status, steps, requestedById, involvedIds } = approval;
  const current = steps.find((step) => step.seq === approval.currentStep);
  const question = status === 'open' && current ? questionOf(current, steps, involvedIds) : null;
  const users = await ctx.db.user.findMany({
    where: {
      OR: [
        { id: { in: [requestedById, ...steps.flatMap(peopleOf), ...approval.questions.flatMap(talkersOf)] } },
        ...(question ? [{ active: true, roles: { hasSome: [...question.roles] } }] : []),
      ],
    },
    orderBy: { id: 'asc' },
  });
  const names = new Map(users.map((user) => [user.id, user.name]));
  const person = (id: string): NamedPerson => ({ id, name: names.get(id) ?? '' });
  const maybe = (id: string | null) => (id === null ? null : person(id));
  const named = (hand: Hand): NamedHand => ({
    by: person(hand.byId),
    inPlaceOf: maybe(hand.inPlaceOfId),
  });
  const allowed: readonly string[] = rolesFor(subjectRow(subject.type).action);
  const free = users.filter((user) => question && user.active && isFree(question, user, allowed));
  const solo = question && free.length === 0 ? await findSolo(ctx.db, approval.id) : null;
  const today = toUtcDate(ctx.today);
  const decided = steps.findLast((step) => step.decidedAt !== null);
  const withdrawn = status === 'withdrawn';
  return {
    id: approval.id,
    version: approval.version,
    status,
    requestedBy: person(requestedById),
    approvers: [...free, ...(solo ? [solo] : [])].map(({ id, name }) => ({ id, name })),
    alone: solo !== null,
    delegates: free.flatMap(({ id, name, delegateId, delegateUntil }) => {
      const stands = delegateId !== null && delegateUntil !== null && delegateUntil >= today;
      return stands && question && !isOut(question, delegateId) ? [{ id: delegateId, of: { id, name } }] : [];
    }),
    step: approval.currentStep,
    steps: steps.length,
    decidedSteps: steps.flatMap(
      ({ seq, decidedById, onBehalfOfId, decidedAt, approvedIds, approverIds: ids }) => {
        if (decidedById === null || decidedAt === null) return [];
        const others = approvedIds.filter((id) => id !== decidedById && id !== onBehalfOfId);
        const also = handsIn({ approvedIds: others, ids }).map(named);
        return [{ seq, by: person(decidedById), inPlaceOf: maybe(onBehalfOfId), also, at: decidedAt }];
      },
    ),
    approvedSoFar: question ? handsIn(question).map(named) : [],
    returned:
      status === 'open' && current?.returnedById && current.returnedAt
        ? { by: person(current.returnedById), at: current.returnedAt, note: current.returnNote ?? '' }
        : null,
    talk: approval.questions.toSorted(byAge).map(({ askedById, question: asked, answeredById, answer }) => ({
      by: person(askedById),
      question: asked,
      answer: answeredById !== null && answer !== null ? { by: person(answeredById), text: answer } : null,
    })),
    decidedBy: withdrawn ? person(requestedById) : maybe(decided?.decidedById ?? null),
    inPlaceOf: withdrawn ? null : maybe(decided?.onBehalfOfId ?? null),
    decidedAt: withdrawn ? approval.updatedAt : (decided?.decidedAt ?? null),
    solo: steps.some((step) => step.solo),
    reason: decided?.reason ?? null,
    comment: decided?.comment ?? null,
    question,
  };
}

const TALK_SHOWN = 2;
/** Ids are in the order of time. */
const byAge = (one: ApprovalQuestion, other: ApprovalQuestion): number => (one.id < other.id ? -1 : 1);
const talkersOf = ({ askedById, answeredById }: ApprovalQuestion): string[] =>
  answeredById === null ? [askedById] : [askedById, answeredById];

const peopleOf = (step: ApprovalStep): string[] =>
  [...step.approverIds, ...step.approvedIds, step.decidedById, step.onBehalfOfId, step.returnedById].filter(
    (id) => id !== null,
  );

/** The present step as a question, from what is stored: a decision asks it again of the locked rows. */
export function questionOf(
  current: ApprovalStep,
  steps: readonly ApprovalStep[],
  involvedIds: readonly string[],
): StepQuestion {
  return {
    mode: current.mode === 'all' ? 'all' : 'any',
    roles: current.approverRoles,
    ids: current.approverIds,
    namedIds: current.namedIds,
    approvedIds: current.approvedIds,
    laterRoles: steps.filter((step) => step.seq > current.seq).flatMap((step) => step.approverRoles),
    involvedIds,
    earlierIds: steps
      .filter((step) => step.seq < current.seq)
      .flatMap((step) => [...step.approvedIds, ...(step.decidedById === null ? [] : [step.decidedById])]),
  };
}

/** Whether the step asks them in their own right, as a decision would: `leads` alone makes nobody an approver of a card. */
const isFree = (
  question: StepQuestion,
  { id, roles }: { id: string; roles: readonly string[] },
  allowed: readonly string[],
): boolean =>
  isAsked(question, { id, roles, leads: false, may: roles.some((role) => allowed.includes(role)) }) &&
  !isOut(question, id);
