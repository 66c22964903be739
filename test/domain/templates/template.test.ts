import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkCalendar } from '../../../src/domain/calendar.js';
import { isDomainError } from '../../../src/domain/errors.js';
import { addDays, localDate } from '../../../src/domain/local-date.js';
import { MAX_MINOR } from '../../../src/domain/money.js';
import {
  checkTemplate,
  percentOf,
  rowsOfTemplate,
  type TemplateLineInput,
  templateInput,
} from '../../../src/domain/templates/template.js';

const calendar: WorkCalendar = { workweek: [1, 2, 3, 4, 5], days: new Map(), coveredThrough: null };
const line = (more: Partial<TemplateLineInput>): TemplateLineInput => ({
  name: '款',
  anchorKind: 'signing',
  ...more,
});
const template = (lines: TemplateLineInput[], more: { rounding?: 'fen' | 'yuan'; currency?: string } = {}) =>
  checkTemplate(templateInput.parse({ code: 'T', name: 'T', lines, ...more }));
const code = (work: () => unknown): unknown => {
  try {
    work();
    return null;
  } catch (error) {
    return isDomainError(error) ? [error.code, error.params] : error;
  }
};

const plan3331 = template([
  line({ name: '预付款', shareBp: 3000 }),
  line({ name: '发货款', shareBp: 3000, anchorKind: 'shipment', anchorOffset: { days: -7 } }),
  line({ name: '验收款', shareBp: 3000, anchorKind: 'acceptance', anchorOffset: { days: 30 } }),
  line({ name: '质保金', shareBp: 1000, anchorKind: 'warranty_end', isRetention: true }),
]);

describe('a template becomes rows', () => {
  it('3331: shares of the amount, dates from the milestones that are known', () => {
    const anchors = { signing: localDate('2026-11-21'), shipment: localDate('2027-01-05') };
    const rows = rowsOfTemplate(plan3331, 100_001n, 'CNY', anchors, calendar);
    expect(rows.map((row) => [row.name, row.amount, row.dueOn, row.isRetention])).toEqual([
      ['预付款', 30_000n, '2026-11-21', false],
      ['发货款', 30_000n, '2026-12-29', false],
      ['验收款', 30_000n, null, false],
      ['质保金', 10_001n, null, true],
    ]);
    expect(rows[2]).toMatchObject({ anchorKind: 'acceptance', anchorOffset: { months: 0, days: 30 } });
  });

  it('rounds to whole yuan, the last line takes the rest; currencies without decimals stay whole', () => {
    const thirds = [line({ shareBp: 3333 }), line({ shareBp: 3333 }), line({ shareBp: 3334 })];
    const amounts = (rounding: 'fen' | 'yuan', total: bigint, currency: string) =>
      rowsOfTemplate(template(thirds, { rounding }), total, currency, {}, calendar).map((row) => row.amount);
    expect(amounts('fen', 10_000n, 'CNY')).toEqual([3333n, 3333n, 3334n]);
    expect(amounts('yuan', 10_000n, 'CNY')).toEqual([3300n, 3300n, 3400n]);
    expect(amounts('yuan', 100n, 'JPY')).toEqual([33n, 33n, 34n]);
  });

  it('takes fixed amounts and leaves the rest to the remainder line', () => {
    const mixed = template(
      [line({ fixedAmount: 50_000n }), line({ shareBp: 2000 }), line({ isRemainder: true })],
      { currency: 'CNY' },
    );
    const amounts = (total: bigint) =>
      rowsOfTemplate(mixed, total, 'CNY', {}, calendar).map((row) => row.amount);
    expect(amounts(100_000n)).toEqual([50_000n, 20_000n, 30_000n]);
    expect(code(() => amounts(62_500n))).toEqual(['template.line_empty', { line: 3, name: '款' }]);
    expect(code(() => rowsOfTemplate(mixed, 100_000n, 'USD', {}, calendar))).toEqual([
      'template.currency_differs',
      { currency: 'CNY' },
    ]);
  });

  it('refuses an amount for which a line would be 0, and names the line', () => {
    expect(code(() => rowsOfTemplate(plan3331, 3n, 'CNY', {}, calendar))).toEqual([
      'template.line_empty',
      { line: 1, name: '预付款' },
    ]);
    const yuan = template(
      [line({ name: 'a', shareBp: 9900 }), line({ name: 'b', shareBp: 50 }), line({ shareBp: 50 })],
      {
        rounding: 'yuan',
      },
    );
    expect(code(() => rowsOfTemplate(yuan, 10_000n, 'CNY', {}, calendar))).toEqual([
      'template.line_empty',
      { line: 2, name: 'b' },
    ]);
  });

  it('rolls a date off a day off where the line says so, and keeps the date of the contract', () => {
    const rolled = template([line({ shareBp: 5000, roll: 'next_workday' }), line({ shareBp: 5000 })]);
    const saturday = localDate('2026-11-21');
    const rows = rowsOfTemplate(rolled, 100n, 'CNY', { signing: saturday }, calendar);
    expect(rows.map((row) => [row.dueOn, row.effectiveDue])).toEqual([
      [saturday, '2026-11-23'],
      [saturday, saturday],
    ]);
  });

  it('adds up to the amount, for any template and any amount, or is refused for a line of 0', () => {
    const share = fc.record({
      kind: fc.constant('share' as const),
      weight: fc.integer({ min: 1, max: 1000 }),
    });
    const fixed = fc.record({
      kind: fc.constant('fixed' as const),
      amount: fc.bigInt({ min: 1n, max: 10_000_000n }),
    });
    const generated = fc
      .record({
        parts: fc.array(fc.oneof(share, fixed), { minLength: 1, maxLength: 20 }),
        rest: fc.boolean(),
      })
      .map(({ parts, rest }) => {
        const hasFixed = parts.some((part) => part.kind === 'fixed');
        const weights = parts.reduce((sum, part) => sum + (part.kind === 'share' ? part.weight : 0), 0);
        const room = rest || hasFixed ? 9000 : 10_000;
        const lines = parts.map((part) =>
          part.kind === 'share'
            ? line({ shareBp: Math.max(1, Math.floor((part.weight * room) / Math.max(weights, 1))) })
            : line({ fixedAmount: part.amount }),
        );
        if (rest || hasFixed) return [...lines, line({ isRemainder: true })];
        const used = lines.slice(0, -1).reduce((sum, one) => sum + (one.shareBp ?? 0), 0);
        return [...lines.slice(0, -1), line({ shareBp: 10_000 - used })];
      });
    let made = 0;
    fc.assert(
      fc.property(
        generated,
        fc.oneof(fc.bigInt({ min: 1n, max: MAX_MINOR }), fc.bigInt({ min: 1n, max: 5_000n })),
        fc.constantFrom('fen' as const, 'yuan' as const),
        (lines, amount, rounding) => {
          const made3 = template(lines, { rounding, currency: 'CNY' });
          let rows: ReturnType<typeof rowsOfTemplate>;
          try {
            rows = rowsOfTemplate(made3, amount, 'CNY', {}, calendar);
          } catch (error) {
            expect(isDomainError(error, 'template.line_empty')).toBe(true);
            return;
          }
          made += 1;
          expect(rows).toHaveLength(lines.length);
          expect(rows.reduce((sum, row) => sum + row.amount, 0n)).toBe(amount);
          const unit = rounding === 'yuan' ? 100n : 1n;
          rows.forEach((row, index) => {
            expect(row.amount).toBeGreaterThan(0n);
            const bp = made3.lines[index]?.shareBp;
            if (bp == null || index === rows.length - 1) return;
            expect(row.amount % unit).toBe(0n);
            // At most one unit below the exact share, never above it.
            const short = amount * BigInt(bp) - row.amount * 10_000n;
            expect(short >= 0n && short < unit * 10_000n).toBe(true);
          });
        },
      ),
      { numRuns: 500 },
    );
    expect(made).toBeGreaterThan(100);
  });

  it('gives a date to exactly the lines whose anchor is known', () => {
    fc.assert(
      fc.property(fc.subarray(['signing', 'shipment', 'acceptance', 'warranty_end'] as const), (known) => {
        const anchors = Object.fromEntries(known.map((kind) => [kind, addDays(localDate('2026-11-21'), 40)]));
        const rows = rowsOfTemplate(plan3331, 10_000n, 'CNY', anchors, calendar);
        for (const row of rows) {
          expect(row.dueOn !== null).toBe(known.some((kind) => kind === row.anchorKind));
          expect(row.effectiveDue).toBe(row.dueOn);
        }
      }),
    );
  });
});

describe('what a template must be', () => {
  it.each([
    [
      [line({ shareBp: 5000 }), line({ shareBp: 4999 })],
      ['template.shares', { percent: '99.99' }],
    ],
    [
      [line({ shareBp: 6000 }), line({ shareBp: 6000 })],
      ['template.shares', { percent: '120' }],
    ],
    [
      [line({ shareBp: 10_000 }), line({ isRemainder: true })],
      ['template.shares', { percent: '100' }],
    ],
    [
      [line({ fixedAmount: 5n }), line({ shareBp: 10_000 })],
      ['template.shares', { percent: '100' }],
    ],
    [
      [line({ isRemainder: true }), line({ shareBp: 5000 })],
      ['template.remainder_last', { line: 1 }],
    ],
    [
      [line({ shareBp: 5000 }), line({ isRemainder: true }), line({ isRemainder: true })],
      ['template.remainder_last', { line: 2 }],
    ],
    [
      [line({}), line({ isRemainder: true })],
      ['template.line_amount', { line: 1 }],
    ],
    [
      [line({ shareBp: 5000, fixedAmount: 1n }), line({ isRemainder: true })],
      ['template.line_amount', { line: 1 }],
    ],
    [[line({ shareBp: 5000, isRemainder: true })], ['template.line_amount', { line: 1 }]],
    [
      [line({ fixedAmount: 5n }), line({ isRemainder: true })],
      ['template.currency_missing', {}],
    ],
  ])('is refused otherwise: %#', (lines, expected) => {
    expect(code(() => template(lines))).toEqual(expected);
  });

  it('may be one remainder line, and forgets a currency that it does not need', () => {
    expect(template([line({ isRemainder: true })], { currency: 'CNY' })).toMatchObject({ currency: null });
  });

  it.each([
    ['no line', []],
    ['61 lines', Array.from({ length: 61 }, () => line({ shareBp: 100 }))],
    ['a negative share', [line({ shareBp: -1 })]],
    ['half a basis point', [line({ shareBp: 0.5 })]],
    ['a fixed amount of 0', [line({ fixedAmount: 0n })]],
    ['a line without a name', [line({ name: ' ', shareBp: 10_000 })]],
    ['a 32nd day', [line({ shareBp: 10_000, anchorOffset: { dayOfMonth: 32 } })]],
  ])('is refused as input: %s', (_name, lines) => {
    expect(templateInput.safeParse({ code: 'T', name: 'T', lines }).success).toBe(false);
  });

  it('writes basis points as percent', () => {
    expect([3000, 3333, 5, 10_000, 1250].map(percentOf)).toEqual(['30', '33.33', '0.05', '100', '12.5']);
  });
});
