import { expect, it } from 'vitest';
import { statementNames } from '../../src/db/statement-names.js';

it('names a text once, different texts differently, and no more than its bound', () => {
  const nameOf = statementNames(2);
  const first = nameOf({ sql: 'SELECT 1' });
  expect(first).toMatch(/^hk_[\w-]{22}$/);
  expect(nameOf({ sql: 'SELECT 1' })).toBe(first);
  expect(nameOf({ sql: 'SELECT 2' })).not.toBe(first);
  expect(nameOf({ sql: 'SELECT 3' })).toBe('');
  expect(nameOf({ sql: 'SELECT 1' })).toBe(first);
});
