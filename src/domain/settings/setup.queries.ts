// What a new company has still to set up: the admin's checklist (ux §4.1, §4.8).
import type { SystemCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { superiorSql } from '../members/reach.sql.js';
import { FIRST_NAME } from './company.service.js';
import { missingYear } from './holidays.js';

export interface Setup {
  readonly company: boolean;
  readonly financeChannel: boolean;
  readonly escalationChannel: boolean;
  /** Somebody sells, somebody approves money. */
  readonly roles: boolean;
  /** Everybody who sells has somebody above them; not while nobody sells. */
  readonly managers: boolean;
  readonly repsWithoutManager: number;
  /** The year whose holidays should be known by now and are not. */
  readonly missingYear: number | null;
  /** There are customers: what there was has been brought in, or the first one made. */
  readonly customers: boolean;
}

/** Each item of the checklist as done or not. */
export async function loadSetup(ctx: Omit<SystemCtx, 'now'>): Promise<Setup> {
  const { company, db } = ctx;
  const active = { active: true } as const;
  const [reps, finance, customer, [orphans]] = await Promise.all([
    db.user.count({ where: { ...active, roles: { has: 'rep' } } }),
    db.user.count({ where: { ...active, roles: { hasSome: ['finance', 'finance_manager'] } } }),
    db.customer.findFirst({ where: { deletedAt: null }, select: { id: true } }),
    db.$queryRaw<{ count: number }[]>`
      SELECT COUNT(*)::int AS count FROM app_user u
      WHERE u.active AND 'rep' = ANY(u.roles) AND ${Prisma.raw(superiorSql('u'))} IS NULL`,
  ]);
  return {
    // Until an admin saves it, the company carries the name it was made with; other settings say nothing about it.
    company: company.settings.companyConfirmed || company.name !== FIRST_NAME,
    financeChannel: company.financeChannelId !== null,
    escalationChannel: company.escalationChannelId !== null,
    roles: reps > 0 && finance > 0,
    managers: reps > 0 && (orphans?.count ?? 0) === 0,
    repsWithoutManager: orphans?.count ?? 0,
    missingYear: missingYear(company.calendar, ctx.today),
    customers: customer !== null,
  };
}

/** How much of the checklist is open. */
export function countOpen(setup: Setup): number {
  const { company, financeChannel, escalationChannel, roles, managers, missingYear: year, customers } = setup;
  const items = [company, financeChannel, escalationChannel, roles, managers, year === null, customers];
  return items.filter((done) => !done).length;
}
