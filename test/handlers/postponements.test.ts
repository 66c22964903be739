import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { anActiveContract } from '../support/company.js';
import { rejectPostponement } from '../support/decide.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const REP = slackId('rep');
const MANAGER = slackId('manager');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of [REP, MANAGER]) await world.sandbox.dismiss(who, true);
});

async function aRow(extra = {}): Promise<Instalment> {
  const { rows } = await anActiveContract(world.company, [
    [10_000_00n, '2026-12-01', extra],
    [5_000_00n, '2027-06-01'],
  ]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}
const fresh = (row: Instalment) => world.company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
const value = (row: Instalment) => JSON.stringify({ i: row.id });

/** The rep asks from the row's window. */
async function ask(row: Instalment, to = '2027-03-01'): Promise<void> {
  await ui.press(REP, 'instalment.open', value(row));
  await ui.clickTop(REP, 'instalment.postpone');
  await ui.clickTop(REP, 'instalment.postpone_to', { value: to });
  await world.sandbox.submit(REP, ui.fill(REP, { remark: '客户排期' }));
}

/** What waits, and its card in the manager's DM. */
async function card(row: Instalment) {
  const { id: postponementId, approvalId } = await world.company.db.postponement.findFirstOrThrow({
    where: { instalmentId: row.id, status: 'open' },
  });
  const approval = await world.company.db.approval.findUniqueOrThrow({ where: { id: approvalId ?? '' } });
  const payload = { postponementId, approvalId: approval.id };
  const message = await ui.render('postponement.card', payload);
  if (!message) throw new Error('nothing to tell');
  const posted = await ui.post([...(message.blocks ?? [])], world.sandbox.dm(MANAGER), message.text);
  return { approval, payload, posted };
}

describe('a rep beyond the limits', () => {
  it('sees who must approve once the day is chosen, and sends it', async () => {
    const row = await aRow();
    await ui.press(REP, 'instalment.open', value(row));
    await ui.clickTop(REP, 'instalment.postpone');
    expect(ui.top(REP).submit?.text).toBe('延期');
    await ui.clickTop(REP, 'instalment.postpone_to', { value: '2027-01-15' });
    expect(words(ui.top(REP))).toContain(
      '超过 30 天须 manager 审批，之前原日期有效。你最晚可延到 12月31日 周四。',
    );
    expect(ui.top(REP).submit?.text).toBe('提交审批');
    await world.sandbox.submit(REP, ui.fill(REP, { remark: '客户排期' }));
    expect(world.sandbox.views(REP)).toHaveLength(1);
    const shown = words(ui.top(REP));
    expect(shown).toContain('✅ 第1期延到 2027年1月15日 周五 已提交，等 manager 审批；之前原日期有效。');
    expect(shown).toContain('延期待批');
    expect(shown).toContain('申请延期：12月1日 周二 → 2027年1月15日 周五');
    expect(await fresh(row)).toMatchObject({ version: row.version, postponeCount: 0 });
    // What would be refused is not offered; a button from before is.
    for (const refused of ['"instalment.postpone"', '"instalment.split"'])
      expect(words(ui.top(REP))).not.toContain(refused);
    expect(words(ui.top(REP))).toContain('"instalment.edit"');
    await world.sandbox.dismiss(REP, true);
    await ui.press(REP, 'instalment.postpone', value(row));
    const told = world.sandbox.history(REP, world.sandbox.dm(REP)).at(-1);
    expect(told?.text).toContain('已有延期在等 manager 审批。先撤回。');
    await world.sandbox.dismiss(REP, true);
  });

  it('is asked again when the day within the limits is chosen, and just postpones', async () => {
    const row = await aRow();
    await ui.press(REP, 'instalment.postpone', value(row));
    await ui.clickTop(REP, 'instalment.postpone_to', { value: '2027-01-15' });
    await ui.clickTop(REP, 'instalment.postpone_to', { value: '2026-12-20' });
    expect(ui.top(REP).submit?.text).toBe('延期');
    await world.sandbox.submit(REP, {});
    expect(await fresh(row)).toMatchObject({ postponeCount: 1 });
  });

  it('is drawn anew only where there is something to say: errors of a form sent at once stay', async () => {
    const row = await aRow();
    await ui.press(REP, 'instalment.postpone', value(row));
    const { hash } = ui.top(REP);
    const chosen = world.sandbox.click(REP, ui.top(REP), 'instalment.postpone_to', { value: '2026-11-25' });
    const sent = await world.sandbox.submit(REP, ui.fill(REP, { to: '2026-11-25' }));
    expect(sent.errors?.to).toContain('新日期要晚于');
    await chosen;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ui.top(REP).hash).toBe(hash);
  });

  it('sees it before sending also where Slack did not tell the day, and loses nothing typed', async () => {
    const row = await aRow({ isRetention: true });
    await ui.press(REP, 'instalment.postpone', value(row));
    await world.sandbox.submit(REP, ui.fill(REP, { to: '2026-12-02', remark: '等验收' }));
    expect(words(ui.top(REP))).toContain('质保金延期须 manager 审批，之前原日期有效。');
    expect(ui.block(REP, 'remark').element).toMatchObject({ initial_value: '等验收' });
    expect(await world.company.db.postponement.count({ where: { instalmentId: row.id } })).toBe(0);
    await world.sandbox.submit(REP, {});
    const asked = { instalmentId: row.id, status: 'open', remark: '等验收' } as const;
    expect(await world.company.db.postponement.count({ where: asked })).toBe(1);
  });

  it('takes it back', async () => {
    const row = await aRow();
    await ask(row);
    await ui.clickTop(REP, 'approval.withdraw');
    expect(words(ui.top(REP))).toContain('第1期的延期。');
    expect(words(ui.top(REP))).not.toContain('延期待批');
  });
});

describe('the manager', () => {
  it('approves from the card; who asked is told', async () => {
    const row = await aRow();
    await ask(row);
    const { posted, payload } = await card(row);
    expect(words(posted.read())).toContain('延期待审批');
    expect(words(posted.read())).toContain('2027年3月1日 周一');
    await ui.clickUnseen(MANAGER, posted, 'approval.approve');
    await expect.poll(async () => (await fresh(row)).postponeCount, { timeout: 10_000 }).toBe(1);
    const told = await ui.render('postponement.decided', payload);
    expect(told?.text).toMatch(
      /^manager 通过了延期：客户\d+ HT-\S+ 第1期 从 12月1日 周二 延到 2027年3月1日 周一。$/,
    );
    const redrawn = await ui.render('postponement.card', payload);
    expect(JSON.stringify(redrawn?.blocks)).not.toContain('approval.approve');
  });

  it('rejects with a reason, from the row’s window', async () => {
    const row = await aRow();
    await ask(row);
    const { payload } = await card(row);
    await ui.press(MANAGER, 'instalment.open', value(row));
    expect(words(ui.top(MANAGER))).toContain('延期待批：12月1日 周二 → 2027年3月1日 周一');
    await ui.clickTop(MANAGER, 'approval.reject');
    await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { note: '客户 <已付>' }));
    expect(world.sandbox.views(MANAGER)).toHaveLength(1);
    expect(words(ui.top(MANAGER))).toContain(`第1期的延期，已通知 rep。`);
    const told = await ui.render('postponement.decided', payload);
    expect(told?.text).toContain('仍是 12月1日 周二。原因：客户');
    expect(await fresh(row)).toMatchObject({ postponeCount: 0 });
  });

  it('is told who was faster, and the card shows it', async () => {
    const row = await aRow();
    await ask(row);
    const { approval, posted } = await card(row);
    await rejectPostponement(await world.company.as('director'), approval.id, approval.version, '不行');
    await ui.click(MANAGER, posted, 'approval.approve');
    await expect.poll(() => ui.told(MANAGER, posted.channel), { timeout: 10_000 }).toContain('director 已于');
    expect(words(posted.read())).toContain('已驳回 · director');
    expect(await fresh(row)).toMatchObject({ postponeCount: 0 });
  });

  it('finds it on Home', async () => {
    const row = await aRow();
    await ask(row);
    world.sandbox.openHome(MANAGER);
    await expect
      .poll(() => JSON.stringify(world.sandbox.home(MANAGER) ?? {}), { timeout: 10_000 })
      .toContain('rep 申请延期到');
  });

  it('does not know a forged approval', async () => {
    const forged = JSON.stringify({ a: '00000000-0000-7000-8000-000000000000', v: 1 });
    for (const action of ['approval.approve', 'approval.reject', 'approval.withdraw']) {
      await ui.press(MANAGER, action, forged);
      expect(ui.told(MANAGER, world.sandbox.dm(MANAGER))).toContain('没找到');
    }
    const row = await aRow();
    await ask(row);
    const { approval } = await card(row);
    const own = JSON.stringify({ a: approval.id, v: approval.version });
    await ui.press(slackId('rep2'), 'approval.approve', own);
    expect(ui.told(slackId('rep2'), world.sandbox.dm(slackId('rep2')))).toContain('没找到');
  });
});
