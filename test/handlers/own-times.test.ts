// One's own reminder times through the real app: /hk settings of whoever may change nothing else.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const REP = slackId('rep');
let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());

it('a rep chooses their hour; what does not fit is told on its field', async () => {
  await world.sandbox.command(REP, '/hk', 'mine');
  await world.sandbox.waitFor(() => world.sandbox.views(REP).length > 0, 5_000, 'a window');
  expect(ui.top(REP).title?.text).toBe('我的提醒时间');
  const early = await world.sandbox.submit(REP, ui.fill(REP, { remindAt: '07:00' }));
  expect(early.errors?.remindAt).toBe('公司 09:00 才开始发提醒。选这个时间或之后。');
  await world.sandbox.submit(REP, ui.fill(REP, { remindAt: '10:30', quietFrom: '20:00', quietTo: '08:00' }));
  expect(words(ui.top(REP))).toContain('工作日 10:30（Asia/Shanghai）起发给你');
  await world.sandbox.dismiss(REP, true);
  await ui.press(REP, 'settings.own_times', '');
  expect(ui.block(REP, 'remindAt').element).toMatchObject({ initial_time: '10:30' });
  expect(ui.block(REP, 'quietTo').element).toMatchObject({ initial_time: '08:00' });
});
