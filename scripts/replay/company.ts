// The company of a replay: one rep, a manager, two of finance; every day is a workday. Everything goes through the
// real services.
import type { Ctx, SystemCtx } from '../../src/ctx.js';
import type { Db } from '../../src/db/client.js';
import type { Actor, Role } from '../../src/domain/access.js';
import { newId } from '../../src/domain/ids.js';
import { instantOf, type LocalDate } from '../../src/domain/local-date.js';
import { toActor } from '../../src/domain/members/member.queries.js';
import { loadCompany } from '../../src/domain/settings/company.service.js';
import type { User } from '../../src/generated/prisma/client.js';
import { CURRENCY } from './invoices.js';

const STAFF = {
  rep: 'rep',
  manager: 'sales_manager',
  director: 'sales_director',
  finance: 'finance',
  chief: 'finance_manager',
} as const;
export type Staff = keyof typeof STAFF;

export interface ReplayCompany {
  readonly db: Db;
  /** The context of a day at a time of day. */
  system(date: LocalDate, time?: string): SystemCtx;
  as(who: Staff, date: LocalDate): Ctx;
}

/** Makes people and settings in an empty database. */
export async function createReplayCompany(db: Db, firstDay: LocalDate): Promise<ReplayCompany> {
  const start = instantOf(firstDay, '00:00', 'Asia/Shanghai');
  await loadCompany(db, start);
  await db.company.updateMany({
    data: {
      workweek: [1, 2, 3, 4, 5, 6, 7],
      baseCurrency: CURRENCY,
      calendarCoveredThrough: null,
      // Nothing is sent: that there are channels is all that counts.
      financeChannelId: 'C0FINANCE',
      escalationChannelId: 'C0ESCALATION',
    },
  });
  await db.calendarDay.deleteMany();
  const company = await loadCompany(db, start);
  const actors = {} as Record<Staff, Actor>;
  let managerId: string | null = null;
  for (const who of ['director', 'manager', 'rep', 'finance', 'chief'] as const) {
    const user: User = await db.user.create({
      data: {
        id: newId(start),
        slackUserId: `U_${who.toUpperCase()}`,
        name: who,
        locale: 'en',
        timezone: company.timezone,
        roles: [STAFF[who] satisfies Role],
        managerId: who === 'manager' || who === 'rep' ? managerId : null,
        createdAt: start,
        updatedAt: start,
      },
    });
    managerId = user.id;
    actors[who] = await toActor(db, user);
  }
  // The manager's team was empty when the manager was made.
  const manager = await db.user.findUniqueOrThrow({ where: { id: actors.manager.id } });
  actors.manager = await toActor(db, manager);
  const system = (date: LocalDate, time = '08:00'): SystemCtx => {
    const now = instantOf(date, time, company.timezone);
    return { db, now, today: date, company };
  };
  return {
    db,
    system,
    as: (who, date) => {
      const base = system(date, '10:00');
      return { ...base, actor: actors[who], requestId: newId(base.now) };
    },
  };
}
