// What is done with a contract's and a customer's record through the real app: its details, its owner, its files, a limit.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { keepAttachments } from '../../src/domain/attachments.service.js';
import { anActiveContract } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of ['rep', 'manager', 'finance'] as const) await world.sandbox.dismiss(slackId(who), true);
});

it('is corrected and given away from the card, by whom it is for', async () => {
  const { contract } = await anActiveContract(world.company, [[100_00n, '2026-12-01']]);
  const value = JSON.stringify({ c: contract.id });
  const [REP, MANAGER] = [slackId('rep'), slackId('manager')];
  await ui.press(REP, 'contract.open', value);
  await world.person('rep').click('contract.correct');
  await world.sandbox.submit(REP, ui.fill(REP, { remark: '盖章件已回', signedOn: '2026-11-10' }));
  expect(words(ui.top(REP))).toContain(`${contract.number} 的资料已更新`);
  expect(words(ui.top(REP))).toContain('盖章件已回');
  await world.person('rep').press('contract.assign', value);
  expect(world.person('rep').told()).toContain('需要');
  await ui.press(MANAGER, 'contract.open', value);
  await world.person('manager').click('contract.assign');
  await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { to: slackId('rep2') }));
  expect(words(ui.top(MANAGER))).toContain(`${contract.number} 现在由 rep2 负责`);
});

it('has its files sent to who clicks, within their scope', async () => {
  const { contract, customer } = await anActiveContract(world.company, [[100_00n, '2026-12-01']]);
  const ctx = await world.company.as('rep');
  const file = { slackFileId: 'F1', name: '合同.pdf', mime: 'application/pdf', size: 1 };
  await world.company.db.$transaction(async (tx) => {
    await keepAttachments(tx, ctx, 'contract', contract.id, [file]);
    await keepAttachments(tx, ctx, 'customer', customer.id, [file]);
  });
  const FINANCE = slackId('finance');
  await ui.press(FINANCE, 'contract.open', JSON.stringify({ c: contract.id }));
  await world.person('finance').click('files.send');
  expect(words(ui.top(FINANCE))).toContain(`${contract.number} 的附件 1 个，正在发到你的私信。`);
  await world.sandbox.dismiss(FINANCE, true);
  await ui.press(FINANCE, 'customer.open', JSON.stringify({ k: customer.id }));
  await world.person('finance').click('files.send');
  expect(words(ui.top(FINANCE))).toContain(`${customer.code} 的附件 1 个`);
  await world.person('rep2').press('files.send', JSON.stringify({ o: 'contract', i: contract.id }));
  expect(world.person('rep2').told()).toContain('没找到');
  expect(await world.company.db.outbox.count({ where: { kind: 'files.sent' } })).toBe(2);
});

it('finance proposes a limit on a customer’s card, where a finance manager approves it', async () => {
  const { customer } = await anActiveContract(world.company, [[100_00n, '2026-12-01']]);
  const value = JSON.stringify({ k: customer.id });
  const FINANCE = slackId('finance');
  const HEAD = slackId('financeManager');
  await ui.press(FINANCE, 'customer.open', value);
  await world.person('finance').click('credit.propose');
  await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { limit: '0', reason: '只做预付' }));
  expect(words(ui.top(FINANCE))).toContain(`${customer.code} 的额度已提交，等 financeManager 审批`);
  await ui.press(HEAD, 'customer.open', value);
  expect(words(ui.top(HEAD))).toContain('额度等审批：不限 → ¥0.00');
  await world.person('financeManager').click('approval.approve');
  expect(
    (await world.company.db.customer.findUniqueOrThrow({ where: { id: customer.id } })).creditLimit,
  ).toBe(0n);
});
