// What waits to be sent of a row that its recipient does not see (any more) goes to who takes their place: they have left,
// or lost their role or the row (rules §8, §12).
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { Prisma } from '../../generated/prisma/client.js';
import { can } from '../access.js';
import { newId } from '../ids.js';
import { listActors } from '../members/member.queries.js';
import { isRecipientRole } from './ladder.js';
import { loadPeople, type PeopleOf } from './ladder.queries.js';
import { recipientsFor } from './recipients.js';
import { REASSIGNED_ANEW } from './save-steps.service.js';

/** Reminders a transaction: on the embedded engine everybody else waits for it. */
const BATCH_REMINDERS = 500;

/** Reminder `r` that waits, and whose row, contract or bill it is; what this run has just planned is none of it. */
const waiting = (ctx: SystemCtx) => Prisma.sql`
  reminder r LEFT JOIN instalment i ON i.id = r.instalment_id
    LEFT JOIN contract c ON c.id = COALESCE(i.contract_id, r.contract_id)
    LEFT JOIN receipt b ON b.id = r.receipt_id LEFT JOIN customer k ON k.id = b.customer_id
  WHERE r.status = 'pending' AND r.outbox_id IS NULL AND r.created_at < ${ctx.now}`;
/** Whose it is; '' of a bill: whoever recorded it sees it. */
const OWNER = Prisma.sql`COALESCE(i.owner_id::text, c.owner_id::text, '')`;

/** Whose rows wait for whom who does not see them. */
async function listUnseen(ctx: SystemCtx): Promise<{ recipientId: string; ownerId: string }[]> {
  const pairs = await ctx.db.$queryRaw<{ recipientId: string; slackUserId: string; ownerId: string }[]>`
    SELECT w."recipientId", u.slack_user_id AS "slackUserId", w."ownerId" FROM (
      SELECT DISTINCT r.recipient_id::text AS "recipientId", ${OWNER} AS "ownerId" FROM ${waiting(ctx)}) w
    JOIN app_user u ON u.id = w."recipientId"::uuid`;
  if (pairs.length === 0) return [];
  const actors = await listActors(ctx.db, [...new Set(pairs.map((pair) => pair.slackUserId))]);
  const byId = new Map(actors.map((actor) => [actor.id, actor]));
  return pairs.filter(({ recipientId, ownerId }) => {
    const actor = byId.get(recipientId);
    return !actor || !can(actor, 'record.see', ownerId === '' ? undefined : ownerId);
  });
}

interface Dropped {
  readonly id: string;
  readonly role: string;
  readonly instalmentId: string | null;
  /** '' of a bill. */
  readonly ownerId: string;
  readonly financeOwnerId: string | null;
  /** Of a bill: whose customer paid with it. */
  readonly customerOwnerId: string | null;
}

/** Before anything is bound: nobody is told what they may not see, and nothing is told to nobody. */
export async function passOnUnseen(ctx: SystemCtx, batch = BATCH_REMINDERS): Promise<void> {
  const unseen = await listUnseen(ctx);
  if (unseen.length === 0) return;
  const peopleOf = await loadPeople(ctx.db, ctx.company);
  let passed: number;
  do passed = await passOnSome(ctx, unseen, peopleOf, batch);
  while (passed === batch);
}

/** Of these the first ones; returns how many. */
function passOnSome(
  ctx: SystemCtx,
  unseen: readonly { recipientId: string; ownerId: string }[],
  peopleOf: PeopleOf,
  batch: number,
): Promise<number> {
  return transact(ctx.db, async (tx) => {
    const dropped = await tx.$queryRaw<Dropped[]>`
      UPDATE reminder d SET status = 'skipped', skip_reason = 'inactive'
      FROM (SELECT r.id, ${OWNER} AS owner_id, c.finance_owner_id, k.owner_id AS customer_owner_id
        FROM ${waiting(ctx)} AND EXISTS (
          SELECT 1 FROM unnest(${unseen.map((pair) => pair.recipientId)}::uuid[],
            ${unseen.map((pair) => pair.ownerId)}::text[]) AS x(recipient_id, owner_id)
          WHERE x.recipient_id = r.recipient_id AND x.owner_id = ${OWNER})
        ORDER BY r.id LIMIT ${batch} FOR UPDATE OF r) w
      WHERE d.id = w.id
      RETURNING d.id::text, d.recipient_role AS role, d.instalment_id::text AS "instalmentId", w.owner_id AS "ownerId",
        w.finance_owner_id::text AS "financeOwnerId", w.customer_owner_id::text AS "customerOwnerId"`;
    const others = dropped.flatMap(({ id, role, instalmentId, ownerId, financeOwnerId, customerOwnerId }) => {
      const to = (ids: readonly string[]) => ids.map((one) => ({ id, to: one, role, instalmentId }));
      if (ownerId === '') return role === 'recorder' && customerOwnerId !== null ? to([customerOwnerId]) : [];
      // Who is asked in place of somebody whom a case asked is told by that (pass-on-cases.service.ts).
      if (!isRecipientRole(role)) return [];
      return to(
        recipientsFor([role], peopleOf(ownerId, financeOwnerId)).recipients.map((person) => person.id),
      );
    });
    // Whose row it was for a while may have it back.
    await tellInstead(
      tx,
      ctx,
      others.filter((one) => one.instalmentId !== null),
      REASSIGNED_ANEW,
    );
    await tellInstead(
      tx,
      ctx,
      others.filter((one) => one.instalmentId === null),
      Prisma.sql`ON CONFLICT DO NOTHING`,
    );
    return dropped.length;
  });
}

/** The same reminder to somebody else, on the same morning; `onConflict`: who has it already. */
export async function tellInstead(
  tx: Tx,
  ctx: SystemCtx,
  others: readonly { id: string; to: string; role: string }[],
  onConflict: Prisma.Sql,
): Promise<void> {
  if (others.length === 0) return;
  const column = (read: (one: (typeof others)[number]) => string): string[] => others.map(read);
  const step = Prisma.sql`r.instalment_id, r.contract_id, r.receipt_id, r.milestone_kind, r.due_epoch, r.rule_code,
    r.occurrence_on`;
  await tx.$executeRaw`
    INSERT INTO reminder (id, instalment_id, contract_id, receipt_id, milestone_kind, due_epoch, rule_code, occurrence_on,
      recipient_role, recipient_id, planned_on, created_at)
    SELECT DISTINCT ON (${step}, x.to_id) x.id, ${step}, x.role, x.to_id, r.planned_on, ${ctx.now}
    FROM unnest(${column(() => newId(ctx.now))}::uuid[], ${column((one) => one.id)}::uuid[],
      ${column((one) => one.to)}::uuid[], ${column((one) => one.role)}::text[]) AS x(id, from_id, to_id, role)
    JOIN reminder r ON r.id = x.from_id
    ${onConflict}`;
}
