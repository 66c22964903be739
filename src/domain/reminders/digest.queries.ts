// The facts of one person's digest, as of now: what its reminders carry, and the one line about the rest (ux §4.7).
// A first sending leaves out what is paid or moved meanwhile; a redrawn one keeps its rows where they stood.
import type { SystemCtx } from '../../ctx.js';
import { type Actor, can } from '../access.js';
import { ENDING_KIND, type EndingContract, loadEndings } from '../contracts/contract-endings.queries.js';
import { diffDays, type LocalDate, todayIn } from '../local-date.js';
import { toActor } from '../members/member.queries.js';
import { type Money, totals } from '../money.js';
import { type InstalmentRowData, loadRows } from '../plans/instalment.queries.js';
import { type DueBill, isBillOpen, loadBills } from '../receipts/bills.queries.js';
import { sumUnclaimed } from '../receipts/unclaimed.queries.js';
import { toleranceIn } from '../settings/small-amounts.js';
import { composeDigest, type DigestGroupKind } from './digest.js';
import { digestKey } from './digest.service.js';
import { findMoreOverdue, findPrepayments } from './digest-sums.queries.js';
import { dropReminders } from './drop-reminders.service.js';
import { TONES, type Tone } from './ladder.js';
import { toRule } from './ladder.queries.js';
import {
  type LoadedMilestone,
  loadMilestones,
  type MilestoneRef,
  type MilestoneRow,
} from './milestone-rows.queries.js';
import { milestoneKey } from './milestone-steps.js';
import { digestDate, maySendNow } from './send-times.js';
import {
  type Approvals,
  type CaseToAcknowledge,
  countApprovals,
  countTodo,
  type TodoCounts,
} from './todo.queries.js';

export interface DigestSection {
  readonly kind: DigestGroupKind;
  readonly rows: readonly InstalmentRowData[];
  readonly totals: readonly Money[];
}

/** One rep's rows that a manager is told of. */
export interface TeamLine {
  readonly ownerName: string;
  readonly count: number;
  readonly totals: readonly Money[];
  readonly oldestDays: number;
}

export interface DigestData {
  readonly date: LocalDate;
  readonly actor: Actor;
  readonly counts: TodoCounts;
  readonly cases: readonly CaseToAcknowledge[];
  readonly team: readonly TeamLine[];
  readonly sections: readonly DigestSection[];
  /** How the steps of the reader's own rows speak, by row, and of milestones by milestoneKey. */
  readonly tones: ReadonlyMap<string, Tone>;
  /** Acceptances to push for, and milestones whose day nobody knows. */
  readonly acceptances: readonly MilestoneRow[];
  readonly unknown: readonly MilestoneRow[];
  /** Contracts that end soon. */
  readonly endings: readonly EndingContract[];
  /** Acceptance bills that fall due. */
  readonly bills: readonly DueBill[];
  readonly approvals: Approvals;
  readonly prepayments: { count: number; totals: readonly Money[] };
  /** Money that nobody has claimed. */
  readonly unclaimed: { count: number; totals: readonly Money[] };
  readonly moreOverdue: { count: number; totals: readonly Money[] };
}

/** Fresh facts of a person's digest of a day; null when nothing is left to tell. */
export async function findDigest(
  ctx: SystemCtx,
  userId: string,
  date: LocalDate,
): Promise<DigestData | null> {
  const { db } = ctx;
  const user = await db.user.findUnique({ where: { id: userId } });
  const carrier = await db.outbox.findUnique({ where: { dedupeKey: digestKey(userId, date) } });
  if (!user?.active || !carrier) return null;
  const actor = await toActor(db, user);
  const bound = await db.reminder.findMany({
    where: { outboxId: carrier.id, status: { in: ['pending', 'sent', 'acked'] } },
    include: {
      instalment: {
        select: { dueEpoch: true, lifecycle: true, outstanding: true, currency: true, ownerId: true },
      },
    },
    orderBy: { id: 'asc' },
  });
  const loaded = { milestones: await loadMilestones(db, bound), endings: await loadEndings(ctx, bound) };
  const ownerOf = new Map([
    ...loaded.milestones.map((one) => [one.contractId, one.ownerId] as const),
    ...loaded.endings.map((one) => [one.id, one.ownerId] as const),
  ]);
  const carried = bound.filter(({ instalment, contractId }) =>
    can(actor, 'record.see', instalment?.ownerId ?? ownerOf.get(contractId ?? '')),
  );
  const redrawn = carried.some((one) => one.status !== 'pending');
  const milestones = loaded.milestones.filter((one) => can(actor, 'record.see', one.ownerId));
  const endings = loaded.endings.filter((one) => can(actor, 'record.see', one.ownerId));
  const bills = await loadBills({ db, today: ctx.today, actor }, carried);
  const tolerance = (currency: string) => toleranceIn(ctx.company, currency);
  const isTold = (one: (typeof carried)[number]) =>
    redrawn || isAlive(one, { milestones, endings, bills, tolerance });
  const [alive, dead] = [carried.filter(isTold), carried.filter((one) => !isTold(one)).map((one) => one.id)];
  // The person's hours are over: what it carries goes into the next one.
  if (!redrawn && (date !== digestDate(ctx.now, ctx.company) || !maySendNow(ctx.now, user, ctx.company)))
    return null;
  await dropReminders(ctx, dead);
  // What the person does not see any more waits for who takes their place (pass-on.service.ts).
  const seen = new Set(carried);
  const unseen = bound.filter((one) => one.status === 'pending' && !seen.has(one));
  if (unseen.length > 0)
    await db.reminder.updateMany({
      where: { id: { in: unseen.map((one) => one.id) }, status: 'pending' },
      data: { outboxId: null },
    });
  if (alive.length === 0) return null;

  const reader = { db, today: ctx.today, actor, company: ctx.company };
  const rows = await loadRows({ ...ctx, actor }, [
    ...new Set(alive.flatMap((one) => one.instalmentId ?? [])),
  ]);
  const told = milestones.filter((one) => redrawn || one.isAlive);
  const ownIds = new Set(
    alive.filter((one) => OWN_ROLES.includes(one.recipientRole)).flatMap((one) => one.instalmentId ?? []),
  );
  const tones = await findTones(
    ctx,
    alive.filter((one) => one.instalmentId === null || OWN_ROLES.includes(one.recipientRole)),
  );
  const cases = await casesOf(ctx, userId, rows, date);
  const asked = new Set(cases.map((one) => one.row.id));
  const mine = rows.filter((row) => row.ownerId === userId || (ownIds.has(row.id) && !asked.has(row.id)));
  const others = rows.filter((row) => !mine.includes(row));
  const early = await listToldEarly(ctx, alive);
  // Of what is late the team is told in lines; what a step names before is named.
  const ahead = others.filter(
    (row) => early.has(row.id) && !asked.has(row.id) && (row.effectiveDue ?? ctx.today) >= ctx.today,
  );
  const finance = can(actor, 'receipt.approve');
  return {
    date,
    actor,
    counts: await countTodo(reader),
    cases,
    team: teamLines(
      others.filter((row) => !asked.has(row.id)),
      ctx.today,
    ),
    sections: sectionsOf([...mine, ...ahead], ctx.today),
    tones,
    acceptances: told.filter((one) => one.undated === 0 || one.expectedOn !== null),
    unknown: told.filter((one) => one.undated > 0 && one.expectedOn === null),
    endings,
    bills: bills.filter((bill) => redrawn || isBillOpen(bill)),
    approvals: await countApprovals(reader),
    prepayments: finance ? await findPrepayments(ctx) : { count: 0, totals: [] },
    unclaimed: finance ? await sumUnclaimed(db) : { count: 0, totals: [] },
    moreOverdue: await findMoreOverdue(
      ctx,
      actor,
      rows.map((row) => row.id),
    ),
  };
}

/** Roles in which a row is the reader's own work, an absent owner's stand-in included. */
const OWN_ROLES: readonly string[] = ['owner', 'finance_owner', 'snooze', 'contact'];

/** The strongest of what was said of each row. */
async function findTones(
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
async function listToldEarly(
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

function isAlive(
  one: MilestoneRef & {
    receiptId: string | null;
    instalment: { dueEpoch: number; lifecycle: string; outstanding: bigint; currency: string } | null;
  },
  facts: {
    milestones: readonly LoadedMilestone[];
    endings: readonly EndingContract[];
    bills: readonly DueBill[];
    tolerance: (currency: string) => number;
  },
): boolean {
  const { instalment } = one;
  const { milestones, endings, bills, tolerance } = facts;
  if (one.receiptId !== null) return bills.some((bill) => bill.id === one.receiptId && isBillOpen(bill));
  if (instalment === null)
    return one.milestoneKind === ENDING_KIND
      ? endings.some(({ id }) => id === one.contractId)
      : milestones.some(
          ({ contractId, kind, isAlive: alive }) =>
            alive && contractId === one.contractId && kind === one.milestoneKind,
        );
  return (
    instalment.lifecycle === 'open' &&
    instalment.dueEpoch === one.dueEpoch &&
    instalment.outstanding > BigInt(tolerance(instalment.currency))
  );
}

/**
 * Rows whose open case asks this person. One that is acknowledged after the digest was sent stays, without a button and
 * with the name; one that was acknowledged on an earlier day asks nobody any more.
 */
async function casesOf(
  ctx: SystemCtx,
  userId: string,
  rows: readonly InstalmentRowData[],
  date: LocalDate,
): Promise<CaseToAcknowledge[]> {
  const found = await ctx.db.escalationCase.findMany({
    where: {
      instalmentId: { in: rows.map((row) => row.id) },
      closedOn: null,
      recipientIds: { has: userId },
    },
    orderBy: [{ level: 'desc' }, { id: 'asc' }],
  });
  const people = await ctx.db.user.findMany({
    where: { id: { in: found.flatMap(({ ackedById }) => ackedById ?? []) } },
    select: { id: true, name: true },
  });
  const names = new Map(people.map((person) => [person.id, person.name]));
  return found.flatMap(({ id, level, instalmentId, ackedById, ackedAt }) => {
    const row = rows.find((candidate) => candidate.id === instalmentId);
    const isOld = ackedAt !== null && todayIn(ackedAt, ctx.company.timezone) < date;
    if (!row || isOld) return [];
    return [{ caseId: id, level, row, acknowledgedBy: ackedById && (names.get(ackedById) ?? '—') }];
  });
}

function sectionsOf(rows: readonly InstalmentRowData[], today: LocalDate): DigestSection[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const items = rows.map((row) => ({
    instalmentId: row.id,
    customerId: row.customerId,
    outstanding: { minor: row.outstanding, currency: row.currency },
    effectiveDue: row.effectiveDue,
    isRetention: row.isRetention,
    isBroken: row.brokenOn !== null && row.promisedOn === null,
    hasStep: true,
  }));
  return (composeDigest(items, today)?.groups ?? []).map(({ kind, items: members, totals }) => ({
    kind,
    totals,
    rows: members.flatMap((item) => byId.get(item.instalmentId) ?? []),
  }));
}

function teamLines(rows: readonly InstalmentRowData[], today: LocalDate): TeamLine[] {
  const owners = [...new Set(rows.map((row) => row.ownerId))];
  const lines = owners.map((ownerId) => {
    const own = rows.filter((row) => row.ownerId === ownerId && row.state === 'overdue');
    return {
      ownerName: own[0]?.ownerName ?? '',
      count: own.length,
      totals: totals(own.map(({ currency, outstanding: minor }) => ({ currency, minor }))),
      oldestDays: Math.max(
        0,
        ...own.map((row) => (row.effectiveDue ? diffDays(today, row.effectiveDue) : 0)),
      ),
    };
  });
  return lines.filter((line) => line.count > 0).toSorted((a, b) => b.oldestDays - a.oldestDays);
}
