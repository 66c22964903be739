// The one conversation of all lists: opened, turned page by page, searched, cleared. Filter and page travel in the
// buttons; what they say is read again and never more than the reader's scope (rules §12; ux §4.8).
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { authorize, scopeOf } from '../domain/access.js';
import { findContracts } from '../domain/contracts/contract-list.queries.js';
import { findCustomers } from '../domain/customers/customer.queries.js';
import { newId } from '../domain/ids.js';
import { findFinanceOptions, findOwnerOptions } from '../domain/lists/filter-names.queries.js';
import { LIST_FILTERS, LIST_KINDS, type ListFilter, type ListKind } from '../domain/lists/list-filter.js';
import { findRows } from '../domain/plans/instalment.queries.js';
import { findReceipts } from '../domain/receipts/receipt.queries.js';
import { findTodoRows } from '../domain/reminders/todo.queries.js';
import type { Deps } from './deps.js';
import { listId, OPTIONS } from './ids.js';
import { classesOf, filterNamesOf } from './list-classes.js';
import { readFilter } from './list-form.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, opensAnew, returnTo, turnTo } from './turn-to.js';
import { formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { withHyphens } from './typed-number.js';
import { contractListParts } from './views/contract-list-views.js';
import { customerListParts } from './views/customer-list-views.js';
import { listSearchModal } from './views/list-search-views.js';
import { LIST_VIEWS, type ListParts, type ListPlace, listModal, pagerButtons } from './views/list-views.js';
import { planListParts } from './views/plan-list-views.js';
import { receiptListParts } from './views/receipt-list-views.js';

type Load<K extends ListKind> = (turn: Room, place: ListPlace<K>, page: number) => Promise<ListParts<K>>;
type Room = Pick<Turn, 'ctx' | 't'>;

/** What each list loads, and how it is drawn. */
const LISTS: { readonly [K in ListKind]: Load<K> } = {
  customer: async (turn, place, page) =>
    customerListParts(place, await findCustomers(turn.ctx, place.filter, page), readerOf(turn)),
  contract: async (turn, place, page) =>
    contractListParts(place, await findContracts(turn.ctx, place.filter, page), readerOf(turn)),
  plan: async (turn, place, page) =>
    planListParts(place, await findRows(turn.ctx, place.filter, { number: page }), readerOf(turn)),
  receipt: async (turn, place, page) => {
    const { paymentMethods } = turn.ctx.company.settings;
    const list = await findReceipts(turn.ctx, place.filter, { number: page });
    return receiptListParts(place, list, readerOf(turn), paymentMethods);
  },
  todo: async (turn, place, page) =>
    planListParts(place, await findTodoRows(turn.ctx, place.filter, { number: page }), readerOf(turn)),
};

const placeValue = z.object({ f: z.unknown(), p: z.number().int() });
/** `o`: opened on top of the list. */
const searchMetadata = formMetadata({ o: z.boolean() });
type SearchTurn = SubmitTurn<z.infer<typeof searchMetadata>>;

/** Plugs in every list. */
export function registerLists(doors: Doors, _deps: Deps): void {
  for (const kind of LIST_KINDS) registerList(doors, kind);
  doors.options(OPTIONS.owner, async ({ ctx, words }) => {
    const found = await findOwnerOptions(ctx, words);
    return found.map(({ id, name }) => ({ text: [...name].slice(0, 75).join(''), value: id }));
  });
}

function registerList<K extends ListKind>(doors: Doors, kind: K): void {
  const open = (turn: Mover & { value: string }) => {
    const { filter, page } = readPlace(kind, turn.value);
    return openList(turn, kind, filter, page);
  };
  doors.opens(listId(kind, 'list'), open, opensAnew);
  doors.action(pagerButtons(listId(kind, 'page'), 'back', 'clear'), open);
  doors.opens(listId(kind, 'search'), (turn) => openSearch(turn, kind));
  doors.submit(listId(kind, 'search'), searchMetadata, (turn) => submitSearch(turn, kind));
}

/** A filter and a page from a button's value; '' is the whole list. @throws DomainError not_found */
export function readPlace<K extends ListKind>(
  kind: K,
  value: string,
): { filter: ListFilter<K>; page: number } {
  const whole = {} as ListFilter<K>;
  if (value === '') return { filter: whole, page: 1 };
  const { f, p } = parseValue(placeValue, value);
  return { filter: parseValue(LIST_FILTERS[kind], JSON.stringify(f)) as ListFilter<K>, page: p };
}

/** Opens a list. */
export async function openList<K extends ListKind>(
  turn: Mover,
  kind: K,
  filter: ListFilter<K> = {} as ListFilter<K>,
  page = 1,
): Promise<void> {
  authorize(turn.ctx.actor, 'record.see');
  const view = await drawList(turn, kind, filter, page);
  // A page turns in place, although nothing else turns into some of the lists.
  const inPlace = modalOf(turn)?.callback_id === LIST_VIEWS[kind] && turn.redraw;
  await (inPlace ? inPlace(view) : turnTo(turn, view));
}

/** The list that a window shows, as its private_metadata says, from fresh facts. */
export async function drawListAgain(turn: Room, kind: ListKind, state: string): Promise<ModalView> {
  const { filter, page } = readPlace(kind, state);
  return drawList(turn, kind, filter, page);
}

const drawList = async <K extends ListKind>(turn: Room, kind: K, filter: ListFilter<K>, page = 1) =>
  listModal(await findList(turn, kind, filter, page), readerOf(turn));

/** A page of the list as it is narrowed; a number that finds nothing is looked for with its hyphens. */
export async function findList<K extends ListKind>(
  turn: Room,
  kind: K,
  filter: ListFilter<K>,
  page = 1,
): Promise<ListParts<K>> {
  const names = await filterNamesOf(turn, kind, filter);
  const load = (place: ListFilter<K>) => LISTS[kind](turn, { kind, filter: place, names }, page);
  const parts = await load(filter);
  const spelled = withHyphens(filter.words, turn.ctx.company.settings.numbering);
  if (parts.counted.total > 0 || spelled === null) return parts;
  const found = await load({ ...filter, words: spelled });
  return found.counted.total > 0 ? found : parts;
}

async function openSearch<K extends ListKind>(turn: Mover & { value: string }, kind: K): Promise<void> {
  const { ctx } = turn;
  const { filter } = readPlace(kind, turn.value);
  const state = { r: newId(ctx.now), o: modalOf(turn)?.callback_id === LIST_VIEWS[kind] };
  const form = {
    kind,
    filter,
    names: await filterNamesOf(turn, kind, filter),
    classes: classesOf(turn, kind),
    currencies: ctx.company.settings.currencies,
    finance: kind === 'contract' ? await findFinanceOptions(ctx) : [],
    asksOwner: kind !== 'todo' && scopeOf(ctx.actor, 'record.see') !== 'own',
    metadata: JSON.stringify(state),
  };
  await showView(turn, listSearchModal(form, turn.t));
}

async function submitSearch<K extends ListKind>(turn: SearchTurn, kind: K): Promise<Outcome> {
  const filter = readFilter(kind, turn.form, turn.ctx);
  return returnTo(turn, turn.metadata.o, await drawList(turn, kind, filter));
}
