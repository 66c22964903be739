// An amendment as a subject of approval (F26; rules §3, §6): only what still fits the facts of that moment is applied.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Contract, ContractChange } from '../../generated/prisma/client.js';
import { withdrawApproval } from '../approvals/approval.service.js';
import { rewriteOf } from '../approvals/ask.service.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { DomainError } from '../errors.js';
import { notice } from '../notices/notice.js';
import { joinTraces, type Traces } from '../traces.service.js';
import { amendmentAfter, amendmentSide, checkAmendment, type PresentContract } from './amendment.js';
import { loadPresent } from './amendment.queries.js';
import { problemError } from './amendment.service.js';
import { applyAmendment } from './amendment-apply.service.js';
import { lockContract, requireState } from './contract.service.js';
import { settleContracts } from './contract-settle.service.js';

interface Locked {
  readonly contract: Contract;
  readonly change: ContractChange;
}

/** Locks the contract that an amendment is about. @throws DomainError not_found */
export async function holdAmendment(tx: Tx, ctx: Ctx, changeId: string): Promise<HeldSubject> {
  const found = await tx.contractChange.findUnique({ where: { id: changeId } });
  if (!found) throw new DomainError('not_found', { ref: '' });
  const contract = await lockContract(tx, found.contractId);
  const change = await tx.contractChange.findUniqueOrThrow({ where: { id: changeId } });
  const locked = { contract, change };
  let present: PresentContract | null = null;
  return {
    ownerId: contract.ownerId,
    involved: [contract.ownerId],
    about: { subjectType: 'contract', subjectId: contract.id },
    homes: [contract.ownerId, change.createdById, ctx.actor.id],
    recheck: async () => {
      present = await requireFit(tx, locked);
      return null;
    },
    finish: async (ending) => {
      const done =
        ending.status === 'approved' && present
          ? await apply(tx, ctx, locked, present, ending)
          : { audit: [entryOf(locked, ending)] };
      return joinTraces(done, await close(tx, ctx, locked, ending));
    },
  };
}

/**
 * What the amendment starts from, held by this transaction.
 * @throws DomainError amendment.rows_changed, amendment.sum_changed, amendment.contract_changed (it no longer fits and
 *   stays open), contract.bad_state
 */
async function requireFit(tx: Tx, { contract, change }: Locked): Promise<PresentContract> {
  requireState(contract, 'amend');
  await tx.$queryRaw`
    SELECT 1 FROM instalment WHERE contract_id = ${contract.id}::uuid ORDER BY id FOR UPDATE`;
  const present = await loadPresent(tx, contract);
  const [problem] = checkAmendment(
    present,
    amendmentSide.parse(change.before),
    amendmentAfter.parse(change.after),
  );
  if (problem) throw problemError(problem, contract.currency);
  return present;
}

/** Contract and unpaid rows become what its card showed. */
async function apply(
  tx: Tx,
  ctx: Ctx,
  { contract, change }: Locked,
  present: PresentContract,
  ending: Ending,
): Promise<Traces> {
  const before = amendmentSide.parse(change.before);
  const after = amendmentAfter.parse(change.after);
  const applied = await applyAmendment(tx, ctx, { contract, present, before, after });
  const settled = await settleContracts(tx, ctx, [contract.id]);
  const entry = {
    action: 'contract.amended',
    subjectType: 'contract',
    subjectId: contract.id,
    before: { ...before },
    after: { no: change.no, ...ending.audit, ...after },
  };
  return joinTraces({ audit: [entry] }, applied.traces, settled);
}

const entryOf = ({ contract, change }: Locked, { status, audit }: Pick<Ending, 'status' | 'audit'>) => ({
  action: `contract.amendment_${status}`,
  subjectType: 'contract',
  subjectId: contract.id,
  after: { no: change.no, ...audit },
});

/** Ends the amendment and answers whoever asked for it. */
async function close(
  tx: Tx,
  ctx: Ctx,
  { change }: Locked,
  { status, approvalId }: Pick<Ending, 'status' | 'approvalId'>,
): Promise<Traces> {
  await tx.contractChange.update({
    where: { id: change.id },
    data: { status, updatedAt: ctx.now, version: { increment: 1 } },
  });
  const told = notice({
    kind: 'contract.change_decided',
    key: `contract.change_decided:${approvalId}`,
    to: { user: change.createdById },
    payload: { changeId: change.id, approvalId },
  });
  return { notices: change.createdById === ctx.actor.id ? [] : [told] };
}

/** The contract ends: what is asked about it has nothing left to change. */
export async function withdrawOpenAmendment(tx: Tx, ctx: Ctx, contract: Contract): Promise<Traces> {
  const change = await tx.contractChange.findFirst({ where: { contractId: contract.id, status: 'open' } });
  if (!change?.approvalId) return {};
  const { approvalId } = change;
  await withdrawApproval(tx, ctx, approvalId);
  const about = { type: 'contract_change', subjectId: change.id, approvalId } as const;
  const locked = { contract, change };
  return joinTraces(
    {
      audit: [entryOf(locked, { status: 'withdrawn', audit: {} })],
      rewrites: [rewriteOf(about, 'withdrawn')],
      homes: [contract.ownerId, change.createdById, ctx.actor.id],
    },
    await close(tx, ctx, locked, { status: 'withdrawn', approvalId }),
  );
}
