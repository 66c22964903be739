// Threads of the app's messages about money in a local Slack, and files that people drop into them.
import { expect } from 'vitest';
import type { VoucherOwner } from '../../src/domain/receipts/voucher.js';
import type { Attachment } from '../../src/generated/prisma/client.js';
import { createDelivery, type Delivery } from '../../src/jobs/deliver-notices.js';
import { createSlackSender } from '../../src/jobs/delivery/slack-sender.js';
import { createLog } from '../../src/log.js';
import { changeCompany, NOON, type PersonKey } from './company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from './sandboxed-company.js';

/** Finance's channel. */
export const CHANNEL = 'C0GENERAL';
export const log = createLog('silent');

export interface Thread {
  readonly channel: string;
  readonly ts: string;
}

export interface VoucherThreads {
  readonly world: SandboxedCompany;
  readonly delivery: Delivery;
  readonly download: (id: string, max: number) => Promise<Buffer | null>;
  /** Delivers, and where the newest message of a kind that names `id` stands. */
  readonly posted: (kind: string, id: string) => Promise<Thread>;
  /** Drops a file into a thread; what the app answers its sender. */
  readonly drop: (who: PersonKey, thread: Thread, name: string, content?: string | Buffer) => Promise<string>;
  readonly vouchersOf: (ownerId: string, ownerType?: VoucherOwner['type']) => Promise<Attachment[]>;
  /** What a message says now, as JSON. */
  readonly cardText: (thread: Thread) => string;
  readonly close: () => Promise<void>;
}

/** A company with finance's channel, whose messages are delivered when they are asked for. */
export async function startVoucherThreads(): Promise<VoucherThreads> {
  const world = await startSandboxedCompany();
  const { sandbox, company } = world;
  await changeCompany(company.db, { financeChannelId: CHANNEL });
  const slack = createSlackSender({ token: sandbox.botToken, slackApiUrl: sandbox.apiUrl, log });
  const delivery = createDelivery({
    db: company.db,
    slack,
    clock: () => NOON,
    log,
    gapMs: 0,
    perMinute: Number.POSITIVE_INFINITY,
  });
  return {
    world,
    delivery,
    download: slack.download.bind(slack),
    posted: async (kind, id) => {
      await delivery.run();
      const sent = await company.db.outbox.findMany({ where: { kind, op: 'post', status: 'sent' } });
      const row = sent.find(({ payload }) => JSON.stringify(payload).includes(id));
      if (!row?.channel || !row.ts) throw new Error(`no ${kind} of it`);
      return { channel: row.channel, ts: row.ts };
    },
    drop: async (who, { channel, ts }, name, content = 'slip') => {
      const id = slackId(who);
      const file = sandbox.upload(id, name, content);
      const said = sandbox.say(id, channel, '', { file_ids: [file.id], thread_ts: ts });
      const answer = () =>
        sandbox.history(id, channel, ts).find((one) => one.user !== id && Number(one.ts) > Number(said.ts))
          ?.text;
      await expect.poll(answer, { timeout: 10_000 }).toBeTruthy();
      return answer() ?? '';
    },
    vouchersOf: (ownerId, ownerType = 'receipt') =>
      company.db.attachment.findMany({ where: { ownerType, ownerId }, orderBy: { id: 'asc' } }),
    cardText: ({ channel, ts }) =>
      JSON.stringify(sandbox.messages(channel).find((one) => one.ts === ts)?.blocks ?? []),
    close: async () => {
      await delivery.stop();
      await world.close();
    },
  };
}
