// A proposed credit limit as a subject of approval (rules §6, §12): approved it is the customer's.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import type { CreditEvent, Customer } from '../../generated/prisma/client.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { DomainError } from '../errors.js';
import type { Traces } from '../traces.service.js';
import { decidedNotice, entryOf } from './credit-event.service.js';

/** Locks the customer. @throws DomainError not_found */
export async function holdCreditLimit(tx: Tx, ctx: Ctx, eventId: string): Promise<HeldSubject> {
  const asked = await tx.creditEvent.findUnique({ where: { id: eventId } });
  const customer = asked && (await lockRow(tx, 'customer', asked.customerId));
  if (!asked || !customer || customer.deletedAt !== null) throw new DomainError('not_found', { ref: '' });
  return {
    ownerId: null,
    involved: [asked.createdById],
    about: { subjectType: 'customer', subjectId: customer.id },
    homes: [asked.createdById],
    recheck: () => recheck(tx, asked, customer),
    finish: (ending) => finish(tx, ctx, asked, customer, ending),
  };
}

type Recheck = NonNullable<HeldSubject['recheck']>;

/** It was proposed against another limit than now: the card is drawn anew and asked again. */
async function recheck(tx: Tx, asked: CreditEvent, customer: Customer): ReturnType<Recheck> {
  if (customer.creditLimit === asked.fromLimit) return null;
  await tx.creditEvent.update({ where: { id: asked.id }, data: { fromLimit: customer.creditLimit } });
  const entry = {
    action: 'customer.limit_recalculated',
    subjectType: 'customer',
    subjectId: customer.id,
    before: { creditLimit: asked.fromLimit },
    after: { creditLimit: customer.creditLimit },
  };
  return { traces: { audit: [entry] }, involved: [asked.createdById] };
}

async function finish(
  tx: Tx,
  ctx: Ctx,
  asked: CreditEvent,
  customer: Customer,
  ending: Ending,
): Promise<Traces> {
  const { status, approvalId, requestedById } = ending;
  await tx.creditEvent.update({ where: { id: asked.id }, data: { status } });
  if (status === 'approved')
    await tx.customer.update({
      where: { id: customer.id },
      data: {
        creditLimit: asked.toLimit,
        version: { increment: 1 },
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
      },
    });
  return {
    audit: [entryOf(asked, status, ending.audit)],
    notices: status === 'withdrawn' ? [] : [decidedNotice(asked.id, approvalId, requestedById)],
  };
}
