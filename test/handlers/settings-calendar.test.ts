// The work calendar through the real app: by command and by button, a bad line on its field, preview before import.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
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
beforeEach(() => world.sandbox.dismiss(ADMIN, true));

const days = (text: string) => world.sandbox.submit(ADMIN, ui.fill(ADMIN, { days: text }));

it('a year is pasted, corrected, previewed and imported; the window below shows it', async () => {
  await world.sandbox.command(ADMIN, '/hk', 'settings holidays');
  await world.sandbox.waitFor(() => world.sandbox.views(ADMIN).length > 0, 5_000, 'a window');
  expect(words(ui.top(ADMIN))).toContain('2027 年未导入');
  const next = ui.top(ADMIN).blocks.find((block) => JSON.stringify(block).includes('2027 年未导入'));
  await world.person('admin').click('calendar.import', { block_id: String(next?.block_id) });
  expect(ui.top(ADMIN).title?.text).toBe('2027 年节假日');
  const refused = await days('元旦');
  expect(refused.errors?.days).toBe('第 1 行“元旦”没看懂，写成 2027-10-01~2027-10-07 国庆。改好再预览。');
  const missing = await days('2027-02-30 休');
  expect(missing.errors?.days).toBe('第 1 行“2027-02-30 休”的日期不存在。改好再预览。');
  await days('2027-01-01~2027-01-03 元旦\n2027-01-04 班');
  expect(words(ui.top(ADMIN))).toContain('放假 3 天，调休上班 1 天');
  expect(words(ui.top(ADMIN))).toContain('本来就上班，核对日期：2027年1月4日 周一');
  expect(words(ui.top(ADMIN))).toMatch(/2027年1月4日 周一 · 班(?! 班)/);
  expect(words(ui.top(ADMIN))).toContain('⚠️ 2027 年全年只放 3 天，核对是不是贴全了');
  expect(ui.top(ADMIN).submit?.text).toBe('导入 4 天');
  // Changed after the preview: shown again before anything is imported.
  await days('2027-01-01~2027-01-03 元旦');
  expect(ui.top(ADMIN).submit?.text).toBe('导入 3 天');
  expect((await world.company.system()).company.calendar.coveredThrough).toBe('2026-12-31');
  await days('2027-01-01~2027-01-03 元旦');
  expect(ui.top(ADMIN).title?.text).toBe('日历');
  expect(words(ui.top(ADMIN))).toContain('已导入 2027 年：放假 3 天，调休上班 0 天');
  expect((await world.company.system()).company.calendar.coveredThrough).toBe('2027-12-31');
});

it('the work week is chosen; nobody but an admin gets in', async () => {
  await ui.press(ADMIN, 'settings.calendar', '');
  await world.person('admin').click('calendar.workweek');
  await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { workweek: ['1', '2', '3', '4', '5', '6'] }));
  expect(words(ui.top(ADMIN))).toContain('周一、周二、周三、周四、周五、周六');
  for (const action of ['settings.calendar', 'calendar.workweek', 'calendar.import']) {
    await world.person('rep').press(action);
    expect(world.person('rep').told()).toContain('管理员');
  }
});
