// Contract approval as a conversation: send, approve, reject with a reason, take back. Whoever is too late is told who
// was faster, and what they look at is drawn anew.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { CONTRACT_REJECT_REASONS } from '../domain/contracts/contract.js';
import {
  findContractOfApproval,
  loadApprovalCard,
  loadContract,
} from '../domain/contracts/contract.queries.js';
import {
  approveContract,
  rejectContract,
  submitContract,
  withdrawContract,
} from '../domain/contracts/contract-approval.service.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import {
  contractIdOf,
  drawCard,
  isMeanwhile,
  isOnCard,
  listBehind,
  requireEvent,
  runOnCard,
  showContract,
} from './contract-card.js';
import type { Deps } from './deps.js';
import { formatNames } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { modalOf, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import {
  contractCardMessage,
  contractRejectModal,
  contractSubmitModal,
} from './views/contract-approval-views.js';
import { sendable } from './views/info-view.js';

const approvalValue = z.object({ a: z.uuid(), v: z.number().int() });
const withdrawValue = z.object({ a: z.uuid() });
/** `o`: opened on top of the contract's card; `l`: the list behind it. */
const place = { o: z.boolean(), l: z.string().optional() };
const submitMetadata = formMetadata({ c: z.uuid(), v: z.number().int(), ...place });
/** `m`: the message whose [驳回] was clicked. */
const rejectMetadata = formMetadata({
  a: z.uuid(),
  v: z.number().int(),
  c: z.uuid(),
  m: z.object({ channel: z.string(), ts: z.string() }).nullable(),
  ...place,
});

/** Plugs in the approval of contracts. */
export function registerContractDecisions(doors: Doors, deps: Deps): void {
  doors.action(ACTION.contractSubmit, openSubmit);
  doors.action(ACTION.contractApprove, (turn) => runApprove(turn, deps));
  doors.action(ACTION.contractReject, openReject);
  doors.action(ACTION.contractWithdraw, (turn) => runWithdraw(turn, deps));
  doors.action(ACTION.contractMore, (turn) => showContract(turn, contractIdOf(turn.value)));
  doors.submit(VIEW.contractSubmit, submitMetadata, submitForApproval);
  doors.submit(VIEW.contractReject, rejectMetadata, (turn) => submitRejection(turn, deps));
}

async function openSubmit(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  const contract = await loadContract(ctx, contractIdOf(turn.value));
  authorize(ctx.actor, 'contract.submit', contract.owner.id);
  requireEvent(contract, 'submit');
  const metadata = JSON.stringify({
    r: newId(ctx.now),
    c: contract.id,
    v: contract.version,
    o: isOnCard(turn),
    l: listBehind(turn),
  } satisfies z.infer<typeof submitMetadata>);
  await showView(turn, contractSubmitModal(contract, readerOf(turn), metadata));
}

async function submitForApproval(turn: SubmitTurn<z.infer<typeof submitMetadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const planLater = form.choices('planLater').includes('yes');
  const { contract, approverNames } = await submitContract(ctx, {
    id: metadata.c,
    version: metadata.v,
    planLater,
  });
  const facts = { number: contract.number, names: formatNames(ctx.actor.locale, approverNames) };
  const result =
    approverNames.length === 0 ? t('contracts:submit.done_orphan', facts) : t('contracts:submit.done', facts);
  return returnTo(turn, metadata.o, await drawCard(turn, contract.id, { result, list: metadata.l }));
}

/** The contract an approval is about. @throws DomainError not_found: a forged or foreign id */
async function contractOf({ ctx }: Pick<Turn, 'ctx'>, approvalId: string): Promise<string> {
  const contractId = await findContractOfApproval(ctx, approvalId);
  if (contractId === null) throw new DomainError('not_found', { ref: '' });
  return contractId;
}

async function runApprove(turn: ActionTurn, deps: Deps): Promise<void> {
  const { ctx, t } = turn;
  const { a, v } = parseValue(approvalValue, turn.value);
  const contractId = await contractOf(turn, a);
  const approve = async () => {
    const contract = await approveContract(ctx, a, v);
    return t('contracts:approve.done', { number: contract.number });
  };
  if (modalOf(turn)) return runOnCard(turn, deps, contractId, approve);
  try {
    await approve();
  } catch (error) {
    if (isMeanwhile(error)) await redrawMessage(turn, deps, messageOf(turn), contractId, a);
    throw error;
  }
}

async function openReject(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  const { a, v } = parseValue(approvalValue, turn.value);
  const contract = await loadContract(ctx, await contractOf(turn, a));
  const metadata = JSON.stringify({
    r: newId(ctx.now),
    a,
    v,
    c: contract.id,
    m: messageOf(turn),
    o: isOnCard(turn),
    l: listBehind(turn),
  } satisfies z.infer<typeof rejectMetadata>);
  await showView(turn, contractRejectModal(contract, readerOf(turn), metadata));
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
    await rejectContract(ctx, metadata.a, metadata.v, { reason, ...(note !== null && { comment: note }) });
  } catch (error) {
    if (isMeanwhile(error)) await redrawMessage(turn, deps, metadata.m, metadata.c, metadata.a);
    throw error;
  }
  const contract = await loadContract(ctx, metadata.c);
  const who = contract.approval?.requestedBy.name ?? '';
  const result = t('contracts:reject.done', { number: contract.number, who });
  if (!metadata.o) return { done: result };
  return returnTo(turn, true, await drawCard(turn, contract.id, { result, list: metadata.l }));
}

async function runWithdraw(turn: ActionTurn, deps: Deps): Promise<void> {
  const { ctx, t } = turn;
  const { a } = parseValue(withdrawValue, turn.value);
  const contractId = await contractOf(turn, a);
  const withdraw = async () => {
    const contract = await withdrawContract(ctx, a);
    return t('contracts:withdraw.done', { number: contract.number });
  };
  if (modalOf(turn)) return runOnCard(turn, deps, contractId, withdraw);
  await turn.tell(await withdraw());
}

export interface MessagePlace {
  readonly channel: string;
  readonly ts: string;
}

/** The message in which the click happened, if it was one. */
export function messageOf({ body }: ActionTurn): MessagePlace | null {
  const { channel, message } = body;
  return channel && message ? { channel: channel.id, ts: message.ts } : null;
}

/** The card a decision came too late for, drawn from what is true now. */
async function redrawMessage(
  turn: Pick<Turn, 'ctx' | 't' | 'client'>,
  deps: Deps,
  message: MessagePlace | null,
  contractId: string,
  approvalId: string,
): Promise<void> {
  const contract = message && (await loadApprovalCard(turn.ctx, contractId, approvalId));
  if (!message || !contract?.approval) return;
  const card = contractCardMessage(
    { ...contract, approval: contract.approval },
    turn.ctx.company.settings,
    readerOf(turn),
  );
  try {
    await turn.client.chat.update({ channel: message.channel, ts: message.ts, ...sendable(card) });
  } catch (error) {
    // Who was faster must be told in any case.
    deps.log.warn({ err: error }, 'a decided card could not be redrawn');
  }
}
