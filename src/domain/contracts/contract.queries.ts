// Reads one contract with everything its card shows. Changes nothing. Who reads sees only owners in their scope
// (rules §12); `loadApprovalCard` is for messages to people who were asked, and does not look at the scope.
import type { CompanyInfo, Ctx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import type { Contract } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { type ApprovalDetails, findApproval, type NamedPerson } from '../approvals/approval.queries.js';
import { isAskedAbout } from '../approvals/waiting-list.queries.js';
import { addedBy, type CreditCheck } from '../customers/credit.js';
import { checkCredit } from '../customers/credit.queries.js';
import { DomainError } from '../errors.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { type InstalmentRowData, loadRows } from '../plans/instalment.queries.js';
import { type ChangeDetails, listChanges } from './amendment.queries.js';
import type { ContractStatus, MilestoneKind } from './contract.js';
import { MILESTONE_KINDS } from './contract.js';
import { findOpenVoid, type VoidFacts } from './contract-void.queries.js';

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
  /** Σ of what open rows still lack, and of that what is past its day. */
  readonly outstanding: bigint;
  readonly overdue: bigint;
  /** Σ of what was written off and did not come in. */
  readonly adjusted: bigint;
  readonly completedOn: LocalDate | null;
  readonly voided: { readonly on: LocalDate; readonly reason: string } | null;
  readonly signedOn: LocalDate | null;
  readonly startsOn: LocalDate | null;
  readonly endsOn: LocalDate | null;
  readonly paymentMethod: string | null;
  readonly remark: string | null;
  readonly customer: NamedPerson & { readonly code: string };
  readonly owner: NamedPerson;
  /** Who of finance answers for it. */
  readonly financeOwner: NamedPerson | null;
  /** The framework contract it was made under, and how many were made under this one. */
  readonly framework: { readonly id: string; readonly number: string; readonly name: string } | null;
  /** The same as it is kept: set also where the reader does not see that one. */
  readonly parentContractId: string | null;
  readonly children: number;
  readonly milestones: Readonly<Partial<Record<MilestoneKind, MilestoneDates>>>;
  /** By number, without cancelled rows; of a void contract those that it took along. */
  readonly rows: readonly InstalmentRowData[];
  readonly fileNames: readonly string[];
  readonly approval: ApprovalDetails | null;
  /** The newest first. */
  readonly changes: readonly ChangeDetails[];
  /** Voiding it, with its money, waits for approval. */
  readonly voiding: VoidFacts | null;
  /** What the customer would be exposed to with what is proposed here; null: no limit, or nothing is proposed. */
  readonly credit: CreditCheck | null;
}

interface ReadCtx {
  readonly db: Db | Tx;
  readonly today: LocalDate;
  readonly company: Pick<CompanyInfo, 'baseCurrency' | 'settings'>;
}

/**
 * A contract in the reader's scope.
 * @throws DomainError not_found: it does not exist, is deleted, or belongs to somebody outside the scope
 */
export async function loadContract(ctx: Ctx, id: string): Promise<ContractDetails> {
  const owners = visibleOwners(ctx.actor);
  const details = await readContract(ctx, id, { owners });
  const seen =
    details &&
    (owners === 'all' ||
      owners.includes(details.owner.id) ||
      (await isAskedAbout(ctx, 'contract', details.id)));
  if (!details || !seen) throw new DomainError('not_found', { ref: '' });
  return details;
}

/** The contract whoever owns it: for jobs that tell somebody what they were meant to be told. */
export function findContractDetails(ctx: ReadCtx, contractId: string): Promise<ContractDetails | null> {
  return readContract(ctx, contractId);
}

/** The contract with this approval, for whoever was asked to decide; null once it is deleted. */
export async function loadApprovalCard(
  ctx: ReadCtx,
  contractId: string,
  approvalId: string,
): Promise<ContractDetails | null> {
  const details = await readContract(ctx, contractId, { approvalId });
  return details?.approval ? details : null;
}

/** Contracts of other `owners` that it belongs with are left out: who may see this one may not see those. */
async function readContract(
  ctx: ReadCtx,
  id: string,
  { approvalId, owners = 'all' }: { approvalId?: string; owners?: 'all' | readonly string[] } = {},
): Promise<ContractDetails | null> {
  const ownedBy = owners === 'all' ? {} : { ownerId: { in: [...owners] } };
  const row = await ctx.db.contract.findFirst({
    where: { id, deletedAt: null },
    include: {
      customer: true,
      owner: true,
      milestones: true,
      parentContract: { select: { id: true, number: true, name: true, ownerId: true } },
      _count: { select: { childContracts: { where: { deletedAt: null, ...ownedBy } } } },
    },
  });
  if (!row) return null;
  const [rows, received, fileNames, approval, changes, voiding, financeOwner] = await Promise.all([
    readPlan(ctx, row),
    readReceived(ctx, id),
    readFileNames(ctx, id),
    findApproval(ctx, { type: 'contract', id }, approvalId),
    listChanges(ctx, id),
    row.status === 'active' ? findOpenVoid(ctx, id) : null,
    row.financeOwnerId === null
      ? null
      : ctx.db.user.findUnique({ where: { id: row.financeOwnerId }, select: { id: true, name: true } }),
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
    planned: sumOf(rows, (one) => (one.state === 'cancelled' ? 0n : one.amount)),
    received,
    outstanding: sumOf(rows, openOf),
    adjusted: sumOf(rows, (one) => one.adjusted),
    overdue: sumOf(rows, (one) => (one.state === 'overdue' ? openOf(one) : 0n)),
    completedOn: day(row.completedOn),
    voided: row.voidedOn && { on: fromUtcDate(row.voidedOn), reason: row.voidReason ?? '' },
    signedOn: day(row.signedOn),
    startsOn: day(row.startsOn),
    endsOn: day(row.endsOn),
    paymentMethod: row.paymentMethod,
    remark: row.remark,
    customer: { id: row.customer.id, name: row.customer.name, code: row.customer.code },
    owner: { id: row.owner.id, name: row.owner.name },
    financeOwner,
    framework: frameworkSeen(row.parentContract, owners),
    parentContractId: row.parentContractId,
    children: row._count.childContracts,
    milestones: Object.fromEntries(dates),
    rows,
    fileNames,
    approval,
    changes,
    voiding,
    credit: row.customer.creditLimit === null ? null : await readCredit(ctx, row, rows, changes),
  };
}

function frameworkSeen(
  framework: { id: string; number: string; name: string; ownerId: string } | null,
  owners: 'all' | readonly string[],
): ContractDetails['framework'] {
  if (!framework || !(owners === 'all' || owners.includes(framework.ownerId))) return null;
  const { id, number, name } = framework;
  return { id, number, name };
}

const day = (date: Date | null): LocalDate | null => date && fromUtcDate(date);

const sumOf = (rows: readonly InstalmentRowData[], amountOf: (row: InstalmentRowData) => bigint): bigint =>
  rows.reduce((sum, row) => sum + amountOf(row), 0n);
const PROPOSED_STATES: readonly ContractStatus[] = ['draft', 'rejected', 'pending_approval'];
const OPEN_STATES: readonly string[] = ['open', 'postponed', 'overdue', 'undated'];
const openOf = (row: InstalmentRowData): bigint => (OPEN_STATES.includes(row.state) ? row.outstanding : 0n);

async function readPlan(
  ctx: ReadCtx,
  contract: { id: string; status: ContractStatus },
): Promise<InstalmentRowData[]> {
  const gone =
    contract.status === 'void' ? { deletedAt: null } : { lifecycle: { not: 'cancelled' as const } };
  const ids = await ctx.db.instalment.findMany({
    where: { contractId: contract.id, ...gone },
    orderBy: { seq: 'asc' },
    select: { id: true },
  });
  return loadRows(
    ctx,
    ids.map((row) => row.id),
  );
}

async function readCredit(
  ctx: ReadCtx,
  contract: Contract,
  rows: readonly InstalmentRowData[],
  changes: readonly ChangeDetails[],
): Promise<CreditCheck | null> {
  const { id, customerId, currency, amount, signedOn } = contract;
  if (PROPOSED_STATES.includes(contract.status)) {
    const minor = addedBy({ amount, signedOn: day(signedOn), rows });
    return checkCredit(ctx, customerId, { contractId: id, adds: { minor, currency } });
  }
  const raised = changes.find((change) => change.approval.status === 'open' && change.amountDelta > 0n);
  if (!raised) return null;
  const adds = { minor: raised.amountDelta, currency };
  return checkCredit(ctx, customerId, { contractId: null, changeId: raised.id, adds });
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
