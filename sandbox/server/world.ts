// The workspace as data: everything that survives a restart. No behaviour beyond building it from its seed.
import type { SandboxOptions } from './options.js';
import type { File, Locale, Message, User, View } from './protocol.js';

export interface StoredChannel {
  id: string;
  name: string;
  is_im: boolean;
  is_private: boolean;
  members: string[];
  /** Seconds since the epoch. */
  created: number;
}

export interface StoredMessage
  extends Omit<Message, 'files' | 'ephemeral' | 'posted_at' | 'latest_reply_at'> {
  channel: string;
  /** How far the app's clock was from real time; left out: not at all. */
  offset_ms?: number;
  file_ids?: string[];
  /** The one reader of an ephemeral message. */
  only_for?: string;
}

export interface StoredFile extends File {
  /** Channels it was shared in; nobody but its owner sees an unshared file. */
  shared_in: string[];
  /** The app may read it: its own, submitted to it in a view, or shared where it is a member. */
  granted: boolean;
  complete: boolean;
}

export interface StoredView extends View {
  user: string;
}

export interface ResponseUrl {
  user: string;
  channel: string;
  /** Milliseconds since the epoch. */
  created: number;
  uses: number;
  original?: { ts: string; ephemeral: boolean };
  thread_ts?: string;
}

export interface World {
  team: { id: string; name: string; domain: string; tz: string };
  users: Record<string, User>;
  channels: Record<string, StoredChannel>;
  /** Oldest first, by channel. */
  messages: Record<string, StoredMessage[]>;
  ephemerals: StoredMessage[];
  files: Record<string, StoredFile>;
  views: Record<string, StoredView>;
  /** Open modals of each user, bottom first. */
  stacks: Record<string, string[]>;
  homes: Record<string, StoredView>;
  /** Last read ts by user and channel. */
  reads: Record<string, Record<string, string>>;
  responseUrls: Record<string, ResponseUrl>;
  /** Microseconds; no two messages share a ts. */
  lastTs: number;
}

const COLORS = ['9f69e7', '4bbe2e', 'e7392d', '3c989f', '674b1b', 'e96699', 'd58247', '5b89d5'];

/** The ids of the one app installed in the sandbox. */
export const APP = { id: 'A0SANDBOX', user: 'U0APPBOT', bot: 'B0SANDBOX' } as const;
export const SLACKBOT = { user: 'USLACKBOT', name: 'Slackbot' } as const;

/** A user with every field filled in from what is given. */
export function completeUser(given: { id: string } & Partial<User>, index: number, tz: string): User {
  const locale: Locale = given.locale ?? 'zh-CN';
  return {
    name: given.id.toLowerCase(),
    real_name: given.name ?? given.id,
    tz,
    is_admin: false,
    is_bot: false,
    title: '',
    color: COLORS[index % COLORS.length] ?? '9f69e7',
    ...given,
    locale,
  };
}

/** The workspace as it is on the first day. */
export function createWorld(options: SandboxOptions): World {
  const tz = options.team.tz ?? 'Asia/Shanghai';
  const domain = options.team.domain ?? 'sandbox';
  const world: World = {
    team: { id: options.team.id, name: options.team.name, domain, tz },
    users: {},
    channels: {},
    messages: {},
    ephemerals: [],
    files: {},
    views: {},
    stacks: {},
    homes: {},
    reads: {},
    responseUrls: {},
    lastTs: 0,
  };
  return addSeed(world, options);
}

/** Adds the seed's people and channels that the workspace does not have yet. */
export function addSeed(world: World, options: SandboxOptions): World {
  const { manifest, users, channels } = options;
  const name = manifest.features?.bot_user?.display_name ?? manifest.display_information.name;
  const bot = { id: APP.user, name, real_name: name, is_bot: true, locale: 'en-US' as const };
  [bot, ...users].forEach((user, index) => {
    world.users[user.id] ??= completeUser(user, index, world.team.tz);
  });
  for (const channel of channels) {
    const members = channel.withApp ? [...channel.members, APP.user] : [...channel.members];
    world.channels[channel.id] ??= {
      id: channel.id,
      name: channel.name,
      is_im: false,
      is_private: channel.is_private ?? false,
      members,
      created: Math.floor(Date.now() / 1000),
    };
  }
  return world;
}

/** Whether a message stands in its thread and not in the channel. */
export const isOnlyInThread = ({ ts, thread_ts, broadcast }: StoredMessage): boolean =>
  thread_ts !== undefined && thread_ts !== ts && broadcast !== true;
