// What an audit entry says was changed, field by field. Pure.

export interface AuditChange {
  readonly field: string;
  /** As stored; undefined: the entry does not say. */
  readonly before: unknown;
  readonly after: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** Ids that lead to a row which says nothing to a reader, and what the app alone needs. */
const TECHNICAL = [
  'approvalId',
  'reallocationId',
  'followUpId',
  'requestId',
  'subjectVersion',
  'version',
  'searchText',
  'companyConfirmed',
];

/** Fields whose value differs or was said on one side only, in the order in which they were written; of lists the entries. */
export function changesOf(before: Json | null, after: Json | null): AuditChange[] {
  const from = flat(before);
  const to = flat(after);
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names.flatMap((field) =>
    TECHNICAL.includes(field) || sameValue(from[field], to[field])
      ? []
      : [{ field, ...onlyChanged(field, from[field], to[field]) }],
  );
}

/** The fields of an amendment and of the company's settings stand one level deeper. */
const flat = (side: Json | null): Json => {
  const { fields, settings, ...rest } = side ?? {};
  return {
    ...(isRecord(fields) ? fields : fields !== undefined && { fields }),
    ...(isRecord(settings) && settings),
    ...rest,
  };
};

/** Entries of a list of rules or choices, each of which can be told from the others. */
const listed = (value: unknown): value is readonly Json[] =>
  Array.isArray(value) &&
  value.every(
    (item) =>
      isRecord(item) &&
      (typeof item.key === 'string' || typeof item.code === 'string' || typeof item.anchorKind === 'string'),
  );

/**
 * Of two lists of such entries, and of two ways of numbering, only what differs: the others were not touched. In another
 * order only: all of them.
 */
function onlyChanged(field: string, before: unknown, after: unknown): Pick<AuditChange, 'before' | 'after'> {
  if (field === 'numbering' && isRecord(before) && isRecord(after)) return partsChanged(before, after);
  if (!listed(before) || !listed(after)) return { before, after };
  const differs = (others: readonly Json[]) => (item: Json) =>
    !others.some((other) => sameValue(item, other));
  const sides = { before: before.filter(differs(after)), after: after.filter(differs(before)) };
  return sides.before.length + sides.after.length === 0 ? { before, after } : sides;
}

/** Of how each kind of record is numbered only the kinds that differ. */
function partsChanged(before: Json, after: Json): Pick<AuditChange, 'before' | 'after'> {
  const only = (side: Json, other: Json) =>
    Object.fromEntries(Object.entries(side).filter(([part, value]) => !sameValue(value, other[part])));
  return { before: only(before, after), after: only(after, before) };
}

/** Not said and empty are the same; keys of objects in any order, as the database keeps them. */
const sameValue = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const canonical = (value: unknown): string =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
    ? ''
    : JSON.stringify(value, (_key, item: unknown) =>
        isRecord(item)
          ? Object.fromEntries(Object.entries(item).toSorted(([x], [y]) => (x < y ? -1 : 1)))
          : item,
      );

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isId = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** Every id that these values mention, however deep. */
export function idsIn(...values: unknown[]): string[] {
  return values.flatMap((value) => {
    if (isId(value)) return [value];
    if (Array.isArray(value)) return idsIn(...value);
    return isRecord(value) ? idsIn(...Object.values(value)) : [];
  });
}
