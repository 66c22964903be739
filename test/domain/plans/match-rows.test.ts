// Which rows of a draft's plan stay, go or are new when a whole plan is wanted.
import { describe, expect, it } from 'vitest';
import { matchRows } from '../../../src/domain/plans/match-rows.js';
import { randomFrom } from '../../support/random.js';

const row = (id: string) => ({ id });

describe('matchRows', () => {
  it('keeps what is named, lets new rows take the place of those that go', () => {
    const found = matchRows([row('a'), row('b'), row('c')], [{ id: 'c' }, {}, {}, {}]);
    expect(found.kept).toEqual([
      { present: row('c'), wanted: { id: 'c' } },
      { present: row('a'), wanted: {} },
      { present: row('b'), wanted: {} },
    ]);
    expect(found).toMatchObject({ gone: [], added: [{}] });
    expect(matchRows([row('a'), row('b')], [{ id: 'b' }]).gone).toEqual([row('a')]);
  });

  it('takes a row that is named twice, or is none of the plan, once or not at all', () => {
    expect(matchRows([row('a')], [{ id: 'a' }, { id: 'a' }]).added).toEqual([{ id: 'a' }]);
    expect(matchRows([row('a')], [{ id: 'x' }])).toMatchObject({ kept: [{ present: row('a') }], gone: [] });
  });

  it('loses nothing and doubles nothing, whatever is wanted', () => {
    const next = randomFrom(7);
    for (let round = 0; round < 500; round += 1) {
      const present = Array.from({ length: Math.floor(next() * 6) }, (_none, n) => row(`p${n}`));
      const wanted = Array.from({ length: Math.floor(next() * 7) }, () =>
        next() < 0.5 ? {} : { id: `p${Math.floor(next() * 7)}` },
      );
      const { kept, gone, added } = matchRows(present, wanted);
      const ids = [...kept.map((pair) => pair.present), ...gone].map(({ id }) => id);
      expect(ids.toSorted()).toEqual(present.map(({ id }) => id));
      expect(kept.length + added.length).toBe(wanted.length);
      // A row goes only where fewer are wanted than there are.
      if (gone.length > 0) expect(added).toEqual([]);
    }
  });
});
