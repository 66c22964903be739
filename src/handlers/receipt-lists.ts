// The list of receipts with search and pages.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { newId } from '../domain/ids.js';
import { findFilterNames } from '../domain/plans/filter-names.queries.js';
import { findReceipts, type ReceiptFilter } from '../domain/receipts/receipt.queries.js';
import type { Deps } from './deps.js';
import type { Form } from './forms.js';
import { ACTION, VIEW } from './ids.js';
import { currencyText, dateText, inOrder, minorText, readAmounts } from './list-form.js';
import type { Doors } from './listen.js';
import { readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, returnTo, turnTo } from './turn-to.js';
import { formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { RECEIPT_STATES, receiptListModal, receiptSearchModal } from './views/receipt-list-views.js';

const SORTS = ['newest', 'received', 'amount'] as const;
const listState = z.object({
  f: z.object({
    words: z.string().max(200).optional(),
    customerId: z.uuid().optional(),
    contractId: z.uuid().optional(),
    states: z.array(z.enum(RECEIPT_STATES)).optional(),
    unapplied: z.boolean().optional(),
    from: dateText.optional(),
    to: dateText.optional(),
    currency: currencyText.optional(),
    amountFrom: minorText.optional(),
    amountTo: minorText.optional(),
    sort: z.enum(SORTS).optional(),
  }),
  p: z.number().int(),
});
/** `o`: opened on top of the list. */
const searchMetadata = formMetadata({ o: z.boolean() });

/** Plugs in the list of receipts. */
export function registerReceiptLists(doors: Doors, _deps: Deps): void {
  const open = (turn: Mover & { value: string }) => {
    const { f, p } = parseReceiptList(turn.value);
    return openReceiptList(turn, f, p);
  };
  doors.action(ACTION.receiptList, open);
  doors.action(/^receipt\.page\.(previous|next|clear)$/, open);
  doors.action(ACTION.receiptSearch, openSearch);
  doors.submit(VIEW.receiptSearch, searchMetadata, submitSearch);
}

/** A filter and a page from a button's value; '' is the whole list. @throws DomainError not_found */
export function parseReceiptList(value: string): { f: ReceiptFilter; p: number } {
  return value === '' ? { f: {}, p: 1 } : parseValue(listState, value);
}

/** Opens the list of receipts. */
export async function openReceiptList(turn: Mover, filter: ReceiptFilter = {}, page = 1): Promise<void> {
  authorize(turn.ctx.actor, 'record.see');
  const view = await drawReceiptList(turn, filter, page);
  // A page turns in place, although nothing else turns into a list.
  const inPlace = modalOf(turn)?.callback_id === VIEW.receiptList && turn.redraw;
  await (inPlace ? inPlace(view) : turnTo(turn, view));
}

/** The list as a window. */
export async function drawReceiptList(turn: Pick<Turn, 'ctx' | 't'>, filter: ReceiptFilter, page = 1) {
  const [list, names] = await Promise.all([
    findReceipts(turn.ctx, filter, { number: page }),
    findFilterNames(turn.ctx, filter),
  ]);
  const methods = turn.ctx.company.settings.paymentMethods;
  return receiptListModal(list, filter, names, readerOf(turn), methods);
}

async function openSearch(turn: Mover & { value: string }): Promise<void> {
  const { ctx } = turn;
  const { f: filter } = parseReceiptList(turn.value);
  const onTop = modalOf(turn)?.callback_id === VIEW.receiptList;
  const form = {
    filter,
    names: await findFilterNames(ctx, filter),
    currencies: ctx.company.settings.currencies,
    asksOwner: false,
    metadata: JSON.stringify({ r: newId(ctx.now), o: onTop }),
  };
  await showView(turn, receiptSearchModal(form, readerOf(turn)));
}

async function submitSearch(turn: SubmitTurn<z.infer<typeof searchMetadata>>): Promise<Outcome> {
  const filter = readSearch(turn.form, turn.ctx);
  return returnTo(turn, turn.metadata.o, await drawReceiptList(turn, filter));
}

function readSearch(form: Form, { today, company }: Turn['ctx']): ReceiptFilter {
  const words = form.text('words', { max: 60 });
  const customer = form.choice('customerId');
  const chosen = form.choices('states');
  const states = RECEIPT_STATES.filter((state) => chosen.includes(state));
  const day = (field: string) => form.date(field, { today, prefer: 'past' });
  const [from, to] = inOrder(day('from'), day('to'));
  const amounts = readAmounts(form, company.baseCurrency);
  const unapplied = form.choices('unapplied').includes('yes');
  const sort = SORTS.find((key) => key === form.choice('sort'));
  form.check();
  return {
    ...(words !== null && { words }),
    ...(customer !== null && { customerId: recordId(customer) }),
    ...(states.length > 0 && { states }),
    ...(unapplied && { unapplied }),
    ...(from !== null && { from }),
    ...(to !== null && { to }),
    ...amounts,
    ...(sort && { sort }),
  };
}
