// What the steps that a digest carries say of its rows: how strongly, and which are named before they are late. Changes nothing.
import type { SystemCtx } from '../../ctx.js';
import { TONES, type Tone } from './ladder.js';
import { toRule } from './ladder.queries.js';
import type { MilestoneRef } from './milestone-rows.queries.js';
import { milestoneKey } from './milestone-steps.js';

/** The strongest of what was said of each row. */
export async function findTones(
  { db }: SystemCtx,
  said: readonly (MilestoneRef & { instalmentId: string | null; ruleCode: string })[],
): Promise<Map<string, Tone>> {
  const rules = await db.reminderRule.findMany({
    where: { code: { in: [...new Set(said.map((one) => one.ruleCode))] } },
  });
  const toneOf = new Map(rules.map((rule) => [rule.code, toRule(rule).tone]));
  const tones = new Map<string, Tone>();
  for (const tone of TONES)
    for (const { instalmentId, contractId, milestoneKind, ruleCode } of said)
      if (toneOf.get(ruleCode) === tone)
        tones.set(instalmentId ?? milestoneKey(contractId ?? '', milestoneKind ?? ''), tone);
  return tones;
}

/** Rows of which a step up to the due day tells the reader, in whichever role. */
export async function listToldEarly(
  { db }: SystemCtx,
  told: readonly { instalmentId: string | null; ruleCode: string }[],
): Promise<Set<string>> {
  const early = await db.reminderRule.findMany({
    where: {
      code: { in: [...new Set(told.map((one) => one.ruleCode))] },
      offsetDays: { lte: 0 },
      repeatEveryDays: null,
    },
    select: { code: true },
  });
  const codes = new Set(early.map((rule) => rule.code));
  return new Set(told.flatMap((one) => (codes.has(one.ruleCode) ? (one.instalmentId ?? []) : [])));
}
