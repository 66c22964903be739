import { describe, expect, it } from 'vitest';
import { checkTerms, type TermsFacts } from '../../../src/domain/contracts/terms.js';
import { localDate } from '../../../src/domain/local-date.js';
import type { AnchorKind } from '../../../src/domain/plans/anchor.js';

const TODAY = localDate('2026-11-20');
const row = (
  seq: number,
  dueOn: string | null,
  amount = 50n,
  isRetention = false,
  anchorKind: AnchorKind | null = null,
) => ({
  seq,
  amount,
  dueOn: dueOn === null ? null : localDate(dueOn),
  isRetention,
  anchorKind,
});
const facts = (more: Partial<TermsFacts> = {}): TermsFacts => ({
  amount: 100n,
  signedOn: localDate('2026-11-01'),
  milestones: {},
  rows: [row(1, '2026-12-01'), row(2, '2027-01-01')],
  ...more,
});
const expected = (date: string) => ({ expectedOn: localDate(date), actualOn: null });

describe('terms check', () => {
  it('passes a whole plan with future dates', () => {
    expect(checkTerms(facts(), TODAY)).toEqual([
      { term: 'sum', ok: true, total: 100n },
      { term: 'dates', ok: true },
      { term: 'anchors', ok: true },
    ]);
  });

  it.each([
    ['there is no plan', [], { problem: 'no_plan' }],
    ['something is missing', [row(1, '2026-12-01', 99n)], { problem: 'missing', difference: 1n }],
    ['it is too much', [row(1, '2026-12-01', 101n)], { problem: 'excess', difference: 1n }],
  ])('says of the sum that %s', (_name, rows, line) => {
    expect(checkTerms(facts({ rows }), TODAY)[0]).toEqual({ term: 'sum', ok: false, ...line });
  });

  it('calls nothing else complete where there is no plan', () => {
    expect(checkTerms(facts({ rows: [] }), TODAY)).toEqual([{ term: 'sum', ok: false, problem: 'no_plan' }]);
  });

  it('names rows without a date, past ones and ones before signing, each in its line', () => {
    const rows = [row(1, null), row(2, '2026-11-19'), row(3, '2026-10-31'), row(4, '2026-11-20')];
    const lines = checkTerms(facts({ rows }), TODAY).filter((line) => line.term === 'dates');
    expect(lines).toEqual([
      { term: 'dates', ok: false, problem: 'undated', seqs: [1] },
      { term: 'dates', ok: false, problem: 'past', seqs: [2, 3] },
      { term: 'dates', ok: false, problem: 'before_signing', seqs: [3] },
    ]);
  });

  it('notices milestones in the wrong order; what happened counts before what was expected', () => {
    const milestones = {
      shipment: { expectedOn: localDate('2026-12-01'), actualOn: localDate('2027-02-01') },
      acceptance: expected('2027-01-01'),
      warranty_end: expected('2028-01-01'),
    };
    expect(checkTerms(facts({ milestones }), TODAY)).toContainEqual({
      term: 'dates',
      ok: false,
      problem: 'milestone_order',
      first: 'shipment',
      second: 'acceptance',
    });
    const inOrder = { ...milestones, shipment: expected('2026-12-01') };
    expect(checkTerms(facts({ milestones: inOrder }), TODAY)).toContainEqual({ term: 'dates', ok: true });
  });

  it('asks for the warranty end of a retention', () => {
    const rows = [row(1, '2026-12-01'), row(2, '2027-12-01', 50n, true)];
    expect(checkTerms(facts({ rows }), TODAY)).toContainEqual({
      term: 'anchors',
      ok: false,
      problem: 'no_warranty_end',
      seqs: [2],
    });
    const milestones = { warranty_end: expected('2027-12-01') };
    expect(checkTerms(facts({ rows, milestones }), TODAY)).toContainEqual({ term: 'anchors', ok: true });
  });

  it('names the milestones that undated rows wait for, each with its rows', () => {
    const rows = [
      row(1, '2026-12-01', 25n, false, 'signing'),
      row(2, null, 25n, false, 'acceptance'),
      row(3, null, 25n, false, 'acceptance'),
      row(4, null, 25n, true, 'warranty_end'),
    ];
    const lines = checkTerms(facts({ rows }), TODAY).filter((line) => line.term === 'anchors');
    expect(lines).toEqual([
      { term: 'anchors', ok: false, problem: 'no_warranty_end', seqs: [4] },
      { term: 'anchors', ok: false, problem: 'missing', anchor: 'acceptance', seqs: [2, 3] },
    ]);
  });
});
