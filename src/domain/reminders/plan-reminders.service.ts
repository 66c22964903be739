// Plans the reminders of a morning from facts (rules §7, §8): which rows are due for a step, whom it tells, what becomes
// of their cases, and one digest a person. Run it every minute, twice at once, or after days of silence: what is planned
// already is not planned again, and only the highest step that is due is sent.
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { isWorkday } from '../calendar.js';
import { toUtcDate } from '../local-date.js';
import { markHomesStale } from '../notices/outbox.service.js';
import {
  type Candidate,
  CONTACT_CODE,
  type LockedRow,
  listContactCandidates,
  listHoldCandidates,
  listStepCandidates,
  listWeeklyCandidates,
  lockCandidates,
  lockContacts,
} from './candidates.queries.js';
import { isSendWindow } from './digest.js';
import { bindDigests } from './digest.service.js';
import { isWeekly, type LadderKind, type LadderRule, maySendOn, occurrenceOf } from './ladder.js';
import { loadLadders, loadPeople, type PeopleOf } from './ladder.queries.js';
import { type LadderRow, type Ladders, ladderFinder, type ScopeRef } from './ladders.js';
import { planMilestones } from './milestone-reminders.service.js';
import { tellFinanceChannel, tellNewCases } from './morning-notices.service.js';
import { askedBy, caseChangeOf, type PlannedStep, rolesOf, stepDecider } from './plan-row.js';
import { recipientsFor } from './recipients.js';
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
import { dueWeekly } from './steps.js';

export interface PlanResult {
  /** New reminders to be sent, one a row and recipient. */
  reminders: number;
  /** Cases opened, raised or told again. */
  cases: number;
  /** People who have a digest to get. */
  digests: number;
}

const ROW_LADDERS: readonly LadderKind[] = ['normal', 'retention'];
/** Rows a transaction: on the embedded engine everybody else waits for it. */
const BATCH_ROWS = 500;
/** More new cases than this in a morning are told in one summary; their threads open when something happens (rules §8). */
const CASES_TOLD_ONE_BY_ONE = 10;

/** One day's plan: what all its batches share. */
interface Plan {
  readonly ctx: SystemCtx;
  /** The rules that count for a row. */
  readonly rulesOf: (row: LadderRow) => readonly LadderRule[];
  readonly ladders: Ladders;
  readonly peopleOf: PeopleOf;
  readonly decide: (row: Candidate) => PlannedStep | null;
  readonly summarise: boolean;
}

/**
 * Plans everything that is due to be said now; outside of the company's sending hours, and on days off for all but steps
 * of level 3, nothing. What is planned goes to each person in their own hours.
 */
export async function planReminders(ctx: SystemCtx): Promise<PlanResult> {
  const { company, today, db } = ctx;
  const { calendar } = company;
  const result: PlanResult = { reminders: 0, cases: 0, digests: 0 };
  const ladders = await loadLadders(db);
  const ladder = ladders.company;
  const every = [...ladder, ...ladders.own.flatMap((own) => own.rules)];
  const anyDay = every.some((rule) => maySendOn(rule, calendar, today));
  const { timezone, remindAt, remindUntil } = company;
  if (!isSendWindow(ctx.now, timezone, remindAt, remindUntil, calendar, anyDay)) {
    // Somebody's own hours may be open all the same.
    result.digests = await bindDigests(ctx);
    return result;
  }

  const tolerance = company.settings.toleranceMinor;
  const decide = stepDecider(ladders, calendar, today, tolerance);
  const find = ladderFinder(ladders);
  const rulesOf = (row: LadderRow) => find(row).rules;
  const steps = await listStepCandidates(db, { ladders, calendar, today, tolerance });
  const holds = await listHoldCandidates(db, { today, tolerance });
  const found = new Map([...steps, ...holds].map((row) => [row.id, row]));
  const due = [...found.values()].filter((row) => decide(row) !== null);
  const plan: Plan = {
    ctx,
    ladders,
    rulesOf,
    decide,
    peopleOf: await loadPeople(db, company),
    summarise: await hasManyNewCases(ctx, rulesOf, decide, due),
  };
  for (const ids of batches(due.map((row) => row.id))) {
    const saved = await planBatch(plan, ids);
    result.reminders += saved.reminders;
    result.cases += saved.cases;
  }
  for (const rule of repeatedRules(ladder)) result.reminders += await planWeekly(plan, rule);
  for (const own of ladders.own)
    for (const rule of repeatedRules(own.rules)) result.reminders += await planWeekly(plan, rule, own);
  result.reminders += await planMilestones(ctx, ladder, plan.peopleOf);
  result.reminders += await planContacts(plan);
  result.reminders += await endSnoozes(ctx);
  await tellFinanceChannel(ctx, every);
  result.digests = await bindDigests(ctx);
  return result;
}

const repeatedRules = (rules: readonly LadderRule[]): LadderRule[] =>
  rules.filter((rule) => isWeekly(rule) && ROW_LADDERS.includes(rule.appliesTo));

function* batches(ids: readonly string[]): Generator<string[]> {
  for (let start = 0; start < ids.length; start += BATCH_ROWS) yield ids.slice(start, start + BATCH_ROWS);
}

/** Counted before anything is written, so that every batch of the run tells its cases in the same way. */
async function hasManyNewCases(
  ctx: SystemCtx,
  rulesOf: Plan['rulesOf'],
  decide: Plan['decide'],
  due: readonly Candidate[],
): Promise<boolean> {
  const changes = due.map((row) => {
    const step = decide(row);
    return step && caseChangeOf(row, step, rulesOf(row));
  });
  const now = changes.filter((change) => change !== null && change !== 'again' && change !== 'still').length;
  if (now === 0) return false;
  const earlier = await ctx.db.escalationCase.count({ where: { openedOn: toUtcDate(ctx.today) } });
  return now + earlier > CASES_TOLD_ONE_BY_ONE;
}

async function planBatch(plan: Plan, ids: readonly string[]): Promise<{ reminders: number; cases: number }> {
  const { ctx } = plan;
  return transact(ctx.db, async (tx) => {
    const rows = await lockCandidates(tx, ids, ctx.company.settings.toleranceMinor);
    const steps = rows.flatMap((row) => {
      const step = plan.decide(row);
      return step ? [{ row, step }] : [];
    });
    if (steps.length === 0) return { reminders: 0, cases: 0 };
    await supersedePending(
      tx,
      steps.map(({ row }) => row),
    );
    const planned = steps.flatMap(({ row, step }) => remindersOf(plan, row, step));
    const reminders = await insertReminders(tx, ctx, planned);
    await advanceRows(
      tx,
      // A promise that was not kept may take a step again that was taken before.
      steps.map(({ row, step }) => ({ id: row.id, rank: Math.max(row.doneRank, step.rule.rank) })),
      ctx.today,
    );
    await closeHolds(tx, steps);
    const cases = await saveCases(
      tx,
      ctx,
      steps.flatMap(({ row, step }) => caseOf(plan, row, step) ?? []),
    );
    await tellNewCases(tx, ctx, cases, plan.summarise);
    await markHomesStale(tx, [...new Set(planned.map((item) => item.recipientId))]);
    return { reminders, cases: cases.length };
  });
}

/** Everybody whom the step tells, and the lower steps it passes as the owner's log. */
function remindersOf(plan: Plan, row: LockedRow, step: PlannedStep): PlannedReminder[] {
  const people = plan.peopleOf(row.ownerId, row.financeOwnerId);
  const told = new Map(
    recipientsFor(rolesOf(step), people).recipients.map((recipient) => [
      recipient.id,
      recipient.role as string,
    ]),
  );
  if (keepsLevel(row, step, caseChangeOf(row, step, plan.rulesOf(row)))) {
    for (const id of row.caseRecipientIds) if (!told.has(id)) told.set(id, 'case');
  }
  const base = { row, ruleCode: step.rule.code, occurrenceOn: step.occurrenceOn, superseded: false };
  const sent = [...told].map(([recipientId, recipientRole]) => ({ ...base, recipientId, recipientRole }));
  const passed = step.superseded.flatMap((rule) => {
    const occurrenceOn = occurrenceOf(rule, row.effectiveDue, row.remindDaysAhead);
    if (occurrenceOn === null) return [];
    const log = { recipientId: row.ownerId, recipientRole: 'owner', superseded: true };
    return { row, ruleCode: rule.code, occurrenceOn, ...log };
  });
  return [...passed, ...sent];
}

/** Whether the people of the case as it stands are told, at its level. */
const keepsLevel = (
  row: LockedRow,
  step: PlannedStep,
  change: ReturnType<typeof caseChangeOf>,
): row is LockedRow & { caseLevel: number } =>
  row.caseLevel !== null &&
  (change === 'again' ||
    ((change === 'broken' || change === 'disputed') && (step.rule.level ?? 0) < row.caseLevel));

function caseOf(plan: Plan, row: LockedRow, step: PlannedStep): PlannedCase | null {
  const rules = plan.rulesOf(row);
  const change = caseChangeOf(row, step, rules);
  if (change === null) return null;
  const people = plan.peopleOf(row.ownerId, row.financeOwnerId);
  const kept = keepsLevel(row, step, change);
  // Those whom the level names anyway, if it was reached before.
  const levelBefore = change === 'disputed' ? null : row.caseLevel;
  const asked = change === 'again' && kept ? [] : askedBy(step.rule, levelBefore, rules, people);
  return {
    change,
    row,
    stepCode: step.rule.code,
    level: kept ? row.caseLevel : (step.rule.level ?? 0),
    recipientIds: [...new Set([...(kept ? row.caseRecipientIds : []), ...asked])],
  };
}

/** The owner is reminded of the next contact that somebody wrote down, on workdays. */
async function planContacts(plan: Plan): Promise<number> {
  const { ctx } = plan;
  const { calendar, settings } = ctx.company;
  if (!isWorkday(calendar, ctx.today)) return 0;
  const due = await listContactCandidates(ctx.db, { today: ctx.today, tolerance: settings.toleranceMinor });
  let reminders = 0;
  for (const ids of batches(due)) {
    reminders += await transact(ctx.db, async (tx) => {
      const rows = await lockContacts(tx, ids, ctx.today);
      const planned = rows.flatMap((row) =>
        recipientsFor(['owner'], plan.peopleOf(row.ownerId, null)).recipients.map(
          (recipient): PlannedReminder => ({
            row,
            ruleCode: CONTACT_CODE,
            occurrenceOn: row.contactOn,
            recipientRole: recipient.role,
            recipientId: recipient.id,
            superseded: false,
          }),
        ),
      );
      return insertReminders(tx, ctx, planned);
    });
  }
  return reminders;
}

async function planWeekly(plan: Plan, rule: LadderRule, of?: ScopeRef): Promise<number> {
  const { ctx, ladders } = plan;
  const { calendar, settings } = ctx.company;
  const tolerance = settings.toleranceMinor;
  const { ranks } = ladders;
  const where = { rule, ranks, calendar, today: ctx.today, tolerance, ...(of && { of }) };
  const due = await listWeeklyCandidates(ctx.db, where);
  let reminders = 0;
  for (const ids of batches(due)) reminders += await planWeeklyBatch(plan, rule, ids);
  return reminders;
}

async function planWeeklyBatch(plan: Plan, rule: LadderRule, ids: readonly string[]): Promise<number> {
  const { ctx } = plan;
  return transact(ctx.db, async (tx) => {
    const locked = await lockCandidates(tx, ids, ctx.company.settings.toleranceMinor);
    const { calendar } = ctx.company;
    const rows = locked.flatMap((row) => {
      const facts = { effectiveDue: row.effectiveDue, lastSaidOn: row.weeklyOn };
      // Another ladder may count for it.
      const isOwn = plan.rulesOf(row).some((one) => one.code === rule.code);
      const occurrenceOn = isOwn ? dueWeekly(facts, rule, calendar, ctx.today) : null;
      return occurrenceOn === null ? [] : [{ ...row, occurrenceOn }];
    });
    const planned = rows.flatMap((row) =>
      recipientsFor(rule.roles, plan.peopleOf(row.ownerId, row.financeOwnerId)).recipients.map(
        (recipient): PlannedReminder => ({
          row,
          ruleCode: rule.code,
          occurrenceOn: row.occurrenceOn,
          recipientRole: recipient.role,
          recipientId: recipient.id,
          superseded: false,
        }),
      ),
    );
    await advanceRows(
      tx,
      rows.map((row) => ({ id: row.id, rank: row.doneRank })),
      ctx.today,
    );
    return insertReminders(tx, ctx, planned);
  });
}
