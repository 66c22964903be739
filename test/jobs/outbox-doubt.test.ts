// The outbox against a Slack that limits, breaks and forgets: what may be there already is looked for before it is sent again.
import { describe, expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.js';
import { rewriteMessage } from '../../src/domain/notices/outbox.service.js';
import { deliveryTo, FINANCE_CHANNEL, slackIdOf } from '../support/local-slack.js';
import { card, line, outboxTests, payload } from '../support/outbox-tests.js';

const { outbox, render, toRep, put, rewrite, rowOf, later, inFinance } = outboxTests();

describe('what Slack does', () => {
  it('429: waits as long as Slack says, and counts it as no attempt', async () => {
    outbox.sandbox.faults.add({ method: 'chat.postMessage', retry_after: 30, times: 1 });
    await put(card);
    await outbox.delivery.run();
    const row = await rowOf('card:1');
    expect(row).toMatchObject({ status: 'pending', attempts: 0, lastError: 'ratelimited' });
    expect(row.nextAttemptAt.getTime() - Date.now()).toBeGreaterThan(25_000);
    expect(inFinance()).toEqual([]);
    const fresh = deliveryTo(outbox.sandbox, outbox.company, { render });
    await later();
    await fresh.run();
    await fresh.stop();
    expect(inFinance()).toHaveLength(1);
  });

  it('429 for a rewrite: no other is tried for so long, messages go on in the same channel', async () => {
    await put(card, { ...card, key: 'card:2' });
    await outbox.delivery.run();
    outbox.sandbox.faults.add({ method: 'chat.update', retry_after: 30, times: 1 });
    await rewrite('v2');
    await outbox.delivery.run();
    expect(await rowOf('card:1#v2')).toMatchObject({
      status: 'pending',
      attempts: 0,
      lastError: 'ratelimited',
    });
    const ctx = await outbox.company.system();
    await outbox.company.db.$transaction((tx) =>
      rewriteMessage(tx, ctx, { key: 'card:2', kind: 'receipt.card', payload }, 'v2'),
    );
    await put({ ...card, key: 'card:3' });
    await outbox.delivery.run();
    expect(await rowOf('card:2#v2')).toMatchObject({ status: 'pending', attempts: 0, lastError: null });
    expect(inFinance()).toHaveLength(3);
    const fresh = deliveryTo(outbox.sandbox, outbox.company, { render });
    await later();
    await fresh.run();
    await fresh.stop();
    expect([await rowOf('card:1#v2'), await rowOf('card:2#v2')]).toMatchObject([
      { status: 'sent' },
      { status: 'sent' },
    ]);
  });

  it('500: looks whether it is there after all, then sends', async () => {
    outbox.sandbox.faults.add({ method: 'chat.postMessage', status: 500, times: 1 });
    await put(card);
    await outbox.delivery.run();
    expect(await rowOf('card:1')).toMatchObject({ status: 'sending', lastError: 'http_500' });
    await later();
    await outbox.delivery.run();
    expect(inFinance()).toHaveLength(1);
    expect(outbox.sandbox.journal().filter((entry) => entry.name === 'conversations.history')).not.toEqual(
      [],
    );
  });

  it.each([
    ['the root of a thread', card, FINANCE_CHANNEL],
    ['a direct message', null, null],
  ])('a lost response: finds %s by its id and does not send it again', async (_what, given, channel) => {
    const item = given ?? toRep();
    outbox.sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    await put(item);
    await outbox.delivery.run();
    await later();
    await outbox.delivery.run();
    const messages = outbox.sandbox.messages(channel ?? outbox.sandbox.dm(slackIdOf('rep')));
    expect(messages).toHaveLength(1);
    expect(await rowOf(item.key)).toMatchObject({ status: 'sent', ts: messages[0]?.ts });
  });

  it('a lost response, and then no way to look for a while: not sent again before it was looked for', async () => {
    outbox.sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    await put(toRep());
    await outbox.delivery.run();
    outbox.sandbox.faults.add({ method: 'conversations.open', retry_after: 1, times: 1 });
    for (let n = 0; n < 3; n += 1) {
      await later();
      await outbox.delivery.run();
    }
    expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('rep')))).toHaveLength(1);
    expect(await rowOf('dm:1')).toMatchObject({ status: 'sent' });
  });

  it('a lost response, and the facts change before it is looked for: what is there is drawn anew', async () => {
    outbox.sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    await put(card);
    await outbox.delivery.run();
    await rewrite('v2');
    outbox.words = 'second words';
    for (let n = 0; n < 2; n += 1) {
      await later();
      await outbox.delivery.run();
    }
    expect(inFinance().map((message) => message.text)).toEqual([expect.stringContaining('second words')]);
  });

  it('a lost response in a thread: found among the replies', async () => {
    await put(card);
    await outbox.delivery.run();
    outbox.sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    await put(line);
    await outbox.delivery.run();
    await later();
    await outbox.delivery.run();
    expect(inFinance()).toHaveLength(2);
    expect(await rowOf('line:1')).toMatchObject({ status: 'sent' });
  });

  it('a lost response that cannot be looked up ends as unknown, told to admins, never sent again', async () => {
    outbox.sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    outbox.sandbox.faults.add({ method: 'conversations.history', error: 'missing_scope', times: 9 });
    await put(card);
    await outbox.delivery.run();
    await later();
    await outbox.delivery.run();
    outbox.sandbox.faults.clear();
    await later();
    await outbox.delivery.run();
    expect(inFinance().filter((message) => message.text.startsWith('first'))).toHaveLength(1);
    expect(await rowOf('card:1')).toMatchObject({ status: 'unknown', lastError: 'missing_scope' });
    const told = outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('admin')));
    expect(told.map((message) => message.text)).toEqual([expect.stringContaining('delivery.gave_up')]);
  });

  it.each([
    ['arrived', { method: 'chat.postMessage', lost_response: true as const, times: 1 }],
    ['did not', { method: 'chat.postMessage', status: 503, times: 1 }],
  ])(
    'Slack breaks for half a day: what %s is there once when it is back, nobody gave it up',
    async (_what, fault) => {
      outbox.sandbox.faults.add(fault);
      for (const method of ['conversations.history', 'conversations.open'])
        outbox.sandbox.faults.add({ method, status: 503, times: 99 });
      // The fault is for the card: of two that go out together it may be either's.
      await put(card);
      await outbox.delivery.run();
      await put(toRep());
      for (let n = 0; n < 25; n += 1) {
        await later();
        await outbox.delivery.run();
      }
      const row = await rowOf('card:1');
      expect(row).toMatchObject({ status: 'sending', attempts: 1, lastError: 'http_503' });
      // Looked for again the later, the longer it has been in doubt.
      await outbox.company.db.$executeRaw`
      UPDATE outbox SET next_attempt_at = now() - interval '100 s' WHERE dedupe_key = 'card:1'`;
      await later();
      await outbox.delivery.run();
      const waits = (await rowOf('card:1')).leaseUntil?.getTime() ?? 0;
      expect(Math.round((waits - Date.now()) / 1000)).toBeGreaterThan(20);
      outbox.sandbox.faults.clear();
      for (let n = 0; n < 3; n += 1) {
        await later();
        await outbox.delivery.run();
      }
      expect(inFinance()).toHaveLength(1);
      expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('rep')))).toHaveLength(1);
      expect(await outbox.company.db.outbox.count({ where: { kind: 'delivery.gave_up' } })).toBe(0);
    },
  );

  it('what cannot be drawn was surely not sent: it fails in the end, and counts as told to nobody', async () => {
    const broken = deliveryTo(outbox.sandbox, outbox.company, {
      render: () => Promise.reject(new Error('no facts')),
    });
    await put({ ...card, key: 'card:broken' });
    for (let n = 0; n < 20; n += 1) {
      await later();
      await broken.run();
    }
    await broken.stop();
    expect(await rowOf('card:broken')).toMatchObject({ status: 'failed', lastError: 'fault', attempts: 20 });
    expect(inFinance()).toEqual([]);
  });

  it('killed while sending: whoever takes it over looks first', async () => {
    await put(card);
    await put({ ...card, key: 'card:2' });
    await outbox.delivery.run();
    const { ts } = await rowOf('card:1');
    // As a process leaves it that dies between Slack's answer and its own note, and one that dies before the call.
    await outbox.company.db
      .$executeRaw`UPDATE outbox SET status = 'sending', ts = NULL, lease_until = now() + interval '1 h'`;
    await outbox.company.db
      .$executeRaw`UPDATE outbox SET id = ${newId(new Date())}::uuid WHERE dedupe_key = 'card:2'`;
    await outbox.delivery.run();
    expect(inFinance()).toHaveLength(2);
    await later();
    await outbox.delivery.run();
    expect(inFinance()).toHaveLength(3);
    expect(await rowOf('card:1')).toMatchObject({ status: 'sent', ts });
  });
});
