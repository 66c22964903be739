// Windows that stand behind others, and an import from the file to the customer: each drawn without a fault, without a
// barrier, without a word that nobody translated; and a picture of each under artefacts/screenshots.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHANNELS } from '../../scripts/sandbox-world.js';
import { launchChromium } from './support/chromium.js';
import { type Onlooker, onlooker } from './support/onlooker.js';
import type { PersonWindow } from './support/person-window.js';
import { NOW, startWorld, type World } from './support/world.js';

const REPS = { 'zh-CN': 'U_REP', 'en-US': 'U_REP_EN' } as const;
const FINANCE = { 'zh-CN': 'U_FINANCE', 'en-US': 'U_FINANCE_EN' } as const;
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

/** Who looks, by language. */
type Who = 'rep' | 'finance' | 'U_MANAGER' | 'U_ADMIN' | 'U_AUDITOR';
/** name, who, command (`{late}`: facts of the world), the window it opens, buttons one presses, the window behind them */
const WINDOWS: [string, Who, string, string, string[], string?][] = [
  ['card-customer-history', 'rep', '/hk-customer history {customer}', 'customer.history', []],
  [
    'form-customer-event',
    'rep',
    '/hk-customer {customer}',
    'customer.card',
    ['customer.event'],
    'customer.event',
  ],
  ['form-customer-merge', 'U_MANAGER', '/hk-customer merge {customer}', 'customer.merge', []],
  ['form-hand-over', 'U_MANAGER', '/hk-customer handover', 'customer.hand_over', []],
  [
    'form-contract-edit',
    'U_MANAGER',
    '/hk-contract {draft}',
    'contract.card',
    ['contract.edit'],
    'contract.edit',
  ],
  [
    'form-contract-submit',
    'U_MANAGER',
    '/hk-contract {draft}',
    'contract.card',
    ['contract.submit'],
    'contract.submit',
  ],
  [
    'form-finance-owner',
    'U_MANAGER',
    '/hk-contract {late}',
    'contract.card',
    ['contract.finance'],
    'contract.finance',
  ],
  ['form-milestone', 'rep', '/hk-contract {late}', 'contract.card', ['milestone.open'], 'milestone.set'],
  [
    'form-reassign',
    'U_MANAGER',
    '/hk-contract {late}',
    'contract.card',
    ['plan.of', 'instalment.more>', 'instalment.assign'],
    'instalment.assign',
  ],
  [
    'coming-reminders',
    'U_MANAGER',
    '/hk-contract {late}',
    'contract.card',
    ['plan.of', 'instalment.more>', 'reminder.coming'],
    'reminder.coming',
  ],
  ['list-unclaimed', 'finance', '/hk unclaimed', 'unclaimed.list', []],
  ['form-audit', 'U_AUDITOR', '/hk audit', 'audit.ask', []],
  ['form-import', 'rep', '/hk import', 'import.file', []],
  ['form-export', 'rep', '/hk export contract', 'contract.export', []],
  [
    'settings-list-entry',
    'U_ADMIN',
    '/hk settings',
    'info',
    ['settings.lists', 'settings.entry'],
    'settings.entry',
  ],
  [
    'settings-pattern',
    'U_ADMIN',
    '/hk settings',
    'info',
    ['settings.numbering', 'settings.pattern'],
    'settings.pattern',
  ],
  [
    'settings-workweek',
    'U_ADMIN',
    '/hk calendar',
    'settings.calendar',
    ['calendar.workweek'],
    'calendar.workweek',
  ],
  [
    'settings-template-line',
    'U_ADMIN',
    '/hk settings',
    'info',
    ['template.list', 'template.new', 'template.line_add'],
    'template.line',
  ],
  ['settings-delegates', 'U_ADMIN', '/hk settings', 'info', ['settings.delegates'], 'delegate.edit'],
];

describe.each(['zh-CN', 'en-US'] as const)('in %s', (locale) => {
  let world: World;
  let browser: Browser;
  let eyes: Onlooker;
  let facts: Readonly<Record<string, string>>;
  const rep = REPS[locale];
  const finance = FINANCE[locale];

  beforeAll(async () => {
    browser = await launchChromium();
    world = await startWorld({
      locale,
      prepare: async (db) => {
        const owner = { owner: { slackUserId: rep } };
        const row = await db.instalment.findFirstOrThrow({
          where: { ...owner, lifecycle: 'open', effectiveDue: { lt: NOW } },
          include: { contract: true, customer: true },
          orderBy: { effectiveDue: 'asc' },
        });
        const draft = { status: 'draft', instalments: { some: {} } } as const;
        const asked = { status: 'submitted', kind: 'payment' } as const;
        facts = {
          late: row.contract.number,
          customer: row.customer.code,
          draft: (await db.contract.findFirstOrThrow({ where: draft })).number,
          waiting: (await db.receipt.findFirstOrThrow({ where: asked })).number,
        };
      },
    });
    eyes = onlooker(locale, browser, world);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  /** Presses a button of the modal on top; `more>`: the last entry of its ⋯. */
  const press = async (window: PersonWindow, what: string): Promise<void> => {
    const [actionId = '', choice] = what.split('>');
    const top = await window.modal();
    await top.locator(`[data-action-id^="${actionId}"]`).first().click();
    if (choice !== undefined) await window.page.getByRole('menuitem').last().click();
  };

  it.each(WINDOWS)('%s', async (name, who, command, first, presses, last = first) => {
    const person = who === 'rep' ? rep : who === 'finance' ? finance : who;
    const { window } = await eyes.opens(
      person,
      command.replace(/\{(\w+)\}/, (_all, key: string) => facts[key] ?? ''),
      first,
    );
    for (const one of presses) await press(window, one);
    await window.modal(last);
    await eyes.look(window, name);
    await window.closeModals();
  });

  it('a flow of the company’s own, and what finance asks about a receipt', async () => {
    const { window } = await eyes.opens('U_ADMIN', '/hk settings', 'info');
    await press(window, 'settings.flows');
    const choice = window.page.locator('dialog[open] [data-action-id="flow.new"]');
    await choice.click();
    await window.page.getByRole('option').first().click();
    await window.modal('flow.edit');
    await eyes.look(window, 'settings-flow-new');
    await window.closeModals();
    const asking = await eyes.at(finance);
    await asking.goTo(CHANNELS.finance);
    const card = asking.page
      .locator('main [data-message-ts]')
      .filter({ hasText: facts.waiting ?? '' })
      .last();
    await card.locator('[data-action-id="approval.ask"]').click();
    await asking.modal('approval.ask');
    await eyes.look(asking, 'form-question');
    await asking.closeModals();
  });

  it('an import: the file in the conversation, its columns, what it would change, and what became of it', async () => {
    const file = FILES[locale];
    const window = await eyes.at(rep);
    await window.goTo('messages');
    const { page } = window;
    const send = async () => {
      await page
        .locator('[data-composer-files]')
        .first()
        .setInputFiles({ name: file.name, mimeType: 'text/csv', buffer: Buffer.from(file.text) });
      await page.locator('.composer-files [data-file-id]').waitFor();
      await page.locator('[data-composer=channel]').press('Enter');
      await window.message(file.name).locator('.thread-line').click();
      const kind = page.locator('[data-thread-ts] [data-action-id="import.kind.customers"]');
      await kind.waitFor();
      await eyes.look(window, 'import-question');
      await kind.click();
    };
    await send();
    const mapping = await window.modal('import.mapping');
    await eyes.look(window, 'import-columns');
    await mapping.locator('[data-submit]').click();
    const preview = await window.modal('import.preview');
    await preview.getByText(file.customer).first().waitFor();
    await eyes.look(window, 'import-preview');
    await preview.locator('[data-submit]').click();
    await page.locator('[data-thread-ts]').getByText(file.done).first().waitFor();
    await window.closeModals();
    // The rows that were not taken come back as a file, and the customer is there.
    await page.locator('[data-thread-ts] [data-file-id]').filter({ hasText: '.csv' }).last().waitFor();
    await eyes.look(window, 'import-done');
    await window.goTo('messages');
    const found = await eyes.opens(rep, `/hk-customer ${file.customer}`, 'customer.card');
    expect(await found.modal.textContent()).toContain(file.customer);
    await window.closeModals();
  });
});
