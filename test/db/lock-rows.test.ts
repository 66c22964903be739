// A locked row is the row as Prisma reads it, field by field: the columns are named by a rule, not by a list.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LockableTable, lockRow } from '../../src/db/lock-rows.js';
import { transact } from '../../src/db/transact.js';
import { createImport } from '../../src/domain/imports/import-job.service.js';
import { recordUnclaimed } from '../../src/domain/receipts/unclaimed.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
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
  database = await createTestDatabase({ alone: true });
  company = await createTestCompany(database.db.prisma);
  const { rows } = await anActiveContract(company, [[100_00n, '2026-11-25']]);
  const [row] = rows;
  if (!row) throw new Error('no rows');
  await aSubmittedReceipt(company, row, 60_00n);
  const ctx = await company.as('finance');
  await recordUnclaimed(ctx, { amount: 7_00n, currency: 'CNY', method: 'transfer', receivedOn: ctx.today });
  await createImport(ctx, 'receipts', { slackFileId: null, name: 'a.csv', size: 1 });
  // Three days later the row has a case.
  await planReminders(await company.system(new Date('2026-11-30T02:00:00Z')));
});
afterAll(() => database.close());

const READ: Record<LockableTable, () => Promise<{ id: string } | null>> = {
  approval: () => company.db.approval.findFirst(),
  approval_step: () => company.db.approvalStep.findFirst(),
  company: () => company.db.company.findFirst(),
  contract: () => company.db.contract.findFirst(),
  customer: () => company.db.customer.findFirst(),
  escalation_case: () => company.db.escalationCase.findFirst(),
  import_job: () => company.db.importJob.findFirst(),
  instalment: () => company.db.instalment.findFirst(),
  receipt: () => company.db.receipt.findFirst(),
  unclaimed_money: () => company.db.unclaimedMoney.findFirst(),
};

it.each(Object.keys(READ) as LockableTable[])('%s', async (table) => {
  const read = await READ[table]();
  if (!read) throw new Error(`no ${table}`);
  expect(await transact(company.db, (tx) => lockRow(tx, table, read.id))).toEqual(read);
});

it('holds the row until the transaction ends', async () => {
  const contract = await company.db.contract.findFirstOrThrow();
  const order: string[] = [];
  let locked = () => {};
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve;
  });
  const first = transact(company.db, async (tx) => {
    await lockRow(tx, 'contract', contract.id);
    locked();
    await tx.$executeRaw`SELECT pg_sleep(0.2)`;
    order.push('first');
  });
  await isLocked;
  const second = transact(company.db, async (tx) => {
    await lockRow(tx, 'contract', contract.id);
    order.push('second');
  });
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});
