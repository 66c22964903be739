// One's own reminder times through the real app: /hk settings of whoever may change nothing else.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VIEW } from '../../src/handlers/ids.js';
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

it('whose first word since the start is a form is answered in their language, the window around it too', async () => {
  const english = await startSandboxedCompany('en-US');
  const { version } = await english.company.db.user.findUniqueOrThrow({
    where: { id: english.company.ids.rep },
  });
  const acknowledged: unknown[] = [];
  await english.app.processEvent({
    body: {
      type: 'view_submission',
      team: { id: 'T0SANDBOX' },
      user: { id: REP, name: 'rep', team_id: 'T0SANDBOX' },
      // Opened before the app was started anew.
      view: {
        id: 'V0BEFORE',
        callback_id: VIEW.ownTimes,
        type: 'modal',
        title: { type: 'plain_text', text: 'x' },
        blocks: [],
        private_metadata: JSON.stringify({ r: randomUUID(), v: version }),
        hash: '1.x',
        state: { values: { remindAt: { value: { type: 'timepicker', selected_time: '10:30' } } } },
      },
      trigger_id: '1.2.x',
      api_app_id: 'A',
    },
    ack: async (answer) => void acknowledged.push(answer ?? {}),
  });
  await english.close();
  expect(acknowledged).toMatchObject([{ view: { close: { text: 'Close' } } }]);
  expect(JSON.stringify(acknowledged)).toContain('On workdays it comes from 10:30 on');
});
