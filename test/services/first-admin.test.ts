// A company begins in the language of its first admin; one that somebody has set up keeps its own.
import { afterAll, beforeEach, expect, it } from 'vitest';
import { ensureMember } from '../../src/domain/members/member.service.js';
import { loadCompany } from '../../src/domain/settings/company.service.js';
import { changeCompany, NOON } from '../support/company.js';
import { createTestDatabase, truncate } from '../support/database.js';
import { startCompany } from '../support/first-company.js';

const database = await createTestDatabase();
const db = database.db.prisma;
beforeEach(async () => {
  await truncate(database.db);
  await startCompany(db, NOON);
});
afterAll(() => database.close());

const enters = (slackUserId: string, locale: 'zh-CN' | 'en' | null, workspaceAdmin = true) =>
  ensureMember(db, NOON, {
    slackUserId,
    name: slackUserId,
    email: null,
    locale,
    timezone: 'Asia/Shanghai',
    workspaceAdmin,
    outsider: false,
  });
const spoken = async () => (await loadCompany(db, NOON)).locale;
const templates = async () =>
  (await db.planTemplate.findMany({ orderBy: { code: 'asc' } })).map((one) => one.name);

it('an English-speaking one makes it speak English, its presets too, and the trail says so', async () => {
  const chinese = await templates();
  await enters('U_REP', 'en', false);
  expect(await spoken()).toBe('zh-CN');
  await enters('U_FIRST', 'en');
  expect(await spoken()).toBe('en');
  expect((await templates()).join()).not.toMatch(/\p{Script=Han}/u);
  expect(await templates()).not.toEqual(chinese);
  const entries = await db.auditLog.findMany({ where: { action: 'company.edited' } });
  expect(entries).toMatchObject([{ before: { locale: 'zh-CN' }, after: { locale: 'en' } }]);
  // Who comes later changes nothing.
  await enters('U_SECOND', 'zh-CN');
  expect(await spoken()).toBe('en');
});

it.each([
  ['speaks Chinese', 'zh-CN', {}],
  ['speaks neither', null, {}],
  ['finds it set up', 'en', { name: '恒力机械' }],
] as const)('one who %s leaves it as it is', async (_name, locale, change) => {
  if ('name' in change) await changeCompany(db, change);
  const { version } = await loadCompany(db, NOON);
  await enters('U_FIRST', locale);
  expect(await loadCompany(db, NOON)).toMatchObject({ locale: 'zh-CN', version });
});
