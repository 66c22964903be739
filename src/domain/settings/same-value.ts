// Whether two settings are the same, whatever the order in which their keys are written. Pure.

/** JSON with keys in order, amounts as text; undefined keys left out. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return item.toString();
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
