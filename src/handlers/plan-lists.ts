// The list of instalments with search and pages, and the plan of one contract.
import { z } from 'zod';
import { authorize, scopeOf } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findFilterNames } from '../domain/plans/filter-names.queries.js';
import { findRows, type RowFilter } from '../domain/plans/instalment.queries.js';
import { findPlanTarget, findPlanTargetByNumber } from '../domain/plans/plan-choices.queries.js';
import type { Deps } from './deps.js';
import type { Form } from './forms.js';
import { ACTION, VIEW } from './ids.js';
import { currencyText, dateText, inOrder, minorText, readAmounts } from './list-form.js';
import type { Doors } from './listen.js';
import { isRecordId, readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, returnTo, turnTo } from './turn-to.js';
import { formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { LIST_STATES, planListModal, planOfModal, planSearchModal } from './views/plan-list-views.js';

const SORTS = ['due', 'newest', 'amount', 'customer'] as const;
const listState = z.object({
  f: z.object({
    words: z.string().max(200).optional(),
    customerId: z.uuid().optional(),
    contractId: z.uuid().optional(),
    ownerSlackId: z.string().max(40).optional(),
    owners: z.enum(['own', 'team', 'all']).optional(),
    states: z.array(z.enum(LIST_STATES)).optional(),
    dueFrom: dateText.optional(),
    dueTo: dateText.optional(),
    currency: currencyText.optional(),
    amountFrom: minorText.optional(),
    amountTo: minorText.optional(),
    sort: z.enum(SORTS).optional(),
  }),
  p: z.number().int(),
});
/** `o`: opened on top of the list. */
const searchMetadata = formMetadata({ o: z.boolean() });
const planOfValue = z.object({ c: z.uuid() });

/** Plugs in the lists of instalments. */
export function registerPlanLists(doors: Doors, _deps: Deps): void {
  const open = (turn: Mover & { value: string }) => {
    const { f, p } = parsePlanList(turn.value);
    return openPlanList(turn, f, p);
  };
  doors.action(ACTION.planList, open);
  doors.action(/^plan\.page\.(previous|next|clear)$/, open);
  doors.action(ACTION.planOf, (turn) => showPlanOf(turn, parseValue(planOfValue, turn.value).c));
  doors.action(ACTION.planSearch, openSearch);
  doors.submit(VIEW.planSearch, searchMetadata, submitSearch);
}

/** A filter and a page from a button's value; '' is the whole list. @throws DomainError not_found */
export function parsePlanList(value: string): { f: RowFilter; p: number } {
  return value === '' ? { f: {}, p: 1 } : parseValue(listState, value);
}

/** Opens the list of instalments. */
export async function openPlanList(turn: Mover, filter: RowFilter = {}, page = 1): Promise<void> {
  authorize(turn.ctx.actor, 'record.see');
  const view = await drawPlanList(turn, filter, page);
  // A page turns in place, although nothing else turns into a list.
  const inPlace = modalOf(turn)?.callback_id === VIEW.planList && turn.redraw;
  await (inPlace ? inPlace(view) : turnTo(turn, view));
}

/** The list as a window. */
export async function drawPlanList(turn: Pick<Turn, 'ctx' | 't'>, filter: RowFilter, page = 1) {
  const [list, names] = await Promise.all([
    findRows(turn.ctx, filter, { number: page }),
    findFilterNames(turn.ctx, filter),
  ]);
  return planListModal(list, filter, names, readerOf(turn));
}

/**
 * Shows the plan of a contract, by its id or number.
 * @throws DomainError not_found, also where it lies outside the reader's scope
 */
export async function showPlanOf(turn: Mover, contract: string): Promise<void> {
  const target = isRecordId(contract)
    ? await findPlanTarget(turn.ctx, contract)
    : await findPlanTargetByNumber(turn.ctx, contract);
  if (!target) throw new DomainError('not_found', { ref: isRecordId(contract) ? '' : contract });
  const list = await findRows(
    turn.ctx,
    { contractId: target.contractId, sort: 'plan' },
    { number: 1, size: 100 },
  );
  await turnTo(turn, planOfModal(target, list, readerOf(turn)));
}

async function openSearch(turn: Mover & { value: string }): Promise<void> {
  const { ctx } = turn;
  const { f: filter } = parsePlanList(turn.value);
  const onTop = modalOf(turn)?.callback_id === VIEW.planList;
  const form = {
    filter,
    names: await findFilterNames(ctx, filter),
    currencies: ctx.company.settings.currencies,
    asksOwner: scopeOf(ctx.actor, 'record.see') !== 'own',
    metadata: JSON.stringify({ r: newId(ctx.now), o: onTop }),
  };
  await showView(turn, planSearchModal(form, readerOf(turn)));
}

async function submitSearch(turn: SubmitTurn<z.infer<typeof searchMetadata>>): Promise<Outcome> {
  const filter = readSearch(turn.form, turn.ctx);
  return returnTo(turn, turn.metadata.o, await drawPlanList(turn, filter));
}

function readSearch(form: Form, { today, company }: Turn['ctx']): RowFilter {
  const words = form.text('words', { max: 60 });
  const customer = form.choice('customerId');
  const owner = form.choice('owner');
  const chosen = form.choices('states');
  const states = LIST_STATES.filter((state) => chosen.includes(state));
  const day = (field: string) => form.date(field, { today, prefer: 'future' });
  const [dueFrom, dueTo] = inOrder(day('dueFrom'), day('dueTo'));
  const amounts = readAmounts(form, company.baseCurrency);
  const sort = SORTS.find((key) => key === form.choice('sort'));
  form.check();
  return {
    ...(words !== null && { words }),
    ...(customer !== null && { customerId: recordId(customer) }),
    ...(owner !== null && { ownerSlackId: owner }),
    ...(states.length > 0 && { states }),
    ...(dueFrom !== null && { dueFrom }),
    ...(dueTo !== null && { dueTo }),
    ...amounts,
    ...(sort && { sort }),
  };
}
