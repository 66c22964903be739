// Days of anchors that a plan asks for: what is known of them, and keeping what the person tells with the plan.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Contract } from '../../generated/prisma/client.js';
import { recordAudit } from '../audit.service.js';
import { loadAnchors } from '../contracts/milestone.queries.js';
import { newId } from '../ids.js';
import { toUtcDate } from '../local-date.js';
import { ANCHOR_KINDS, type AnchorDates, type AnchorKind } from './anchor.js';

/** What is known of a contract's anchors. */
export interface KnownAnchors {
  readonly dates: AnchorDates;
  /** It happened, it was signed, or rows hang on it already: changed by "Set milestone", not by a plan. */
  readonly fixed: readonly AnchorKind[];
}

/** The anchors of a contract; `happened`: those that the form of a contract neither asks for nor takes away. */
export async function readAnchors(
  db: Tx | Ctx['db'],
  contractId: string,
): Promise<KnownAnchors & { readonly happened: readonly AnchorKind[] }> {
  const [dates, reached, rows] = await Promise.all([
    loadAnchors(db, contractId),
    db.milestone.findMany({ where: { contractId, actualOn: { not: null } }, select: { kind: true } }),
    db.instalment.groupBy({
      by: ['anchorKind'],
      where: { contractId, lifecycle: { not: 'cancelled' }, anchorKind: { not: null } },
    }),
  ]);
  const ofKinds = (kinds: readonly string[]) => ANCHOR_KINDS.filter((kind) => kinds.includes(kind));
  const happened = reached.map((one) => one.kind);
  const fixed = [
    ...(dates.signing === undefined ? [] : ['signing']),
    ...happened,
    ...rows.flatMap((row) => row.anchorKind ?? []),
  ];
  return { dates, fixed: ofKinds(fixed), happened: ofKinds(happened) };
}

/** Keeps the days that a person told with a plan, in its transaction; what is fixed stays as it is. */
export async function saveExpectedDates(
  tx: Tx,
  ctx: Ctx,
  contract: Contract,
  expected: AnchorDates,
): Promise<void> {
  if (Object.keys(expected).length === 0) return;
  const { dates, fixed } = await readAnchors(tx, contract.id);
  const told = ANCHOR_KINDS.flatMap((kind) => {
    const date = expected[kind];
    return date && !fixed.includes(kind) && date !== dates[kind] ? [{ kind, date }] : [];
  });
  if (told.length === 0) return;
  const signed = told.find(({ kind }) => kind === 'signing');
  if (signed) {
    await tx.contract.update({
      where: { id: contract.id },
      data: { signedOn: toUtcDate(signed.date), updatedAt: ctx.now, updatedById: ctx.actor.id },
    });
  }
  for (const { kind, date } of told) {
    if (kind === 'signing') continue;
    const day = { expectedOn: toUtcDate(date), updatedAt: ctx.now };
    // At most one a kind of milestone, of which there are eight.
    await tx.milestone.upsert({
      where: { contractId_kind: { contractId: contract.id, kind } },
      create: { ...day, id: newId(ctx.now), contractId: contract.id, kind, createdAt: ctx.now },
      update: { ...day, version: { increment: 1 } },
    });
  }
  await recordAudit(tx, ctx, {
    action: 'contract.dates_told',
    subjectType: 'contract',
    subjectId: contract.id,
    before: Object.fromEntries(told.map(({ kind }) => [kind, dates[kind] ?? null])),
    after: Object.fromEntries(told.map(({ kind, date }) => [kind, date])),
  });
}
