// response_url: five answers within thirty minutes to one command or click, ephemeral unless said otherwise.
import { randomBytes } from 'node:crypto';
import {
  changeMessage,
  deleteMessage,
  findEphemeral,
  findMessage,
  postEphemeral,
  postMessage,
} from './messages.js';
import { findChannel } from './people.js';
import type { Slack } from './slack.js';
import { validateBlocks } from './validate-blocks.js';
import { LIMITS } from './validate-limits.js';
import { cutText, isObject } from './validate-rules.js';
import { APP, type ResponseUrl, type StoredMessage } from './world.js';

const LIFETIME_MS = 30 * 60_000;
const USES = 5;

/** A new response_url; `original` is the clicked message. */
export function issueResponseUrl(
  slack: Slack,
  given: Pick<ResponseUrl, 'user' | 'channel' | 'original' | 'thread_ts'>,
): string {
  const { responseUrls, team } = slack.store.world;
  const now = Date.now();
  for (const [id, entry] of Object.entries(responseUrls)) {
    if (now - entry.created > LIFETIME_MS) delete responseUrls[id];
  }
  const id = randomBytes(16).toString('hex');
  responseUrls[id] = { ...given, created: now, uses: 0 };
  slack.store.touch();
  return `${slack.url}/response/${team.id}/${id}`;
}

/** Slack's answer to a post to a response_url: HTTP status and error, 200 'ok' when it worked. */
export function spendResponseUrl(slack: Slack, id: string, body: unknown): { status: number; error: string } {
  const entry = slack.store.world.responseUrls[id];
  if (!entry) return { status: 404, error: 'expired_url' };
  if (Date.now() - entry.created > LIFETIME_MS) return { status: 404, error: 'expired_url' };
  if (entry.uses >= USES) return { status: 404, error: 'used_url' };
  const error = answerWith(slack, entry, body);
  if (error) return { status: 400, error };
  entry.uses += 1;
  slack.store.touch();
  return { status: 200, error: 'ok' };
}

function findOriginal(slack: Slack, entry: ResponseUrl): StoredMessage | undefined {
  if (!entry.original) return undefined;
  const { ts, ephemeral } = entry.original;
  return ephemeral
    ? findEphemeral(slack, entry.user, entry.channel, ts)
    : findMessage(slack, entry.channel, ts);
}

/** Posts, replaces or deletes as the app's answer says; returns Slack's error code when the answer is refused. */
export function answerWith(slack: Slack, entry: ResponseUrl, body: unknown): string | undefined {
  if (!isObject(body)) return 'invalid_payload';
  const original = findOriginal(slack, entry);
  if (body.delete_original === true) {
    if (original) deleteMessage(slack, original);
    return undefined;
  }
  const blocks = body.blocks ?? undefined;
  if (blocks !== undefined && !Array.isArray(blocks)) return 'invalid_blocks_format';
  if (blocks && validateBlocks('message', blocks).length > 0) return 'invalid_blocks';
  const text = typeof body.text === 'string' ? cutText(body.text, LIMITS.messageTextCharacters) : '';
  if (text === '' && !blocks?.length) return 'no_text';
  if (!findChannel(slack, entry.channel)) return 'channel_not_found';
  if (body.replace_original === true && original) {
    changeMessage(slack, original, { text, blocks: blocks ?? [] });
    return undefined;
  }
  const thread = typeof body.thread_ts === 'string' ? body.thread_ts : entry.thread_ts;
  const message = {
    channel: entry.channel,
    user: APP.user,
    bot_id: APP.bot,
    text,
    ...(blocks ? { blocks } : {}),
    ...(thread === undefined ? {} : { thread_ts: thread }),
  };
  const ephemeral = body.response_type !== 'in_channel';
  const posted = ephemeral
    ? postEphemeral(slack, { ...message, only_for: entry.user })
    : postMessage(slack, message);
  entry.original ??= { ts: posted.ts, ephemeral };
  return undefined;
}
