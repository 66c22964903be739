// Windows of the settings that take a choice or a file to come to.
import { it } from 'vitest';
import type { Scene } from '../support/scene.js';

const SETTINGS_FILE = {
  name: 'settings.json',
  mimeType: 'application/json',
  buffer: Buffer.from(
    JSON.stringify({
      huikuan: 'settings',
      version: 1,
      company: { name: '恒力重工 Hengli Heavy', remindUntil: '17:30' },
      templates: [],
    }),
  ),
};

/** Tests of the windows behind the settings' selects and files. */
export function settingsWindows(scene: Scene): void {
  it('the currencies of the company', async () => {
    const { window } = await scene.eyes.opens('U_ADMIN', '/hk settings', 'info');
    await scene.press(window, 'settings.lists');
    const list = await window.modal('settings.list');
    await list.locator('[data-action-id="settings.list"]').click();
    await window.page.getByRole('option').last().click();
    await list.locator('[data-action-id="settings.currencies"]').click();
    await window.modal('settings.currencies');
    await scene.eyes.look(window, 'settings-currencies');
    await window.closeModals();
  });

  it('the settings as a file: what it would change', async () => {
    const { window } = await scene.eyes.opens('U_ADMIN', '/hk settings', 'info');
    await scene.press(window, 'settings.import');
    const form = await window.modal('settings.import');
    await form.locator('input[type=file]').setInputFiles(SETTINGS_FILE);
    await form.locator('[data-file-id]').waitFor();
    await form.locator('[data-submit]').click();
    await window.modal('settings.import_preview');
    await scene.eyes.look(window, 'settings-import-preview');
    await window.closeModals();
  });

  it('the ladders of a template and of a customer', async () => {
    const { window, modal } = await scene.eyes.opens('U_ADMIN', '/hk ladder', 'ladder.open');
    await modal.locator('[data-action-id="ladder.template"]').click();
    await window.page.getByRole('option').first().click();
    await modal.locator('[data-action-id="ladder.start"]').waitFor();
    await scene.eyes.look(window, 'settings-ladder-template');
    await scene.eyes.opens('U_ADMIN', '/hk ladder', 'ladder.open');
    const customer = modal.locator('[data-action-id="ladder.customer"]');
    await customer.click();
    await customer.fill('Eastport');
    await window.page.getByRole('option', { name: /Eastport/ }).click();
    await modal.locator('[data-action-id="ladder.start"]').click();
    await modal.locator('[data-action-id="ladder.reset"]').waitFor();
    await scene.eyes.look(window, 'settings-ladder-customer');
    await scene.eyes.opens('U_ADMIN', '/hk ladder', 'ladder.open');
    await modal.locator('[data-action-id="ladder.try"]').click();
    await window.page.getByRole('option').first().click();
    await modal.getByText(/，到期日 |, due /).waitFor();
    await scene.eyes.look(window, 'settings-ladder-try');
    await window.closeModals();
  });
}
