// Backups in the settings through the real app: seen, set, asked for; by admins only.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const ADMIN = slackId('admin');
let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());

it('hour and days are set, a backup is asked for once; nobody but an admin gets in', async () => {
  await world.sandbox.command(ADMIN, '/hk', '备份');
  await world.sandbox.waitFor(() => world.sandbox.views(ADMIN).length > 0, 5_000, 'a window');
  expect(words(ui.top(ADMIN))).toContain('还没有备份');
  const refused = await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { hour: '5', days: '366' }));
  expect(Object.keys(refused.errors ?? {})).toEqual(['days']);
  await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { hour: '5', days: '30' }));
  const { settings } = (await world.company.system()).company;
  expect([settings.backupHour, settings.backupDays]).toEqual([5, 30]);
  await world.sandbox.dismiss(ADMIN, true);

  await ui.press(ADMIN, 'settings.backups', '');
  await world.person('admin').click('backup.now');
  expect(words(ui.top(ADMIN))).toContain('开始备份');
  await world.sandbox.dismiss(ADMIN, true);
  await ui.press(ADMIN, 'settings.backups', '');
  expect(words(ui.top(ADMIN))).toContain('进行中 · 手动');
  await world.person('admin').click('backup.now');
  expect(await world.company.db.backup.findMany({ select: { status: true, requestedById: true } })).toEqual([
    { status: 'queued', requestedById: world.company.ids.admin },
  ]);
  expect(await world.company.db.auditLog.count({ where: { action: 'backup.requested' } })).toBe(1);
  await world.sandbox.dismiss(ADMIN, true);

  for (const action of ['settings.backups', 'backup.now']) {
    await world.person('rep').press(action);
    expect(world.person('rep').told()).toContain('管理员');
  }
  expect(await world.company.db.backup.count()).toBe(1);
});
