// Escalation cases: one open case an instalment, its thread told of every event (ux §4.7). Planning opens and raises
// them (plan-reminders.service.ts); here they are acknowledged, told and closed.
import type { Ctx, SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { EscalationCase } from '../../generated/prisma/client.js';
import { authorize, can } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { addWorkdays } from '../calendar.js';
import { DomainError } from '../errors.js';
import { toUtcDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import { type NoticePayload, notice } from '../notices/notice.js';
import { enqueue, markHomesStale, rewriteMessages } from '../notices/outbox.service.js';
import { redrawDigests } from './digest.service.js';

export type CaseEvent = NoticePayload<'case.line'>['event'];
export const caseKey = (caseId: string): string => `case:${caseId}`;

interface EventFacts {
  byId?: string | null;
  receiptId?: string | null;
}
type ToldCase = Pick<EscalationCase, 'id' | 'level' | 'version' | 'recipientIds'>;

/**
 * Adds a line to each case's thread and rewrites its root; a case whose thread was never opened gets its root first.
 * A case's version makes line and rewrite unique.
 */
export async function tellCases(
  tx: Tx,
  ctx: SystemCtx,
  told: readonly { found: ToldCase; event: CaseEvent }[],
  facts: EventFacts = {},
): Promise<void> {
  await rewriteMessages(
    tx,
    ctx,
    told.map(({ found }) => ({
      key: caseKey(found.id),
      kind: 'case.card' as const,
      payload: { caseId: found.id },
      tag: found.version,
    })),
  );
  const notices = told.flatMap(({ found, event }) => {
    const to = { channel: 'escalation', otherwise: found.recipientIds } as const;
    const key = caseKey(found.id);
    const root = notice({ kind: 'case.card', key, to, payload: { caseId: found.id } });
    const line = notice({
      kind: 'case.line',
      key: `case.line:${found.id}:${found.version}`,
      to,
      threadOf: key,
      payload: {
        caseId: found.id,
        event,
        level: found.level,
        byId: facts.byId ?? null,
        receiptId: facts.receiptId ?? null,
      },
    });
    return [root, line];
  });
  await enqueue(tx, ctx, ...notices);
}

/** Tells the open case of an instalment, if there is one, and redraws the row in today's digests. */
export async function addCaseLine(
  tx: Tx,
  ctx: SystemCtx,
  instalmentId: string,
  event: CaseEvent,
  facts: EventFacts = {},
): Promise<void> {
  await addCaseLines(tx, ctx, [instalmentId], event, facts);
}

/** The same for several instalments. */
export async function addCaseLines(
  tx: Tx,
  ctx: SystemCtx,
  instalmentIds: readonly string[],
  event: CaseEvent,
  facts: EventFacts = {},
): Promise<void> {
  if (instalmentIds.length === 0) return;
  await redrawDigests(tx, ctx, instalmentIds, `${event}:${ctx.now.getTime()}`);
  const open = await tx.escalationCase.updateManyAndReturn({
    where: { instalmentId: { in: [...instalmentIds] }, closedOn: null },
    data: { version: { increment: 1 }, updatedAt: ctx.now },
  });
  if (open.length === 0) return;
  await tellCases(
    tx,
    ctx,
    open.map((found) => ({ found, event })),
    facts,
  );
}

/** Closes the open cases of these instalments, skips what was about to be sent for them and redraws their rows. */
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
  await redrawDigests(tx, ctx, instalmentIds, `${reason}:${ctx.now.getTime()}`);
  const closed = await tx.escalationCase.updateManyAndReturn({
    where: { instalmentId: { in: [...instalmentIds] }, closedOn: null },
    data: {
      closedOn: toUtcDate(ctx.today),
      closeReason: reason,
      updatedAt: ctx.now,
      version: { increment: 1 },
    },
  });
  const event = reason === 'settled' ? 'paid' : 'closed';
  await tellCases(
    tx,
    ctx,
    closed.map((found) => ({ found, event })),
    facts,
  );
}

/**
 * Acknowledges a case: the next level waits `ackDays` workdays (rules §8).
 * @throws DomainError case.not_recipient (names who can), not_found, case.decided when it is acknowledged or closed
 */
export async function acknowledgeCase(ctx: Ctx, caseId: string): Promise<EscalationCase> {
  return transact(ctx.db, async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM escalation_case WHERE id = ${caseId}::uuid FOR UPDATE`;
    const found = await tx.escalationCase.findUnique({
      where: { id: caseId },
      include: { instalment: true },
    });
    authorize(ctx.actor, 'case.acknowledge');
    const asked = found?.recipientIds.includes(ctx.actor.id) ?? false;
    // A forged id must not tell who works on a case outside of the person's scope.
    if (!found || (!asked && !can(ctx.actor, 'record.see', found.instalment.ownerId)))
      throw new DomainError('not_found', { ref: '' });
    if (!asked) {
      const people = await findPeople(tx, found.recipientIds);
      throw new DomainError('case.not_recipient', {
        names: [...people.values()].map((person) => person.name),
      });
    }
    if (found.closedOn !== null || found.ackedById !== null) {
      const by = found.ackedById && (await tx.user.findUnique({ where: { id: found.ackedById } }));
      throw new DomainError('case.decided', {
        who: by ? by.name : '—',
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
    await tellCases(tx, ctx, [{ found: acked, event: 'acknowledged' }], { byId: ctx.actor.id });
    await redrawDigests(tx, ctx, [found.instalmentId], `acknowledged:${acked.version}`);
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
