// How lists of instalments are narrowed and sorted, among a million as among ten: whatever the filter names that few rows
// have is looked up by its index; where all of it is common, the list's order is walked and its first rows are met soon.
// Which way it is must not depend on the planner: a prepared statement is planned without knowing the values.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type Actor, visibleOwners } from '../access.js';
import { COUNTED_TO } from '../lists/counted.js';
import type { ListFilter } from '../lists/list-filter.js';
import { contractHolds, findNamedContracts } from '../lists/words.queries.js';
import type { LocalDate } from '../local-date.js';
import { displayStateSql } from './display-state.sql.js';
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
}

/** Where the rows `i` come from, which of them, in which order, and how far they are counted. */
export interface RowSource {
  readonly from: Prisma.Sql;
  readonly where: Prisma.Sql;
  readonly order: Prisma.Sql;
  readonly countTo: number;
}

/** So many rows are fetched by an index and sorted rather than walked in order. */
const FETCHED_TO = 30_000;
/** Words that many contracts hold are compared with text, row by row. */
const COMPARED_TO = 1000;

/** The source of a list; asks the database how many rows each narrow part of the filter has. */
export async function chooseRows(ctx: ReadCtx, filter: RowFilter): Promise<RowSource> {
  const words = filter.words?.trim() ? filter.words : undefined;
  const named = words === undefined ? null : await findNamedContracts(ctx.db, words);
  const where = whereOf(ctx, filter, named);
  const compares = words !== undefined && named === null;
  const driver = await chooseDriver(ctx, filter, named);
  const rows = driver
    ? Prisma.sql`(SELECT i.* FROM instalment i WHERE ${driver} OFFSET 0) i`
    : Prisma.sql`instalment i`;
  const from = present(
    rows,
    compares && Prisma.sql`JOIN contract c ON c.id = i.contract_id`,
    (compares || filter.sort === 'customer') && Prisma.sql`JOIN customer k ON k.id = i.customer_id`,
  );
  return {
    from: Prisma.join(from, ' '),
    where: compares ? Prisma.sql`${where} AND ${contractHolds(words)}` : where,
    order: orderOf(filter),
    countTo: compares ? COMPARED_TO : COUNTED_TO,
  };
}

async function chooseDriver(
  ctx: ReadCtx,
  filter: RowFilter,
  named: readonly string[] | null,
): Promise<Prisma.Sql | null> {
  // Few rows each, whatever they are.
  if (filter.ids) return Prisma.sql`i.id = ANY(${[...filter.ids]}::uuid[])`;
  if (filter.contractId) return Prisma.sql`i.contract_id = ${filter.contractId}::uuid`;
  if (filter.customerId) return Prisma.sql`i.customer_id = ${filter.customerId}::uuid`;
  if (named) return Prisma.sql`i.contract_id = ANY(${[...named]}::uuid[])`;
  const { from, to, amountFrom, amountTo } = filter;
  const owners = ownersOf(ctx.actor, filter);
  const candidates = present(
    owners !== 'all' && Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`,
    // Both ends always: a plan made for one open end would not trust the index.
    (from ?? to) !== undefined &&
      Prisma.sql`i.effective_due BETWEEN ${from ?? '-infinity'}::date AND ${to ?? 'infinity'}::date`,
    (amountFrom ?? amountTo) !== undefined &&
      Prisma.sql`i.amount BETWEEN ${amountFrom ?? 0n}::bigint AND ${amountTo ?? MOST}::bigint`,
    filter.states && stateDriver(ctx.today, filter.states),
  );
  if (candidates.length === 0) return null;
  const counts = candidates.map(
    (candidate, index) =>
      Prisma.sql`(SELECT COUNT(*)::int FROM (SELECT 1 FROM instalment i WHERE ${candidate}
        LIMIT ${Prisma.raw(String(FETCHED_TO + 1))}) x) AS ${Prisma.raw(`n${index}`)}`,
  );
  const [counted] = await ctx.db.$queryRaw<Record<string, number>[]>`SELECT ${Prisma.join(counts, ', ')}`;
  const sizes = candidates.map((candidate, index) => ({ candidate, size: counted?.[`n${index}`] ?? 0 }));
  const fewest = sizes.reduce((best, one) => (one.size < best.size ? one : best));
  return fewest.size <= FETCHED_TO ? fewest.candidate : null;
}

const MOST = 9_223_372_036_854_775_807n;

const UNPAID = Prisma.sql`i.lifecycle = 'open' AND i.outstanding > 0`;
const UNPAID_STATES: readonly DisplayState[] = ['overdue', 'open', 'postponed', 'undated'];
const CLOSED_STATES: readonly DisplayState[] = ['paid', 'written_off', 'cancelled'];

/** What holds for every row of these states and has an index; null where one of them (paid) has none. */
function stateDriver(today: LocalDate, states: readonly DisplayState[]): Prisma.Sql | null {
  const indexed: Record<DisplayState, Prisma.Sql | null> = {
    overdue: Prisma.sql`(${UNPAID} AND i.effective_due BETWEEN '-infinity'::date AND ${today}::date - 1)`,
    open: Prisma.sql`(${UNPAID} AND i.effective_due BETWEEN ${today}::date AND 'infinity'::date)`,
    postponed: Prisma.sql`(${UNPAID} AND i.postponed_to IS NOT NULL)`,
    undated: Prisma.sql`(${UNPAID} AND i.effective_due IS NULL)`,
    inactive: Prisma.sql`i.lifecycle = 'inactive'`,
    written_off: Prisma.sql`i.lifecycle = 'written_off'`,
    cancelled: Prisma.sql`i.lifecycle = 'cancelled'`,
    paid: null,
  };
  const each = states.map((state) => indexed[state]);
  return each.some((one) => one === null) || each.length === 0
    ? null
    : Prisma.sql`(${Prisma.join(present(...each), ' OR ')})`;
}

function whereOf(ctx: ReadCtx, filter: RowFilter, named: readonly string[] | null): Prisma.Sql {
  const state = Prisma.raw(displayStateSql('i', 't.today'));
  const owners = ownersOf(ctx.actor, filter);
  const { states } = filter;
  return Prisma.join(
    present(
      owners !== 'all' && Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`,
      // Said again where it follows from the states: indexes know only this.
      states?.includes('cancelled') !== true && Prisma.sql`i.lifecycle <> 'cancelled'`,
      states?.every((one) => UNPAID_STATES.includes(one)) && UNPAID,
      states &&
        Prisma.sql`(SELECT ${state} FROM (SELECT ${ctx.today}::date AS today) t) = ANY(${[...states]})`,
      filter.toCollect && Prisma.sql`${UNPAID} AND i.first_remind_on <= ${ctx.today}::date`,
      filter.ids && Prisma.sql`i.id = ANY(${[...filter.ids]}::uuid[])`,
      filter.customerId && Prisma.sql`i.customer_id = ${filter.customerId}::uuid`,
      filter.contractId && Prisma.sql`i.contract_id = ${filter.contractId}::uuid`,
      named && Prisma.sql`i.contract_id = ANY(${[...named]}::uuid[])`,
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
function orderOf({ sort = 'due', reversed = false, states, toCollect = false }: RowFilter): Prisma.Sql {
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
    case 'due': {
      if (reversed) return Prisma.sql`i.effective_due DESC, i.id DESC`;
      // What is still to come in first, paid rows last; of one sort alone the date says it all.
      const alike =
        toCollect ||
        [UNPAID_STATES, CLOSED_STATES].some((some) => states?.every((state) => some.includes(state)));
      return alike
        ? Prisma.sql`i.effective_due, i.id`
        : Prisma.sql`(i.lifecycle IN ('settled', 'written_off', 'cancelled')), i.effective_due, i.id`;
    }
  }
}

const present = (...parts: (Prisma.Sql | null | false | undefined | '')[]): Prisma.Sql[] =>
  parts.filter((part) => part instanceof Prisma.Sql);
