import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecipientRole } from '../../../src/domain/reminders/ladder.js';
import { type People, recipientsFor } from '../../../src/domain/reminders/recipients.js';

const people: People = {
  owner: 'rep',
  financeOwner: 'fin1',
  managers: ['mgr', 'dir1', 'top'],
  directors: ['dir0', 'dir1'],
  finance: ['fin1', 'fin2'],
  financeManagers: ['fm'],
  admins: ['adm1', 'adm2'],
  hasFinanceChannel: true,
};
const ROLES: RecipientRole[] = [
  'owner',
  'finance_owner',
  'sales_manager',
  'sales_director',
  'finance_manager',
];
const reach = (roles: RecipientRole[], more: Partial<People> = {}) => {
  const { recipients, toFinanceChannel, unreached } = recipientsFor(roles, { ...people, ...more });
  const words = recipients.map(
    ({ id, role, standsIn }) => `${id} as ${role}${standsIn ? ' (stands in)' : ''}`,
  );
  return [
    ...words,
    ...(toFinanceChannel ? ['#finance'] : []),
    ...unreached.map((role) => `nobody as ${role}`),
  ];
};

describe('recipientsFor', () => {
  it('reaches the holders', () => {
    expect(reach(ROLES)).toEqual([
      'rep as owner',
      'fin1 as finance_owner',
      'mgr as sales_manager',
      'dir1 as sales_director',
      'fm as finance_manager',
    ]);
  });

  it('sends one message to one person in two roles', () => {
    expect(
      reach(['sales_manager', 'sales_director', 'finance_manager'], {
        managers: ['dir1'],
        financeManagers: ['dir1'],
      }),
    ).toEqual(['dir1 as sales_manager']);
  });

  it('gives a row without an active owner to the manager, once', () => {
    expect(reach(['owner', 'sales_manager'], { owner: null })).toEqual(['mgr as owner (stands in)']);
    expect(reach(['owner'], { owner: null, managers: [] })).toEqual([
      'dir0 as owner (stands in)',
      'dir1 as owner (stands in)',
    ]);
    expect(reach(['owner'], { owner: null, managers: [], directors: [] })).toEqual([
      'adm1 as owner (stands in)',
      'adm2 as owner (stands in)',
    ]);
  });

  it('climbs from the manager to the directors to the admins', () => {
    expect(reach(['sales_manager'], { managers: [] })).toEqual([
      'dir0 as sales_manager (stands in)',
      'dir1 as sales_manager (stands in)',
    ]);
    expect(reach(['sales_manager'], { managers: [], directors: [] })).toEqual([
      'adm1 as sales_manager (stands in)',
      'adm2 as sales_manager (stands in)',
    ]);
    expect(reach(['sales_director'], { managers: ['mgr'] })).toEqual([
      'dir0 as sales_director',
      'dir1 as sales_director',
    ]);
    expect(reach(['sales_director'], { directors: [] })).toEqual([
      'adm1 as sales_director (stands in)',
      'adm2 as sales_director (stands in)',
    ]);
    expect(reach(['finance_manager'], { financeManagers: [] })[0]).toBe(
      'adm1 as finance_manager (stands in)',
    );
  });

  it('escalates past an owner who manages or directs', () => {
    expect(reach(['owner', 'sales_manager'], { owner: 'mgr', managers: ['mgr', 'dir1'] })).toEqual([
      'mgr as owner',
      'dir1 as sales_manager',
    ]);
    expect(
      reach(['sales_manager', 'sales_director'], { owner: 'dir0', managers: [], directors: ['dir0'] }),
    ).toEqual(['adm1 as sales_manager (stands in)', 'adm2 as sales_manager (stands in)']);
  });

  it('tells the finance channel beside others where there is no finance owner, else each finance person, else the admins', () => {
    expect(reach(['owner', 'finance_owner'], { financeOwner: null })).toEqual(['rep as owner', '#finance']);
    expect(reach(['finance_owner'], { financeOwner: null })).toEqual([
      'fin1 as finance_owner (stands in)',
      'fin2 as finance_owner (stands in)',
    ]);
    const silent = { financeOwner: null, hasFinanceChannel: false };
    expect(reach(['finance_owner'], silent)).toEqual([
      'fin1 as finance_owner (stands in)',
      'fin2 as finance_owner (stands in)',
    ]);
    expect(reach(['finance_owner'], { ...silent, finance: [] })[0]).toBe('adm1 as finance_owner (stands in)');
  });

  it('says which roles reach nobody in an empty company', () => {
    const nobody = {
      owner: null,
      financeOwner: null,
      managers: [],
      directors: [],
      finance: [],
      financeManagers: [],
    };
    expect(reach(ROLES, { ...nobody, admins: [], hasFinanceChannel: false })).toEqual(
      ROLES.map((role) => `nobody as ${role}`),
    );
    expect(reach([])).toEqual([]);
  });

  it('reaches somebody for every role while there is an admin, nobody twice, and others than the owner above him', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd');
    const ids = fc.uniqueArray(id);
    const anyPeople = fc.record({
      owner: fc.option(id),
      financeOwner: fc.option(id),
      managers: ids,
      directors: ids,
      finance: ids,
      financeManagers: ids,
      admins: fc.constant(['admin']),
      hasFinanceChannel: fc.boolean(),
    });
    fc.assert(
      fc.property(anyPeople, fc.shuffledSubarray(ROLES), (someone, roles) => {
        const { recipients, unreached } = recipientsFor(roles, someone);
        expect(unreached).toEqual([]);
        expect(new Set(recipients.map((recipient) => recipient.id)).size).toBe(recipients.length);
        const above = recipients.filter((r) => r.role === 'sales_manager' || r.role === 'sales_director');
        expect(above.every((recipient) => recipient.id !== someone.owner)).toBe(true);
      }),
    );
  });
});
