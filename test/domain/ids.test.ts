// Ids are UUIDs of version 7 that sort in the order in which they were made.
import { validate, version } from 'uuid';
import { expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.js';

it('ids are of version 7, distinct, and sort by their time and then as they were made', () => {
  const early = new Date('2026-11-20T04:00:00.123Z');
  const later = new Date('2026-11-20T04:00:00.124Z');
  const ids = [...Array.from({ length: 3000 }, () => newId(early)), newId(later)];
  for (const id of ids) expect(validate(id) && version(id), id).toBe(7);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  expect(ids[0]?.replace('-', '').slice(0, 12)).toBe(early.getTime().toString(16).padStart(12, '0'));
});
