// What a person sees and does apart from interactions: the workspace, history, Home, writing, uploading.
import { presentClock } from './clock.js';
import { resolveChannel } from './commands.js';
import { emitEvent } from './events.js';
import { createFile, presentFile, shareFile, storeContent } from './files.js';
import { findMessage, listReplies, postMessage, presentMessage } from './messages.js';
import { presentView, toApiView } from './payloads.js';
import { isMember, openDirectMessage, presentChannel } from './people.js';
import type { AppInfo, File, History, Message, State, View } from './protocol.js';
import type { MessageRequest } from './protocol-requests.js';
import type { Slack } from './slack.js';
import { listStack } from './views.js';
import { APP, isOnlyInThread } from './world.js';

const PAGE = 100;

/** The person is unknown, or may not do this. */
export class RefusedRequest extends Error {}

/** A person by id; throws RefusedRequest. */
export function needUser(slack: Slack, id: string) {
  const user = slack.store.world.users[id];
  if (!user) throw new RefusedRequest(`no such user: ${id}`);
  return user;
}

/** The app as the page shows it. */
export function presentApp(slack: Slack): AppInfo {
  return {
    id: APP.id,
    name: slack.options.manifest.display_information.name,
    bot_user_id: APP.user,
    connected: slack.transport.connected(),
    transport: slack.options.transport === 'socket' ? 'socket' : 'http',
  };
}

/** Everything a person's client starts with. */
export function presentState(slack: Slack, as: string): State {
  const { world } = slack.store;
  const { features } = slack.options.manifest;
  const all = Object.values(world.channels);
  const present = (channels: typeof all) => channels.map((channel) => presentChannel(slack, channel, as));
  return {
    me: needUser(slack, as),
    team: { id: world.team.id, name: world.team.name },
    users: Object.values(world.users),
    channels: present(all.filter((channel) => isMember(channel, as))),
    otherChannels: present(
      all.filter((channel) => !isMember(channel, as) && !channel.is_im && !channel.is_private),
    ),
    commands: (features?.slash_commands ?? []).map(({ command, description, usage_hint }) => ({
      command,
      description,
      usage_hint: usage_hint ?? '',
    })),
    shortcuts: (features?.shortcuts ?? []).map(({ callback_id, name, type }) => ({
      callback_id,
      name,
      type,
    })),
    clock: presentClock(slack),
    app: presentApp(slack),
  };
}

/** One page of a conversation or a thread as its reader sees it, ephemeral messages included, oldest first. */
export function readHistory(
  slack: Slack,
  as: string,
  query: { channel: string; thread_ts?: string; before?: string },
): History {
  const channel = resolveChannel(slack, as, query.channel);
  if (!channel) throw new RefusedRequest('channel_not_found');
  const { thread_ts: thread, before } = query;
  const own = slack.store.world.ephemerals.filter(
    (entry) => entry.channel === channel.id && entry.only_for === as,
  );
  const parent = thread === undefined ? undefined : findMessage(slack, channel.id, thread);
  const shared =
    thread === undefined
      ? (slack.store.world.messages[channel.id] ?? []).filter((entry) => !isOnlyInThread(entry))
      : [...(parent ? [parent] : []), ...listReplies(slack, channel.id, thread)];
  const ephemeral = own.filter((entry) =>
    thread === undefined ? !isOnlyInThread(entry) : entry.thread_ts === thread,
  );
  const all = [...shared, ...ephemeral]
    .filter((entry) => before === undefined || entry.ts < before)
    .sort((a, b) => (a.ts < b.ts ? -1 : 1));
  return {
    messages: all.slice(-PAGE).map((entry) => presentMessage(slack, entry)),
    hasMore: all.length > PAGE,
  };
}

/** The person's Home; opening it opens the direct message too and tells the app. */
export function openHome(slack: Slack, as: string): View | null {
  needUser(slack, as);
  const { channel } = openDirectMessage(slack, as);
  const home = slack.store.world.homes[as];
  emitEvent(slack, 'app_home_opened', {
    type: 'app_home_opened',
    user: as,
    channel: channel.id,
    tab: 'home',
    ...(home ? { view: toApiView(home) } : {}),
    event_ts: String(Date.now() / 1000),
  });
  return home ? presentView(home) : null;
}

/** The open modals of a person as their client shows them, bottom first. */
export function presentStack(slack: Slack, as: string): View[] {
  return listStack(slack, as).map(presentView);
}

/** Writes a message as a person, with their files. */
export function say(slack: Slack, request: MessageRequest): Message {
  const { as, text, thread_ts: thread, file_ids: fileIds } = request;
  needUser(slack, as);
  const channel = resolveChannel(slack, as, request.channel);
  if (!channel) throw new RefusedRequest('channel_not_found');
  if (thread !== undefined && !findMessage(slack, channel.id, thread))
    throw new RefusedRequest('thread_not_found');
  const files = (fileIds ?? []).map((id) => {
    const file = slack.store.world.files[id];
    if (!file || file.user !== as) throw new RefusedRequest(`no such file: ${id}`);
    return file;
  });
  if (text.trim() === '' && files.length === 0) throw new RefusedRequest('no_text');
  const message = postMessage(slack, {
    channel: channel.id,
    user: as,
    text,
    ...(thread === undefined ? {} : { thread_ts: thread }),
    ...(files.length > 0 ? { file_ids: files.map((file) => file.id) } : {}),
  });
  for (const file of files) shareFile(slack, file, channel.id);
  return presentMessage(slack, message);
}

/** Uploads a file that only its owner sees until it is shared. */
export function upload(
  slack: Slack,
  as: string,
  given: { name: string; content: Buffer; mimetype?: string },
): File {
  needUser(slack, as);
  if (given.content.length === 0) throw new RefusedRequest('the file is empty');
  const { name, mimetype } = given;
  const file = createFile(slack, { user: as, name, ...(mimetype === undefined ? {} : { mimetype }) });
  storeContent(slack, file, given.content);
  file.complete = true;
  return presentFile(file);
}
