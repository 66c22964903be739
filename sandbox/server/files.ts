// Files: upload, contents, who may see one, and how Slack describes one.
import { extname } from 'node:path';
import { emitEvent } from './events.js';
import { newId } from './ids.js';
import { findChannel, isMember } from './people.js';
import type { File } from './protocol.js';
import type { Slack } from './slack.js';
import type { Json } from './validate-rules.js';
import { APP, type StoredFile } from './world.js';

const MIME_TYPES: Record<string, string> = {
  csv: 'text/csv',
  gif: 'image/gif',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  pdf: 'application/pdf',
  png: 'image/png',
  txt: 'text/plain',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** The extension without its dot, in lower case. */
export function readFileType(name: string): string {
  return extname(name).slice(1).toLowerCase();
}

/** Notes a new file; its contents follow by `storeContent`. */
export function createFile(
  slack: Slack,
  given: { user: string; name: string; mimetype?: string },
): StoredFile {
  const id = newId('F');
  const filetype = readFileType(given.name);
  const path = buildAddress(slack, id, given.name);
  const file: StoredFile = {
    id,
    name: given.name,
    title: given.name,
    mimetype: given.mimetype ?? MIME_TYPES[filetype] ?? 'application/octet-stream',
    filetype: filetype || 'binary',
    size: 0,
    user: given.user,
    created: Math.floor(Date.now() / 1000),
    url_private: path,
    permalink: path,
    shared_in: [],
    granted: given.user === APP.user,
    complete: false,
  };
  slack.store.world.files[id] = file;
  slack.store.touch();
  return file;
}

function buildAddress(slack: Slack, id: string, name: string): string {
  return `${slack.url}/files-pri/${id}/${encodeURIComponent(name)}`;
}

/** Points the files of an earlier run at this run's port. */
export function refreshAddresses(slack: Slack): void {
  for (const file of Object.values(slack.store.world.files)) {
    file.url_private = buildAddress(slack, file.id, file.name);
    file.permalink = file.url_private;
  }
}

/** Keeps a file's contents. */
export function storeContent(slack: Slack, file: StoredFile, data: Buffer): void {
  file.size = data.length;
  slack.store.writeBlob(file.id, data);
  slack.store.touch();
}

/** A person sees a file that is theirs or shared in one of their channels. */
export function canSeeFile(slack: Slack, file: StoredFile, user: string): boolean {
  if (file.user === user) return true;
  return file.shared_in.some((id) => {
    const channel = findChannel(slack, id);
    return channel !== undefined && isMember(channel, user);
  });
}

/** Shares a file in a channel and tells the app when it is there. */
export function shareFile(slack: Slack, file: StoredFile, channelId: string): void {
  if (!file.shared_in.includes(channelId)) file.shared_in.push(channelId);
  const channel = findChannel(slack, channelId);
  if (!channel || !isMember(channel, APP.user)) return;
  file.granted = true;
  emitEvent(slack, 'file_shared', {
    type: 'file_shared',
    file_id: file.id,
    user_id: file.user,
    file: { id: file.id },
    channel_id: channelId,
    event_ts: String(Date.now() / 1000),
  });
}

/** The file as the page and interaction payloads show it. */
export function presentFile(file: StoredFile): File {
  const { shared_in: _sharedIn, granted: _granted, complete: _complete, ...shown } = file;
  return shown;
}

/** The file as the Web API describes it. */
export function toApiFile(slack: Slack, file: StoredFile): Json {
  const inKind = (kind: 'channel' | 'group' | 'im') =>
    file.shared_in.filter((id) => {
      const channel = findChannel(slack, id);
      if (!channel) return false;
      return (channel.is_im ? 'im' : channel.is_private ? 'group' : 'channel') === kind;
    });
  return {
    ...presentFile(file),
    timestamp: file.created,
    pretty_type: file.filetype.toUpperCase(),
    user_team: slack.store.world.team.id,
    editable: false,
    mode: 'hosted',
    is_external: false,
    external_type: '',
    is_public: inKind('channel').length > 0,
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private_download: file.url_private,
    channels: inKind('channel'),
    groups: inKind('group'),
    ims: inKind('im'),
    comments_count: 0,
    shares: describeShares(slack, file),
  };
}

/** Where the file was posted, by the kind of conversation: what an app finds its message by. */
function describeShares(slack: Slack, file: StoredFile): Json {
  const shares: Record<'public' | 'private', Json> = { public: {}, private: {} };
  for (const id of file.shared_in) {
    const channel = findChannel(slack, id);
    const posts = (slack.store.world.messages[id] ?? []).filter((message) =>
      message.file_ids?.includes(file.id),
    );
    if (!channel || posts.length === 0) continue;
    const kind = channel.is_im || channel.is_private ? 'private' : 'public';
    shares[kind][id] = posts.map(({ ts, thread_ts: thread }) => ({
      ts,
      ...(thread && { thread_ts: thread }),
    }));
  }
  return Object.fromEntries(Object.entries(shares).filter(([, places]) => Object.keys(places).length > 0));
}
