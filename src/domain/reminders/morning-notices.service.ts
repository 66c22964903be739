// What a morning's plan says in channels: new and raised cases, and what falls due today without a finance owner.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { notice } from '../notices/notice.js';
import { enqueue, rewriteMessage } from '../notices/outbox.service.js';
import { joinTraces, leaveTraces, type Traces } from '../traces.service.js';
import { caseKey, tellCases } from './case.service.js';
import type { LadderRule } from './ladder.js';
import { withoutFinanceOwner } from './ladder.queries.js';
import type { SavedCase } from './save-steps.service.js';

/** A line in each thread; on a morning of many, those without a thread are told in one summary. */
export async function tellNewCases(
  tx: Tx,
  ctx: SystemCtx,
  cases: readonly SavedCase[],
  summarise: boolean,
): Promise<void> {
  if (cases.length === 0) return;
  const hasThread = new Set<string>();
  if (summarise) {
    const roots = await tx.$queryRaw<{ key: string }[]>`
      SELECT k.key FROM unnest(${cases.map((found) => caseKey(found.id))}::text[]) AS k(key)
      CROSS JOIN (SELECT '' AS suffix UNION ALL SELECT '@' || id FROM app_user) s
      CROSS JOIN LATERAL (SELECT 1 FROM outbox WHERE dedupe_key = k.key || s.suffix OFFSET 0) o`;
    for (const root of roots) hasThread.add(root.key);
  }
  const told = cases.filter((found) => !summarise || hasThread.has(caseKey(found.id)));
  const lines = tellCases(told.map((found) => ({ found, event: found.change })));
  await leaveTraces(tx, ctx, told.length === cases.length ? lines : joinTraces(lines, summaryOf(ctx, cases)));
}

function summaryOf(ctx: SystemCtx, cases: readonly SavedCase[]): Traces {
  const key = `case.summary:${ctx.today}`;
  const otherwise = [...new Set(cases.flatMap((found) => found.recipientIds))];
  const payload = { date: ctx.today };
  return {
    rewrites: [{ key, kind: 'case.summary', payload, tag: cases[0]?.id ?? '' }],
    notices: [notice({ kind: 'case.summary', key, to: { channel: 'escalation', otherwise }, payload })],
  };
}

/**
 * Rows due today without a finance owner are listed once in the finance channel (rules §8); what falls due in the course of
 * the day is added to that message.
 */
export async function tellFinanceChannel(ctx: SystemCtx, ladder: readonly LadderRule[]): Promise<void> {
  if (ctx.company.financeChannelId === null) return;
  // Of a step for the finance owner alone the finance people are told themselves (recipients.ts).
  const codes = ladder
    .filter(({ roles }) => roles.includes('finance_owner') && roles.some((role) => role !== 'finance_owner'))
    .map((rule) => rule.code);
  const due = await ctx.db.$queryRaw<{ ownerId: string; financeOwnerId: string | null; isNew: boolean }[]>`
    SELECT DISTINCT i.owner_id::text AS "ownerId", c.finance_owner_id::text AS "financeOwnerId",
      r.created_at = ${ctx.now} AS "isNew"
    FROM reminder r JOIN instalment i ON i.id = r.instalment_id JOIN contract c ON c.id = i.contract_id
    WHERE r.status = 'pending' AND r.outbox_id IS NULL AND r.planned_on = ${ctx.today}::date
      AND r.rule_code = ANY(${codes}::text[])`;
  const listed = await withoutFinanceOwner(ctx, due);
  if (listed.length === 0) return;
  const message = {
    key: `finance.due:${ctx.today}`,
    kind: 'finance.due',
    payload: { date: ctx.today },
  } as const;
  await transact(ctx.db, async (tx) => {
    if (listed.some((one) => one.isNew)) await rewriteMessage(tx, ctx, message, ctx.now.getTime());
    await enqueue(tx, ctx, notice({ ...message, to: { channel: 'finance', otherwise: [] } }));
  });
}
