// Who stands below and above whom, case by case (rules §12, F99); test/services/reach.test.ts holds the SQL against it.
import { describe, expect, it } from 'vitest';
import {
  type PlacedDepartment,
  type PlacedPerson,
  peopleBelow,
  superiorOf,
} from '../../src/domain/members/reach.js';
import { belowSql, superiorSql } from '../../src/domain/members/reach.sql.js';

const person = (id: string, managerId: string | null, departmentId: string | null = null): PlacedPerson => ({
  id,
  managerId,
  departmentId,
});
const department = (id: string, parentId: string | null, directorId: string | null): PlacedDepartment => ({
  id,
  parentId,
  directorId,
});

/** Sales (head) › East (eva) and West (no head); tom and una in East, wim in West, max managed by tom alone. */
const DEPARTMENTS = [
  department('sales', null, 'head'),
  department('east', 'sales', 'eva'),
  department('west', 'sales', null),
  department('service', null, 'sam'),
];
const PEOPLE = [
  person('head', null),
  person('eva', null),
  person('tom', null, 'east'),
  person('una', 'tom', 'east'),
  person('wim', null, 'west'),
  person('max', 'tom'),
  person('sam', null, 'service'),
  person('sue', null, 'service'),
];
const below = (id: string) => peopleBelow(id, PEOPLE, DEPARTMENTS).toSorted();
const byId = new Map(DEPARTMENTS.map((one) => [one.id, one]));
const superior = (id: string) => {
  const found = PEOPLE.find((one) => one.id === id);
  return found ? superiorOf(found, byId) : undefined;
};

describe('below', () => {
  it('the head of a department: its people, its sub-departments, their heads, and whom these manage', () => {
    expect(below('head')).toEqual(['eva', 'max', 'tom', 'una', 'wim']);
    expect(below('eva')).toEqual(['max', 'tom', 'una']);
    expect(below('sam')).toEqual(['sue']);
  });

  it('without departments the managers’ tree alone; a member of a department sees nobody of it', () => {
    expect(below('tom')).toEqual(['max', 'una']);
    expect(below('una')).toEqual([]);
    expect(below('wim')).toEqual([]);
  });

  it('ends where data goes round in a circle', () => {
    const circle = [department('a', 'b', 'x'), department('b', 'a', null)];
    expect(peopleBelow('x', [person('x', null), person('y', null, 'b')], circle)).toEqual(['y']);
    expect(superiorOf(person('x', null, 'a'), new Map(circle.map((one) => [one.id, one])))).toBeNull();
  });
});

describe('above', () => {
  it('the manager first, else the head of the nearest department that is not the person', () => {
    expect(superior('una')).toBe('tom');
    expect(superior('tom')).toBe('eva');
    expect(superior('wim')).toBe('head');
    expect(superior('sam')).toBeNull();
    expect(superior('max')).toBe('tom');
  });
});

it('the SQL takes names only', () => {
  for (const text of ["u.id'; DROP", 'u.id OR TRUE', '']) {
    expect(() => belowSql(text)).toThrow(RangeError);
    expect(() => superiorSql(text)).toThrow(RangeError);
  }
});
