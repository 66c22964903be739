import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { anActiveContract, aSubmittedReceipt, changeCompany, type PersonKey } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const REP = slackId('rep');
const FINANCE = slackId('finance');
const FINANCE2 = slackId('finance2');
const CHANNEL = 'C0GENERAL';

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
  await changeCompany(world.company.db, { financeChannelId: CHANNEL });
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of [REP, FINANCE, FINANCE2]) await world.sandbox.dismiss(who, true);
});

async function aRow(...rows: [bigint, string][]): Promise<Instalment[]> {
  return (await anActiveContract(world.company, rows)).rows;
}
const only = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new Error('nothing there');
  return item;
};
const record = (row: Instalment, who = REP) => ui.press(who, 'receipt.new', JSON.stringify({ i: row.id }));
const receiptsOf = (row: Instalment) =>
  world.company.db.receipt.findMany({ where: { customerId: row.customerId }, orderBy: { id: 'asc' } });
const fresh = (row: Instalment) => world.company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });

/** Posts the finance card of the open approval of a receipt. */
async function postCard(receiptId: string) {
  const approval = await world.company.db.approval.findFirstOrThrow({
    where: { subjectId: receiptId },
    orderBy: { id: 'desc' },
  });
  const card = await ui.render('receipt.card', { receiptId, approvalId: approval.id });
  if (!card) throw new Error('no card');
  return { approval, card: await ui.post(card.blocks, CHANNEL, card.text) };
}

describe('recording from a plan row', () => {
  it('works for whoever it was given to', async () => {
    const row = only(await aRow([40_00n, '2026-12-01']));
    const { rep2 } = world.company.ids;
    await world.company.db.instalment.update({ where: { id: row.id }, data: { ownerId: rep2 } });
    const REP2 = slackId('rep2');
    await record(row, REP2);
    expect(words(ui.top(REP2))).toContain('第1期 ¥40.00（金额正好相等）');
    await world.sandbox.submit(REP2, ui.fill(REP2, { bankSlipNo: 'SLIP-R2' }));
    await expect.poll(() => words(ui.top(REP2)), { timeout: 10_000 }).toContain('等财务审批');
    expect(only(await receiptsOf(row))).toMatchObject({ recordedById: rep2, instalmentId: row.id });
    await world.sandbox.dismiss(REP2, true);
  });

  it('opens filled in, shows the split, and sends the receipt to finance', async () => {
    const row = only(await aRow([30_000_00n, '2026-12-01']));
    await record(row);
    const shown = words(ui.top(REP));
    expect(shown).toContain('"initial_value":"30000.00"');
    expect(shown).toContain('第1期 ¥30,000.00（金额正好相等）');
    await world.sandbox.submit(REP, ui.fill(REP, { payerName: '客户公司', bankSlipNo: 'SLIP-1' }));
    // A busy machine shows the saving window first.
    await expect
      .poll(() => words(ui.top(REP)), { timeout: 10_000 })
      .toMatch(/已提交 HK-20261120-\d+ ¥30,000.00，等财务审批。/);
    expect(only(await receiptsOf(row))).toMatchObject({
      status: 'submitted',
      amount: 30_000_00n,
      bankSlipNo: 'SLIP-1',
    });
  });

  it('splits anew when the amount is entered, and names what is over', async () => {
    const [row] = await aRow([10_000_00n, '2026-12-01'], [5_000_00n, '2027-01-01']);
    if (!row) throw new Error('no row');
    await record(row);
    await ui.clickTop(REP, 'receipt.amount', { value: '1.6万' });
    const shown = words(ui.top(REP));
    expect(shown).toContain('第2期 ¥5,000.00（最早到期）');
    expect(shown).toContain('多收 ¥1,000.00，转预收款');
    await world.sandbox.submit(REP, {});
    expect(only(await receiptsOf(row))).toMatchObject({ amount: 16_000_00n });
  });

  it('asks again, keeping everything, when the amount typed has another split than the one shown', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    await record(row);
    await world.sandbox.submit(REP, ui.fill(REP, { amount: '4000', remark: '首笔' }));
    const shown = words(ui.top(REP));
    expect(shown).toContain('金额变了，核对分配后再提交。');
    expect(shown).toContain('第1期 ¥4,000.00');
    expect(await receiptsOf(row)).toHaveLength(0);
    await world.sandbox.submit(REP, {});
    expect(only(await receiptsOf(row))).toMatchObject({ amount: 4_000_00n, remark: '首笔' });
  });

  it('says at once that the split is another one and that the day is to come', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    await record(row);
    await world.sandbox.submit(REP, ui.fill(REP, { amount: '4000', receivedOn: '2026-11-21' }));
    expect(words(ui.top(REP))).toContain('金额变了，核对分配；回款日期不能晚于今天，填到账日。改好再提交。');
    const again = await world.sandbox.submit(REP, {});
    expect(JSON.stringify(again.errors)).toContain('回款日期不能晚于今天。填到账日。');
    expect(await receiptsOf(row)).toHaveLength(0);
    await world.sandbox.submit(REP, ui.fill(REP, { receivedOn: '2026-11-20' }));
    expect(only(await receiptsOf(row))).toMatchObject({ amount: 4_000_00n });
  });

  it('asks about a suspected duplicate and takes it once ticked', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    const first = await aSubmittedReceipt(world.company, row, 10_000_00n);
    await record(row);
    await world.sandbox.submit(REP, {});
    // On top, where whoever pressed the button looks.
    expect(JSON.stringify(ui.top(REP).blocks.slice(0, 2))).toContain(
      `可能重复：${first.receipt.number} ¥10,000.00`,
    );
    expect(await receiptsOf(row)).toHaveLength(1);
    await world.sandbox.submit(REP, ui.fill(REP, { notDuplicate: [first.receipt.number] }));
    expect(await receiptsOf(row)).toHaveLength(2);
  });

  it('asks again where the tick was for another amount', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    const first = await aSubmittedReceipt(world.company, row, 3_000_00n);
    const second = await aSubmittedReceipt(world.company, row, 4_000_00n);
    await record(row);
    await ui.clickTop(REP, 'receipt.amount', { value: '3000' });
    await world.sandbox.submit(REP, {});
    expect(words(ui.top(REP))).toContain(`可能重复：${first.receipt.number}`);
    await world.sandbox.submit(REP, ui.fill(REP, { amount: '4000', notDuplicate: [first.receipt.number] }));
    // The split of another amount is looked at first.
    await world.sandbox.submit(REP, {});
    expect(words(ui.top(REP))).toContain(`可能重复：${second.receipt.number}`);
    expect(await receiptsOf(row)).toHaveLength(2);
    await world.sandbox.submit(REP, ui.fill(REP, { notDuplicate: [second.receipt.number] }));
    expect(await receiptsOf(row)).toHaveLength(3);
  });

  it('asks what came in where that is another currency, and keeps it for what is sent again', async () => {
    const row = only(await aRow([71_000_00n, '2026-12-01']));
    await record(row);
    expect(words(ui.top(REP))).not.toContain('originalAmount');
    await ui.clickTop(REP, 'receipt.paid_in', { value: 'USD' });
    expect(words(ui.top(REP))).toContain('原币金额（USD）');
    const bad = await world.sandbox.submit(REP, ui.fill(REP, { originalAmount: '1e5' }));
    expect(JSON.stringify(bad)).toContain('没看懂');
    await world.sandbox.submit(REP, ui.fill(REP, { originalAmount: '1万', bankTxnId: 'tx-77' }));
    expect(only(await receiptsOf(row))).toMatchObject({
      ...{
        amount: 71_000_00n,
        originalAmount: 10_000_00n,
        originalCurrency: 'USD',
        rate: '7.1',
        bankTxnId: 'TX-77',
      },
    });
    await ui.clickTop(REP, 'receipt.withdraw');
    await ui.clickTop(REP, 'receipt.again');
    expect(words(ui.top(REP))).toContain('"initial_value":"10000.00"');
    await ui.clickTop(REP, 'receipt.paid_in', { value: '-' });
    expect(words(ui.top(REP))).not.toContain('originalAmount');
    await world.sandbox.submit(REP, {});
    expect((await receiptsOf(row)).at(-1)).toMatchObject({ originalAmount: null, bankTxnId: 'TX-77' });
  });

  it('asks about a day of more than a year ago, and again about another one', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    await record(row);
    await world.sandbox.submit(REP, ui.fill(REP, { receivedOn: '2025-11-18', remark: '补登' }));
    expect(words(ui.top(REP))).toContain('在一年多以前');
    await world.sandbox.submit(REP, ui.fill(REP, { receivedOn: '2025-11-17', oldDay: ['2025-11-18'] }));
    expect(await receiptsOf(row)).toHaveLength(0);
    await world.sandbox.submit(REP, ui.fill(REP, { oldDay: ['2025-11-17'] }));
    expect(only(await receiptsOf(row))).toMatchObject({ receivedOn: new Date('2025-11-17'), remark: '补登' });
  });

  it.each([
    ['amount', '0', '须大于 0'],
    ['amount', '-5', '须大于 0'],
    ['amount', '1.234', '最多 2 位小数'],
    ['amount', 'abc', '没看懂“abc”'],
    ['amount', '1e18', '没看懂'],
    ['amount', '99999999999999999', '须大于 0'],
    ['receivedOn', '2026-11-21', '回款日期不能晚于今天'],
  ])('refuses %s %s on the field', async (field, value, message) => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    await record(row);
    const result = await world.sandbox.submit(REP, ui.fill(REP, { [field]: value }));
    const errors = JSON.stringify(result);
    expect(errors).toContain(message);
    expect(await receiptsOf(row)).toHaveLength(0);
  });

  it('keeps 3,000 emoji of a remark', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    await record(row);
    await world.sandbox.submit(REP, ui.fill(REP, { remark: '😀'.repeat(3000) }));
    expect([...(only(await receiptsOf(row)).remark ?? '')]).toHaveLength(3000);
  });

  it('does it once when the same submission is delivered twice', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    await record(row);
    const result = await world.sandbox.submit(REP, {});
    if (!('request_id' in result)) throw new Error('not sent');
    const again = await world.sandbox.redeliver(result.request_id);
    expect(again.ok).toBe(true);
    expect(await receiptsOf(row)).toHaveLength(1);
  });

  it.each([
    ['a forged id', () => '{"i":"00000000-0000-7000-8000-000000000000"}'],
    ['no id at all', () => '{"i":"1; DROP TABLE receipt"}'],
    ['no JSON', () => 'x'],
  ])('answers %s with "not found"', async (_what, value) => {
    await ui.press(REP, 'receipt.new', value());
    expect(ui.told(REP, world.sandbox.dm(REP))).toContain('没找到');
    expect(world.sandbox.views(REP)).toHaveLength(0);
  });

  it('does not show another rep the plan', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    await record(row, slackId('rep2'));
    expect(ui.told(slackId('rep2'), world.sandbox.dm(slackId('rep2')))).toContain('没找到');
  });

  it('tells that nothing was written when the database is gone, and keeps what was typed', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    await record(row);
    await world.company.db.$executeRawUnsafe('ALTER TABLE allocation RENAME TO allocation_gone');
    try {
      await world.sandbox.submit(REP, ui.fill(REP, { remark: '别丢' }));
      expect(words(ui.top(REP))).toMatch(/没有写入/);
    } finally {
      await world.company.db.$executeRawUnsafe('ALTER TABLE allocation_gone RENAME TO allocation');
    }
    expect(await receiptsOf(row)).toHaveLength(0);
    await world.sandbox.submit(REP, {});
    expect(only(await receiptsOf(row)).remark).toBe('别丢');
  });
});

describe('recording from nothing', () => {
  it('finds the customer by name, matches the oldest due, and records', async () => {
    const [first] = await aRow([10_000_00n, '2026-11-01'], [10_000_00n, '2026-12-01']);
    if (!first) throw new Error('no row');
    const customer = await world.company.db.customer.findUniqueOrThrow({ where: { id: first.customerId } });
    await ui.press(REP, 'receipt.new', '');
    await ui.choose(REP, 'customer', customer.name);
    await ui.clickTop(REP, 'receipt.amount', { value: '12000' });
    const shown = words(ui.top(REP));
    expect(shown).toContain('第1期 ¥10,000.00（最早到期）');
    expect(shown).toContain('第2期 ¥2,000.00');
    await world.sandbox.submit(REP, {});
    expect(only(await receiptsOf(first))).toMatchObject({ amount: 12_000_00n, instalmentId: null });
  });

  it('fills in the open amount of a chosen instalment', async () => {
    const rows = await aRow([10_000_00n, '2026-11-01'], [7_000_00n, '2026-12-01']);
    const customer = await world.company.db.customer.findUniqueOrThrow({
      where: { id: only(rows).customerId },
    });
    await ui.press(REP, 'receipt.new', '');
    await ui.choose(REP, 'customer', customer.name);
    await ui.clickTop(REP, 'receipt.for', { value: 'choose' });
    await ui.choose(REP, 'instalment', '', '第2期');
    expect(words(ui.top(REP))).toContain('"initial_value":"7000.00"');
    await world.sandbox.submit(REP, {});
    expect(only(await receiptsOf(only(rows)))).toMatchObject({
      instalmentId: rows[1]?.id,
      amount: 7_000_00n,
    });
  });

  it('keeps a prepayment whole', async () => {
    const row = only(await aRow([10_000_00n, '2026-11-01']));
    const customer = await world.company.db.customer.findUniqueOrThrow({ where: { id: row.customerId } });
    await ui.press(REP, 'receipt.new', '');
    await ui.choose(REP, 'customer', customer.name);
    await ui.clickTop(REP, 'receipt.for', { value: 'prepayment' });
    await ui.clickTop(REP, 'receipt.amount', { value: '3000' });
    expect(words(ui.top(REP))).toContain('¥3,000.00 转预收款');
    await world.sandbox.submit(REP, {});
    const receipt = only(await receiptsOf(row));
    expect(receipt.kind).toBe('prepayment');
    expect(await world.company.db.allocation.count({ where: { receiptId: receipt.id } })).toBe(0);
  });

  it('offers nobody customers of another rep', async () => {
    const row = only(await aRow([10_000_00n, '2026-11-01']));
    const customer = await world.company.db.customer.findUniqueOrThrow({ where: { id: row.customerId } });
    const other = slackId('rep2');
    await ui.press(other, 'receipt.new', '');
    await expect(ui.choose(other, 'customer', customer.name)).rejects.toThrow('is not offered');
    await world.sandbox.dismiss(other, true);
  });
});

describe('the finance card', () => {
  it('shows what finance decides about, in full', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    const { receipt } = await aSubmittedReceipt(world.company, row, 12_000_00n);
    const { card } = await postCard(receipt.id);
    const shown = words(card.read());
    expect(shown).toContain(`回款待审批 · ${receipt.number}`);
    expect(shown).toContain('多收 ¥2,000.00，转预收款');
    expect(shown).toContain('⚠️ 注意：与计划不符：第1期未收 ¥10,000.00');
    expect(shown).toMatch(/第 1 步，共 1 步 · 可审批 (finance(2|Manager)?、?){3}/);
    expect(shown).toContain('¥10,000.00 核销到 1 期，¥2,000.00 转预收款，之后只能冲销。');
  });

  it('says of too little what approving it leaves open, as the form did', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    await record(row);
    await world.sandbox.submit(REP, ui.fill(REP, { amount: '9000' }));
    // The split that was shown is of the whole amount: it is shown anew before anything is sent.
    expect(words(ui.top(REP))).toContain('第1期 ¥9,000.00（本期），还差 ¥1,000.00');
    await world.sandbox.dismiss(REP, true);
    const { receipt } = await aSubmittedReceipt(world.company, row, 9_000_00n);
    const { card } = await postCard(receipt.id);
    expect(words(card.read())).toContain('⚠️ 注意：与计划不符：第1期未收 ¥10,000.00，通过后还差 ¥1,000.00');
  });

  it('is approved by one click of another person; the plan is paid', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    const { receipt } = await aSubmittedReceipt(world.company, row, 10_000_00n);
    const { approval, card } = await postCard(receipt.id);
    await ui.clickUnseen(FINANCE, card, 'approval.approve');
    await expect.poll(() => fresh(row)).toMatchObject({ lifecycle: 'settled', outstanding: 0n });
    const after = await ui.render('receipt.card', { receiptId: receipt.id, approvalId: approval.id });
    expect(JSON.stringify(after?.blocks)).toContain('第1期 已回款');
    expect(JSON.stringify(after?.blocks)).not.toContain('approval.approve');
    const message = await ui.render('receipt.decided', { receiptId: receipt.id, approvalId: approval.id });
    expect(message?.text).toBe(`${receipt.number} ¥10,000.00 已通过，合同已收 100%。`);
  });

  it('tells a late clicker who was faster, and draws the card anew', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    const { receipt } = await aSubmittedReceipt(world.company, row, 10_000_00n);
    const { card } = await postCard(receipt.id);
    const stale = { channel: card.channel, message: card.read() };
    await ui.clickUnseen(FINANCE, card, 'approval.approve');
    await expect.poll(() => fresh(row)).toMatchObject({ lifecycle: 'settled' });
    await world.sandbox.click(FINANCE2, stale, 'approval.approve');
    await expect.poll(() => ui.told(FINANCE2, CHANNEL)).toMatch(/^finance 已于 .*通过。卡片已更新。$/);
    expect(words(card.read())).toContain(`已通过 · ${receipt.number}`);
    expect(words(card.read())).not.toContain('approval.approve');
  });

  it('does it once when the button is clicked twice at once', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    const { receipt } = await aSubmittedReceipt(world.company, row, 6_000_00n);
    const { card } = await postCard(receipt.id);
    await Promise.all([
      ui.clickUnseen(FINANCE, card, 'approval.approve'),
      ui.clickUnseen(FINANCE, card, 'approval.approve'),
    ]);
    await expect.poll(() => ui.told(FINANCE, CHANNEL), { timeout: 10_000 }).toContain('finance 已于');
    expect(await fresh(row)).toMatchObject({ outstanding: 4_000_00n });
  });

  it.each<[PersonKey, string]>([
    ['rep', '审批回款需要财务或财务主管，你是销售。找 '],
    ['auditor', '审批回款需要财务或财务主管，你是审计'],
  ])('refuses %s in words', async (who, message) => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    const { receipt } = await aSubmittedReceipt(world.company, row, 10_000_00n);
    const { card } = await postCard(receipt.id);
    await ui.click(slackId(who), card, 'approval.approve');
    expect(ui.told(slackId(who), CHANNEL)).toContain(message);
    // People by their names, also one who is called like a role.
    expect(ui.told(slackId(who), CHANNEL)).toMatch(/找 (finance(2|Manager)?、?){3}。$/);
    expect((await receiptsOf(row))[0]?.status).toBe('submitted');
  });

  it('refuses the recorder, naming who can', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    const { receipt } = await aSubmittedReceipt(world.company, row, 10_000_00n, { who: 'finance' });
    const { card } = await postCard(receipt.id);
    await ui.click(FINANCE, card, 'approval.approve');
    expect(ui.told(FINANCE, CHANNEL)).toMatch(
      /^你登记、改过或负责这笔，须由别人审批：(finance2、financeManager|financeManager、finance2)。$/,
    );
    await ui.click(FINANCE, card, 'approval.reject');
    expect(world.sandbox.views(FINANCE)).toHaveLength(0);
  });

  it('refuses whoever approved a step that all must, naming who is left', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    const { receipt, approval } = await aSubmittedReceipt(world.company, row, 10_000_00n);
    const { finance, finance2 } = world.company.ids;
    const where = { approvalId: approval.id };
    await world.company.db.approvalStep.updateMany({
      where,
      data: { mode: 'all', approverRoles: ['finance'], approverIds: [finance, finance2] },
    });
    const { card } = await postCard(receipt.id);
    await ui.click(FINANCE, card, 'approval.approve');
    const { card: again } = await postCard(receipt.id);
    await ui.click(FINANCE, again, 'approval.approve');
    expect(ui.told(FINANCE, CHANNEL)).toBe('你这边已批过，一人只批一次，须由别人审批：finance2。');
    expect((await receiptsOf(row))[0]?.status).toBe('submitted');
  });

  it('is rejected with a reason; the recorder sends it again, once, filled in', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    const { receipt } = await aSubmittedReceipt(world.company, row, 10_000_00n);
    const { approval, card } = await postCard(receipt.id);
    await ui.click(FINANCE, card, 'approval.reject');
    await world.sandbox.submit(
      FINANCE,
      ui.fill(FINANCE, { reason: 'amount_differs', note: '少了 <手续费>' }),
    );
    expect(words(ui.top(FINANCE))).toContain(`已驳回 ${receipt.number}，已通知 rep。`);
    const message = await ui.render('receipt.decided', { receiptId: receipt.id, approvalId: approval.id });
    expect(message?.text).toBe(
      `finance 驳回了 ${receipt.number} ¥10,000.00：金额不符，少了 &lt;手续费&gt;。`,
    );
    const dm = await ui.post(message?.blocks ?? [], world.sandbox.dm(REP));
    await ui.click(REP, dm, 'receipt.again');
    expect(words(ui.top(REP))).toContain(`按 ${receipt.number} 重新登记`);
    await world.sandbox.submit(REP, ui.fill(REP, { amount: '9990' }));
    await world.sandbox.submit(REP, {});
    const second = (await receiptsOf(row)).find((one) => one.replacesId !== null);
    expect(second).toMatchObject({ amount: 9_990_00n, replacesId: receipt.id, status: 'submitted' });
    await world.sandbox.dismiss(REP, true);
    await ui.click(REP, dm, 'receipt.again');
    expect(ui.told(REP, dm.channel)).toContain(`已提交为 ${second?.number}，没有重复。`);
  });

  it('books nothing and shows the new split when other money came first', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    const first = await aSubmittedReceipt(world.company, row, 10_000_00n);
    const second = await aSubmittedReceipt(world.company, row, 8_000_00n);
    const third = await aSubmittedReceipt(world.company, row, 7_000_00n);
    await ui.press(FINANCE2, 'receipt.open', JSON.stringify({ i: third.receipt.id }));
    const cards = [await postCard(first.receipt.id), await postCard(second.receipt.id)] as const;
    expect(words(cards[1].card.read())).toContain(`同一期另有 ${first.receipt.number} ¥10,000.00 待审批`);
    await ui.clickUnseen(FINANCE, cards[0].card, 'approval.approve');
    await expect.poll(() => fresh(row)).toMatchObject({ lifecycle: 'settled' });
    await ui.click(FINANCE2, cards[1].card, 'approval.approve');
    expect(ui.told(FINANCE2, CHANNEL)).toContain('未收已变，没有入账');
    const { approval } = await postCard(second.receipt.id);
    const redrawn = await ui.render('receipt.card', {
      receiptId: second.receipt.id,
      approvalId: approval.id,
    });
    expect(JSON.stringify(redrawn?.blocks)).toContain('未收已变，分配已重算，核对后再通过。');
    expect(JSON.stringify(redrawn?.blocks)).toContain('¥8,000.00 转预收款');
    await ui.clickTop(FINANCE2, 'approval.approve');
    expect(words(ui.top(FINANCE2))).toContain('未收已变，没有入账');
    // Nothing was done, so nothing is ticked off.
    expect(words(ui.top(FINANCE2))).not.toContain('✅');
  });

  it('is withdrawn by its recorder from the answer to recording', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    await record(row);
    await world.sandbox.submit(REP, {});
    const receipt = only(await receiptsOf(row));
    const { approval } = await postCard(receipt.id);
    await ui.clickTop(REP, 'receipt.withdraw');
    expect(words(ui.top(REP))).toContain(`已撤回 ${receipt.number}。`);
    expect((await receiptsOf(row))[0]?.status).toBe('draft');
    const card = await ui.render('receipt.card', { receiptId: receipt.id, approvalId: approval.id });
    expect(JSON.stringify(card?.blocks)).toContain(`已撤回 · ${receipt.number}`);
  });

  it('names the vouchers and gives them to the thread; none, nothing', async () => {
    const row = only(await aRow([10_000_00n, '2026-12-01']));
    await record(row);
    const file = world.sandbox.upload(REP, '回单.pdf', '%PDF-1.4');
    await world.sandbox.submit(REP, ui.fill(REP, { files: [file.id] }));
    const receipt = only(await receiptsOf(row));
    const vouchers = await ui.render('receipt.vouchers', { receiptId: receipt.id });
    expect(vouchers?.attachmentIds).toHaveLength(1);
    const { card } = await postCard(receipt.id);
    expect(words(card.read())).toContain('凭证 1 个见回复');
    const other = await aSubmittedReceipt(world.company, row, 1_00n);
    expect(await ui.render('receipt.vouchers', { receiptId: other.receipt.id })).toBeNull();
  });
});
