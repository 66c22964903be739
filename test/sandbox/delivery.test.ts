// How requests travel: signatures, Socket Mode's handshake, redelivery of events, faults ordered by a test.
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifySlackRequest } from '@slack/bolt';
import { ErrorCode, WebClient } from '@slack/web-api';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { createClient, GENERAL, REP, startAlone, startHarness } from './support.js';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Received {
  headers: IncomingMessage['headers'];
  body: string;
}

/** A bare HTTP app that answers each request with the next status and body. */
async function startBareApp(answers: (number | [number, string])[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (body === 'ssl_check=1') {
        response.end();
        return;
      }
      received.push({ headers: request.headers, body });
      const answer = answers.shift() ?? 200;
      const [status, text] = typeof answer === 'number' ? [answer, ''] : answer;
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const sandbox = await startAlone({
    transport: { http: `http://127.0.0.1:${address.port}/` },
    retryDelaysMs: [0, 20, 20],
  });
  cleanups.push(
    () => sandbox.close(),
    () => {
      server.closeAllConnections();
      server.close();
    },
  );
  await sandbox.connected();
  return { sandbox, received };
}

describe('signed HTTP', () => {
  it('signs every request as Slack does', async () => {
    const { sandbox, received } = await startBareApp([]);
    await sandbox.command(REP, '/probe', '款', GENERAL);
    const [request] = received;
    if (!request) throw new Error('nothing received');
    const headers = {
      'x-slack-signature': String(request.headers['x-slack-signature']),
      'x-slack-request-timestamp': Number(request.headers['x-slack-request-timestamp']),
    };
    const check = (body: string, signingSecret = sandbox.signingSecret) =>
      verifySlackRequest({ signingSecret, body, headers });
    expect(() => check(request.body)).not.toThrow();
    expect(() => check(`${request.body}x`)).toThrow(/signature mismatch/);
    expect(() => check(request.body, 'other')).toThrow(/signature mismatch/);
    expect(Object.fromEntries(new URLSearchParams(request.body))).toMatchObject({
      command: '/probe',
      text: '款',
    });
  });

  it('redelivers an event three times and then gives up, but never a command', async () => {
    const { sandbox, received } = await startBareApp([500, 500, 500, 500, 500, 500]);
    sandbox.openHome(REP);
    await sandbox.waitFor(() => received.length === 4);
    await sleep(200);
    expect(received).toHaveLength(4);
    expect(
      received.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]),
    ).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_error'],
      ['3', 'http_error'],
    ]);
    expect(new Set(received.map(({ body }) => JSON.parse(body).event_id)).size).toBe(1);
    expect(await sandbox.command(REP, '/probe')).toMatchObject({ status: 'error' });
    await sleep(100);
    expect(received).toHaveLength(5);
  });

  it('stops redelivering once an event is acknowledged', async () => {
    const { sandbox, received } = await startBareApp([500, 200]);
    sandbox.openHome(REP);
    await sandbox.waitFor(() => received.length === 2);
    await sleep(150);
    expect(received).toHaveLength(2);
  });

  it('takes plain text as an answer to a command', async () => {
    const { sandbox } = await startBareApp([[200, 'plain words']]);
    await sandbox.command(REP, '/probe', '', GENERAL);
    expect(sandbox.history(REP, GENERAL)).toMatchObject([{ text: 'plain words', ephemeral: true }]);
  });

  it('forgets a response_url after half an hour', async () => {
    const { sandbox, received } = await startBareApp([]);
    await sandbox.command(REP, '/probe', '', GENERAL);
    const url = new URLSearchParams(received[0]?.body).get('response_url') ?? '';
    const answerAfter = async (minutes: number) => {
      const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + minutes * 60_000);
      try {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ text: `after ${minutes}` });
        const response = await fetch(url, { method: 'POST', headers, body });
        return [response.status, await response.text()];
      } finally {
        later.mockRestore();
      }
    };
    expect(await answerAfter(29)).toEqual([200, 'ok']);
    expect(await answerAfter(31)).toEqual([404, '{"ok":false,"error":"expired_url"}']);
    expect(sandbox.history(REP, GENERAL)).toHaveLength(1);
  });
});

describe('Socket Mode', () => {
  it('refuses a socket without a fresh ticket', async () => {
    const sandbox = await startAlone();
    cleanups.push(() => sandbox.close());
    const { url = '' } = await createClient(sandbox, sandbox.appToken).apps.connections.open();
    const connect = (address: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(address);
        cleanups.push(() => socket.terminate());
        socket.on('message', (data: Buffer) => resolve(JSON.parse(data.toString()).type));
        socket.on('error', () => resolve('refused'));
      });
    expect(await connect(url)).toBe('hello');
    expect(await connect(url)).toBe('refused');
    expect(await connect(url.replace(/ticket=.*/, 'ticket=guess'))).toBe('refused');
  });

  it('redelivers an event with its attempt, and says when nobody is connected', async () => {
    const sandbox = await startAlone({ retryDelaysMs: [0, 10, 10] });
    cleanups.push(() => sandbox.close());
    expect(await sandbox.command(REP, '/probe', '', GENERAL)).toMatchObject({ ok: false, status: 'error' });
    expect(sandbox.history(REP, GENERAL)[0]?.text).toBe('/probe failed with the error "dispatch_failed"');
    const { url = '' } = await createClient(sandbox, sandbox.appToken).apps.connections.open();
    const socket = new WebSocket(url);
    cleanups.push(() => socket.terminate());
    const envelopes: { type: string; retry_attempt: number; envelope_id: string }[] = [];
    socket.on('message', (data: Buffer) => {
      const envelope = JSON.parse(data.toString());
      if (envelope.type === 'hello') return;
      envelopes.push(envelope);
      if (envelopes.length === 2) socket.send(JSON.stringify({ envelope_id: envelope.envelope_id }));
    });
    await sandbox.connected();
    sandbox.openHome(REP);
    await sandbox.waitFor(() => envelopes.length === 2, 8_000);
    await sleep(100);
    expect(envelopes.map((envelope) => envelope.retry_attempt)).toEqual([0, 1]);
    expect(envelopes.every((envelope) => envelope.type === 'events_api')).toBe(true);
  });

  it('is reconnected to after Slack recycles the connection', async () => {
    const harness = await startHarness('socket', (app) => {
      app.command('/probe', async ({ ack }) => ack());
    });
    cleanups.push(() => harness.close());
    const { sandbox } = harness;
    sandbox.recycleSockets();
    await sandbox.waitFor(() => !sandbox.state(REP).app.connected);
    await sandbox.connected(15_000);
    expect(await sandbox.command(REP, '/probe')).toMatchObject({ ok: true });
  });
});

describe('faults', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startAlone();
  });
  afterAll(() => sandbox.close());
  const post = () =>
    createClient(sandbox)
      .chat.postMessage({ channel: GENERAL, text: 'x' })
      .catch((error) => error);

  it('breaks exactly the ordered number of calls', async () => {
    sandbox.faults.add({ method: 'chat.postMessage', error: 'channel_not_found', times: 2 });
    expect((await post()).data.error).toBe('channel_not_found');
    expect(await createClient(sandbox).auth.test()).toMatchObject({ ok: true });
    expect((await post()).data.error).toBe('channel_not_found');
    expect(await post()).toMatchObject({ ok: true });
  });

  it('answers 429 with Retry-After, and any HTTP status', async () => {
    sandbox.faults.add({ method: '*', retry_after: 7, times: 1 });
    expect(await post()).toMatchObject({ code: ErrorCode.RateLimitedError, retryAfter: 7 });
    sandbox.faults.add({ method: 'chat.postMessage', status: 500, times: 1 });
    expect(await post()).toMatchObject({ code: ErrorCode.HTTPError, statusCode: 500 });
  });

  it('loses the answer of a call that took effect', async () => {
    await sandbox.reset();
    sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    expect(await post()).toMatchObject({ code: ErrorCode.RequestError });
    expect(sandbox.messages(GENERAL)).toHaveLength(1);
  });

  it('delays a call', async () => {
    sandbox.faults.add({ method: 'chat.postMessage', delay_ms: 300, times: 1 });
    const started = performance.now();
    expect(await post()).toMatchObject({ ok: true });
    expect(performance.now() - started).toBeGreaterThanOrEqual(295);
  });

  it('lets a client that retries get through', async () => {
    sandbox.faults.add({ method: 'auth.test', status: 503, times: 1 });
    const client = new WebClient(sandbox.botToken, {
      slackApiUrl: sandbox.apiUrl,
      retryConfig: { retries: 2, minTimeout: 10 },
    });
    expect(await client.auth.test()).toMatchObject({ ok: true });
  });
});
