// Talks to Slack for the outbox, with a client of its own that never retries by itself: every answer becomes one of a few
// outcomes, and a message that may or may not have been posted is looked for before it is posted again.
import type { KnownBlock } from '@slack/types';
import { WebClient } from '@slack/web-api';
import { boltLogger, type Logger } from '../../log.js';
import { downloadFile } from './download-file.js';
import { type Outcome, outcomeOf, outcomeOfRepeatable } from './outcome.js';
import { type FilesPost, uploadFiles } from './upload-files.js';

/** Whether a message is there: `impossible`, the place may not be read. */
export type Finding =
  | { kind: 'found'; ts: string | null }
  | { kind: 'absent' }
  | { kind: 'impossible'; reason: string }
  | { kind: 'retry'; reason: string; afterSeconds: number | null };

export interface Post {
  readonly channel: string;
  readonly threadTs: string | null;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  /** The outbox row's id: what a lost message is looked for by. */
  readonly noticeId: string;
  /** Replies that everybody in the channel should see. */
  readonly broadcast: boolean;
}

export interface SlackSender {
  /** Where a person is posted to: their direct message channel once it is known, else their own id, which opens it. */
  dmOf(slackUserId: string): string;
  /** The direct message channel of a person; Slack allows few of these a minute. */
  openDm(slackUserId: string): Promise<{ kind: 'open'; channel: string } | Outcome>;
  post(post: Post): Promise<Outcome>;
  update(message: {
    channel: string;
    ts: string;
    text: string;
    blocks: readonly KnownBlock[];
  }): Promise<Outcome>;
  /** Posts files with a comment, in a thread if there is one. */
  upload(post: FilesPost): Promise<Outcome>;
  /** Looks for a post by its notice id, or for an upload by its file names, since an instant. */
  find(wanted: {
    channel: string;
    threadTs: string | null;
    since: Date;
    noticeId: string;
    fileNames?: readonly string[];
  }): Promise<Finding>;
  /** A file's bytes, at most `maxBytes`; null where there is none for us. @throws FileUnavailableError it may be there later */
  download(slackFileId: string, maxBytes: number): Promise<Buffer | null>;
}

export const METADATA_EVENT = 'huikuan_notice';
const TIMEOUT_MS = 10_000;
const SEARCH_PAGES = 5;

export interface SenderOptions {
  readonly token: string;
  readonly slackApiUrl?: string | undefined;
  readonly log: Logger;
}

/** A sender with the bot's token. */
export function createSlackSender(options: SenderOptions): SlackSender {
  const client = new WebClient(options.token, {
    ...(options.slackApiUrl !== undefined && { slackApiUrl: options.slackApiUrl }),
    logger: boltLogger(options.log),
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    timeout: TIMEOUT_MS,
  });
  const dms = new Map<string, string>();

  return {
    dmOf: (slackUserId) => dms.get(slackUserId) ?? slackUserId,

    async openDm(slackUserId) {
      const known = dms.get(slackUserId);
      if (known !== undefined) return { kind: 'open', channel: known };
      try {
        const channel = (await client.conversations.open({ users: slackUserId })).channel?.id;
        if (channel === undefined) return { kind: 'refused', reason: 'no_dm_channel' };
        dms.set(slackUserId, channel);
        return { kind: 'open', channel };
      } catch (error) {
        // Opening twice opens the same channel.
        return outcomeOfRepeatable(error);
      }
    },

    async post({ channel, threadTs, text, blocks, noticeId, broadcast }) {
      try {
        const thread = threadTs === null ? {} : { thread_ts: threadTs, reply_broadcast: broadcast };
        const answer = await client.chat.postMessage({
          channel,
          text,
          blocks: [...blocks],
          ...thread,
          unfurl_links: false,
          unfurl_media: false,
          metadata: { event_type: METADATA_EVENT, event_payload: { id: noticeId } },
        });
        const posted = answer.channel ?? channel;
        if (posted !== channel) dms.set(channel, posted);
        return { kind: 'sent', channel: posted, ts: answer.ts ?? null };
      } catch (error) {
        return outcomeOf(error);
      }
    },

    async update({ channel, ts, text, blocks }) {
      try {
        await client.chat.update({ channel, ts, text, blocks: [...blocks] });
        return { kind: 'sent', channel, ts };
      } catch (error) {
        // Changing twice to the same is the same.
        return outcomeOfRepeatable(error);
      }
    },

    upload: (post) => uploadFiles(client, post),

    async find({ channel, threadTs, since, noticeId, fileNames }) {
      const oldest = String(Math.floor(since.getTime() / 1000));
      const shared = { channel, oldest, inclusive: true, include_all_metadata: true, limit: 200 };
      let cursor: string | undefined;
      try {
        for (let page = 0; page < SEARCH_PAGES; page += 1) {
          const next = cursor === undefined ? {} : { cursor };
          const answer =
            threadTs === null
              ? await client.conversations.history({ ...shared, ...next })
              : await client.conversations.replies({ ...shared, ...next, ts: threadTs });
          const found = (answer.messages ?? []).find((message) =>
            fileNames ? hasFiles(message, fileNames) : noticeIdOf(message) === noticeId,
          );
          if (found) return { kind: 'found', ts: found.ts ?? null };
          cursor = answer.response_metadata?.next_cursor || undefined;
          if (cursor === undefined) return { kind: 'absent' };
        }
        return { kind: 'impossible', reason: 'too_many_messages' };
      } catch (error) {
        const outcome = outcomeOfRepeatable(error);
        // A place that the app has no right to read stays closed.
        if (outcome.kind === 'retry')
          return outcome.reason === 'missing_scope'
            ? { kind: 'impossible', reason: outcome.reason }
            : outcome;
        // Answering a thread that is gone cannot have worked.
        return outcome.kind === 'gone'
          ? { kind: 'absent' }
          : { kind: 'impossible', reason: reasonOf(outcome) };
      }
    },

    download: (id, maxBytes) => downloadFile(client, options.token, id, maxBytes),
  };
}

type Listed = { ts?: string; metadata?: unknown; files?: { name?: string }[] };

function noticeIdOf(message: Listed): string | null {
  const { metadata } = message;
  if (typeof metadata !== 'object' || metadata === null || !('event_payload' in metadata)) return null;
  const payload = metadata.event_payload;
  return typeof payload === 'object' && payload !== null && 'id' in payload && typeof payload.id === 'string'
    ? payload.id
    : null;
}

const hasFiles = (message: Listed, names: readonly string[]): boolean => {
  const posted = (message.files ?? []).map((file) => file.name);
  return names.length > 0 && names.every((name) => posted.includes(name));
};

const reasonOf = (outcome: Outcome): string => ('reason' in outcome ? outcome.reason : outcome.kind);
