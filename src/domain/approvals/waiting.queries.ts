// Which open approvals wait for whom: the condition that every list, count and nudge shares. All are fragments of a query
// over `approval a JOIN approval_step s` (its present step), as stored: a decision looks at the locked rows again.
import { Prisma } from '../../generated/prisma/client.js';
import { type Actor, rolesFor } from '../access.js';
import { type LocalDate, toUtcDate } from '../local-date.js';
import { UNDECIDING } from '../members/delegate.js';
import { SUBJECTS } from './subjects.js';

/** What the person can decide: in their own right, in the place of somebody who gave them their decisions, or in solo mode. */
export function waitsFor(ctx: { actor: Pick<Actor, 'id' | 'roles'>; today: LocalDate }): Prisma.Sql {
  const { id, roles } = ctx.actor;
  return waits(Prisma.sql`${id}::uuid`, Prisma.sql`${[...roles]}::text[]`, ctx.today);
}

/** The same of every row of app_user under this alias. */
export function waitsForRow(alias: 'u', today: LocalDate): Prisma.Sql {
  return waits(Prisma.raw(`${alias}.id`), Prisma.raw(`${alias}.roles`), today);
}

/** What a row of app_user under this alias can decide without being anybody's delegate. */
export function asksInOwnRight(alias: 'u' | 'o'): Prisma.Sql {
  const id = Prisma.raw(`${alias}.id`);
  return Prisma.sql`${isFree(id)} AND ${asks(id, Prisma.raw(`${alias}.roles`))}`;
}

const waits = (id: Prisma.Sql, roles: Prisma.Sql, today: LocalDate): Prisma.Sql =>
  Prisma.sql`${isAtStep} AND (${isFree(id)} AND (${asks(id, roles)} OR NOT ${roles} <@ ${[...UNDECIDING]}::text[] AND EXISTS (SELECT 1 FROM app_user g
      WHERE g.delegate_id = ${id} AND g.delegate_until >= ${toUtcDate(today)}::date AND g.active
        AND ${isFree(Prisma.sql`g.id`)} AND ${asks(Prisma.sql`g.id`, Prisma.sql`g.roles`)}))
    OR ${isAlone(id, roles)})`;

const FINANCE = Prisma.raw(`'{finance,finance_manager}'::text[]`);
const OF_FINANCE = Prisma.raw(
  `'{${Object.entries(SUBJECTS)
    .filter(([, { place }]) => place === 'finance')
    .map(([type]) => type)
    .join(',')}}'::text[]`,
);

/** What a row of app_user under this alias decides as the only finance user, in solo mode. */
export const decidesAlone = (alias: 'u'): Prisma.Sql =>
  isAlone(Prisma.raw(`${alias}.id`), Prisma.raw(`${alias}.roles`));

/** The company's only finance user, in solo mode, where nobody is free to decide (rules §6). */
const isAlone = (id: Prisma.Sql, roles: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(SELECT (settings->>'soloMode')::boolean FROM company)
    AND s.mode = 'any' AND a.subject_type = ANY(${OF_FINANCE})
    AND ${roles} && ${FINANCE} AND s.approver_roles && ${roles}
    AND NOT EXISTS (SELECT 1 FROM app_user o WHERE o.active AND o.roles && ${FINANCE} AND o.id <> ${id})
    AND NOT EXISTS (SELECT 1 FROM app_user o WHERE o.active AND ${asksInOwnRight('o')})`;

const isAtStep = Prisma.sql`a.status = 'open' AND s.seq = a.current_step`;

/** Neither involved, nor the decider of a step before or of this one, in whoever's place. */
const isFree = (id: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`${isAtStep} AND NOT ${id} = ANY(a.involved_ids)
    AND NOT ${id} = ANY(s.approved_ids) AND NOT EXISTS (SELECT 1 FROM approval_step e
      WHERE e.approval_id = a.id AND e.seq < a.current_step AND ${id} = ANY(array_append(e.approved_ids, e.decided_by)))`;

/** Roles that may decide about the subject at all: whoever was found by one and lost it is not asked any more. */
const ALLOWED = Prisma.raw(
  `CASE a.subject_type ${Object.entries(SUBJECTS)
    .map(([type, { action }]) => `WHEN '${type}' THEN '{${rolesFor(action).join(',')}}'::text[]`)
    .join(' ')} END`,
);

const asks = (id: Prisma.Sql, roles: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`((${id} = ANY(s.approver_ids) AND (${id} = ANY(s.named_ids) OR ${roles} && s.approver_roles OR ${roles} && ${ALLOWED}))
    OR (s.mode = 'any' AND s.approver_roles && ${roles}))`;
