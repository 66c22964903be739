// Every main view as a person sees it, in both languages: drawn without a fault, without a barrier, without a word
// that nobody translated; and a picture of each under artefacts/screenshots.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { CHANNELS } from '../../scripts/sandbox-world.js';
import { launchChromium } from './support/chromium.js';
import { type Onlooker, onlooker } from './support/onlooker.js';
import { addUnplannedContract } from './support/unplanned-contract.js';
import { NOW, startWorld, type World } from './support/world.js';

const LONG = {
  customer:
    '新疆维吾尔自治区巴音郭楞蒙古自治州库尔勒经济技术开发区天山路桥工程机械设备租赁有限责任公司第三分公司',
  name: '全断面硬岩隧道掘进机主轴承、刀盘与液压推进系统备件及三年现场维护服务框架合同（二期）',
};
/** Of the demo company: in force with rows of every kind; the rep's own in each language. */
const REPS = { 'zh-CN': 'U_REP', 'en-US': 'U_REP_EN' } as const;
const FINANCE = { 'zh-CN': 'U_FINANCE', 'en-US': 'U_FINANCE_EN' } as const;
const WORDS = {
  'zh-CN': { open: '打开', customer: '客户名称', contract: '合同名称' },
  'en-US': { open: 'Open', customer: 'Customer', contract: 'Contract' },
} as const;
describe.each(['zh-CN', 'en-US'] as const)('in %s', (locale) => {
  let world: World;
  let browser: Browser;
  let contract: string;
  let late: string;
  let receipt: string;
  let eyes: Onlooker;
  const rep = REPS[locale];

  beforeAll(async () => {
    browser = await launchChromium();
    world = await startWorld({
      locale,
      prepare: async (db) => {
        contract = await addUnplannedContract(db, NOW, { rep, ...LONG });
        const owner = { owner: { slackUserId: rep } };
        const overdue = await db.instalment.findFirstOrThrow({
          where: { ...owner, lifecycle: 'open', effectiveDue: { lt: NOW } },
          include: { contract: true },
          orderBy: { effectiveDue: 'asc' },
        });
        late = overdue.contract.number;
        receipt = (await db.receipt.findFirstOrThrow({ where: { status: 'submitted', kind: 'payment' } }))
          .number;
      },
    });
    eyes = onlooker(locale, browser, world);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  const at: Onlooker['at'] = (person) => eyes.at(person);
  const look: Onlooker['look'] = (window, name) => eyes.look(window, name);
  const opens: Onlooker['opens'] = (...what) => eyes.opens(...what);

  it.each([
    ['home-rep', rep],
    ['home-manager', 'U_MANAGER'],
    ['home-director', 'U_DIRECTOR'],
    ['home-finance', FINANCE[locale]],
    ['home-auditor', 'U_AUDITOR'],
    ['home-admin', 'U_ADMIN'],
    ['home-newcomer', 'U_NEW'],
  ])('%s', async (name, person) => {
    const window = await at(person);
    await window.goTo('home');
    await window.page.locator('main [data-view-id] [data-block-id]').first().waitFor();
    await look(window, name);
  });

  it.each([
    ['digest-rep', rep],
    ['digest-manager', 'U_MANAGER'],
    ['digest-director', 'U_DIRECTOR'],
    ['messages-finance', FINANCE[locale]],
  ])('%s', async (name, person) => {
    const window = await at(person);
    await window.goTo('messages');
    await window.page.locator('main [data-message-ts]').last().waitFor();
    await look(window, name);
  });

  it.each([
    ['answer-today', rep, '/hk'],
    ['answer-today-manager', 'U_MANAGER', '/hk'],
    ['answer-help', rep, '/hk help'],
    ['answer-help-page', rep, '/hk help customers'],
    ['answer-todo', rep, '/hk-todo'],
    ['answer-find', rep, '/hk find 0'],
    ['answer-reports', 'U_DIRECTOR', '/hk-report'],
    ['answer-aging', 'U_DIRECTOR', '/hk-report aging'],
    ['answer-progress', 'U_DIRECTOR', '/hk-report progress year'],
    ['answer-overdue', 'U_DIRECTOR', '/hk-report overdue'],
    ['answer-performance', 'U_DIRECTOR', '/hk-report performance year'],
    ['answer-trend', 'U_DIRECTOR', '/hk-report trend'],
    ['answer-risks', 'U_DIRECTOR', '/hk-report risks'],
    ['answer-forecast', 'U_DIRECTOR', '/hk-report forecast'],
    ['answer-unknown', rep, '/hk recept'],
    ['answer-refused', 'U_AUDITOR', '/hk roles'],
    ['answer-newcomer', 'U_NEW', '/hk-receipt'],
  ])('%s', async (name, person, command) => {
    const window = await at(person);
    await window.goTo('messages');
    const answers = window.page.locator('main [data-ephemeral=true]');
    const before = await answers.count();
    await window.type(command);
    await answers.nth(before).waitFor();
    await look(window, name);
  });

  it.each([
    ['form-customer', '/hk-customer', 'customer.new'],
    ['list-customers', '/hk-customer list', 'customer.list'],
    ['form-contract', '/hk-contract', 'contract.new'],
    ['list-contracts', '/hk-contract list', 'contract.list'],
    ['form-plan', '/hk-plan', 'plan.new'],
    ['list-plans', '/hk-plan list', 'plan.list'],
    ['form-receipt', '/hk-receipt', 'receipt.new'],
    ['list-receipts', '/hk-receipt list', 'receipt.list'],
    ['settings-own', '/hk settings', 'info'],
  ])('%s', async (name, command, callbackId) => {
    const { window } = await opens(rep, command, callbackId);
    await look(window, name);
  });

  it('cards of a contract, its plan and an instalment, and the forms behind them', async () => {
    const long = await opens(rep, `/hk-contract ${contract}`, 'contract.card');
    await look(long.window, 'card-contract-long-names');
    const { window, modal } = await opens(rep, `/hk-contract ${late}`, 'contract.card');
    await look(window, 'card-contract');
    await modal.locator('[data-action-id="audit.open"]').click();
    const story = await window.modal('audit.story');
    await look(window, 'audit-contract');
    await story.locator('.modal-header .icon-button').first().click();
    await story.waitFor({ state: 'detached' });
    await modal.locator('[data-action-id="plan.of"]').first().click();
    const plan = await window.modal('plan.of');
    await look(window, 'plan-of-contract');
    const more = plan.locator('[data-action-id="instalment.more"]').first();
    await more.click();
    await window.page.getByRole('menuitem', { name: WORDS[locale].open }).click();
    const card = await window.modal('info');
    await look(window, 'card-instalment');
    await card.locator('[data-action-id="instalment.postpone"]').click();
    await window.modal('instalment.postpone');
    await look(window, 'form-postpone');
    await window.closeModals();
  });

  it('the plan form filled in, one row and several with their preview', async () => {
    const { window, modal } = await opens(rep, '/hk-plan', 'plan.new');
    const named = LONG.customer.slice(0, 4);
    await window.choose(modal, WORDS[locale].customer, new RegExp(named), named);
    await modal.locator('[data-block-id^="contract|"]:not([data-block-id="contract|"])').waitFor();
    await window.choose(modal, WORDS[locale].contract, new RegExp(contract));
    const several = modal.locator('[data-option-value=several]');
    await several.waitFor();
    await look(window, 'form-plan-one');
    await several.click();
    const lines = modal.locator('[data-block-id^="lines"] textarea');
    await lines.fill('预付款 27万 2026-04-01\n发货款 27万 2026-05-01\nOn acceptance 270000 2026-07-01');
    await modal.locator('[data-submit]').click();
    const preview = await window.modal('plan.preview');
    await preview.locator('[data-block-id^="keepRest"]').waitFor();
    await look(window, 'form-plan-preview');
    await window.closeModals();
  });

  it('the receipt form filled in, and a decision of finance', async () => {
    const { window, modal } = await opens(rep, `/hk-receipt ${late} 30万`, 'receipt.new');
    await modal.locator('[data-action-id="receipt.change"]').waitFor();
    await look(window, 'form-receipt-filled');
    await window.closeModals();
    const finance = await opens(FINANCE[locale], `/hk ${receipt}`, 'info');
    await look(finance.window, 'card-receipt');
    await finance.window.closeModals();
    await finance.window.goTo(CHANNELS.finance);
    const card = finance.window.page.locator('main [data-message-ts]').filter({ hasText: receipt });
    const reject = card.locator('[data-action-id="approval.reject"]').last();
    await reject.waitFor();
    await look(finance.window, 'channel-finance');
    await reject.click();
    await finance.window.modal('approval.reject');
    await look(finance.window, 'form-reject');
    await finance.window.closeModals();
  });

  it('a report as a window, what it is narrowed to, posted, and its KPIs', async () => {
    const window = await at('U_DIRECTOR');
    await window.goTo('home');
    await window.page.locator('main [data-action-id="report.open.aging"]').first().click();
    const report = await window.modal('report');
    await look(window, 'report-window');
    for (const id of ['report.filter', 'report.post', 'report.export']) {
      await report.locator(`[data-action-id="${id}"]`).click();
      const form = await window.modal(id);
      await look(window, `form-${id}`);
      await form.locator('.modal-header .icon-button').first().click();
      await form.waitFor({ state: 'detached' });
    }
    await window.closeModals();
    await window.goTo('messages');
    const kpis = window.page.locator('main [data-action-id="report.kpis"]');
    const before = await kpis.count();
    await window.type('/hk-report progress year');
    await kpis.nth(before).waitFor();
    await kpis.nth(before).click();
    await window.modal('info');
    await look(window, 'report-kpis');
    await window.closeModals();
  });

  it('escalations in their channel and thread', async () => {
    const window = await at('U_MANAGER');
    await window.goTo(CHANNELS.escalation);
    await window.page.locator('main .thread-line').last().click();
    await window.page.locator('[data-thread-ts] [data-message-ts]').nth(1).waitFor();
    await look(window, 'channel-escalation');
  });

  it.each([
    ['settings-calendar', 'U_ADMIN', '/hk calendar', 'settings.calendar'],
    ['settings-ladder', 'U_ADMIN', '/hk ladder', 'ladder.open'],
    ['settings-backups', 'U_ADMIN', '/hk backup', 'settings.backups'],
    ['settings-own-times', rep, '/hk mine', 'settings.own_times'],
  ])('%s', async (name, person, command, callbackId) => {
    const { window } = await opens(person, command, callbackId);
    await look(window, name);
  });

  it('a step of the ladder', async () => {
    const { window, modal } = await opens('U_ADMIN', '/hk ladder', 'ladder.open');
    await modal.locator('[data-action-id="ladder.step"]').first().click();
    await window.modal('ladder.step');
    await look(window, 'settings-ladder-step');
    await window.closeModals();
  });

  it('settings', async () => {
    const { window, modal } = await opens('U_ADMIN', '/hk settings', 'info');
    await look(window, 'settings');
    for (const topic of ['company', 'channels', 'member']) {
      await modal.locator(`[data-action-id="settings.${topic}"]`).first().click();
      const form = await window.modal(`settings.${topic}`);
      await look(window, `settings-${topic}`);
      await form.locator('.modal-header .icon-button').first().click();
      await form.waitFor({ state: 'detached' });
    }
    await window.closeModals();
  });
});
