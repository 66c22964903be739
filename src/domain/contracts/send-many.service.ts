// Sends many drafts for approval at once, as the form sends one: the same plan, customer and credit checks, each with an
// approval of its own. No card each, which would bury the approvers' messages: they find them on Home and in 批量审批.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRows } from '../../db/lock-rows.js';
import { Prisma } from '../../generated/prisma/client.js';
import { can } from '../access.js';
import { openApprovals } from '../approvals/approval.service.js';
import { manyOrphans } from '../approvals/ask.service.js';
import { addedBy } from '../customers/credit.js';
import { holdCredits } from '../customers/credit.queries.js';
import { fromUtcDate } from '../local-date.js';
import { checkPlanTotal } from '../plans/instalment.js';
import { leaveTraces } from '../traces.service.js';
import { allowsEvent } from './contract.js';
import type { LeftReason, SentMany } from './sent-many.js';

/** Sends those of these contracts that are drafts still and whose plan is whole. */
export async function sendContracts(tx: Tx, ctx: Ctx, ids: readonly string[]): Promise<SentMany> {
  const locked = await lockRows(
    tx,
    'contract',
    Prisma.sql`id = ANY(${[...ids]}::uuid[]) AND deleted_at IS NULL`,
  );
  const drafts = locked.filter((contract) => allowsEvent(contract.status, 'submit'));
  const plans = await loadPlans(tx, drafts);
  const active = await loadActive(tx, drafts);
  const judged = drafts.map((contract) => {
    const rows = plans.get(contract.id) ?? [];
    const total = checkPlanTotal({
      contractAmount: contract.amount,
      rows: rows.map((row) => row.amount),
      allowIncomplete: false,
    });
    const reason: LeftReason | null = !can(ctx.actor, 'contract.submit', contract.ownerId)
      ? 'access'
      : !active.has(contract.customerId)
        ? 'customer'
        : total.ok
          ? null
          : 'plan';
    return { contract, rows, reason };
  });
  const sendable = judged.filter((one) => one.reason === null);
  const left = judged.flatMap(({ contract: { number }, reason }) => (reason ? [{ number, reason }] : []));
  if (sendable.length === 0) return { sent: 0, orphans: 0, left };
  const creditOf = await holdCredits({ db: tx, company: ctx.company }, [
    ...new Set(sendable.map(({ contract }) => contract.customerId)),
  ]);
  const sentIds = sendable.map(({ contract }) => contract.id);
  await tx.contract.updateMany({
    where: { id: { in: sentIds } },
    data: {
      status: 'pending_approval',
      planIncomplete: false,
      version: { increment: 1 },
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
    },
  });
  const { asked, orphans } = await openApprovals(
    tx,
    ctx,
    sendable.map(({ contract, rows }) => {
      const { id, version, amount, currency, type, ownerId, customerId } = contract;
      const signedOn = contract.signedOn && fromUtcDate(contract.signedOn);
      const credit = creditOf(customerId, { minor: addedBy({ amount, signedOn, rows }), currency });
      credit.take();
      return {
        ...{ type: 'contract' as const, id, version: version + 1, ownerId, involved: [ownerId] },
        amount: { minor: amount, currency },
        contractType: type,
        creditExceeded: credit.isAbove,
      };
    }),
  );
  await leaveTraces(tx, ctx, {
    notices: await manyOrphans(tx, ctx, orphans),
    audit: sentIds.map((id) => ({ action: 'contract.submitted', subjectType: 'contract', subjectId: id })),
    homes: [ctx.actor.id, ...sendable.map(({ contract }) => contract.ownerId), ...asked],
  });
  return { sent: sendable.length, orphans: orphans.length, left };
}

type Locked = readonly { readonly id: string; readonly customerId: string }[];

async function loadPlans(tx: Tx, contracts: Locked) {
  const rows = await tx.instalment.findMany({
    where: { contractId: { in: contracts.map((one) => one.id) }, lifecycle: { not: 'cancelled' } },
    select: { contractId: true, amount: true, dueOn: true },
  });
  const plans = new Map<string, { amount: bigint; dueOn: ReturnType<typeof fromUtcDate> | null }[]>();
  for (const { contractId, amount, dueOn } of rows) {
    const plan = plans.get(contractId) ?? [];
    plan.push({ amount, dueOn: dueOn && fromUtcDate(dueOn) });
    plans.set(contractId, plan);
  }
  return plans;
}

/** Customers of these contracts in good standing. */
async function loadActive(tx: Tx, contracts: Locked): Promise<Set<string>> {
  const found = await tx.customer.findMany({
    where: { id: { in: contracts.map((one) => one.customerId) }, status: 'active', deletedAt: null },
    select: { id: true },
  });
  return new Set(found.map((one) => one.id));
}
