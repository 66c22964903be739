// A contract in one window of three steps: fields, plan, preview (ux §4.4), clicked through the real app.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { createCustomer, editCustomer } from '../../src/domain/customers/customer.service.js';
import { localDate } from '../../src/domain/local-date.js';
import type { PlanRowInput } from '../../src/domain/plans/plan.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import type { Customer } from '../../src/generated/prisma/client.js';
import { aCustomer, anActiveContract } from '../support/company.js';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  slackId,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const REP = slackId('rep');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
let rep: PersonAtSlack;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
  rep = world.person('rep');
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.sandbox.dismiss(REP, true);
  await world.company.db.formDraft.deleteMany();
});

const FIELDS = { name: '年度设备', amount: '9万', type: 'vehicle', signedOn: '2026-11-18' };
const shown = () => words(ui.top(REP));
const submit = (values: Record<string, string | string[]> = {}) => rep.submit(ui.fill(REP, values));

/** The form with its customer chosen, as from the customer's card. */
async function open(customer: Customer): Promise<void> {
  await ui.press(REP, 'contract.new', JSON.stringify({ k: customer.id }));
}

/** Step 2: the fields are right. */
async function atPlan(more: Record<string, string | string[]> = {}): Promise<Customer> {
  const customer = await aCustomer(world.company);
  await open(customer);
  await submit({ ...FIELDS, ...more });
  expect(ui.top(REP).callback_id).toBe('contract.plan');
  return customer;
}

/** Step 3: three equal parts, previewed. */
async function atPreview(more: Record<string, string | string[]> = {}): Promise<Customer> {
  const customer = await atPlan(more);
  await ui.clickTop(REP, 'plan.how', { value: 'equal' });
  await submit({ count: '3', dueOn: '2027-01-31' });
  expect(ui.top(REP).callback_id).toBe('plan.preview');
  return customer;
}

const contractsOf = (customer: Customer) =>
  world.company.db.contract.findMany({
    where: { customerId: customer.id },
    include: { milestones: true, instalments: { orderBy: { seq: 'asc' } } },
  });
const contractOf = async (customer: Customer) => {
  const [only, ...more] = await contractsOf(customer);
  if (!only || more.length > 0) throw new Error(`${more.length + (only ? 1 : 0)} contracts`);
  return only;
};

/** Clicks a button of one row of the preview. */
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

describe('a new contract', () => {
  it('goes from the fields over the plan to the preview, and is sent with all of it at once', async () => {
    const customer = await atPreview({
      shipment: '2026-12-10',
      financeOwnerId: world.company.ids.finance,
      remark: '急',
    });
    expect(shown()).toContain('合计 ¥90,000.00，与合同一致');
    expect(shown()).toContain('*条款检查*\\n✅ 通过 合计 ¥90,000.00，与合同一致\\n✅ 通过 日期齐全');
    expect(ui.top(REP).submit?.text).toBe('提交审批');
    expect(await contractsOf(customer)).toEqual([]);
    await submit();
    const contract = await contractOf(customer);
    expect(contract).toMatchObject({
      name: '年度设备',
      amount: 90_000_00n,
      status: 'pending_approval',
      planIncomplete: false,
      financeOwnerId: world.company.ids.finance,
      remark: '急',
      milestones: [{ kind: 'shipment' }],
      instalments: [
        { seq: 1, amount: 30_000_00n, lifecycle: 'inactive' },
        { seq: 2, amount: 30_000_00n },
        { seq: 3, amount: 30_000_00n },
      ],
    });
    expect(ui.top(REP).callback_id).toBe('contract.card');
    expect(shown()).toContain(`已提交 ${contract.number}，等 manager 审批。`);
    expect(shown()).toContain('*财务负责人*\\nfinance');
    expect(await world.company.db.approval.count({ where: { subjectId: contract.id, status: 'open' } })).toBe(
      1,
    );
    expect(await world.company.db.formDraft.count()).toBe(0);
  });

  it('makes one contract of a submission that arrives twice', async () => {
    const customer = await atPreview();
    const result = await submit();
    if (!('request_id' in result)) throw new Error('not sent');
    await world.sandbox.redeliver(result.request_id);
    expect((await contractOf(customer)).instalments).toHaveLength(3);
  });

  it('keeps what was typed in every step when going back and forth', async () => {
    const customer = await atPreview({ remark: '备注还在' });
    await clickRow('plan.row_edit', 1);
    await submit({ name: '改过的期' });
    await ui.clickTop(REP, 'plan.back');
    expect(ui.block(REP, 'count').element).toMatchObject({ initial_value: '3' });
    await ui.clickTop(REP, 'contract.back');
    expect(ui.block(REP, 'name').element).toMatchObject({ initial_value: '年度设备' });
    expect(ui.block(REP, 'remark').element).toMatchObject({ initial_value: '备注还在' });
    await submit({ name: '改过的名称' });
    expect(ui.block(REP, 'count').element).toMatchObject({ initial_value: '3' });
    await submit();
    expect(shown()).toContain('改过的名称');
    expect(shown()).toContain('2. 改过的期');
    await ui.clickTop(REP, 'plan.back');
    await submit({ count: '2' });
    expect(shown()).not.toContain('改过的期');
    await submit();
    expect(await contractOf(customer)).toMatchObject({ name: '改过的名称', remark: '备注还在' });
  });

  it('makes the plan anew for another amount', async () => {
    const customer = await atPreview();
    await ui.clickTop(REP, 'plan.back');
    await ui.clickTop(REP, 'contract.back');
    await submit({ amount: '12万' });
    await submit();
    expect(shown()).toContain('第1期 · ¥40,000.00');
    await submit();
    expect(await contractOf(customer)).toMatchObject({ amount: 120_000_00n, status: 'pending_approval' });
  });

  it('is sent with its plan for later, without another question', async () => {
    const customer = await atPlan();
    await ui.clickTop(REP, 'plan.how', { value: 'later' });
    await submit();
    expect(shown()).toContain('合同先提交，计划以后再排');
    expect(shown()).toContain('还没有回款计划');
    await submit();
    const contract = await contractOf(customer);
    expect(contract).toMatchObject({ status: 'pending_approval', planIncomplete: true, instalments: [] });
  });

  it('asks about what is left when the plan is below the amount', async () => {
    const customer = await atPlan();
    await submit({ amount: '4万', dueOn: '2026-12-01' });
    const refused = await submit();
    expect(JSON.stringify(refused)).toContain('还差 ¥50,000.00');
    await submit({ keepRest: ['yes'] });
    expect(await contractOf(customer)).toMatchObject({ status: 'pending_approval', planIncomplete: true });
  });

  it('is kept as a draft, also with gaps in its plan', async () => {
    const customer = await atPlan();
    await submit({ amount: '4万', dueOn: '2026-12-01' });
    await ui.clickTop(REP, 'contract.keep');
    const contract = await contractOf(customer);
    expect(contract).toMatchObject({ status: 'draft', instalments: [{ amount: 40_000_00n }] });
    expect(shown()).toContain(`已存草稿 ${contract.number}。`);
    expect(await world.company.db.approval.count({ where: { subjectId: contract.id } })).toBe(0);
  });

  it('is not kept with a past date that nobody meant, and says so', async () => {
    const customer = await atPlan();
    await submit({ amount: '9万', dueOn: '2026-11-01' });
    await ui.clickTop(REP, 'contract.keep');
    expect(shown()).toContain('11月1日 周日 已经过去');
    expect(await contractsOf(customer)).toEqual([]);
  });

  it('hangs its rows on the days of step 1 and keeps those told in step 2', async () => {
    const customer = await atPlan({ acceptance: '2027-02-01' });
    await ui.clickTop(REP, 'plan.how', { value: 'template' });
    expect(shown()).toContain('验收：2027年2月1日');
    const asked = ui.top(REP).blocks.filter((block) => String(block.block_id).startsWith('anchor_'));
    for (const block of asked) expect(String(block.block_id)).not.toContain('anchor_acceptance');
    const days = asked.map((block) => [String(block.block_id).split('|')[0], '2027-03-01'] as const);
    await submit(Object.fromEntries(days));
    // Due at signing, which was the day before yesterday.
    await submit({ alreadyDue: ['yes'] });
    const contract = await contractOf(customer);
    expect(contract.instalments.length).toBeGreaterThan(1);
    expect(contract.instalments.every((row) => row.dueSource === 'anchor')).toBe(true);
    expect(contract.milestones.map((one) => one.kind)).toContain('acceptance');
  });

  it('can be continued where it was left, or begun anew', async () => {
    const customer = await atPreview();
    await world.sandbox.dismiss(REP, true);
    await ui.press(REP, 'contract.new', '');
    expect(shown()).toContain('上次填到：年度设备，3 期 · 10:00');
    await ui.clickTop(REP, 'draft.continue');
    expect(ui.top(REP).submit?.text).toBe('提交审批');
    await world.sandbox.dismiss(REP, true);
    await open(customer);
    await ui.clickTop(REP, 'draft.restart');
    expect(shown()).not.toContain('上次填到');
    expect(shown()).toContain(`customerId|${customer.id}`);
    expect(await world.company.db.formDraft.count()).toBe(0);
  });

  it('does not save a window whose draft was changed in another', async () => {
    const customer = await atPreview();
    await world.company.db.formDraft.updateMany({ data: { version: { increment: 1 } } });
    await submit();
    expect(shown()).toContain('这份填写在别处改过或已保存');
    expect(await contractsOf(customer)).toEqual([]);
  });

  it('opens from the global shortcut, and is refused to those who may not', async () => {
    await rep.shortcut('shortcut.contract');
    expect(rep.top().callback_id).toBe('contract.new');
    const finance = world.person('finance');
    await finance.press('contract.new');
    expect(finance.told()).toContain('新建合同需要销售、销售主管或销售总监，你是财务。');
    expect(world.sandbox.views(finance.id)).toEqual([]);
    // The way to what they may see.
    const auditor = world.person('auditor');
    await auditor.press('receipt.new');
    expect(auditor.told()).toContain('登记回款需要');
    const refused = world.sandbox.history(auditor.id, world.sandbox.dm(auditor.id)).at(-1);
    expect(JSON.stringify(refused?.blocks)).toContain('"receipt.list"');
  });
});

describe('its fields', () => {
  it.each([
    [{ amount: '0' }, 'amount', '须大于 0'],
    [{ amount: '-5' }, 'amount', '须大于 0'],
    [{ amount: '1.234' }, 'amount', '最多 2 位小数'],
    [{ amount: 'abc' }, 'amount', '没看懂“abc”'],
    [{ amount: '9e18' }, 'amount', '9e18'],
    [{ amount: '99999999999999999' }, 'amount', '不超过'],
    [{ name: '名'.repeat(121) }, 'name', '多 1 字，最多 120。删短。'],
    [{ acceptance: '2097-01-01' }, 'acceptance', '日期太远'],
    [{ signedOn: '1989-12-31' }, 'signedOn', '签订日期要在 1990年1月1日 周一 到 2027年11月20日 周六 之间'],
    [{ signedOn: '2027-11-21' }, 'signedOn', '签订日期要在'],
    [{ startsOn: '2026-12-02', endsOn: '2026-12-01' }, 'endsOn', '结束日期早于开始日期'],
  ])('answers %o on its field and keeps what was typed', async (typed, field, answer) => {
    const customer = await aCustomer(world.company);
    await open(customer);
    const result = await submit({ ...FIELDS, ...typed });
    expect(result.errors?.[field]).toContain(answer);
    expect(ui.top(REP).callback_id).toBe('contract.new');
    expect(await world.company.db.formDraft.count()).toBe(0);
  });

  it('takes the first and the last day on which one can have signed', async () => {
    for (const signedOn of ['1990-01-01', '2027-11-20']) {
      await world.sandbox.dismiss(REP, true);
      await atPlan({ signedOn });
    }
  });

  it('puts a customer made on top into the form, and keeps what was typed', async () => {
    await rep.press('contract.new');
    const form = rep.top();
    const block = form.blocks.find((one) => JSON.stringify(one).includes('customer.new'));
    await rep.act({
      container: { type: 'view', view_id: form.id },
      action: { block_id: block?.block_id ?? '', action_id: 'customer.new' },
      state: { values: { name: { value: '先写的名称' } } },
    });
    await rep.submit({ name: { value: '弹窗里的客户' } });
    expect(rep.top().id).toBe(form.id);
    expect(rep.top().state.values.name?.value?.value).toBe('先写的名称');
    const customer = await world.company.db.customer.findFirstOrThrow({ where: { name: '弹窗里的客户' } });
    const chosen = rep.top().state.values[`customerId|${customer.id}`]?.['options.contract_customer'];
    expect(chosen?.selected_option?.value).toBe(customer.id);
  });

  it.each(['frozen', 'closed'] as const)(
    'offers no %s customer, and refuses a forged one',
    async (status) => {
      const customer = await createCustomer(await world.company.as('rep'), { name: `停用的客户 ${status}` });
      await open(customer);
      const { version } = customer;
      const changed = { name: customer.name, status };
      await editCustomer(await world.company.as('rep'), customer.id, version, changed);
      const result = await submit(FIELDS);
      expect(Object.values(result.errors ?? {}).join()).toContain('不能新建或提交合同');
      await world.sandbox.dismiss(REP, true);
      await rep.press('contract.new');
      const offered = await rep.choices('customerId', 'options.contract_customer', '停用');
      expect(offered).not.toContain(customer.id);
    },
  );

  it('takes a framework contract that is in force, and no other', async () => {
    const customer = await aCustomer(world.company);
    const row: [bigint, string] = [100n, '2026-12-01'];
    const { contract: frame } = await anActiveContract(world.company, [row]);
    const { contract: gone } = await anActiveContract(world.company, [row]);
    const { contract: foreign } = await anActiveContract(world.company, [row], { who: 'rep2' });
    await open(customer);
    const offered = await rep.choices('parentContractId', 'options.framework', '');
    for (const one of [frame, gone]) expect(offered).toContain(one.id);
    expect(offered).not.toContain(foreign.id);
    await voidContract(await world.company.as('manager'), {
      id: gone.id,
      version: gone.version,
      reason: '终止',
    });
    const refused = await submit({ ...FIELDS, parentContractId: gone.id });
    expect(refused.errors?.parentContractId).toContain(`${gone.number} 是“已作废”，不能当框架合同`);
    await submit({ ...FIELDS, parentContractId: frame.id });
    await ui.clickTop(REP, 'plan.how', { value: 'later' });
    await submit();
    await submit();
    const under = { where: { parentContractId: frame.id } };
    expect(await world.company.db.contract.count(under)).toBe(1);
    expect(shown()).toContain(`*框架合同*\\n${frame.number}`);
    await ui.clickTop(REP, 'contract.open', { value: JSON.stringify({ c: frame.id }) });
    expect(shown()).toContain('*下属合同*\\n1 份');
  });

  it('refuses a finance owner who left finance meanwhile', async () => {
    const customer = await aCustomer(world.company);
    const { finance2 } = world.company.ids;
    await open(customer);
    await world.company.db.user.update({ where: { id: finance2 }, data: { roles: ['rep'] } });
    const result = await submit({ ...FIELDS, financeOwnerId: finance2 });
    await world.company.db.user.update({ where: { id: finance2 }, data: { roles: ['finance'] } });
    expect(result.errors?.financeOwnerId).toContain('重新选择');
    expect(await world.company.db.formDraft.count()).toBe(0);
  });
});

describe('the finance owner of a contract in force', () => {
  const card = (id: string) => JSON.stringify({ c: id });

  it('is changed on top of the card by sales or the head of finance, and by nobody else', async () => {
    const { contract } = await anActiveContract(world.company, [[100n, '2026-12-01']]);
    const { finance, finance2 } = world.company.ids;
    await rep.press('contract.open', card(contract.id));
    await rep.click('contract.finance');
    await submit({ financeOwnerId: finance });
    expect(world.sandbox.views(REP)).toHaveLength(1);
    expect(shown()).toContain(`${contract.number} 的财务负责人现在是 finance。`);
    const head = world.person('financeManager');
    await head.press('contract.finance', card(contract.id));
    await head.submit({ financeOwnerId: { value: finance2 } });
    const fresh = () => world.company.db.contract.findUniqueOrThrow({ where: { id: contract.id } });
    expect(await fresh()).toMatchObject({ financeOwnerId: finance2, status: 'active' });
    const trail = { subjectId: contract.id, action: 'contract.finance_owner_set' };
    expect(await world.company.db.auditLog.count({ where: trail })).toBe(2);
    const clerk = world.person('finance');
    await clerk.press('contract.finance', card(contract.id));
    expect(clerk.told()).toContain('指定财务负责人需要');
    const other = world.person('rep2');
    await other.press('contract.finance', card(contract.id));
    expect(other.told()).toContain('没找到');
    await world.sandbox.dismiss(head.id, true);
  });

  it('is a field of a draft, and stays as it is of what is over', async () => {
    const { contract } = await anActiveContract(world.company, [[100n, '2026-12-01']]);
    const { id, version } = contract;
    await voidContract(await world.company.as('manager'), { id, version, reason: '终止' });
    await rep.press('contract.finance', card(id));
    expect(rep.told()).toContain('合同是“已作废”，不能指定财务负责人');
  });
});

describe('a draft contract that is changed', () => {
  const twoRows = (sum: bigint): PlanRowInput[] => [
    { name: '首款', amount: sum - 50_000_00n, dueOn: localDate('2026-12-01') },
    { name: '尾款', amount: 50_000_00n, dueOn: localDate('2027-06-01') },
  ];
  async function aPlanned(sum = 90_000_00n, rows = twoRows(sum)) {
    const customer = await aCustomer(world.company);
    const { id } = await createContract(await world.company.as('rep'), {
      customerId: customer.id,
      name: '冲压线',
      type: 'vehicle',
      amount: 90_000_00n,
      currency: 'CNY',
      signedOn: localDate('2026-11-18'),
    });
    await createPlan(await world.company.as('rep'), {
      contractId: id,
      rows,
    });
    const contract = await contractOf(customer);
    await rep.press('contract.open', JSON.stringify({ c: contract.id }));
    await rep.click('contract.edit');
    return { customer, contract };
  }

  it('shows its plan in the preview, and saves both on top of the card', async () => {
    const { customer, contract } = await aPlanned();
    const [first, second] = contract.instalments;
    await submit({ name: '改过的名称', amount: '8万' });
    expect(ui.top(REP).title?.text).toBe('编辑合同');
    expect(shown()).toContain('超出 ¥10,000.00');
    await submit();
    expect(shown()).toContain('合计比合同多 ¥10,000.00');
    await clickRow('plan.row_edit', 1);
    await submit({ amount: '4万' });
    await submit();
    expect(world.sandbox.views(REP)).toHaveLength(1);
    expect(shown()).toContain('改过的名称');
    const after = await contractOf(customer);
    expect(after).toMatchObject({ name: '改过的名称', amount: 80_000_00n, status: 'pending_approval' });
    expect(after.instalments).toMatchObject([
      { id: first?.id, seq: 1, amount: 40_000_00n, version: 1 },
      { id: second?.id, seq: 2, amount: 40_000_00n, outstanding: 40_000_00n, version: 2 },
    ]);
    const causes = await world.company.db.instalmentRevision.findMany({
      where: { instalmentId: second?.id ?? '' },
      orderBy: { id: 'asc' },
    });
    expect(causes.map((one) => one.cause)).toEqual(['created', 'edited']);
  });

  it('hangs the plan that is kept on the days as they are typed now', async () => {
    const { customer, contract } = await aPlanned(90_000_00n, [
      { name: '首款', amount: 85_000_00n, dueOn: localDate('2026-12-01') },
      {
        name: '质保金',
        amount: 5_000_00n,
        dueOn: null,
        anchorKind: 'warranty_end',
        anchorOffset: {},
        dueSource: 'anchor',
        isRetention: true,
      },
    ]);
    await submit();
    expect(shown()).toContain('日期待定');
    await ui.clickTop(REP, 'plan.back');
    await ui.clickTop(REP, 'contract.back');
    await submit({ warranty_end: '2028-01-20' });
    expect(shown()).toContain('2028年1月20日');
    expect(shown()).not.toContain('待定');
    expect(shown()).not.toContain('还没有');
    await ui.clickTop(REP, 'contract.keep');
    const dueOf = async () => (await contractOf(customer)).instalments[1]?.effectiveDue?.toISOString();
    expect(await dueOf()).toContain('2028-01-20');
    await world.sandbox.dismiss(REP, true);
    await rep.press('contract.open', JSON.stringify({ c: contract.id }));
    await rep.click('contract.edit');
    await rep.submit({ warranty_end: { value: null } });
    expect(shown()).toContain('日期待定');
    await ui.clickTop(REP, 'contract.keep');
    expect(await dueOf()).toBeUndefined();
  });

  it('is kept as a draft with another plan: rows keep their numbers, what is left over goes', async () => {
    const { customer } = await aPlanned();
    await submit();
    await ui.clickTop(REP, 'plan.back');
    expect(shown()).toContain('保留现有计划');
    await ui.clickTop(REP, 'plan.how', { value: 'one' });
    await submit({ name: '一次付清', dueOn: '2027-01-01' });
    await rep.click('contract.keep');
    expect(shown()).toContain('已存草稿');
    // The card below shows it too.
    expect(words(world.sandbox.views(REP)[0] ?? ui.top(REP))).toContain('一次付清');
    const { instalments, status } = await contractOf(customer);
    expect(status).toBe('draft');
    expect(instalments).toMatchObject([
      { seq: 1, name: '一次付清', amount: 90_000_00n, lifecycle: 'inactive' },
      { seq: 2, lifecycle: 'cancelled', outstanding: 0n },
    ]);
  });

  it('tells who was faster at once, keeps what was typed, and goes on the second time', async () => {
    const { customer, contract } = await aPlanned();
    const touch = () =>
      world.company.db.contract.update({
        where: { id: contract.id },
        data: { version: { increment: 1 }, updatedById: world.company.ids.manager },
      });
    await touch();
    await submit({ name: '我的名称' });
    expect(shown()).toContain('manager 10:00 改过内容。你填的还在，核对再保存。');
    await submit();
    expect(ui.top(REP).callback_id).toBe('plan.preview');
    await touch();
    await submit();
    expect(shown()).toContain('manager 10:00 改过内容。');
    expect(ui.top(REP).callback_id).toBe('plan.preview');
    await submit();
    expect(await contractOf(customer)).toMatchObject({ name: '我的名称', status: 'pending_approval' });
  });

  it('does not push out what was typed of a new one', async () => {
    await atPreview();
    await world.sandbox.dismiss(REP, true);
    await aPlanned();
    await submit();
    await world.sandbox.dismiss(REP, true);
    await ui.press(REP, 'contract.new', '');
    expect(shown()).toContain('上次填到：年度设备，3 期');
  });

  it('asks for the plan to be deleted before it gets another currency', async () => {
    await aPlanned();
    await submit({ currency: 'USD' });
    expect(shown()).toContain('合同已有 2 期计划，不能改客户或币种');
  });
});
