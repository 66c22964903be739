// A date that hangs on a milestone, in words: 验收后30天, acceptance + 30 days. Pure.
import type { AnchorKind, AnchorOffset } from '../../domain/plans/anchor.js';
import type { Translate } from '../i18n/index.js';

/** The distance from the milestone, in words. */
export function anchorWords(t: Translate, kind: AnchorKind, offset: AnchorOffset): string {
  const anchor = t(`milestones:anchor.${kind}`);
  const { months, days, dayOfMonth, endOfMonth } = offset;
  if (months === 0 && days === 0 && dayOfMonth === undefined)
    return t('milestones:offset.same_day', { anchor });
  if (months === 0 && dayOfMonth === undefined)
    return t(days < 0 ? 'milestones:offset.before_days' : 'milestones:offset.after_days', {
      anchor,
      count: Math.abs(days),
    });
  const base = monthWords(t, anchor, months);
  const placed =
    dayOfMonth !== undefined
      ? t('milestones:offset.on_day', { base, day: dayOfMonth })
      : endOfMonth === true
        ? t('milestones:offset.end_of_month', { base })
        : base;
  if (days === 0) return placed;
  return t(days < 0 ? 'milestones:offset.minus_days' : 'milestones:offset.plus_days', {
    base: placed,
    count: Math.abs(days),
  });
}

function monthWords(t: Translate, anchor: string, months: number): string {
  if (months === 0) return t('milestones:offset.same_month', { anchor });
  const key = months < 0 ? 'milestones:offset.before_months' : 'milestones:offset.after_months';
  return t(key, { anchor, count: Math.abs(months) });
}

/** 日期待定（验收后30天）; without an anchor just 日期待定. */
export function undatedWords(
  t: Translate,
  row: { anchorKind: AnchorKind | null; anchorOffset: AnchorOffset | null },
): string {
  if (row.anchorKind === null || row.anchorOffset === null) return t('common:state.undated');
  return t('milestones:undated', { anchor: anchorWords(t, row.anchorKind, row.anchorOffset) });
}
