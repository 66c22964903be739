// Which rows of a draft's plan stay when a whole new plan is wanted, which go and which are new. Pure. Numbers stay
// dense: a new row takes the place of one that goes.

export interface MatchedRows<P, W> {
  readonly kept: readonly { readonly present: P; readonly wanted: W }[];
  readonly gone: readonly P[];
  readonly added: readonly W[];
}

/** `present` by number; a wanted row names the one it is, or takes the first that nobody named. */
export function matchRows<P extends { readonly id: string }, W extends { readonly id?: string | undefined }>(
  present: readonly P[],
  wanted: readonly W[],
): MatchedRows<P, W> {
  const named = new Set(wanted.flatMap((row) => row.id ?? []));
  const byId = new Map(present.map((row) => [row.id, row]));
  const free = present.filter((row) => !named.has(row.id));
  const pairs = wanted.map((row) => {
    const own = row.id === undefined ? undefined : byId.get(row.id);
    if (own) byId.delete(own.id);
    return { wanted: row, present: own ?? free.shift() };
  });
  return {
    kept: pairs.flatMap((pair) => (pair.present ? [{ present: pair.present, wanted: pair.wanted }] : [])),
    gone: free,
    added: pairs.flatMap((pair) => (pair.present ? [] : [pair.wanted])),
  };
}
