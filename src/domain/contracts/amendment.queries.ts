// Reads amendments and what they are asked against. Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import type { ContractChange } from '../../generated/prisma/client.js';
import { type ApprovalDetails, findApproval } from '../approvals/approval.queries.js';
import { DomainError } from '../errors.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import {
  type AmendmentAfter,
  type AmendmentProblem,
  type AmendmentSide,
  amendmentAfter,
  amendmentSide,
  checkAmendment,
  type PresentContract,
} from './amendment.js';

interface ReadCtx {
  readonly db: Db | Tx;
  readonly today: LocalDate;
}

/** An amendment as the contract's card and its own card show it. */
export interface ChangeDetails {
  readonly id: string;
  readonly contractId: string;
  readonly no: number;
  readonly status: ContractChange['status'];
  readonly reason: string;
  readonly before: AmendmentSide;
  readonly after: AmendmentAfter;
  /** Minor units, signed. */
  readonly amountDelta: bigint;
  readonly by: string;
  readonly approval: ApprovalDetails;
  /** Of an open one: why it no longer fits, and rows of it on which money waits. */
  readonly problems: readonly AmendmentProblem[];
  readonly waiting: readonly { readonly seq: number; readonly amount: bigint }[];
}

/** All amendments of a contract, the newest first. */
export async function listChanges(ctx: ReadCtx, contractId: string): Promise<ChangeDetails[]> {
  const changes = await ctx.db.contractChange.findMany({ where: { contractId }, orderBy: { no: 'desc' } });
  const details = await Promise.all(changes.map((change) => readChange(ctx, change)));
  return details.filter((one) => one !== null);
}

/** One amendment with one of its approvals, or null. */
export async function findChange(
  ctx: ReadCtx,
  changeId: string,
  approvalId?: string,
): Promise<ChangeDetails | null> {
  const change = await ctx.db.contractChange.findUnique({ where: { id: changeId } });
  return change && readChange(ctx, change, approvalId);
}

async function readChange(
  ctx: ReadCtx,
  change: ContractChange,
  approvalId?: string,
): Promise<ChangeDetails | null> {
  const approval = await findApproval(ctx, { type: 'contract_change', id: change.id }, approvalId);
  if (!approval) return null;
  const before = amendmentSide.parse(change.before);
  const after = amendmentAfter.parse(change.after);
  const people = await findPeople(ctx.db, [change.createdById]);
  const present = change.status === 'open' ? await readPresent(ctx, change.contractId) : null;
  const touched = new Set(before.rows.map((row) => row.id));
  return {
    id: change.id,
    contractId: change.contractId,
    no: change.no,
    status: change.status,
    reason: change.reason,
    before,
    after,
    amountDelta: change.amountDelta,
    by: people.get(change.createdById)?.name ?? '',
    approval,
    problems: present ? checkAmendment(present, before, after) : [],
    waiting: (present?.rows ?? [])
      .filter((row) => touched.has(row.id) && row.proposed > 0n)
      .map((row) => ({ seq: row.seq, amount: row.proposed })),
  };
}

/** What an amendment of a contract would start from; the scope is the caller's business. @throws DomainError not_found */
export async function loadAmendable(ctx: ReadCtx, contractId: string): Promise<PresentContract> {
  const present = await readPresent(ctx, contractId);
  if (!present) throw new DomainError('not_found', { ref: '' });
  return present;
}

async function readPresent(ctx: ReadCtx, contractId: string): Promise<PresentContract | null> {
  const contract = await ctx.db.contract.findUnique({ where: { id: contractId } });
  return contract && loadPresent(ctx.db, contract);
}

/** The contract as an amendment sees it: fields, and every row that is not cancelled. */
export async function loadPresent(
  db: Db | Tx,
  contract: {
    id: string;
    name: string;
    amount: bigint;
    paymentMethod: string | null;
    startsOn: Date | null;
    endsOn: Date | null;
  },
): Promise<PresentContract> {
  const rows = await db.$queryRaw<
    {
      id: string;
      seq: number;
      name: string;
      amount: bigint;
      dueOn: Date | null;
      isOpen: boolean;
      paid: bigint;
      proposed: bigint;
    }[]
  >`
    SELECT i.id::text, i.seq, i.name, i.amount, COALESCE(i.postponed_to, i.due_on) AS "dueOn",
      i.lifecycle = 'open' AS "isOpen", i.amount - i.outstanding AS paid,
      COALESCE((SELECT SUM(a.amount) FROM allocation a
        WHERE a.instalment_id = i.id AND a.status = 'proposed'), 0)::bigint AS proposed
    FROM instalment i WHERE i.contract_id = ${contract.id}::uuid AND i.lifecycle <> 'cancelled' ORDER BY i.seq`;
  return {
    fields: {
      name: contract.name,
      amount: contract.amount,
      paymentMethod: contract.paymentMethod,
      startsOn: contract.startsOn && fromUtcDate(contract.startsOn),
      endsOn: contract.endsOn && fromUtcDate(contract.endsOn),
    },
    rows: rows.map((row) => ({ ...row, dueOn: row.dueOn && fromUtcDate(row.dueOn) })),
  };
}
