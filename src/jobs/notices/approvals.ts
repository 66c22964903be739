// Renders what is told about approvals whatever they are about, from facts as they are when it is sent.
import { countAlike, findAbout, findApproval } from '../../domain/approvals/approval.queries.js';
import { findQuestion } from '../../domain/approvals/question.queries.js';
import { type CardNotice, type SubjectType, subjectRow } from '../../domain/approvals/subjects.js';
import { stillWaiting } from '../../domain/approvals/waiting-list.queries.js';
import { WORK_CLOSES, WORK_OPENS } from '../../domain/approvals/working-hours.js';
import { workingTimeBetween } from '../../domain/calendar.js';
import { addDays, instantOf, localDate } from '../../domain/local-date.js';
import { findPeople } from '../../domain/members/member.queries.js';
import {
  NUDGED_SHOWN,
  nudgeMessage,
  orphanMessage,
  overdueMessage,
  SOLO_SHOWN,
  type SoloDecision,
  soloWeekMessage,
  type WaitingApproval,
} from '../../handlers/views/approval-notice-views.js';
import {
  answerMessage,
  questionLine,
  questionMessage,
} from '../../handlers/views/approval-question-views.js';
import { notificationText } from '../../handlers/views/blocks.js';
import { adjustmentNotices } from './adjustments.js';
import { contractNotices } from './contracts.js';
import { creditNotices } from './credit.js';
import { openingNotices } from './openings.js';
import { postponementNotices } from './postponements.js';
import { channelReader } from './reader.js';
import { reallocationNotices } from './reallocations.js';
import { receiptNotices } from './receipts.js';
import { refundNotices } from './refunds.js';
import type { NoticeRenderers, RenderCtx, Rendered } from './rendered.js';
import { reversalNotices } from './reversals.js';

/** What is told about an approval quotes the sentence of its card: escaped, whatever people called things. */
async function sentenceOf(ctx: RenderCtx, approvalId: string): Promise<string | null> {
  const about = await findAbout(ctx, approvalId);
  const card = about && (await cardOf(ctx, about.type, about.subjectId, approvalId));
  return card && notificationText(card.text);
}

async function cardOf(
  ctx: RenderCtx,
  type: SubjectType,
  subjectId: string,
  approvalId: string,
): Promise<Rendered | null> {
  const card: CardNotice = subjectRow(type).card(subjectId, approvalId);
  switch (card.kind) {
    case 'receipt.card':
      return receiptNotices[card.kind](ctx, card.payload);
    case 'contract.card':
      return contractNotices[card.kind](ctx, card.payload);
    case 'contract.change_card':
      return contractNotices[card.kind](ctx, card.payload);
    case 'postponement.card':
      return postponementNotices[card.kind](ctx, card.payload);
    case 'reversal.card':
      return reversalNotices[card.kind](ctx, card.payload);
    case 'adjustment.card':
      return adjustmentNotices[card.kind](ctx, card.payload);
    case 'contract.void_card':
      return contractNotices[card.kind](ctx, card.payload);
    case 'opening.card':
      return openingNotices[card.kind](ctx, card.payload);
    case 'reallocation.card':
      return reallocationNotices[card.kind](ctx, card.payload);
    case 'credit.card':
      return creditNotices[card.kind](ctx, card.payload);
    case 'refund.card':
      return refundNotices[card.kind](ctx, card.payload);
    default:
      throw new RangeError(`${card.kind} is no card of an approval`);
  }
}

async function approvalOf(ctx: RenderCtx, approvalId: string) {
  const about = await findAbout(ctx, approvalId);
  return about && findApproval(ctx, { type: about.type, id: about.subjectId }, approvalId);
}

/** Those that are still open, as their cards say it. */
async function waitingOf(
  ctx: RenderCtx,
  approvalIds: readonly string[],
): Promise<{ waiting: WaitingApproval[]; total: number }> {
  const open = await ctx.db.approval.findMany({
    where: { id: { in: [...approvalIds] }, status: 'open' },
    orderBy: [{ askedAt: 'asc' }, { id: 'asc' }],
  });
  const waiting: WaitingApproval[] = [];
  for (const { id, askedAt } of open.slice(0, NUDGED_SHOWN)) {
    const [card, approval] = await Promise.all([sentenceOf(ctx, id), approvalOf(ctx, id)]);
    if (card && approval) waiting.push({ card, hours: hoursSince(ctx, askedAt), approval });
  }
  return { waiting, total: open.length };
}

/** Whole working hours. */
function hoursSince({ now, company }: RenderCtx, since: Date): number {
  const { calendar, timezone } = company;
  const worked = workingTimeBetween(calendar, since, now, timezone, WORK_OPENS, WORK_CLOSES);
  return Math.floor(worked / 3_600_000);
}

export const approvalNotices: NoticeRenderers<
  | 'approval.orphan'
  | 'approval.question'
  | 'approval.question_dm'
  | 'approval.answer'
  | 'approval.nudge'
  | 'approval.overdue'
  | 'approval.solo_week'
> = {
  async 'approval.question'(ctx, { questionId }) {
    const facts = await findQuestion(ctx.db, questionId);
    return facts && questionLine(facts, ctx);
  },

  async 'approval.question_dm'(ctx, { questionId }) {
    const facts = await findQuestion(ctx.db, questionId);
    const card = facts && (await sentenceOf(ctx, facts.approval.id));
    return facts && card !== null ? questionMessage(facts, card, ctx) : null;
  },

  async 'approval.answer'(ctx, { questionId }) {
    const facts = await findQuestion(ctx.db, questionId);
    // By itself it says of none of several open questions which it answers.
    const card = facts && ctx.person ? await sentenceOf(ctx, facts.approval.id) : null;
    return facts && answerMessage(facts, card, ctx);
  },

  async 'approval.nudge'(ctx, { userId, approvalIds, byId }) {
    const user = await ctx.db.user.findUnique({ where: { id: userId } });
    if (!user) return null;
    const { waiting, total } = await waitingOf(ctx, await stillWaiting(ctx, user, approvalIds));
    const by = byId === null ? null : await ctx.db.user.findUnique({ where: { id: byId } });
    return waiting.length > 0 ? nudgeMessage(waiting, total, by?.name ?? null, ctx) : null;
  },

  async 'approval.solo_week'(ctx, { from, to }) {
    const { timezone } = ctx.company;
    const steps = await ctx.db.approvalStep.findMany({
      where: {
        solo: true,
        decidedAt: {
          gte: instantOf(localDate(from), '00:00', timezone),
          lt: instantOf(localDate(to), '00:00', timezone),
        },
      },
      orderBy: [{ decidedAt: 'asc' }, { id: 'asc' }],
    });
    const people = await findPeople(
      ctx.db,
      steps.flatMap((step) => step.decidedById ?? []),
    );
    const rows: SoloDecision[] = [];
    for (const { approvalId, decidedById, decidedAt } of steps.slice(0, SOLO_SHOWN)) {
      const [card, approval] = await Promise.all([sentenceOf(ctx, approvalId), approvalOf(ctx, approvalId)]);
      const who = people.get(decidedById ?? '')?.name ?? '—';
      if (card !== null && approval && decidedAt) rows.push({ card, approval, who, at: decidedAt });
    }
    const until = addDays(localDate(to), -1);
    return rows.length > 0
      ? soloWeekMessage(rows, steps.length, { from: localDate(from), until }, channelReader(ctx))
      : null;
  },

  async 'approval.overdue'(ctx, { approvalIds }) {
    const { waiting, total } = await waitingOf(ctx, approvalIds);
    return waiting.length > 0 ? overdueMessage(waiting, total, ctx) : null;
  },

  async 'approval.orphan'(ctx, { approvalId }) {
    const approval = await approvalOf(ctx, approvalId);
    // Somebody can decide by now: the alarm is over.
    if (approval?.status !== 'open' || approval.approvers.length > 0) return null;
    const card = await sentenceOf(ctx, approvalId);
    return card === null ? null : orphanMessage(approval, card, await countAlike(ctx.db, approvalId), ctx);
  },
};
