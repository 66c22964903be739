// The door of the Web API: token, scopes, ordered faults, the method, and Slack's way of answering.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { readForm, sendBody, sendJson } from '../http.js';
import { listScopes } from '../manifest.js';
import type { Slack } from '../slack.js';
import type { Json } from '../validate-rules.js';
import { CHAT_METHODS } from './chat.js';
import { CONVERSATION_METHODS } from './conversations.js';
import { FILE_METHODS } from './files.js';
import { ApiError, Args, type Method, type Methods } from './method.js';
import { createRateLimiter } from './rate-limit.js';
import { USER_METHODS } from './users.js';
import { VIEW_METHODS } from './views.js';

const SHARED: Methods = {
  ...CHAT_METHODS,
  ...CONVERSATION_METHODS,
  ...FILE_METHODS,
  ...USER_METHODS,
  ...VIEW_METHODS,
};

export type HandleApi = (name: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The handler of /api/METHOD; `openSocket` gives the address of a new Socket Mode connection. */
export function createApi(slack: Slack, openSocket: (() => string) | undefined): HandleApi {
  const limiter = createRateLimiter(slack.options.rateLimits === true);
  const methods: Methods = {
    ...SHARED,
    'apps.connections.open': {
      tier: 1,
      token: 'app',
      run() {
        if (!openSocket) throw new ApiError('socket_mode_not_enabled');
        return { url: openSocket() };
      },
    },
  };

  return async (name, request, response) => {
    const started = performance.now();
    slack.traffic.running += 1;
    slack.traffic.last = Date.now();
    const finish = (status: string, summary: string) => {
      slack.traffic.running -= 1;
      slack.traffic.last = Date.now();
      const ms = Math.round(performance.now() - started);
      slack.journal.add({ kind: 'call', name, ms, status, summary });
    };
    try {
      const { fields } = await readForm(request);
      const fault = slack.faults.take(name);
      if (fault?.delay_ms !== undefined) await sleep(fault.delay_ms);
      if (fault?.retry_after !== undefined) {
        finish('ratelimited', `${name} refused: rate limit`);
        return sendLimited(response, fault.retry_after);
      }
      if (fault?.status !== undefined) {
        finish(String(fault.status), `${name} refused: HTTP ${fault.status}`);
        return sendBody(response, fault.status, 'text/plain', 'ordered fault');
      }
      if (fault?.error !== undefined) {
        finish(fault.error, `${name} refused: ${fault.error}`);
        return sendJson(response, 200, { ok: false, error: fault.error });
      }
      const wait = limiter(name, fields, methods[name]?.tier);
      if (wait > 0) {
        finish('ratelimited', `${name} refused: rate limit`);
        return sendLimited(response, wait);
      }
      const scopes = listScopes(slack.options.manifest);
      const body = await call(slack, methods, name, request, fields);
      finish(body.ok === true ? 'ok' : String(body.error), summarise(name, fields, body));
      if (fault?.lost_response) {
        request.socket.destroy();
        return;
      }
      sendJson(response, 200, body, scopes ? { 'x-oauth-scopes': scopes.join(',') } : {});
    } catch (error) {
      finish('internal_error', `${name} failed in the sandbox: ${String(error)}`);
      throw error;
    }
  };
}

function sendLimited(response: ServerResponse, seconds: number): void {
  sendJson(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(seconds) });
}

function summarise(name: string, fields: Json, body: Json): string {
  const where = [fields.channel, fields.user, fields.user_id, fields.view_id].find(
    (part) => typeof part === 'string',
  );
  const target = typeof where === 'string' ? ` ${where}` : '';
  return body.ok === true ? `${name}${target}` : `${name}${target} refused: ${String(body.error)}`;
}

async function call(
  slack: Slack,
  methods: Methods,
  name: string,
  request: IncomingMessage,
  fields: Json,
): Promise<Json> {
  try {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (!method) throw new ApiError('unknown_method', { req_method: name });
    checkToken(slack, method, request, fields);
    const args = new Args(fields);
    checkScopes(slack, method, args);
    return { ok: true, ...(await method.run(slack, args)) };
  } catch (error) {
    if (error instanceof ApiError) return { ok: false, error: error.code, ...error.extra };
    throw error;
  }
}

function checkToken(slack: Slack, method: Method, request: IncomingMessage, fields: Json): void {
  const wanted = method.token ?? 'bot';
  if (wanted === 'none') return;
  const header = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = header ?? (typeof fields.token === 'string' ? fields.token : undefined);
  if (!token) throw new ApiError('not_authed');
  const { bot, app } = slack.tokens;
  if (token === (wanted === 'bot' ? bot : app)) return;
  throw new ApiError(token === bot || token === app ? 'not_allowed_token_type' : 'invalid_auth');
}

function checkScopes(slack: Slack, { scopes }: Method, args: Args): void {
  const provided = listScopes(slack.options.manifest);
  const needed = typeof scopes === 'function' ? scopes(slack, args) : scopes;
  if (!provided || !needed || needed.some((scope) => provided.includes(scope))) return;
  throw new ApiError('missing_scope', { needed: needed.join(','), provided: provided.join(',') });
}
