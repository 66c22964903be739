// Who may do what: the table of rules §12 as data, and the two questions asked of it.
// Services enforce it; views ask only to leave out what would be refused.
import { DomainError } from './errors.js';

export const ROLES = [
  'rep',
  'sales_manager',
  'sales_director',
  'finance',
  'finance_manager',
  'auditor',
  'admin',
] as const;
export type Role = (typeof ROLES)[number];

/** Who acts. `teamIds`: everybody below this person (members/reach.ts), not the person. */
export interface Actor {
  readonly id: string;
  readonly slackUserId: string;
  readonly name: string;
  readonly locale: Locale;
  readonly timezone: string;
  readonly roles: readonly Role[];
  readonly teamIds: readonly string[];
  readonly managerId: string | null;
}
export type Locale = 'zh-CN' | 'en';

type Scope = 'own' | 'team' | 'all';
type Row = Partial<Record<Role, Scope>>;

const SALES: Row = { rep: 'own', sales_manager: 'team', sales_director: 'all' };
const EVERYTHING: Row = { ...SALES, finance: 'all', finance_manager: 'all', auditor: 'all', admin: 'all' };

/** rules §12. A contract's approver must also be another person than its submitter (decided in the service). */
export const ACCESS = {
  'record.see': EVERYTHING,
  'customer.create': { ...SALES, finance: 'all', finance_manager: 'all' },
  'customer.edit': { ...SALES, finance: 'all', finance_manager: 'all' },
  /** Admins too: they bring the company in; what they bring in belongs to others. */
  'customer.import': { ...SALES, finance: 'all', finance_manager: 'all', admin: 'all' },
  /** Giving a customer, or a person's whole book, to somebody: whoever leads both, or everybody. */
  'customer.assign': { sales_manager: 'team', sales_director: 'all', admin: 'all' },
  /** A frozen customer gets new contracts again: whoever answers for the risk, not whoever sells. */
  'customer.unfreeze': { sales_director: 'all', finance: 'all', finance_manager: 'all' },
  /** 改派: one instalment to somebody of the team. */
  'instalment.assign': { sales_manager: 'team', sales_director: 'all', admin: 'all' },
  /** Two files become one, money and contracts with them: not for reps, who would merge away what they do not like. */
  'customer.merge': { sales_manager: 'team', sales_director: 'all', finance_manager: 'all' },
  /** 信用额度: the head of finance sets it; what a contract would come to is said in its terms check, to whoever sends it. */
  'credit.edit': { finance_manager: 'all' },
  'credit.propose': { finance: 'all', finance_manager: 'all' },
  'credit.see': { sales_director: 'all', finance: 'all', finance_manager: 'all' },
  'contract.create': SALES,
  'contract.import': { ...SALES, admin: 'all' },
  /** Money from before, in the books at once: finance alone. */
  'opening.import': { finance: 'all', finance_manager: 'all' },
  'contract.edit': SALES,
  'contract.delete': SALES,
  'contract.submit': SALES,
  'contract.approve': { sales_manager: 'team', sales_director: 'all', finance_manager: 'all' },
  'milestone.set': SALES,
  'contract.amend': SALES,
  'contract.archive': SALES,
  /** Whose contract it is, at its making and afterwards. */
  'contract.assign': { sales_manager: 'team', sales_director: 'all', admin: 'all' },
  /** Who of finance answers for it: sales who sold it, and the head of finance. */
  'contract.finance': { ...SALES, finance_manager: 'all' },
  /** As deleting any instalment: it cancels the whole plan. */
  'contract.void': { sales_manager: 'team', sales_director: 'all' },
  /** Of one with money, which becomes the customer's credit: finance answers for that. */
  'contract.void_approve': { sales_director: 'all', finance_manager: 'all' },
  'plan.create': SALES,
  'instalment.edit': SALES,
  'instalment.postpone': SALES,
  'instalment.postpone_further': { sales_manager: 'team', sales_director: 'all' },
  'instalment.delete': SALES,
  'instalment.delete_any': { sales_manager: 'team', sales_director: 'all' },
  'receipt.record': { ...SALES, finance: 'all', finance_manager: 'all' },
  'receipt.approve': { finance: 'all', finance_manager: 'all' },
  /** Proposes it; another person decides. */
  'receipt.reverse': { finance: 'all', finance_manager: 'all' },
  /** A finance manager's own goes to another one, else to the director (rules §6). */
  'receipt.reverse_approve': { sales_director: 'all', finance_manager: 'all' },
  /** Moving booked money elsewhere: finance proposes, a finance manager may alone. */
  'receipt.reallocate': { finance: 'all', finance_manager: 'all' },
  'receipt.reallocate_approve': { sales_director: 'all', finance_manager: 'all' },
  /** Bad debt and small differences: proposed by finance, as reversals. */
  'instalment.write_off': { finance: 'all', finance_manager: 'all' },
  'instalment.write_off_approve': { sales_director: 'all', finance_manager: 'all' },
  /** As a reversal, of money that belongs to no instalment. */
  'receipt.refund': { finance: 'all', finance_manager: 'all' },
  'receipt.refund_approve': { sales_director: 'all', finance_manager: 'all' },
  /** Whoever talks with customers about money. */
  'follow_up.record': { ...SALES, finance: 'all', finance_manager: 'all' },
  /** 核销预收: of money that two people approved; not by the row's owner (decided in the service). */
  'receipt.apply': { finance: 'all', finance_manager: 'all' },
  'case.acknowledge': EVERYTHING,
  'settings.edit': { admin: 'all' },
  /** By them thresholds and small amounts of other currencies are compared: finance knows the bank's (rules §6). */
  'rates.edit': { finance: 'all', finance_manager: 'all', admin: 'all' },
  /** Whoever answers for the money reads by which steps it is approved. */
  'flow.see': { finance_manager: 'all', admin: 'all' },
  /** When reminders come and whom escalation asks. */
  'ladder.edit': { finance_manager: 'all', admin: 'all' },
  /** As they see it. */
  'record.export': EVERYTHING,
  'audit.see': EVERYTHING,
  /** To a channel of the company; auditors change nothing, also not what others read. */
  'report.post': {
    sales_manager: 'team',
    sales_director: 'all',
    finance: 'all',
    finance_manager: 'all',
    admin: 'all',
  },
  /** Reps compared with each other: for whoever leads, pays or audits them. */
  'report.performance': {
    sales_manager: 'team',
    sales_director: 'all',
    finance: 'all',
    finance_manager: 'all',
    auditor: 'all',
    admin: 'all',
  },
} as const satisfies Record<string, Row>;
export type Action = keyof typeof ACCESS;

/** The widest scope that the actor's roles give for an action, or null. */
export function scopeOf(actor: Pick<Actor, 'roles'>, action: Action): Scope | null {
  const row: Row = ACCESS[action];
  const scopes = actor.roles.map((role) => row[role]);
  return scopes.includes('all')
    ? 'all'
    : scopes.includes('team')
      ? 'team'
      : scopes.includes('own')
        ? 'own'
        : null;
}

/** Owner ids whose rows the actor may touch with this action; 'all' for every row; empty for none. */
export function visibleOwners(actor: Actor, action: Action = 'record.see'): 'all' | readonly string[] {
  const scope = scopeOf(actor, action);
  if (scope === 'all') return 'all';
  if (scope === 'team') return [actor.id, ...actor.teamIds];
  return scope === 'own' ? [actor.id] : [];
}

/** Whether the actor may do it: at all (no owner given), or to a row of this owner. */
export function can(actor: Actor, action: Action, ownerId?: string): boolean {
  const owners = visibleOwners(actor, action);
  return owners === 'all' || (ownerId === undefined ? owners.length > 0 : owners.includes(ownerId));
}

/** Roles that may do it, in the order of the table. */
export function rolesFor(action: Action): Role[] {
  const row: Row = ACCESS[action];
  return ROLES.filter((role) => row[role] !== undefined);
}

/**
 * Throws unless the actor may do it.
 * @throws DomainError role.missing (no role at all), access.denied
 */
export function authorize(actor: Actor, action: Action, ownerId?: string): void {
  if (actor.roles.length === 0) throw new DomainError('role.missing', {});
  if (can(actor, action, ownerId)) return;
  throw new DomainError('access.denied', {
    action,
    needs: rolesFor(action),
    has: [...actor.roles],
    names: [],
  });
}
