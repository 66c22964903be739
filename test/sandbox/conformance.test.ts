// What Slack refuses, and how it says so, over both transports: codes, pointers, Retry-After; and that nothing the app
// calls is missing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ErrorCode, type WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { APP } from '../../sandbox/server/world.js';
import { HELLO, REFUSALS } from './refusals.js';
import { createClient, FINANCE, GENERAL, MANIFEST, REP, startAlone } from './support.js';

/** The error code a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && 'data' in error) return (error as WebAPIPlatformError).data.error;
    throw error;
  }
  return 'ok';
}

const TRANSPORTS = { socket: 'socket', http: { http: 'http://127.0.0.1:9/nobody' } } as const;
const modal = (more: object = {}) => ({
  type: 'modal' as const,
  title: { type: 'plain_text' as const, text: 'T' },
  blocks: [],
  ...more,
});

describe.each(['socket', 'http'] as const)('over %s', (transport) => {
  let sandbox: Sandbox;
  let client: WebClient;
  beforeAll(async () => {
    sandbox = await startAlone({ transport: TRANSPORTS[transport] });
    client = createClient(sandbox);
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.reset());
  const call = (method: string, args: Record<string, unknown> = {}) => refusal(client.apiCall(method, args));

  it.each(REFUSALS)('%s %j → %s', async (method, args, code) => {
    expect(await call(method, args)).toBe(code);
  });

  it('knows its bot token, its app token and no other', async () => {
    expect(await refusal(createClient(sandbox, 'xoxb-wrong').auth.test())).toBe('invalid_auth');
    expect(await refusal(createClient(sandbox, sandbox.appToken).auth.test())).toBe('not_allowed_token_type');
    expect(await call('apps.connections.open')).toBe('not_allowed_token_type');
    const response = await fetch(`${sandbox.apiUrl}auth.test`, { method: 'POST' });
    expect(await response.json()).toMatchObject({ ok: false, error: 'not_authed' });
    expect(await client.auth.test()).toMatchObject({ user_id: APP.user, bot_id: APP.bot, team: 'Sandbox' });
  });

  it('asks for the scopes of the manifest', async () => {
    expect(await call('team.info')).toBe('missing_scope');
    expect(await call('no.such')).toBe('unknown_method');
    const { response_metadata } = await client.auth.test();
    expect(response_metadata?.scopes).toEqual(MANIFEST.oauth_config?.scopes?.bot);
  });

  it('takes JSON bodies as well as forms', async () => {
    const response = await fetch(`${sandbox.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: GENERAL, text: 'hi', blocks: HELLO }),
    });
    expect(await response.json()).toMatchObject({ ok: true, channel: GENERAL });
  });

  it('lists every refused part with its place, from any method that takes blocks', async () => {
    const blocks = [{ type: 'header' }, { type: 'divider', colour: 'red' }];
    const places = (error: WebAPIPlatformError) =>
      (error.data.response_metadata?.messages ?? []).map((text) => /json-pointer:(\S+)\]/.exec(text)?.[1]);
    const post = { channel: GENERAL, text: 'x', blocks };
    const view = modal({ blocks });
    for (const [method, args, at] of [
      ['chat.postMessage', post, '/blocks'],
      ['chat.postEphemeral', { ...post, user: REP }, '/blocks'],
      ['blocks.validate', { blocks }, '/blocks'],
      ['views.open', { trigger_id: '1.1.abc', view }, '/view/blocks'],
      ['views.publish', { user_id: REP, view: { type: 'home', blocks } }, '/view/blocks'],
      ['blocks.validate', { view }, '/view/blocks'],
    ] as const) {
      const error = await client.apiCall(method, args).catch((refused) => refused);
      expect(error.code, method).toBe(ErrorCode.PlatformError);
      expect(places(error), method).toEqual([`${at}/0`, `${at}/1`]);
    }
    expect(
      await client.chat
        .postMessage({ channel: GENERAL, text: 'x', blocks: [{ type: 'header' }] as never })
        .catch((e) => e.data.response_metadata.messages),
    ).toEqual(['[ERROR] missing required field: text [json-pointer:/blocks/0]']);
  });

  it('refuses what depends on what was before', async () => {
    const { ts = '' } = await client.chat.postMessage({
      channel: GENERAL,
      text: 'one',
      blocks: HELLO as never,
    });
    expect(await call('chat.update', { channel: GENERAL, ts, text: 'x'.repeat(4_001) })).toBe('msg_too_long');
    const said = sandbox.say(REP, GENERAL, 'mine');
    expect(await call('chat.update', { channel: GENERAL, ts: said.ts, text: 'y' })).toBe(
      'cant_update_message',
    );
    expect(await call('chat.delete', { channel: GENERAL, ts: said.ts })).toBe('cant_delete_message');
    const home = { type: 'home', blocks: HELLO, external_id: 'mine' };
    expect(await call('views.publish', { user_id: REP, view: home })).toBe('ok');
    expect(await call('views.publish', { user_id: REP, view: home, hash: 'old' })).toBe('hash_conflict');
    expect(await call('views.publish', { user_id: FINANCE, view: home })).toBe('duplicate_external_id');
    expect(await call('apps.connections.open')).toBe('not_allowed_token_type');
    const opened = refusal(createClient(sandbox, sandbox.appToken).apps.connections.open({}));
    expect(await opened).toBe(transport === 'socket' ? 'ok' : 'socket_mode_not_enabled');
  });

  it('says how long to wait', async () => {
    sandbox.faults.add({ method: 'chat.postMessage', retry_after: 7, times: 1 });
    const answer = await fetch(`${sandbox.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: GENERAL, text: 'x' }),
    });
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
      429,
      '7',
      { ok: false, error: 'ratelimited' },
    ]);
  });
});

it('knows every method that the app calls', () => {
  const source = join(import.meta.dirname, '../../src');
  const called = new Set(
    readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap(
        (path) =>
          readFileSync(join(source, path), 'utf8').match(
            /\bclient\.(?:auth|chat|conversations|files|users|views)\.\w+/g,
          ) ?? [],
      )
      .map((found) => found.slice('client.'.length)),
  );
  expect(called.size).toBeGreaterThan(10);
  const tried = new Set(REFUSALS.map(([method]) => method));
  expect(
    [...called].filter(
      (method) => !tried.has(method) && method !== 'auth.test' && method !== 'files.uploadV2',
    ),
  ).toEqual([]);
});
