// What reached the admins of a morning because nobody holds the role it was for, and the word to them about it: the last
// fallback is loud (rules §8).
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import type { LocalDate } from '../local-date.js';
import { findPeople, listHolders } from '../members/member.queries.js';
import { notice, PRIORITY } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';
import { isRecipientRole, RECIPIENT_ROLES, type RecipientRole } from './ladder.js';
import { loadPeople, type PeopleOf } from './ladder.queries.js';
import { isUnheld } from './recipients.js';

/** A role that nobody holds: of finance for all rows, of sales above one owner. `count`: rows and contracts told of. */
export interface UnheldRole {
  readonly role: RecipientRole;
  readonly ownerName: string | null;
  readonly count: number;
}

const OF_FINANCE: readonly RecipientRole[] = ['finance_owner', 'finance_manager'];

/** Roles that reached only admins in what was planned on a day, and that nobody holds by now; the most first. */
export async function listUnheld(
  { db, company }: SystemCtx,
  date: LocalDate,
  peopleOf?: PeopleOf,
): Promise<UnheldRole[]> {
  const admins = await listHolders(db, 'admin');
  const told = await db.$queryRaw<
    { role: string; ownerId: string; financeOwnerId: string | null; count: number }[]
  >`
    SELECT x.role, COALESCE(i.owner_id, c.owner_id)::text AS "ownerId",
      c.finance_owner_id::text AS "financeOwnerId", COUNT(DISTINCT COALESCE(i.id, c.id))::int AS count
    FROM reminder r LEFT JOIN instalment i ON i.id = r.instalment_id
    JOIN contract c ON c.id = COALESCE(i.contract_id, r.contract_id)
    LEFT JOIN reminder_rule l ON l.code = r.rule_code
    -- One person in several roles has one message, in the first of them.
    CROSS JOIN LATERAL unnest(COALESCE(l.roles, ARRAY[r.recipient_role])) AS x(role)
    WHERE r.recipient_id = ANY(${admins.map(({ id }) => id)}::uuid[]) AND r.planned_on = ${date}::date
      AND r.status <> 'skipped' AND r.recipient_role = ANY(${[...RECIPIENT_ROLES]}::text[])
    GROUP BY 1, 2, 3`;
  if (told.length === 0) return [];
  const around = peopleOf ?? (await loadPeople(db, company));
  const people = await findPeople(
    db,
    told.map(({ ownerId }) => ownerId),
  );
  const byRole = new Map<string, UnheldRole>();
  for (const { role, ownerId, financeOwnerId, count } of told) {
    if (!isRecipientRole(role) || !isUnheld(role, around(ownerId, financeOwnerId))) continue;
    const ownerName = OF_FINANCE.includes(role) ? null : (people.get(ownerId)?.name ?? '');
    const key = `${role} ${ownerName === null ? '' : ownerId}`;
    byRole.set(key, { role, ownerName, count: count + (byRole.get(key)?.count ?? 0) });
  }
  const place = ({ role }: UnheldRole) => RECIPIENT_ROLES.indexOf(role);
  return [...byRole.values()].toSorted((a, b) => b.count - a.count || place(a) - place(b));
}

/** Tells each admin once a day. */
export async function tellUnheld(ctx: SystemCtx, peopleOf: PeopleOf): Promise<void> {
  if ((await listUnheld(ctx, ctx.today, peopleOf)).length === 0) return;
  await transact(ctx.db, async (tx) => {
    const admins = await listHolders(tx, 'admin');
    const notices = admins.map(({ id }) =>
      notice({
        kind: 'reminders.unheld',
        key: `reminders.unheld:${ctx.today}@${id}`,
        to: { user: id },
        payload: { date: ctx.today },
        priority: PRIORITY.batch,
      }),
    );
    await enqueue(tx, ctx, ...notices);
  });
}
