// What happened to an approval before its end, in the histories of what it is about. Pure.
import type { ApprovalFact } from '../../domain/approvals/trail.js';
import type { Translate } from '../i18n/index.js';

/** 通过第 1 步; without a number where the entry has none. */
export function trailWords({ event, step }: ApprovalFact, t: Translate): string {
  const hasStep = event === 'step_approved' || event === 'returned';
  return hasStep && step !== null ? t(`approvals:trail.${event}`, { step }) : t(`audit:do.approval.${event}`);
}
