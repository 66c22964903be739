// Messages that Slack does not take: each is given up in the end, and whoever can help is told.
import { describe, expect, it } from 'vitest';
import { notice } from '../../src/domain/notices/notice.js';
import { giveUp } from '../../src/jobs/delivery/fallbacks.js';
import { claimRows, keepInDoubt, markSkipped, release } from '../../src/jobs/delivery/outbox-rows.js';
import { deliveryTo, slackIdOf } from '../support/local-slack.js';
import { outboxTests, receiptId } from '../support/outbox-tests.js';

const { outbox, render, toRep, put, rowOf, later, inFinance } = outboxTests();

describe('given up', () => {
  it('what is in doubt is told to finance too, whatever it is about', async () => {
    outbox.sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    outbox.sandbox.faults.add({ method: 'conversations.history', error: 'missing_scope', times: 9 });
    await put(
      notice({
        kind: 'export.job',
        key: 'export:1',
        to: { user: outbox.company.ids.rep },
        payload: { jobId: receiptId },
      }),
    );
    for (let n = 0; n < 3; n += 1) {
      await later();
      await outbox.delivery.run();
    }
    expect(await rowOf('export:1')).toMatchObject({ status: 'unknown' });
    expect(inFinance().map((message) => message.text)).toEqual([expect.stringContaining('delivery.gave_up')]);
  });

  it('what failed is told to finance too if it is not about money: once, while nothing reaches that person', async () => {
    const refused = async (key: string, error = 'invalid_blocks') => {
      outbox.sandbox.faults.add({ method: 'chat.postMessage', error, times: 1 });
      const payload = { userId: outbox.company.ids.rep, date: '2026-11-20' };
      await put(notice({ kind: 'digest', key, to: { user: outbox.company.ids.rep }, payload }));
      await outbox.delivery.run();
      expect(await rowOf(key)).toMatchObject({ status: 'failed', lastError: error });
      await outbox.delivery.run();
    };
    await refused('digest:1');
    await refused('digest:2');
    expect(inFinance().map((message) => message.text)).toEqual([expect.stringContaining('delivery.gave_up')]);
    await refused('digest:3', 'user_disabled');
    expect(inFinance()).toHaveLength(2);
  });

  it('a message that Slack never takes is given up at once, and told', async () => {
    outbox.sandbox.faults.add({ method: 'chat.postMessage', error: 'invalid_blocks', times: 1 });
    await put(toRep());
    await outbox.delivery.run();
    expect(await rowOf('dm:1')).toMatchObject({ status: 'failed', lastError: 'invalid_blocks' });
    expect(outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('admin')))).toHaveLength(1);
    expect(inFinance()).toHaveLength(1);
  });

  it('somebody whom nothing reaches is told of once, until something has reached them or the reason is another', async () => {
    const toAdmin = () => outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('admin')));
    const refused = async (key: string, error: string) => {
      outbox.sandbox.faults.add({ method: 'chat.postMessage', error, times: 1 });
      await put(toRep(key));
      await outbox.delivery.run();
      expect(await rowOf(key)).toMatchObject({ status: 'failed', lastError: error });
      await outbox.delivery.run();
    };
    for (const morning of [1, 2, 3]) await refused(`dm:${morning}`, 'user_disabled');
    expect(toAdmin()).toHaveLength(1);
    await refused('dm:other', 'invalid_blocks');
    expect(toAdmin()).toHaveLength(2);
    await put(toRep('dm:arrives'));
    await outbox.delivery.run();
    await refused('dm:again', 'user_disabled');
    expect(toAdmin()).toHaveLength(3);
    // Each message about money is told to finance all the same.
    expect(inFinance()).toHaveLength(5);
  });

  it('where Slack refuses the app itself, everything waits until it is mended and no attempt counts', async () => {
    for (const error of ['invalid_auth', 'token_revoked', 'account_inactive', 'team_added_to_org']) {
      outbox.sandbox.faults.add({ method: 'chat.postMessage', error, times: 1 });
      if (error === 'invalid_auth') await put(toRep());
      await later();
      await outbox.delivery.run();
      expect(await rowOf('dm:1')).toMatchObject({ status: 'pending', attempts: 0, lastError: error });
      // Slack is not asked again at once; another start asks anew.
      await outbox.delivery.stop();
      outbox.delivery = deliveryTo(outbox.sandbox, outbox.company, { render });
    }
    await later();
    await outbox.delivery.run();
    expect(await rowOf('dm:1')).toMatchObject({ status: 'sent', attempts: 1 });
    expect(await outbox.company.db.outbox.count({ where: { kind: 'delivery.gave_up' } })).toBe(0);
  });

  it('too many messages are no refusal of this one, whichever way Slack says it', async () => {
    outbox.sandbox.faults.add({ method: 'chat.postMessage', error: 'rate_limited', times: 1 });
    await put(toRep());
    await outbox.delivery.run();
    expect(await rowOf('dm:1')).toMatchObject({ status: 'pending', lastError: 'rate_limited' });
    await later();
    await outbox.delivery.run();
    expect(await rowOf('dm:1')).toMatchObject({ status: 'sent' });
  });

  it('a claim that lost its lease writes nothing over what the next one does', async () => {
    await put(toRep());
    const [lost] = await claimRows(outbox.company.db, 1);
    await later();
    const [mine] = await claimRows(outbox.company.db, 1);
    if (!lost || !mine) throw new Error('not claimed');
    const before = await rowOf('dm:1');
    await release(outbox.company.db, lost, 0, 'late');
    await markSkipped(outbox.company.db, lost, 'late');
    await keepInDoubt(outbox.company.db, lost, 0, 'late');
    await giveUp(await outbox.company.system(), lost, 'failed', 'late');
    expect(await rowOf('dm:1')).toEqual(before);
    expect(await outbox.company.db.outbox.count()).toBe(1);
    await release(outbox.company.db, mine, 0, 'own');
    expect(await rowOf('dm:1')).toMatchObject({ status: 'pending', lastError: 'own' });
  });

  it('an outage longer than the back-off is given up after many attempts, and a failed report reports nothing', async () => {
    // Surely not posted, unlike a 5xx.
    outbox.sandbox.faults.add({ method: 'chat.postMessage', status: 404, times: 99 });
    await put(toRep());
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await outbox.delivery.run();
      await later();
    }
    expect(await rowOf('dm:1')).toMatchObject({ status: 'failed', attempts: 20 });
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await outbox.delivery.run();
      await later();
    }
    const kinds = await outbox.company.db.outbox.findMany({ where: { kind: 'delivery.gave_up' } });
    expect(kinds.map((row) => row.recipient).toSorted()).toEqual(
      ['finance', `user:${outbox.company.ids.admin}`].toSorted(),
    );
  });
});
