// Rows have another owner: what waits to be sent goes to the new owner and the line above them, and an open case asks that
// line (rules §8). Called by whoever changes owners, in their transaction.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { type EscalationCase, Prisma } from '../../generated/prisma/client.js';
import { newId } from '../ids.js';
import { idsOf } from './asked.js';
import { askAnew } from './asked-cases.service.js';
import { ON_ITS_WAY } from './drop-reminders.service.js';
import { isRecipientRole, type RecipientRole } from './ladder.js';
import { loadPeople, type PeopleOf } from './ladder.queries.js';
import { tellInstead } from './pass-on.service.js';
import { recipientsFor } from './recipients.js';
import { REASSIGNED_ANEW } from './save-steps.service.js';

/** The open cases of rows that changed hands, and who of their people is new or asked no more. */
export interface MovedCases {
  readonly cases: readonly EscalationCase[];
  readonly newlyAsked: readonly string[];
  readonly noLongerAsked: readonly string[];
}

/**
 * The highest step so far is told once to the new owner, and to whom an open case asks now; what the old ones had not been
 * sent is dropped, with what the old owner had put off.
 */
export async function remindNewOwners(
  tx: Tx,
  ctx: SystemCtx,
  instalmentIds: readonly string[],
  fromId: string,
): Promise<MovedCases> {
  await tx.snooze.deleteMany({ where: { userId: fromId, instalmentId: { in: [...instalmentIds] } } });
  await tx.$executeRaw`
    UPDATE reminder r SET status = 'skipped', skip_reason = 'reassigned' FROM instalment i
    WHERE i.id = r.instalment_id AND i.id = ANY(${[...instalmentIds]}::uuid[]) AND r.status = 'pending'
      AND NOT ${ON_ITS_WAY} AND r.recipient_id <> i.owner_id
      AND (r.recipient_role = 'owner' OR (r.recipient_role = 'snooze' AND r.recipient_id = ${fromId}::uuid))`;
  const peopleOf = await loadPeople(tx, ctx.company);
  await passToNewLine(tx, ctx, instalmentIds, peopleOf);
  const where = Prisma.sql`i.id = ANY(${[...instalmentIds]}::uuid[])`;
  const asked = await askAnew(tx, ctx, where, { peopleOf, fromId });
  await tellHighestStep(tx, ctx, instalmentIds, asked, { owners: true });
  return {
    cases: asked.map((one) => one.found),
    newlyAsked: [...new Set(asked.flatMap((one) => idsOf(one.added)))],
    noLongerAsked: [...new Set(asked.flatMap((one) => one.gone))],
  };
}

/** What waits for the line above the old owner goes to who holds the role above the new one. */
async function passToNewLine(
  tx: Tx,
  ctx: SystemCtx,
  instalmentIds: readonly string[],
  peopleOf: PeopleOf,
): Promise<void> {
  const waiting = await tx.$queryRaw<
    {
      id: string;
      role: string;
      roles: string[];
      recipientId: string;
      ownerId: string;
      financeOwnerId: string | null;
    }[]
  >`
    SELECT r.id::text, r.recipient_role AS role, COALESCE(l.roles, '{}') AS roles, r.recipient_id::text AS "recipientId",
      i.owner_id::text AS "ownerId", c.finance_owner_id::text AS "financeOwnerId"
    FROM reminder r JOIN instalment i ON i.id = r.instalment_id JOIN contract c ON c.id = i.contract_id
    LEFT JOIN reminder_rule l ON l.code = r.rule_code
    WHERE i.id = ANY(${[...instalmentIds]}::uuid[]) AND r.status = 'pending' AND r.recipient_role <> 'owner'
      AND NOT ${ON_ITS_WAY}
    ORDER BY r.id FOR UPDATE OF r`;
  const moves = waiting.flatMap(({ id, role, roles, recipientId, ownerId, financeOwnerId }) => {
    if (!isRecipientRole(role)) return [];
    const holders = (some: readonly RecipientRole[]) =>
      recipientsFor(some, peopleOf(ownerId, financeOwnerId)).recipients;
    const now = holders([role]);
    if (now.some((person) => person.id === recipientId)) return [];
    // Who was reached in this role may have another one of the step.
    const own = holders(roles.filter(isRecipientRole)).filter((person) => person.id === recipientId);
    return [{ id, to: [...now, ...own] }];
  });
  if (moves.length === 0) return;
  await tx.reminder.updateMany({
    where: { id: { in: moves.map((move) => move.id) } },
    data: { status: 'skipped', skipReason: 'reassigned' },
  });
  const told = moves.flatMap(({ id, to }) => to.map((person) => ({ id, to: person.id, role: person.role })));
  await tellInstead(tx, ctx, told, REASSIGNED_ANEW);
}

/** Once, to whom a case has begun to ask, and with `owners` to the new owners, if they were not told. */
export async function tellHighestStep(
  tx: Tx,
  ctx: SystemCtx,
  instalmentIds: readonly string[],
  asked: readonly {
    readonly found: Pick<EscalationCase, 'instalmentId'>;
    readonly added: readonly { readonly id: string; readonly role: string }[];
  }[],
  { owners }: { readonly owners: boolean },
): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string; epoch: number; code: string; on: string; ownerId: string }[]>`
    SELECT DISTINCT ON (i.id) i.id::text, i.due_epoch AS epoch, r.rule_code AS code, r.occurrence_on::text AS "on",
      i.owner_id::text AS "ownerId"
    FROM instalment i JOIN reminder r ON r.instalment_id = i.id AND r.due_epoch = i.due_epoch
    JOIN reminder_rule l ON l.code = r.rule_code AND l.rank = i.step_rank AND l.rank > 0
    WHERE i.id = ANY(${[...instalmentIds]}::uuid[]) AND i.lifecycle = 'open' ORDER BY i.id, r.id`;
  const addedOf = new Map(asked.map((one) => [one.found.instalmentId, one.added]));
  const told = rows.flatMap((row) => [
    ...(owners ? [{ ...row, to: row.ownerId, role: 'owner' }] : []),
    ...(addedOf.get(row.id) ?? []).map(({ id: to, role }) => ({ ...row, to, role })),
  ]);
  const column = <T>(read: (one: (typeof told)[number]) => T): T[] => told.map(read);
  await tx.$executeRaw`
    INSERT INTO reminder (id, instalment_id, due_epoch, rule_code, occurrence_on, recipient_role, recipient_id,
      planned_on, created_at)
    SELECT x.id, x.row_id, x.epoch, x.code, x.occurrence, x.role, x.to_id, ${ctx.today}::date, ${ctx.now}
    FROM unnest(${column(() => newId(ctx.now))}::uuid[], ${column((one) => one.id)}::uuid[],
      ${column((one) => one.epoch)}::int[], ${column((one) => one.code)}::text[], ${column((one) => one.on)}::date[],
      ${column((one) => one.role)}::text[], ${column((one) => one.to)}::uuid[])
      AS x(id, row_id, epoch, code, occurrence, role, to_id)
    -- Whose it was before, and is again: they were not told.
    ${REASSIGNED_ANEW}`;
}

/** Contracts have a new owner: what the old one had not been sent of their milestones and ends goes to the new one. */
export async function remindNewContractOwners(tx: Tx, contractIds: readonly string[]): Promise<void> {
  const waiting = Prisma.sql`c.id = r.contract_id AND c.id = ANY(${[...contractIds]}::uuid[])
    AND r.instalment_id IS NULL AND r.status = 'pending' AND r.recipient_role = 'owner' AND r.recipient_id <> c.owner_id
    AND NOT ${ON_ITS_WAY}`;
  // Each once: the new owner may have it already, and several may stand in for an absent one.
  await tx.$executeRaw`
    UPDATE reminder r SET status = 'skipped', skip_reason = 'reassigned' FROM contract c
    WHERE ${waiting} AND EXISTS (SELECT 1 FROM reminder o
      WHERE o.contract_id = r.contract_id AND o.instalment_id IS NULL AND o.milestone_kind = r.milestone_kind
        AND o.due_epoch = r.due_epoch AND o.rule_code = r.rule_code AND o.occurrence_on = r.occurrence_on
        AND (o.recipient_id = c.owner_id
          OR (o.id < r.id AND o.status = 'pending' AND o.recipient_role = 'owner')))`;
  await tx.$executeRaw`
    UPDATE reminder r SET recipient_id = c.owner_id, outbox_id = NULL FROM contract c WHERE ${waiting}`;
}
