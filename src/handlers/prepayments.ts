// 核销预收 as a conversation: from an instalment, a receipt or Home (ux §4.5).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findRow } from '../domain/plans/instalment.queries.js';
import { applyPrepayment } from '../domain/receipts/apply-prepayment.service.js';
import { listCredits } from '../domain/receipts/credits.queries.js';
import { listCurrencies, listSplitRows } from '../domain/receipts/split.queries.js';
import { formatMoney } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { encodeBelow, redrawBelow } from './receipt-below.js';
import { openView } from './receipts.js';
import { readerOf, recordId } from './show-view.js';
import type { Outcome } from './submission.js';
import { modalOf, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { withAlert, withTyped } from './views/form-views.js';
import { type ApplyForm, applyModal } from './views/prepayment-views.js';
import { roomOf } from './views/row-views.js';

/** On an instalment, or on a receipt. */
const applyValue = z.union([z.object({ i: z.uuid() }), z.object({ q: z.uuid() })]);
/** `s`, `v`: the source and its version; `i`: the target; `o`: which of them was clicked; `b`: the window below. */
const metadata = formMetadata({
  o: z.enum(['instalment', 'receipt']),
  s: z.uuid(),
  v: z.number().int(),
  i: z.uuid(),
  b: z.string(),
});
type Shown = z.infer<typeof metadata>;
const MOST_TARGETS = 100;

/** Plugs in the window of 核销预收. */
export function registerPrepayments(doors: Doors): void {
  doors.opens(ACTION.prepaymentApply, openApply);
  doors.action(ACTION.prepaymentPick, pick);
  doors.submit(VIEW.prepaymentApply, metadata, submitApply);
}

async function openApply(turn: ActionTurn): Promise<void> {
  const value = parseValue(applyValue, turn.value);
  authorize(turn.ctx.actor, 'receipt.apply');
  const shown = modalOf(turn);
  const form = await load(turn, 'i' in value ? { i: value.i } : { s: value.q });
  const below = shown ? encodeBelow(shown) : '';
  const on = 'i' in value ? 'instalment' : 'receipt';
  await turn.show(applyModal({ ...form, on, below, requestId: newId(turn.ctx.now) }, readerOf(turn)));
}

/**
 * What there is to choose from: the oldest money and the oldest row first.
 * @throws DomainError prepayment.none, prepayment.no_rows, prepayment.other_currency, not_found
 */
async function load(
  { ctx }: Pick<Turn, 'ctx'>,
  chosen: { s?: string; i?: string },
): Promise<Pick<ApplyForm, 'sources' | 'targets' | 'source' | 'target'>> {
  const row = chosen.i === undefined ? null : await findRow(ctx, recordId(chosen.i));
  if (chosen.i !== undefined && !row) throw new DomainError('not_found', { ref: '' });
  const [picked] = chosen.s === undefined ? [] : await listCredits(ctx, { id: recordId(chosen.s) });
  const customerId = row?.customerId ?? picked?.customerId;
  const currency = row?.currency ?? picked?.currency;
  if (customerId === undefined || currency === undefined) throw new DomainError('prepayment.none', {});
  const [sources, targets] = await Promise.all([
    listCredits(ctx, { customerId, currency }),
    listSplitRows(ctx, { customerId, currency }, MOST_TARGETS),
  ]);
  const source = picked ?? sources[0];
  if (source?.customerId !== customerId || source.currency !== currency) {
    const [other] = await listCredits(ctx, { customerId });
    if (!other) throw new DomainError('prepayment.none', {});
    throw new DomainError('prepayment.other_currency', { has: other.currency, owed: currency });
  }
  const target = row ?? targets[0];
  if (!target || roomOf(target) <= 0n) {
    const owed = (await listCurrencies(ctx, customerId, currency)).find((one) => one !== currency);
    if (!target && owed !== undefined)
      throw new DomainError('prepayment.other_currency', { has: currency, owed });
    throw new DomainError('prepayment.no_rows', {});
  }
  return { sources, targets, source, target };
}

/** Another source or target: the amount is what both can take. */
async function pick(turn: ActionTurn): Promise<void> {
  const { view } = turn.body;
  const shown = parseValue(metadata, view?.private_metadata ?? '');
  await turn.redraw(await drawPicked(turn, shown, turn.value));
}

async function drawPicked(turn: Pick<Turn, 'ctx' | 't'>, shown: Shown, picked: string) {
  const id = recordId(picked);
  const form = await load(turn, shown.o === 'instalment' ? { s: id, i: shown.i } : { s: shown.s, i: id });
  return applyModal({ ...form, on: shown.o, below: shown.b, requestId: shown.r }, readerOf(turn));
}

/** Somebody else applied of it meanwhile: what is left now is seen before it is sent again, with what was typed. */
async function drawStale(turn: SubmitTurn<Shown>, shown: Shown) {
  const form = await load(turn, { s: shown.s, i: shown.i });
  const view = applyModal({ ...form, on: shown.o, below: shown.b, requestId: shown.r }, readerOf(turn));
  const words = turn.t('prepayments:stale', { number: form.source.number });
  return withAlert(withTyped(view, turn.view.state.values), words);
}

async function submitApply(turn: SubmitTurn<Shown>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  const [picked, drawn] =
    shown.o === 'instalment' ? [form.choice('source'), shown.s] : [form.choice('target'), shown.i];
  // Sent before the choice had been drawn: what it takes must be seen first.
  if (picked !== null && picked !== drawn) return { update: await drawPicked(turn, shown, picked) };
  const [source] = await listCredits(ctx, { id: shown.s });
  if (!source) throw new DomainError('prepayment.none', {});
  const amount = form.amount('amount', source.currency);
  form.check();
  const receipt = await applyPrepayment(ctx, {
    receiptId: shown.s,
    version: shown.v,
    instalmentId: shown.i,
    amount,
  }).catch((error: unknown) => {
    if (isDomainError(error, 'version.conflict')) return null;
    throw error;
  });
  if (receipt === null) return { update: await drawStale(turn, shown) };
  const words = t('prepayments:done', {
    number: receipt.number,
    amount: formatMoney(ctx.actor.locale, { minor: amount, currency: receipt.currency }),
    rest: formatMoney(ctx.actor.locale, { minor: receipt.unapplied, currency: receipt.currency }),
  });
  const view = await openView(turn, receipt.id, words);
  // On top of the receipt itself: shown twice, it would leave no room for what is done next.
  if (shown.o === 'receipt' && shown.b !== '') return returnTo(turn, true, view);
  await redrawBelow(turn, shown.b);
  return { update: view, told: words };
}
