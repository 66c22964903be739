// What customers were called that became others: they still find what stayed. Changes nothing.
import type { Tx } from '../../db/client.js';

/** Codes and names of the customers that were merged into each of these. */
export async function mergedNamesOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string[]>> {
  const merged = await tx.customer.findMany({
    where: { mergedIntoId: { in: [...ids] } },
    select: { mergedIntoId: true, code: true, name: true, shortName: true },
  });
  const names = new Map<string, string[]>();
  for (const { mergedIntoId, code, name, shortName } of merged) {
    const into = mergedIntoId ?? '';
    names.set(into, [...(names.get(into) ?? []), code, name, shortName ?? '']);
  }
  return names;
}
