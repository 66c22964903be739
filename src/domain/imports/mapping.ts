// Which column is which field: guessed from the names, corrected by the person, remembered for the same names. Pure.
import { z } from 'zod';
import { FIELDS, type ImportField, type ImportKind, nameKey } from './fields.js';

/** Column index by field key. */
export const importMapping = z.record(z.string(), z.number().int().min(0).max(199));
export type ImportMapping = z.infer<typeof importMapping>;

/** How 3/4/2026 is meant. */
export const DATE_ORDERS = ['mdy', 'dmy'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/** What holds where the file says nothing. */
export const importOptions = z.object({
  ownerId: z.uuid().nullable().default(null),
  dateOrder: z.enum(DATE_ORDERS).nullable().default(null),
  currency: z.string().nullable().default(null),
  contractType: z.string().nullable().default(null),
  method: z.string().nullable().default(null),
  /** Contracts were approved outside: they are in force at once. */
  inForce: z.boolean().default(false),
});
export type ImportOptions = z.infer<typeof importOptions>;

/** Each field's column by its name; a column is given once, to the field that comes first in the list. */
export function guessMapping(kind: ImportKind, header: readonly string[]): ImportMapping {
  const keys = header.map(nameKey);
  const taken = new Set<number>();
  const mapping: ImportMapping = {};
  // The best name of every field first: 合同编号 is the number although 编号 would be one too.
  const rounds = Math.max(...FIELDS[kind].map((field) => field.names.length));
  for (let round = 0; round < rounds; round += 1) {
    for (const field of FIELDS[kind]) {
      const name = field.names[round];
      if (name === undefined || field.key in mapping) continue;
      const column = keys.findIndex((key, index) => key === name && !taken.has(index));
      if (column < 0) continue;
      mapping[field.key] = column;
      taken.add(column);
    }
  }
  return mapping;
}

/** What the column is called that rows with errors come back with, after all others; as in the words of imports. */
export const REASON_COLUMNS: readonly string[] = ['错误原因', 'Reason'];

/** How many columns are the person's own: of a file that was returned all but the last. */
export const ownWidth = (header: readonly string[]): number =>
  header.length - (REASON_COLUMNS.includes(header.at(-1) ?? '') ? 1 : 0);

/**
 * What tells one set of columns from another, whatever their words and signs. A file that was returned with reasons has the
 * columns of the one it came from.
 */
export const headerText = (header: readonly string[]): string =>
  header.slice(0, ownWidth(header)).map(nameKey).join('\u001f');

/** Columns with a name that no field is read from. */
export function unusedColumns(header: readonly string[], mapping: ImportMapping): string[] {
  const used = new Set(Object.values(mapping));
  return header.slice(0, ownWidth(header)).filter((name, index) => name !== '' && !used.has(index));
}

/** Required fields without a column. Receipts need a contract or a customer. */
export function missingFields(kind: ImportKind, mapping: ImportMapping): string[] {
  const missing = FIELDS[kind].filter((field) => field.required && mapping[field.key] === undefined);
  const keys = missing.map((field) => field.key);
  const needsTarget = kind === 'receipts' || kind === 'opening';
  const hasTarget = mapping.contract !== undefined || mapping.customer !== undefined;
  return needsTarget && !hasTarget ? ['contract', ...keys] : keys;
}

/** Whether the first row has a date that could be read two ways: the person is asked (never guessed). */
export function asksDateOrder(kind: ImportKind, mapping: ImportMapping, sample: readonly string[]): boolean {
  return dateFields(kind).some((field) => {
    const column = mapping[field.key];
    return column !== undefined && SLASHED.test(sample[column] ?? '');
  });
}

const dateFields = (kind: ImportKind): readonly ImportField[] => FIELDS[kind].filter((field) => field.isDate);
/** 3/4/2026, 3-4-26, 3.4.2026. */
const SLASHED = /^\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b/;
