// Acknowledging a case and opening the to-do list, through the real app and the strict local Slack.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { anActiveContract } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';

let world: SandboxedCompany;
let caseId: string;
beforeAll(async () => {
  world = await startSandboxedCompany();
  const { company } = world;
  // Three days overdue at the app's noon, and open since before it was due.
  const parts = Array.from({ length: 25 }, (): [bigint, string] => [100_000_00n, '2026-11-17']);
  await anActiveContract(company, parts, { now: new Date('2026-11-02T02:00:00Z') });
  await planReminders(await company.system());
  caseId = (await company.db.escalationCase.findFirstOrThrow({ orderBy: { id: 'asc' } })).id;
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of ['rep', 'manager'] as const) await world.sandbox.dismiss(slackId(who), true);
});
const value = (id: string) => JSON.stringify({ c: id });

describe('[已知悉]', () => {
  it('is refused to others, who are told whom it asks', async () => {
    await world.person('rep').press('case.acknowledge', value(caseId));
    expect(world.person('rep').told()).toBe('由 manager 点“已知悉”。你可以记跟进。');
  });

  it('acknowledges once, says until when, and says who was faster', async () => {
    const manager = world.person('manager');
    await manager.press('case.acknowledge', value(caseId));
    expect(manager.told()).toBe('✅ 已知悉，11月25日 周三 前不升级。');
    await manager.press('case.acknowledge', value(caseId));
    expect(manager.told()).toBe('你已于 10:00 点过“已知悉”。卡片已更新。');
    await world.company.db.user.update({
      where: { id: world.company.ids.manager },
      data: { delegateId: world.company.ids.finance, delegateUntil: new Date('2026-12-31') },
    });
    await world.person('finance').press('case.acknowledge', value(caseId));
    expect(world.person('finance').told()).toContain('manager 已于 10:00 处理过');
    await world.company.db.user.update({
      where: { id: world.company.ids.manager },
      data: { delegateId: null, delegateUntil: null },
    });
    const found = await world.company.db.escalationCase.findUniqueOrThrow({ where: { id: caseId } });
    expect(found.ackedById).toBe(world.company.ids.manager);
  });

  it.each(['', 'not json', '{"c":"1"}', value('01890000-0000-7000-8000-000000000000')])(
    'a forged or stale value %s is answered',
    async (forged) => {
      await world.person('manager').press('case.acknowledge', forged);
      expect(world.person('manager').told()).toContain('没找到');
    },
  );
});

describe('[待办]', () => {
  it('opens the list with its rows, and turns its pages', async () => {
    const rep = world.person('rep');
    await rep.press('todo.open');
    expect(rep.top().title?.text).toBe('待办');
    expect(rep.words()).toContain('待回款 · 25 笔');
    expect(rep.words().split('"instalment.open"').length - 1).toBe(20);
    await rep.click('todo.open.next');
    expect(rep.words().split('"instalment.open"').length - 1).toBe(5);
    await rep.click('todo.open.previous');
    expect(rep.words().split('"instalment.open"').length - 1).toBe(20);
  });

  it('stays on its page when something is acknowledged there', async () => {
    const { company } = world;
    await company.db.user.update({
      where: { id: company.ids.rep },
      data: { roles: ['rep', 'sales_manager'] },
    });
    const asks = await company.db.escalationCase.findFirstOrThrow({ where: { ackedById: null } });
    await company.db.escalationCase.update({
      where: { id: asks.id },
      data: { recipientIds: [...asks.recipientIds, company.ids.rep] },
    });
    const rep = world.person('rep');
    await rep.press('todo.open');
    await rep.click('todo.open.next');
    await rep.click('case.acknowledge');
    expect(rep.words()).toContain('第 2 页，共 2 页');
    expect(rep.words()).toContain('前不升级');
  });

  it('leads a manager to all open cases, with who acknowledged them, page by page', async () => {
    const manager = world.person('manager');
    await manager.press('todo.open');
    await manager.click('case.list');
    expect(manager.top().title?.text).toBe('催收事项');
    expect(manager.words()).toContain('1 级 25 笔');
    expect(manager.words()).toContain('团队逾期');
    await manager.click('case.list.next');
    expect(manager.words()).toContain('第 2 页，共 2 页');
    expect(manager.words()).toContain('已知悉');
    await manager.click('case.acknowledge');
    expect(manager.words()).toContain('第 2 页，共 2 页');
    expect(manager.words()).toContain('前不升级');
  });

  it('shows a manager the cases that ask them, acknowledged from there', async () => {
    const manager = world.person('manager');
    await manager.press('todo.open');
    expect(manager.words()).toContain('请你知悉');
    const before = manager.words().split('"case.acknowledge"').length;
    await manager.click('case.acknowledge');
    expect(manager.words()).toContain('前不升级');
    expect(manager.words().split('"case.acknowledge"').length).toBe(before);
    const acked = await world.company.db.escalationCase.count({ where: { ackedById: { not: null } } });
    expect(acked).toBe(4);
  });
});
