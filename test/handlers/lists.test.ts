// The lists through the real app: search, pages, clear, people to choose from, and the file of what is shown (F24, F40,
// F53, F96, F97, F99).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromUtcDate } from '../../src/domain/local-date.js';
import { findRows } from '../../src/domain/plans/instalment.queries.js';
import type { Delivery } from '../../src/jobs/deliver-notices.js';
import { anActiveContract, aSubmittedReceipt, type PersonKey } from '../support/company.js';
import { lastFile, makeExports } from '../support/exported-file.js';
import { deliveryTo } from '../support/local-slack.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';

let world: SandboxedCompany;
let delivery: Delivery;
const DANGEROUS = '=HYPERLINK("http://x","y")';

beforeAll(async () => {
  world = await startSandboxedCompany();
  const { sandbox, company } = world;
  delivery = deliveryTo(sandbox, company);
  const rows = Array.from({ length: 23 }, (_, n): [bigint, string] => [
    BigInt(n + 1) * 100_00n,
    `2026-12-${String(n + 1).padStart(2, '0')}`,
  ]);
  const mine = await anActiveContract(company, rows, { who: 'rep', contract: { name: '挖掘机合同' } });
  await anActiveContract(company, [[7_00n, '2026-11-01']], { who: 'rep2', contract: { currency: 'USD' } });
  await company.db.instalment.updateMany({ where: { seq: 23 }, data: { name: DANGEROUS } });
  const first = mine.rows[0];
  if (first) await aSubmittedReceipt(company, first, 50_00n);
});
afterAll(async () => {
  await delivery.stop();
  await world.close();
});
beforeEach(async () => {
  for (const who of ['rep', 'rep2', 'manager', 'finance', 'auditor'] as const)
    await world.sandbox.dismiss(slackId(who), true);
});

const KINDS = ['customer', 'contract', 'plan', 'receipt', 'todo'] as const;
const ownerOf = (who: PersonKey) => world.company.ids[who];

describe('every list', () => {
  it.each(KINDS)('%s: opens, is searched by everything, keeps the search, and is cleared', async (kind) => {
    const rep = world.person('rep');
    await rep.press(`${kind}.list`);
    expect(rep.top().callback_id).toBe(`${kind}.list`);
    await rep.click(`${kind}.search`);
    const money = kind === 'customer' ? {} : { amountFrom: { value: '999999' }, currency: { value: 'CNY' } };
    await rep.submit({ words: { value: '没有的' }, order: { value: 'reversed' }, ...money });
    expect(rep.top().callback_id).toBe(`${kind}.list`);
    expect(rep.words()).toContain('筛选 没有的');
    expect(rep.words()).toContain('没有符合的记录');
    await rep.click(`${kind}.search`);
    expect(rep.words()).toContain('"initial_value":"没有的"');
    await rep.submit();
    expect(rep.words()).toContain('筛选 没有的');
    await rep.click(`${kind}.page.clear`);
    expect(rep.words()).not.toContain('筛选');
  });

  it('contracts are searched by the days of their end, given the wrong way round too', async () => {
    const rep = world.person('rep');
    await rep.press('contract.list');
    await rep.click('contract.search');
    await rep.submit({ endFrom: { value: '2099-12-31' }, endTo: { value: '2099-12-01' } });
    expect(rep.words()).toContain('筛选 结束 2099年12月1日 周二 至 2099年12月31日 周四 · 0 条');
  });

  it.each(KINDS)('%s: what it carries is checked', async (kind) => {
    const rep = world.person('rep');
    for (const value of ['{"f":{"sort":"DROP"},"p":1}', '{"f":{"ownerId":"x"},"p":1}', '[]', '{']) {
      await rep.press(`${kind}.list`, value);
      expect(rep.told(), value).toContain('没找到');
    }
  });
});

describe('numbers written without their hyphens', () => {
  const bare = (number: string) => number.replaceAll('-', '').toLowerCase();

  it('are found in a list that has nothing of them as they were typed, which says what was found', async () => {
    const { db, ids } = world.company;
    const contract = await db.contract.findFirstOrThrow({ where: { ownerId: ids.rep } });
    const receipt = await db.receipt.findFirstOrThrow();
    const rep = world.person('rep');
    const look = async (kind: 'contract' | 'plan' | 'receipt', words: string) => {
      await rep.press(`${kind}.list`);
      await rep.click(`${kind}.search`);
      await rep.submit({ words: { value: words } });
    };
    expect(contract.number).toMatch(/^HT-\d{4}-\d{4}$/);
    for (const kind of ['contract', 'plan'] as const) {
      await look(kind, bare(contract.number));
      expect(rep.words()).toContain(`筛选 ${contract.number}`);
      expect(rep.words()).not.toContain('没有符合的记录');
    }
    await look('receipt', `${bare(receipt.number)} ${bare(contract.number)}`);
    expect(rep.words()).toContain(`筛选 ${bare(receipt.number)} ${bare(contract.number)}`);
    expect(rep.words()).toContain('没有符合的记录');
    await look('receipt', bare(receipt.number));
    expect(rep.words()).toContain(`筛选 ${receipt.number}`);
    // A number that came with its record is found as it is.
    await db.contract.update({
      where: { id: contract.id },
      data: { number: bare(contract.number).toUpperCase(), searchText: bare(contract.number) },
    });
    await look('contract', bare(contract.number));
    expect(rep.words()).toContain(`筛选 ${bare(contract.number)}`);
    await db.contract.update({
      where: { id: contract.id },
      data: { number: contract.number, searchText: contract.searchText },
    });
  });

  it('are found where one chooses', async () => {
    const customer = await world.company.db.customer.findFirstOrThrow({ where: { ownerId: ownerOf('rep') } });
    const rep = world.person('rep');
    await rep.press('plan.list');
    await rep.click('plan.search');
    expect(await rep.choices('customerId', 'options.customer', bare(customer.code))).toContain(customer.id);
    expect(await rep.choices('customerId', 'options.customer', 'kh99999')).not.toContain(customer.id);
  });
});

describe('plans', () => {
  it('a search by owner, states, days, amounts and order survives the pages', async () => {
    const manager = world.person('manager');
    await manager.press('plan.list');
    await manager.click('plan.search');
    expect(await manager.choices('ownerId', 'options.owner', 'rep')).toContain(ownerOf('rep2'));
    await manager.submit({
      ownerId: { 'options.owner': ownerOf('rep') },
      states: { value: ['open'] },
      // The wrong way round.
      from: { value: '2026-12-31' },
      to: { value: '2026-12-01' },
      amountFrom: { value: '100' },
      sort: { value: 'amount' },
      order: { value: 'reversed' },
    });
    await manager.click('plan.search');
    await manager.submit({ amountFrom: { value: '0' } });
    expect(manager.words()).not.toContain('金额 ¥0.00');
    expect(manager.words()).toContain('筛选 待回款');
    await manager.click('plan.search');
    await manager.submit({ amountFrom: { value: '100' } });
    const filter = '负责人 rep · 到期日 12月1日 周二 至 12月31日 周四 · 金额 ¥100.00 起';
    expect(manager.words()).toContain(`筛选 待回款 · ${filter} · 23 条`);
    expect(manager.words()).toContain('第 1 页，共 2 页');
    expect(manager.words()).toContain('27,600.00');
    expect(manager.words()).toContain('第1期');
    await manager.click('plan.page.next');
    expect(manager.words()).toContain('第 2 页，共 2 页');
    expect(manager.words()).toContain(filter);
    expect(manager.words()).toContain('HYPERLINK');
    await manager.click('plan.page.previous');
    expect(manager.words()).not.toContain('HYPERLINK');
  });

  it('sums stand apart by currency', async () => {
    const director = world.person('director');
    await director.press('plan.list');
    expect(director.words()).toContain('23 期');
    expect(director.words()).toContain('US$7.00');
  });

  it('offers only people of the reader’s scope, and shows nothing of others whatever is forged', async () => {
    const rep = world.person('rep');
    await rep.press('plan.list');
    await rep.click('plan.search');
    expect(rep.words()).not.toContain('ownerId');
    const forged = JSON.stringify({ f: { ownerId: ownerOf('rep2') }, p: 1 });
    await rep.press('plan.list', forged);
    expect(rep.words()).toContain('没有符合的记录');
    expect(rep.words()).not.toContain('rep2');
    await world.sandbox.dismiss(slackId('rep'), true);
    await rep.press('plan.search', forged);
    expect(rep.words()).not.toContain('rep2');
  });
});

describe('exports', () => {
  const run = () => makeExports(world, delivery);

  it.each(['xlsx', 'csv'] as const)(
    'plans as %s: the sums of the list, days, no formulas',
    async (format) => {
      const manager = world.person('manager');
      await manager.press('plan.list', JSON.stringify({ f: { currency: 'CNY', sort: 'due' }, p: 1 }));
      await manager.click('plan.export');
      expect(manager.words()).toContain('筛选 CNY · 23 条');
      await manager.submit({ format: { value: format }, scope: { value: 'filtered' } });
      await run();
      const file = await lastFile(world, 'manager');
      expect(file.name).toBe(`回款计划管理 2026-11-20.${format}`);
      expect(file.text).toContain('23 行');
      const { totals } = await findRows(await world.company.as('manager'), { currency: 'CNY' });
      const cents = file.column('本期金额').map((text) => BigInt(Math.round(Number(text) * 100)));
      expect(cents.reduce((sum, one) => sum + one, 0n)).toBe(totals[0]?.amount);
      expect(file.rows).toHaveLength(totals[0]?.count ?? 0);
      expect(new Set(file.column('币种'))).toEqual(new Set(['CNY']));
      expect(file.column('到期日')[0]).toBe('2026-12-01');
      expect(file.column('期的名称')).toContain(DANGEROUS);
      // A workbook knows text from formulas; a CSV needs the sign in front.
      if (format === 'csv') expect(file.raw).toContain(`'=HYPERLINK`);
    },
  );

  it('every list, all of it, in the reader’s language, within their scope as of now', async () => {
    const rep2 = world.person('rep2');
    for (const [kind, rows] of [
      ['customer', 1],
      ['contract', 1],
      ['plan', 1],
      ['receipt', 0],
      ['todo', 1],
    ] as const) {
      await rep2.press(`${kind}.export`, JSON.stringify({ f: { words: '没有的' }, p: 1 }));
      await rep2.submit({ scope: { value: 'all' }, format: { value: 'csv' } });
      await world.company.db.user.update({ where: { id: ownerOf('rep2') }, data: { locale: 'en' } });
      await run();
      const job = await world.company.db.exportJob.findFirstOrThrow({ orderBy: { id: 'desc' } });
      expect([job.list, job.status, job.rows, job.userId]).toEqual([kind, 'done', rows, ownerOf('rep2')]);
      expect(JSON.stringify((await lastFile(world, 'rep2')).rows)).not.toContain('挖掘机合同');
    }
    const days = await world.company.db.instalment.findFirstOrThrow({ where: { ownerId: ownerOf('rep2') } });
    const file = await lastFile(world, 'rep2');
    expect(file.column('Due date')).toEqual([days.effectiveDue && fromUtcDate(days.effectiveDue)]);
    expect(file.column('Currency')).toEqual(['USD']);
  });

  it('a role taken away before the file is made: no file, and the person hears of it', async () => {
    const auditor = world.person('auditor');
    await auditor.press('plan.export');
    await auditor.submit();
    await world.company.db.user.update({ where: { id: ownerOf('auditor') }, data: { roles: [] } });
    await run();
    const id = slackId('auditor');
    const last = world.sandbox.history(id, world.sandbox.dm(id)).at(-1);
    expect(last?.text).toContain('没能导出');
    expect(last?.files ?? []).toEqual([]);
    await world.company.db.user.update({ where: { id: ownerOf('auditor') }, data: { roles: ['auditor'] } });
  });

  it('a command asks which list, or opens its form narrowed by the words', async () => {
    const rep = world.person('rep');
    await world.sandbox.command(rep.id, '/hk', '导出');
    await expect.poll(() => rep.told()).toContain('导出哪个列表');
    await world.sandbox.command(rep.id, '/hk', 'export contracts 挖掘机');
    await expect.poll(() => world.sandbox.views(rep.id).length).toBe(1);
    await expect.poll(() => rep.words()).toContain('筛选 挖掘机 · 1 条');
  });

  it('a command with a number without its hyphens takes what the list shows of it', async () => {
    const rep = world.person('rep');
    const { number } = await world.company.db.contract.findFirstOrThrow({ where: { name: '挖掘机合同' } });
    await world.sandbox.command(rep.id, '/hk', `export contracts ${number.replaceAll('-', '')}`);
    await expect.poll(() => rep.words()).toContain(`筛选 ${number} · 1 条`);
    await rep.submit();
    const { filter } = await world.company.db.exportJob.findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect(filter).toEqual({ words: number });
  });
});

describe('words after a command', () => {
  it.each(['todo overdue', '待办 逾期', '待办 逾期 本月', 'plan list 已逾期'])(
    '%s: what is late, nothing else',
    async (typed) => {
      const [rep, rep2] = [world.person('rep'), world.person('rep2')];
      await world.sandbox.command(rep2.id, '/hk', typed);
      await expect.poll(() => rep2.words()).toMatch(/筛选 已逾期|Filter Overdue/);
      expect(rep2.words()).toContain('$7.00');
      await world.sandbox.command(rep.id, '/hk', typed);
      await expect.poll(() => rep.words()).toContain('没有符合的记录');
    },
  );

  it('money is recorded with its day, its contract or its customer', async () => {
    const rep = world.person('rep');
    const { number, customerId } = await world.company.db.contract.findFirstOrThrow({
      where: { name: '挖掘机合同' },
    });
    const { name } = await world.company.db.customer.findUniqueOrThrow({ where: { id: customerId } });
    // A contract that came in with a number of its own is known by it as well.
    const renumber = (from: string, to: string) =>
      world.company.db.contract.updateMany({ where: { number: from }, data: { number: to } });
    await renumber(number, 'WJ-7');
    await world.sandbox.command(rep.id, '/hk', 'receipt wj-7 300元');
    await expect.poll(() => rep.words()).toContain('WJ-7 · 挖掘机合同');
    expect(rep.words()).toContain('"initial_value":"300.00"');
    await world.sandbox.dismiss(rep.id, true);
    await renumber('WJ-7', number);
    for (const who of [number, name]) {
      await world.sandbox.command(rep.id, '/hk', `receipt ${who} 300元 昨天`);
      await expect.poll(() => rep.words()).toContain('"initial_value":"300.00"');
      expect(rep.words()).toContain('"initial_date":"2026-11-19"');
      expect(rep.words()).toContain(name);
      await world.sandbox.dismiss(rep.id, true);
    }
    await world.sandbox.command(rep.id, '/hk', `receipt ${number} 300 2026-02-30`);
    await expect.poll(() => rep.words()).toContain('"initial_value":"300.00"');
    expect(rep.words()).toContain('2026-02-30');
    await world.sandbox.dismiss(rep.id, true);
    await world.sandbox.command(rep.id, '/hk', 'receipt 没有的人 300元');
    await expect.poll(() => rep.words()).toContain('筛选 没有的人 300元');
  });
});
