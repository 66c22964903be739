// What people are told about approvals besides the cards themselves. Pure.
import type { KnownBlock } from '@slack/types';
import type { ApprovalDetails } from '../../domain/approvals/approval.queries.js';
import type { LocalDate } from '../../domain/local-date.js';
import { formatDate, formatInstant, formatNames, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { approvalOpenButton } from './approval-views.js';
import { actions, button, context, escapeMrkdwn, header, present, section } from './blocks.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

type Told = Message & { blocks: KnownBlock[] };

/** To the admins, loudly: nobody can decide (rules §6). `card`: the sentence of its card, escaped; `alike`: others that wait so. */
export function orphanMessage(
  approval: ApprovalDetails,
  card: string,
  alike: number,
  { t }: Pick<RowReader, 't'>,
): Told {
  const who = escapeMrkdwn(truncate(approval.requestedBy.name, 40));
  const more = alike > 0 ? ` ${t('approvals:orphan.alike', { count: alike })}` : '';
  // A superior helps only where the step asks one.
  const isLed = approval.question?.roles.includes('manager') ?? true;
  const text = `${isLed ? t('approvals:orphan', { card, who }) : t('approvals:orphan_role', { card })}${more}`;
  const roles = button(ACTION.settingsMember, t('approvals:orphan.button'), { style: 'primary' });
  return { text, blocks: [section(text), actions([roles, approvalOpenButton(approval, t)])] };
}

/** Of a longer list the others stand in the to-do list. */
export const NUDGED_SHOWN = 8;

/** One that waits: the sentence of its card (escaped), and how long. */
export interface WaitingApproval {
  readonly card: string;
  readonly hours: number;
  readonly approval: ApprovalDetails;
}

/** 催办: to who may decide; `by`: whoever asked pressed the button. */
export function nudgeMessage(
  waiting: readonly WaitingApproval[],
  total: number,
  by: string | null,
  { t }: Pick<RowReader, 't'>,
): Told {
  const hours = Math.max(...waiting.map((one) => one.hours));
  const who = by === null ? null : escapeMrkdwn(truncate(by, 40));
  const [only] = waiting;
  const text =
    who !== null
      ? t(hours === 0 ? 'approvals:nudge.by_now' : 'approvals:nudge.by', {
          who,
          hours,
          card: only?.card ?? '',
        })
      : total === 1
        ? t('approvals:nudge.one', { hours, card: only?.card ?? '' })
        : t('approvals:nudge.many', { hours, count: total });
  return list(text, waiting, total, 'nudge.row', t);
}

/** To who stands above them. */
export function overdueMessage(
  waiting: readonly WaitingApproval[],
  total: number,
  { t, locale }: Pick<RowReader, 't' | 'locale'>,
): Told {
  const [only] = waiting;
  const hours = Math.max(...waiting.map((one) => one.hours));
  const names = (one: WaitingApproval | undefined) =>
    formatNames(
      locale,
      (one?.approval.approvers ?? []).slice(0, 4).map((person) => escapeMrkdwn(truncate(person.name, 20))),
    );
  const text =
    total === 1
      ? t('approvals:overdue.one', { hours, card: only?.card ?? '', names: names(only) })
      : t('approvals:overdue.many', { hours, count: total });
  return list(text, waiting, total, 'overdue.row', t, names);
}

function list(
  text: string,
  waiting: readonly WaitingApproval[],
  total: number,
  key: 'nudge.row' | 'overdue.row',
  t: RowReader['t'],
  names: (one: WaitingApproval) => string = () => '',
): Told {
  const [only] = waiting;
  if (total === 1 && only)
    return { text, blocks: [section(text), actions([approvalOpenButton(only.approval, t)])] };
  const hidden = total - waiting.length;
  return {
    text,
    blocks: present<KnownBlock>(
      section(text),
      ...waiting.map((one) =>
        section(
          // A sentence that goes on here has not ended.
          t(`approvals:${key}`, {
            card: one.card.replace(/[。.]$/, ''),
            hours: one.hours,
            names: names(one),
          }),
          approvalOpenButton(one.approval, t),
        ),
      ),
      hidden > 0 && context(t('approvals:more_waiting', { count: hidden })),
    ),
  };
}

/** Of a longer list only the first. */
export const SOLO_SHOWN = 20;

/** One that the only finance user decided about their own; `card` escaped. */
export interface SoloDecision {
  readonly card: string;
  readonly approval: ApprovalDetails;
  readonly who: string;
  readonly at: Date;
}

/** To the directors, on Monday: what was decided by whoever was involved (rules §6). */
export function soloWeekMessage(
  rows: readonly SoloDecision[],
  total: number,
  { from, until }: { from: LocalDate; until: LocalDate },
  { t, locale, today, now, timezone }: Omit<RowReader, 'actor'>,
): Told {
  const facts = {
    from: formatDate(locale, from, today),
    to: formatDate(locale, until, today),
    count: total,
  };
  const hidden = total - rows.length;
  return {
    text: t('flows:solo_week.text', facts),
    blocks: present<KnownBlock>(
      header(t('flows:solo_week', facts)),
      ...rows.map((row) =>
        section(
          t('flows:solo_week.row', {
            card: row.card,
            who: escapeMrkdwn(truncate(row.who, 40)),
            at: formatInstant(locale, row.at, now, timezone),
          }),
          approvalOpenButton(row.approval, t),
        ),
      ),
      hidden > 0 && context(t('approvals:more_waiting', { count: hidden })),
    ),
  };
}
