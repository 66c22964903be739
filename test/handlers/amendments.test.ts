// Amendments through the real app: the form, its preview, the card, the decisions (F26; ux §4.4).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { translator } from '../../src/handlers/i18n/index.js';
import { contractNotices } from '../../src/jobs/notices/contracts.js';
import { anActiveContract, aSubmittedReceipt } from '../support/company.js';
import { approveAmendment, approveReceipt } from '../support/decide.js';
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

const value = (id: string) => JSON.stringify({ c: id });
const fresh = (id: string) => world.company.db.contract.findUniqueOrThrow({ where: { id } });

async function aContract() {
  const made = await anActiveContract(world.company, [
    [30_000_00n, '2026-12-01'],
    [70_000_00n, '2027-03-01'],
  ]);
  const [first, second] = made.rows;
  if (!first || !second) throw new Error('no rows');
  return { contract: made.contract, first, second };
}

/** Opens the form from the card, changes amount and rows, and sends what the preview shows. */
async function sent() {
  const made = await aContract();
  const { contract, second } = made;
  await rep.press('contract.open', value(contract.id));
  await rep.click('contract.amend');
  const change = {
    reason: { value: '客户加一台' },
    amount: { value: '12万' },
    [`row:${second.id}`]: { value: '尾款 60000 2027-04-01' },
    added: { value: '加台款 3万 2027-06-30' },
  };
  await rep.submit(change);
  expect(rep.words()).toContain('金额：¥100,000.00 → ¥120,000.00');
  expect(rep.words()).toContain(
    '第2期：第2期 · ¥70,000.00 · 2027年3月1日 周一 → 尾款 · ¥60,000.00 · 2027年4月1日 周四',
  );
  expect(rep.words()).toContain('新增：加台款 · ¥30,000.00 · 2027年6月30日 周三');
  expect(rep.words()).toContain('合计 ¥120,000.00，与变更后金额一致');
  await rep.submit();
  expect(rep.words()).toContain(`已提交 ${contract.number} 的变更 1，等 manager 审批，之前按原计划。`);
  return made;
}

async function postCard(contractId: string) {
  const change = await world.company.db.contractChange.findFirstOrThrow({
    where: { contractId, status: 'open' },
  });
  const approval = await world.company.db.approval.findFirstOrThrow({ where: { subjectId: change.id } });
  const system = await world.company.system();
  const card = await contractNotices['contract.change_card'](
    { ...system, locale: 'zh-CN', t: translator('zh-CN') },
    { changeId: change.id, approvalId: approval.id },
  );
  if (!card) throw new Error('no card');
  const channel = world.sandbox.dm(manager.id);
  const { ts } = await world.client.chat.postMessage({ channel, text: card.text, blocks: card.blocks });
  const read = () => {
    const message = world.sandbox.messages(channel).find((one) => one.ts === ts);
    if (!message) throw new Error('the card is gone');
    return message;
  };
  return { approval, channel, read, words: () => JSON.stringify(read().blocks) };
}

describe('the form', () => {
  it('shows unpaid rows as lines and sends only what changed', async () => {
    const { contract, first } = await sent();
    const change = await world.company.db.contractChange.findFirstOrThrow({
      where: { contractId: contract.id },
    });
    expect(change).toMatchObject({ reason: '客户加一台', amountDelta: 20_000_00n });
    expect(JSON.stringify(change.before)).not.toContain(first.id);
    expect(await fresh(contract.id)).toMatchObject({ amount: 100_000_00n });
  });

  it('answers a line that cannot be read on that line, and keeps everything typed', async () => {
    const { contract, first, second } = await aContract();
    await rep.press('contract.amend', value(contract.id));
    const refused = await rep.submit({
      reason: { value: '改' },
      [`row:${first.id}`]: { value: '首付三十' },
      [`row:${second.id}`]: { value: '尾款 8万 2027-04-01' },
      added: { value: '加台' },
    });
    expect(refused.errors?.[`row:${first.id}`]).toContain('没看懂。写成：验收款 300000 2026-12-01');
    expect(refused.errors?.added).toBe('第 1 行没看懂。写成：名称 金额 日期。');
    expect(rep.top().state.values[`row:${second.id}`]?.value?.value).toBe('尾款 8万 2027-04-01');
    // One word that is wrong is named.
    const days = await rep.submit({
      [`row:${first.id}`]: { value: '首付 3万 2027-02-30' },
      [`row:${second.id}`]: { value: '尾款 0 2027-04-01' },
      added: { value: '' },
    });
    expect(days.errors?.[`row:${first.id}`]).toBe('没有“2027-02-30”这一天。例：2026-12-01、月底。');
    expect(days.errors?.[`row:${second.id}`]).toContain('须大于 0');
  });

  it('removes a row whose line is emptied, and tells the sum that is off', async () => {
    const { contract, first, second } = await aContract();
    await rep.press('contract.amend', value(contract.id));
    const change = { reason: { value: '少一期' }, [`row:${first.id}`]: { value: '' } };
    await rep.submit(change);
    expect(rep.words()).toContain('第1期：第1期 · ¥30,000.00 · 12月1日 周二 → 移除');
    expect(rep.words()).toContain('合计 ¥70,000.00，还差 ¥30,000.00');
    const refused = await rep.submit();
    expect(refused.errors?.options).toBe('还差 ¥30,000.00。补一期，或勾选“先留着”。');
    await rep.submit({ options: { value: ['keep_rest'] } });
    const stored = await world.company.db.contractChange.findFirstOrThrow({
      where: { contractId: contract.id },
    });
    expect(stored.after).toMatchObject({ keepRest: true, rows: [] });
    expect(second.amount).toBe(70_000_00n);
  });

  it('counts anew on [重算]', async () => {
    const { contract, second } = await aContract();
    await rep.press('contract.amend', value(contract.id));
    const view = rep.top();
    const block = view.blocks.find((one) => JSON.stringify(one).includes('contract.amend_total'));
    await rep.act({
      container: { type: 'view', view_id: view.id },
      action: { block_id: block?.block_id ?? '', action_id: 'contract.amend_total' },
      state: { values: { [`row:${second.id}`]: { value: { value: '尾款 8万 2027-03-01' } } } },
    });
    expect(rep.words()).toContain('合计 ¥110,000.00，超出 ¥10,000.00');
    // Beside the button that was pressed.
    expect(JSON.stringify(rep.top().blocks.slice(-2))).toContain('超出 ¥10,000.00');
  });

  it('shows what changes in place of the form, and goes back to all that was typed', async () => {
    const { contract, first, second } = await aContract();
    await rep.press('contract.amend', value(contract.id));
    const change = {
      reason: { value: '客户要求' },
      [`row:${first.id}`]: { value: '首付 3万 2026-11-01' },
      [`row:${second.id}`]: { value: '尾款 7万 2027-04-01' },
    };
    await rep.submit(change);
    const shown = rep.top();
    expect(shown.callback_id).toBe('contract.amend_preview');
    expect(shown.blocks.length).toBeLessThan(8);
    expect(rep.words()).toContain('→ 尾款 · ¥70,000.00 · 2027年4月1日 周四');
    // A tick for what has to be meant, and for nothing else.
    expect(rep.words()).toContain('already_due');
    expect(rep.words()).not.toContain('keep_rest');
    expect((await rep.submit()).errors?.options).toContain(
      '11月1日 周日 已经过去。改日期，或勾选“已到期，照此登记”',
    );
    await rep.click('contract.amend_back');
    expect(rep.top().callback_id).toBe('contract.amend');
    expect(rep.words()).toContain('"initial_value":"首付 3万 2026-11-01"');
    expect(rep.words()).toContain('"initial_value":"客户要求"');
    await rep.submit({ [`row:${first.id}`]: { value: '首付 3万 2026-12-02' } });
    expect(rep.words()).not.toContain('already_due');
    await rep.submit();
    expect(await world.company.db.contractChange.count({ where: { contractId: contract.id } })).toBe(1);
    expect(await world.company.db.formDraft.count()).toBe(0);
  });

  it('tells what cannot be before the preview, on its field', async () => {
    const { contract, second } = await aContract();
    await rep.press('contract.amend', value(contract.id));
    const refused = await rep.submit({
      reason: { value: '多了' },
      [`row:${second.id}`]: { value: '尾款 8万 2027-04-01' },
    });
    expect(refused.errors?.[`row:${second.id}`]).toContain('合计比合同多 ¥10,000.00');
  });

  it('shows the preview again when the facts changed since it was shown', async () => {
    const { contract, second } = await aContract();
    await rep.press('contract.amend', value(contract.id));
    const change = { reason: { value: '改' }, [`row:${second.id}`]: { value: '尾款 7万 2027-04-01' } };
    await rep.submit(change);
    await world.company.db.instalment.update({ where: { id: second.id }, data: { name: '改了名' } });
    await rep.submit();
    expect(rep.words()).toContain('第2期：改了名 · ¥70,000.00');
    expect(await world.company.db.contractChange.count({ where: { contractId: contract.id } })).toBe(0);
  });

  it('opens by command; nothing changed and a second one are refused', async () => {
    const { contract } = await sent();
    await rep.press('contract.amend', value(contract.id));
    expect(rep.told()).toBe('变更 1 还在等审批。先撤回它，或等审批完。');
    const other = await aContract();
    await world.sandbox.dismiss(rep.id, true);
    await world.sandbox.command(rep.id, '/hk-contract', `变更 ${other.contract.number}`, 'C0GENERAL');
    await world.sandbox.waitFor(() => world.sandbox.views(rep.id).length > 0, 5_000, 'a window');
    const refused = await rep.submit({ reason: { value: '没改' } });
    expect(refused.errors?.amount).toBe('没有改动。改好再提交，或关闭窗口。');
    // It goes with the next press: on top of the form it would stand beside what is changed by then.
    const days = await rep.submit({ amount: { value: '12万' }, added: { value: '加台' } });
    expect(Object.keys(days.errors ?? {})).toEqual(['added']);
    expect(rep.words()).not.toContain('没有改动');
  });

  it('keeps what was typed of one contract while another is amended in a second window', async () => {
    const { db } = world.company;
    const [one, other] = [await aContract(), await aContract()];
    await db.formDraft.deleteMany();
    for (const { contract } of [one, other]) {
      await rep.press('contract.amend', value(contract.id));
      await rep.submit({ reason: { value: '加价' }, amount: { value: '12万' } });
    }
    const drafts = await db.formDraft.findMany({ orderBy: { id: 'asc' } });
    expect(drafts.map(({ version, values }) => [version, values])).toEqual([
      [1, expect.objectContaining({ contractId: one.contract.id })],
      [1, expect.objectContaining({ contractId: other.contract.id })],
    ]);
  });

  it('is not for others: no button, and a forged one finds nothing', async () => {
    const { contract } = await aContract();
    const rep2 = world.person('rep2');
    await rep2.press('contract.amend', value(contract.id));
    expect(rep2.told()).toContain('没找到');
  });
});

describe('the card', () => {
  it('shows before and after, and approves', async () => {
    const { contract, second } = await sent();
    const card = await postCard(contract.id);
    for (const words of [
      `合同变更待审批 · ${contract.number}`,
      '金额：¥100,000.00 → ¥120,000.00',
      '+¥20,000.00',
      '通过 合计 ¥120,000.00，与变更后金额一致',
      '第 1 步，共 1 步 · 等 manager',
      `${contract.number} 改 3 处，立即生效。`,
    ]) {
      expect(card.words()).toContain(words);
    }
    await manager.clickIn({ channel: card.channel, message: card.read() }, 'approval.approve');
    expect(await fresh(contract.id)).toMatchObject({ amount: 120_000_00n });
    expect(await world.company.db.instalment.findUnique({ where: { id: second.id } })).toMatchObject({
      name: '尾款',
    });
    await rep.press('contract.open', value(contract.id));
    expect(rep.words()).toContain('变更 1：客户加一台 · ¥100,000.00 → ¥120,000.00、计划 2 处 · 已通过');
  });

  it('says that it no longer fits, and is redrawn saying so', async () => {
    const { contract, second } = await sent();
    const card = await postCard(contract.id);
    const { approval } = await aSubmittedReceipt(world.company, second, second.amount);
    await approveReceipt(await world.company.as('finance'), approval.id, approval.version);
    await manager.clickIn({ channel: card.channel, message: card.read() }, 'approval.approve');
    expect(manager.told()).toBe('第2期在提交后有变，变更已不适用。驳回或撤回后重做。');
    expect(card.words()).toContain('⚠️ 注意 第2期在提交后有变');
    expect(card.words()).toContain('approval.reject');
    expect(await fresh(contract.id)).toMatchObject({ amount: 100_000_00n });
  });

  it('tells of money that waits on a row', async () => {
    const { contract, second } = await sent();
    await aSubmittedReceipt(world.company, second, 10_000_00n);
    expect((await postCard(contract.id)).words()).toContain('⚠️ 注意 第2期有 ¥10,000.00 待财务审批');
  });

  it('is rejected with a reason, in the window too; whoever is late is told', async () => {
    const { contract } = await sent();
    const card = await postCard(contract.id);
    await manager.clickIn({ channel: card.channel, message: card.read() }, 'approval.reject');
    await manager.submit({ reason: { value: 'amount' } });
    expect(manager.words()).toContain(`已驳回 ${contract.number} 的变更 1，已通知 rep。`);
    await manager.clickIn({ channel: card.channel, message: card.read() }, 'approval.approve');
    expect(manager.told()).toContain('manager 已于 10:00 驳回。');
    expect(card.words()).toContain('合同变更已驳回');
    expect(card.words()).not.toContain('approval.approve');
    await rep.press('contract.open', value(contract.id));
    expect(rep.words()).toContain('变更 1：客户加一台');
    expect(rep.words()).toContain('已驳回');
    expect(rep.words()).toContain('"contract.amend"');
  });

  it('is decided on the contract’s card, and withdrawn from it', async () => {
    const { contract } = await sent();
    await rep.press('contract.open', value(contract.id));
    expect(rep.words()).not.toContain('approval.approve');
    await rep.click('approval.withdraw');
    expect(rep.words()).toContain(`已撤回 ${contract.number} 的变更 1。`);
    const second = await sent();
    await manager.press('contract.open', value(second.contract.id));
    await manager.click('approval.approve');
    expect(manager.words()).toContain(`已通过 ${second.contract.number} 的变更 1。`);
  });

  it('forged by its sender changes nothing', async () => {
    const { contract } = await sent();
    const { approval } = await postCard(contract.id);
    await rep.press('approval.approve', JSON.stringify({ a: approval.id, v: approval.version }));
    expect(rep.told()).toContain('审批合同需要');
    await approveAmendment(await world.company.as('director'), approval.id, approval.version);
  });
});
