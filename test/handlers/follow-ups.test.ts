// Following up through the real app: dependent fields, presets, refusals, and what rows and windows show afterwards.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadRows } from '../../src/domain/plans/instalment.queries.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { readerOf } from '../../src/handlers/show-view.js';
import { instalmentRow } from '../../src/handlers/views/row-views.js';
import { anActiveContract } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const REP = slackId('rep');
let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
let row: Instalment;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.sandbox.dismiss(REP, true);
  const { rows } = await anActiveContract(world.company, [[10_000_00n, '2026-11-30']]);
  const [first] = rows;
  if (!first) throw new Error('no row');
  row = first;
});
const value = () => JSON.stringify({ i: row.id });
/** The row as the digest shows it. */
async function postRow(resultLine = false) {
  const ctx = await world.company.as('rep');
  const [data] = await loadRows(ctx, [row.id]);
  if (!data) throw new Error('no row');
  const reader = readerOf({ ctx, t: translator('zh-CN') });
  return ui.post(instalmentRow(data, reader, { resultLine }), world.sandbox.dm(REP));
}
const fresh = () => world.company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });

describe('[跟进]', () => {
  it('asks how and what, shows the fields of the chosen result, and keeps what was typed', async () => {
    await ui.press(REP, 'follow_up.record', value());
    expect(ui.top(REP).title?.text).toBe('跟进记录');
    expect(words(ui.top(REP))).not.toContain('promisedOn');
    await ui.clickTop(REP, 'follow_up.result', { value: 'promised' });
    expect(ui.block(REP, 'promisedAmount').element).toMatchObject({ initial_value: '10000.00' });
    await world.sandbox.submit(REP, ui.fill(REP, { promisedOn: '2026-12-05', promisedAmount: '6000' }));
    expect(words(ui.top(REP))).toContain('✅ 已记承诺：12月5日 周六 付 ¥6,000.00，到期前不升级。');
    expect(words(ui.top(REP))).toContain('承诺 12月5日 周六');
    expect(words(ui.top(REP))).toContain('跟进（电话） · 客户承诺 12月5日 周六 付 ¥6,000.00');
    expect(await fresh()).toMatchObject({ promisedAmount: 6_000_00n, promisedLeft: 4_000_00n });
  });

  it('wants notes where nothing else says what happened', async () => {
    await ui.press(REP, 'follow_up.record', value());
    // Slack asks for them itself; with a promise it does not.
    const refused = await world.sandbox.submit(REP, {});
    expect(Object.keys(refused.errors ?? {})).toEqual(['content']);
    await world.sandbox.submit(REP, ui.fill(REP, { content: '已发对账单', nextOn: '2026-11-24' }));
    expect(words(ui.top(REP))).toContain('✅ 已记跟进。');
    expect(words(ui.top(REP))).toContain('已发对账单 · 下次联系 11月24日 周二');
  });

  it('shows the fields first where Slack did not tell the choice', async () => {
    await ui.press(REP, 'follow_up.record', value());
    await world.sandbox.submit(REP, ui.fill(REP, { result: 'disputed', content: '对方不认数量' }));
    expect(ui.block(REP, 'reason')).toBeDefined();
    expect(ui.block(REP, 'content').element).toMatchObject({ initial_value: '对方不认数量' });
    expect(await world.company.db.followUp.count({ where: { instalmentId: row.id } })).toBe(0);
  });

  it('tells on the field what is too much or too late', async () => {
    const posted = await postRow();
    await ui.click(REP, posted, 'instalment.more', { value: 'promise' });
    expect(ui.top(REP).title?.text).toBe('承诺付款');
    const refused = await world.sandbox.submit(
      REP,
      ui.fill(REP, { promisedOn: '2026-12-05', promisedAmount: '10000.01' }),
    );
    expect(JSON.stringify(refused)).toContain('未收只有 ¥10,000.00。改小。');
  });
});

describe('a dispute', () => {
  it('is marked from ⋯, shown with its reason, and ended from the window', async () => {
    await ui.press(REP, 'instalment.open', value());
    await ui.clickTop(REP, 'instalment.more', { value: 'dispute' });
    expect(ui.top(REP).title?.text).toBe('争议');
    await world.sandbox.submit(REP, ui.fill(REP, { reason: '数量不符', pauseUntil: '2026-12-20' }));
    expect(world.sandbox.views(REP)).toHaveLength(1);
    const shown = words(ui.top(REP));
    expect(shown).toContain('✅ 已标记争议，暂停至 12月20日 周日。');
    expect(shown).toContain('至 12月20日 周日：数量不符');
    await ui.clickTop(REP, 'follow_up.resume');
    expect(words(ui.top(REP))).toContain('✅ 已恢复催收，下一次提醒按计划来。');
    expect(words(ui.top(REP))).not.toContain('至 12月20日 周日：数量不符');
    expect(await fresh()).toMatchObject({ disputed: false, blockUntil: null });
  });
});

describe('[稍后提醒]', () => {
  it('is chosen from ⋯, for oneself alone; the row says until when', async () => {
    const posted = await postRow();
    await ui.click(REP, posted, 'instalment.more', { value: 'snooze' });
    expect(words(ui.top(REP))).toContain('只影响你的私信，升级照常。');
    await world.sandbox.submit(REP, ui.fill(REP, { when: 'three' }));
    expect(words(ui.top(REP))).toContain('✅ 11月23日 周一 再提醒你；升级照常。');
    const mine = { userId: world.company.ids.rep, instalmentId: row.id };
    expect(await world.company.db.snooze.count({ where: mine })).toBe(1);
    const again = await postRow(true);
    expect(words(again.read())).toContain('稍后提醒 11月23日 周一');
  });

  it('wants a day with [选日期], and no day that is too far', async () => {
    await ui.click(REP, await postRow(), 'instalment.more', { value: 'snooze' });
    expect(JSON.stringify(await world.sandbox.submit(REP, ui.fill(REP, { when: 'pick' })))).toContain(
      '这里不能空',
    );
    const far = await world.sandbox.submit(REP, ui.fill(REP, { when: 'pick', until: '2027-03-01' }));
    expect(JSON.stringify(far)).toContain('日期太远。最晚 12月20日 周日。');
  });
});

describe('forged and foreign', () => {
  it.each(['', '{}', '{"i":"1"}', '{"i":"01890000-0000-7000-8000-000000000000"}'])(
    'a value %j is answered',
    async (forged) => {
      await world.person('rep').press('follow_up.record', forged);
      await world.person('rep').press('follow_up.resume', forged);
      expect(world.person('rep').told()).toContain('没找到');
    },
  );

  it.each(['row:1', 'row:01890000-0000-7000-8000-000000000000', 'other'])(
    '⋯ of block %j is answered',
    async (blockId) => {
      const options = [{ text: { type: 'plain_text', text: 'x' }, value: 'promise' }];
      const element = { type: 'overflow', action_id: 'instalment.more', options };
      const posted = await ui.post(
        [{ type: 'actions', block_id: blockId, elements: [element] }],
        world.sandbox.dm(REP),
      );
      await ui.click(REP, posted, 'instalment.more', { value: 'promise' });
      expect(world.person('rep').told()).toContain('没找到');
    },
  );

  it('others do not even learn that it exists; who sees all but sells nothing is told why not', async () => {
    await world.person('rep2').press('follow_up.record', value());
    expect(world.person('rep2').told()).toContain('没找到');
    await world.person('auditor').press('follow_up.record', value());
    expect(world.person('auditor').told()).toContain('跟进');
    await world.person('auditor').press('follow_up.resume', value());
    expect(
      await world.company.db.auditLog.count({ where: { action: 'instalment.resumed', subjectId: row.id } }),
    ).toBe(0);
  });
});
