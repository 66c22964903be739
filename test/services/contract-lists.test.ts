// Lists, search and choices of contracts and customers on a real database: scope, sums, pages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadContract } from '../../src/domain/contracts/contract.queries.js';
import { createContract, deleteContract, editContract } from '../../src/domain/contracts/contract.service.js';
import { findContractByNumber, findContracts } from '../../src/domain/contracts/contract-list.queries.js';
import {
  findCustomerByRef,
  findCustomerOptions,
  findCustomers,
  loadCustomer,
  loadCustomerRows,
} from '../../src/domain/customers/customer.queries.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { findFilterNames } from '../../src/domain/lists/filter-names.queries.js';
import { localDate, toUtcDate } from '../../src/domain/local-date.js';
import { findPlanTargetByNumber } from '../../src/domain/plans/plan-choices.queries.js';
import type { Contract, Customer } from '../../src/generated/prisma/client.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

async function aContract(who: PersonKey, customer: Customer, more: object = {}): Promise<Contract> {
  return createContract(await company.as(who), {
    customerId: customer.id,
    name: '冲压线',
    type: 'vehicle',
    amount: 100_00n,
    currency: 'CNY',
    ...more,
  });
}

describe('contract list', () => {
  it('shows each reader their scope and nothing else', async () => {
    const mine = await aContract('rep', await aCustomer(company, 'rep'));
    const theirs = await aContract('rep2', await aCustomer(company, 'rep2'));
    const above = await aContract('director', await aCustomer(company, 'director'));
    const seen = async (who: PersonKey) => {
      const { rows } = await findContracts(await company.as(who));
      const ids = rows.map((row) => row.id);
      return [mine, theirs, above].map(({ id }) => ids.includes(id));
    };
    expect(await seen('rep')).toEqual([true, false, false]);
    expect(await seen('rep2')).toEqual([false, true, false]);
    expect(await seen('manager')).toEqual([true, true, false]);
    for (const who of ['director', 'finance', 'financeManager', 'auditor', 'admin'] as const) {
      expect(await seen(who), who).toEqual([true, true, true]);
    }
    expect(await seen('nobody')).toEqual([false, false, false]);
    await expect(loadContract(await company.as('rep'), theirs.id)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await findContractByNumber(await company.as('rep'), theirs.number)).toBeNull();
    expect(await findContractByNumber(await company.as('rep'), ` ${mine.number.toLowerCase()} `)).toBe(
      mine.id,
    );
  });

  it('is found by a number of its own that has no hyphens, and by the other spelling where both are there', async () => {
    const contract = await aContract('rep', await aCustomer(company, 'rep'));
    await company.db.contract.update({ where: { id: contract.id }, data: { number: 'HT20990001' } });
    const ctx = await company.as('rep');
    expect(await findContractByNumber(ctx, 'HT-2099-0001')).toBe(contract.id);
    expect((await findPlanTargetByNumber(ctx, 'HT-2099-0001'))?.contractId).toBe(contract.id);
    const other = await aContract('rep', await aCustomer(company, 'rep'));
    await company.db.contract.update({ where: { id: other.id }, data: { number: 'HT-2099-0001' } });
    expect(await findContractByNumber(ctx, 'HT-2099-0001')).toBe(other.id);
    expect((await findPlanTargetByNumber(ctx, 'HT-2099-0001'))?.contractId).toBe(other.id);
    expect(await findContractByNumber(ctx, 'HT20990001')).toBe(contract.id);
  });

  it('sums what is planned and what is received: approved money only', async () => {
    const { contract, rows } = await anActiveContract(company, [
      [60_00n, '2026-12-01'],
      [40_00n, '2027-01-01'],
    ]);
    const [first, second] = rows;
    if (!first || !second) throw new Error('no rows');
    const { approval } = await aSubmittedReceipt(company, first, 25_00n);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    await aSubmittedReceipt(company, second, 40_00n);
    const { rows: found } = await findContracts(await company.as('rep'), { words: contract.number });
    expect(found).toMatchObject([{ id: contract.id, planned: 100_00n, received: 25_00n, amount: 100_00n }]);
    expect(await loadContract(await company.as('rep'), contract.id)).toMatchObject({
      planned: 100_00n,
      received: 25_00n,
    });
  });

  it('narrows by every field alone and together', async () => {
    const ctx = await company.as('rep2');
    const customer = await createCustomer(await company.as('rep2'), { name: '筛选重工' });
    const other = await createCustomer(await company.as('rep2'), { name: '另一家' });
    const wanted = await aContract('rep2', customer, {
      name: '特殊项目',
      amount: 500_00n,
      signedOn: localDate('2026-10-05'),
    });
    await aContract('rep2', other, { amount: 499_99n, signedOn: localDate('2026-10-04') });
    await aContract('rep2', other, { amount: 500_00n, currency: 'USD', signedOn: localDate('2026-10-06') });
    const ids = async (filter: Parameters<typeof findContracts>[1]) =>
      (await findContracts(ctx, filter)).rows.map((row) => row.id);
    expect(await ids({ customerId: customer.id })).toEqual([wanted.id]);
    for (const words of ['特殊', 'tsxm', 'sxzg 特殊', wanted.number]) {
      expect(await ids({ words }), words).toEqual([wanted.id]);
    }
    expect(await ids({ words: '特殊 别的' })).toEqual([]);
    expect(await ids({ words: '%' })).toEqual([]);
    expect(await ids({ currency: 'CNY', amountFrom: 500_00n, amountTo: 500_00n })).toEqual([wanted.id]);
    const day = localDate('2026-10-05');
    expect(await ids({ from: day, to: day })).toEqual([wanted.id]);
    expect(await ids({ customerId: customer.id, states: ['active'] })).toEqual([]);
    expect(await ids({ customerId: customer.id, states: ['draft'], ownerId: company.ids.rep2 })).toEqual([
      wanted.id,
    ]);
    expect(await ids({ customerId: customer.id, ownerId: company.ids.rep })).toEqual([]);
  });

  it('narrows by the days of the end, both included, the first to end first', async () => {
    const ctx = await company.as('rep2');
    const customer = await createCustomer(ctx, { name: '到期重工' });
    const end = async (day: string | null) => {
      const { id } = await aContract('rep2', customer, {});
      await company.db.contract.update({
        where: { id },
        data: { endsOn: day === null ? null : toUtcDate(localDate(day)) },
      });
      return id;
    };
    const [late, open, early, mid] = [
      await end('2026-12-31'),
      await end(null),
      await end('2026-12-08'),
      await end('2026-12-10'),
    ];
    const ids = async (filter: Parameters<typeof findContracts>[1]) =>
      (await findContracts(ctx, { customerId: customer.id, ...filter })).rows.map((row) => row.id);
    const [from, to] = [localDate('2026-12-08'), localDate('2026-12-10')];
    expect(await ids({ endFrom: from, endTo: to, sort: 'end' })).toEqual([early, mid]);
    expect(await ids({ endFrom: to })).toEqual([mid, late]);
    expect(await ids({ sort: 'end' })).toEqual([early, mid, late, open]);
    expect(await ids({ sort: 'end', reversed: true })).toEqual([open, late, mid, early]);
  });

  it('turns every page without losing or doubling a row; a page beyond the last is the last', async () => {
    const ctx = await company.as('director');
    const customer = await createCustomer(ctx, { name: '分页集团' });
    for (let count = 0; count < 45; count += 1) {
      await aContract('director', customer, { amount: BigInt(count % 3) * 100n + 100n });
    }
    for (const sort of ['newest', 'amount', 'customer'] as const) {
      const pages = await Promise.all(
        [1, 2, 3].map((page) => findContracts(ctx, { customerId: customer.id, sort }, page)),
      );
      expect(pages.map((page) => page.rows.length)).toEqual([20, 20, 5]);
      expect(new Set(pages.flatMap((page) => page.rows.map((row) => row.id))).size).toBe(45);
      const amounts = pages.flatMap((page) => page.rows.map((row) => row.amount));
      if (sort === 'amount') expect(amounts).toEqual(amounts.toSorted((a, b) => Number(b - a)));
    }
    expect(await findContracts(ctx, { customerId: customer.id }, 99)).toMatchObject({
      page: 3,
      pages: 3,
      total: 45,
    });
    expect(await findContracts(ctx, { customerId: customer.id }, -1)).toMatchObject({ page: 1 });
    // Drafts are told apart from what is in force.
    const sums = async () => (await findContracts(ctx, { customerId: customer.id })).totals[0];
    const before = await sums();
    expect(before).toMatchObject({ amount: 0n });
    const drafts = before?.inactive ?? 0n;
    expect(drafts).toBeGreaterThan(0n);
    const one = await company.db.contract.findFirstOrThrow({ where: { customerId: customer.id } });
    const set = (status: 'active' | 'draft') =>
      company.db.contract.update({ where: { id: one.id }, data: { status } });
    await set('active');
    expect(await sums()).toMatchObject({ amount: one.amount, inactive: drafts - one.amount });
    await set('draft');
  });

  it('is found by who of finance looks after it, and by its framework', async () => {
    const customer = await aCustomer(company, 'rep');
    const frame = await aContract('rep', customer, { name: '框架' });
    await company.db.contract.update({ where: { id: frame.id }, data: { status: 'active' } });
    const under = await aContract('rep', customer, { parentContractId: frame.id });
    await company.db.contract.update({
      where: { id: under.id },
      data: { financeOwnerId: company.ids.finance },
    });
    const ctx = await company.as('rep');
    const found = async (filter: Parameters<typeof findContracts>[1]) =>
      (await findContracts(ctx, { customerId: customer.id, ...filter })).rows.map(({ id }) => id);
    expect(await found({ financeOwnerId: company.ids.finance })).toEqual([under.id]);
    expect(await found({ financeOwnerId: company.ids.financeManager })).toEqual([]);
    expect(await found({ parentContractId: frame.id })).toEqual([under.id]);
    const filter = { financeOwnerId: company.ids.finance, parentContractId: frame.id };
    expect(await findFilterNames(ctx, filter)).toMatchObject({
      finance: { name: 'finance' },
      framework: { name: `${frame.number} 框架` },
    });
    // Outside the scope a contract has no name, and who sells is not of finance.
    expect(await findFilterNames(await company.as('rep2'), filter)).toMatchObject({ framework: null });
    expect((await findFilterNames(ctx, { financeOwnerId: company.ids.rep })).finance).toBeNull();
  });

  it('does not tell the name of a customer outside the scope', async () => {
    const customer = await aCustomer(company, 'rep');
    const filter = { customerId: customer.id };
    const page = await findContracts(await company.as('rep2'), filter);
    expect(page.total).toBe(0);
    expect((await findFilterNames(await company.as('rep2'), filter)).customer).toBeNull();
    expect((await findFilterNames(await company.as('rep'), filter)).customer?.name).toBe(customer.name);
    // Nor of a person: whoever a forged filter names.
    const owner = { ownerId: company.ids.rep };
    expect((await findFilterNames(await company.as('rep2'), owner)).owner).toBeNull();
    expect((await findFilterNames(await company.as('manager'), owner)).owner?.name).toBe('rep');
  });
});

describe('classes', () => {
  it('narrow customers by type and industry, contracts by type', async () => {
    const rep = await company.as('rep');
    const kept = { type: 'leasing', industry: 'mining' };
    const customer = await createCustomer(rep, { name: '分类甲', ...kept });
    const other = await createCustomer(await company.as('rep'), { name: '分类乙', type: 'leasing' });
    const names = async (filter: object) =>
      (await findCustomers(await company.as('rep'), { words: '分类', ...filter })).rows.map((row) => row.id);
    expect(await names({ type: 'leasing', sort: 'name' })).toEqual([other.id, customer.id]);
    expect(await names(kept)).toEqual([customer.id]);
    expect(await names({ industry: 'energy' })).toEqual([]);
    const parts = await aContract('rep', customer, { type: 'parts' });
    await aContract('rep', customer);
    for (const words of [undefined, '分类甲']) {
      const { rows } = await findContracts(await company.as('rep'), {
        words,
        type: 'parts',
        customerId: customer.id,
      });
      expect(rows.map((row) => row.id)).toEqual([parts.id]);
    }
  });

  it('a list is narrowed by any customer that stands in its rows, also another person’s', async () => {
    const customer = await createCustomer(await company.as('rep2'), { name: '别人的客户' });
    const contract = await aContract('rep2', customer);
    await company.db.contract.update({ where: { id: contract.id }, data: { ownerId: company.ids.rep } });
    const found = async (options: object) =>
      (await findCustomerOptions(await company.as('rep'), '别人的客户', 'record.see', options)).map(
        ({ id }) => id,
      );
    expect(await found({ contractsToo: true })).toEqual([customer.id]);
    expect(await found({})).toEqual([]);
  });
});

describe('choices', () => {
  it('offers customers of the scope, by any way of writing', async () => {
    const customer = await createCustomer(await company.as('rep'), { name: '中联起重', shortName: '中联' });
    const ids = async (who: PersonKey, words: string) =>
      (await findCustomerOptions(await company.as(who), words)).map((option) => option.id);
    for (const words of ['中联', 'zlqz', 'zhonglian', customer.code, '']) {
      expect(await ids('rep', words), words).toContain(customer.id);
    }
    expect(await ids('rep2', '中联')).toEqual([]);
    expect(await ids('manager', '中联')).toEqual([customer.id]);
    expect(await findCustomerByRef(await company.as('rep'), '中联起重')).toBe(customer.id);
    expect(await findCustomerByRef(await company.as('rep2'), customer.code)).toBeNull();
    await company.db.customer.update({ where: { id: customer.id }, data: { code: 'KH9901' } });
    expect(await findCustomerByRef(await company.as('rep'), 'KH-9901')).toBe(customer.id);
    expect(await findCustomerByRef(await company.as('rep2'), 'KH-9901')).toBeNull();
  });
});

describe('customer', () => {
  it('shows open money by currency and credit that belongs to no instalment', async () => {
    const { customer, rows } = await anActiveContract(company, [[60_00n, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const dollars = await anActiveContract(company, [[5_00n, '2026-12-01']], {
      contract: { currency: 'USD' },
    });
    const { approval } = await aSubmittedReceipt(company, row, 80_00n);
    expect((await loadCustomer(await company.as('rep'), customer.id)).balance).toMatchObject([
      { open: 60_00n, inApproval: 80_00n, balance: 60_00n, currency: 'CNY' },
    ]);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    expect(await loadCustomer(await company.as('rep'), customer.id)).toMatchObject({
      balance: [{ open: 0n, received: 80_00n, unapplied: 20_00n, balance: -20_00n, currency: 'CNY' }],
      contracts: 1,
    });
    const { rows: listed } = await findCustomers(await company.as('rep'), { words: dollars.customer.code });
    expect(listed).toMatchObject([{ contracts: 1, open: [{ minor: 5_00n, currency: 'USD' }] }]);
  });

  it('lists what is open by currency, to the last minor unit where a number would round it', async () => {
    const { customer, rows } = await anActiveContract(company, [
      [60_00n, '2026-12-01'],
      [40_00n, '2026-12-02'],
    ]);
    await anActiveContract(company, [[5_00n, '2026-12-01']], {
      contract: { customerId: customer.id, currency: 'USD' },
    });
    for (const [index, amount] of [2n ** 52n, 2n ** 52n + 1n].entries())
      await company.db.instalment.update({
        where: { id: rows[index]?.id ?? '' },
        data: { amount, outstanding: amount },
      });
    const { rows: listed } = await findCustomers(await company.as('rep'), { words: customer.code });
    const open = [
      { minor: 2n ** 53n + 1n, currency: 'CNY' },
      { minor: 5_00n, currency: 'USD' },
    ];
    expect(listed).toMatchObject([{ contracts: 2, open }]);
    expect(await loadCustomerRows(await company.as('rep'), [customer.id])).toMatchObject([{ open }]);
  });

  it('is not found by those outside its scope', async () => {
    const customer = await aCustomer(company, 'rep');
    await expect(loadCustomer(await company.as('rep2'), customer.id)).rejects.toMatchObject({
      code: 'not_found',
    });
    const seen = (await findCustomers(await company.as('rep2'))).rows.map((row) => row.id);
    expect(seen).not.toContain(customer.id);
  });
});

describe('contract', () => {
  it('is not made for a customer of somebody else, nor moved to one', async () => {
    const foreign = await aCustomer(company, 'rep2');
    await expect(aContract('rep', foreign)).rejects.toMatchObject({ code: 'access.denied' });
    const own = await aContract('rep', await aCustomer(company, 'rep'));
    const edit = {
      customerId: foreign.id,
      name: '移走',
      type: 'vehicle',
      amount: 100_00n,
      currency: 'CNY',
    };
    await expect(editContract(await company.as('rep'), own.id, own.version, edit)).rejects.toMatchObject({
      code: 'access.denied',
    });
  });

  it.each([
    ['type', { type: 'boat' }, 'choice.unknown'],
    ['currency', { currency: 'XXX' }, 'choice.unknown'],
    ['paymentMethod', { paymentMethod: 'barter' }, 'choice.unknown'],
    ['signedOn', { signedOn: localDate('2099-01-01') }, 'plan.date_too_far'],
    ['acceptance', { milestones: { acceptance: localDate('2099-01-01') } }, 'plan.date_too_far'],
  ])('names the field %s when it is wrong', async (field, more, code) => {
    const customer = await aCustomer(company, 'rep');
    await expect(aContract('rep', customer, more)).rejects.toMatchObject({ code, field });
    expect(await company.db.contract.count({ where: { customerId: customer.id } })).toBe(0);
  });

  it('disappears from lists, cards and numbers when it is deleted', async () => {
    const contract = await aContract('rep', await aCustomer(company, 'rep'));
    const ctx = await company.as('rep');
    await deleteContract(ctx, contract.id, contract.version);
    await expect(loadContract(ctx, contract.id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await findContractByNumber(ctx, contract.number)).toBeNull();
    expect((await findContracts(ctx, { words: contract.number })).total).toBe(0);
  });
});
