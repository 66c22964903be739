// The whole first story in two windows: the rep plans, is reminded and records; finance approves; the row is paid.
// Then what nobody paid is escalated: three people see it through in its thread.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { CHANNELS } from '../../scripts/sandbox-world.js';
import { addUnplannedContract } from './support/added-contracts.js';
import { launchChromium } from './support/chromium.js';
import { LATE_CUSTOMER, seeCaseThrough } from './support/escalation-story.js';
import { openWindow, type PersonWindow } from './support/person-window.js';
import { NOW, startWorld, type World } from './support/world.js';

const CUSTOMER = '东方锅炉制造有限公司';
const SLIP = { name: '银行回单.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 slip') };

let world: World;
let browser: Browser;
let contract: string;
const windows: PersonWindow[] = [];

const open = async (person: string): Promise<PersonWindow> => {
  const opened = await openWindow(browser, world, person);
  windows.push(opened);
  return opened;
};

beforeAll(async () => {
  browser = await launchChromium();
  world = await startWorld({
    prepare: async (db) => {
      contract = await addUnplannedContract(db, NOW, {
        rep: 'U_REP',
        customer: CUSTOMER,
        name: '锅炉备件',
      });
    },
  });
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    for (const [index, one] of windows.entries()) await one.shoot(`failed/window-${index}`);
  });
});

it('goes from a plan to the money, in two windows', async () => {
  const rep = await open('U_REP');
  const finance = await open('U_FINANCE_EN');
  await finance.goTo(CHANNELS.finance);

  // The rep plans an instalment: customer, then contract, and the balance is there.
  await rep.type('/hk-plan');
  const plan = await rep.modal('plan.new');
  await rep.choose(plan, '客户名称', new RegExp(CUSTOMER), '东方');
  await plan.locator('[data-block-id^="contract|"]:not([data-block-id="contract|"])').waitFor();
  await rep.choose(plan, '合同名称', new RegExp(contract));
  const planned = plan.getByRole('textbox', { name: '本期回款金额' });
  await planned.waitFor();
  expect(await planned.inputValue()).toBe('900000.00');
  // More than the balance is refused on its field, and nothing typed is lost.
  await planned.fill('95万');
  await plan.getByLabel('计划回款日期').fill('2026-03-11');
  await plan.locator('[data-submit]').click();
  await plan.locator('[data-error-for^="amount"]').waitFor();
  expect(await plan.getByLabel('计划回款日期').inputValue()).toBe('2026-03-11');
  await planned.fill('30万');
  await plan.locator('[data-submit]').click();
  await rep.page.locator('dialog[open]').getByText('已建 1 期，合计 ¥300,000.00').waitFor();
  await rep.closeModals();

  // The next morning the digest has the row, and the receipt is recorded from there with its voucher.
  await rep.page.getByRole('button', { name: '下一个 09:00' }).click();
  const digest = rep.message(new RegExp(`3月11日.*今日待办.*${CUSTOMER}`));
  await digest.getByRole('button', { name: new RegExp(`登记回款 ${CUSTOMER} ${contract} 第1期`) }).click();
  const form = await rep.modal('receipt.new');
  expect(await form.getByRole('textbox', { name: '回款金额' }).inputValue()).toBe('300000.00');
  expect(await form.textContent()).toContain(CUSTOMER);
  expect(await form.getByLabel('回款日期').inputValue()).toBe('2026-03-11');
  await form.locator('input[type=file]').setInputFiles(SLIP);
  await form.locator('[data-file-id]').waitFor();
  await form.locator('[data-submit]').click();
  const sent = rep.page.locator('dialog[open]').getByText(/已提交 HK-\S+ ¥300,000\.00，等财务审批。/);
  await sent.waitFor();
  const receipt = /HK-\S+/.exec((await sent.textContent()) ?? '')?.[0] ?? '';
  await rep.closeModals();
  await digest.getByText(`已登记 ${receipt} ¥300,000.00`).waitFor();

  // Finance had the channel open all the time: the card is there, its voucher in the thread.
  const card = finance.message(receipt);
  await card.getByText(CUSTOMER).first().waitFor();
  await card.locator('.thread-line').click();
  await finance.page.locator('[data-thread-ts]').getByText(SLIP.name).first().waitFor();
  // A no changes nothing; a yes rewrites the card.
  const approve = card.locator('[data-action-id="approval.approve"]');
  const question = finance.page.getByRole('alertdialog');
  await approve.click();
  await question.getByRole('button').first().click();
  await question.waitFor({ state: 'detached' });
  await approve.click();
  await question.getByRole('button').last().click();
  await approve.waitFor({ state: 'detached' });
  await card.getByText(`已通过 · ${receipt}`).waitFor();

  // The rep is told, the digest no longer offers the row, and the lists call it paid.
  await rep.message(`${receipt} ¥300,000.00 已通过，合同已收 33%。`).waitFor();
  await rep.goTo('home');
  const home = rep.page.locator('[data-view-id]');
  await home.getByText('本月已收').waitFor();
  expect(await home.getByText(CUSTOMER).count()).toBe(0);
  await home.getByRole('button', { name: '回款计划管理' }).click();
  await (await rep.modal('plan.list')).locator('[data-action-id="plan.search"]').click();
  const search = await rep.modal('plan.search');
  await search.locator('[data-block-id^="words"] input').fill(contract);
  await search.locator('[data-submit]').click();
  await search.waitFor({ state: 'detached' });
  const row = (await rep.modal('plan.list')).locator('[data-block-id]').filter({ hasText: CUSTOMER });
  await row.getByText('已回款').waitFor();
  expect([...rep.complaints, ...finance.complaints]).toEqual([]);
});

it('escalates what nobody paid: acknowledged, followed up, promised, paid, closed', () =>
  seeCaseThrough(open, {
    forward: '+7 天',
    opened: `1 级 · ${LATE_CUSTOMER} · 逾期`,
    acknowledged: '赵琳 已知悉',
    followed: '李雷：跟进（电话）',
    promise: '承诺付款',
    promised: /客户承诺 3月25日.*付.*李雷/,
    day: '3月25日',
    sent: /已提交 HK-/,
    recorded: '李雷 登记回款',
    approved: '已通过',
    closed: `已回款 · ${LATE_CUSTOMER}`,
    paid: /已收齐：.*由 孙悦 审批通过/,
  }));
