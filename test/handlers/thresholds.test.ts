// Approval thresholds in the settings: what is saved decides how the next receipt is approved.

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { editCompany, editRates } from '../../src/domain/settings/company.service.js';
import { anActiveContract, aSubmittedReceipt } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const ADMIN = slackId('admin');
let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(() => world.sandbox.dismiss(ADMIN, true));

const stepsOf = async (amount: bigint) => {
  const [row] = (await anActiveContract(world.company, [[amount, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  const { approval } = await aSubmittedReceipt(world.company, row, amount);
  return world.company.db.approvalStep.count({ where: { approvalId: approval.id } });
};

it('changes from which amount on a receipt needs two steps, and keeps solo mode', async () => {
  expect(await stepsOf(20_000_00n)).toBe(1);
  await ui.press(ADMIN, 'settings.thresholds', '');
  expect(words(ui.top(ADMIN))).toContain('"initial_value":"500000.00"');
  await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { 'min:receipt_large': '2万' }));
  expect(words(ui.top(ADMIN))).toContain('已保存。新提交的按新门槛审批');
  expect(await stepsOf(20_000_00n)).toBe(2);
  expect(await stepsOf(19_999_99n)).toBe(1);
  const { settings } = await world.company.db.company.findFirstOrThrow();
  expect(settings).toMatchObject({ soloMode: false });
  const entry = await world.company.db.auditLog.findFirstOrThrow({ where: { action: 'company.edited' } });
  expect(JSON.stringify(entry.after)).toContain('2000000');
});

it('refuses an amount from which other steps begin already, on its field, with nothing typed lost', async () => {
  const company = await world.company.db.company.findFirstOrThrow();
  const flows = (await world.company.as('admin')).company.settings.approvalFlows;
  const large = flows.find((flow) => flow.key === 'receipt_large');
  if (!large) throw new Error('no such flow');
  const own = { ...large, key: 'own_1', minAmount: 400_000_00 };
  await editCompany(await world.company.as('admin'), company.version, {
    settings: { approvalFlows: [...flows, own] },
  });
  await ui.press(ADMIN, 'settings.thresholds', '');
  const refused = await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { 'min:receipt_large': '40万' }));
  expect(refused.errors).toEqual({ 'min:receipt_large': '已有同样条件的步骤。改那一条，或换个条件。' });
  await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { 'min:receipt_large': '41万' }));
  expect(words(ui.top(ADMIN))).toContain('已保存');
});

it('leaves what another admin changed meanwhile in what the form did not touch', async () => {
  const { company } = world;
  const saved = async () => (await company.as('admin')).company;
  const amountOf = async (key: string) =>
    (await saved()).settings.approvalFlows.find((flow) => flow.key === key)?.minAmount;
  await ui.press(ADMIN, 'settings.thresholds', '');
  const { version, settings } = await saved();
  const approvalFlows = settings.approvalFlows.map((flow) =>
    flow.key === 'receipt_large' ? { ...flow, minAmount: 700_000_00 } : flow,
  );
  await editCompany(await company.as('admin'), version, { settings: { approvalFlows, soloMode: true } });
  await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { 'min:contract_large': '200万' }));
  expect(words(ui.top(ADMIN)), 'told that somebody was faster').toContain('改过');
  expect(await amountOf('contract_large')).toBe(1_000_000_00);
  await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { 'min:contract_large': '200万' }));
  expect(words(ui.top(ADMIN))).toContain('已保存');
  expect(await amountOf('contract_large')).toBe(2_000_000_00);
  expect(await amountOf('receipt_large'), 'the other admin’s').toBe(700_000_00);
  expect((await saved()).settings.soloMode, 'the other admin’s').toBe(true);
  await editCompany(await company.as('admin'), (await saved()).version, { settings: { soloMode: false } });
});

it('has exchange rates that finance keeps: from their own settings, once, and nothing else with them', async () => {
  const finance = slackId('finance');
  await world.sandbox.command(finance, '/hk', '设置');
  await expect.poll(() => world.sandbox.views(finance).length).toBe(1);
  expect(words(ui.top(finance))).toContain('没有汇率：USD、EUR、HKD、JPY');
  await ui.clickTop(finance, 'settings.rates');
  const refused = await world.sandbox.submit(finance, ui.fill(finance, { rates: 'CNY 1' }));
  expect(JSON.stringify(refused)).toContain('没看懂“CNY 1”');
  await world.sandbox.submit(finance, ui.fill(finance, { rates: 'usd 7.1\nEUR 7.8' }));
  expect(words(ui.top(finance)), 'first ones have nothing to compare with').toContain('EUR 7.8（新）');
  await world.sandbox.submit(finance, ui.fill(finance, { rates: 'usd 7.1\nEUR 7.8', checked: ['yes'] }));
  expect(words(ui.top(finance))).toContain('已保存 2 个汇率');
  const { settings, version } = await world.company.db.company.findFirstOrThrow();
  expect(settings).toMatchObject({
    exchangeRates: [
      { currency: 'USD', rate: '7.1' },
      { currency: 'EUR', rate: '7.8' },
    ],
    soloMode: false,
  });
  const entry = await world.company.db.auditLog.findFirstOrThrow({
    where: { action: 'company.edited', actorId: world.company.ids.finance },
  });
  expect(entry.after).toMatchObject({ settings: { exchangeRates: [{ rate: '7.1' }, { rate: '7.8' }] } });
  const rates = [
    { currency: 'USD', rate: '7.2' },
    { currency: 'EUR', rate: '7.8' },
  ];
  await expect(editRates(await world.company.as('finance'), version - 1, rates)).rejects.toMatchObject({
    code: 'version.conflict',
  });
  for (const who of ['rep', 'director', 'auditor'] as const)
    await expect(editRates(await world.company.as(who), version, rates)).rejects.toMatchObject({
      code: 'access.denied',
    });
  await expect(
    editCompany(await world.company.as('finance'), version, { settings: { soloMode: true } }),
  ).rejects.toMatchObject({ code: 'access.denied' });
});

it('asks twice about a rate far from the present one, and tells who answers for the money of each change', async () => {
  const { company } = world;
  const finance = slackId('finance');
  const saved = async () => (await company.db.company.findFirstOrThrow()).settings;
  const told = async () =>
    (await company.db.outbox.findMany({ where: { kind: 'rates.changed' }, orderBy: { id: 'asc' } })).slice(
      -2,
    );
  await ui.press(finance, 'settings.rates', '');
  await world.sandbox.submit(finance, ui.fill(finance, { rates: 'USD 0.14\nEUR 8' }));
  expect(words(ui.top(finance))).toContain('USD 7.1 → 0.14');
  expect(words(ui.top(finance))).not.toContain('EUR 7.8 → 8');
  // What was typed stays, nothing is saved until somebody says it is right.
  expect(words(ui.top(finance))).toContain('USD 0.14\\nEUR 8');
  expect(await saved()).toMatchObject({ exchangeRates: [{ rate: '7.1' }, { rate: '7.8' }] });
  await world.sandbox.submit(finance, ui.fill(finance, { rates: 'USD 0.15\nEUR 8', checked: ['yes'] }));
  expect(words(ui.top(finance)), 'the tick was for another rate').toContain('USD 7.1 → 0.15');
  await world.sandbox.submit(finance, ui.fill(finance, { rates: 'USD 0.15\nEUR 8', checked: ['yes'] }));
  expect(words(ui.top(finance))).toContain('已保存 2 个汇率');
  expect(await saved()).toMatchObject({ exchangeRates: [{ rate: '0.15' }, { rate: '8' }] });
  const notices = await told();
  expect(notices.map((row) => row.recipient).toSorted()).toEqual(
    [company.ids.admin, company.ids.financeManager].map((id) => `user:${id}`).toSorted(),
  );
  expect(notices[0]?.payload).toMatchObject({
    byId: company.ids.finance,
    changes: [
      { currency: 'EUR', from: '7.8', to: '8' },
      { currency: 'USD', from: '7.1', to: '0.15' },
    ],
  });
  await world.sandbox.dismiss(finance, true);
});

it('keeps the rate of a currency that is no longer offered', async () => {
  const finance = slackId('finance');
  const { company } = world;
  const { version } = await company.db.company.findFirstOrThrow();
  await editCompany(await company.as('admin'), version, { settings: { currencies: ['CNY', 'EUR'] } });
  await ui.press(finance, 'settings.rates', '');
  const refused = await world.sandbox.submit(
    finance,
    ui.fill(finance, { rates: 'USD 0.15\nEUR 8\nJPY 0.05' }),
  );
  expect(JSON.stringify(refused)).toContain('JPY');
  await world.sandbox.submit(finance, ui.fill(finance, { rates: 'USD 0.16\nEUR 8' }));
  expect(words(ui.top(finance))).toContain('已保存 2 个汇率');
  await world.sandbox.dismiss(finance, true);
});

it('refuses everybody but admins', async () => {
  const other = slackId('financeManager');
  await ui.press(other, 'settings.thresholds', '');
  expect(ui.told(other, world.sandbox.dm(other))).toContain('需要');
  expect(() => ui.top(other)).toThrow('no window');
});
