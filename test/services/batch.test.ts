// What a person is offered to approve together (ux §4.6); the decisions themselves are the engine's.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { findBatch, hasApproved } from '../../src/domain/approvals/batch.queries.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { askPostponement } from '../../src/domain/plans/postponement-ask.service.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type PersonKey,
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
  const offered = async (who: PersonKey, ids?: string[]) => {
    const { waiting, total } = await findBatch(await company.as(who), ids);
    expect(total).toBe(waiting.length);
    return waiting.map((about) => about.subjectId);
  };
  expect(await offered('finance')).toEqual([first.receipt.id, odd.receipt.id]);
  expect(await offered('finance2')).toContain(own.receipt.id);
  for (const who of ['rep', 'auditor', 'nobody'] as const) expect(await offered(who), who).toEqual([]);
  // Forged or their own: not among what was chosen.
  expect(await offered('finance', [own.approval.id, first.approval.id, company.ids.rep])).toEqual([
    first.receipt.id,
  ]);
  const { id: approvalId, version } = first.approval;
  await approve(await company.as('finance2'), approvalId, version);
  expect(await offered('finance', [approvalId])).toEqual([]);
  expect(await hasApproved(await company.as('finance2'), { approvalId })).toBe(true);
  expect(await hasApproved(await company.as('finance'), { approvalId })).toBe(false);
});

it('knows who has approved a step that waits for others too', async () => {
  const { rows } = await anActiveContract(company, [[100_00n, '2026-12-01']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const { approval } = await aSubmittedReceipt(company, row, 10_00n);
  await company.db.approvalStep.updateMany({
    where: { approvalId: approval.id },
    data: { mode: 'all', approverIds: [company.ids.finance, company.ids.finance2] },
  });
  await approve(await company.as('finance2'), approval.id, approval.version);
  const approvalId = approval.id;
  expect(await company.db.approvalStep.findFirst({ where: { approvalId } })).toMatchObject({
    decision: null,
  });
  expect(await hasApproved(await company.as('finance2'), { approvalId })).toBe(true);
  expect(await hasApproved(await company.as('finance'), { approvalId })).toBe(false);
});

it('offers every kind of approval, to whom it asks', async () => {
  const { rows } = await anActiveContract(company, [
    [100_00n, '2026-11-01', { isRetention: true }],
    [100_00n, '2026-11-01'],
  ]);
  const [retention, row] = rows;
  if (!retention || !row) throw new Error('no rows');
  const to = localDate('2026-12-20');
  await askPostponement(await company.as('rep'), {
    id: retention.id,
    version: retention.version,
    to,
    remark: null,
  });
  const debt = { instalmentId: row.id, version: row.version, kind: 'bad_debt', amount: null } as const;
  await askWriteOff(await company.as('finance'), { ...debt, reason: '破产' });
  const types = async (who: PersonKey) =>
    (await findBatch(await company.as(who))).waiting.map(({ type }) => type);
  expect(await types('manager')).toEqual(['postponement']);
  expect(await types('financeManager')).toContain('write_off');
  expect(await types('rep')).toEqual([]);
});
