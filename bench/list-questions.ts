// What people ask of lists: each filter, order and depth of each list. What is named changes from call to call.
import type { Ctx } from '../src/ctx.js';
import { type ContractFilter, findContracts } from '../src/domain/contracts/contract-list.queries.js';
import { type CustomerFilter, findCustomers } from '../src/domain/customers/customer.queries.js';
import { loadHome } from '../src/domain/home/home.queries.js';
import { addDays } from '../src/domain/local-date.js';
import { findRows } from '../src/domain/plans/instalment.queries.js';
import type { RowFilter } from '../src/domain/plans/instalment-search.queries.js';
import { findReceipts } from '../src/domain/receipts/receipt.queries.js';
import type { ReceiptFilter } from '../src/domain/receipts/receipt-search.queries.js';
import { countTodo, findTodo, findTodoRows } from '../src/domain/reminders/todo.queries.js';
import { PER_CONTRACT, PER_CUSTOMER, REPS } from './list-data.js';

export type Ask = (ctx: Ctx, round: number) => Promise<unknown>;

/** Nobody turns further: so many pages are counted. */
const DEEP = 480;
const WORDS = ['徐州', '机械', '有限公司', '重庆 机械', 'xz', 'gongsi'];

/** Lists among so many instalments, by name. */
export function questions(instalments: number, today: Ctx['today']): Record<string, Ask> {
  const contracts = instalments / PER_CONTRACT;
  const customers = contracts / PER_CUSTOMER;
  const number = (n: number) => `hl-${1 + ((n * 7919) % contracts)}`;
  const code = (n: number) => `kl-${1 + ((n * 7919) % customers)}`;
  const word = (n: number) => WORDS[n % WORDS.length];
  const id = (kind: string, n: number) => `${kind}0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
  const rep = (n: number) => id('0000', 7 + (n % REPS));
  const month = (n: number) => ({
    from: addDays(today, (n % 300) - 100),
    to: addDays(today, (n % 300) - 70),
  });
  const past = (n: number) => ({ from: addDays(today, -100 - n), to: addDays(today, -70 - n) });
  const narrow = (n: number) => ({
    currency: 'CNY',
    amountFrom: BigInt(n * 1000),
    amountTo: BigInt(n * 1000 + 5000),
  });
  const wide = { currency: 'USD', amountFrom: 20_000n };

  const plans = (filter: RowFilter | ((n: number) => RowFilter), page = 1): Ask => {
    return (ctx, n) => findRows(ctx, typeof filter === 'function' ? filter(n) : filter, { number: page });
  };
  const deals = (filter: ContractFilter | ((n: number) => ContractFilter), page = 1): Ask => {
    return (ctx, n) => findContracts(ctx, typeof filter === 'function' ? filter(n) : filter, page);
  };
  const money = (filter: ReceiptFilter | ((n: number) => ReceiptFilter), page = 1): Ask => {
    return (ctx, n) => findReceipts(ctx, typeof filter === 'function' ? filter(n) : filter, { number: page });
  };
  const files = (filter: CustomerFilter | ((n: number) => CustomerFilter), page = 1): Ask => {
    return (ctx, n) => findCustomers(ctx, typeof filter === 'function' ? filter(n) : filter, page);
  };
  return {
    'plans, first page': plans({}),
    'plans, deep page': plans({}, DEEP),
    'plans, overdue': plans({ states: ['overdue'] }),
    'plans, overdue, deep page': plans({ states: ['overdue'] }, DEEP),
    'plans, to come': plans({ states: ['open'] }),
    'plans, paid': plans({ states: ['paid'] }),
    'plans, paid, deep page': plans({ states: ['paid'] }, DEEP),
    'plans, postponed': plans({ states: ['postponed'] }),
    'plans, bad debt': plans({ states: ['written_off'] }),
    'plans, no date': plans({ states: ['undated'] }),
    'plans, of an owner': plans((n) => ({ ownerId: rep(n) })),
    'plans, overdue of an owner': plans((n) => ({ ownerId: rep(n), states: ['overdue'] })),
    'plans, own': plans({ owners: 'own' }),
    'plans, of the team': plans({ owners: 'team', states: ['overdue', 'open'] }),
    'plans, of a customer': plans((n) => ({ customerId: id('0001', 1 + n) })),
    'plans, a contract number': plans((n) => ({ words: number(n) })),
    'plans, a customer code': plans((n) => ({ words: code(n) })),
    'plans, a common word': plans((n) => ({ words: word(n) })),
    'plans, a common word, overdue': plans((n) => ({ words: word(n), states: ['overdue'] })),
    'plans, a common word, deep page': plans((n) => ({ words: word(n) }), 48),
    'plans, words of nobody': plans({ words: '徐州 zzzz' }),
    'plans, a month': plans(month),
    'plans, overdue of a month': plans((n) => ({ ...past(n), states: ['overdue'] })),
    'plans, paid of a month': plans((n) => ({ ...past(n), states: ['paid'] })),
    'plans, since long': plans({ from: addDays(today, -700) }),
    'plans, amounts': plans(narrow),
    'plans, wide amounts': plans(wide),
    'plans, largest first': plans({ sort: 'amount' }),
    'plans, largest overdue': plans({ sort: 'amount', states: ['overdue'] }),
    'plans, by customer': plans({ sort: 'customer' }, 100),
    'plans, overdue by customer': plans({ sort: 'customer', states: ['overdue'] }),
    'plans, newest': plans({ sort: 'newest' }),
    'plans, oldest, deep page': plans({ sort: 'newest', reversed: true }, DEEP),
    'plans, latest due': plans({ sort: 'due', reversed: true }),
    'to-do': (ctx) => findTodo(ctx),
    'to-do, filtered': (ctx) => findTodoRows(ctx, { states: ['overdue'] }),
    'counts of Home': (ctx) => countTodo(ctx),
    'Home as a whole': (ctx) => loadHome(ctx),
    'contracts, first page': deals({}),
    'contracts, deep page': deals({}, DEEP),
    'contracts, largest': deals({ sort: 'amount' }),
    'contracts, largest, deep page': deals({ sort: 'amount' }, DEEP),
    'contracts, by customer': deals({ sort: 'customer' }, 100),
    'contracts, drafts': deals({ states: ['draft'] }),
    'contracts, in force': deals({ states: ['active'] }),
    'contracts, of an owner': deals((n) => ({ ownerId: rep(n) })),
    'contracts, of a finance owner': deals((n) => ({ financeOwnerId: id('0000', n % 7) })),
    'contracts, of no finance owner': deals(() => ({ financeOwnerId: rep(1) })),
    'contracts, of a framework': deals((n) => ({ parentContractId: id('0002', 1 + 100 * (n % 500)) })),
    'contracts, a month, latest': deals((n) => ({ ...past(n), sort: 'date' })),
    'contracts, by end': deals({ sort: 'end' }),
    'contracts, by end, deep page': deals({ sort: 'end' }, DEEP),
    'contracts, ending soon': deals((n) => ({
      endFrom: addDays(today, n),
      endTo: addDays(today, n + 30),
      states: ['active', 'completed'],
      sort: 'end',
    })),
    'contracts, amounts': deals({ currency: 'USD', amountFrom: 1000n }),
    'contracts, a number': deals((n) => ({ words: number(n) })),
    'contracts, a common word': deals((n) => ({ words: word(n) })),
    'receipts, first page': money({}),
    'receipts, deep page': money({}, DEEP),
    'receipts, in approval': money({ states: ['submitted'] }),
    'receipts, approved': money({ states: ['approved'] }),
    'receipts, rejected': money({ states: ['rejected'] }),
    'receipts, prepaid': money({ unapplied: true }),
    'receipts, by slip': money((n) => ({ words: `sl${(n * 7919) % instalments}` })),
    'receipts, a common word': money((n) => ({ words: word(n) })),
    'receipts, a month': money(past),
    'receipts, a month, approved': money((n) => ({ ...past(n), states: ['approved'], sort: 'date' })),
    'receipts, amounts': money(narrow),
    'receipts, largest': money({ sort: 'amount' }),
    'receipts, by customer': money({ sort: 'customer' }, 100),
    'receipts, of an owner': money((n) => ({ ownerId: rep(n) })),
    'receipts, of a customer': money((n) => ({ customerId: id('0001', 1 + n) })),
    'customers, first page': files({}),
    'customers, last counted page': files({}, 50),
    'customers, by name': files({ sort: 'name' }),
    'customers, a common word': files((n) => ({ words: word(n) })),
    'customers, frozen': files({ states: ['frozen'] }),
    'customers, of an owner': files((n) => ({ ownerId: rep(n) })),
  };
}
