// The sorts of what may wait for a person. Pure.

/** What is neither a decision nor a case: each sort has a list of its own. */
export const LOOSE_SORTS = [
  'rejected',
  'draft',
  'prepayment',
  'unclaimed',
  'asked',
  'setup',
  'left',
] as const;
export type LooseSort = (typeof LOOSE_SORTS)[number];

/** What a count of all that waits is made of. */
export const WAITING_SORTS = ['case', 'decision', ...LOOSE_SORTS] as const;
export type WaitingSort = (typeof WAITING_SORTS)[number];
