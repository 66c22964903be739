// Imports as a person makes them: from the file in the conversation to the customer, and to the card of opening balances.
import { expect, it } from 'vitest';
import { CHANNELS } from '../../../scripts/sandbox-world.js';
import type { PersonWindow } from '../support/person-window.js';
import type { Scene } from '../support/scene.js';

const FILES = {
  'zh-CN': {
    name: '客户名单.csv',
    text: '客户名称,联系人,电话\n云帆航运设备有限公司,林海,021-5555 0101\n,没有名称,\n',
    customer: '云帆航运设备有限公司',
    done: '完成：新增 1，更新 0，跳过 0，错误 1。',
  },
  'en-US': {
    name: 'customers.csv',
    text: 'Customer name,Contact,Phone\nWhitehaven Dredging Ltd,Ada Hill,+44 20 5555 0101\n,Nobody,\n',
    customer: 'Whitehaven Dredging Ltd',
    done: 'Done: 1 new, 0 changed, 0 skipped, 1 with errors.',
  },
} as const;

const OPENING = {
  'zh-CN': { name: '启用之前的回款.csv', head: '合同编号,金额,回款日期,收款方式', method: '银行转账' },
  'en-US': {
    name: 'money from before.csv',
    head: 'Contract number,Amount,Received on,Method',
    method: 'Bank transfer',
  },
} as const;

/** Into the app's own conversation, then what it is. */
const sendFile = async (
  window: PersonWindow,
  file: { name: string; text: string },
  kind: string,
  look?: (name: string) => Promise<void>,
): Promise<void> => {
  const { page } = window;
  // What was answered before may still stand over the conversation.
  await window.closeModals();
  await window.goTo('messages');
  await page
    .locator('[data-composer-files]')
    .first()
    .setInputFiles({ name: file.name, mimeType: 'text/csv', buffer: Buffer.from(file.text) });
  await page.locator('.composer-files [data-file-id]').waitFor();
  await page.locator('[data-composer=channel]').press('Enter');
  await window.message(file.name).locator('.thread-line').click();
  const choice = page.locator(`[data-thread-ts] [data-action-id="import.kind.${kind}"]`);
  await choice.waitFor();
  await look?.('import-question');
  await choice.click();
};

/** Tests of imports. */
export function importWindows(scene: Scene): void {
  const { locale, rep, finance } = scene;

  it('an import: the file in the conversation, its columns, what it would change, and what became of it', async () => {
    const file = FILES[locale];
    const window = await scene.eyes.at(rep);
    const { page } = window;
    await sendFile(window, file, 'customers', (name) => scene.eyes.look(window, name));
    const mapping = await window.modal('import.mapping');
    await scene.eyes.look(window, 'import-columns');
    await mapping.locator('[data-submit]').click();
    const preview = await window.modal('import.preview');
    await preview.getByText(file.customer).first().waitFor();
    await scene.eyes.look(window, 'import-preview');
    await preview.locator('[data-submit]').click();
    await page.locator('[data-thread-ts]').getByText(file.done).first().waitFor();
    await window.closeModals();
    // The rows that were not taken come back as a file, and the customer is there.
    await page.locator('[data-thread-ts] [data-file-id]').filter({ hasText: '.csv' }).last().waitFor();
    await scene.eyes.look(window, 'import-done');
    await window.goTo('messages');
    const found = await scene.eyes.opens(rep, `/hk-customer ${file.customer}`, 'customer.card');
    expect(await found.modal.textContent()).toContain(file.customer);
    await window.closeModals();
  });

  it('opening balances: what a second person of finance is asked', async () => {
    const { name, head, method } = OPENING[locale];
    const { late, latest } = scene.facts;
    const text = `${head}\n${late.contract},12345.67,2026-01-15,${method}\n${latest.contract},8000,2026-01-20,${method}\n`;
    const window = await scene.eyes.at(finance);
    await sendFile(window, { name, text }, 'opening');
    const mapping = await window.modal('import.mapping');
    await mapping.locator('[data-submit]').click();
    const preview = await window.modal('import.preview');
    await scene.eyes.look(window, 'import-preview-opening');
    await preview.locator('[data-submit]').click();
    await preview.waitFor({ state: 'detached' });
    await window.closeModals();
    await window.goTo(CHANNELS.finance);
    const card = window.message(name);
    await card.waitFor();
    await card.scrollIntoViewIfNeeded();
    await scene.eyes.look(window, 'channel-opening', card);
  });
}
