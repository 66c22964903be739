// Help by role, and what is said to a command nobody understood. Pure.
import type { ActionsBlock, KnownBlock } from '@slack/types';
import { type Actor, can } from '../../domain/access.js';
import { importableKinds } from '../../domain/imports/import-access.js';
import { truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION } from '../ids.js';
import { actions, button, context, escapeMrkdwn, header, option, plain, section } from './blocks.js';
import { HELP, HELP_PAGES, type HelpId, type HelpPage } from './help-topics.js';
import type { Message } from './info-view.js';
import { askAccessMessage } from './member-views.js';

/** What the examples are about: the reader's own records where there are any. */
export interface HelpExamples {
  readonly contract?: string;
  readonly receipt?: string;
  readonly customer?: string;
}

/**
 * What the person's roles can do, each with a command to type: the first things of every page, or all of one. Without a
 * role only the way to get one. `unread`: what was asked about that is no topic, told with those that are near.
 */
export function helpMessage(
  t: Translate,
  actor: Actor,
  examples: HelpExamples = {},
  page: HelpPage | null = null,
  unread?: { readonly words: string; readonly near: readonly string[] },
): Message {
  const title =
    page === null ? t('help:title') : t('helpExamples:title', { page: t(`helpExamples:page.${page}`) });
  const text = `${title}. ${t('help:intro')}`;
  const top: KnownBlock[] = [header(title), ...(page === null ? [section(t('help:intro'))] : [])];
  if (actor.roles.length === 0)
    return { text, blocks: [...top, ...(askAccessMessage(t, true).blocks ?? [])] };
  if (unread !== undefined) {
    const { near } = unread;
    const words = escapeMrkdwn(truncate(unread.words, 60));
    const told = section(t(near.length > 0 ? 'help:no_topic_near' : 'help:no_topic', { words }));
    top.splice(1, 0, told, ...(near.length > 0 ? [commandButtons(t, near)] : []));
  }
  const subjects = {
    contract: escapeMrkdwn(truncate(examples.contract ?? 'HT-2026-0012', 60)),
    receipt: escapeMrkdwn(truncate(examples.receipt ?? 'HK-20261121-003', 60)),
    customer: escapeMrkdwn(truncate(examples.customer ?? t('help:try.somebody'), 60)),
  };
  const sections = (page === null ? HELP_PAGES : [page]).flatMap((one) => {
    const lines = HELP[one]
      .filter(({ needs, unless = [] }) => can(actor, needs) && !unless.some((more) => can(actor, more)))
      .filter((line) => page !== null || line.first === true)
      .map(({ id }) => lineOf(id, subjects, t));
    const heading = page === null ? [`*${t(`helpExamples:page.${one}`)}*`] : [];
    return lines.length === 0 ? [] : [section([...heading, ...lines].join('\n'))];
  });
  const roles = actor.roles.map((role) => t(`common:role.${role}`)).join(t('common:comma'));
  return {
    text,
    blocks: [...top, ...sections, context(roles), actions([pageSelect(t, page), ...helpButtons(t, actor)])],
  };
}

const lineOf = (id: HelpId, subjects: Required<HelpExamples>, t: Translate): string =>
  t('helpExamples:line', {
    words: t(`helpExamples:do.${id}`),
    command: t(`helpExamples:try.${id}`, subjects),
  });

/** Every page, and all of them at once. */
function pageSelect(t: Translate, page: HelpPage | null): ActionsBlock['elements'][number] {
  const all = option(t('helpExamples:all'), 'all');
  const pages = HELP_PAGES.map((one) => option(t(`helpExamples:page.${one}`), one));
  return {
    type: 'static_select',
    action_id: ACTION.help,
    options: [all, ...pages],
    initial_option: pages.find(({ value }) => value === page) ?? all,
    placeholder: plain(t('helpExamples:choose')),
  };
}

function helpButtons(t: Translate, actor: Actor) {
  const record = can(actor, 'receipt.record')
    ? [button(ACTION.receiptNew, t('home:record_receipt'), { style: 'primary' })]
    : [];
  const bring = importableKinds(actor).length > 0 ? [button(ACTION.importNew, t('imports:title'))] : [];
  return [...record, ...bring, button(ACTION.todo, t('home:todo'))];
}

/** Nothing is guessed: the nearest commands as buttons, then what the words find. */
export function notUnderstoodMessage(
  t: Translate,
  words: string,
  suggestions: readonly string[],
  found: KnownBlock[],
): Message {
  const near = suggestions.length > 0;
  // Words that only records have, as a number of one's own: they were looked for.
  if (!near && found.length > 0) {
    const text = t('home:found', { words });
    return { text, blocks: [section(escapeMrkdwn(text)), ...found, commandButtons(t, [])] };
  }
  const text = t(near ? 'help:not_understood' : 'help:not_understood_plain', { words });
  return { text, blocks: [section(escapeMrkdwn(text)), commandButtons(t, suggestions), ...found] };
}

/** To a plain message: commands do, messages do not; what it may stand for as buttons, then what its words find. */
export function writtenMessage(t: Translate, commands: readonly string[], found: KnownBlock[]): Message {
  const text = t('help:written');
  return { text, blocks: [section(escapeMrkdwn(text)), commandButtons(t, commands), ...found] };
}

/** At most three commands, each run by its button; none near: the to-do list and help. */
function commandButtons(t: Translate, near: readonly string[]): KnownBlock {
  const commands = near.length > 0 ? near : [t('help:try.todo'), t('help:try.help')];
  return actions(
    commands.map((command, index) =>
      button(`${ACTION.suggestion}.${index}`, command, { value: command, label: command }),
    ),
  );
}
