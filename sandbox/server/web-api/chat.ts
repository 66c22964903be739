// chat.*: posting, changing, deleting messages, ephemerals, permalinks.
import {
  changeMessage,
  deleteMessage,
  findMessage,
  type NewMessage,
  postEphemeral,
  postMessage,
  toApiMessage,
} from '../messages.js';
import { isMember } from '../people.js';
import type { Message } from '../protocol.js';
import type { Slack } from '../slack.js';
import { areBlocksTooLong, validateBlocks } from '../validate-blocks.js';
import { LIMITS } from '../validate-limits.js';
import { countCodePoints, cutText, isObject } from '../validate-rules.js';
import { APP, type StoredMessage } from '../world.js';
import { ApiError, type Args, describeIssues, type Methods } from './method.js';
import { readChannel, readUser, writeChannel } from './targets.js';

const METADATA_BYTES = 16_000;

/** Valid blocks of a call, or undefined; throws Slack's codes. */
export function readBlocks(args: Args): unknown[] | undefined {
  const blocks = args.json('blocks', 'invalid_blocks_format');
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) throw new ApiError('invalid_blocks_format');
  if (areBlocksTooLong(blocks)) throw new ApiError('msg_blocks_too_long');
  const issues = validateBlocks('message', blocks);
  if (issues.length > 0) throw new ApiError('invalid_blocks', describeIssues(issues));
  return blocks;
}

function readMetadata(args: Args): Message['metadata'] | undefined {
  const given = args.json('metadata', 'invalid_metadata_format');
  if (given === undefined) return undefined;
  if (!isObject(given) || typeof given.event_type !== 'string' || !isObject(given.event_payload)) {
    throw new ApiError('invalid_metadata_format');
  }
  if (Buffer.byteLength(JSON.stringify(given)) > METADATA_BYTES) throw new ApiError('metadata_too_large');
  return { event_type: given.event_type, event_payload: given.event_payload };
}

/** Text and blocks; a message needs one of them. Over-long text is cut, as Slack does. */
function readContent(args: Args): { text: string; blocks?: unknown[]; cut: boolean } {
  const blocks = readBlocks(args);
  const text = args.text('text') ?? '';
  if (text === '' && !blocks?.length) throw new ApiError('no_text');
  const cut = countCodePoints(text) > LIMITS.messageTextCharacters;
  const kept = cut ? cutText(text, LIMITS.messageTextCharacters) : text;
  return { text: kept, cut, ...(blocks ? { blocks } : {}) };
}

function buildMessage(args: Args, channel: string): { message: NewMessage; cut: boolean } {
  const { text, blocks, cut } = readContent(args);
  const metadata = readMetadata(args);
  const thread = args.text('thread_ts');
  const message: NewMessage = {
    channel,
    user: APP.user,
    bot_id: APP.bot,
    text,
    ...(blocks ? { blocks } : {}),
    ...(thread ? { thread_ts: thread } : {}),
    ...(thread && args.flag('reply_broadcast') ? { broadcast: true } : {}),
    ...(metadata ? { metadata } : {}),
  };
  return { message, cut };
}

/** Only top-level messages have threads; answering a reply continues its thread. */
function checkThread(slack: Slack, channel: string, thread: string | undefined): void {
  if (thread === undefined) return;
  if (!/^\d+\.\d{6}$/.test(thread)) throw new ApiError('invalid_thread_ts');
  if (!findMessage(slack, channel, thread)) throw new ApiError('cannot_reply_to_message');
}

function findOwn(slack: Slack, args: Args, refusal: string): StoredMessage {
  const channel = readChannel(slack, args);
  const message = findMessage(slack, channel.id, args.need('ts'));
  if (!message) throw new ApiError('message_not_found');
  if (message.user !== APP.user) throw new ApiError(refusal);
  return message;
}

export const CHAT_METHODS: Methods = {
  'chat.postMessage': {
    scopes: ['chat:write'],
    run(slack, args) {
      const channel = writeChannel(slack, args);
      const { message, cut } = buildMessage(args, channel.id);
      checkThread(slack, channel.id, message.thread_ts);
      const posted = postMessage(slack, message);
      return {
        channel: channel.id,
        ts: posted.ts,
        message: withMetadata(slack, posted),
        ...(cut
          ? { warning: 'message_truncated', response_metadata: { warnings: ['message_truncated'] } }
          : {}),
      };
    },
  },
  'chat.postEphemeral': {
    tier: 4,
    scopes: ['chat:write'],
    run(slack, args) {
      const channel = writeChannel(slack, args);
      const user = readUser(slack, args.need('user'));
      if (!isMember(channel, user.id)) throw new ApiError('user_not_in_channel');
      const { message } = buildMessage(args, channel.id);
      checkThread(slack, channel.id, message.thread_ts);
      return { message_ts: postEphemeral(slack, { ...message, only_for: user.id }).ts };
    },
  },
  'chat.update': {
    tier: 3,
    scopes: ['chat:write'],
    run(slack, args) {
      const message = findOwn(slack, args, 'cant_update_message');
      if (countCodePoints(args.text('text') ?? '') > LIMITS.updateTextCharacters) {
        throw new ApiError('msg_too_long');
      }
      const { text, blocks } = readContent(args);
      const metadata = readMetadata(args);
      // Without `blocks` the message keeps its blocks; an empty list removes them.
      changeMessage(slack, message, {
        text,
        ...(blocks ? { blocks } : {}),
        ...(metadata ? { metadata } : {}),
      });
      return { channel: message.channel, ts: message.ts, text, message: withMetadata(slack, message) };
    },
  },
  'chat.delete': {
    tier: 3,
    scopes: ['chat:write'],
    run(slack, args) {
      const message = findOwn(slack, args, 'cant_delete_message');
      deleteMessage(slack, message);
      return { channel: message.channel, ts: message.ts };
    },
  },
  'chat.getPermalink': {
    run(slack, args) {
      const channel = readChannel(slack, args);
      const ts = args.need('message_ts');
      const message = findMessage(slack, channel.id, ts);
      if (!message) throw new ApiError('message_not_found');
      const thread =
        message.thread_ts !== undefined && message.thread_ts !== ts ? message.thread_ts : undefined;
      const query = thread === undefined ? '' : `?thread_ts=${thread}&cid=${channel.id}`;
      return {
        channel: channel.id,
        permalink: `${slack.url}/archives/${channel.id}/p${ts.replace('.', '')}${query}`,
      };
    },
  },
};

function withMetadata(slack: Slack, message: StoredMessage) {
  const shown = toApiMessage(slack, message);
  return message.metadata ? { ...shown, metadata: message.metadata } : shown;
}
