// Key events that people write down in a customer's history (F5).
import type { Ctx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { authorize } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { type LocalDate, toUtcDate } from '../local-date.js';
import { claimRequest } from '../requests.service.js';

export const MAX_EVENT_TEXT = 1000;

/**
 * Writes down what happened on a day, today at the latest.
 * @throws DomainError not_found, access.denied, receipt.future_date, text.required, text.too_long
 */
export async function addCustomerEvent(
  ctx: Ctx,
  customerId: string,
  event: { happenedOn: LocalDate; text: string },
): Promise<void> {
  const text = event.text.trim();
  if (text === '') throw new DomainError('text.required', {}, 'text');
  const excess = [...text].length - MAX_EVENT_TEXT;
  if (excess > 0) throw new DomainError('text.too_long', { excess, max: MAX_EVENT_TEXT }, 'text');
  if (event.happenedOn > ctx.today) throw new DomainError('receipt.future_date', { today: ctx.today }, 'day');
  await transact(ctx.db, async (tx) => {
    const customer = await tx.customer.findFirst({ where: { id: customerId, deletedAt: null } });
    if (!customer) throw new DomainError('not_found', { ref: '' });
    await claimRequest(tx, ctx, 'customer.event', {
      reference: customer.code,
      subjectType: 'customer',
      subjectId: customerId,
    });
    authorize(ctx.actor, 'customer.edit', customer.ownerId);
    const id = newId(ctx.now);
    await tx.customerEvent.create({
      data: {
        id,
        customerId,
        happenedOn: toUtcDate(event.happenedOn),
        text,
        createdAt: ctx.now,
        createdById: ctx.actor.id,
      },
    });
    await recordAudit(tx, ctx, {
      action: 'customer.event_added',
      subjectType: 'customer',
      subjectId: customerId,
      after: { ...event, text },
    });
  });
}
