// The company's only finance user, who decides in solo mode what they recorded or gain from (rules §6). Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import { decidesAlone } from './waiting.queries.js';

/** Whom the present step of an open approval leaves to decide it alone, as a decision would let them; null for nobody. */
export async function findSolo(
  db: Db | Tx,
  approvalId: string,
): Promise<{ readonly id: string; readonly name: string } | null> {
  const [person] = await db.$queryRaw<{ id: string; name: string }[]>`
    SELECT u.id::text, u.name FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
      CROSS JOIN app_user u WHERE a.id = ${approvalId}::uuid AND a.status = 'open' AND u.active AND ${decidesAlone('u')}`;
  return person ?? null;
}
