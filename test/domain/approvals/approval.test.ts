import { describe, expect, it } from 'vitest';
import { ROLES } from '../../../src/domain/access.js';
import {
  APPROVER_ROLES,
  type Candidate,
  completesStep,
  decideWho,
  isOut,
  isUndecided,
  mayDecide,
  rolesInPlace,
  type StepQuestion,
} from '../../../src/domain/approvals/approval.js';
import { randomFrom } from '../../support/random.js';

const chance = (seed: number) => {
  const next = randomFrom(seed);
  return {
    pick: <T>(items: readonly T[]): T => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    some: <T>(items: readonly T[]): T[] => items.filter(() => next() < 0.3),
  };
};

const step = (more: Partial<StepQuestion> = {}): StepQuestion => ({
  mode: 'any',
  roles: ['finance'],
  ids: [],
  namedIds: [],
  approvedIds: [],
  laterRoles: [],
  involvedIds: [],
  earlierIds: [],
  ...more,
});
const person = (id: string, roles: string[] = [], leads = false, may = true): Candidate => ({
  id,
  roles,
  leads,
  may,
});

describe('who may decide a step', () => {
  it.each<[string, StepQuestion, Candidate, Candidate[], boolean, unknown]>([
    ['holds the role', step(), person('a', ['finance']), [], false, { ok: true, asId: 'a', solo: false }],
    ['is named', step({ ids: ['a'] }), person('a'), [], false, { ok: true, asId: 'a', solo: false }],
    [
      'was found by a role and has lost it',
      step({ ids: ['a'] }),
      person('a', ['rep'], false, false),
      [],
      false,
      { ok: false, why: 'not_asked' },
    ],
    [
      'is named by the flow, whatever their role',
      step({ ids: ['a'], namedIds: ['a'] }),
      person('a', ['rep'], false, false),
      [],
      false,
      { ok: true, asId: 'a', solo: false },
    ],
    [
      'holds the role beside another one',
      step(),
      person('a', ['rep', 'finance']),
      [],
      false,
      { ok: true, asId: 'a', solo: false },
    ],
    [
      'leads and holds a role of a later step beside another one',
      step({ roles: ['manager'], ids: ['m'], laterRoles: ['sales_director'] }),
      person('d', ['rep', 'sales_director'], true),
      [],
      false,
      { ok: false, why: 'not_asked' },
    ],
    ['has another role', step(), person('a', ['rep']), [], false, { ok: false, why: 'not_asked' }],
    [
      'leads the owner where the manager is asked',
      step({ roles: ['manager'], ids: ['m'] }),
      person('d', ['sales_director'], true),
      [],
      false,
      { ok: true, asId: 'd', solo: false },
    ],
    [
      'does not lead the owner where the manager is asked',
      step({ roles: ['manager'], ids: ['m'] }),
      person('d', ['sales_director'], false),
      [],
      false,
      { ok: false, why: 'not_asked' },
    ],
    [
      'leads the owner where finance is asked',
      step({ roles: ['finance'] }),
      person('d', ['sales_director'], true),
      [],
      false,
      { ok: false, why: 'not_asked' },
    ],
    [
      'leads the owner where all named managers must approve',
      step({ mode: 'all', roles: ['manager'], ids: ['m'] }),
      person('d', ['sales_director'], true),
      [],
      false,
      { ok: false, why: 'not_asked' },
    ],
    [
      'leads, but a later step asks their role',
      step({ roles: ['manager'], ids: ['m'], laterRoles: ['sales_director'] }),
      person('d', ['sales_director'], true),
      [],
      false,
      { ok: false, why: 'not_asked' },
    ],
    [
      'recorded it',
      step({ involvedIds: ['a'] }),
      person('a', ['finance']),
      [],
      false,
      { ok: false, why: 'involved' },
    ],
    [
      'decided a step before',
      step({ earlierIds: ['a'] }),
      person('a', ['finance']),
      [],
      false,
      { ok: false, why: 'had_a_say' },
    ],
    [
      'decided a step before and recorded it',
      step({ involvedIds: ['a'], earlierIds: ['a'] }),
      person('a', ['finance']),
      [],
      false,
      { ok: false, why: 'involved' },
    ],
    [
      'has approved already where all must, and stands in for whoever recorded it',
      step({ mode: 'all', ids: ['a', 'b'], approvedIds: ['a'], involvedIds: ['b'] }),
      person('a'),
      [person('b')],
      false,
      { ok: false, why: 'had_a_say' },
    ],
    [
      'stands in for somebody who has approved already',
      step({ mode: 'all', ids: ['a', 'b'], approvedIds: ['a'] }),
      person('c'),
      [person('a')],
      false,
      { ok: false, why: 'had_a_say' },
    ],
    [
      'decides in the place of somebody',
      step(),
      person('b', ['rep']),
      [person('a', ['finance'])],
      false,
      { ok: true, asId: 'a', solo: false },
    ],
    [
      'in the place of somebody who recorded it',
      step({ involvedIds: ['a'] }),
      person('b', ['rep']),
      [person('a', ['finance'])],
      false,
      { ok: false, why: 'involved' },
    ],
    [
      'recorded it and stands in for somebody',
      step({ involvedIds: ['b'] }),
      person('b', ['rep']),
      [person('a', ['finance'])],
      false,
      { ok: false, why: 'involved' },
    ],
    [
      'is the only finance user of a company that allows it',
      step({ involvedIds: ['a'] }),
      person('a', ['finance']),
      [],
      true,
      { ok: true, asId: 'a', solo: true },
    ],
    [
      'has approved already where all must',
      step({ mode: 'all', ids: ['a', 'b'], approvedIds: ['a'] }),
      person('a'),
      [],
      false,
      { ok: false, why: 'had_a_say' },
    ],
    [
      'has approved already where all must, and stands in for another of them',
      step({ mode: 'all', ids: ['a', 'b'], approvedIds: ['a'] }),
      person('a'),
      [person('b')],
      false,
      { ok: false, why: 'had_a_say' },
    ],
    [
      'has approved in the place of one and stands in for another, where all must',
      step({ mode: 'all', ids: ['a', 'b'], approvedIds: ['a', 'c'] }),
      person('c'),
      [person('a'), person('b')],
      false,
      { ok: false, why: 'had_a_say' },
    ],
    [
      'is not among all who must',
      step({ mode: 'all', ids: ['a', 'b'] }),
      person('c', ['finance']),
      [],
      false,
      { ok: false, why: 'not_asked' },
    ],
  ])('%s', (_name, question, actor, principals, solo, expected) => {
    expect(decideWho(question, actor, principals, solo)).toEqual(expected);
  });

  it('is never involved, never decided before, whatever the people and their delegates', () => {
    const { pick, some } = chance(20261126);
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (let round = 0; round < 5_000; round += 1) {
      const question = step({
        mode: pick(['any', 'all']),
        roles: some(APPROVER_ROLES),
        ids: some(ids),
        approvedIds: some(ids),
        laterRoles: some(ROLES),
        involvedIds: some(ids),
        earlierIds: some(ids),
      });
      const any = (id: string) => person(id, some(ROLES), pick([true, false]));
      const actor = any(pick(ids));
      const verdict = decideWho(question, actor, some(ids).map(any), false);
      if (!verdict.ok) continue;
      for (const id of [actor.id, verdict.asId]) {
        expect(question.involvedIds).not.toContain(id);
        expect(question.earlierIds).not.toContain(id);
        expect(question.approvedIds).not.toContain(id);
      }
      expect(verdict.solo).toBe(false);
    }
  });

  it('is left out of views by the same rule', () => {
    const { pick, some } = chance(7);
    const ids = ['a', 'b', 'c'];
    for (let round = 0; round < 2_000; round += 1) {
      const question = step({
        mode: pick(['any', 'all']),
        roles: some(APPROVER_ROLES),
        ids: some(ids),
        approvedIds: some(ids),
        involvedIds: some(ids),
        earlierIds: some(ids),
      });
      const actor = person(pick(ids), some(ROLES), pick([true, false]));
      const shown = mayDecide(actor, { question, delegates: [] });
      expect(shown).toBe(decideWho(question, actor, [], false).ok);
    }
    expect(mayDecide(person('z'), { question: step(), delegates: [{ id: 'z' }] })).toBe(true);
    expect(mayDecide(person('y'), { question: step(), delegates: [{ id: 'z' }] })).toBe(false);
    const done = step({ mode: 'all', approvedIds: ['z'] });
    expect(mayDecide(person('z'), { question: done, delegates: [{ id: 'z' }] })).toBe(false);
    expect(mayDecide(person('z', ['finance']), { question: null, delegates: [] })).toBe(false);
  });
});

it('a step of all ends with the last of them', () => {
  expect(completesStep(step({ mode: 'any' }), 'a')).toBe(true);
  expect(completesStep(step({ mode: 'any', ids: ['b', 'c'] }), 'a')).toBe(true);
  const all = step({ mode: 'all', ids: ['a', 'b'] });
  expect(completesStep(all, 'a')).toBe(false);
  expect(completesStep({ ...all, approvedIds: ['b'] }, 'a')).toBe(true);
});

it('looks for others only as far as the table of roles lets them', () => {
  expect(rolesInPlace(['manager'], ['sales_manager', 'sales_director', 'finance_manager'])).toEqual([
    'sales_director',
    'finance_manager',
  ]);
  expect(rolesInPlace(['manager'], ['sales_manager', 'sales_director'])).toEqual(['sales_director']);
  expect(rolesInPlace(['finance'], ['finance', 'finance_manager'])).toEqual(['finance_manager']);
  expect(rolesInPlace(['finance_manager'], ['finance', 'finance_manager'])).toEqual([]);
});

it('can be taken back until a step is decided', () => {
  expect(isUndecided({ decidedSteps: [] })).toBe(true);
  expect(isUndecided({ decidedSteps: [{}] })).toBe(false);
});

it('leaves out who is involved, and whose hand is in this step or in one before', () => {
  const question = { involvedIds: ['a'], earlierIds: ['b'], approvedIds: ['c'] };
  expect(['a', 'b', 'c', 'd'].filter((id) => isOut(question, id))).toEqual(['a', 'b', 'c']);
});

it.each([
  ['sales_manager', 'sales_director'],
  ['finance_manager', 'sales_director'],
  ['finance', 'finance_manager'],
] as const)('looks in the place of a %s among those of role %s', (role, other) => {
  expect(rolesInPlace([role], ['sales_director', 'finance_manager'])).toEqual([other]);
});
