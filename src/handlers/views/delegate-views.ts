// 代理审批: one's own settings, the form (an admin's for anybody), and what people are told (ux §4.9). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { addDays, type LocalDate } from '../../domain/local-date.js';
import type { DelegateFacts } from '../../domain/members/delegate.queries.js';
import { formatDate, formatNames, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { SETTINGS } from '../settings-ids.js';
import {
  actions,
  button,
  context,
  dateInput,
  escapeMrkdwn,
  input,
  modal,
  present,
  section,
} from './blocks.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';
import { topic } from './settings-index-views.js';

type Reader = Pick<RowReader, 't' | 'locale' | 'today'>;
const NAMES = 8;

/** 韩梅梅，到 12月1日; escaped. */
function delegateWords({ delegate }: DelegateFacts, { t, locale, today }: Reader): string {
  if (!delegate) return t('delegates:none');
  return t('delegates:value', {
    name: escapeMrkdwn(truncate(delegate.name, 40)),
    date: formatDate(locale, delegate.until, today),
  });
}

/** Whose decisions the person takes, escaped; null for nobody's. */
function standsInWords({ standsInFor }: DelegateFacts, { t, locale, today }: Reader): string | null {
  if (standsInFor.length === 0) return null;
  const names = standsInFor.slice(0, NAMES).map(({ name, until }) =>
    t('delegates:value', {
      name: escapeMrkdwn(truncate(name, 40)),
      date: formatDate(locale, until, today),
    }),
  );
  return t('delegates:stands_in', { names: formatNames(locale, names) });
}

/** 我的设置: what anybody may set for themselves, and what else their role lets them set. */
export function ownSettings(
  facts: DelegateFacts,
  also: { readonly ladder: boolean; readonly flows: boolean; readonly rates: string | null },
  reader: Reader,
): ModalView {
  const { t } = reader;
  const standsIn = standsInWords(facts, reader);
  return modal({
    callbackId: VIEW.info,
    title: t('delegates:mine'),
    close: t('common:close'),
    blocks: present<KnownBlock>(
      topic(t, t('delegates:title'), delegateWords(facts, reader), ACTION.delegateEdit),
      standsIn !== null && context(standsIn),
      topic(t, t('times:title'), t('times:value'), ACTION.ownTimes),
      also.rates !== null && topic(t, t('rates:title'), also.rates, SETTINGS.rates),
      also.ladder && topic(t, t('ladders:title'), t('ladders:value'), ACTION.ladder),
      also.flows && topic(t, t('flows:title'), t('flows:topic'), ACTION.settingsFlows, t('common:open')),
    ),
  });
}

/** `forOthers`: an admin chooses whose; fields carry the person's id, so that Slack does not keep another's. */
export function delegateForm(
  facts: DelegateFacts,
  { requestId, forOthers, onTop }: { requestId: string; forOthers: boolean; onTop: boolean },
  reader: Reader,
): ModalView {
  const { t, today } = reader;
  const { delegate } = facts;
  const standsIn = standsInWords(facts, reader);
  return modal({
    callbackId: VIEW.delegateEdit,
    title: t('delegates:title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata: JSON.stringify({ r: requestId, u: facts.id, v: facts.version, o: onTop }),
    blocks: present<KnownBlock>(
      forOthers &&
        input(
          'person',
          t('settings:person'),
          { type: 'users_select', action_id: ACTION.delegatePick, initial_user: facts.slackUserId },
          { dispatch: true },
        ),
      input(
        `delegateId|${facts.id}`,
        t('delegates:who'),
        {
          type: 'users_select',
          action_id: 'value',
          ...(delegate && { initial_user: delegate.slackUserId }),
        },
        { optional: true, hint: t('delegates:who_hint') },
      ),
      input(`until|${facts.id}`, t('delegates:until'), dateInput(delegate?.until ?? addDays(today, 7)), {
        optional: true,
        hint: t('delegates:until_hint'),
      }),
      standsIn !== null && context(standsIn),
    ),
  });
}

/** What a change means for each: the person, who stands in, who stood in before. */
export interface DelegateNews {
  readonly person: string;
  readonly by: string;
  readonly delegate: { readonly name: string; readonly until: LocalDate } | null;
  /** Who reads: the person, today's delegate, or the one before. */
  readonly to: 'person' | 'delegate' | 'before';
}

/** Told to whoever did not do it themselves. */
export function delegateMessage(
  news: DelegateNews,
  { t, locale, today }: Reader,
): Message & { blocks: KnownBlock[] } {
  const { delegate, to } = news;
  const short = (text: string) => escapeMrkdwn(truncate(text, 40));
  const words = {
    person: short(news.person),
    by: short(news.by),
    name: delegate ? short(delegate.name) : '',
    date: delegate ? formatDate(locale, delegate.until, today) : '',
  };
  const text =
    to === 'person'
      ? t(delegate ? 'delegates:told.person' : 'delegates:told.person_none', words)
      : t(to === 'delegate' ? 'delegates:told.delegate' : 'delegates:told.before', words);
  const todo = button(ACTION.todo, t('home:todo'));
  return { text, blocks: [section(text), ...(to === 'delegate' ? [actions([todo])] : [])] };
}
