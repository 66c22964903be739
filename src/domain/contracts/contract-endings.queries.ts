// Contracts that a digest tells are ending (F29), as they are now. Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { LocalDate } from '../local-date.js';

/** Amounts in minor units of `currency`. */
export interface EndingContract {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly customerName: string;
  readonly ownerId: string;
  readonly endsOn: LocalDate;
  readonly outstanding: bigint;
  readonly currency: string;
}

/** What stands in a reminder's place for a milestone: the contract's end. */
export const ENDING_KIND = 'end';
/** The day of the end as a number: a reminder belongs to one end of contract `c`. */
export const ENDING_EPOCH = Prisma.sql`(c.ends_on - '2000-01-01'::date)`;

/**
 * The contracts of these reminders that are still in force and still end on that day, the first to end first. What is paid
 * in full binds until its end, and is renewed or not.
 */
export function loadEndings(
  ctx: { readonly db: Db | Tx; readonly today: LocalDate },
  refs: readonly { contractId: string | null; milestoneKind: string | null; dueEpoch: number }[],
): Promise<EndingContract[]> {
  const asked = refs.flatMap(({ contractId, milestoneKind, dueEpoch }) =>
    contractId !== null && milestoneKind === ENDING_KIND ? [{ id: contractId, epoch: dueEpoch }] : [],
  );
  if (asked.length === 0) return Promise.resolve([]);
  return ctx.db.$queryRaw<EndingContract[]>`
    SELECT c.id::text, c.number, c.name, k.name AS "customerName", c.owner_id::text AS "ownerId", c.ends_on::text AS "endsOn", c.currency,
      COALESCE((SELECT SUM(i.outstanding) FROM instalment i
        WHERE i.contract_id = c.id AND i.lifecycle = 'open'), 0)::bigint AS outstanding
    FROM (SELECT DISTINCT id, epoch FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS a(id uuid, epoch int)) x
    JOIN contract c ON c.id = x.id AND ${ENDING_EPOCH} = x.epoch JOIN customer k ON k.id = c.customer_id
    WHERE c.status IN ('active', 'completed') AND c.deleted_at IS NULL AND c.ends_on >= ${ctx.today}::date
    ORDER BY c.ends_on, c.id`;
}
