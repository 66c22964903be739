// Re-allocating a receipt as a conversation, from its window (P4). What becomes of a proposal is approvals.ts.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { isZeroAmount } from '../domain/parse-amount.js';
import { listReallocationRows, type ReallocationRow } from '../domain/receipts/reallocation.queries.js';
import { reallocate } from '../domain/receipts/reallocation.service.js';
import { findReceiptId } from '../domain/receipts/receipt.queries.js';
import { loadReceiptFacts, type ReceiptFacts } from '../domain/receipts/receipt-facts.queries.js';
import { formatNames } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { markOf } from './mark.js';
import { openView } from './receipts.js';
import { readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { modalOf, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { withTyped } from './views/form-views.js';
import {
  mayReallocate,
  REALLOCATION_LINE,
  REALLOCATION_REASON_MAX,
  reallocationModal,
} from './views/reallocation-views.js';
import { receiptHeading } from './views/receipt-views.js';

const byId = z.object({ i: z.uuid() });
/** `v`: the receipt's version; `m`: what its rows could take as it was shown; `o`: opened on top of its window. */
const metadataShape = formMetadata({ i: z.uuid(), v: z.number().int(), m: z.string(), o: z.boolean() });
type Metadata = z.infer<typeof metadataShape>;
/** Rows of the form. */
const MOST_ROWS = 40;

/** Plugs in re-allocating. */
export function registerReallocations(doors: Doors): void {
  doors.opens(ACTION.receiptReallocate, openForm);
  doors.submit(VIEW.receiptReallocate, metadataShape, submitForm);
}

interface Loaded {
  readonly facts: ReceiptFacts;
  readonly version: number;
  readonly rows: readonly ReallocationRow[];
  readonly more: boolean;
  readonly mark: string;
}

async function load({ ctx }: Pick<Turn, 'ctx'>, id: string): Promise<Loaded> {
  const known = await findReceiptId(ctx, { id });
  const facts = known === null ? null : await loadReceiptFacts(ctx, known);
  if (!facts) throw new DomainError('not_found', { ref: '' });
  authorize(ctx.actor, 'receipt.reallocate');
  const found = await listReallocationRows(ctx, facts, MOST_ROWS + 1);
  const rows = found.slice(0, MOST_ROWS);
  const mark = markOf([`${facts.version}`, ...rows.map(({ row, max }) => `${row.id} ${max}`)]);
  return { facts, version: facts.version, rows, more: found.length > MOST_ROWS, mark };
}

/** @throws DomainError not_found, access.denied, receipt.not_reallocatable, reallocation.open */
async function openForm(turn: ActionTurn): Promise<void> {
  const loaded = await load(turn, parseValue(byId, turn.value).i);
  const { number, reallocation } = loaded.facts;
  if (reallocation) throw new DomainError('reallocation.open', { number });
  if (!mayReallocate(loaded.facts, readerOf(turn)))
    throw new DomainError('receipt.not_reallocatable', { number });
  await showView(turn, draw(turn, loaded, newId(turn.ctx.now), modalOf(turn) !== undefined));
}

function draw(
  turn: Pick<Turn, 'ctx' | 't'>,
  { facts, version, rows, more, mark }: Loaded,
  requestId: string,
  onTop: boolean,
  notice: string | null = null,
) {
  const reader = readerOf(turn);
  const state: Metadata = { r: requestId, i: facts.id, v: version, m: mark, o: onTop };
  return reallocationModal(
    {
      heading: receiptHeading(facts, reader),
      rows,
      currency: facts.currency,
      alone: turn.ctx.actor.roles.includes('finance_manager'),
      more,
      notice,
      metadata: JSON.stringify(state),
    },
    reader,
  );
}

async function submitForm(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { form, metadata: shown, ctx, t, view } = turn;
  const loaded = await load(turn, shown.i);
  const { currency, number } = loaded.facts;
  /** What the receipt or its rows are changed: shown anew, and asked again. */
  const stale = (now: Loaded): Outcome => ({
    update: withTyped(draw(turn, now, shown.r, shown.o, t('reallocations:stale')), view.state.values),
  });
  if (loaded.mark !== shown.m) return stale(loaded);
  const ids = form.names(REALLOCATION_LINE).map((name) => recordId(name.slice(REALLOCATION_LINE.length)));
  const listed = ids.flatMap((instalmentId) => {
    const field = `${REALLOCATION_LINE}${instalmentId}`;
    const text = form.text(field, { max: 40 });
    if (text === null || isZeroAmount(text, currency)) return [];
    const amount = form.amount(field, currency);
    const found = loaded.rows.find(({ row }) => row.id === instalmentId);
    const max = found?.max ?? 0n;
    if (amount > max)
      form.refuse(field, 'receipt.exceeds_outstanding', {
        seq: found?.row.seq ?? 0,
        max: { minor: max, currency },
        instalmentId,
      });
    return [{ instalmentId, amount }];
  });
  const reason = form.requiredText('reason', { max: REALLOCATION_REASON_MAX });
  form.check();
  // What the form does not list stays as it is.
  const kept = loaded.facts.lines.filter((line) => !ids.includes(line.instalmentId));
  try {
    const result = await reallocate(ctx, {
      receiptId: shown.i,
      version: shown.v,
      lines: [...listed, ...kept.map(({ instalmentId, amount }) => ({ instalmentId, amount }))],
      reason,
    });
    const words = result.done
      ? t('reallocations:done', { number })
      : t(`reallocations:asked.${result.names.length > 0 ? 'done' : 'orphan'}`, {
          number,
          names: formatNames(ctx.actor.locale, result.names),
        });
    return returnTo(turn, shown.o, await openView(turn, shown.i, words));
  } catch (error) {
    // Somebody else's money came between.
    if (isDomainError(error, 'receipt.exceeds_outstanding') || isDomainError(error, 'version.conflict'))
      return stale(await load(turn, shown.i));
    throw error;
  }
}
