import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
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

describe('from contract to paid', () => {
  it('turns the instalment paid and the contract completed when finance approves', async () => {
    const { rows, contract } = await anActiveContract(company, [[30_000_00n, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const { approval, receipt } = await aSubmittedReceipt(company, row, 30_000_00n);
    const result = await approveReceipt(await company.as('finance'), approval.id, approval.version);
    expect(result.outcome).toBe('approved');
    const paid = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
    expect(paid).toMatchObject({ outstanding: 0n, lifecycle: 'settled' });
    expect(await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } })).toMatchObject({
      status: 'completed',
    });
    expect(await company.db.receipt.findUniqueOrThrow({ where: { id: receipt.id } })).toMatchObject({
      status: 'approved',
      unapplied: 0n,
    });
  });
});
