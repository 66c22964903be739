// What waits for a person and is neither a decision nor a case: what was rejected or not sent, money without a place, people
// without a role, what is not set up, books of those who have left. Reads only.
import type { PersonCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { countCredits, listCredits } from '../receipts/credits.queries.js';
import { listUnclaimed } from '../receipts/unclaimed.queries.js';
import { listOpen, loadSetup } from '../settings/setup.queries.js';
import { type Part, SHOWN, type Subject, toPart, type WaitingItem } from './waiting-item.queries.js';
import { LOOSE_SORTS, type LooseSort } from './waiting-sorts.js';

async function moneyToApply(ctx: PersonCtx): Promise<Part> {
  const [credits, total] = await Promise.all([listCredits(ctx, {}, SHOWN), countCredits(ctx)]);
  return { items: credits.map((credit) => ({ kind: 'prepayment', credit })), total };
}

async function moneyToClaim(ctx: PersonCtx): Promise<Part> {
  const { rows, total } = await listUnclaimed(ctx, { number: 1, size: SHOWN });
  return { items: rows.map((money) => ({ kind: 'unclaimed', money })), total };
}

/** Rejected and not recorded anew, or what was is taken back again. */
async function rejectedReceipts(ctx: PersonCtx): Promise<Part> {
  const rows = await ctx.db.$queryRaw<(Subject & { total: number })[]>`
    SELECT r.id::text, r.number, k.name AS "customerName", r.amount, r.currency, COUNT(*) OVER ()::int AS total
    FROM receipt r JOIN customer k ON k.id = r.customer_id
    WHERE r.status = 'rejected' AND r.reverses_id IS NULL AND r.recorded_by = ${ctx.actor.id}::uuid
      AND NOT EXISTS (SELECT 1 FROM receipt n WHERE n.replaces_id = r.id AND n.status <> 'draft')
      AND NOT EXISTS (SELECT 1 FROM unclaimed_money m WHERE m.replaces_id = r.id AND m.withdrawn_at IS NULL)
    ORDER BY r.updated_at DESC LIMIT ${SHOWN}`;
  return toPart(rows, (row) => ({ kind: 'rejected', ...row }));
}

async function unsentContracts(ctx: PersonCtx): Promise<Part> {
  const owners = visibleOwners(ctx.actor, 'contract.submit');
  if (owners !== 'all' && owners.length === 0) return { items: [], total: 0 };
  const where = {
    ownerId: ctx.actor.id,
    deletedAt: null,
    status: { in: ['draft' as const, 'rejected' as const] },
  };
  const [total, rows] = await Promise.all([
    ctx.db.contract.count({ where }),
    ctx.db.contract.findMany({
      where,
      orderBy: [{ status: 'desc' }, { id: 'desc' }],
      take: SHOWN,
      include: { customer: { select: { name: true } } },
    }),
  ]);
  const items = rows.map(
    ({ id, number, amount, currency, status, customer }): WaitingItem => ({
      kind: status === 'rejected' ? 'contract_rejected' : 'draft',
      id,
      number,
      amount,
      currency,
      customerName: customer.name,
    }),
  );
  return { items, total };
}

async function askers(ctx: PersonCtx): Promise<Part> {
  const where = { active: true, roles: { isEmpty: true }, askedAt: { not: null } };
  const [total, users] = await Promise.all([
    ctx.db.user.count({ where }),
    ctx.db.user.findMany({ where, orderBy: { askedAt: 'desc' }, take: SHOWN }),
  ]);
  return { items: users.map((user) => ({ kind: 'asked', userId: user.id, name: user.name })), total };
}

async function openSetup(ctx: PersonCtx): Promise<Part> {
  const open = listOpen(await loadSetup(ctx));
  return open.length > 0 ? { items: [{ kind: 'setup', open }], total: 1 } : { items: [], total: 0 };
}

/** Who has left, or has no role any more, and still has customers or money to come: of whose books the reader may give away. */
async function booksOfLeavers(ctx: PersonCtx): Promise<Part> {
  const owners = visibleOwners(ctx.actor, 'customer.assign');
  const within = owners === 'all' ? Prisma.sql`true` : Prisma.sql`u.id = ANY(${[...owners]}::uuid[])`;
  const rows = await ctx.db.$queryRaw<
    { userId: string; name: string; instalments: number; customers: number; total: number }[]
  >`
    SELECT u.id::text AS "userId", u.name, n.instalments, k.customers, COUNT(*) OVER ()::int AS total
    FROM app_user u
      CROSS JOIN LATERAL (SELECT COUNT(*)::int AS instalments FROM instalment i
        WHERE i.owner_id = u.id AND i.lifecycle = 'open' AND i.deleted_at IS NULL) n
      CROSS JOIN LATERAL (SELECT COUNT(*)::int AS customers FROM customer c
        WHERE c.owner_id = u.id AND c.deleted_at IS NULL) k
    WHERE (NOT u.active OR u.roles = '{}') AND ${within} AND n.instalments + k.customers > 0
    ORDER BY n.instalments DESC, u.name, u.id LIMIT ${SHOWN}`;
  return toPart(rows, ({ userId, name, instalments, customers }) => ({
    kind: 'left',
    ...{ userId, name, instalments, customers },
  }));
}

/** Each sort by its query; findWaiting asks those of the reader's work. */
export const LOOSE: Readonly<Record<LooseSort, (ctx: PersonCtx) => Promise<Part>>> = {
  rejected: rejectedReceipts,
  draft: unsentContracts,
  prepayment: moneyToApply,
  unclaimed: moneyToClaim,
  asked: askers,
  setup: openSetup,
  left: booksOfLeavers,
};

/** Which sort a query tells, if it is one of these. */
export const sortOf = (load: (ctx: PersonCtx) => Promise<Part>): LooseSort | undefined =>
  LOOSE_SORTS.find((sort) => LOOSE[sort] === load);
