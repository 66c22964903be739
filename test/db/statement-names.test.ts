import { expect, it } from 'vitest';
import { PLANNED_ANEW, statementNames } from '../../src/db/statement-names.js';

it('names a text once, different texts differently, and no more than its bound', () => {
  const nameOf = statementNames(2);
  const first = nameOf({ sql: 'SELECT 1' });
  expect(first).toMatch(/^hk_[\w-]{22}$/);
  expect(nameOf({ sql: 'SELECT 1' })).toBe(first);
  expect(nameOf({ sql: 'SELECT 2' })).not.toBe(first);
  expect(nameOf({ sql: 'SELECT 3' })).toBe('');
  expect(nameOf({ sql: 'SELECT 1' })).toBe(first);
});

it('gives no name to what is to be planned for its values', () => {
  const nameOf = statementNames(1);
  expect(nameOf({ sql: `${PLANNED_ANEW.sql}\n SELECT 1` })).toBe('');
  expect(nameOf({ sql: 'SELECT 1' })).not.toBe('');
});
