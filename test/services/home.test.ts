// What an admin's Home counts: the backlog of messages, as it grows and goes down.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadHome } from '../../src/domain/home/home.queries.js';
import { notice } from '../../src/domain/notices/notice.js';
import { enqueue } from '../../src/domain/notices/outbox.service.js';
import type { Outbox } from '../../src/generated/prisma/client.js';
import { createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

it('shows an admin how many messages wait or are being sent, and nobody else', async () => {
  const queue = async (kind: 'admin' | 'finance' = 'admin') =>
    (await loadHome(await company.as(kind), { kind })).queue;
  expect(await queue()).toBe(0);
  const ends: Outbox['status'][] = ['pending', 'pending', 'sending', 'sent', 'failed', 'unknown', 'skipped'];
  const system = await company.system();
  const { admin, finance } = company.ids;
  await company.db.$transaction((tx) =>
    enqueue(
      tx,
      system,
      ...ends.map((_end, index) =>
        notice({
          kind: 'member.asked',
          key: `asked:${index}`,
          to: { user: admin },
          payload: { userId: finance },
        }),
      ),
    ),
  );
  expect(await queue()).toBe(7);
  for (const [index, status] of ends.entries())
    await company.db.outbox.update({ where: { dedupeKey: `asked:${index}` }, data: { status } });
  expect(await queue()).toBe(3);
  expect(await queue('finance')).toBe(0);
});
