// Plans the reminders of a morning from facts (rules §7, §8): which rows are due for a step, whom it tells, what becomes
// of their cases, and one digest a person. Run it every minute, twice at once, or after days of silence: what is planned
// already is not planned again, and only the highest step that is due is sent.
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { toUtcDate } from '../local-date.js';
import { markHomesStale } from '../notices/outbox.service.js';
import { toleranceIn } from '../settings/small-amounts.js';
import { toleranceSql } from '../settings/tolerance.queries.js';
import { askedBy, askedNow } from './asked.js';
import { planBills } from './bill-reminders.service.js';
import { listHoldCandidates, listStepCandidates } from './candidates.queries.js';
import { isSendWindow } from './digest.js';
import { bindDigests } from './digest.service.js';
import { inParts, noFailures } from './in-parts.js';
import { maySendOn, occurrenceOf } from './ladder.js';
import { loadLadders, loadPeople } from './ladder.queries.js';
import { type LadderRow, ladderFinder } from './ladders.js';
import { listLateCandidates } from './late-candidates.queries.js';
import { planMilestones } from './milestone-reminders.service.js';
import { tellFinanceChannel, tellNewCases } from './morning-notices.service.js';
import { passOnCases } from './pass-on-cases.service.js';
import { batches, type Plan, planContacts, planRepeats } from './plan-repeats.service.js';
import {
  caseChangeOf,
  isDated,
  keepsLevel,
  levelAfter,
  type PlannedStep,
  rolesOf,
  stepDecider,
} from './plan-row.js';
import { recipientsFor } from './recipients.js';
import { type Candidate, type LockedRows, lockCandidates } from './rows-alike.queries.js';
import {
  advanceRows,
  closeHolds,
  insertReminders,
  type PlannedCase,
  type PlannedReminder,
  saveCases,
  supersedePending,
} from './save-steps.service.js';
import { endSnoozes } from './snooze.service.js';
import { tellUnheld } from './unheld-roles.service.js';

export interface PlanResult {
  /** New reminders to be sent, one a row and recipient. */
  reminders: number;
  /** Cases opened, raised or told again. */
  cases: number;
  /** People who have a digest to get. */
  digests: number;
}

/** Rows a transaction: on the embedded engine everybody else waits for it, a server has others to serve them. */
export const BATCH_ROWS = { embedded: 500, postgres: 2_500 } as const;
/** Batches at once: a server works on one while the next is put together here. */
export const LANES = { embedded: 1, postgres: 2 } as const;
/** More cases than this in a morning, new or told of anew, are told in one summary; new threads open when something happens (rules §8). */
const CASES_TOLD_ONE_BY_ONE = 10;

/**
 * Plans everything that is due to be said now; outside of the company's sending hours, and on days off for all but steps
 * of level 3, nothing. What is planned goes to each person in their own hours.
 */
export async function planReminders(
  ctx: SystemCtx,
  batchRows: number = BATCH_ROWS.embedded,
  lanes: number = LANES.embedded,
): Promise<PlanResult> {
  const { company, today, db } = ctx;
  const { calendar } = company;
  const result: PlanResult = { reminders: 0, cases: 0, digests: 0 };
  // What was saved today counts tomorrow: a slip can be taken back before anybody hears of it.
  const ladders = await loadLadders(db, today);
  const every = [...ladders.company, ...ladders.own.flatMap((own) => own.rules)];
  const anyDay = every.some((rule) => maySendOn(rule, calendar, today));
  const { timezone, remindAt, remindUntil } = company;
  if (!isSendWindow(ctx.now, timezone, remindAt, remindUntil, calendar, anyDay)) {
    // Somebody's own hours may be open all the same.
    result.digests = await bindDigests(ctx);
    return result;
  }

  const tolerance = toleranceSql(company);
  const decide = stepDecider(ladders, calendar, today, (currency) => toleranceIn(company, currency));
  const find = ladderFinder(ladders);
  const rulesOf = (row: LadderRow) => find(row).rules;
  const steps = await listStepCandidates(db, { ladders, calendar, today, tolerance });
  const holds = await listHoldCandidates(db, { today, tolerance });
  const late = await listLateCandidates(db, { ladders, calendar, today, tolerance });
  const due = [...late, ...steps, ...holds].filter((rows) => decide(rows) !== null);
  const ids = idsOf(due);
  const plan: Plan = {
    ctx,
    ladders,
    rulesOf,
    decide,
    batchRows,
    peopleOf: await loadPeople(db, company),
    summarise: await hasManyNewCases(ctx, rulesOf, decide, due),
    failures: noFailures(),
  };
  const { failures } = plan;
  const queue = [...batches(ids, batchRows)];
  const lane = async () => {
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      for (const saved of await inParts(batch, (some) => planBatch(plan, some), failures)) {
        result.reminders += saved.reminders;
        result.cases += saved.cases;
      }
    }
  };
  // One that fails takes no other along, and all have an end before it is told.
  await Promise.all(Array.from({ length: lanes }, lane));
  const parts = [
    () => planRepeats(plan),
    () => planMilestones(ctx, ladders, plan.peopleOf),
    () => planBills(ctx),
    () => planContacts(plan),
    () => endSnoozes(ctx),
  ];
  for (const part of parts) {
    await part().then(
      (reminders) => {
        result.reminders += reminders;
      },
      (failure: unknown) => failures.all.push(failure),
    );
  }
  await passOnCases(ctx, plan.peopleOf, batchRows).catch((failure: unknown) => failures.all.push(failure));
  await tellFinanceChannel(ctx, every).catch((failure: unknown) => failures.all.push(failure));
  await tellUnheld(ctx, plan.peopleOf).catch((failure: unknown) => failures.all.push(failure));
  // What is planned is sent, whatever another part of the plan has met.
  result.digests = await bindDigests(ctx);
  if (failures.all.length > 0) throw failures.all[0];
  return result;
}

/** Each row once, however it was found. */
const idsOf = (found: readonly Candidate[]): string[] => [...new Set(found.flatMap(({ ids }) => ids))];

/** Counted before anything is written, so that every batch of the run tells its cases in the same way. */
async function hasManyNewCases(
  ctx: SystemCtx,
  rulesOf: Plan['rulesOf'],
  decide: Plan['decide'],
  due: readonly Candidate[],
): Promise<boolean> {
  const changing = due.filter((rows) => {
    const step = decide(rows);
    return step && caseChangeOf(rows, step, rulesOf(rows)) !== null;
  });
  const now = idsOf(changing).length;
  if (now === 0) return false;
  const earlier = await ctx.db.escalationCase.count({ where: { raisedOn: toUtcDate(ctx.today) } });
  return now + earlier > CASES_TOLD_ONE_BY_ONE;
}

async function planBatch(plan: Plan, ids: readonly string[]): Promise<{ reminders: number; cases: number }> {
  const { ctx } = plan;
  return transact(ctx.db, async (tx) => {
    const locked = await lockCandidates(tx, ids, toleranceSql(ctx.company));
    const steps = locked.flatMap((rows) => {
      const step = plan.decide(rows);
      // At most one step of a row a day: what an old dispute took this morning is followed by the next day's.
      const isNext = step?.cause === 'day' && rows.weeklyOn === ctx.today;
      return step && !isNext ? [{ rows, step }] : [];
    });
    if (steps.length === 0) return { reminders: 0, cases: 0 };
    const planned = steps.flatMap(({ rows, step }) => remindersOf(plan, rows, step));
    await supersedePending(
      tx,
      steps.map(({ rows }) => rows),
      planned,
    );
    const reminders = await insertReminders(tx, ctx, planned);
    await advanceRows(
      tx,
      // A promise that was not kept may take a step again that was taken before.
      steps.map(({ rows, step }) => ({ ids: rows.ids, rank: Math.max(rows.doneRank, step.rule.rank) })),
      ctx.today,
    );
    await closeHolds(tx, steps);
    const cases = await saveCases(
      tx,
      ctx,
      steps.flatMap(({ rows, step }) => casesOf(plan, rows, step)),
    );
    await tellNewCases(tx, ctx, cases, plan.summarise);
    await markHomesStale(tx, [...new Set(planned.map((item) => item.recipientId))]);
    return { reminders, cases: cases.length };
  });
}

/** Everybody whom the step tells, and the lower steps it passes as the owner's log. */
function remindersOf(plan: Plan, rows: LockedRows, step: PlannedStep): PlannedReminder[] {
  const people = plan.peopleOf(rows.ownerId, rows.financeOwnerId);
  const told = new Map(
    recipientsFor(rolesOf(step), people).recipients.map((recipient) => [
      recipient.id,
      recipient.role as string,
    ]),
  );
  const rules = plan.rulesOf(rows);
  if (keepsLevel(rows, step, caseChangeOf(rows, step, rules))) {
    for (const { id } of askedNow(caseFacts(rows), rules, people)) if (!told.has(id)) told.set(id, 'case');
  }
  const base = { rows, ruleCode: step.rule.code, occurrenceOn: step.occurrenceOn, superseded: false };
  const sent = [...told].map(([recipientId, recipientRole]) => ({ ...base, recipientId, recipientRole }));
  const passed = step.superseded.flatMap((rule) => {
    if (!isDated(rows)) return [];
    const occurrenceOn = occurrenceOf(rule, rows.effectiveDue, rows.remindDaysAhead);
    if (occurrenceOn === null) return [];
    const log = { recipientId: rows.ownerId, recipientRole: 'owner', superseded: true };
    return { rows, ruleCode: rule.code, occurrenceOn, ...log };
  });
  return [...passed, ...sent];
}

const caseFacts = (rows: LockedRows & { caseLevel: number }) => ({
  asked: rows.caseRecipientIds,
  level: rows.caseLevel,
});

/** What becomes of the case of each of these rows. */
function casesOf(plan: Plan, rows: LockedRows, step: PlannedStep): PlannedCase[] {
  const rules = plan.rulesOf(rows);
  const change = caseChangeOf(rows, step, rules);
  if (change === null) return [];
  const people = plan.peopleOf(rows.ownerId, rows.financeOwnerId);
  const kept = keepsLevel(rows, step, change);
  // Those whom the level names anyway, if it was reached before.
  const levelBefore = change === 'disputed' ? null : rows.caseLevel;
  const asked = change === 'again' && kept ? [] : askedBy(step.rule, levelBefore, rules, people);
  const all = [...(kept ? askedNow(caseFacts(rows), rules, people) : []), ...asked];
  const one = {
    change,
    id: rows.caseId,
    stepCode: step.rule.code,
    level: levelAfter(rows, step, change),
    recipientIds: [...new Set(all.map(({ id }) => id))],
  };
  return rows.ids.map((instalmentId) => ({ ...one, instalmentId }));
}
