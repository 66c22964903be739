// People, roles or managers have changed: open approvals that nobody whom they ask can decide any more are asked anew.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Role } from '../access.js';
import { leaveTraces } from '../traces.service.js';
import { APPROVER_ROLES } from './approval.js';
import { askNotices } from './ask.service.js';
import { findAsked } from './candidates.service.js';
import type { SubjectType } from './subjects.js';

interface Orphan {
  readonly approvalId: string;
  readonly stepId: string;
  readonly seq: number;
  readonly type: SubjectType;
  readonly subjectId: string;
  readonly ownerId: string | null;
  readonly out: string[];
  readonly mode: 'any' | 'all';
  readonly roles: string[];
  readonly people: string[];
}

const LEADERS: Role[] = ['sales_manager', 'sales_director', 'finance_manager'];

/** Finds and asks again; what still nobody can decide is told to the admins. */
export async function askAgainForOrphans(tx: Tx, ctx: SystemCtx): Promise<void> {
  const orphans = await tx.$queryRaw<Orphan[]>`
    SELECT a.id::text AS "approvalId", s.id::text AS "stepId", s.seq, a.subject_type AS type,
      a.subject_id::text AS "subjectId", a.owner_id::text AS "ownerId",
      a.involved_ids::text[] || ARRAY(SELECT x.id::text FROM approval_step e
        CROSS JOIN LATERAL unnest(array_append(e.approved_ids, e.decided_by)) AS x(id)
        WHERE e.approval_id = a.id AND e.seq < a.current_step AND x.id IS NOT NULL) AS out,
      s.mode, s.approver_roles AS roles, s.named_ids::text[] AS people
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    WHERE a.status = 'open' AND NOT EXISTS (
      SELECT 1 FROM app_user u WHERE u.active AND NOT u.id = ANY(a.involved_ids) AND (
        u.roles && s.approver_roles OR u.id = ANY(s.named_ids)
        OR (u.id = ANY(s.approver_ids) AND u.roles && ${LEADERS}::text[])))
    ORDER BY a.id FOR UPDATE OF a`;
  for (const orphan of orphans) {
    const { approvalId, type, subjectId, mode, people } = orphan;
    const roles = APPROVER_ROLES.filter((role) => orphan.roles.includes(role));
    const asked = await findAsked(tx, type, { mode, roles, people }, orphan);
    await tx.approvalStep.update({ where: { id: orphan.stepId }, data: { approverIds: [...asked.ids] } });
    // Whoever is asked only now has as long as anybody before they are nudged.
    await tx.approval.update({
      where: { id: approvalId },
      data: { askedAt: ctx.now, nudgedAt: null, superiorsToldAt: null },
    });
    const about = { type, subjectId, approvalId };
    await leaveTraces(tx, ctx, await askNotices(tx, ctx, about, asked.people, orphan.seq));
  }
}
