import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { readPattern } from '../../src/domain/numbering.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { contractNotices } from '../../src/jobs/notices/contracts.js';
import { changeCompany, type PersonKey } from '../support/company.js';
import { approveContract } from '../support/decide.js';
import { deliveryTo } from '../support/local-slack.js';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  slackId,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';

let world: SandboxedCompany;
let rep: PersonAtSlack;
let manager: PersonAtSlack;
beforeAll(async () => {
  world = await startSandboxedCompany();
  rep = world.person('rep');
  manager = world.person('manager');
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of ['rep', 'manager', 'rep2'] as const) await world.sandbox.dismiss(slackId(who), true);
});

let names = 0;
async function aCustomer(who: PersonKey = 'rep') {
  names += 1;
  return createCustomer(await world.company.as(who), { name: `客户机械${names}` });
}

async function aDraft(rows: [bigint, string][] = [], who: PersonKey = 'rep') {
  const customer = await aCustomer(who);
  const contract = await createContract(await world.company.as(who), {
    customerId: customer.id,
    name: '冲压线',
    type: 'vehicle',
    amount: 100_000_00n,
    currency: 'CNY',
  });
  if (rows.length > 0) {
    await createPlan(await world.company.as(who), {
      contractId: contract.id,
      rows: rows.map(([amount, dueOn], index) => ({
        name: `第${index + 1}期`,
        amount,
        dueOn: localDate(dueOn),
      })),
    });
  }
  return { customer, contract };
}

const fresh = (id: string) => world.company.db.contract.findUniqueOrThrow({ where: { id } });
const contractButton = (id: string) => JSON.stringify({ c: id });

/** Posts the approver's card as the delivery would. */
async function postCard(contractId: string, who: PersonKey = 'manager') {
  const approval = await world.company.db.approval.findFirstOrThrow({
    where: { subjectId: contractId, status: 'open' },
  });
  const system = await world.company.system();
  const card = await contractNotices['contract.card'](
    { ...system, locale: 'zh-CN', t: translator('zh-CN') },
    { contractId, approvalId: approval.id },
  );
  if (!card) throw new Error('no card');
  const channel = world.sandbox.dm(slackId(who));
  const { ts } = await world.client.chat.postMessage({ channel, text: card.text, blocks: card.blocks });
  const read = () => {
    const message = world.sandbox.messages(channel).find((one) => one.ts === ts);
    if (!message) throw new Error('the card is gone');
    return message;
  };
  return { approval, channel, read };
}

describe('card', () => {
  const openCard = async (id: string) => rep.press('contract.open', contractButton(id));

  it('deletes a draft with its plan, and a stale [打开] says that it is gone', async () => {
    const { contract } = await aDraft([[100_000_00n, '2026-12-01']]);
    await openCard(contract.id);
    await rep.click('contract.delete');
    expect(rep.words()).toContain(`已删除 ${contract.number}。`);
    expect(await world.company.db.instalment.findMany({ where: { contractId: contract.id } })).toMatchObject([
      { lifecycle: 'cancelled' },
    ]);
    await openCard(contract.id);
    expect(rep.told()).toBe('没找到这条记录：它不在了，或不在你的范围。刷新列表再看。');
  });

  it('draws the card anew when [删除] comes after a submission elsewhere', async () => {
    const { contract } = await aDraft([[100_000_00n, '2026-12-01']]);
    await openCard(contract.id);
    const { id, version } = await fresh(contract.id);
    await submitContract(await world.company.as('rep'), { id, version, planLater: false });
    await rep.click('contract.delete');
    expect(rep.words()).toContain('合同是“待审批”，不能删除。打开看可做什么。');
    expect(rep.words()).toContain('approval.withdraw');
    expect((await fresh(contract.id)).deletedAt).toBeNull();
  });

  it.each([
    ['an id that is none of ours', contractButton('0190a0a0-0000-7000-8000-000000000000')],
    ['something that is not an id', contractButton('x')],
    ['something that is not JSON', '{'],
    ['SQL', "'; DROP TABLE contract; --"],
  ])('answers %s with not found', async (_name, value) => {
    await rep.press('contract.open', value);
    expect(rep.told()).toBe('没找到这条记录：它不在了，或不在你的范围。刷新列表再看。');
  });

  it("shows nobody another rep's contract, nor offers its customer", async () => {
    const { contract, customer } = await aDraft();
    const rep2 = world.person('rep2');
    for (const action of ['contract.open', 'contract.edit', 'contract.submit']) {
      await rep2.press(action, contractButton(contract.id));
      expect(rep2.told(), action).toContain('没找到');
    }
    await rep2.press('contract.new');
    expect(await rep2.choices('customerId', 'options.contract_customer', customer.name)).not.toContain(
      customer.id,
    );
  });
});

describe('approval', () => {
  async function aSubmitted() {
    const { contract } = await aDraft([
      [30_000_00n, '2026-12-01'],
      [70_000_00n, '2027-03-01'],
    ]);
    await rep.press('contract.open', contractButton(contract.id));
    await rep.click('contract.submit');
    expect(rep.words()).toContain('通过 合计 ¥100,000.00，与合同一致');
    await rep.submit();
    expect(rep.words()).toContain(`已提交 ${contract.number}，等 manager 审批。`);
    return contract;
  }

  it('asks for the tick when the plan is below the amount', async () => {
    const { contract } = await aDraft([[30_000_00n, '2026-12-01']]);
    await rep.press('contract.open', contractButton(contract.id));
    await rep.click('contract.submit');
    expect(rep.words()).toContain('⚠️ 注意 还差 ¥70,000.00');
    const refused = await rep.submit();
    expect(refused.errors?.planLater).toBe('还差 ¥70,000.00。补一期，或勾选“先留着”。');
    await rep.submit({ planLater: { value: ['yes'] } });
    expect(await fresh(contract.id)).toMatchObject({ status: 'pending_approval', planIncomplete: true });
  });

  it('is approved from the card', async () => {
    const contract = await aSubmitted();
    const card = await postCard(contract.id);
    await manager.clickIn({ channel: card.channel, message: card.read() }, 'approval.approve');
    expect(await fresh(contract.id)).toMatchObject({ status: 'active' });
  });

  it('tells the second one who was faster and redraws the card without buttons', async () => {
    const contract = await aSubmitted();
    const card = await postCard(contract.id);
    await approveContract(await world.company.as('director'), card.approval.id, card.approval.version);
    await manager.clickIn({ channel: card.channel, message: card.read() }, 'approval.approve');
    expect(manager.told()).toBe('director 已于 10:00 通过。卡片已更新。');
    const drawn = JSON.stringify(card.read().blocks);
    expect(drawn).toContain(`合同已通过 · ${contract.number}`);
    expect(drawn).not.toContain('approval.approve');
  });

  it('is rejected with a reason, and “other” needs a note', async () => {
    const contract = await aSubmitted();
    const card = await postCard(contract.id);
    await manager.clickIn({ channel: card.channel, message: card.read() }, 'approval.reject');
    const refused = await manager.submit({ reason: { value: 'other' } });
    expect(refused.errors?.note).toBe('这里不能空。填上再提交。');
    await manager.submit({ note: { value: '等客户盖章' } });
    expect(manager.words()).toContain(`已驳回 ${contract.number}，已通知 rep。`);
    expect(await fresh(contract.id)).toMatchObject({ status: 'rejected' });
  });

  it('redraws the card when the rejection comes too late', async () => {
    const contract = await aSubmitted();
    const card = await postCard(contract.id);
    await manager.clickIn({ channel: card.channel, message: card.read() }, 'approval.reject');
    await approveContract(await world.company.as('director'), card.approval.id, card.approval.version);
    await manager.submit({ reason: { value: 'terms' } });
    expect(manager.words()).toContain('director 已于 10:00 通过。卡片已更新。');
    expect(JSON.stringify(card.read().blocks)).toContain(`合同已通过 · ${contract.number}`);
    expect(await fresh(contract.id)).toMatchObject({ status: 'active' });
  });

  it('is not approved by its owner, who has no such button and forges one', async () => {
    const contract = await aSubmitted();
    expect(rep.words()).not.toContain('approval.approve');
    const approval = await world.company.db.approval.findFirstOrThrow({ where: { subjectId: contract.id } });
    await rep.press('approval.approve', JSON.stringify({ a: approval.id, v: approval.version }));
    expect(rep.told()).toContain('审批合同需要');
    expect(await fresh(contract.id)).toMatchObject({ status: 'pending_approval' });
  });

  it('is decided in the window too, which then shows the result', async () => {
    const contract = await aSubmitted();
    await manager.press('contract.open', contractButton(contract.id));
    await manager.click('approval.approve');
    expect(manager.words()).toContain(`已通过 ${contract.number}。`);
    expect(manager.words()).not.toContain('approval.approve');
  });

  it('reaches the approver, is rewritten after the decision, and answers the submitter', async () => {
    const delivery = deliveryTo(world.sandbox, world.company);
    const contract = await aSubmitted();
    await delivery.run();
    const channel = world.sandbox.dm(manager.id);
    const card = () => {
      const found = world.sandbox.messages(channel).find((one) => one.text.includes(contract.number));
      if (!found) throw new Error('no card');
      return found;
    };
    expect(card().text).toContain(`合同 ${contract.number} 待审批`);
    await manager.clickIn({ channel, message: card() }, 'approval.reject');
    await manager.submit({ reason: { value: 'dates' } });
    await delivery.run();
    expect(JSON.stringify(card().blocks)).toContain('manager 10:00：日期不合理');
    expect(JSON.stringify(card().blocks)).not.toContain('approval.reject');
    expect(rep.told()).toBe(`${contract.number} 冲压线 已由 manager 驳回：日期不合理。`);
    const answer = world.sandbox.messages(world.sandbox.dm(rep.id)).at(-1);
    if (!answer) throw new Error('no answer');
    await rep.clickIn({ channel: world.sandbox.dm(rep.id), message: answer }, 'contract.edit');
    expect(rep.top().callback_id).toBe('contract.edit');
    await delivery.stop();
  });

  it('is withdrawn from the card', async () => {
    const contract = await aSubmitted();
    await rep.click('approval.withdraw');
    expect(rep.words()).toContain(`已撤回 ${contract.number}。`);
    expect(await fresh(contract.id)).toMatchObject({ status: 'draft' });
  });

  it('opens from the overflow of the card', async () => {
    const contract = await aSubmitted();
    const card = await postCard(contract.id);
    const approval = await world.company.db.approval.findFirstOrThrow({ where: { subjectId: contract.id } });
    const value = JSON.stringify({ k: 'open', a: approval.id, v: approval.version });
    const open = { text: { type: 'plain_text' as const, text: '打开', emoji: false } };
    await manager.clickIn({ channel: card.channel, message: card.read() }, 'approval.more', {
      selected_option: { ...open, value },
    });
    expect(manager.words()).toContain('approval.approve');
  });
});

describe('list', () => {
  it('searches, opens a card in place, and leads back to the same list', async () => {
    const { contract, customer } = await aDraft([[100_000_00n, '2026-12-01']]);
    await aDraft();
    await rep.press('contract.list');
    const list = rep.top();
    await rep.click('contract.search');
    await rep.submit({
      words: { value: contract.number },
      amountFrom: { value: '20万' },
      amountTo: { value: '1' },
    });
    expect(rep.top().id).toBe(list.id);
    expect(rep.words()).toContain(`筛选 ${contract.number} · 金额 ¥1.00 至 ¥200,000.00 · 1 条`);
    await rep.click('contract.open');
    expect(rep.words()).toContain(customer.name);
    expect(world.sandbox.views(rep.id)).toHaveLength(1);
    await rep.click('contract.page.back');
    expect(rep.words()).toContain(`筛选 ${contract.number}`);
    await rep.click('contract.page.clear');
    expect(rep.words()).not.toContain('筛选');
  });

  it('opens one by the number it has, whatever the pattern is by now, and a new one however it is typed', async () => {
    const { contract } = await aDraft();
    const { db } = world.company;
    const { settings } = await db.company.findFirstOrThrow();
    const { numbering } = companySettings.parse(settings);
    const pattern = readPattern('HT-{YYYY}/{0000}', 'yearly');
    if (!pattern.ok) throw new Error('no pattern');
    await changeCompany(db, { settings: { numbering: { ...numbering, contract: pattern.pattern } } });
    try {
      const type = (text: string) => world.sandbox.command(rep.id, '/hk-contract', text);
      const shows = (words: string) =>
        world.sandbox.waitFor(
          () => JSON.stringify(world.sandbox.views(rep.id).at(-1) ?? '').includes(words),
          10_000,
          words,
        );
      await type(contract.number);
      await shows(contract.number);
      await type('HT-1999-0001');
      await world.sandbox.waitFor(() => rep.told()?.includes('没找到 HT-1999-0001'), 10_000, 'a refusal');
      await world.sandbox.dismiss(rep.id, true);
      const { contract: fresh } = await aDraft();
      expect(fresh.number).toContain('/');
      await type(fresh.number.replaceAll(/[-/]/g, ''));
      await shows(fresh.number);
    } finally {
      await changeCompany(db, { settings: settings ?? {} });
      await world.sandbox.dismiss(rep.id, true);
    }
  });

  it('turns pages of twenty', async () => {
    const rep2 = world.person('rep2');
    for (let count = 0; count < 21; count += 1) await aDraft([], 'rep2');
    await rep2.press('contract.list');
    expect(rep2.words()).toContain('第 1 页，共 2 页');
    await rep2.click('contract.page.next');
    expect(rep2.words()).toContain('第 2 页，共 2 页');
    expect(rep2.words().split('contract.open').length - 1).toBe(1);
  });
});

describe('plan on top of the card', () => {
  it('is seen on the card at once, which then offers to send it', async () => {
    const { contract } = await aDraft();
    await rep.press('contract.open', contractButton(contract.id));
    const card = rep.top();
    await rep.click('plan.new');
    const fields = rep.top().blocks.map((block) => block.block_id);
    const named = (field: string) => fields.find((id) => id.split('|')[0] === field) ?? field;
    await rep.submit({
      [named('name')]: { value: '全款' },
      [named('amount')]: { value: '10万' },
      [named('dueOn')]: { value: '2026-12-24' },
    });
    expect(rep.top().id).toBe(card.id);
    expect(rep.words()).toContain('全款 · ¥100,000.00 · 12月24日 周四');
    expect(rep.words()).toContain('已建 1 期');
    expect(rep.words()).not.toContain('plan.new');
  });
});
