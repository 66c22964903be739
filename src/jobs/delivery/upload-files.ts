// Files to Slack in its three steps: a place for each, the bytes, then the message that shows them. The bytes go out as
// they are read, so that of a long file only a piece is in memory.
import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { WebClient } from '@slack/web-api';
import { type Outcome, outcomeOf, outcomeOfRepeatable } from './outcome.js';

export interface FileContent {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** From the beginning, at each call anew. */
  readonly read: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Of a picture: what it shows. */
  readonly altText?: string;
}

/** A file whose bytes are in memory. */
export const fileOf = (name: string, data: Uint8Array, more: { altText?: string } = {}): FileContent => ({
  name,
  size: data.length,
  read: () => [data],
  ...more,
});

export interface FilesPost {
  readonly channel: string;
  readonly threadTs: string | null;
  readonly text: string;
  readonly files: readonly FileContent[];
  /** A sign of life while it takes long; false: another process is at it by now. */
  readonly renew: () => Promise<boolean>;
}

/** A long file takes its time; what takes longer has lost its connection. */
const TIMEOUT_MS = 300_000;
const RENEWED_EACH_MS = 15_000;

/** Posts files with a comment, in a thread if there is one. */
export async function uploadFiles(client: WebClient, post: FilesPost): Promise<Outcome> {
  const { channel, threadTs, text, files, renew } = post;
  const uploaded: { id: string; title: string }[] = [];
  try {
    for (const file of files) uploaded.push(await uploadFile(client, file, renew));
    if (!(await renew())) return { kind: 'retry', reason: 'lease_lost', afterSeconds: null };
  } catch (error) {
    // Nobody sees a file before the last step.
    if (!(error instanceof NotTaken)) return outcomeOfRepeatable(error);
    return {
      kind: 'retry',
      reason: error.message,
      afterSeconds: null,
      ...(error.theirs && { theirs: true }),
    };
  }
  const [first, ...others] = uploaded;
  if (!first) return { kind: 'refused', reason: 'no_file' };
  const shown = { files: [first, ...others] as [typeof first, ...typeof others], initial_comment: text };
  const place = threadTs === null ? { channel_id: channel } : { channel_id: channel, thread_ts: threadTs };
  try {
    await client.files.completeUploadExternal({ ...shown, ...place });
    return { kind: 'sent', channel, ts: null };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** The bytes did not arrive; `theirs`: for a fault of the network or of Slack's. */
class NotTaken extends Error {
  override readonly name = 'NotTaken';

  constructor(
    reason: string,
    readonly theirs = false,
  ) {
    super(reason);
  }
}

async function uploadFile(
  client: WebClient,
  { name, size, read, altText }: FileContent,
  renew: FilesPost['renew'],
): Promise<{ id: string; title: string }> {
  const place = await client.files.getUploadURLExternal({
    filename: name,
    length: size,
    ...(altText !== undefined && { alt_text: altText }),
  });
  const { upload_url: url, file_id: id } = place;
  if (url === undefined || id === undefined) throw new NotTaken('no_upload_url');
  const status = await sendBytes(url, size, renewing(read(), renew)).catch((error: unknown) => {
    throw error instanceof NotTaken
      ? error
      : new NotTaken(error instanceof Error ? error.name : 'network', true);
  });
  if (status !== 200) throw new NotTaken(`upload_${status}`, status >= 500 || status === 429);
  return { id, title: name };
}

/** @returns how Slack answered */
async function sendBytes(url: string, size: number, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  const ask = url.startsWith('https:') ? requestHttps : requestHttp;
  const request = ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'content-length': size },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answered: Promise<IncomingMessage[]> = once(request, 'response');
  // Met below, unless the bytes themselves do not get through.
  answered.catch(() => {});
  await pipeline(pieces, request);
  const [answer] = await answered;
  answer?.resume();
  return answer?.statusCode ?? 0;
}

async function* renewing(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  renew: FilesPost['renew'],
): AsyncGenerator<Uint8Array> {
  let last = performance.now();
  for await (const piece of pieces) {
    yield piece;
    if (performance.now() - last < RENEWED_EACH_MS) continue;
    last = performance.now();
    if (!(await renew())) throw new NotTaken('lease_lost');
  }
}
