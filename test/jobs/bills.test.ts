// Acceptance bills (承兑汇票): told a week ahead and on the day, once each, on workdays, to their recorder and finance.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { instantOf, localDate } from '../../src/domain/local-date.js';
import { remindBills } from '../../src/domain/receipts/bills.service.js';
import { findReceipts } from '../../src/domain/receipts/receipt.queries.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { anActiveContract, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { code } from '../support/errors.js';

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

const at = (day: string, time = '09:00') => instantOf(localDate(day), time, 'Asia/Shanghai');
const run = async (day: string, time?: string) => remindBills(await company.system(at(day, time)));
const sent = () => company.db.outbox.findMany({ where: { kind: 'bill.due' }, orderBy: { id: 'asc' } });

async function bill(dueOn: string, more: { method?: string; approved?: boolean } = {}) {
  const { method = 'acceptance_bill', approved = true } = more;
  const { rows } = await anActiveContract(company, [[100_00n, '2026-12-01']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const ctx = await company.as('rep');
  const receipt = await recordReceipt(ctx, {
    customerId: row.customerId,
    contractId: row.contractId,
    instalmentId: row.id,
    amount: 100_00n,
    currency: 'CNY',
    method,
    receivedOn: ctx.today,
    billNo: 'CD-0001',
    billDueOn: localDate(dueOn),
  });
  const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
  if (approved) await approveReceipt(await company.as('finance'), approval.id, approval.version);
  return receipt;
}

describe('a bill that falls due on Monday 2026-12-28', () => {
  it('is told 7 days ahead and on the day, each once, to recorder and finance', async () => {
    const receipt = await bill('2026-12-28');
    const told = [];
    for (const day of ['12-18', '12-21', '12-22', '12-25', '12-28', '12-29']) {
      told.push((await run(`2026-${day}`)).told);
      expect((await run(`2026-${day}`, '10:30')).told, day).toBe(0);
    }
    expect(told).toEqual([0, 1, 0, 0, 1, 0]);
    const notices = await sent();
    const people = (['finance', 'finance2', 'financeManager', 'rep'] as const).map(
      (who) => `user:${company.ids[who]}`,
    );
    expect(notices.map((one) => one.recipient).toSorted()).toEqual([...people, ...people].toSorted());
    const ctx = {
      ...(await company.system(at('2026-12-21'))),
      locale: 'zh-CN',
      t: translator('zh-CN'),
    } as const;
    const message = await renderNotice(ctx, 'bill.due', notices[0]?.payload);
    expect(message?.text).toContain(receipt.number);
    expect(JSON.stringify(message?.blocks)).toContain('CD-0001');
  });

  it('is caught up after downtime with the nearest step only, and not once it was dishonoured', async () => {
    await bill('2026-12-28');
    expect((await run('2026-12-24')).told).toBe(1);
    const other = await bill('2026-12-29');
    const asked = await askReversal(await company.as('finance'), {
      receiptId: other.id,
      amount: 100_00n,
      reason: '拒付',
    });
    const { id, version } = await company.db.approval.findFirstOrThrow({ where: { subjectId: asked.id } });
    await approve(await company.as('financeManager'), id, version);
    expect((await run('2026-12-25')).told).toBe(0);
  });
});

describe('a bill whose day nobody was told of', () => {
  it('is told of afterwards, once, while it can still be found out', async () => {
    await bill('2026-12-28');
    expect((await run('2026-12-30')).told).toBe(1);
    expect((await run('2026-12-31')).told).toBe(0);
    await bill('2026-12-25');
    expect((await run('2027-01-12')).told).toBe(0);
  });
});

describe('what is no bill, or not booked', () => {
  it('is not told; number and day are kept of bills alone, and listed', async () => {
    const cash = await bill('2026-12-28', { method: 'transfer' });
    expect(cash).toMatchObject({ billNo: null, billDueOn: null });
    const waiting = await bill('2026-12-28', { approved: false });
    expect((await run('2026-12-21')).told).toBe(0);
    const { rows } = await findReceipts(await company.as('finance'), { bills: true });
    expect(rows).toMatchObject([{ id: waiting.id, billNo: 'CD-0001', billDueOn: '2026-12-28' }]);
    await expect(bill('2026-11-19')).rejects.toEqual(code('receipt.bill_due'));
  });
});
