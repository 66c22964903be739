// 自动核销: customers whose prepayments finance has applied by themselves (rules §5). Booked one by one by the same use case as
// by hand, in the name of whoever switched it on, as far as they may still do it; finance's channel is told of each run.
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { Prisma } from '../../generated/prisma/client.js';
import { can, rolesFor } from '../access.js';
import { isDomainError } from '../errors.js';
import { newId } from '../ids.js';
import { listHolders, toActor } from '../members/member.queries.js';
import { type Notice, notice } from '../notices/notice.js';
import { leaveTraces } from '../traces.service.js';
import { applyPrepayment } from './apply-prepayment.service.js';
import { planAutoApply } from './auto-apply.js';
import { COUNTED } from './credits.queries.js';
import { listOpenItems } from './open-items.queries.js';

/** Customers a query. */
const PAGE = 20;

/** Money that nobody has asked to take back or to move. */
const FREE = {
  ...COUNTED,
  movements: { none: { status: 'submitted' } },
  reallocations: { none: { status: 'open' } },
} satisfies Prisma.ReceiptWhereInput;

/**
 * Applies what has fallen due by today, the oldest credit first, to all customers there are: whoever is reminded after it
 * is reminded of what is left. Run it as often as one likes: what is applied is not due any more. What fails, or changes at
 * the same moment, is told to `failed` and left as it is, for the next run; it stops no other customer.
 * @returns how many lines were booked
 */
export async function applyDuePrepayments(
  ctx: SystemCtx,
  failed: (error: unknown, customerId: string) => void,
): Promise<number> {
  let applied = 0;
  let page: DueCustomer[] = [];
  do {
    page = await listDue(ctx, page.at(-1));
    for (const due of page) {
      try {
        applied += await applyFor(ctx, due, failed);
      } catch (error) {
        failed(error, due.customerId);
      }
    }
  } while (page.length === PAGE);
  return applied;
}

interface DueCustomer {
  readonly customerId: string;
  readonly currency: string;
  readonly byId: string;
}

/** Customers in the mode with money on both sides that may be put together, by their keys. */
function listDue({ db, today }: SystemCtx, after: DueCustomer | undefined): Promise<DueCustomer[]> {
  const behind = after
    ? Prisma.sql`AND (k.id, i.currency) > (${after.customerId}::uuid, ${after.currency})`
    : Prisma.empty;
  return db.$queryRaw<DueCustomer[]>`
    SELECT k.id::text AS "customerId", i.currency, k.auto_apply_by::text AS "byId"
    FROM customer k JOIN app_user u ON u.id = k.auto_apply_by
    JOIN instalment i ON i.customer_id = k.id JOIN contract c ON c.id = i.contract_id
    WHERE u.active AND u.roles && ${rolesFor('receipt.apply')}::text[] AND k.deleted_at IS NULL
      AND c.status = 'active' AND c.deleted_at IS NULL AND i.lifecycle = 'open'
      AND i.outstanding > 0 AND i.effective_due <= ${today}::date AND NOT i.is_retention AND NOT i.disputed
      AND i.block_until IS NULL AND i.owner_id <> k.auto_apply_by ${behind}
      AND NOT EXISTS (SELECT 1 FROM allocation a WHERE a.instalment_id = i.id AND a.status = 'proposed')
      AND EXISTS (SELECT 1 FROM receipt r WHERE r.customer_id = k.id AND r.currency = i.currency AND r.unapplied > 0
        AND r.status IN ('approved', 'partly_reversed') AND r.kind IN ('payment', 'prepayment', 'opening')
        AND NOT EXISTS (SELECT 1 FROM receipt m WHERE m.reverses_id = r.id AND m.status = 'submitted')
        AND NOT EXISTS (SELECT 1 FROM reallocation x WHERE x.receipt_id = r.id AND x.status = 'open'))
    GROUP BY k.id, i.currency ORDER BY k.id, i.currency LIMIT ${PAGE}`;
}

/** Each line in a transaction of its own. Of a receipt that fails nothing more is tried: it is not what was planned with. */
async function applyFor(
  ctx: SystemCtx,
  due: DueCustomer,
  failed: (error: unknown, customerId: string) => void,
): Promise<number> {
  const { db } = ctx;
  const user = await db.user.findUnique({ where: { id: due.byId } });
  const actor = user?.active ? await toActor(db, user) : null;
  if (actor === null || !can(actor, 'receipt.apply')) return 0;
  const { lines, versions } = await planFor(ctx, due);
  const messages = await messagesOf(ctx, due);
  const told = new Map<string, Notice<'receipt.auto_applied'>>();
  const tell = (ownerId: string) => {
    const notices = messages(ownerId);
    for (const one of notices) told.set(one.key, one);
    return notices;
  };
  let applied = 0;
  for (const line of lines) {
    const version = versions.get(line.receiptId);
    if (version === undefined) continue;
    const by = { ...ctx, actor, requestId: newId(ctx.now) };
    try {
      const receipt = await applyPrepayment(by, { ...line, version }, { auto: tell });
      versions.set(receipt.id, receipt.version);
      applied += 1;
    } catch (error) {
      failed(error, due.customerId);
      if (!isDomainError(error)) break;
      versions.delete(line.receiptId);
    }
  }
  // What was sent meanwhile does not have the lines after it.
  if (applied > 1) {
    const rewrites = [...told.values()].map(({ key, kind, payload }) => ({
      key,
      kind,
      payload,
      tag: 'whole',
    }));
    await transact(db, (tx) => leaveTraces(tx, ctx, { rewrites }));
  }
  return applied;
}

async function planFor({ db, today }: SystemCtx, { customerId, currency, byId }: DueCustomer) {
  const credits = await db.receipt.findMany({
    where: { ...FREE, customerId, currency },
    orderBy: [{ receivedOn: 'asc' }, { id: 'asc' }],
  });
  // Who gains from it does not book it, and where money waits for finance nothing is taken from under it.
  const others = await db.instalment.findMany({
    where: {
      customerId,
      currency,
      OR: [{ ownerId: byId }, { allocations: { some: { status: 'proposed' } } }],
    },
    select: { id: true },
  });
  const leftAlone = new Set(others.map((row) => row.id));
  const open = await listOpenItems(db, { customerId, currency, owners: 'all' });
  const lines = planAutoApply(
    credits,
    open.filter((item) => !leftAlone.has(item.id)),
    today,
  );
  return { lines, versions: new Map(credits.map((credit) => [credit.id, credit.version])) };
}

/** One message a run, however many lines: what happens by itself is said where finance looks (rules §5), and to each owner. */
async function messagesOf({ db, now }: SystemCtx, { customerId, currency, byId }: DueCustomer) {
  const finance = await listHolders(db, 'finance', 'finance_manager');
  const at = now.toISOString();
  const key = `receipt.auto_applied:${customerId}:${currency}:${at}`;
  const payload = { customerId, currency, byId, at };
  const kind = 'receipt.auto_applied';
  return (ownerId: string): Notice<typeof kind>[] => [
    notice({
      kind,
      key,
      to: { channel: 'finance', otherwise: finance.map((person) => person.id) },
      payload: { ...payload, ownerId: null },
    }),
    notice({ kind, key: `${key}:${ownerId}`, to: { user: ownerId }, payload: { ...payload, ownerId } }),
  ];
}
