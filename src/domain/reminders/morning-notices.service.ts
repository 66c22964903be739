// What a morning's plan says in channels: new and raised cases, and what falls due today without a finance owner.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { notice } from '../notices/notice.js';
import { enqueue, personalKey, rewriteMessage } from '../notices/outbox.service.js';
import { joinTraces, leaveTraces, type Traces } from '../traces.service.js';
import { caseKey, tellCases } from './case.service.js';
import type { LadderRule } from './ladder.js';
import { withoutFinanceOwner } from './ladder.queries.js';
import type { SavedCase } from './save-steps.service.js';

/**
 * A line in each thread; on a morning of many one summary calls everybody, and threads that are there are told without
 * calling anybody: of each case those who have its thread, in the channel or, where none is set, in their own messages.
 */
export async function tellNewCases(
  tx: Tx,
  ctx: SystemCtx,
  cases: readonly SavedCase[],
  summarise: boolean,
): Promise<void> {
  if (cases.length === 0) return;
  const told = summarise ? await withThreads(tx, ctx, cases) : cases;
  const lines = tellCases(
    told.map((found) => ({ found, event: found.change })),
    { quiet: summarise },
  );
  await leaveTraces(tx, ctx, summarise ? joinTraces(lines, summaryOf(ctx, cases)) : lines);
}

/** The cases that have a thread, each for those who have it. */
async function withThreads(tx: Tx, ctx: SystemCtx, cases: readonly SavedCase[]): Promise<SavedCase[]> {
  const inChannel = ctx.company.escalationChannelId !== null;
  // A case that was opened by this plan has none.
  const known = cases.filter((found) => found.change !== 'opened');
  const keysOf = (found: SavedCase) =>
    inChannel ? [caseKey(found.id)] : found.recipientIds.map((id) => personalKey(caseKey(found.id), id));
  const roots = await tx.outbox.findMany({
    where: { dedupeKey: { in: known.flatMap(keysOf) }, op: 'post' },
    select: { dedupeKey: true },
  });
  const has = new Set(roots.map((root) => root.dedupeKey));
  return known.flatMap((found) => {
    if (inChannel) return has.has(caseKey(found.id)) ? [found] : [];
    const recipientIds = found.recipientIds.filter((id) => has.has(personalKey(caseKey(found.id), id)));
    return recipientIds.length > 0 ? [{ ...found, recipientIds }] : [];
  });
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
