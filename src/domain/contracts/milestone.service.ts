// Sets the milestones of a contract, and moves the instalments that hang on them (F25; rules §3, §7).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Contract, Milestone } from '../../generated/prisma/client.js';
import { authorize, can } from '../access.js';
import type { UploadedFile } from '../attachments.js';
import { keepAttachments } from '../attachments.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { findSuperiorId, listManagerChain } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue, markHomesStale } from '../notices/outbox.service.js';
import { latestPlanDate } from '../plans/plan.js';
import { cancelPostponements } from '../plans/postponement-cancel.service.js';
import { tellCasesOf } from '../reminders/case.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import type { MilestoneKind } from './contract.js';
import { lockContract, requireState } from './contract.service.js';
import { loadAnchoredRows, loadAnchors, withDay } from './milestone.queries.js';
import { fingerprintOf, type MilestoneMove, movesOf, needsManagerToMove } from './milestone-moves.js';
import { moveRows } from './move-rows.service.js';

export interface MilestoneInput {
  contractId: string;
  /** Of the contract, as it was shown. */
  version: number;
  kind: MilestoneKind;
  /** 已发生, else a new estimate. */
  happened: boolean;
  /** No day: the estimate is taken back. */
  date: LocalDate | null;
  evidence: string | null;
  /** Instalments with a date set by hand or postponed that move all the same. */
  alsoMove: readonly string[];
  /** The moves that were shown (fingerprintOf). */
  seen: string;
}

export interface MilestoneResult {
  moved: readonly MilestoneMove[];
  /** They would have moved, but their date was set by hand or postponed. */
  kept: readonly MilestoneMove[];
}

/**
 * Sets a milestone; unpaid instalments that hang on it move with it, those with a date of their own only if asked for.
 * An expected day moved later on an active contract is a postponement of each of them (rules §3), and so is a later day
 * of what had been recorded as happened.
 * @throws DomainError milestone.future, milestone.past, milestone.happened, milestone.moves_changed,
 *   instalment.needs_manager, plan.date_too_far, contract.bad_state, version.conflict, request.repeated
 */
export async function setMilestone(
  ctx: Ctx,
  input: MilestoneInput,
  files: readonly UploadedFile[] = [],
): Promise<MilestoneResult> {
  return transact(ctx.db, async (tx) => {
    const contract = await lockContract(tx, input.contractId);
    await claimRequest(tx, ctx, 'milestone.set', {
      reference: contract.number,
      subjectType: 'contract',
      subjectId: contract.id,
    });
    authorize(ctx.actor, 'milestone.set', contract.ownerId);
    requireState(contract, 'milestone');
    if (contract.version !== input.version) throw await versionConflict(tx, contract);
    const before = await tx.milestone.findUnique({
      where: { contractId_kind: { contractId: contract.id, kind: input.kind } },
    });
    checkDay(ctx, contract, before, input);
    const rows = await loadAnchoredRows(tx, contract.id);
    const anchors = withDay(await loadAnchors(tx, contract.id), input.kind, input.date);
    const moves = movesOf(rows, [input.kind], anchors, ctx.company.calendar);
    if (fingerprintOf(moves) !== input.seen) throw new DomainError('milestone.moves_changed', {});
    const moved = moves.filter((move) => !move.asks || input.alsoMove.includes(move.row.id));
    const kept = moves.filter((move) => !moved.includes(move));
    const again = isPutLater(before, input) && moved.some((move) => move.isLater);
    if (again && input.evidence === null && files.length === 0)
      throw new DomainError('text.required', {}, 'evidence');
    await checkMoves(tx, ctx, contract, moved, { isFact: input.happened && !again, again });
    const after = await saveMilestone(tx, ctx, input, before);
    await keepAttachments(tx, ctx, 'contract', contract.id, files);
    await moveRows(tx, ctx, moved, { kind: input.kind, isPostponement: !input.happened || again });
    await tx.contract.update({
      where: { id: contract.id },
      data: { version: { increment: 1 }, updatedAt: ctx.now, updatedById: ctx.actor.id },
    });
    await tellOwner(tx, ctx, contract, input, { moved, kept });
    const ids = moved.map((move) => move.row.id);
    await cancelPostponements(tx, ctx, ids);
    const cases = await tellCasesOf(tx, ctx, ids, 'postponed', { byId: ctx.actor.id });
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'milestone.set',
          subjectType: 'contract',
          subjectId: contract.id,
          before: shown(before),
          after: { ...shown(after), kind: input.kind, files: files.map((file) => file.name) },
        },
      ],
      ...cases,
      redraws: [...(cases.redraws ?? []), { contractId: contract.id, tag: `milestone:${ctx.now.getTime()}` }],
    });
    return { moved, kept };
  });
}

function checkDay(ctx: Ctx, contract: Contract, before: Milestone | null, input: MilestoneInput): void {
  const { date, happened } = input;
  if (happened && date === null) throw new DomainError('text.required', {}, 'date');
  if (happened && date !== null && date > ctx.today)
    throw new DomainError('milestone.future', { today: ctx.today }, 'date');
  if (!happened && date !== null && date < ctx.today && contract.status === 'active')
    throw new DomainError('milestone.past', { today: ctx.today }, 'date');
  const max = latestPlanDate(ctx.today);
  if (date !== null && date > max) throw new DomainError('plan.date_too_far', { max }, 'date');
  const further = can(ctx.actor, 'instalment.postpone_further', contract.ownerId);
  if (!happened && before?.actualOn && !further)
    throw new DomainError('milestone.happened', { date: fromUtcDate(before.actualOn) }, 'how');
}

/**
 * A fact is told once: a later day of what has happened already is not one, whatever it is called. With rows that it puts
 * off it counts as their postponement, is the manager's, and says on what evidence.
 */
const isPutLater = (before: Milestone | null, { happened, date }: MilestoneInput): boolean =>
  happened && date !== null && before?.actualOn != null && date > fromUtcDate(before.actualOn);

async function checkMoves(
  tx: Tx,
  ctx: Ctx,
  contract: Contract,
  moved: readonly MilestoneMove[],
  { isFact, again }: { isFact: boolean; again: boolean },
): Promise<void> {
  const max = latestPlanDate(ctx.today);
  if (moved.some((move) => move.dueOn !== null && move.dueOn > max))
    throw new DomainError('plan.date_too_far', { max }, 'date');
  if (isFact || !(again || needsManagerToMove(moved))) return;
  if (can(ctx.actor, 'instalment.postpone_further', contract.ownerId)) return;
  const [manager] = await listManagerChain(tx, contract.ownerId);
  throw new DomainError(
    'instalment.needs_manager',
    { manager: manager?.name ?? '', rule: { kind: again ? 'happened' : 'moves', latest: null } },
    'date',
  );
}

async function saveMilestone(
  tx: Tx,
  ctx: Ctx,
  input: MilestoneInput,
  before: Milestone | null,
): Promise<Milestone> {
  const day = input.date && toUtcDate(input.date);
  const data = {
    ...(input.happened ? { actualOn: day } : { expectedOn: day, actualOn: null }),
    confirmedById: input.happened ? ctx.actor.id : null,
    evidence: input.evidence,
    updatedAt: ctx.now,
  };
  if (before) {
    // Reminders belong to a version: better evidence of the same day does not begin them anew.
    const actualOn = input.happened ? day : null;
    const expectedOn = input.happened ? before.expectedOn : day;
    const isSameDay =
      expectedOn?.getTime() === before.expectedOn?.getTime() &&
      actualOn?.getTime() === before.actualOn?.getTime();
    const version = { increment: isSameDay ? 0 : 1 };
    return tx.milestone.update({ where: { id: before.id }, data: { ...data, version } });
  }
  const { contractId, kind } = input;
  return tx.milestone.create({ data: { ...data, id: newId(ctx.now), contractId, kind, createdAt: ctx.now } });
}

const shown = (row: Milestone | null) => ({
  expectedOn: row?.expectedOn ?? null,
  actualOn: row?.actualOn ?? null,
  evidence: row?.evidence ?? null,
});

/** The owner hears what somebody else set, and is asked about the rows that did not move. */
async function tellOwner(
  tx: Tx,
  ctx: Ctx,
  contract: Contract,
  input: MilestoneInput,
  { moved, kept }: MilestoneResult,
): Promise<void> {
  await markHomesStale(tx, [contract.ownerId, await findSuperiorId(tx, contract.ownerId)]);
  if (contract.ownerId === ctx.actor.id) return;
  const line = ({ row, from, to }: MilestoneMove) => ({ seq: row.seq, from, to });
  const told = notice({
    kind: 'milestone.set',
    key: `milestone.set:${contract.id}:${contract.version}`,
    to: { user: contract.ownerId },
    payload: {
      contractId: contract.id,
      kind: input.kind,
      byId: ctx.actor.id,
      happened: input.happened,
      date: input.date,
      moved: moved.map(line),
      kept: kept.map(line),
    },
  });
  await enqueue(tx, ctx, told);
}
