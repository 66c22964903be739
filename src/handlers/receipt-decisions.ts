// Finance decides: approve and reject from the card or the receipt's window (ux §4.6). Who comes late or may not is
// told so, and the card they clicked on is drawn anew.
import { z } from 'zod';
import { isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { REJECT_REASONS } from '../domain/receipts/receipt.js';
import { approveReceipt, checkDecision, rejectReceipt } from '../domain/receipts/receipt-approval.service.js';
import { findApprovedReceiptId, loadReceiptFacts } from '../domain/receipts/receipt-facts.queries.js';
import type { Deps } from './deps.js';
import { translator } from './i18n/index.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { openView } from './receipts.js';
import { readerOf } from './show-view.js';
import type { Outcome } from './submission.js';
import { modalOf } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { sendable } from './views/info-view.js';
import { receiptCard } from './views/receipt-card-views.js';
import { type CardPlace, rejectModal } from './views/receipt-views.js';

const decision = z.object({ a: z.uuid(), v: z.number().int() });
const metadata = formMetadata({
  a: z.uuid(),
  v: z.number().int(),
  i: z.uuid(),
  p: z.object({ channel: z.string(), ts: z.string() }).nullable(),
});

/** Plugs in finance's decisions. */
export function registerReceiptDecisions(doors: Doors, deps: Deps): void {
  doors.action(ACTION.receiptApprove, (turn) => approve(turn, deps));
  doors.action(ACTION.receiptReject, (turn) => openReject(turn, deps));
  doors.submit(VIEW.receiptReject, metadata, (turn) => submitReject(turn, deps));
}

async function approve(turn: ActionTurn, deps: Deps): Promise<void> {
  const { a, v } = parseValue(decision, turn.value);
  try {
    const { outcome, receipt } = await approveReceipt(turn.ctx, a, v);
    const words =
      outcome === 'redrawn'
        ? turn.t('receipts:approve.redrawn')
        : turn.t('receipts:approve.done', { number: receipt.number });
    if (modalOf(turn)) await turn.redraw(await openView(turn, receipt.id, words));
    else if (outcome === 'redrawn') await turn.tell(words);
  } catch (error) {
    await refreshAfter(turn, deps, error, a, placeOf(turn));
    throw error;
  }
}

async function openReject(turn: ActionTurn, deps: Deps): Promise<void> {
  const { a, v } = parseValue(decision, turn.value);
  const place = placeOf(turn);
  try {
    const facts = await loadReceiptFacts(turn.ctx, await checkDecision(turn.ctx, a, v), a);
    if (!facts) throw new RangeError(`approval ${a} has no receipt`);
    const shown = { version: v, requestId: newId(turn.ctx.now), place };
    await turn.show(rejectModal(facts, shown, readerOf(turn)));
  } catch (error) {
    await refreshAfter(turn, deps, error, a, place);
    throw error;
  }
}

async function submitReject(turn: SubmitTurn<z.infer<typeof metadata>>, deps: Deps): Promise<Outcome> {
  const { form, metadata: shown, ctx, t } = turn;
  const chosen = form.requiredChoice('reason');
  const reason = REJECT_REASONS.find((key) => key === chosen) ?? 'other';
  const comment = form.text('note', { max: 3000 });
  if (reason === 'other' && comment === null) form.refuse('note', 'text.required', {});
  form.check();
  try {
    const words = { reason, ...(comment !== null && { comment }) };
    const receipt = await rejectReceipt(ctx, shown.a, shown.v, words);
    return {
      update: await openView(turn, receipt.id, t('receipts:reject.done', { number: receipt.number })),
    };
  } catch (error) {
    await refreshAfter(turn, deps, error, shown.a, shown.p);
    throw error;
  }
}

/** The message in which the click happened, if it was one. */
function placeOf({ body }: ActionTurn): CardPlace | null {
  const channel = body.channel?.id;
  const ts = body.message?.ts;
  return channel !== undefined && typeof ts === 'string' ? { channel, ts } : null;
}

/** A card that showed what is no longer so is drawn anew, in the language of its readers. */
async function refreshAfter(
  turn: Pick<Turn, 'ctx' | 'client'>,
  deps: Deps,
  error: unknown,
  approvalId: string,
  place: CardPlace | null,
): Promise<void> {
  const isStale = isDomainError(error, 'approval.decided') || isDomainError(error, 'version.conflict');
  if (!isStale || !place) return;
  const { ctx, client } = turn;
  try {
    const receiptId = await findApprovedReceiptId(ctx.db, approvalId);
    const facts = receiptId === null ? null : await loadReceiptFacts(ctx, receiptId, approvalId);
    if (!facts) return;
    const { company, actor, today, now } = ctx;
    const shared = place.channel === company.financeChannelId;
    const { locale, timezone } = shared ? company : actor;
    const reader = { t: translator(locale), locale, today, now, timezone };
    const card = receiptCard(facts, reader, company.settings.paymentMethods);
    await client.chat.update({ ...place, ...sendable(card) });
  } catch (failure) {
    // The refusal itself still has to be told.
    deps.log.warn({ err: failure }, 'a stale card could not be drawn anew');
  }
}
