// Splitting an instalment from its window, clicked through the real app.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { anActiveContract, aSubmittedReceipt } from '../support/company.js';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  slackId,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';
import { windowsOf } from '../support/windows.js';

const REP = slackId('rep');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
let rep: PersonAtSlack;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
  rep = world.person('rep');
});
afterAll(() => world.close());
beforeEach(() => world.sandbox.dismiss(REP, true));

async function aRow(): Promise<Instalment> {
  const { rows } = await anActiveContract(world.company, [
    [100_00n, '2026-12-01'],
    [50_00n, '2027-06-01'],
  ]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}
const value = (row: Instalment) => JSON.stringify({ i: row.id });
const planOf = (row: Instalment) =>
  world.company.db.instalment.findMany({ where: { contractId: row.contractId }, orderBy: { seq: 'asc' } });
const submit = (values: Record<string, string | string[]> = {}) => rep.submit(ui.fill(REP, values));

describe('splitting', () => {
  it('counts anew, takes one part more, and comes back to the window with what was done', async () => {
    const row = await aRow();
    await rep.press('instalment.open', value(row));
    await rep.click('instalment.split');
    expect(rep.words()).toContain('合计 ¥100.00，与本期一致');
    expect(ui.block(REP, 'amount1').element).toMatchObject({ initial_value: '50.00' });
    // Enter in an amount counts too.
    await rep.click('instalment.part_amount', { block_id: 'amount0|2', value: '30' });
    expect(rep.words()).toContain('合计 ¥80.00，还差 ¥20.00');
    await rep.click('instalment.part_add');
    expect(ui.block(REP, 'amount2').element).toMatchObject({ initial_value: '20.00' });
    expect(ui.block(REP, 'amount0').element).toMatchObject({ initial_value: '30' });
    await submit({ dueOn2: '2026-12-20' });
    expect(world.sandbox.views(REP)).toHaveLength(1);
    expect(rep.words()).toContain('已拆成 3 期：第1期 ¥30.00、第3期 ¥50.00、第4期 ¥20.00。');
    expect(rep.words()).toContain('拆成 3 期');
    expect(await planOf(row)).toMatchObject([
      { amount: 30_00n },
      { amount: 50_00n },
      { name: '第3期', amount: 50_00n },
      { name: '第4期', amount: 20_00n, postponeCount: 1 },
    ]);
  });

  it('refuses another sum, a word, and a day that only the manager may set', async () => {
    const row = await aRow();
    await rep.press('instalment.split', value(row));
    await submit({ amount0: '60' });
    expect(rep.words()).toContain('拆后各期合计比本期多 ¥10.00。从其中一期减这么多。');
    // The total is of what was typed, too.
    expect(rep.words()).toContain('合计 ¥110.00');
    expect(rep.words()).not.toContain('合计 ¥100.00');
    const unread = await submit({ amount0: '很多' });
    expect(unread.errors?.['amount0|2']).toContain('没看懂“很多”');
    const late = await submit({ amount0: '50', dueOn1: '2027-01-01' });
    expect(late.errors?.dueOn1).toContain('manager');
    expect(await planOf(row)).toHaveLength(2);
  });

  it('keeps untouched parts equal when there is one more, and a gap between parts is named', async () => {
    const row = await aRow();
    await rep.press('instalment.split', value(row));
    await rep.click('instalment.part_add');
    for (const [field, amount] of Object.entries({ amount0: '33.33', amount1: '33.33', amount2: '33.34' }))
      expect(ui.block(REP, field).element).toMatchObject({ initial_value: amount });
    expect(rep.words()).toContain('合计 ¥100.00，与本期一致');
    await rep.click('instalment.part_add');
    const gap = await submit({ amount2: '', amount3: '50' });
    expect(Object.keys(gap.errors ?? {})).toEqual(['amount2|4']);
    expect(await planOf(row)).toHaveLength(2);
    await submit({ amount0: '25', amount1: '50', amount2: '25', amount3: '' });
    expect((await planOf(row)).map(({ amount }) => amount)).toEqual([
      25_00n,
      expect.anything(),
      50_00n,
      25_00n,
    ]);
  });

  it('asks whether a past day is meant', async () => {
    const row = await aRow();
    await rep.press('instalment.split', value(row));
    await submit({ dueOn1: '2026-11-02' });
    expect(rep.words()).toContain('11月2日 周一 已经过去');
    await submit({ alreadyDue: ['yes'] });
    expect(await planOf(row)).toMatchObject([{}, {}, { dueOn: new Date('2026-11-02') }]);
  });

  it('is done once when it is delivered twice', async () => {
    const row = await aRow();
    await rep.press('instalment.split', value(row));
    const result = await submit();
    if (!('request_id' in result)) throw new Error('not sent');
    await world.sandbox.redeliver(result.request_id);
    expect(await planOf(row)).toHaveLength(3);
  });

  it('is not offered while money waits, and refused when it is asked for', async () => {
    const row = await aRow();
    await aSubmittedReceipt(world.company, row, 10_00n);
    await rep.press('instalment.open', value(row));
    expect(rep.words()).not.toContain('instalment.split');
    await world.sandbox.dismiss(REP, true);
    await rep.press('instalment.split', value(row));
    expect(rep.told()).toContain('第1期有 ¥10.00 在等财务审批');
    const other = world.person('rep2');
    await other.press('instalment.split', value(row));
    expect(other.told()).toContain('没找到');
  });

  it('adds an instalment from the window where the contract has something left', async () => {
    const { rows, contract } = await anActiveContract(world.company, [[100_00n, '2026-12-01']], {
      contract: { amount: 150_00n },
    });
    const [row] = rows;
    if (!row) throw new Error('no row');
    await rep.press('instalment.open', value(row));
    await rep.click('plan.new');
    expect(rep.words()).toContain(contract.number);
    await submit({ dueOn: '2027-01-01' });
    expect(await planOf(row)).toMatchObject([{}, { seq: 2, amount: 50_00n, lifecycle: 'open' }]);
    await world.sandbox.dismiss(REP, true);
    await rep.press('instalment.open', value(row));
    expect(rep.words()).not.toContain('plan.new');
  });
});
