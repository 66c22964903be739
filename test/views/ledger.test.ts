import { expect, it } from 'vitest';
import type { MovementKind } from '../../src/domain/ledger/ledger.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { ledgerModal, ledgerSheet } from '../../src/handlers/views/ledger-views.js';
import { expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const KINDS: readonly MovementKind[] = [
  'plan',
  'plan_changed',
  'plan_removed',
  'receipt',
  'applied',
  'released',
  'refund',
  'reversal',
];
const DAY = localDate('2026-11-20');
const movements = Array.from({ length: 20 }, (_, index) => ({
  on: localDate('2001-01-01'),
  kind: KINDS[index % KINDS.length] ?? 'plan',
  contractNumber: `HT-${'9'.repeat(36)}`,
  seq: 99_999,
  receiptNumber: `HK-${'9'.repeat(36)}`,
  amount: MAX_MINOR,
  original: index % 2 === 1 ? null : { minor: MAX_MINOR, currency: 'USD' },
  delta: index % 3 === 0 ? 0n : -MAX_MINOR,
  balance: -MAX_MINOR,
}));
const state = { u: '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60', y: 'CNY', d: DAY, p: 2 };

it.each(LOCALES)('draws anything in %s', (locale) => {
  const sums = { balance: 7n, open: 10n, credit: 3n };
  for (const shown of [[], movements]) {
    const ledger = { movements: shown, total: shown.length * 9, page: 2, pages: 9, ...sums };
    const currencies = ['CNY', 'USD'];
    expectModal(ledgerModal({ state, title: nasty(300), currencies, ledger }, reader(locale)));
  }
});

it('says when movements and states differ, and nothing else', () => {
  const ledger = { movements: [], total: 0, page: 1, pages: 1, balance: 8n, open: 10n, credit: 3n };
  const draw = (balance: bigint) =>
    JSON.stringify(
      ledgerModal({ state, title: 'x', currencies: [], ledger: { ...ledger, balance } }, reader('en')),
    );
  expect(draw(8n)).toContain('Differs by CN¥0.01');
  expect(draw(7n)).not.toContain('Differs');
});

const file = { company: '恒力机械', title: '东方锅炉 · KH-0001', asOf: DAY, currency: 'CNY' };

it('heads a file with whose it is and of which days, and closes it with the balance', () => {
  const movement = (on: string, delta: bigint, balance: bigint) => ({
    ...{ on: localDate(on), kind: 'plan' as const, contractNumber: 'HT-1', seq: 1, receiptNumber: null },
    ...{ amount: delta, original: null, delta, balance },
  });
  // What was before the first line of a file that is cut is its opening balance.
  const shown = [movement('2026-03-02', -40_00n, 70_00n), movement('2026-02-01', 100_00n, 110_00n)];
  const ledger = {
    movements: shown,
    total: 3,
    page: 1,
    pages: 1,
    balance: 70_00n,
    open: 90_00n,
    credit: 20_00n,
  };
  const { header, rows } = ledgerSheet({ ...file, ledger }, translator('en'));
  expect([header, ...rows.slice(0, 3)]).toEqual([
    ['Ledger', '东方锅炉 · KH-0001'],
    ['Issued by', '恒力机械'],
    ['Period', '2026-02-01 – 2026-11-20'],
    [],
  ]);
  const line = (label: string, decimal: string, day?: string) => [
    ...[day === undefined ? '' : { day }, label, '', '', { decimal }, 'CNY'],
  ];
  expect(rows[4]).toEqual(line('Opening balance', '10.00', '2026-02-01'));
  expect(rows.slice(-3)).toEqual([
    line('Closing balance', '70.00', '2026-11-20'),
    line('of it open', '90.00'),
    line('less prepaid', '20.00'),
  ]);
});

it('says of nothing that there was nothing', () => {
  const ledger = { movements: [], total: 0, page: 1, pages: 1, balance: 0n, open: 0n, credit: 0n };
  const { rows } = ledgerSheet({ ...file, ledger }, translator('zh-CN'));
  expect(rows[1]).toEqual(['期间', '2026-11-20 – 2026-11-20']);
  expect(rows.map(([, label]) => label).slice(4)).toEqual(['期初余额', '期末余额', '其中未收', '减预收']);
});

it('gives a file the oldest first, amounts as decimals', () => {
  const ledger = { movements, total: 20, page: 1, pages: 1, balance: 0n, open: 0n, credit: 0n };
  const { rows } = ledgerSheet(
    { ...file, ledger: { ...ledger, movements: movements.slice(0, 2) } },
    translator('zh-CN'),
  );
  expect(rows[3]).toHaveLength(8);
  expect(rows[6]?.slice(2)).toEqual([
    { decimal: '9999999999999.99' },
    { decimal: '0.00' },
    { decimal: '-9999999999999.99' },
    'CNY',
    { decimal: '9999999999999.99' },
    'USD',
  ]);
});
