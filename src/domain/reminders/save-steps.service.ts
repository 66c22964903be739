// Writes the plan of a batch of locked rows, set-based: reminders, how far each row has come, cases.
// Every statement may be repeated: unique keys make each reminder and each open case once.
import type { SystemCtx } from '../../ctx.js';
import { idsParam, recordsParam } from '../../db/bulk-records.js';
import type { Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { recordAudit } from '../audit.service.js';
import { ENDING_KIND } from '../contracts/contract-endings.queries.js';
import { newId } from '../ids.js';
import type { LocalDate } from '../local-date.js';
import { ON_ITS_WAY } from './drop-reminders.service.js';
import type { CaseChange, PlannedStep } from './plan-row.js';
import type { LockedRows } from './rows-alike.queries.js';

/** The time and the version of an id. */
const TIME_LENGTH = 'tttttttt-tttt-7'.length;

/** One person to tell of one step of each of these rows. */
export interface PlannedReminder {
  readonly rows: Pick<LockedRows, 'ids' | 'dueEpoch'>;
  readonly ruleCode: string;
  readonly occurrenceOn: LocalDate;
  readonly recipientRole: string;
  readonly recipientId: string;
  /** A lower step that the one sent passes: logged, never sent. */
  readonly superseded: boolean;
}

/** An id of ours for each row of a statement. */
const newIds = (now: Date): Prisma.Sql =>
  Prisma.sql`overlay(gen_random_uuid()::text PLACING ${newId(now).slice(0, TIME_LENGTH)} FROM 1)::uuid`;

/** A reminder that exists stays as it is, but for one that was dropped when its row, or its step, went to somebody else. */
export const REASSIGNED_ANEW = Prisma.sql`
  ON CONFLICT (instalment_id, due_epoch, rule_code, occurrence_on, recipient_id) DO UPDATE SET
    status = excluded.status, skip_reason = excluded.skip_reason, recipient_role = excluded.recipient_role,
    planned_on = excluded.planned_on, outbox_id = NULL
  WHERE reminder.status = 'skipped' AND reminder.skip_reason IN ('reassigned', 'inactive')`;

/** Adds reminders; one that exists already stays as it is. Returns how many are new and to be sent. */
export async function insertReminders(
  tx: Tx,
  ctx: SystemCtx,
  planned: readonly PlannedReminder[],
): Promise<number> {
  if (planned.length === 0) return 0;
  const sorts = [...new Set(planned.map(({ rows }) => rows))];
  const numberOf = new Map(sorts.map((rows, number) => [rows, number]));
  const rows = recordsParam([
    { name: 'number', type: 'int', values: sorts.map((_rows, number) => number) },
    { name: 'ids', type: 'uuid[]', values: sorts.map(({ ids }) => ids) },
    { name: 'due_epoch', type: 'int', values: sorts.map(({ dueEpoch }) => dueEpoch) },
  ]);
  const said = recordsParam([
    { name: 'number', type: 'int', values: planned.map((item) => numberOf.get(item.rows)) },
    { name: 'rule_code', type: 'text', values: planned.map(({ ruleCode }) => ruleCode) },
    { name: 'occurrence_on', type: 'date', values: planned.map(({ occurrenceOn }) => occurrenceOn) },
    { name: 'role', type: 'text', values: planned.map(({ recipientRole }) => recipientRole) },
    { name: 'recipient_id', type: 'uuid', values: planned.map(({ recipientId }) => recipientId) },
    { name: 'superseded', type: 'boolean', values: planned.map(({ superseded }) => superseded) },
  ]);
  const inserted = await tx.$queryRaw<{ count: number }[]>`
    WITH added AS (
      INSERT INTO reminder (id, instalment_id, due_epoch, rule_code, occurrence_on, recipient_role, recipient_id,
        status, skip_reason, planned_on, created_at)
      SELECT ${newIds(ctx.now)}, i.id, rows.due_epoch, said.rule_code, said.occurrence_on, said.role, said.recipient_id,
        (CASE WHEN said.superseded THEN 'skipped' ELSE 'pending' END)::"ReminderStatus",
        CASE WHEN said.superseded THEN 'superseded' END, ${ctx.today}::date, ${ctx.now}
      FROM ${rows} rows JOIN ${said} said USING (number) CROSS JOIN LATERAL unnest(rows.ids) AS i(id)
      ${REASSIGNED_ANEW} RETURNING status)
    SELECT COUNT(*)::int AS count FROM added WHERE status = 'pending'`;
  return inserted[0]?.count ?? 0;
}

/** One person to tell of one occurrence of a milestone. */
export interface PlannedMilestone {
  readonly contractId: string;
  readonly milestoneKind: string;
  readonly epoch: number;
  readonly ruleCode: string;
  readonly occurrenceOn: LocalDate;
  readonly recipientRole: string;
  readonly recipientId: string;
}

/** Adds reminders of milestones; what still waits to be sent of them is passed. Returns how many are new. */
export async function insertMilestoneReminders(
  tx: Tx,
  ctx: SystemCtx,
  planned: readonly PlannedMilestone[],
): Promise<number> {
  if (planned.length === 0) return 0;
  const records = planned.map((one) => ({ ...one, id: newId(ctx.now) }));
  const json = JSON.stringify(records);
  const shape = Prisma.sql`x(id uuid, "contractId" uuid, "milestoneKind" text, epoch int, "ruleCode" text,
    "occurrenceOn" date, "recipientRole" text, "recipientId" uuid)`;
  await tx.$executeRaw`
    UPDATE reminder r SET status = 'skipped', skip_reason = 'superseded' FROM jsonb_to_recordset(${json}::jsonb) AS ${shape}
    WHERE r.contract_id = x."contractId" AND r.milestone_kind = x."milestoneKind" AND r.status = 'pending'
      AND NOT ${ON_ITS_WAY}
      -- The same one may have been planned by another run at this moment: it stays. So does that of a later day than this run
      -- has read of a milestone; of a contract's end no number says which came later.
      AND (r.due_epoch < x.epoch OR (r.milestone_kind = ${ENDING_KIND} AND r.due_epoch <> x.epoch)
        OR (r.due_epoch = x.epoch AND r.occurrence_on < x."occurrenceOn"))`;
  return tx.$executeRaw`
    INSERT INTO reminder (id, contract_id, milestone_kind, due_epoch, rule_code, occurrence_on, recipient_role,
      recipient_id, planned_on, created_at)
    SELECT x.id, x."contractId", x."milestoneKind", x.epoch, x."ruleCode", x."occurrenceOn", x."recipientRole",
      x."recipientId", ${ctx.today}::date, ${ctx.now}
    FROM jsonb_to_recordset(${json}::jsonb) AS ${shape}
    -- One that was passed unsaid, and whose day counts again, is said after all.
    ON CONFLICT (contract_id, milestone_kind, due_epoch, rule_code, occurrence_on, recipient_id)
      WHERE contract_id IS NOT NULL DO UPDATE SET
      status = 'pending', skip_reason = NULL, planned_on = excluded.planned_on, outbox_id = NULL
      WHERE reminder.status = 'skipped' AND reminder.skip_reason = 'superseded'`;
}

/**
 * What waits to be sent of these rows is passed by a higher step, for whom that one tells (`planned`), or belongs to a date
 * that no longer counts. Whom the higher step does not tell would hear of the row from nobody else.
 */
export async function supersedePending(
  tx: Tx,
  rows: readonly Pick<LockedRows, 'ids' | 'dueEpoch'>[],
  planned: readonly PlannedReminder[],
): Promise<void> {
  const told = new Map(rows.map((one) => [one, new Set<string>()]));
  // A lower step that is passed by the way is in the owner's log: it tells nobody.
  for (const item of planned) if (!item.superseded) told.get(item.rows)?.add(item.recipientId);
  const sorts = recordsParam([
    { name: 'ids', type: 'uuid[]', values: rows.map(({ ids }) => ids) },
    { name: 'due_epoch', type: 'int', values: rows.map(({ dueEpoch }) => dueEpoch) },
    { name: 'told', type: 'uuid[]', values: rows.map((one) => [...(told.get(one) ?? [])]) },
  ]);
  // LATERAL with OFFSET: by index, row by row, also where a plan was made while the table was small.
  const passed = await tx.$queryRaw<{ id: string; isMoved: boolean }[]>`
    SELECT p.id::text, p.due_epoch < rows.due_epoch AS "isMoved"
    FROM ${sorts} rows CROSS JOIN LATERAL unnest(rows.ids) AS i(id)
    CROSS JOIN LATERAL (SELECT id, recipient_id, due_epoch FROM reminder
      WHERE instalment_id = i.id AND status = 'pending' OFFSET 0) p
    WHERE p.due_epoch < rows.due_epoch OR p.recipient_id = ANY(rows.told)`;
  if (passed.length === 0) return;
  await tx.$executeRaw`
    UPDATE reminder r SET status = 'skipped', skip_reason = CASE WHEN x.moved THEN 'moved' ELSE 'superseded' END
    FROM unnest(${idsParam(passed.map((one) => one.id))}, ${passed.map((one) => one.isMoved)}::boolean[]) AS x(id, moved)
    WHERE r.id = x.id AND r.status = 'pending' AND NOT ${ON_ITS_WAY}`;
}

/**
 * Remembers how far the rows have come, and on which day something was said of them: a repeated line of an earlier day
 * would say less.
 */
export async function advanceRows(
  tx: Tx,
  rows: readonly { readonly ids: readonly string[]; readonly rank: number }[],
  saidOn: LocalDate,
): Promise<void> {
  for (const rank of new Set(rows.map((some) => some.rank))) {
    const ids = rows.flatMap((some) => (some.rank === rank ? some.ids : []));
    await tx.$executeRaw`
      UPDATE instalment SET step_rank = ${rank}, weekly_on = ${saidOn}::date WHERE id = ANY(${idsParam(ids)})`;
  }
}

/** A promise that was not kept is told once, a dispute goes to the manager once. */
export async function closeHolds(
  tx: Tx,
  steps: readonly { rows: { ids: readonly string[] }; step: PlannedStep }[],
): Promise<void> {
  const idsOf = (cause: PlannedStep['cause']) =>
    steps.filter(({ step }) => step.cause === cause).flatMap(({ rows }) => rows.ids);
  const broken = idsOf('promise');
  const disputed = idsOf('dispute');
  if (broken.length > 0)
    await tx.$executeRaw`
      UPDATE instalment SET broken_on = promised_on, promised_on = NULL, promised_amount = NULL, promised_left = NULL
      WHERE id = ANY(${idsParam(broken)})`;
  if (disputed.length > 0)
    await tx.$executeRaw`UPDATE instalment SET dispute_told = true WHERE id = ANY(${idsParam(disputed)})`;
}

/** How the trail names what became of a case. */
const AUDITED: Record<CaseChange, string> = {
  opened: 'case.opened',
  raised: 'case.raised',
  still: 'case.step',
  again: 'case.overdue_again',
  broken: 'case.promise_broken',
  disputed: 'case.disputed',
};

/** A case of a row to open, raise or tell again, and whom it asks. */
export interface PlannedCase {
  readonly change: CaseChange;
  readonly id: string | null;
  readonly instalmentId: string;
  readonly level: number;
  readonly stepCode: string;
  readonly recipientIds: readonly string[];
}

export interface SavedCase {
  readonly id: string;
  readonly instalmentId: string;
  readonly level: number;
  readonly version: number;
  readonly recipientIds: string[];
  readonly change: CaseChange;
}

/** Opens and raises the cases of locked rows; an acknowledgement of the level before no longer counts. */
export async function saveCases(
  tx: Tx,
  ctx: SystemCtx,
  planned: readonly PlannedCase[],
): Promise<SavedCase[]> {
  if (planned.length === 0) return [];
  const records = planned.map((item) => ({
    id: item.id ?? newId(ctx.now),
    instalment_id: item.instalmentId,
    level: item.level,
    recipient_ids: item.recipientIds,
  }));
  const changeOf = new Map(planned.map((item) => [item.instalmentId, item]));
  const saved = await tx.$queryRaw<Omit<SavedCase, 'change'>[]>`
    INSERT INTO escalation_case AS k
      (id, instalment_id, level, opened_on, raised_on, recipient_ids, created_at, updated_at)
    SELECT x.id, x.instalment_id, x.level, ${ctx.today}::date, ${ctx.today}::date, x.recipient_ids, ${ctx.now}, ${ctx.now}
    FROM jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
      AS x(id uuid, instalment_id uuid, level int, recipient_ids uuid[])
    ON CONFLICT (id) DO UPDATE SET level = excluded.level, raised_on = excluded.raised_on, recipient_ids = excluded.recipient_ids,
      acked_by = NULL, acked_at = NULL, acked_until = NULL, updated_at = excluded.updated_at, version = k.version + 1
    RETURNING k.id::text, k.instalment_id::text AS "instalmentId", k.level, k.version,
      k.recipient_ids::text[] AS "recipientIds"`;
  await recordAudit(
    tx,
    ctx,
    ...saved.map((found) => ({
      action: AUDITED[changeOf.get(found.instalmentId)?.change ?? 'opened'],
      subjectType: 'case',
      subjectId: found.id,
      after: { level: found.level, step: changeOf.get(found.instalmentId)?.stepCode ?? '' },
    })),
  );
  return saved.map((found) => ({
    ...found,
    change: changeOf.get(found.instalmentId)?.change ?? 'opened',
  }));
}
