// Rows as one parameter of a statement. They travel as a text with signs between the values, which the database takes apart
// many times sooner than JSON, and which needs no quotes; where a value itself holds such a sign, they travel as JSON.
import { Prisma } from '../generated/prisma/client.js';

/** A column of rows that are written: as the database types it, with a value a row. */
export interface RecordColumn {
  readonly name: string;
  readonly type: string;
  readonly values: readonly unknown[];
}

/** Private use of ISO 6429, and DEL for the quotes of JSON: none of them needs an escape on the way. */
const SIGN = { quote: '\x7f', none: '\x90', row: '\x91', value: '\x92', item: '\x93' } as const;
const ANY_SIGN = /[\x7f\x90-\x93]/;
const chr = (sign: string) => `chr(${sign.charCodeAt(0)})`;

/** A query in brackets for the rows, with their columns by name and type. What all have in common goes along once. */
export function recordsParam(columns: readonly RecordColumn[]): Prisma.Sql {
  const written = columns.flatMap((column) => {
    const texts = textsOf(column);
    return texts ? [{ column, texts }] : [];
  });
  if (written.length < columns.length) return jsonRecords(columns);
  const isSame = ({ texts }: Written) => texts.every((one) => one === texts[0]);
  const [same, own] = [written.filter(isSame), written.filter((one) => !isSame(one))];
  const recordOf = (some: readonly Written[], row: number) =>
    [FIRST, ...some.map(({ texts }) => texts[row] ?? SIGN.none)].join(SIGN.value);
  const rows = columns[0]?.values.length ?? 0;
  const records = Array.from({ length: rows }, (_, row) => recordOf(own, row)).join(SIGN.row);
  const picked = Prisma.raw([...picks('s.v', same), ...picks('o.v', own)].join(', '));
  return Prisma.sql`(SELECT ${picked} FROM
    (SELECT ${valuesOf(Prisma.sql`${recordOf(same, 0)}`)} AS v OFFSET 0) AS s,
    (SELECT ${valuesOf(Prisma.sql`l.l`)} AS v
      FROM string_to_table(${records}, ${Prisma.raw(chr(SIGN.row))}) AS l(l) OFFSET 0) AS o)`;
}

interface Written {
  readonly column: RecordColumn;
  readonly texts: readonly (string | null)[];
}

/** Begins each record: of an empty text there would be none. */
const FIRST = '-';

const valuesOf = (record: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`string_to_array(replace(${record}, ${Prisma.raw(chr(SIGN.quote))}, '"'),
    ${Prisma.raw(chr(SIGN.value))}, ${Prisma.raw(chr(SIGN.none))})`;

/** The columns out of the array of a record's values. */
const picks = (array: string, columns: readonly Written[]): string[] =>
  columns.map(({ column: { name, type } }, index) => {
    const value = `${array}[${index + 2}]`;
    const text = type.endsWith('[]') ? `string_to_array(${value}, ${chr(SIGN.item)})` : value;
    return `${text}::${type} AS "${name}"`;
  });

/** As text that the database reads for this type, null for what is not there; nothing where one holds a sign of ours. */
function textsOf({ type, values }: RecordColumn): (string | null)[] | null {
  const texts: (string | null)[] = [];
  for (const value of values) {
    const text = textOf(value, type);
    if (text === undefined) return null;
    texts.push(text);
  }
  return texts;
}

function textOf(value: unknown, type: string): string | null | undefined {
  if (value === null || value === undefined) return null;
  if (type === 'jsonb') {
    const json = JSON.stringify(value);
    return ANY_SIGN.test(json) ? undefined : json.replaceAll('"', SIGN.quote);
  }
  if (Array.isArray(value)) {
    // Of an empty text alone nothing would be left.
    if (value.some((item) => typeof item !== 'string' || ANY_SIGN.test(item))) return undefined;
    return value.length === 1 && value[0] === '' ? undefined : value.join(SIGN.item);
  }
  if (value instanceof Date) return value.toJSON();
  const text = String(value);
  return typeof value === 'string' && ANY_SIGN.test(text) ? undefined : text;
}

function jsonRecords(columns: readonly RecordColumn[]): Prisma.Sql {
  const rows = (columns[0]?.values ?? []).map((_value, row) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, plain(values[row])])),
  );
  const types = Prisma.raw(columns.map(({ name, type }) => `"${name}" ${type}`).join(', '));
  return Prisma.sql`(SELECT * FROM json_to_recordset(${jsonParam(rows)}) AS r(${types}))`;
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value ?? undefined;
}

/**
 * A value as a JSON parameter. The client writes each parameter as JSON once more and reads it again before it is sent:
 * among many rows the quotes alone, each escaped and unescaped, would take longer than anything else. So they travel as a
 * sign that needs no escape; where a text itself holds that sign, it is written as JSON's own escape.
 */
export function jsonParam(value: unknown): Prisma.Sql {
  const text = JSON.stringify(value).replaceAll(SIGN.quote, '\\u007f').replaceAll('"', SIGN.quote);
  return Prisma.sql`replace(${text}, chr(127), '"')::json`;
}

/** Ids as one text: an array of thousands is converted value by value on its way to the server. */
export const idsParam = (ids: readonly string[]): Prisma.Sql =>
  Prisma.sql`string_to_array(${ids.join(' ')}, ' ')::uuid[]`;
