// The outbox against a local Slack that refuses, limits, breaks and forgets: every notice arrives once, or its end is told.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { keepAttachments } from '../../src/domain/attachments.service.js';
import { newId } from '../../src/domain/ids.js';
import { type Notice, notice } from '../../src/domain/notices/notice.js';
import { enqueue, rewriteMessage } from '../../src/domain/notices/outbox.service.js';
import type { Delivery, DeliveryOptions } from '../../src/jobs/deliver-notices.js';
import { giveUp } from '../../src/jobs/delivery/fallbacks.js';
import {
  claimRows,
  keepInDoubt,
  markSkipped,
  nextDueInMs,
  release,
} from '../../src/jobs/delivery/outbox-rows.js';
import { createSlackSender } from '../../src/jobs/delivery/slack-sender.js';
import type { Rendered } from '../../src/jobs/notices/rendered.js';
import { createLog } from '../../src/log.js';
import { createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import {
  deliveryTo,
  ESCALATION_CHANNEL,
  FINANCE_CHANNEL,
  FOREIGN_CHANNEL,
  slackIdOf,
  startLocalSlack,
} from '../support/local-slack.js';

let database: TestDatabase;
let sandbox: Sandbox;
let company: TestCompany;
let delivery: Delivery;
let words = 'first words';
let attachmentIds: string[] = [];

const render: NonNullable<DeliveryOptions['render']> = async (
  _ctx,
  kind,
  payload,
): Promise<Rendered | null> => {
  if (words === '') return null;
  const text = kind.startsWith('receipt')
    ? `${words} ${JSON.stringify(payload).length}`
    : `${kind}: ${words}`;
  return {
    text,
    blocks: [{ type: 'section', text: { type: 'plain_text', text } }],
    ...(kind === 'receipt.vouchers' && { attachmentIds }),
  };
};

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startLocalSlack();
});
beforeEach(async () => {
  await truncate(database.db);
  await sandbox.reset();
  company = await createTestCompany(database.db.prisma);
  await company.db.company.updateMany({
    data: { financeChannelId: FINANCE_CHANNEL, escalationChannelId: ESCALATION_CHANNEL },
  });
  words = 'first words';
  attachmentIds = [];
  delivery = deliveryTo(sandbox, company, { render });
});
afterEach(() => delivery.stop());
afterAll(async () => {
  await sandbox.close();
  await database.close();
});

const receiptId = randomUUID();
const approvalId = randomUUID();
const payload = { receiptId, approvalId };
const card: Notice = notice({
  kind: 'receipt.card',
  key: 'card:1',
  to: { channel: 'finance', otherwise: [] },
  payload,
});
const line: Notice = notice({
  kind: 'receipt.line',
  key: 'line:1',
  to: { channel: 'finance', otherwise: [] },
  threadOf: 'card:1',
  payload: { ...payload, event: 'decided' },
});
const toRep = (key = 'dm:1'): Notice =>
  notice({ kind: 'receipt.decided', key, to: { user: company.ids.rep }, payload });

async function put(...notices: Notice[]): Promise<void> {
  const ctx = await company.system();
  await company.db.$transaction((tx) => enqueue(tx, ctx, ...notices));
}
async function rewrite(tag: string): Promise<void> {
  const ctx = await company.system();
  await company.db.$transaction((tx) =>
    rewriteMessage(tx, ctx, { key: 'card:1', kind: 'receipt.card', payload }, tag),
  );
}
const rowOf = (key: string) => company.db.outbox.findUniqueOrThrow({ where: { dedupeKey: key } });
/** Back-off and leases are over. The column keeps milliseconds: `now()` may be rounded up to just after the next look. */
const later = () =>
  company.db.$executeRaw`
    UPDATE outbox SET next_attempt_at = LEAST(next_attempt_at, now() - interval '1 ms'), lease_until = now() - interval '1 s'
    WHERE status IN ('pending', 'sending')`;
const inFinance = () => sandbox.messages(FINANCE_CHANNEL);

describe('sending', () => {
  it('posts a card, then its line in the thread, though both were committed at once', async () => {
    await put(line, card);
    await delivery.run();
    const [root, reply] = inFinance();
    expect(inFinance()).toHaveLength(2);
    expect(reply).toMatchObject({ thread_ts: root?.ts });
    expect(await rowOf('card:1')).toMatchObject({ status: 'sent', channel: FINANCE_CHANNEL, ts: root?.ts });
  });

  it('posts no line in finance’s channel whose card was never posted', async () => {
    await put(line, toRep());
    await delivery.run();
    expect(inFinance()).toEqual([]);
    expect(await rowOf('line:1')).toMatchObject({ status: 'skipped', lastError: 'nothing to answer' });
    expect(await rowOf('dm:1')).toMatchObject({ status: 'sent' });
  });

  it('never sends the same key twice, however often it is enqueued and run', async () => {
    await put(card, card);
    await put(card);
    await Promise.all([delivery.run(), delivery.run(), deliveryTo(sandbox, company, { render }).run()]);
    await delivery.run();
    expect(inFinance()).toHaveLength(1);
  });

  it('sends each of many rows once with two deliverers at once', async () => {
    await put(...Array.from({ length: 30 }, (_, n) => toRep(`dm:${n}`)));
    const other = deliveryTo(sandbox, company, { render });
    await Promise.all([delivery.run(), other.run()]);
    await other.stop();
    expect(sandbox.messages(sandbox.dm(slackIdOf('rep')))).toHaveLength(30);
  });

  it('rewrites a posted message, and skips the rewrite of one that is not posted yet', async () => {
    await put(card);
    await rewrite('v2');
    words = 'second words';
    await delivery.run();
    expect(await rowOf('card:1#v2')).toMatchObject({ status: 'skipped' });
    expect(inFinance().map((message) => message.text)).toEqual([expect.stringContaining('second words')]);
    await rewrite('v3');
    await rewrite('v3');
    words = 'third words';
    await delivery.run();
    expect(inFinance().map((message) => message.text)).toEqual([expect.stringContaining('third words')]);
    expect(inFinance()[0]?.edited).toBeDefined();
  });

  it('shows what happened to a message several times with one rewrite, and what happens later with another', async () => {
    await put(card);
    await delivery.run();
    for (const tag of ['v2', 'v3', 'v4']) await rewrite(tag);
    await delivery.run();
    const states = async () =>
      (await company.db.outbox.findMany({ where: { op: 'update' }, orderBy: { id: 'asc' } })).map(
        (row) => row.status,
      );
    expect(await states()).toEqual(['sent', 'skipped', 'skipped']);
    words = 'the newest';
    await rewrite('v5');
    await delivery.run();
    expect(await states()).toEqual(['sent', 'skipped', 'skipped', 'sent']);
    expect(inFinance().map((message) => message.text)).toEqual([expect.stringContaining('the newest')]);
  });

  it('posts a deleted card anew, and answers in the new thread', async () => {
    await put(card);
    await delivery.run();
    const { ts } = await rowOf('card:1');
    await deleteMessage(ts ?? '');
    await put(line);
    await delivery.run();
    const [root, reply] = inFinance();
    expect(root?.ts).not.toBe(ts);
    expect(reply).toMatchObject({ thread_ts: root?.ts });
    await deleteMessage(root?.ts ?? '');
    await rewrite('v2');
    words = 'rewritten';
    await delivery.run();
    expect(
      inFinance()
        .filter((message) => !message.thread_ts)
        .map((message) => message.text),
    ).toEqual([expect.stringContaining('rewritten')]);
  });

  it('skips what has nothing left to tell', async () => {
    words = '';
    await put(card);
    await delivery.run();
    expect(inFinance()).toEqual([]);
    expect(await rowOf('card:1')).toMatchObject({ status: 'skipped' });
  });

  it('leaves about a second between two messages of a channel, not between two people', async () => {
    const slow = deliveryTo(sandbox, company, { render, gapMs: 60_000 });
    await put(card, { ...card, key: 'card:2' }, toRep());
    await slow.run();
    await slow.stop();
    expect(inFinance()).toHaveLength(1);
    expect(sandbox.messages(sandbox.dm(slackIdOf('rep')))).toHaveLength(1);
    const states = [await rowOf('card:1'), await rowOf('card:2')].map(
      (row) => `${row.status} ${row.attempts}`,
    );
    expect(states.toSorted()).toEqual(['pending 0', 'sent 1']);
  });
});

describe('a channel’s backlog', () => {
  it('is left while its channel waits, so that it is not turned over before what others wait for', async () => {
    const many = Array.from({ length: 60 }, (_, n) => ({ ...card, key: `card:${n}` }));
    await put(...many, toRep());
    const slow = deliveryTo(sandbox, company, { render, gapMs: 60_000 });
    await slow.run();
    await slow.stop();
    expect(inFinance()).toHaveLength(1);
    expect(sandbox.messages(sandbox.dm(slackIdOf('rep')))).toHaveLength(1);
    // Those of the first look alone were taken and put back.
    const touched = { kind: 'receipt.card', lastError: 'one a second' };
    expect(await company.db.outbox.count({ where: touched })).toBeLessThan(20);
  });

  it('goes on by itself when its channel is free', async () => {
    await put(card, { ...card, key: 'card:2' }, { ...card, key: 'card:3' });
    const slow = deliveryTo(sandbox, company, { render, gapMs: 100 });
    await slow.run();
    await expect.poll(() => inFinance().length, { timeout: 10_000 }).toBe(3);
    await slow.stop();
  });
});

describe('quiet hours', () => {
  it('hold back what the clock says, not what somebody did', async () => {
    const user = { id: company.ids.rep };
    await company.db.user.update({ where: user, data: { quietFrom: '08:00', quietTo: '12:00' } });
    const to = { user: company.ids.rep };
    const nudge = { userId: company.ids.rep, approvalIds: [approvalId], byId: null };
    await put(toRep(), notice({ kind: 'approval.nudge', key: 'nudge:1', to, payload: nudge }));
    await delivery.run();
    const texts = () => sandbox.messages(sandbox.dm(slackIdOf('rep'))).map((message) => message.text);
    expect(texts()).toHaveLength(1);
    expect(await rowOf('nudge:1')).toMatchObject({
      status: 'pending',
      attempts: 0,
      lastError: 'quiet hours',
    });
    await company.db.user.update({ where: user, data: { quietTo: '10:00' } });
    await later();
    await delivery.run();
    expect(texts()).toHaveLength(2);
  });
});

describe('the order of a thread', () => {
  const texts = () =>
    inFinance()
      .slice(1)
      .map((message) => message.text);
  /** Told apart by the length of their payloads. */
  const lineNo = (n: number) =>
    ({ ...line, key: `line:${n}`, payload: { ...payload, event: 'x'.repeat(n) } }) as Notice;
  const textNo = (n: number) => `first words ${JSON.stringify(lineNo(n).payload).length}`;

  it('keeps a later line back until the earlier one has an end', async () => {
    await put(card);
    await delivery.run();
    await put(lineNo(1));
    // As a line waits for the channel's pace, or for Slack to recover.
    await company.db
      .$executeRaw`UPDATE outbox SET next_attempt_at = now() + interval '1 h' WHERE dedupe_key = 'line:1'`;
    await put(lineNo(2));
    await delivery.run();
    expect(texts()).toEqual([]);
    expect(await nextDueInMs(company.db)).toBeGreaterThan(1_000_000);
    await later();
    await delivery.run();
    expect(texts()).toEqual([textNo(1), textNo(2)]);
  });

  it('keeps the order in which one commit wrote its lines', async () => {
    await put(card);
    await delivery.run();
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
    await put(...numbers.map(lineNo));
    await delivery.run();
    expect(texts()).toEqual(numbers.map(textNo));
  });
});

describe('two deliverers', () => {
  it('one that was too slow leaves the message to the one that took it over', async () => {
    const other = deliveryTo(sandbox, company, { render });
    let slow = true;
    const slowly = deliveryTo(sandbox, company, {
      async render(...given) {
        if (slow) {
          slow = false;
          await later();
          await other.run();
        }
        return render(...given);
      },
    });
    await put(card);
    await slowly.run();
    await Promise.all([slowly.stop(), other.stop()]);
    expect(inFinance()).toHaveLength(1);
    expect(await rowOf('card:1')).toMatchObject({ status: 'sent', ts: inFinance()[0]?.ts });
  });
});

describe('what Slack does', () => {
  it('429: waits as long as Slack says, and counts it as no attempt', async () => {
    sandbox.faults.add({ method: 'chat.postMessage', retry_after: 30, times: 1 });
    await put(card);
    await delivery.run();
    const row = await rowOf('card:1');
    expect(row).toMatchObject({ status: 'pending', attempts: 0, lastError: 'ratelimited' });
    expect(row.nextAttemptAt.getTime() - Date.now()).toBeGreaterThan(25_000);
    expect(inFinance()).toEqual([]);
    const fresh = deliveryTo(sandbox, company, { render });
    await later();
    await fresh.run();
    await fresh.stop();
    expect(inFinance()).toHaveLength(1);
  });

  it('429 for a rewrite: no other is tried for so long, messages go on in the same channel', async () => {
    await put(card, { ...card, key: 'card:2' });
    await delivery.run();
    sandbox.faults.add({ method: 'chat.update', retry_after: 30, times: 1 });
    await rewrite('v2');
    await delivery.run();
    expect(await rowOf('card:1#v2')).toMatchObject({
      status: 'pending',
      attempts: 0,
      lastError: 'ratelimited',
    });
    const ctx = await company.system();
    await company.db.$transaction((tx) =>
      rewriteMessage(tx, ctx, { key: 'card:2', kind: 'receipt.card', payload }, 'v2'),
    );
    await put({ ...card, key: 'card:3' });
    await delivery.run();
    expect(await rowOf('card:2#v2')).toMatchObject({ status: 'pending', attempts: 0, lastError: null });
    expect(inFinance()).toHaveLength(3);
    const fresh = deliveryTo(sandbox, company, { render });
    await later();
    await fresh.run();
    await fresh.stop();
    expect([await rowOf('card:1#v2'), await rowOf('card:2#v2')]).toMatchObject([
      { status: 'sent' },
      { status: 'sent' },
    ]);
  });

  it('500: looks whether it is there after all, then sends', async () => {
    sandbox.faults.add({ method: 'chat.postMessage', status: 500, times: 1 });
    await put(card);
    await delivery.run();
    expect(await rowOf('card:1')).toMatchObject({ status: 'sending', lastError: 'http_500' });
    await later();
    await delivery.run();
    expect(inFinance()).toHaveLength(1);
    expect(sandbox.journal().filter((entry) => entry.name === 'conversations.history')).not.toEqual([]);
  });

  it.each([
    ['the root of a thread', card, FINANCE_CHANNEL],
    ['a direct message', null, null],
  ])('a lost response: finds %s by its id and does not send it again', async (_what, given, channel) => {
    const item = given ?? toRep();
    sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    await put(item);
    await delivery.run();
    await later();
    await delivery.run();
    const messages = sandbox.messages(channel ?? sandbox.dm(slackIdOf('rep')));
    expect(messages).toHaveLength(1);
    expect(await rowOf(item.key)).toMatchObject({ status: 'sent', ts: messages[0]?.ts });
  });

  it('a lost response, and then no way to look for a while: not sent again before it was looked for', async () => {
    sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    await put(toRep());
    await delivery.run();
    sandbox.faults.add({ method: 'conversations.open', retry_after: 1, times: 1 });
    for (let n = 0; n < 3; n += 1) {
      await later();
      await delivery.run();
    }
    expect(sandbox.messages(sandbox.dm(slackIdOf('rep')))).toHaveLength(1);
    expect(await rowOf('dm:1')).toMatchObject({ status: 'sent' });
  });

  it('a lost response in a thread: found among the replies', async () => {
    await put(card);
    await delivery.run();
    sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    await put(line);
    await delivery.run();
    await later();
    await delivery.run();
    expect(inFinance()).toHaveLength(2);
    expect(await rowOf('line:1')).toMatchObject({ status: 'sent' });
  });

  it('a lost response that cannot be looked up ends as unknown, told to admins, never sent again', async () => {
    sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    sandbox.faults.add({ method: 'conversations.history', error: 'missing_scope', times: 9 });
    await put(card);
    await delivery.run();
    await later();
    await delivery.run();
    sandbox.faults.clear();
    await later();
    await delivery.run();
    expect(inFinance().filter((message) => message.text.startsWith('first'))).toHaveLength(1);
    expect(await rowOf('card:1')).toMatchObject({ status: 'unknown', lastError: 'missing_scope' });
    const told = sandbox.messages(sandbox.dm(slackIdOf('admin')));
    expect(told.map((message) => message.text)).toEqual([expect.stringContaining('delivery.gave_up')]);
  });

  it.each([
    ['arrived', { method: 'chat.postMessage', lost_response: true as const, times: 1 }],
    ['did not', { method: 'chat.postMessage', status: 503, times: 1 }],
  ])(
    'Slack breaks for half a day: what %s is there once when it is back, nobody gave it up',
    async (_what, fault) => {
      sandbox.faults.add(fault);
      for (const method of ['conversations.history', 'conversations.open'])
        sandbox.faults.add({ method, status: 503, times: 99 });
      await put(card, toRep());
      for (let n = 0; n < 25; n += 1) {
        await later();
        await delivery.run();
      }
      const row = await rowOf('card:1');
      expect(row).toMatchObject({ status: 'sending', attempts: 1, lastError: 'http_503' });
      // Looked for again the later, the longer it has been in doubt.
      await company.db.$executeRaw`
      UPDATE outbox SET next_attempt_at = now() - interval '100 s' WHERE dedupe_key = 'card:1'`;
      await later();
      await delivery.run();
      const waits = (await rowOf('card:1')).leaseUntil?.getTime() ?? 0;
      expect(Math.round((waits - Date.now()) / 1000)).toBeGreaterThan(20);
      sandbox.faults.clear();
      for (let n = 0; n < 3; n += 1) {
        await later();
        await delivery.run();
      }
      expect(inFinance()).toHaveLength(1);
      expect(sandbox.messages(sandbox.dm(slackIdOf('rep')))).toHaveLength(1);
      expect(await company.db.outbox.count({ where: { kind: 'delivery.gave_up' } })).toBe(0);
    },
  );

  it('what cannot be drawn was surely not sent: it fails in the end, and counts as told to nobody', async () => {
    const broken = deliveryTo(sandbox, company, { render: () => Promise.reject(new Error('no facts')) });
    await put({ ...card, key: 'card:broken' });
    for (let n = 0; n < 20; n += 1) {
      await later();
      await broken.run();
    }
    await broken.stop();
    expect(await rowOf('card:broken')).toMatchObject({ status: 'failed', lastError: 'fault', attempts: 20 });
    expect(inFinance()).toEqual([]);
  });

  it('what is in doubt is told to finance too, whatever it is about', async () => {
    sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    sandbox.faults.add({ method: 'conversations.history', error: 'missing_scope', times: 9 });
    await put(
      notice({
        kind: 'export.job',
        key: 'export:1',
        to: { user: company.ids.rep },
        payload: { jobId: receiptId },
      }),
    );
    for (let n = 0; n < 3; n += 1) {
      await later();
      await delivery.run();
    }
    expect(await rowOf('export:1')).toMatchObject({ status: 'unknown' });
    expect(inFinance().map((message) => message.text)).toEqual([expect.stringContaining('delivery.gave_up')]);
  });

  it('killed while sending: whoever takes it over looks first', async () => {
    await put(card);
    await put({ ...card, key: 'card:2' });
    await delivery.run();
    const { ts } = await rowOf('card:1');
    // As a process leaves it that dies between Slack's answer and its own note, and one that dies before the call.
    await company.db
      .$executeRaw`UPDATE outbox SET status = 'sending', ts = NULL, lease_until = now() + interval '1 h'`;
    await company.db
      .$executeRaw`UPDATE outbox SET id = ${newId(new Date())}::uuid WHERE dedupe_key = 'card:2'`;
    await delivery.run();
    expect(inFinance()).toHaveLength(2);
    await later();
    await delivery.run();
    expect(inFinance()).toHaveLength(3);
    expect(await rowOf('card:1')).toMatchObject({ status: 'sent', ts });
  });

  it('a message that Slack never takes is given up at once, and told', async () => {
    sandbox.faults.add({ method: 'chat.postMessage', error: 'invalid_blocks', times: 1 });
    await put(toRep());
    await delivery.run();
    expect(await rowOf('dm:1')).toMatchObject({ status: 'failed', lastError: 'invalid_blocks' });
    expect(sandbox.messages(sandbox.dm(slackIdOf('admin')))).toHaveLength(1);
    expect(inFinance()).toHaveLength(1);
  });

  it('somebody whom nothing reaches is told of once, until something has reached them or the reason is another', async () => {
    const toAdmin = () => sandbox.messages(sandbox.dm(slackIdOf('admin')));
    const refused = async (key: string, error: string) => {
      sandbox.faults.add({ method: 'chat.postMessage', error, times: 1 });
      await put(toRep(key));
      await delivery.run();
      expect(await rowOf(key)).toMatchObject({ status: 'failed', lastError: error });
      await delivery.run();
    };
    for (const morning of [1, 2, 3]) await refused(`dm:${morning}`, 'user_disabled');
    expect(toAdmin()).toHaveLength(1);
    await refused('dm:other', 'invalid_blocks');
    expect(toAdmin()).toHaveLength(2);
    await put(toRep('dm:arrives'));
    await delivery.run();
    await refused('dm:again', 'user_disabled');
    expect(toAdmin()).toHaveLength(3);
    // Each message about money is told to finance all the same.
    expect(inFinance()).toHaveLength(5);
  });

  it('where Slack refuses the app itself, everything waits until it is mended and no attempt counts', async () => {
    for (const error of ['invalid_auth', 'token_revoked', 'account_inactive']) {
      sandbox.faults.add({ method: 'chat.postMessage', error, times: 1 });
      if (error === 'invalid_auth') await put(toRep());
      await later();
      await delivery.run();
      expect(await rowOf('dm:1')).toMatchObject({ status: 'pending', attempts: 0, lastError: error });
      // Slack is not asked again at once; another start asks anew.
      await delivery.stop();
      delivery = deliveryTo(sandbox, company, { render });
    }
    await later();
    await delivery.run();
    expect(await rowOf('dm:1')).toMatchObject({ status: 'sent', attempts: 1 });
    expect(await company.db.outbox.count({ where: { kind: 'delivery.gave_up' } })).toBe(0);
  });

  it('a claim that lost its lease writes nothing over what the next one does', async () => {
    await put(toRep());
    const [lost] = await claimRows(company.db, 1);
    await later();
    const [mine] = await claimRows(company.db, 1);
    if (!lost || !mine) throw new Error('not claimed');
    const before = await rowOf('dm:1');
    await release(company.db, lost, 0, 'late');
    await markSkipped(company.db, lost, 'late');
    await keepInDoubt(company.db, lost, 0, 'late');
    await giveUp(await company.system(), lost, 'failed', 'late');
    expect(await rowOf('dm:1')).toEqual(before);
    expect(await company.db.outbox.count()).toBe(1);
    await release(company.db, mine, 0, 'own');
    expect(await rowOf('dm:1')).toMatchObject({ status: 'pending', lastError: 'own' });
  });

  it('an outage longer than the back-off is given up after many attempts, and a failed report reports nothing', async () => {
    // Surely not posted, unlike a 5xx.
    sandbox.faults.add({ method: 'chat.postMessage', status: 404, times: 99 });
    await put(toRep());
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await delivery.run();
      await later();
    }
    expect(await rowOf('dm:1')).toMatchObject({ status: 'failed', attempts: 20 });
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await delivery.run();
      await later();
    }
    const kinds = await company.db.outbox.findMany({ where: { kind: 'delivery.gave_up' } });
    expect(kinds.map((row) => row.recipient).toSorted()).toEqual(
      ['finance', `user:${company.ids.admin}`].toSorted(),
    );
  });
});

describe('channels', () => {
  it('not in the channel: a DM to each finance person with the thread in it, and the admins told once', async () => {
    await company.db.company.updateMany({ data: { financeChannelId: FOREIGN_CHANNEL } });
    await put(card, line);
    await delivery.run();
    await later();
    await delivery.run();
    for (const who of ['finance', 'finance2', 'financeManager'] as const) {
      const [root, reply] = sandbox.messages(sandbox.dm(slackIdOf(who)));
      expect(reply).toMatchObject({ thread_ts: root?.ts });
    }
    await put({ ...card, key: 'card:2' });
    await delivery.run();
    const told = sandbox.messages(sandbox.dm(slackIdOf('admin'))).map((message) => message.text);
    expect(told).toEqual([expect.stringContaining('channel.unreachable')]);
    expect(sandbox.messages(sandbox.dm(slackIdOf('finance')))).toHaveLength(3);
    // It was reached again, and is lost again.
    await company.db.company.updateMany({ data: { financeChannelId: FINANCE_CHANNEL } });
    await put({ ...card, key: 'card:3' });
    await delivery.run();
    await company.db.company.updateMany({ data: { financeChannelId: FOREIGN_CHANNEL } });
    await put({ ...card, key: 'card:4' }, { ...card, key: 'card:5' });
    await delivery.run();
    expect(sandbox.messages(sandbox.dm(slackIdOf('admin')))).toHaveLength(2);
    // What still arrives in a thread of the other channel does not end that.
    await put({ ...line, key: 'line:3', threadOf: 'card:3' });
    await delivery.run();
    await put({ ...card, key: 'card:6' });
    await delivery.run();
    expect(inFinance()).toHaveLength(2);
    expect(sandbox.messages(sandbox.dm(slackIdOf('admin')))).toHaveLength(2);
  });

  it('its thread’s is archived: what is answered is posted anew in the channel of today, and nobody is alarmed', async () => {
    await put(card);
    await delivery.run();
    await company.db.company.updateMany({ data: { financeChannelId: ESCALATION_CHANNEL } });
    // Of the line in the thread that was; the root and the line go through.
    sandbox.faults.add({ method: 'chat.postMessage', error: 'is_archived', times: 1 });
    await put(line);
    await delivery.run();
    await delivery.run();
    const [root, reply] = sandbox.messages(ESCALATION_CHANNEL);
    expect(reply).toMatchObject({ thread_ts: root?.ts });
    expect(root?.text).toContain('first words');
    sandbox.faults.add({ method: 'chat.update', error: 'is_archived', times: 1 });
    await company.db.outbox.updateMany({
      where: { dedupeKey: 'card:1' },
      data: { channel: FINANCE_CHANNEL },
    });
    await rewrite('v2');
    await delivery.run();
    expect(await rowOf('card:1#v2')).toMatchObject({ status: 'skipped' });
    expect(await company.db.outbox.count({ where: { kind: 'channel.unreachable' } })).toBe(0);
  });

  it('a channel that was never set: each person has a thread of their own', async () => {
    await company.db.company.updateMany({ data: { financeChannelId: null } });
    const to = { channel: 'finance', otherwise: [company.ids.finance, company.ids.finance2] } as const;
    await put({ ...card, to }, { ...line, to });
    await rewrite('v2');
    await delivery.run();
    for (const who of ['finance', 'finance2'] as const) {
      const [root, reply] = sandbox.messages(sandbox.dm(slackIdOf(who)));
      expect(reply).toMatchObject({ thread_ts: root?.ts });
    }
    await rewrite('v3');
    words = 'rewritten for both';
    await delivery.run();
    for (const who of ['finance', 'finance2'] as const) {
      expect(sandbox.messages(sandbox.dm(slackIdOf(who)))[0]?.text).toContain('rewritten for both');
    }
  });
});

describe('files', () => {
  it('fetches a voucher, keeps its bytes and hash, and posts it into the thread once', async () => {
    const file = sandbox.upload(slackIdOf('rep'), 'slip.pdf', 'a bank slip');
    sandbox.say(slackIdOf('rep'), FINANCE_CHANNEL, 'shared', { file_ids: [file.id] });
    const ctx = await company.as('rep');
    await company.db.$transaction((tx) =>
      keepAttachments(tx, ctx, 'receipt', receiptId, [
        { slackFileId: file.id, name: 'slip.pdf', mime: 'application/pdf', size: 11 },
        { slackFileId: 'F0GONE', name: 'gone.pdf', mime: 'application/pdf', size: 11 },
      ]),
    );
    attachmentIds = (await company.db.attachment.findMany()).map((row) => row.id);
    const vouchers = notice({
      kind: 'receipt.vouchers',
      key: 'vouchers:1',
      to: { channel: 'finance', otherwise: [] },
      threadOf: 'card:1',
      payload: { receiptId },
    });
    sandbox.faults.add({ method: 'files.completeUploadExternal', lost_response: true, times: 1 });
    await put(card, vouchers);
    await delivery.run();
    await later();
    await delivery.run();
    const posted = inFinance().filter((message) => message.bot_id && message.files);
    expect(posted.map((message) => message.files?.map((one) => one.name))).toEqual([['slip.pdf']]);
    expect(posted[0]?.thread_ts).toBe((await rowOf('card:1')).ts);
    const kept = await company.db.attachment.findFirstOrThrow({ where: { slackFileId: file.id } });
    expect(Buffer.from(kept.bytes ?? []).toString()).toBe('a bank slip');
    expect(kept.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await rowOf('vouchers:1')).toMatchObject({ status: 'sent' });
  });

  it('go piece by piece; one that breaks off, or that another process took, is shown to nobody', async () => {
    const { botToken: token, apiUrl: slackApiUrl } = sandbox;
    const slack = createSlackSender({ token, slackApiUrl, log: createLog('silent') });
    const pieces = ['one ', 'two ', 'three'].map((text) => Buffer.from(text));
    async function* broken() {
      yield* pieces.slice(0, 1);
      throw new Error('no database');
    }
    const post = (name: string, read: () => AsyncIterable<Buffer> | Buffer[], isOurs = true) =>
      slack.upload({
        channel: FINANCE_CHANNEL,
        threadTs: null,
        text: name,
        files: [{ name, size: 13, read }],
        renew: () => Promise.resolve(isOurs),
      });
    expect(await post('broken.csv', broken)).toMatchObject({ kind: 'retry' });
    const taken = { kind: 'retry', reason: 'lease_lost' };
    expect(await post('taken.csv', () => pieces, false)).toMatchObject(taken);
    expect(await post('whole.csv', () => pieces)).toMatchObject({ kind: 'sent' });
    const [file, ...others] = inFinance().flatMap((message) => message.files ?? []);
    expect([file?.name, others]).toEqual(['whole.csv', []]);
    const got = await fetch(file?.url_private ?? '', { headers: { authorization: `Bearer ${token}` } });
    expect(await got.text()).toBe('one two three');
  });
});

async function deleteMessage(ts: string): Promise<void> {
  const answer = await fetch(`${sandbox.apiUrl}chat.delete`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: FINANCE_CHANNEL, ts }),
  });
  expect(await answer.json()).toMatchObject({ ok: true });
}
