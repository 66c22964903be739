// Whom open escalation cases ask, read and written for many cases at once; and who is asked in place of those who have
// left, or lost the row.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { columnsOf } from '../../db/lock-rows.js';
import type { EscalationCase, Prisma } from '../../generated/prisma/client.js';
import { loadLadders, loadPeople, type PeopleOf } from './ladder.queries.js';
import { type LadderRow, ladderFinder } from './ladders.js';
import { stillAsked } from './plan-row.js';

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

/** A case that asks others than before. */
export interface AskedInstead {
  readonly found: EscalationCase;
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

/** Open cases that fulfil `where` (as listAsking) ask, in place of who has left or lost the row, who follows them: those that changed. */
export async function askInstead(
  tx: Tx,
  ctx: SystemCtx,
  where: Prisma.Sql,
  around?: PeopleOf,
): Promise<AskedInstead[]> {
  const open = await listAsking(tx, where);
  if (open.length === 0) return [];
  const find = ladderFinder(await loadLadders(tx));
  const peopleOf = around ?? (await loadPeople(tx, ctx.company));
  const changed = open.flatMap((row) => {
    const asked = stillAsked(row, find(row).rules, peopleOf(row.ownerId, row.financeOwnerId));
    return asked.length === row.asked.length && asked.every((id) => row.asked.includes(id))
      ? []
      : [{ id: row.caseId, before: row.asked, asked }];
  });
  if (changed.length === 0) return [];
  const saved = new Map((await saveAsked(tx, ctx, changed)).map((found) => [found.id, found]));
  return changed.flatMap(({ id, before, asked }) => {
    const found = saved.get(id);
    const added = asked.filter((one) => !before.includes(one));
    return found ? [{ found, added, gone: before.filter((one) => !asked.includes(one)) }] : [];
  });
}
