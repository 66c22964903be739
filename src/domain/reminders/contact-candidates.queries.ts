// Finds and locks the rows whose next contact (下次联系) is due to be reminded of.
import type { Db, Tx } from '../../db/client.js';
import type { Prisma } from '../../generated/prisma/client.js';
import type { LocalDate } from '../local-date.js';

/** The code of a reminder that is not a step of the ladder: the next contact somebody wrote down (下次联系). */
export const CONTACT_CODE = 'F';

/** Ids of rows whose next contact has come and was not reminded of. */
export async function listContactCandidates(
  db: Db | Tx,
  where: { today: LocalDate; tolerance: Prisma.Sql },
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT i.id::text FROM instalment i
    WHERE i.lifecycle = 'open' AND i.outstanding > ${where.tolerance} AND i.next_contact_on <= ${where.today}::date
      AND NOT EXISTS (SELECT 1 FROM reminder r WHERE r.instalment_id = i.id AND r.rule_code = ${CONTACT_CODE}
        AND r.occurrence_on = i.next_contact_on
        -- Dropped when the row went to somebody else, or to another date before anybody was told.
        AND NOT (r.status = 'skipped' AND r.skip_reason IN ('reassigned', 'inactive', 'moved')))
    ORDER BY i.id`;
  return rows.map((row) => row.id);
}

/** A row whose next contact is due, held by this transaction. */
export interface ContactRow {
  readonly id: string;
  readonly ownerId: string;
  readonly dueEpoch: number;
  readonly contactOn: LocalDate;
  /** Who wrote it down. */
  readonly byId: string | null;
}

/** Locks rows whose next contact is due; rows that somebody else holds are left for the next run. */
export function lockContacts(tx: Tx, ids: readonly string[], today: LocalDate): Promise<ContactRow[]> {
  return tx.$queryRaw<ContactRow[]>`
    SELECT i.id::text, i.owner_id::text AS "ownerId", i.due_epoch AS "dueEpoch", i.next_contact_on::text AS "contactOn",
      (SELECT f.created_by::text FROM follow_up f WHERE f.instalment_id = i.id
        AND COALESCE(f.next_on, f.promised_on) = i.next_contact_on ORDER BY f.id DESC LIMIT 1) AS "byId"
    FROM instalment i
    WHERE i.id = ANY(${[...ids]}::uuid[]) AND i.lifecycle = 'open' AND i.next_contact_on <= ${today}::date
    ORDER BY i.id FOR UPDATE SKIP LOCKED`;
}
