// First contact and the settings: a newcomer asks, an admin gives a role, channels are tested when they are saved.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message, View } from '../../sandbox/server/protocol.js';
import { type Story, startStory, textOf } from './support.js';

let story: Story;
beforeAll(async () => {
  story = await startStory('socket');
  // Whoever talks to the app first and is a workspace admin becomes its admin.
  await story.sandbox.command('U_ADMIN', '/hk', 'help');
  await story.sandbox.waitFor(() => messagesOf('U_ADMIN').length > 0);
});
afterAll(() => story.close());

const messagesOf = (user: string): Message[] => story.sandbox.history(user, story.sandbox.dm(user));
const withText = (user: string, text: string) => () =>
  messagesOf(user).find((message) => textOf(message.blocks ?? message.text).includes(text));
const topView = (user: string): View | undefined => story.sandbox.views(user).at(-1);
const viewWith = (user: string, text: string) =>
  story.sandbox.waitFor(
    () => {
      const view = topView(user);
      return view && textOf(view).includes(text) ? view : undefined;
    },
    5_000,
    `a window with ${text}`,
  );

describe('a newcomer', () => {
  it('gets nothing but help and the way to ask, at commands, shortcuts and Home', async () => {
    const { sandbox } = story;
    await sandbox.command('U_NEW', '/hk-receipt', 'HT-2026-0001 300000');
    const refusal = await sandbox.waitFor(withText('U_NEW', '你还没有角色。请管理员开通。'));
    expect(textOf(refusal.blocks)).not.toContain('/hk-plan');
    await sandbox.shortcut('U_NEW', 'shortcut.contract');
    const view = await viewWith('U_NEW', '你还没有角色');
    expect(view.blocks.some((block) => block.type === 'input')).toBe(false);
    await sandbox.dismiss('U_NEW', true);
    sandbox.openHome('U_NEW');
    const home = await sandbox.waitFor(() => sandbox.home('U_NEW') ?? undefined);
    expect(textOf(home)).toContain('请管理员开通');
    expect(textOf(home)).toContain('按回款计划提醒、登记回款、财务审批');
  });

  it('asks once, however often the button is clicked; the admin sets the role from the message', async () => {
    const { sandbox } = story;
    const channel = sandbox.dm('U_NEW');
    const message = await sandbox.waitFor(withText('U_NEW', '你还没有角色'));
    await sandbox.click('U_NEW', { channel, message }, 'member.ask');
    await sandbox.waitFor(withText('U_NEW', '已请求'));
    await sandbox.click('U_NEW', { channel, message }, 'member.ask');
    const asked = await sandbox.waitFor(withText('U_ADMIN', '新同事 想使用回款。'));
    await sandbox.click('U_ADMIN', { channel: sandbox.dm('U_ADMIN'), message: asked }, 'settings.member');
    const form = await viewWith('U_ADMIN', '保存后没有角色');
    const roles = form.blocks.find((block) => block.block_id.startsWith('roles|'));
    const rep = {
      selected_options: [{ text: { type: 'plain_text' as const, text: '销售', emoji: false }, value: 'rep' }],
    };
    await sandbox.click('U_ADMIN', form, 'settings.roles', { block_id: roles?.block_id ?? '', ...rep });
    await viewWith(
      'U_ADMIN',
      '保存后可以查看（自己的）、建合同和计划（自己的）、登记回款（自己的）；不能审批回款',
    );
    const result = await sandbox.submit('U_ADMIN', { 'settings.roles': rep });
    expect(result).toMatchObject({ ok: true });
    await viewWith('U_ADMIN', '✅ 已保存：新同事 是 销售。');
    await sandbox.dismiss('U_ADMIN', true);
    const welcome = await sandbox.waitFor(withText('U_NEW', '王敏 把你设为销售。'));
    expect(textOf(welcome.blocks)).toContain('每天 09:00 收到到期和逾期的款。');
    // Nothing can be planned yet: the first step is the contract, and it opens.
    await sandbox.click('U_NEW', { channel: sandbox.dm('U_NEW'), message: welcome }, 'contract.new');
    await viewWith('U_NEW', '新建客户');
    await sandbox.dismiss('U_NEW', true);
    await sandbox.waitFor(withText('U_ADMIN', '✅ 新同事 已有角色：销售。'));
    expect(messagesOf('U_ADMIN').filter((one) => textOf(one.blocks).includes('新同事'))).toHaveLength(1);
  });

  it('is answered when they write to the app, with the command it stands for', async () => {
    const { sandbox } = story;
    sandbox.say('U_NEW', sandbox.dm('U_NEW'), '待办');
    const answer = await sandbox.waitFor(withText('U_NEW', '看不懂聊天消息'));
    await sandbox.click('U_NEW', { channel: sandbox.dm('U_NEW'), message: answer }, 'command.suggestion.0');
    await sandbox.waitFor(withText('U_NEW', '今天没有等你处理的事'));
  });

  it('works from the next click on', async () => {
    const { sandbox } = story;
    await sandbox.command('U_NEW', '/hk', '帮助');
    const help = await sandbox.waitFor(withText('U_NEW', '/hk-receipt HT-2026-0012 30万'));
    expect(textOf(help.blocks)).not.toContain('/hk 角色');
    await sandbox.command('U_NEW', '/hk', '角色');
    await sandbox.waitFor(withText('U_NEW', '修改设置需要管理员，你是销售'));
    expect(sandbox.views('U_NEW')).toEqual([]);
  });
});

describe('the settings', () => {
  const openForm = async (action: string, expected: string) => {
    const { sandbox } = story;
    await sandbox.command('U_ADMIN', '/hk', 'settings');
    const index = await viewWith('U_ADMIN', '角色与上级');
    await sandbox.click('U_ADMIN', index, action);
    return viewWith('U_ADMIN', expected);
  };

  it('refuses a channel the bot cannot post in, on its field, and saves ones it can', async () => {
    const { sandbox } = story;
    await openForm('settings.channels', '财务频道');
    sandbox.upsertChannel({ id: 'C_SECRET', name: 'secret', is_private: true, invite: ['U_ADMIN'] });
    const secret = await sandbox.submit('U_ADMIN', {
      finance: { value: { selected_conversation: 'C_SECRET' } },
    });
    expect(secret.errors?.finance).toBe('进不了 所选的频道。在那里输入 /invite @Huikuan。');
    const before = sandbox.messages('C_FINANCE').length;
    // general is public: the bot joins by itself.
    const saved = await sandbox.submit('U_ADMIN', {
      finance: { value: { selected_conversation: 'C_FINANCE' } },
      escalation: { value: { selected_conversation: 'C_GENERAL' } },
    });
    expect(saved.errors).toBeUndefined();
    await viewWith('U_ADMIN', '✅ 已保存频道');
    await sandbox.dismiss('U_ADMIN', true);
    expect(sandbox.messages('C_FINANCE').length).toBe(before);
    await sandbox.command('U_ADMIN', '/hk', '设置');
    await viewWith('U_ADMIN', '<#C_FINANCE>');
    await sandbox.dismiss('U_ADMIN', true);
  });

  it('changes the company, and refuses a zone that does not exist', async () => {
    const { sandbox } = story;
    await openForm('settings.company', '公司名称');
    const wrong = await sandbox.submit('U_ADMIN', {
      name: { value: { value: '恒力机械' } },
      timezone: { value: { value: 'Mars/Olympus' } },
    });
    expect(wrong.errors?.timezone).toContain('Mars/Olympus');
    const saved = await sandbox.submit('U_ADMIN', {
      name: { value: { value: '恒力机械' } },
      timezone: { value: { value: 'Asia/Shanghai' } },
      remindAt: { value: { selected_time: '08:30' } },
    });
    expect(saved.errors).toBeUndefined();
    await viewWith('U_ADMIN', '08:30');
    await sandbox.dismiss('U_ADMIN', true);
    await sandbox.command('U_ADMIN', '/hk', '设置');
    await viewWith('U_ADMIN', '恒力机械 · Asia/Shanghai · CNY · 中文 · 08:30');
    await sandbox.dismiss('U_ADMIN', true);
  });

  it('keeps the last admin', async () => {
    const { sandbox } = story;
    await openForm('settings.member', '先选人员');
    const form = await viewWith('U_ADMIN', '先选人员');
    await sandbox.click('U_ADMIN', form, 'settings.member_pick', { selected_user: 'U_ADMIN' });
    const chosen = await viewWith('U_ADMIN', '角色');
    await sandbox.waitFor(() =>
      topView('U_ADMIN')?.blocks.some((block) => block.block_id.startsWith('roles|')),
    );
    const none = await sandbox.submit('U_ADMIN', { 'settings.roles': { selected_options: [] } });
    expect(Object.values(none.errors ?? {})).toEqual(['这是最后一位管理员。先把别人设为管理员。']);
    expect(chosen.callback_id).toBe('settings.member');
    await sandbox.dismiss('U_ADMIN', true);
  });
});
