// The whole action × role table (rules §12), spelled out a second time by hand.
import { describe, expect, it } from 'vitest';
import {
  ACCESS,
  type Action,
  type Actor,
  authorize,
  can,
  ROLES,
  type Role,
  visibleOwners,
} from '../../src/domain/access.js';
import { isDomainError } from '../../src/domain/errors.js';

/** rep, manager, director, finance, finance manager, auditor, admin: o(wn), t(eam), a(ll), - (never). */
const TABLE: Record<Action, string> = {
  'record.see': 'otaaaaa',
  'customer.create': 'otaaa--',
  'customer.edit': 'otaaa--',
  'customer.import': 'otaaa-a',
  'customer.assign': '-ta---a',
  'customer.unfreeze': '--aaa--',
  'instalment.assign': '-ta---a',
  'customer.merge': '-ta-a--',
  'credit.edit': '----a--',
  'credit.propose': '---aa--',
  'credit.see': '--aaa--',
  'contract.create': 'ota----',
  'contract.import': 'ota---a',
  'opening.import': '---aa--',
  'contract.edit': 'ota----',
  'contract.delete': 'ota----',
  'contract.submit': 'ota----',
  'contract.approve': '-ta-a--',
  'milestone.set': 'ota----',
  'contract.amend': 'ota----',
  'contract.archive': 'ota----',
  'contract.assign': '-ta---a',
  'contract.finance': 'ota-a--',
  'contract.void': '-ta----',
  'contract.void_approve': '--a-a--',
  'plan.create': 'ota----',
  'instalment.edit': 'ota----',
  'instalment.postpone': 'ota----',
  'instalment.postpone_further': '-ta----',
  'instalment.delete': 'ota----',
  'instalment.delete_any': '-ta----',
  'receipt.record': 'otaaa--',
  'receipt.approve': '---aa--',
  'receipt.reverse': '---aa--',
  'receipt.reverse_approve': '--a-a--',
  'receipt.reallocate': '---aa--',
  'receipt.reallocate_approve': '--a-a--',
  'instalment.write_off': '---aa--',
  'instalment.write_off_approve': '--a-a--',
  'receipt.refund': '---aa--',
  'receipt.refund_approve': '--a-a--',
  'follow_up.record': 'otaaa--',
  'receipt.apply': '---aa--',
  'case.acknowledge': 'otaaaaa',
  'settings.edit': '------a',
  'rates.edit': '---aa-a',
  'flow.see': '----a-a',
  'ladder.edit': '----a-a',
  'record.export': 'otaaaaa',
  'audit.see': 'otaaaaa',
  'report.post': '-taaa-a',
  'report.performance': '-taaaaa',
};

const actorOf = (...roles: Role[]): Actor => ({
  id: 'me',
  slackUserId: 'U',
  name: 'me',
  locale: 'en',
  timezone: 'UTC',
  roles,
  teamIds: ['report'],
  managerId: null,
});

const MAY = {
  o: { me: true, report: false, stranger: false },
  t: { me: true, report: true, stranger: false },
  a: { me: true, report: true, stranger: true },
  '-': { me: false, report: false, stranger: false },
} as const;

describe('access', () => {
  it('knows every action', () =>
    expect(Object.keys(TABLE).toSorted()).toEqual(Object.keys(ACCESS).toSorted()));

  it.each(Object.entries(TABLE) as [Action, string][])('%s', (action, row) => {
    ROLES.forEach((role, index) => {
      const expected = MAY[(row[index] ?? '-') as keyof typeof MAY];
      const actor = actorOf(role);
      for (const owner of ['me', 'report', 'stranger'] as const) {
        expect(can(actor, action, owner), `${role} ${owner}`).toBe(expected[owner]);
        const refused = (() => {
          try {
            authorize(actor, action, owner);
            return null;
          } catch (error) {
            return error;
          }
        })();
        expect(refused === null, `${role} ${owner}`).toBe(expected[owner]);
        if (refused !== null) expect(isDomainError(refused, 'access.denied')).toBe(true);
      }
    });
  });

  it('takes the widest of several roles', () => {
    expect(visibleOwners(actorOf('rep', 'finance'))).toBe('all');
    expect(visibleOwners(actorOf('rep', 'sales_manager'))).toEqual(['me', 'report']);
    expect(visibleOwners(actorOf('rep'))).toEqual(['me']);
  });

  it('gives nothing to somebody without a role', () => {
    const nobody = actorOf();
    for (const action of Object.keys(ACCESS) as Action[]) expect(can(nobody, action, 'me')).toBe(false);
    expect(() => authorize(nobody, 'record.see')).toThrowError('role.missing');
  });
});
