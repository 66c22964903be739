// Moves instalments to the days that follow from their milestones: one statement for all of them.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { recordAudit } from '../audit.service.js';
import { newId } from '../ids.js';
import { addDays, toUtcDate } from '../local-date.js';
import type { AnchorKind } from '../plans/anchor.js';
import { addRevisions, openedOnSql } from '../plans/instalment.service.js';
import type { MilestoneKind } from './contract.js';
import { loadAnchoredRows, loadAnchorsOf } from './milestone.queries.js';
import { type MilestoneMove, movesOf } from './milestone-moves.js';

/**
 * Writes the moves of rows whose contract is locked: new dates, a new due epoch, revisions, audit; where it counts as
 * a postponement also that. Dates follow their anchor from now on.
 */
export async function moveRows(
  tx: Tx,
  ctx: Ctx,
  moves: readonly MilestoneMove[],
  cause: { kind: MilestoneKind | null; isPostponement: boolean },
): Promise<void> {
  if (moves.length === 0) return;
  const counts = (move: MilestoneMove) => cause.isPostponement && move.isLater;
  const data = moves.map((move) => ({
    id: move.row.id,
    due_on: move.dueOn,
    effective_due: move.to,
    first_remind_on: move.to && addDays(move.to, -move.row.remindDaysAhead),
    postponed: counts(move) ? 1 : 0,
  }));
  await tx.$executeRaw`
    UPDATE instalment i SET due_on = m.due_on, postponed_to = NULL, effective_due = m.effective_due,
      first_remind_on = m.first_remind_on, due_source = 'anchor',
      original_due_on = CASE WHEN i.lifecycle = 'open' THEN COALESCE(i.original_due_on, m.due_on) END,
      postpone_count = i.postpone_count + m.postponed,
      due_epoch = i.due_epoch + (i.effective_due IS DISTINCT FROM m.effective_due)::int,
      step_rank = CASE WHEN i.effective_due IS DISTINCT FROM m.effective_due THEN 0 ELSE i.step_rank END,
      opened_on = ${openedOnSql(ctx, 'm.effective_due')},
      weekly_on = CASE WHEN i.effective_due IS DISTINCT FROM m.effective_due THEN NULL ELSE i.weekly_on END,
      promised_on = CASE WHEN i.effective_due IS DISTINCT FROM m.effective_due THEN NULL ELSE i.promised_on END,
      promised_amount = CASE WHEN i.effective_due IS DISTINCT FROM m.effective_due THEN NULL ELSE i.promised_amount END,
      promised_left = CASE WHEN i.effective_due IS DISTINCT FROM m.effective_due THEN NULL ELSE i.promised_left END,
      promise_count = CASE WHEN i.effective_due IS DISTINCT FROM m.effective_due THEN 0 ELSE i.promise_count END,
      broken_on = CASE WHEN i.effective_due IS DISTINCT FROM m.effective_due THEN NULL ELSE i.broken_on END,
      version = i.version + 1, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}::uuid
    FROM jsonb_to_recordset(${JSON.stringify(data)}::jsonb)
      AS m(id uuid, due_on date, effective_due date, first_remind_on date, postponed int)
    WHERE i.id = m.id`;
  await addRevisions(
    tx,
    ctx,
    moves.map((move) => move.row),
    'milestone',
  );
  await tx.postponement.createMany({
    data: moves.flatMap((move) =>
      counts(move) && move.from !== null && move.to !== null
        ? [
            {
              id: newId(ctx.now),
              instalmentId: move.row.id,
              fromDate: toUtcDate(move.from),
              toDate: toUtcDate(move.to),
              createdAt: ctx.now,
              createdById: ctx.actor.id,
            },
          ]
        : [],
    ),
  });
  await recordAudit(
    tx,
    ctx,
    ...moves.map((move) => ({
      action: 'instalment.moved',
      subjectType: 'instalment',
      subjectId: move.row.id,
      before: { effectiveDue: move.from },
      after: { effectiveDue: move.to, milestone: cause.kind ?? move.row.anchorKind },
    })),
  );
}

/**
 * After the days of drafts were edited: rows that hang on `kinds` follow, those with a date of their own stay.
 * The contracts are locked by the caller.
 */
export async function followAnchors(
  tx: Tx,
  ctx: Ctx,
  contractIds: readonly string[],
  kinds: readonly AnchorKind[],
): Promise<void> {
  if (contractIds.length === 0) return;
  const rows = await loadAnchoredRows(tx, ...contractIds);
  if (rows.length === 0) return;
  const anchors = await loadAnchorsOf(tx, contractIds);
  const moves = contractIds.flatMap((id) =>
    movesOf(
      rows.filter((row) => row.contractId === id),
      kinds,
      anchors.get(id) ?? {},
      ctx.company.calendar,
    ),
  );
  const free = moves.filter((move) => !move.asks);
  await moveRows(tx, ctx, free, { kind: null, isPostponement: false });
}
