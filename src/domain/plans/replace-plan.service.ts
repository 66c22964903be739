// The whole plan of a draft contract, as it was last seen by its maker: rows that stay are changed in place, others go,
// new ones are added. Set-based: a plan may have sixty rows.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Contract, Instalment } from '../../generated/prisma/client.js';
import { loadAnchors } from '../contracts/milestone.queries.js';
import { fromUtcDate } from '../local-date.js';
import { joinTraces, leaveTraces, type Traces } from '../traces.service.js';
import { dueColumns } from './instalment.service.js';
import { matchRows } from './match-rows.js';
import { followAnchor, type PlanRow, type PlanRowInput, planRow } from './plan.js';
import { addRows, checkRow, type NewRows } from './plan.service.js';
import { saveExpectedDates } from './plan-anchors.service.js';

export interface WantedPlan extends Omit<NewRows, 'rows'> {
  /** `id`: the row of the plan that it is. */
  readonly rows: readonly (PlanRowInput & { readonly id?: string | undefined })[];
}

/**
 * Makes the plan of a locked draft contract what is wanted.
 * @throws DomainError plan.exceeds_contract, plan.past_date, plan.date_too_far
 */
export async function replacePlan(tx: Tx, ctx: Ctx, contract: Contract, wanted: WantedPlan): Promise<void> {
  await saveExpectedDates(tx, ctx, contract, wanted.expected ?? {});
  const anchors = await loadAnchors(tx, contract.id);
  const rows = wanted.rows.map(({ id, ...row }) => ({ id, ...followAnchor(planRow.parse(row), anchors) }));
  const present = await tx.instalment.findMany({
    where: { contractId: contract.id, lifecycle: 'inactive' },
    orderBy: { seq: 'asc' },
  });
  const { kept, gone, added } = matchRows(present, rows);
  const changed = kept.filter(({ present: before, wanted: row }) => !isSame(before, row));
  for (const { present: before, wanted: row } of changed) {
    const isMoved = row.dueOn !== day(before.dueOn);
    checkRow(ctx, row, wanted.alreadyDue === true || !isMoved);
  }
  await leaveTraces(tx, ctx, joinTraces(await changeRows(tx, ctx, changed), await removeRows(tx, ctx, gone)));
  // Also with nothing to add: it is what holds the sum against the contract.
  await addRows(tx, ctx, contract, { rows: added, alreadyDue: wanted.alreadyDue === true });
}

const day = (date: Date | null) => date && fromUtcDate(date);

/** What a person enters of a row; the trail shows the same. */
const entered = (row: Instalment | PlanRow) => ({
  name: row.name,
  amount: row.amount,
  dueOn: row.dueOn instanceof Date ? fromUtcDate(row.dueOn) : row.dueOn,
  plannedMethod: row.plannedMethod,
  remindDaysAhead: row.remindDaysAhead,
  isRetention: row.isRetention,
  remark: row.remark,
});

const isSame = (before: Instalment, row: PlanRow): boolean => {
  const hangs = (one: Instalment | PlanRow) => [one.anchorKind, one.dueSource, one.roll, one.anchorOffset];
  return asText([entered(before), hangs(before)]) === asText([entered(row), hangs(row)]);
};

/** Keys in one order: JSON from the database has another. */
const asText = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return item.toString();
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });

async function changeRows(
  tx: Tx,
  ctx: Ctx,
  changed: readonly { present: Instalment; wanted: PlanRow }[],
): Promise<Traces> {
  if (changed.length === 0) return {};
  const next = changed.map(({ present, wanted: row }) => {
    const due = dueColumns(ctx, { ...row, postponedTo: null });
    return {
      id: present.id,
      name: row.name,
      amount: row.amount.toString(),
      planned_method: row.plannedMethod,
      remind_days_ahead: row.remindDaysAhead,
      is_retention: row.isRetention,
      template_id: row.templateId,
      remark: row.remark,
      anchor_kind: row.anchorKind,
      anchor_offset: row.anchorOffset,
      due_source: row.dueSource,
      roll: row.roll,
      due_on: day(due.dueOn),
      effective_due: day(due.effectiveDue),
      first_remind_on: day(due.firstRemindOn),
    };
  });
  await tx.$executeRaw`
    UPDATE instalment i SET name = x.name, amount = x.amount, outstanding = x.amount,
      planned_method = x.planned_method, remind_days_ahead = x.remind_days_ahead, is_retention = x.is_retention,
      template_id = x.template_id,
      remark = x.remark, anchor_kind = x.anchor_kind, anchor_offset = x.anchor_offset,
      due_source = x.due_source::"DueSource", roll = x.roll, due_on = x.due_on, effective_due = x.effective_due,
      first_remind_on = x.first_remind_on,
      due_epoch = i.due_epoch + (i.effective_due IS DISTINCT FROM x.effective_due)::int,
      version = i.version + 1, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}::uuid
    FROM jsonb_to_recordset(${JSON.stringify(next)}::jsonb) AS x(id uuid, name text, amount bigint,
      planned_method text, remind_days_ahead int, is_retention boolean, template_id uuid, remark text, anchor_kind text,
      anchor_offset jsonb, due_source text, roll text, due_on date, effective_due date, first_remind_on date)
    WHERE i.id = x.id AND i.lifecycle = 'inactive'`;
  return {
    audit: changed.map(({ present, wanted: row }) => ({
      action: 'instalment.edited',
      subjectType: 'instalment',
      subjectId: present.id,
      before: entered(present),
      after: entered(row),
    })),
    revisions: changed.map(({ present }) => ({ id: present.id, cause: 'edited' })),
  };
}

async function removeRows(tx: Tx, ctx: Ctx, gone: readonly Instalment[]): Promise<Traces> {
  if (gone.length === 0) return {};
  const ids = gone.map((row) => row.id);
  await tx.instalment.updateMany({
    where: { id: { in: ids } },
    data: {
      lifecycle: 'cancelled',
      outstanding: 0n,
      deletedAt: ctx.now,
      deletedById: ctx.actor.id,
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
      version: { increment: 1 },
    },
  });
  return {
    audit: gone.map((row) => ({
      action: 'instalment.deleted',
      subjectType: 'instalment',
      subjectId: row.id,
      before: { name: row.name, amount: row.amount, dueOn: row.dueOn },
    })),
    revisions: ids.map((id) => ({ id, cause: 'deleted' })),
  };
}
