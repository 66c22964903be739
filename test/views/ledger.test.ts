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

it('gives a file the oldest first, amounts as decimals', () => {
  const ledger = { movements, total: 20, page: 1, pages: 1, balance: 0n, open: 0n, credit: 0n };
  const { header, rows } = ledgerSheet(
    { ...ledger, movements: movements.slice(0, 2) },
    'CNY',
    translator('zh-CN'),
  );
  expect(header).toHaveLength(8);
  expect(rows[1]?.slice(2)).toEqual([
    '9999999999999.99',
    '0.00',
    '-9999999999999.99',
    'CNY',
    '9999999999999.99',
    'USD',
  ]);
});
