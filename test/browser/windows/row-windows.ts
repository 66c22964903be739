// The windows behind the first ones: what is done with a row, a customer, money in the books; lists and settings.
import { it } from 'vitest';
import type { Scene } from '../support/scene.js';

const WORDS = {
  'zh-CN': {
    promise: '承诺付款',
    dispute: '争议',
    snooze: '稍后提醒',
    customer: '客户',
    type: '类型',
    machine: '整车',
  },
  'en-US': {
    promise: 'Promise',
    dispute: 'Dispute',
    snooze: 'Snooze',
    customer: 'Customer',
    type: 'Type',
    machine: 'Vehicle',
  },
} as const;

/** Tests of the windows that a rep's and an admin's buttons open. */
export function rowWindows(scene: Scene): void {
  const { rep, finance, press, visit, closeTop, choose } = scene;
  const words = WORDS[scene.locale];

  it('the second step of a contract', async () => {
    const { window, modal } = await scene.eyes.opens(rep, '/hk-contract', 'contract.new');
    await modal.locator('[data-block-id^="name"] input').fill('挖掘机 XE215 两台 / two excavators');
    await modal.locator('[data-block-id^="amount"] input').fill('120万');
    await modal.locator('[data-block-id^="signedOn"] input').first().fill('2026-03-09');
    const customer = modal.locator('[data-block-id^="customerId"]').getByRole('combobox');
    await customer.click();
    await modal.getByRole('option').first().click();
    await window.choose(modal, words.type, new RegExp(words.machine));
    await modal.locator('[data-submit]').click();
    const plan = await window.modal('contract.plan');
    await plan.locator('[data-block-id^="how|"] input[type=radio]').nth(1).check();
    await plan.locator('[data-block-id^="template|"]').waitFor();
    await scene.eyes.look(window, 'contract-step-2');
    await window.closeModals();
  });

  it('what is done with an instalment', async () => {
    const { window, modal } = await scene.eyes.opens(
      rep,
      `/hk-contract ${scene.facts.late.contract}`,
      'contract.card',
    );
    await modal.locator('[data-action-id="plan.of"]').first().click();
    const plan = await window.modal('plan.of');
    await plan
      .locator(`[data-block-id*="${scene.facts.late.instalmentId}"] [data-action-id="instalment.more"]`)
      .click();
    await window.page.getByRole('menuitem').last().click();
    await window.modal('info');
    await visit(window, 'follow_up.record', 'follow_up.record', 'form-follow-up');
    await choose(window, 'instalment.more', words.promise);
    await window.modal('follow_up.record');
    await scene.eyes.look(window, 'form-promise');
    await closeTop(window);
    await choose(window, 'instalment.more', words.dispute);
    await window.modal('follow_up.record');
    await scene.eyes.look(window, 'form-dispute');
    await closeTop(window);
    await choose(window, 'instalment.more', words.snooze);
    await window.modal('reminder.snooze');
    await scene.eyes.look(window, 'form-snooze');
    await closeTop(window);
    await visit(window, 'instalment.split', 'instalment.split', 'form-split');
    await visit(window, 'instalment.edit', 'instalment.edit', 'form-instalment-edit');
    await window.closeModals();
  });

  it('a customer: card, history, ledger, edit', async () => {
    const { window } = await scene.eyes.opens(
      rep,
      `/hk-customer ${scene.facts.late.customer}`,
      'customer.card',
    );
    await scene.eyes.look(window, 'card-customer');
    await visit(window, 'ledger.open', 'ledger', 'ledger-customer');
    await visit(window, 'customer.edit', 'customer.edit', 'form-customer-edit');
    await window.closeModals();
  });

  it('money in the books: split, reversal', async () => {
    const form = await scene.eyes.opens(rep, `/hk-receipt ${scene.facts.late.contract} 30万`, 'receipt.new');
    await form.modal.locator('[data-action-id="receipt.split"]').waitFor();
    await visit(form.window, 'receipt.split', 'receipt.split', 'form-receipt-split');
    await form.window.closeModals();
    const { window } = await scene.eyes.opens(finance, `/hk ${scene.facts.booked}`, 'info');
    await scene.eyes.look(window, 'card-receipt-booked');
    await visit(window, 'receipt.reverse', 'receipt.reverse', 'form-reverse');
    await window.closeModals();
  });

  it.each([
    ['search-plans', 'plan', '/hk-plan list'],
    ['search-receipts', 'receipt', '/hk-receipt list'],
    ['search-contracts', 'contract', '/hk-contract list'],
    ['search-customers', 'customer', '/hk-customer list'],
  ])('%s', async (name, kind, command) => {
    const { window } = await scene.eyes.opens(rep, command, `${kind}.list`);
    await visit(window, `${kind}.search`, `${kind}.search`, name);
    await window.closeModals();
  });

  it('an amendment and the end of a contract', async () => {
    const { window } = await scene.eyes.opens(
      'U_MANAGER',
      `/hk-contract ${scene.facts.late.contract}`,
      'contract.card',
    );
    await visit(window, 'contract.amend', 'contract.amend', 'form-amendment');
    await visit(window, 'contract.void', 'contract.void', 'form-void');
    await window.closeModals();
  });

  it('settings: departments, thresholds, templates, lists, numbering', async () => {
    const { window } = await scene.eyes.opens('U_ADMIN', '/hk settings', 'info');
    await press(window, 'department.list');
    await window.modal('department.list');
    await scene.eyes.look(window, 'settings-departments');
    await visit(window, 'department.edit', 'department.edit', 'settings-department');
    await closeTop(window);
    await visit(window, 'settings.thresholds', 'settings.thresholds', 'settings-thresholds');
    await visit(window, 'settings.lists', 'settings.list', 'settings-lists');
    await visit(window, 'settings.rates', 'settings.rates', 'settings-rates');
    await visit(window, 'settings.tolerance', 'settings.tolerance', 'settings-tolerance');
    await visit(window, 'settings.import', 'settings.import', 'settings-import');
    await visit(window, 'settings.numbering', 'settings.numbering', 'settings-numbering');
    await press(window, 'template.list');
    await scene.eyes.look(window, 'settings-templates');
    await visit(window, 'template.new', 'template.edit', 'settings-template');
    await window.closeModals();
  });
}
