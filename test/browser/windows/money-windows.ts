// Windows of finance and of those who steer: money in the books, what waits, flows and ladders.
import { it } from 'vitest';
import type { Scene } from '../support/scene.js';

/** Tests of the windows of finance, a manager and an admin. */
export function moneyWindows(scene: Scene): void {
  const { finance, press, visit, closeTop } = scene;

  it('a prepayment: card, refund, where it goes', async () => {
    const { window } = await scene.eyes.opens(finance, `/hk ${scene.facts.prepaid}`, 'info');
    await scene.eyes.look(window, 'card-prepayment');
    await visit(window, 'receipt.refund', 'receipt.refund', 'form-refund');
    await visit(window, 'prepayment.apply', 'prepayment.apply', 'form-prepayment-apply');
    await window.closeModals();
  });

  it('money in the books goes elsewhere', async () => {
    const { window } = await scene.eyes.opens(finance, `/hk ${scene.facts.booked}`, 'info');
    await visit(window, 'receipt.reallocate', 'receipt.reallocate', 'form-reallocate');
    await window.closeModals();
  });

  it('what will not come in: a write-off', async () => {
    const { window, modal } = await scene.eyes.opens(
      finance,
      `/hk-contract ${scene.facts.latest.contract}`,
      'contract.card',
    );
    await visit(window, 'follow_up.list', 'info', 'follow-ups');
    await modal.locator('[data-action-id="plan.of"]').first().click();
    const plan = await window.modal('plan.of');
    await plan
      .locator(`[data-block-id*="${scene.facts.latest.instalmentId}"] [data-action-id="instalment.more"]`)
      .click();
    await window.page.getByRole('menuitem').last().click();
    await window.modal('info');
    await scene.eyes.look(window, 'card-instalment-finance');
    await visit(window, 'adjustment.ask', 'adjustment.ask', 'form-write-off');
    await window.closeModals();
  });

  it('what waits for finance, and its batch', async () => {
    const window = await scene.eyes.at(finance);
    const answer = await scene.answer(window, '/hk-todo');
    await scene.eyes.look(window, 'answer-todo-finance', answer);
    await answer.locator('[data-action-id="approval.batch"]').first().click();
    await window.modal('approval.batch');
    await scene.eyes.look(window, 'form-batch');
    await window.closeModals();
  });

  it.each([
    ['settings-delegate', 'U_MANAGER', 'delegate.edit', 'delegate.edit'],
    ['settings-own-times', 'U_MANAGER', 'settings.own_times', 'settings.own_times'],
  ])('%s', async (name, person, actionId, callbackId) => {
    const { window } = await scene.eyes.opens(person, '/hk settings', 'info');
    await visit(window, actionId, callbackId, name);
    await window.closeModals();
  });

  it('settings: ladder, flows, calendar', async () => {
    const { window } = await scene.eyes.opens('U_ADMIN', '/hk settings', 'info');
    await press(window, 'ladder.open');
    await window.modal('ladder.open');
    await scene.eyes.look(window, 'settings-ladder');
    await press(window, 'ladder.step');
    await window.modal('ladder.step');
    await scene.eyes.look(window, 'settings-ladder-step');
    await closeTop(window);
    await scene.eyes.opens('U_ADMIN', '/hk settings', 'info');
    await press(window, 'settings.flows');
    await (await window.modal()).locator('[data-action-id="flow.edit"]').first().waitFor();
    await scene.eyes.look(window, 'settings-flows');
    await visit(window, 'flow.edit', 'flow.edit', 'settings-flow');
    await closeTop(window);
    await press(window, 'settings.calendar');
    await window.modal('settings.calendar');
    await scene.eyes.look(window, 'settings-calendar');
    await visit(window, 'calendar.import', 'calendar.import', 'settings-calendar-import');
    await window.closeModals();
  });
}
