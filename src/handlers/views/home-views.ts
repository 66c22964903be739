// App Home by role: what waits for me, my numbers, my list, twenty rows a page (ux §4.8). Pure.
import type { HomeView, KnownBlock } from '@slack/types';
import { type Actor, can } from '../../domain/access.js';
import type { FailedMessages } from '../../domain/home/failed.queries.js';
import type { HomeData } from '../../domain/home/home.queries.js';
import type { Setup, SetupItem } from '../../domain/settings/setup.queries.js';
import { formatInstant, shortName, truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION } from '../ids.js';
import {
  actions,
  button,
  context,
  divider,
  escapeMrkdwn,
  header,
  option,
  present,
  section,
} from './blocks.js';
import { homeList, homeState } from './home-list-views.js';
import { numberBlocks } from './home-number-views.js';
import { askAccessMessage } from './member-views.js';
import { channelWords, messageWords } from './message-words.js';
import { instalmentRow, type RowReader } from './row-views.js';
import { firstThings, setupName } from './waiting-views.js';

/** The whole Home of somebody with a role. */
export function homeView(
  data: HomeData,
  reader: RowReader,
  company: { readonly financeChannelId: string | null; readonly baseCurrency: string },
): HomeView {
  const { t, actor } = reader;
  const waits = data.waiting.total + data.due.total > 0;
  const isFirst = data.isFirstRun && !waits && !('setup' in data.list);
  const blocks: KnownBlock[] = [
    ...kindSelect(data, t),
    // Where nothing is yet, what to do first stands first, and no number says "none".
    ...(isFirst ? [...firstRun(data, t, company.financeChannelId), divider()] : []),
    // What waits for the reader comes first; the ways into the rest of the work follow.
    ...waitingBlocks(data, reader),
    ...(waits ? [divider()] : []),
    ...(actor ? menu(t, actor, isFirst, data.state.kind === 'rep') : []),
    ...(isFirst
      ? []
      : [
          ...numberBlocks(data, reader, company.baseCurrency),
          divider(),
          ...listBlocks(data, reader, company.financeChannelId),
        ]),
    footer(reader),
    actions([button(ACTION.homeRefresh, t('common:refresh')), button(ACTION.help, t('common:help'))]),
  ];
  return { type: 'home', blocks, private_metadata: homeState(data.state) };
}

/** The Home of somebody without a role: why it is empty, and the way in; once asked, that it was asked and when. */
export function homeWithoutRole(t: Translate, asked?: string): HomeView {
  const wait = [section(escapeMrkdwn(asked ?? '')), actions([button(ACTION.help, t('common:help'))])];
  // What they would ask for.
  const what = section(escapeMrkdwn(t('help:intro')));
  return {
    type: 'home',
    blocks: [what, ...(asked === undefined ? (askAccessMessage(t).blocks ?? []) : wait)],
  };
}

/** Nothing could be read; what was shown before would be old. */
export function homeFailure(t: Translate): HomeView {
  return {
    type: 'home',
    blocks: [section(t('home:failure')), actions([button(ACTION.homeRefresh, t('common:retry'))])],
  };
}

function kindSelect({ kinds, state }: HomeData, t: Translate): KnownBlock[] {
  if (kinds.length < 2) return [];
  const options = kinds.map((kind) => option(t(`home:kind.${kind}`), homeState({ kind, page: 1 })));
  const chosen = options[kinds.indexOf(state.kind)];
  return [
    actions([
      {
        type: 'static_select',
        action_id: `${ACTION.homeTab}.kind`,
        options,
        ...(chosen && { initial_option: chosen }),
      },
    ]),
  ];
}

/**
 * The ways into the work: what S0's menus hold, then what the person may begin. Where nothing is yet, that is a contract:
 * plans and receipts need one. `isOffered`: it is offered above.
 */
function menu(t: Translate, actor: Actor, isFirst: boolean, isOffered: boolean): KnownBlock[] {
  const sells = can(actor, 'contract.create');
  const begin = present(
    can(actor, 'receipt.record') &&
      !(isFirst && sells) &&
      button(ACTION.receiptNew, t('home:record_receipt'), {
        ...(!isFirst && { style: 'primary' as const }),
      }),
    can(actor, 'plan.create') && !isFirst && button(ACTION.planNew, t('home:new_plan')),
    sells && !(isFirst && isOffered) && button(ACTION.contractNew, t('home:new_contract')),
    can(actor, 'settings.edit') && button(ACTION.settings, t('settings:title')),
    actor.roles.includes('auditor') && button(ACTION.auditOpen, t('audit:title')),
  );
  return [
    actions([
      button(ACTION.contractList, t('home:contracts')),
      button(ACTION.planList, t('home:plans')),
      button(ACTION.receiptList, t('home:receipts')),
      button(ACTION.reports, t('reports:title')),
    ]),
    ...(begin.length > 0 ? [actions(begin)] : []),
  ];
}

const MAX_WAITING = 5;

/** At most five things to do; all of them behind a button. */
function waitingBlocks({ waiting, due }: HomeData, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  const total = waiting.total + due.total;
  if (total === 0) return [];
  const todo = { items: waiting.items, rows: due.rows };
  const first = firstThings(todo, MAX_WAITING, reader, (row) =>
    instalmentRow(row, reader, { buttons: 'compact' }),
  );
  return [
    header(t('home:waiting_title')),
    ...first.blocks,
    ...(total > first.count ? [actions([button(ACTION.todo, t('home:all', { count: total }))])] : []),
  ];
}

function listBlocks(data: HomeData, reader: RowReader, financeChannelId: string | null): KnownBlock[] {
  const { list, state } = data;
  if ('setup' in list) return setupBlocks(list.setup, data.failed, reader);
  if (data.isFirstRun) return firstRun(data, reader.t, financeChannelId);
  return homeList(list, state, reader);
}

/** What to do when nothing is there yet; each role another step. */
function firstRun(
  { state, hearsFrom }: HomeData,
  t: Translate,
  financeChannelId: string | null,
): KnownBlock[] {
  switch (state.kind) {
    case 'rep':
      return [
        section(t('home:first_rep')),
        actions([
          button(ACTION.contractNew, t('home:new_contract'), { style: 'primary' }),
          button(ACTION.importNew, t('imports:title')),
        ]),
      ];
    case 'finance':
      return [
        section(
          financeChannelId === null
            ? t('home:first_finance_dm')
            : t('home:first_finance', { channel: `<#${financeChannelId}>` }),
        ),
      ];
    case 'manager':
      return [
        section(
          hearsFrom === null ? t('home:first_manager_any') : t('home:first_manager', { count: hearsFrom }),
        ),
      ];
    default:
      return [section(t('home:first_auditor'))];
  }
}

function setupBlocks(setup: Setup, failed: FailedMessages, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  const line = (name: string, done: boolean, action: string, detail = '') => {
    const state = done ? t('common:done') : t('common:not_set');
    return section(
      `*${name}* · ${detail === '' ? state : detail}`,
      button(action, t('settings:edit'), { label: `${t('settings:edit')} ${name}` }),
    );
  };
  const missing = setup.repsWithoutManager;
  const managers = missing === 0 ? '' : t('home:check.without_manager', { count: missing });
  const roles = setup.missingRole === null ? '' : t(`home:check.no_${setup.missingRole}`);
  const year = setup.missingYear;
  const calendar = year === null ? '' : t('calendar:not_imported', { year });
  const name = (item: SetupItem) => setupName(item, t);
  return [
    header(t('home:checklist')),
    line(name('company'), setup.company, ACTION.settingsCompany),
    line(name('finance_channel'), setup.financeChannel, ACTION.settingsChannels),
    line(name('escalation_channel'), setup.escalationChannel, ACTION.settingsChannels),
    line(name('roles'), setup.roles, ACTION.settingsMember, roles),
    line(name('managers'), setup.managers, ACTION.settingsMember, managers),
    line(name('calendar'), year === null, ACTION.settingsCalendar, calendar),
    section(
      `*${name('customers')}* · ${setup.customers ? t('common:done') : t('common:not_set')}`,
      button(ACTION.importNew, t('imports:title')),
    ),
    ...failedBlocks(failed, reader),
  ];
}

/** How many messages did not arrive, and why the newest did not. */
function failedBlocks({ total, newest }: FailedMessages, reader: RowReader): KnownBlock[] {
  const { t, locale, now, timezone } = reader;
  if (total === 0) return [];
  const lines = newest.map(({ kind, to, reason, at, unknown }) => {
    const name = 'name' in to ? shortName(locale, to.name) : (channelWords(t, to.channel) ?? '—');
    const words = {
      what: messageWords(t, kind),
      to: escapeMrkdwn(name),
      reason: escapeMrkdwn(truncate(reason ?? '—', 60)),
      at: formatInstant(locale, at, now, timezone),
    };
    return t(unknown ? 'home:failed.unknown' : 'home:failed.line', words);
  });
  return [section([t('home:failed', { count: total }), ...lines].join('\n'))];
}

const footer = ({ t, locale, now, timezone }: RowReader): KnownBlock =>
  context(t('home:updated', { at: formatInstant(locale, now, now, timezone) }));
