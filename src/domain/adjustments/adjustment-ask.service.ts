// Asks to write an instalment off, whole or in part (P28, P29; rules §3, §6), or to undo that: finance proposes, another
// person decides. Nothing changes until then; what the approval does is adjustment-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Instalment } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { openApproval } from '../approvals/approval.service.js';
import { askNotices } from '../approvals/ask.service.js';
import { allowsEvent } from '../contracts/contract.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { lockInstalment, toFacts } from '../plans/instalment.service.js';
import { rowCardRewrites } from '../receipts/row-cards.service.js';
import { claimRequest } from '../requests.service.js';
import { smallDifferenceIn } from '../settings/small-amounts.js';
import { leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import {
  type AdjustableFacts,
  decideWriteOff,
  type Undoable,
  undoableOf,
  type WriteOffDecision,
  type WriteOffKind,
} from './adjustment.js';
import { listPosted, sumBadDebt } from './adjustment.queries.js';

export interface WriteOffInput {
  readonly instalmentId: string;
  /** The instalment's version as it was shown. */
  readonly version: number;
  readonly kind: WriteOffKind;
  /** Minor units; null: all that is open. */
  readonly amount: bigint | null;
  readonly reason: string | null;
}

/** Who is asked; nobody found: the admins are told. */
export interface AskedAdjustment {
  readonly id: string;
  readonly amount: bigint;
  readonly names: string[];
}

/**
 * Proposes to write off what of an instalment will not come in.
 * @throws DomainError adjustment.bad_state, adjustment.exceeds, adjustment.not_small, adjustment.open,
 *   version.conflict, access.denied, not_found, request.repeated
 */
export async function askWriteOff(ctx: Ctx, input: WriteOffInput): Promise<AskedAdjustment> {
  return transact(ctx.db, async (tx) => {
    const row = await begin(tx, ctx, input);
    const most = smallDifferenceIn(ctx.company, row.currency);
    const decision = decideWriteOff(await adjustable(tx, row), input, ctx.today, most);
    if (!decision.ok) throw refusal(row, decision);
    return open(tx, ctx, row, { ...input, amount: decision.amount, undoesId: null });
  });
}

/**
 * Proposes to undo the newest write-off of an instalment, as far as it was not recovered.
 * @throws DomainError adjustment.nothing, and as askWriteOff
 */
export async function askUndo(
  ctx: Ctx,
  input: { instalmentId: string; version: number; reason: string },
): Promise<AskedAdjustment> {
  return transact(ctx.db, async (tx) => {
    const row = await begin(tx, ctx, input);
    const { id: undoesId, kind, amount } = await requireUndoable(tx, row);
    return open(tx, ctx, row, { kind, amount: -amount, reason: input.reason, undoesId });
  });
}

/** What can be undone of a held row; of a void contract nothing. @throws DomainError adjustment.nothing */
export async function requireUndoable(tx: Tx, row: Instalment): Promise<Undoable> {
  const undo = undoableOf(await listPosted(tx, row.id));
  const { status } = await tx.contract.findUniqueOrThrow({ where: { id: row.contractId } });
  if (undo && (status === 'active' || allowsEvent(status, 'reopen'))) return undo;
  throw new DomainError('adjustment.nothing', { seq: row.seq });
}

/** The row, held, by who may ask and as it was shown, with nothing waiting on it. */
async function begin(
  tx: Tx,
  ctx: Ctx,
  { instalmentId, version }: { instalmentId: string; version: number },
): Promise<Instalment> {
  const row = await lockInstalment(tx, instalmentId);
  authorize(ctx.actor, 'instalment.write_off');
  await claimRequest(tx, ctx, 'instalment.write_off', {
    reference: String(row.seq),
    subjectType: 'instalment',
    subjectId: row.id,
  });
  const waiting = await tx.adjustment.count({ where: { instalmentId: row.id, status: 'open' } });
  if (waiting > 0) throw new DomainError('adjustment.open', { seq: row.seq });
  if (row.version !== version) throw await versionConflict(tx, row);
  return row;
}

async function open(
  tx: Tx,
  ctx: Ctx,
  row: Instalment,
  ask: { kind: WriteOffKind; amount: bigint; reason: string | null; undoesId: string | null },
): Promise<AskedAdjustment> {
  const id = newId(ctx.now);
  const { kind, amount, reason, undoesId } = ask;
  await tx.adjustment.create({
    data: {
      id,
      instalmentId: row.id,
      kind,
      amount,
      reason,
      undoesId,
      createdAt: ctx.now,
      createdById: ctx.actor.id,
    },
  });
  const size = amount < 0n ? -amount : amount;
  const weight = kind === 'bad_debt' && amount > 0n ? await sumBadDebt(tx, row.contractId) : size;
  const type = kind === 'bad_debt' ? 'write_off' : 'small_difference';
  const approval = await openApproval(tx, ctx, {
    type,
    id,
    version: row.version,
    // In parts it would pass whom the whole asks.
    amount: { minor: weight, currency: row.currency },
    ownerId: null,
    involved: [row.ownerId],
  });
  const about = { type, subjectId: id, approvalId: approval.id } as const;
  const { notices, homes } = await askNotices(tx, ctx, about, approval.asked);
  const entry = {
    action: 'adjustment.asked',
    subjectType: 'instalment',
    subjectId: row.id,
    after: { kind, amount, reason, approvalId: approval.id },
  };
  const rewrites = await rowCardRewrites(tx, [row.id], `asked:${id}`);
  const traces = { audit: [entry], notices, rewrites, homes: [ctx.actor.id, row.ownerId, ...homes] };
  await leaveTraces(tx, ctx, traces);
  return { id, amount: size, names: approval.asked.map((one) => one.name) };
}

/** The facts that a write-off of a held row is decided by. */
export async function adjustable(tx: Tx, row: Instalment): Promise<AdjustableFacts> {
  const adjusted = (await listPosted(tx, row.id)).reduce((sum, one) => sum + one.amount, 0n);
  return { ...toFacts(row), isRetention: row.isRetention, adjusted };
}

/** A refusal in the words of the row. */
export function refusal(row: Instalment, decision: Extract<WriteOffDecision, { ok: false }>): DomainError {
  const { seq, currency } = row;
  switch (decision.code) {
    case 'adjustment.bad_state':
      return new DomainError(decision.code, { seq, state: decision.params.state });
    default:
      return new DomainError(decision.code, { seq, max: { minor: decision.params.max, currency } }, 'amount');
  }
}
