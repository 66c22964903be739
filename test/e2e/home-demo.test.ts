// The demo company as each of its people sees it: every Home and every answer of the front door is one that Slack takes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDemo } from '../../prisma/seed.js';
import { PEOPLE } from '../../scripts/sandbox-world.js';
import { type Db, openDatabase } from '../../src/db/client.js';
import { changeCompany } from '../support/company.js';
import { person } from './steps.js';
import { type Story, startStory, textOf } from './support.js';

/** More than any silence that could be taken for the end of a morning. */
const SLOW_SECONDS = 4;

let story: Story;
beforeAll(async () => {
  story = await startStory('socket', {
    prepare: async (target) => {
      const database = await openDatabase({ ...target, durable: false });
      expect(await seedDemo(database.prisma, new Date())).toBe(true);
      expect(await seedDemo(database.prisma, new Date())).toBe(false);
      await makeMorningSlow(database.prisma);
      await database.close();
    },
  });
}, 300_000);
afterAll(() => story.close());

const openHome = async (id: string): Promise<string> => {
  const { sandbox } = story;
  sandbox.openHome(id);
  const view = await sandbox.waitFor(() => sandbox.home(id) ?? undefined, 45_000, `the Home of ${id}`);
  return textOf(view);
};
/** Calls that the sandbox refused, as Slack would. */
const refused = () =>
  story.sandbox
    .journal()
    .filter((entry) => entry.kind === 'call' && !['ok', '200'].includes(entry.status))
    .map((entry) => `${entry.name} ${entry.status} ${entry.summary}`);

const EXPECTED: Record<string, { home: string[]; not?: string[] }> = {
  U_REP: {
    home: ['合同列表', '回款计划管理', '回款管理', '我的回款计划', '远大重工有限公司', '已逾期 15 天'],
    not: ['Northern Quarry'],
  },
  U_REP_EN: {
    home: [
      'Contracts',
      'Plans',
      'Receipts',
      'My plans',
      'Northern Quarry Ltd',
      'part-paid 40%',
      'Contract draft',
    ],
  },
  U_MANAGER: { home: ['催收事项', '团队逾期', '李雷 · ', 'Emma Clark · ', '逾期率', '合同待审批'] },
  U_DIRECTOR: { home: ['团队逾期'] },
  U_FINANCE: { home: ['等财务审批的回款', '鼎盛设备租赁有限公司', '未核销', '审批'] },
  U_FINANCE_EN: { home: ['Receipts waiting for finance', 'Review'] },
  U_FIN_MGR: { home: ['等财务审批的回款'] },
  U_AUDITOR: { home: ['全部回款计划', '未收'], not: ['登记回款', '新建合同'] },
  U_ADMIN: { home: ['设置清单', '财务频道', '完成', '成员'] },
  U_NEW: { home: ['你还没有角色。请管理员开通。'], not: ['合同列表'] },
};

describe('the demo company', () => {
  it('is planned for and told before anybody can click', () => {
    const calls = story.sandbox.journal().flatMap((entry) => (entry.kind === 'call' ? [entry.name] : []));
    expect(calls).toContain('chat.postMessage');
    expect(calls.indexOf('chat.postMessage')).toBeLessThan(calls.indexOf('apps.connections.open'));
  });

  it.each(PEOPLE.map(({ id }) => id))('%s sees their Home, within scope and language', async (id) => {
    const home = await openHome(id);
    const expected = EXPECTED[id];
    expect(expected).toBeDefined();
    for (const words of expected?.home ?? []) expect(home).toContain(words);
    for (const words of expected?.not ?? []) expect(home).not.toContain(words);
    expect(refused()).toEqual([]);
  });

  it.each(PEOPLE.filter(({ roles }) => roles.length > 0).map(({ id }) => id))(
    '%s gets an answer to /hk, /hk-todo, a search and every list',
    async (id) => {
      const { sandbox } = story;
      const who = person(sandbox, id);
      const channel = sandbox.dm(id);
      for (const [command, text] of [
        ['/hk', ''],
        ['/hk-todo', ''],
        ['/hk', 'find 远大'],
        ['/hk', 'yd'],
      ] as const) {
        const before = sandbox.history(id, channel).filter((message) => message.ephemeral).length;
        await who.command(command, text);
        await sandbox.waitFor(
          () => sandbox.history(id, channel).filter((message) => message.ephemeral).length > before,
          45_000,
          `an answer to ${command} ${text}`,
        );
      }
      for (const list of ['合同列表', '回款计划管理', '回款管理', '客户列表']) {
        await who.command('/hk', list);
        await sandbox.waitFor(() => sandbox.views(id).length > 0, 45_000, list);
        await who.close();
      }
      expect(refused()).toEqual([]);
    },
  );

  it('opens a filled-in receipt, a plan and a card from what is typed', async () => {
    const rep = person(story.sandbox, 'U_REP');
    await rep.command('/hk', 'find 远大');
    const found = await rep.message('“远大”找到');
    const number = /HT-\d{4}-\d{4}/.exec(textOf(found.message.blocks))?.[0] ?? '';
    await rep.command('/hk-receipt', `${number} ３０万`);
    const form = await rep.form('receipt.new');
    const amount = form.blocks.find((block) => block.block_id.startsWith('amount'));
    expect(JSON.stringify(amount)).toMatch(/300,?000/);
    await rep.close();
    await rep.command('/hk-plan', number);
    await rep.window('发货款');
    await rep.close();
    await rep.command('/hk', number.toLowerCase());
    await rep.window('履带挖掘机');
    await rep.close();
    await rep.command('/hk-contract', 'HT-1999-0001');
    await rep.message('没找到 HT-1999-0001，或不在你的范围。核对编号。');
    expect(refused()).toEqual([]);
  });

  it('does not let a rep reach what is another’s, by number or words', async () => {
    const rep = person(story.sandbox, 'U_REP');
    await rep.command('/hk', 'find Quarry');
    await rep.message('没有找到“Quarry”');
    const other = person(story.sandbox, 'U_REP_EN');
    await other.command('/hk', 'find Quarry');
    const theirs = await other.message('Found for “Quarry”');
    const number = /HT-\d{4}-\d{4}/.exec(textOf(theirs.message.blocks))?.[0] ?? '';
    await rep.command('/hk-contract', number);
    await rep.message(`没找到 ${number}`);
    await rep.command('/hk-receipt', `${number} 100`);
    await story.sandbox.waitFor(
      () =>
        story.sandbox
          .history('U_REP', story.sandbox.dm('U_REP'))
          .filter((message) => message.text.includes(`没找到 ${number}`)).length === 2,
    );
    expect(story.sandbox.views('U_REP')).toEqual([]);
  });

  it('turns to contracts with their progress, and to receipts, within scope', async () => {
    const { sandbox } = story;
    const home = sandbox.home('U_REP');
    if (!home) throw new Error('no Home');
    await sandbox.click('U_REP', home, 'home.tab.contracts');
    const shown = (words: string) => () => {
      const now = sandbox.home('U_REP');
      return now && textOf(now).includes(words) ? now : undefined;
    };
    const contracts = await sandbox.waitFor(shown('我的合同'), 45_000, 'the contracts');
    expect(textOf(contracts)).toContain('▓');
    expect(textOf(contracts)).not.toContain('Northern Quarry');
    await sandbox.click('U_REP', contracts, 'home.tab.receipts');
    expect(textOf(await sandbox.waitFor(shown('回款日期'), 45_000, 'the receipts'))).toContain('已通过');
    expect(refused()).toEqual([]);
  });

  it('refreshes Home from its buttons, and by itself when money was recorded', async () => {
    const { sandbox } = story;
    const home = sandbox.home('U_MANAGER');
    if (!home) throw new Error('no Home');
    await sandbox.click('U_MANAGER', home, 'home.refresh');
    await sandbox.waitFor(() => sandbox.home('U_MANAGER')?.hash !== home.hash, 45_000, 'a new Home');
    const before = sandbox.home('U_FINANCE')?.hash;
    const rep = person(sandbox, 'U_REP');
    await rep.command('/hk', 'find 华伟');
    const found = await rep.message('“华伟”找到');
    const number = /HT-\d{4}-\d{4}/.exec(textOf(found.message.blocks))?.[0] ?? '';
    await rep.command('/hk-receipt', `${number} 1万`);
    await rep.form('receipt.new');
    await rep.submit({ method: await rep.choose('method', '银行转账') });
    await rep.window('等财务审批。');
    await rep.close();
    await sandbox.waitFor(
      () => sandbox.home('U_FINANCE')?.hash !== before && textOf(sandbox.home('U_FINANCE')).includes('华伟'),
      20_000,
      'the Home of finance to show the receipt',
    );
  });
});

/** The next day is a working day, whichever it is, and the planning of its morning a slow one. */
async function makeMorningSlow(db: Db): Promise<void> {
  await changeCompany(db, { workweek: [1, 2, 3, 4, 5, 6, 7] });
  await db.calendarDay.deleteMany();
  await db.$executeRaw`CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_sleep(TG_ARGV[0]::float8); RETURN NEW; END $$`;
  // 09:00 in Shanghai, as the slot of a job says it.
  await db.$executeRawUnsafe(`CREATE TRIGGER be_slow BEFORE INSERT ON job_run FOR EACH ROW
    WHEN (NEW.job = 'plan-reminders' AND NEW.slot LIKE '%T01:00') EXECUTE FUNCTION be_slow(${SLOW_SECONDS})`);
}

it('the clock does not pass a morning before its message is there, however slow the app', async () => {
  const { sandbox } = story;
  const started = performance.now();
  await sandbox.clock.move({ advance: { days: 1 } });
  expect(performance.now() - started).toBeGreaterThan(SLOW_SECONDS * 1_000);
  const told = sandbox.messages(sandbox.dm('U_REP')).map((message) => textOf(message.blocks));
  // There may be one of this hour from the start of the story.
  expect(told.filter((text) => text.includes('今日待办')).at(-1)).toMatch(/截至 09:0\d/);
});
