// A real morning, rendered and delivered into a local Slack: what a person sees, and what they no longer see.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { homeKinds } from '../../src/domain/home/home-kinds.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { withdrawReceipt } from '../../src/domain/receipts/receipt-withdraw.service.js';
import { recordUnclaimed } from '../../src/domain/receipts/unclaimed.service.js';
import { acknowledgeCase } from '../../src/domain/reminders/case.service.js';
import { dropReminders } from '../../src/domain/reminders/drop-reminders.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { findTodo } from '../../src/domain/reminders/todo.queries.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { todoMessage } from '../../src/handlers/views/todo-views.js';
import type { Delivery } from '../../src/jobs/deliver-notices.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { approveReceipt, rejectReceipt } from '../support/decide.js';
import {
  deliveryTo,
  ESCALATION_CHANNEL,
  FINANCE_CHANNEL,
  slackIdOf,
  startLocalSlack,
} from '../support/local-slack.js';
import { at, ZONE } from '../support/mornings.js';

let database: TestDatabase;
let sandbox: Sandbox;
let company: TestCompany;
let delivery: Delivery;
let now = at('2026-11-20');

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startLocalSlack();
});
beforeEach(async () => {
  await truncate(database.db);
  await sandbox.reset();
  company = await createTestCompany(database.db.prisma);
  await changeCompany(company.db, {
    financeChannelId: FINANCE_CHANNEL,
    escalationChannelId: ESCALATION_CHANNEL,
  });
  now = at('2026-11-20');
  delivery = deliveryTo(sandbox, company, { clock: () => now });
});
afterEach(() => delivery.stop());
afterAll(async () => {
  await sandbox.close();
  await database.close();
});

async function rowsDue(...dates: string[]): Promise<Instalment[]> {
  const parts = dates.map((date): [bigint, string] => [100_000_00n, date]);
  return (await anActiveContract(company, parts, { now: at('2026-11-19') })).rows;
}
/** Only what this file is about is sent: cards of contracts and receipts belong to others. */
async function morning(date: string, time = '09:00'): Promise<void> {
  now = at(date, time);
  await planReminders(await company.system(now));
  await send();
}
async function send(): Promise<void> {
  await company.db.$executeRaw`UPDATE outbox SET status = 'skipped'
    WHERE status = 'pending' AND kind ~ '^(contract|receipt|instalment)[.]'`;
  await delivery.run();
}
const dm = (who: Parameters<typeof slackIdOf>[0]) => sandbox.messages(sandbox.dm(slackIdOf(who)));
const textOf = (message: unknown): string => JSON.stringify(message);
const rep = () => dm('rep').map(textOf);
async function payAll(row: Instalment): Promise<void> {
  const { approval } = await aSubmittedReceipt(company, row, row.amount, { now });
  await approveReceipt(await company.as('finance', now), approval.id, approval.version);
}

describe('the digest', () => {
  it('greets with what is due, in the reader’s language, once a day', async () => {
    await rowsDue('2026-12-10', '2026-12-11');
    await company.db.user.update({ where: { id: company.ids.finance }, data: { locale: 'en' } });
    await morning('2026-12-10');
    await morning('2026-12-10', '09:01');
    expect(dm('rep')).toHaveLength(1);
    expect(rep()[0]).toContain('12月10日 周四 · 今日待办');
    expect(rep()[0]).toContain('今日到期 · 1 笔 · ¥100,000.00');
    expect(rep()[0]).toContain('即将到期 · 1 笔');
    expect(rep()[0]).toContain('receipt.new');
    // The finance channel stands in for a finance owner.
    expect(sandbox.messages(FINANCE_CHANNEL).map(textOf)).toEqual([
      expect.stringContaining('今日到期 · 1 笔 · ¥100,000.00'),
    ]);
    expect(dm('finance')).toEqual([]);
    const reminders = await company.db.reminder.findMany();
    expect(new Set(reminders.filter((one) => one.status !== 'skipped').map((one) => one.status))).toEqual(
      new Set(['sent']),
    );
  });

  it('leaves out what was paid or postponed before it was sent, and is not sent empty', async () => {
    const [paid, moved] = await rowsDue('2026-12-10', '2026-12-10');
    if (!paid || !moved) throw new Error('no rows');
    now = at('2026-12-10');
    await planReminders(await company.system(now));
    await payAll(paid);
    const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: moved.id } });
    await postponeInstalment(await company.as('rep', now), {
      id: moved.id,
      version,
      to: localDate('2026-12-30'),
      remark: null,
    });
    await send();
    expect(dm('rep')).toEqual([]);
    const left = await company.db.reminder.findMany();
    expect(new Set(left.map((one) => one.status))).toEqual(new Set(['skipped']));
  });

  it('is redrawn in place when a row of it is paid; the row stays where it was', async () => {
    const [first] = await rowsDue('2026-12-10', '2026-12-10');
    if (!first) throw new Error('no row');
    await morning('2026-12-10');
    const before = dm('rep')[0];
    now = at('2026-12-10', '11:00');
    await payAll(first);
    await send();
    expect(dm('rep')).toHaveLength(1);
    expect(dm('rep')[0]?.ts).toBe(before?.ts);
    expect(rep()[0]).toContain('已回款');
    expect(rep()[0]).toContain('今日到期 · 2 笔 · ¥100,000.00');
  });

  it('shows a receipt from the moment it is recorded, and offers the row again when it is rejected', async () => {
    const [first] = await rowsDue('2026-12-10');
    if (!first) throw new Error('no row');
    await morning('2026-12-10');
    now = at('2026-12-10', '11:00');
    const { receipt, approval } = await aSubmittedReceipt(company, first, first.amount, { now });
    await send();
    expect(rep()[0]).toContain(`已登记 ${receipt.number} ¥100,000.00`);
    expect(rep()[0]).not.toContain('receipt.new');
    const finance = await company.as('finance', now);
    await rejectReceipt(finance, approval.id, approval.version, { reason: 'not_in_bank' });
    await send();
    expect(dm('rep')).toHaveLength(1);
    expect(rep()[0]).not.toContain('已登记');
    expect(rep()[0]).toContain('receipt.new');
  });

  it('that could not be sent until the evening becomes part of the next morning’s', async () => {
    await rowsDue('2026-12-10');
    now = at('2026-12-10');
    await planReminders(await company.system(now));
    now = at('2026-12-10', '19:00');
    await send();
    expect(dm('rep')).toEqual([]);
    await morning('2026-12-11');
    expect(dm('rep')).toHaveLength(1);
    expect(rep()[0]).toContain('已逾期');
  });

  it('that arrived although its answer was lost is not said again the next morning', async () => {
    await rowsDue('2026-12-17');
    now = at('2026-12-10');
    await planReminders(await company.system(now));
    sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
    await send();
    // The process was away until the evening.
    now = at('2026-12-10', '19:00');
    await company.db.$executeRaw`UPDATE outbox SET lease_until = now() WHERE status = 'sending'`;
    await send();
    await morning('2026-12-11');
    expect(dm('rep')).toHaveLength(1);
    expect(await company.db.reminder.findMany({ select: { ruleCode: true, status: true } })).toEqual([
      { ruleCode: 'R1', status: 'sent' },
    ]);
  });

  it('what one message has told is not taken out of the log by another one that was drawn before', async () => {
    await anActiveContract(company, [[100_00n, '2026-11-27']]);
    await planReminders(await company.system(now));
    const [told] = await company.db.reminder.findMany();
    if (!told) throw new Error('nothing is planned');
    const stateOf = async () =>
      (await company.db.reminder.findUniqueOrThrow({ where: { id: told.id } })).status;
    await company.db.reminder.updateMany({ data: { status: 'sent' } });
    await dropReminders(company, [told.id]);
    expect(await stateOf()).toBe('sent');
    await company.db.reminder.updateMany({ data: { status: 'pending' } });
    await dropReminders(company, [told.id]);
    expect(await stateOf()).toBe('skipped');
  });

  it('that Slack refuses for good gives its reminders to the next morning’s, the highest step only', async () => {
    await rowsDue('2026-12-10');
    sandbox.faults.add({ method: 'chat.postMessage', error: 'invalid_blocks', times: 1 });
    await morning('2026-12-07');
    await morning('2026-12-07', '09:05');
    expect(rep()).toHaveLength(0);
    await morning('2026-12-08');
    expect(rep()).toHaveLength(1);
    const told = await company.db.reminder.findMany({ where: { status: 'sent' } });
    expect(told.map((one) => one.ruleCode)).toEqual(['R2']);
    await morning('2026-12-09');
    expect(rep()).toHaveLength(2);
    expect(await company.db.reminder.count({ where: { status: { in: ['pending', 'failed'] } } })).toBe(0);
  });

  it('after an outage of Slack over several mornings, one arrives', async () => {
    await rowsDue('2026-12-10', '2026-12-18');
    for (const date of ['2026-12-09', '2026-12-10', '2026-12-11']) {
      now = at(date);
      await planReminders(await company.system(now));
    }
    await send();
    expect(dm('rep')).toHaveLength(1);
    expect(rep()[0]).toContain('12月11日');
    expect(rep()[0]).toContain('即将到期 · 1 笔');
  });

  it('begins as /hk does: all that waits besides, and of what that is', async () => {
    const [row] = await rowsDue('2026-12-07', '2026-12-30');
    if (!row) throw new Error('no row');
    now = at('2026-12-10', '10:00');
    await aSubmittedReceipt(company, row, 1_00n, { now });
    await recordUnclaimed(
      await company.as('finance', now),
      { amount: 5_00n, currency: 'CNY', method: 'transfer', receivedOn: localDate('2026-12-09') },
      { notDuplicate: true },
    );
    await morning('2026-12-14');
    const [digest] = dm('financeManager');
    const line = '另有 3 件等你处理（待知悉 1、待审批 1、待认领来款 1）';
    expect(textOf(digest)).toContain(line);
    expect(digest?.text).toContain(line);
    const boss = await company.as('financeManager', now);
    const [todo, waiting] = [await findTodo(boss), await findWaiting(boss, ...homeKinds(boss.actor))];
    const reader = {
      ...(await company.system(now)),
      t: translator('zh-CN'),
      locale: 'zh-CN',
      timezone: ZONE,
    } as const;
    expect(todoMessage(todo, waiting, { ...reader, actor: boss.actor }).text).toContain(line);
  });

  it('names the rest of the overdue in one line, and shows managers their team', async () => {
    await rowsDue('2026-12-10', '2026-12-10', '2026-12-11');
    await morning('2026-12-14');
    expect(textOf(dm('manager')[0])).toContain('请你知悉');
    expect(textOf(dm('manager')[0])).toContain('case.acknowledge');
    // D+7 of the first two, then of the third.
    await morning('2026-12-17');
    await morning('2026-12-18');
    expect(rep().at(-1)).toContain('已逾期 · 1 笔');
    expect(rep().at(-1)).toContain('另有 2 笔逾期，共 ¥200,000.00');
    expect(textOf(dm('manager').at(-1))).toContain('团队逾期');
  });
});

describe('escalation', () => {
  it('opens a thread that asks the manager, loses its button with the answer, and closes with the money', async () => {
    const [row] = await rowsDue('2026-12-10');
    if (!row) throw new Error('no row');
    await morning('2026-12-14');
    const thread = () => sandbox.messages(ESCALATION_CHANNEL);
    const [root, opened] = thread();
    expect(textOf(root)).toContain('1 级 ·');
    expect(textOf(root)).toContain(`<@${slackIdOf('manager')}>`);
    expect(opened).toMatchObject({ thread_ts: root?.ts });
    now = at('2026-12-14', '10:00');
    const found = await company.db.escalationCase.findFirstOrThrow();
    await acknowledgeCase(await company.as('manager', now), found.id);
    await send();
    expect(textOf(thread()[0])).not.toContain('case.acknowledge');
    expect(thread().at(-1)?.text).toBe('manager 已知悉，12月17日 周四 前不升级。');
    // Its line in the manager's digest lost the button too.
    expect(textOf(dm('manager')[0])).not.toContain('case.acknowledge');
    await morning('2026-12-17');
    expect(textOf(thread()[0])).toContain('2 级 ·');
    expect(thread().at(-1)?.text).toContain('升至 2 级：逾期 7 天');
    expect(textOf(thread().at(-1))).toContain(`<@${slackIdOf('director')}>`);
    now = at('2026-12-18', '09:30');
    const first = await aSubmittedReceipt(company, row, 30_000_00n, { now });
    await send();
    expect(thread().at(-1)?.text).toMatch(/^rep 登记回款 ¥30,000\.00（HK-.*），等财务审批。$/);
    const { id, version } = first.approval;
    await rejectReceipt(await company.as('finance', now), id, version, { reason: 'not_in_bank' });
    await send();
    expect(thread().at(-1)?.text).toMatch(/^\S+ 驳回了 HK-\S+，未收 ¥100,000\.00。$/);
    const second = await aSubmittedReceipt(company, row, 20_000_00n, { now });
    await withdrawReceipt(await company.as('rep', now), second.receipt.id);
    await send();
    expect(thread().at(-1)?.text).toMatch(/^rep 撤回了 HK-\S+，未收 ¥100,000\.00。$/);
    now = at('2026-12-18', '10:00');
    await payAll(row);
    await send();
    expect(thread()[0]?.text).toContain('已回款');
    expect(textOf(thread()[0])).not.toContain('receipt.new');
    expect(thread().at(-1)?.text).toMatch(
      /^已收齐：逾期 8 天，提醒 \d 次，跟进 0 次。HK-\S+ 由 finance 审批通过。$/,
    );
  });

  it('each of two cases of one digest that is acknowledged loses its button there', async () => {
    await rowsDue('2026-12-10', '2026-12-10');
    await morning('2026-12-14');
    const asked = () => textOf(dm('manager')[0]).split('case.acknowledge').length - 1;
    const left = [asked()];
    for (const [index, { id }] of (await company.db.escalationCase.findMany()).entries()) {
      now = at('2026-12-14', `10:0${index}`);
      await acknowledgeCase(await company.as('manager', now), id);
      await send();
      left.push(asked());
    }
    expect(left).toEqual([2, 1, 0]);
  });

  it('eleven new cases in a morning are one message', async () => {
    await rowsDue(...Array.from({ length: 11 }, () => '2026-12-10'));
    await morning('2026-12-14');
    const posted = sandbox.messages(ESCALATION_CHANNEL);
    expect(posted.map((message) => message.text)).toEqual(['今天新开、升级的催收事项 11 件']);
    expect(textOf(posted[0])).toContain('还有 3 件');
  });

  it('of many in a morning those with a thread are told there without calling anybody, and counted in the one message', async () => {
    // D+7 of the first six falls on the morning of D+3 of the others.
    await rowsDue(...Array.from({ length: 6 }, () => '2026-12-10'));
    await rowsDue(...Array.from({ length: 6 }, () => '2026-12-14'));
    await morning('2026-12-14');
    const before = sandbox.messages(ESCALATION_CHANNEL).length;
    await morning('2026-12-17');
    const fresh = sandbox.messages(ESCALATION_CHANNEL).slice(before);
    const lines = fresh.filter((message) => message.thread_ts !== undefined);
    expect(fresh.filter((message) => !lines.includes(message)).map((message) => message.text)).toEqual([
      '今天新开、升级的催收事项 12 件',
    ]);
    expect(lines).toHaveLength(6);
    for (const line of lines) {
      expect(line.text).toContain('升至 2 级');
      expect(textOf(line)).not.toMatch(/<@|"broadcast":true/);
    }
  });
});

describe('without a channel for escalation', () => {
  beforeEach(async () => {
    await changeCompany(company.db, { escalationChannelId: null });
  });

  it('whoever was asked and does not see the row any more is told nothing of it', async () => {
    const [row] = await rowsDue('2026-12-10');
    if (!row) throw new Error('no row');
    await morning('2026-12-14');
    const before = dm('manager');
    expect(before.map((message) => message.text).join()).toContain('1 级 ·');
    await company.db.user.update({ where: { id: company.ids.manager }, data: { roles: ['rep'] } });
    await aSubmittedReceipt(company, row, 30_000_00n, { now });
    await send();
    expect(dm('manager')).toEqual(before);
  });

  it('of many in a morning nobody has more than the one message and the threads they had', async () => {
    await rowsDue(...Array.from({ length: 6 }, () => '2026-12-10'));
    await rowsDue(...Array.from({ length: 6 }, () => '2026-12-14'));
    await morning('2026-12-14');
    await morning('2026-12-17');
    const ofCases = (who: 'director' | 'financeManager') =>
      dm(who).flatMap(({ text }) => (text?.includes('催收事项') || text?.includes('级') ? [text] : []));
    for (const who of ['director', 'financeManager'] as const)
      expect(ofCases(who).filter((text) => !text.includes('今日待办'))).toEqual([
        '今天新开、升级的催收事项 12 件',
      ]);
  });

  it('the morning’s summary tells each only of the rows that they see', async () => {
    const { director, finance2, rep2 } = company.ids;
    await anActiveContract(company, [[900_000_00n, '2026-12-10']], { who: 'rep2', now: at('2026-11-19') });
    await company.db.user.update({
      where: { id: finance2 },
      data: { roles: ['sales_manager'], managerId: director },
    });
    await company.db.user.update({ where: { id: rep2 }, data: { managerId: finance2 } });
    await rowsDue(...Array.from({ length: 10 }, () => '2026-12-10'));
    await morning('2026-12-14');
    const summaries = (who: 'manager' | 'finance2') =>
      dm(who).flatMap(({ text }) => (text?.startsWith('今天新开') ? [text] : []));
    expect(summaries('manager')).toEqual(['今天新开、升级的催收事项 10 件']);
    expect(summaries('finance2')).toEqual(['今天新开、升级的催收事项 1 件']);
    expect(dm('manager').map(textOf).join()).not.toContain('900,000');
  });
});
