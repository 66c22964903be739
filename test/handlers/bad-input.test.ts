// Amounts and dates that are wrong, one by one, in both languages: each gets a clear answer, and nothing is written.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { aCustomer, anActiveContract } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const LOCALES = ['zh-CN', 'en-US'] as const;

describe.each(LOCALES)('in %s', (locale) => {
  const t = translator(locale === 'zh-CN' ? locale : 'en');
  let world: SandboxedCompany;
  let ui: ReturnType<typeof windowsOf>;
  const rep = slackId('rep');
  beforeAll(async () => {
    world = await startSandboxedCompany(locale);
    ui = windowsOf(world);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.sandbox.dismiss(rep, true);
  });

  const aRow = async () => {
    const [row] = (await anActiveContract(world.company, [[10_000_00n, '2026-12-01']])).rows;
    if (!row) throw new Error('no row');
    return row;
  };
  /** Rows of everything that a use case writes. */
  const written = async () => {
    const { db } = world.company;
    return {
      audit: await db.auditLog.count(),
      receipts: await db.receipt.count(),
      instalments: await db.instalment.count(),
      contracts: await db.contract.count(),
      customers: await db.customer.count(),
      outbox: await db.outbox.count(),
      approvals: await db.approval.count(),
    };
  };
  const errorOn = (result: unknown, field: string): string => {
    const errors = (result as { errors?: Record<string, string> }).errors ?? {};
    const [message] = Object.entries(errors).flatMap(([id, text]) =>
      id.split('|')[0] === field ? [text] : [],
    );
    return message ?? '';
  };

  it('amounts', async () => {
    const row = await aRow();
    await ui.press(rep, 'receipt.new', JSON.stringify({ i: row.id }));
    const before = await written();
    const out = /0\.01|9,999,999,999,999\.99|9999999999999\.99/;
    for (const [amount, answer] of [
      ['0', out],
      ['-5', out],
      ['1.005', out],
      ['1e18', /1e18|9,?999/],
      ['99999999999999999999', out],
      ['很多', /很多/],
    ] as const) {
      const result = await world.sandbox.submit(rep, ui.fill(rep, { amount }));
      expect(errorOn(result, 'amount'), amount).toMatch(answer);
    }
    expect(await written()).toEqual(before);
  });

  it('dates', async () => {
    const row = await aRow();
    const before = await written();
    await ui.press(rep, 'receipt.new', JSON.stringify({ i: row.id }));
    const future = await world.sandbox.submit(rep, ui.fill(rep, { receivedOn: '2026-12-25' }));
    expect(errorOn(future, 'receivedOn')).toBe(t('errors:receipt.future_date'));
    await world.sandbox.dismiss(rep, true);
    await ui.press(rep, 'instalment.postpone', JSON.stringify({ i: row.id }));
    for (const to of ['2026-11-01', '2026-12-01']) {
      const result = await world.sandbox.submit(rep, ui.fill(rep, { to }));
      expect(errorOn(result, 'to'), to).not.toBe('');
    }
    expect(await written()).toEqual(before);
  });
  it('a plan: amounts, dates, days', async () => {
    const customer = await aCustomer(world.company);
    const contract = await createContract(await world.company.as('rep'), {
      ...{ customerId: customer.id, name: 'A', type: 'vehicle', amount: 90_000_00n, currency: 'CNY' },
    });
    await ui.press(rep, 'plan.new', JSON.stringify({ c: contract.id }));
    const before = await written();
    for (const [field, typed, zh, en] of [
      ['amount', '0', '须大于 0', 'Above 0'],
      ['amount', '12.345', '最多 2 位小数', 'up to 2 decimals'],
      ['amount', '很多', '没看懂“很多”', '“很多” is not an amount'],
      ['amount', '1e18', '没看懂“1e18”', '“1e18” is not an amount'],
      ['amount', '90000.01', '本期最多 ¥90,000.00', 'At most CN¥90,000.00 here'],
      ['remind', '91', '0 到 90', '0 to 90'],
      ['dueOn', '2080-01-01', '日期太远', 'too far'],
    ] as const) {
      const values = { amount: '1', remind: '7', dueOn: '2026-12-01', [field]: typed };
      const result = await world.sandbox.submit(rep, ui.fill(rep, values));
      expect(errorOn(result, field), `${field} ${typed}`).toContain(locale === 'zh-CN' ? zh : en);
    }
    expect(await written()).toEqual(before);
  });

  it('3,000 emoji of a remark are kept, and its card is one that Slack takes', async () => {
    const row = await aRow();
    await ui.press(rep, 'receipt.new', JSON.stringify({ i: row.id }));
    await world.sandbox.submit(rep, ui.fill(rep, { remark: '😀'.repeat(3_000) }));
    const [receipt] = await world.company.db.receipt.findMany({ where: { customerId: row.customerId } });
    expect([...(receipt?.remark ?? '')]).toHaveLength(3_000);
    await world.sandbox.dismiss(rep, true);
    await ui.press(rep, 'receipt.open', JSON.stringify({ i: receipt?.id }));
    expect(words(ui.top(rep))).toContain('😀');
  });
});
