import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, localDate } from '../../../src/domain/local-date.js';
import {
  type AllocationTarget,
  type OpenItem,
  orderForSplit,
  proposeAllocation,
  redistribute,
  validateSplit,
} from '../../../src/domain/receipts/allocation.js';

const today = localDate('2026-11-21');
const item = (
  id: string,
  outstanding: bigint,
  due: string | null,
  more: Partial<OpenItem> = {},
): OpenItem => ({
  id,
  contractId: id.slice(0, 1),
  seq: Number(id.slice(1)),
  outstanding,
  effectiveDue: due === null ? null : localDate(due),
  disputed: false,
  blocked: false,
  isRetention: false,
  ...more,
});
// Contract A: late, coming, far. Contract B: late, coming.
const a1 = item('A1', 100n, '2026-10-01');
const a2 = item('A2', 200n, '2026-12-01');
const a3 = item('A3', 300n, '2027-03-01');
const b1 = item('B1', 150n, '2026-09-01');
const b2 = item('B2', 250n, '2027-01-01');
const all = [a3, b2, a2, b1, a1];

const propose = (amount: bigint, target: AllocationTarget, open: readonly OpenItem[] = all) => {
  const { lines, unapplied } = proposeAllocation({ amount, target, open, today });
  return [...lines.map((line) => `${line.instalmentId} ${line.amount} ${line.reason}`), `rest ${unapplied}`];
};

describe('a receipt on an instalment', () => {
  it('pays that one, exactly or in part', () => {
    expect(propose(200n, { instalmentId: 'A2' })).toEqual(['A2 200 exact_amount', 'rest 0']);
    expect(propose(50n, { instalmentId: 'A2' })).toEqual(['A2 50 target', 'rest 0']);
  });

  it('goes on to its contract by due date, then to overdue rows elsewhere, then to prepayment', () => {
    expect(propose(850n, { instalmentId: 'A2' })).toEqual([
      'A2 200 target',
      'A1 100 oldest_due',
      'A3 300 oldest_due',
      'B1 150 oldest_due',
      'rest 100',
    ]);
  });

  it('takes a disputed or blocked row that was chosen, and no other', () => {
    const open = [{ ...a1, disputed: true }, { ...a2, blocked: true }, a3];
    expect(propose(1000n, { instalmentId: 'A1' }, open)).toEqual([
      'A1 100 target',
      'A3 300 oldest_due',
      'rest 600',
    ]);
    expect(propose(100n, { instalmentId: 'A2' }, open)).toEqual(['A2 100 target', 'rest 0']);
  });

  it('prefers the chosen row to another of exactly the amount', () => {
    expect(propose(300n, { instalmentId: 'A2' })).toEqual(['A2 200 target', 'A1 100 oldest_due', 'rest 0']);
  });

  it('falls back to the oldest due when the chosen row is no longer open', () => {
    expect(propose(40n, { instalmentId: 'gone' })).toEqual(['B1 40 oldest_due', 'rest 0']);
  });
});

describe('a receipt on a contract or a customer', () => {
  it('proposes the row of exactly the amount before the oldest, the oldest of several', () => {
    expect(propose(250n, { customerId: 'C' })).toEqual(['B2 250 exact_amount', 'rest 0']);
    expect(propose(300n, { contractId: 'A' })).toEqual(['A3 300 exact_amount', 'rest 0']);
    const equal = [
      item('A2', 200n, '2026-12-01'),
      item('A1', 200n, '2026-11-01'),
      item('B1', 50n, '2026-01-01'),
    ];
    expect(propose(200n, { customerId: 'C' }, equal)).toEqual(['A1 200 exact_amount', 'rest 0']);
  });

  it('else pays the oldest due first across contracts', () => {
    expect(propose(400n, { customerId: 'C' })).toEqual([
      'B1 150 oldest_due',
      'A1 100 oldest_due',
      'A2 150 oldest_due',
      'rest 0',
    ]);
  });

  it('stays in the contract, then takes overdue rows elsewhere', () => {
    expect(propose(700n, { contractId: 'A' })).toEqual([
      'A1 100 oldest_due',
      'A2 200 oldest_due',
      'A3 300 oldest_due',
      'B1 100 oldest_due',
      'rest 0',
    ]);
    expect(propose(250n, { contractId: 'A' })[0]).toBe('A1 100 oldest_due');
  });

  it('leaves disputed and blocked rows alone, even of exactly the amount', () => {
    const open = [
      { ...a1, disputed: true },
      { ...b1, blocked: true },
    ];
    expect(propose(100n, { customerId: 'C' }, open)).toEqual(['rest 100']);
  });

  it('puts undated rows after dated ones and retentions last', () => {
    const open = [
      item('A9', 10n, '2026-01-01', { isRetention: true }),
      item('A8', 10n, null),
      item('A7', 5n, '2027-01-01'),
    ];
    expect(propose(25n, { customerId: 'C' }, open)).toEqual([
      'A7 5 oldest_due',
      'A8 10 oldest_due',
      'A9 10 oldest_due',
      'rest 0',
    ]);
  });

  it('is due today but not overdue', () => {
    const open = [item('A1', 10n, null), item('B1', 10n, '2026-11-21'), item('B2', 10n, '2026-11-20')];
    expect(propose(25n, { contractId: 'A' }, open)).toEqual([
      'A1 10 oldest_due',
      'B2 10 oldest_due',
      'rest 5',
    ]);
  });
});

const anyItem = fc.record({
  contractId: fc.constantFrom('A', 'B', 'C'),
  seq: fc.integer({ min: 1, max: 9 }),
  outstanding: fc.bigInt({ min: 0n, max: 20n }),
  effectiveDue: fc.option(fc.integer({ min: -9, max: 9 }).map((n) => addDays(today, n))),
  disputed: fc.boolean(),
  blocked: fc.boolean(),
  isRetention: fc.boolean(),
});
const anyOpen = fc
  .array(anyItem, { maxLength: 8 })
  .map((items) => items.map((facts, index): OpenItem => ({ id: `i${index}`, ...facts })));
const anyTarget = fc.constantFrom<AllocationTarget>(
  { instalmentId: 'i0' },
  { instalmentId: 'i3' },
  { contractId: 'A' },
  { customerId: 'x' },
);
const amounts = fc.bigInt({ min: 1n, max: 100n });
const total = (lines: readonly { amount: bigint }[]) => lines.reduce((sum, line) => sum + line.amount, 0n);

describe('every proposal', () => {
  it('adds up, fits every row once, and is valid as a chosen split', () => {
    fc.assert(
      fc.property(amounts, anyTarget, anyOpen, (amount, target, open) => {
        const { lines, unapplied } = proposeAllocation({ amount, target, open, today });
        expect(total(lines) + unapplied).toBe(amount);
        expect(unapplied >= 0n && lines.every((line) => line.amount > 0n)).toBe(true);
        expect(new Set(lines.map((line) => line.instalmentId)).size).toBe(lines.length);
        expect(validateSplit({ amount, currency: 'CNY', lines, open })).toEqual({ ok: true });
      }),
      { numRuns: 500 },
    );
  });

  it('touches disputed and blocked rows only if chosen, and does not depend on the order given', () => {
    fc.assert(
      fc.property(amounts, anyTarget, anyOpen, (amount, target, open) => {
        const proposal = proposeAllocation({ amount, target, open, today });
        for (const line of proposal.lines) {
          const facts = open.find((candidate) => candidate.id === line.instalmentId);
          const isChosen = 'instalmentId' in target && target.instalmentId === line.instalmentId;
          expect(isChosen || (facts?.disputed === false && !facts.blocked)).toBe(true);
        }
        expect(proposeAllocation({ amount, target, open: open.toReversed(), today })).toEqual(proposal);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps money back from a customer only when nothing free is left', () => {
    fc.assert(
      fc.property(amounts, anyOpen, (amount, open) => {
        const { lines, unapplied } = proposeAllocation({ amount, target: { customerId: 'x' }, open, today });
        const free = open.filter((facts) => !facts.disputed && !facts.blocked);
        const room = free.reduce((sum, facts) => sum + facts.outstanding, 0n);
        expect(unapplied).toBe(amount > room ? amount - room : 0n);
        expect(total(lines)).toBe(amount > room ? room : amount);
      }),
    );
  });
});

describe('validateSplit', () => {
  const cny = (minor: bigint) => ({ minor, currency: 'CNY' });
  const check = (amount: bigint, ...lines: [string, bigint][]) =>
    validateSplit({
      amount,
      currency: 'CNY',
      lines: lines.map(([instalmentId, line]) => ({ instalmentId, amount: line })),
      open: all,
    });

  it('accepts a split below or equal to the receipt, also an empty one', () => {
    expect(check(300n, ['A1', 100n], ['A2', 200n])).toEqual({ ok: true });
    expect(check(300n, ['A1', 99n])).toEqual({ ok: true });
    expect(check(300n)).toEqual({ ok: true });
  });

  it('names the row that cannot take its line, also when two lines meet on it', () => {
    const refusal = {
      ok: false,
      code: 'receipt.exceeds_outstanding',
      params: { seq: 1, max: cny(100n), instalmentId: 'A1' },
    };
    expect(check(500n, ['A2', 200n], ['A1', 101n])).toEqual(refusal);
    expect(check(500n, ['A1', 60n], ['A1', 41n])).toEqual(refusal);
  });

  it('names what the split is over', () => {
    expect(check(250n, ['A1', 100n], ['A2', 200n])).toEqual({
      ok: false,
      code: 'receipt.split_exceeds',
      params: { split: cny(300n), amount: cny(250n), excess: cny(50n) },
    });
  });

  it('treats unknown rows and empty lines as a mistake of the caller', () => {
    expect(() => check(100n, ['forged', 1n])).toThrow(
      new RangeError('a line needs an open instalment and a positive amount'),
    );
    expect(() => check(100n, ['A1', 0n])).toThrow(RangeError);
    expect(() => check(100n, ['A1', -1n])).toThrow(RangeError);
  });
});

describe('the order of a split by hand', () => {
  it('has the oldest due first, disputed and blocked rows behind, retentions last', () => {
    const open = [
      { ...a1, isRetention: true },
      { ...b1, disputed: true },
      { ...b2, blocked: true },
      a3,
      a2,
      item('A9', 5n, null),
    ];
    expect(orderForSplit(open).map((one) => one.id)).toEqual(['A2', 'A3', 'A9', 'B1', 'B2', 'A1']);
  });
});

describe('the order of open rows', () => {
  const due = '2026-12-01';
  // The day, then the contract, then the number, then the id; without a day last, retentions after everything.
  const ordered = [
    item('A1', 1n, '2026-11-30', { contractId: 'B', seq: 9 }),
    item('A3', 1n, due, { contractId: 'A', seq: 2 }),
    item('A5', 1n, due, { contractId: 'A', seq: 10 }),
    item('A2', 1n, due, { contractId: 'B', seq: 1 }),
    item('A4', 1n, due, { contractId: 'B', seq: 1 }),
    item('A9', 1n, null, { contractId: 'A', seq: 3 }),
    item('A8', 1n, null, { contractId: 'A', seq: 4 }),
    item('A6', 1n, null, { contractId: 'B', seq: 1 }),
    item('A7', 1n, '2026-01-01', { isRetention: true }),
    item('A0', 1n, null, { isRetention: true }),
  ];
  const ids = ordered.map((one) => one.id);

  it('is the same however the rows are read: the same facts give the same card', () => {
    const orders = fc.shuffledSubarray(ordered, { minLength: ordered.length });
    fc.assert(
      fc.property(orders, (open) => {
        expect(orderForSplit(open).map((one) => one.id)).toEqual(ids);
        const { lines } = proposeAllocation({ amount: 10n, target: { customerId: 'C' }, open, today });
        expect(lines.map((line) => line.instalmentId)).toEqual(ids);
      }),
    );
    for (const open of [ordered, ordered.toReversed()])
      expect(orderForSplit(open).map((one) => one.id)).toEqual(ids);
  });

  it.each(ordered.slice(1).map((later, index) => [ordered[index]?.id, later.id, index] as const))(
    '%s comes before %s, whichever is read first',
    (earlierId, laterId, index) => {
      const pair = ordered.slice(index, index + 2);
      for (const open of [pair, pair.toReversed()])
        expect(orderForSplit(open).map((one) => one.id)).toEqual([earlierId, laterId]);
    },
  );
});

describe('redistribute', () => {
  it('cuts a line to what is left and drops a row that is paid', () => {
    const lines = [
      { instalmentId: 'A1', amount: 100n },
      { instalmentId: 'A2', amount: 150n },
      { instalmentId: 'gone', amount: 7n },
    ];
    expect(redistribute(lines, [{ ...a1, outstanding: 30n }, a2])).toEqual({
      lines: [
        { instalmentId: 'A1', amount: 30n },
        { instalmentId: 'A2', amount: 150n },
      ],
      freed: 77n,
    });
  });

  it('leaves a split that still fits as it is', () => {
    const lines = [{ instalmentId: 'A1', amount: 10n }];
    expect(redistribute(lines, all)).toEqual({ lines, freed: 0n });
  });

  it('preserves the sum, fits every row and repairs only once', () => {
    const chosen = fc.array(
      fc.record({
        instalmentId: fc.constantFrom('i0', 'i1', 'i2', 'i9'),
        amount: fc.bigInt({ min: 1n, max: 30n }),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(chosen, anyOpen, (lines, open) => {
        const repaired = redistribute(lines, open);
        expect(total(repaired.lines) + repaired.freed).toBe(total(lines));
        expect(validateSplit({ amount: 1000n, currency: 'CNY', lines: repaired.lines, open })).toEqual({
          ok: true,
        });
        expect(redistribute(repaired.lines, open)).toEqual({ lines: repaired.lines, freed: 0n });
      }),
    );
  });
});
