// Which open approvals wait for a person: the condition that every list and count of them shares.
import { Prisma } from '../../generated/prisma/client.js';
import type { Actor } from '../access.js';
import { type LocalDate, toUtcDate } from '../local-date.js';

/**
 * Of `approval a JOIN approval_step s` (its present step): what the person can decide, in their own right or in the
 * place of somebody who gave them their decisions. As stored: a decision looks at the locked rows again.
 */
export function waitsFor(ctx: { actor: Pick<Actor, 'id' | 'roles'>; today: LocalDate }): Prisma.Sql {
  const { id, roles } = ctx.actor;
  const today = toUtcDate(ctx.today);
  return Prisma.sql`a.status = 'open' AND s.seq = a.current_step
    AND NOT ${id}::uuid = ANY(a.involved_ids) AND NOT EXISTS (SELECT 1 FROM approval_step e
      WHERE e.approval_id = a.id AND e.seq < a.current_step AND ${id}::uuid = ANY(array_append(e.approved_ids, e.decided_by)))
    AND (${asks(Prisma.sql`${id}::uuid`, Prisma.sql`${[...roles]}::text[]`)} OR EXISTS (SELECT 1 FROM app_user g
      WHERE g.delegate_id = ${id}::uuid AND g.delegate_until >= ${today}::date AND g.active
        AND NOT g.id = ANY(a.involved_ids) AND ${asks(Prisma.sql`g.id`, Prisma.sql`g.roles`)}))`;
}

const asks = (id: Prisma.Sql, roles: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(NOT ${id} = ANY(s.approved_ids)
    AND (${id} = ANY(s.approver_ids) OR (s.mode = 'any' AND s.approver_roles && ${roles})))`;
