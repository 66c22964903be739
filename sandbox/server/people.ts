// Who is in which conversation: members, direct messages, unread marks, and what each person may see.

import { formatTs, newId } from './ids.js';
import type { Channel, SandboxEvent } from './protocol.js';
import type { Slack } from './slack.js';
import { isObject } from './validate-rules.js';
import { APP, isOnlyInThread, type StoredChannel, type StoredMessage } from './world.js';

/** The channel with this id, if there is one. */
export function findChannel(slack: Slack, id: string): StoredChannel | undefined {
  return slack.store.world.channels[id];
}

/** True when the person (or the app's bot user) is a member. */
export function isMember(channel: StoredChannel, user: string): boolean {
  return channel.members.includes(user);
}

/** The direct message between the app and a person, opened when it does not exist yet. */
export function openDirectMessage(slack: Slack, user: string): { channel: StoredChannel; existed: boolean } {
  const { channels } = slack.store.world;
  const found = Object.values(channels).find((entry) => entry.is_im && isMember(entry, user));
  if (found) return { channel: found, existed: true };
  const channel: StoredChannel = {
    id: newId('D'),
    name: user,
    is_im: true,
    is_private: true,
    members: [user, APP.user],
    created: Math.floor(Date.now() / 1000),
  };
  channels[channel.id] = channel;
  slack.store.touch();
  announceChannel(slack, channel);
  return { channel, existed: false };
}

/** Tells every member that the channel is there or has changed. */
export function announceChannel(slack: Slack, channel: StoredChannel): void {
  for (const member of channel.members) {
    slack.hub.send(member, { type: 'channel', channel: presentChannel(slack, channel, member) });
  }
}

/** Sends an event to every member of a channel, or only to an ephemeral message's reader. */
export function tellMembers(slack: Slack, channelId: string, event: SandboxEvent): void {
  for (const member of findChannel(slack, channelId)?.members ?? []) slack.hub.send(member, event);
}

/** The channel as one person's client shows it. */
export function presentChannel(slack: Slack, channel: StoredChannel, viewer: string): Channel {
  const peer = channel.members.find((member) => member !== viewer) ?? viewer;
  return {
    id: channel.id,
    name: channel.is_im ? peer : channel.name,
    is_im: channel.is_im,
    is_private: channel.is_private,
    ...(channel.is_im ? { user: peer } : {}),
    members: channel.members,
    ...countUnread(slack, channel, viewer),
  };
}

function collectMrkdwn(value: unknown, found: string[]): string[] {
  if (Array.isArray(value)) for (const entry of value) collectMrkdwn(entry, found);
  if (!isObject(value)) return found;
  if (value.type === 'user' && typeof value.user_id === 'string') found.push(`<@${value.user_id}>`);
  if (value.type === 'broadcast') found.push('<!channel>');
  if (value.type === 'mrkdwn' && typeof value.text === 'string') found.push(value.text);
  else for (const entry of Object.values(value)) collectMrkdwn(entry, found);
  return found;
}

/** True when the message calls the person: by name, or by @channel and its kin. Plain text never does. */
export function mentions(message: StoredMessage, user: string): boolean {
  const shown = message.blocks ? collectMrkdwn(message.blocks, []) : [message.text];
  return shown.some((text) => text.includes(`<@${user}>`) || /<!(channel|here|everyone)/.test(text));
}

/** Unread messages of a person in a channel; replies in threads count when they mention the person. */
export function countUnread(
  slack: Slack,
  channel: StoredChannel,
  user: string,
): { unread: number; mention: boolean; last_read: string } {
  const { messages, reads } = slack.store.world;
  const read = reads[user]?.[channel.id] ?? '0';
  let unread = 0;
  let mention = false;
  for (const message of messages[channel.id] ?? []) {
    if (message.ts <= read || message.user === user) continue;
    const called = mentions(message, user);
    if (isOnlyInThread(message) && !called && !channel.is_im) continue;
    unread += 1;
    mention ||= called || channel.is_im;
  }
  return { unread, mention, last_read: read };
}

/** Marks everything up to a timestamp as read. */
export function markRead(slack: Slack, user: string, channelId: string, ts: string): void {
  const { reads } = slack.store.world;
  const own = reads[user] ?? {};
  reads[user] = own;
  if (ts <= (own[channelId] ?? '0')) return;
  own[channelId] = ts;
  slack.store.touch();
  tellUnread(slack, channelId, user);
}

/** Sends a person's unread count of a channel. */
export function tellUnread(slack: Slack, channelId: string, user: string): void {
  const channel = findChannel(slack, channelId);
  if (channel)
    slack.hub.send(user, { type: 'unread', channel: channelId, ...countUnread(slack, channel, user) });
}

/** Adds people to a channel; what was said before counts as read. */
export function invite(slack: Slack, channel: StoredChannel, users: string[]): string[] {
  const added = users.filter((user) => !isMember(channel, user));
  if (added.length === 0) return [];
  channel.members.push(...added);
  for (const user of added) {
    slack.store.world.reads[user] = {
      ...slack.store.world.reads[user],
      [channel.id]: formatTs(Date.now() * 1000),
    };
  }
  slack.store.touch();
  announceChannel(slack, channel);
  return added;
}
