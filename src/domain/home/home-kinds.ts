// Whose Home it is, and what its list can be of. Pure.
import type { Actor, Role } from '../access.js';

/** Whose day it is: each shows other things. A person with several roles chooses. */
export const HOME_KINDS = ['rep', 'manager', 'finance', 'auditor', 'admin'] as const;
export type HomeKind = (typeof HOME_KINDS)[number];

const KIND_OF: Record<Role, HomeKind> = {
  rep: 'rep',
  sales_manager: 'manager',
  sales_director: 'manager',
  finance: 'finance',
  finance_manager: 'finance',
  auditor: 'auditor',
  admin: 'admin',
};

/** The kinds of Home that a person's roles give, in order. */
export function homeKinds(actor: Pick<Actor, 'roles'>): HomeKind[] {
  const kinds = actor.roles.map((role) => KIND_OF[role]);
  return HOME_KINDS.filter((kind) => kinds.includes(kind));
}

/** What the list of a Home can be of; an admin's is the set-up instead. */
export const HOME_TABS = ['cases', 'contracts', 'plans', 'receipts'] as const;
export type HomeTab = (typeof HOME_TABS)[number];

/** Cases are looked after by whoever leads. */
export const tabsOf = (kind: HomeKind): readonly HomeTab[] =>
  HOME_TABS.filter((tab) => tab !== 'cases' || kind === 'manager');
