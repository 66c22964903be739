// Writing an instalment off, as bad debt or small difference, and undoing it, as a conversation from its window (P28, P29).
// What becomes of it is approvals.ts.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { askUndo, askWriteOff } from '../domain/adjustments/adjustment-ask.service.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findInstalmentDetail, type InstalmentDetail } from '../domain/plans/instalment-detail.queries.js';
import { formatMoney, formatNames } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import { drawInstalment, isOnTop } from './instalments.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import {
  ADJUSTMENT_ASKS,
  ADJUSTMENT_REASON_MAX,
  type AdjustmentAsk,
  adjustmentAsks,
  adjustmentModal,
} from './views/adjustment-views.js';

const byRow = z.object({ i: z.uuid() });
/** `o`: opened on top of the row's window; `u`: currency of the amount. */
const metadataShape = formMetadata({
  i: z.uuid(),
  v: z.number().int(),
  k: z.enum(ADJUSTMENT_ASKS),
  o: z.boolean(),
  u: z.string(),
});
type Metadata = z.infer<typeof metadataShape>;

/** Plugs in writing off and its undoing. */
export function registerAdjustments(doors: Doors): void {
  for (const ask of ADJUSTMENT_ASKS)
    doors.opens(`${ACTION.adjustment}.${ask}`, (turn) => openForm(turn, ask));
  doors.submit(VIEW.adjustment, metadataShape, submitForm);
}

async function load({ ctx }: Pick<Turn, 'ctx'>, id: string): Promise<InstalmentDetail> {
  const row = await findInstalmentDetail(ctx, id);
  if (!row) throw new DomainError('not_found', { ref: '' });
  return row;
}

/** @throws DomainError not_found, access.denied, adjustment.open, adjustment.bad_state, adjustment.nothing */
async function openForm(turn: ActionTurn, ask: AdjustmentAsk): Promise<void> {
  const { ctx } = turn;
  const row = await load(turn, parseValue(byRow, turn.value).i);
  authorize(ctx.actor, 'instalment.write_off');
  const reader = readerOf(turn);
  const { seq } = row;
  if (row.adjustment) throw new DomainError('adjustment.open', { seq });
  // A button that was drawn before something happened.
  if (!adjustmentAsks(row, reader).includes(ask))
    throw ask === 'undo'
      ? new DomainError('adjustment.nothing', { seq })
      : new DomainError('adjustment.bad_state', { seq, state: row.state });
  const state: Metadata = {
    r: newId(ctx.now),
    i: row.id,
    v: row.version,
    k: ask,
    o: isOnTop(turn),
    u: row.currency,
  };
  await showView(turn, adjustmentModal(row, ask, reader, JSON.stringify(state)));
}

async function submitForm(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { form, metadata, ctx, t } = turn;
  const { i: instalmentId, v: version, k: ask, u: currency } = metadata;
  const amount = ask === 'bad_debt' ? form.amount('amount', currency) : null;
  const needed = { max: ADJUSTMENT_REASON_MAX };
  const reason =
    ask === 'small_difference' ? form.text('reason', needed) : form.requiredText('reason', needed);
  form.check();
  const asked =
    ask === 'undo'
      ? await askUndo(ctx, { instalmentId, version, reason: reason ?? '' })
      : await askWriteOff(ctx, { instalmentId, version, kind: ask, amount, reason });
  const { seq } = await load(turn, instalmentId);
  const words = t(`adjustments:asked.${asked.names.length > 0 ? 'done' : 'orphan'}`, {
    n: seq,
    what: t(`adjustments:what.${ask}`),
    amount: formatMoney(ctx.actor.locale, { minor: asked.amount, currency }),
    names: formatNames(ctx.actor.locale, asked.names),
  });
  return returnTo(turn, metadata.o, await drawInstalment(turn, instalmentId, words));
}
