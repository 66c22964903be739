// What is not worth a reminder is less than it was: of rests between the two nothing was ever said.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { type SmallAmounts, toleranceIn, toleratedCurrencies } from './small-amounts.js';
import { toleranceSql } from './tolerance.queries.js';

/**
 * Overdue rows that are worth a reminder from now on count as opened today, as one that grows does (instalment.service.ts,
 * isQuiet): their steps of the past are not told, what comes next is (rules §3, §8).
 */
export async function openRests(
  tx: Tx,
  ctx: Pick<Ctx, 'today'>,
  [before, after]: readonly [SmallAmounts, SmallAmounts],
): Promise<void> {
  const isLess = toleratedCurrencies(before).some(
    (currency) => toleranceIn(after, currency) < toleranceIn(before, currency),
  );
  if (!isLess) return;
  await tx.$executeRaw`
    UPDATE instalment i SET opened_on = ${ctx.today}::date
    WHERE i.lifecycle = 'open' AND i.effective_due < ${ctx.today}::date
      AND i.outstanding > ${toleranceSql(after)} AND i.outstanding <= ${toleranceSql(before)}`;
}
