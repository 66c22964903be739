// A staged row and what is decided about it. Pure.
import type { RowError } from './read-values.js';

export const OUTCOMES = ['new', 'changed', 'duplicate', 'error'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A row as it waits in the database. */
export interface StagedRow {
  readonly line: number;
  readonly groupLine: number;
  readonly rowKey: string;
  readonly fields: Record<string, unknown>;
  readonly ownerId: string | null;
  readonly outcome: Outcome | null;
  readonly errors: readonly RowError[];
}

/** What rows that say the same, or the same lines of this very file, have become, as far as it is there still. */
export interface Remembered {
  readonly byKey: ReadonlyMap<string, string>;
  readonly byLine: ReadonlyMap<number, string>;
}

/** What is to become of a row. */
export interface Decision {
  readonly line: number;
  readonly outcome: Outcome;
  readonly errors: readonly RowError[];
  readonly customerId: string | null;
  /** Whose it will be, where the row alone does not say. */
  readonly ownerId: string | null;
  /** What is there already. */
  readonly subjectId: string | null;
}

export const decided = (
  row: StagedRow,
  outcome: Exclude<Outcome, 'error'>,
  more: { customerId?: string; ownerId?: string; subjectId?: string } = {},
): Decision => ({
  line: row.line,
  outcome,
  errors: [],
  customerId: more.customerId ?? null,
  ownerId: more.ownerId ?? null,
  subjectId: more.subjectId ?? null,
});

export const failed = (
  row: StagedRow,
  code: RowError['code'],
  field: string | null,
  params: RowError['params'] = {},
): Decision => ({
  line: row.line,
  outcome: 'error',
  errors: [{ code, field, params }],
  customerId: null,
  ownerId: null,
  subjectId: null,
});

/** What the reader of the file found already: it stays as it is. */
export const asStaged = (row: StagedRow): Decision | null =>
  row.errors.length > 0
    ? {
        line: row.line,
        outcome: 'error',
        errors: row.errors,
        customerId: null,
        ownerId: null,
        subjectId: null,
      }
    : row.outcome === 'duplicate'
      ? decided(row, 'duplicate')
      : null;
