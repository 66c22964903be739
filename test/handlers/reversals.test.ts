import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.js';
import type { Receipt } from '../../src/generated/prisma/client.js';
import { anActiveContract, aSubmittedReceipt } from '../support/company.js';
import { approveReceipt } from '../support/decide.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const FINANCE = slackId('finance');
const MANAGER = slackId('financeManager');
const REP = slackId('rep');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of [FINANCE, MANAGER, REP]) await world.sandbox.dismiss(who, true);
});

async function booked(amount = 10_000_00n): Promise<Receipt> {
  const { company } = world;
  const { rows } = await anActiveContract(company, [
    [8_000_00n, '2026-12-01'],
    [5_000_00n, '2027-06-01'],
  ]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const { receipt, approval } = await aSubmittedReceipt(company, row, amount);
  await approveReceipt(await company.as('finance2'), approval.id, approval.version);
  return receipt;
}
const value = ({ id }: Receipt) => JSON.stringify({ i: id });
const fresh = ({ id }: Receipt) => world.company.db.receipt.findUniqueOrThrow({ where: { id } });

/** Finance proposes it from the receipt's window. */
async function ask(receipt: Receipt, amount: string): Promise<void> {
  await ui.press(FINANCE, 'receipt.open', value(receipt));
  await ui.clickTop(FINANCE, 'receipt.reverse');
  await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { amount, reason: '客户 <退票>' }));
}

async function waiting(receipt: Receipt) {
  const reversal = await world.company.db.receipt.findFirstOrThrow({
    where: { reversesId: receipt.id, status: 'submitted' },
  });
  const approval = await world.company.db.approval.findFirstOrThrow({ where: { subjectId: reversal.id } });
  return { approval, payload: { reversalId: reversal.id, approvalId: approval.id } };
}

describe('proposing', () => {
  it('offers what is left, and shows what waits on the receipt', async () => {
    const receipt = await booked();
    await ui.press(FINANCE, 'receipt.open', value(receipt));
    await ui.clickTop(FINANCE, 'receipt.reverse');
    expect(ui.block(FINANCE, 'amount').element).toMatchObject({ initial_value: '10000.00' });
    await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { amount: '3000', reason: '退票' }));
    expect(world.sandbox.views(FINANCE)).toHaveLength(1);
    const shown = words(ui.top(FINANCE));
    expect(shown).toContain(`✅ ${receipt.number} 冲销 ¥3,000.00 已提交，等 financeManager 审批。`);
    expect(shown).toContain('冲销 ¥3,000.00 等审批');
    expect(shown).not.toContain('receipt.reverse"');
    expect(await fresh(receipt)).toMatchObject({ status: 'approved' });
  });

  it('says what is too much in the form', async () => {
    const receipt = await booked();
    await ui.press(FINANCE, 'receipt.open', value(receipt));
    await ui.clickTop(FINANCE, 'receipt.reverse');
    const result = await world.sandbox.submit(
      FINANCE,
      ui.fill(FINANCE, { amount: '10000.01', reason: '退' }),
    );
    expect(JSON.stringify(result)).toContain('最多可冲销 ¥10,000.00');
    const empty = await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { amount: '1', reason: '' }));
    expect(JSON.stringify(empty)).not.toContain('"clear"');
    expect(await world.company.db.receipt.count({ where: { reversesId: receipt.id } })).toBe(0);
  });

  it('is taken back by who proposed it', async () => {
    const receipt = await booked();
    await ask(receipt, '3000');
    await ui.clickTop(FINANCE, 'approval.withdraw');
    expect(words(ui.top(FINANCE))).toContain(`已撤回 ${receipt.number} 的冲销。`);
    expect(words(ui.top(FINANCE))).toContain('receipt.reverse');
  });

  it('is not offered to a rep, and refused where it is forged', async () => {
    const receipt = await booked();
    await ui.press(REP, 'receipt.open', value(receipt));
    expect(words(ui.top(REP))).not.toContain('receipt.reverse');
    await world.sandbox.dismiss(REP, true);
    await ui.press(REP, 'receipt.reverse', value(receipt));
    expect(ui.told(REP, world.sandbox.dm(REP))).toContain('提出冲销需要财务');
    await ui.press(slackId('rep2'), 'receipt.reverse', value(receipt));
    expect(ui.told(slackId('rep2'), world.sandbox.dm(slackId('rep2')))).toContain('没找到');
  });
});

describe('an imported opening balance', () => {
  it('has a window, without an approval, from which it is reversed by two persons', async () => {
    const { company } = world;
    const { customer } = await anActiveContract(company, [[5_000_00n, '2026-12-01']]);
    const now = new Date('2026-11-20T02:00:00Z');
    const by = company.ids.finance2;
    const receipt = await company.db.receipt.create({
      data: {
        id: newId(now),
        number: 'HK-OPEN-1',
        kind: 'opening',
        status: 'approved',
        customerId: customer.id,
        amount: 900_00n,
        unapplied: 900_00n,
        currency: 'CNY',
        method: 'transfer',
        receivedOn: new Date('2026-01-01'),
        recordedById: by,
        lastEditedById: by,
        createdAt: now,
        updatedAt: now,
        updatedById: by,
      },
    });
    await ui.press(FINANCE, 'receipt.open', value(receipt));
    expect(words(ui.top(FINANCE))).toContain('期初余额，由 finance2 导入');
    await world.sandbox.dismiss(FINANCE, true);
    await ask(receipt, '400');
    const { approval } = await waiting(receipt);
    await ui.press(MANAGER, 'receipt.open', value(receipt));
    expect(words(ui.top(MANAGER))).toContain('approval.approve');
    await ui.clickTop(MANAGER, 'approval.approve');
    expect(await world.company.db.approval.findUniqueOrThrow({ where: { id: approval.id } })).toMatchObject({
      status: 'approved',
    });
    expect(await fresh(receipt)).toMatchObject({ status: 'partly_reversed', unapplied: 500_00n });
    expect(words(ui.top(MANAGER))).toContain('部分冲销');
  });
});

describe('deciding', () => {
  it('by the card: the receipt is reversed in part, its own card and its people say so', async () => {
    const receipt = await booked();
    await ask(receipt, '3000');
    const { payload, approval } = await waiting(receipt);
    const message = await ui.render('reversal.card', payload);
    const posted = await ui.post([...(message?.blocks ?? [])], world.sandbox.dm(MANAGER), message?.text);
    expect(words(posted.read())).toContain(`冲销待审批 · ${receipt.number}`);
    expect(words(posted.read())).toContain('第2期 ¥2,000.00');
    expect(words(posted.read())).toContain('第1期 ¥1,000.00');
    await ui.clickUnseen(MANAGER, posted, 'approval.approve');
    await expect.poll(async () => (await fresh(receipt)).status, { timeout: 10_000 }).toBe('partly_reversed');
    const told = await ui.render('receipt.reversed', { reversalId: payload.reversalId });
    expect(told?.text).toContain(
      '部分冲销 ¥3,000.00（finance 提出，financeManager 通过）：客户 &lt;退票&gt;',
    );
    const decided = await ui.render('reversal.decided', payload);
    expect(decided?.text).toContain('financeManager 通过了冲销');
    const own = await world.company.db.approval.findFirstOrThrow({
      where: { subjectType: 'receipt', subjectId: receipt.id },
    });
    const card = await ui.render('receipt.card', { receiptId: receipt.id, approvalId: own.id });
    expect(card?.text).toContain(`部分冲销 · ${receipt.number}`);
    expect(JSON.stringify(card?.blocks)).toContain(
      '¥3,000.00 · finance 提出，financeManager 通过：客户 &lt;退票&gt;',
    );
    expect((await ui.render('reversal.line', { reversalId: payload.reversalId }))?.text).toContain(
      '部分冲销',
    );
    expect(JSON.stringify((await ui.render('reversal.card', payload))?.blocks)).not.toContain(
      'approval.approve',
    );
    // Too late: the other one is told who was faster.
    await ui.press(MANAGER, 'approval.approve', JSON.stringify({ a: approval.id, v: approval.version }));
    await expect
      .poll(() => ui.told(MANAGER, world.sandbox.dm(MANAGER)), { timeout: 10_000 })
      .toContain('financeManager 已于');
  });

  it('rejects with a reason from the receipt’s window, never by who proposed it', async () => {
    const receipt = await booked();
    await ask(receipt, '3000');
    expect(words(ui.top(FINANCE))).not.toContain('approval.approve');
    const { approval, payload } = await waiting(receipt);
    await ui.press(FINANCE, 'approval.approve', JSON.stringify({ a: approval.id, v: approval.version }));
    expect(ui.told(FINANCE, world.sandbox.dm(FINANCE))).not.toBe('');
    await ui.press(MANAGER, 'receipt.open', value(receipt));
    await ui.clickTop(MANAGER, 'approval.reject');
    await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { note: '已到账' }));
    expect(words(ui.top(MANAGER))).toContain(`已驳回 ${receipt.number} 的冲销，已通知 finance。`);
    expect((await ui.render('reversal.decided', payload))?.text).toContain('原因：已到账');
    expect(await fresh(receipt)).toMatchObject({ status: 'approved' });
  });
});

describe('refunding', () => {
  it('from the receipt’s window, decided by another person; who is concerned reads of it', async () => {
    const receipt = await booked(15_000_00n);
    await ui.press(FINANCE, 'receipt.open', value(receipt));
    await ui.clickTop(FINANCE, 'receipt.refund');
    expect(ui.block(FINANCE, 'amount').element).toMatchObject({ initial_value: '2000.00' });
    const result = await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { amount: '2000.01', reason: '退' }));
    expect(JSON.stringify(result)).toContain('待核销预收 ¥2,000.00，最多退这些');
    await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { amount: '1500', reason: '多付 <退回>' }));
    expect(words(ui.top(FINANCE))).toContain(
      `${receipt.number} 退款 ¥1,500.00 已提交，等 financeManager 审批。`,
    );
    expect(words(ui.top(FINANCE))).not.toContain('receipt.refund"');
    const { payload } = await waiting(receipt);
    const refund = { refundId: payload.reversalId, approvalId: payload.approvalId };
    const message = await ui.render('refund.card', refund);
    const posted = await ui.post([...(message?.blocks ?? [])], world.sandbox.dm(MANAGER), message?.text);
    expect(words(posted.read())).toContain(`退款待审批 · ${receipt.number}`);
    expect(words(posted.read())).toContain('¥2,000.00');
    await ui.clickUnseen(MANAGER, posted, 'approval.approve');
    await expect.poll(async () => (await fresh(receipt)).unapplied, { timeout: 10_000 }).toBe(500_00n);
    expect((await ui.render('receipt.refunded', { refundId: refund.refundId }))?.text).toContain(
      '退款 ¥1,500.00（finance 提出，financeManager 通过）：多付 &lt;退回&gt;',
    );
    expect((await ui.render('refund.decided', refund))?.text).toContain('可以付款给客户');
    expect((await ui.render('refund.line', { refundId: refund.refundId }))?.text).toContain('退款 ¥1,500.00');
    await world.sandbox.dismiss(MANAGER, true);
    await ui.press(MANAGER, 'receipt.open', value(receipt));
    expect(words(ui.top(MANAGER))).toContain('退款 ¥1,500.00 · finance 提出');
    // Its own number opens the receipt, and says what it is.
    const { number } = await world.company.db.receipt.findUniqueOrThrow({ where: { id: refund.refundId } });
    expect(words(ui.top(MANAGER))).toContain(`${number} 退款 ¥1,500.00`);
    await world.sandbox.dismiss(FINANCE, true);
    await world.sandbox.command(FINANCE, '/hk', `回款 ${number}`);
    await expect
      .poll(() => words(ui.top(FINANCE)), { timeout: 10_000 })
      .toContain(`${number} 是 ${receipt.number} 的退款。`);
    await world.sandbox.dismiss(FINANCE, true);
    await world.sandbox.command(FINANCE, '/hk', `回款 ${receipt.number}`);
    await expect.poll(() => words(ui.top(FINANCE)), { timeout: 10_000 }).toContain(receipt.number);
    expect(words(ui.top(FINANCE))).not.toContain(' 是 ');
    await world.sandbox.dismiss(REP, true);
    await ui.press(REP, 'receipt.refund', value(receipt));
    expect(ui.told(REP, world.sandbox.dm(REP))).toContain('提出退款需要财务');
  });
});

describe('re-allocating', () => {
  it('from the receipt’s window: an amount per instalment, approved by its card', async () => {
    const receipt = await booked();
    await ui.press(FINANCE, 'receipt.open', value(receipt));
    await ui.clickTop(FINANCE, 'receipt.reallocate');
    const { company } = world;
    const rows = await company.db.instalment.findMany({
      where: { contractId: receipt.contractId ?? '' },
      orderBy: { seq: 'asc' },
    });
    const [first, second] = rows.map((row) => `to_${row.id}`);
    if (!first || !second) throw new Error('no rows');
    expect(ui.block(FINANCE, first).element).toMatchObject({ initial_value: '8000.00' });
    const refused = await world.sandbox.submit(
      FINANCE,
      ui.fill(FINANCE, { [second]: '5000.01', reason: '错' }),
    );
    expect(JSON.stringify(refused)).toContain('第2期还可核销 ¥5,000.00');
    await world.sandbox.submit(
      FINANCE,
      ui.fill(FINANCE, { [first]: '8000', [second]: '2000.01', reason: '错' }),
    );
    await expect
      .poll(() => words(ui.top(FINANCE)), { timeout: 10_000 })
      .toContain('分配 ¥10,000.01 超过可核销的 ¥10,000.00。减少 ¥0.01。');
    await world.sandbox.submit(
      FINANCE,
      ui.fill(FINANCE, { [first]: '', [second]: '5000', reason: '核 <错>' }),
    );
    await expect
      .poll(() => words(ui.top(FINANCE)), { timeout: 10_000 })
      .toContain(`${receipt.number} 重新核销已提交，等 financeManager 审批。`);
    const asked = await company.db.reallocation.findFirstOrThrow({ where: { receiptId: receipt.id } });
    const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: asked.id } });
    const payload = { reallocationId: asked.id, approvalId: approval.id };
    const card = await ui.render('reallocation.card', payload);
    const posted = await ui.post([...(card?.blocks ?? [])], world.sandbox.dm(MANAGER), card?.text);
    expect(words(posted.read())).toContain('第1期 ¥8,000.00 → ¥0.00');
    expect(words(posted.read())).toContain('预收款 ¥0.00 → ¥5,000.00');
    await ui.clickUnseen(MANAGER, posted, 'approval.approve');
    await expect.poll(async () => (await fresh(receipt)).unapplied, { timeout: 10_000 }).toBe(5_000_00n);
    expect((await ui.render('receipt.reallocated', { reallocationId: asked.id }))?.text).toContain(
      '核 &lt;错&gt;',
    );
    // A finance manager does it alone.
    await world.sandbox.dismiss(MANAGER, true);
    await ui.press(MANAGER, 'receipt.open', value(receipt));
    await ui.clickTop(MANAGER, 'receipt.reallocate');
    await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { [first]: '5000', reason: '改回' }));
    expect(words(ui.top(MANAGER))).toContain(`${receipt.number} 已重新核销，今天起算。`);
    expect(await fresh(receipt)).toMatchObject({ unapplied: 0n });
  });

  it('shows anew what changed meanwhile, with what was typed', async () => {
    const receipt = await booked();
    await ui.press(MANAGER, 'receipt.open', value(receipt));
    await ui.clickTop(MANAGER, 'receipt.reallocate');
    const { company } = world;
    const [, row] = await company.db.instalment.findMany({
      where: { contractId: receipt.contractId ?? '' },
      orderBy: { seq: 'asc' },
    });
    if (!row) throw new Error('no row');
    const { approval } = await aSubmittedReceipt(company, row, 1_000_00n);
    await approveReceipt(await company.as('finance2'), approval.id, approval.version);
    await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { [`to_${row.id}`]: '4000', reason: '换' }));
    expect(words(ui.top(MANAGER))).toContain('金额变了，核对后再提交。');
    expect(await fresh(receipt)).toMatchObject({ version: receipt.version + 1 });
    await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { [`to_${row.id}`]: '4000', reason: '换' }));
    expect(words(ui.top(MANAGER))).toContain('分配 ¥12,000.00 超过可核销的 ¥10,000.00');
  });
});
