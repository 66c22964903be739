// Deciding about an amendment: approve, reject with a reason, take back; from its card and from the contract's. Whoever
// is too late, or finds that it no longer fits, sees the card as it is now (F26).
import { z } from 'zod';
import { findChange, findChangeOfApproval } from '../domain/contracts/amendment.queries.js';
import {
  approveAmendment,
  rejectAmendment,
  withdrawAmendment,
} from '../domain/contracts/amendment-approval.service.js';
import { CONTRACT_REJECT_REASONS } from '../domain/contracts/contract.js';
import { findContractDetails, loadContract } from '../domain/contracts/contract.queries.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { drawCard, isMeanwhile, isOnCard, listBehind, runOnCard } from './contract-card.js';
import { type MessagePlace, messageOf } from './contract-decisions.js';
import type { Deps } from './deps.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { modalOf, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { changeCardMessage, changeRejectModal } from './views/amendment-views.js';

const approvalValue = z.object({ a: z.uuid(), v: z.number().int() });
const withdrawValue = z.object({ a: z.uuid() });
/** `m`: the message whose [驳回] was clicked; `o`: opened on top of the contract's card; `l`: the list behind it. */
const rejectMetadata = formMetadata({
  a: z.uuid(),
  v: z.number().int(),
  c: z.uuid(),
  m: z.object({ channel: z.string(), ts: z.string() }).nullable(),
  o: z.boolean(),
  l: z.string().optional(),
});

/** Plugs in the decisions. */
export function registerAmendmentDecisions(doors: Doors, deps: Deps): void {
  doors.action(ACTION.contractAmendApprove, (turn) => runApprove(turn, deps));
  doors.action(ACTION.contractAmendReject, openReject);
  doors.action(ACTION.contractAmendWithdraw, (turn) => runWithdraw(turn, deps));
  doors.submit(VIEW.contractAmendReject, rejectMetadata, (turn) => submitRejection(turn, deps));
}

/** What an approval is about. @throws DomainError not_found: a forged or foreign id */
async function subjectOf({ ctx }: Pick<Turn, 'ctx'>, approvalId: string) {
  const found = await findChangeOfApproval(ctx, approvalId);
  const change = found && (await findChange(ctx, found.changeId, approvalId));
  if (!change) throw new DomainError('not_found', { ref: '' });
  return change;
}

/** It was decided meanwhile, or no longer fits: the card must say so. */
const isOutdated = (error: unknown): boolean =>
  isMeanwhile(error) || (isDomainError(error) && error.code.startsWith('amendment.'));

async function runApprove(turn: ActionTurn, deps: Deps): Promise<void> {
  const { ctx, t } = turn;
  const { a, v } = parseValue(approvalValue, turn.value);
  const { no, contractId } = await subjectOf(turn, a);
  const approve = async () => {
    const contract = await approveAmendment(ctx, a, v);
    return t('amendments:approve.done', { number: contract.number, no });
  };
  if (modalOf(turn)) return runOnCard(turn, deps, contractId, approve, isOutdated);
  try {
    await approve();
  } catch (error) {
    if (isOutdated(error)) await redrawMessage(turn, deps, messageOf(turn), a);
    throw error;
  }
}

async function openReject(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  const { a, v } = parseValue(approvalValue, turn.value);
  const contract = await loadContract(ctx, (await subjectOf(turn, a)).contractId);
  const metadata = JSON.stringify({
    r: newId(ctx.now),
    a,
    v,
    c: contract.id,
    m: messageOf(turn),
    o: isOnCard(turn),
    l: listBehind(turn),
  } satisfies z.infer<typeof rejectMetadata>);
  await showView(turn, changeRejectModal(contract, readerOf(turn), metadata));
}

async function submitRejection(
  turn: SubmitTurn<z.infer<typeof rejectMetadata>>,
  deps: Deps,
): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const chosen = form.requiredChoice('reason');
  const note = form.text('note', { max: 3000 });
  const reason = CONTRACT_REJECT_REASONS.find((known) => known === chosen) ?? 'other';
  if (reason === 'other' && note === null) form.refuse('note', 'text.required', {});
  form.check();
  try {
    const words = { reason, ...(note !== null && { comment: note }) };
    await rejectAmendment(ctx, metadata.a, metadata.v, words);
  } catch (error) {
    if (isOutdated(error)) await redrawMessage(turn, deps, metadata.m, metadata.a);
    throw error;
  }
  const { no, approval } = await subjectOf(turn, metadata.a);
  const contract = await loadContract(ctx, metadata.c);
  const facts = { number: contract.number, no, who: approval.requestedBy.name };
  const result = t('amendments:reject.done', facts);
  if (!metadata.o) return { done: result };
  return returnTo(turn, true, await drawCard(turn, contract.id, { result, list: metadata.l }));
}

async function runWithdraw(turn: ActionTurn, deps: Deps): Promise<void> {
  const { ctx, t } = turn;
  const { a } = parseValue(withdrawValue, turn.value);
  const { no, contractId } = await subjectOf(turn, a);
  const withdraw = async () => {
    const contract = await withdrawAmendment(ctx, a);
    return t('amendments:withdraw.done', { number: contract.number, no });
  };
  if (modalOf(turn)) return runOnCard(turn, deps, contractId, withdraw);
  await turn.tell(await withdraw());
}

/** The card as it is now, for whoever clicked on an old one. */
async function redrawMessage(
  turn: Pick<Turn, 'ctx' | 't' | 'client'>,
  deps: Deps,
  message: MessagePlace | null,
  approvalId: string,
): Promise<void> {
  if (!message) return;
  const change = await subjectOf(turn, approvalId);
  const contract = await findContractDetails(turn.ctx, change.contractId);
  if (!contract) return;
  const { paymentMethods } = turn.ctx.company.settings;
  const card = changeCardMessage(contract, change, paymentMethods, readerOf(turn));
  try {
    await turn.client.chat.update({ channel: message.channel, ts: message.ts, ...card });
  } catch (error) {
    // What happened must be told in any case.
    deps.log.warn({ err: error }, 'a decided card could not be redrawn');
  }
}
