// Reports through the real app: asked by a command, changed in place, looked into, taken as a file.
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { readExport } from '../../src/domain/exports/export.service.js';
import { postReport } from '../../src/domain/reports/post-report.service.js';
import { reportQuery } from '../../src/domain/reports/report.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { runExports } from '../../src/jobs/run-exports.js';
import { createLog } from '../../src/log.js';
import { anActiveContract, changeCompany, NOON, type PersonKey } from '../support/company.js';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  slackId,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';

let world: SandboxedCompany;
let finance: PersonAtSlack;
beforeAll(async () => {
  world = await startSandboxedCompany();
  finance = world.person('finance');
  await anActiveContract(world.company, [
    [300_00n, '2026-11-10'],
    [50_00n, '2026-12-24'],
    [7_00n, null],
  ]);
  await anActiveContract(world.company, [[20_00n, '2026-11-19']], { who: 'rep2' });
});
afterAll(() => world.close());
beforeEach(() => world.sandbox.dismiss(finance.id, true));

/** A machine may be busy with other suites. */
const PATIENCE = { timeout: 15_000 };
const answers = (who: PersonAtSlack) => world.sandbox.history(who.id, world.sandbox.dm(who.id));
const last = (who: PersonAtSlack) => {
  const message = answers(who).at(-1);
  if (!message) throw new Error('no answer');
  return message;
};
const ask = async (who: PersonAtSlack, text: string) => {
  const before = answers(who).length;
  await world.sandbox.command(who.id, '/hk', text);
  await vi.waitFor(() => expect(answers(who).length).toBeGreaterThan(before), PATIENCE);
  return last(who);
};
const aging = {
  kind: 'aging',
  from: '2026-11-01',
  to: '2026-11-20',
  by: 'customer',
  due: 'effective',
  currency: 'CNY',
};
const text = { type: 'plain_text', text: '' } as const;
const words = (message: { blocks?: unknown }) => JSON.stringify(message.blocks);
const inAnswer = (who: PersonAtSlack) => ({ channel: world.sandbox.dm(who.id), message: last(who) });

it('answers with what is open, within the scope of whoever asks', async () => {
  expect(words(await ask(finance, '账龄'))).toContain('未收 *¥377.00*，其中已逾期 *¥320.00*（84.9%）');
  expect(words(await ask(world.person('rep2'), '账龄'))).toContain('未收 *¥20.00*');
  expect(words(await ask(world.person('rep2'), '账龄'))).not.toContain('300.00');
  expect(words(await ask(finance, '报表'))).toContain('report.open.aging');
  expect(words(await ask(world.person('nobody'), '账龄'))).not.toContain('¥');
});

it('says which words it did not understand, and reads days of several words', async () => {
  const askReport = async (typed: string, expected = 1) => {
    const before = answers(finance).length;
    await world.sandbox.command(finance.id, '/hk', `report ${typed}`);
    await vi.waitFor(() => expect(answers(finance)).toHaveLength(before + expected), PATIENCE);
    return answers(finance).slice(before).map(words);
  };
  const [report, below] = await askReport('aging 2026-02-30 按负责人 zebra', 2);
  expect(report).toContain('按负责人');
  expect(below).toContain('没看懂、没有用上：“2026-02-30 zebra”');
  expect((await askReport('aging as of 31 oct by owner'))[0]).toContain('截至 10月31日');
  expect((await askReport('aging end of month'))[0]).toContain('截至 10月31日');
  expect((await askReport('progress last month'))[0]).toContain('10月1日');
  expect((await askReport('明细'))[0]).toContain('回款明细 · ');
  const [unknown] = await askReport('agin');
  expect(unknown).toContain('没看懂“agin”');
  expect(unknown).toContain('/hk-report 账龄');
});

it('is changed in place, looked into, and opened from there', async () => {
  await ask(finance, '账龄');
  const before = answers(finance).length;
  await finance.clickIn(inAnswer(finance), 'report.change.by', { selected_option: { text, value: 'rep' } });
  expect(answers(finance)).toHaveLength(before);
  expect(words(last(finance))).toContain('rep2');
  await finance.clickIn(inAnswer(finance), 'report.change.to', { selected_date: '2026-11-19' });
  expect(words(last(finance))).toContain('没有未收');
  await finance.clickIn(inAnswer(finance), 'report.change.to', { selected_date: '2026-11-20' });
  await finance.clickIn(inAnswer(finance), 'report.drill', {
    selected_option: { text, value: JSON.stringify({ o: 'd30' }) },
  });
  expect(finance.words()).toContain('逾期 10 天');
  expect(finance.words()).toContain('2 期 · ¥320.00');
  await finance.click('instalment.open');
  expect(finance.top().callback_id).toBe('info');
});

it('is narrowed by a form, within the scope, and cleared', async () => {
  await ask(finance, '账龄');
  await finance.clickIn(inAnswer(finance), 'report.filter');
  expect(await finance.choices('ownerId', 'options.owner', 'rep')).toContain(world.company.ids.rep2);
  expect(await finance.choices('contractId', 'options.report_contract', 'HT')).toContain('HT');
  expect(await finance.choices('departmentId', 'options.report_department', '')).toContain('options');
  await finance.submit({ ownerId: { 'options.owner': world.company.ids.rep2 } });
  expect(finance.top().callback_id).toBe('report');
  expect(finance.words()).toContain('筛选：负责人 rep2');
  expect(finance.words()).toContain('未收 *¥20.00*');
  await finance.click('report.change.clear');
  expect(finance.words()).toContain('未收 *¥377.00*');
  const rep = world.person('rep');
  const query = { ...aging, ownerId: world.company.ids.rep2 };
  await rep.press('report.open.aging', JSON.stringify(query));
  expect(rep.told()).toContain('没找到');
});

it('opens the rows behind a week, a month, a receipt and a total', async () => {
  for (const [name, value, said] of [
    ['收款趋势', { o: 'due', f: '2026-11-01', t: '2026-11-20' }, '期内应收 · 11月1日 周日 至 11月20日 周五'],
    ['回款预测', { o: 'open', t: '2026-11-22' }, '11月22日 周日 及以前到期'],
    ['逾期分析', { o: 'silent' }, '7 天没跟进'],
  ] as const) {
    await ask(finance, name);
    const selected_option = { text, value: JSON.stringify(value) };
    await finance.clickIn(inAnswer(finance), 'report.drill', { selected_option });
    expect(finance.words(), name).toContain(said);
    expect(finance.words(), name).toContain('2 期 · ¥320.00');
    await world.sandbox.dismiss(finance.id, true);
  }
});

it('is a file for whoever asked', async () => {
  await finance.press('report.open.aging', JSON.stringify(aging));
  await finance.clickIn(inAnswer(finance), 'report.export');
  await finance.submit({ format: { value: 'csv' } });
  const env = {
    clock: () => NOON,
    log: createLog('silent'),
    kick: () => {},
    stopping: new AbortController().signal,
  };
  expect(await runExports(await world.company.system(), env)).toEqual({ exports: 1 });
  const file = await world.company.db.attachment.findFirstOrThrow({ where: { ownerType: 'export' } });
  expect(file.name).toBe('账龄 2026-11-20.csv');
  const lines = (await buffer(readExport(world.company.db, file.ownerId)))
    .toString('utf8')
    .trim()
    .split('\n');
  expect(lines).toHaveLength(5);
  expect(lines.at(-2)).toBe('合计,50.00,320.00,0.00,0.00,0.00,0.00,7.00,377.00,0.00,0.00');
  expect(lines.at(-1)).toBe('核对：各档合计 ¥377.00 = 未收 ¥377.00，一致。,,,,,,,,,,');
});

it('has a report for each question of a period, with its KPIs; performance is not for reps', async () => {
  for (const [text, said] of [
    ['回款进度', '本期应收 *¥320.00*'],
    ['客户欠款', '欠款 *¥377.00*'],
    ['逾期分析', '占未收 *84.9%*'],
    ['付款行为', '按时率 *0%*'],
    ['习惯', '按时率 *0%*'],
    ['业绩', '回款率 *0%*'],
    ['回款趋势', '应收 *¥320.00*'],
    ['回款明细', '这段时间没有数'],
  ] as const)
    expect(words(await ask(finance, `报表 ${text}`)), text).toContain(said);
  await ask(finance, '回款进度');
  await finance.clickIn(inAnswer(finance), 'report.change.period', {
    selected_option: { text, value: 'last_month' },
  });
  expect(words(last(finance))).toContain('本期应收 *¥0.00*');
  await finance.clickIn(inAnswer(finance), 'report.kpis');
  expect(finance.words()).toContain('DSO 应收周转天数：—');
  const rep = world.person('rep');
  expect(words(await ask(rep, '报表'))).not.toContain('业绩');
  await ask(rep, '业绩');
  expect(rep.told()).toContain('查看业绩');
});

it('is a PDF or a picture with words for whoever does not see it', async () => {
  const env = {
    clock: () => NOON,
    log: createLog('silent'),
    kick: () => {},
    stopping: new AbortController().signal,
  };
  const made = async (format: string) => {
    await ask(finance, '账龄');
    await finance.clickIn(inAnswer(finance), 'report.export');
    await finance.submit({ format: { value: format } });
    await runExports(await world.company.system(), env);
    const file = await world.company.db.attachment.findFirstOrThrow({
      where: { ownerType: 'export' },
      orderBy: { id: 'desc' },
    });
    return { ...file, bytes: await buffer(readExport(world.company.db, file.ownerId)) };
  };
  const pdf = await made('pdf');
  expect([pdf.name, pdf.mime, pdf.bytes.subarray(0, 4).toString()]).toEqual([
    '账龄 2026-11-20.pdf',
    'application/pdf',
    '%PDF',
  ]);
  const png = await made('png');
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(png.altText).toContain('未收 ¥377.00，其中已逾期 ¥320.00');
  expect(png.altText).toContain('1–30 天 ¥320');
  // Lines of receipts are not compared: there is nothing to draw.
  await ask(finance, '回款明细');
  await finance.clickIn(inAnswer(finance), 'report.export');
  expect(finance.words()).not.toContain('PNG');
});

it('is posted to a channel: with its numbers only where everybody sees as much', async () => {
  const { company } = world;
  const set = (financeChannelId: string | null) => changeCompany(company.db, { financeChannelId });
  await set('C0GENERAL');
  const posted = async (who: 'finance' | 'manager', people: readonly PersonKey[], more = false) => {
    const ctx = await company.as(who);
    const post = () =>
      postReport(ctx, reportQuery.parse(aging), 'finance', { ids: people.map(slackId), more });
    await post();
    await expect(post()).rejects.toThrow();
    const { payload } = await company.db.outbox.findFirstOrThrow({
      where: { kind: 'report.posted' },
      orderBy: { id: 'desc' },
    });
    const system = await company.system();
    const message = await renderNotice(
      { ...system, locale: 'zh-CN', t: translator('zh-CN') },
      'report.posted',
      payload,
    );
    return JSON.stringify(message);
  };
  // The form says first who will not see, and nothing of it leaves.
  await ask(finance, '账龄');
  await finance.clickIn(inAnswer(finance), 'report.post');
  expect(finance.words()).toContain('有 4 人看不到你的全部范围');
  await finance.submit();
  expect(finance.words()).toContain('不含数字');
  expect(await posted('finance', ['finance', 'rep'])).not.toContain('¥');
  expect(await posted('finance', ['finance', 'nobody'])).not.toContain('¥');
  expect(await posted('manager', ['manager', 'rep2'])).not.toContain('¥');
  // Of a large channel only the first people were asked about.
  expect(await posted('finance', ['finance', 'director'], true)).not.toContain('¥');
  const all = await posted('finance', ['finance', 'director', 'auditor', 'admin']);
  expect(all).toContain('未收 *¥377.00*');
  expect(all).not.toContain('report.change');
  expect(await posted('manager', ['manager', 'director'])).toContain('未收 *¥377.00*');
  const trail = await company.db.auditLog.findMany({ where: { action: 'report.posted' } });
  expect(trail).toHaveLength(7);
  const rep = world.person('rep');
  expect(words(await ask(rep, '账龄'))).not.toContain('report.post');
  const nobody = { ids: [], more: false };
  const forged = company
    .as('rep')
    .then((ctx) => postReport(ctx, reportQuery.parse(aging), 'finance', nobody));
  await expect(forged).rejects.toThrow('access.denied');
  await set(null);
  await ask(finance, '账龄');
  await finance.clickIn(inAnswer(finance), 'report.post');
  expect(finance.told()).toContain('没有可发的频道');
});

it('takes nothing forged', async () => {
  for (const value of ['x', '{}', JSON.stringify({ kind: 'salaries' })]) {
    await finance.press('report.open.aging', value);
    expect(finance.told()).toContain('没找到');
  }
  for (const action of ['report.filter', 'report.export', 'report.kpis']) {
    await finance.press(action, JSON.stringify(aging));
    expect(finance.told(), action).toContain('没找到');
  }
});
