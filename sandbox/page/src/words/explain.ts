// Reasons and errors in the person's words; what is not known is shown as it came.
import type { Words } from './words.js';

const REASONS = {
  operation_timeout: 'timeout',
  dispatch_failed: 'appOffline',
  closed: 'appOffline',
} as const satisfies Record<string, keyof Words>;

/** True for reasons that the page explains where they happened, so that a second notice is only noise. */
export function isExplained(reason: string): boolean {
  return Object.hasOwn(REASONS, reason);
}

/** A sentence for a reason such as operation_timeout. */
export function explain(reason: string, words: Words): string {
  // What was sent is of the form as it was before the app redrew it.
  if (reason.startsWith('no such input')) return words.formChanged;
  const known = Object.entries(REASONS).find(([code]) => code === reason);
  return known ? words[known[1]] : words.actionFailed(reason);
}

/** Why a request of the page failed; fetch throws a TypeError when nobody answers. */
export function describeError(error: unknown, words: Words): string {
  if (error instanceof TypeError) return words.loadFailed;
  return error instanceof Error ? error.message : String(error);
}

/** Why the clock is not where it was to go. */
export function explainClock(error: unknown, words: Words): string {
  if (error instanceof Error && error.message.startsWith('app_not_done')) return words.clockStopped;
  return `${words.clockFailed} ${describeError(error, words)}`;
}
