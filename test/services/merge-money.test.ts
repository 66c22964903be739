// Two customers become one while money comes in, is asked back and waits for decisions (rules §4 no. 10, §14).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { mergeCustomers } from '../../src/domain/customers/customer-merge.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import type { Customer } from '../../src/generated/prisma/client.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { checkMoney } from '../support/money-invariants.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const ref = ({ id, version }: Customer) => ({ id, version });
const ROUNDS = 6;

it('money and contracts recorded meanwhile are the one’s that stays, or find no customer', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { customer: keep } = await anActiveContract(company, [[100_00n, '2026-12-01']]);
    const { customer: gone, rows, contract } = await anActiveContract(company, [[100_00n, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const [manager, rep, seller, finance] = [
      await company.as('manager'),
      await company.as('rep'),
      await company.as('rep'),
      await company.as('finance'),
    ];
    const { receipt, approval } = await aSubmittedReceipt(company, row, 10_00n);
    await approve(await company.as('finance2'), approval.id, approval.version);
    const money = {
      customerId: gone.id,
      contractId: contract.id,
      amount: 20_00n,
      currency: 'CNY',
      method: 'transfer',
      receivedOn: rep.today,
    };
    const draft = { customerId: gone.id, name: '新合同', type: 'vehicle', amount: 1_00n, currency: 'CNY' };
    const [merged] = await Promise.allSettled([
      mergeCustomers(manager, ref(keep), ref(gone)),
      recordReceipt(rep, money, { notDuplicate: true }),
      createContract(seller, draft),
      askReversal(finance, { receiptId: receipt.id, amount: 5_00n, reason: '退票' }),
    ]);
    expect(merged.status).toBe('fulfilled');
    const where = { customerId: gone.id };
    expect(await company.db.receipt.count({ where })).toBe(0);
    expect(await company.db.contract.count({ where })).toBe(0);
    expect(await company.db.instalment.count({ where })).toBe(0);
  }
  expect(await checkMoney(company.db)).toEqual([]);
});

it('every card that waits is drawn anew with the name that stays', async () => {
  const { customer: keep } = await anActiveContract(company, [[100_00n, '2026-12-01']]);
  const { customer: gone, rows } = await anActiveContract(company, [[100_00n, '2026-12-01']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const { receipt, approval } = await aSubmittedReceipt(company, row, 10_00n);
  await approve(await company.as('finance2'), approval.id, approval.version);
  await askReversal(await company.as('finance'), { receiptId: receipt.id, amount: 5_00n, reason: '退票' });
  const waiting = await aSubmittedReceipt(company, row, 7_00n);
  await mergeCustomers(await company.as('manager'), ref(keep), ref(gone));
  const redrawn = await company.db.outbox.findMany({
    where: { op: 'update', dedupeKey: { endsWith: `#merged.${gone.id}` } },
  });
  expect([...new Set(redrawn.map((one) => one.kind))].toSorted()).toEqual(['receipt.card', 'reversal.card']);
  expect(redrawn.some((one) => one.anchorKey?.includes(waiting.approval.id))).toBe(true);
});
