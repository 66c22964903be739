// What can be wrong with the books that reports are read from. Pure.

/** Σ buckets and what is open, or another report's parts and their whole; what rows keep as open; what receipts keep as unapplied; the days that rows and receipts keep. */
export const BOOK_CHECKS = ['aging', 'report', 'instalments', 'receipts', 'days'] as const;

/** Minor units; of rows and receipts the sum of what each is off by, of days their amounts. */
export interface Difference {
  readonly check: (typeof BOOK_CHECKS)[number];
  readonly currency: string;
  /** Rows or receipts that are off; of aging all that it counts, of another report 1. */
  readonly count: number;
  readonly amount: bigint;
}
