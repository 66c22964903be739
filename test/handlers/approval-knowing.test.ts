import { afterAll, beforeAll, expect, it } from 'vitest';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { anActiveContract, aSubmittedReceipt } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const MANAGER = slackId('financeManager');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());

it('what changed while it was asked whether somebody is left is looked at before it is approved', async () => {
  const { company } = world;
  const { ids, db } = company;
  await db.user.update({
    where: { id: ids.financeManager },
    data: { roles: ['finance', 'finance_manager'] },
  });
  const [row] = (await anActiveContract(company, [[600_000_00n, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  const small = await aSubmittedReceipt(company, row, 100_000_00n);
  const { receipt, approval } = await aSubmittedReceipt(company, row, 600_000_00n);
  const card = JSON.stringify({ a: approval.id, v: approval.version });
  await ui.press(MANAGER, 'approval.approve', card);
  expect(ui.top(MANAGER)).toMatchObject({ callback_id: 'approval.knowing' });
  // Other money comes first: the card is drawn anew.
  const finance = await company.as('finance2');
  await approve(finance, small.approval.id, small.approval.version);
  expect(await approve(finance, approval.id, approval.version)).toMatchObject({ outcome: 'redrawn' });
  await world.sandbox.submit(MANAGER, {});
  if (ui.top(MANAGER).submit) await world.sandbox.submit(MANAGER, {});
  const open = await db.approval.findUniqueOrThrow({ where: { id: approval.id } });
  expect(open).toMatchObject({ status: 'open', currentStep: 1 });
  expect(await db.receipt.findUnique({ where: { id: receipt.id } })).toMatchObject({ status: 'submitted' });
  expect(words(ui.top(MANAGER))).toContain('500,000.00');
  expect(words(ui.top(MANAGER))).toContain('没有入账');
  expect(words(ui.top(MANAGER))).not.toContain('✅');
  // From the window, as it is now.
  await ui.clickTop(MANAGER, 'approval.approve');
  expect(ui.top(MANAGER).callback_id).toBe('approval.knowing');
});
