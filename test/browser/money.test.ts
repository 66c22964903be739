// Windows of finance and of those who steer, reached as a person reaches them: drawn without a fault, without a barrier,
// without a word that nobody translated; and a picture of each under artefacts/screenshots.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { launchChromium } from './support/chromium.js';
import { type Onlooker, onlooker } from './support/onlooker.js';
import type { PersonWindow } from './support/person-window.js';
import { NOW, startWorld, type World } from './support/world.js';

const FINANCE = { 'zh-CN': 'U_FINANCE', 'en-US': 'U_FINANCE_EN' } as const;

describe.each(['zh-CN', 'en-US'] as const)('in %s', (locale) => {
  let world: World;
  let browser: Browser;
  let eyes: Onlooker;
  let prepaid: string;
  let booked: string;
  let late: { id: string; contract: string };
  const finance = FINANCE[locale];

  beforeAll(async () => {
    browser = await launchChromium();
    world = await startWorld({
      locale,
      prepare: async (db) => {
        const money = { status: 'approved', unapplied: { gt: 0 } } as const;
        prepaid = (
          await db.receipt.findFirstOrThrow({
            where: { ...money, kind: 'prepayment', customer: { name: 'Eastport Terminals' } },
          })
        ).number;
        booked = (
          await db.receipt.findFirstOrThrow({ where: { status: 'approved', kind: 'payment', unapplied: 0 } })
        ).number;
        const row = await db.instalment.findFirstOrThrow({
          where: { lifecycle: 'open', effectiveDue: { lt: NOW } },
          include: { contract: true },
          orderBy: { effectiveDue: 'desc' },
        });
        late = { id: row.id, contract: row.contract.number };
      },
    });
    eyes = onlooker(locale, browser, world);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  const press = async (window: PersonWindow, actionId: string): Promise<void> => {
    const top = await window.modal();
    await top.locator(`[data-action-id^="${actionId}"]`).first().click();
  };
  const closeTop = async (window: PersonWindow): Promise<void> => {
    const id = await (await window.modal()).getAttribute('data-view-id');
    const top = window.page.locator(`dialog[data-view-id="${id}"]`);
    await top.locator('.modal-header .icon-button').first().click();
    await top.waitFor({ state: 'detached' });
  };
  /** Presses a button of the modal on top, looks at the window that it opens, and closes that one. */
  const visit = async (window: PersonWindow, actionId: string, callbackId: string, name: string) => {
    await press(window, actionId);
    await window.modal(callbackId);
    await eyes.look(window, name);
    await closeTop(window);
  };

  it('a prepayment: card, refund, where it goes', async () => {
    const { window } = await eyes.opens(finance, `/hk ${prepaid}`, 'info');
    await eyes.look(window, 'card-prepayment');
    await visit(window, 'receipt.refund', 'receipt.refund', 'form-refund');
    await visit(window, 'prepayment.apply', 'prepayment.apply', 'form-prepayment-apply');
    await window.closeModals();
  });

  it('money in the books goes elsewhere', async () => {
    const { window } = await eyes.opens(finance, `/hk ${booked}`, 'info');
    await visit(window, 'receipt.reallocate', 'receipt.reallocate', 'form-reallocate');
    await window.closeModals();
  });

  it('what will not come in: a write-off', async () => {
    const { window, modal } = await eyes.opens(finance, `/hk-contract ${late.contract}`, 'contract.card');
    await visit(window, 'follow_up.list', 'info', 'follow-ups');
    await modal.locator('[data-action-id="plan.of"]').first().click();
    const plan = await window.modal('plan.of');
    await plan.locator(`[data-block-id*="${late.id}"] [data-action-id="instalment.more"]`).click();
    await window.page.getByRole('menuitem').last().click();
    await window.modal('info');
    await eyes.look(window, 'card-instalment-finance');
    await visit(window, 'adjustment.ask', 'adjustment.ask', 'form-write-off');
    await window.closeModals();
  });

  it('what waits for finance, and its batch', async () => {
    const window = await eyes.at(finance);
    await window.closeModals();
    await window.goTo('messages');
    const answers = window.page.locator('main [data-ephemeral=true]');
    const before = await answers.count();
    await window.type('/hk-todo');
    const answer = answers.nth(before);
    await answer.waitFor();
    await eyes.look(window, 'answer-todo-finance');
    await answer.locator('[data-action-id="approval.batch"]').first().click();
    await window.modal('approval.batch');
    await eyes.look(window, 'form-batch');
    await window.closeModals();
  });

  it.each([
    ['settings-delegate', 'U_MANAGER', 'delegate.edit', 'delegate.edit'],
    ['settings-own-times', 'U_MANAGER', 'settings.own_times', 'settings.own_times'],
  ])('%s', async (name, person, actionId, callbackId) => {
    const { window } = await eyes.opens(person, '/hk settings', 'info');
    await visit(window, actionId, callbackId, name);
    await window.closeModals();
  });

  it('settings: ladder, flows, calendar', async () => {
    const { window } = await eyes.opens('U_ADMIN', '/hk settings', 'info');
    await press(window, 'ladder.open');
    await window.modal('ladder.open');
    await eyes.look(window, 'settings-ladder');
    await press(window, 'ladder.step');
    await window.modal('ladder.step');
    await eyes.look(window, 'settings-ladder-step');
    await closeTop(window);
    await eyes.opens('U_ADMIN', '/hk settings', 'info');
    await press(window, 'settings.flows');
    await (await window.modal()).locator('[data-action-id="flow.edit"]').first().waitFor();
    await eyes.look(window, 'settings-flows');
    await visit(window, 'flow.edit', 'flow.edit', 'settings-flow');
    await closeTop(window);
    await press(window, 'settings.calendar');
    await window.modal('settings.calendar');
    await eyes.look(window, 'settings-calendar');
    await visit(window, 'calendar.import', 'calendar.import', 'settings-calendar-import');
    await window.closeModals();
  });
});
