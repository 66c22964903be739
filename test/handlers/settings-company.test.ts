// The company's settings as windows: the days ahead at which an owner is told of a contract's end, the set-up list, small
// amounts, and the index that shows what is set.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { exportSettings } from '../../src/domain/settings/settings-file.service.js';
import { loadSetup } from '../../src/domain/settings/setup.queries.js';
import { changeCompany } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const ADMIN = slackId('admin');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  await changeCompany(world.company.db, { name: '长风设备' });
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.sandbox.dismiss(ADMIN, true);
  await ui.press(ADMIN, 'settings.company', '');
});

const save = (endingDays: string) => world.sandbox.submit(ADMIN, ui.fill(ADMIN, { endingDays }));
const kept = async () => (await world.company.system()).company.settings.endingDays;

describe('days ahead of a contract’s end', () => {
  it('are shown, read in any order and writing, and may be none', async () => {
    expect(ui.block(ADMIN, 'endingDays').element).toMatchObject({ initial_value: '30, 7' });
    await save('７、60, 30，60');
    expect(await kept()).toEqual([60, 30, 7]);
    await world.sandbox.dismiss(ADMIN, true);
    await ui.press(ADMIN, 'settings.company', '');
    await save('');
    expect(await kept()).toEqual([]);
  });

  it.each(['0', '366', 'x', '1 2 3 4 5 6', '-3'])('refuse %j on the field', async (typed) => {
    const before = await kept();
    const result = await save(typed);
    expect(result.errors?.endingDays).toContain('写最多 5 个 1 到 365 的天数');
    expect(await kept()).toEqual(before);
  });
});

describe('the company', () => {
  const saved = async (typed: Record<string, string>) => {
    await world.sandbox.dismiss(ADMIN, true);
    await ui.press(ADMIN, 'settings.company', '');
    await world.sandbox.submit(ADMIN, ui.fill(ADMIN, typed));
    return words(ui.top(ADMIN));
  };

  it('names what was changed, and nothing else', async () => {
    const language = await saved({ locale: 'en' });
    expect(language).toContain('语言：English');
    expect(language).not.toMatch(/提醒|时区/);
    const time = await saved({ locale: 'zh-CN', remindAt: '08:30' });
    expect(time).toContain('语言：中文');
    expect(time).toContain('提醒从下一个工作日 08:30 起');
    await saved({ remindAt: '09:00', endingDays: '45' });
    expect(await saved({ endingDays: '' })).toContain('合同结束前几天提醒负责人：没有');
    expect(await saved({})).toContain('“公司与语言”没有改动。');
    await saved({ endingDays: '30, 7' });
  });
});

describe('the set-up list', () => {
  const setup = async () => loadSetup(await world.company.system());

  it('has the company done once its own form was saved, not after any other', async () => {
    await changeCompany(world.company.db, { name: 'Huikuan', settings: {} });
    await world.sandbox.dismiss(ADMIN, true);
    await ui.press(ADMIN, 'settings.tolerance', '');
    await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { tolerance: '2' }));
    expect(await setup()).toMatchObject({ company: false, managers: true });
    await world.sandbox.dismiss(ADMIN, true);
    await ui.press(ADMIN, 'settings.company', '');
    // The name it was made with is not offered as one that somebody chose.
    expect((await save('30')).errors).toMatchObject({ name: expect.any(String) });
    await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { name: '长风设备' }));
    expect(await setup()).toMatchObject({ company: true });
  });

  it('waits for the admins as one thing to do until it is done, in their to-do list too', async () => {
    const waiting = async () => {
      const { items } = await findWaiting(await world.company.as('admin'), 'admin');
      return items.filter(({ kind }) => kind === 'setup');
    };
    const db = world.company.db;
    const open = await waiting();
    expect(open).toEqual([{ kind: 'setup', open: expect.arrayContaining(['customers']) }]);
    await world.sandbox.command(ADMIN, '/hk', '');
    const answer = await world.sandbox.waitFor(
      () => world.sandbox.history(ADMIN, world.sandbox.dm(ADMIN)).find(({ ephemeral }) => ephemeral),
      5_000,
      'an answer',
    );
    expect(answer.text).toContain('设置未完成');
    expect(words(answer)).toContain('导入');
    await createCustomer(await world.company.as('rep'), { name: '第一家' });
    await changeCompany(db, { financeChannelId: 'C_FINANCE', escalationChannelId: 'C_ESCALATION' });
    expect(await waiting()).toEqual([]);
  });

  it('asks for no channel that is left out on purpose, until that is taken back', async () => {
    await changeCompany(world.company.db, { financeChannelId: null, escalationChannelId: null });
    const saved = async (declined: string[]) => {
      await world.sandbox.dismiss(ADMIN, true);
      await ui.press(ADMIN, 'settings.channels', '');
      await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { declined }));
      return words(ui.top(ADMIN));
    };
    await saved([]);
    expect(await setup()).toMatchObject({ financeChannel: false, escalationChannel: false });
    expect(await saved(['yes'])).toContain('没有频道，私信相关的人');
    expect(await setup()).toMatchObject({ financeChannel: true, escalationChannel: true });
    await saved([]);
    expect(await setup()).toMatchObject({ escalationChannel: false });
    await changeCompany(world.company.db, {
      financeChannelId: 'C_FINANCE',
      escalationChannelId: 'C_ESCALATION',
    });
  });

  it('has no managers done while nobody sells', async () => {
    const reps = await world.company.db.user.findMany({ where: { roles: { has: 'rep' } } });
    await world.company.db.user.updateMany({ where: { roles: { has: 'rep' } }, data: { active: false } });
    expect(await setup()).toMatchObject({ roles: false, managers: false, repsWithoutManager: 0 });
    await world.company.db.user.updateMany({
      where: { id: { in: reps.map(({ id }) => id) } },
      data: { active: true },
    });
  });
});

describe('a rep above whom nobody leads', () => {
  const save = async (managerId?: string) => {
    await ui.press(ADMIN, 'settings.member', world.company.ids.nobody);
    const more = managerId === undefined ? {} : { managerId };
    await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { roles: ['rep'], ...more }));
    return words(ui.top(ADMIN));
  };

  it('is saved with a word on who has their contracts, and whether anybody has', async () => {
    const { db } = world.company;
    expect(await save()).toContain(
      '已保存：nobody 是 销售。\\n⚠️ 注意 上面没有销售主管或总监：合同审批和逾期升级都找 director。',
    );
    await db.user.update({ where: { id: world.company.ids.director }, data: { active: false } });
    expect(await save()).toContain('合同没有人能审批，逾期升级给管理员。选一位上级。');
    await db.user.update({ where: { id: world.company.ids.director }, data: { active: true } });
    expect(await save(slackId('manager'))).not.toContain('⚠️');
  });

  it('loses the last role with a word on what they still own, if anything', async () => {
    const clear = async () => {
      await world.sandbox.dismiss(ADMIN, true);
      await ui.press(ADMIN, 'settings.member', world.company.ids.nobody);
      await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { roles: [] }));
      return words(ui.top(ADMIN));
    };
    expect(await clear()).not.toContain('⚠️');
    await save(slackId('manager'));
    await createCustomer(await world.company.as('nobody'), { name: '留下的客户' });
    expect(await clear()).toContain('⚠️ 注意 名下还有 1 个客户、0 份合同、0 期计划：提醒先发给上级。');
  });
});

it('a bot that is saved as a member is refused as what it is', async () => {
  await world.sandbox.dismiss(ADMIN, true);
  world.sandbox.upsertUser({ id: 'U_BOT', real_name: '报表机器人', is_bot: true });
  await ui.press(ADMIN, 'settings.member', '');
  const refused = await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { person: 'U_BOT' }));
  expect(refused.errors).toEqual({ person: '报表机器人 是访客、机器人或已停用。换一位。' });
});

it('a delegate taken away where there is none is told as that', async () => {
  await world.sandbox.dismiss(ADMIN, true);
  await ui.press(ADMIN, 'settings.delegates', '');
  await world.sandbox.submit(ADMIN, ui.fill(ADMIN, {}));
  expect(words(ui.top(ADMIN))).toContain('原来就没有代理人，没有改动。');
});

describe('small amounts', () => {
  const open = async () => {
    await world.sandbox.dismiss(ADMIN, true);
    await ui.press(ADMIN, 'settings.tolerance', '');
  };
  const tolerance = async () => (await world.company.system()).company.settings;

  it('are saved with what it means, shown in the index, and marked on every open Home', async () => {
    await world.company.db.user.updateMany({ data: { homeOpenedAt: new Date(), homeStale: false } });
    await open();
    await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { tolerance: '5', small: '20', ackDays: '4' }));
    expect(words(ui.top(ADMIN))).toContain('未收 ¥5.00 以内的不再提醒，现在有 0 期');
    expect(await tolerance()).toMatchObject({
      toleranceMinor: 5_00,
      smallDifferenceMinor: 20_00,
      ackDays: 4,
    });
    expect(await world.company.db.user.count({ where: { active: true, homeStale: false } })).toBe(0);
    await world.sandbox.dismiss(ADMIN, true);
    await ui.press(ADMIN, 'settings.open', '');
    const index = words(ui.top(ADMIN));
    expect(index).toContain('未收 ¥5.00 以内不提醒 · 尾差上限 ¥20.00 · 知悉后等 4 个工作日');
    expect(index).toContain('客户类型 5 · 行业 9 · 币种 5');
    expect(index).toContain('回款 · ≥ ¥500,000.00');
    expect(index).toContain('HT-2026-0001 · HK-20261120-001 · KH-0001');
  });

  it('name what was changed, and nothing else', async () => {
    const saved = async (typed: Record<string, string>) => {
      await open();
      await world.sandbox.submit(ADMIN, ui.fill(ADMIN, typed));
      return words(ui.top(ADMIN));
    };
    const small = await saved({ small: '21' });
    expect(small).toContain('尾差上限改为 ¥21.00。');
    expect(small).not.toMatch(/不再提醒|工作日/);
    const days = await saved({ ackDays: '5' });
    expect(days).toContain('知悉后等 5 个工作日');
    expect(days).not.toMatch(/不再提醒|尾差/);
    expect(await saved({})).toContain('“容差”没有改动。');
  });

  it.each([
    ['tolerance', '50.01', '不超过 50'],
    ['tolerance', 'abc', '没看懂“abc”'],
    ['small', '-1', '不超过 50'],
    ['small', '50.01', '不超过 50'],
    ['ackDays', '11', '1'],
  ])('refuse %s %s on its field', async (field, typed, told) => {
    await open();
    const { errors } = await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { [field]: typed }));
    expect(errors?.[field]).toContain(told);
  });

  it('may be none', async () => {
    await open();
    await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { tolerance: '', small: '0' }));
    expect(await tolerance()).toMatchObject({ toleranceMinor: 0, smallDifferenceMinor: 0 });
  });
});

describe('the last moment of the day', () => {
  it('is later than the reminder time', async () => {
    const { errors } = await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { remindUntil: '08:30' }));
    expect(errors?.remindUntil).toContain('要晚于提醒时间 09:00');
    await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { remindUntil: '20:00' }));
    expect((await world.company.system()).company.remindUntil).toBe('20:00');
  });
});

describe('all settings as one file', () => {
  /** Chooses a file in the form on top of the index. */
  async function choose(content: string) {
    await world.sandbox.dismiss(ADMIN, true);
    await ui.press(ADMIN, 'settings.import', '');
    const file = world.sandbox.upload(ADMIN, 'settings.json', Buffer.from(content));
    const values = { file: { value: { type: 'file_input', files: [{ id: file.id }] } } };
    return world.sandbox.submit(ADMIN, values as never);
  }

  it('comes by direct message, and goes in after a preview', async () => {
    await ui.press(ADMIN, 'settings.export', '');
    const sent = await world.sandbox.waitFor(() =>
      world.sandbox.history(ADMIN, world.sandbox.dm(ADMIN)).find((message) => message.files?.length),
    );
    expect(sent.files?.[0]?.name).toMatch(/^回款设置-2026-11-20\.json$/);
    const file = JSON.parse(await exportSettings(await world.company.as('admin')));
    await choose(JSON.stringify({ ...file, company: { name: '恒力机械' } }));
    expect(words(ui.top(ADMIN))).toContain('公司名称：');
    expect(words(ui.top(ADMIN))).toContain('→ 恒力机械');
    expect((await world.company.system()).company.name).not.toBe('恒力机械');
    await world.sandbox.submit(ADMIN, {});
    expect(words(ui.top(ADMIN))).toContain('已导入设置，改了 1 处');
    expect((await world.company.system()).company.name).toBe('恒力机械');
    await choose(JSON.stringify({ ...file, company: { name: '恒力机械' } }));
    expect(words(ui.top(ADMIN))).toContain('和现在一样，没有要改的。');
  });

  it('is refused on its field where it is none, and leaves a channel that it cannot post in', async () => {
    const refused = await choose('{"rows":[]}');
    expect(refused.errors?.file).toContain('这不是导出的设置文件');
    await choose('{"huikuan":"settings","version":1,"company":{"financeChannelId":"C_NOWHERE"}}');
    expect(words(ui.top(ADMIN))).toContain('进不了这些频道，频道不改：C_NOWHERE');
  });
});
