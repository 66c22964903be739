// Reads the milestones of a contract and the instalments that hang on them. Changes nothing.
import type { Ctx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { visibleOwners } from '../access.js';
import { DomainError } from '../errors.js';
import { diffDays, fromUtcDate, type LocalDate, todayIn } from '../local-date.js';
import { ANCHOR_KINDS, type AnchorDates, type AnchorKind, anchorOffset } from '../plans/anchor.js';
import { asRoll, toFacts } from '../plans/instalment.service.js';
import { type ComingItem, type ComingMilestone, findComingOfMilestone } from '../reminders/coming.queries.js';
import type { ContractStatus, MilestoneKind } from './contract.js';
import { type AnchoredRow, type MilestoneMove, movesOf } from './milestone-moves.js';

/** Known days by anchor: signing by the contract, the rest by milestones, what happened before what is expected. */
export const loadAnchors = async (db: Db | Tx, contractId: string): Promise<AnchorDates> =>
  (await loadAnchorsOf(db, [contractId])).get(contractId) ?? {};

/** The same of several contracts, by contract. */
export async function loadAnchorsOf(
  db: Db | Tx,
  contractIds: readonly string[],
): Promise<Map<string, AnchorDates>> {
  const contracts = await db.contract.findMany({
    where: { id: { in: [...contractIds] } },
    select: { id: true, signedOn: true, milestones: true },
  });
  return new Map(
    contracts.map(({ id, signedOn, milestones }) => {
      const dates = milestones.flatMap((row) => {
        const date = row.actualOn ?? row.expectedOn;
        return date ? [[row.kind, fromUtcDate(date)] as const] : [];
      });
      return [id, { ...Object.fromEntries(dates), ...(signedOn && { signing: fromUtcDate(signedOn) }) }];
    }),
  );
}

/** Rows of plans that hang on an anchor, without cancelled ones, by number. */
export async function loadAnchoredRows(
  db: Db | Tx,
  ...contractIds: string[]
): Promise<(AnchoredRow & { readonly contractId: string })[]> {
  const rows = await db.instalment.findMany({
    where: { contractId: { in: contractIds }, anchorKind: { not: null }, lifecycle: { not: 'cancelled' } },
    include: { postponements: { where: { status: 'approved', counts: true } } },
    orderBy: { seq: 'asc' },
  });
  return rows.flatMap((row) => {
    const anchorKind = asAnchorKind(row.anchorKind);
    if (anchorKind === null) return [];
    return {
      ...toFacts(row),
      id: row.id,
      contractId: row.contractId,
      seq: row.seq,
      name: row.name,
      anchorKind,
      anchorOffset: anchorOffset.parse(row.anchorOffset ?? {}),
      dueSource: row.dueSource,
      roll: asRoll(row.roll),
      remindDaysAhead: row.remindDaysAhead,
      isRetention: row.isRetention,
      postponeCount: row.postponeCount,
      postponedDays: row.postponements.reduce(
        (sum, one) => sum + diffDays(fromUtcDate(one.toDate), fromUtcDate(one.fromDate)),
        0,
      ),
    };
  });
}

const asAnchorKind = (text: string | null): AnchorKind | null =>
  ANCHOR_KINDS.find((kind) => kind === text) ?? null;

/** What the milestone form shows: the contract, what is known of the milestone, and what a new day would move. */
export interface MilestoneForm {
  readonly contractId: string;
  readonly number: string;
  readonly customerName: string;
  readonly status: ContractStatus;
  readonly ownerId: string;
  readonly version: number;
  readonly signedOn: LocalDate | null;
  readonly expectedOn: LocalDate | null;
  readonly actualOn: LocalDate | null;
  readonly evidence: string | null;
  /** Kinds that rows of the plan hang on. */
  readonly anchored: readonly AnchorKind[];
  readonly moves: readonly MilestoneMove[];
  /** What will be reminded of while it has not happened. */
  readonly coming: readonly ComingItem[];
}

/**
 * The form for a milestone of a contract in the reader's scope, with what would move if it were on `day`.
 * `day` undefined: nothing chosen yet. @throws DomainError not_found
 */
export async function loadMilestoneForm(
  ctx: Ctx,
  contractId: string,
  kind: MilestoneKind,
  day: LocalDate | null | undefined,
): Promise<MilestoneForm> {
  const contract = await ctx.db.contract.findFirst({
    where: { id: contractId, deletedAt: null },
    include: { customer: true, milestones: { where: { kind } } },
  });
  const owners = visibleOwners(ctx.actor);
  if (!contract || !(owners === 'all' || owners.includes(contract.ownerId)))
    throw new DomainError('not_found', { ref: '' });
  const [rows, anchors] = await Promise.all([
    loadAnchoredRows(ctx.db, contractId),
    loadAnchors(ctx.db, contractId),
  ]);
  const milestone = contract.milestones[0];
  const date = (value: Date | null | undefined) => (value ? fromUtcDate(value) : null);
  const { customerId, ownerId } = contract;
  const [expectedOn, signedOn] = [date(milestone?.expectedOn), date(contract.signedOn)];
  const undated = rows.some(
    (row) => row.anchorKind === kind && row.lifecycle === 'open' && row.effectiveDue === null,
  );
  const chased = chasedOf({
    kind,
    since: signedOn ?? todayIn(contract.createdAt, ctx.company.timezone),
    expectedOn: day === undefined ? expectedOn : day,
    undated,
  });
  const isChased = contract.status === 'active' && !milestone?.actualOn;
  // Another day is another epoch: nothing was said of it.
  const isNew = day !== undefined && day !== expectedOn;
  const epoch = chased?.ladder === 'anchor' ? 0 : isNew ? null : (milestone?.version ?? null);
  return {
    contractId,
    number: contract.number,
    customerName: contract.customer.name,
    status: contract.status,
    ownerId: contract.ownerId,
    version: contract.version,
    signedOn,
    expectedOn,
    actualOn: date(milestone?.actualOn),
    evidence: milestone?.evidence ?? null,
    anchored: [...new Set(rows.map((row) => row.anchorKind))],
    moves: day === undefined ? [] : movesOf(rows, [kind], withDay(anchors, kind, day), ctx.company.calendar),
    coming:
      isChased && chased
        ? await findComingOfMilestone(ctx, { contractId, customerId, ownerId, kind, epoch, ...chased })
        : [],
  };
}

/** Which ladder a milestone hangs on, and from which day (rules §8): A of an acceptance that is expected, N of a day that nobody knows. */
function chasedOf(facts: {
  kind: MilestoneKind;
  expectedOn: LocalDate | null;
  /** The signing, or when the contract came in. */
  since: LocalDate;
  /** Open instalments without a date hang on it. */
  undated: boolean;
}): Pick<ComingMilestone, 'ladder' | 'from'> | null {
  const { kind, expectedOn, since, undated } = facts;
  if (expectedOn !== null) return kind === 'acceptance' ? { ladder: 'acceptance', from: expectedOn } : null;
  return undated ? { ladder: 'anchor', from: since } : null;
}

/** The anchors with one milestone on another day, or without it. */
export function withDay(anchors: AnchorDates, kind: MilestoneKind, day: LocalDate | null): AnchorDates {
  const { [kind]: _old, ...others } = anchors;
  return day === null ? others : { ...others, [kind]: day };
}
