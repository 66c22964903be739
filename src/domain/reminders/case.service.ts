// Escalation cases: one open case an instalment, its thread told of every event (ux §4.7). Planning opens and raises
// them (plan-reminders.service.ts); here they are acknowledged, told and closed.
import type { Ctx, SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { EscalationCase } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { addWorkdays } from '../calendar.js';
import { DomainError } from '../errors.js';
import { toUtcDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import { type NoticePayload, notice } from '../notices/notice.js';
import { enqueue, markHomesStale, rewriteMessage } from '../notices/outbox.service.js';

export type CaseEvent = NoticePayload<'case.line'>['event'];
export const caseKey = (caseId: string): string => `case:${caseId}`;

interface EventFacts {
  byId?: string | null;
  receiptId?: string | null;
}

/** Adds a line to a case's thread and rewrites its root; the case's version makes both unique. */
export async function tellCase(
  tx: Tx,
  ctx: SystemCtx,
  found: Pick<EscalationCase, 'id' | 'level' | 'version' | 'recipientIds'>,
  event: CaseEvent,
  facts: EventFacts = {},
): Promise<void> {
  const root = { key: caseKey(found.id), kind: 'case.card', payload: { caseId: found.id } } as const;
  await rewriteMessage(tx, ctx, root, found.version);
  await enqueue(
    tx,
    ctx,
    notice({
      kind: 'case.line',
      key: `case.line:${found.id}:${found.version}`,
      to: { channel: 'escalation', otherwise: found.recipientIds },
      threadOf: root.key,
      payload: {
        caseId: found.id,
        event,
        level: found.level,
        byId: facts.byId ?? null,
        receiptId: facts.receiptId ?? null,
      },
    }),
  );
}

/** Tells the open case of an instalment, if there is one. */
export async function addCaseLine(
  tx: Tx,
  ctx: SystemCtx,
  instalmentId: string,
  event: CaseEvent,
  facts: EventFacts = {},
): Promise<void> {
  const [open] = await tx.escalationCase.findMany({ where: { instalmentId, closedOn: null } });
  if (!open) return;
  const found = await tx.escalationCase.update({
    where: { id: open.id },
    data: { version: { increment: 1 }, updatedAt: ctx.now },
  });
  await tellCase(tx, ctx, found, event, facts);
}

/** Closes the open cases of these instalments and skips what was about to be sent for them. */
export async function closeCases(
  tx: Tx,
  ctx: SystemCtx,
  instalmentIds: readonly string[],
  reason: 'settled' | 'deleted',
  facts: EventFacts = {},
): Promise<void> {
  await tx.reminder.updateMany({
    where: { instalmentId: { in: [...instalmentIds] }, status: 'pending' },
    data: { status: 'skipped', skipReason: reason },
  });
  const closed = await tx.escalationCase.updateManyAndReturn({
    where: { instalmentId: { in: [...instalmentIds] }, closedOn: null },
    data: {
      closedOn: toUtcDate(ctx.today),
      closeReason: reason,
      updatedAt: ctx.now,
      version: { increment: 1 },
    },
  });
  for (const found of closed) await tellCase(tx, ctx, found, reason === 'settled' ? 'paid' : 'closed', facts);
}

/**
 * Acknowledges a case: the next level waits `ackDays` workdays (rules §8).
 * @throws DomainError case.not_recipient (names who can), not_found, approval.decided when it is acknowledged already
 */
export async function acknowledgeCase(ctx: Ctx, caseId: string): Promise<EscalationCase> {
  return transact(ctx.db, async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM escalation_case WHERE id = ${caseId}::uuid FOR UPDATE`;
    const found = await tx.escalationCase.findUnique({
      where: { id: caseId },
      include: { instalment: true },
    });
    if (!found) throw new DomainError('not_found', { ref: '' });
    authorize(ctx.actor, 'case.acknowledge');
    if (!found.recipientIds.includes(ctx.actor.id)) {
      const people = await findPeople(tx, found.recipientIds);
      throw new DomainError('case.not_recipient', {
        names: [...people.values()].map((person) => person.name),
      });
    }
    if (found.closedOn !== null || found.ackedById !== null) {
      const by = await tx.user.findUnique({ where: { id: found.ackedById ?? ctx.actor.id } });
      throw new DomainError('case.decided', {
        who: found.ackedById ? (by?.name ?? '') : '',
        at: found.ackedAt ?? found.updatedAt,
        closed: found.closedOn !== null,
        caseId,
      });
    }
    const until = addWorkdays(ctx.company.calendar, ctx.today, ctx.company.settings.ackDays);
    const acked = await tx.escalationCase.update({
      where: { id: caseId },
      data: {
        ackedById: ctx.actor.id,
        ackedAt: ctx.now,
        ackedUntil: toUtcDate(until),
        updatedAt: ctx.now,
        version: { increment: 1 },
      },
    });
    await tx.reminder.updateMany({
      where: {
        instalmentId: found.instalmentId,
        recipientId: ctx.actor.id,
        status: 'sent',
        ruleCode: { startsWith: 'E' },
      },
      data: { status: 'acked', ackedById: ctx.actor.id, ackedAt: ctx.now },
    });
    await tellCase(tx, ctx, acked, 'acknowledged', { byId: ctx.actor.id });
    await recordAudit(tx, ctx, {
      action: 'case.acknowledged',
      subjectType: 'case',
      subjectId: caseId,
      after: { level: acked.level, until },
    });
    await markHomesStale(tx, [found.instalment.ownerId, ...found.recipientIds]);
    return acked;
  });
}
