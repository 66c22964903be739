import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { sweepDrafts } from '../../src/domain/drafts/draft.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import type { Contract, Customer } from '../../src/generated/prisma/client.js';
import { findPlanDraft, loadPlanDraft } from '../../src/handlers/plan-draft.js';
import { aCustomer, anActiveContract, NOON, type PersonKey } from '../support/company.js';
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
  await world.company.db.formDraft.deleteMany();
});

const aDraft = (amount = 90_000_00n) => aDraftOf('rep', amount);

async function aDraftOf(
  who: PersonKey,
  amount = 90_000_00n,
): Promise<{ customer: Customer; contract: Contract }> {
  const customer = await aCustomer(world.company, who);
  return { customer, contract: await aContractOf(customer, who, amount) };
}

async function aContractOf(
  customer: Customer,
  who: PersonKey = 'rep',
  amount = 90_000_00n,
): Promise<Contract> {
  return createContract(await world.company.as(who), {
    customerId: customer.id,
    name: '冲压线',
    type: 'vehicle',
    amount,
    currency: 'CNY',
  });
}
const openOn = (contract: Contract, who = REP) =>
  ui.press(who, 'plan.new', JSON.stringify({ c: contract.id }));
const rowsOf = (contract: Contract) =>
  world.company.db.instalment.findMany({ where: { contractId: contract.id }, orderBy: { seq: 'asc' } });

describe('new plan, one instalment', () => {
  it('goes from customer to contract to balance, and saves', async () => {
    const { customer, contract } = await aDraft();
    await aContractOf(customer);
    await ui.press(REP, 'plan.new', '');
    expect(words(ui.top(REP))).toContain('先选客户');
    expect(words(ui.top(REP))).toContain('只列合同还有余额的客户');
    await ui.choose(REP, 'customer', customer.name);
    expect(words(ui.top(REP))).not.toContain('余额*');
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
      '已建 1 期，合计 ¥30,000.00，11月20日 周五 起提醒。合同通过后生效。',
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

  it('takes the only contract of the customer by itself, and the way that was chosen stays', async () => {
    const { customer, contract } = await aDraft();
    const other = await aDraft(80_000_00n);
    await ui.press(REP, 'plan.new', '');
    await ui.choose(REP, 'customer', customer.name);
    expect(words(ui.top(REP))).toContain(`${contract.number} · 冲压线 · 余额 ¥90,000.00`);
    await ui.clickTop(REP, 'plan.how', { value: 'equal' });
    await ui.choose(REP, 'customer', other.customer.name);
    expect(words(ui.top(REP))).toContain('*余额*\\n¥80,000.00');
    expect(words(ui.top(REP))).toContain('期数');
  });

  it('saves on no contract that was not shown: another customer, sent before the window followed', async () => {
    const [one, two] = [await aDraft(), await aDraft(80_000_00n)];
    await openOn(one.contract);
    const container = { type: 'view', view_id: ui.top(REP).id } as const;
    const place = { block_id: 'customer', action_id: 'options.plan_customer' };
    await world.sandbox.options({ as: REP, container, ...place, value: two.customer.name });
    const typed = ui.fill(REP, { customer: two.customer.id, amount: '100', dueOn: '2026-12-01' });
    const result = await world.sandbox.submit(REP, typed);
    expect(Object.keys(result.errors ?? {}).join()).toContain('contract');
    expect(await rowsOf(two.contract)).toHaveLength(0);
    await world.sandbox.dismiss(REP, true);
  });

  it('offers only contracts of the chosen customer, and forgets the contract when the customer changes', async () => {
    const [one, two] = [await aDraft(), await aDraft()];
    await aContractOf(two.customer);
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
    expect(shown).toContain('第3期 · ¥33.34 · 2027年3月31日');
    expect(shown).toContain('合计 ¥100.00，与合同一致');
    expect(ui.top(REP).submit?.text).toBe('保存 3 期');
    expect(await rowsOf(contract)).toHaveLength(0);
    await world.sandbox.submit(REP, {});
    expect((await rowsOf(contract)).map((row) => row.amount)).toEqual([33_33n, 33_33n, 33_34n]);
  });

  it('goes back to what was typed, and previews what was changed there', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await ui.clickTop(REP, 'plan.how', { value: 'equal' });
    await world.sandbox.submit(REP, ui.fill(REP, { count: '3', dueOn: '2027-01-31', every: 'm3' }));
    await ui.clickTop(REP, 'plan.back');
    expect(ui.block(REP, 'count').element).toMatchObject({ initial_value: '3' });
    expect(words(ui.top(REP))).toContain('"initial_date":"2027-01-31"');
    await world.sandbox.submit(REP, ui.fill(REP, { count: '2' }));
    expect(ui.top(REP).submit?.text).toBe('保存 2 期');
    expect(await rowsOf(contract)).toHaveLength(0);
  });

  it('reads lines, names the word it cannot read, and asks about what is left', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await ui.clickTop(REP, 'plan.how', { value: 'several' });
    const bad = await world.sandbox.submit(
      REP,
      ui.fill(REP, { lines: '首付款 3万 2026-12-01\n尾款 1万 2026-02-30' }),
    );
    expect(JSON.stringify(bad)).toContain('第 2 行“2026-02-30”：没有“2026-02-30”这一天');
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

  it('shows lines above the balance as too much, and saves them once they are made smaller', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await ui.clickTop(REP, 'plan.how', { value: 'several' });
    await world.sandbox.submit(REP, ui.fill(REP, { lines: '首款 6万 2026-12-01\n尾款 4万 2027-12-01' }));
    expect(words(ui.top(REP))).toContain('合计 ¥100,000.00，超出 ¥10,000.00');
    await world.sandbox.submit(REP, {});
    expect(words(ui.top(REP))).toContain('合计比合同多 ¥10,000.00。改小几期，或移除一期。');
    await clickRow('plan.row_edit', 1);
    expect(words(ui.top(REP))).toContain('最多 ¥30,000.00');
    await world.sandbox.submit(REP, ui.fill(REP, { amount: '3万', name: '余款', retention: ['yes'] }));
    expect(world.sandbox.views(REP)).toHaveLength(1);
    expect(words(ui.top(REP))).toContain('2. 余款 · ¥30,000.00 · 2027年12月1日 周三 · 质保金');
    expect(words(ui.top(REP))).toContain('合计 ¥90,000.00，与合同一致');
    await world.sandbox.submit(REP, {});
    expect(await rowsOf(contract)).toMatchObject([
      { name: '首款', amount: 60_000_00n },
      { name: '余款', amount: 30_000_00n, isRetention: true },
    ]);
  });

  it('removes and adds rows, and asks whether past dates are meant', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await ui.clickTop(REP, 'plan.how', { value: 'several' });
    await world.sandbox.submit(REP, ui.fill(REP, { lines: '一 5万 2026-12-01\n二 4万 2026-11-01' }));
    await clickRow('plan.row_remove', 0);
    expect(words(ui.top(REP))).toContain('✅ 已移除 1. 一');
    await ui.clickTop(REP, 'plan.row_add');
    expect(ui.block(REP, 'amount').element).toMatchObject({ initial_value: '50000.00' });
    await world.sandbox.submit(REP, ui.fill(REP, { name: '新', dueOn: '2027-01-01' }));
    const refused = await world.sandbox.submit(REP, {});
    expect(JSON.stringify(refused)).toContain('11月1日 周日 已经过去');
    await world.sandbox.submit(REP, ui.fill(REP, { alreadyDue: ['yes'] }));
    expect(await rowsOf(contract)).toMatchObject([{ name: '二' }, { name: '新', amount: 50_000_00n }]);
  });

  it('shows the sums of now when somebody planned meanwhile', async () => {
    const { contract } = await aDraft();
    await previewEqual(contract);
    await createPlan(await world.company.as('rep'), {
      contractId: contract.id,
      rows: [{ name: '先到', amount: 90_000_00n, dueOn: localDate('2027-01-01') }],
    });
    await world.sandbox.submit(REP, {});
    expect(words(ui.top(REP))).toContain('合计比合同多 ¥90,000.00');
    expect(words(ui.top(REP))).toContain('合计 ¥180,000.00，超出 ¥90,000.00');
    expect(await rowsOf(contract)).toHaveLength(1);
  });

  it('saves a preview once when it is delivered twice', async () => {
    const { contract } = await aDraft();
    await previewEqual(contract);
    const result = await world.sandbox.submit(REP, {});
    if (!('request_id' in result)) throw new Error('not sent');
    await world.sandbox.redeliver(result.request_id);
    expect(await rowsOf(contract)).toHaveLength(3);
  });
});

/** Equal parts, previewed. */
async function previewEqual(contract: Contract): Promise<void> {
  await openOn(contract);
  await ui.clickTop(REP, 'plan.how', { value: 'equal' });
  await world.sandbox.submit(REP, ui.fill(REP, { count: '3', dueOn: '2027-01-31' }));
}

/** Clicks the button of one row. */
async function clickRow(action: string, n: number): Promise<void> {
  const found = ui.top(REP).blocks.flatMap((block) => {
    const elements = Array.isArray(block.elements) ? block.elements : [];
    const wanted = elements.find(
      (one: { action_id?: string; value?: string }) =>
        one.action_id === action && JSON.parse(one.value ?? '{}').n === n,
    );
    return wanted ? [{ block_id: String(block.block_id), value: String(wanted.value) }] : [];
  });
  await ui.clickTop(REP, action, found[0]);
}

describe('new plan by template', () => {
  it('asks for the days of its anchors, keeps them as expected, and hangs the rows on them', async () => {
    const customer = await aCustomer(world.company);
    const contract = await createContract(await world.company.as('rep'), {
      customerId: customer.id,
      name: '冲压线',
      type: 'vehicle',
      amount: 100_000_01n,
      currency: 'CNY',
      signedOn: localDate('2026-11-01'),
      milestones: { shipment: localDate('2027-01-08') },
    });
    await openOn(contract);
    await ui.clickTop(REP, 'plan.how', { value: 'template' });
    expect(words(ui.top(REP))).toContain('签订：11月1日 周日');
    expect(words(ui.top(REP))).not.toContain('anchor_signing');
    expect(ui.block(REP, 'anchor_shipment').element).toMatchObject({ initial_date: '2027-01-08' });
    await world.sandbox.submit(REP, ui.fill(REP, { anchor_warranty_end: '2028-02-29' }));
    const shown = words(ui.top(REP));
    expect(shown).toContain('1. 预付款 · ¥30,000.00 · 11月1日 周日');
    expect(shown).toContain('2. 发货款 · ¥30,000.00 · 2027年1月1日 周五');
    expect(shown).toContain('3. 验收款 · ¥30,000.00 · 日期待定（验收后30天）');
    expect(shown).toContain('4. 质保金 · ¥10,000.01 · 2028年2月29日 周二 · 质保金');
    await world.sandbox.submit(REP, ui.fill(REP, { alreadyDue: ['yes'] }));
    expect(await rowsOf(contract)).toMatchObject([
      { anchorKind: 'signing', dueSource: 'anchor', dueOn: new Date('2026-11-01') },
      { anchorKind: 'shipment', dueSource: 'anchor', dueOn: new Date('2027-01-01') },
      { anchorKind: 'acceptance', dueSource: 'anchor', dueOn: null, anchorOffset: { months: 0, days: 30 } },
      { anchorKind: 'warranty_end', isRetention: true, dueOn: new Date('2028-02-29') },
    ]);
    const told = await world.company.db.milestone.findMany({ where: { contractId: contract.id } });
    expect(told).toHaveLength(2);
    expect(told.find((one) => one.kind === 'warranty_end')?.expectedOn).toEqual(new Date('2028-02-29'));
  });

  it('lets a row leave its anchor by a date of its own, and come back', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await ui.clickTop(REP, 'plan.how', { value: 'template' });
    await world.sandbox.submit(REP, ui.fill(REP, { anchor_signing: '2026-12-01' }));
    await clickRow('plan.row_edit', 2);
    expect(words(ui.top(REP))).toContain('跟着验收后30天');
    await world.sandbox.submit(REP, ui.fill(REP, { dueOn: '2027-05-05' }));
    await world.sandbox.submit(REP, {});
    expect(await rowsOf(contract)).toMatchObject([
      { dueSource: 'anchor', dueOn: new Date('2026-12-01') },
      { dueSource: 'anchor', dueOn: null },
      { dueSource: 'manual', anchorKind: 'acceptance', dueOn: new Date('2027-05-05') },
      { dueSource: 'anchor', dueOn: null },
    ]);
    const after = await world.company.db.contract.findUniqueOrThrow({ where: { id: contract.id } });
    expect(after.signedOn).toEqual(new Date('2026-12-01'));
  });

  it('says on the template what does not fit', async () => {
    const { contract } = await aDraft(3n);
    await openOn(contract);
    await ui.clickTop(REP, 'plan.how', { value: 'template' });
    const refused = await world.sandbox.submit(REP, {});
    expect(JSON.stringify(refused)).toContain('第 1 行“预付款”会是 0 或负数');
  });
});

describe('a draft of a plan', () => {
  it('is offered again after the window was closed, and is gone once saved', async () => {
    const { contract } = await aDraft();
    await previewEqual(contract);
    await clickRow('plan.row_remove', 0);
    await world.sandbox.dismiss(REP, true);
    await ui.press(REP, 'plan.new', '');
    expect(words(ui.top(REP))).toContain(`上次填到：${contract.number} 冲压线，2 期`);
    await ui.clickTop(REP, 'draft.continue');
    expect(words(ui.top(REP))).toContain('合计 ¥60,000.00，还差 ¥30,000.00');
    await world.sandbox.submit(REP, ui.fill(REP, { keepRest: ['yes'] }));
    expect(await rowsOf(contract)).toHaveLength(2);
    expect(await world.company.db.formDraft.count()).toBe(0);
    await world.sandbox.dismiss(REP, true);
    await openOn(contract);
    expect(words(ui.top(REP))).not.toContain('上次填到');
  });

  it('can be dropped', async () => {
    const { contract } = await aDraft();
    await previewEqual(contract);
    await world.sandbox.dismiss(REP, true);
    await openOn(contract);
    await ui.clickTop(REP, 'draft.restart');
    expect(words(ui.top(REP))).not.toContain('上次填到');
    expect(await world.company.db.formDraft.count()).toBe(0);
  });

  it('changed in another window is not changed or saved by the older one', async () => {
    const { contract } = await aDraft();
    await previewEqual(contract);
    await world.company.db.formDraft.updateMany({ data: { version: { increment: 1 } } });
    await clickRow('plan.row_remove', 0);
    expect(words(ui.top(REP))).toContain('这份填写在别处改过或已保存');
    await world.sandbox.submit(REP, {});
    expect(words(ui.top(REP))).toContain('这份填写在别处改过或已保存');
    expect(await rowsOf(contract)).toHaveLength(0);
  });

  it('of somebody else is not known', async () => {
    const { contract } = await aDraft();
    await previewEqual(contract);
    const draft = await world.company.db.formDraft.findFirstOrThrow();
    const other = await world.company.as('rep2');
    await expect(loadPlanDraft(other, draft)).rejects.toMatchObject({ code: 'draft.changed' });
    await aDraftOf('rep2');
    await ui.press(REP2, 'plan.new', '');
    expect(words(ui.top(REP2))).not.toContain('上次填到');
    await ui.press(REP2, 'draft.continue', JSON.stringify({ d: draft.id, v: draft.version }));
    expect(ui.told(REP2, world.sandbox.dm(REP2))).toContain('这份填写在别处改过或已保存');
  });

  it('is swept after 24 hours, and not offered a moment later', async () => {
    const { contract } = await aDraft();
    await previewEqual(contract);
    const at = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);
    const day = 24 * 60;
    expect(await findPlanDraft(await world.company.as('rep', at(day)), 'plan')).not.toBeNull();
    expect(await findPlanDraft(await world.company.as('rep', at(day + 1)), 'plan')).toBeNull();
    expect(await sweepDrafts(await world.company.system(at(day)))).toBe(0);
    expect(await sweepDrafts(await world.company.system(at(day + 1)))).toBe(1);
  });
});

describe('nothing left to plan', () => {
  it('says so, with the way on', async () => {
    const director = slackId('director');
    await world.company.db.contract.updateMany({ data: { deletedAt: NOON } });
    await ui.press(director, 'plan.new', '');
    expect(words(ui.top(director))).toContain('没有可排计划的合同，先新建合同。');
    await ui.clickTop(director, 'contract.new');
    expect(ui.top(director).title?.text).toBe('新建合同');
    await world.sandbox.dismiss(director, true);
  });
});

describe('lists', () => {
  it('shows the plan of a contract after saving, and an instalment from it', async () => {
    const { contract } = await aDraft();
    await openOn(contract);
    await world.sandbox.submit(REP, ui.fill(REP, { amount: '1万', dueOn: '2026-12-01' }));
    await ui.clickTop(REP, 'plan.of');
    expect(words(ui.top(REP))).toContain('*待生效* · 12月1日 周二 · 未收 ¥10,000.00，共 ¥10,000.00');
    expect(words(ui.top(REP))).toContain('*余额*\\n¥80,000.00');
    // A draft's plan is no money to wait for.
    await world.sandbox.dismiss(REP, true);
    await ui.press(REP, 'plan.list', JSON.stringify({ f: { contractId: contract.id }, p: 1 }));
    expect(words(ui.top(REP))).toMatch(/期 · 共 ¥0\.00 · 未收 ¥0\.00 · 待生效 ¥[1-9]/);
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
