// What may wait for one person to act, as the queries of each sort tell it.
import type { WriteOffKind } from '../adjustments/adjustment.js';
import type { OpeningSum } from '../imports/opening.js';
import type { LocalDate } from '../local-date.js';
import type { Credit } from '../receipts/credits.queries.js';
import type { UnclaimedFacts } from '../receipts/unclaimed.queries.js';
import type { CaseToAcknowledge } from '../reminders/todo.queries.js';
import type { SetupItem } from '../settings/setup.queries.js';
import type { LooseSort, WaitingSort } from './waiting-sorts.js';

export interface Subject {
  readonly id: string;
  readonly number: string;
  readonly customerName: string;
  readonly amount: bigint;
  readonly currency: string;
}

export type WaitingItem =
  | ({
      readonly kind:
        | 'receipt'
        | 'reversal'
        | 'refund'
        | 'reallocation'
        | 'contract'
        | 'contract_void'
        | 'credit_limit';
      readonly who: string;
      readonly since: Date;
    } & Subject)
  | ({ readonly kind: 'rejected' | 'draft' | 'contract_rejected' } & Subject)
  | ({ readonly kind: 'case' } & CaseToAcknowledge)
  | ({
      readonly kind: 'postponement';
      readonly who: string;
      readonly to: LocalDate;
      readonly seq: number;
    } & Subject)
  /** `id` is the instalment's. */
  | ({
      readonly kind: 'adjustment';
      readonly what: WriteOffKind | `undo_${WriteOffKind}`;
      readonly who: string;
      readonly since: Date;
      readonly seq: number;
    } & Subject)
  /** A file of money from before. */
  | {
      readonly kind: 'opening';
      readonly approval: { readonly id: string; readonly version: number };
      readonly fileName: string;
      readonly sums: readonly OpeningSum[];
      readonly who: string;
      readonly since: Date;
    }
  | { readonly kind: 'unclaimed'; readonly money: UnclaimedFacts }
  | { readonly kind: 'prepayment'; readonly credit: Credit }
  | { readonly kind: 'asked'; readonly userId: string; readonly name: string }
  /** What an admin has still to set up: one thing to do, however much is open. */
  | { readonly kind: 'setup'; readonly open: readonly SetupItem[] }
  /** Has left, or has no role any more, and still has these. */
  | {
      readonly kind: 'left';
      readonly userId: string;
      readonly name: string;
      readonly instalments: number;
      readonly customers: number;
    };

export interface Waiting {
  readonly items: readonly WaitingItem[];
  /** Of everything that waits, shown or not. */
  readonly total: number;
}

export interface LooseEnds {
  readonly sort: LooseSort;
  /** At most five. */
  readonly items: readonly WaitingItem[];
  readonly total: number;
}
/** `loose`: by themselves, as `items` may hold nothing but what presses more. */
export interface WaitingBySort extends Waiting {
  readonly loose: readonly LooseEnds[];
  /** Together the total; a sort of which nothing waits is left out. */
  readonly sorts: readonly { readonly sort: WaitingSort; readonly total: number }[];
}

/** Of each sort. */
export const SHOWN = 5;

export interface Part {
  items: WaitingItem[];
  total: number;
}

/** Rows that each say how many there are in all. */
export function toPart<T extends { total: number }>(
  rows: readonly T[],
  toItem: (row: T) => WaitingItem,
): Part {
  return { items: rows.map(toItem), total: rows[0]?.total ?? 0 };
}
