// What is listed without a search as a file: money that nobody has claimed, and follow-ups (F96), through the real app.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { recordUnclaimed, withdrawUnclaimed } from '../../src/domain/receipts/unclaimed.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import type { Delivery } from '../../src/jobs/deliver-notices.js';
import { anActiveContract, NOON, type PersonKey } from '../support/company.js';
import { lastFile, makeExports } from '../support/exported-file.js';
import { deliveryTo } from '../support/local-slack.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';

let world: SandboxedCompany;
let delivery: Delivery;
let contractId: string;
let customerId: string;
/** Of another contract of the same rep. */
let other: Instalment | undefined;
beforeAll(async () => {
  world = await startSandboxedCompany();
  const { sandbox, company } = world;
  delivery = deliveryTo(sandbox, company);
  const mine = await anActiveContract(company, [[100_00n, '2026-11-10']], {
    contract: { name: '挖掘机合同' },
  });
  const theirs = await anActiveContract(company, [[50_00n, '2026-11-10']], { who: 'rep2' });
  ({ id: contractId, customerId } = mine.contract);
  const second = await anActiveContract(company, [[70_00n, '2026-11-10']]);
  other = second.rows[0];
  await follow('rep', mine.rows[0]?.id, { content: '=1+1', result: 'no_answer' });
  await follow('rep', mine.rows[0]?.id, {
    content: '周五付',
    result: 'promised',
    promisedOn: localDate('2026-11-27'),
    promisedAmount: 80_00n,
  });
  await follow('rep', other?.id, { content: '另一份合同', result: 'paying' });
  // Who wrote it is not whose it is.
  await follow('manager', other?.id, { content: '主管也问过', result: 'paying' });
  await follow('rep2', theirs.rows[0]?.id, { content: '别人的', result: 'paying' });
});
afterAll(async () => {
  await delivery.stop();
  await world.close();
});
beforeEach(async () => {
  for (const who of ['rep', 'rep2', 'finance', 'nobody'] as const)
    await world.sandbox.dismiss(slackId(who), true);
});

let minutes = 0;
async function follow(
  who: PersonKey,
  instalmentId: string | undefined,
  what: Pick<Parameters<typeof recordFollowUp>[1], 'content' | 'result'> &
    Partial<Parameters<typeof recordFollowUp>[1]>,
) {
  minutes += 1;
  const ctx = await world.company.as(who, new Date(NOON.getTime() + minutes * 60_000));
  await recordFollowUp(ctx, {
    instalmentId: instalmentId ?? '',
    kind: 'call',
    promisedOn: null,
    promisedAmount: null,
    reason: null,
    pauseUntil: null,
    nextOn: null,
    ...what,
  });
}

/** From the form that is open to the file. */
async function take(who: PersonKey, values: Parameters<ReturnType<SandboxedCompany['person']>['submit']>[0]) {
  await world.person(who).submit(values);
  await makeExports(world, delivery);
  return lastFile(world, who);
}

it('follow-ups of a contract, from its timeline: newest first, as they were written, no formulas', async () => {
  const rep = world.person('rep');
  await rep.press('follow_up.list', JSON.stringify({ c: contractId, p: 1 }));
  await rep.click('follow_up.export');
  expect(rep.words()).toMatch(/跟进记录 · 筛选 HT-[\d-]+ · 2 条/);
  const file = await take('rep', { scope: { value: 'filtered' }, format: { value: 'csv' } });
  expect(file.name).toBe('跟进记录 2026-11-20.csv');
  expect(file.text).toContain('已导出跟进记录，2 行');
  expect(file.column('跟进时间')).toEqual(['2026-11-20 10:02', '2026-11-20 10:01']);
  expect(file.column('跟进结果')).toEqual(['已承诺', '无人接听']);
  expect(file.column('承诺日期')).toEqual(['2026-11-27', '']);
  expect([file.column('承诺金额'), file.column('币种')]).toEqual([
    ['80.00', ''],
    ['CNY', ''],
  ]);
  expect(file.raw).toContain(`'=1+1`);
  await world.sandbox.dismiss(rep.id, true);
  await rep.press('follow_up.export', JSON.stringify({ f: { customerId } }));
  expect(rep.words()).toMatch(/跟进记录 · 筛选 客户\d+ · 2 条/);
  const all = await take('rep', { scope: { value: 'all' }, format: { value: 'xlsx' } });
  expect(all.column('跟进内容')).toEqual(['主管也问过', '另一份合同', '周五付', '=1+1']);
  expect(all.column('跟进人')).toEqual(['manager', 'rep', 'rep', 'rep']);
  expect(new Set(all.column('负责人'))).toEqual(new Set(['rep']));
});

it('nothing to whoever has no role, whatever button they press', async () => {
  const nobody = world.person('nobody');
  for (const action of ['follow_up.export', 'unclaimed.export']) {
    await nobody.press(action);
    expect(world.sandbox.views(nobody.id)).toEqual([]);
    expect(nobody.told()).toContain('还没有角色');
  }
});

it('all of them are those of the reader’s rows, whatever contract a button names', async () => {
  const rep2 = world.person('rep2');
  await world.sandbox.command(rep2.id, '/hk', '导出 跟进');
  await expect.poll(() => rep2.words()).toContain('跟进记录，共 1 条');
  expect((await take('rep2', { format: { value: 'xlsx' } })).column('跟进内容')).toEqual(['别人的']);
  await world.sandbox.dismiss(rep2.id, true);
  for (const f of [{ contractId }, { customerId }]) {
    await rep2.press('follow_up.export', JSON.stringify({ f }));
    expect(rep2.told()).toBe('没找到这条记录：它不在了，或不在你的范围。刷新列表再看。');
  }
});

it('unclaimed money: what still waits, the oldest first, from its list and by command', async () => {
  const finance = world.person('finance');
  await finance.press('unclaimed.list');
  expect(finance.words()).not.toContain('unclaimed.export');
  await world.sandbox.dismiss(finance.id, true);
  const came = async (amount: bigint, day: string, payerName: string) =>
    recordUnclaimed(await world.company.as('finance'), {
      amount,
      currency: 'CNY',
      method: 'transfer',
      receivedOn: localDate(day),
      payerName,
      bankSlipNo: `S-${payerName}`,
      remark: null,
    });
  await came(30_00n, '2026-11-19', '后来的');
  await came(1234_56n, '2026-11-18', '先到的');
  const gone = await came(1_00n, '2026-11-17', '撤回的');
  const claimed = await came(70_00n, '2026-11-16', '已认领的');
  await recordReceipt(
    await world.company.as('rep'),
    {
      ...{
        customerId: other?.customerId ?? '',
        contractId: other?.contractId ?? '',
        instalmentId: other?.id ?? '',
      },
      ...{ amount: 70_00n, currency: 'CNY', method: 'transfer', receivedOn: localDate('2026-11-16') },
      ...{ bankSlipNo: claimed.bankSlipNo, unclaimedId: claimed.id },
    },
    { notDuplicate: true },
  );
  await withdrawUnclaimed(await world.company.as('finance'), gone.id);
  await finance.press('unclaimed.list');
  await finance.click('unclaimed.export');
  expect(finance.words()).toContain('待认领来款，共 2 条');
  const file = await take('finance', { format: { value: 'xlsx' } });
  expect(file.name).toBe('待认领来款 2026-11-20.xlsx');
  expect(file.column('付款方')).toEqual(['先到的', '后来的']);
  expect(file.column('金额')).toEqual(['1234.56', '30']);
  await world.sandbox.dismiss(finance.id, true);
  await world.sandbox.command(finance.id, '/hk', 'export unclaimed');
  await expect.poll(() => finance.words()).toContain('待认领来款，共 2 条');
});
