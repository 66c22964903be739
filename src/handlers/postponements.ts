// A manager decides about a postponement: from the card in their DM or from the row's window; who asked takes it back.
import { z } from 'zod';
import { can } from '../domain/access.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findPostponement, type PostponementFacts } from '../domain/plans/postponement.queries.js';
import {
  approvePostponement,
  rejectPostponement,
  withdrawPostponement,
} from '../domain/plans/postponement-approval.service.js';
import type { Deps } from './deps.js';
import { formatDate } from './i18n/format.js';
import { translator } from './i18n/index.js';
import { ACTION, VIEW } from './ids.js';
import { drawInstalment } from './instalments.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { modalOf, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { sendable } from './views/info-view.js';
import { postponementCard, postponementRejectModal } from './views/postponement-views.js';

const approvalValue = z.object({ a: z.uuid(), v: z.number().int() });
/** `m`: the message whose [驳回] was clicked; none: the row's window below. */
const metadata = formMetadata({
  a: z.uuid(),
  v: z.number().int(),
  m: z.object({ channel: z.string(), ts: z.string() }).nullable(),
});
type Place = z.infer<typeof metadata>['m'];

/** Plugs in the decisions about postponements. */
export function registerPostponements(doors: Doors, deps: Deps): void {
  doors.action(ACTION.postponementApprove, (turn) => runApprove(turn, deps));
  doors.action(ACTION.postponementReject, openReject);
  doors.action(ACTION.postponementWithdraw, runWithdraw);
  doors.submit(VIEW.postponementReject, metadata, (turn) => submitReject(turn, deps));
}

/** The postponement, for whoever may see its row. @throws DomainError not_found */
async function load({ ctx }: Pick<Turn, 'ctx'>, approvalId: string): Promise<PostponementFacts> {
  const facts = await findPostponement(ctx, approvalId);
  if (!facts || !can(ctx.actor, 'record.see', facts.row.ownerId))
    throw new DomainError('not_found', { ref: '' });
  return facts;
}

async function runApprove(turn: ActionTurn, deps: Deps): Promise<void> {
  const { ctx, t } = turn;
  const { a, v } = parseValue(approvalValue, turn.value);
  const { row, to } = await load(turn, a);
  try {
    await approvePostponement(ctx, a, v);
  } catch (error) {
    await redrawMessage(turn, deps, placeOf(turn), a, error);
    throw error;
  }
  if (!modalOf(turn)) return;
  const words = t('plans:postpone.done', { n: row.seq, date: formatDate(ctx.actor.locale, to, ctx.today) });
  await turn.redraw(await drawInstalment(turn, row.id, words));
}

async function openReject(turn: ActionTurn): Promise<void> {
  const { a, v } = parseValue(approvalValue, turn.value);
  const facts = await load(turn, a);
  const state = { r: newId(turn.ctx.now), a, v, m: placeOf(turn) } satisfies z.infer<typeof metadata>;
  await showView(turn, postponementRejectModal(facts, readerOf(turn), JSON.stringify(state)));
}

async function submitReject(turn: SubmitTurn<z.infer<typeof metadata>>, deps: Deps): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  const reason = form.requiredText('reason', { max: 300 });
  form.check();
  const { row } = await load(turn, shown.a);
  try {
    await rejectPostponement(ctx, shown.a, shown.v, reason);
  } catch (error) {
    await redrawMessage(turn, deps, shown.m, shown.a, error);
    throw error;
  }
  const words = t('postponements:reject.done', { n: row.seq });
  if (shown.m !== null) return { done: words };
  return returnTo(turn, true, await drawInstalment(turn, row.id, words));
}

async function runWithdraw(turn: ActionTurn): Promise<void> {
  const { a } = parseValue(approvalValue, turn.value);
  const { row } = await load(turn, a);
  await withdrawPostponement(turn.ctx, a);
  const words = turn.t('postponements:withdraw.done', { n: row.seq });
  if (modalOf(turn)) await turn.redraw(await drawInstalment(turn, row.id, words));
  else await turn.tell(words);
}

/** The message in which the click happened, if it was one. */
function placeOf({ body }: ActionTurn): Place {
  const { channel, message } = body;
  return channel && message ? { channel: channel.id, ts: message.ts } : null;
}

/** The card that a decision came too late for, drawn from what is true now. */
async function redrawMessage(
  turn: Pick<Turn, 'ctx' | 'client'>,
  deps: Deps,
  place: Place,
  approvalId: string,
  error: unknown,
): Promise<void> {
  const late = isDomainError(error, 'approval.decided') || isDomainError(error, 'version.conflict');
  const facts = late && place ? await findPostponement(turn.ctx, approvalId) : null;
  if (!facts || !place) return;
  const { ctx } = turn;
  const reader = { ...readerOf({ ctx, t: translator(ctx.actor.locale) }), actor: null };
  try {
    await turn.client.chat.update({ ...place, ...sendable(postponementCard(facts, reader)) });
  } catch (failure) {
    // Who was faster must be told in any case.
    deps.log.warn({ err: failure }, 'a decided card could not be redrawn');
  }
}
