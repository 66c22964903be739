// What happened to an approval before its end, in the histories of what it is about. Pure.
import type { ApprovalFact } from '../../domain/approvals/trail.js';
import { truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';

/** 张三（代 李四）, or the system; not escaped. */
export function whoDid(
  { who, inPlaceOf = null }: { readonly who: string | null; readonly inPlaceOf?: string | null },
  t: Translate,
): string {
  if (who === null) return t('plans:history.system');
  const name = truncate(who, 40);
  return inPlaceOf === null ? name : t('approvals:in_place', { who: name, whom: truncate(inPlaceOf, 40) });
}

/** 通过第 1 步; without a number where the entry has none. */
export function trailWords({ event, step }: ApprovalFact, t: Translate): string {
  const hasStep = event === 'step_approved' || event === 'returned';
  return hasStep && step !== null ? t(`approvals:trail.${event}`, { step }) : t(`audit:do.approval.${event}`);
}
