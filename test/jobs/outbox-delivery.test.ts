// The outbox against a local Slack: every notice arrives once, in its order, at its pace and in its hours.
import { describe, expect, it } from 'vitest';
import { type Notice, notice } from '../../src/domain/notices/notice.js';
import { nextDueInMs } from '../../src/jobs/delivery/outbox-rows.js';
import { deliveryTo, FINANCE_CHANNEL, slackIdOf } from '../support/local-slack.js';
import { approvalId, card, line, outboxTests, payload, receiptId } from '../support/outbox-tests.js';

const { outbox, render, toRep, put, rewrite, rowOf, later, inFinance, deleteMessage } = outboxTests();

describe('sending', () => {
  it('posts a card, then its line in the thread, though both were committed at once', async () => {
    await put(line, card);
    await outbox.delivery.run();
    const [root, reply] = inFinance();
    expect(inFinance()).toHaveLength(2);
    expect(reply).toMatchObject({ thread_ts: root?.ts });
    expect(await rowOf('card:1')).toMatchObject({ status: 'sent', channel: FINANCE_CHANNEL, ts: root?.ts });
  });

  it('posts no line in finance’s channel whose card was never posted', async () => {
    await put(line, toRep());
    await outbox.delivery.run();
    expect(inFinance()).toEqual([]);
    expect(await rowOf('line:1')).toMatchObject({ status: 'skipped', lastError: 'nothing to answer' });
    expect(await rowOf('dm:1')).toMatchObject({ status: 'sent' });
  });

  it('never sends the same key twice, however often it is enqueued and run', async () => {
    await put(card, card);
    await put(card);
    await Promise.all([
      outbox.delivery.run(),
      outbox.delivery.run(),
      deliveryTo(outbox.sandbox, outbox.company, { render }).run(),
    ]);
    await outbox.delivery.run();
    expect(inFinance()).toHaveLength(1);
  });

  it('sends each of many rows once with two deliverers at once', async () => {
    await put(...Array.from({ length: 30 }, (_, n) => toRep(`dm:${n}`)));
    const other = deliveryTo(outbox.sandbox, outbox.company, { render });
    await Promise.all([outbox.delivery.run(), other.run()]);
    await other.stop();
    expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('rep')))).toHaveLength(30);
  });

  it('rewrites a posted message, and skips the rewrite of one that is not posted yet', async () => {
    await put(card);
    await rewrite('v2');
    outbox.words = 'second words';
    await outbox.delivery.run();
    expect(await rowOf('card:1#v2')).toMatchObject({ status: 'skipped' });
    expect(inFinance().map((message) => message.text)).toEqual([expect.stringContaining('second words')]);
    await rewrite('v3');
    await rewrite('v3');
    outbox.words = 'third words';
    await outbox.delivery.run();
    expect(inFinance().map((message) => message.text)).toEqual([expect.stringContaining('third words')]);
    expect(inFinance()[0]?.edited).toBeDefined();
  });

  it('shows what happened to a message several times with one rewrite, and what happens later with another', async () => {
    await put(card);
    await outbox.delivery.run();
    for (const tag of ['v2', 'v3', 'v4']) await rewrite(tag);
    await outbox.delivery.run();
    const states = async () =>
      (await outbox.company.db.outbox.findMany({ where: { op: 'update' }, orderBy: { id: 'asc' } })).map(
        (row) => row.status,
      );
    expect(await states()).toEqual(['sent', 'skipped', 'skipped']);
    outbox.words = 'the newest';
    await rewrite('v5');
    await outbox.delivery.run();
    expect(await states()).toEqual(['sent', 'skipped', 'skipped', 'sent']);
    expect(inFinance().map((message) => message.text)).toEqual([expect.stringContaining('the newest')]);
  });

  it('posts a deleted card anew, and answers in the new thread', async () => {
    await put(card);
    await outbox.delivery.run();
    const { ts } = await rowOf('card:1');
    await deleteMessage(ts ?? '');
    await put(line);
    await outbox.delivery.run();
    const [root, reply] = inFinance();
    expect(root?.ts).not.toBe(ts);
    expect(reply).toMatchObject({ thread_ts: root?.ts });
    await deleteMessage(root?.ts ?? '');
    await rewrite('v2');
    outbox.words = 'rewritten';
    await outbox.delivery.run();
    expect(
      inFinance()
        .filter((message) => !message.thread_ts)
        .map((message) => message.text),
    ).toEqual([expect.stringContaining('rewritten')]);
  });

  it('answers of several kinds to a deleted card all wait for the new one', async () => {
    await put(card);
    await outbox.delivery.run();
    await deleteMessage((await rowOf('card:1')).ts ?? '');
    const question = {
      ...line,
      kind: 'reversal.line',
      key: 'line:2',
      payload: { reversalId: receiptId },
    } as const;
    await put(line, notice(question));
    await outbox.delivery.run();
    await later();
    await outbox.delivery.run();
    const [root, ...replies] = inFinance().toSorted((one, other) => Number(one.ts) - Number(other.ts));
    expect(replies.map(({ thread_ts }) => thread_ts)).toEqual([root?.ts, root?.ts]);
  });

  it('skips what has nothing left to tell', async () => {
    outbox.words = '';
    await put(card);
    await outbox.delivery.run();
    expect(inFinance()).toEqual([]);
    expect(await rowOf('card:1')).toMatchObject({ status: 'skipped' });
  });

  it('writes nothing to somebody who is out, also where their message is drawn anew, and the admins are told', async () => {
    const { company, delivery, sandbox } = outbox;
    const mine = () => sandbox.messages(sandbox.dm(slackIdOf('rep'))).map((message) => message.text);
    await put(toRep());
    await delivery.run();
    const before = mine();
    expect(before).toHaveLength(1);
    await company.db.user.update({ where: { id: company.ids.rep }, data: { active: false } });
    outbox.words = 'what only members read';
    await rewrite('v2', 'dm');
    await put(toRep('dm:2'));
    await delivery.run();
    expect(mine()).toEqual(before);
    expect(await rowOf('dm:1#v2')).toMatchObject({ status: 'skipped' });
    expect(await rowOf('dm:2')).toMatchObject({ status: 'failed', lastError: 'not_a_member' });
    expect(await company.db.outbox.count({ where: { kind: 'delivery.gave_up' } })).toBeGreaterThan(0);
  });

  it('writes nothing to somebody who is out either where nobody knew whether it was there', async () => {
    const { company, delivery, sandbox } = outbox;
    const mine = () => sandbox.messages(sandbox.dm(slackIdOf('rep'))).map((message) => message.text);
    await put(toRep('dm:1'));
    await delivery.run();
    await put(toRep('dm:2'));
    await rewrite('v2', 'dm');
    // The app was killed between taking them and calling Slack.
    await company.db.$executeRaw`
      UPDATE outbox SET status = 'sending', attempts = 1, lease_until = now() - interval '1 s'
      WHERE dedupe_key IN ('dm:2', 'dm:1#v2')`;
    await company.db.user.update({ where: { id: company.ids.rep }, data: { active: false } });
    const before = mine();
    outbox.words = 'what only members read';
    await delivery.run();
    expect(mine()).toEqual(before);
    expect(await rowOf('dm:1#v2')).toMatchObject({ status: 'skipped' });
    expect(await rowOf('dm:2')).toMatchObject({ status: 'failed', lastError: 'not_a_member' });
  });

  it('leaves about a second between two messages of a channel, not between two people', async () => {
    const slow = deliveryTo(outbox.sandbox, outbox.company, { render, gapMs: 60_000 });
    await put(card, { ...card, key: 'card:2' }, toRep());
    await slow.run();
    await slow.stop();
    expect(inFinance()).toHaveLength(1);
    expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('rep')))).toHaveLength(1);
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
    const slow = deliveryTo(outbox.sandbox, outbox.company, { render, gapMs: 60_000 });
    await slow.run();
    await slow.stop();
    expect(inFinance()).toHaveLength(1);
    expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('rep')))).toHaveLength(1);
    // Those of the first look alone were taken and put back.
    const touched = { kind: 'receipt.card', lastError: 'one a second' };
    expect(await outbox.company.db.outbox.count({ where: touched })).toBeLessThan(20);
  });

  it('goes on by itself when its channel is free', async () => {
    await put(card, { ...card, key: 'card:2' }, { ...card, key: 'card:3' });
    const slow = deliveryTo(outbox.sandbox, outbox.company, { render, gapMs: 100 });
    await slow.run();
    await expect.poll(() => inFinance().length, { timeout: 10_000 }).toBe(3);
    await slow.stop();
  });
});

describe('quiet hours', () => {
  it('hold back what the clock says, not what somebody did', async () => {
    const user = { id: outbox.company.ids.rep };
    await outbox.company.db.user.update({ where: user, data: { quietFrom: '08:00', quietTo: '12:00' } });
    const to = { user: outbox.company.ids.rep };
    const nudge = { userId: outbox.company.ids.rep, approvalIds: [approvalId], byId: null };
    await put(toRep(), notice({ kind: 'approval.nudge', key: 'nudge:1', to, payload: nudge }));
    await outbox.delivery.run();
    const texts = () =>
      outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('rep'))).map((message) => message.text);
    expect(texts()).toHaveLength(1);
    expect(await rowOf('nudge:1')).toMatchObject({
      status: 'pending',
      attempts: 0,
      lastError: 'quiet hours',
    });
    await outbox.company.db.user.update({ where: user, data: { quietTo: '10:00' } });
    await later();
    await outbox.delivery.run();
    expect(texts()).toHaveLength(2);
  });

  it('hold back nobody’s answer: a backup that went wrong by itself waits, one that somebody asked for does not', async () => {
    const user = { id: outbox.company.ids.admin };
    await outbox.company.db.user.update({ where: user, data: { quietFrom: '08:00', quietTo: '12:00' } });
    const ended = (key: string, asked: boolean) =>
      notice({
        kind: 'backup.ended',
        key,
        to: { user: outbox.company.ids.admin },
        payload: { backupId: receiptId, asked },
      });
    await put(ended('backup:due', false), ended('backup:asked', true));
    await outbox.delivery.run();
    expect(await rowOf('backup:due')).toMatchObject({ status: 'pending', lastError: 'quiet hours' });
    expect(await rowOf('backup:asked')).toMatchObject({ status: 'sent' });
  });

  it('of who lives where it is night are not needed: what the morning made of a case waits for theirs', async () => {
    const to = { user: outbox.company.ids.manager };
    const user = { id: outbox.company.ids.manager };
    await outbox.company.db.user.update({ where: user, data: { timezone: 'America/New_York' } });
    const caseId = receiptId;
    const happened = (event: 'raised' | 'followed') =>
      notice({
        kind: 'case.line',
        key: `case:${event}`,
        to,
        payload: { caseId, event, byId: null, level: 2, receiptId: null, followUpId: null, quiet: false },
      });
    const { rep: userId, manager: delegateId } = outbox.company.ids;
    const copy = { userId, date: '2026-11-20', delegateId };
    await put(
      notice({ kind: 'case.card', key: 'case:1', to, payload: { caseId } }),
      happened('raised'),
      happened('followed'),
      notice({ kind: 'digest.copy', key: 'copy', to, payload: copy }),
    );
    await outbox.delivery.run();
    const states = async () =>
      (await outbox.company.db.outbox.findMany({ orderBy: { id: 'asc' } })).map(
        (row) => `${row.dedupeKey} ${row.status}`,
      );
    expect(await states()).toEqual([
      'case:1 pending',
      'case:raised pending',
      'case:followed sent',
      'copy pending',
    ]);
    // 09:00 there.
    const later12 = deliveryTo(outbox.sandbox, outbox.company, {
      render,
      clock: () => new Date('2026-11-20T14:00:00Z'),
    });
    await later();
    await later12.run();
    await later12.stop();
    expect(await states()).toEqual(['case:1 sent', 'case:raised sent', 'case:followed sent', 'copy sent']);
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
    await outbox.delivery.run();
    await put(lineNo(1));
    // As a line waits for the channel's pace, or for Slack to recover.
    await outbox.company.db
      .$executeRaw`UPDATE outbox SET next_attempt_at = now() + interval '1 h' WHERE dedupe_key = 'line:1'`;
    await put(lineNo(2));
    await outbox.delivery.run();
    expect(texts()).toEqual([]);
    expect(await nextDueInMs(outbox.company.db)).toBeGreaterThan(1_000_000);
    await later();
    await outbox.delivery.run();
    expect(texts()).toEqual([textNo(1), textNo(2)]);
  });

  it('keeps the order in which one commit wrote its lines', async () => {
    await put(card);
    await outbox.delivery.run();
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
    await put(...numbers.map(lineNo));
    await outbox.delivery.run();
    expect(texts()).toEqual(numbers.map(textNo));
  });
});

describe('two deliverers', () => {
  it('one that was too slow leaves the message to the one that took it over', async () => {
    const other = deliveryTo(outbox.sandbox, outbox.company, { render });
    let slow = true;
    const slowly = deliveryTo(outbox.sandbox, outbox.company, {
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
