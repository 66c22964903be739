// Names in the order in which people look for them.
import { expect, it } from 'vitest';
import { byName } from '../../src/domain/name-order.js';

it('is by pinyin, not by code point, and leaves those of the same name as they came', () => {
  const named = ['赵琳', '陈国栋', '王敏', '李雷', 'Emma', 'Bob', '李雷'].map((name, id) => ({ id, name }));
  expect(byName(named).map(({ id, name }) => `${name} ${id}`)).toEqual([
    '陈国栋 1',
    '李雷 3',
    '李雷 6',
    '王敏 2',
    '赵琳 0',
    'Bob 5',
    'Emma 4',
  ]);
});
