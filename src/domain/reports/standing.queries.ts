// What was outstanding at the end of any day, and what customers had in credit: the one place where it is computed (rules
// §9, P20). A row that has not changed since that day is as it stands now; only the others are rebuilt from their history,
// so that a recent day costs little more than today. Text of queries; nothing is read here.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import type { LocalDate } from '../local-date.js';
import { UNPAID } from '../plans/instalment-search.queries.js';
import type { ReportQuery } from './report.js';

/** What a report is narrowed to. */
export type Narrowed = Pick<
  ReportQuery,
  'currency' | 'customerId' | 'contractId' | 'ownerId' | 'departmentId' | 'type'
>;
/** What a report looks at. */
export type StandingFilter = Narrowed & Pick<ReportQuery, 'to'>;

/** Whether an allocation `a` counts at the end of a day (rules §2). */
export const countedAt = (day: LocalDate): Prisma.Sql =>
  Prisma.sql`(a.effective_on <= ${day}::date AND (a.released_on IS NULL OR a.released_on > ${day}::date))`;

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
 * A table expression of what had been paid and adjusted at the end of a day on the instalments that `ids` selects, each once: id, paid,
 * adjusted (written off, less what was recovered), small (of it, small differences: they settle a row as money does) and
 * last_on, the day on which money last counted.
 */
export const paidSql = (ids: Prisma.Sql, day: LocalDate): Prisma.Sql => Prisma.sql`(
  SELECT x.id, SUM(x.paid) AS paid, SUM(x.adjusted) AS adjusted, SUM(x.small) AS small, MAX(x.last_on) AS last_on FROM (
    SELECT a.instalment_id AS id, a.amount AS paid, 0 AS adjusted, 0 AS small, a.effective_on AS last_on
    FROM (${ids}) b JOIN allocation a ON a.instalment_id = b.id WHERE ${countedAt(day)}
    UNION ALL
    SELECT d.instalment_id, 0, d.amount, CASE WHEN d.kind = 'small_difference' THEN d.amount ELSE 0 END, NULL
    FROM (${ids}) b JOIN adjustment d ON d.instalment_id = b.id WHERE d.effective_on <= ${day}::date) x
  GROUP BY x.id)`;

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

/**
 * A table expression of what was outstanding: id, contract_id, customer_id, owner_id, is_retention, outstanding (> 0),
 * effective_due, original_due. Whoever owned it then; seen by whoever sees it now.
 */
export function standingSql(ctx: ReadCtx, query: StandingFilter): Prisma.Sql {
  const { to } = query;
  const now = Prisma.sql`
    SELECT i.id, i.contract_id, i.customer_id, i.owner_id, i.is_retention, i.outstanding, i.effective_due,
      CASE WHEN i.effective_due IS NULL THEN NULL ELSE COALESCE(i.original_due_on, i.due_on) END AS original_due
    FROM instalment i WHERE ${UNPAID} AND ${rowsInScope(ctx, query)}`;
  if (to >= ctx.today) return Prisma.sql`(${now})`;
  return Prisma.sql`(
    WITH touched AS MATERIALIZED (
      SELECT v.instalment_id AS id FROM instalment_revision v WHERE v.valid_from > ${to}::date
      UNION SELECT a.instalment_id FROM allocation a WHERE a.effective_on > ${to}::date OR a.released_on > ${to}::date
      UNION SELECT d.instalment_id FROM adjustment d WHERE d.effective_on > ${to}::date),
    state AS MATERIALIZED (
      SELECT t.id, v.* FROM touched t CROSS JOIN LATERAL (
        SELECT v.amount, v.due_on, v.postponed_to, v.owner_id, v.lifecycle FROM instalment_revision v
        WHERE v.instalment_id = t.id AND v.valid_from <= ${to}::date
        ORDER BY v.recorded_at DESC, v.id DESC LIMIT 1) v),
    counted AS MATERIALIZED (SELECT * FROM ${paidSql(Prisma.sql`SELECT t.id FROM touched t`, to)} paid)
    ${now} AND NOT EXISTS (SELECT 1 FROM touched t WHERE t.id = i.id)
    UNION ALL
    SELECT i.id, i.contract_id, i.customer_id, s.owner_id, i.is_retention,
      (s.amount - COALESCE(p.paid + p.adjusted, 0))::bigint,
      ${dueThen}, CASE WHEN s.due_on IS NULL THEN NULL ELSE COALESCE(i.original_due_on, s.due_on) END
    FROM state s JOIN instalment i ON i.id = s.id LEFT JOIN counted p ON p.id = s.id
    WHERE s.lifecycle IN ('open', 'settled', 'written_off') AND s.amount > COALESCE(p.paid + p.adjusted, 0)
      AND ${rowsInScope(ctx, query, Prisma.sql`s.owner_id`)})`;
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
    WITH touched AS MATERIALIZED (
      SELECT a.receipt_id AS id FROM allocation a WHERE a.effective_on > ${to}::date OR a.released_on > ${to}::date
      UNION SELECT m.reverses_id FROM receipt m
        WHERE m.kind IN ('refund', 'reversal') AND m.status = 'approved' AND m.received_on > ${to}::date)
    ${now} AND NOT EXISTS (SELECT 1 FROM touched t WHERE t.id = r.id)
    UNION ALL
    SELECT * FROM (
      SELECT r.id, r.customer_id, ${contract} AS contract_id, (r.amount
        - COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.receipt_id = r.id AND ${countedAt(to)}), 0)
        - COALESCE((SELECT SUM(m.amount) FROM receipt m
            WHERE m.reverses_id = r.id AND m.status = 'approved' AND m.received_on <= ${to}::date), 0))::bigint AS credit
      FROM receipt r JOIN touched t ON t.id = r.id
      WHERE r.kind NOT IN ('refund', 'reversal') AND r.status IN ('approved', 'partly_reversed', 'reversed')
        AND ${within} AND r.received_on <= ${to}::date AND ${mine}) then_left
    WHERE credit > 0)`;
}
