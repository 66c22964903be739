// The reminders ahead of one row or milestone, with whose ladder counts and whom each reaches.
import type { Ctx, SystemCtx } from '../../ctx.js';
import type { EscalationCase, Instalment } from '../../generated/prisma/client.js';
import { nextWorkday } from '../calendar.js';
import { DomainError } from '../errors.js';
import { addDays, compareDates, fromUtcDate, type LocalDate, minDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import { findRow, type InstalmentRowData } from '../plans/instalment.queries.js';
import { toleranceIn } from '../settings/small-amounts.js';
import { type Asked, askedBy, askedNow, idsOf } from './asked.js';
import { type ComingReminder, type ComingRow, comingReminders } from './coming.js';
import { digestKey } from './digest.service.js';
import { heldUntil } from './hold.js';
import { type LadderRule, maySendOn } from './ladder.js';
import { loadLadders, loadPeople } from './ladder.queries.js';
import { type LadderScope, ladderFinder, ladderFinderByKind } from './ladders.js';
import { comingOccurrences } from './milestone-steps.js';
import { rolesOf } from './plan-row.js';
import { type People, recipientsFor } from './recipients.js';
import { firstDayToTell } from './send-times.js';

/** A reminder ahead, and whom it reaches. */
export type ComingItem = ComingReminder & {
  readonly names: readonly string[];
  readonly toFinanceChannel: boolean;
};

export interface ComingData {
  readonly row: InstalmentRowData;
  readonly scope: LadderScope;
  readonly items: readonly ComingItem[];
  /** Until this day, promised or paused, only repeated lines are told. */
  readonly heldUntil: LocalDate | null;
  /** Acknowledged: the next level does not come before this day. */
  readonly ackedUntil: LocalDate | null;
}

const SHOWN = 12;

/** @throws DomainError not_found, also outside of the reader's scope */
export async function findComing(ctx: Ctx, instalmentId: string): Promise<ComingData> {
  const row = await findRow(ctx, instalmentId);
  if (!row) throw new DomainError('not_found', { ref: '' });
  const { scope, rules, begins } = await ladderOf(ctx, row);
  return { row, scope, ...(await comingOf(ctx, row, rules, begins)) };
}

/** The ladder that counts for a row, and from which day on: changed today it counts from tomorrow on. */
export async function ladderOf({ db, today, now, company }: Ctx, row: InstalmentRowData) {
  const [ladders, ofToday] = await Promise.all([loadLadders(db), loadLadders(db, today)]);
  const { scope, rules } = ladderFinder(ladders)(row);
  const isNew = JSON.stringify(rules) !== JSON.stringify(ladderFinder(ofToday)(row).rules);
  return { scope, rules, begins: isNew ? addDays(today, 1) : firstDayToTell(now, company) };
}

/** The reminders ahead of a row by these rules from a day on, for callers that have checked the scope. */
export async function comingOf(
  ctx: Ctx,
  row: InstalmentRowData,
  rules: readonly LadderRule[],
  begins: LocalDate,
): Promise<Pick<ComingData, 'items' | 'heldUntil' | 'ackedUntil'>> {
  const { db, company, today } = ctx;
  const [facts, contract, found, proposed] = await Promise.all([
    db.instalment.findUniqueOrThrow({ where: { id: row.id } }),
    db.contract.findUniqueOrThrow({ where: { id: row.contractId }, select: { financeOwnerId: true } }),
    db.escalationCase.findFirst({ where: { instalmentId: row.id, closedOn: null } }),
    // What is recovered was written off before: it pays nothing of what is open.
    db.allocation.aggregate({
      where: { instalmentId: row.id, status: 'proposed', recovery: false },
      _sum: { amount: true },
    }),
  ]);
  const tolerance = toleranceIn(company, facts.currency);
  const none = { items: [], heldUntil: null, ackedUntil: null };
  if (facts.lifecycle !== 'open' || facts.outstanding <= BigInt(tolerance)) return none;
  const state = comingRow(facts, proposed._sum.amount ?? 0n, found);
  const coming = comingReminders(state, { rules, calendar: company.calendar, tolerance }, begins, SHOWN);
  const [told, waiting] = await Promise.all([toldOn(ctx, row.ownerId), findWaiting(ctx, facts, rules)]);
  if (coming.length === 0 && waiting === null) return none;
  const held = heldUntil(state, tolerance);
  const { ackedUntil } = state;
  const items = await withPeople(
    ctx,
    coming.map((item) => (item.on === today && item.rule.place === 'dm' ? { ...item, on: told } : item)),
    { ownerId: row.ownerId, financeOwnerId: contract.financeOwnerId, rules, found },
  );
  return {
    // Of two of a day the later one is the higher.
    items: [...new Map([...(waiting ? [waiting] : []), ...items].map((item) => [item.on, item])).values()]
      .toSorted((a, b) => compareDates(a.on, b.on))
      .slice(0, SHOWN),
    heldUntil: held !== null && held >= today ? held : null,
    ackedUntil: ackedUntil !== null && ackedUntil > today ? ackedUntil : null,
  };
}

/** The day on which a person hears of what is planned today: with the next digest, if today's is out or its hours are over. */
async function toldOn({ db, now, today, company }: SystemCtx, userId: string): Promise<LocalDate> {
  const digest = await db.outbox.findUnique({
    where: { dedupeKey: digestKey(userId, today) },
    select: { status: true },
  });
  const takesMore = digest === null || digest.status === 'pending' || digest.status === 'skipped';
  return takesMore && firstDayToTell(now, company) === today
    ? today
    : nextWorkday(company.calendar, addDays(today, 1));
}

/** The highest step that is planned, and of which somebody is still to hear: the first of them with their next digest. */
async function findWaiting(
  ctx: SystemCtx,
  { id, dueEpoch }: Pick<Instalment, 'id' | 'dueEpoch'>,
  rules: readonly LadderRule[],
): Promise<ComingItem | null> {
  const { db } = ctx;
  const { calendar } = ctx.company;
  const pending = await db.reminder.findMany({
    where: { instalmentId: id, dueEpoch, status: 'pending' },
    orderBy: { id: 'asc' },
  });
  const rule = rules.findLast(({ code }) => pending.some(({ ruleCode }) => ruleCode === code));
  if (!rule) return null;
  const waiting = await Promise.all(
    pending
      .filter(({ ruleCode }) => ruleCode === rule.code)
      .map(async ({ recipientId, occurrenceOn, plannedOn }) => {
        const from = await toldOn(ctx, recipientId);
        // On a day off only what is planned on it, at a high level.
        const isAtOnce = maySendOn(rule, calendar, from) && fromUtcDate(plannedOn) >= from;
        return { recipientId, occurrenceOn, on: isAtOnce ? from : nextWorkday(calendar, from) };
      }),
  );
  const [first] = waiting.toSorted((a, b) => compareDates(a.on, b.on));
  if (!first) return null;
  const ids = waiting.flatMap(({ recipientId, on }) => (on === first.on ? [recipientId] : []));
  const people = await findPeople(db, ids);
  return {
    ...{ on: first.on, occurrenceOn: fromUtcDate(first.occurrenceOn), rule, shifted: false },
    names: ids.flatMap((one) => people.get(one)?.name ?? []),
    toFinanceChannel: false,
  };
}

/** The first day on which something is said of any of these rows of one owner, once they are open; null: nothing is. */
export async function findFirstReminder(
  ctx: SystemCtx,
  rows: readonly Instalment[],
): Promise<LocalDate | null> {
  const [some] = rows;
  if (!some) return null;
  const { db, now, today, company } = ctx;
  const find = ladderFinder(await loadLadders(db, today));
  const days = rows.flatMap((row) => {
    const tolerance = toleranceIn(company, row.currency);
    const ladder = { rules: find(row).rules, calendar: company.calendar, tolerance };
    const first = firstDayToTell(now, company);
    return row.outstanding > BigInt(tolerance)
      ? comingReminders(comingRow(row, 0n, null), ladder, first, 1).map(({ on }) => on)
      : [];
  });
  const [first, ...more] = days;
  if (first === undefined) return null;
  const earliest = more.reduce(minDate, first);
  return earliest === today ? toldOn(ctx, some.ownerId) : earliest;
}

/** What the plan of a morning knows of a row; `waiting`: money that finance has not decided about. */
export function comingRow(facts: Instalment, waiting: bigint, found: EscalationCase | null): ComingRow {
  const day = (date: Date | null | undefined) => (date ? fromUtcDate(date) : null);
  return {
    effectiveDue: day(facts.effectiveDue),
    remindDaysAhead: facts.remindDaysAhead,
    doneRank: facts.stepRank,
    openedOn: day(facts.openedOn),
    lastSaidOn: day(facts.weeklyOn),
    isRetention: facts.isRetention,
    caseLevel: found?.level ?? null,
    raisedOn: day(found?.raisedOn),
    ackedUntil: day(found?.ackedUntil),
    outstanding: facts.outstanding,
    blockUntil: day(facts.blockUntil),
    promisedOn: day(facts.promisedOn),
    promisedLeft: facts.promisedLeft,
    promiseCount: facts.promiseCount,
    waiting,
    disputedOn: facts.disputed ? day(facts.disputedOn) : null,
    disputeTold: facts.disputeTold,
  };
}

/** Whom each of them reaches, by name: as the plan, with the people of the open case `found` where it keeps its level. */
async function withPeople(
  { db, company }: SystemCtx,
  coming: readonly ComingReminder[],
  of: {
    readonly ownerId: string;
    readonly financeOwnerId: string | null;
    readonly rules: readonly LadderRule[];
    readonly found: Pick<EscalationCase, 'level' | 'recipientIds'> | null;
  },
): Promise<ComingItem[]> {
  if (coming.length === 0) return [];
  const around = (await loadPeople(db, company))(of.ownerId, of.financeOwnerId);
  const reached = coming.map((item) => {
    const { recipients, toFinanceChannel } = recipientsFor(rolesOf(item), around);
    const kept = item.keepsLevel === undefined ? [] : peopleAt(item.keepsLevel, of, around);
    return { ids: [...new Set([...recipients.map(({ id }) => id), ...idsOf(kept)])], toFinanceChannel };
  });
  const people = await findPeople(
    db,
    reached.flatMap(({ ids }) => ids),
  );
  return coming.map((item, index) => ({
    ...item,
    names: (reached[index]?.ids ?? []).flatMap((id) => people.get(id)?.name ?? []),
    toFinanceChannel: reached[index]?.toFinanceChannel ?? false,
  }));
}

/** Whom the open case `found` asks by now, or once it has risen to a level. */
function peopleAt(
  level: number,
  { found, rules }: Pick<Parameters<typeof withPeople>[2], 'found' | 'rules'>,
  around: People,
): Asked[] {
  if (level === found?.level) return askedNow({ asked: found.recipientIds, level }, rules, around);
  const rule = rules.findLast((one) => one.level === level);
  return rule ? askedBy(rule, level - 1, rules, around) : [];
}

const SHOWN_OF_MILESTONE = 4;

/** A milestone of a contract in force, for callers that have checked the scope. */
export interface ComingMilestone {
  readonly contractId: string;
  readonly customerId: string;
  readonly ownerId: string;
  readonly kind: string;
  /** Acceptances that are expected, or days that nobody knows; and from which day their steps count. */
  readonly ladder: 'acceptance' | 'anchor';
  readonly from: LocalDate;
  /** Of the day that is reminded of; null: a new one, of which nothing was said. */
  readonly epoch: number | null;
}

/** The next reminders of a milestone, nothing being set or moved. */
export async function findComingOfMilestone(
  context: SystemCtx,
  { contractId, customerId, ownerId, kind, ladder, from, epoch }: ComingMilestone,
): Promise<ComingItem[]> {
  const { db, company, now } = context;
  const { rules } = ladderFinderByKind(await loadLadders(db))(
    { id: '', customerId, templateId: null },
    ladder,
  );
  const last =
    epoch === null
      ? null
      : await db.reminder.aggregate({
          where: { contractId, milestoneKind: kind, dueEpoch: epoch },
          _max: { occurrenceOn: true },
        });
  const lastOn = last?._max.occurrenceOn ? fromUtcDate(last._max.occurrenceOn) : null;
  const chased = { from, lastOn };
  const coming = comingOccurrences(
    rules,
    chased,
    company.calendar,
    firstDayToTell(now, company),
    SHOWN_OF_MILESTONE,
  );
  return withPeople(context, coming, { ownerId, financeOwnerId: null, rules, found: null });
}
