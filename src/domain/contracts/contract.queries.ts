// Reads one contract with everything its card shows. Changes nothing. Who reads sees only owners in their scope
// (rules §12); `loadApprovalCard` is for messages to people who were asked, and does not look at the scope.
import type { Ctx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { visibleOwners } from '../access.js';
import { DomainError } from '../errors.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import { type InstalmentRowData, loadRows } from '../plans/instalment.queries.js';
import type { ContractStatus, MilestoneKind } from './contract.js';
import { MILESTONE_KINDS } from './contract.js';

export interface NamedPerson {
  readonly id: string;
  readonly name: string;
}

/** The newest approval of a contract, and what became of it. */
export interface ContractApproval {
  readonly id: string;
  readonly version: number;
  readonly status: 'open' | 'approved' | 'rejected' | 'withdrawn';
  readonly requestedBy: NamedPerson;
  readonly approvers: readonly NamedPerson[];
  readonly step: number;
  readonly steps: number;
  readonly decidedBy: NamedPerson | null;
  readonly decidedAt: Date | null;
  /** A key of CONTRACT_REJECT_REASONS. */
  readonly reason: string | null;
  readonly comment: string | null;
}

export interface MilestoneDates {
  readonly expectedOn: LocalDate | null;
  readonly actualOn: LocalDate | null;
}

/** A contract as its card shows it; amounts in minor units of `currency`. */
export interface ContractDetails {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly name: string;
  readonly status: ContractStatus;
  readonly type: string;
  readonly currency: string;
  readonly amount: bigint;
  /** Σ of the plan without cancelled rows. */
  readonly planned: bigint;
  /** Σ of effective allocations. */
  readonly received: bigint;
  readonly signedOn: LocalDate | null;
  readonly paymentMethod: string | null;
  readonly remark: string | null;
  readonly customer: NamedPerson & { readonly code: string };
  readonly owner: NamedPerson;
  readonly milestones: Readonly<Partial<Record<MilestoneKind, MilestoneDates>>>;
  /** Without cancelled rows, by number. */
  readonly rows: readonly InstalmentRowData[];
  readonly fileNames: readonly string[];
  readonly approval: ContractApproval | null;
}

interface ReadCtx {
  readonly db: Db | Tx;
  readonly today: LocalDate;
}

/**
 * A contract in the reader's scope.
 * @throws DomainError not_found: it does not exist, is deleted, or belongs to somebody outside the scope
 */
export async function loadContract(ctx: Ctx, id: string): Promise<ContractDetails> {
  const details = await readContract(ctx, id);
  const owners = visibleOwners(ctx.actor);
  const seen = details && (owners === 'all' || owners.includes(details.owner.id));
  if (!details || !seen) throw new DomainError('not_found', { ref: '' });
  return details;
}

/** The contract with this approval, for whoever was asked to decide; null once it is deleted. */
export async function loadApprovalCard(
  ctx: ReadCtx,
  contractId: string,
  approvalId: string,
): Promise<ContractDetails | null> {
  const details = await readContract(ctx, contractId, approvalId);
  return details?.approval ? details : null;
}

/** Which contract an approval is about; null for approvals of anything else. */
export async function findContractOfApproval(ctx: ReadCtx, approvalId: string): Promise<string | null> {
  const approval = await ctx.db.approval.findFirst({ where: { id: approvalId, subjectType: 'contract' } });
  return approval?.subjectId ?? null;
}

async function readContract(ctx: ReadCtx, id: string, approvalId?: string): Promise<ContractDetails | null> {
  const row = await ctx.db.contract.findFirst({
    where: { id, deletedAt: null },
    include: { customer: true, owner: true, milestones: true },
  });
  if (!row) return null;
  const [rows, received, fileNames, approval] = await Promise.all([
    readPlan(ctx, id),
    readReceived(ctx, id),
    readFileNames(ctx, id),
    readApproval(ctx, id, approvalId),
  ]);
  const dates = row.milestones.flatMap((milestone) => {
    const kind = MILESTONE_KINDS.find((known) => known === milestone.kind);
    return kind
      ? [[kind, { expectedOn: day(milestone.expectedOn), actualOn: day(milestone.actualOn) }] as const]
      : [];
  });
  return {
    id: row.id,
    number: row.number,
    version: row.version,
    name: row.name,
    status: row.status,
    type: row.type,
    currency: row.currency,
    amount: row.amount,
    planned: rows.reduce((sum, instalment) => sum + instalment.amount, 0n),
    received,
    signedOn: day(row.signedOn),
    paymentMethod: row.paymentMethod,
    remark: row.remark,
    customer: { id: row.customer.id, name: row.customer.name, code: row.customer.code },
    owner: { id: row.owner.id, name: row.owner.name },
    milestones: Object.fromEntries(dates),
    rows,
    fileNames,
    approval,
  };
}

const day = (date: Date | null): LocalDate | null => date && fromUtcDate(date);

async function readPlan(ctx: ReadCtx, contractId: string): Promise<InstalmentRowData[]> {
  const ids = await ctx.db.instalment.findMany({
    where: { contractId, lifecycle: { not: 'cancelled' } },
    orderBy: { seq: 'asc' },
    select: { id: true },
  });
  return loadRows(
    ctx,
    ids.map((row) => row.id),
  );
}

async function readReceived(ctx: ReadCtx, contractId: string): Promise<bigint> {
  const { _sum } = await ctx.db.allocation.aggregate({
    where: { status: 'effective', instalment: { contractId } },
    _sum: { amount: true },
  });
  return _sum.amount ?? 0n;
}

async function readFileNames(ctx: ReadCtx, contractId: string): Promise<string[]> {
  const files = await ctx.db.attachment.findMany({
    where: { ownerType: 'contract', ownerId: contractId },
    orderBy: { id: 'asc' },
    select: { name: true },
  });
  return files.map((file) => file.name);
}

async function readApproval(
  ctx: ReadCtx,
  contractId: string,
  approvalId: string | undefined,
): Promise<ContractApproval | null> {
  const approval = await ctx.db.approval.findFirst({
    where: {
      subjectType: 'contract',
      subjectId: contractId,
      ...(approvalId !== undefined && { id: approvalId }),
    },
    // Of two of the same moment the open one, which is the first of the states.
    orderBy: [{ createdAt: 'desc' }, { status: 'asc' }],
    include: { steps: { orderBy: { seq: 'asc' } } },
  });
  if (!approval) return null;
  const current = approval.steps.find((step) => step.seq === approval.currentStep);
  const decided = approval.steps.findLast((step) => step.decidedAt !== null);
  const approverIds = current?.approverIds ?? [];
  const people = await findPeople(ctx.db, [
    approval.requestedById,
    ...approverIds,
    ...(decided?.decidedById ? [decided.decidedById] : []),
  ]);
  const person = (id: string): NamedPerson => ({ id, name: people.get(id)?.name ?? '' });
  const withdrawn = approval.status === 'withdrawn';
  return {
    id: approval.id,
    version: approval.version,
    status: approval.status,
    requestedBy: person(approval.requestedById),
    approvers: approverIds.map(person),
    step: approval.currentStep,
    steps: approval.steps.length,
    decidedBy: withdrawn
      ? person(approval.requestedById)
      : decided?.decidedById
        ? person(decided.decidedById)
        : null,
    decidedAt: withdrawn ? approval.updatedAt : (decided?.decidedAt ?? null),
    reason: decided?.reason ?? null,
    comment: decided?.comment ?? null,
  };
}
