// Lists of contracts with search and pages, and finding one by what was typed.
import { z } from 'zod';
import type { Ctx } from '../ctx.js';
import { authorize, scopeOf } from '../domain/access.js';
import { CONTRACT_STATUSES } from '../domain/contracts/contract.js';
import {
  type ContractFilter,
  findContractByNumber,
  findContracts,
} from '../domain/contracts/contract-list.queries.js';
import { loadCustomer } from '../domain/customers/customer.queries.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { showContract } from './contract-card.js';
import type { Deps } from './deps.js';
import type { Form } from './forms.js';
import { ACTION, VIEW } from './ids.js';
import { currencyText, dateText, inOrder, minorText, readAmounts } from './list-form.js';
import type { Doors } from './listen.js';
import { readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, returnTo, turnTo } from './turn-to.js';
import { formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { contractListModal, contractSearchModal } from './views/contract-list-views.js';

const listState = z.object({
  f: z.object({
    customerId: z.uuid().optional(),
    words: z.string().max(200).optional(),
    states: z.array(z.enum(CONTRACT_STATUSES)).optional(),
    ownerSlackId: z.string().max(40).optional(),
    currency: currencyText.optional(),
    amountFrom: minorText.optional(),
    amountTo: minorText.optional(),
    signedFrom: dateText.optional(),
    signedTo: dateText.optional(),
    sort: z.enum(['newest', 'amount', 'customer']).optional(),
  }),
  p: z.number().int(),
});
/** `o`: opened on top of the list. */
const searchMetadata = formMetadata({ o: z.boolean() });

/** Plugs in the lists of contracts. */
export function registerContractLists(doors: Doors, _deps: Deps): void {
  const openState = (turn: Mover & { value: string }) => {
    const { f, p } = parseContractList(turn.value);
    return openContractList(turn, f, p);
  };
  doors.action(ACTION.contractList, openState);
  doors.action(/^contract\.page\.(previous|next|back|clear)$/, openState);
  doors.action(ACTION.contractSearch, openSearch);
  doors.submit(VIEW.contractSearch, searchMetadata, submitSearch);
}

/** A filter and a page from a button's value; '' is the whole list. @throws DomainError not_found */
export function parseContractList(value: string): { f: ContractFilter; p: number } {
  return value === '' ? { f: {}, p: 1 } : parseValue(listState, value);
}

/** Opens the list of contracts. */
export async function openContractList(turn: Mover, filter: ContractFilter = {}, page = 1): Promise<void> {
  authorize(turn.ctx.actor, 'record.see');
  await turnTo(turn, await drawList(turn, filter, page));
}

async function drawList(turn: Pick<Turn, 'ctx' | 't'>, filter: ContractFilter, page = 1) {
  return contractListModal(await findContracts(turn.ctx, filter, page), filter, readerOf(turn));
}

/**
 * Shows the one contract that the words name, by number or any part; several: the list of them.
 * @throws DomainError not_found
 */
export async function findContract(turn: Mover, words: string): Promise<void> {
  const exact = await findContractByNumber(turn.ctx, words);
  if (exact !== null) return showContract(turn, exact);
  const { rows, total } = await findContracts(turn.ctx, { words });
  const [only] = rows;
  if (!only) throw new DomainError('not_found', { ref: words });
  return total === 1 ? showContract(turn, only.id) : openContractList(turn, { words });
}

async function openSearch(turn: Mover & { value: string }): Promise<void> {
  const { ctx } = turn;
  const { f: filter } = parseContractList(turn.value);
  const customer = filter.customerId === undefined ? null : await loadCustomer(ctx, filter.customerId);
  const metadata = JSON.stringify({
    r: newId(ctx.now),
    o: modalOf(turn)?.callback_id === VIEW.contractList,
  } satisfies z.infer<typeof searchMetadata>);
  const data = {
    filter,
    customer,
    metadata,
    currencies: ctx.company.settings.currencies,
    asksOwner: scopeOf(ctx.actor, 'record.see') !== 'own',
  };
  await showView(turn, contractSearchModal(data, readerOf(turn)));
}

async function submitSearch(turn: SubmitTurn<z.infer<typeof searchMetadata>>): Promise<Outcome> {
  const filter = readSearch(turn.form, turn.ctx);
  return returnTo(turn, turn.metadata.o, await drawList(turn, filter));
}

/** What was chosen; ends given the wrong way round are turned. Amounts need a currency: the company's if none is chosen. */
function readSearch(form: Form, { today, company }: Ctx): ContractFilter {
  const customer = form.choice('customerId');
  const words = form.text('words', { max: 60 });
  const owner = form.choice('owner');
  const statuses = form.choices('states');
  const states = CONTRACT_STATUSES.filter((status) => statuses.includes(status));
  const amounts = readAmounts(form, company.baseCurrency);
  const day = (field: string) => form.date(field, { today, prefer: 'past' });
  const [signedFrom, signedTo] = inOrder(day('signedFrom'), day('signedTo'));
  const sort = form.choice('sort');
  form.check();
  return {
    ...(customer !== null && { customerId: recordId(customer) }),
    ...(words !== null && { words }),
    ...(states.length > 0 && { states }),
    ...(owner !== null && { ownerSlackId: owner }),
    ...amounts,
    ...(signedFrom !== null && { signedFrom }),
    ...(signedTo !== null && { signedTo }),
    sort: sort === 'amount' || sort === 'customer' ? sort : 'newest',
  };
}
