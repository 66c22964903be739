// Applies an approved amendment: the contract's fields, and the unpaid rows of its plan, all at once (rules §3). The
// caller has locked contract and rows and checked that it fits. Set-based: a plan may have sixty rows.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Contract, Instalment } from '../../generated/prisma/client.js';
import { HAS_BAD_DEBT } from '../adjustments/adjustment.queries.js';
import { fromUtcDate, toUtcDate } from '../local-date.js';
import { forgetFreed } from '../plans/freed-balance.service.js';
import { dueColumns, isQuietSql, openedOnSql } from '../plans/instalment.service.js';
import { instalmentColumns, instalmentsCreated } from '../plans/instalment-insert.service.js';
import { followAnchor, planRow } from '../plans/plan.js';
import { cancelPostponements } from '../plans/postponement-cancel.service.js';
import { closeCasesOf, tellCasesOf } from '../reminders/case.service.js';
import { joinTraces, type Traces } from '../traces.service.js';
import {
  type AmendedRow,
  type AmendmentAfter,
  type AmendmentSide,
  type PresentContract,
  plannedAfter,
  rowChanges,
} from './amendment.js';
import { searchTextOfContract } from './contract-insert.service.js';
import { loadAnchors } from './milestone.queries.js';

interface Amendment {
  readonly contract: Contract;
  readonly present: PresentContract;
  readonly before: AmendmentSide;
  readonly after: AmendmentAfter;
}

/** The contract as it is now, and what its change leaves. */
export async function applyAmendment(
  tx: Tx,
  ctx: Ctx,
  amendment: Amendment,
): Promise<{ contract: Contract; traces: Traces }> {
  const { contract, present, before, after } = amendment;
  const changes = rowChanges(before, after);
  const ids = (kind: 'changed' | 'removed') =>
    changes.flatMap((one) => (one.change !== 'added' && one.change === kind ? (one.before.id ?? []) : []));
  const rows = new Map(
    (await tx.instalment.findMany({ where: { id: { in: ids('changed') } } })).map((row) => [row.id, row]),
  );
  const changed = changes.flatMap((one) => {
    const row = one.change === 'changed' ? rows.get(one.after.id ?? '') : undefined;
    return one.change === 'changed' && row ? [{ row, after: one.after, moved: isMoved(one) }] : [];
  });
  const added = changes.flatMap((one) => (one.change === 'added' ? [one.after] : []));
  const traces = joinTraces(
    await changeRows(tx, ctx, changed),
    await removeRows(tx, ctx, ids('removed')),
    await addRows(tx, ctx, contract, added),
  );
  // Another day was agreed, or there is nothing left to postpone.
  const over = [...changed.filter((one) => one.moved).map(({ row }) => row.id), ...ids('removed')];
  await cancelPostponements(tx, ctx, over);
  await tx.postponement.updateMany({
    where: { instalmentId: { in: over }, status: 'approved' },
    data: { counts: false },
  });
  await forgetFreed(tx, contract.id);
  const { name, amount, paymentMethod, startsOn, endsOn } = after.fields;
  const amended = await tx.contract.update({
    where: { id: contract.id },
    data: {
      name,
      amount,
      paymentMethod,
      startsOn: startsOn && toUtcDate(startsOn),
      endsOn: endsOn && toUtcDate(endsOn),
      searchText: searchTextOfContract(name, contract.number),
      planIncomplete: plannedAfter(present, before, after) < amount,
      version: { increment: 1 },
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
    },
  });
  return { contract: amended, traces };
}

const isMoved = (one: { before: AmendedRow; after: AmendedRow }): boolean =>
  one.before.dueOn !== one.after.dueOn;

interface ChangedRow {
  readonly row: Instalment;
  readonly after: AmendedRow;
  readonly moved: boolean;
}

/** A new date is the row's own from here on: not postponed, not anchored, and the one by which it is old (rules §3). */
async function changeRows(tx: Tx, ctx: Ctx, changed: readonly ChangedRow[]): Promise<Traces> {
  if (changed.length === 0) return {};
  const day = (date: Date | null) => date && fromUtcDate(date);
  const next = changed.map(({ row, after, moved }) => {
    const dates = moved
      ? { dueOn: after.dueOn, postponedTo: null }
      : { dueOn: day(row.dueOn), postponedTo: day(row.postponedTo) };
    const due = dueColumns(ctx, { ...dates, roll: row.roll, remindDaysAhead: row.remindDaysAhead });
    return {
      id: row.id,
      name: after.name,
      amount: after.amount.toString(),
      moved,
      due_on: day(due.dueOn),
      postponed_to: day(due.postponedTo),
      effective_due: day(due.effectiveDue),
      first_remind_on: day(due.firstRemindOn),
    };
  });
  await tx.$executeRaw`
    UPDATE instalment i SET name = x.name, amount = x.amount, outstanding = i.outstanding + x.amount - i.amount,
      lifecycle = CASE WHEN i.outstanding + x.amount <> i.amount THEN 'open' WHEN ${HAS_BAD_DEBT} THEN 'written_off'
        ELSE 'settled' END::"InstalmentLifecycle",
      due_on = x.due_on, postponed_to = x.postponed_to, effective_due = x.effective_due,
      first_remind_on = x.first_remind_on,
      original_due_on = CASE WHEN x.moved THEN x.due_on ELSE i.original_due_on END,
      postpone_count = CASE WHEN x.moved THEN 0 ELSE i.postpone_count END,
      due_source = CASE WHEN x.moved THEN 'manual'::"DueSource" ELSE i.due_source END,
      due_epoch = i.due_epoch + (i.effective_due IS DISTINCT FROM x.effective_due)::int,
      step_rank = CASE WHEN i.effective_due IS DISTINCT FROM x.effective_due THEN 0 ELSE i.step_rank END,
      opened_on = CASE WHEN x.amount > i.amount AND ${isQuietSql(ctx)} THEN ${ctx.today}::date
        ELSE ${openedOnSql(ctx, 'x.effective_due')} END,
      weekly_on = CASE WHEN i.effective_due IS DISTINCT FROM x.effective_due THEN NULL ELSE i.weekly_on END,
      promised_on = CASE WHEN i.effective_due IS DISTINCT FROM x.effective_due OR i.amount <> x.amount THEN NULL ELSE i.promised_on END,
      promised_amount = CASE WHEN i.effective_due IS DISTINCT FROM x.effective_due OR i.amount <> x.amount THEN NULL ELSE i.promised_amount END,
      promised_left = CASE WHEN i.effective_due IS DISTINCT FROM x.effective_due OR i.amount <> x.amount THEN NULL ELSE i.promised_left END,
      promise_count = CASE WHEN i.effective_due IS DISTINCT FROM x.effective_due OR i.amount <> x.amount THEN 0 ELSE i.promise_count END,
      broken_on = CASE WHEN i.effective_due IS DISTINCT FROM x.effective_due OR i.amount <> x.amount THEN NULL ELSE i.broken_on END,
      version = i.version + 1, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}::uuid
    FROM jsonb_to_recordset(${JSON.stringify(next)}::jsonb) AS x(id uuid, name text, amount bigint, moved boolean,
      due_on date, postponed_to date, effective_due date, first_remind_on date)
    WHERE i.id = x.id`;
  const all = changed.map(({ row }) => row.id);
  const closedRows = await tx.instalment.findMany({
    where: { id: { in: all }, lifecycle: { in: ['settled', 'written_off'] } },
    select: { id: true, lifecycle: true },
  });
  const closed = closedRows.map((row) => row.id);
  const settled = closedRows.flatMap((row) => (row.lifecycle === 'settled' ? [row.id] : []));
  const writtenOff = closed.filter((id) => !settled.includes(id));
  await cancelPostponements(tx, ctx, closed);
  const moved = changed.filter((one) => one.moved && !closed.includes(one.row.id)).map(({ row }) => row.id);
  const by = { byId: ctx.actor.id };
  return joinTraces(
    {
      audit: changed.map(({ row, after }) => ({
        action: 'instalment.amended',
        subjectType: 'instalment',
        subjectId: row.id,
        before: { name: row.name, amount: row.amount, dueOn: day(row.postponedTo ?? row.dueOn) },
        after: { name: after.name, amount: after.amount, dueOn: after.dueOn },
      })),
      revisions: all.map((id) => ({ id, cause: 'amended' })),
    },
    await closeCasesOf(tx, ctx, settled, 'settled', by),
    await closeCasesOf(tx, ctx, writtenOff, 'written_off', by),
    await tellCasesOf(tx, ctx, moved, 'postponed', by),
  );
}

async function removeRows(tx: Tx, ctx: Ctx, ids: string[]): Promise<Traces> {
  if (ids.length === 0) return {};
  const removed = await tx.instalment.updateManyAndReturn({
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
  return joinTraces(
    {
      audit: removed.map((row) => ({
        action: 'instalment.deleted',
        subjectType: 'instalment',
        subjectId: row.id,
        before: { name: row.name, amount: row.amount, dueOn: row.dueOn },
      })),
      revisions: ids.map((id) => ({ id, cause: 'amended' })),
    },
    await closeCasesOf(tx, ctx, ids, 'deleted', { byId: ctx.actor.id }),
  );
}

async function addRows(tx: Tx, ctx: Ctx, contract: Contract, added: readonly AmendedRow[]): Promise<Traces> {
  if (added.length === 0) return {};
  const { _max } = await tx.instalment.aggregate({ where: { contractId: contract.id }, _max: { seq: true } });
  const first = (_max.seq ?? 0) + 1;
  const anchors = await loadAnchors(tx, contract.id);
  const rows = added.map(({ name, amount, dueOn, isRetention, anchorKind, anchorOffset }) =>
    followAnchor(
      planRow.parse({
        ...{ name, amount, dueOn, isRetention, anchorKind, anchorOffset },
        dueSource: anchorKind === null ? 'manual' : 'anchor',
      }),
      anchors,
    ),
  );
  const created = await tx.instalment.createManyAndReturn({
    data: rows.map((row, index) => instalmentColumns(ctx, contract, row, first + index)),
  });
  return instalmentsCreated(contract.number, created);
}
