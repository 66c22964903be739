// Files of contracts and customers (F4, F23): fetched soon after they were given, read by those who may see the record, and
// there when Slack has them no more.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import type { UploadedFile } from '../../src/domain/attachments.js';
import { handOutFiles } from '../../src/domain/attachments.service.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import type { Delivery } from '../../src/jobs/deliver-notices.js';
import { createSlackSender } from '../../src/jobs/delivery/slack-sender.js';
import { keepFiles } from '../../src/jobs/keep-files.js';
import { createLog } from '../../src/log.js';
import { createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { code } from '../support/errors.js';
import { deliveryTo, FINANCE_CHANNEL, slackIdOf, startLocalSlack } from '../support/local-slack.js';

let database: TestDatabase;
let sandbox: Sandbox;
let company: TestCompany;
let delivery: Delivery;
beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startLocalSlack();
  company = await createTestCompany(database.db.prisma);
  delivery = deliveryTo(sandbox, company);
});
afterAll(async () => {
  await delivery.stop();
  await sandbox.close();
  await database.close();
});

const log = createLog('silent');
/** What the app asks Slack for; `away`: nothing is to be had. */
function keeping(away: 'gone' | 'broken' | null = null) {
  const slack = createSlackSender({ token: sandbox.botToken, slackApiUrl: sandbox.apiUrl, log });
  return keepFiles(
    { db: company.db },
    {
      log,
      stopping: new AbortController().signal,
      download: async (id, max) => {
        if (away === 'broken') throw new Error('no network');
        return away === 'gone' ? null : slack.download(id, max);
      },
    },
  );
}
/** Leases and back-off are over. */
const later = () =>
  company.db.$executeRaw`UPDATE attachment SET fetch_at = 'epoch' WHERE fetch_at IS NOT NULL`;
function aFile(name: string, text: string): UploadedFile {
  const { id } = sandbox.upload(slackIdOf('rep'), name, text);
  // As one that was chosen in a form, the app may read it.
  sandbox.say(slackIdOf('rep'), FINANCE_CHANNEL, name, { file_ids: [id] });
  return { slackFileId: id, name, mime: 'application/pdf', size: text.length };
}
/** Names of the files that somebody has been sent, each with the thread it stands in. */
const sentTo = (who: 'rep' | 'manager' | 'finance') =>
  sandbox
    .messages(sandbox.dm(slackIdOf(who)))
    .filter((message) => message.files)
    .map((message) => [message.files?.map((file) => file.name).join(), message.thread_ts ?? null]);

it('keeps them whoever asks, once, and gives up on what Slack does not have', async () => {
  const files = [aFile('one.pdf', 'one'), { ...aFile('two.pdf', 'two'), slackFileId: 'F0GONE' }];
  const { id } = await createCustomer(await company.as('rep'), { name: '有附件的客户' }, { files });
  const [first, second] = await Promise.all([keeping(), keeping()]);
  expect(first.kept + second.kept).toBe(1);
  const kept = await company.db.attachment.findFirstOrThrow({ where: { ownerId: id, name: 'one.pdf' } });
  expect(Buffer.from(kept.bytes ?? []).toString()).toBe('one');
  expect(kept).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), fetchAt: null });
  // A network that is away is no answer.
  await later();
  expect(await keeping('broken')).toEqual({ kept: 0, gone: 0 });
  await later();
  expect(await keeping()).toEqual({ kept: 0, gone: 1 });
  expect(await keeping()).toEqual({ kept: 0, gone: 0 });

  await handOutFiles(await company.as('finance'), { type: 'customer', id });
  await delivery.run();
  expect(sentTo('finance')).toEqual([['one.pdf', null]]);
  const words = sandbox.messages(sandbox.dm(slackIdOf('finance'))).at(-1)?.text;
  expect(words).toContain('two.pdf');
  const trail = await company.db.auditLog.findFirstOrThrow({ where: { action: 'customer.files_sent' } });
  expect(trail).toMatchObject({ actorId: company.ids.finance, after: { files: ['one.pdf', 'two.pdf'] } });
  await expect(handOutFiles(await company.as('rep2'), { type: 'customer', id })).rejects.toEqual(
    code('not_found'),
  );
});

it('come with a contract to who approves it, and to its readers after they are gone from Slack', async () => {
  const customer = await createCustomer(await company.as('rep'), { name: '客户' });
  const fields = { customerId: customer.id, name: '合同', type: 'vehicle', amount: 100n, currency: 'CNY' };
  const many = Array.from({ length: 11 }, (_none, index) => aFile(`${index + 1}.pdf`, `page ${index + 1}`));
  const { id, version } = await createContract(await company.as('rep'), fields, many);
  await submitContract(await company.as('rep'), { id, version, planLater: true });
  await delivery.run();
  const card = await company.db.outbox.findFirstOrThrow({ where: { kind: 'contract.card' } });
  const names = many.map((file) => file.name);
  expect(sentTo('manager')).toEqual([
    [names.slice(0, 10).join(), card.ts],
    [names.slice(10).join(), card.ts],
  ]);
  // Fetched for that: from here on Slack is not asked.
  expect(await company.db.attachment.count({ where: { ownerId: id, fetchAt: { not: null } } })).toBe(0);
  const again = deliveryTo(sandbox, company, {
    slack: {
      ...createSlackSender({ token: sandbox.botToken, slackApiUrl: sandbox.apiUrl, log }),
      download: async () => null,
    },
  });
  expect(await handOutFiles(await company.as('rep'), { type: 'contract', id })).toMatchObject({ count: 11 });
  // Whoever lost sight of it in between is sent nothing.
  await handOutFiles(await company.as('manager'), { type: 'contract', id });
  await company.db.user.update({ where: { id: company.ids.manager }, data: { roles: ['rep'] } });
  await again.run();
  await again.stop();
  expect(sentTo('rep')).toHaveLength(2);
  expect(sentTo('manager')).toHaveLength(2);
  await expect(handOutFiles(await company.as('rep2'), { type: 'contract', id })).rejects.toEqual(
    code('not_found'),
  );
});
