// What a new company has still to set up: the admin's checklist (ux §4.1, §4.8).
import type { SystemCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { superiorSql } from '../members/reach.sql.js';
import { isNamed } from './company.service.js';
import { missingYear } from './holidays.js';

export interface Setup {
  readonly company: boolean;
  /** Set, or left out on purpose. */
  readonly financeChannel: boolean;
  readonly escalationChannel: boolean;
  /** Somebody sells, somebody approves money. */
  readonly roles: boolean;
  /** Of the two only one is there: which is not. */
  readonly missingRole: 'rep' | 'finance' | null;
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
    company: isNamed(company),
    financeChannel: company.settings.channelsDeclined || company.financeChannelId !== null,
    escalationChannel: company.settings.channelsDeclined || company.escalationChannelId !== null,
    roles: reps > 0 && finance > 0,
    missingRole: reps > 0 === finance > 0 ? null : reps > 0 ? 'finance' : 'rep',
    managers: reps > 0 && (orphans?.count ?? 0) === 0,
    repsWithoutManager: orphans?.count ?? 0,
    missingYear: missingYear(company.calendar, ctx.today),
    customers: customer !== null,
  };
}

/** A line of the checklist, in its order. */
export type SetupItem =
  | 'company'
  | 'finance_channel'
  | 'escalation_channel'
  | 'roles'
  | 'managers'
  | 'calendar'
  | 'customers';

/** What of the checklist is open. */
export function listOpen(setup: Setup): SetupItem[] {
  const isDone: Record<SetupItem, boolean> = {
    company: setup.company,
    finance_channel: setup.financeChannel,
    escalation_channel: setup.escalationChannel,
    roles: setup.roles,
    managers: setup.managers,
    calendar: setup.missingYear === null,
    customers: setup.customers,
  };
  return (Object.keys(isDone) as SetupItem[]).filter((item) => !isDone[item]);
}
