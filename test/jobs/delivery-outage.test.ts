// Slack, its file host or the network do not work for hours: what can be done twice is done when they are back, and files
// are not taken for deleted.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { keepAttachments } from '../../src/domain/attachments.service.js';
import { type Notice, notice } from '../../src/domain/notices/notice.js';
import { enqueue, rewriteMessage } from '../../src/domain/notices/outbox.service.js';
import type { Delivery } from '../../src/jobs/deliver-notices.js';
import { createSlackSender } from '../../src/jobs/delivery/slack-sender.js';
import { keepFiles } from '../../src/jobs/keep-files.js';
import { createLog } from '../../src/log.js';
import { changeCompany, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { deliveryTo, FINANCE_CHANNEL, slackIdOf, startLocalSlack } from '../support/local-slack.js';

let database: TestDatabase;
let sandbox: Sandbox;
let company: TestCompany;
let delivery: Delivery;
let attachmentIds: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startLocalSlack();
});
beforeEach(async () => {
  await truncate(database.db);
  await sandbox.reset();
  company = await createTestCompany(database.db.prisma);
  await changeCompany(company.db, { financeChannelId: FINANCE_CHANNEL });
  attachmentIds = [];
  delivery = deliveryTo(sandbox, company, {
    render: async () => ({
      text: 'words',
      blocks: [{ type: 'section', text: { type: 'plain_text', text: 'words' } }],
      attachmentIds,
    }),
  });
});
afterEach(() => delivery.stop());
afterAll(async () => {
  await sandbox.close();
  await database.close();
});

const payload = { receiptId: randomUUID(), approvalId: randomUUID() };
const card = notice({
  kind: 'receipt.card',
  key: 'card:1',
  to: { channel: 'finance', otherwise: [] },
  payload,
});
async function put(one: Notice): Promise<void> {
  const ctx = await company.system();
  await company.db.$transaction((tx) => enqueue(tx, ctx, one));
}
async function rewrite(): Promise<void> {
  const ctx = await company.system();
  const message = { key: card.key, kind: 'receipt.card', payload } as const;
  await company.db.$transaction((tx) => rewriteMessage(tx, ctx, message, 'v2'));
}
/** Back-off and leases are over, so many times. */
async function wait(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await company.db.$executeRaw`
      UPDATE outbox SET next_attempt_at = LEAST(next_attempt_at, now() - interval '1 ms'), lease_until = now() - interval '1 s'
      WHERE status IN ('pending', 'sending')`;
    await delivery.run();
  }
}
async function aVoucher(text: string): Promise<string> {
  const { id } = sandbox.upload(slackIdOf('rep'), 'slip.pdf', text);
  sandbox.say(slackIdOf('rep'), FINANCE_CHANNEL, 'slip', { file_ids: [id] });
  const file = { slackFileId: id, name: 'slip.pdf', mime: 'application/pdf', size: text.length };
  const ctx = await company.as('rep');
  const ownerId = randomUUID();
  await company.db.$transaction((tx) => keepAttachments(tx, ctx, 'receipt', ownerId, [file]));
  return (await company.db.attachment.findFirstOrThrow({ where: { ownerId } })).id;
}
const notSent = () =>
  company.db.outbox.findFirstOrThrow({
    where: { status: { not: 'sent' } },
    select: { status: true, lastError: true },
  });

it('a card is rewritten when Slack is back, however long that takes; nobody is told that it did not arrive', async () => {
  await put(card);
  await delivery.run();
  sandbox.faults.add({ method: 'chat.update', status: 503, times: 99 });
  await rewrite();
  await wait(25);
  expect(await notSent()).toEqual({ status: 'pending', lastError: 'http_503' });
  const { nextAttemptAt } = await company.db.outbox.findFirstOrThrow({ where: { op: 'update' } });
  expect(nextAttemptAt.getTime() - Date.now()).toBeLessThan(601_000);
  sandbox.faults.clear();
  await wait(1);
  expect(await company.db.outbox.count({ where: { status: 'sent' } })).toBe(2);
  expect(await company.db.outbox.count()).toBe(2);
});

it.each(['files.getUploadURLExternal', 'files.info'])(
  'files are sent when %s works again',
  async (method) => {
    attachmentIds = [await aVoucher('paid')];
    sandbox.faults.add({ method, status: 503, times: 99 });
    await put(card);
    await wait(25);
    expect(await notSent()).toMatchObject({ status: 'pending' });
    expect(sandbox.messages(FINANCE_CHANNEL).filter((message) => message.text === 'words')).toEqual([]);
    sandbox.faults.clear();
    await wait(1);
    const [sent] = sandbox.messages(FINANCE_CHANNEL).filter((message) => message.text === 'words');
    expect(sent?.files?.map((file) => file.name)).toEqual(['slip.pdf']);
    expect(await company.db.outbox.count()).toBe(1);
  },
);

it('a file is not gone because Slack breaks or refuses the token', async () => {
  const id = await aVoucher('paid');
  const slack = createSlackSender({
    token: sandbox.botToken,
    slackApiUrl: sandbox.apiUrl,
    log: createLog('silent'),
  });
  const env = {
    log: createLog('silent'),
    stopping: new AbortController().signal,
    download: (file: string, max: number) => slack.download(file, max),
  };
  const look = async () => {
    await company.db.$executeRaw`UPDATE attachment SET fetch_at = 'epoch' WHERE fetch_at IS NOT NULL`;
    return keepFiles({ db: company.db }, env);
  };
  for (const fault of [
    { status: 503 },
    { error: 'invalid_auth' },
    { error: 'internal_error' },
    { retry_after: 30 },
  ]) {
    sandbox.faults.add({ method: 'files.info', ...fault, times: 1 });
    expect(await look()).toEqual({ kept: 0, gone: 0 });
  }
  expect(await look()).toEqual({ kept: 1, gone: 0 });
  const kept = await company.db.attachment.findUniqueOrThrow({ where: { id } });
  expect(Buffer.from(kept.bytes ?? []).toString()).toBe('paid');
});
