// Windows that stand behind others, in a table; and what finance asks about a receipt.
import { it } from 'vitest';
import { CHANNELS } from '../../../scripts/sandbox-world.js';
import type { PersonWindow } from '../support/person-window.js';
import type { Scene } from '../support/scene.js';

const QUESTION = '付款方不是客户，是代付吗？ Who paid for them?';
/** Who looks, by language. */
type Who = 'rep' | 'finance' | 'U_MANAGER' | 'U_DIRECTOR' | 'U_ADMIN' | 'U_AUDITOR';
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
  [
    'form-credit-limit',
    'finance',
    '/hk-customer {customer}',
    'customer.card',
    ['credit.propose'],
    'credit.propose',
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
  [
    'form-contract-owner',
    'U_MANAGER',
    '/hk-contract {late}',
    'contract.card',
    ['contract.assign'],
    'contract.assign',
  ],
  [
    'form-contract-correct',
    'rep',
    '/hk-contract {late}',
    'contract.card',
    ['contract.correct'],
    'contract.correct',
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
  [
    'settings-template-test',
    'U_ADMIN',
    '/hk settings',
    'info',
    ['template.list', 'template.more>1'],
    'template.test',
  ],
  [
    'settings-template-delete',
    'U_ADMIN',
    '/hk settings',
    'info',
    ['template.list', 'template.more>3'],
    'template.delete',
  ],
  [
    'form-send-back',
    'U_DIRECTOR',
    '/hk-contract {second}',
    'contract.card',
    ['approval.back'],
    'approval.back',
  ],
  ['settings-delegates', 'U_ADMIN', '/hk settings', 'info', ['settings.delegates'], 'delegate.edit'],
];

/** Tests of the windows of the table, and of a question. */
export function behindWindows(scene: Scene): void {
  const { rep, finance } = scene;
  /** What the commands of the table are about. */
  const subject = (key: string): string => {
    const { late, draft, secondStep } = scene.facts;
    const known = { late: late.contract, customer: late.customer, draft, second: secondStep };
    return known[key as keyof typeof known];
  };

  /** Presses a button of the modal on top; `more>2`: the third entry of its ⋯; `more>`: the last. */
  const press = async (window: PersonWindow, what: string): Promise<void> => {
    const [actionId = '', entry] = what.split('>');
    await scene.press(window, actionId);
    if (entry === undefined) return;
    const items = window.page.getByRole('menuitem');
    await (entry === '' ? items.last() : items.nth(Number(entry))).click();
  };

  it.each(WINDOWS)('%s', async (name, who, command, first, presses, last = first) => {
    const person = who === 'rep' ? rep : who === 'finance' ? finance : who;
    const { window } = await scene.eyes.opens(
      person,
      command.replace(/\{(\w+)\}/, (_all, key: string) => subject(key)),
      first,
    );
    for (const one of presses) await press(window, one);
    await window.modal(last);
    await scene.eyes.look(window, name);
    await window.closeModals();
  });

  it('a flow of the company’s own, and what finance asks about a receipt', async () => {
    const { window } = await scene.eyes.opens('U_ADMIN', '/hk settings', 'info');
    await press(window, 'settings.flows');
    const choice = window.page.locator('dialog[open] [data-action-id="flow.new"]');
    await choice.click();
    await window.page.getByRole('option').first().click();
    await window.modal('flow.edit');
    await scene.eyes.look(window, 'settings-flow-new');
    await window.closeModals();
    const asking = await scene.eyes.at(finance);
    await asking.goTo(CHANNELS.finance);
    const card = asking.page
      .locator('main [data-message-ts]')
      .filter({ hasText: scene.facts.waiting.receipt })
      .last();
    await card.locator('[data-action-id="approval.ask"]').click();
    const form = await asking.modal('approval.ask');
    await scene.eyes.look(asking, 'form-question');
    // Whoever recorded it is asked in their own messages, and answers from there.
    await form.locator('textarea').fill(QUESTION);
    await form.locator('[data-submit]').click();
    await form.waitFor({ state: 'detached' });
    const asked = await scene.eyes.at(scene.facts.waiting.recorder);
    await asked.closeModals();
    await asked.goTo('messages');
    const reply = asked.message(QUESTION).locator('[data-action-id="approval.reply"]');
    await reply.click();
    await asked.modal('approval.reply');
    await scene.eyes.look(asked, 'form-reply');
    await asked.closeModals();
  });
}
