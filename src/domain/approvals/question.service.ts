// 提问: whoever may decide asks whoever asked them; the answer comes back to them. What is decided stays as it is (ux §4.6).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { type Notice, type NoticeKind, type NoticePayload, notice } from '../notices/notice.js';
import { personalKey } from '../notices/outbox.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { type About, rewriteOf } from './ask.service.js';
import { authorizeStep, hold } from './hold.service.js';
import { cardKey, subjectRow } from './subjects.js';

export const MAX_QUESTION = 500;

/**
 * Asks; told to whoever asked for the approval, in the thread of a card in finance's channel and on every card.
 * @throws DomainError as a decision (decisions.service.ts), request.repeated
 */
export async function askQuestion(ctx: Ctx, approvalId: string, question: string): Promise<{ who: string }> {
  return transact(ctx.db, async (tx) => {
    const held = await hold(tx, ctx, approvalId);
    const { approval, subject, about } = held;
    const { requestedById } = approval;
    await claimRequest(tx, ctx, 'approval.ask', { reference: null, ...subject.about });
    await authorizeStep(tx, ctx, held);
    const id = newId(ctx.now);
    await tx.approvalQuestion.create({
      data: { id, approvalId, askedById: ctx.actor.id, question, createdAt: ctx.now },
    });
    await leaveTraces(tx, ctx, {
      audit: [{ action: 'approval.asked', ...subject.about, after: { approvalId, question } }],
      notices: [
        ...inThread(about, 'approval.question', `approval.question:${id}`, { questionId: id }),
        notice({
          kind: 'approval.question_dm',
          key: questionKey(id),
          to: { user: requestedById },
          payload: { questionId: id },
        }),
      ],
      rewrites: [rewriteOf(about, `question:${id}`)],
    });
    return { who: await nameOf(tx, requestedById) };
  });
}

const questionKey = (id: string): string => `approval.question_dm:${id}`;

/** A line under the card in finance's channel; in DMs the card itself says it. */
function inThread<K extends NoticeKind>(
  { type, approvalId }: About,
  kind: K,
  key: string,
  payload: NoticePayload<K>,
): Notice<K>[] {
  if (subjectRow(type).place !== 'finance') return [];
  const to = { channel: 'finance', otherwise: [] } as const;
  return [{ kind, key, to, threadOf: cardKey(type, approvalId), payload }];
}

/**
 * Answers, once, while it is still to be decided.
 * @throws DomainError not_found (also where the question is put to somebody else), approval.answered, approval.decided,
 *   request.repeated
 */
export async function answerQuestion(ctx: Ctx, questionId: string, answer: string): Promise<{ who: string }> {
  return transact(ctx.db, async (tx) => {
    const { question, subject, about } = await holdQuestion(tx, ctx, questionId);
    await claimRequest(tx, ctx, 'approval.answer', { reference: null, ...subject.about });
    await requireUnanswered(tx, question);
    await tx.approvalQuestion.update({
      where: { id: questionId },
      data: { answeredById: ctx.actor.id, answer, answeredAt: ctx.now },
    });
    const { askedById } = question;
    const payload = { questionId };
    const theirCard = personalKey(cardKey(about.type, about.approvalId), askedById);
    const entry = {
      action: 'approval.answered',
      ...subject.about,
      after: { approvalId: about.approvalId, question: question.question, answer },
    };
    await leaveTraces(tx, ctx, {
      audit: [entry],
      notices: [
        ...inThread(about, 'approval.answer', `approval.answer:${questionId}`, payload),
        notice({
          kind: 'approval.answer',
          key: `approval.answer_dm:${questionId}`,
          to: { user: askedById },
          // Under their own card where they have one.
          ...(subjectRow(about.type).place === 'approvers' && { threadOf: theirCard }),
          payload,
        }),
      ],
      rewrites: [
        rewriteOf(about, `answer:${questionId}`),
        { key: questionKey(questionId), kind: 'approval.question_dm', payload, tag: 'answered' },
      ],
    });
    return { who: await nameOf(tx, askedById) };
  });
}

/** Whether the person could answer now: asked before the form opens. @throws as answerQuestion */
export async function checkAnswer(ctx: Ctx, questionId: string): Promise<void> {
  await transact(ctx.db, async (tx) =>
    requireUnanswered(tx, (await holdQuestion(tx, ctx, questionId)).question),
  );
}

async function holdQuestion(tx: Tx, ctx: Ctx, questionId: string) {
  const found = await tx.approvalQuestion.findUnique({
    where: { id: questionId },
    include: { approval: { select: { requestedById: true } } },
  });
  if (found?.approval.requestedById !== ctx.actor.id) throw new DomainError('not_found', { ref: '' });
  const held = await hold(tx, ctx, found.approvalId);
  // As it is under the lock.
  const question = await tx.approvalQuestion.findUniqueOrThrow({ where: { id: questionId } });
  return { ...held, question };
}

async function requireUnanswered(
  tx: Tx,
  { answeredById, answeredAt }: { answeredById: string | null; answeredAt: Date | null },
): Promise<void> {
  if (answeredById === null || answeredAt === null) return;
  throw new DomainError('approval.answered', { who: await nameOf(tx, answeredById), at: answeredAt });
}

const nameOf = async (tx: Tx, id: string): Promise<string> =>
  (await tx.user.findUnique({ where: { id }, select: { name: true } }))?.name ?? '';
