// What of a morning's plan is no step: lines that are repeated until received, and the next contact that somebody wrote
// down (rules §8). And what all parts of a plan share.
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { isWorkday } from '../calendar.js';
import { toleranceSql } from '../settings/tolerance.queries.js';
import { thoseWhoSee } from './asked.js';
import { listWeeklyCandidates } from './candidates.queries.js';
import { CONTACT_CODE, listContactCandidates, lockContacts } from './contact-candidates.queries.js';
import { type Failures, inParts } from './in-parts.js';
import { isWeekly, type LadderKind, type LadderRule } from './ladder.js';
import type { PeopleOf } from './ladder.queries.js';
import type { LadderRow, Ladders, ScopeRef } from './ladders.js';
import { isDated, type PlannedStep } from './plan-row.js';
import { recipientsFor } from './recipients.js';
import { type Candidate, lockCandidates } from './rows-alike.queries.js';
import { advanceRows, insertReminders, type PlannedReminder } from './save-steps.service.js';
import { dueWeekly } from './steps.js';

const ROW_LADDERS: readonly LadderKind[] = ['normal', 'retention'];

/** One day's plan: what all its batches share. */
export interface Plan {
  readonly ctx: SystemCtx;
  /** The rules that count for a row. */
  readonly rulesOf: (row: LadderRow) => readonly LadderRule[];
  readonly ladders: Ladders;
  readonly peopleOf: PeopleOf;
  readonly decide: (rows: Candidate) => PlannedStep | null;
  readonly summarise: boolean;
  readonly batchRows: number;
  /** What could not be planned, for the end: everything else is. */
  readonly failures: Failures;
}

export function* batches(ids: readonly string[], size: number): Generator<string[]> {
  for (let start = 0; start < ids.length; start += size) yield ids.slice(start, start + size);
}

/** Every repeated line of every ladder that falls today. */
export async function planRepeats(plan: Plan): Promise<number> {
  const { company, own } = plan.ladders;
  const lines = [
    ...repeatedRules(company).map((rule) => ({ rule })),
    ...own.flatMap((ladder) => repeatedRules(ladder.rules).map((rule) => ({ rule, of: ladder }))),
  ];
  let reminders = 0;
  for (const { rule, of } of lines.map((line) => ({ of: undefined, ...line }))) {
    reminders += await planWeekly(plan, rule, of).catch((failure: unknown) => {
      plan.failures.all.push(failure);
      return 0;
    });
  }
  return reminders;
}

const repeatedRules = (rules: readonly LadderRule[]): LadderRule[] =>
  rules.filter((rule) => isWeekly(rule) && ROW_LADDERS.includes(rule.appliesTo));

/** In this role somebody is told of the contact that they wrote down of another's row. */
export const CONTACT_ROLE = 'contact';

/** The owner is reminded of the next contact that somebody wrote down, on workdays; and so is whoever wrote it. */
export async function planContacts(plan: Plan): Promise<number> {
  const { ctx } = plan;
  const { calendar } = ctx.company;
  if (!isWorkday(calendar, ctx.today)) return 0;
  const tolerance = toleranceSql(ctx.company);
  const due = await listContactCandidates(ctx.db, { today: ctx.today, tolerance });
  let reminders = 0;
  for (const ids of batches(due, plan.batchRows)) {
    const added = await inParts(ids, (some) => planContactBatch(plan, some), plan.failures);
    reminders += added.reduce((sum, one) => sum + one, 0);
  }
  return reminders;
}

async function planContactBatch(plan: Plan, ids: readonly string[]): Promise<number> {
  const { ctx } = plan;
  return transact(ctx.db, async (tx) => {
    const rows = await lockContacts(tx, ids, ctx.today);
    const planned = rows.flatMap((row) => {
      const people = plan.peopleOf(row.ownerId, null);
      const told = new Map<string, string>(
        recipientsFor(['owner'], people).recipients.map(({ id, role }) => [id, role]),
      );
      const [writer] = row.byId === null ? [] : thoseWhoSee([row.byId], people);
      if (writer !== undefined && !told.has(writer)) told.set(writer, CONTACT_ROLE);
      return [...told].map(
        ([recipientId, recipientRole]): PlannedReminder => ({
          rows: { ids: [row.id], dueEpoch: row.dueEpoch },
          ruleCode: CONTACT_CODE,
          occurrenceOn: row.contactOn,
          recipientRole,
          recipientId,
          superseded: false,
        }),
      );
    });
    return insertReminders(tx, ctx, planned);
  });
}

async function planWeekly(plan: Plan, rule: LadderRule, of?: ScopeRef): Promise<number> {
  const { ctx, ladders } = plan;
  const { calendar } = ctx.company;
  const tolerance = toleranceSql(ctx.company);
  const { ranks } = ladders;
  const where = { rule, ranks, calendar, today: ctx.today, tolerance, ...(of && { of }) };
  const due = await listWeeklyCandidates(ctx.db, where);
  let reminders = 0;
  for (const ids of batches(due, plan.batchRows)) {
    const added = await inParts(ids, (some) => planWeeklyBatch(plan, rule, some), plan.failures);
    reminders += added.reduce((sum, one) => sum + one, 0);
  }
  return reminders;
}

async function planWeeklyBatch(plan: Plan, rule: LadderRule, ids: readonly string[]): Promise<number> {
  const { ctx } = plan;
  return transact(ctx.db, async (tx) => {
    const locked = await lockCandidates(tx, ids, toleranceSql(ctx.company));
    const { calendar } = ctx.company;
    const due = locked.flatMap((rows) => {
      // A step says more: somebody held the row when it was to be taken, and the next run takes it.
      if (!isDated(rows) || plan.decide(rows) !== null) return [];
      const facts = { effectiveDue: rows.effectiveDue, lastSaidOn: rows.weeklyOn };
      // Another ladder may count for it.
      const isOwn = plan.rulesOf(rows).some((one) => one.code === rule.code);
      const occurrenceOn = isOwn ? dueWeekly(facts, rule, calendar, ctx.today) : null;
      return occurrenceOn === null ? [] : [{ rows, occurrenceOn }];
    });
    const planned = due.flatMap(({ rows, occurrenceOn }) =>
      recipientsFor(rule.roles, plan.peopleOf(rows.ownerId, rows.financeOwnerId)).recipients.map(
        (recipient): PlannedReminder => ({
          rows,
          ruleCode: rule.code,
          occurrenceOn,
          recipientRole: recipient.role,
          recipientId: recipient.id,
          superseded: false,
        }),
      ),
    );
    await advanceRows(
      tx,
      due.map(({ rows }) => ({ ids: rows.ids, rank: rows.doneRank })),
      ctx.today,
    );
    return insertReminders(tx, ctx, planned);
  });
}
