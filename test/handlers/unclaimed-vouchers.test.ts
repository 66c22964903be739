// A voucher that follows money of nobody knows whom (F50, P34): in the thread of its card it is the money's, or that of the
// receipt that claims it by then.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reject } from '../../src/domain/approvals/decisions.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { recordUnclaimed, withdrawUnclaimed } from '../../src/domain/receipts/unclaimed.service.js';
import { anActiveContract, type PersonKey } from '../support/company.js';
import { slackId } from '../support/sandboxed-company.js';
import { CHANNEL, startVoucherThreads, type VoucherThreads } from '../support/voucher-threads.js';

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

/** Money of nobody knows whom, recorded by finance, and where its card stands. */
async function anUnclaimedCard(payerName: string | null = null) {
  const ctx = await world.company.as('finance');
  const came = { amount: 77_00n, currency: 'CNY', method: 'transfer', receivedOn: ctx.today, payerName };
  const money = await recordUnclaimed(ctx, came, { notDuplicate: true });
  return { money, card: await posted('unclaimed.card', money.id) };
}

/** The money as a receipt of a customer of this rep, which waits; and where its card stands. */
async function claimed({ id: unclaimedId, amount }: { id: string; amount: bigint }, who: PersonKey) {
  const { company } = world;
  const { customer } = await anActiveContract(company, [[amount, '2026-12-01']], { who });
  const ctx = await company.as(who);
  const input = { customerId: customer.id, unclaimedId, amount, receivedOn: ctx.today };
  const money = { ...input, currency: 'CNY', method: 'transfer' };
  const receipt = await recordReceipt(ctx, money, { notDuplicate: true });
  return { receipt, card: await posted('receipt.card', receipt.id) };
}

it('in the thread of unclaimed money’s card is kept with it, shown, and comes along with its claim', async () => {
  const { money, card } = await anUnclaimedCard();
  expect(cardText(card)).not.toContain('凭证');
  expect(await drop('finance2', card, '回单.pdf')).toBe(`已加到 ${money.number}，共 1 个凭证。`);
  expect(await drop('rep', card, '别的.pdf')).toBe(
    `文件没有加到 ${money.number}：凭证由登记人 finance 或财务上传。`,
  );
  const { finance2 } = world.company.ids;
  expect(await vouchersOf(money.id, 'unclaimed')).toMatchObject([
    { name: '回单.pdf', createdById: finance2 },
  ]);
  const trail = { subjectId: money.id, action: 'unclaimed.voucher_added' };
  expect(await world.company.db.auditLog.findMany({ where: trail })).toMatchObject([
    { actorId: finance2, after: { files: ['回单.pdf'] } },
  ]);
  await delivery.run();
  expect(cardText(card)).toContain('凭证 1 个见回复');
  // It stands in the thread already: the app does not post it again.
  const again = { kind: 'unclaimed.vouchers', dedupeKey: { contains: money.id } };
  expect(await world.company.db.outbox.count({ where: { ...again, status: 'sent' } })).toBe(0);
  const { receipt } = await claimed(money, 'rep');
  expect(await vouchersOf(receipt.id)).toMatchObject([{ name: '回单.pdf' }]);
});

it('of money that is claimed goes to that receipt, and stays with the money should the claim be rejected', async () => {
  const { company, sandbox } = world;
  const { money, card } = await anUnclaimedCard();
  const first = await claimed(money, 'rep');
  expect(await drop('finance', card, '流水.png')).toBe(`已加到 ${first.receipt.number}，共 1 个凭证。`);
  // The claimer's own is the claim's alone.
  expect(await drop('rep', card, '回单.pdf')).toBe(`已加到 ${first.receipt.number}，共 2 个凭证。`);
  expect(await drop('rep2', card, '别的.pdf')).toBe(
    `文件没有加到 ${first.receipt.number}：凭证由登记人 rep 或财务上传。`,
  );
  await delivery.run();
  const thread = sandbox.history(slackId('finance'), first.card.channel, first.card.ts);
  const files = thread.flatMap((message) => (message.files ?? []).map((file) => file.name));
  expect(files).toEqual(['流水.png', '回单.pdf']);
  const { id, version } = await company.db.approval.findFirstOrThrow({
    where: { subjectId: first.receipt.id, status: 'open' },
  });
  await reject(await company.as('finance'), id, version, { reason: 'wrong_instalment' });
  const second = await claimed(money, 'rep2');
  expect((await vouchersOf(second.receipt.id)).map((file) => file.name)).toEqual(['流水.png']);
});

it('is refused of money that was taken back', async () => {
  const { money, card } = await anUnclaimedCard();
  await withdrawUnclaimed(await world.company.as('finance'), money.id);
  const words = `文件没有加到 ${money.number}：已撤回。钱还在的话重新登记。`;
  expect(await drop('finance', card, '回单.pdf')).toBe(words);
  expect(await vouchersOf(money.id, 'unclaimed')).toEqual([]);
});

it('in the thread of a copy of the card that is somebody’s own comes into the thread of the card', async () => {
  const { company, sandbox } = world;
  await company.db.user.update({
    where: { id: company.ids.manager },
    data: { roles: ['sales_manager', 'finance'] },
  });
  const { customer } = await anActiveContract(company, [[5_00n, '2026-12-01']]);
  await company.db.customer.update({ where: { id: customer.id }, data: { ownerId: company.ids.manager } });
  const { money } = await anUnclaimedCard(customer.name);
  const [own, card] = await Promise.all(
    [sandbox.dm(slackId('manager')), CHANNEL].map(async (channel) => {
      const where = { kind: 'unclaimed.card', op: 'post', channel, dedupeKey: { contains: money.id } };
      const { ts } = await company.db.outbox.findFirstOrThrow({ where });
      return { channel, ts: ts ?? '' };
    }),
  );
  if (!own || !card) throw new Error('no cards');
  expect(await drop('manager', own, '回单.jpg')).toBe(`已加到 ${money.number}，共 1 个凭证。`);
  await delivery.run();
  const shown = sandbox.history(slackId('finance'), card.channel, card.ts).at(-1);
  expect(shown?.text).toBe(`manager 补充了 ${money.number} 的凭证。`);
  expect(shown?.files).toMatchObject([{ name: '回单.jpg' }]);
  expect(cardText(own)).toContain('凭证 1 个见回复');
  // And the other way round: who has a copy of the card has its vouchers too.
  await drop('finance', card, '流水.png');
  await delivery.run();
  const files = sandbox.history(slackId('manager'), own.channel, own.ts).flatMap((one) => one.files ?? []);
  expect(files.map((file) => file.name)).toEqual(['回单.jpg', '流水.png']);
});
