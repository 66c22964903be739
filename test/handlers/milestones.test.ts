import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import type { PlanRowInput } from '../../src/domain/plans/plan.js';
import { editInstalment } from '../../src/domain/plans/plan-changes.service.js';
import type { Contract } from '../../src/generated/prisma/client.js';
import { anActiveContract } from '../support/company.js';
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

const hanging = (days: number): Partial<PlanRowInput> => ({
  anchorKind: 'acceptance',
  anchorOffset: { months: 0, days },
  dueSource: 'anchor',
});
const aContract = (expected: string | null = '2026-12-10') =>
  anActiveContract(
    world.company,
    [
      [100_00n, null, hanging(30)],
      [100_00n, null, hanging(60)],
    ],
    {
      contract: {
        signedOn: localDate('2026-11-20'),
        milestones: expected === null ? {} : { acceptance: localDate(expected) },
      },
    },
  );
const dueOf = async (contract: Contract) =>
  (
    await world.company.db.instalment.findMany({
      where: { contractId: contract.id },
      orderBy: { seq: 'asc' },
    })
  ).map((row) => row.effectiveDue?.toISOString().slice(0, 10) ?? null);
const openCard = (contract: Contract, who = REP) =>
  ui.press(who, 'contract.open', JSON.stringify({ c: contract.id }));
/** Chooses in the form as a person: each choice draws it anew. */
const choose = (field: string, value: string, who = REP) => {
  const { block_id: block } = ui.block(who, field);
  return ui.clickTop(who, 'milestone.change', { block_id: String(block), value });
};

it('opens by command, with the first milestone that rows wait for', async () => {
  const { contract } = await aContract();
  for (const verb of ['milestone', '节点']) {
    await world.sandbox.command(REP, '/hk-contract', `${verb} ${contract.number}`);
    await world.sandbox.waitFor(() => world.sandbox.views(REP).length > 0, 5_000, 'a window');
    expect(ui.top(REP)).toMatchObject({ callback_id: 'milestone.set', title: { text: '登记节点' } });
    await world.sandbox.dismiss(REP, true);
  }
});

describe('登记节点', () => {
  it('from the card: shows what moves, moves it on confirm, and the card tells', async () => {
    const { contract } = await aContract();
    await openCard(contract);
    await ui.clickTop(REP, 'milestone.open');
    expect(ui.top(REP).title?.text).toBe('登记节点');
    expect(words(ui.top(REP))).toContain('现在：预计 12月10日 周四');
    await choose('date', '2026-11-20');
    expect(words(ui.top(REP))).toContain('将移动 2 期：');
    expect(words(ui.top(REP))).toContain('第1期 2027年1月9日 周六 → 12月20日 周日');
    await world.sandbox.submit(REP, ui.fill(REP, { evidence: '验收单 7' }));
    expect(await dueOf(contract)).toEqual(['2026-12-20', '2027-01-19']);
    expect(world.sandbox.views(REP)).toHaveLength(1);
    expect(ui.top(REP).callback_id).toBe('contract.card');
    expect(words(ui.top(REP))).toContain('已登记验收 11月20日 周五。移动 2 期。');
  });

  it('a day sent without having seen what moves is shown first', async () => {
    const { contract } = await aContract();
    await openCard(contract);
    await ui.clickTop(REP, 'milestone.open');
    await world.sandbox.submit(REP, ui.fill(REP, { date: '2026-11-20' }));
    expect(ui.top(REP).title?.text).toBe('登记节点');
    expect(words(ui.top(REP))).toContain('看一下会移动哪些期，再点“确认”。');
    expect(words(ui.top(REP))).toContain('将移动 2 期：');
    expect(await dueOf(contract)).toEqual(['2027-01-09', '2027-02-08']);
    await world.sandbox.submit(REP, {});
    expect(await dueOf(contract)).toEqual(['2026-12-20', '2027-01-19']);
  });

  it('a new estimate too late for the rep is refused on the date, naming the manager, who can do it', async () => {
    const { contract } = await aContract();
    await openCard(contract);
    await ui.clickTop(REP, 'milestone.open');
    await choose('how', 'estimate');
    await choose('date', '2027-03-01');
    expect(words(ui.top(REP))).toContain('2 期改晚，算一次延期。');
    const refused = await world.sandbox.submit(REP, {});
    expect(Object.values(refused.errors ?? {})).toEqual([
      '会移动的期超过 30 天、是第 3 次或有质保金，须由 manager 办。找 manager。',
    ]);
    expect(await dueOf(contract)).toEqual(['2027-01-09', '2027-02-08']);
    await openCard(contract, MANAGER);
    await ui.clickTop(MANAGER, 'milestone.open');
    await choose('how', 'estimate', MANAGER);
    await choose('date', '2027-03-01', MANAGER);
    await world.sandbox.submit(MANAGER, {});
    expect(await dueOf(contract)).toEqual(['2027-03-31', '2027-04-30']);
  });

  it('rows with a date of their own move only when ticked; the owner is asked when somebody else sets it', async () => {
    const { contract, rows } = await aContract();
    const [, second] = rows;
    if (!second) throw new Error('no row');
    await editInstalment(await world.company.as('rep'), { ...second, dueOn: localDate('2027-02-01') });
    await openCard(contract, MANAGER);
    await ui.clickTop(MANAGER, 'milestone.open');
    await choose('date', '2026-11-19', MANAGER);
    expect(words(ui.top(MANAGER))).toContain('手工日期，勾选才移动');
    await world.sandbox.submit(MANAGER, {});
    expect(await dueOf(contract)).toEqual(['2026-12-19', '2027-02-01']);
    const told = await world.company.db.outbox.findFirstOrThrow({
      where: { kind: 'milestone.set' },
      orderBy: { id: 'desc' },
    });
    const message = await ui.render('milestone.set', told.payload as never);
    expect(message?.text).toContain('manager 登记了');
    expect(message?.text).toContain('1 期是手工日期，没有移动：第2期 2027年2月1日 周一 → 2027年1月18日 周一');
    const posted = await ui.post(message?.blocks ?? [], world.sandbox.dm(REP), message?.text);
    await ui.click(REP, posted, 'milestone.open');
    expect(words(ui.top(REP))).toContain('现在：已于 11月19日 周四 发生');
    await world.sandbox.submit(REP, ui.fill(REP, { also0: [second.id] }));
    expect(await dueOf(contract)).toEqual(['2026-12-19', '2027-01-18']);
    expect(words(ui.top(REP))).toContain('移动 1 期。');
  });

  it('from an instalment’s window: with its milestone, and that window is drawn anew', async () => {
    const { contract, rows } = await aContract(null);
    await ui.press(REP, 'instalment.open', JSON.stringify({ i: rows[0]?.id }));
    expect(words(ui.top(REP))).toContain('日期待定（验收后30天）');
    await ui.clickTop(REP, 'milestone.open');
    await choose('how', 'estimate');
    await choose('date', '2026-12-01');
    await world.sandbox.submit(REP, {});
    expect(await dueOf(contract)).toEqual(['2026-12-31', '2027-01-30']);
    expect(world.sandbox.views(REP)).toHaveLength(1);
    expect(ui.top(REP).title?.text).toBe('回款计划');
    expect(words(ui.top(REP))).toContain('12月31日');
  });

  it('another milestone starts empty; forged values and strangers are refused', async () => {
    const { contract } = await aContract();
    await openCard(contract);
    await ui.clickTop(REP, 'milestone.open');
    await choose('date', '2026-11-20');
    await choose('kind', 'shipment');
    expect(words(ui.top(REP))).toContain('现在：日期未知');
    expect(words(ui.top(REP))).not.toContain('将移动');
    await world.sandbox.dismiss(REP, true);
    await ui.press(slackId('rep2'), 'milestone.open', JSON.stringify({ c: contract.id }));
    expect(ui.told(slackId('rep2'), world.sandbox.dm(slackId('rep2')))).toContain('没找到');
    await ui.press(slackId('auditor'), 'milestone.open', JSON.stringify({ c: contract.id }));
    expect(ui.told(slackId('auditor'), world.sandbox.dm(slackId('auditor')))).toContain('登记节点需要');
  });
});
