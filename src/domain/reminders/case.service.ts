// Escalation cases: one open case an instalment, its thread told of every event (ux §4.7). Planning opens and raises
// them (plan-reminders.service.ts); here they are acknowledged, told and closed.
import type { Ctx, SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { columnsOf, lockRow } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import { type EscalationCase, Prisma } from '../../generated/prisma/client.js';
import { authorize, can } from '../access.js';
import { listDelegates } from '../approvals/candidates.service.js';
import { addWorkdays } from '../calendar.js';
import { DomainError } from '../errors.js';
import { toUtcDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import { type CaseEvent, notice } from '../notices/notice.js';
import { cancelWaiting } from '../plans/cancel-waiting.service.js';
import { leaveTraces, type Traces } from '../traces.service.js';
import { idsOf } from './asked.js';
import { askAnew } from './asked-cases.service.js';
import { ON_ITS_WAY } from './drop-reminders.service.js';
import { loadPeople } from './ladder.queries.js';

export const caseKey = (caseId: string): string => `case:${caseId}`;

interface EventFacts {
  byId?: string | null;
  receiptId?: string | null;
  followUpId?: string | null;
  /** On a morning of many: neither to the whole channel nor by name. */
  quiet?: boolean;
}
type ToldCase = Pick<EscalationCase, 'id' | 'level' | 'version' | 'recipientIds'>;

/**
 * A line in each case's thread and the rewrite of its root; a case whose thread was never opened gets its root first.
 * A case's version makes line and rewrite unique.
 */
export function tellCases(
  told: readonly { found: ToldCase; event: CaseEvent }[],
  facts: EventFacts = {},
): Pick<Traces, 'notices' | 'rewrites'> {
  const rewrites = told.map(({ found }) => ({
    key: caseKey(found.id),
    kind: 'case.card' as const,
    payload: { caseId: found.id },
    tag: found.version,
  }));
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
        followUpId: facts.followUpId ?? null,
        quiet: facts.quiet ?? false,
      },
    });
    return [root, line];
  });
  return { rewrites, notices };
}

/** What today's digests say of these rows is no longer so. */
export const redrawn = (
  ctx: SystemCtx,
  instalmentIds: readonly string[],
  why: string,
): Pick<Traces, 'redraws'> => ({
  redraws: instalmentIds.map((instalmentId) => ({ instalmentId, tag: `${why}:${ctx.now.getTime()}` })),
});

/** The open cases of these instalments change their version; what is to be left: their lines, their rows in digests. */
export async function tellCasesOf(
  tx: Tx,
  ctx: SystemCtx,
  instalmentIds: readonly string[],
  event: CaseEvent,
  facts: EventFacts = {},
): Promise<Traces> {
  if (instalmentIds.length === 0) return {};
  const cases = await tx.escalationCase.updateManyAndReturn({
    where: { instalmentId: { in: [...instalmentIds] }, closedOn: null },
    data: { version: { increment: 1 }, updatedAt: ctx.now },
  });
  return {
    ...tellCases(
      cases.map((found) => ({ found, event })),
      facts,
    ),
    ...redrawn(ctx, instalmentIds, event),
  };
}

/** Closes the open cases of these instalments and skips what was about to be sent for them; what is to be left. */
export async function closeCasesOf(
  tx: Tx,
  ctx: SystemCtx,
  instalmentIds: readonly string[],
  reason: 'settled' | 'written_off' | 'deleted' | 'void',
  facts: EventFacts = {},
): Promise<Traces> {
  if (instalmentIds.length === 0) return {};
  await cancelWaiting(tx, ctx, instalmentIds, reason === 'deleted' || reason === 'void');
  const closed = await tx.$queryRaw<EscalationCase[]>`
    WITH skipped AS (
      UPDATE reminder r SET status = 'skipped', skip_reason = ${reason}
      WHERE r.instalment_id = ANY(${[...instalmentIds]}::uuid[]) AND r.status = 'pending' AND NOT ${ON_ITS_WAY})
    UPDATE escalation_case k SET closed_on = ${ctx.today}::date, close_reason = ${reason}, updated_at = ${ctx.now},
      version = k.version + 1
    WHERE k.instalment_id = ANY(${[...instalmentIds]}::uuid[]) AND k.closed_on IS NULL
    RETURNING ${columnsOf('escalation_case', 'k')}`;
  const event = reason === 'settled' ? 'paid' : reason === 'written_off' ? 'written_off' : 'closed';
  return {
    ...tellCases(
      closed.map((found) => ({ found, event })),
      facts,
    ),
    ...redrawn(ctx, instalmentIds, reason),
  };
}

/**
 * Opens again what was closed because everything was paid or written off, at the level it had, and asks its people anew; of each row the
 * newest case. What is to be left.
 */
export async function reopenCasesOf(
  tx: Tx,
  ctx: SystemCtx,
  instalmentIds: readonly string[],
  facts: EventFacts,
): Promise<Traces> {
  if (instalmentIds.length === 0) return {};
  const reopened = await tx.$queryRaw<EscalationCase[]>`
    UPDATE escalation_case k SET closed_on = NULL, close_reason = NULL, acked_by = NULL, acked_at = NULL,
      acked_until = NULL, raised_on = ${ctx.today}::date, updated_at = ${ctx.now}, version = k.version + 1
    WHERE k.close_reason IN ('settled', 'written_off') AND k.id IN (
      SELECT DISTINCT ON (n.instalment_id) n.id FROM escalation_case n
      WHERE n.instalment_id = ANY(${[...instalmentIds]}::uuid[]) ORDER BY n.instalment_id, n.created_at DESC, n.id DESC)
    RETURNING ${columnsOf('escalation_case', 'k')}`;
  // Since it was closed people may have left, and its row may be another team's.
  const ids = reopened.map((found) => found.id);
  const others =
    ids.length === 0
      ? []
      : await askAnew(tx, ctx, Prisma.sql`e.id = ANY(${ids}::uuid[])`, {
          peopleOf: await loadPeople(tx, ctx.company),
        });
  const byId = new Map(others.map(({ found }) => [found.id, found]));
  return {
    ...tellCases(
      reopened.map((found) => ({ found: byId.get(found.id) ?? found, event: 'reopened' })),
      facts,
    ),
    ...redrawn(ctx, instalmentIds, 'reopened'),
    homes: others.flatMap(({ added, gone }) => [...idsOf(added), ...gone]),
  };
}

/**
 * Acknowledges a case: the next level waits `ackDays` workdays (rules §8). By whom it asks, or who decides in their place.
 * @throws DomainError case.not_recipient (names who can), not_found, case.acknowledged (by the actor), case.decided when it
 *   is acknowledged by somebody else, or closed
 */
export async function acknowledgeCase(ctx: Ctx, caseId: string): Promise<EscalationCase> {
  return transact(ctx.db, async (tx) => {
    const found = await lockRow(tx, 'escalation_case', caseId);
    authorize(ctx.actor, 'case.acknowledge');
    if (!found) throw new DomainError('not_found', { ref: '' });
    const { ownerId } = await tx.instalment.findUniqueOrThrow({
      where: { id: found.instalmentId },
      select: { ownerId: true },
    });
    const sees = can(ctx.actor, 'record.see', ownerId);
    const isAsked = sees && found.recipientIds.includes(ctx.actor.id);
    const delegates = isAsked ? [] : await listDelegates(tx, ctx, found.recipientIds);
    const standsIn = delegates.some((one) => one.delegateId === ctx.actor.id);
    // A forged id must not tell who works on a case outside of the person's scope; who has lost sight of it asks nobody to wait.
    if (!sees && !standsIn) throw new DomainError('not_found', { ref: '' });
    if (!isAsked && !standsIn) {
      const people = await findPeople(tx, found.recipientIds);
      throw new DomainError('case.not_recipient', {
        names: [...people.values()].map((person) => person.name),
      });
    }
    if (found.closedOn === null && found.ackedById === ctx.actor.id)
      throw new DomainError('case.acknowledged', { at: found.ackedAt ?? found.updatedAt, caseId });
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
    const asking = await tx.reminderRule.findMany({ where: { needsAck: true }, select: { code: true } });
    await tx.reminder.updateMany({
      where: {
        instalmentId: found.instalmentId,
        recipientId: ctx.actor.id,
        status: 'sent',
        ruleCode: { in: asking.map((rule) => rule.code) },
      },
      data: { status: 'acked', ackedById: ctx.actor.id, ackedAt: ctx.now },
    });
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'case.acknowledged',
          subjectType: 'case',
          subjectId: caseId,
          after: { level: acked.level, until },
        },
      ],
      ...tellCases([{ found: acked, event: 'acknowledged' }], { byId: ctx.actor.id }),
      redraws: [{ instalmentId: found.instalmentId, tag: `acknowledged:${caseId}:${acked.version}` }],
      homes: [ownerId, ...found.recipientIds],
    });
    return acked;
  });
}
