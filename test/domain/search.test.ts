import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gramsToFind,
  rarestGrams,
  searchGramsOf,
  searchTextOf,
  shareHolding,
} from '../../src/domain/search.js';

describe('search text', () => {
  it.each([
    ['华为', 'hw', 'huawei'],
    ['重庆长安', 'cqca', 'zqca', 'chongqing', 'zhongqing', 'changan', 'zhangan'],
    ['厦门银行', 'xmyh', 'xiamen', 'shamen', 'xingxing'.slice(0, 4)],
    ['ＡＢＣ公司', 'abc', 'abcgongsi'],
    ['IBM China', 'ibm', 'china'],
  ])('%s is found by every way of writing it', (name, ...words) => {
    for (const word of words) expect(searchTextOf(name), word).toContain(word);
  });

  it('keeps few spellings of a name full of signs with several readings', () => {
    expect(searchTextOf('行'.repeat(100)).split(' ').length).toBeLessThan(20);
  });

  it('takes nothing for nothing', () => expect(searchTextOf(null, '', undefined)).toBe(''));
});

describe('pairs', () => {
  it('a text that holds a word holds every pair that is looked up for it', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'ab1-%_华为重😀é'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(letters, letters, letters, (before, word, after) => {
        const grams = searchGramsOf(`${before}${word}${after} x`);
        expect(grams).toEqual(expect.arrayContaining(gramsToFind([word])));
      }),
    );
  });

  it('looks up the rarest pairs where it is known how many hold them', () => {
    const shares: Record<string, number> = {
      be: 0.08,
      ei: 0.1,
      ij: 0.05,
      ji: 0.6,
      in: 0.9,
      ng: 0.95,
      '42': 0.05,
      kb: 1,
    };
    const shareOf = (pair: string) => shares[pair] ?? 0.001;
    expect(rarestGrams(['beijing'], shareOf)).toEqual(['ij', 'be', 'ei']);
    expect(rarestGrams(['a'], shareOf)).toEqual([]);
    // Letters come together, digits and words do not.
    expect(shareHolding(['beijing'], shareOf)).toBe(0.05);
    expect(shareHolding(['kb42', 'beijing'], shareOf)).toBeCloseTo(1 * 0.05 * 0.001 * 0.05);
    expect(shareHolding(['a'], shareOf)).toBe(1);
  });

  it('looks up nothing for a letter that everybody has, and few for a long word', () => {
    expect(gramsToFind(['a'])).toEqual([]);
    expect(gramsToFind(['华'])).toEqual(['华']);
    expect(gramsToFind(['hw'])).toEqual(['hw']);
    expect(gramsToFind(['abcdefghijklmnop'])).toHaveLength(6);
  });
});
