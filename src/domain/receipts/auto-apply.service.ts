// 自动核销: customers whose prepayments finance has applied by themselves (rules §5). Booked one by one by the same use case as
// by hand, in the name of whoever switched it on, as far as they may still do it; finance's channel is told of each.
import type { SystemCtx } from '../../ctx.js';
import { can } from '../access.js';
import { isDomainError } from '../errors.js';
import { newId } from '../ids.js';
import { toActor } from '../members/member.queries.js';
import { applyPrepayment } from './apply-prepayment.service.js';
import { planAutoApply } from './auto-apply.js';
import { COUNTED } from './credits.queries.js';
import { listOpenItems } from './open-items.queries.js';

/** Customers a run: what is left over is the next minute's. */
const CUSTOMERS_A_RUN = 20;

/**
 * Applies what has fallen due by today, the oldest credit first. Run it as often as one likes: what is applied is not due
 * any more. What changes at the same moment is left as it is, for the next run.
 * @returns how many lines were booked
 */
export async function applyDuePrepayments(ctx: SystemCtx): Promise<number> {
  let applied = 0;
  for (const found of await listDue(ctx)) applied += await applyFor(ctx, found);
  return applied;
}

interface DueCustomer {
  readonly customerId: string;
  readonly currency: string;
  readonly byId: string;
}

/** Customers in the mode with money on both sides, those whose rows are due longest first. */
function listDue({ db, today }: SystemCtx): Promise<DueCustomer[]> {
  return db.$queryRaw<DueCustomer[]>`
    SELECT k.id::text AS "customerId", i.currency, k.auto_apply_by::text AS "byId"
    FROM customer k JOIN instalment i ON i.customer_id = k.id JOIN contract c ON c.id = i.contract_id
    WHERE k.auto_apply_by IS NOT NULL AND k.deleted_at IS NULL AND c.status = 'active' AND i.lifecycle = 'open'
      AND i.outstanding > 0 AND i.effective_due <= ${today}::date AND NOT i.is_retention AND NOT i.disputed
      AND i.block_until IS NULL
      AND EXISTS (SELECT 1 FROM receipt r WHERE r.customer_id = k.id AND r.currency = i.currency AND r.unapplied > 0
        AND r.status IN ('approved', 'partly_reversed'))
    GROUP BY 1, 2, 3 ORDER BY MIN(i.effective_due), 1, 2 LIMIT ${CUSTOMERS_A_RUN}`;
}

async function applyFor(ctx: SystemCtx, { customerId, currency, byId }: DueCustomer): Promise<number> {
  const { db, today } = ctx;
  const user = await db.user.findUnique({ where: { id: byId } });
  const actor = user?.active ? await toActor(db, user) : null;
  if (actor === null || !can(actor, 'receipt.apply')) return 0;
  const credits = await db.receipt.findMany({
    where: { ...COUNTED, customerId, currency },
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
  const versions = new Map(credits.map((credit) => [credit.id, credit.version]));
  let applied = 0;
  for (const line of lines) {
    const by = { ...ctx, actor, requestId: newId(ctx.now) };
    try {
      const receipt = await applyPrepayment(
        by,
        { ...line, version: versions.get(line.receiptId) ?? 0 },
        { auto: true },
      );
      versions.set(receipt.id, receipt.version);
      applied += 1;
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return applied;
    }
  }
  return applied;
}
