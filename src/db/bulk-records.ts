// Rows as one parameter of a statement. They travel as a text with signs between the values, which the database takes apart
// many times sooner than JSON; where a value itself holds such a sign, they travel as JSON.
import { Prisma } from '../generated/prisma/client.js';
import { parcel } from './parcels.js';

/** A column of rows that are written: as the database types it, with a value a row. */
export interface RecordColumn {
  readonly name: string;
  readonly type: string;
  readonly values: readonly unknown[];
}

/** Control signs of ISO 6429 that nobody types. */
const SIGN = { none: '\x90', row: '\x91', value: '\x92', item: '\x93' } as const;
const [FIRST_SIGN, LAST_SIGN] = [0x90, 0x93];
const chr = (sign: string) => `chr(${sign.charCodeAt(0)})`;

/** A query in brackets for the rows, with their columns by name and type. What all have in common goes along once. */
export function recordsParam(columns: readonly RecordColumn[]): Prisma.Sql {
  const same = columns.filter(({ values }) => values.every((value) => isSame(value, values[0])));
  const own = columns.filter((column) => !same.includes(column));
  const rows = columns[0]?.values.length ?? 0;
  const common = written(same, Math.min(1, rows));
  const records = written(own, rows);
  if (common === null || records === null) return jsonRecords(columns);
  const picked = Prisma.raw([...picks('s.v', same), ...picks('o.v', own)].join(', '));
  return Prisma.sql`(SELECT ${picked} FROM
    (SELECT ${valuesOf(Prisma.sql`${common}`)} AS v OFFSET 0) AS s,
    (SELECT ${valuesOf(Prisma.sql`l.l`)} AS v
      FROM string_to_table(${parcel(records)}, ${Prisma.raw(chr(SIGN.row))}) AS l(l) OFFSET 0) AS o)`;
}

function isSame(one: unknown, other: unknown): boolean {
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  return (one ?? null) === (other ?? null);
}

/** Begins each record: of an empty text there would be none. */
const FIRST = '-';

const valuesOf = (record: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`string_to_array(${record}, ${Prisma.raw(chr(SIGN.value))}, ${Prisma.raw(chr(SIGN.none))})`;

/** The columns out of the array of a record's values. */
const picks = (array: string, columns: readonly RecordColumn[]): string[] =>
  columns.map(({ name, type }, index) => {
    const value = `${array}[${index + 2}]`;
    const text = type.endsWith('[]') ? `string_to_array(${value}, ${chr(SIGN.item)})` : value;
    return `${text}::${type} AS "${name}"`;
  });

/** The records as text that the database reads for these types; null where a value holds a sign of ours. */
function written(columns: readonly RecordColumn[], rows: number): string | null {
  // Record by record: what hangs together of thousands of pieces is gone through again and again until it is sent.
  const records: string[] = [];
  // A sign more than were set is one that a value brought.
  let signs = Math.max(0, rows - 1);
  for (let row = 0; row < rows; row += 1) {
    const cells = [FIRST];
    for (const { type, values } of columns) {
      const value = values[row];
      signs += 1;
      if (value === null || value === undefined) {
        signs += 1;
        cells.push(SIGN.none);
      } else if (Array.isArray(value) && type !== 'jsonb') {
        // Of an empty text alone nothing would be left.
        if (value.length === 1 && value[0] === '') return null;
        if (value.some((item) => typeof item !== 'string')) return null;
        signs += Math.max(0, value.length - 1);
        cells.push(value.join(SIGN.item));
      } else {
        cells.push(textOf(value, type));
      }
    }
    records.push(cells.join(SIGN.value));
  }
  const text = records.join(SIGN.row);
  return signsIn(text) === signs ? text : null;
}

function textOf(value: unknown, type: string): string {
  if (typeof value === 'string' && type !== 'jsonb') return value;
  if (type === 'jsonb') return JSON.stringify(value);
  return value instanceof Date ? instantText(value) : String(value);
}

/** Of the instants and days that were written last: thousands of rows have a few of them. */
const instants = new Map<number, string>();
const MAX_INSTANTS = 1_000;

function instantText(instant: Date): string {
  const time = instant.getTime();
  const known = instants.get(time);
  if (known !== undefined) return known;
  if (instants.size >= MAX_INSTANTS) instants.clear();
  const text = instant.toISOString();
  instants.set(time, text);
  return text;
}

function signsIn(text: string): number {
  let count = 0;
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (code >= FIRST_SIGN && code <= LAST_SIGN) count += 1;
  }
  return count;
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

/** A value as a JSON parameter. */
export const jsonParam = (value: unknown): Prisma.Sql => Prisma.sql`${parcel(JSON.stringify(value))}::json`;

/** An array of texts as one text, for the same reason as ids; as an array where one holds a sign of ours. */
export const textsParam = (texts: readonly string[]): Prisma.Sql => {
  const joined = texts.join(SIGN.item);
  // Of an empty text alone nothing would be left.
  const isPlain = signsIn(joined) === Math.max(0, texts.length - 1) && !(texts.length === 1 && joined === '');
  return isPlain
    ? Prisma.sql`string_to_array(${parcel(joined)}, ${Prisma.raw(chr(SIGN.item))})`
    : Prisma.sql`${[...texts]}::text[]`;
};

/** Ids as one text: an array of thousands is converted value by value on its way to the server. */
export const idsParam = (ids: readonly string[]): Prisma.Sql =>
  Prisma.sql`string_to_array(${parcel(ids.join(' '))}, ' ')::uuid[]`;
