// People, roles, managers or owners have changed: open approvals that nobody whom they ask can decide any more, or that wait for
// all of some people of whom one has gone, are asked anew.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { leaveTraces } from '../traces.service.js';
import { APPROVER_ROLES } from './approval.js';
import { askNotices, rewriteOf } from './ask.service.js';
import { findAsked } from './candidates.service.js';
import type { SubjectType } from './subjects.js';
import { asksInOwnRight } from './waiting.queries.js';

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
  /** Of mode all: who has approved already; nobody asks them again. */
  readonly approved: string[];
}

const HAS_NOBODY = Prisma.sql`NOT EXISTS (SELECT 1 FROM app_user u WHERE u.active AND ${asksInOwnRight('u')})`;

/** Open approvals that nobody can decide as things are: looked for before people change, who may help these. */
export async function listOrphans(tx: Tx): Promise<string[]> {
  const found = await tx.$queryRaw<{ id: string }[]>`
    SELECT a.id::text FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    WHERE a.status = 'open' AND ${HAS_NOBODY} ORDER BY a.id`;
  return found.map((one) => one.id);
}

/**
 * Finds and asks again, among these or all; what still nobody can decide is told to the admins.
 * @param helped had nobody until this change (`listOrphans`): whoever can decide them now has not been asked yet
 */
export async function askAgainForOrphans(
  tx: Tx,
  ctx: SystemCtx,
  approvalIds: readonly string[] | null = null,
  helped: readonly string[] = [],
): Promise<void> {
  const orphans = await tx.$queryRaw<Orphan[]>`
    SELECT a.id::text AS "approvalId", s.id::text AS "stepId", s.seq, a.subject_type AS type,
      a.subject_id::text AS "subjectId", a.owner_id::text AS "ownerId",
      a.involved_ids::text[] || ARRAY(SELECT x.id::text FROM approval_step e
        CROSS JOIN LATERAL unnest(array_append(e.approved_ids, e.decided_by)) AS x(id)
        WHERE e.approval_id = a.id AND e.seq < a.current_step AND x.id IS NOT NULL) AS out,
      s.mode, s.approver_roles AS roles, s.named_ids::text[] AS people, s.approved_ids::text[] AS approved
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    WHERE a.status = 'open' AND (${approvalIds === null} OR a.id = ANY(${[...(approvalIds ?? [])]}::uuid[])) AND (
      ${HAS_NOBODY} OR a.id = ANY(${[...helped]}::uuid[])
      OR (s.mode = 'all' AND EXISTS (
        SELECT 1 FROM unnest(s.approver_ids) AS x(id) JOIN app_user u ON u.id = x.id
        WHERE NOT x.id = ANY(s.approved_ids) AND NOT (u.active AND ${asksInOwnRight('u')}))))
    ORDER BY a.id FOR UPDATE OF a`;
  for (const orphan of orphans) {
    const { approvalId, type, subjectId, mode, people } = orphan;
    const roles = APPROVER_ROLES.filter((role) => orphan.roles.includes(role));
    const out = [...orphan.out, ...orphan.approved];
    const asked = await findAsked(tx, type, { mode, roles, people }, { ownerId: orphan.ownerId, out });
    const approverIds = [...new Set([...orphan.approved, ...asked.ids])];
    await tx.approvalStep.update({ where: { id: orphan.stepId }, data: { approverIds } });
    // Whoever is asked only now has as long as anybody before they are nudged.
    await tx.approval.update({
      where: { id: approvalId },
      data: { askedAt: ctx.now, nudgedAt: null, superiorsToldAt: null },
    });
    const about = { type, subjectId, approvalId };
    const { notices, homes } = await askNotices(tx, ctx, about, asked.people, orphan.seq);
    // Cards that are there already say whom it waits for.
    const isHelped = helped.includes(approvalId) && homes.length > 0;
    const rewrites = isHelped ? [rewriteOf(about, `asked.${ctx.now.getTime()}`)] : [];
    await leaveTraces(tx, ctx, { notices, homes, rewrites });
  }
}
