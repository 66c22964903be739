// Acceptance bills (承兑汇票): a week ahead and on the day in the one message of the morning, once each, on workdays, for
// their recorder and finance; as they are when it is sent.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findMigrationsDir, loadMigrations } from '../../src/db/migrate.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { findReceipts } from '../../src/domain/receipts/receipt.queries.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { findDigest } from '../../src/domain/reminders/digest.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { anActiveContract, createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { code } from '../support/errors.js';
import { at, morning, mornings } from '../support/mornings.js';

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

/** Recorded on money that is due far ahead, so that nothing else is told. */
async function bill(dueOn: string, more: { method?: string; approved?: boolean; billNo?: string } = {}) {
  const { method = 'acceptance_bill', approved = true, billNo = 'CD-0001' } = more;
  const { rows } = await anActiveContract(company, [[200_00n, '2027-12-01']]);
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
    billNo,
    billDueOn: localDate(dueOn),
  });
  const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
  if (approved) await approveReceipt(await company.as('finance'), approval.id, approval.version);
  return receipt;
}

async function dishonour(receiptId: string): Promise<void> {
  const asked = await askReversal(await company.as('finance'), {
    receiptId,
    amount: 100_00n,
    reason: '拒付',
  });
  const { id, version } = await company.db.approval.findFirstOrThrow({ where: { subjectId: asked.id } });
  await approve(await company.as('financeManager'), id, version);
}

/** Every bill that somebody was told of: `day who`. */
async function told(): Promise<string[]> {
  const names = new Map(Object.entries(company.ids).map(([name, id]) => [id, name]));
  const rows = await company.db.reminder.findMany({ where: { ruleCode: 'B', status: 'sent' } });
  return rows
    .map((one) => `${one.plannedOn.toISOString().slice(5, 10)} ${names.get(one.recipientId)}`)
    .toSorted();
}
const FINANCE = ['finance', 'finance2', 'financeManager'] as const;
const on = (day: string, ...people: PersonKey[]) => people.map((who) => `${day} ${who}`);

/** The digest as it would be sent to a person on that day. */
async function digestOf(who: PersonKey, day: string, time = '09:00') {
  const system = await company.system(at(day, time));
  const ctx = { ...system, locale: 'zh-CN' as const, t: translator('zh-CN') };
  const message = await renderNotice(ctx, 'digest', { userId: company.ids[who], date: day });
  return message && JSON.stringify(message.blocks);
}

describe('a bill that falls due on Monday 2026-12-28', () => {
  it('is told 7 days ahead and on the day, each once, to recorder and finance, in one message a person', async () => {
    await bill('2026-12-28');
    await bill('2026-12-28', { billNo: 'CD-0002' });
    await mornings(company, '2026-12-18', '2026-12-20');
    expect(await told()).toEqual([]);
    for (const time of ['09:00', '09:01', '14:00']) await morning(company, '2026-12-21', time);
    await mornings(company, '2026-12-22', '2026-12-30');
    const people = [...FINANCE, 'rep'] as const;
    const both = [...on('12-21', ...people), ...on('12-28', ...people)];
    expect(await told()).toEqual([...both, ...both].toSorted());
    const sent = await company.db.outbox.findMany({ where: { kind: 'digest', op: 'post' } });
    expect(sent).toHaveLength(both.length);
    expect(await company.db.outbox.count({ where: { kind: { startsWith: 'bill' } } })).toBe(0);
  });

  it('is caught up after downtime with the nearest step only, by one of two runs at once', async () => {
    await bill('2026-12-28');
    const system = await company.system(at('2026-12-24'));
    await Promise.all([planReminders(system), planReminders(system)]);
    await morning(company, '2026-12-24', '10:00');
    expect(await told()).toEqual(on('12-24', ...FINANCE, 'rep'));
    // Planned in a rep's quiet hours and never sent: the next step takes its place.
    await company.db.user.update({
      where: { id: company.ids.rep },
      data: { quietFrom: '00:00', quietTo: '23:59' },
    });
    const other = await bill('2027-01-11', { billNo: 'CD-0002' });
    await mornings(company, '2027-01-04', '2027-01-11');
    const mine = await company.db.reminder.findMany({
      where: { receiptId: other.id, recipientId: company.ids.rep },
      orderBy: { occurrenceOn: 'asc' },
    });
    expect(mine.map((one) => [one.status, one.skipReason])).toEqual([
      ['skipped', 'superseded'],
      ['pending', null],
    ]);
  });

  it('goes to whose customer it is when its recorder leaves before their hour', async () => {
    const receipt = await bill('2026-12-28');
    const { customerId } = await company.db.receipt.findUniqueOrThrow({ where: { id: receipt.id } });
    await company.db.customer.update({
      where: { id: customerId ?? '' },
      data: { ownerId: company.ids.rep2 },
    });
    await company.db.user.update({ where: { id: company.ids.rep }, data: { remindAt: '11:00' } });
    await morning(company, '2026-12-21');
    await company.db.user.update({ where: { id: company.ids.rep }, data: { active: false } });
    for (const time of ['11:01', '11:02']) await morning(company, '2026-12-21', time);
    expect(await told()).toEqual(on('12-21', ...FINANCE, 'rep2'));
  });

  it('is told with what else is due that morning, and a copy goes to who stands in', async () => {
    await bill('2026-12-28');
    await anActiveContract(company, [[500_00n, '2026-12-21']]);
    await company.db.user.update({
      where: { id: company.ids.rep },
      data: { delegateId: company.ids.rep2, delegateUntil: at('2026-12-31') },
    });
    await planReminders(await company.system(at('2026-12-21')));
    const digest = await digestOf('rep', '2026-12-21');
    expect(digest).toContain('今日到期');
    expect(digest).toContain('承兑汇票到期 · 1 张');
    expect(digest).toContain('12月28日 周一 到期* 还有 7 天 · ¥100.00');
    const mine = {
      kind: { in: ['digest', 'digest.copy'] },
      payload: { path: ['userId'], equals: company.ids.rep },
    };
    const sent = await company.db.outbox.findMany({ where: mine });
    expect(sent.map((one) => one.kind).toSorted()).toEqual(['digest', 'digest.copy']);
  });

  it('goes to the customer’s owner when its recorder has left, and is nobody’s outside of their scope', async () => {
    const { customerId } = await bill('2026-12-28');
    // Left, or has no role any more: both alike.
    await company.db.user.update({ where: { id: company.ids.rep }, data: { roles: [] } });
    await company.db.customer.update({ where: { id: customerId }, data: { ownerId: company.ids.rep2 } });
    await morning(company, '2026-12-21');
    expect(await told()).toEqual(on('12-21', ...FINANCE, 'rep2'));
    // Whoever had it and has lost finance’s role and all customers meanwhile is not shown it.
    await planReminders(await company.system(at('2026-12-28')));
    await company.db.user.update({ where: { id: company.ids.finance2 }, data: { roles: ['rep'] } });
    expect(await digestOf('finance2', '2026-12-28')).toBeNull();
    expect(await digestOf('finance', '2026-12-28')).toContain('CD-0001');
  });
});

describe('a dishonoured bill', () => {
  it('is not told of any more, and is marked where it was told of this morning', async () => {
    const first = await bill('2026-12-28');
    const second = await bill('2026-12-28', { billNo: 'CD-0002' });
    const system = await company.system(at('2026-12-21'));
    await planReminders(system);
    await dishonour(first.id);
    const left = await findDigest(system, company.ids.finance, localDate('2026-12-21'));
    expect(left?.bills.map((one) => one.id)).toEqual([second.id]);
    await company.db.reminder.updateMany({ where: { outboxId: { not: null } }, data: { status: 'sent' } });
    await company.db.outbox.updateMany({
      where: { kind: 'digest' },
      data: { status: 'sent', channel: 'D1', ts: '1.1' },
    });
    // The day of the test company is the day of the morning.
    await company.db.outbox.updateMany({
      where: { kind: 'digest' },
      data: { payload: { userId: company.ids.finance, date: (await company.system()).today } },
    });
    await dishonour(second.id);
    expect(await company.db.outbox.count({ where: { kind: 'digest', op: 'update' } })).toBeGreaterThan(0);
    expect(await digestOf('finance', '2026-12-21', '10:00')).toContain('已冲销');
    await morning(company, '2026-12-28');
    expect((await told()).filter((line) => line.startsWith('12-28'))).toEqual([]);
  });
});

describe('a bill whose day nobody was told of', () => {
  it('is told of afterwards, once, while it can still be found out', async () => {
    await bill('2026-12-28');
    await mornings(company, '2026-12-30', '2026-12-31');
    expect(await told()).toEqual(on('12-30', ...FINANCE, 'rep'));
    await bill('2026-12-25');
    await morning(company, '2027-01-12');
    expect((await told()).filter((line) => line.startsWith('01-12'))).toEqual([]);
  });
});

describe('what is no bill, or not booked', () => {
  it('is not told; number and day are kept of bills alone, and listed', async () => {
    const cash = await bill('2026-12-28', { method: 'transfer' });
    expect(cash).toMatchObject({ billNo: null, billDueOn: null });
    const waiting = await bill('2026-12-28', { approved: false });
    await morning(company, '2026-12-21');
    expect(await told()).toEqual([]);
    const { rows } = await findReceipts(await company.as('finance'), { bills: true });
    expect(rows).toMatchObject([{ id: waiting.id, billNo: 'CD-0001', billDueOn: '2026-12-28' }]);
    await expect(bill('2026-11-19')).rejects.toEqual(code('receipt.bill_due'));
  });
});

it('what was told before it became a reminder is not told again; what still waited is', async () => {
  const { id } = await bill('2026-12-28');
  const other = await bill('2026-12-28');
  const migration = (await loadMigrations(findMigrationsDir())).find(({ name }) =>
    name.endsWith('_bill_reminders'),
  );
  const [, carryOver] = migration?.sql.split('-- What was told of bills') ?? [];
  const client = await database.db.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('ALTER TABLE receipt ADD bill_told_days int');
    await client.query('UPDATE receipt SET bill_told_days = 7');
    await client.query(
      `INSERT INTO outbox (id, op, kind, dedupe_key, payload, recipient, created_at) VALUES
         (gen_random_uuid(), 'post', 'bill.due', 'k', jsonb_build_object('receiptIds', jsonb_build_array($1::text)), 'user:x', now())`,
      [other.id],
    );
    await client.query(`-- ${carryOver}`);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  await morning(company, '2026-12-21');
  const days = async (receiptId: string) =>
    (await company.db.reminder.findMany({ where: { receiptId } })).map((one) =>
      one.plannedOn.toISOString().slice(5, 10),
    );
  expect(await days(id)).toEqual(['12-21']);
  expect(await days(other.id)).toEqual(['12-21', '12-21', '12-21', '12-21']);
  expect(await company.db.outbox.findFirst({ where: { kind: 'bill.due' } })).toMatchObject({
    status: 'skipped',
  });
});
