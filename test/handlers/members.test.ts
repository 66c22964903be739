// What Slack tells of people: who has left is no member any more, though they never come in again to be noticed.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';

let world: SandboxedCompany;
beforeAll(async () => {
  world = await startSandboxedCompany();
});
afterAll(() => world.close());

const everybody = () => world.company.db.user.count();
const isActive = async () =>
  (await world.company.db.user.findUniqueOrThrow({ where: { id: world.company.ids.rep } })).active;

it('a deactivated person becomes inactive, a stranger is not written down, and a return is noticed', async () => {
  const before = await everybody();
  world.sandbox.upsertUser({ id: 'U_STRANGER', name: 'stranger' });
  world.sandbox.upsertUser({ id: 'U_STRANGER', deleted: true });
  world.sandbox.upsertUser({ id: slackId('rep'), deleted: true });
  await expect.poll(isActive, { timeout: 10_000 }).toBe(false);
  expect(await everybody()).toBe(before);
  world.sandbox.upsertUser({ id: slackId('rep'), deleted: false });
  await world.person('rep').press('help.open');
  expect(await isActive()).toBe(true);
});

it('whoever changes their language is written to in the new one, without coming in first', async () => {
  const locale = async () =>
    (await world.company.db.user.findUniqueOrThrow({ where: { id: world.company.ids.manager } })).locale;
  expect(await locale()).toBe('zh-CN');
  world.sandbox.upsertUser({ id: slackId('manager'), locale: 'en-US' });
  await expect.poll(locale, { timeout: 10_000 }).toBe('en');
});
