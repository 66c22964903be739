// Corrects what of a contract in force is a record and not an agreement (F19, F23): its type, its signing day, remark and
// files. What was agreed (name, amount, dates, plan) is changed by an amendment.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Contract } from '../../generated/prisma/client.js';
import { authorize, can } from '../access.js';
import type { UploadedFile } from '../attachments.js';
import { keepAttachments } from '../attachments.service.js';
import { DomainError } from '../errors.js';
import { fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { listManagerChain } from '../members/member.queries.js';
import { type Notice, notice } from '../notices/notice.js';
import { cancelPostponements } from '../plans/postponement-cancel.service.js';
import { tellCasesOf } from '../reminders/case.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { changedOnly, versionConflict } from '../versions.service.js';
import { lockContract, requireState } from './contract.service.js';
import { checkChoices, checkSigning } from './contract-checks.service.js';
import { loadAnchoredRows, loadAnchors } from './milestone.queries.js';
import { type MilestoneMove, movesOf } from './milestone-moves.js';
import { moveRows } from './move-rows.service.js';

export interface Correction {
  readonly id: string;
  readonly version: number;
  readonly type: string;
  /** Null only where none is known yet. */
  readonly signedOn: LocalDate | null;
  readonly remark: string | null;
}

/**
 * Writes the corrected fields and keeps further files; unpaid rows that hang on the signing follow it, but for those with a
 * date of their own. A later day of it puts them off: that is the manager's, and counts as a postponement. The owner is told
 * of what somebody else moved.
 * @returns the contract, how many rows moved, and the numbers of those that would have and stay
 * @throws DomainError contract.bad_state, contract.signed_range, choice.unknown, text.required (the signing day is not
 *   taken away), instalment.needs_manager, amendment.nothing, access.denied, version.conflict, request.repeated
 */
export async function correctContract(
  ctx: Ctx,
  input: Correction,
  files: readonly UploadedFile[] = [],
): Promise<{ contract: Contract; moved: number; kept: number[] }> {
  return transact(ctx.db, async (tx) => {
    const before = await lockContract(tx, input.id);
    await claimRequest(tx, ctx, 'contract.correct', {
      reference: before.number,
      subjectType: 'contract',
      subjectId: before.id,
    });
    authorize(ctx.actor, 'contract.edit', before.ownerId);
    requireState(before, 'correct');
    if (before.version !== input.version) throw await versionConflict(tx, before);
    const { type, signedOn } = input;
    const { currency, paymentMethod } = before;
    checkChoices(ctx, { type, currency, paymentMethod }, before);
    checkSigning(ctx, signedOn);
    const remark = input.remark?.trim() || null;
    const was = {
      type: before.type,
      signedOn: before.signedOn && fromUtcDate(before.signedOn),
      remark: before.remark,
    };
    const next = { type, signedOn, remark };
    if (was.signedOn !== null && signedOn === null) throw new DomainError('text.required', {}, 'signedOn');
    const changed = changedOnly(next, was);
    if (Object.keys(changed).length === 0 && files.length === 0)
      throw new DomainError('amendment.nothing', {});
    const contract = await tx.contract.update({
      where: { id: before.id },
      data: {
        ...{ type, remark, signedOn: signedOn && toUtcDate(signedOn) },
        version: { increment: 1 },
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
      },
    });
    const { moved, kept } =
      signedOn === was.signedOn ? { moved: [], kept: [] } : await followSigning(tx, ctx, contract);
    await keepAttachments(tx, ctx, 'contract', contract.id, files);
    const cases = await tellCasesOf(tx, ctx, moved, 'postponed', { byId: ctx.actor.id });
    await leaveTraces(tx, ctx, {
      ...cases,
      audit: [
        {
          action: 'contract.corrected',
          subjectType: 'contract',
          subjectId: contract.id,
          before: changedOnly(was, next),
          after: { ...changed, ...(files.length > 0 && { files: files.map((file) => file.name) }) },
        },
      ],
      notices: [...(cases.notices ?? []), ...correctedNotices(ctx, contract, moved)],
      redraws: [
        ...(cases.redraws ?? []),
        { contractId: contract.id, tag: `corrected:${contract.id}:${contract.version}` },
      ],
      homes: [...(cases.homes ?? []), contract.ownerId],
    });
    return { contract, moved: moved.length, kept };
  });
}

const correctedNotices = (
  ctx: Ctx,
  { id, version, ownerId }: Contract,
  moved: readonly string[],
): Notice[] =>
  moved.length === 0 || ownerId === ctx.actor.id
    ? []
    : [
        notice({
          kind: 'contract.changed',
          key: `contract.corrected:${id}:${version}`,
          to: { user: ownerId },
          payload: { contractId: id, event: 'corrected', byId: ctx.actor.id },
        }),
      ];

/** Ids of the rows that moved with the signing day, and numbers of those that stay, as they have a date of their own. */
async function followSigning(
  tx: Tx,
  ctx: Ctx,
  contract: Contract,
): Promise<{ moved: string[]; kept: number[] }> {
  const rows = await loadAnchoredRows(tx, contract.id);
  const all = movesOf(rows, ['signing'], await loadAnchors(tx, contract.id), ctx.company.calendar);
  const moves = all.filter((move) => !move.asks);
  await requireLeave(tx, ctx, contract, moves);
  await moveRows(tx, ctx, moves, { kind: null, isPostponement: true });
  const ids = moves.map((move) => move.row.id);
  await cancelPostponements(tx, ctx, ids);
  return { moved: ids, kept: all.filter((move) => move.asks).map((move) => move.row.seq) };
}

async function requireLeave(
  tx: Tx,
  ctx: Ctx,
  contract: Contract,
  moves: readonly MilestoneMove[],
): Promise<void> {
  if (!moves.some((move) => move.isLater)) return;
  if (can(ctx.actor, 'instalment.postpone_further', contract.ownerId)) return;
  const [manager] = await listManagerChain(tx, contract.ownerId);
  const rule = { kind: 'happened', latest: null } as const;
  throw new DomainError('instalment.needs_manager', { manager: manager?.name ?? '', rule }, 'signedOn');
}
