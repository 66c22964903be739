// The ids of a whole list. Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import type { Prisma } from '../../generated/prisma/client.js';

/** What a query gives as `id`, in its order, as of one moment; as one text, which takes a tenth of as many rows' memory. */
export async function listIds(db: Db | Tx, query: Prisma.Sql): Promise<string[]> {
  const [found] = await db.$queryRaw<{ ids: string | null }[]>`${PLANNED_ANEW}
    SELECT string_agg(x.id::text, ',') AS ids FROM (${query}) x`;
  return found?.ids?.split(',') ?? [];
}
