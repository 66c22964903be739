// What a person writes to the app as a plain message: Slack gives such a message no way to open a window, so the answer
// is the command it stands for, as a button, and what the words find.
import type { FileShareMessageEvent } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { findEverywhere } from '../domain/home/search.queries.js';
import { findMoneyOf } from '../domain/receipts/receipt-thread.queries.js';
import { isSheetName } from '../sheets/read-sheet.js';
import type { Deps } from './deps.js';
import { translator } from './i18n/index.js';
import type { Doors } from './listen.js';
import { parseCommand } from './parse-command.js';
import { readerOf } from './show-view.js';
import { inLanguage } from './suggest-commands.js';
import { writtenMessage } from './views/help-views.js';
import { otherFileMessage } from './views/import-views.js';
import { sendable } from './views/info-view.js';
import { askAccessMessage } from './views/member-views.js';
import { foundBlocks } from './views/today-views.js';

const MAX_WORDS = 200;

/** Listens to direct messages; what bots and the app itself write, and edits, are none. */
export function registerDirectMessages(doors: Doors, deps: Deps): void {
  doors.event('message', async (event, client, botUserId) => {
    if (event.channel_type !== 'im') return;
    if (event.subtype === 'file_share' && event.user !== botUserId)
      return answerFiles(doors, deps, client, event);
    if (event.subtype !== undefined || event.bot_id !== undefined) return;
    const words = [...(event.text ?? '').trim()].slice(0, MAX_WORDS).join('');
    if (words === '') return;
    const ctx = await doors.contexts.of(client, event.user);
    const t = translator(ctx.actor.locale);
    const thread = event.thread_ts === undefined ? {} : { thread_ts: event.thread_ts };
    const answer = async () => {
      if (ctx.actor.roles.length === 0) return askAccessMessage(t);
      const intent = parseCommand('/hk', words, ctx.company.settings.numbering);
      const near =
        intent.kind === 'unknown'
          ? intent.suggestions.map((command) => inLanguage(command, ctx.actor.locale))
          : [`/hk ${words}`];
      return writtenMessage(t, near, foundBlocks(await findEverywhere(ctx, words), readerOf({ ctx, t })));
    };
    await client.chat.postMessage({ channel: event.channel, ...thread, ...sendable(await answer()) });
  });
}

/** Spreadsheets and vouchers are answered where they are taken (shared-files.ts); of other files it is said where they belong. */
async function answerFiles(
  doors: Doors,
  deps: Deps,
  client: WebClient,
  { channel, ts, thread_ts: thread, user, files = [] }: FileShareMessageEvent,
): Promise<void> {
  if (files.length === 0 || files.some(({ name }) => isSheetName(name ?? ''))) return;
  if (thread !== undefined && (await findMoneyOf(deps.db, { channel, ts: thread })) !== null) return;
  const { actor } = await doors.contexts.of(client, user);
  const t = translator(actor.locale);
  const answer = actor.roles.length === 0 ? askAccessMessage(t) : otherFileMessage(t, actor);
  await client.chat.postMessage({ channel, thread_ts: thread ?? ts, ...sendable(answer) });
}
