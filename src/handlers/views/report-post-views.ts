// Posting a report: the form that shows first what will be seen where, and the message in the channel. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { ReportChannel } from '../../domain/reports/post-report.service.js';
import type { ReportData } from '../../domain/reports/read-report.queries.js';
import type { ReportQuery } from '../../domain/reports/report.js';
import type { Translate } from '../i18n/index.js';
import { REPORT } from '../report-ids.js';
import type { ReportWords } from './aging-views.js';
import { actions, button, context, escapeMrkdwn, header, input, modal, option, section } from './blocks.js';
import { queryValue } from './report-controls.js';
import { docBlocks } from './report-doc.js';
import { reportDoc } from './report-views.js';

export interface PostChannel {
  readonly channel: ReportChannel;
  readonly id: string;
  /** People in it who see less than whoever posts. */
  readonly blind: number;
}

export function reportPostModal(
  query: ReportQuery,
  channels: readonly PostChannel[],
  t: Translate,
  metadata: string,
): ModalView {
  const options = channels.map(({ channel }) => option(t(`reports:post.channel.${channel}`), channel));
  const [initial] = options;
  const lines = channels.map(({ id, blind }) =>
    blind === 0
      ? t('reports:post.all_see', { channel: `<#${id}>` })
      : t('reports:post.some_blind', { channel: `<#${id}>`, count: blind }),
  );
  return modal({
    callbackId: REPORT.post,
    title: t('reports:post.title'),
    submit: t('reports:post'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      section(t('reports:post.about', { report: t(`reports:name.${query.kind}`) })),
      section(lines.join('\n')),
      input('channel', t('reports:post.channel'), {
        type: 'radio_buttons',
        action_id: 'value',
        options,
        ...(initial && { initial_option: initial }),
      }),
    ],
  });
}

/** In the channel; `data` null: without numbers, which not everybody there may see. */
export function postedReport(
  poster: string,
  data: ReportData | null,
  query: ReportQuery,
  words: ReportWords,
): { text: string; blocks: KnownBlock[] } {
  const { t } = words;
  const name = t(`reports:name.${query.kind}`);
  const who = escapeMrkdwn(poster);
  const by = t(data === null ? 'reports:post.by_only' : 'reports:post.by', { who });
  const open = actions([
    button(`${REPORT.open}.${query.kind}`, t('reports:post.open'), { value: queryValue(query) }),
  ]);
  if (data === null) {
    const blocks = [header(name), context(by), section(t('reports:post.own_scope')), open];
    return { text: `${name} · ${by}`, blocks };
  }
  const doc = reportDoc(data, query, words);
  const below = [context(by), open];
  return { text: `${doc.title} · ${by}`, blocks: docBlocks(doc, { all: below, fewer: below }) };
}
