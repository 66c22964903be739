// Reads all settings at once, as the settings file has them. For callers that checked who asks.
import type { CompanyInfo } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { ROLES } from '../access.js';
import { fromUtcDate } from '../local-date.js';
import { toRule } from '../reminders/ladder.queries.js';
import { LADDER_SCOPES } from '../reminders/ladders.js';
import { listTemplates } from '../templates/template.queries.js';
import type { PresentSettings } from './settings-present.js';

/** `codes`: customers that a file names. */
export async function loadPresent(
  db: Db | Tx,
  company: CompanyInfo,
  codes: readonly string[] = [],
): Promise<PresentSettings> {
  const rules = await db.reminderRule.findMany({ orderBy: [{ rank: 'asc' }, { code: 'asc' }] });
  const own = rules.flatMap(({ scope, scopeId }) =>
    scope === 'customer' && scopeId !== null ? [scopeId] : [],
  );
  const customers = await db.customer.findMany({
    where: { deletedAt: null, OR: [{ id: { in: own } }, { code: { in: [...codes] } }] },
    select: { id: true, code: true },
  });
  const days = await db.calendarDay.findMany({ orderBy: { date: 'asc' } });
  const templates = await listTemplates({ db });
  const departments = await db.department.findMany({
    select: { id: true, name: true, parentId: true, directorId: true },
    orderBy: { name: 'asc' },
  });
  const users = await db.user.findMany({ orderBy: [{ name: 'asc' }, { id: 'asc' }] });
  return {
    company: {
      name: company.name,
      timezone: company.timezone,
      baseCurrency: company.baseCurrency,
      locale: company.locale,
      remindAt: company.remindAt,
      remindUntil: company.remindUntil,
      workweek: company.calendar.workweek,
      financeChannelId: company.financeChannelId,
      escalationChannelId: company.escalationChannelId,
    },
    settings: company.settings,
    coveredThrough: company.calendar.coveredThrough,
    days: days.map(({ date, isWorkday, name }) => ({ date: fromUtcDate(date), isWorkday, name })),
    rules: rules.map((row) => ({
      id: row.id,
      scope: LADDER_SCOPES.find((scope) => scope === row.scope) ?? 'company',
      scopeId: row.scopeId,
      enabled: row.enabled,
      rule: toRule(row),
    })),
    templates: templates.map(({ version: _version, ...template }) => template),
    customers,
    departments,
    people: users.map((user) => ({
      id: user.id,
      slackUserId: user.slackUserId,
      email: user.email,
      name: user.name,
      active: user.active,
      roles: ROLES.filter((role) => user.roles.includes(role)),
      managerId: user.managerId,
      departmentId: user.departmentId,
    })),
  };
}
