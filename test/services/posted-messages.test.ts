// What was posted of a key is found in a channel and in people's DMs, by index, however many people there are.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.js';
import { findRewrites, isAsked, personalKey, postedSql } from '../../src/domain/notices/outbox.service.js';
import { moneyOfSql } from '../../src/domain/receipts/receipt-thread.queries.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { at } from '../support/mornings.js';

const NOW = at('2026-11-20');
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

async function put(...keys: readonly string[]): Promise<void> {
  await company.db.outbox.createMany({
    data: keys.map((dedupeKey) => ({
      id: newId(NOW),
      op: dedupeKey.includes('#') ? 'update' : 'post',
      kind: 'case.card',
      dedupeKey,
      payload: {},
      recipient: 'escalation',
      createdAt: NOW,
    })),
  });
}
const rewrite = (key: string) => ({ key, kind: 'case.card' as const, payload: { caseId: key }, tag: 2 });

describe('what was posted of a key', () => {
  it('is its channel’s message and everybody’s own, and nothing of a key that begins alike', async () => {
    const { rep, manager } = company.ids;
    const theirs = [personalKey('case:1', rep), personalKey('case:1', manager)];
    await put(
      'case:1',
      ...theirs,
      'case:1#1',
      'case:1:file',
      'case:1A',
      'case:10',
      personalKey('case:10', rep),
    );
    await put(personalKey('case:3', rep));
    await company.db.outbox.updateMany({ where: { dedupeKey: theirs[1] ?? '' }, data: { status: 'failed' } });
    const found = await findRewrites(company.db, await company.system(NOW), [
      rewrite('case:1'),
      rewrite('case:2'),
      rewrite(personalKey('case:3', rep)),
    ]);
    expect(found.map((row) => row.dedupe_key).toSorted()).toEqual(
      ['case:1#2', `case:1@${rep}#2`, `case:3@${rep}#2`].toSorted(),
    );
    expect(await isAsked(company.db, 'case:1')).toBe(true);
    expect(await isAsked(company.db, 'case:3')).toBe(true);
    expect(await isAsked(company.db, 'case:2')).toBe(false);
    expect(await isAsked(company.db, 'case:')).toBe(false);
  });

  it('is looked up by index, and not person by person', async () => {
    await put(...Array.from({ length: 5_000 }, (_, index) => `case:${index}`));
    await company.db.$executeRaw`ANALYZE outbox`;
    const query = postedSql(Array.from({ length: 100 }, (_, index) => rewrite(`case:${index * 7}`)));
    const plan = await company.db.$queryRaw<{ 'QUERY PLAN': string }[]>`${Prisma.sql`EXPLAIN ${query}`}`;
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('outbox_posted_idx');
    expect(text).not.toContain('app_user');
    expect(text).not.toContain('Seq Scan on outbox');
  });
});

describe('the money that a thread is about', () => {
  it('is looked up by index, however many messages stand in its channel', async () => {
    await company.db.outbox.createMany({
      data: Array.from({ length: 5_000 }, (_none, index) => ({
        id: newId(NOW),
        op: 'post',
        kind: index % 2 === 0 ? 'case.line' : 'receipt.card',
        dedupeKey: `posted:${index}`,
        payload: { receiptId: `receipt ${index}` },
        recipient: 'finance',
        channel: 'C0FINANCE',
        ts: `1764200000.${index}`,
        createdAt: NOW,
      })),
    });
    await company.db.$executeRaw`ANALYZE outbox`;
    const asked = moneyOfSql({ channel: 'C0FINANCE', ts: '1764200000.4001' });
    const plan = await company.db.$queryRaw<{ 'QUERY PLAN': string }[]>`${Prisma.sql`EXPLAIN ${asked}`}`;
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('outbox_voucher_thread_idx');
    expect(text).not.toContain('Seq Scan on outbox');
    expect(await company.db.$queryRaw`${asked}`).toEqual([{ receiptId: 'receipt 4001', unclaimedId: null }]);
  });
});
