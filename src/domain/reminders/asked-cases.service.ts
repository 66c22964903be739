// Whom open escalation cases ask, read and written for many cases at once.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { columnsOf } from '../../db/lock-rows.js';
import type { EscalationCase, Prisma } from '../../generated/prisma/client.js';
import type { LadderRow } from './ladders.js';

/** An open case: its row, and whom it asks. */
export interface AskingCase extends LadderRow {
  readonly caseId: string;
  readonly level: number;
  readonly asked: string[];
  readonly ownerId: string;
  readonly financeOwnerId: string | null;
}

/** The open cases that fulfil `where` (of case `e` and its instalment `i`), locked. */
export function listAsking(tx: Tx, where: Prisma.Sql): Promise<AskingCase[]> {
  return tx.$queryRaw<AskingCase[]>`
    SELECT e.id::text AS "caseId", e.level, e.recipient_ids::text[] AS asked, i.id::text, i.customer_id::text AS "customerId",
      i.template_id::text AS "templateId", i.is_retention AS "isRetention", i.owner_id::text AS "ownerId",
      c.finance_owner_id::text AS "financeOwnerId"
    FROM escalation_case e JOIN instalment i ON i.id = e.instalment_id JOIN contract c ON c.id = i.contract_id
    WHERE ${where} AND e.closed_on IS NULL ORDER BY e.id FOR UPDATE OF e`;
}

/** Each case asks these people from now on; the cases as they are then. */
export function saveAsked(
  tx: Tx,
  ctx: SystemCtx,
  records: readonly { id: string; asked: readonly string[] }[],
): Promise<EscalationCase[]> {
  return tx.$queryRaw<EscalationCase[]>`
    UPDATE escalation_case k SET recipient_ids = x.asked, updated_at = ${ctx.now}, version = k.version + 1
    FROM jsonb_to_recordset(${JSON.stringify(records)}::jsonb) AS x(id uuid, asked uuid[])
    WHERE k.id = x.id RETURNING ${columnsOf('escalation_case', 'k')}`;
}
