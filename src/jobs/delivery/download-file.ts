// A file's bytes out of Slack: whether it is gone for good, or Slack or the network do not work at the moment.
import { ErrorCode, type WebClient } from '@slack/web-api';
import { outcomeOf } from './outcome.js';

/** It could not be asked for; nothing is said about the file. To a person it is that Slack does not answer. */
export class FileUnavailableError extends Error {
  override readonly name = 'FileUnavailableError';
  readonly code = ErrorCode.RequestError;
}

/** A long file takes its time. */
const TIMEOUT_MS = 30_000;
/** Whoever asks again later may get it; of every other answer to a request it stays the answer. */
const isAway = (status: number): boolean => [408, 425, 429].includes(status) || status >= 500;

/**
 * @param maxBytes the most that is taken
 * @returns null where it is deleted, larger, only linked, not for this app, or refused for good
 * @throws FileUnavailableError Slack limits, breaks, refuses the token, or cannot be reached
 */
export async function downloadFile(
  client: WebClient,
  token: string,
  slackFileId: string,
  maxBytes: number,
): Promise<Buffer | null> {
  const file = await findFile(client, slackFileId);
  // One that is only linked lies with somebody else, to whom the token would be told.
  if (file === undefined || file.is_external === true || (file.size ?? 0) > maxBytes) return null;
  const url = file.url_private_download ?? file.url_private;
  if (url === undefined) return null;
  try {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const isLoginPage =
      (answer.headers.get('content-type') ?? '').startsWith('text/html') && file.mimetype !== 'text/html';
    if (isAway(answer.status)) throw new FileUnavailableError(`http_${answer.status}`);
    if (!answer.ok || isLoginPage || answer.body === null) return null;
    return await readAtMost(answer.body, maxBytes);
  } catch (cause) {
    throw cause instanceof FileUnavailableError ? cause : new FileUnavailableError('network', { cause });
  }
}

async function findFile(client: WebClient, slackFileId: string) {
  try {
    return (await client.files.info({ file: slackFileId })).file;
  } catch (cause) {
    const outcome = outcomeOf(cause);
    const isAway = outcome.kind === 'ambiguous' || outcome.kind === 'retry';
    // What the app has no right to read is not there for it.
    if (!isAway || outcome.reason === 'missing_scope') return undefined;
    throw new FileUnavailableError(outcome.reason, { cause });
  }
}

async function readAtMost(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > maxBytes) return null;
    parts.push(part);
  }
  return size === 0 ? null : Buffer.concat(parts);
}
