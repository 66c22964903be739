// What stands around the rows of a list: what it is narrowed to, how many there are, the pages. Pure.
import type { KnownBlock } from '@slack/types';
import type { Translate } from '../i18n/index.js';
import { actions, button, context, escapeMrkdwn, present } from './blocks.js';

export interface PageInfo {
  readonly total: number;
  /** There are more than were counted. */
  readonly more?: boolean;
  readonly page: number;
  readonly pages: number;
}

/** `filter` as words, '' for none; [清除] beside it asks for the unfiltered list. */
export function listHead(t: Translate, info: PageInfo, filter: string): KnownBlock {
  const count = info.more ? t('lists:more_than', { count: info.total }) : info.total;
  if (filter === '') return context(t('lists:total', { count }));
  return context(t('lists:filter', { filter: escapeMrkdwn(filter), count }));
}

/** [上一页] 第 2 页，共 7 页 [下一页]; nothing for a single page. `stateOf` gives the value that leads to a page. */
export function pager(
  t: Translate,
  info: PageInfo,
  pageAction: string,
  stateOf: (page: number) => string,
): KnownBlock[] {
  if (info.pages <= 1) return [];
  const to = (where: 'previous' | 'next', page: number) =>
    button(`${pageAction}.${where}`, t(`lists:${where}`), { value: stateOf(page) });
  return [
    context(t('lists:page', { page: info.page, pages: info.pages })),
    actions(
      present(
        info.page > 1 && to('previous', info.page - 1),
        info.page < info.pages && to('next', info.page + 1),
      ),
    ),
  ];
}

/** The way back to the list that a card was opened from. */
export const backButton = (t: Translate, pageAction: string, state: string) =>
  button(`${pageAction}.back`, t('lists:back'), { value: state });
