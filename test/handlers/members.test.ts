// What Slack tells of people: who has left is no member any more, though they never come in again to be noticed.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { translator } from '../../src/handlers/i18n/index.js';
import { orphanMessage } from '../../src/handlers/views/approval-notice-views.js';
import { unheldMessage } from '../../src/handlers/views/unheld-views.js';
import { anApproval } from '../support/approval-details.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

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

const t = translator('zh-CN');
it.each([
  ['roles that nobody holds', unheldMessage([{ role: 'finance_manager', ownerName: null, count: 2 }], t)],
  ['what nobody can decide', orphanMessage(anApproval(), 'HK-1', 0, { t })],
])('the button of the message of %s opens the roles', async (_what, { blocks }) => {
  const ui = windowsOf(world);
  const admin = slackId('admin');
  await world.sandbox.dismiss(admin, true);
  const posted = await ui.post(blocks, world.sandbox.dm(admin));
  const pressed = JSON.stringify(blocks).match(/"action_id":"(settings[^"]+)"/)?.[1] ?? '';
  await ui.click(admin, posted, pressed);
  expect(words(ui.top(admin))).toContain('看对方现在的角色和上级');
});
