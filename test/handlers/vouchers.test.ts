// A voucher that follows its receipt (F50): a file in the thread of its card, or of the app's message about it, by whoever may,
// once; and every refusal, after which nothing is half written. Of money that nobody has claimed: unclaimed-vouchers.test.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { approve, reject } from '../../src/domain/approvals/decisions.service.js';
import { askQuestion } from '../../src/domain/approvals/question.service.js';
import { keepFiles } from '../../src/jobs/keep-files.js';
import { anActiveContract, aSubmittedReceipt, type PersonKey } from '../support/company.js';
import { slackId } from '../support/sandboxed-company.js';
import { CHANNEL, log, startVoucherThreads, type VoucherThreads } from '../support/voucher-threads.js';

const MB = 1024 * 1024;

let threads: VoucherThreads;
let world: VoucherThreads['world'];
let delivery: VoucherThreads['delivery'];
let posted: VoucherThreads['posted'];
let drop: VoucherThreads['drop'];
let vouchersOf: VoucherThreads['vouchersOf'];
let cardText: VoucherThreads['cardText'];
beforeAll(async () => {
  threads = await startVoucherThreads();
  ({ world, delivery, posted, drop, vouchersOf, cardText } = threads);
});
afterAll(() => threads.close());

/** A receipt that waits, and where its card stands. */
async function aCard(who: PersonKey = 'rep') {
  const { company } = world;
  const [row] = (await anActiveContract(company, [[100_00n, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  const { receipt, approval } = await aSubmittedReceipt(company, row, 100_00n, { who });
  return { receipt, approval, card: await posted('receipt.card', receipt.id) };
}

const trailOf = (subjectId: string) =>
  world.company.db.auditLog.findMany({ where: { subjectId, action: 'receipt.voucher_added' } });

it('in the thread of the card is added, kept, shown and answered; finance who added one may decide', async () => {
  const { receipt, approval, card } = await aCard();
  expect(cardText(card)).not.toContain('凭证');
  expect(await drop('rep', card, '回单.pdf')).toBe(`已加到 ${receipt.number}，共 1 个凭证。`);
  expect(await drop('finance', card, '流水.PNG')).toBe(`已加到 ${receipt.number}，共 2 个凭证。`);
  const { rep, finance } = world.company.ids;
  expect(await vouchersOf(receipt.id)).toMatchObject([
    { name: '回单.pdf', mime: 'application/pdf', size: 4, createdById: rep },
    { name: '流水.PNG', mime: 'image/png', size: 4, createdById: finance },
  ]);
  expect(await trailOf(receipt.id)).toMatchObject([
    { actorId: rep, after: { files: ['回单.pdf'] } },
    { actorId: finance, after: { files: ['流水.PNG'] } },
  ]);
  await delivery.run();
  expect(cardText(card)).toContain('凭证 2 个见回复');
  // It stands in the thread already: the app does not post it again.
  expect(
    await world.company.db.outbox.count({
      where: {
        kind: 'receipt.vouchers',
        payload: { path: ['receiptId'], equals: receipt.id },
        status: 'sent',
      },
    }),
  ).toBe(0);
  await keepFiles(
    { db: world.company.db },
    { download: threads.download, log, stopping: new AbortController().signal },
  );
  const [kept] = await vouchersOf(receipt.id);
  expect(Buffer.from(kept?.bytes ?? []).toString()).toBe('slip');
  const decided = await approve(await world.company.as('finance'), approval.id, approval.version);
  expect(decided).toMatchObject({ outcome: 'approved' });
});

it('in the thread of finance’s question comes into the thread of the card', async () => {
  const { company, sandbox } = world;
  const { receipt, approval, card } = await aCard();
  await askQuestion(await company.as('finance'), approval.id, '回单呢？');
  const question = await company.db.approvalQuestion.findFirstOrThrow({ where: { approvalId: approval.id } });
  const asked = await posted('approval.question_dm', question.id);
  expect(asked.channel).toBe(sandbox.dm(slackId('rep')));
  expect(await drop('rep', asked, '回单.jpg')).toBe(`已加到 ${receipt.number}，共 1 个凭证。`);
  await delivery.run();
  const shown = sandbox.history(slackId('finance'), card.channel, card.ts).at(-1);
  expect(shown?.text).toBe(`rep 补充了 ${receipt.number} 的凭证。`);
  expect(shown?.files).toMatchObject([{ name: '回单.jpg' }]);
  expect(cardText(card)).toContain('凭证 1 个见回复');
});

it('is added once, however often Slack tells of it', async () => {
  const { sandbox, company } = world;
  const { receipt, card } = await aCard();
  await drop('rep', card, '回单.pdf');
  const [kept] = await vouchersOf(receipt.id);
  const answers = () => sandbox.history(slackId('rep'), card.channel, card.ts).length;
  const before = answers();
  const told = sandbox.journal().findLast(({ kind, name }) => kind === 'event' && name === 'file_shared');
  const asked = () => sandbox.journal().filter(({ name }) => name === 'files.info').length;
  const looked = asked();
  for (let times = 1; times <= 2; times += 1) {
    expect(await sandbox.redeliver(told?.request_id ?? '')).toMatchObject({ ok: true });
    await expect.poll(asked, { timeout: 10_000 }).toBe(looked + times);
  }
  await sleep(100);
  expect(await vouchersOf(receipt.id)).toHaveLength(1);
  expect(await trailOf(receipt.id)).toHaveLength(1);
  expect(answers()).toBe(before);
  expect(
    await company.db.outbox.count({ where: { op: 'update', dedupeKey: { contains: kept?.id ?? '' } } }),
  ).toBe(1);
});

it.each([
  ['rep2', '回单.pdf', 'slip', '文件没有加到 {}：凭证由登记人 rep 或财务上传。'],
  ['auditor', '回单.pdf', 'slip', '文件没有加到 {}：凭证由登记人 rep 或财务上传。'],
  ['nobody', '回单.pdf', 'slip', '你还没有角色。请管理员开通。'],
  ['rep', 'setup.exe', 'x', 'setup.exe：不是凭证。发图片、PDF、OFD、表格或文档。'],
  ['rep', '页面.svg', 'x', '页面.svg：不是凭证。发图片、PDF、OFD、表格或文档。'],
  ['rep', '大.png', Buffer.alloc(10 * MB + 1, 1), '大.png：超过 10 MB。压缩后再发。'],
] as const)('is refused of %s: %s', async (who, name, content, words) => {
  const { receipt, card } = await aCard();
  expect(await drop(who, card, name, content)).toBe(words.replace('{}', receipt.number));
  expect(await vouchersOf(receipt.id)).toEqual([]);
  expect(await trailOf(receipt.id)).toEqual([]);
});

it('is refused once the receipt is decided, in the thread of its card and of what its recorder was told', async () => {
  const { receipt, approval, card } = await aCard();
  const why = { reason: 'voucher_unclear' };
  await reject(await world.company.as('finance'), approval.id, approval.version, why);
  const told = await posted('receipt.decided', receipt.id);
  const words = `文件没有加到 ${receipt.number}：已有审批结果，凭证不再变动。`;
  for (const thread of [card, told]) expect(await drop('rep', thread, '回单.pdf')).toBe(words);
  expect(await drop('finance', card, '回单.pdf')).toBe(words);
  expect(await vouchersOf(receipt.id)).toEqual([]);
});

it('is refused beyond ten, also where two come at once', async () => {
  const { receipt, card } = await aCard();
  for (let count = 1; count < 10; count += 1) await drop('rep', card, `${count}.pdf`);
  const { sandbox } = world;
  const [rep, finance] = [slackId('rep'), slackId('finance')];
  for (const who of [rep, finance])
    sandbox.say(who, CHANNEL, '', {
      file_ids: [sandbox.upload(who, '最后.pdf', 'x').id],
      thread_ts: card.ts,
    });
  const answered = () =>
    [rep, finance].map((who) => sandbox.history(who, CHANNEL, card.ts).at(-1)?.text ?? '').toSorted();
  await expect
    .poll(answered, { timeout: 10_000 })
    .toEqual([
      `已加到 ${receipt.number}，共 10 个凭证。`,
      `文件没有加到 ${receipt.number}：已有 10 个凭证。合成一个文件，撤回后重新登记。`,
    ]);
  expect(await vouchersOf(receipt.id)).toHaveLength(10);
});

it('in the thread of anything else is nobody’s voucher, and a spreadsheet to the app is still asked about', async () => {
  const { sandbox, company } = world;
  const id = slackId('rep');
  const { ts } = sandbox.say(id, CHANNEL, '大家看这个');
  const file = sandbox.upload(id, '别的.pdf', 'x');
  sandbox.say(id, CHANNEL, '', { file_ids: [file.id], thread_ts: ts });
  const sheet = sandbox.upload(id, '客户.csv', '客户名称\n华东\n');
  sandbox.say(id, sandbox.dm(id), '', { file_ids: [sheet.id] });
  await expect.poll(() => company.db.importJob.count(), { timeout: 10_000 }).toBe(1);
  expect(await company.db.attachment.count({ where: { slackFileId: file.id } })).toBe(0);
  expect(sandbox.history(id, CHANNEL, ts)).toHaveLength(2);
});
