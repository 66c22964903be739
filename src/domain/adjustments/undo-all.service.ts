// Instalments that are cancelled take along what was written off of them: a void row owes nothing, so nothing of it is bad.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { newId } from '../ids.js';
import { toUtcDate } from '../local-date.js';
import type { Traces } from '../traces.service.js';
import { standingOf } from './adjustment.js';

/** Undoes all that stands on these rows, whose contracts are held; what is to be left. */
export async function undoAdjustments(tx: Tx, ctx: Ctx, instalmentIds: readonly string[]): Promise<Traces> {
  const posted = await tx.adjustment.findMany({
    where: { instalmentId: { in: [...instalmentIds] }, status: 'approved' },
    orderBy: [{ bookedAt: 'asc' }, { id: 'asc' }],
  });
  const rows = [...new Set(posted.map((one) => one.instalmentId))];
  const undone = rows.flatMap((instalmentId) =>
    standingOf(posted.filter((one) => one.instalmentId === instalmentId)).map((one) => ({
      ...one,
      instalmentId,
    })),
  );
  if (undone.length === 0) return {};
  await tx.adjustment.createMany({
    data: undone.map(({ id, kind, amount, instalmentId }) => ({
      id: newId(ctx.now),
      instalmentId,
      kind,
      amount: -amount,
      undoesId: id,
      status: 'approved' as const,
      effectiveOn: toUtcDate(ctx.today),
      bookedAt: ctx.now,
      createdAt: ctx.now,
      createdById: ctx.actor.id,
    })),
  });
  return {
    audit: undone.map(({ kind, amount, instalmentId }) => ({
      action: 'adjustment.undone',
      subjectType: 'instalment',
      subjectId: instalmentId,
      after: { kind, amount: -amount },
    })),
  };
}
