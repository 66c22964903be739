import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gramsToFind, searchGramsOf, searchTextOf } from '../../src/domain/search.js';

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

  it('looks up nothing for a letter that everybody has, and few for a long word', () => {
    expect(gramsToFind(['a'])).toEqual([]);
    expect(gramsToFind(['华'])).toEqual(['华']);
    expect(gramsToFind(['hw'])).toEqual(['hw']);
    expect(gramsToFind(['abcdefghijklmnop'])).toHaveLength(6);
  });
});
