// A milestone as a line of the digest: which, of what, how late, and its buttons (ux §4.7). Pure.
import type { KnownBlock } from '@slack/types';
import { can } from '../../domain/access.js';
import { diffDays } from '../../domain/local-date.js';
import type { Tone } from '../../domain/reminders/ladder.js';
import type { MilestoneRow } from '../../domain/reminders/milestone-rows.queries.js';
import { formatDate, formatRelative, shortCustomer, shortName } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { actions, button, escapeMrkdwn, section } from './blocks.js';
import type { RowReader } from './row-views.js';

/** [已验收] [改预计] of an acceptance; [节点] where nobody knows the day; nothing once it happened. `tone`: how the step speaks. */
export function milestoneRow(row: MilestoneRow, tone: Tone | undefined, reader: RowReader): KnownBlock[] {
  const { t, locale, actor } = reader;
  const title = t('reminders:milestone.title', {
    customer: escapeMrkdwn(shortCustomer(locale, row.customerName)),
    contract: row.contractNumber,
    name: escapeMrkdwn(shortName(locale, row.contractName)),
    kind: t(`contracts:milestone_name.${row.kind}`),
  });
  const asks = row.actualOn === null && (tone === 'firm' || tone === 'urgent');
  const note = asks ? `\n${t(`reminders:note.milestone_${tone}`)}` : '';
  const text = section(`${title}\n${dayWords(row, reader)}${note}`);
  if (row.actualOn !== null || (actor !== null && !can(actor, 'milestone.set', row.ownerId))) return [text];
  const value = (how: 'happened' | 'estimate') => JSON.stringify({ c: row.contractId, k: row.kind, h: how });
  const about = (verb: string) => ({ label: `${verb} ${row.contractNumber}` });
  const [done, moved, set] = [
    t('reminders:milestone.accepted'),
    t('reminders:milestone.estimate'),
    t('milestones:button'),
  ];
  if (row.expectedOn === null)
    return [
      text,
      actions([button(ACTION.milestoneEstimate, set, { value: value('estimate'), ...about(set) })]),
    ];
  return [
    text,
    actions([
      button(ACTION.milestoneOpen, done, { value: value('happened'), ...about(done) }),
      button(ACTION.milestoneEstimate, moved, { value: value('estimate'), ...about(moved) }),
    ]),
  ];
}

function dayWords(row: MilestoneRow, { t, locale, today }: RowReader): string {
  if (row.actualOn !== null)
    return t('reminders:milestone.happened', { date: formatDate(locale, row.actualOn, today) });
  if (row.expectedOn === null) {
    const days = row.signedOn === null ? 0 : diffDays(today, row.signedOn);
    return t('reminders:milestone.unknown', { count: row.undated, days });
  }
  const date = formatDate(locale, row.expectedOn, today);
  const kind = t(`contracts:milestone_name.${row.kind}`);
  return t('reminders:milestone.expected', {
    kind,
    date,
    when: formatRelative(locale, row.expectedOn, today),
  });
}
