import { expect, it } from 'vitest';
import { MAX_MINOR } from '../../src/domain/money.js';
import {
  type BatchRow,
  batchModal,
  batchResults,
  type ShownBatch,
} from '../../src/handlers/views/batch-views.js';
import { anApproval, longTalk } from '../support/approval-details.js';
import { expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const idOf = (n: number) => `01a1f6ae-9900-72e0-ad7e-d0bbdf9${String(n).padStart(5, '0')}`;
const METADATA = JSON.stringify({ r: idOf(0) });
const waiting = (count: number, more: Partial<BatchRow> = {}): ShownBatch['rows'] =>
  Array.from({ length: count }, (_, n) => ({
    name: `HK-20261120-${String(n).padStart(3, '0')}`,
    approval: anApproval({ id: idOf(n), version: 99_999 }),
    row: {
      type: 'receipt',
      customerName: '星海重工',
      amount: { minor: 100_00n, currency: 'CNY' },
      note: null,
      isPlain: true,
      ...more,
    },
  }));

it.each(LOCALES)('fits twenty of anything, with and without boxes, in %s', (locale) => {
  const extreme = {
    customerName: nasty(120),
    amount: { minor: MAX_MINOR, currency: 'CNY' },
    note: nasty(300),
  };
  const flagged = { ...extreme, isPlain: false };
  const questions = longTalk(nasty(500)).map((one) => ({ ...one, answer: null }));
  const detailed = { ...extreme, details: Array.from({ length: 9 }, () => nasty(250)).join('\n') };
  for (const found of [
    { rows: waiting(20, detailed), total: 20 },
    { rows: waiting(20, extreme), total: 5000 },
    { rows: waiting(20, flagged), total: 20 },
    { rows: [...waiting(7, extreme), ...waiting(13, flagged)], total: 20 },
    { rows: [], total: 0 },
    {
      rows: waiting(20, flagged).map((one) => ({ ...one, approval: { ...one.approval, talk: questions } })),
      total: 20,
    },
  ])
    expectModal(
      batchModal(
        found,
        found.rows.map((one) => one.approval.id),
        METADATA,
        reader(locale),
      ),
    );
  const results = waiting(20).map(({ name }, n) => ({ name, problem: n % 2 === 0 ? null : nasty(400) }));
  for (const more of [0, 4000]) expectModal(batchResults(results, more, reader(locale)));
  const names = Array.from({ length: 60 }, () => nasty(80));
  for (const step of [null, 3]) {
    const parts = waiting(20).map(({ name }) => ({ name, problem: null, next: { step, names } }));
    const view = batchResults(parts, 0, reader(locale));
    expectModal(view);
    // The last line is whole, too.
    expect(JSON.stringify(view)).toMatch(/HK-20261120-019 [^"]+ …"/);
  }
});

it('says of what is not all whether anybody can decide the rest', () => {
  const told = (locale: 'zh-CN' | 'en', step: number | null, names: string[]) =>
    JSON.stringify(batchResults([{ name: 'HK-1', problem: null, next: { step, names } }], 0, reader(locale)));
  expect(told('zh-CN', 1, [])).toContain('HK-1 第 1 步已通过；下一步还没有人能审批，已通知管理员');
  expect(told('en', 1, [])).toContain('nobody can decide the next one yet');
  expect(told('zh-CN', null, [])).toContain('HK-1 你已通过；其余的还没有人能审批');
  expect(told('en', null, ['Ann', 'Bo'])).toContain('HK-1 approved by you; waiting for Ann, Bo"');
});

it('counts what is ticked, one sum a currency, and never offers what is to be looked at', () => {
  const [cny, usd, odd] = [
    waiting(1)[0],
    ...waiting(8, { amount: { minor: 5_00n, currency: 'USD' } }).slice(7),
    waiting(9)[8],
  ];
  if (!cny || !usd || !odd) throw new Error('no rows');
  const found = {
    rows: [cny, usd, { ...odd, name: 'HK-ODD', row: { ...odd.row, isPlain: false } }],
    total: 3,
  };
  const ticked = [idOf(0), idOf(7), idOf(8)];
  const view = batchModal(found, ticked, METADATA, reader('zh-CN'));
  expect(JSON.stringify(view)).toContain('已选 2 笔 ¥100.00、US$5.00');
  const boxes = view.blocks.filter((block) => block.type === 'input');
  expect(JSON.stringify(boxes)).not.toContain('HK-ODD');
  expect(JSON.stringify(view)).toMatch(/HK-ODD[^"]*\\n有要留意的/);
});

it('says what approving means below the box, and adds up no two kinds', () => {
  const [receipt] = waiting(1);
  const [, other] = waiting(2, { type: 'postponement', note: '12月1日 周二 → 12月20日 周日 客户要求' });
  if (!receipt || !other) throw new Error('no rows');
  const view = batchModal(
    { rows: [receipt, other], total: 2 },
    [idOf(0), idOf(1)],
    METADATA,
    reader('zh-CN'),
  );
  expect(JSON.stringify(view)).toContain('已选 2 件"');
  expect(JSON.stringify(view)).toContain('12月20日 周日 客户要求');
});

it('shows all that a change does below the boxes, with the way to its card', () => {
  const [row] = waiting(1, { type: 'reallocation', details: 'HT-1 第1期 ¥100.00 → ¥0.00' });
  if (!row) throw new Error('no row');
  const view = batchModal({ rows: [row], total: 1 }, [], METADATA, reader('zh-CN'));
  const [boxes, , details] = view.blocks;
  expect(boxes?.type).toBe('input');
  expect(details).toMatchObject({
    text: { text: '*HK-20261120-000*\nHT-1 第1期 ¥100.00 → ¥0.00' },
    accessory: { type: 'button' },
  });
});

it.each([
  ['zh-CN', '孙悦 问（未答）：哪一期？', '有提问未答，打开看了再审批'],
  ['en', '孙悦 asks (not answered): 哪一期？', 'A question is not answered: open it before you decide'],
] as const)('has no box for what a question waits about, and says it, in %s', (locale, question, why) => {
  const [plain, asked, answered] = waiting(3);
  if (!plain || !asked || !answered) throw new Error('no rows');
  const talk = { by: { id: 'a', name: '孙悦' }, question: '哪一期？', answer: null };
  const said = { ...talk, answer: { by: { id: 'b', name: '李雷' }, text: '第2期' } };
  const rows = [
    plain,
    { ...asked, approval: { ...asked.approval, talk: [talk, said] } },
    { ...answered, approval: { ...answered.approval, talk: [said] } },
  ];
  const view = batchModal({ rows, total: 3 }, [idOf(1), idOf(2)], METADATA, reader(locale));
  const boxes = JSON.stringify(view.blocks.filter((block) => block.type === 'input'));
  expect(boxes).not.toContain(asked.name);
  expect(boxes).toContain(answered.name);
  expect(view.blocks.at(-1)).toMatchObject({
    text: { text: expect.stringContaining(`\n${question}\n${why}`) },
    accessory: { type: 'button' },
  });
});
