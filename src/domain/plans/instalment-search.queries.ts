// How lists of instalments are narrowed and sorted, among a million as among ten: what only few rows have is looked up;
// everything else is read along the list's order, in an index that holds all that a list is narrowed by.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type Actor, visibleOwners } from '../access.js';
import { COUNTED_TO } from '../lists/counted.js';
import type { ListFilter } from '../lists/list-filter.js';
import { contractHolds, findContractsNamedOf, findNamedContracts } from '../lists/words.queries.js';
import { addDays, type LocalDate } from '../local-date.js';
import type { DisplayState } from './instalment.js';

/** `plan`: as the contract counts them. */
export type RowSort = NonNullable<ListFilter<'plan'>['sort']> | 'plan';

/** What a list of instalments is narrowed to: of people, or of the app itself. */
export interface RowFilter extends Omit<ListFilter<'plan'>, 'sort' | 'states'> {
  readonly sort?: RowSort | undefined;
  readonly states?: readonly DisplayState[] | undefined;
  readonly ids?: readonly string[] | undefined;
  /** Only what is to be collected: open, and due within the days that its owner is reminded ahead. */
  readonly toCollect?: boolean | undefined;
  readonly isRetention?: boolean | undefined;
}

/** Which rows `i`: where they come from, in which order, and how they are counted and how far. */
export interface RowSource {
  readonly from: Prisma.Sql;
  readonly where: Prisma.Sql;
  readonly order: Prisma.Sql;
  readonly counted: { readonly from: Prisma.Sql; readonly order: Prisma.Sql; readonly to: number };
}

/** Words that many contracts hold are compared with text, row by row. */
const COMPARED_TO = 1000;

/**
 * 0 for rows that money may come in for, 1 for the others: the first key of the lists' order. Told to a query in these
 * words it is found in instalment_order_idx and instalment_owner_idx, which hold all that lists are narrowed by.
 */
const PART = Prisma.sql`(CASE WHEN i.outstanding = 0 OR i.lifecycle IN ('written_off', 'cancelled') THEN 1 ELSE 0 END)`;
/** Whichever part: each is a range of the order's index. */
export const ANY_PART = Prisma.sql`${PART} IN (0, 1)`;
/** Money may come in for it. */
export const UNPAID = Prisma.sql`${PART} = 0 AND i.lifecycle = 'open' AND i.outstanding > 0`;

/** A retention is looked after from 30 days ahead on, whatever N is (rules §8). */
const RETENTION_DAYS = 30;

/** Rows of the to-do list: unpaid ones whose reminders have begun. */
export const toCollectOn = (
  today: LocalDate,
): Prisma.Sql => Prisma.sql`${UNPAID} AND (i.first_remind_on <= ${today}::date
  OR (i.is_retention AND i.effective_due <= ${addDays(today, RETENTION_DAYS)}::date))`;
const IN_ORDER = Prisma.sql`${PART}, i.effective_due, i.id`;

/** The source of a list; its statements are planned for the very filter (PLANNED_ANEW). */
export async function chooseRows(ctx: ReadCtx, filter: RowFilter): Promise<RowSource> {
  const words = filter.words?.trim() ? filter.words : undefined;
  const owners = ownersOf(ctx.actor, filter);
  const named = words === undefined ? null : await findNamed(ctx, words, owners);
  const compares = words !== undefined && named === null;
  const few = fewOf(filter, named);
  // OFFSET 0: few rows are looked up and sorted, whatever the planner believes of the order's index.
  const rows = few
    ? Prisma.sql`(SELECT i.* FROM instalment i WHERE ${few} OFFSET 0) i`
    : Prisma.sql`instalment i`;
  const compared = compares ? words : undefined;
  return {
    from: filter.sort === 'customer' ? withCustomer(rows, compared) : holding(rows, compared),
    where: whereOf(ctx, filter, owners, named),
    order: orderOf(filter),
    // Along the order's index, which answers without the rows themselves.
    counted: {
      from: holding(rows, compared),
      order: few ? Prisma.empty : Prisma.sql`ORDER BY ${IN_ORDER}`,
      to: compares ? COMPARED_TO : COUNTED_TO,
    },
  };
}

async function findNamed({ db }: ReadCtx, words: string, owners: 'all' | readonly string[]) {
  const named = await findNamedContracts(db, words);
  return named ?? (owners === 'all' ? null : findContractsNamedOf(db, words, owners));
}

function withCustomer(rows: Prisma.Sql, words: string | undefined): Prisma.Sql {
  const customer = Prisma.sql`${rows} JOIN customer k ON k.id = i.customer_id`;
  return words === undefined
    ? customer
    : Prisma.sql`${customer} JOIN contract c ON c.id = i.contract_id AND ${contractHolds(words)}`;
}

function holding(rows: Prisma.Sql, words: string | undefined): Prisma.Sql {
  if (words === undefined) return rows;
  // OFFSET 0: row by row in the list's order, of which the first ones are enough.
  return Prisma.sql`${rows} CROSS JOIN LATERAL (SELECT FROM contract c JOIN customer k ON k.id = c.customer_id
    WHERE c.id = i.contract_id AND ${contractHolds(words)} OFFSET 0) held`;
}

/** What the filter names that only few rows have. */
function fewOf(filter: RowFilter, named: readonly string[] | null): Prisma.Sql | null {
  if (filter.ids) return Prisma.sql`i.id = ANY(${[...filter.ids]}::uuid[])`;
  if (filter.contractId) return Prisma.sql`i.contract_id = ${filter.contractId}::uuid`;
  if (filter.customerId) return Prisma.sql`i.customer_id = ${filter.customerId}::uuid`;
  return named && Prisma.sql`i.contract_id = ANY(${[...named]}::uuid[])`;
}

const UNPAID_STATES: readonly DisplayState[] = ['overdue', 'open', 'postponed', 'undated'];

/** Whether a row `i` is in the state: displayState said once more, in words that indexes know. */
export function stateHolds(state: DisplayState, today: LocalDate): Prisma.Sql {
  const dated = Prisma.sql`${UNPAID} AND i.due_on IS NOT NULL`;
  switch (state) {
    case 'overdue':
      return Prisma.sql`(${dated} AND i.effective_due < ${today}::date)`;
    case 'open':
      return Prisma.sql`(${dated} AND i.effective_due >= ${today}::date AND i.postponed_to IS NULL)`;
    case 'postponed':
      return Prisma.sql`(${dated} AND i.effective_due >= ${today}::date AND i.postponed_to IS NOT NULL)`;
    case 'undated':
      return Prisma.sql`(${UNPAID} AND i.due_on IS NULL AND (i.effective_due IS NULL OR i.postponed_to IS NOT NULL))`;
    case 'paid':
      return Prisma.sql`(${PART} = 1 AND i.outstanding = 0
        AND i.lifecycle NOT IN ('inactive', 'written_off', 'cancelled'))`;
    case 'inactive':
    case 'written_off':
    case 'cancelled':
      return Prisma.sql`i.lifecycle = ${Prisma.raw(`'${state}'`)}`;
  }
}

function whereOf(
  ctx: ReadCtx,
  filter: RowFilter,
  owners: 'all' | readonly string[],
  named: readonly string[] | null,
): Prisma.Sql {
  const { states } = filter;
  return Prisma.join(
    present(
      owners !== 'all' && Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`,
      // Said again where it follows from the states: indexes know only this.
      states?.includes('cancelled') !== true && Prisma.sql`i.lifecycle <> 'cancelled'`,
      states?.every((one) => UNPAID_STATES.includes(one)) && UNPAID,
      states && anyOf(states.map((state) => stateHolds(state, ctx.today))),
      filter.toCollect && toCollectOn(ctx.today),
      filter.isRetention !== undefined && Prisma.sql`i.is_retention = ${filter.isRetention}`,
      filter.ids && Prisma.sql`i.id = ANY(${[...filter.ids]}::uuid[])`,
      filter.customerId && Prisma.sql`i.customer_id = ${filter.customerId}::uuid`,
      filter.contractId && Prisma.sql`i.contract_id = ${filter.contractId}::uuid`,
      named && Prisma.sql`i.contract_id = ANY(${[...named]}::uuid[])`,
      (filter.from ?? filter.to) !== undefined && ANY_PART,
      filter.from && Prisma.sql`i.effective_due >= ${filter.from}::date`,
      filter.to && Prisma.sql`i.effective_due <= ${filter.to}::date`,
      filter.amountFrom !== undefined && Prisma.sql`i.amount >= ${filter.amountFrom}`,
      filter.amountTo !== undefined && Prisma.sql`i.amount <= ${filter.amountTo}`,
      filter.currency && Prisma.sql`i.currency = ${filter.currency}`,
      Prisma.sql`TRUE`,
    ),
    ' AND ',
  );
}

/** FALSE for none of them. */
const anyOf = (conditions: readonly Prisma.Sql[]): Prisma.Sql =>
  conditions.length === 0 ? Prisma.sql`FALSE` : Prisma.sql`(${Prisma.join([...conditions], ' OR ')})`;

/** Whose rows: the reader's scope, and within it whom the filter names. */
function ownersOf(actor: Actor, filter: RowFilter): 'all' | readonly string[] {
  const visible = visibleOwners(actor);
  const within = (ids: readonly string[]) =>
    visible === 'all' ? ids : ids.filter((id) => visible.includes(id));
  const chosen =
    filter.owners === 'own'
      ? within([actor.id])
      : filter.owners === 'team'
        ? within([actor.id, ...actor.teamIds])
        : visible;
  if (filter.ownerId === undefined) return chosen;
  return chosen === 'all' || chosen.includes(filter.ownerId) ? within([filter.ownerId]) : [];
}

/** An order that an index answers; the id last, so that pages never overlap. */
function orderOf({ sort = 'due', reversed = false }: RowFilter): Prisma.Sql {
  switch (sort) {
    case 'plan':
      return Prisma.sql`i.seq, i.id`;
    case 'newest':
      return reversed ? Prisma.sql`i.id` : Prisma.sql`i.id DESC`;
    case 'amount':
      return reversed ? Prisma.sql`i.amount, i.id` : Prisma.sql`i.amount DESC, i.id DESC`;
    case 'customer':
      return reversed
        ? Prisma.sql`k.name DESC, k.id DESC, i.effective_due, i.id`
        : Prisma.sql`k.name, k.id, i.effective_due, i.id`;
    case 'due':
      // What is still to come in first, paid rows last.
      return reversed ? Prisma.sql`i.effective_due DESC, i.id DESC` : IN_ORDER;
  }
}

const present = (...parts: (Prisma.Sql | null | false | undefined | '')[]): Prisma.Sql[] =>
  parts.filter((part) => part instanceof Prisma.Sql);
