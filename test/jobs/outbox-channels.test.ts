// Messages of channels that cannot be reached, and messages with files.
import { describe, expect, it } from 'vitest';
import { keepAttachments } from '../../src/domain/attachments.service.js';
import { notice } from '../../src/domain/notices/notice.js';
import { createSlackSender } from '../../src/jobs/delivery/slack-sender.js';
import { createLog } from '../../src/log.js';
import { changeCompany } from '../support/company.js';
import { ESCALATION_CHANNEL, FINANCE_CHANNEL, FOREIGN_CHANNEL, slackIdOf } from '../support/local-slack.js';
import { card, line, outboxTests, receiptId } from '../support/outbox-tests.js';

const { outbox, put, rewrite, rowOf, later, inFinance } = outboxTests();

describe('channels', () => {
  it('not in the channel: a DM to each finance person with the thread in it, and the admins told once', async () => {
    await changeCompany(outbox.company.db, { financeChannelId: FOREIGN_CHANNEL });
    await put(card, line);
    await outbox.delivery.run();
    await later();
    await outbox.delivery.run();
    for (const who of ['finance', 'finance2', 'financeManager'] as const) {
      const [root, reply] = outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf(who)));
      expect(reply).toMatchObject({ thread_ts: root?.ts });
    }
    await put({ ...card, key: 'card:2' });
    await outbox.delivery.run();
    const told = outbox.sandbox
      .messages(outbox.sandbox.dm(slackIdOf('admin')))
      .map((message) => message.text);
    expect(told).toEqual([expect.stringContaining('channel.unreachable')]);
    expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('finance')))).toHaveLength(3);
    // It was reached again, and is lost again.
    await changeCompany(outbox.company.db, { financeChannelId: FINANCE_CHANNEL });
    await put({ ...card, key: 'card:3' });
    await outbox.delivery.run();
    await changeCompany(outbox.company.db, { financeChannelId: FOREIGN_CHANNEL });
    await put({ ...card, key: 'card:4' }, { ...card, key: 'card:5' });
    await outbox.delivery.run();
    expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('admin')))).toHaveLength(2);
    // What still arrives in a thread of the other channel does not end that.
    await put({ ...line, key: 'line:3', threadOf: 'card:3' });
    await outbox.delivery.run();
    await put({ ...card, key: 'card:6' });
    await outbox.delivery.run();
    expect(inFinance()).toHaveLength(2);
    expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('admin')))).toHaveLength(2);
  });

  it('the database breaks after Slack’s no: it was surely not sent, so nobody is told that it may be there', async () => {
    const { db } = outbox.company;
    await changeCompany(db, { financeChannelId: FOREIGN_CHANNEL });
    await put(card);
    await db.$executeRaw`ALTER TABLE outbox ADD CONSTRAINT breaks CHECK (recipient NOT LIKE 'user:%') NOT VALID`;
    try {
      await outbox.delivery.run();
    } finally {
      await db.$executeRaw`ALTER TABLE outbox DROP CONSTRAINT breaks`;
    }
    expect(await rowOf('card:1')).toMatchObject({ status: 'pending', lastError: 'fault', attempts: 1 });
    await later();
    await outbox.delivery.run();
    expect(await rowOf('card:1')).toMatchObject({ status: 'failed', lastError: 'not_in_channel' });
    expect(await db.outbox.count({ where: { kind: 'delivery.gave_up' } })).toBe(0);
    expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('finance')))).toHaveLength(1);
  });

  it.each(['channel_not_found', 'is_archived'])(
    'Slack answers %s: the card is with each finance person, and the admins are told which channel',
    async (error) => {
      outbox.sandbox.faults.add({ method: 'chat.postMessage', error, times: 1 });
      await put(card);
      await outbox.delivery.run();
      await later();
      await outbox.delivery.run();
      expect(inFinance()).toEqual([]);
      for (const who of ['finance', 'finance2', 'financeManager'] as const)
        expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf(who)))).toMatchObject([
          { text: expect.stringContaining('first words') },
        ]);
      expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('admin')))).toMatchObject([
        { text: expect.stringContaining('channel.unreachable') },
      ]);
      expect(await rowOf('card:1')).toMatchObject({ status: 'failed', lastError: error });
    },
  );

  it('its thread’s is archived: what is answered is posted anew in the channel of today, and nobody is alarmed', async () => {
    await put(card);
    await outbox.delivery.run();
    await changeCompany(outbox.company.db, { financeChannelId: ESCALATION_CHANNEL });
    // Of the line in the thread that was; the root and the line go through.
    outbox.sandbox.faults.add({ method: 'chat.postMessage', error: 'is_archived', times: 1 });
    await put(line);
    await outbox.delivery.run();
    await outbox.delivery.run();
    const [root, reply] = outbox.sandbox.messages(ESCALATION_CHANNEL);
    expect(reply).toMatchObject({ thread_ts: root?.ts });
    expect(root?.text).toContain('first words');
    outbox.sandbox.faults.add({ method: 'chat.update', error: 'is_archived', times: 1 });
    await outbox.company.db.outbox.updateMany({
      where: { dedupeKey: 'card:1' },
      data: { channel: FINANCE_CHANNEL },
    });
    await rewrite('v2');
    await outbox.delivery.run();
    expect(await rowOf('card:1#v2')).toMatchObject({ status: 'skipped' });
    expect(await outbox.company.db.outbox.count({ where: { kind: 'channel.unreachable' } })).toBe(0);
  });

  it('a channel that was never set: each person has a thread of their own', async () => {
    await changeCompany(outbox.company.db, { financeChannelId: null });
    const to = {
      channel: 'finance',
      otherwise: [outbox.company.ids.finance, outbox.company.ids.finance2],
    } as const;
    await put({ ...card, to }, { ...line, to });
    await rewrite('v2');
    await outbox.delivery.run();
    for (const who of ['finance', 'finance2'] as const) {
      const [root, reply] = outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf(who)));
      expect(reply).toMatchObject({ thread_ts: root?.ts });
    }
    await rewrite('v3');
    outbox.words = 'rewritten for both';
    await outbox.delivery.run();
    for (const who of ['finance', 'finance2'] as const) {
      expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf(who)))[0]?.text).toContain(
        'rewritten for both',
      );
    }
  });
});

describe('files', () => {
  it('fetches a voucher, keeps its bytes and hash, and posts it into the thread once', async () => {
    const file = outbox.sandbox.upload(slackIdOf('rep'), 'slip.pdf', 'a bank slip');
    outbox.sandbox.say(slackIdOf('rep'), FINANCE_CHANNEL, 'shared', { file_ids: [file.id] });
    const ctx = await outbox.company.as('rep');
    await outbox.company.db.$transaction((tx) =>
      keepAttachments(tx, ctx, 'receipt', receiptId, [
        { slackFileId: file.id, name: 'slip.pdf', mime: 'application/pdf', size: 11 },
        { slackFileId: 'F0GONE', name: 'gone.pdf', mime: 'application/pdf', size: 11 },
      ]),
    );
    outbox.attachmentIds = (await outbox.company.db.attachment.findMany()).map((row) => row.id);
    const vouchers = notice({
      kind: 'receipt.vouchers',
      key: 'vouchers:1',
      to: { channel: 'finance', otherwise: [] },
      threadOf: 'card:1',
      payload: { receiptId },
    });
    outbox.sandbox.faults.add({ method: 'files.completeUploadExternal', lost_response: true, times: 1 });
    await put(card, vouchers);
    await outbox.delivery.run();
    await later();
    await outbox.delivery.run();
    const posted = inFinance().filter((message) => message.bot_id && message.files);
    expect(posted.map((message) => message.files?.map((one) => one.name))).toEqual([['slip.pdf']]);
    expect(posted[0]?.thread_ts).toBe((await rowOf('card:1')).ts);
    const kept = await outbox.company.db.attachment.findFirstOrThrow({ where: { slackFileId: file.id } });
    expect(Buffer.from(kept.bytes ?? []).toString()).toBe('a bank slip');
    expect(kept.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await rowOf('vouchers:1')).toMatchObject({ status: 'sent' });
  });

  it('go piece by piece; one that breaks off, or that another process took, is shown to nobody', async () => {
    const { botToken: token, apiUrl: slackApiUrl } = outbox.sandbox;
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
