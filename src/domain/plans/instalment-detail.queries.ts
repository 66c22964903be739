// One instalment with everything its window shows: fields and the newest of its history. Changes nothing.
import type { ReadCtx, SystemCtx } from '../../ctx.js';
import { isSmallRest, undoableOf, type WriteOffKind } from '../adjustments/adjustment.js';
import { type AdjustmentFacts, findOpenAdjustment, listPosted } from '../adjustments/adjustment.queries.js';
import { type ApprovalFact, approvalFact } from '../approvals/trail.js';
import { isAskedAbout } from '../approvals/waiting-list.queries.js';
import { type FollowUpFacts, listFollowUps } from '../follow-ups/follow-up.queries.js';
import { fromUtcDate, isLocalDate, type LocalDate } from '../local-date.js';
import { findPeople, listManagerChain } from '../members/member.queries.js';
import { sumCredit } from '../receipts/credits.queries.js';
import { smallDifferenceIn } from '../settings/small-amounts.js';
import { findRow, type InstalmentRowData, loadRows } from './instalment.queries.js';
import { loadPostponedDays } from './postponed-days.queries.js';
import { findOpenPostponement, type PostponementFacts } from './postponement.queries.js';
import { listRowMoney } from './row-money.queries.js';

export interface InstalmentDetail extends InstalmentRowData {
  readonly originalDueOn: LocalDate | null;
  readonly plannedMethod: string | null;
  readonly remindDaysAhead: number;
  readonly remark: string | null;
  /** Why reminders pause. */
  readonly blockReason: string | null;
  readonly postponeCount: number;
  /** Days over all postponements so far. */
  readonly postponedDays: number;
  /** Balance of the contract: what is not planned; minor units. */
  readonly unplanned: bigint;
  /** The customer's money in this currency that belongs to no instalment; minor units. */
  readonly credit: bigint;
  /** Who may do what its owner may not; null if nobody is above. */
  readonly managerName: string | null;
  /** What waits for a manager's decision. */
  readonly postponement: PostponementFacts | null;
  /** A write-off that waits for approval; the newest one that can be undone; a rest that may be let go as 尾差. */
  readonly adjustment: AdjustmentFacts | null;
  readonly undoable: { readonly kind: WriteOffKind; readonly amount: bigint } | null;
  readonly smallRest: boolean;
  readonly history: readonly HistoryEntry[];
}

/** One thing that happened. `who` null: the app itself; `inPlaceOf`: whose decision it was, if not their own. */
export type HistoryEntry = {
  readonly at: Date;
  readonly who: string | null;
  readonly inPlaceOf?: string | null;
} & HistoryFact;
type HistoryFact =
  | ApprovalFact
  /** `splitFrom`: the number of the instalment it was a part of. */
  | {
      readonly kind: 'created';
      readonly amount: bigint;
      readonly dueOn: LocalDate | null;
      readonly splitFrom: number | null;
    }
  | { readonly kind: 'split'; readonly count: number }
  | { readonly kind: 'edited'; readonly fields: readonly string[] }
  | {
      readonly kind: 'postponed';
      readonly from: LocalDate | null;
      readonly to: LocalDate | null;
      readonly remark: string | null;
    }
  | { readonly kind: 'moved'; readonly from: LocalDate | null; readonly to: LocalDate | null }
  | {
      readonly kind: 'asked' | 'rejected' | 'withdrawn' | 'cancelled';
      readonly from: LocalDate | null;
      readonly to: LocalDate | null;
      readonly remark: string | null;
    }
  | {
      readonly kind:
        | 'opened'
        | 'settled'
        | 'reopened'
        | 'moved_away'
        | 'deleted'
        | 'resumed'
        | 'reassigned'
        | 'handed_over'
        | 'other';
    }
  | {
      readonly kind: 'adjustment';
      readonly event: 'asked' | 'posted' | 'rejected' | 'withdrawn' | 'cancelled';
      readonly what: WriteOffKind | `undo_${WriteOffKind}`;
      readonly amount: bigint;
    }
  | { readonly kind: 'recovered' | 'recovery_reversed'; readonly amount: bigint; readonly number: string }
  | { readonly kind: 'follow_up'; readonly followUp: FollowUpFacts }
  | { readonly kind: 'receipt'; readonly number: string; readonly amount: bigint; readonly status: string };

const HISTORY = 10;

/** The instalment if it exists and lies in the reader's scope, or they are asked about it; else null. */
export async function findInstalmentDetail(
  ctx: ReadCtx & Pick<SystemCtx, 'company'>,
  id: string,
): Promise<InstalmentDetail | null> {
  const row =
    (await findRow(ctx, id)) ??
    ((await isAskedAbout(ctx, 'instalment', id)) ? (await loadRows(ctx, [id]))[0] : null);
  if (!row) return null;
  const [more, planned, credit, chain, postponement, adjustment, posted, postponedDays, history] =
    await Promise.all([
      ctx.db.instalment.findUniqueOrThrow({ where: { id }, include: { contract: true } }),
      ctx.db.instalment.aggregate({
        where: { contractId: row.contractId, lifecycle: { not: 'cancelled' } },
        _sum: { amount: true },
      }),
      sumCredit(ctx, row.customerId, row.currency),
      listManagerChain(ctx.db, row.ownerId),
      row.pendingTo === null ? null : findOpenPostponement(ctx, id),
      findOpenAdjustment(ctx, id),
      row.adjusted === 0n ? [] : listPosted(ctx.db, id),
      loadPostponedDays(ctx.db, id),
      listHistory(ctx, id),
    ]);
  return {
    ...row,
    originalDueOn: more.originalDueOn && fromUtcDate(more.originalDueOn),
    plannedMethod: more.plannedMethod,
    remindDaysAhead: more.remindDaysAhead,
    remark: more.remark,
    blockReason: more.blockReason,
    postponeCount: more.postponeCount,
    postponedDays,
    unplanned: more.contract.amount - (planned._sum.amount ?? 0n),
    credit,
    managerName: chain[0]?.name ?? null,
    postponement,
    adjustment,
    undoable: undoableOf(posted),
    smallRest: isSmallRest(
      { ...row, lifecycle: more.lifecycle },
      smallDifferenceIn(ctx.company, row.currency),
    ),
    history,
  };
}

/**
 * The newest 10: what people did by the audit trail, coming into force by the revisions, money by the receipts,
 * follow-ups by themselves.
 */
async function listHistory(ctx: ReadCtx, id: string): Promise<HistoryEntry[]> {
  const newest = { orderBy: { id: 'desc' }, take: HISTORY } as const;
  const own = {
    subjectType: 'instalment',
    subjectId: id,
    action: { notIn: ['follow_up.recorded', 'reminder.snoozed'] },
  };
  const principalOf = (after: unknown) => {
    const { onBehalfOf } = asRecord(after);
    return typeof onBehalfOf === 'string' ? onBehalfOf : null;
  };
  const [audits, openings, money, followUps] = await Promise.all([
    ctx.db.auditLog.findMany({ where: own, ...newest }),
    ctx.db.instalmentRevision.findMany({
      where: { instalmentId: id, cause: 'opened' },
      ...newest,
    }),
    listRowMoney(ctx, id, HISTORY),
    listFollowUps(ctx.db, id, HISTORY),
  ]);
  const people = await findPeople(ctx.db, [
    ...audits.flatMap(({ actorId, after }) => [actorId, principalOf(after)].filter((one) => one !== null)),
    ...money.flatMap(({ userId }) => userId ?? []),
  ]);
  const nameOf = (userId: string | null) => (userId === null ? null : (people.get(userId)?.name ?? null));
  const entries: HistoryEntry[] = [
    ...audits.map((entry) => ({
      at: entry.at,
      who: nameOf(entry.actorId),
      inPlaceOf: nameOf(principalOf(entry.after)),
      ...factOf(entry.action, asRecord(entry.before), asRecord(entry.after)),
    })),
    ...openings.map((entry) => ({ at: entry.recordedAt, who: null, kind: 'opened' as const })),
    ...money.map(({ at, userId, ...line }) => ({
      at,
      who: nameOf(userId),
      kind: 'receipt' as const,
      ...line,
    })),
    ...followUps.map((followUp) => ({
      at: followUp.at,
      who: followUp.who,
      kind: 'follow_up' as const,
      followUp,
    })),
  ];
  // Of what happened in one instant, a row's beginning came first.
  const isBirth = (entry: HistoryEntry) => Number(entry.kind === 'created');
  return entries
    .toSorted((a, b) => b.at.getTime() - a.at.getTime() || isBirth(a) - isBirth(b))
    .slice(0, HISTORY);
}

type Json = Readonly<Record<string, unknown>>;
const asRecord = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

/** What an audit entry says; written by the services of this folder. */
function factOf(action: string, before: Json, after: Json): HistoryFact {
  switch (action) {
    case 'instalment.created':
      return {
        kind: 'created',
        amount: BigInt(String(after.amount ?? 0)),
        dueOn: dayOf(after.dueOn),
        splitFrom: typeof after.splitFrom === 'number' ? after.splitFrom : null,
      };
    case 'instalment.split':
      return { kind: 'split', count: Array.isArray(after.parts) ? after.parts.length : 0 };
    case 'instalment.amended':
    case 'instalment.edited': {
      const changed = (key: string) => JSON.stringify(before[key]) !== JSON.stringify(after[key]);
      return { kind: 'edited', fields: Object.keys(after).filter(changed) };
    }
    case 'instalment.moved':
      return { kind: 'moved', from: dayOf(before.effectiveDue), to: dayOf(after.effectiveDue) };
    case 'instalment.postponed':
      return { kind: 'postponed', ...datesOf(before, after) };
    case 'postponement.asked':
      return { kind: 'asked', ...datesOf(before, after) };
    case 'postponement.rejected':
      return { kind: 'rejected', ...datesOf(before, after) };
    case 'postponement.withdrawn':
      return { kind: 'withdrawn', ...datesOf(before, after) };
    case 'postponement.cancelled':
      return { kind: 'cancelled', ...datesOf(before, after) };
    case 'adjustment.asked':
      return adjustmentFact('asked', after);
    case 'adjustment.posted':
    case 'adjustment.undone':
      return adjustmentFact('posted', after);
    case 'adjustment.rejected':
      return adjustmentFact('rejected', after);
    case 'adjustment.withdrawn':
      return adjustmentFact('withdrawn', after);
    case 'adjustment.cancelled':
      return adjustmentFact('cancelled', after);
    case 'instalment.recovered':
      return { kind: 'recovered', ...recoveryOf(after) };
    case 'instalment.recovery_reversed':
      return { kind: 'recovery_reversed', ...recoveryOf(after) };
    case 'instalment.settled':
      return { kind: 'settled' };
    case 'instalment.reopened':
      return { kind: after.cause === 'reallocated' ? 'moved_away' : 'reopened' };
    case 'instalment.deleted':
      return { kind: 'deleted' };
    case 'instalment.reassigned':
      return { kind: 'reassigned' };
    case 'instalment.handed_over':
      return { kind: 'handed_over' };
    case 'instalment.resumed':
      return { kind: 'resumed' };
    default:
      return approvalFact(action, after) ?? { kind: 'other' };
  }
}

function adjustmentFact(
  event: 'asked' | 'posted' | 'rejected' | 'withdrawn' | 'cancelled',
  after: Json,
): HistoryFact {
  const signed = BigInt(String(after.amount ?? 0));
  const kind = after.kind === 'small_difference' ? 'small_difference' : 'bad_debt';
  if (signed < 0n) return { kind: 'adjustment', event, what: `undo_${kind}`, amount: -signed };
  return { kind: 'adjustment', event, what: kind, amount: signed };
}

const recoveryOf = (after: Json) => ({
  amount: BigInt(String(after.amount ?? 0)),
  number: String(after.receipt ?? ''),
});

const datesOf = (before: Json, after: Json) => ({
  from: dayOf(before.effectiveDue),
  to: dayOf(after.effectiveDue),
  remark: typeof after.remark === 'string' ? after.remark : null,
});

/** A day in JSON: as it is, or as midnight UTC. */
function dayOf(value: unknown): LocalDate | null {
  const text = typeof value === 'string' ? value.slice(0, 10) : '';
  return isLocalDate(text) ? text : null;
}
