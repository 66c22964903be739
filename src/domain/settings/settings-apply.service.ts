// Writes what a settings file changes beside the company's own row, in its transaction: calendar, ladders, templates,
// departments, people; each with its line in the trail. Each table is written at once.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { askAgainForOrphans, listAskedOf, listStuck, redrawNames } from '../approvals/ask-again.service.js';
import type { AuditEntry } from '../audit.service.js';
import { newId } from '../ids.js';
import { toUtcDate } from '../local-date.js';
import { askedRewrite } from '../members/member.service.js';
import { notice } from '../notices/notice.js';
import type { Rewrite } from '../notices/outbox.service.js';
import { keepRules, toColumns } from '../reminders/ladder.queries.js';
import { nextCodes } from '../reminders/ladder.service.js';
import { told } from '../templates/template.js';
import { lockCodes } from '../templates/template-rows.service.js';
import { leaveTraces } from '../traces.service.js';
import { changedOnly } from '../versions.service.js';
import { goOn } from './lists.service.js';
import type { SettingsPlan } from './settings-change.js';

/** How many of each were written, for the company's line of the trail. @throws DomainError version.conflict */
export async function applyPlan(tx: Tx, ctx: Ctx, plan: SettingsPlan): Promise<Record<string, number>> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('huikuan.members'))`;
  await lockCodes(tx);
  const peopleChange = plan.people.length + plan.departments.length > 0;
  const stuck = peopleChange ? await listStuck(tx) : [];
  const ids = plan.people.map(({ id }) => id);
  const named = peopleChange ? await listAskedOf(tx, ids) : [];
  const answered = await answerAsked(tx, ctx, plan);
  await writeDays(tx, plan);
  const templateIds = await writeTemplates(tx, ctx, plan);
  await writeLadders(tx, ctx, plan, templateIds);
  const departmentIds = await writeDepartments(tx, ctx, plan);
  await writePeople(tx, ctx, plan, departmentIds);
  const { numbering } = plan.settings;
  if (numbering) {
    const before = ctx.company.settings.numbering;
    for (const kind of ['contract', 'receipt', 'customer'] as const)
      if (JSON.stringify(before[kind]) !== JSON.stringify(numbering[kind]))
        await goOn(tx, ctx, kind, numbering[kind]);
  }
  await leaveTraces(tx, ctx, {
    audit: entriesOf(ctx, plan, { templateIds, departmentIds }),
    notices: plan.people
      .filter(({ before, after }) => after.roles.some((role) => !before.roles.includes(role)))
      .map(({ id }) =>
        notice({
          kind: 'member.welcome',
          key: `member.welcome:${id}:${ctx.requestId ?? ctx.now.toISOString()}`,
          to: { user: id },
          payload: { userId: id, byId: ctx.actor.id },
        }),
      ),
    rewrites: answered,
  });
  if (peopleChange) {
    // First cards that are there: who is asked only now has one that says it.
    await redrawNames(tx, ctx, ids, named);
    await askAgainForOrphans(tx, ctx, null, stuck);
  }
  return {
    days: plan.days.put.length + plan.days.drop.length,
    ladders: plan.ladders.length,
    templates: plan.templates.length,
    departments: plan.departments.length,
    people: plan.people.length,
  };
}

/** Whoever asked for a role and has one now waits for nobody: the admins' copies of the question, as they stand then. */
async function answerAsked(tx: Tx, ctx: Ctx, { people }: SettingsPlan): Promise<Rewrite[]> {
  const given = people.filter(({ after }) => after.roles.length > 0).map(({ id }) => id);
  if (given.length === 0) return [];
  const asked = await tx.user.findMany({ where: { id: { in: given }, askedAt: { not: null } } });
  await tx.user.updateMany({ where: { id: { in: asked.map(({ id }) => id) } }, data: { askedAt: null } });
  return asked.map((user) => askedRewrite(ctx, user, { tag: user.version + 1 }));
}

async function writeDays(tx: Tx, { days: { put, drop } }: SettingsPlan): Promise<void> {
  const dates = [...put.map((day) => day.date), ...drop].map(toUtcDate);
  if (dates.length === 0) return;
  await tx.calendarDay.deleteMany({ where: { date: { in: dates } } });
  await tx.calendarDay.createMany({ data: put.map((day) => ({ ...day, date: toUtcDate(day.date) })) });
}

/** @returns the id of each template of the plan by its code */
async function writeTemplates(tx: Tx, ctx: Ctx, { templates }: SettingsPlan): Promise<Map<string, string>> {
  const rows = templates.map(({ id, template }) => ({
    ...template,
    id: id ?? newId(ctx.now),
    isNew: id === null,
  }));
  const ids = new Map(rows.map(({ code, id }) => [code, id]));
  if (rows.length === 0) return ids;
  const by = { createdAt: ctx.now, createdById: ctx.actor.id, updatedAt: ctx.now, updatedById: ctx.actor.id };
  await tx.planTemplate.createMany({
    data: rows
      .filter((row) => row.isNew)
      .map(({ isNew: _new, lines: _lines, ...head }) => ({ ...head, ...by })),
  });
  const changed = rows.filter((row) => !row.isNew);
  await tx.$executeRaw`
    UPDATE plan_template p SET name = x.name, rounding = x.rounding, currency = x.currency,
      contract_types = ARRAY(SELECT jsonb_array_elements_text(x.contract_types)),
      customer_types = ARRAY(SELECT jsonb_array_elements_text(x.customer_types)),
      version = p.version + 1, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}::uuid
    FROM jsonb_to_recordset(${JSON.stringify(
      changed.map(({ id, name, rounding, currency, contractTypes, customerTypes }) => ({
        id,
        name,
        rounding,
        currency,
        contract_types: contractTypes,
        customer_types: customerTypes,
      })),
    )}::jsonb) AS x(id uuid, name text, rounding text, currency text, contract_types jsonb, customer_types jsonb)
    WHERE p.id = x.id`;
  await tx.planTemplateLine.deleteMany({ where: { templateId: { in: changed.map((row) => row.id) } } });
  await tx.planTemplateLine.createMany({
    data: rows.flatMap(({ id, lines }) =>
      lines.map((line, index) => ({ ...line, id: newId(ctx.now), templateId: id, seq: index + 1 })),
    ),
  });
  return ids;
}

async function writeLadders(
  tx: Tx,
  ctx: Ctx,
  { ladders }: SettingsPlan,
  templateIds: ReadonlyMap<string, string>,
): Promise<void> {
  if (ladders.length === 0) return;
  const codes = ladders.flatMap(({ scope, of }) => (scope === 'template' && of !== null ? [of] : []));
  const known = await tx.planTemplate.findMany({
    where: { deletedAt: null, code: { in: codes } },
    select: { id: true, code: true },
  });
  const ids = new Map([...known.map(({ code, id }) => [code, id] as const), ...templateIds]);
  const off = ladders.flatMap((one) => one.off);
  const kept = ladders.flatMap((one) => one.keep).map(({ id, rule }) => ({ id, ...toColumns(rule) }));
  const changed = [...off, ...kept.map(({ id }) => id)];
  await keepRules(tx, ctx.today, Prisma.sql`id = ANY(${changed}::uuid[])`);
  await tx.reminderRule.updateMany({ where: { id: { in: off } }, data: { enabled: false } });
  await tx.$executeRaw`
    UPDATE reminder_rule r SET rank = x.rank, offset_days = x.offset_days, repeat_every_days = x.repeat_every_days,
      anchor_weekday = x.anchor_weekday, roles = ARRAY(SELECT jsonb_array_elements_text(x.roles)), place = x.place,
      needs_ack = x.needs_ack, level = x.level, tone = x.tone,
      replaced_by_remind_days = x.replaced_by_remind_days, enabled = true
    FROM jsonb_to_recordset(${JSON.stringify(
      kept.map((rule) => ({
        id: rule.id,
        rank: rule.rank,
        offset_days: rule.offsetDays,
        repeat_every_days: rule.repeatEveryDays,
        anchor_weekday: rule.anchorWeekday,
        roles: rule.roles,
        place: rule.place,
        needs_ack: rule.needsAck,
        level: rule.level,
        tone: rule.tone,
        replaced_by_remind_days: rule.replacedByRemindDays,
      })),
    )}::jsonb) AS x(id uuid, rank int, offset_days int, repeat_every_days int, anchor_weekday int, roles jsonb,
      place text, needs_ack boolean, level int, tone text, replaced_by_remind_days boolean)
    WHERE r.id = x.id`;
  const added = ladders.flatMap(({ scope, of, add }) => add.map((rule) => ({ scope, of, rule })));
  const fresh = await nextCodes(tx, added.length);
  await tx.reminderRule.createMany({
    data: added.map(({ scope, of, rule }, index) => ({
      ...toColumns(rule),
      id: newId(ctx.now),
      code: fresh[index] ?? '',
      scope,
      scopeId: scope === 'template' ? (ids.get(of ?? '') ?? null) : of,
      changedOn: toUtcDate(ctx.today),
    })),
  });
}

/** @returns the id of every department by its name */
async function writeDepartments(
  tx: Tx,
  ctx: Ctx,
  { departments }: SettingsPlan,
): Promise<Map<string, string>> {
  const by = { createdAt: ctx.now, updatedAt: ctx.now };
  await tx.department.createMany({
    data: departments
      .filter(({ id }) => id === null)
      .map(({ name, directorId }) => ({ id: newId(ctx.now), name, directorId, ...by })),
  });
  const all = await tx.department.findMany({ select: { id: true, name: true } });
  const ids = new Map(all.map(({ id, name }) => [name, id]));
  if (departments.length > 0)
    await tx.$executeRaw`
      UPDATE department d SET parent_id = x.parent_id, director_id = x.director_id, version = d.version + 1,
        updated_at = ${ctx.now}
      FROM jsonb_to_recordset(${JSON.stringify(
        departments.map(({ name, parent, directorId }) => ({
          name,
          parent_id: parent === null ? null : (ids.get(parent) ?? null),
          director_id: directorId,
        })),
      )}::jsonb) AS x(name text, parent_id uuid, director_id uuid)
      WHERE d.name = x.name`;
  return ids;
}

async function writePeople(
  tx: Tx,
  ctx: Ctx,
  { people }: SettingsPlan,
  departmentIds: ReadonlyMap<string, string>,
): Promise<void> {
  if (people.length === 0) return;
  await tx.$executeRaw`
    UPDATE app_user u SET roles = ARRAY(SELECT jsonb_array_elements_text(x.roles)), manager_id = x.manager_id,
      department_id = x.department_id, version = u.version + 1, updated_at = ${ctx.now}
    FROM jsonb_to_recordset(${JSON.stringify(
      people.map(({ id, after }) => ({
        id,
        roles: after.roles,
        manager_id: after.managerId,
        department_id: after.department === null ? null : (departmentIds.get(after.department) ?? null),
      })),
    )}::jsonb) AS x(id uuid, roles jsonb, manager_id uuid, department_id uuid)
    WHERE u.id = x.id`;
}

function entriesOf(
  ctx: Ctx,
  plan: SettingsPlan,
  ids: { templateIds: ReadonlyMap<string, string>; departmentIds: ReadonlyMap<string, string> },
): AuditEntry[] {
  return [
    ...plan.templates.map(({ before, template }) => {
      const next = told(template);
      const was = before && told(before);
      return {
        action: was === null ? 'template.created' : 'template.edited',
        subjectType: 'template',
        subjectId: ids.templateIds.get(template.code) ?? ctx.company.id,
        ...(was && { before: changedOnly(was, next) }),
        after: was ? changedOnly(next, was) : next,
      };
    }),
    ...plan.ladders.map(({ scope, of, kind, before, keep, add }) => ({
      action: 'ladder.changed',
      subjectType: scope,
      subjectId: (scope === 'template' ? ids.templateIds.get(of ?? '') : of) ?? ctx.company.id,
      before: { kind, ladder: before },
      after: { kind, ladder: [...keep.map((one) => one.rule), ...add] },
    })),
    ...plan.departments.map(({ before, name, parent, directorId }) => ({
      action: before === null ? 'department.created' : 'department.changed',
      subjectType: 'department',
      subjectId: ids.departmentIds.get(name) ?? ctx.company.id,
      ...(before && { before: { name, parentId: before.parentId, directorId: before.directorId } }),
      after: { name, parentId: parent === null ? null : (ids.departmentIds.get(parent) ?? null), directorId },
    })),
    ...plan.people.map(({ id, before, after }) => ({
      action: 'member.changed',
      subjectType: 'member',
      subjectId: id,
      before: { ...before },
      after: { ...after },
    })),
  ];
}
