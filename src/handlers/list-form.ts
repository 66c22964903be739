// How the search of a list is read: from the form into the list's own filter.
import { LIST_FILTERS, type ListFilter, type ListKind } from '../domain/lists/list-filter.js';
import { isZeroAmount } from '../domain/parse-amount.js';
import type { Form } from './forms.js';
import { recordId } from './show-view.js';
import type { Turn } from './turns.js';
import { sortsOf } from './views/list-search-views.js';

/** What was chosen; ends given the wrong way round are turned. @throws FormErrors; DomainError not_found for a forged id */
export function readFilter<K extends ListKind>(
  kind: K,
  form: Form,
  { today, company }: Pick<Turn['ctx'], 'today' | 'company'>,
): ListFilter<K> {
  const day = (field: string, prefer: 'future' | 'past' = kind === 'plan' ? 'future' : 'past') =>
    form.date(field, { today, prefer });
  const words = form.text('words', { max: 60 });
  const customer = form.choice('customerId');
  const owner = form.choice('ownerId');
  const finance = form.choice('financeOwnerId');
  const framework = form.choice('parentContractId');
  const [type, industry] = [form.choice('type'), form.choice('industry')];
  const states = form.choices('states');
  const [from, to] = inOrder(day('from'), day('to'));
  const [endFrom, endTo] = inOrder(day('endFrom', 'future'), day('endTo', 'future'));
  const amounts = readAmounts(form, company.baseCurrency);
  const sort = form.choice('sort');
  form.check();
  const chosen = {
    ...(words !== null && { words }),
    ...(customer !== null && { customerId: recordId(customer) }),
    ...(states.length > 0 && { states }),
    ...(type !== null && { type }),
    ...(industry !== null && { industry }),
    ...(owner !== null && { ownerId: recordId(owner) }),
    ...(finance !== null && { financeOwnerId: recordId(finance) }),
    ...(framework !== null && { parentContractId: recordId(framework) }),
    ...(from !== null && { from }),
    ...(to !== null && { to }),
    ...(endFrom !== null && { endFrom }),
    ...(endTo !== null && { endTo }),
    ...amounts,
    ...(form.choices('unapplied').includes('yes') && { unapplied: true }),
    ...(form.choices('bills').includes('yes') && { bills: true }),
    // The first is the list's own.
    ...(sort !== null && sort !== sortsOf(kind)[0] && { sort }),
    ...(form.choice('order') === 'reversed' && { reversed: true }),
  };
  return LIST_FILTERS[kind].parse(chosen) as ListFilter<K>;
}

function inOrder<T extends bigint | string>(from: T | null, to: T | null): [T | null, T | null] {
  return from !== null && to !== null && from > to ? [to, from] : [from, to];
}

/** Amounts of a search need a currency: the company's if none is chosen; problems are noted on the form. */
function readAmounts(
  form: Form,
  baseCurrency: string,
): { currency?: string; amountFrom?: bigint; amountTo?: bigint } {
  const chosen = form.choice('currency');
  const amount = (field: string) =>
    form.text(field, { max: 64 }) === null ? null : form.amount(field, chosen ?? baseCurrency);
  const from = form.text('amountFrom', { max: 64 });
  // From nothing on is no bound: every amount is above it.
  const isBound = from !== null && !isZeroAmount(from, chosen ?? baseCurrency);
  const [amountFrom, amountTo] = inOrder(isBound ? amount('amountFrom') : null, amount('amountTo'));
  const currency = chosen ?? (amountFrom === null && amountTo === null ? null : baseCurrency);
  return {
    ...(currency !== null && { currency }),
    ...(amountFrom !== null && { amountFrom }),
    ...(amountTo !== null && { amountTo }),
  };
}
