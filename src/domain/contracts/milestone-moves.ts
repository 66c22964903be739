// Which instalments move when a milestone's day changes, and who may do it (rules §3, §7; F25). Pure.
import type { WorkCalendar } from '../calendar.js';
import { diffDays, type LocalDate } from '../local-date.js';
import { type AnchorDates, type AnchorKind, type AnchorOffset, dueFromAnchor } from '../plans/anchor.js';
import {
  effectiveDue,
  type InstalmentFacts,
  REP_MAX_POSTPONED_DAYS,
  REP_MAX_POSTPONEMENTS,
} from '../plans/instalment.js';

/** An instalment that hangs on a milestone. */
export interface AnchoredRow extends InstalmentFacts {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly anchorKind: AnchorKind;
  readonly anchorOffset: AnchorOffset;
  readonly dueSource: 'anchor' | 'manual';
  readonly roll: 'none' | 'next_workday' | 'previous_workday';
  readonly remindDaysAhead: number;
  readonly isRetention: boolean;
  readonly postponeCount: number;
  /** Days by which it was postponed so far, over all postponements. */
  readonly postponedDays: number;
}

/** A row and where it would go. */
export interface MilestoneMove {
  readonly row: AnchoredRow;
  readonly dueOn: LocalDate | null;
  /** From and to as people count: after postponement and roll. */
  readonly from: LocalDate | null;
  readonly to: LocalDate | null;
  /** Its date was set by hand or postponed: it moves only if the owner says so. */
  readonly asks: boolean;
  /** On an active contract, away from a date that was promised: a postponement. */
  readonly isLater: boolean;
}

/**
 * Moves of the rows anchored on `kinds`, by number, once the milestones are at `anchors`. Settled, written off and
 * cancelled rows never move; a row that stays where it is is left out.
 */
export function movesOf(
  rows: readonly AnchoredRow[],
  kinds: readonly AnchorKind[],
  anchors: AnchorDates,
  calendar: WorkCalendar,
): MilestoneMove[] {
  return rows
    .filter((row) => kinds.includes(row.anchorKind) && isUnpaid(row))
    .toSorted((a, b) => a.seq - b.seq)
    .flatMap((row) => {
      const anchor = anchors[row.anchorKind];
      const dueOn = anchor === undefined ? null : dueFromAnchor(anchor, row.anchorOffset);
      const to = effectiveDue({ dueOn, postponedTo: null, roll: row.roll }, calendar);
      const from = row.effectiveDue;
      const asks = row.dueSource === 'manual' || row.postponedTo !== null;
      if (dueOn === row.dueOn && to === from) return [];
      const isLater = row.lifecycle === 'open' && from !== null && (to === null || to > from);
      return [{ row, dueOn, from, to, asks, isLater }];
    });
}

const isUnpaid = (row: InstalmentFacts): boolean =>
  row.lifecycle === 'inactive' || (row.lifecycle === 'open' && row.outstanding > 0n);

/**
 * Whether a new estimate needs the manager: it takes a date away, moves a retention, is a third postponement, or makes
 * more than 30 days in all (rules §3). What has happened is a fact, and needs nobody.
 */
export function needsManagerToMove(moves: readonly MilestoneMove[]): boolean {
  return moves.some(({ row, from, to, isLater }) => {
    if (!isLater || from === null) return false;
    if (to === null || row.isRetention || row.postponeCount >= REP_MAX_POSTPONEMENTS) return true;
    return row.postponedDays + diffDays(to, from) > REP_MAX_POSTPONED_DAYS;
  });
}

/** What was shown before confirming: other moves by then are shown again instead of made. */
export const fingerprintOf = (moves: readonly MilestoneMove[]): string =>
  moves.map(({ row, to, asks }) => `${row.seq}${asks ? '?' : ':'}${to ?? ''}`).join(' ');
