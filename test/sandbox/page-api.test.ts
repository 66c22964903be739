// What the page uses: state, live events, HTTP twins of the helpers, the clock, and a restart that continues.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findNextMorning } from '../../sandbox/server/clock.js';
import type { History, JournalEntry, Message, SandboxEvent, State } from '../../sandbox/server/protocol.js';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import type { World } from '../../sandbox/server/world.js';
import { createClient, FINANCE, GENERAL, REP, startAlone } from './support.js';

type Entries = { entries: JournalEntry[] };

let directory: string;
let sandbox: Sandbox;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>page</title>');
  sandbox = await startAlone({
    dataDir: directory,
    clockFile: join(directory, 'clock.json'),
    pageDir: directory,
    clockQuietMs: 50,
    clockLimitMs: 3_000,
  });
});
afterEach(async () => {
  await sandbox.close();
  await rm(directory, { recursive: true, force: true });
});

async function get<T = unknown>(path: string) {
  const response = await fetch(`${sandbox.url}${path}`);
  return { status: response.status, body: (await response.json()) as T };
}

async function post<T = unknown>(path: string, body: object) {
  const response = await fetch(`${sandbox.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as T };
}

describe('over HTTP', () => {
  it('shows a person their own workspace', async () => {
    const { body } = await get<State>(`/sandbox/state?as=${REP}`);
    expect(body).toMatchObject({
      me: { id: REP, locale: 'zh-CN' },
      team: { id: 'T0SANDBOX' },
      app: { name: 'Probe', connected: false, transport: 'socket' },
      commands: [{ command: '/probe', description: 'Probes', usage_hint: '[words]' }],
    });
    expect(body.channels.map((channel) => channel.name)).toEqual(['general', 'outside', 'hidden']);
    expect(await get('/sandbox/state?as=U0NOBODY')).toMatchObject({ status: 400 });
    expect(await get(`/sandbox/history?as=${FINANCE}&channel=C0HIDDEN`)).toMatchObject({ status: 400 });
  });

  it('writes, marks, uploads and answers every interaction in one shape', async () => {
    const said = await post<{ message: Message }>('/sandbox/message', {
      as: REP,
      channel: GENERAL,
      text: 'hi',
    });
    expect(said.body).toMatchObject({ ok: true, message: { text: 'hi', user: REP } });
    const history = await get(`/sandbox/history?as=${FINANCE}&channel=${GENERAL}`);
    expect(history.body).toMatchObject({ messages: [{ text: 'hi' }], hasMore: false });
    await post('/sandbox/mark', { as: FINANCE, channel: GENERAL, ts: said.body.message.ts });
    const { body } = await get<State>(`/sandbox/state?as=${FINANCE}`);
    expect(body.channels[0]).toMatchObject({ id: GENERAL, unread: 0 });
    const upload = await fetch(`${sandbox.url}/sandbox/upload?as=${REP}&name=a.txt`, {
      method: 'POST',
      body: 'x',
    });
    expect(await upload.json()).toMatchObject({ file: { name: 'a.txt', size: 1, user: REP } });
    const command = await post('/sandbox/command', {
      as: REP,
      channel: GENERAL,
      command: '/probe',
      text: '',
    });
    expect(command.body).toMatchObject({ ok: false, status: 'error', ms: 0 });
    expect(await post('/sandbox/command', { as: REP })).toMatchObject({ status: 400 });
    expect(await post('/sandbox/nothing', {})).toMatchObject({ status: 404 });
    const broken = await fetch(`${sandbox.url}/sandbox/message`, { method: 'POST', body: '{' });
    expect(broken.status).toBe(400);
  });

  it('pages through a long history from the newest', async () => {
    for (let index = 0; index < 105; index += 1) sandbox.say(REP, GENERAL, `m${index}`);
    const last = (await get<History>(`/sandbox/history?as=${REP}&channel=${GENERAL}`)).body;
    expect([last.messages.length, last.hasMore, last.messages.at(-1)?.text]).toEqual([100, true, 'm104']);
    const rest = (
      await get<History>(`/sandbox/history?as=${REP}&channel=${GENERAL}&before=${last.messages[0]?.ts}`)
    ).body;
    expect(rest.messages.map((message) => message.text)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  });

  it('streams live events to each person', async () => {
    const abort = new AbortController();
    const response = await fetch(`${sandbox.url}/sandbox/events?as=${FINANCE}`, { signal: abort.signal });
    const events: SandboxEvent[] = [];
    const reading = (async () => {
      let rest = '';
      for await (const chunk of response.body ?? []) {
        rest += Buffer.from(chunk).toString('utf8');
        const lines = rest.split('\n\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line.startsWith('data: ')) events.push(JSON.parse(line.slice(6)));
      }
    })().catch(() => {});
    sandbox.say(REP, GENERAL, `<@${FINANCE}> 看`);
    await createClient(sandbox).views.publish({ user_id: REP, view: { type: 'home', blocks: [] } });
    await sandbox.waitFor(() => events.some((event) => event.type === 'journal'));
    abort.abort();
    await reading;
    expect(events.map((event) => event.type)).toEqual(['view_stack', 'message', 'unread', 'journal']);
    expect(events[2]).toEqual({ type: 'unread', channel: GENERAL, unread: 1, mention: true, last_read: '0' });
  });

  it('obeys the control API', async () => {
    await post('/sandbox/control/faults', { method: 'auth.test', error: 'fatal_error', times: 1 });
    expect(
      await createClient(sandbox)
        .auth.test()
        .catch((error) => error.data.error),
    ).toBe('fatal_error');
    await post('/sandbox/control/faults', { method: '*', error: 'fatal_error', times: 9 });
    await post('/sandbox/control/faults/clear', {});
    expect(sandbox.faults.list()).toEqual([]);
    await post('/sandbox/control/users', { id: 'U0NEW', real_name: '新人', deleted: true });
    await post('/sandbox/control/channels', { id: 'C0NEW', name: 'new', invite: ['U0NEW', REP] });
    const { body } = await get<World>('/sandbox/control/state');
    expect(body.users.U0NEW).toMatchObject({ real_name: '新人', deleted: true });
    expect(body.channels.C0NEW?.members).toEqual(['U0NEW', REP]);
    const journal = (await get<Entries>('/sandbox/journal?since=0')).body;
    expect(journal.entries).toMatchObject([{ n: 1, kind: 'call', name: 'auth.test', status: 'fatal_error' }]);
    await post('/sandbox/control/reset', {});
    expect((await get<World>('/sandbox/control/state')).body.users.U0NEW).toBeUndefined();
    expect((await get<Entries>('/sandbox/journal')).body.entries).toEqual([]);
  });

  it('serves the page, and nothing outside it, and nobody by another name', async () => {
    expect(await (await fetch(`${sandbox.url}/?as=${REP}`)).text()).toContain('<title>page</title>');
    const status = (path: string, host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        httpRequest(`${sandbox.url}`, { path, headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await status('/', '127.0.0.1')).toBe(200);
    expect(await status('/%2e%2e/%2e%2e/etc/passwd', '127.0.0.1')).toBe(404);
    expect(await status('/sandbox/control/state', 'evil.example')).toBe(403);
    const forged = await fetch(`${sandbox.url}/sandbox/control/reset`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    });
    expect(forged.status).toBe(403);
  });
});

describe('the clock', () => {
  const readOffset = async () => JSON.parse(await readFile(join(directory, 'clock.json'), 'utf8')).offsetMs;

  it('finds nine in the morning of a zone, across a change of summer time too', () => {
    const next = (after: string, tz: string) =>
      new Date(findNextMorning(Date.parse(after), tz)).toISOString();
    expect(next('2026-11-22T00:59:59.999Z', 'Asia/Shanghai')).toBe('2026-11-22T01:00:00.000Z');
    expect(next('2026-11-22T01:00:00.000Z', 'Asia/Shanghai')).toBe('2026-11-23T01:00:00.000Z');
    expect(next('2026-03-28T12:00:00.000Z', 'Europe/London')).toBe('2026-03-29T08:00:00.000Z');
    expect(next('2026-10-24T12:00:00.000Z', 'Europe/London')).toBe('2026-10-25T09:00:00.000Z');
  });

  it('plays each morning on the way and ends exactly that much later', async () => {
    expect(await readOffset()).toBe(0);
    const shown: number[] = [];
    const stop = sandbox.listen(REP, (event) => {
      if (event.type === 'clock' && event.clock.moving) shown.push(Date.parse(event.clock.now));
    });
    const moving = sandbox.clock.move({ advance: { days: 2 } });
    expect(await post('/sandbox/clock', { advance: { days: 1 } })).toMatchObject({ status: 400 });
    const clock = await moving;
    stop();
    expect(clock).toMatchObject({ offsetMs: 2 * 86_400_000, moving: false, canMove: true });
    expect(await readOffset()).toBe(2 * 86_400_000);
    const hours = shown.map((at) => new Date(at).toISOString().slice(11, 18));
    expect(hours).toEqual(['01:00:0', '01:00:0']);
  });

  it('waits for an app that says what it is through with, however silent it is', async () => {
    const finish = (offsetMs: number | null) =>
      writeFile(join(directory, 'clock.json.done'), JSON.stringify({ offsetMs }));
    await finish(null);
    let passed = false;
    const moving = sandbox.clock.move({ advance: { days: 1 } }).then(() => {
      passed = true;
    });
    await sleep(2_000);
    expect(passed).toBe(false);
    await finish(await readOffset());
    await moving;
    expect(await readOffset()).toBe(86_400_000);
  });

  it('stays at a morning that the app does not finish, and says so', async () => {
    await writeFile(join(directory, 'clock.json.done'), JSON.stringify({ offsetMs: 0 }));
    const { status, body } = await post('/sandbox/clock', { advance: { days: 3 } });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/^app_not_done: in 3 seconds .*T01:00:.* See whether it runs/) },
    });
    const { offsetMs, moving, now } = sandbox.clock.read();
    expect({ offsetMs, moving }).toEqual({ offsetMs: await readOffset(), moving: false });
    expect(now).toContain('T01:00:');
    expect(offsetMs).toBeLessThanOrEqual(86_400_000);
  });

  it('dates what is posted for the page by it, while the API tells real time', async () => {
    const say = (text: string, threadTs?: string) =>
      post<{ message: Message }>('/sandbox/message', {
        as: REP,
        channel: GENERAL,
        text,
        ...(threadTs ? { thread_ts: threadTs } : {}),
      });
    const before = (await say('before')).body.message;
    const { offsetMs } = await sandbox.clock.move({ advance: { days: 3 } });
    const after = (await say('after', before.ts)).body.message;
    await sandbox.clock.move({ reset: true });
    const toMs = (ts: string) => Math.floor(Number(ts) * 1000);
    expect(before.posted_at).toBe(toMs(before.ts));
    expect(after.posted_at).toBe(toMs(after.ts) + offsetMs);
    const { body } = await get<History>(`/sandbox/history?as=${REP}&channel=${GENERAL}`);
    expect(body.messages.find(({ ts }) => ts === before.ts)).toMatchObject({
      posted_at: before.posted_at,
      latest_reply_at: after.posted_at,
    });
    const { messages } = await createClient(sandbox).conversations.replies({
      channel: GENERAL,
      ts: before.ts,
    });
    expect(messages).toHaveLength(2);
    for (const message of messages ?? [])
      expect(Object.keys(message).filter((key) => /posted_at|reply_at|offset/.test(key))).toEqual([]);
  });

  it('moves by minutes, to an instant, back, and refuses nonsense', async () => {
    expect((await sandbox.clock.move({ advance: { minutes: 1 } })).offsetMs).toBe(60_000);
    const past = new Date(Date.now() - 3_600_000).toISOString();
    expect(Math.round((await sandbox.clock.move({ set: past })).offsetMs / 1000)).toBe(-3_600);
    expect(await post('/sandbox/clock', { reset: true })).toMatchObject({ body: { clock: { offsetMs: 0 } } });
    expect(await readOffset()).toBe(0);
    for (const bad of [{}, { set: 'soon' }, { advance: { days: 9_999 } }]) {
      expect(await post('/sandbox/clock', bad)).toMatchObject({ status: 400 });
    }
  });

  it('does not move Slack’s own time', async () => {
    await sandbox.clock.move({ advance: { hours: 1 } });
    const { ts } = sandbox.say(REP, GENERAL, 'now');
    expect(Math.abs(Number(ts) - Date.now() / 1000)).toBeLessThan(5);
  });
});

it('continues after a restart with everything that was there', async () => {
  sandbox.say(REP, GENERAL, 'before');
  const file = sandbox.upload(REP, 'a.txt', 'kept');
  await createClient(sandbox).views.publish({
    user_id: REP,
    view: { type: 'home', private_metadata: 'm', blocks: [] },
  });
  await sandbox.clock.move({ advance: { minutes: 5 } });
  await sandbox.close();
  sandbox = await startAlone({ dataDir: directory, clockFile: join(directory, 'clock.json') });
  expect(sandbox.messages(GENERAL)).toMatchObject([{ text: 'before' }]);
  expect(sandbox.home(REP)).toMatchObject({ private_metadata: 'm' });
  expect(sandbox.clock.read().offsetMs).toBe(300_000);
  const response = await fetch(`${sandbox.url}/files-pri/${file.id}/a.txt?as=${REP}`);
  expect(await response.text()).toBe('kept');
});
