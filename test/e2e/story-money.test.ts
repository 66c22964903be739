// The first whole story, as people live it: customer → contract → approval → plan → reminder → receipt → finance → 已回款;
// and what happens to money that does not come: reminded, escalated, acknowledged.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedPeople } from '../../prisma/seed.js';
import { openDatabase } from '../../src/db/client.js';
import { addDays, type LocalDate, todayIn } from '../../src/domain/local-date.js';
import { chosenDate, type Person, person, typed } from './steps.js';
import { type Story, startStory, textOf } from './support.js';

const ZONE = 'Asia/Shanghai';
const FINANCE = 'C_FINANCE';
const ESCALATION = 'C_ESCALATION';

describe.each(['socket', 'http'] as const)('over %s', (transport) => {
  let story: Story;
  let rep: Person;
  let manager: Person;
  let finance: Person;
  let today: LocalDate;
  let number = '';
  const inDays = (days: number) => addDays(today, days);

  beforeAll(async () => {
    story = await startStory(transport, {
      prepare: async (target) => {
        const database = await openDatabase({ ...target, durable: false });
        await seedPeople(database.prisma, new Date());
        await database.close();
      },
    });
    // A Monday begins the story on whatever day it is played: reminders keep to workdays.
    const begun = todayIn(new Date(story.sandbox.clock.read().now), ZONE);
    const weekday = new Date(begun).getUTCDay();
    await story.sandbox.clock.move({ advance: { days: 8 - weekday } });
    rep = person(story.sandbox, 'U_REP');
    manager = person(story.sandbox, 'U_MANAGER');
    finance = person(story.sandbox, 'U_FINANCE');
    today = todayIn(new Date(story.sandbox.clock.read().now), ZONE);
  });
  afterAll(() => story.close());

  it('sells: customer, contract, plan, and the manager approves', async () => {
    await rep.command('/hk-customer');
    await rep.form('customer.new');
    await rep.submit({ name: typed('远大重工有限公司') });
    await rep.window('KH-0001');
    await rep.close();

    await rep.command('/hk', '新建合同');
    await rep.form('contract.new');
    await rep.submit({
      customerId: await rep.choose('customerId', 'ydzg'),
      name: typed('挖掘机 2 台'),
      type: await rep.choose('type', '整车'),
      amount: typed('60万'),
      signedOn: chosenDate(today),
    });
    await rep.form('contract.plan');
    await rep.pick('how', '多期');
    await rep.submit({ lines: typed(`第1期 30万 ${inDays(5)}\n第2期 30万 ${inDays(1)}`) });
    const preview = await rep.form('plan.preview');
    expect(textOf(preview)).toContain('合计 ¥600,000.00，与合同一致');
    expect(textOf(preview)).toContain('条款检查');
    await rep.submit({});
    const card = await rep.window('已提交 HT-');
    expect(textOf(card)).toContain('¥600,000.00');
    number = /HT-\d{4}-\d{4}/.exec(textOf(card))?.[0] ?? '';
    await rep.window('赵琳');
    await rep.close();

    const asked = await manager.message('合同待审批');
    await manager.click(asked, 'approval.approve');
    await manager.message('已通过');
    await rep.message(number);
    await rep.command('/hk-contract', number);
    await rep.window('执行中');
    await rep.close();
  });

  it('says that nothing is left to plan once all is planned, and offers no form to fill in', async () => {
    await rep.command('/hk-plan');
    await rep.window('没有可排计划的合同，先新建合同。');
    await expect(rep.choose('customer', '远大')).rejects.toThrow();
    await rep.close();
  });

  it('reminds the rep in the morning, in one message, with the money in it', async () => {
    await story.sandbox.clock.move({ advance: { days: 1 } });
    const digest = await rep.message('今日待办');
    const text = textOf(digest.message.blocks);
    expect(text).toContain(`${number} 第1期`);
    expect(text).toContain('¥300,000.00');
    const digests = story.sandbox
      .history('U_REP', digest.channel)
      .filter((message) => textOf(message.blocks).includes('今日待办'));
    expect(digests).toHaveLength(1);
  });

  it('records the receipt from the reminder; finance approves it once; the plan turns 已回款', async () => {
    const digest = await rep.message('今日待办');
    const row = digest.message.blocks?.find((block) => {
      const buttons = JSON.stringify(block);
      return block.type === 'actions' && buttons.includes('receipt.new') && buttons.includes('第1期');
    });
    expect(row).toBeDefined();
    await rep.click(digest, 'receipt.new', row?.block_id);
    await rep.form('receipt.new');
    await rep.submit({ method: await rep.choose('method', '银行转账') });
    await rep.window('等财务审批。');
    await rep.close();

    const card = await finance.message('回款待审批', FINANCE);
    expect(textOf(card.message.blocks)).toContain('李雷');
    await finance.click(card, 'approval.approve');
    const decided = await finance.message('已通过', FINANCE);
    expect(decided.message.ts).toBe(card.message.ts);
    expect(textOf(decided.message.blocks)).toContain('第1期 已回款');
    expect(JSON.stringify(decided.message.blocks)).not.toContain('approval.reject');
    await rep.message('已通过，合同已收 50%');

    await rep.command('/hk-contract', number);
    const shown = await rep.window('50%');
    expect(textOf(shown)).toContain('已回款');
    await rep.close();
  });

  it('escalates what is not paid, in one thread, until the manager acknowledges', async () => {
    // The second instalment was due on the first day; on its third day overdue the thread opens.
    await story.sandbox.clock.move({ advance: { days: 4 } });
    const root = await manager.message('1 级 · 远大重工有限公司', ESCALATION);
    expect(textOf(root.message.blocks)).toContain('¥300,000.00');
    await manager.click(root, 'case.acknowledge');
    const acked = await manager.message('赵琳 已知悉', ESCALATION);
    expect(acked.message.thread_ts ?? acked.message.ts).toBe(root.message.ts);
    const thread = story.sandbox.history('U_MANAGER', ESCALATION, root.message.ts);
    expect(thread.some((message) => textOf(message.blocks ?? message.text).includes('已知悉'))).toBe(true);
    const roots = story.sandbox
      .messages(ESCALATION)
      .filter((message) => message.thread_ts === undefined || message.thread_ts === message.ts)
      // It is Monday: the week's numbers come here too.
      .filter((message) => !textOf(message.blocks ?? message.text).includes('周报'));
    expect(roots).toHaveLength(1);
  });
});
