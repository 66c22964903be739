// The one conversation of all approvals: approve, reject, send back, take back; from a card, or from a window
// (ux §4.4, §4.6). Whoever is too late is told who was faster, and what they clicked on is drawn anew.
import { z } from 'zod';
import { findAbout } from '../domain/approvals/approval.queries.js';
import {
  approve,
  checkDecision,
  type Decided,
  reject,
  sendBack,
  withdraw,
} from '../domain/approvals/decisions.service.js';
import { nudgeApprovers } from '../domain/approvals/nudge.service.js';
import { type SubjectType, subjectRow } from '../domain/approvals/subjects.js';
import { DomainError, type ErrorParams, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { openBatch } from './approval-batch.js';
import { openAsk } from './approval-questions.js';
import { loadSubject } from './approval-subjects.js';
import { listBehind } from './contract-card.js';
import type { Deps } from './deps.js';
import { describeError } from './errors.js';
import { formatNames } from './i18n/format.js';
import { translator } from './i18n/index.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import { type ShownSubject, windowAfter } from './shown-subject.js';
import type { Outcome } from './submission.js';
import { modalOf, opensAnew, returnTo, turnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { backModal, rejectModal } from './views/approval-form-views.js';
import { knowingModal } from './views/approval-knowing-views.js';
import { MORE_KEYS } from './views/approval-views.js';
import { withAlert } from './views/form-views.js';
import { sendable } from './views/info-view.js';

const NOTE_MAX = 300;

const approvalValue = z.object({ a: z.uuid(), v: z.number().int() });
const withdrawValue = z.object({ a: z.uuid() });
const moreValue = approvalValue.extend({ k: z.enum(MORE_KEYS) });
/** `m`: the message that was clicked on; none: a window, which is below the form. `l`: the list behind that. */
const formState = formMetadata({
  ...approvalValue.shape,
  m: z.object({ channel: z.string(), ts: z.string() }).nullable(),
  l: z.string().optional(),
});
type FormState = z.infer<typeof formState>;
type Place = FormState['m'];

/** Plugs in deciding about whatever can be approved. */
export function registerApprovals(doors: Doors, deps: Deps): void {
  doors.action(ACTION.approvalApprove, (turn) => runApprove(turn, deps));
  doors.opens(ACTION.approvalReject, (turn) => openForm(turn, deps, 'reject'));
  doors.opens(ACTION.approvalBack, (turn) => openForm(turn, deps, 'back'));
  doors.action(ACTION.approvalWithdraw, (turn) => runWithdraw(turn, deps));
  doors.opens(
    ACTION.approvalOpen,
    (turn) => openSubject(turn, parseValue(approvalValue, turn.value).a),
    opensAnew,
  );
  doors.opens(ACTION.approvalAsk, async (turn) => {
    const { a, v } = parseValue(approvalValue, turn.value);
    await guarded(turn, deps, a, placeOf(turn), () => openAsk(turn, a, v));
  });
  doors.action(ACTION.approvalNudge, (turn) => runNudge(turn, deps));
  doors.opens(ACTION.approvalMore, (turn) => runMore(turn, deps), opensAnew);
  doors.submit(VIEW.approvalReject, formState, (turn) => submitReject(turn, deps));
  doors.submit(VIEW.approvalBack, formState, (turn) => submitBack(turn, deps));
  doors.submit(VIEW.approvalKnowing, formState, (turn) => submitKnowing(turn, deps));
}

async function runApprove(turn: ActionTurn, deps: Deps): Promise<void> {
  const { a, v } = parseValue(approvalValue, turn.value);
  let done: Decided | null;
  try {
    done = await guarded(turn, deps, a, placeOf(turn), () => approve(turn.ctx, a, v));
  } catch (error) {
    if (!isDomainError(error, 'approval.leaves_nobody')) throw error;
    return openKnowing(turn, a, v, error.params);
  }
  if (done === null) return;
  const told = await wordsOf(turn, a, done);
  if (modalOf(turn)) await turn.redraw(await windowAfter(told, done.outcome, listBehind(turn)));
  // The card says what was decided; that nothing was, or who is next, must be told.
  else if (done.outcome !== 'approved') await turn.tell(told.words);
}

/** Nobody would be left for a later step: asked before, not told afterwards. */
async function openKnowing(
  turn: ActionTurn,
  a: string,
  v: number,
  params: ErrorParams['approval.leaves_nobody'],
): Promise<void> {
  const { heading } = await loadSubject(turn, await about(turn, a));
  const state: FormState = { r: newId(turn.ctx.now), a, v, m: placeOf(turn), l: listBehind(turn) };
  await showView(turn, knowingModal(readerOf(turn), params, heading, JSON.stringify(state)));
}

/** Drawn anew meanwhile it is looked at first: the form, sent again, would approve what nobody has seen. */
async function submitKnowing(turn: SubmitTurn<FormState>, deps: Deps): Promise<Outcome> {
  const { a, v, l } = turn.metadata;
  try {
    return await afterForm(turn, deps, () => approve(turn.ctx, a, v, { knowing: true }));
  } catch (error) {
    if (!isDomainError(error, 'version.conflict')) throw error;
    const told = await wordsOf(turn, a, { ...(await about(turn, a)), outcome: 'redrawn' });
    return { update: await windowAfter(told, 'redrawn', l) };
  }
}

async function runWithdraw(turn: ActionTurn, deps: Deps): Promise<void> {
  const { a } = parseValue(withdrawValue, turn.value);
  const done = await guarded(turn, deps, a, placeOf(turn), () => withdraw(turn.ctx, a));
  if (done === null) return;
  const { shown, words } = await wordsOf(turn, a, done);
  if (modalOf(turn)) await turn.redraw(await shown.window(words, listBehind(turn)));
  else await turn.tell(words);
}

/** 催办: told in the window, which stays. */
async function runNudge(turn: ActionTurn, deps: Deps): Promise<void> {
  const { a } = parseValue(withdrawValue, turn.value);
  const done = await guarded(turn, deps, a, placeOf(turn), () => nudgeApprovers(turn.ctx, a));
  if (done === null) return;
  const { t, ctx } = turn;
  await turn.tell(
    done.names.length > 0
      ? t('approvals:nudge.done', { names: formatNames(ctx.actor.locale, done.names) })
      : t('approvals:no_deciders'),
  );
}

async function runMore(turn: ActionTurn, deps: Deps): Promise<void> {
  const { k, a } = parseValue(moreValue, turn.value);
  if (k === 'batch') await openBatch(turn);
  else await (k === 'back' ? openForm(turn, deps, 'back') : openSubject(turn, a));
}

async function openSubject(turn: ActionTurn, approvalId: string): Promise<void> {
  const shown = await loadSubject(turn, await about(turn, approvalId));
  await turnTo(turn, await shown.window(undefined, listBehind(turn)));
}

/** Asked before the form opens: who may not decide, or comes too late, types nothing in vain. */
async function openForm(turn: ActionTurn, deps: Deps, form: 'reject' | 'back'): Promise<void> {
  const { a, v } = parseValue(approvalValue, turn.value);
  const m = placeOf(turn);
  const checked = await guarded(turn, deps, a, m, () => checkDecision(turn.ctx, a, v));
  if (checked === null) return;
  const { heading, reasons, row } = await loadSubject(turn, { ...checked, approvalId: a });
  const state: FormState = { r: newId(turn.ctx.now), a, v, m, l: listBehind(turn) };
  const metadata = JSON.stringify(state);
  const view =
    form === 'back'
      ? backModal(turn.t, heading, metadata)
      : rejectModal(turn.t, row.type, heading, reasons, metadata);
  await showView(turn, view);
}

async function submitReject(turn: SubmitTurn<FormState>, deps: Deps): Promise<Outcome> {
  const { form, metadata, ctx } = turn;
  const { reasons } = await loadSubject(turn, await about(turn, metadata.a));
  const chosen = reasons && form.requiredChoice('reason');
  const reason = reasons?.find(({ key }) => key === chosen)?.key ?? (reasons ? 'other' : undefined);
  const note = form.text('note', { max: 3000 });
  if ((reason === undefined || reason === 'other') && note === null) form.refuse('note', 'text.required', {});
  form.check();
  const words = { reason, ...(note !== null && { comment: note }) };
  return afterForm(turn, deps, () => reject(ctx, metadata.a, metadata.v, words));
}

async function submitBack(turn: SubmitTurn<FormState>, deps: Deps): Promise<Outcome> {
  const { form, metadata, ctx } = turn;
  const note = form.requiredText('note', { max: NOTE_MAX });
  form.check();
  return afterForm(turn, deps, () => sendBack(ctx, metadata.a, metadata.v, note));
}

/** The window below is drawn anew with the result; where there was only a card, the form says it. */
async function afterForm(
  turn: SubmitTurn<FormState>,
  deps: Deps,
  run: () => Promise<Decided>,
): Promise<Outcome> {
  const { a, m, l } = turn.metadata;
  let done: Decided;
  try {
    done = await run();
  } catch (error) {
    if (isOutdated(error)) await redrawMessage(turn, deps, m, a);
    throw error;
  }
  const told = await wordsOf(turn, a, done);
  return m === null ? returnTo(turn, true, await windowAfter(told, done.outcome, l)) : { done: told.words };
}

/** What is told of a decision, with the subject as it is after it. */
async function wordsOf(
  turn: Pick<Turn, 'ctx' | 't'>,
  approvalId: string,
  { type, subjectId, outcome }: Decided,
): Promise<{ shown: ShownSubject; words: string }> {
  const { t, ctx } = turn;
  const shown = await loadSubject(turn, { type, subjectId, approvalId });
  const { approvers, requestedBy, step, question } = shown.approval;
  const names = formatNames(
    ctx.actor.locale,
    approvers.map((person) => person.name),
  );
  const nobody = outcome === 'advanced' && approvers.length === 0;
  // Each of several has to approve the step, and it is not over.
  const joined = outcome === 'advanced' && !nobody && (question?.approvedIds.length ?? 0) > 0;
  const key = joined ? 'joined' : nobody ? 'advanced_nobody' : outcome;
  const words = t(`approvals:done.${key}`, {
    name: shown.name,
    who: requestedBy.name,
    names,
    step: joined ? step : step - 1,
  });
  return { shown, words };
}

const OUTDATED = [
  'approval.decided',
  'approval.no_longer_fits',
  'version.conflict',
  'contract.bad_state',
] as const;

/** It was decided meanwhile, or no longer fits: what is shown must say so. */
const isOutdated = (error: unknown): error is DomainError =>
  OUTDATED.some((code) => isDomainError(error, code)) ||
  (isDomainError(error) && error.code.startsWith('amendment.'));

/** Runs it; null where it came too late in a window, which then shows what is so now, and says what happened. */
async function guarded<T>(
  turn: ActionTurn,
  deps: Deps,
  approvalId: string,
  place: Place,
  run: () => Promise<T>,
): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    if (!isOutdated(error)) throw error;
    if (!modalOf(turn)) {
      await redrawMessage(turn, deps, place, approvalId);
      throw error;
    }
    const { text } = describeError(error, readerOf(turn), deps.log);
    const shown = await loadSubject(turn, await about(turn, approvalId));
    await turn.redraw(withAlert(await shown.window(undefined, listBehind(turn)), text));
    return null;
  }
}

/** @throws DomainError not_found: a forged id, or a kind nobody asks about any more */
async function about({ ctx }: Pick<Turn, 'ctx'>, approvalId: string) {
  const found = await findAbout(ctx, approvalId);
  if (!found) throw new DomainError('not_found', { ref: '' });
  return { ...found, approvalId };
}

/** The message in which the click happened, if it was one. */
function placeOf({ body }: ActionTurn): Place {
  const { channel, message } = body;
  return channel && message ? { channel: channel.id, ts: message.ts } : null;
}

/** A card that showed what is no longer so, drawn anew in the language of its readers. */
async function redrawMessage(
  turn: Pick<Turn, 'ctx' | 't' | 'client'>,
  deps: Deps,
  place: Place,
  approvalId: string,
): Promise<void> {
  if (!place) return;
  const { ctx, client } = turn;
  try {
    const found = await about(turn, approvalId);
    const actor = isShared(ctx, found.type, place) ? null : ctx.actor;
    const { locale, timezone } = actor ?? ctx.company;
    const t = translator(locale);
    const { card } = await loadSubject({ ctx, t }, found);
    const reader = { t, locale, timezone, today: ctx.today, now: ctx.now, actor };
    await client.chat.update({ ...place, ...sendable(card(reader)) });
  } catch (error) {
    // Who was faster must be told in any case.
    deps.log.warn({ err: error }, 'a decided card could not be redrawn');
  }
}

const isShared = (ctx: Turn['ctx'], type: SubjectType, place: NonNullable<Place>): boolean =>
  subjectRow(type).place === 'finance' && place.channel === ctx.company.financeChannelId;
