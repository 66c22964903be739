// The timeline of follow-ups of a contract or customer, and what each rep made of theirs (F80, F81). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import { STATS_DAYS } from '../../domain/follow-ups/follow-up.js';
import type {
  FollowUpPage,
  FollowUpStats,
  FollowUpsOf,
} from '../../domain/follow-ups/follow-up-list.queries.js';
import { formatInstant, shortName, truncate } from '../i18n/format.js';
import { ACTION, listId, VIEW } from '../ids.js';
import { actions, button, context, escapeMrkdwn, modal, section } from './blocks.js';
import { followUpWords } from './follow-up-views.js';
import { pager } from './list-views.js';
import type { RowReader } from './row-views.js';

/** Value of a button that opens or turns the pages of a timeline. */
export const timelineValue = (of: FollowUpsOf, page = 1): string =>
  JSON.stringify('contractId' in of ? { c: of.contractId, p: page } : { u: of.customerId, p: page });

/** Newest first: when, who, about what, how, and what came of it. */
export function timelineModal(of: FollowUpsOf, data: FollowUpPage, reader: RowReader): ModalView {
  const { t, locale, now, timezone } = reader;
  const rows = data.rows.map((one): KnownBlock => {
    const head = t('follow_ups:timeline.head', {
      at: formatInstant(locale, one.at, now, timezone),
      who: escapeMrkdwn(shortName(locale, one.who ?? '—')),
      contract: one.contractNumber,
      n: one.seq,
    });
    // The notes follow, at length.
    const words = escapeMrkdwn(followUpWords({ ...one, content: null }, one.currency, reader));
    const content = one.content === null ? '' : `\n${escapeMrkdwn(truncate(one.content, 300))}`;
    return section(`*${head}*\n${words}${content}`);
  });
  return modal({
    callbackId: VIEW.info,
    title: t('follow_ups:timeline'),
    close: t('common:close'),
    blocks: [
      ...(rows.length === 0 ? [section(t('follow_ups:timeline.none'))] : rows),
      ...pager(t, data, ACTION.followUpList, (page) => timelineValue(of, page)),
      ...(data.rows.length > 0 && reader.actor !== null && can(reader.actor, 'record.export')
        ? [
            actions([
              button(listId('follow_up', 'export'), t('exports:button'), {
                value: JSON.stringify({ f: of }),
              }),
            ]),
          ]
        : []),
    ],
  });
}

const LINES_A_BLOCK = 20;

/** A line a person: follow-ups, promises kept, contacts missed. */
export function followUpStatsModal(stats: readonly FollowUpStats[], reader: RowReader): ModalView {
  const { t, locale } = reader;
  const lines = stats.map((one) =>
    t('follow_ups:stats.line', {
      name: escapeMrkdwn(shortName(locale, one.name)),
      count: one.followUps,
      kept: one.promises === 0 ? '—' : `${one.kept}/${one.promises}`,
      missed: one.missed,
    }),
  );
  const blocks = Array.from({ length: Math.ceil(lines.length / LINES_A_BLOCK) }, (_none, block) =>
    section(lines.slice(block * LINES_A_BLOCK, (block + 1) * LINES_A_BLOCK).join('\n')),
  );
  return modal({
    callbackId: VIEW.info,
    title: t('follow_ups:stats'),
    close: t('common:close'),
    blocks: [
      ...(blocks.length === 0 ? [section(t('follow_ups:timeline.none'))] : blocks),
      context(t('follow_ups:stats.explain', { days: STATS_DAYS })),
    ],
  });
}
