// [改派] through the real app: from the instalment's window, from ⋯ of a case's thread; and a row whose owner has left.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadRows } from '../../src/domain/plans/instalment.queries.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { rowButtons, rowFacts } from '../../src/handlers/views/row-views.js';
import { anActiveContract } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const MANAGER = slackId('manager');
let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(() => world.sandbox.dismiss(MANAGER, true));

it('is chosen, refused to whoever may not, and shows what it did', async () => {
  const { rows } = await anActiveContract(world.company, [[100_00n, '2026-11-01']]);
  const value = JSON.stringify({ i: rows[0]?.id });
  await ui.press(MANAGER, 'instalment.open', value);
  await world.person('manager').click('instalment.assign');
  expect(ui.top(MANAGER).title?.text).toBe('改派');
  await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { to: slackId('rep2') }));
  expect(words(ui.top(MANAGER))).toContain('已改派给 rep2');
  expect(words(ui.top(MANAGER))).toContain('manager · 改派');
  await world.person('rep2').press('instalment.assign', value);
  expect(world.person('rep2').told()).toContain('改派需要');
});

it('is among the choices of a thread, and in a digest where the owner has left', async () => {
  const { rows } = await anActiveContract(world.company, [[100_00n, '2026-11-01']]);
  await world.company.db.user.update({ where: { id: world.company.ids.rep }, data: { active: false } });
  const ctx = await world.company.as('manager');
  const [row] = await loadRows(ctx, [rows[0]?.id ?? '']);
  if (!row) throw new Error('no row');
  const reader = { ...ctx, t: translator('zh-CN'), locale: 'zh-CN' as const, timezone: 'Asia/Shanghai' };
  const choices = (shown: typeof row, actor: typeof ctx.actor | null) =>
    JSON.stringify(rowButtons(shown, { ...reader, actor })).match(/"value":"(\w+)"/g);
  expect(rowFacts(row, reader)).toContain('负责人已停用');
  const all = ['promise', 'dispute', 'postpone', 'assign', 'open'].map((what) => `"value":"${what}"`);
  expect(choices(row, ctx.actor)).toEqual(all);
  expect(choices({ ...row, ownerActive: true }, null)).toEqual(all);
  expect(choices({ ...row, ownerActive: true }, ctx.actor)).not.toContain('"value":"assign"');
});
