// What Slack's answer, or its silence, says about whether a call took effect: one of a few outcomes.
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';

/** What an attempt came to; `reason` is Slack's code or the network's, never content. */
export type Outcome =
  | { kind: 'sent'; channel: string; ts: string | null }
  /**
   * Surely not done: try again; with `afterSeconds` it is not the message's fault, and no attempt is counted. `theirs`:
   * Slack or the network broke over it, so that it is not given up, however long that lasts.
   */
  | { kind: 'retry'; reason: string; afterSeconds: number | null; theirs?: true }
  /** Perhaps done: look before doing it again. */
  | { kind: 'ambiguous'; reason: string }
  /** The channel cannot be posted in. */
  | { kind: 'unreachable'; reason: string }
  /** The message to change or to answer is not there any more. */
  | { kind: 'gone'; reason: string }
  /** Will never be accepted as it is. */
  | { kind: 'refused'; reason: string };

const UNREACHABLE = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'channel_is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
]);
const GONE = new Set([
  'message_not_found',
  'thread_not_found',
  'cannot_reply_to_message',
  'invalid_thread_ts',
]);
/**
 * Nothing of this app is taken until an admin mends it, or the workspace has moved, whatever the message says; no attempt of
 * the message's own.
 */
const APP_REFUSED = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'accesslimited',
  'ekm_access_denied',
  'org_login_required',
  'team_access_not_granted',
  'team_added_to_org',
]);
const APP_REFUSED_SECONDS = 300;
/** Taken later, or once an admin has mended the app's rights. */
const NOT_NOW = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded', 'missing_scope']);
const PERHAPS = new Set(['fatal_error', 'internal_error', 'request_timeout', 'service_unavailable']);
// The connection was never there, so nothing can have been posted; it is no fault of the message, however long it lasts.
const NEVER_LEFT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const NO_NETWORK_SECONDS = 60;

/** What an error of the client says about whether the call took effect. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof WebAPIRateLimitedError)
    return { kind: 'retry', reason: 'ratelimited', afterSeconds: error.retryAfter };
  if (error instanceof WebAPIPlatformError) {
    const reason = error.data.error;
    if (UNREACHABLE.has(reason)) return { kind: 'unreachable', reason };
    if (GONE.has(reason)) return { kind: 'gone', reason };
    if (PERHAPS.has(reason)) return { kind: 'ambiguous', reason };
    if (APP_REFUSED.has(reason)) return { kind: 'retry', reason, afterSeconds: APP_REFUSED_SECONDS };
    if (NOT_NOW.has(reason)) return { kind: 'retry', reason, afterSeconds: null };
    return { kind: 'refused', reason };
  }
  if (error instanceof WebAPIHTTPError) {
    const reason = `http_${error.statusCode}`;
    return error.statusCode >= 500
      ? { kind: 'ambiguous', reason }
      : { kind: 'retry', reason, afterSeconds: null };
  }
  if (error instanceof WebAPIRequestError) {
    const code = networkCode(error.original);
    return NEVER_LEFT.has(code)
      ? { kind: 'retry', reason: code, afterSeconds: NO_NETWORK_SECONDS }
      : { kind: 'ambiguous', reason: code };
  }
  return { kind: 'ambiguous', reason: error instanceof Error ? error.name : 'unknown' };
}

/** What an error says of a call that can be made twice: what was perhaps done is simply done again. */
export function outcomeOfRepeatable(error: unknown): Outcome {
  const outcome = outcomeOf(error);
  return outcome.kind === 'ambiguous'
    ? { kind: 'retry', reason: outcome.reason, afterSeconds: null, theirs: true }
    : outcome;
}

function networkCode(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > 4) return 'network';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? networkCode(error.cause, depth + 1) : 'network';
}
