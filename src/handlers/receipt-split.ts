// The split by hand: a window on top of the receipt form, whose split it replaces (ux §4.5).
import { z } from 'zod';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { isZeroAmount, parseAmount } from '../domain/parse-amount.js';
import type { InstalmentRowData } from '../domain/plans/instalment.queries.js';
import type { SplitLine } from '../domain/receipts/receipt.js';
import { listSplitRows } from '../domain/receipts/split.queries.js';
import { Form } from './forms.js';
import { truncate } from './i18n/format.js';
import { translator } from './i18n/index.js';
import { ACTION, OPTIONS, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { currentForm, drawReceiptForm, stateOf, targetOfShown } from './receipt-form.js';
import { MAX_SPLIT, receiptMetadata } from './receipt-metadata.js';
import { readerOf, recordId } from './show-view.js';
import { decodeSplit, encodeKept, encodeSplit, MAX_KEPT } from './split-code.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, minorText, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { LIMIT, present } from './views/blocks.js';
import { withAlert, withTyped } from './views/form-views.js';
import { LINE, rowLabel, splitModal } from './views/receipt-split-views.js';

/**
 * `f`: the form's metadata; `a`: the amount; `n`: how often the inputs began anew; `k`: lines beyond the rows listed, which
 * stay as they are, what they come to, and which they are.
 */
const splitMetadata = formMetadata({
  f: receiptMetadata,
  a: minorText,
  n: z.number().int(),
  k: z.object({ n: z.number().int(), s: minorText, w: z.string().nullable() }),
});
type SplitMetadata = z.infer<typeof splitMetadata>;
/** Rows shown at first. */
const FIRST_ROWS = 20;

/** Plugs in the window of the split. */
export function registerReceiptSplit(doors: Doors): void {
  doors.opens(ACTION.receiptSplit, openSplit);
  doors.action(ACTION.splitTotal, (turn) => redraw(turn, ({ typed }) => ({ typed })));
  doors.action(ACTION.splitClear, (turn) => redraw(turn, () => ({ amounts: new Map() })));
  doors.action(ACTION.splitOldest, (turn) => redraw(turn, oldestFirst));
  doors.action(OPTIONS.splitRow, (turn) =>
    redraw(turn, ({ typed }) => ({ typed, more: recordId(turn.value) })),
  );
  doors.options(OPTIONS.splitRow, async ({ ctx, words, metadata }) => {
    const { f } = parseValue(splitMetadata, metadata);
    if (f.c === null) return [];
    const rows = await listSplitRows(ctx, { customerId: f.c, currency: f.y, words }, 100);
    const reader = readerOf({ ctx, t: translator(ctx.actor.locale) });
    return rows.map((row) => ({ text: truncate(rowLabel(row, reader), LIMIT.option), value: row.id }));
  });
  doors.submit(VIEW.receiptSplit, splitMetadata, useSplit);
}

/** [改分配]: what is shown in the form, to be changed; rows beyond the first twenty can be added. */
async function openSplit(turn: ActionTurn): Promise<void> {
  const { view } = turn.body;
  if (!view) throw new DomainError('not_found', { ref: '' });
  const shown = parseValue(receiptMetadata, view.private_metadata);
  const { target, amount, proposal, byHand } = await currentForm(turn, shown, view.state.values);
  if (!target.customer || amount === null || !proposal) {
    return turn.tell(turn.t('receipts:split.none'));
  }
  const f = {
    ...shown,
    c: target.customer.id,
    k: target.contract?.id ?? null,
    i: target.instalment?.id ?? null,
    f: target.for,
    y: target.currency,
    h: null,
    w: null,
  };
  const all = await listSplitRows(turn.ctx, { customerId: f.c, currency: f.y }, Number.POSITIVE_INFINITY);
  const amounts = new Map(proposal.lines.map((line) => [line.instalmentId, line.amount]));
  // What was listed before, what has money, then the first ones: as many as a window takes.
  const wanted = [
    ...decodeSplit(byHand ?? []).map((line) => line.instalmentId),
    ...amounts.keys(),
    ...all.slice(0, FIRST_ROWS).map((row) => row.id),
  ];
  const listed = new Set([...new Set(wanted)].slice(0, MAX_SPLIT));
  const rows = all.filter((row) => listed.has(row.id));
  const shownIds = new Set(rows.map((row) => row.id));
  const others = proposal.lines.filter((line) => !shownIds.has(line.instalmentId));
  for (const { instalmentId } of others) amounts.delete(instalmentId);
  const kept = others.slice(0, MAX_KEPT);
  const k = {
    n: kept.length,
    s: kept.reduce((sum, line) => sum + line.amount, 0n),
    w: encodeKept(kept),
  };
  const metadata: SplitMetadata = { r: newId(turn.ctx.now), f, a: amount, n: 0, k };
  await turn.show(draw(turn, { metadata, rows, amounts, all: all.length }));
}

interface Drawn {
  readonly metadata: SplitMetadata;
  readonly rows: readonly InstalmentRowData[];
  readonly amounts: ReadonlyMap<string, bigint>;
  /** Open rows of the customer, shown or not. */
  readonly all: number;
  readonly notice?: string;
}

function draw(turn: Pick<Turn, 'ctx' | 't'>, { metadata, rows, amounts, all, notice }: Drawn) {
  return splitModal(
    {
      metadata: JSON.stringify({
        ...metadata,
        a: `${metadata.a}`,
        k: { ...metadata.k, s: `${metadata.k.s}` },
      }),
      rows,
      amounts,
      amount: metadata.a,
      currency: metadata.f.y,
      applied: [...amounts.values()].reduce((sum, minor) => sum + minor, metadata.k.s),
      kept: { count: metadata.k.n, amount: metadata.k.s },
      round: metadata.n,
      mayAdd: rows.length < Math.min(all, MAX_SPLIT),
      notice: notice ?? null,
    },
    readerOf(turn),
  );
}

interface Typed {
  readonly rows: readonly InstalmentRowData[];
  /** For the rows listed. */
  readonly amount: bigint;
  /** What is written, as far as it can be read. */
  readonly typed: ReadonlyMap<string, bigint>;
}

/** `typed`: inputs keep what stands in them; `amounts`: they begin anew with these. */
type Change = { typed: Typed['typed']; more?: string } | { amounts: ReadonlyMap<string, bigint> };

async function redraw(turn: ActionTurn, change: (typed: Typed) => Change): Promise<void> {
  const { view } = turn.body;
  if (!view) throw new DomainError('not_found', { ref: '' });
  const metadata = parseValue(splitMetadata, view.private_metadata);
  const { f } = metadata;
  if (f.c === null) throw new DomainError('not_found', { ref: '' });
  const form = new Form(view.state.values);
  const ids = form.names(LINE).map((name) => recordId(name.slice(LINE.length)));
  const all = await listSplitRows(turn.ctx, { customerId: f.c, currency: f.y }, Number.POSITIVE_INFINITY);
  const rowsOf = (wanted: readonly string[]) => all.filter((row) => wanted.includes(row.id));
  const rows = rowsOf(ids);
  const typed = new Map<string, bigint>();
  const unread: string[] = [];
  for (const row of rows) {
    const text = form.text(`${LINE}${row.id}`, { max: 40 });
    if (text === null || isZeroAmount(text, f.y)) continue;
    const read = parseAmount(text, f.y);
    if (read.ok) typed.set(row.id, read.minor);
    else unread.push(text);
  }
  const next = change({ rows, amount: metadata.a - metadata.k.s, typed });
  if ('amounts' in next) {
    const again = { ...metadata, n: metadata.n + 1 };
    return turn.redraw(draw(turn, { metadata: again, rows, amounts: next.amounts, all: all.length }));
  }
  const more = next.more;
  const full = more !== undefined && ids.length >= MAX_SPLIT;
  const shown = more === undefined || full ? rows : rowsOf([...ids, more]);
  const notices = present<string>(
    full && turn.t('recording:split.full', { max: MAX_SPLIT }),
    unread.length > 0 &&
      turn.t('recording:split.unread', { values: unread.map((text) => `“${text}”`).join(' ') }),
  );
  const notice = notices.length > 0 ? { notice: truncate(notices.join(' '), LIMIT.alert) } : {};
  const drawn = draw(turn, { metadata, rows: shown, amounts: next.typed, all: all.length, ...notice });
  await turn.redraw(withTyped(drawn, view.state.values));
}

/** The shown rows filled in their order: the oldest due first, disputed ones and retentions last. */
function oldestFirst({ rows, amount }: Typed): Change {
  let rest = amount;
  const amounts = new Map<string, bigint>();
  for (const row of rows) {
    const taken = row.outstanding < rest ? row.outstanding : rest;
    if (taken > 0n) amounts.set(row.id, taken);
    rest -= taken;
  }
  return { amounts };
}

/** The form below shows the split as it was written here. */
async function useSplit(turn: SubmitTurn<SplitMetadata>): Promise<Outcome> {
  const { form, metadata, ctx, view } = turn;
  const { f, a: amount, k: kept } = metadata;
  if (f.c === null) throw new DomainError('not_found', { ref: '' });
  const ids = form.names(LINE).map((name) => recordId(name.slice(LINE.length)));
  const rows = await listSplitRows(ctx, { customerId: f.c, currency: f.y, ids }, MAX_SPLIT);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const lines = ids.map((id): SplitLine => {
    const field = `${LINE}${id}`;
    const text = form.text(field, { max: 40 });
    if (text === null || isZeroAmount(text, f.y)) return { instalmentId: id, amount: 0n };
    const minor = form.amount(field, f.y);
    const row = byId.get(id);
    const max = row?.outstanding ?? 0n;
    if (minor > max) {
      const params = { seq: row?.seq ?? 0, max: { minor: max, currency: f.y }, instalmentId: id };
      form.refuse(field, 'receipt.exceeds_outstanding', params);
    }
    return { instalmentId: id, amount: minor };
  });
  form.check();
  const sum = lines.reduce((total, line) => total + line.amount, kept.s);
  if (sum > amount) {
    const money = (minor: bigint) => ({ minor, currency: f.y });
    const params = { split: money(sum), amount: money(amount), excess: money(sum - amount) };
    throw new DomainError('receipt.split_exceeds', params);
  }
  const shown = {
    ...f,
    h: encodeSplit(kept.w === null ? lines.filter((line) => line.amount > 0n) : lines),
    w: kept.w,
  };
  const state = await stateOf(turn, shown, await targetOfShown(turn, shown), amount);
  const formView = drawReceiptForm(turn, state);
  const below = view.previous_view_id;
  if (below === null) return { update: formView };
  try {
    await turn.client.views.update({ view_id: below, view: formView });
    return { close: 'this' };
  } catch {
    return { update: withAlert(formView, turn.t('receipts:split.stale')) };
  }
}
