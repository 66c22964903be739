// People, roles, managers or owners have changed: open approvals that nobody whom they ask can decide any more, or that wait for
// all of some people of whom one has gone, are asked anew.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { leaveTraces } from '../traces.service.js';
import { APPROVER_ROLES } from './approval.js';
import { type About, askNotices, rewriteOf } from './ask.service.js';
import { findAsked } from './candidates.service.js';
import { findSolo } from './solo.queries.js';
import type { SubjectType } from './subjects.js';
import { asksInOwnRight, decidesAlone } from './waiting.queries.js';

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

/** An open approval that nobody is free to decide. */
export interface Stuck {
  readonly id: string;
  /** The only finance user, who decides it in solo mode; null: nobody does. */
  readonly aloneId: string | null;
}

/** As things are: looked for before people change, who may help these. */
export function listStuck(tx: Tx): Promise<Stuck[]> {
  return tx.$queryRaw<Stuck[]>`
    SELECT a.id::text, (SELECT u.id::text FROM app_user u WHERE u.active AND ${decidesAlone('u')}) AS "aloneId"
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    WHERE a.status = 'open' AND ${HAS_NOBODY} ORDER BY a.id`;
}

/**
 * Finds and asks again, among these or all; what still nobody can decide is told to the admins.
 * @param stuck had nobody free until this change (`listStuck`): whoever can decide them now has not been asked yet, but for
 *   whoever could alone
 */
export async function askAgainForOrphans(
  tx: Tx,
  ctx: SystemCtx,
  approvalIds: readonly string[] | null = null,
  stuck: readonly Stuck[] = [],
): Promise<void> {
  const before = new Map(stuck.map(({ id, aloneId }) => [id, aloneId]));
  const orphans = await tx.$queryRaw<Orphan[]>`
    SELECT a.id::text AS "approvalId", s.id::text AS "stepId", s.seq, a.subject_type AS type,
      a.subject_id::text AS "subjectId", a.owner_id::text AS "ownerId",
      a.involved_ids::text[] || ARRAY(SELECT x.id::text FROM approval_step e
        CROSS JOIN LATERAL unnest(array_append(e.approved_ids, e.decided_by)) AS x(id)
        WHERE e.approval_id = a.id AND e.seq < a.current_step AND x.id IS NOT NULL) AS out,
      s.mode, s.approver_roles AS roles, s.named_ids::text[] AS people, s.approved_ids::text[] AS approved
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    WHERE a.status = 'open' AND (${approvalIds === null} OR a.id = ANY(${[...(approvalIds ?? [])]}::uuid[])) AND (
      ${HAS_NOBODY} OR a.id = ANY(${[...before.keys()]}::uuid[])
      OR (s.mode = 'all' AND EXISTS (
        SELECT 1 FROM unnest(s.approver_ids) AS x(id) JOIN app_user u ON u.id = x.id
        WHERE NOT x.id = ANY(s.approved_ids) AND NOT (u.active AND ${asksInOwnRight('u')}))))
    ORDER BY a.id FOR UPDATE OF a`;
  for (const orphan of orphans) {
    const { approvalId, type, subjectId, mode, people } = orphan;
    const roles = APPROVER_ROLES.filter((role) => orphan.roles.includes(role));
    const out = [...orphan.out, ...orphan.approved];
    const asked = await findAsked(tx, type, { mode, roles, people }, { ownerId: orphan.ownerId, out });
    const alone = asked.people.length === 0 ? await findSolo(tx, approvalId) : null;
    const isStill = asked.people.length === 0 && before.get(approvalId) === (alone?.id ?? null);
    // Whoever decides it alone knows already, and how long it has waited for them.
    if (isStill && alone) continue;
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
    const rewrites = isStill ? [] : [rewriteOf(about, tagOf(ctx))];
    await leaveTraces(tx, ctx, { notices, homes, rewrites });
  }
}

/** One for all that a change of people does to a card. */
const tagOf = (ctx: SystemCtx): string => `asked.${ctx.now.getTime()}`;

/** What somebody can decide in their own right: its card names them. */
export interface AskedOf extends About {
  readonly userId: string;
}

/** Of these people. */
export function listAskedOf(tx: Tx, userIds: readonly string[]): Promise<AskedOf[]> {
  return tx.$queryRaw<AskedOf[]>`
    SELECT u.id::text AS "userId", a.id::text AS "approvalId", a.subject_type AS type, a.subject_id::text AS "subjectId"
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
      JOIN app_user u ON u.id = ANY(${[...userIds]}::uuid[]) AND u.active
    WHERE a.status = 'open' AND ${asksInOwnRight('u')} ORDER BY a.id`;
}

/** Cards that name one of the people and should not any more, and those that should now. */
export async function redrawNames(
  tx: Tx,
  ctx: SystemCtx,
  userIds: readonly string[],
  before: readonly AskedOf[],
): Promise<void> {
  const after = await listAskedOf(tx, userIds);
  const keyOf = ({ userId, approvalId }: AskedOf) => `${userId} ${approvalId}`;
  const without = (some: readonly AskedOf[], others: readonly AskedOf[]) => {
    const known = new Set(others.map(keyOf));
    return some.filter((one) => !known.has(keyOf(one)));
  };
  const changed = [...without(before, after), ...without(after, before)];
  const once = new Map(changed.map(({ userId: _who, ...about }) => [about.approvalId, about]));
  await leaveTraces(tx, ctx, { rewrites: [...once.values()].map((about) => rewriteOf(about, tagOf(ctx))) });
}
