// The company's lists: entries are added, renamed, switched off, never deleted (F17).
import { describe, expect, it } from 'vitest';
import { MAX_ENTRIES, readCurrencies, withEntry } from '../../src/domain/settings/dictionaries.js';

const entry = (key: string, active = true) => ({ key, zh: `中${key}`, en: `en ${key}`, active });
const LIST = [entry('vehicle'), entry('parts', false)];

describe('an entry', () => {
  it('is added with a key of its own', () => {
    for (const [en, key] of [
      ['Engineering works', 'engineering_works'],
      ['Vehicle', 'vehicle_2'],
      ['工程', 'entry'],
    ] as const) {
      const result = withEntry(LIST, { key: null, zh: '新', en, active: true });
      expect(result.ok && result.entries.at(-1)).toEqual({ key, zh: '新', en, active: true });
    }
  });

  it('is renamed under the same key', () => {
    const result = withEntry(LIST, { key: 'vehicle', zh: '整机', en: 'Machine', active: true });
    expect(result).toEqual({
      ok: true,
      entries: [{ key: 'vehicle', zh: '整机', en: 'Machine', active: true }, LIST[1]],
    });
  });

  it.each([
    ['an unknown one', { key: 'x', zh: '甲', en: 'a', active: true }, 'unknown'],
    [
      'the last one switched off',
      { key: 'vehicle', zh: '整车', en: 'Vehicle', active: false },
      'last_active',
    ],
  ])('is refused: %s', (_name, input, problem) => {
    expect(withEntry(LIST, input)).toEqual({ ok: false, problem });
  });

  it.each([
    [{ zh: '中PARTS', en: 'new' }, 'zh'],
    [{ zh: '新', en: 'EN Parts' }, 'en'],
  ] as const)(
    'is refused where another is called so, in the language in which it is: %o',
    (names, language) => {
      const input = { key: null, ...names, active: true };
      expect(withEntry(LIST, input)).toEqual({ ok: false, problem: 'taken', by: LIST[1], language });
    },
  );

  it('is refused beyond what a window shows', () => {
    const full = Array.from({ length: MAX_ENTRIES }, (_, n) => entry(`k${n}`));
    expect(withEntry(full, { key: null, zh: '多', en: 'more', active: true })).toEqual({
      ok: false,
      problem: 'full',
    });
  });
});

describe('currencies', () => {
  it.each([
    ['cny, usd，EUR', ['CNY', 'USD', 'EUR']],
    ['CNY CNY', ['CNY']],
    ['CNY, XYZ9', null],
    ['人民币', null],
  ])('%s', (text, codes) => {
    expect(readCurrencies(text)).toEqual(codes);
  });
});
