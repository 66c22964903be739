import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { listTemplates } from '../../src/domain/templates/template.queries.js';
import { anActiveContract, NOON } from '../support/company.js';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  slackId,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const ADMIN = slackId('admin');
let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
let admin: PersonAtSlack;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
  admin = world.person('admin');
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.company.db.formDraft.deleteMany({});
  for (const who of [ADMIN, slackId('rep')]) await world.sandbox.dismiss(who, true);
});

const templates = async () => listTemplates(await world.company.system());
const byCode = async (code: string) => (await templates()).find((one) => one.code === code);
async function openList() {
  await admin.press('settings.open', '');
  await admin.click('template.list');
}
async function more(code: string, action: 'edit' | 'test' | 'copy' | 'delete') {
  const found = await byCode(code);
  if (!found) throw new Error(`no ${code}`);
  await choose('template.more', JSON.stringify({ a: action, t: found.id, v: found.version }));
}
const onLine = (action: string, n: number) => choose('template.line', JSON.stringify({ a: action, n }));
/** Chooses an entry of the one menu that has it. */
async function choose(action: string, value: string) {
  const block = admin.top().blocks.find((one) => JSON.stringify(one).includes(JSON.stringify(value)));
  if (!block) throw new Error(`no ${value}`);
  await admin.click(action, { block_id: String(block.block_id), value });
}
const blockOf = (action: string) =>
  String(ui.top(ADMIN).blocks.find((one) => JSON.stringify(one).includes(action))?.block_id);
const depth = () => world.sandbox.views(ADMIN).length;

describe('templates in the settings', () => {
  it('the index names them, the list says them as sentences, in the same window', async () => {
    await admin.press('settings.open', '');
    expect(words(ui.top(ADMIN))).toContain('3331、361、37');
    await admin.click('template.list');
    expect(depth()).toBe(1);
    expect(words(ui.top(ADMIN))).toContain('预付款 · 30% · 签订当天');
    expect(words(ui.top(ADMIN))).toContain('质保金 · 10% · 质保到期当天 · 质保金');
  });

  it('makes one: lines added, changed, moved, removed; the sum lives; head typed meanwhile is kept', async () => {
    await openList();
    await admin.click('template.new');
    expect(words(ui.top(ADMIN))).toContain('比例合计 0%，还差 100%');
    const addLine = async (values: Record<string, string>) => {
      await admin.click('template.line_add');
      expect(depth()).toBe(3);
      return admin.submit(ui.fill(ADMIN, values));
    };
    await addLine({ name: '首付', size: '30' });
    expect(depth()).toBe(2);
    expect(words(ui.top(ADMIN))).toContain('1. 首付 · 30% · 签订当天');
    expect(words(ui.top(ADMIN))).toContain('还差 70%');
    await addLine({ name: '尾款', kind: 'remainder', anchor: 'acceptance', days: '30' });
    await addLine({
      name: '安装款',
      kind: 'fixed',
      size: '5万',
      anchor: 'installation',
      side: 'before',
      days: '3',
    });
    expect(words(ui.top(ADMIN))).toContain('2. 安装款 · 固定 ¥50,000.00 · 安装前3天');
    expect(words(ui.top(ADMIN))).toContain('3. 尾款 · 余款 · 验收后30天');
    await onLine('up', 1);
    expect(words(ui.top(ADMIN))).toContain('1. 安装款');
    await onLine('edit', 1);
    await admin.submit(ui.fill(ADMIN, { size: '33.33%' }));
    expect(words(ui.top(ADMIN))).toContain('2. 首付 · 33.33%');
    await addLine({ name: '多余', size: '1' });
    await onLine('remove', 2);
    expect(words(ui.top(ADMIN))).not.toContain('多余');
    await admin.submit(ui.fill(ADMIN, { code: '自定', name: '我们的' }));
    expect(depth()).toBe(1);
    expect(words(ui.top(ADMIN))).toContain('已保存模板 自定');
    expect(await byCode('自定')).toMatchObject({
      name: '我们的',
      currency: 'CNY',
      lines: [
        {
          name: '安装款',
          fixedAmount: 5_000_000n,
          anchorKind: 'installation',
          anchorOffset: { months: 0, days: -3 },
        },
        { name: '首付', shareBp: 3333 },
        { name: '尾款', isRemainder: true, anchorOffset: { months: 0, days: 30 } },
      ],
    });
    expect(await world.company.db.formDraft.count()).toBe(0);
  });

  it('answers what is wrong on its field or on top, and keeps the rest', async () => {
    await openList();
    await more('361', 'edit');
    await admin.click('template.line_add');
    const refused = await world.sandbox.submit(
      ADMIN,
      ui.fill(ADMIN, { name: 'x', size: '3 成', days: 'viele' }),
    );
    expect(refused.errors).toMatchObject({
      size: '没看懂“3 成”。比例写 30 或 33.33，最多两位小数，0.01 到 100。',
      days: '写 -3650 到 3650 之间的整数。',
    });
    await admin.submit(ui.fill(ADMIN, { name: 'x', size: '5', days: '0' }));
    expect(words(ui.top(ADMIN))).toContain('比例合计 105%，超出 5%');
    await admin.submit({});
    expect(words(ui.top(ADMIN))).toContain('各行合计 105%');
    const taken = await (async () => {
      await onLine('remove', 3);
      return admin.submit(ui.fill(ADMIN, { code: '3331' }));
    })();
    expect(Object.values(taken.errors ?? {}).join()).toContain('已是模板');
    expect((await byCode('361'))?.lines).toHaveLength(3);
  });

  it('a copy is a new one; a deleted one is gone', async () => {
    await openList();
    await more('37', 'copy');
    expect(words(ui.top(ADMIN))).toContain('尾款 · 余款');
    await admin.submit(ui.fill(ADMIN, { code: '37b' }));
    expect((await byCode('37b'))?.lines).toHaveLength(2);
    await more('37b', 'delete');
    expect(words(ui.top(ADMIN))).toContain('删除模板 37b？');
    await admin.submit({});
    expect(words(ui.top(ADMIN))).toContain('已删除模板 37b');
    expect(await byCode('37b')).toBeUndefined();
  });

  it('a code typed too long stands in the way of no click, and is told when it is sent', async () => {
    await openList();
    await admin.click('template.new');
    const view = ui.top(ADMIN);
    const code = { value: { value: '长'.repeat(21) } };
    await admin.act({
      container: { type: 'view', view_id: view.id },
      action: { block_id: blockOf('template.line_add'), action_id: 'template.line_add' },
      state: {
        values: {
          [String(ui.block(ADMIN, 'code').block_id)]: code,
          [String(ui.block(ADMIN, 'name').block_id)]: { value: { value: '名' } },
        },
      },
    });
    expect(depth()).toBe(3);
    expect(await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { name: '款', size: '' }))).toMatchObject({
      errors: { size: '这里不能空。填上再提交。' },
    });
    await admin.submit(ui.fill(ADMIN, { name: '款', size: '100' }));
    const refused = await world.sandbox.submit(ADMIN, {});
    expect(Object.values(refused.errors ?? {})).toEqual(['多 1 字，最多 20。删短。']);
  });

  it('sixty lines are the most: no button for more, and a form left open loses none of them', async () => {
    await openList();
    await admin.click('template.new');
    await admin.click('template.line_add');
    const draft = await world.company.db.formDraft.findFirstOrThrow();
    const { template } = draft.values as unknown as { template: { lines: object[] } };
    const line = { name: '款', shareBp: 1, fixedAmount: null, anchorKind: 'signing' };
    const lines = Array.from({ length: 60 }, () => line);
    const values = { ...Object(draft.values), template: { ...template, lines } };
    await world.company.db.formDraft.update({ where: { id: draft.id }, data: { values } });
    await admin.submit(ui.fill(ADMIN, { name: '多', size: '1' }));
    expect(words(ui.top(ADMIN))).toContain('模板最多 60 行。移除一行再加。');
    await world.sandbox.dismiss(ADMIN, true);
    // As the lines would have done, had they been typed.
    await world.company.db.formDraft.update({ where: { id: draft.id }, data: { version: 61 } });
    await openList();
    await admin.click('template.new');
    expect(words(ui.top(ADMIN))).toContain('60. 款 · 0.01% · 签订当天');
    expect(JSON.stringify(ui.top(ADMIN).blocks)).not.toContain('template.line_add');
  });

  it('what was left unfinished is there again for a day, each template its own, and may be begun anew', async () => {
    const leaveUnfinished = async () => {
      await openList();
      await more('361', 'edit');
      await onLine('remove', 2);
      await world.sandbox.dismiss(ADMIN, true);
      await openList();
    };
    await leaveUnfinished();
    await more('37', 'edit');
    expect(words(ui.top(ADMIN))).not.toContain('继续上次填写');
    await world.sandbox.dismiss(ADMIN, true);
    await openList();
    await more('361', 'edit');
    expect(words(ui.top(ADMIN))).toContain('继续上次填写：2 行');
    expect(words(ui.top(ADMIN))).toContain('还差 10%');
    await admin.click('template.restart');
    expect(words(ui.top(ADMIN))).not.toContain('继续上次填写');
    expect(words(ui.top(ADMIN))).toContain('3. 质保金');
    await world.sandbox.dismiss(ADMIN, true);
    await leaveUnfinished();
    const aDayAgo = new Date(NOON.getTime() - 24 * 3_600_000 - 1);
    await world.company.db.formDraft.updateMany({ data: { updatedAt: aDayAgo } });
    await more('361', 'edit');
    expect(words(ui.top(ADMIN))).not.toContain('继续上次填写');
    expect(words(ui.top(ADMIN))).toContain('3. 质保金');
  });

  it('where nothing was typed a template and its copy are shown as they are now, not as they were', async () => {
    await openList();
    for (const action of ['copy', 'edit'] as const) {
      await more('37', action);
      await admin.click('template.test');
      await world.sandbox.dismiss(ADMIN, true);
      await openList();
    }
    const { id = '' } = (await byCode('37')) ?? {};
    await world.company.db.planTemplate.update({
      where: { id },
      data: { version: { increment: 1 }, name: '如今的' },
    });
    await world.sandbox.dismiss(ADMIN, true);
    await openList();
    for (const action of ['copy', 'edit'] as const) {
      await more('37', action);
      expect(words(ui.top(ADMIN))).not.toContain('继续上次填写');
      expect(JSON.stringify(ui.top(ADMIN).blocks)).toContain('如今的');
      await world.sandbox.dismiss(ADMIN, true);
      await openList();
    }
  });

  it('after somebody else was faster it is told once, and sent again it is saved', async () => {
    await openList();
    await more('37', 'edit');
    await onLine('remove', 0);
    const other = await byCode('37');
    await world.company.db.planTemplate.update({
      where: { id: other?.id ?? '' },
      data: { version: { increment: 1 }, name: '别人改的' },
    });
    await admin.submit(ui.fill(ADMIN, { name: '我改的' }));
    expect(words(ui.top(ADMIN))).toContain('你填的还在，核对再保存');
    expect((await byCode('37'))?.name).toBe('别人改的');
    await admin.submit({});
    expect(words(ui.top(ADMIN))).toContain('已保存模板 37');
    expect(await byCode('37')).toMatchObject({ name: '我改的', lines: [{ name: '尾款' }] });
  });

  it('an editor whose draft was begun anew elsewhere changes nothing', async () => {
    await openList();
    await more('37', 'edit');
    const stale = ui.top(ADMIN);
    await world.company.db.formDraft.updateMany({ data: { version: { increment: 1 } } });
    expect(stale).toBeDefined();
    await admin.submit(ui.fill(ADMIN, { name: '不该' }));
    expect(words(ui.top(ADMIN))).toContain('这份填写在别处改过或已保存');
    expect((await byCode('37'))?.name).not.toBe('不该');
  });

  it('is for admins only', async () => {
    const rep = slackId('rep');
    for (const [action, value] of [
      ['template.list', ''],
      ['template.new', ''],
      ['template.more', JSON.stringify({ a: 'edit', t: (await templates())[0]?.id, v: 1 })],
    ] as const) {
      await ui.press(rep, action, value);
      expect(ui.told(rep, world.sandbox.dm(rep))).toContain('修改设置需要');
    }
  });
});

describe('trying a template out', () => {
  it('for an amount and dates: rows, amounts, dates and what is still unknown', async () => {
    await openList();
    await more('3331', 'test');
    await admin.submit(ui.fill(ADMIN, { amount: '1000.01', shipment: '2027-01-05' }));
    const shown = words(ui.top(ADMIN));
    expect(shown).toContain('1. 预付款 · ¥300.00 · 11月20日 周五');
    expect(shown).toContain('2. 发货款 · ¥300.00 · 12月29日 周二');
    expect(shown).toContain('3. 验收款 · ¥300.00 · 日期待定（验收后30天）');
    expect(shown).toContain('4. 质保金 · ¥100.01 · 日期待定（质保到期当天）');
    expect(shown).toContain('合计 ¥1,000.01，与合同一致');
    await admin.submit(ui.fill(ADMIN, { amount: '0.03' }));
    expect(words(ui.top(ADMIN))).toContain('第 1 行“预付款”会是 0 或负数');
  });

  it('for a contract that is searched, from the editor too, before it is saved', async () => {
    const { contract } = await anActiveContract(world.company, [[500_000_00n, '2027-01-01']], {
      contract: { signedOn: localDate('2026-11-18'), milestones: { acceptance: localDate('2026-12-10') } },
    });
    await openList();
    await more('3331', 'edit');
    await admin.click('template.test');
    expect(depth()).toBe(3);
    await ui.choose(ADMIN, 'contract', contract.number, `${contract.number} · ${contract.name} · `);
    await admin.submit({});
    const shown = words(ui.top(ADMIN));
    expect(shown).toContain('1. 预付款 · ¥150,000.00 · 11月18日 周三');
    expect(shown).toContain('3. 验收款 · ¥150,000.00 · 2027年1月9日 周六');
    expect(await world.company.db.instalment.count({ where: { contractId: contract.id } })).toBe(1);
  });
});
