// Has open escalation cases ask whom they should by now, many at once: whatever it was that changed, people or the row's
// owner. Who decides it is asked.ts; who is told of it, and of the card, is the caller's.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { columnsOf } from '../../db/lock-rows.js';
import type { EscalationCase, Prisma } from '../../generated/prisma/client.js';
import { type Asked, askedNow, idsOf } from './asked.js';
import { loadLadders, type PeopleOf } from './ladder.queries.js';
import { type LadderRow, ladderFinder } from './ladders.js';

/** A case as it asks now, and who is new or asked no more. */
export interface AskedAnew {
  readonly found: EscalationCase;
  readonly added: readonly Asked[];
  readonly gone: readonly string[];
}

/** An open case: its row, and whom it asks. */
interface AskingCase extends LadderRow {
  readonly caseId: string;
  readonly level: number;
  readonly asked: string[];
  readonly ownerId: string;
  readonly financeOwnerId: string | null;
}

/**
 * The open cases that fulfil `where` (of case `e` and its instalment `i`), locked and written. `fromId`: whose their rows
 * were until now.
 * @returns those that ask others; of rows that have changed hands all, as their cards name the owner
 */
export async function askAnew(
  tx: Tx,
  ctx: SystemCtx,
  where: Prisma.Sql,
  { peopleOf, fromId = null }: { readonly peopleOf: PeopleOf; readonly fromId?: string | null },
): Promise<AskedAnew[]> {
  const open = await tx.$queryRaw<AskingCase[]>`
    SELECT e.id::text AS "caseId", e.level, e.recipient_ids::text[] AS asked, i.id::text, i.customer_id::text AS "customerId",
      i.template_id::text AS "templateId", i.is_retention AS "isRetention", i.owner_id::text AS "ownerId",
      c.finance_owner_id::text AS "financeOwnerId"
    FROM escalation_case e JOIN instalment i ON i.id = e.instalment_id JOIN contract c ON c.id = i.contract_id
    WHERE ${where} AND e.closed_on IS NULL ORDER BY e.id FOR UPDATE OF e`;
  if (open.length === 0) return [];
  const find = ladderFinder(await loadLadders(tx));
  const changed = open.flatMap((row) => {
    const around = (ownerId: string) => peopleOf(ownerId, row.financeOwnerId);
    const before = fromId === null ? null : around(fromId);
    const now = askedNow(row, find(row).rules, around(row.ownerId), before);
    const isSame = now.length === row.asked.length && now.every(({ id }) => row.asked.includes(id));
    return isSame && fromId === null ? [] : [{ id: row.caseId, before: row.asked, now }];
  });
  if (changed.length === 0) return [];
  const records = changed.map(({ id, now }) => ({ id, asked: idsOf(now) }));
  const saved = await tx.$queryRaw<EscalationCase[]>`
    UPDATE escalation_case k SET recipient_ids = x.asked, updated_at = ${ctx.now}, version = k.version + 1
    FROM jsonb_to_recordset(${JSON.stringify(records)}::jsonb) AS x(id uuid, asked uuid[])
    WHERE k.id = x.id RETURNING ${columnsOf('escalation_case', 'k')}`;
  // Told only because the case asked them.
  await tx.$executeRaw`
    UPDATE reminder r SET status = 'skipped', skip_reason = 'reassigned' FROM escalation_case k
    WHERE k.id = ANY(${saved.map((found) => found.id)}::uuid[]) AND r.instalment_id = k.instalment_id
      AND r.status = 'pending' AND r.recipient_role = 'case' AND r.recipient_id <> ALL(k.recipient_ids)`;
  const byId = new Map(changed.map((one) => [one.id, one]));
  return saved.map((found) => {
    const { before = [], now = [] } = byId.get(found.id) ?? {};
    return {
      found,
      added: now.filter(({ id }) => !before.includes(id)),
      gone: before.filter((id) => !found.recipientIds.includes(id)),
    };
  });
}
