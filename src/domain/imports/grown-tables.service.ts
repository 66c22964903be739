// Tables that a file fills are counted anew while they grow: the planner takes a table for what it was when last counted.
import type { SystemCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { ImportKind } from './fields.js';
import { asKind } from './import-job.service.js';

/** By kind; of contracts not their texts: these take longer to count than all else, and nothing here is looked up by them. */
const FILLED: Record<ImportKind, string> = {
  customers: 'customer',
  contracts:
    'contract (id, number, customer_id, owner_id, status, amount, deleted_at), instalment, instalment_revision, import_key',
  receipts: 'receipt, allocation, approval, approval_step, import_key',
  opening: 'receipt, allocation, approval, approval_step, import_key',
};

/**
 * A first file fills tables that the planner takes for empty: what hangs on a row would be looked for in all of them,
 * batch after batch. What it does not fill is known as well as before, and may be large.
 */
export async function countGrownTables(ctx: SystemCtx, jobId: string): Promise<void> {
  const { kind } = await ctx.db.importJob.findUniqueOrThrow({ where: { id: jobId } });
  await ctx.db.$executeRaw`ANALYZE ${Prisma.raw(FILLED[asKind(kind)])}`;
}
