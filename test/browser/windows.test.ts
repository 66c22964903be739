// The windows behind the first ones, reached as a person reaches them: each drawn without a fault, without a barrier,
// without a word that nobody translated; and a picture of each under artefacts/screenshots.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { launchChromium } from './support/chromium.js';
import { type Onlooker, onlooker } from './support/onlooker.js';
import type { PersonWindow } from './support/person-window.js';
import { NOW, startWorld, type World } from './support/world.js';

const REPS = { 'zh-CN': 'U_REP', 'en-US': 'U_REP_EN' } as const;
const FINANCE = { 'zh-CN': 'U_FINANCE', 'en-US': 'U_FINANCE_EN' } as const;
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

describe.each(['zh-CN', 'en-US'] as const)('in %s', (locale) => {
  let world: World;
  let browser: Browser;
  let eyes: Onlooker;
  /** Of the rep's own book: a contract with an overdue row, its customer, a receipt in the books. */
  let late: { contract: string; customer: string; instalmentId: string };
  let booked: string;
  const rep = REPS[locale];
  const words = WORDS[locale];

  beforeAll(async () => {
    browser = await launchChromium();
    world = await startWorld({
      locale,
      prepare: async (db) => {
        const overdue = await db.instalment.findFirstOrThrow({
          where: { owner: { slackUserId: rep }, lifecycle: 'open', effectiveDue: { lt: NOW } },
          include: { contract: true, customer: true },
          orderBy: { effectiveDue: 'asc' },
        });
        late = {
          contract: overdue.contract.number,
          customer: overdue.customer.code,
          instalmentId: overdue.id,
        };
        booked = (
          await db.receipt.findFirstOrThrow({
            where: { status: 'approved', kind: 'payment' },
          })
        ).number;
      },
    });
    eyes = onlooker(locale, browser, world);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  /** Presses a button of the modal on top. */
  const press = async (window: PersonWindow, actionId: string): Promise<void> => {
    const top = await window.modal();
    await top.locator(`[data-action-id="${actionId}"]`).first().click();
  };
  /** Presses it, looks at the window that it opens, and closes that one. */
  const visit = async (window: PersonWindow, actionId: string, callbackId: string, name: string) => {
    await press(window, actionId);
    await window.modal(callbackId);
    await eyes.look(window, name);
    await closeTop(window);
  };
  const closeTop = async (window: PersonWindow): Promise<void> => {
    const id = await (await window.modal()).getAttribute('data-view-id');
    const top = window.page.locator(`dialog[data-view-id="${id}"]`);
    await top.locator('.modal-header .icon-button').first().click();
    await top.waitFor({ state: 'detached' });
  };
  const choose = async (window: PersonWindow, actionId: string, item: string): Promise<void> => {
    await press(window, actionId);
    await window.page.getByRole('menuitem', { name: item, exact: true }).click();
  };

  it('the second step of a contract', async () => {
    const { window, modal } = await eyes.opens(rep, '/hk-contract', 'contract.new');
    await modal.locator('[data-block-id^="name"] input').fill('挖掘机 XE215 两台 / two excavators');
    await modal.locator('[data-block-id^="amount"] input').fill('120万');
    await modal.locator('[data-block-id^="signedOn"] input').first().fill('2026-03-09');
    const customer = modal.locator('[data-block-id^="customerId"]').getByRole('combobox');
    await customer.click();
    await modal.getByRole('option').first().click();
    await window.choose(modal, words.type, new RegExp(words.machine));
    await modal.locator('[data-submit]').click();
    await window.modal('contract.plan');
    await eyes.look(window, 'contract-step-2');
    await window.closeModals();
  });

  it('what is done with an instalment', async () => {
    const { window, modal } = await eyes.opens(rep, `/hk-contract ${late.contract}`, 'contract.card');
    await modal.locator('[data-action-id="plan.of"]').first().click();
    const plan = await window.modal('plan.of');
    await plan.locator(`[data-block-id*="${late.instalmentId}"] [data-action-id="instalment.more"]`).click();
    await window.page.getByRole('menuitem').last().click();
    await window.modal('info');
    await visit(window, 'follow_up.record', 'follow_up.record', 'form-follow-up');
    await choose(window, 'instalment.more', words.promise);
    await window.modal('follow_up.record');
    await eyes.look(window, 'form-promise');
    await closeTop(window);
    await choose(window, 'instalment.more', words.dispute);
    await window.modal('follow_up.record');
    await eyes.look(window, 'form-dispute');
    await closeTop(window);
    await choose(window, 'instalment.more', words.snooze);
    await window.modal('reminder.snooze');
    await eyes.look(window, 'form-snooze');
    await closeTop(window);
    await visit(window, 'instalment.split', 'instalment.split', 'form-split');
    await visit(window, 'instalment.edit', 'instalment.edit', 'form-instalment-edit');
    await window.closeModals();
  });

  it('a customer: card, history, ledger, edit', async () => {
    const { window } = await eyes.opens(rep, `/hk-customer ${late.customer}`, 'customer.card');
    await eyes.look(window, 'card-customer');
    await visit(window, 'ledger.open', 'ledger', 'ledger-customer');
    await visit(window, 'customer.edit', 'customer.edit', 'form-customer-edit');
    await window.closeModals();
  });

  it('money in the books: split, reversal', async () => {
    const form = await eyes.opens(rep, `/hk-receipt ${late.contract} 30万`, 'receipt.new');
    await form.modal.locator('[data-action-id="receipt.split"]').waitFor();
    await visit(form.window, 'receipt.split', 'receipt.split', 'form-receipt-split');
    await form.window.closeModals();
    const { window } = await eyes.opens(FINANCE[locale], `/hk ${booked}`, 'info');
    await eyes.look(window, 'card-receipt-booked');
    await visit(window, 'receipt.reverse', 'receipt.reverse', 'form-reverse');
    await window.closeModals();
  });

  it.each([
    ['search-plans', 'plan', '/hk-plan list'],
    ['search-receipts', 'receipt', '/hk-receipt list'],
    ['search-contracts', 'contract', '/hk-contract list'],
    ['search-customers', 'customer', '/hk-customer list'],
  ])('%s', async (name, kind, command) => {
    const { window } = await eyes.opens(rep, command, `${kind}.list`);
    await visit(window, `${kind}.search`, `${kind}.search`, name);
    await window.closeModals();
  });

  it('an amendment and the end of a contract', async () => {
    const { window } = await eyes.opens('U_MANAGER', `/hk-contract ${late.contract}`, 'contract.card');
    await visit(window, 'contract.amend', 'contract.amend', 'form-amendment');
    await visit(window, 'contract.void', 'contract.void', 'form-void');
    await window.closeModals();
  });

  it('settings: departments, thresholds, templates, lists, numbering', async () => {
    const { window } = await eyes.opens('U_ADMIN', '/hk settings', 'info');
    await press(window, 'department.list');
    await window.modal('department.list');
    await eyes.look(window, 'settings-departments');
    await visit(window, 'department.edit', 'department.edit', 'settings-department');
    await closeTop(window);
    await visit(window, 'settings.thresholds', 'settings.thresholds', 'settings-thresholds');
    await visit(window, 'settings.lists', 'settings.list', 'settings-lists');
    await visit(window, 'settings.tolerance', 'settings.tolerance', 'settings-tolerance');
    await visit(window, 'settings.import', 'settings.import', 'settings-import');
    await visit(window, 'settings.numbering', 'settings.numbering', 'settings-numbering');
    await press(window, 'template.list');
    await eyes.look(window, 'settings-templates');
    await visit(window, 'template.new', 'template.edit', 'settings-template');
    await window.closeModals();
  });
});
