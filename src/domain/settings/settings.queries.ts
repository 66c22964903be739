// Reads what the settings show: who has which role, and the person whose roles are edited. Admins only.
import type { Ctx } from '../../ctx.js';
import { authorize, ROLES, type Role } from '../access.js';
import { fromUtcDate, localDate, toUtcDate } from '../local-date.js';
import type { Holiday } from './holidays.js';

export interface RoleCount {
  readonly role: Role;
  readonly count: number;
}

/** Active members by role (roles without anybody left out), and how many have any role at all. */
export async function countRoles(ctx: Ctx): Promise<{ members: number; roles: RoleCount[] }> {
  authorize(ctx.actor, 'settings.edit');
  const users = await ctx.db.user.findMany({
    where: { active: true, roles: { isEmpty: false } },
    select: { roles: true },
  });
  const roles = ROLES.map((role) => ({
    role,
    count: users.filter((user) => user.roles.includes(role)).length,
  }));
  return { members: users.length, roles: roles.filter(({ count }) => count > 0) };
}

export interface MemberFacts {
  readonly id: string;
  readonly slackUserId: string;
  readonly name: string;
  readonly version: number;
  readonly active: boolean;
  readonly roles: readonly Role[];
  readonly manager: { readonly slackUserId: string; readonly name: string } | null;
  readonly department: { readonly id: string; readonly name: string } | null;
}

/** A member by row id or Slack id, or null. @throws DomainError access.denied */
export async function findMember(
  ctx: Ctx,
  who: { id: string } | { slackUserId: string },
): Promise<MemberFacts | null> {
  authorize(ctx.actor, 'settings.edit');
  const user = await ctx.db.user.findUnique({
    where: 'id' in who ? { id: who.id } : { slackUserId: who.slackUserId },
    include: { manager: true, department: { select: { id: true, name: true } } },
  });
  if (!user) return null;
  return {
    id: user.id,
    slackUserId: user.slackUserId,
    name: user.name,
    version: user.version,
    active: user.active,
    roles: ROLES.filter((role) => user.roles.includes(role)),
    manager: user.manager && { slackUserId: user.manager.slackUserId, name: user.manager.name },
    department: user.department,
  };
}

/** The days from one year's December to the end of another year that differ from the work week, in order. */
export async function listHolidays(
  ctx: Pick<Ctx, 'db'>,
  years: { from: number; to: number },
): Promise<Holiday[]> {
  const days = await ctx.db.calendarDay.findMany({
    where: {
      date: {
        gte: toUtcDate(localDate(`${years.from - 1}-12-01`)),
        lte: toUtcDate(localDate(`${years.to}-12-31`)),
      },
    },
    orderBy: { date: 'asc' },
  });
  return days.map(({ date, isWorkday, name }) => ({ date: fromUtcDate(date), isWorkday, name }));
}
