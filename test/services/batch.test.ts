// Which receipts a person is offered to approve together (ux §4.6); the decisions themselves are the engine's.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findBatch } from '../../src/domain/approvals/batch.queries.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

it('offers what waits for the reader, the longest first, not their own; decided ones are gone', async () => {
  const { rows } = await anActiveContract(company, [
    [100_00n, '2026-12-01'],
    [200_00n, '2026-12-02'],
    [300_00n, '2026-12-03'],
  ]);
  const [one, two, three] = rows;
  if (!one || !two || !three) throw new Error('no rows');
  const first = await aSubmittedReceipt(company, one, 100_00n);
  const own = await aSubmittedReceipt(company, two, 200_00n, { who: 'finance' });
  const odd = await aSubmittedReceipt(company, three, 299_00n);
  const numbers = async (who: 'finance' | 'finance2' | 'rep' | 'auditor' | 'nobody', ids?: string[]) => {
    const { receipts, total } = await findBatch(await company.as(who), ids);
    expect(total).toBe(receipts.length);
    return receipts.map((facts) => [facts.number, facts.warnings.length > 0]);
  };
  expect(await numbers('finance')).toEqual([
    [first.receipt.number, false],
    [odd.receipt.number, true],
  ]);
  expect((await numbers('finance2')).map(([number]) => number)).toContain(own.receipt.number);
  for (const who of ['rep', 'auditor', 'nobody'] as const) expect(await numbers(who), who).toEqual([]);
  // Forged or their own: not among what was chosen.
  expect(await numbers('finance', [own.approval.id, first.approval.id, company.ids.rep])).toEqual([
    [first.receipt.number, false],
  ]);
  await approve(await company.as('finance2'), first.approval.id, first.approval.version);
  expect(await numbers('finance', [first.approval.id])).toEqual([]);
});
