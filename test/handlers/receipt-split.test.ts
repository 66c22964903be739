// The split by hand: the window on top of the form, what it takes and refuses, and what is recorded (ux §4.5).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { withdrawReceipt } from '../../src/domain/receipts/receipt-withdraw.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { anActiveContract, aSubmittedReceipt } from '../support/company.js';
import { approveReceipt } from '../support/decide.js';
import { checkMoney } from '../support/money-invariants.js';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  slackId,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';
import { windowsOf } from '../support/windows.js';

let world: SandboxedCompany;
let rep: PersonAtSlack;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  rep = world.person('rep');
  ui = windowsOf(world);
});
afterAll(async () => {
  expect(await checkMoney(world.company.db)).toEqual([]);
  await world.close();
});
beforeEach(() => world.sandbox.dismiss(rep.id, true));

const REP = slackId('rep');
const plan = async (...rows: [bigint, string][]) => (await anActiveContract(world.company, rows)).rows;
const at = (rows: readonly Instalment[], index: number): Instalment => {
  const row = rows[index];
  if (!row) throw new Error(`no row ${index}`);
  return row;
};
const record = (row: Instalment) => rep.press('receipt.new', JSON.stringify({ i: row.id }));
const lineOf = (row: Instalment) => `line_${row.id}`;
/** Chooses in 添加其他期. */
const add = async (id: string) => {
  const block = rep.top().blocks.find((one) => String(one.block_id).startsWith('more|'));
  const place = { block_id: String(block?.block_id), action_id: 'options.split_row' };
  await rep.choices(place.block_id, place.action_id, '');
  return rep.click('options.split_row', { ...place, value: id });
};
const split = async (row: Instalment) => {
  const receipt = await world.company.db.receipt.findFirstOrThrow({
    where: { customerId: row.customerId },
    orderBy: { id: 'desc' },
    include: { allocations: { include: { instalment: true } } },
  });
  const lines = receipt.allocations.map((line) => `#${line.instalment.seq} ${line.amount}`);
  return { byHand: receipt.splitByHand, lines: lines.toSorted() };
};

describe('a split by hand', () => {
  it('opens with what was proposed, and what is written there is what is sent', async () => {
    const rows = await plan([100_00n, '2026-12-01'], [200_00n, '2027-01-01'], [300_00n, '2027-02-01']);
    await record(at(rows, 0));
    await rep.click('receipt.amount', { value: '250' });
    await rep.click('receipt.split');
    expect(JSON.stringify(rep.top().title)).toContain('核销分配');
    expect(rep.words()).toContain('第3期 · 未收 ¥300.00 · 待回款');
    expect(rep.words()).toContain('已分配 ¥250.00，全部用完');
    await rep.submit(
      ui.fill(REP, { [lineOf(at(rows, 0))]: '', [lineOf(at(rows, 1))]: '30', [lineOf(at(rows, 2))]: '120' }),
    );
    expect(world.sandbox.views(REP)).toHaveLength(1);
    expect(rep.words()).toContain('第2期 ¥30.00（手工分配）');
    expect(rep.words()).toContain('第3期 ¥120.00（手工分配）');
    expect(rep.words()).toContain('多收 ¥100.00，转预收款');
    await rep.submit();
    expect(rep.words()).toContain('已提交 HK-');
    expect(await split(at(rows, 0))).toEqual({ byHand: true, lines: ['#2 3000', '#3 12000'] });
  });

  it('keeps what was chosen when the amount grows, and says when it is too small', async () => {
    const rows = await plan([100_00n, '2026-12-01'], [200_00n, '2027-01-01']);
    await record(at(rows, 0));
    await rep.click('receipt.split');
    await rep.submit(ui.fill(REP, { [lineOf(at(rows, 0))]: '￥０', [lineOf(at(rows, 1))]: '80' }));
    await rep.click('receipt.amount', { value: '50' });
    expect(rep.words()).toContain('分配 ¥80.00 超过回款 ¥50.00');
    await rep.submit();
    expect(await world.company.db.receipt.count({ where: { customerId: at(rows, 0).customerId } })).toBe(0);
    await rep.click('receipt.amount', { value: '120' });
    expect(rep.words()).toContain('第2期 ¥80.00（手工分配）');
    await rep.submit();
    expect(await split(at(rows, 0))).toEqual({ byHand: true, lines: ['#2 8000'] });
  });

  it('refuses more than a row takes on its field, and more than was received on top', async () => {
    const rows = await plan([100_00n, '2026-12-01'], [200_00n, '2027-01-01']);
    await record(at(rows, 0));
    await rep.click('receipt.split');
    const tooMuch = await rep.submit(ui.fill(REP, { [lineOf(at(rows, 0))]: '100.01' }));
    expect(JSON.stringify(tooMuch)).toContain('第1期还可核销 ¥100.00');
    await rep.submit(ui.fill(REP, { [lineOf(at(rows, 0))]: '100', [lineOf(at(rows, 1))]: '1' }));
    expect(rep.words()).toContain('分配 ¥101.00 超过回款 ¥100.00。减少 ¥1.00。');
    const words = await rep.submit(ui.fill(REP, { [lineOf(at(rows, 0))]: '很多' }));
    expect(JSON.stringify(words)).toContain('没看懂“很多”');
  });

  it('counts anew, fills the oldest first, and empties', async () => {
    const rows = await plan([100_00n, '2026-12-01'], [200_00n, '2027-01-01']);
    await record(at(rows, 0));
    await rep.click('receipt.amount', { value: '150' });
    await rep.click('receipt.split');
    await rep.click('split.clear');
    expect(rep.words()).toContain('已分配 ¥0.00，剩余 ¥150.00 转预收款');
    expect(rep.words()).not.toContain('initial_value');
    await rep.click('split.oldest');
    expect(rep.words()).toContain('"initial_value":"100.00"');
    expect(rep.words()).toContain('"initial_value":"50.00"');
    await rep.click('split.total');
    expect(rep.words()).toContain('已分配 ¥150.00，全部用完');
  });

  it('says what it could not count', async () => {
    const rows = await plan([100_00n, '2026-12-01'], [200_00n, '2027-01-01']);
    await record(at(rows, 0));
    await rep.click('receipt.amount', { value: '150' });
    await rep.click('receipt.split');
    await rep.submit(ui.fill(REP, { [lineOf(at(rows, 0))]: '1.234', [lineOf(at(rows, 1))]: '30' }));
    await rep.click('split.total');
    expect(rep.words()).toContain('“1.234” 没看懂，没有算进合计');
    expect(rep.words()).toContain('已分配 ¥30.00，剩余 ¥120.00 转预收款');
    await rep.submit(ui.fill(REP, { [lineOf(at(rows, 0))]: '0', [lineOf(at(rows, 1))]: '201' }));
    await rep.click('split.total');
    expect(rep.words()).not.toContain('没看懂');
  });

  it('shows twenty rows and adds others up to forty', async () => {
    const many = Array.from({ length: 43 }, (_, index): [bigint, string] => [
      10_00n,
      `2027-${String((index % 12) + 1).padStart(2, '0')}-01`,
    ]);
    const rows = await plan(...many);
    await record(at(rows, 0));
    await rep.click('receipt.split');
    const shown = () => rep.top().blocks.filter((block) => String(block.block_id).startsWith('line_')).length;
    expect(shown()).toBe(20);
    for (let count = 21; count <= 40; count += 1) {
      const visible = new Set(rep.top().blocks.map((block) => String(block.block_id).slice(5, 41)));
      const other = rows.find((row) => !visible.has(row.id));
      await add(other?.id ?? '');
      expect(shown()).toBe(count);
    }
    expect(rep.words()).not.toContain('options.split_row');
  });

  it('keeps what it cannot list: rows beyond forty have their share until the window says otherwise', async () => {
    const many = Array.from({ length: 43 }, (): [bigint, string] => [10_00n, '2026-11-01']);
    const rows = await plan(...many);
    await record(at(rows, 0));
    await rep.click('receipt.amount', { value: '430' });
    await rep.click('receipt.split');
    expect(rep.words()).toContain('另有 3 期共 ¥30.00 列不下');
    expect(rep.words()).toContain('已分配 ¥430.00，全部用完');
    const listed = rep
      .top()
      .blocks.flatMap((block) => /^line_([^|]+)/.exec(String(block.block_id))?.[1] ?? []);
    expect(listed).toHaveLength(40);
    const [first, second] = [listed[0] ?? '', listed[1] ?? ''];
    const more = await rep.submit(ui.fill(REP, { [`line_${first}`]: '10.01' }));
    expect(JSON.stringify(more)).toContain('还可核销 ¥10.00');
    await rep.submit(ui.fill(REP, { [`line_${first}`]: '', [`line_${second}`]: '4' }));
    expect(rep.words()).toContain('多收 ¥16.00，转预收款');
    // Opened again it lists the same rows: what was left empty is not filled by what is proposed.
    await rep.click('receipt.split');
    expect(rep.words()).toContain('另有 3 期共 ¥30.00 列不下');
    expect(rep.words()).toContain('已分配 ¥414.00，剩余 ¥16.00 转预收款');
    await rep.click('split.oldest');
    expect(rep.words()).toContain('已分配 ¥430.00，全部用完');
    await rep.submit(ui.fill(REP, { [`line_${first}`]: '', [`line_${second}`]: '4' }));
    await rep.submit();
    const { byHand, lines } = await split(at(rows, 0));
    expect([byHand, lines.length, lines.filter((one) => one.endsWith(' 400')).length]).toEqual([true, 42, 1]);
  });

  it('gives nothing to a row beyond those that it kept, whatever becomes of them or of the amount', async () => {
    const many = Array.from({ length: 45 }, (): [bigint, string] => [10_00n, '2026-11-01']);
    const rows = await plan(...many);
    await record(at(rows, 0));
    await rep.click('receipt.amount', { value: '430' });
    await rep.click('receipt.split');
    expect(rep.words()).toContain('另有 3 期共 ¥30.00 列不下');
    await rep.submit(ui.fill(REP, { [lineOf(at(rows, 0))]: '' }));
    expect(rep.words()).toContain('多收 ¥10.00，转预收款');
    // More than before: all of the more is left over.
    await rep.click('receipt.amount', { value: '450' });
    expect(rep.words()).toContain('多收 ¥30.00，转预收款');
    const { receipt, approval } = await aSubmittedReceipt(world.company, at(rows, 41), 10_00n);
    await approveReceipt(await world.company.as('finance'), approval.id, approval.version);
    expect(receipt.amount).toBe(10_00n);
    await rep.submit();
    expect(rep.words()).toContain('核对分配后再提交');
    expect(rep.words()).toContain('多收 ¥40.00，转预收款');
    await rep.submit();
    const { lines } = await split(at(rows, 0));
    const paid = new Set(lines.map((line) => line.split(' ')[0]));
    expect(paid.size).toBe(41);
    for (const seq of ['#1', '#42', '#44', '#45']) expect(paid.has(seq)).toBe(false);
  });

  it('says what is left over where even more rows have a share than can keep theirs', async () => {
    const some = Array.from({ length: 48 }, (): [bigint, string] => [1_00n, '2026-11-01']);
    const [row] = await plan(...some);
    if (!row) throw new Error('no row');
    const contract = { customerId: row.customerId };
    for (let n = 0; n < 2; n += 1) await anActiveContract(world.company, some, { contract });
    await record(row);
    await rep.click('receipt.amount', { value: '144' });
    expect(rep.words()).toContain('另有 136 期，共 ¥136.00');
    await rep.click('receipt.split');
    expect(rep.words()).toContain('另有 100 期共 ¥100.00 列不下');
    expect(rep.words()).toContain('已分配 ¥140.00，剩余 ¥4.00 转预收款');
    await rep.submit(ui.fill(REP, {}));
    expect(rep.words()).toContain('多收 ¥4.00，转预收款');
  });

  it('finds only rows of this customer, and refuses those of another', async () => {
    const rows = await plan(...Array.from({ length: 22 }, (): [bigint, string] => [10_00n, '2027-01-01']));
    const other = await plan([10_00n, '2026-12-01']);
    await record(at(rows, 0));
    await rep.click('receipt.split');
    const block = rep.top().blocks.find((one) => String(one.block_id).startsWith('more|'));
    const offered = await rep.choices(String(block?.block_id), 'options.split_row', '');
    expect(offered).toContain(at(rows, 21).id);
    expect(offered).not.toContain(at(other, 0).id);
    await add(at(other, 0).id);
    expect(rep.words()).not.toContain(`line_${at(other, 0).id}`);
    await add(at(rows, 21).id);
    expect(rep.words()).toContain(`line_${at(rows, 21).id}`);
  });

  it('forgets the lines when the money is for something else', async () => {
    const rows = await plan([100_00n, '2026-12-01'], [200_00n, '2027-01-01']);
    await record(at(rows, 0));
    await rep.click('receipt.split');
    await rep.submit(ui.fill(REP, { [lineOf(at(rows, 0))]: '10' }));
    expect(rep.words()).toContain('手工分配');
    await rep.click('receipt.change');
    await rep.click('receipt.for', { value: 'prepayment' });
    expect(rep.words()).toContain('¥100.00 转预收款');
    expect(rep.words()).not.toContain('手工分配');
  });
});

describe('around the form', () => {
  it('draws the list below anew', async () => {
    const rows = await plan([100_00n, '2026-12-01']);
    await rep.press('plan.list', JSON.stringify({ f: { contractId: at(rows, 0).contractId }, p: 1 }));
    expect(rep.words()).not.toContain('待审批');
    await rep.click('receipt.new', { value: JSON.stringify({ i: at(rows, 0).id }) });
    await rep.submit();
    expect(rep.words()).toContain('已提交 HK-');
    await world.sandbox.dismiss(REP);
    expect(rep.words()).toContain('待审批 ¥100.00');
  });

  it('leaves room for the split above a window that was opened from a list', async () => {
    const rows = await plan([100_00n, '2026-12-01']);
    await rep.press('plan.list', JSON.stringify({ f: { contractId: at(rows, 0).contractId }, p: 1 }));
    await rep.click('instalment.more', { value: 'open' });
    expect(rep.top().callback_id).toBe('info');
    await rep.click('receipt.new');
    await rep.click('receipt.split');
    expect(rep.words()).toContain('split.oldest');
    expect(world.sandbox.views(REP)).toHaveLength(3);
  });

  it('sends a prepayment at once, whatever its amount was before', async () => {
    const rows = await plan([100_00n, '2026-12-01']);
    await record(at(rows, 0));
    await rep.click('receipt.change');
    await rep.click('receipt.for', { value: 'prepayment' });
    await rep.submit(ui.fill(REP, { amount: '77' }));
    expect(rep.words()).toContain('已提交 HK-');
  });

  it('resends with the vouchers, the purpose and the split of the rejected one', async () => {
    const rows = await plan([100_00n, '2026-12-01'], [200_00n, '2027-01-01']);
    await record(at(rows, 0));
    await rep.click('receipt.split');
    await rep.submit(ui.fill(REP, { [lineOf(at(rows, 0))]: '', [lineOf(at(rows, 1))]: '60' }));
    const file = world.sandbox.upload(REP, '回单.pdf', '%PDF-1.4');
    await rep.submit(ui.fill(REP, { files: [file.id], payerName: '某集团', remark: '尾款' }));
    await rep.click('receipt.withdraw');
    await rep.click('receipt.again');
    for (const words of ['回单.pdf', '某集团', '尾款', '第2期 ¥60.00（手工分配）'])
      expect(rep.words()).toContain(words);
    await rep.submit();
    expect(await split(at(rows, 0))).toEqual({ byHand: true, lines: ['#2 6000'] });
    const receipt = await world.company.db.receipt.findFirstOrThrow({
      where: { customerId: at(rows, 0).customerId, replacesId: { not: null } },
    });
    expect(await world.company.db.attachment.count({ where: { ownerId: receipt.id } })).toBe(1);
  });

  it('says that a split by hand over more rows than it can list is not the one that it shows', async () => {
    const many = Array.from({ length: 42 }, (): [bigint, string] => [10_00n, '2026-11-01']);
    const rows = await plan(...many);
    const [first, second, ...others] = rows;
    if (!first || !second) throw new Error('no rows');
    const lines = [{ ...second, amount: 4_00n }, ...others].map(({ id, amount }) => ({
      ...{ instalmentId: id, amount },
    }));
    const again = async (by: typeof lines) => {
      const { customerId } = first;
      const sent = { customerId, amount: 420_00n, currency: 'CNY', method: 'transfer' };
      const { id } = await recordReceipt(
        await world.company.as('rep'),
        { ...sent, receivedOn: localDate('2026-11-20') },
        { byHand: true, lines: by, notDuplicate: true },
      );
      await withdrawReceipt(await world.company.as('rep'), id);
      await rep.press('receipt.again', JSON.stringify({ i: id }));
    };
    const words = '原来手工分到 41 期，最多带入 40 期，已改为默认分配';
    await again(lines);
    expect(rep.words()).toContain(words);
    expect(rep.words()).not.toContain('手工分配）');
    await world.sandbox.dismiss(REP, true);
    await again(lines.slice(1));
    expect(rep.words()).not.toContain('已改为默认分配');
    expect(rep.words()).toContain('手工分配）');
  });

  it('resends in the currency of the rejected one, whatever else the customer owes', async () => {
    const [row] = await plan([100_00n, '2026-12-01']);
    const customerId = row?.customerId ?? '';
    await anActiveContract(world.company, [[500_00n, '2026-12-20']], {
      contract: { customerId, currency: 'USD' },
    });
    const sent = { customerId, amount: 500_00n, currency: 'USD', method: 'transfer' };
    const receivedOn = localDate('2026-11-20');
    const receipt = await recordReceipt(await world.company.as('rep'), { ...sent, receivedOn });
    await withdrawReceipt(await world.company.as('rep'), receipt.id);
    await rep.press('receipt.again', JSON.stringify({ i: receipt.id }));
    await rep.submit();
    const again = await world.company.db.receipt.findFirstOrThrow({ where: { replacesId: receipt.id } });
    expect(again).toMatchObject({ currency: 'USD', amount: 500_00n });
  });
});
