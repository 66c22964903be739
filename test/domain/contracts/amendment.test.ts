// What an amendment changes and when it no longer fits (F26; rules §3, §4 no. 2 and 3).
import { describe, expect, it } from 'vitest';
import { plainJson } from '../../../src/domain/audit.service.js';
import {
  type AmendmentAfter,
  amendmentAfter,
  amendmentSide,
  checkAmendment,
  composeAmendment,
  newlyDated,
  type PresentContract,
  type PresentRow,
  plannedAfter,
  rowChanges,
} from '../../../src/domain/contracts/amendment.js';
import { localDate } from '../../../src/domain/local-date.js';
import { randomFrom } from '../../support/random.js';

const ID = (n: number) => `0190a0a0-0000-7000-8000-00000000000${n}`;
const row = (n: number, more: Partial<PresentRow> = {}): PresentRow => ({
  id: ID(n),
  seq: n,
  name: `第${n}期`,
  amount: 100n,
  dueOn: localDate('2026-12-01'),
  isOpen: true,
  paid: 0n,
  proposed: 0n,
  ...more,
});
const FIELDS = { name: '合同', amount: 300n, paymentMethod: null, startsOn: null, endsOn: null };
const present = (
  rows: PresentRow[] = [row(1, { isOpen: false, paid: 100n }), row(2), row(3)],
): PresentContract => ({
  fields: FIELDS,
  rows,
});
const line = (amount: bigint, name = '改') => ({ name, amount, dueOn: localDate('2027-01-01') });
const plan = (rows: [number, ReturnType<typeof line> | null][], added: ReturnType<typeof line>[] = []) => ({
  rows: new Map(rows.map(([n, wanted]) => [ID(n), wanted])),
  added,
});

function compose(
  fields: Partial<typeof FIELDS>,
  wanted: ReturnType<typeof plan>,
  now = present(),
  keepRest = false,
) {
  const sides = composeAmendment(now, { ...FIELDS, ...fields }, wanted);
  if (!sides) throw new Error('nothing');
  const after: AmendmentAfter = { ...sides.after, keepRest };
  return { now, before: sides.before, after, problems: checkAmendment(now, sides.before, after) };
}

describe('composing', () => {
  it('is nothing where nothing changes', () => {
    const [, second] = present().rows;
    if (!second) throw new Error('no row');
    const same = { name: second.name, amount: second.amount, dueOn: second.dueOn };
    expect(composeAmendment(present(), FIELDS, plan([[2, same as ReturnType<typeof line>]]))).toBeNull();
  });

  it('keeps only what is touched, in the order of the plan, new rows last', () => {
    const { before, after } = compose(
      { amount: 400n },
      plan(
        [
          [2, null],
          [3, line(250n)],
        ],
        [line(50n, '新')],
      ),
    );
    expect(before.rows.map((one) => one.seq)).toEqual([2, 3]);
    expect(rowChanges(before, after).map((one) => one.change)).toEqual(['removed', 'changed', 'added']);
  });

  it('survives the way through JSON', () => {
    const { before, after } = compose({ amount: 400n }, plan([[3, line(250n)]], [line(50n)]));
    expect(amendmentSide.parse(plainJson({ ...before }))).toEqual(before);
    expect(amendmentAfter.parse(plainJson({ ...after }))).toEqual(after);
  });
});

describe('the sum', () => {
  it.each([
    ['equal', 400n, false, []],
    ['more than the amount', 399n, true, [{ problem: 'exceeds', difference: 1n }]],
    ['less than the amount', 401n, false, [{ problem: 'incomplete', difference: 1n }]],
    ['less, left for later', 401n, true, []],
  ] as const)('%s', (_name, amount, keepRest, problems) => {
    expect(compose({ amount }, plan([[3, line(150n)]], [line(50n)]), present(), keepRest).problems).toEqual(
      problems,
    );
  });

  it('counts what was paid, whatever is asked for the rest', () => {
    const chance = randomFrom(20261126);
    const random = { int: (below: number) => Math.floor(chance() * below) };
    for (let round = 0; round < 300; round += 1) {
      const rows = Array.from({ length: 1 + random.int(8) }, (_, index) =>
        row(index, { amount: BigInt(1 + random.int(1000)), isOpen: random.int(3) > 0 }),
      );
      const now = present(rows);
      const wanted = new Map(
        rows
          .filter((one) => one.isOpen && random.int(2) === 0)
          .map((one) => [one.id, random.int(3) === 0 ? null : line(BigInt(1 + random.int(1000)))]),
      );
      const added = Array.from({ length: random.int(3) }, () => line(BigInt(1 + random.int(1000))));
      const sides = composeAmendment(now, { ...FIELDS, amount: 1n }, { rows: wanted, added });
      if (!sides) continue;
      const kept = rows.reduce((sum, one) => {
        const asked = wanted.get(one.id);
        return asked === undefined ? sum + one.amount : sum + (asked?.amount ?? 0n);
      }, 0n);
      const expected = added.reduce((sum, one) => sum + one.amount, kept);
      expect(plannedAfter(now, sides.before, sides.after)).toBe(expected);
      const after = { ...sides.after, fields: { ...FIELDS, amount: expected }, keepRest: false };
      expect(checkAmendment(now, { ...sides.before, fields: FIELDS }, after)).toEqual([]);
    }
  });
});

describe('money', () => {
  it('never falls below what a row has', () => {
    const now = present([row(1, { paid: 60n }), row(2), row(3)]);
    expect(compose({ amount: 259n }, plan([[1, line(59n)]]), now).problems).toEqual([
      { problem: 'below_paid', rowId: ID(1), seq: 1, min: 60n },
    ]);
    expect(compose({ amount: 260n }, plan([[1, line(60n)]]), now).problems).toEqual([]);
  });

  it.each([
    ['applied', { paid: 60n }, 60n],
    ['waiting', { proposed: 40n }, 40n],
    ['both', { paid: 60n, proposed: 40n }, 100n],
  ])('keeps a row that has money %s', (_name, money, amount) => {
    const now = present([row(1, money), row(2), row(3)]);
    expect(compose({ amount: 200n }, plan([[1, null]]), now).problems).toEqual([
      { problem: 'has_money', rowId: ID(1), amount },
    ]);
  });
});

describe('what happened meanwhile', () => {
  const asked = () => compose({ amount: 400n }, plan([[3, line(200n)]]));

  it.each([
    ['the row was paid', [row(1), row(2), row(3, { isOpen: false, paid: 100n })]],
    ['the row is gone', [row(1), row(2)]],
    ['its date moved', [row(1), row(2), row(3, { dueOn: localDate('2026-12-02') })]],
    ['its amount changed', [row(1), row(2), row(3, { amount: 99n })]],
  ])('%s', (_name, rows) => {
    const { before, after } = asked();
    expect(checkAmendment(present(rows), before, after)).toEqual([{ problem: 'rows_changed', seqs: [3] }]);
  });

  it('part-payment does not matter while it leaves room', () => {
    const { before, after } = asked();
    expect(
      checkAmendment(present([row(1), row(2), row(3, { paid: 99n, proposed: 1n })]), before, after),
    ).toEqual([]);
  });

  it('other rows may be paid, and may not have been added', () => {
    const { before, after } = asked();
    const paid = row(2, { isOpen: false, paid: 100n });
    expect(checkAmendment(present([row(1), paid, row(3)]), before, after)).toEqual([]);
    expect(checkAmendment(present([row(1), row(2), row(3), row(4)]), before, after)).toEqual([
      { problem: 'exceeds', difference: 100n },
    ]);
  });

  it('a field that it changes was changed', () => {
    const { now, before, after } = asked();
    const elsewhere = { ...now, fields: { ...FIELDS, amount: 301n } };
    expect(checkAmendment(elsewhere, before, after)).toContainEqual({ problem: 'contract_changed' });
    expect(checkAmendment({ ...now, fields: { ...FIELDS, name: '别名' } }, before, after)).toEqual([]);
  });
});

it('asks for a day where a row is new or moves, not where it stays late', () => {
  const late = localDate('2026-10-01');
  const now = present([row(1), row(2, { dueOn: late }), row(3, { dueOn: null })]);
  const moved = localDate('2027-01-01');
  const { before, after } = compose(
    { amount: 400n },
    plan(
      [
        [1, line(100n)],
        [2, { ...line(100n, '改名'), dueOn: late }],
      ],
      [line(100n, '新')],
    ),
    now,
  );
  expect(newlyDated({ before, after })).toEqual([
    { id: ID(1), dueOn: moved },
    { id: null, dueOn: moved },
  ]);
  const undated = { ...after, rows: after.rows.map((one) => ({ ...one, dueOn: null })) };
  expect(newlyDated({ before, after: undated })).toEqual([]);
  expect(newlyDated({ before: { ...before, rows: [] }, after })).toHaveLength(3);
});
