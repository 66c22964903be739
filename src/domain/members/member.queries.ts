// Reads people: actors, who holds a role, the line of managers above somebody.
import type { Db, Tx } from '../../db/client.js';
import { queryQuick } from '../../db/quick-query.js';
import { Prisma, type User } from '../../generated/prisma/client.js';
import type { Actor, Locale, Role } from '../access.js';
import { ROLES } from '../access.js';
import { MAX_LEVELS } from './reach.js';
import { belowSql, superiorSql } from './reach.sql.js';

/** A person as others see them. */
export interface Person {
  readonly id: string;
  readonly slackUserId: string;
  readonly name: string;
  readonly locale: Locale;
}

/** A language as it is kept. */
export const asLocale = (text: string): Locale => (text.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en');

/** Of a language as Slack names it (`zh-CN`, `en-GB`, `ja-JP`) the one to speak, or null: neither. */
export const spokenLocale = (text: string): Locale | null =>
  /^(zh|en)\b/i.test(text) ? asLocale(text) : null;

export function toPerson(user: Pick<User, 'id' | 'slackUserId' | 'name' | 'locale'>): Person {
  return { id: user.id, slackUserId: user.slackUserId, name: user.name, locale: asLocale(user.locale) };
}

/** The member with this Slack id, whatever their roles; null for somebody never seen. */
export async function findPersonBySlackId(db: Db | Tx, slackUserId: string): Promise<Person | null> {
  const user = await db.user.findUnique({ where: { slackUserId } });
  return user && toPerson(user);
}

/** Everybody below this person: see reach.ts. */
async function listTeamIds(db: Db | Tx, userId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT b.id::text FROM (SELECT ${userId}::uuid AS id) u
    CROSS JOIN LATERAL (${Prisma.raw(belowSql('u.id'))}) b`;
  return rows.map((row) => row.id);
}

type ActorRow = Pick<
  User,
  'id' | 'slackUserId' | 'name' | 'locale' | 'timezone' | 'roles' | 'active' | 'managerId'
>;

function asActor(user: ActorRow, teamIds: readonly string[]): Actor {
  const roles = user.active ? ROLES.filter((role) => user.roles.includes(role)) : [];
  return { ...toPerson(user), timezone: user.timezone, roles, teamIds, managerId: user.managerId };
}

/** The person as an actor: roles and team as of now. */
export async function toActor(db: Db | Tx, user: User): Promise<Actor> {
  const leads = user.active && user.roles.includes('sales_manager');
  return asActor(user, leads ? await listTeamIds(db, user.id) : []);
}

/** The columns of an actor `u`. */
const ACTOR_COLUMNS =
  Prisma.raw(`u.id::text, u.slack_user_id AS "slackUserId", u.name, u.locale, u.timezone, u.roles,
  u.active, u.manager_id::text AS "managerId", CASE WHEN u.active AND 'sales_manager' = ANY(u.roles)
    THEN ARRAY(SELECT b.id::text FROM (${belowSql('u.id')}) b) ELSE '{}' END AS "teamIds"`);

/** All that a click needs to know, in one query: who, with roles and team as of now, and the company row's version. */
export async function findActor(
  db: Db,
  slackUserId: string,
): Promise<{ actor: Actor; active: boolean; companyVersion: number | null } | null> {
  const [row] = await queryQuick<ActorRow & { teamIds: string[]; companyVersion: number | null }>(
    db,
    Prisma.sql`SELECT ${ACTOR_COLUMNS}, (SELECT version FROM company) AS "companyVersion"
      FROM app_user u WHERE u.slack_user_id = ${slackUserId}`,
  );
  return row
    ? { actor: asActor(row, row.teamIds), active: row.active, companyVersion: row.companyVersion }
    : null;
}

/** Those of these people who are known, each as an actor. */
export async function listActors(db: Db | Tx, slackUserIds: readonly string[]): Promise<Actor[]> {
  const rows = await db.$queryRaw<(ActorRow & { teamIds: string[] })[]>`
    SELECT ${ACTOR_COLUMNS} FROM app_user u WHERE u.slack_user_id = ANY(${[...slackUserIds]}::text[])`;
  return rows.map((row) => asActor(row, row.teamIds));
}

/** Active holders of any of the roles, oldest member first. */
export async function listHolders(db: Db | Tx, ...roles: Role[]): Promise<Person[]> {
  const users = await db.user.findMany({
    where: { active: true, roles: { hasSome: roles } },
    orderBy: { id: 'asc' },
  });
  return users.map(toPerson);
}

/** The active people above a person, nearest first: their manager or the head of their department, and so on. */
export async function listManagerChain(
  db: Db | Tx,
  userId: string,
): Promise<(Person & { roles: string[] })[]> {
  const users = await db.$queryRaw<(Parameters<typeof toPerson>[0] & { roles: string[] })[]>`
    WITH RECURSIVE above AS (
      SELECT ${Prisma.raw(superiorSql('u'))} AS id, 1 AS depth FROM app_user u WHERE u.id = ${userId}::uuid
      UNION ALL
      SELECT ${Prisma.raw(superiorSql('u'))}, a.depth + 1 FROM app_user u JOIN above a ON u.id = a.id
      WHERE a.depth < ${MAX_LEVELS})
    SELECT u.id::text, u.slack_user_id AS "slackUserId", u.name, u.locale, u.roles
    FROM above a JOIN app_user u ON u.id = a.id
    WHERE u.active AND u.id <> ${userId}::uuid ORDER BY a.depth`;
  return onceEach(users.map((user) => ({ ...toPerson(user), roles: user.roles })));
}

/** Who stands right above a person, active or not; null at the top. */
export async function findSuperiorId(db: Db | Tx, userId: string): Promise<string | null> {
  const [row] = await db.$queryRaw<{ id: string | null }[]>`
    SELECT (${Prisma.raw(superiorSql('u'))})::text AS id FROM app_user u WHERE u.id = ${userId}::uuid`;
  return row?.id ?? null;
}

/**
 * Who stands in where nobody above a person leads: all sales directors but themselves; null: somebody does. Nobody at all
 * approves the contracts of a rep for whom the list is empty.
 */
export async function findStandIns(db: Db | Tx, userId: string): Promise<Person[] | null> {
  const chain = await listManagerChain(db, userId);
  const leads = chain.some(
    ({ roles }) => roles.includes('sales_manager') || roles.includes('sales_director'),
  );
  if (leads) return null;
  return (await listHolders(db, 'sales_director')).filter((person) => person.id !== userId);
}

/** Heads of departments may stand above each other in a circle: each is named once. */
function onceEach<T extends { id: string }>(people: readonly T[]): T[] {
  return [...new Map(people.map((person) => [person.id, person])).values()];
}

/** People by id, for showing names. */
export async function findPeople(db: Db | Tx, ids: readonly string[]): Promise<Map<string, Person>> {
  const users = await db.user.findMany({ where: { id: { in: [...new Set(ids)] } } });
  return new Map(users.map((user) => [user.id, toPerson(user)]));
}
