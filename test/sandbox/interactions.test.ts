// Commands, clicks, shortcuts, answers by response_url and events with a real Bolt app, the same over both transports.
import type { App } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FINANCE, GENERAL, type Harness, OUTSIDE, REP, startHarness } from './support.js';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const CARD: KnownBlock[] = [
  { type: 'section', text: plain('card') },
  {
    type: 'actions',
    block_id: 'do',
    elements: [{ type: 'button', action_id: 'ok', value: '7', text: plain('OK') }],
  },
];

type Heard = Record<string, unknown>;

describe.each(['socket', 'http'] as const)('over %s', (transport) => {
  let harness: Harness;
  let onCommand: (args: {
    ack: (body?: never) => Promise<void>;
    body: Heard;
    respond: (m: never) => Promise<unknown>;
  }) => Promise<unknown>;
  let onAction: (args: { body: Heard; respond: (m: never) => Promise<unknown> }) => Promise<unknown>;
  let heard: Heard[] = [];
  beforeAll(async () => {
    harness = await startHarness(
      transport,
      (app: App) => {
        app.command('/probe', async (args) => {
          heard.push({ ...args.body });
          await onCommand(args as never);
        });
        app.action('ok', async ({ ack, body, respond }) => {
          await ack();
          heard.push({ ...body });
          await onAction({ body: { ...body }, respond: respond as never });
        });
        app.shortcut(/.*/, async ({ ack, body }) => {
          await ack();
          heard.push({ ...body });
        });
        app.event(/.*/, async ({ event }) => {
          heard.push({ ...event });
        });
      },
      { retryDelaysMs: [0, 50, 50] },
    );
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    heard = [];
    onCommand = ({ ack }) => ack();
    onAction = async () => {};
    await harness.sandbox.reset();
  });

  it('carries the fields of a slash command, and none that the manifest does not name', async () => {
    const { sandbox } = harness;
    expect(await sandbox.command(REP, '/probe', 'a & b 款', GENERAL)).toMatchObject({
      ok: true,
      status: 'acked',
    });
    expect(heard).toMatchObject([
      {
        command: '/probe',
        text: 'a & b 款',
        user_id: REP,
        user_name: 'rep',
        channel_id: GENERAL,
        channel_name: 'general',
        team_id: 'T0SANDBOX',
      },
    ]);
    expect(await sandbox.command(REP, '/other')).toMatchObject({ ok: false, status: 'error' });
    expect(await sandbox.command(FINANCE, '/probe', '', OUTSIDE)).toMatchObject({
      message: 'channel_not_found',
    });
    expect(heard).toHaveLength(1);
  });

  it('shows what comes with the acknowledgement to the person alone', async () => {
    const { sandbox } = harness;
    onCommand = ({ ack }) => ack({ text: 'only you' } as never);
    await sandbox.command(REP, '/probe', '', GENERAL);
    expect(sandbox.history(REP, GENERAL)).toMatchObject([{ text: 'only you', ephemeral: true }]);
    expect(sandbox.history(FINANCE, GENERAL)).toEqual([]);
    onCommand = ({ ack }) => ack({ text: 'all', response_type: 'in_channel' } as never);
    await sandbox.command(REP, '/probe', '', GENERAL);
    expect(sandbox.messages(GENERAL)).toMatchObject([{ text: 'all' }]);
  });

  it('tells the person when the app does not acknowledge in three seconds', async () => {
    const { sandbox } = harness;
    onCommand = async () => {};
    const result = await sandbox.command(REP, '/probe', '', GENERAL);
    expect(result).toMatchObject({ ok: false, status: 'timeout', ms: 3_000 });
    expect(sandbox.history(REP, GENERAL)).toMatchObject([
      { username: 'Slackbot', text: '/probe failed with the error "operation_timeout"', ephemeral: true },
    ]);
    expect(heard).toHaveLength(1);
  });

  it('takes five answers to a response_url, then none', async () => {
    const { sandbox } = harness;
    await sandbox.command(REP, '/probe', '', GENERAL);
    const url = String(heard[0]?.response_url);
    const post = async (body: object) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return [response.status, await response.text()];
    };
    expect(await post({ blocks: [{ type: 'nope' }] })).toEqual([
      400,
      '{"ok":false,"error":"invalid_blocks"}',
    ]);
    expect(await post({})).toEqual([400, '{"ok":false,"error":"no_text"}']);
    expect(await post({ text: 'first' })).toEqual([200, 'ok']);
    expect(await post({ text: 'second', replace_original: true })).toEqual([200, 'ok']);
    expect(sandbox.history(REP, GENERAL).map((message) => message.text)).toEqual(['second']);
    expect(await post({ delete_original: true })).toEqual([200, 'ok']);
    expect(sandbox.history(REP, GENERAL)).toEqual([]);
    await post({ text: 'x' });
    await post({ text: 'y', response_type: 'in_channel' });
    expect(await post({ text: 'z' })).toEqual([404, '{"ok":false,"error":"used_url"}']);
    expect(sandbox.messages(GENERAL).map((message) => message.text)).toEqual(['y']);
  });

  it('delivers a click with its message, and replaces the message by the answer', async () => {
    const { sandbox, client } = harness;
    await client.chat.postMessage({ channel: GENERAL, text: 'card', blocks: CARD });
    const message = sandbox.messages(GENERAL)[0];
    if (!message) throw new Error('no message');
    onAction = ({ respond }) => respond({ text: 'done', replace_original: true } as never);
    expect(await sandbox.click(FINANCE, { channel: GENERAL, message }, 'ok')).toMatchObject({ ok: true });
    await sandbox.waitFor(() => sandbox.messages(GENERAL)[0]?.text === 'done');
    expect(heard[0]).toMatchObject({
      type: 'block_actions',
      user: { id: FINANCE, name: 'finance' },
      container: { type: 'message', message_ts: message.ts, channel_id: GENERAL, is_ephemeral: false },
      message: { ts: message.ts, text: 'card' },
      actions: [{ type: 'button', action_id: 'ok', block_id: 'do', value: '7' }],
    });
  });

  it('delivers a click on an ephemeral message without the message, and only from its reader', async () => {
    const { sandbox, client } = harness;
    await client.chat.postEphemeral({ channel: GENERAL, user: REP, text: 'card', blocks: CARD });
    const message = sandbox.history(REP, GENERAL)[0];
    if (!message) throw new Error('no message');
    expect(await sandbox.click(FINANCE, { channel: GENERAL, message }, 'ok')).toMatchObject({ ok: false });
    expect(heard).toEqual([]);
    onAction = ({ respond }) => respond({ delete_original: true } as never);
    await sandbox.click(REP, { channel: GENERAL, message }, 'ok');
    await sandbox.waitFor(() => sandbox.history(REP, GENERAL).length === 0);
    expect(heard[0]).toMatchObject({ container: { is_ephemeral: true } });
    expect(heard[0]).not.toHaveProperty('message');
  });

  it('refuses a click on a button that is no longer there', async () => {
    const { sandbox, client } = harness;
    const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'card', blocks: CARD });
    const message = sandbox.messages(GENERAL)[0];
    if (!message) throw new Error('no message');
    await client.chat.update({ channel: GENERAL, ts, text: 'done', blocks: [] });
    expect(await sandbox.click(REP, { channel: GENERAL, message }, 'ok')).toMatchObject({
      ok: false,
      status: 'error',
    });
    expect(heard).toEqual([]);
  });

  it('delivers a click on a button that was drawn again meanwhile, without an id of its block', async () => {
    const { sandbox, client } = harness;
    const drawn = (heading: string): KnownBlock[] => [
      { type: 'section', text: plain(heading) },
      { type: 'actions', elements: [{ type: 'button', action_id: 'ok', value: '7', text: plain('OK') }] },
      { type: 'actions', elements: [{ type: 'button', action_id: 'ok', value: '8', text: plain('OK') }] },
    ];
    const home = (heading: string) =>
      client.views.publish({ user_id: REP, view: { type: 'home', blocks: drawn(heading) } });
    await home('one');
    const seen = sandbox.home(REP);
    const { ts = '' } = await client.chat.postMessage({
      channel: GENERAL,
      text: 'card',
      blocks: drawn('one'),
    });
    const message = structuredClone(sandbox.messages(GENERAL)[0]);
    if (!message || !seen) throw new Error('nothing is shown');
    await home('two');
    await client.chat.update({ channel: GENERAL, ts, text: 'card', blocks: drawn('two') });
    expect(sandbox.home(REP)?.blocks[0]).toMatchObject({ text: { text: 'two' } });
    expect(await sandbox.click(REP, seen, 'ok', { block_id: seen.blocks[2]?.block_id ?? '' })).toMatchObject({
      ok: true,
    });
    expect(await sandbox.click(REP, { channel: GENERAL, message }, 'ok')).toMatchObject({ ok: true });
    const clicks = heard.filter((body) => body.type === 'block_actions');
    expect(clicks).toMatchObject([{ actions: [{ value: '8' }] }, { actions: [{ value: '7' }] }]);
  });

  it('runs global and message shortcuts', async () => {
    const { sandbox } = harness;
    expect(await sandbox.shortcut(REP, 'everywhere')).toMatchObject({ ok: true });
    const message = sandbox.say(FINANCE, GENERAL, 'paid 300');
    expect(await sandbox.shortcut(REP, 'on_message', { channel: GENERAL, message })).toMatchObject({
      ok: true,
    });
    expect(heard).toMatchObject([
      { type: 'shortcut', callback_id: 'everywhere' },
      {
        type: 'message_action',
        callback_id: 'on_message',
        message: { text: 'paid 300', user: FINANCE },
        channel: { id: GENERAL },
      },
    ]);
  });

  it('sends the events the manifest subscribes to, and no others', async () => {
    const { sandbox } = harness;
    sandbox.say(REP, GENERAL, 'message.channels is not subscribed');
    sandbox.say(REP, sandbox.dm(REP), 'hello app');
    sandbox.openHome(REP);
    sandbox.upsertUser({ id: REP, locale: 'en-US' });
    sandbox.upsertUser({ id: 'U0NEW', name: 'new' });
    sandbox.upsertChannel({ id: GENERAL, invite: ['U0NEW'] });
    await sandbox.waitFor(() => heard.length >= 4);
    expect(heard).toHaveLength(4);
    const kinds = new Set(heard.map((event) => event.type));
    expect(kinds).toEqual(new Set(['app_home_opened', 'member_joined_channel', 'message', 'user_change']));
    expect(heard.find((event) => event.type === 'message')).toMatchObject({
      channel_type: 'im',
      user: REP,
      text: 'hello app',
    });
    expect(heard.find((event) => event.type === 'user_change')).toMatchObject({
      user: { id: REP, locale: 'en-US' },
    });
  });

  it('delivers the same request again when a test asks for it', async () => {
    const { sandbox } = harness;
    const { request_id: id } = await sandbox.command(REP, '/probe', 'once', GENERAL);
    expect(await sandbox.redeliver(id)).toMatchObject({ ok: true, request_id: id });
    expect(heard).toHaveLength(2);
    expect(heard[1]).toEqual(heard[0]);
    expect(await sandbox.redeliver('Rq0NOTHING')).toMatchObject({ ok: false });
  });

  it('publishes Home and delivers clicks on it', async () => {
    const { sandbox, client } = harness;
    const view = { type: 'home' as const, blocks: CARD };
    const first = await client.views.publish({ user_id: REP, view });
    expect(await client.views.publish({ user_id: REP, view, hash: 'old' }).catch((e) => e.data.error)).toBe(
      'hash_conflict',
    );
    const again = await client.views.publish({ user_id: REP, view, hash: first.view?.hash ?? '' });
    expect(again.view?.id).toBe(first.view?.id);
    const home = sandbox.home(REP);
    if (!home) throw new Error('no home');
    expect(await sandbox.click(REP, home, 'ok')).toMatchObject({ ok: true });
    expect(await sandbox.click(FINANCE, home, 'ok')).toMatchObject({ ok: false });
    expect(heard.filter((body) => body.type === 'block_actions')).toMatchObject([
      { view: { id: home.id, type: 'home' } },
    ]);
  });
});
