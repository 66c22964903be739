// New instalments, of one plan or of thousands: the same columns, history and audit whoever makes them.
import type { Ctx } from '../../ctx.js';
import { bulkStatement } from '../../db/bulk-insert.js';
import type { Statement } from '../../db/send-in-turn.js';
import { auditRows } from '../audit.service.js';
import { newId } from '../ids.js';
import { toUtcDate } from '../local-date.js';
import { trailStatement } from '../save-traces.service.js';
import type { Traces } from '../traces.service.js';
import { dueColumns } from './instalment.service.js';
import type { PlanRow } from './plan.js';

interface PlannedContract {
  readonly id: string;
  readonly number: string;
  readonly customerId: string;
  readonly ownerId: string;
  readonly currency: string;
  readonly status: string;
}

/** The row of a new instalment; open at once where the contract is active, else inactive (待生效). */
export function instalmentColumns(ctx: Ctx, contract: PlannedContract, row: PlanRow, seq: number) {
  const { dueOn, roll, remindDaysAhead, anchorOffset } = row;
  const due = dueColumns(ctx, { dueOn, roll, remindDaysAhead, postponedTo: null });
  const open = contract.status === 'active';
  const today = toUtcDate(ctx.today);
  // Each field by its name: copied one object after the other, 100,000 of them take seconds.
  const columns = {
    id: newId(ctx.now),
    contractId: contract.id,
    customerId: contract.customerId,
    seq,
    name: row.name,
    amount: row.amount,
    currency: contract.currency,
    outstanding: row.amount,
    plannedMethod: row.plannedMethod,
    dueOn: due.dueOn,
    originalDueOn: open ? due.dueOn : null,
    postponedTo: due.postponedTo,
    effectiveDue: due.effectiveDue,
    dueSource: row.dueSource,
    anchorKind: row.anchorKind,
    roll,
    remindDaysAhead,
    firstRemindOn: due.firstRemindOn,
    isRetention: row.isRetention,
    templateId: row.templateId,
    lifecycle: open ? ('open' as const) : ('inactive' as const),
    openedOn: open ? today : null,
    // As a trigger would set them with the first entry of its history: here a second change of the row is spared.
    begunOn: today,
    termsSince: today,
    ownerId: contract.ownerId,
    remark: row.remark,
    createdAt: ctx.now,
    createdById: ctx.actor.id,
    updatedAt: ctx.now,
    updatedById: ctx.actor.id,
  };
  return anchorOffset ? { ...columns, anchorOffset } : columns;
}

type Created = Pick<ReturnType<typeof instalmentColumns>, 'id' | 'seq' | 'name' | 'amount' | 'dueOn'>;

/** What trail and history say of new instalments. */
export const instalmentsCreated = (contractNumber: string, rows: readonly Created[]): Traces => ({
  audit: rows.map((row) => ({
    action: 'instalment.created',
    subjectType: 'instalment',
    subjectId: row.id,
    after: { contract: contractNumber, seq: row.seq, name: row.name, amount: row.amount, dueOn: row.dueOn },
  })),
  revisions: rows.map((row) => ({ id: row.id, cause: 'created' })),
});

/** The first entry of a history: what its row, which is made with it, says. */
const firstEntry = (ctx: Ctx, row: ReturnType<typeof instalmentColumns>) => ({
  id: newId(ctx.now),
  instalmentId: row.id,
  validFrom: row.begunOn,
  recordedAt: ctx.now,
  amount: row.amount,
  dueOn: row.dueOn,
  postponedTo: row.postponedTo,
  ownerId: row.ownerId,
  lifecycle: row.lifecycle,
  cause: 'created',
});

/** What makes the first plans of new contracts. The caller has checked sums, dates and that the actor may. */
export function planStatements(
  ctx: Ctx,
  plans: readonly { contract: PlannedContract; rows: readonly PlanRow[] }[],
): Statement[] {
  const created: { number: string; rows: ReturnType<typeof instalmentColumns>[] }[] = [];
  const all = () => created.flatMap(({ rows }) => rows);
  return [
    () => {
      for (const { contract, rows } of plans) {
        const columns = rows.map((row, index) => instalmentColumns(ctx, contract, row, index + 1));
        created.push({ number: contract.number, rows: columns });
      }
      return bulkStatement('instalment', all());
    },
    () =>
      bulkStatement(
        'instalment_revision',
        all().map((row) => firstEntry(ctx, row)),
      ),
    () =>
      trailStatement(
        auditRows(
          ctx,
          created.flatMap(({ number, rows }) => instalmentsCreated(number, rows).audit ?? []),
        ),
      ),
  ];
}
