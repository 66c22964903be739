// What was outstanding at the end of any day, and what customers had in credit: the one place where it is computed (rules
// §9, P20). Each row keeps the days from which it stands as it does now and between which its money moved: by these most
// rows say themselves what they were, and only the others are rebuilt from their history. Text of queries; nothing is read
// here.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import type { LocalDate } from '../local-date.js';
import { UNPAID } from '../plans/instalment-search.queries.js';
import type { ReportQuery } from './report.js';

/** Rows that count, paid or not. */
export const IN_FORCE = Prisma.raw(`('open', 'settled', 'written_off')`);

/** What a report is narrowed to. */
export type Narrowed = Pick<
  ReportQuery,
  'currency' | 'customerId' | 'contractId' | 'ownerId' | 'departmentId' | 'type'
>;
/** What a report looks at. */
export type StandingFilter = Narrowed & Pick<ReportQuery, 'to'>;

const dateOf = (day: LocalDate): Prisma.Sql => Prisma.sql`${day}::date`;
/** Whether an allocation `a` counts at the end of a day (rules §2). */
const countedOn = (day: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(a.effective_on <= ${day} AND (a.released_on IS NULL OR a.released_on > ${day}))`;
export const countedAt = (day: LocalDate): Prisma.Sql => countedOn(dateOf(day));

/** People of a department and of those below it. */
const peopleOf = (departmentId: string): Prisma.Sql => Prisma.sql`(
  WITH RECURSIVE d(id) AS (
    SELECT ${departmentId}::uuid UNION SELECT c.id FROM department c JOIN d ON c.parent_id = d.id)
  SELECT u.id FROM app_user u JOIN d ON u.department_id = d.id)`;

/** Whether an owner is who, or of the department, that a report is narrowed to. */
const ownedBy = (owner: Prisma.Sql, { ownerId, departmentId }: Narrowed): Prisma.Sql[] => [
  ...(ownerId === undefined ? [] : [Prisma.sql`${owner} = ${ownerId}::uuid`]),
  ...(departmentId === undefined ? [] : [Prisma.sql`${owner} IN ${peopleOf(departmentId)}`]),
];
const ofContract = (contract: Prisma.Sql, { contractId, type }: Narrowed): Prisma.Sql[] => [
  ...(contractId === undefined ? [] : [Prisma.sql`${contract} = ${contractId}::uuid`]),
  ...(type === undefined
    ? []
    : [Prisma.sql`${contract} IN (SELECT fc.id FROM contract fc WHERE fc.type = ${type})`]),
];
const ofCustomer = (alias: 'i' | 'r', { customerId }: Narrowed): Prisma.Sql[] =>
  customerId === undefined ? [] : [Prisma.sql`${Prisma.raw(alias)}.customer_id = ${customerId}::uuid`];

/**
 * Instalments `i` in the reader's scope, of one currency, as far as a report is narrowed. `owner`: whoever owned them
 * on the day that is asked; the scope is of who owns them now.
 */
export function rowsInScope(
  { actor }: ReadCtx,
  query: Narrowed,
  owner: Prisma.Sql = Prisma.sql`i.owner_id`,
): Prisma.Sql {
  const owners = visibleOwners(actor);
  const holds = [
    Prisma.sql`i.currency = ${query.currency}`,
    ...(owners === 'all' ? [] : [Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`]),
    ...ofCustomer('i', query),
    ...ofContract(Prisma.sql`i.contract_id`, query),
    ...ownedBy(owner, query),
  ];
  return Prisma.sql`(${Prisma.join(holds, ' AND ')})`;
}

/** Money `r` of customers, as far as a report is narrowed: theirs, recorded on `contract`, of whose customer it is. */
export function moneyWithin(query: Narrowed, contract: Prisma.Sql): Prisma.Sql {
  const people = ownedBy(Prisma.sql`fk.owner_id`, query);
  const holds = [
    Prisma.sql`r.currency = ${query.currency}`,
    ...ofCustomer('r', query),
    ...ofContract(contract, query),
    ...(people.length === 0
      ? []
      : [Prisma.sql`r.customer_id IN (SELECT fk.id FROM customer fk WHERE ${Prisma.join(people, ' AND ')})`]),
  ];
  return Prisma.sql`(${Prisma.join(holds, ' AND ')})`;
}

/**
 * What the days kept with a row `i` say of its money at the end of a day (migration report_facts): as the row has it now,
 * none yet, or to be added up from what was booked (part before, part after).
 */
export const moneyIsAsNow = (day: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(i.money_to IS NULL OR i.money_to <= ${day})`;
export const moneyIsToCome = (day: Prisma.Sql): Prisma.Sql => Prisma.sql`i.money_from > ${day}`;
export const moneyIsParted = (day: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(i.money_from <= ${day} AND i.money_to > ${day})`;

/**
 * What had been paid on a row `i` and adjusted at the end of a day, added up: paid, adjusted (written off, less what was
 * recovered), small (of it, small differences: they settle a row as money does) and last_on, the day on which money last
 * counted. A lookup in two indexes: for rows whose days do not tell.
 */
export const paidOf = (day: Prisma.Sql): Prisma.Sql => Prisma.sql`(
  SELECT COALESCE(SUM(x.paid), 0)::bigint AS paid, COALESCE(SUM(x.adjusted), 0)::bigint AS adjusted,
    COALESCE(SUM(x.small), 0)::bigint AS small, MAX(x.last_on) AS last_on FROM (
    SELECT a.amount AS paid, 0::bigint AS adjusted, 0::bigint AS small, a.effective_on AS last_on
    FROM allocation a WHERE a.instalment_id = i.id AND ${countedOn(day)}
    UNION ALL
    SELECT 0::bigint, d.amount, CASE WHEN d.kind = 'small_difference' THEN d.amount ELSE 0 END, NULL::date
    FROM adjustment d WHERE d.instalment_id = i.id AND d.effective_on <= ${day}) x)`;

/** Until when a row `i` was something else before, if ever; in the words of instalment_turned_idx. */
const TURNED = Prisma.raw(
  `(CASE WHEN i.begun_on < COALESCE(i.terms_since, 'infinity') THEN COALESCE(i.terms_since, 'infinity') END)`,
);

/** The due day of a row as the history has it: rolled off days off as now where its dates are those of now. */
const dueThen = Prisma.sql`
  CASE WHEN s.due_on IS NOT DISTINCT FROM i.due_on AND s.postponed_to IS NOT DISTINCT FROM i.postponed_to
    THEN i.effective_due
  WHEN s.postponed_to IS NOT NULL OR s.due_on IS NULL OR i.roll = 'none' THEN COALESCE(s.postponed_to, s.due_on)
  ELSE (
    SELECT x.day FROM company o CROSS JOIN LATERAL (
      SELECT s.due_on + n * CASE i.roll WHEN 'previous_workday' THEN -1 ELSE 1 END AS day, n
      FROM generate_series(0, 366) n) x
    WHERE COALESCE((SELECT d.is_workday FROM calendar_day d WHERE d.date = x.day),
      extract(isodow FROM x.day)::int = ANY(o.workweek))
    ORDER BY x.n LIMIT 1)
  END`;

/** What is open of everybody, in the words of instalment_standing_idx: rows stand there by customer and contract. */
const OPEN = Prisma.raw(`i.lifecycle = 'open' AND i.outstanding > 0`);
/** The same in the words of instalment_open_idx, a fraction of its pages: what it does not hold would be read row by row. */
export const SUMMED = Prisma.sql`(${OPEN}) IS TRUE`;

/**
 * How much of what is outstanding a query reads: all of it; all of it, but nothing of a row beside its amount, effective_due and
 * is_retention; or rows found by their due days, in the lists' order.
 */
type Extent = 'all' | 'sums' | 'by_due';

/**
 * A table expression of what was outstanding: id, contract_id, customer_id, owner_id, is_retention, outstanding (> 0),
 * effective_due, original_due. Whoever owned it then; seen by whoever sees it now.
 */
export const standingSql = (ctx: ReadCtx, query: StandingFilter, extent: Extent): Prisma.Sql =>
  Prisma.sql`(${Prisma.join(standingParts(ctx, query, extent), ' UNION ALL ')})`;

/** Whether instalment_open_idx has all that a query of sums asks for. */
const isSummed = (
  { today }: ReadCtx,
  { to, customerId, contractId, departmentId, type }: StandingFilter,
): boolean => to >= today && [customerId, contractId, departmentId, type].every((one) => one === undefined);

/** The same in parts: a sum of each is read faster than of all, as what looks rows up is not read on two cores. */
export function standingParts(ctx: ReadCtx, query: StandingFilter, extent: Extent): Prisma.Sql[] {
  const { to } = query;
  const isOfAll = extent !== 'by_due' && query.ownerId === undefined && visibleOwners(ctx.actor) === 'all';
  const open = isOfAll ? (extent === 'sums' && isSummed(ctx, query) ? SUMMED : OPEN) : UNPAID;
  const mine = rowsInScope(ctx, query);
  const row = Prisma.sql`i.id, i.contract_id, i.customer_id, i.owner_id, i.is_retention`;
  const dates = Prisma.sql`i.effective_due,
      CASE WHEN i.effective_due IS NULL THEN NULL ELSE COALESCE(i.original_due_on, i.due_on) END AS original_due`;
  const now = Prisma.sql`SELECT ${row}, i.outstanding, ${dates} FROM instalment i WHERE ${open} AND ${mine}`;
  if (to >= ctx.today) return [now];
  const day = dateOf(to);
  // As it stands now; with the terms of now, but money since; with other terms, which its history has.
  return [
    Prisma.sql`${now} AND i.terms_since <= ${day} AND ${moneyIsAsNow(day)}`,
    Prisma.sql`SELECT * FROM (
      SELECT ${row}, CASE WHEN ${moneyIsToCome(day)} THEN i.amount
        ELSE (SELECT i.amount - p.paid - p.adjusted FROM ${paidOf(day)} p)::bigint END AS outstanding, ${dates}
      FROM instalment i WHERE i.money_to > ${day} AND i.terms_since <= ${day} AND i.lifecycle IN ${IN_FORCE} AND ${mine}) later
    WHERE later.outstanding > 0`,
    Prisma.sql`SELECT i.id, i.contract_id, i.customer_id, s.owner_id, i.is_retention, (s.amount - p.paid - p.adjusted)::bigint AS outstanding,
      ${dueThen} AS effective_due,
      CASE WHEN s.due_on IS NULL THEN NULL ELSE COALESCE(i.original_due_on, s.due_on) END AS original_due
    FROM instalment i CROSS JOIN LATERAL (
      SELECT v.amount, v.due_on, v.postponed_to, v.owner_id, v.lifecycle FROM instalment_revision v
      WHERE v.instalment_id = i.id AND v.valid_from <= ${day}
      ORDER BY v.recorded_at DESC, v.id DESC LIMIT 1) s CROSS JOIN LATERAL ${paidOf(day)} p
    WHERE ${TURNED} > ${day} AND i.begun_on <= ${day} AND s.lifecycle IN ${IN_FORCE} AND s.amount > p.paid + p.adjusted
      AND ${rowsInScope(ctx, query, Prisma.sql`s.owner_id`)}`,
  ];
}

/**
 * A table expression of money that belonged to no instalment: customer_id, contract_id (that it was recorded on, or null),
 * credit (> 0); of customers that the reader may see.
 */
export function creditSql(ctx: ReadCtx, query: StandingFilter): Prisma.Sql {
  const { to } = query;
  const owners = visibleOwners(ctx.actor);
  const mine =
    owners === 'all'
      ? Prisma.sql`TRUE`
      : Prisma.sql`EXISTS (SELECT 1 FROM customer k WHERE k.id = r.customer_id AND k.owner_id = ANY(${[...owners]}::uuid[]))`;
  // Money of one's customer may have been recorded on a contract of somebody else, which stays unnamed.
  const contract =
    owners === 'all'
      ? Prisma.sql`r.contract_id`
      : Prisma.sql`(SELECT c.id FROM contract c WHERE c.id = r.contract_id AND c.owner_id = ANY(${[...owners]}::uuid[]))`;
  const within = moneyWithin(query, contract);
  const now = Prisma.sql`
    SELECT r.id, r.customer_id, ${contract} AS contract_id, r.unapplied AS credit FROM receipt r
    WHERE r.unapplied > 0 AND r.status IN ('approved', 'partly_reversed') AND ${within}
      AND r.received_on <= ${to}::date AND ${mine}`;
  if (to >= ctx.today) return Prisma.sql`(${now})`;
  return Prisma.sql`(
    ${now} AND (r.moved_on IS NULL OR r.moved_on <= ${to}::date)
    UNION ALL
    SELECT * FROM (
      SELECT r.id, r.customer_id, ${contract} AS contract_id, (r.amount
        - COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.receipt_id = r.id AND ${countedAt(to)}), 0)
        - COALESCE((SELECT SUM(m.amount) FROM receipt m
            WHERE m.reverses_id = r.id AND m.status = 'approved' AND m.received_on <= ${to}::date), 0))::bigint AS credit
      FROM receipt r
      WHERE r.moved_on > ${to}::date AND r.received_on <= ${to}::date AND r.moved_on > r.received_on
        AND r.kind NOT IN ('refund', 'reversal') AND r.status IN ('approved', 'partly_reversed', 'reversed')
        AND ${within} AND ${mine}) then_left
    WHERE credit > 0)`;
}
