// The open cases as managers look at them: on Home and in a window of their own (ux §4.8). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { CasePage, OpenCase } from '../../domain/reminders/open-cases.queries.js';
import { shortName } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { actions, context, divider, escapeMrkdwn, modal, section } from './blocks.js';
import { caseButtons } from './case-buttons.js';
import { pager } from './list-views.js';
import { type RowReader, rowFacts, rowTitle } from './row-views.js';
import { teamSection } from './todo-views.js';

/** How many at which level; each case with who acknowledged it or that nobody has; then who has what overdue. */
export function casesBlocks(page: CasePage, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  const team = teamSection(page.team, reader);
  if (page.total === 0) return [section(t('reminders:cases.none')), ...team];
  const waiting = page.levels.reduce((sum, one) => sum + one.unacknowledged, 0);
  const levels = page.levels.map(({ level, count }) => t('reminders:cases.level', { level, count }));
  return [
    context([...levels, t('reminders:cases.unacknowledged', { count: waiting })].join(' · ')),
    ...page.cases.flatMap((found) => caseLine(found, reader)),
    ...(team.length > 0 ? [divider(), ...team] : []),
  ];
}

function caseLine(found: OpenCase, reader: RowReader): KnownBlock[] {
  const { t, locale } = reader;
  const { row, acknowledgedBy, asksReader, level } = found;
  const [acknowledge, open] = caseButtons(found, reader);
  const facts = [
    `*${t('reminders:cases.badge', { level })}*`,
    escapeMrkdwn(shortName(locale, row.ownerName)),
    acknowledgedBy === null
      ? t('reminders:cases.not_yet')
      : t('reminders:case.acknowledged_by', { who: escapeMrkdwn(shortName(locale, acknowledgedBy)) }),
  ];
  const text = `${rowTitle(row, reader)}\n${rowFacts(row, reader)}\n${facts.join(' · ')}`;
  return asksReader ? [section(text), actions([acknowledge, open])] : [section(text, open)];
}

/** A page of them as a window. */
export function casesModal(page: CasePage, reader: RowReader): ModalView {
  const { t } = reader;
  return modal({
    callbackId: VIEW.info,
    title: t('reminders:cases.title'),
    close: t('common:close'),
    metadata: JSON.stringify({ k: 'cases', p: page.page }),
    blocks: [...casesBlocks(page, reader), ...pager(t, page, ACTION.cases, String)],
  });
}
