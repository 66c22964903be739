// Reads the ladder and the people around instalments: what planning decides with.
import { z } from 'zod';
import type { Db, Tx } from '../../db/client.js';
import type { Prisma, ReminderRule } from '../../generated/prisma/client.js';
import { ROLES, scopeOf } from '../access.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { superiorOf } from '../members/reach.js';
import {
  type FirstDays,
  firstDaysOf,
  isRecipientRole,
  LADDER_KINDS,
  type LadderKind,
  type LadderRule,
  TONES,
  type Tone,
} from './ladder.js';
import type { Ladders, OwnLadder, ScopeRef } from './ladders.js';
import type { People } from './recipients.js';

const isTone = (text: string): text is Tone => (TONES as readonly string[]).includes(text);
const isLadderKind = (text: string): text is LadderKind => (LADDER_KINDS as readonly string[]).includes(text);

/** What a rule was on the morning of the day on which it was changed. */
const ruleBefore = z.object({
  rank: z.number().int(),
  offsetDays: z.number().int(),
  repeatEveryDays: z.number().int().nullable(),
  anchorWeekday: z.number().int().nullable(),
  roles: z.array(z.string()),
  place: z.string(),
  needsAck: z.boolean(),
  level: z.number().int().nullable(),
  tone: z.string(),
  replacedByRemindDays: z.boolean(),
  appliesTo: z.string(),
});

/** Before the rules that fulfil `where` are changed for the first time on a day: they are kept as they were that morning. */
export function keepRules(tx: Tx, today: LocalDate, where: Prisma.Sql): Promise<number> {
  return tx.$executeRaw`
    UPDATE reminder_rule SET changed_on = ${today}::date, rule_before = CASE WHEN enabled THEN jsonb_build_object(
      'rank', rank, 'offsetDays', offset_days, 'repeatEveryDays', repeat_every_days, 'anchorWeekday', anchor_weekday,
      'roles', roles, 'place', place, 'needsAck', needs_ack, 'level', level, 'tone', tone,
      'replacedByRemindDays', replaced_by_remind_days, 'appliesTo', applies_to) END
    WHERE ${where} AND changed_on IS DISTINCT FROM ${today}::date`;
}

/** The rule as it was on the morning of this day; null if it was not there. */
function ruleOn(rule: ReminderRule, morning: LocalDate | null): ReminderRule | null {
  const isOfToday = morning !== null && rule.changedOn !== null && fromUtcDate(rule.changedOn) === morning;
  if (!isOfToday) return rule.enabled ? rule : null;
  return rule.ruleBefore === null ? null : { ...rule, ...ruleBefore.parse(rule.ruleBefore) };
}

/**
 * Every ladder, lowest rank first: the company's, and those of templates, customers and instalments. Rules that are
 * switched off are left out, but for their ranks. As they are saved, or, if given, as they were on the morning of the day
 * `morning`: what is said of a day is said by those.
 */
export async function loadLadders(db: Db | Tx, morning: LocalDate | null = null): Promise<Ladders> {
  const rules = await db.reminderRule.findMany({ orderBy: [{ rank: 'asc' }, { code: 'asc' }] });
  const enabled = rules
    .flatMap((rule) => ruleOn(rule, morning) ?? [])
    .toSorted((a, b) => a.rank - b.rank || (a.code < b.code ? -1 : 1));
  const own = new Map<string, OwnLadder & { rules: LadderRule[] }>();
  for (const rule of enabled) {
    const { scope, scopeId } = rule;
    if (!isOwnScope(scope) || scopeId === null) continue;
    const key = `${scope} ${scopeId}`;
    const ladder = own.get(key) ?? { scope, id: scopeId, rules: [] };
    ladder.rules.push(toRule(rule));
    own.set(key, ladder);
  }
  return {
    company: enabled.filter((rule) => rule.scope === 'company').map(toRule),
    own: [...own.values()],
    ranks: [...new Set([...rules, ...enabled].map((rule) => rule.rank))],
  };
}

/** When the company's ladder first tells whom of what is overdue. */
export const loadFirstDays = async (db: Db | Tx): Promise<FirstDays> =>
  firstDaysOf((await loadLadders(db)).company);

const isOwnScope = (text: string): text is OwnLadder['scope'] =>
  text === 'template' || text === 'customer' || text === 'instalment';

/** A row as the rule it says. */
export function toRule(rule: ReminderRule): LadderRule {
  return {
    code: rule.code,
    rank: rule.rank,
    offsetDays: rule.offsetDays,
    ...(rule.repeatEveryDays !== null && { repeatEveryDays: rule.repeatEveryDays }),
    ...(rule.anchorWeekday !== null && { anchorWeekday: rule.anchorWeekday }),
    roles: rule.roles.filter(isRecipientRole),
    place: rule.place === 'thread' ? 'thread' : 'dm',
    needsAck: rule.needsAck,
    level: rule.level,
    tone: isTone(rule.tone) ? rule.tone : 'plain',
    replacedByRemindDays: rule.replacedByRemindDays,
    appliesTo: isLadderKind(rule.appliesTo) ? rule.appliesTo : 'normal',
  };
}

/** A rule as its row; code and scope are given once. */
export const toColumns = (rule: LadderRule) => ({
  rank: rule.rank,
  offsetDays: rule.offsetDays,
  repeatEveryDays: rule.repeatEveryDays ?? null,
  anchorWeekday: rule.anchorWeekday ?? null,
  roles: [...rule.roles],
  place: rule.place,
  needsAck: rule.needsAck,
  level: rule.level,
  tone: rule.tone,
  replacedByRemindDays: rule.replacedByRemindDays,
  appliesTo: rule.appliesTo,
});

/**
 * Open rows of a kind that hang on the company's, a template's, a customer's or an instalment's ladder; of milestones
 * the contracts in force that wait for one.
 */
export function countRowsOf(
  tx: Db | Tx,
  { scope, id, kind }: ScopeRef & { kind: LadderKind },
): Promise<number> {
  if (kind === 'acceptance' || kind === 'anchor')
    return tx.contract.count({
      where: {
        status: 'active',
        ...(scope === 'customer' && id !== null && { customerId: id }),
        ...(kind === 'acceptance'
          ? { milestones: { some: { kind: 'acceptance', actualOn: null, expectedOn: { not: null } } } }
          : {
              instalments: {
                some: { lifecycle: 'open', effectiveDue: null },
              },
            }),
      },
    });
  return tx.instalment.count({
    where: {
      lifecycle: 'open',
      isRetention: kind === 'retention',
      ...(scope === 'template' && { templateId: id }),
      ...(scope === 'customer' && id !== null && { customerId: id }),
      ...(scope === 'instalment' && id !== null && { id }),
    },
  });
}

/** The people around an owner's instalment with this finance owner, as recipientsFor takes them. */
export type PeopleOf = (ownerId: string, financeOwnerId: string | null) => People;

/** Of these rows those that nobody of finance answers for (any more): as recipientsFor decides it. */
export async function withoutFinanceOwner<T extends { ownerId: string; financeOwnerId: string | null }>(
  { db, company }: { db: Db | Tx; company: { financeChannelId: string | null } },
  rows: readonly T[],
): Promise<readonly T[]> {
  if (rows.every((row) => row.financeOwnerId === null)) return rows;
  const peopleOf = await loadPeople(db, company);
  return rows.filter((row) => peopleOf(row.ownerId, row.financeOwnerId).financeOwner === null);
}

/**
 * Reads everybody once; a chain of managers is followed in memory. Who has no role that sees a row is told nothing of it,
 * as if they had left (rules §12, §14).
 */
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
  const sightOf = new Map(
    users.map((user) => {
      const roles = user.active ? ROLES.filter((role) => user.roles.includes(role)) : [];
      return [user.id, scopeOf({ roles }, 'record.see')];
    }),
  );
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
    // Whoever stands above somebody has them in their team.
    return chain.filter((id) => ['team', 'all'].includes(sightOf.get(id) ?? ''));
  };
  const known = new Map<string, People>();
  return (ownerId, financeOwnerId) => {
    const key = `${ownerId} ${financeOwnerId}`;
    const found = known.get(key);
    if (found) return found;
    const managers = managersOf(ownerId);
    const answers = (id: string) => sightOf.get(id) === 'all' || managers.includes(id);
    const people = {
      ...shared,
      owner: sightOf.get(ownerId) ? ownerId : null,
      financeOwner: financeOwnerId !== null && answers(financeOwnerId) ? financeOwnerId : null,
      managers,
    };
    known.set(key, people);
    return people;
  };
}
