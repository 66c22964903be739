// People: known on first contact, given roles and managers by admins (F98, F118; rules §12, §14).
import type { Ctx, SystemCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { User } from '../../generated/prisma/client.js';
import { authorize, type Locale, ROLES, type Role } from '../access.js';
import { askAgainForOrphans, listAskedOf, listStuck, redrawNames } from '../approvals/ask-again.service.js';
import { recordAudit } from '../audit.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { todayIn } from '../local-date.js';
import { notice } from '../notices/notice.js';
import { enqueue, markHomesStale } from '../notices/outbox.service.js';
import { claimRequest } from '../requests.service.js';
import { loadCompany } from '../settings/company.service.js';
import { speakAs } from '../settings/first-language.service.js';
import { leaveTraces } from '../traces.service.js';
import { conflictOn } from '../versions.service.js';
import { findSuperiorId, listHolders, listManagerChain } from './member.queries.js';

/** A person as Slack tells; guests, bots and deactivated users are never members (rules §14). */
export interface SlackProfile {
  slackUserId: string;
  name: string;
  email: string | null;
  /** null: another than those that are spoken here, or unknown. */
  locale: Locale | null;
  timezone: string;
  workspaceAdmin: boolean;
  /** Guest, bot or deactivated. */
  outsider: boolean;
}

/**
 * The member row of a Slack user, made or refreshed; the first workspace admin becomes the first admin, gives a company
 * that nobody has set up their language, and is told. Whose language is not spoken here is told in the company's.
 * @returns null for outsiders
 */
export async function ensureMember(db: Db, now: Date, profile: SlackProfile): Promise<User | null> {
  const { outsider, locale: own, ...known } = profile;
  const gone = await db.user.count({ where: { slackUserId: known.slackUserId, active: false } });
  const company = known.workspaceAdmin || outsider || gone > 0 ? await loadCompany(db, now) : null;
  const facts = { ...known, locale: own ?? (company ?? (await loadCompany(db, now))).locale };
  const ctx = company && { db, now, company, today: todayIn(now, company.timezone) };
  return transact(db, async (tx) => {
    const present = await tx.user.findUnique({ where: { slackUserId: facts.slackUserId } });
    if (outsider) {
      if (ctx && present?.active) await retireMember(tx, ctx, present);
      return null;
    }
    if (present) {
      const isBack = ctx !== null && !present.active;
      const stuck = isBack ? await listStuck(tx) : [];
      const data = { ...facts, active: true, updatedAt: now };
      const user = await tx.user.update({ where: { id: present.id }, data });
      // Their roles came back with them: what nobody could decide without them is asked.
      if (isBack) {
        await redrawNames(tx, ctx, [user.id], []);
        await askAgainForOrphans(
          tx,
          ctx,
          stuck.map((one) => one.id),
          stuck,
        );
      }
      return user;
    }
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('huikuan.first_admin'))`;
    const admins = facts.workspaceAdmin ? await tx.user.count({ where: { roles: { has: 'admin' } } }) : 1;
    const user = await tx.user.upsert({
      where: { slackUserId: facts.slackUserId },
      update: {},
      create: {
        ...facts,
        id: newId(now),
        roles: admins === 0 ? ['admin'] : [],
        createdAt: now,
        updatedAt: now,
      },
    });
    if (ctx && admins === 0) {
      if (own !== null) await speakAs(tx, ctx, own);
      const key = `member.welcome:${user.id}:${user.version}`;
      const payload = { userId: user.id, byId: null };
      await enqueue(tx, ctx, notice({ kind: 'member.welcome', key, to: { user: user.id }, payload }));
      await recordAudit(tx, ctx, {
        ...changed(user.id),
        before: { roles: [] },
        after: { roles: user.roles },
      });
    }
    return user;
  });
}

const changed = (id: string) => ({ action: 'member.changed', subjectType: 'member', subjectId: id });

/** Somebody has left Slack: what waited only for their decision is asked of others. */
async function retireMember(tx: Tx, ctx: SystemCtx, user: User): Promise<void> {
  const stuck = await listStuck(tx);
  const asked = await listAskedOf(tx, [user.id]);
  await tx.user.update({ where: { id: user.id }, data: { active: false, updatedAt: ctx.now } });
  await recordAudit(tx, ctx, { ...changed(user.id), before: { active: true }, after: { active: false } });
  await redrawNames(tx, ctx, [user.id], asked);
  await askAgainForOrphans(tx, ctx, null, stuck);
  // Their book waits for whoever may hand it over.
  const heads = await listHolders(tx, 'admin', 'sales_director');
  await markHomesStale(tx, [await findSuperiorId(tx, user.id), ...heads.map((head) => head.id)]);
}

/** One question a person and day; each admin's copy adds `@` and the admin. */
const askedKey = (userId: string, date: string): string => `member.asked:${userId}:${date}`;

/** The copies of a day's question, as they stand since somebody did something about it. */
export function askedRewrite(
  ctx: SystemCtx,
  { id, askedAt }: Pick<User, 'id' | 'askedAt'>,
  { tag, byId }: { tag: string | number; byId?: string },
) {
  const key = askedKey(id, todayIn(askedAt ?? ctx.now, ctx.company.timezone));
  const payload = { userId: id, ...(byId !== undefined && { byId }) };
  return { key, kind: 'member.asked' as const, payload, tag };
}

/** Tells the admins that somebody wants a role; asking again within a day posts nothing twice. */
export async function askForAccess(ctx: Ctx): Promise<Date> {
  return transact(ctx.db, async (tx) => {
    const user = await tx.user.findUniqueOrThrow({ where: { id: ctx.actor.id } });
    await tx.user.update({ where: { id: user.id }, data: { askedAt: ctx.now } });
    const admins = await listHolders(tx, 'admin');
    // Ignored earlier today: the question stands again where it stood.
    if (user.askedAt === null)
      await leaveTraces(tx, ctx, {
        rewrites: [askedRewrite(ctx, { ...user, askedAt: ctx.now }, { tag: `again:${ctx.now.getTime()}` })],
      });
    await markHomesStale(
      tx,
      admins.map((admin) => admin.id),
    );
    await enqueue(
      tx,
      ctx,
      ...admins.map((admin) =>
        notice({
          kind: 'member.asked',
          key: `${askedKey(user.id, ctx.today)}@${admin.id}`,
          to: { user: admin.id },
          payload: { userId: user.id },
        }),
      ),
    );
    return ctx.now;
  });
}

/**
 * An admin leaves the question of somebody without a role unanswered: it waits for no admin any more, and the person may
 * ask again. @throws DomainError access.denied, not_found
 */
export async function ignoreAsking(ctx: Ctx, userId: string): Promise<User> {
  authorize(ctx.actor, 'settings.edit');
  return transact(ctx.db, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('huikuan.members'))`;
    const user = await tx.user.findUnique({ where: { id: userId } });
    if (!user) throw new DomainError('not_found', { ref: '' });
    // Somebody was faster: ignored already, or given a role.
    if (user.askedAt === null || user.roles.length > 0) return user;
    const tag = `ignored:${ctx.now.getTime()}`;
    await tx.user.update({ where: { id: user.id }, data: { askedAt: null, updatedAt: ctx.now } });
    await recordAudit(tx, ctx, {
      action: 'member.ignored',
      subjectType: 'member',
      subjectId: user.id,
      before: { askedAt: user.askedAt.toISOString() },
      after: { askedAt: null },
    });
    await leaveTraces(tx, ctx, { rewrites: [askedRewrite(ctx, user, { tag, byId: ctx.actor.id })] });
    const admins = await listHolders(tx, 'admin');
    await markHomesStale(tx, [user.id, ...admins.map((admin) => admin.id)]);
    return user;
  });
}

export interface MemberChange {
  userId: string;
  version: number;
  roles: Role[];
  managerId: string | null;
  /** Left out: as it is. */
  departmentId?: string | null;
}

/**
 * Sets a person's roles, manager and department.
 * @throws DomainError settings.last_admin, settings.manager_self, settings.manager_cycle, version.conflict, access.denied
 */
export async function setMember(ctx: Ctx, change: MemberChange): Promise<User> {
  authorize(ctx.actor, 'settings.edit');
  const roles = ROLES.filter((role) => change.roles.includes(role));
  return transact(ctx.db, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('huikuan.members'))`;
    const before = await tx.user.findUnique({ where: { id: change.userId } });
    if (!before) throw new DomainError('not_found', { ref: '' });
    await claimRequest(tx, ctx, 'member.set', {
      reference: before.name,
      subjectType: 'member',
      subjectId: before.id,
    });
    if (before.version !== change.version) throw conflictOn(before);
    if (before.roles.includes('admin') && !roles.includes('admin')) {
      const admins = await tx.user.count({
        where: { active: true, roles: { has: 'admin' }, id: { not: before.id } },
      });
      if (admins === 0) throw new DomainError('settings.last_admin', {}, 'roles');
    }
    if (change.managerId === before.id) throw new DomainError('settings.manager_self', {}, 'managerId');
    if (change.managerId !== null) {
      const above = [
        ...(await listManagerChain(tx, change.managerId)).map((person) => person.id),
        change.managerId,
      ];
      if (above.includes(before.id))
        throw new DomainError('settings.manager_cycle', { name: before.name }, 'managerId');
    }
    const { managerId, departmentId = before.departmentId } = change;
    const department = departmentId && (await tx.department.findUnique({ where: { id: departmentId } }));
    if (departmentId !== null && !department) throw new DomainError('not_found', { ref: '' }, 'departmentId');
    const stuck = await listStuck(tx);
    const asked = await listAskedOf(tx, [before.id]);
    const after = await tx.user.update({
      where: { id: before.id },
      data: {
        roles,
        managerId,
        departmentId,
        // With a role the question is answered; if the role is taken away again, nobody waits for one.
        ...(roles.length > 0 && { askedAt: null }),
        version: { increment: 1 },
        updatedAt: ctx.now,
      },
    });
    await recordAudit(tx, ctx, {
      ...changed(after.id),
      before: { roles: before.roles, managerId: before.managerId, departmentId: before.departmentId },
      after: { roles, managerId, departmentId },
    });
    if (roles.some((role) => !before.roles.includes(role))) {
      await enqueue(
        tx,
        ctx,
        notice({
          kind: 'member.welcome',
          key: `member.welcome:${after.id}:${after.version}`,
          to: { user: after.id },
          payload: { userId: after.id, byId: ctx.actor.id },
        }),
      );
    }
    // Answered, or left without a role and perhaps with a book: both stand on the Homes of those who see all.
    const concerns = before.askedAt !== null || roles.length === 0 || before.roles.length === 0;
    const heads = concerns ? await listHolders(tx, 'admin', 'sales_director') : [];
    if (before.askedAt !== null)
      await leaveTraces(tx, ctx, { rewrites: [askedRewrite(ctx, before, { tag: after.version })] });
    // First those that are there: who is asked only now has a card that says it.
    await redrawNames(tx, ctx, [after.id], asked);
    await askAgainForOrphans(tx, ctx, null, stuck);
    const superior = await findSuperiorId(tx, after.id);
    await markHomesStale(tx, [after.id, managerId, superior, ...heads.map((head) => head.id)]);
    return after;
  });
}
