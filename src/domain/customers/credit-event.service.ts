// Changes of a customer's credit limit (rules §2, §12; F7): finance proposes one, a finance manager decides, or sets it in the
// customer's file. What a decision does is credit-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import type { CreditEvent } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { openApproval } from '../approvals/approval.service.js';
import { askNotices } from '../approvals/ask.service.js';
import { endApprovals } from '../approvals/end.service.js';
import { plainJson } from '../audit.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { MAX_MINOR } from '../money.js';
import { notice } from '../notices/notice.js';
import { claimRequest } from '../requests.service.js';
import { joinTraces, leaveTraces, type Traces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { readEvidence } from './credit.queries.js';

export interface LimitProposal {
  readonly customerId: string;
  /** Of the customer, as it was shown. */
  readonly version: number;
  /** Minor units of the base currency; null: no limit. */
  readonly limit: bigint | null;
  readonly reason: string;
}

/**
 * Proposes another limit; nothing changes until it is approved. What the customer owes and paid is kept with it.
 * @returns who is asked; nobody found: the admins are told
 * @throws DomainError credit.proposal_open, amendment.nothing (it is the present one), access.denied, version.conflict,
 *   request.repeated
 */
export async function proposeLimit(
  ctx: Ctx,
  input: LimitProposal,
): Promise<{ code: string; names: string[] }> {
  return transact(ctx.db, async (tx) => {
    const customer = await lockRow(tx, 'customer', input.customerId);
    if (!customer || customer.deletedAt !== null) throw new DomainError('not_found', { ref: '' });
    const about = { subjectType: 'customer', subjectId: customer.id };
    await claimRequest(tx, ctx, 'credit.propose', { reference: customer.code, ...about });
    authorize(ctx.actor, 'credit.propose', customer.ownerId);
    const { creditLimit: fromLimit, id: customerId, code } = customer;
    const open = await tx.creditEvent.count({ where: { customerId, status: 'open' } });
    if (open > 0) throw new DomainError('credit.proposal_open', { code });
    if (customer.version !== input.version) throw await versionConflict(tx, customer);
    const { limit: toLimit, reason } = input;
    if (toLimit === fromLimit) throw new DomainError('amendment.nothing', {});
    const id = newId(ctx.now);
    await tx.creditEvent.create({
      data: {
        ...{ id, customerId, fromLimit, toLimit, reason },
        evidence: plainJson(await readEvidence({ ...ctx, db: tx }, customerId)),
        createdAt: ctx.now,
        createdById: ctx.actor.id,
      },
    });
    const approval = await openApproval(tx, ctx, {
      type: 'credit_limit',
      id,
      version: 1,
      amount: { minor: strictest(fromLimit, toLimit), currency: ctx.company.baseCurrency },
      ownerId: null,
      involved: [],
    });
    const asking = { type: 'credit_limit', subjectId: id, approvalId: approval.id } as const;
    const { notices, homes } = await askNotices(tx, ctx, asking, approval.asked);
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'customer.limit_proposed',
          ...about,
          before: { creditLimit: fromLimit },
          after: { creditLimit: toLimit, reason },
        },
      ],
      notices,
      homes: [ctx.actor.id, ...homes],
    });
    return { code, names: approval.asked.map((one) => one.name) };
  });
}

/** What thresholds are held against: the larger of both; no limit is more than any. */
function strictest(from: bigint | null, to: bigint | null): bigint {
  if (from === null || to === null) return MAX_MINOR;
  return from > to ? from : to;
}

/** A limit that was set at once. In minor units of the base currency; null: no limit. */
export interface LimitChange {
  readonly customerId: string;
  readonly from: bigint | null;
  readonly to: bigint | null;
}

/** Limits were set in files: an event for each, and what was proposed for these customers is over; the caller holds them. */
export async function noteLimits(tx: Tx, ctx: Ctx, changes: readonly LimitChange[]): Promise<void> {
  if (changes.length === 0) return;
  const customerIds = changes.map((change) => change.customerId);
  await leaveTraces(tx, ctx, await endProposals(tx, ctx, customerIds));
  await tx.creditEvent.createMany({
    data: changes.map(({ customerId, from, to }) => ({
      id: newId(ctx.now),
      customerId,
      fromLimit: from,
      toLimit: to,
      status: 'approved' as const,
      createdAt: ctx.now,
      createdById: ctx.actor.id,
    })),
  });
}

/** Ends what is proposed for customers and tells who proposed it; the caller holds the customers. */
export async function endProposals(tx: Tx, ctx: Ctx, customerIds: readonly string[]): Promise<Traces> {
  const ended = await tx.creditEvent.updateManyAndReturn({
    where: { customerId: { in: [...customerIds] }, status: 'open' },
    data: { status: 'withdrawn' },
  });
  if (ended.length === 0) return {};
  const ids = ended.map((event) => event.id);
  const { ended: approvals, traces } = await endApprovals(tx, ctx, ['credit_limit'], ids);
  return joinTraces(traces, {
    audit: ended.map((event) => entryOf(event, 'withdrawn', {})),
    notices: approvals.map(({ approvalId, subjectId, requestedById }) =>
      decidedNotice(subjectId, approvalId, requestedById),
    ),
  });
}

/** What the trail says of the end of a proposal. */
export const entryOf = (
  event: CreditEvent,
  status: 'approved' | 'rejected' | 'withdrawn',
  more: Readonly<Record<string, unknown>>,
) => ({
  action: `customer.limit_${status}`,
  subjectType: 'customer',
  subjectId: event.customerId,
  before: { creditLimit: event.fromLimit },
  after: { ...more, creditLimit: event.toLimit },
});

export const decidedNotice = (eventId: string, approvalId: string, userId: string) =>
  notice({
    kind: 'credit.decided',
    key: `credit.decided:${approvalId}`,
    to: { user: userId },
    payload: { eventId, approvalId },
  });
