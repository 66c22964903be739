// 提问 and 回复 as one conversation: from a card or window, and from the message that carries the question (ux §4.6).
import { z } from 'zod';
import { checkDecision } from '../domain/approvals/decisions.service.js';
import { findQuestion } from '../domain/approvals/question.queries.js';
import {
  answerQuestion,
  askQuestion,
  checkAnswer,
  MAX_QUESTION,
} from '../domain/approvals/question.service.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { loadSubject } from './approval-subjects.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn } from './turns.js';
import { askModal, replyModal } from './views/approval-question-views.js';

const questionValue = z.object({ q: z.uuid() });
const askState = formMetadata({ a: z.uuid() });
const replyState = formMetadata({ q: z.uuid() });

/** Plugs in both forms; [提问] itself is a button of approvals.ts, which knows who comes too late. */
export function registerApprovalQuestions(doors: Doors): void {
  doors.opens(ACTION.approvalReply, openReply);
  doors.submit(VIEW.approvalAsk, askState, submitAsk);
  doors.submit(VIEW.approvalReply, replyState, submitReply);
}

/** Opens the form for whoever may decide. @throws DomainError as a decision */
export async function openAsk(turn: ActionTurn, approvalId: string, version: number): Promise<void> {
  const about = await checkDecision(turn.ctx, approvalId, version);
  const { heading } = await loadSubject(turn, { ...about, approvalId });
  const state = { r: newId(turn.ctx.now), a: approvalId } satisfies z.infer<typeof askState>;
  await showView(turn, askModal(turn.t, heading, JSON.stringify(state), MAX_QUESTION));
}

async function submitAsk(turn: SubmitTurn<z.infer<typeof askState>>): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const question = form.requiredText('question', { max: MAX_QUESTION });
  form.check();
  const { who } = await askQuestion(ctx, metadata.a, question);
  return { done: t('questions:done.asked', { who }) };
}

async function openReply(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  const { q } = parseValue(questionValue, turn.value);
  // Whoever comes too late types nothing in vain.
  await checkAnswer(ctx, q);
  const facts = await findQuestion(ctx.db, q);
  if (!facts) throw new DomainError('not_found', { ref: '' });
  const { heading } = await loadSubject(turn, { ...facts.about, approvalId: facts.approval.id });
  const state = { r: newId(ctx.now), q } satisfies z.infer<typeof replyState>;
  await showView(turn, replyModal(facts, heading, JSON.stringify(state), MAX_QUESTION, readerOf(turn)));
}

async function submitReply(turn: SubmitTurn<z.infer<typeof replyState>>): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const answer = form.requiredText('answer', { max: MAX_QUESTION });
  form.check();
  const { who } = await answerQuestion(ctx, metadata.q, answer);
  return { done: t('questions:done.answered', { who }) };
}
