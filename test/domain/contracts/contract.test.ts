import { describe, expect, it } from 'vitest';
import {
  allowsEvent,
  CONTRACT_STATUSES,
  CONTRACT_TABLE,
  type ContractEvent,
  type ContractStatus,
  contractInput,
  FINANCE_OWNER_ROLES,
  FRAMEWORK_STATES,
  hasFinanceOwner,
  settlementOf,
} from '../../../src/domain/contracts/contract.js';

/** Rules §3 by hand: in which states each event is possible, and where it leads. */
const BY_HAND: Record<ContractEvent, [string, ContractStatus | null]> = {
  submit: ['draft rejected', 'pending_approval'],
  decide: ['pending_approval', null],
  withdraw: ['pending_approval', 'draft'],
  edit: ['draft rejected', null],
  delete: ['draft rejected', null],
  plan: ['draft rejected active', null],
  milestone: ['draft rejected active completed', null],
  amend: ['active', null],
  complete: ['active', 'completed'],
  reopen: ['completed archived', 'active'],
  correct: ['active completed', null],
  assign: ['draft rejected active completed', null],
  archive: ['completed', 'archived'],
  void: ['active', 'void'],
};

describe('the states of a contract', () => {
  it.each(Object.entries(BY_HAND) as [ContractEvent, [string, ContractStatus | null]][])(
    '%s is possible where the rules list it, and leads there',
    (event, [from, to]) => {
      expect(CONTRACT_STATUSES.filter((status) => allowsEvent(status, event)).toSorted()).toEqual(
        from.split(' ').toSorted(),
      );
      expect(CONTRACT_TABLE[event].to).toBe(to);
    },
  );

  it('has no event that is not listed by hand', () => {
    expect(Object.keys(CONTRACT_TABLE).toSorted()).toEqual(Object.keys(BY_HAND).toSorted());
  });

  it('has a finance owner once it is in force', () => {
    expect(CONTRACT_STATUSES.filter(hasFinanceOwner)).toEqual(['active', 'completed']);
    expect(FINANCE_OWNER_ROLES).toEqual(['finance', 'finance_manager']);
  });

  it('is a framework for others while it is in force', () => {
    expect(FRAMEWORK_STATES).toEqual(['active', 'completed']);
  });
});

describe('what a person enters', () => {
  const entered = {
    customerId: 'c',
    name: ' 年度框架 ',
    type: 'parts',
    amount: 1n,
    currency: 'CNY',
    remark: ' 急 ',
  };
  const takes = (more: object) => contractInput.safeParse({ ...entered, ...more }).success;

  it('is kept without the blanks around it; what was left empty is nothing', () => {
    expect(contractInput.parse(entered)).toEqual({
      ...entered,
      name: '年度框架',
      remark: '急',
      signedOn: null,
      startsOn: null,
      endsOn: null,
      milestones: {},
      paymentMethod: null,
      financeOwnerId: null,
      parentContractId: null,
    });
  });

  it.each<[string, object, boolean]>([
    ['a name of 120', { name: '名'.repeat(120) }, true],
    ['a name of 121', { name: '名'.repeat(121) }, false],
    ['a name of blanks', { name: '   ' }, false],
    ['a remark of 3000', { remark: 'x'.repeat(3000) }, true],
    ['a remark of 3001', { remark: 'x'.repeat(3001) }, false],
    ['no money', { amount: 0n }, false],
    ['a currency of two letters', { currency: 'CN' }, false],
    ['a currency with more before it', { currency: 'XCNY' }, false],
    ['a currency with more behind it', { currency: 'CNY1' }, false],
    ['a currency in small letters', { currency: 'cny' }, false],
    ['a milestone that the form does not ask for', { milestones: { delivery: '2026-12-01' } }, false],
    ['a milestone of the form', { milestones: { acceptance: '2026-12-01' } }, true],
  ])('%s', (_what, more, expected) => expect(takes(more)).toBe(expected));
});

describe('what happens by itself', () => {
  const of = (status: ContractStatus, ...plan: [bigint, string][]) =>
    settlementOf(
      { status, amount: 100n },
      plan.map(([amount, lifecycle]) => ({ amount, lifecycle })),
    );

  it('an active contract completes once its whole plan is paid or written off', () => {
    expect(of('active', [60n, 'settled'], [40n, 'written_off'])).toBe('complete');
    expect(of('active', [100n, 'settled'], [40n, 'cancelled'])).toBe('complete');
  });

  it.each<[string, [bigint, string][]]>([
    ['nothing is planned', []],
    [
      'a row is open',
      [
        [60n, 'settled'],
        [40n, 'open'],
      ],
    ],
    [
      'a row is not in force',
      [
        [60n, 'settled'],
        [40n, 'inactive'],
      ],
    ],
    ['the plan is less than the contract', [[99n, 'settled']]],
    ['the plan is more than the contract', [[101n, 'settled']]],
    [
      'what would complete it was cancelled',
      [
        [60n, 'settled'],
        [40n, 'cancelled'],
      ],
    ],
  ])('not while %s; what was complete opens again', (_what, plan) => {
    expect(of('active', ...plan)).toBeNull();
    expect(of('completed', ...plan)).toBe('reopen');
    expect(of('archived', ...plan)).toBe('reopen');
  });

  it.each(['completed', 'archived', 'void', 'draft', 'pending_approval', 'rejected'] as const)(
    'a paid plan changes nothing of a contract that is %s',
    (status) => expect(of(status, [100n, 'settled'])).toBeNull(),
  );

  it.each(['void', 'draft', 'pending_approval', 'rejected'] as const)(
    'an open plan opens nothing that is %s',
    (status) => expect(of(status, [100n, 'open'])).toBeNull(),
  );
});
