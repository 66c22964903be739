// When a step of a ladder comes, in words. Pure.
import type { Locale } from '../../domain/access.js';
import type { LadderKind, LadderRule, RecipientRole, Tone } from '../../domain/reminders/ladder.js';
import { isRowKind } from '../../domain/reminders/ladders.js';
import { formatNames } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';

/** From which day the steps of a kind count. */
export const COUNTED_FROM: Record<LadderKind, 'due' | 'acceptance' | 'signing'> = {
  normal: 'due',
  retention: 'due',
  acceptance: 'acceptance',
  anchor: 'signing',
};

/** 到期前 3 天, 到期当天, 逾期 7 天, 逾期 7 天后每周一; 预计验收前 7 天, 签订后每 30 天. */
export function stepDay(
  t: Translate,
  rule: Pick<LadderRule, 'offsetDays' | 'repeatEveryDays' | 'anchorWeekday' | 'replacedByRemindDays'> & {
    readonly appliesTo?: LadderKind;
  },
): string {
  const { offsetDays: days, repeatEveryDays: every } = rule;
  const from = COUNTED_FROM[rule.appliesTo ?? 'normal'];
  if (from !== 'due') {
    if (every !== undefined)
      return t(days === 0 ? `ladders:${from}.every_after` : `ladders:${from}.every`, { days, every });
    if (days === 0) return t(`ladders:${from}.day`);
    return t(`ladders:${from}.${days < 0 ? 'before' : 'after'}`, { count: Math.abs(days) });
  }
  if (every !== undefined)
    return rule.anchorWeekday === undefined
      ? t(days === 0 ? 'ladders:every_after' : 'ladders:every', { days, every })
      : t('ladders:every_week', {
          days,
          weekday: t(`calendar:weekday.${WEEKDAYS[rule.anchorWeekday - 1] ?? 1}`),
        });
  if (rule.replacedByRemindDays) return t('ladders:first');
  if (days === 0) return t('ladders:day');
  return days < 0 ? t('ladders:before', { count: -days }) : t('ladders:after', { count: days });
}
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

export const roleWords = (t: Translate, role: RecipientRole): string => t(`ladders:role.${role}`);

/** What is urgent about an instalment is a follow-up or promise; about a milestone its day. */
export const toneWords = (t: Translate, tone: Tone, kind: LadderKind): string =>
  t(tone === 'urgent' && !isRowKind(kind) ? 'ladders:tone.urgent_milestone' : `ladders:tone.${tone}`);

/** 逾期 3 天 · 负责人、上级 · 升到 1 级，消息列里点“已知悉” · 紧急：…: when, to whom, where and how a step speaks. */
export function stepWords(
  t: Translate,
  rule: Parameters<typeof stepDay>[1] & Pick<LadderRule, 'level' | 'roles' | 'tone' | 'appliesTo'>,
  { locale }: { readonly locale: Locale },
): string {
  const asks = rule.level !== null && rule.level >= 1;
  const place = asks ? t('ladders:thread', { level: rule.level }) : t('ladders:dm');
  return [
    stepDay(t, rule),
    formatNames(
      locale,
      rule.roles.map((role) => roleWords(t, role)),
    ),
    place,
    ...(rule.tone === 'plain' ? [] : [toneWords(t, rule.tone, rule.appliesTo)]),
  ].join(' · ');
}
