// The ladder through the real app: a step changed in place of the window, a customer's own, and what an instalment will be
// reminded of.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { anActiveContract } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const HEAD = slackId('financeManager');
let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(() => world.sandbox.dismiss(HEAD, true));

const blockWith = (text: string) =>
  String(ui.top(HEAD).blocks.find((block) => JSON.stringify(block).includes(text))?.block_id);

it('the head of finance moves a step; a refusal stays on its field', async () => {
  await world.sandbox.command(HEAD, '/hk', 'settings');
  await world.sandbox.waitFor(() => world.sandbox.views(HEAD).length > 0, 5_000, 'a window');
  const head = world.person('financeManager');
  await head.click('ladder.open');
  expect(words(ui.top(HEAD))).toContain('逾期 3 天 · 负责人、上级 · 升到 1 级');
  await head.click('ladder.step', { block_id: blockWith('逾期 3 天') });
  const refused = await world.sandbox.submit(HEAD, ui.fill(HEAD, { days: '7' }));
  expect(refused.errors?.days).toBe('这一天已有一步。换一天，或改那一步。');
  await world.sandbox.submit(HEAD, ui.fill(HEAD, { days: '5' }));
  expect(words(ui.top(HEAD))).toContain('逾期 5 天 · 负责人、上级');
  expect(words(ui.top(HEAD))).toContain('影响 0 期未收款');
});

it('a customer gets its own, and its instalment shows whose counts and when', async () => {
  const { customer, rows } = await anActiveContract(world.company, [[100_00n, '2026-12-13']]);
  const [row] = rows;
  await ui.press(HEAD, 'ladder.open', '');
  const head = world.person('financeManager');
  const block_id = blockWith('ladder.customer');
  await head.choices(block_id, 'ladder.customer', customer.name);
  await head.click('ladder.customer', { block_id, value: customer.id });
  expect(words(ui.top(HEAD))).toContain('现在按公司的阶梯');
  await head.click('ladder.start');
  expect(words(ui.top(HEAD))).toContain('已单独设置，影响 1 期未收款');
  await head.click('ladder.step', { block_id: blockWith('到期前 3 天') });
  await world.sandbox.submit(HEAD, ui.fill(HEAD, { remove: ['yes'] }));
  expect(words(ui.top(HEAD))).not.toContain('到期前 3 天');
  await world.sandbox.dismiss(HEAD, true);
  await ui.press(HEAD, 'reminder.coming', JSON.stringify({ i: row?.id }));
  const shown = words(ui.top(HEAD));
  expect(shown).toContain('按客户的阶梯');
  expect(shown).toContain('12月11日 周五 · 到期当天 → rep、finance、finance2（12月13日 周日是休息日）');
  await head.click('ladder.open');
  expect(words(ui.top(HEAD))).toContain('现在按客户的阶梯');
  await world.person('rep').press('ladder.open');
  expect(world.person('rep').told()).toContain('修改提醒阶梯需要');
});
