// Reads the ladder and the people around instalments: what planning decides with.
import type { Db, Tx } from '../../db/client.js';
import { superiorOf } from '../members/reach.js';
import { LADDER_KINDS, type LadderKind, type LadderRule, type RecipientRole } from './ladder.js';
import type { People } from './recipients.js';

const ROLES: readonly RecipientRole[] = [
  'owner',
  'finance_owner',
  'sales_manager',
  'sales_director',
  'finance_manager',
];
const isRole = (text: string): text is RecipientRole => (ROLES as readonly string[]).includes(text);

const isLadderKind = (text: string): text is LadderKind => (LADDER_KINDS as readonly string[]).includes(text);

/** All rules of the company's ladders, lowest rank first; rules that are switched off are left out. */
export async function loadLadder(db: Db | Tx): Promise<LadderRule[]> {
  const rules = await db.reminderRule.findMany({
    where: { enabled: true },
    orderBy: [{ rank: 'asc' }, { code: 'asc' }],
  });
  return rules.map((rule) => ({
    code: rule.code,
    rank: rule.rank,
    offsetDays: rule.offsetDays,
    ...(rule.repeatEveryDays !== null && { repeatEveryDays: rule.repeatEveryDays }),
    ...(rule.anchorWeekday !== null && { anchorWeekday: rule.anchorWeekday }),
    roles: rule.roles.filter(isRole),
    place: rule.place === 'thread' ? 'thread' : 'dm',
    needsAck: rule.needsAck,
    level: rule.level,
    replacedByRemindDays: rule.replacedByRemindDays,
    appliesTo: isLadderKind(rule.appliesTo) ? rule.appliesTo : 'normal',
  }));
}

/** The people around an owner's instalment with this finance owner, as recipientsFor takes them. */
export type PeopleOf = (ownerId: string, financeOwnerId: string | null) => People;

/** Reads everybody once; a chain of managers is followed in memory. */
export async function loadPeople(
  db: Db | Tx,
  company: { financeChannelId: string | null },
): Promise<PeopleOf> {
  const users = await db.user.findMany({
    select: { id: true, active: true, roles: true, managerId: true, departmentId: true },
    orderBy: { id: 'asc' },
  });
  const departments = await db.department.findMany({
    select: { id: true, parentId: true, directorId: true },
  });
  const departmentById = new Map(departments.map((department) => [department.id, department]));
  const byId = new Map(users.map((user) => [user.id, user]));
  const holders = (role: string) =>
    users.filter((user) => user.active && user.roles.includes(role)).map((user) => user.id);
  const directors = holders('sales_director');
  const shared = {
    directors,
    finance: holders('finance'),
    financeManagers: holders('finance_manager'),
    admins: holders('admin'),
    hasFinanceChannel: company.financeChannelId !== null,
  };
  const activeOrNull = (id: string | null) => (id !== null && byId.get(id)?.active ? id : null);
  const above = (id: string): string | null => {
    const user = byId.get(id);
    return user ? superiorOf(user, departmentById) : null;
  };
  const managersOf = (ownerId: string): string[] => {
    const chain: string[] = [];
    const seen = new Set([ownerId]);
    for (let id = above(ownerId); id !== null && !seen.has(id); id = above(id)) {
      seen.add(id);
      chain.push(id);
    }
    return chain.filter((id) => byId.get(id)?.active);
  };
  const known = new Map<string, People>();
  return (ownerId, financeOwnerId) => {
    const key = `${ownerId} ${financeOwnerId}`;
    const found = known.get(key);
    if (found) return found;
    const people = {
      ...shared,
      owner: activeOrNull(ownerId),
      financeOwner: activeOrNull(financeOwnerId),
      managers: managersOf(ownerId),
    };
    known.set(key, people);
    return people;
  };
}
