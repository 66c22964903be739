// What became of many drafts that were sent for approval together (send-many.service.ts). Pure.

/** Why a draft was left as it is. */
export const LEFT_REASONS = ['plan', 'customer', 'access'] as const;
export type LeftReason = (typeof LEFT_REASONS)[number];

export interface SentMany {
  readonly sent: number;
  /** Of these, what nobody can approve yet. */
  readonly orphans: number;
  readonly left: readonly { readonly number: string; readonly reason: LeftReason }[];
}
