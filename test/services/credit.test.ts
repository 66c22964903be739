// A customer's credit limit on a real database (F7, F9; rules §10): who sets it, what counts, and what it asks for.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAmendable } from '../../src/domain/contracts/amendment.queries.js';
import { proposeAmendment } from '../../src/domain/contracts/amendment.service.js';
import { loadContract } from '../../src/domain/contracts/contract.queries.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { checkCredit } from '../../src/domain/customers/credit.queries.js';
import { loadCustomer } from '../../src/domain/customers/customer.queries.js';
import { createCustomer, editCustomer } from '../../src/domain/customers/customer.service.js';
import { findCustomerHistory } from '../../src/domain/customers/customer-history.queries.js';
import { mergeCustomers } from '../../src/domain/customers/customer-merge.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { reallocate } from '../../src/domain/receipts/reallocation.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
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

const setLimit = async (
  customerId: string,
  creditLimit: bigint | null,
  who: PersonKey = 'financeManager',
) => {
  const { name, version } = await company.db.customer.findUniqueOrThrow({ where: { id: customerId } });
  return editCustomer(await company.as(who), customerId, version, { name }, { creditLimit });
};

/** A draft of ¥100.00: ¥30.00 at its signing, the rest later. */
async function aDraft(customerId: string) {
  const ctx = await company.as('rep');
  const signedOn = localDate('2026-11-20');
  const fields = { customerId, name: '生产线', type: 'vehicle', amount: 100_00n, currency: 'CNY', signedOn };
  const { id } = await createContract(ctx, fields);
  await createPlan(await company.as('rep'), {
    contractId: id,
    rows: [
      { name: '预付', amount: 30_00n, dueOn: signedOn },
      { name: '到货', amount: 70_00n, dueOn: localDate('2026-12-20') },
    ],
  });
  return company.db.contract.findUniqueOrThrow({ where: { id } });
}
const flowOf = async (subjectId: string) =>
  (await company.db.approval.findFirstOrThrow({ where: { subjectId, status: 'open' } })).flowKey;

describe('a limit', () => {
  it('is set by a finance manager alone, and leaves its trace', async () => {
    const { id } = await aCustomer(company);
    for (const who of ['rep', 'manager', 'director', 'finance'] as const)
      await expect(setLimit(id, 1n, who)).rejects.toMatchObject({ code: 'access.denied' });
    const limited = { name: '新客户', taxNo: 'X1' };
    await expect(
      createCustomer(await company.as('finance'), limited, { creditLimit: 1n, ownerId: company.ids.rep }),
    ).rejects.toMatchObject({ code: 'access.denied' });
    await setLimit(id, 500_00n);
    // Whoever has no such field in the form leaves it as it is.
    const { name, version } = await company.db.customer.findUniqueOrThrow({ where: { id } });
    await editCustomer(await company.as('rep'), id, version, { name, address: '新地址' });
    expect((await loadCustomer(await company.as('finance'), id)).credit).toEqual({
      limit: 500_00n,
      exposure: 0n,
      currency: 'CNY',
    });
    expect((await loadCustomer(await company.as('rep'), id)).credit).toBeNull();
    const { entries } = await findCustomerHistory(await company.as('finance'), id);
    expect(entries.map(({ before, after }) => [before?.creditLimit, after?.creditLimit])).toEqual([
      [undefined, undefined],
      [null, '50000'],
      [undefined, undefined],
    ]);
    const seen = (await findCustomerHistory(await company.as('rep'), id)).entries;
    expect(JSON.stringify(seen)).not.toContain('creditLimit');
  });

  it('of the customer that goes holds where the one that stays has none', async () => {
    const [keep, gone] = [await aCustomer(company), await aCustomer(company)];
    const limited = await setLimit(gone.id, 7_00n);
    const ref = (one: typeof keep) => ({ id: one.id, version: one.version });
    await mergeCustomers(await company.as('manager'), ref(keep), ref(limited));
    expect(await company.db.customer.findUnique({ where: { id: keep.id } })).toMatchObject({
      creditLimit: 7_00n,
    });
  });
});

describe('exposure', () => {
  it('is what is open and what waits, less prepayments; the next contract is held against it', async () => {
    const { customer, rows } = await anActiveContract(company, [
      [200_00n, '2026-12-01'],
      [50_00n, null],
    ]);
    await setLimit(customer.id, 500_00n);
    const exposure = async () => (await checkCredit(await company.as('rep'), customer.id, null))?.exposure;
    expect(await exposure()).toBe(250_00n);
    const first = await aDraft(customer.id);
    expect(await exposure()).toBe(250_00n);
    expect((await loadContract(await company.as('rep'), first.id)).credit).toMatchObject({
      exposure: 320_00n,
      limit: 500_00n,
    });
    await submitContract(await company.as('rep'), { ...first, planLater: false });
    expect(await flowOf(first.id)).toBe('contract');
    expect(await exposure()).toBe(320_00n);
    // Money that waits does not count; approved it does, also beyond what is owed.
    const [row] = rows;
    const receipt = await recordReceipt(await company.as('rep'), {
      customerId: customer.id,
      contractId: null,
      instalmentId: row?.id ?? '',
      amount: 210_00n,
      currency: 'CNY',
      method: 'transfer',
      receivedOn: localDate('2026-11-20'),
    });
    expect(await exposure()).toBe(320_00n);
    const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
    await approveReceipt(await company.as('finance'), open.id, open.version);
    expect(await exposure()).toBe(110_00n);
    await setLimit(customer.id, 179_99n);
    const second = await aDraft(customer.id);
    await submitContract(await company.as('rep'), { ...second, planLater: false });
    expect(await flowOf(second.id)).toBe('contract_credit');
  });

  it('is also what of a contract in force is not planned yet', async () => {
    const { customer } = await anActiveContract(company, [[10_00n, '2026-12-01']], {
      contract: { amount: 90_00n },
    });
    await setLimit(customer.id, 500_00n);
    expect((await checkCredit(await company.as('rep'), customer.id, null))?.exposure).toBe(90_00n);
  });

  it('lets one of two through that fit below the limit only one by one', async () => {
    const customer = await aCustomer(company);
    await setLimit(customer.id, 100_00n);
    const drafts = [await aDraft(customer.id), await aDraft(customer.id)];
    const contexts = [await company.as('rep'), await company.as('rep')];
    await Promise.all(
      drafts.map((draft, index) => {
        const ctx = contexts[index];
        if (!ctx) throw new Error('no context');
        return submitContract(ctx, { ...draft, planLater: false });
      }),
    );
    const flows = await Promise.all(drafts.map((draft) => flowOf(draft.id)));
    expect(flows.toSorted()).toEqual(['contract', 'contract_credit']);
  });

  it('is not above the limit where a contract opens again by money that goes into credit', async () => {
    const { customer, rows } = await anActiveContract(company, [
      [60_00n, '2026-11-10'],
      [40_00n, '2026-12-10'],
    ]);
    const [first, second] = rows;
    if (!first || !second) throw new Error('no rows');
    await setLimit(customer.id, 50_00n);
    const { receipt, approval } = await aSubmittedReceipt(company, first, 100_00n);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    const { version } = await company.db.receipt.findUniqueOrThrow({ where: { id: receipt.id } });
    const lines = [{ instalmentId: second.id, amount: 40_00n }];
    const input = { receiptId: receipt.id, version, lines, reason: '核错了期' };
    await reallocate(await company.as('financeManager'), input);
    expect((await checkCredit(await company.as('rep'), customer.id, null))?.exposure).toBe(0n);
    const told = await company.db.outbox.findMany({
      where: { dedupeKey: { startsWith: `contract.reopened:${first.contractId}` } },
    });
    expect(told.map((one) => one.recipient)).toEqual([`user:${company.ids.rep}`]);
  });

  it('is asked about by an amendment that raises it, never by one that lowers it', async () => {
    const amend = async (by: bigint) => {
      const { customer, contract, rows } = await anActiveContract(company, [[100_00n, '2026-12-01']]);
      await setLimit(customer.id, 60_00n);
      const { fields } = await loadAmendable(await company.as('rep'), contract.id);
      const [row] = rows;
      if (!row) throw new Error('no row');
      const asked = { name: row.name, amount: row.amount + by, dueOn: localDate('2026-12-01') };
      const { change } = await proposeAmendment(await company.as('rep'), {
        contractId: contract.id,
        version: contract.version,
        reason: '调整',
        fields: { ...fields, amount: fields.amount + by },
        plan: { rows: new Map([[row.id, asked]]), added: [] },
        keepRest: false,
        alreadyDue: false,
      });
      const { credit } = await loadContract(await company.as('rep'), contract.id);
      const waiting = await checkCredit(await company.as('rep'), customer.id, null);
      return { flow: await flowOf(change.id), shown: credit?.exposure, waiting: waiting?.exposure };
    };
    expect(await amend(20_00n)).toEqual({ flow: 'contract_credit', shown: 120_00n, waiting: 120_00n });
    expect(await amend(-20_00n)).toEqual({ flow: 'contract', shown: undefined, waiting: 100_00n });
  });
});
