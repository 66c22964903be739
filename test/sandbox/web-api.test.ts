// The Web API keeps what Slack keeps: messages, threads, direct messages, unread marks, people.
import { ErrorCode, type WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { APP } from '../../sandbox/server/world.js';
import { createClient, FINANCE, GENERAL, MANIFEST, OUTSIDE, REP, SECRET, startAlone } from './support.js';

let sandbox: Sandbox;
let client: WebClient;
beforeAll(async () => {
  sandbox = await startAlone();
  client = createClient(sandbox);
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.reset());

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

const HELLO = [{ type: 'section', text: { type: 'plain_text', text: 'hello' } }];
const call = (method: string, args: Record<string, unknown> = {}) => refusal(client.apiCall(method, args));

describe('messages', () => {
  it('posts, changes and deletes only its own', async () => {
    const { ts } = await client.chat.postMessage({ channel: GENERAL, text: 'one', blocks: HELLO });
    expect(sandbox.messages(GENERAL)).toMatchObject([{ ts, text: 'one', user: APP.user }]);
    await client.chat.update({ channel: GENERAL, ts: ts ?? '', text: 'two' });
    expect(sandbox.messages(GENERAL)[0]).toMatchObject({ text: 'two', blocks: [{ type: 'section' }] });
    await client.chat.update({ channel: GENERAL, ts: ts ?? '', text: 'three', blocks: [] });
    expect(sandbox.messages(GENERAL)[0]?.blocks).toBeUndefined();
    expect(await call('chat.update', { channel: GENERAL, ts, text: 'x'.repeat(4001) })).toBe('msg_too_long');
    const said = sandbox.say(REP, GENERAL, 'mine');
    expect(await call('chat.update', { channel: GENERAL, ts: said.ts, text: 'yours' })).toBe(
      'cant_update_message',
    );
    expect(await call('chat.delete', { channel: GENERAL, ts: said.ts })).toBe('cant_delete_message');
    await client.chat.delete({ channel: GENERAL, ts: ts ?? '' });
    expect(sandbox.messages(GENERAL).map((message) => message.text)).toEqual(['mine']);
  });

  it('cuts a text beyond 40,000 characters and says so', async () => {
    const posted = await client.chat.postMessage({ channel: GENERAL, text: '款'.repeat(40_001) });
    expect(posted.response_metadata?.warnings).toEqual(['message_truncated']);
    expect(sandbox.messages(GENERAL)[0]?.text).toBe('款'.repeat(40_000));
  });

  it('returns metadata only when asked', async () => {
    const metadata = { event_type: 'notice', event_payload: { id: 7 } };
    await client.chat.postMessage({ channel: GENERAL, text: 'x', metadata });
    const plain = await client.conversations.history({ channel: GENERAL });
    expect(plain.messages?.[0]?.metadata).toBeUndefined();
    const full = await client.conversations.history({ channel: GENERAL, include_all_metadata: true });
    expect(full.messages?.[0]?.metadata).toEqual(metadata);
  });

  it('shows a broadcast reply in the channel too', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'root' });
    await client.chat.postMessage({ channel: GENERAL, text: 'quiet', thread_ts: ts });
    await client.chat.postMessage({ channel: GENERAL, text: 'loud', thread_ts: ts, reply_broadcast: true });
    const { messages = [] } = await client.conversations.history({ channel: GENERAL });
    expect(messages.map((message) => message.text)).toEqual(['loud', 'root']);
    expect(messages[0]).toMatchObject({ subtype: 'thread_broadcast', thread_ts: ts });
    const seen = sandbox.history(REP, GENERAL).map((message) => message.text);
    expect(seen).toEqual(['root', 'loud']);
  });

  it('keeps threads apart, counts replies and pages through history', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'root' });
    for (const text of ['a', 'b']) await client.chat.postMessage({ channel: GENERAL, text, thread_ts: ts });
    await client.chat.postMessage({ channel: GENERAL, text: 'next' });
    const first = await client.conversations.history({ channel: GENERAL, limit: 1 });
    expect(first).toMatchObject({ has_more: true, messages: [{ text: 'next' }] });
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await client.conversations.history({ channel: GENERAL, limit: 1, cursor });
    expect(second).toMatchObject({ has_more: false, messages: [{ text: 'root', reply_count: 2 }] });
    const thread = await client.conversations.replies({ channel: GENERAL, ts });
    expect(thread.messages?.map((message) => message.text)).toEqual(['root', 'a', 'b']);
    const since = await client.conversations.history({ channel: GENERAL, oldest: ts });
    expect(since.messages?.map((message) => message.text)).toEqual(['next']);
  });

  it('shows an ephemeral message to its reader alone', async () => {
    const heard: string[] = [];
    const stop = sandbox.listen(FINANCE, (event) => heard.push(event.type));
    await client.chat.postEphemeral({ channel: GENERAL, user: REP, text: 'psst' });
    stop();
    expect(sandbox.history(REP, GENERAL)).toMatchObject([{ text: 'psst', ephemeral: true }]);
    expect(sandbox.history(FINANCE, GENERAL)).toEqual([]);
    expect(heard.filter((type) => type !== 'journal')).toEqual([]);
    expect((await client.conversations.history({ channel: GENERAL })).messages).toEqual([]);
  });

  it('opens direct messages when they are first needed', async () => {
    expect(sandbox.state(REP).channels.some((channel) => channel.is_im)).toBe(false);
    const opened = await client.conversations.open({ users: REP });
    expect(opened.already_open).toBeUndefined();
    const again = await client.conversations.open({ users: REP });
    expect(again).toMatchObject({ already_open: true, channel: { id: opened.channel?.id } });
    await client.chat.postMessage({ channel: REP, text: 'to you' });
    expect(sandbox.messages(opened.channel?.id ?? '')).toMatchObject([{ text: 'to you' }]);
    expect(sandbox.state(FINANCE).channels.some((channel) => channel.is_im)).toBe(false);
  });

  it('tells a person of public channels they have not joined, and of no other', () => {
    const others = (user: string) => sandbox.state(user).otherChannels.map((channel) => channel.id);
    expect(others(FINANCE)).toEqual([OUTSIDE]);
    expect(others(REP)).toEqual([]);
  });

  it('counts what is unread and who is called', async () => {
    const unread = (user: string) => sandbox.state(user).channels.find((channel) => channel.id === GENERAL);
    await client.chat.postMessage({ channel: GENERAL, text: 'news' });
    expect(unread(REP)).toMatchObject({ unread: 1, mention: false });
    const { ts = '' } = await client.chat.postMessage({
      channel: GENERAL,
      text: 'x',
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `<@${REP}> look` } }],
    });
    expect(unread(REP)).toMatchObject({ unread: 2, mention: true });
    expect(unread(FINANCE)).toMatchObject({ unread: 2, mention: false });
    await client.chat.postMessage({
      channel: GENERAL,
      text: 'x',
      blocks: [{ type: 'section', text: { type: 'plain_text', text: `<@${FINANCE}> <!channel>` } }],
    });
    expect(unread(FINANCE)).toMatchObject({ unread: 3, mention: false });
    sandbox.mark(REP, GENERAL, ts);
    expect(unread(REP)).toMatchObject({ unread: 1, mention: false });
  });

  it('limits the rate of one channel when asked to', async () => {
    const strict = await startAlone({ rateLimits: true });
    try {
      const posts = Array.from({ length: 12 }, () =>
        createClient(strict)
          .chat.postMessage({ channel: GENERAL, text: 'x' })
          .then(
            () => 'ok',
            (error) => error.code,
          ),
      );
      const results = await Promise.all(posts);
      expect(results.filter((result) => result === 'ok')).toHaveLength(10);
      expect(results.filter((result) => result === ErrorCode.RateLimitedError)).toHaveLength(2);
    } finally {
      await strict.close();
    }
  });

  it('limits the other methods by their tier, each by itself', async () => {
    const strict = await startAlone({ rateLimits: true });
    try {
      const own = createClient(strict);
      const outcome = (call: Promise<unknown>) =>
        call.then(
          () => 'ok',
          (error) => error.code,
        );
      const asked = await Promise.all(
        Array.from({ length: 52 }, () => outcome(own.conversations.info({ channel: GENERAL }))),
      );
      expect(asked.filter((result) => result === ErrorCode.RateLimitedError).length).toBeGreaterThan(0);
      expect(asked.filter((result) => result === 'ok').length).toBeGreaterThanOrEqual(50);
      expect(await outcome(own.users.info({ user: REP }))).toBe('ok');
    } finally {
      await strict.close();
    }
  });

  it('a conversation is read by the scope of its kind alone', async () => {
    const scopes = ['chat:write', 'im:write', 'channels:read', 'channels:history'];
    const manifest = { ...MANIFEST, oauth_config: { scopes: { bot: scopes } } };
    const strict = await startAlone({ manifest });
    try {
      const own = createClient(strict);
      const refusal = (call: Promise<unknown>) =>
        call.then(
          () => 'ok',
          (error) => `${error.data.error} ${error.data.needed}`,
        );
      expect(await refusal(own.conversations.history({ channel: GENERAL }))).toBe('ok');
      const { channel } = await own.conversations.open({ users: REP });
      const id = channel?.id ?? '';
      expect(await refusal(own.conversations.history({ channel: id }))).toBe('missing_scope im:history');
      expect(await refusal(own.conversations.info({ channel: id }))).toBe('missing_scope im:read');
      expect(await refusal(own.conversations.list({ types: 'public_channel' }))).toBe('ok');
      expect(await refusal(own.conversations.list({ types: 'public_channel,private_channel' }))).toBe(
        'missing_scope groups:read',
      );
    } finally {
      await strict.close();
    }
  });
});

describe('people', () => {
  it('tells locale when asked, and always the zone', async () => {
    const bare = await client.users.info({ user: FINANCE });
    expect(bare.user).toMatchObject({ tz: 'Europe/London', real_name: 'Fran Finance' });
    expect(bare.user).not.toHaveProperty('locale');
    const full = await client.users.info({ user: REP, include_locale: true });
    expect(full.user).toMatchObject({ locale: 'zh-CN', tz: 'Asia/Shanghai', tz_offset: 28_800 });
    expect(full.user?.profile).not.toHaveProperty('email');
  });

  it('lists people and channels page by page', async () => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.users.list({ limit: 1, ...(cursor ? { cursor } : {}) });
      expect(page.members).toHaveLength(1);
      ids.push(...(page.members ?? []).map((member) => member.id ?? ''));
      cursor = page.response_metadata?.next_cursor;
    } while (cursor);
    expect(ids.sort()).toEqual([APP.user, FINANCE, REP].sort());
    const listed = await client.conversations.list({ types: 'public_channel,private_channel' });
    expect(listed.channels?.map((channel) => channel.id)).toEqual([GENERAL, SECRET, OUTSIDE]);
  });
});
