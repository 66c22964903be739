// Rows, contracts or customers were given to somebody: what is asked about them they must not decide any more (rules §6),
// as a decision would find; so their lists and cards do not offer it, and where that leaves nobody somebody else is asked.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { leaveTraces } from '../traces.service.js';
import { rewriteOf } from './ask.service.js';
import { askAgainForOrphans } from './ask-again.service.js';
import type { SubjectType } from './subjects.js';
import { waitsForRow } from './waiting.queries.js';

type Given = 'instalment' | 'contract' | 'customer';

/** Subjects by whose approval the owner of these records gains: what their `involved` says (hold.service.ts). */
const GAINED_BY: Record<Given, (ids: readonly string[]) => Prisma.Sql> = {
  instalment: (ids) => Prisma.sql`
    SELECT x.receipt_id FROM allocation x WHERE x.instalment_id = ANY(${[...ids]}::uuid[]) AND x.status = 'proposed'
    UNION SELECT d.id FROM adjustment d WHERE d.instalment_id = ANY(${[...ids]}::uuid[]) AND d.status = 'open'
    UNION SELECT p.id FROM postponement p WHERE p.instalment_id = ANY(${[...ids]}::uuid[]) AND p.status = 'open'
    UNION SELECT m.id FROM reallocation m CROSS JOIN LATERAL jsonb_array_elements(m.after) AS t(line)
      WHERE m.status = 'open' AND (t.line->>'instalmentId')::uuid = ANY(${[...ids]}::uuid[])
        AND (t.line->>'amount')::numeric > COALESCE((SELECT SUM(x.amount) FROM allocation x
          WHERE x.receipt_id = m.receipt_id AND x.status = 'effective'
            AND x.instalment_id = (t.line->>'instalmentId')::uuid), 0)`,
  contract: (ids) => Prisma.sql`
    SELECT c.id FROM contract c WHERE c.id = ANY(${[...ids]}::uuid[])
    UNION SELECT h.id FROM contract_change h WHERE h.contract_id = ANY(${[...ids]}::uuid[]) AND h.status = 'open'
    UNION SELECT v.id FROM contract_void v WHERE v.contract_id = ANY(${[...ids]}::uuid[]) AND v.status = 'open'`,
  // A receipt that leaves credit, and what takes money back or pays it out.
  customer: (ids) => Prisma.sql`
    SELECT r.id FROM receipt r WHERE r.customer_id = ANY(${[...ids]}::uuid[]) AND r.status = 'submitted'
      AND (r.kind IN ('reversal', 'refund') OR r.amount > COALESCE((SELECT SUM(x.amount) FROM allocation x
        WHERE x.receipt_id = r.id AND x.status = 'proposed'), 0))`,
};

/** Records that the caller holds are somebody else's from now on. */
export async function excludeNewOwner(
  tx: Tx,
  ctx: Ctx,
  given: Given,
  ids: readonly string[],
  ownerId: string,
): Promise<void> {
  const found = await tx.$queryRaw<
    { approvalId: string; type: SubjectType; subjectId: string; asked: boolean }[]
  >`
    SELECT a.id::text AS "approvalId", a.subject_type AS type, a.subject_id::text AS "subjectId",
      EXISTS (SELECT 1 FROM app_user u WHERE u.id = ${ownerId}::uuid AND ${waitsForRow('u', ctx.today)}) AS asked
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    WHERE a.status = 'open' AND NOT ${ownerId}::uuid = ANY(a.involved_ids) AND a.subject_id IN (${GAINED_BY[given](ids)})
    ORDER BY a.id FOR UPDATE OF a`;
  if (found.length === 0) return;
  await tx.$executeRaw`
    UPDATE approval SET involved_ids = involved_ids || ${ownerId}::uuid
    WHERE id = ANY(${found.map((one) => one.approvalId)}::uuid[])`;
  const asked = found.filter((one) => one.asked);
  if (asked.length === 0) return;
  const rewrites = asked.map((about) => rewriteOf(about, `owner.${ownerId}`));
  await leaveTraces(tx, ctx, { rewrites, homes: [ownerId] });
  await askAgainForOrphans(
    tx,
    ctx,
    asked.map((one) => one.approvalId),
  );
}
