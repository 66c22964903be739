// What the settings' index shows beside the company's own row: who stands in for whom, departments, ladders, templates.
// Admins only.
import type { Ctx } from '../../ctx.js';
import { authorize } from '../access.js';
import { fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { findOwnTimes } from '../members/times.service.js';
import { type BackupRun, findLastBackup } from './backups.service.js';
import { countRoles, type RoleCount } from './settings.queries.js';
import { toleranceWhere } from './tolerance.queries.js';

/** Enough of a list to know it by; its count says how many there are. */
const SHOWN = 5;

export interface SettingsOverview {
  /** Active people with a role, and how many have each. */
  readonly members: number;
  readonly roles: readonly RoleCount[];
  readonly departments: { readonly total: number; readonly names: readonly string[] };
  /** Whose decisions somebody else takes today. */
  readonly delegates: {
    readonly total: number;
    readonly first: readonly {
      readonly name: string;
      readonly delegate: string;
      readonly until: LocalDate;
    }[];
  };
  /** Steps of the company's ladder, and how many templates, customers and instalments have one of their own. */
  readonly ladder: { readonly steps: number; readonly own: number };
  readonly templateCodes: readonly string[];
  /** The last backup that succeeded. */
  readonly lastBackup: BackupRun | null;
  /** The reader's own. */
  readonly times: {
    readonly remindAt: string | null;
    readonly quietFrom: string | null;
    readonly quietTo: string | null;
  };
}

/** @throws DomainError access.denied */
export async function findOverview(ctx: Ctx): Promise<SettingsOverview> {
  authorize(ctx.actor, 'settings.edit');
  const { db } = ctx;
  const away = { active: true, delegateId: { not: null }, delegateUntil: { gte: toUtcDate(ctx.today) } };
  const [counted, total, names, awayCount, people, steps, own, templates, times, lastBackup] =
    await Promise.all([
      countRoles(ctx),
      db.department.count(),
      db.department.findMany({ select: { name: true }, orderBy: { name: 'asc' }, take: SHOWN }),
      db.user.count({ where: away }),
      db.user.findMany({ where: away, orderBy: [{ name: 'asc' }, { id: 'asc' }], take: SHOWN }),
      db.reminderRule.count({ where: { enabled: true, scope: 'company' } }),
      db.reminderRule.groupBy({ by: ['scope', 'scopeId'], where: { enabled: true, scopeId: { not: null } } }),
      db.planTemplate.findMany({
        where: { deletedAt: null },
        select: { code: true },
        orderBy: [{ code: 'asc' }, { id: 'asc' }],
      }),
      findOwnTimes(ctx),
      findLastBackup(ctx),
    ]);
  const ids = people.flatMap(({ delegateId }) => delegateId ?? []);
  const delegates = await db.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
  return {
    ...counted,
    departments: { total, names: names.map(({ name }) => name) },
    delegates: {
      total: awayCount,
      first: people.flatMap(({ name, delegateId, delegateUntil }) => {
        const delegate = delegates.find(({ id }) => id === delegateId);
        return delegate && delegateUntil
          ? [{ name, delegate: delegate.name, until: fromUtcDate(delegateUntil) }]
          : [];
      }),
    },
    ladder: { steps, own: own.length },
    templateCodes: templates.map(({ code }) => code),
    times,
    lastBackup,
  };
}

/** Open instalments with a rest of at most so much in the base currency. @throws DomainError access.denied */
export async function countTolerated(ctx: Ctx, toleranceMinor: number): Promise<number> {
  authorize(ctx.actor, 'settings.edit');
  const { baseCurrency, settings } = ctx.company;
  const within = toleranceWhere({ baseCurrency, settings: { ...settings, toleranceMinor } }, 'lte');
  return ctx.db.instalment.count({ where: { lifecycle: 'open', ...within } });
}
