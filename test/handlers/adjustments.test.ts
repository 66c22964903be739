import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { anActiveContract, aSubmittedReceipt } from '../support/company.js';
import { approveReceipt } from '../support/decide.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const FINANCE = slackId('finance');
const MANAGER = slackId('financeManager');
const REP = slackId('rep');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of [FINANCE, MANAGER, REP]) await world.sandbox.dismiss(who, true);
});

async function overdue(): Promise<Instalment> {
  const { rows } = await anActiveContract(world.company, [[10_000_00n, '2026-11-10']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}
const value = ({ id }: Instalment) => JSON.stringify({ i: id });
const fresh = ({ id }: Instalment) => world.company.db.instalment.findUniqueOrThrow({ where: { id } });
async function waiting({ id }: Instalment) {
  const { db } = world.company;
  const asked = await db.adjustment.findFirstOrThrow({ where: { instalmentId: id, status: 'open' } });
  const approval = await db.approval.findFirstOrThrow({ where: { subjectId: asked.id } });
  return { adjustmentId: asked.id, approvalId: approval.id };
}

describe('bad debt', () => {
  it('is proposed in the row’s window, approved by its card, recovered, and undone', async () => {
    const row = await overdue();
    await ui.press(FINANCE, 'instalment.open', value(row));
    await ui.clickTop(FINANCE, 'adjustment.ask.bad_debt');
    expect(ui.block(FINANCE, 'amount').element).toMatchObject({ initial_value: '10000.00' });
    const refused = await world.sandbox.submit(
      FINANCE,
      ui.fill(FINANCE, { amount: '10000.01', reason: '破产' }),
    );
    expect(JSON.stringify(refused)).toContain('第1期未收 ¥10,000.00');
    await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { amount: '10000', reason: '客户 <破产>' }));
    expect(words(ui.top(FINANCE))).toContain('第1期坏账 ¥10,000.00 已提交，等 financeManager 审批。');
    expect(words(ui.top(FINANCE))).toContain('坏账 ¥10,000.00 等审批');
    expect(words(ui.top(FINANCE))).not.toContain('adjustment.ask.bad_debt');

    const payload = await waiting(row);
    const card = await ui.render('adjustment.card', payload);
    const posted = await ui.post([...(card?.blocks ?? [])], world.sandbox.dm(MANAGER), card?.text);
    expect(words(posted.read())).toContain('坏账待审批');
    expect(words(posted.read())).toContain('客户 <破产>');
    await ui.clickUnseen(MANAGER, posted, 'approval.approve');
    await expect.poll(async () => (await fresh(row)).lifecycle, { timeout: 10_000 }).toBe('written_off');
    expect((await ui.render('adjustment.decided', payload))?.text).toContain('financeManager 通过了坏账');
    expect((await ui.render('adjustment.posted', { adjustmentId: payload.adjustmentId }))?.text).toContain(
      '客户 &lt;破产&gt;',
    );

    await world.sandbox.dismiss(REP, true);
    await ui.press(REP, 'instalment.open', value(row));
    expect(words(ui.top(REP))).toContain('坏账或尾差 ¥10,000.00');
    await ui.clickTop(REP, 'receipt.new');
    expect(words(ui.top(REP))).toContain('收回坏账');
    expect(ui.block(REP, 'amount').element).toMatchObject({ initial_value: '10000.00' });
    expect(words(ui.top(REP))).not.toContain('receipt.split"');

    await world.sandbox.dismiss(FINANCE, true);
    await ui.press(FINANCE, 'instalment.open', value(row));
    await ui.clickTop(FINANCE, 'adjustment.ask.undo');
    await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { reason: '弄错了' }));
    expect(words(ui.top(FINANCE))).toContain('撤销坏账 ¥10,000.00 等审批');
    await ui.clickTop(FINANCE, 'approval.withdraw');
    expect(words(ui.top(FINANCE))).toMatch(/期的(撤销)?(坏账|尾差)/);
    expect(words(ui.top(FINANCE))).toContain('adjustment.ask.undo');
  });

  it('is not offered to a rep, and refused where it is forged', async () => {
    const row = await overdue();
    await ui.press(REP, 'instalment.open', value(row));
    expect(words(ui.top(REP))).not.toContain('adjustment.ask');
    await world.sandbox.dismiss(REP, true);
    await ui.press(REP, 'adjustment.ask.bad_debt', value(row));
    expect(ui.told(REP, world.sandbox.dm(REP))).toContain('提出坏账或尾差需要财务');
  });
});

describe('a small difference', () => {
  it('is offered where the rest is small, with an optional reason', async () => {
    const row = await overdue();
    const { approval } = await aSubmittedReceipt(world.company, row, 9_999_50n);
    await approveReceipt(await world.company.as('finance2'), approval.id, approval.version);
    await ui.press(FINANCE, 'instalment.open', value(row));
    await ui.clickTop(FINANCE, 'adjustment.ask.small_difference');
    expect(words(ui.top(FINANCE))).toContain('¥0.50 在尾差范围内');
    await world.sandbox.submit(FINANCE, ui.fill(FINANCE, {}));
    expect(words(ui.top(FINANCE))).toContain('尾差 ¥0.50 等审批');
    await ui.press(MANAGER, 'instalment.open', value(row));
    await ui.clickTop(MANAGER, 'approval.approve');
    await expect.poll(async () => (await fresh(row)).lifecycle, { timeout: 10_000 }).toBe('settled');
  });
});
