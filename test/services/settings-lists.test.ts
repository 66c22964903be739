// Lists and number patterns on a real database: admins only, audited, and no number given twice (F17, F18).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ctx } from '../../src/ctx.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { saveCurrencies, saveEntry, savePattern } from '../../src/domain/settings/lists.service.js';
import { aCustomer, createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const as = (who: PersonKey): Promise<Ctx> => company.as(who);
const code = (expected: string) => ({ code: expected });

async function aContract() {
  const customer = await aCustomer(company);
  return createContract(await as('rep'), {
    customerId: customer.id,
    name: '合同',
    type: 'vehicle',
    amount: 1_00n,
    currency: 'CNY',
  });
}

async function pattern(text: string, reset: 'daily' | 'monthly' | 'yearly' | 'never') {
  const ctx = await as('admin');
  await savePattern(ctx, ctx.company.version, 'contract', text, reset);
}

describe('patterns', () => {
  it('are followed at once, and audited', async () => {
    await pattern('GX-{YYYYMM}-{000}', 'monthly');
    expect((await aContract()).number).toBe('GX-202611-001');
    const entry = await company.db.auditLog.findFirst({ where: { action: 'company.edited' } });
    expect(entry?.actorId).toBe(company.ids.admin);
    expect(JSON.stringify(entry?.after)).toContain('GX-');
  });

  it('never give a number twice, however often the reset changes', async () => {
    const numbers = [(await aContract()).number, (await aContract()).number];
    for (const reset of ['never', 'yearly', 'never', 'yearly'] as const) {
      await pattern('HT-{YYYY}-{0000}', reset);
      numbers.push((await aContract()).number, (await aContract()).number);
    }
    expect(numbers).toEqual(
      Array.from({ length: 10 }, (_, n) => `HT-2026-${String(n + 1).padStart(4, '0')}`),
    );
  });

  it('go on after numbers that only look the same', async () => {
    await aContract();
    await pattern('HT-2026-{0000}', 'never');
    expect((await aContract()).number).toBe('HT-2026-0002');
    await pattern('{0000}', 'never');
    // The counter of that period has run already: a gap, never a repetition.
    expect((await aContract()).number).toBe('0003');
  });

  it.each(['rep', 'finance', 'director', 'auditor'] as const)('are refused to %s', async (who) => {
    const ctx = await as(who);
    await expect(savePattern(ctx, ctx.company.version, 'contract', 'A{0}', 'never')).rejects.toMatchObject(
      code('access.denied'),
    );
  });
});

describe('entries', () => {
  it('switched off stay on old contracts and are refused for new ones', async () => {
    const ctx = await as('admin');
    const vehicle = { key: 'vehicle', zh: '整车', en: 'Vehicle', active: false };
    await saveEntry(ctx, ctx.company.version, 'contractTypes', vehicle);
    await expect(aContract()).rejects.toMatchObject(code('choice.unknown'));
  });

  it('are saved for the version that was shown only', async () => {
    const ctx = await as('admin');
    const entry = { key: null, zh: '工程', en: 'Engineering', active: true };
    await saveEntry(ctx, ctx.company.version, 'contractTypes', entry);
    await expect(
      saveEntry(await as('admin'), ctx.company.version, 'contractTypes', {
        ...entry,
        zh: '服务',
        en: 'Service',
      }),
    ).rejects.toMatchObject(code('version.conflict'));
  });

  it('cannot lose the base currency', async () => {
    const ctx = await as('admin');
    await expect(saveCurrencies(ctx, ctx.company.version, 'USD')).rejects.toMatchObject(
      code('settings.base_currency'),
    );
  });
});
