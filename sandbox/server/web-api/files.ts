// files.*: the two-step external upload and file information.
import { createFile, shareFile, toApiFile } from '../files.js';
import { findMessage, postMessage } from '../messages.js';
import type { Slack } from '../slack.js';
import { objectsIn } from '../validate-rules.js';
import { APP, type StoredFile } from '../world.js';
import { readBlocks } from './chat.js';
import { ApiError, type Args, type Methods, missing } from './method.js';
import { writeChannel } from './targets.js';

function readUploads(slack: Slack, args: Args): StoredFile[] {
  const given = objectsIn(args.json('files', 'invalid_arguments'));
  if (given.length === 0) throw missing('files');
  return given.map((entry) => {
    const file = slack.store.world.files[String(entry.id)];
    if (!file || file.user !== APP.user) throw new ApiError('file_not_found');
    if (file.size === 0) throw new ApiError('posting_to_upload_url_required');
    if (typeof entry.title === 'string') file.title = entry.title;
    file.complete = true;
    return file;
  });
}

export const FILE_METHODS: Methods = {
  'files.getUploadURLExternal': {
    tier: 4,
    scopes: ['files:write'],
    run(slack, args) {
      const name = args.need('filename');
      const length = Number(args.need('length'));
      if (!Number.isInteger(length) || length <= 0) throw new ApiError('invalid_arguments');
      const file = createFile(slack, { user: APP.user, name });
      return { upload_url: `${slack.url}/upload/v1/${file.id}?length=${length}`, file_id: file.id };
    },
  },
  'files.completeUploadExternal': {
    tier: 4,
    scopes: ['files:write'],
    run(slack, args) {
      const target = args.has('channel_id') ? (args.text('channel_id') ?? '') : (args.text('channels') ?? '');
      const files = readUploads(slack, args);
      if (target !== '') shareUploads(slack, args, files, target);
      return { files: files.map((file) => toApiFile(slack, file)) };
    },
  },
  'files.info': {
    tier: 4,
    scopes: ['files:read'],
    run(slack, args) {
      const file = slack.store.world.files[args.need('file')];
      if (!file?.granted) throw new ApiError('file_not_found');
      return { file: toApiFile(slack, file), comments: [], response_metadata: { next_cursor: '' } };
    },
  },
};

function shareUploads(slack: Slack, args: Args, files: StoredFile[], target: string): void {
  const channel = writeChannel(slack, args.with('channel', target));
  const thread = args.text('thread_ts');
  if (thread && !findMessage(slack, channel.id, thread)) throw new ApiError('invalid_thread_ts');
  const blocks = readBlocks(args);
  postMessage(slack, {
    channel: channel.id,
    user: APP.user,
    bot_id: APP.bot,
    text: args.text('initial_comment') ?? '',
    file_ids: files.map((file) => file.id),
    ...(thread ? { thread_ts: thread } : {}),
    ...(blocks ? { blocks } : {}),
  });
  for (const file of files) shareFile(slack, file, channel.id);
}
