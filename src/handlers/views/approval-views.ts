// What every card in approval shares: its buttons, where its steps stand (ux §4.4, §4.6). Pure.
import type { Button, KnownBlock, PlainTextOption } from '@slack/types';
import { type Action, type Actor, can } from '../../domain/access.js';
import { mayDecide } from '../../domain/approvals/approval.js';
import type { ApprovalDetails, Talk } from '../../domain/approvals/approval.queries.js';
import { formatInstant, formatNames, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { actions, button, confirm, escapeMrkdwn, option, present } from './blocks.js';
import { handsOf, whoDecided } from './decider-words.js';
import type { RowReader } from './row-views.js';

const NAMES = 8;
/** Of a note as cards show it; one of sending back is no longer. */
export const NOTE = 300;

/** Value of every button of an approval: which, and the version that was shown; ids, never authority. */
export const approvalValue = (approval: Pick<ApprovalDetails, 'id' | 'version'>): string =>
  JSON.stringify({ a: approval.id, v: approval.version });

/** What a subject says on the buttons of its approval. */
export interface ButtonWords {
  /** What a screen reader says after the verb. */
  readonly label: string;
  /** The question before it is approved, and what approving does. */
  readonly title: string;
  readonly text: string;
}

/** [*通过] with its confirm, [驳回] [提问]. */
export function decisionButtons(
  approval: ApprovalDetails,
  words: ButtonWords,
  { t }: Pick<RowReader, 't'>,
): Button[] {
  const value = approvalValue(approval);
  const labelled = (verb: string) => `${verb} ${words.label}`;
  return [
    button(ACTION.approvalApprove, t('approvals:approve'), {
      style: 'primary',
      value,
      label: labelled(t('approvals:approve')),
      confirm: confirm(
        words.title,
        stepText(approval, words.text, t),
        t('approvals:approve'),
        t('approvals:not_yet'),
      ),
    }),
    button(ACTION.approvalReject, t('approvals:reject'), { value, label: labelled(t('approvals:reject')) }),
    button(ACTION.approvalAsk, t('questions:ask'), { value, label: labelled(t('questions:ask')) }),
  ];
}

/** What approving does is only done by the last step; the ones before say so. */
const stepText = ({ step, steps }: ApprovalDetails, text: string, t: RowReader['t']): string =>
  step < steps ? t('approvals:step_confirm', { step, steps, text }) : text;

/** The header of a card; at a later step it says which one. */
export const stepTitle = (
  { status, step, steps }: ApprovalDetails,
  title: string,
  t: RowReader['t'],
): string => (status === 'open' && step > 1 ? t('approvals:later_step', { title, step, steps }) : title);

/**
 * Everything that can be done on an open card: decide, and ⋯ for the rest. In the DM of somebody whose step is over only
 * [打开] is left; whoever reads a channel is asked on the click.
 */
export function cardActions(
  approval: ApprovalDetails,
  words: ButtonWords,
  reader: Pick<RowReader, 't' | 'actor'>,
): KnownBlock {
  const { t, actor } = reader;
  if (actor !== null && !isAskedNow(actor.id, approval)) return actions([approvalOpenButton(approval, t)]);
  const more = (key: MoreKey) => option(t(`approvals:more.${key}`), moreValue(key, approval));
  return actions([
    ...decisionButtons(approval, words, reader),
    {
      type: 'overflow',
      action_id: ACTION.approvalMore,
      options: present<PlainTextOption>(more('open'), more('batch'), approval.step > 1 && more('back')),
    },
  ]);
}

const isAskedNow = (personId: string, { approvers, delegates }: ApprovalDetails): boolean =>
  [...delegates, ...approvers].some((one) => one.id === personId);

export const MORE_KEYS = ['open', 'batch', 'back'] as const;
export type MoreKey = (typeof MORE_KEYS)[number];
const moreValue = (key: MoreKey, { id, version }: ApprovalDetails): string =>
  JSON.stringify({ k: key, a: id, v: version });

/** [打开] of whatever is in approval. */
export const approvalOpenButton = (approval: ApprovalDetails, t: RowReader['t']): Button =>
  button(ACTION.approvalOpen, t('common:open'), { value: approvalValue(approval) });

/** In a window: what its reader may do, in their own right or in somebody's place; whoever asked may remind. */
export function windowButtons(
  approval: ApprovalDetails,
  words: ButtonWords,
  reader: RowReader,
  scope: { action: Action; ownerId: string | null },
): Button[] {
  const { actor, t } = reader;
  if (actor === null || approval.status !== 'open') return [];
  if (!(approval.alone && isAskedNow(actor.id, approval)) && !canDecide(actor, approval, scope))
    return approval.requestedBy.id === actor.id && approval.approvers.length > 0
      ? [button(ACTION.approvalNudge, t('approvals:nudge'), { value: approvalValue(approval) })]
      : [];
  return [
    ...decisionButtons(approval, words, reader),
    ...(approval.step > 1
      ? [button(ACTION.approvalBack, t('approvals:more.back'), { value: approvalValue(approval) })]
      : []),
  ];
}

const canDecide = (
  actor: Actor,
  approval: ApprovalDetails,
  { action, ownerId }: { action: Action; ownerId: string | null },
): boolean =>
  mayDecide(
    {
      id: actor.id,
      roles: actor.roles,
      leads: can(actor, action, ownerId ?? undefined),
      may: can(actor, action),
    },
    approval,
  );

/**
 * 第 1 步，共 2 步 · 等 …, before it what happened so far, below it a line each what was asked and answered; escaped. A
 * channel reads who of it can decide, a delegate in whose place.
 */
export function openLine(
  approval: ApprovalDetails,
  reader: Omit<RowReader, 'actor'> & Partial<Pick<RowReader, 'actor'>>,
  who: 'waiting' | 'deciders' = 'waiting',
): string {
  const { t, locale } = reader;
  const { approvedSoFar, approvers } = approval;
  const few = (names: readonly string[]) => formatNames(locale, names.slice(0, NAMES));
  const line = present<string>(
    ...historyLines(approval, reader),
    t('approvals:step', { step: approval.step, steps: approval.steps }),
    approvedSoFar.length > 0 &&
      t('approvals:so_far', { names: few(approvedSoFar.map((hand) => whoDecided(hand, reader))) }),
    approvers.length > 0
      ? t(`approvals:${who}`, { names: few(approvers.map(({ name }) => escapeMrkdwn(truncate(name, 20)))) })
      : t('approvals:no_deciders'),
    actingLine(approval, reader),
  ).join(' · ');
  return [line, ...approval.talk.flatMap((one) => talkLines(one, reader))].join('\n');
}

/** 你代 周明: for whom the reader would decide; null for whoever is asked themselves. */
function actingLine(
  { approvers, delegates }: ApprovalDetails,
  { t, locale, actor }: Partial<Pick<RowReader, 'actor'>> & Pick<RowReader, 't' | 'locale'>,
): string | null {
  if (!actor || approvers.some((one) => one.id === actor.id)) return null;
  const names = delegates
    .filter((one) => one.id === actor.id)
    .slice(0, NAMES)
    .map(({ of }) => escapeMrkdwn(truncate(of.name, 20)));
  return names.length > 0 ? t('approvals:acting', { names: formatNames(locale, names) }) : null;
}

/** Steps that are decided, and why this one was sent back to. */
export function historyLines(approval: ApprovalDetails, reader: Omit<RowReader, 'actor'>): string[] {
  const { t, locale, now, timezone } = reader;
  const at = (date: Date) => formatInstant(locale, date, now, timezone);
  const before = approval.status === 'open' ? approval.decidedSteps : approval.decidedSteps.slice(0, -1);
  const { returned } = approval;
  return present<string>(
    ...before.map((step) =>
      t('approvals:step_done', {
        who: handsOf(step, reader),
        at: at(step.at),
        step: step.seq,
      }),
    ),
    returned &&
      t('approvals:returned', {
        who: escapeMrkdwn(truncate(returned.by.name, 40)),
        at: at(returned.at),
        note: escapeMrkdwn(truncate(returned.note, NOTE)),
      }),
  );
}

const TALK = 80;

/** What was asked about it and answered, shortly: whoever comes later need not ask again. */
export function talkLines({ by, question, answer }: Talk, { t }: Pick<RowReader, 't'>): string[] {
  const who = escapeMrkdwn(truncate(by.name, 20));
  const asked = { who, question: escapeMrkdwn(truncate(question, TALK)) };
  if (answer === null) return [t('questions:open', asked)];
  return [
    t('questions:asked', asked),
    t('questions:answered', {
      who: escapeMrkdwn(truncate(answer.by.name, 20)),
      answer: escapeMrkdwn(truncate(answer.text, TALK)),
    }),
  ];
}
