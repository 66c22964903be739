// Messages: posting, changing, deleting, threads, ephemerals, and how each reader sees them.
import { withIds } from './block-ids.js';
import { emitEvent } from './events.js';
import { presentFile } from './files.js';
import { nextTs } from './ids.js';
import { findChannel, markRead, tellMembers, tellUnread } from './people.js';
import type { Message } from './protocol.js';
import type { Slack } from './slack.js';
import type { Json } from './validate-rules.js';
import { APP, type StoredMessage } from './world.js';

export type NewMessage = Omit<StoredMessage, 'ts' | 'blocks'> & { blocks?: unknown[] };

/** When a message is posted: by real time, and how far the app's clock is from it. */
function newStamp({ store, clock: { offsetMs } }: Slack): Pick<StoredMessage, 'ts' | 'offset_ms'> {
  return { ts: nextTs(store.world), ...(offsetMs === 0 ? {} : { offset_ms: offsetMs }) };
}

/** Milliseconds of the app's clock at which a message was posted. */
const postedAt = ({ ts, offset_ms: offsetMs = 0 }: StoredMessage): number =>
  Math.floor(Number(ts) * 1000) + offsetMs;

/** Posts a message that everyone in the channel sees. */
export function postMessage(slack: Slack, given: NewMessage): StoredMessage {
  const { world } = slack.store;
  const { blocks, ...rest } = given;
  const message: StoredMessage = {
    ...rest,
    ...newStamp(slack),
    ...(blocks && blocks.length > 0 ? { blocks: withIds(blocks) } : {}),
  };
  const posted = world.messages[message.channel] ?? [];
  world.messages[message.channel] = posted;
  posted.push(message);
  slack.store.touch();
  if (message.user !== undefined) markRead(slack, message.user, message.channel, message.ts);
  tellMembers(slack, message.channel, {
    type: 'message',
    channel: message.channel,
    message: presentMessage(slack, message),
  });
  if (message.thread_ts !== undefined) countReply(slack, message.channel, message.thread_ts);
  for (const member of findChannel(slack, message.channel)?.members ?? []) {
    if (member !== message.user) tellUnread(slack, message.channel, member);
  }
  emitMessageEvent(slack, message);
  return message;
}

function emitMessageEvent(slack: Slack, message: StoredMessage): void {
  const channel = findChannel(slack, message.channel);
  if (!channel?.members.includes(APP.user)) return;
  const kind = channel.is_im ? 'im' : channel.is_private ? 'group' : 'channel';
  const subscription = { im: 'message.im', group: 'message.groups', channel: 'message.channels' }[kind];
  emitEvent(slack, subscription, {
    ...toApiMessage(slack, message),
    channel: message.channel,
    channel_type: kind,
    event_ts: message.ts,
  });
}

/** The message with this timestamp in a channel, replies included. */
export function findMessage(slack: Slack, channel: string, ts: string): StoredMessage | undefined {
  return slack.store.world.messages[channel]?.find((message) => message.ts === ts);
}

/** A person's ephemeral message. */
export function findEphemeral(
  slack: Slack,
  user: string,
  channel: string,
  ts: string,
): StoredMessage | undefined {
  return slack.store.world.ephemerals.find(
    (entry) => entry.ts === ts && entry.channel === channel && entry.only_for === user,
  );
}

/** The replies under a message, oldest first. */
export function listReplies(slack: Slack, channel: string, ts: string): StoredMessage[] {
  return (slack.store.world.messages[channel] ?? []).filter(
    (message) => message.thread_ts === ts && message.ts !== ts,
  );
}

function countReply(slack: Slack, channel: string, threadTs: string): void {
  const parent = findMessage(slack, channel, threadTs);
  if (!parent) return;
  const replies = listReplies(slack, channel, threadTs);
  const latest = replies.at(-1);
  if (latest) {
    parent.thread_ts = parent.ts;
    parent.reply_count = replies.length;
    parent.latest_reply = latest.ts;
  } else {
    delete parent.thread_ts;
    delete parent.reply_count;
    delete parent.latest_reply;
  }
  tellMembers(slack, channel, { type: 'message_changed', channel, message: presentMessage(slack, parent) });
}

export interface MessageChange {
  text?: string;
  /** An empty list removes the blocks. */
  blocks?: unknown[];
  metadata?: NonNullable<Message['metadata']>;
}

/** Rewrites a message (or an ephemeral one) in place and tells its readers. */
export function changeMessage(slack: Slack, message: StoredMessage, change: MessageChange): void {
  if (change.text !== undefined) message.text = change.text;
  if (change.blocks) {
    if (change.blocks.length > 0) message.blocks = withIds(change.blocks, message.blocks);
    else delete message.blocks;
  }
  if (change.metadata) message.metadata = change.metadata;
  message.edited = { user: message.user ?? APP.user, ts: nextTs(slack.store.world) };
  slack.store.touch();
  const { channel } = message;
  const shown = presentMessage(slack, message);
  if (message.only_for === undefined) {
    tellMembers(slack, channel, { type: 'message_changed', channel, message: shown });
  } else {
    slack.hub.send(message.only_for, { type: 'ephemeral_changed', channel, message: shown });
  }
}

/** Removes a message (or an ephemeral one) and tells its readers. */
export function deleteMessage(slack: Slack, message: StoredMessage): void {
  const { world } = slack.store;
  const { channel, ts } = message;
  slack.store.touch();
  if (message.only_for !== undefined) {
    world.ephemerals = world.ephemerals.filter((entry) => entry !== message);
    slack.hub.send(message.only_for, { type: 'ephemeral_deleted', channel, ts });
    return;
  }
  world.messages[channel] = (world.messages[channel] ?? []).filter((entry) => entry !== message);
  tellMembers(slack, channel, { type: 'message_deleted', channel, ts });
  for (const member of findChannel(slack, channel)?.members ?? []) tellUnread(slack, channel, member);
  if (message.thread_ts !== undefined && message.thread_ts !== ts)
    countReply(slack, channel, message.thread_ts);
}

/** Posts a message that only one person sees. */
export function postEphemeral(slack: Slack, given: NewMessage & { only_for: string }): StoredMessage {
  const { blocks, ...rest } = given;
  const message: StoredMessage = {
    ...rest,
    ...newStamp(slack),
    ...(blocks && blocks.length > 0 ? { blocks: withIds(blocks) } : {}),
  };
  slack.store.world.ephemerals.push(message);
  slack.store.touch();
  slack.hub.send(given.only_for, {
    type: 'ephemeral',
    channel: message.channel,
    message: presentMessage(slack, message),
  });
  return message;
}

/** The message as the page shows it. */
export function presentMessage(slack: Slack, message: StoredMessage): Message {
  const { channel, file_ids: fileIds, only_for: onlyFor, offset_ms: _offset, ...shown } = message;
  const latest = message.latest_reply ? findMessage(slack, channel, message.latest_reply) : undefined;
  const files = (fileIds ?? []).flatMap((id) => slack.store.world.files[id] ?? []);
  return {
    ...shown,
    posted_at: postedAt(message),
    ...(latest ? { latest_reply_at: postedAt(latest) } : {}),
    ...(files.length > 0 ? { files: files.map((file) => presentFile(file)) } : {}),
    ...(onlyFor === undefined ? {} : { ephemeral: true }),
  };
}

/** The message as the Web API, events and interaction payloads carry it. */
export function toApiMessage(slack: Slack, message: StoredMessage): Json {
  const {
    metadata: _metadata,
    ephemeral: _ephemeral,
    posted_at: _postedAt,
    latest_reply_at: _latestReplyAt,
    broadcast,
    ...shown
  } = presentMessage(slack, message);
  return {
    type: 'message',
    ...(broadcast ? { subtype: 'thread_broadcast' } : {}),
    ...(shown.files && !message.bot_id ? { subtype: 'file_share' } : {}),
    ...shown,
    team: slack.store.world.team.id,
    ...(message.bot_id ? { app_id: APP.id } : {}),
  };
}
