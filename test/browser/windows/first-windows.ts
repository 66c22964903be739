// Every main view as a person sees it: homes, messages, answers, lists, cards and the forms behind them.
import { it } from 'vitest';
import { CHANNELS } from '../../../scripts/sandbox-world.js';
import { LONG } from '../support/demo-facts.js';
import type { Scene } from '../support/scene.js';

const WORDS = {
  'zh-CN': { open: '打开', customer: '客户名称', contract: '合同名称', books: '账对不上' },
  'en-US': { open: 'Open', customer: 'Customer', contract: 'Contract', books: 'do not add up' },
} as const;

/** Tests of the views that a command, a tab or a morning opens. */
export function firstWindows(scene: Scene): void {
  const { locale, rep, finance, closeTop } = scene;
  const words = WORDS[locale];

  it.each([
    ['home-rep', rep],
    ['home-manager', 'U_MANAGER'],
    ['home-director', 'U_DIRECTOR'],
    ['home-finance', finance],
    ['home-auditor', 'U_AUDITOR'],
    ['home-admin', 'U_ADMIN'],
    ['home-newcomer', 'U_NEW'],
  ])('%s', async (name, person) => {
    const window = await scene.eyes.at(person);
    await window.goTo('home');
    await window.page.locator('main [data-view-id] [data-block-id]').first().waitFor();
    await scene.eyes.look(window, name);
  });

  it.each([
    ['digest-rep', rep],
    ['digest-manager', 'U_MANAGER'],
    ['digest-director', 'U_DIRECTOR'],
    ['messages-finance', finance],
  ])('%s', async (name, person) => {
    const window = await scene.eyes.at(person);
    await window.goTo('messages');
    await window.page.locator('main [data-message-ts]').last().waitFor();
    await scene.eyes.look(window, name);
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
    ['answer-debts', 'U_DIRECTOR', '/hk-report debts'],
    ['answer-habits', 'U_DIRECTOR', '/hk-report habits'],
    ['answer-receipts', 'U_DIRECTOR', '/hk-report receipts year'],
    ['answer-aging-empty', 'U_DIRECTOR', '/hk-report aging usd'],
    ['answer-trend', 'U_DIRECTOR', '/hk-report trend'],
    ['answer-risks', 'U_DIRECTOR', '/hk-report risks'],
    ['answer-forecast', 'U_DIRECTOR', '/hk-report forecast'],
    ['answer-unknown', rep, '/hk recept'],
    ['answer-refused', 'U_AUDITOR', '/hk roles'],
    ['answer-newcomer', 'U_NEW', '/hk-receipt'],
  ])('%s', async (name, person, command) => {
    const window = await scene.eyes.at(person);
    const answer = await scene.answer(window, command);
    await scene.eyes.look(window, name, answer);
  });

  it('the open cases of a team', async () => {
    const window = await scene.eyes.at('U_MANAGER');
    const answer = await scene.answer(window, '/hk-todo');
    await answer.locator('[data-action-id="case.list"]').click();
    await window.modal('info');
    await scene.eyes.look(window, 'list-cases');
    await window.closeModals();
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
    const { window } = await scene.eyes.opens(rep, command, callbackId);
    await scene.eyes.look(window, name);
  });

  it('cards of a contract, its plan and an instalment, and the forms behind them', async () => {
    const long = await scene.eyes.opens(rep, `/hk-contract ${scene.facts.unplanned}`, 'contract.card');
    await scene.eyes.look(long.window, 'card-contract-long-names');
    const { window, modal } = await scene.eyes.opens(
      rep,
      `/hk-contract ${scene.facts.late.contract}`,
      'contract.card',
    );
    await scene.eyes.look(window, 'card-contract');
    await modal.locator('[data-action-id="audit.open"]').click();
    await window.modal('audit.story');
    await scene.eyes.look(window, 'audit-contract');
    await closeTop(window);
    await modal.locator('[data-action-id="plan.of"]').first().click();
    const plan = await window.modal('plan.of');
    await scene.eyes.look(window, 'plan-of-contract');
    const more = plan.locator('[data-action-id="instalment.more"]').first();
    await more.click();
    await window.page.getByRole('menuitem', { name: words.open }).click();
    const card = await window.modal('info');
    await scene.eyes.look(window, 'card-instalment');
    await card.locator('[data-action-id="instalment.postpone"]').click();
    await window.modal('instalment.postpone');
    await scene.eyes.look(window, 'form-postpone');
    await window.closeModals();
  });

  it('the plan form filled in, one row and several with their preview', async () => {
    const { window, modal } = await scene.eyes.opens(rep, '/hk-plan', 'plan.new');
    const named = LONG.customer.slice(0, 4);
    await window.choose(modal, words.customer, new RegExp(named), named);
    await modal.locator('[data-block-id^="contract|"]:not([data-block-id="contract|"])').waitFor();
    await window.choose(modal, words.contract, new RegExp(scene.facts.unplanned));
    const several = modal.locator('[data-option-value=several]');
    await several.waitFor();
    await scene.eyes.look(window, 'form-plan-one');
    await several.click();
    const lines = modal.locator('[data-block-id^="lines"] textarea');
    await lines.fill('预付款 27万 2026-04-01\n发货款 27万 2026-05-01\nOn acceptance 270000 2026-07-01');
    await modal.locator('[data-submit]').click();
    const preview = await window.modal('plan.preview');
    await preview.locator('[data-block-id^="keepRest"]').waitFor();
    await scene.eyes.look(window, 'form-plan-preview');
    await scene.visit(window, 'plan.row_edit', 'plan.row', 'form-plan-row');
    await window.closeModals();
  });

  it('the receipt form filled in, and a decision of finance', async () => {
    const { window, modal } = await scene.eyes.opens(
      rep,
      `/hk-receipt ${scene.facts.late.contract} 30万`,
      'receipt.new',
    );
    await modal.locator('[data-action-id="receipt.change"]').waitFor();
    await scene.eyes.look(window, 'form-receipt-filled');
    await window.closeModals();
    const decider = await scene.eyes.opens(finance, `/hk ${scene.facts.waiting.receipt}`, 'info');
    await scene.eyes.look(decider.window, 'card-receipt');
    await decider.window.closeModals();
    await decider.window.goTo(CHANNELS.finance);
    const card = decider.window.page
      .locator('main [data-message-ts]')
      .filter({ hasText: scene.facts.waiting.receipt });
    const reject = card.locator('[data-action-id="approval.reject"]').last();
    await reject.waitFor();
    await scene.eyes.look(decider.window, 'channel-finance');
    await reject.click();
    await decider.window.modal('approval.reject');
    await scene.eyes.look(decider.window, 'form-reject');
    await decider.window.closeModals();
  });

  it('a report as a window, what it is narrowed to, posted, and its KPIs', async () => {
    const window = await scene.eyes.at('U_DIRECTOR');
    await window.goTo('home');
    await window.page.locator('main [data-action-id="report.open.aging"]').first().click();
    await window.modal('report');
    await scene.eyes.look(window, 'report-window');
    for (const id of ['report.filter', 'report.post', 'report.export']) {
      await scene.visit(window, id, id, `form-${id}`);
    }
    await window.closeModals();
    await window.goTo('messages');
    const kpis = window.page.locator('main [data-action-id="report.kpis"]');
    const before = await kpis.count();
    await window.type('/hk-report progress year');
    await kpis.nth(before).waitFor();
    await kpis.nth(before).click();
    await window.modal('info');
    await scene.eyes.look(window, 'report-kpis');
    await window.closeModals();
  });

  it('the Monday message in the managers’ channel, and books that do not add up', async () => {
    const window = await scene.eyes.at('U_DIRECTOR');
    await window.goTo(CHANNELS.escalation);
    const monday = window.page
      .locator('main [data-message-ts]')
      .filter({ has: window.page.locator('[data-action-id="report.open.forecast"]') });
    await monday.last().scrollIntoViewIfNeeded();
    await scene.eyes.look(window, 'channel-monday', monday.last());
    const decider = await scene.eyes.at(finance);
    await decider.goTo('messages');
    const books = decider.page.locator('main [data-message-ts]').filter({ hasText: words.books });
    await books.last().scrollIntoViewIfNeeded();
    await scene.eyes.look(decider, 'message-books-differ', books.last());
  });

  it('escalations in their channel and thread', async () => {
    const window = await scene.eyes.at('U_MANAGER');
    await window.goTo(CHANNELS.escalation);
    await window.page.locator('main .thread-line').last().click();
    await window.page.locator('[data-thread-ts] [data-message-ts]').nth(1).waitFor();
    await scene.eyes.look(window, 'channel-escalation');
  });

  it.each([
    ['settings-calendar', 'U_ADMIN', '/hk calendar', 'settings.calendar'],
    ['settings-ladder', 'U_ADMIN', '/hk ladder', 'ladder.open'],
    ['settings-backups', 'U_ADMIN', '/hk backup', 'settings.backups'],
    ['settings-own-times', rep, '/hk mine', 'settings.own_times'],
  ])('%s', async (name, person, command, callbackId) => {
    const { window } = await scene.eyes.opens(person, command, callbackId);
    await scene.eyes.look(window, name);
  });

  it('a step of the ladder', async () => {
    const { window, modal } = await scene.eyes.opens('U_ADMIN', '/hk ladder', 'ladder.open');
    await modal.locator('[data-action-id="ladder.step"]').first().click();
    await window.modal('ladder.step');
    await scene.eyes.look(window, 'settings-ladder-step');
    await window.closeModals();
  });

  it('settings', async () => {
    const { window } = await scene.eyes.opens('U_ADMIN', '/hk settings', 'info');
    await scene.eyes.look(window, 'settings');
    for (const topic of ['company', 'channels', 'member']) {
      await scene.visit(window, `settings.${topic}`, `settings.${topic}`, `settings-${topic}`);
    }
    await window.closeModals();
  });
}
