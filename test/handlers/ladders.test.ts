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

it('acceptances and milestones without a date have ladders in the same window, with their own words', async () => {
  await ui.press(HEAD, 'ladder.open', '');
  const head = world.person('financeManager');
  await head.click('ladder.kind', { block_id: blockWith('ladder.kind'), value: 'acceptance' });
  expect(words(ui.top(HEAD))).toContain('预计验收前 7 天 · 负责人');
  expect(words(ui.top(HEAD))).toContain('预计验收后每 7 天，到验收为止');
  await head.click('ladder.step', { block_id: blockWith('预计验收前 7 天') });
  expect(words(ui.top(HEAD))).not.toContain('升级');
  await world.sandbox.submit(HEAD, ui.fill(HEAD, { days: '10', tone: 'urgent' }));
  expect(words(ui.top(HEAD))).toContain('预计验收前 10 天 · 负责人 · 今日待办 · 紧急：当天要登记或改预计');
  expect(words(ui.top(HEAD))).toContain('影响 0 份合同');
  await head.click('ladder.step', { block_id: blockWith('加一步') });
  const refused = await world.sandbox.submit(
    HEAD,
    ui.fill(HEAD, { days: '3', when: 'before', every: '4', roles: ['owner'] }),
  );
  expect(refused.errors?.every).toContain('重复的提醒从当天或之后开始');
  await world.sandbox.submit(HEAD, ui.fill(HEAD, { days: '3', when: 'after', every: '4', roles: ['owner'] }));
  expect(words(ui.top(HEAD))).toContain('过了预计验收 3 天后每 4 天');
  await head.click('ladder.kind', { block_id: blockWith('ladder.kind'), value: 'anchor' });
  expect(words(ui.top(HEAD))).toContain('签订后每 30 天，到有日期为止');
});

it('a step is given another tone', async () => {
  await ui.press(HEAD, 'ladder.open', '');
  const head = world.person('financeManager');
  expect(words(ui.top(HEAD))).toContain('逾期 1 天 · 负责人 · 今日待办 · 紧急');
  await head.click('ladder.step', { block_id: blockWith('到期当天') });
  await world.sandbox.submit(HEAD, ui.fill(HEAD, { tone: 'firm' }));
  expect(words(ui.top(HEAD))).toContain('到期当天 · 负责人、财务负责人 · 今日待办 · 请跟进');
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

it('its steps are tried on an instalment of the customer, of a template and of the company', async () => {
  const { company } = world;
  const { customer, contract, rows } = await anActiveContract(company, [
    [100_00n, '2026-12-11'],
    [100_00n, '2026-12-11', { isRetention: true }],
  ]);
  const [row, retention] = rows;
  const template = await company.db.planTemplate.findFirstOrThrow({ orderBy: { code: 'asc' } });
  const head = world.person('financeManager');
  const tryIt = async (): Promise<string> => {
    const block_id = blockWith('"ladder.try"');
    const offered = await head.choices(block_id, 'ladder.try', contract.number);
    expect(offered).toContain(String(row?.id));
    // Of another kind of ladder.
    expect(offered).not.toContain(String(retention?.id));
    await head.click('ladder.try', { block_id, value: String(row?.id) });
    return words(ui.top(HEAD));
  };
  await ui.press(HEAD, 'ladder.open', '');
  const ofCompany = await tryIt();
  expect(ofCompany).toContain(`${contract.number} 第1期，到期日 12月11日 周五：`);
  expect(ofCompany).toContain('12月8日 周二 · 到期前 3 天 → rep');
  expect(ofCompany.match(/ → /g)?.length).toBeLessThanOrEqual(12);
  expect(ofCompany).not.toContain('这一期现在按');
  await ui.clickTop(HEAD, 'ladder.template', { value: template.id });
  expect(await tryIt()).toContain('到期前 3 天 → rep');
  // With a ladder of its own, the company's is tried on all the same, and it says which one counts.
  await ui.press(HEAD, 'ladder.open', JSON.stringify({ s: 'customer', i: customer.id, k: 'normal' }));
  await head.click('ladder.start');
  await head.click('ladder.step', { block_id: blockWith('到期前 3 天') });
  await world.sandbox.submit(HEAD, ui.fill(HEAD, { remove: ['yes'] }));
  expect(await tryIt()).not.toContain('到期前 3 天 → rep');
  const elsewhere = await anActiveContract(company, [[100_00n, '2026-12-11']]);
  const foreign = await head.choices(blockWith('"ladder.try"'), 'ladder.try', elsewhere.contract.number);
  expect(foreign).not.toContain(String(elsewhere.rows[0]?.id));
  await world.sandbox.dismiss(HEAD, true);
  await ui.press(HEAD, 'ladder.open', '');
  const again = await tryIt();
  expect(again).toContain('到期前 3 天 → rep');
  expect(again).toContain('这一期现在按客户的阶梯提醒');
});
