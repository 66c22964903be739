// Asking for a role, and an admin who leaves it at that: the question waits for nobody any more, and may be asked again.
import { afterAll, beforeEach, expect, it } from 'vitest';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { askForAccess, ignoreAsking, setMember } from '../../src/domain/members/member.service.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { createTestCompany, NOON, type TestCompany } from '../support/company.js';
import { createTestDatabase, truncate } from '../support/database.js';

const database = await createTestDatabase();
let company: TestCompany;
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
  await company.db.user.update({ where: { id: company.ids.rep2 }, data: { roles: ['rep', 'admin'] } });
  await company.db.user.updateMany({ data: { homeOpenedAt: NOON } });
  await askForAccess(await company.as('nobody'));
  await company.db.outbox.updateMany({ data: { status: 'sent' } });
  await company.db.user.updateMany({ data: { homeStale: false } });
});
afterAll(() => database.close());

const later = new Date(NOON.getTime() + 3_600_000);
const nobody = () => company.db.user.findUniqueOrThrow({ where: { id: company.ids.nobody } });
const waiting = async () => {
  const { items } = await findWaiting(await company.as('admin'), 'admin');
  return items.filter(({ kind }) => kind === 'asked').length;
};
/** What the copies are rewritten to, one an admin. */
async function rewrites(): Promise<string[]> {
  const rows = await company.db.outbox.findMany({
    where: { op: 'update', status: 'pending' },
    orderBy: { id: 'asc' },
  });
  const ctx = { ...(await company.system()), locale: 'zh-CN' as const, t: translator('zh-CN') };
  const shown = await Promise.all(rows.map((row) => renderNotice(ctx, row.kind, row.payload)));
  return shown.map((one) => JSON.stringify(one));
}

it('ignored by one admin it waits for none: their messages say who, their Homes are drawn anew, the trail has it', async () => {
  expect(await waiting()).toBe(1);
  await ignoreAsking(await company.as('admin'), company.ids.nobody);
  expect(await waiting()).toBe(0);
  expect((await nobody()).askedAt).toBeNull();
  const told = await rewrites();
  expect(told).toHaveLength(2);
  for (const one of told) {
    expect(one).toContain('admin 已忽略：nobody 想使用回款。');
    expect(one).not.toContain('member.ignore');
  }
  const stale = await company.db.user.findMany({ where: { homeStale: true }, orderBy: { name: 'asc' } });
  expect(stale.map(({ name }) => name)).toEqual(['admin', 'nobody', 'rep2']);
  const [entry] = await company.db.auditLog.findMany({ where: { action: 'member.ignored' } });
  expect(entry).toMatchObject({
    actorId: company.ids.admin,
    subjectId: company.ids.nobody,
    before: { askedAt: NOON.toISOString() },
    after: { askedAt: null },
  });
});

it('the second admin changes nothing more, and whoever is none may not', async () => {
  await ignoreAsking(await company.as('admin'), company.ids.nobody);
  await ignoreAsking(await company.as('rep2'), company.ids.nobody);
  expect(await company.db.auditLog.count({ where: { action: 'member.ignored' } })).toBe(1);
  await expect(ignoreAsking(await company.as('manager'), company.ids.nobody)).rejects.toMatchObject({
    code: 'access.denied',
  });
  await expect(
    ignoreAsking(await company.as('admin'), '01890000-0000-7000-8000-000000000000'),
  ).rejects.toMatchObject({ code: 'not_found' });
});

it('asked again the same day, the messages ask again where they stand, and nobody gets a second one', async () => {
  await ignoreAsking(await company.as('admin'), company.ids.nobody);
  await company.db.outbox.updateMany({ data: { status: 'sent' } });
  await askForAccess(await company.as('nobody', later));
  expect(await waiting()).toBe(1);
  const told = await rewrites();
  expect(told).toHaveLength(2);
  for (const one of told) expect(one).toContain('member.ignore');
  expect(await company.db.outbox.count({ where: { op: 'post', kind: 'member.asked' } })).toBe(2);
});

it('a role answers it: taken away again, nobody waits for one', async () => {
  const { id, version } = await nobody();
  const change = { userId: id, managerId: null };
  await setMember(await company.as('admin'), { ...change, version, roles: ['rep'] });
  for (const one of await rewrites()) expect(one).toContain('已有角色：销售');
  await setMember(await company.as('admin'), { ...change, version: version + 1, roles: [] });
  expect(await waiting()).toBe(0);
});
