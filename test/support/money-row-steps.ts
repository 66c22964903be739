// Steps of the random sequences about rows: what of them is written off, and when they are due, as money-receipt-steps.ts.
import { expect } from 'vitest';
import { askUndo, askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { reject } from '../../src/domain/approvals/decisions.service.js';
import { loadMilestoneForm } from '../../src/domain/contracts/milestone.queries.js';
import { setMilestone } from '../../src/domain/contracts/milestone.service.js';
import { fingerprintOf } from '../../src/domain/contracts/milestone-moves.js';
import { addDays } from '../../src/domain/local-date.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { pickOf, type Turn, tried } from './money-world.js';

/** Bad debt or a small rest is asked for. */
export async function askToWriteOff(turn: Turn): Promise<string> {
  const { world, one, model, kind, rowId, row, today } = turn;
  const { company } = world;
  const what = kind === 'small' ? 'small_difference' : 'bad_debt';
  const open = model.outstanding(rowId);
  const overdue = row.lifecycle === 'open' && row.due < today;
  const amount = one.whole || what === 'small_difference' ? null : one.cents;
  const allowed =
    row.asked === null &&
    row.lifecycle === 'open' &&
    (what === 'bad_debt'
      ? overdue && (amount ?? open) <= open
      : open <= 100n && model.received(rowId) > 0n && !row.isRetention);
  const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: rowId } });
  const ctx = await world.as('finance');
  const result = await tried(() =>
    askWriteOff(ctx, { instalmentId: rowId, version, kind: what, amount, reason: '坏' }),
  );
  expect({ what, ...result, allowed: result.ok }).toMatchObject({ allowed });
  if (result.ok) row.asked = { kind: what, amount: amount ?? open, undoes: null };
  return result.ok ? `${what} asked` : `${what} refused`;
}

/** The newest write-off is asked to be undone. */
export async function askToUndo(turn: Turn): Promise<string> {
  const { world, model, rowId, row } = turn;
  const { company } = world;
  const undo = model.undoable(rowId);
  const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: rowId } });
  const ctx = await world.as('finance');
  const result = await tried(() => askUndo(ctx, { instalmentId: rowId, version, reason: '错' }));
  expect(result.ok).toBe(row.asked === null && undo !== null);
  if (result.ok && undo) row.asked = { ...undo, amount: -undo.amount };
  return result.ok ? 'undo asked' : 'undo refused';
}

/** What is asked of a row is posted, refused, or no longer fits. */
export async function decideWriteOffs(turn: Turn): Promise<string> {
  const { world, one, model, today } = turn;
  const { company } = world;
  const target = pickOf(
    world.rows.map((id) => model.row(id)).filter((other) => other.asked !== null),
    one.b,
  );
  const asked = target?.asked;
  if (!target || !asked) return 'nothing';
  const found = await company.db.adjustment.findFirstOrThrow({
    where: { instalmentId: target.id, status: 'open' },
  });
  if (one.no) {
    const { id, version } = await world.approvalOf(found.id);
    await reject(await world.as('financeManager'), id, version, { comment: '不' });
    target.asked = null;
    return 'write-off rejected';
  }
  const open = model.outstanding(target.id);
  const undo = model.undoable(target.id);
  const allowed =
    asked.undoes !== null
      ? undo?.undoes === asked.undoes && undo.amount >= -asked.amount
      : target.lifecycle === 'open' &&
        (asked.kind === 'bad_debt'
          ? target.due < today && asked.amount <= open
          : asked.amount === open && model.received(target.id) > 0n);
  const result = await world.decide(found.id, 'financeManager');
  expect({ ...result, allowed: result.ok }).toMatchObject({ allowed });
  if (!result.ok) return 'write-off outdated';
  model.adjust(target.id, asked);
  target.asked = null;
  return asked.undoes === null ? `${asked.kind} posted` : 'undone';
}

/** The model follows the day. */
export async function postponeRow(turn: Turn): Promise<string> {
  const { world, one, rowId, row, today } = turn;
  const { company } = world;
  const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: rowId } });
  const to = addDays(today, (one.b % 40) + 1);
  const ctx = await world.as('manager');
  const result = await tried(() => postponeInstalment(ctx, { id: rowId, version, to, remark: null }));
  if (result.ok) row.due = to;
  return result.ok ? 'postponed' : 'not postponed';
}

/** Rows that hang on it move; money does not. */
export async function moveMilestone(turn: Turn): Promise<string> {
  const { world, one, today } = turn;
  const ctx = await world.as('manager');
  const date = addDays(today, one.b % 60);
  const { version, moves } = await loadMilestoneForm(ctx, world.contractId, 'acceptance', date);
  const result = await tried(() =>
    setMilestone(ctx, {
      contractId: world.contractId,
      version,
      kind: 'acceptance',
      happened: false,
      date,
      evidence: null,
      alsoMove: [],
      seen: fingerprintOf(moves),
    }),
  );
  return result.ok ? 'milestone' : 'no milestone';
}

/** Days go by. */
export async function passDays({ world, one }: Turn): Promise<string> {
  world.now = new Date(world.now.getTime() + ((one.b % 9) + 1) * 86_400_000);
  return 'midnight';
}
