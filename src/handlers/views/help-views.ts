// Help by role, and what is said to a command nobody understood. Pure.
import type { KnownBlock } from '@slack/types';
import { type Action, type Actor, can } from '../../domain/access.js';
import { importableKinds } from '../../domain/imports/import-access.js';
import { truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION } from '../ids.js';
import { actions, button, context, escapeMrkdwn, header, section } from './blocks.js';
import type { Message } from './info-view.js';
import { askAccessMessage } from './member-views.js';

type Topic =
  | 'today'
  | 'todo'
  | 'customer'
  | 'contract'
  | 'amend'
  | 'void'
  | 'split'
  | 'plan'
  | 'receipt'
  | 'approve'
  | 'claim'
  | 'refund'
  | 'reallocate'
  | 'write_off'
  | 'lists'
  | 'find'
  | 'report'
  | 'export'
  | 'import'
  | 'audit'
  | 'delegate'
  | 'settings'
  | 'calendar'
  | 'backup'
  | 'mine'
  | 'ladder'
  | 'roles';

/** What each topic needs, and its command; examples are words. The order is that of a day's work. */
const TOPICS: readonly { topic: Topic; needs: Action; command: string }[] = [
  { topic: 'today', needs: 'record.see', command: '/hk' },
  { topic: 'todo', needs: 'record.see', command: '/hk-todo' },
  { topic: 'receipt', needs: 'receipt.record', command: '/hk-receipt' },
  { topic: 'approve', needs: 'receipt.approve', command: '/hk-receipt list' },
  { topic: 'claim', needs: 'receipt.record', command: '/hk-receipt claim' },
  { topic: 'refund', needs: 'receipt.refund', command: '/hk-receipt list' },
  { topic: 'reallocate', needs: 'receipt.reallocate', command: '/hk-receipt list' },
  { topic: 'write_off', needs: 'instalment.write_off', command: '/hk-plan list' },
  { topic: 'plan', needs: 'plan.create', command: '/hk-plan' },
  { topic: 'split', needs: 'instalment.edit', command: '/hk-plan list' },
  { topic: 'contract', needs: 'contract.create', command: '/hk-contract' },
  { topic: 'amend', needs: 'contract.amend', command: '/hk-contract amend' },
  { topic: 'void', needs: 'contract.void', command: '/hk-contract void' },
  { topic: 'customer', needs: 'customer.create', command: '/hk-customer' },
  { topic: 'lists', needs: 'record.see', command: '/hk-contract list' },
  { topic: 'find', needs: 'record.see', command: '/hk find' },
  { topic: 'report', needs: 'record.see', command: '/hk-report' },
  { topic: 'export', needs: 'record.export', command: '/hk export' },
  { topic: 'import', needs: 'customer.import', command: '/hk import' },
  { topic: 'audit', needs: 'audit.see', command: '/hk audit' },
  { topic: 'ladder', needs: 'ladder.edit', command: '/hk ladder' },
  { topic: 'mine', needs: 'record.see', command: '/hk mine' },
  { topic: 'delegate', needs: 'record.see', command: '/hk settings' },
  { topic: 'settings', needs: 'settings.edit', command: '/hk settings' },
  { topic: 'calendar', needs: 'settings.edit', command: '/hk settings holidays' },
  { topic: 'backup', needs: 'settings.edit', command: '/hk backup' },
  { topic: 'roles', needs: 'settings.edit', command: '/hk roles' },
];

/** What the examples are about: the reader's own records where there are any. */
export interface HelpExamples {
  readonly contract?: string;
  readonly receipt?: string;
  readonly customer?: string;
}

/** Per topic of the person's roles a line and an example; without a role only the way to get one. */
export function helpMessage(t: Translate, actor: Actor, examples: HelpExamples = {}): Message {
  const text = `${t('help:title')}. ${t('help:intro')}`;
  const top: KnownBlock[] = [header(t('help:title')), section(escapeMrkdwn(t('help:intro')))];
  if (actor.roles.length === 0) return { text, blocks: [...top, ...(askAccessMessage(t).blocks ?? [])] };
  const subjects = {
    contract: examples.contract ?? 'HT-2026-0012',
    receipt: examples.receipt ?? 'HK-20261121-003',
    customer: truncate(escapeMrkdwn(examples.customer ?? t('help:try.somebody')), 20),
  };
  const tryOf = (topic: Topic) => t(`help:try.${topic}`, subjects);
  const lines = TOPICS.filter(({ needs }) => can(actor, needs)).map(({ topic, command }) =>
    section(
      `*${t(`help:topic.${topic}`)}*\n\`${command}\` · ${t('help:example', { command: `\`${tryOf(topic)}\`` })}`,
    ),
  );
  const roles = actor.roles.map((role) => t(`common:role.${role}`)).join(t('common:comma'));
  return { text, blocks: [...top, ...lines, context(escapeMrkdwn(roles)), actions(helpButtons(t, actor))] };
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
  const text = t(near ? 'help:not_understood' : 'help:not_understood_plain', { words });
  return { text, blocks: [section(escapeMrkdwn(text)), commandButtons(suggestions), ...found] };
}

/** To a plain message: commands do, messages do not; what it may stand for as buttons, then what its words find. */
export function writtenMessage(t: Translate, commands: readonly string[], found: KnownBlock[]): Message {
  const text = t('help:written');
  return { text, blocks: [section(escapeMrkdwn(text)), commandButtons(commands), ...found] };
}

/** At most three commands, each run by its button; none near: the to-do list and help. */
function commandButtons(near: readonly string[]): KnownBlock {
  const commands = near.length > 0 ? near : ['/hk-todo', '/hk help'];
  return actions(
    commands.map((command, index) =>
      button(`${ACTION.suggestion}.${index}`, command, { value: command, label: command }),
    ),
  );
}
