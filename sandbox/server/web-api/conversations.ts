// conversations.*: opening, reading, listing, joining.
import { emitEvent } from '../events.js';
import { listScopes } from '../manifest.js';
import { findMessage, listReplies, toApiMessage } from '../messages.js';
import { invite, isMember, openDirectMessage } from '../people.js';
import type { Slack } from '../slack.js';
import type { Json } from '../validate-rules.js';
import { APP, isOnlyInThread, type StoredChannel, type StoredMessage } from '../world.js';
import { ApiError, type Args, type Methods, missing, paginate } from './method.js';
import { readChannel, readUser } from './targets.js';

/** Each kind of conversation is read by scopes of its own. */
const FAMILIES: Readonly<Record<string, string>> = {
  public_channel: 'channels',
  private_channel: 'groups',
  im: 'im',
  mpim: 'mpim',
};
const scopeOf = (kind: string, what: 'read' | 'history'): string => `${FAMILIES[kind] ?? 'channels'}:${what}`;

function kindOf(channel: StoredChannel): 'im' | 'private_channel' | 'public_channel' {
  if (channel.is_im) return 'im';
  return channel.is_private ? 'private_channel' : 'public_channel';
}

/** The scope of the conversation that is asked about; of one that is not there any of them. */
const scopesOf =
  (what: 'read' | 'history') =>
  (slack: Slack, args: Args): string[] => {
    const channel = slack.store.world.channels[args.text('channel') ?? ''];
    const kinds = channel ? [kindOf(channel)] : Object.keys(FAMILIES);
    return kinds.map((kind) => scopeOf(kind, what));
  };

const listedTypes = (args: Args): string[] =>
  (args.text('types') ?? 'public_channel').split(',').map((type) => type.trim());

function describe(channel: StoredChannel): Json {
  const shared = {
    id: channel.id,
    created: channel.created,
    is_archived: false,
    is_im: channel.is_im,
    is_org_shared: false,
  };
  if (channel.is_im) {
    const user = channel.members.find((member) => member !== APP.user) ?? APP.user;
    return { ...shared, user, is_user_deleted: false, priority: 0 };
  }
  return {
    ...shared,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.is_private,
    is_group: channel.is_private,
    is_mpim: false,
    is_private: channel.is_private,
    is_general: false,
    is_member: isMember(channel, APP.user),
    num_members: channel.members.length,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  };
}

function readHistory(slack: Slack, args: Args): StoredChannel {
  const channel = readChannel(slack, args);
  if (!isMember(channel, APP.user)) throw new ApiError('not_in_channel');
  return channel;
}

/** The messages between `oldest` and `latest`, in the given order. */
function within(messages: StoredMessage[], args: Args): StoredMessage[] {
  const oldest = Number(args.text('oldest') || 0);
  const latest = Number(args.text('latest') || Number.MAX_SAFE_INTEGER);
  const inclusive = args.flag('inclusive');
  return messages.filter(({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  });
}

function show(slack: Slack, message: StoredMessage, args: Args): Json {
  const shown = toApiMessage(slack, message);
  return args.flag('include_all_metadata') && message.metadata
    ? { ...shown, metadata: message.metadata }
    : shown;
}

export const CONVERSATION_METHODS: Methods = {
  'conversations.open': {
    tier: 3,
    scopes: (_slack, args) =>
      args.has('channel') ? ['channels:manage', 'groups:write', 'im:write', 'mpim:write'] : ['im:write'],
    run(slack, args) {
      if (args.has('channel')) {
        const channel = readChannel(slack, args);
        return { no_op: true, already_open: true, channel: { id: channel.id } };
      }
      const users = (args.text('users') ?? '').split(',').filter((id) => id !== '');
      const [user] = users;
      if (user === undefined) throw missing('users');
      if (users.length > 1) throw new ApiError('method_not_supported_for_channel_type');
      if (readUser(slack, user).is_bot) throw new ApiError('cannot_dm_bot');
      const { channel, existed } = openDirectMessage(slack, user);
      return {
        ...(existed ? { no_op: true, already_open: true } : {}),
        channel: args.flag('return_im') ? describe(channel) : { id: channel.id },
      };
    },
  },
  'conversations.info': {
    tier: 3,
    scopes: scopesOf('read'),
    run: (slack, args) => ({ channel: describe(readChannel(slack, args)) }),
  },
  'conversations.members': {
    tier: 4,
    scopes: scopesOf('read'),
    run(slack, args) {
      const { page, response_metadata } = paginate(readChannel(slack, args).members, args, 100);
      return { members: page, response_metadata };
    },
  },
  'conversations.list': {
    tier: 2,
    // Each of the types asked for needs its own: one that is missing is the one that is named.
    scopes: (slack, args) => {
      const needed = listedTypes(args).map((type) => scopeOf(type, 'read'));
      const provided = listScopes(slack.options.manifest) ?? needed;
      const lacking = needed.find((scope) => !provided.includes(scope));
      return lacking === undefined ? needed : [lacking];
    },
    run(slack, args) {
      const types = listedTypes(args);
      const seen = Object.values(slack.store.world.channels).filter(
        (channel) => types.includes(kindOf(channel)) && (!channel.is_private || isMember(channel, APP.user)),
      );
      const { page, response_metadata } = paginate(seen, args, 100);
      return { channels: page.map(describe), response_metadata };
    },
  },
  'conversations.join': {
    tier: 3,
    scopes: ['channels:join'],
    run(slack, args) {
      const channel = readChannel(slack, args);
      if (channel.is_private) throw new ApiError('method_not_supported_for_channel_type');
      joinChannel(slack, channel, [APP.user]);
      return { channel: describe(channel) };
    },
  },
  'conversations.history': {
    tier: 3,
    scopes: scopesOf('history'),
    run(slack, args) {
      const channel = readHistory(slack, args);
      const all = slack.store.world.messages[channel.id] ?? [];
      const top = all.filter((message) => !isOnlyInThread(message));
      const newestFirst = within(top, args).reverse();
      const { page, response_metadata } = paginate(newestFirst, args, 100);
      return {
        messages: page.map((message) => show(slack, message, args)),
        has_more: response_metadata.next_cursor !== '',
        pin_count: 0,
        response_metadata,
      };
    },
  },
  'conversations.replies': {
    tier: 3,
    scopes: scopesOf('history'),
    run(slack, args) {
      const channel = readHistory(slack, args);
      const parent = findMessage(slack, channel.id, args.need('ts'));
      if (!parent) throw new ApiError('thread_not_found');
      const replies = within(listReplies(slack, channel.id, parent.ts), args);
      const { page, response_metadata } = paginate([parent, ...replies], args, 1_000);
      return {
        messages: page.map((message) => show(slack, message, args)),
        has_more: response_metadata.next_cursor !== '',
        response_metadata,
      };
    },
  },
};

/** Adds people to a channel and tells the app of each. */
export function joinChannel(slack: Slack, channel: StoredChannel, users: string[]): void {
  for (const user of invite(slack, channel, users)) {
    if (!isMember(channel, APP.user)) continue;
    emitEvent(slack, 'member_joined_channel', {
      type: 'member_joined_channel',
      user,
      channel: channel.id,
      channel_type: channel.is_private ? 'G' : 'C',
      team: slack.store.world.team.id,
      event_ts: String(Date.now() / 1000),
    });
  }
}
