// A milestone as a line of the digest: which, of what, how late, and its buttons (ux §4.7). Pure.
import type { KnownBlock } from '@slack/types';
import { can } from '../../domain/access.js';
import { diffDays } from '../../domain/local-date.js';
import type { Tone } from '../../domain/reminders/ladder.js';
import type { MilestoneRow } from '../../domain/reminders/milestone-rows.queries.js';
import { formatDate, formatRelative, shortCustomer, shortName } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { actions, button, escapeMrkdwn, section } from './blocks.js';
import { contractValue } from './contract-list-views.js';
import type { RowReader } from './row-views.js';

/**
 * [已验收] [改预计] of an acceptance; [节点] where nobody knows the day; [打开] where the rows' own dates are to be set, or the
 * signing; nothing once it happened. `tone`: how the step speaks.
 */
export function milestoneRow(row: MilestoneRow, tone: Tone | undefined, reader: RowReader): KnownBlock[] {
  const { t, locale, actor } = reader;
  const title = t('reminders:milestone.title', {
    customer: escapeMrkdwn(shortCustomer(locale, row.customerName)),
    contract: row.contractNumber,
    name: escapeMrkdwn(shortName(locale, row.contractName)),
    kind: nameOf(row.kind, reader),
  });
  const asks = row.actualOn === null && (tone === 'firm' || tone === 'urgent');
  const note = asks ? `\n${t(`reminders:note.milestone_${tone}`)}` : '';
  const text = section(`${title}\n${dayWords(row, reader)}${note}`);
  if (row.actualOn !== null || (actor !== null && !can(actor, 'milestone.set', row.ownerId))) return [text];
  if (row.kind === 'none' || row.kind === 'signing')
    return [
      section(
        `${title}\n${dayWords(row, reader)}${note}`,
        button(ACTION.contractOpen, t('common:open'), {
          value: contractValue(row.contractId),
          label: `${t('common:open')} ${row.contractNumber}`,
        }),
      ),
    ];
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

const nameOf = (kind: MilestoneRow['kind'], { t }: RowReader): string =>
  kind === 'none' || kind === 'signing'
    ? t(`reminders:undated.${kind}`)
    : t(`contracts:milestone_name.${kind}`);

function dayWords(row: MilestoneRow, reader: RowReader): string {
  const { t, locale, today } = reader;
  if (row.actualOn !== null)
    return t('reminders:milestone.happened', { date: formatDate(locale, row.actualOn, today) });
  if (row.expectedOn === null) {
    if (row.signedOn === null || row.kind === 'none')
      return t('reminders:milestone.undated', { count: row.undated });
    return t('reminders:milestone.unknown', { count: row.undated, days: diffDays(today, row.signedOn) });
  }
  const date = formatDate(locale, row.expectedOn, today);
  return t('reminders:milestone.expected', {
    kind: nameOf(row.kind, reader),
    date,
    when: formatRelative(locale, row.expectedOn, today),
  });
}
