import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import type { Contract, Customer } from '../../src/generated/prisma/client.js';
import { aCustomer, anActiveContract } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const REP = slackId('rep');
const REP2 = slackId('rep2');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of [REP, REP2]) await world.sandbox.dismiss(who, true);
});

async function aDraft(amount = 90_000_00n): Promise<{ customer: Customer; contract: Contract }> {
  const customer = await aCustomer(world.company);
  const contract = await createContract(await world.company.as('rep'), {
    customerId: customer.id,
    name: '冲压线',
    type: 'vehicle',
    amount,
    currency: 'CNY',
  });
  return { customer, contract };
}
const openOn = (contract: Contract, who = REP) =>
  ui.press(who, 'plan.new', JSON.stringify({ c: contract.id }));
const rowsOf = (contract: Contract) =>
  world.company.db.instalment.findMany({ where: { contractId: contract.id }, orderBy: { seq: 'asc' } });

describe('new plan, one instalment', () => {
  it('goes from customer to contract to balance, and saves', async () => {
    const { customer, contract } = await aDraft();
    await ui.press(REP, 'plan.new', '');
    expect(words(ui.top(REP))).toContain('先选客户');
    await ui.choose(REP, 'customer', customer.name);
    await ui.choose(REP, 'contract', '', `${contract.number} · 冲压线 · 余额 ¥90,000.00`);
    const shown = words(ui.top(REP));
    expect(shown).toContain('*余额*\\n¥90,000.00');
    expect(shown).toContain('"initial_value":"第1期"');
    expect(shown).toContain('"initial_value":"90000.00"');
    await world.sandbox.submit(
      REP,
      ui.fill(REP, {
        amount: '3万',
        dueOn: '2026-12-01',
        remind: '10',
        plannedMethod: 'transfer',
        remark: '预付',
      }),
    );
    expect(words(ui.top(REP))).toContain(
      '已建 1 期，合计 ¥30,000.00，11月21日 周六 起提醒。合同通过后生效。',
    );
    expect(await rowsOf(contract)).toMatchObject([
      {
        seq: 1,
        amount: 30_000_00n,
        lifecycle: 'inactive',
        remindDaysAhead: 10,
        plannedMethod: 'transfer',
        remark: '预付',
      },
    ]);
  });

  it('offers only contracts of the chosen customer, and forgets the contract when the customer changes', async () => {
    const [one, two] = [await aDraft(), await aDraft()];
    await openOn(one.contract);
    await ui.choose(REP, 'customer', two.customer.name);
    expect(words(ui.top(REP))).not.toContain('余额*');
    await expect(ui.choose(REP, 'contract', '', one.contract.number)).rejects.toThrow('is not offered');
    await ui.choose(REP, 'contract', '', two.contract.number);
    expect(words(ui.top(REP))).toContain('余额*');
  });

  it('refuses more than the balance on the field, with the most there is', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    const result = await world.sandbox.submit(REP, ui.fill(REP, { amount: '90000.01', dueOn: '2026-12-01' }));
    expect(JSON.stringify(result)).toContain('合计比合同多 ¥0.01。本期最多 ¥90,000.00。');
    expect(await rowsOf(contract)).toHaveLength(0);
  });

  it.each([
    [{ amount: '0' }, '须大于 0'],
    [{ amount: '12.345' }, '最多 2 位小数'],
    [{ amount: '很多' }, '没看懂“很多”'],
    [{ amount: '1e18' }, '没看懂“1e18”'],
    [{ remind: '91' }, '写 0 到 90 之间的整数'],
    [{ dueOn: '2080-01-01' }, '日期太远'],
  ])('refuses %o on the field', async (typed, message) => {
    const { contract } = await aDraft();
    await openOn(contract);
    const result = await world.sandbox.submit(REP, ui.fill(REP, { dueOn: '2026-12-01', ...typed }));
    expect(JSON.stringify(result)).toContain(message);
    expect(await rowsOf(contract)).toHaveLength(0);
  });

  it('asks whether a past date is meant, keeps what was typed, and takes it once ticked', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await world.sandbox.submit(REP, ui.fill(REP, { name: '首付', amount: '1万', dueOn: '2026-11-01' }));
    expect(words(ui.top(REP))).toContain('11月1日 周日 已经过去。');
    expect(await rowsOf(contract)).toHaveLength(0);
    await world.sandbox.submit(REP, ui.fill(REP, { alreadyDue: ['yes'] }));
    expect(await rowsOf(contract)).toMatchObject([{ name: '首付', amount: 10_000_00n }]);
  });

  it('does it once when the submission is delivered twice', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    const result = await world.sandbox.submit(REP, ui.fill(REP, { amount: '1万', dueOn: '2026-12-01' }));
    if (!('request_id' in result)) throw new Error('not sent');
    await world.sandbox.redeliver(result.request_id);
    expect(await rowsOf(contract)).toHaveLength(1);
  });

  it('does not know a contract that is deleted, or another rep’s', async () => {
    const { contract } = await aDraft();
    await openOn(contract, REP2);
    expect(ui.told(REP2, world.sandbox.dm(REP2))).toContain('没找到');
    await world.company.db.contract.update({ where: { id: contract.id }, data: { deletedAt: new Date() } });
    await openOn(contract);
    expect(ui.told(REP, world.sandbox.dm(REP))).toContain('没找到');
  });

  it('refuses a contract that was deleted while the form was open', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await world.company.db.contract.update({ where: { id: contract.id }, data: { deletedAt: new Date() } });
    const result = await world.sandbox.submit(REP, ui.fill(REP, { amount: '1万', dueOn: '2026-12-01' }));
    expect(JSON.stringify(result)).toContain('没找到');
    expect(await rowsOf(contract)).toHaveLength(0);
  });

  it('tells finance that planning is not theirs', async () => {
    await ui.press(slackId('finance'), 'plan.new', '');
    expect(ui.told(slackId('finance'), world.sandbox.dm(slackId('finance')))).toContain('新建计划需要销售');
  });
});

describe('new plan, several at once', () => {
  it('shows equal parts before saving them; the last takes the rest', async () => {
    const { contract } = await aDraft(100_00n);
    await openOn(contract);
    await ui.clickTop(REP, 'plan.how', { value: 'equal' });
    await world.sandbox.submit(REP, ui.fill(REP, { count: '3', dueOn: '2027-01-31', every: 'm1' }));
    const shown = words(ui.top(REP));
    expect(shown).toContain('3. 第3期 · ¥33.34 · 2027年3月31日');
    expect(shown).toContain('合计 ¥100.00，与合同一致');
    expect(ui.top(REP).submit?.text).toBe('保存 3 期');
    expect(await rowsOf(contract)).toHaveLength(0);
    await world.sandbox.submit(REP, {});
    expect((await rowsOf(contract)).map((row) => row.amount)).toEqual([33_33n, 33_33n, 33_34n]);
  });

  it('previews again what was changed after the preview', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await ui.clickTop(REP, 'plan.how', { value: 'equal' });
    await world.sandbox.submit(REP, ui.fill(REP, { count: '3', dueOn: '2027-01-31', every: 'm1' }));
    await world.sandbox.submit(REP, ui.fill(REP, { count: '2' }));
    expect(ui.top(REP).submit?.text).toBe('保存 2 期');
    expect(await rowsOf(contract)).toHaveLength(0);
  });

  it('reads lines, names the one it cannot read, and asks about what is left', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await ui.clickTop(REP, 'plan.how', { value: 'several' });
    const bad = await world.sandbox.submit(REP, ui.fill(REP, { lines: '首付款 3万 2026-12-01\n尾款' }));
    expect(JSON.stringify(bad)).toContain('第 2 行没看懂');
    await world.sandbox.submit(REP, ui.fill(REP, { lines: '首付款 3万 2026-12-01\n进度款 2万 待定' }));
    expect(words(ui.top(REP))).toContain('2. 进度款 · ¥20,000.00 · 日期待定');
    const missing = await world.sandbox.submit(REP, {});
    expect(JSON.stringify(missing)).toContain('还差 ¥40,000.00');
    await world.sandbox.submit(REP, ui.fill(REP, { keepRest: ['yes'] }));
    expect(await rowsOf(contract)).toMatchObject([
      { name: '首付款', amount: 30_000_00n },
      { name: '进度款', amount: 20_000_00n, dueOn: null },
    ]);
  });

  it('refuses lines above the balance', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await ui.clickTop(REP, 'plan.how', { value: 'several' });
    const result = await world.sandbox.submit(REP, ui.fill(REP, { lines: '全款 10万 2026-12-01' }));
    expect(JSON.stringify(result)).toContain('合计比合同多 ¥10,000.00。本期最多 ¥90,000.00。');
  });
});

describe('lists', () => {
  it('shows the plan of a contract after saving, and an instalment from it', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await world.sandbox.submit(REP, ui.fill(REP, { amount: '1万', dueOn: '2026-12-01' }));
    await ui.clickTop(REP, 'plan.of');
    expect(words(ui.top(REP))).toContain('*待生效* · 未收 ¥10,000.00，共 ¥10,000.00');
    expect(words(ui.top(REP))).toContain('*余额*\\n¥80,000.00');
  });

  it('pages, searches and clears', async () => {
    const { contract, customer } = await anActiveContract(
      world.company,
      Array.from({ length: 25 }, (_, index): [bigint, string] => [BigInt(index + 1) * 100n, '2027-03-01']),
    );
    const value = JSON.stringify({ f: { contractId: contract.id, sort: 'amount' }, p: 1 });
    await ui.press(REP, 'plan.list', value);
    expect(words(ui.top(REP))).toContain('25 期 · 共 ¥325.00 · 未收 ¥325.00');
    expect(words(ui.top(REP))).toContain('第 1 页，共 2 页');
    await ui.clickTop(REP, 'plan.page.next');
    expect(words(ui.top(REP))).toContain('第 2 页，共 2 页');
    expect(words(ui.top(REP))).toContain('未收 ¥1.00');
    await ui.clickTop(REP, 'plan.search');
    await world.sandbox.submit(
      REP,
      ui.fill(REP, { words: customer.name, states: ['open'], amountFrom: '24' }),
    );
    expect(world.sandbox.views(REP)).toHaveLength(1);
    expect(words(ui.top(REP))).toContain(`筛选 ${customer.name} · 待回款 · 金额 ¥24.00 起 · 2 条`);
    await ui.clickTop(REP, 'plan.page.clear');
    expect(words(ui.top(REP))).not.toContain('筛选');
  });

  it('shows a rep nothing of another rep', async () => {
    const { contract } = await anActiveContract(world.company, [[1_00n, '2027-03-01']]);
    await ui.press(REP2, 'plan.list', JSON.stringify({ f: { contractId: contract.id }, p: 1 }));
    expect(words(ui.top(REP2))).toContain('没有符合的记录。');
  });
});
