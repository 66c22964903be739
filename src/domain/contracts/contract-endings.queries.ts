// Reads the contracts that a person is told are ending. Changes nothing.
import type { Db } from '../../db/client.js';
import { fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';

/** Amounts in minor units of `currency`. */
export interface EndingContract {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly customerName: string;
  readonly ownerName: string;
  readonly endsOn: LocalDate;
  readonly outstanding: bigint;
  readonly currency: string;
}

/** Those of them that are still in force and still to end, the first to end first. */
export async function listEndings(
  ctx: { readonly db: Db; readonly today: LocalDate },
  contractIds: readonly string[],
): Promise<EndingContract[]> {
  const found = await ctx.db.contract.findMany({
    where: {
      id: { in: [...contractIds] },
      status: 'active',
      deletedAt: null,
      endsOn: { gte: toUtcDate(ctx.today) },
    },
    include: {
      customer: { select: { name: true } },
      owner: { select: { name: true } },
      instalments: { where: { lifecycle: 'open' }, select: { outstanding: true } },
    },
    orderBy: [{ endsOn: 'asc' }, { id: 'asc' }],
  });
  return found.flatMap((row) =>
    row.endsOn
      ? {
          id: row.id,
          number: row.number,
          name: row.name,
          customerName: row.customer.name,
          ownerName: row.owner.name,
          endsOn: fromUtcDate(row.endsOn),
          outstanding: row.instalments.reduce((sum, one) => sum + one.outstanding, 0n),
          currency: row.currency,
        }
      : [],
  );
}
