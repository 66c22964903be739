// What a backup is: lines of JSON, compressed. A header, then each table's name followed by its rows, then an end with
// counts and a checksum. Values are PostgreSQL's own text, so that either engine reads what the other wrote. Pure.
import { z } from 'zod';

/** Raised whenever an older version could no longer read what this one writes. */
export const FORMAT_VERSION = 1;
const FORMAT = 'huikuan-backup';

const header = z.object({
  format: z.literal(FORMAT),
  version: z.number().int(),
  madeAt: z.iso.datetime(),
  engine: z.enum(['embedded', 'postgres']),
  /** The schema: the migrations that made it, in order. */
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })).min(1),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()).min(1) })),
});
export type BackupHeader = z.infer<typeof header>;

const end = z.object({
  end: z.literal(true),
  /** Rows by table; every table is named. */
  rows: z.record(z.string(), z.number().int().min(0)),
  sequences: z.array(z.object({ name: z.string(), value: z.string().regex(/^\d+$/), called: z.boolean() })),
  /** Of every line before this one, with its line end. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackupEnd = z.infer<typeof end>;

const tableLine = z.object({ table: z.string() });

/** A backup cannot be made, read or restored, for a reason that the message names together with what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  constructor(
    readonly reason:
      | 'damaged'
      | 'no_backup'
      | 'newer'
      | 'not_empty'
      | 'in_use'
      | 'disturbed'
      | 'schema'
      | 'place',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

// The session that held the rows is gone.
const NO_SUCH_CURSOR = '34000';

/** The error itself, or that the backup must begin again where the database's session was lost on the way. */
export function disturbedBy(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === NO_SUCH_CURSOR)) return error;
  const text = 'The database connection was lost during the backup. Start it again.';
  return new BackupError('disturbed', text, { cause: error });
}

export const headerLine = (facts: Omit<BackupHeader, 'format' | 'version'>): string =>
  JSON.stringify({ format: FORMAT, version: FORMAT_VERSION, ...facts });
export const startOfTable = (table: string): string => JSON.stringify({ table });
export const endLine = (facts: Omit<BackupEnd, 'end'>): string => JSON.stringify({ end: true, ...facts });

/** A row is a list, everything else an object. */
export const isRow = (line: string): boolean => line.startsWith('[');

/** @throws BackupError no_backup, newer */
export function readHeader(line: string): BackupHeader {
  const value = parse(line);
  const named = z.object({ format: z.literal(FORMAT), version: z.number().int() }).safeParse(value);
  if (!named.success) throw new BackupError('no_backup', 'This is not a backup of Huikuan.');
  if (named.data.version > FORMAT_VERSION)
    throw new BackupError(
      'newer',
      'This backup was made by a newer version of Huikuan. Install that version, then restore it.',
    );
  const read = header.safeParse(value);
  if (!read.success) throw damaged('its header cannot be read');
  return read.data;
}

/** What a line that is no row says: the next table, or the end. @throws BackupError damaged */
export function readMark(line: string): { table: string } | BackupEnd {
  const read = z.union([end, tableLine]).safeParse(parse(line));
  if (!read.success) throw damaged('a line cannot be read');
  return read.data;
}

export const damaged = (what: string, cause?: unknown): BackupError =>
  new BackupError(
    'damaged',
    `The backup is damaged: ${what}. Nothing was changed. Take another backup, or copy this one again.`,
    { cause },
  );

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const NAME = /^huikuan-(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})\.jsonl\.gz$/;

/** The name of a backup made now: in UTC, so that names are in the order of time. */
export const backupName = (now: Date): string =>
  `huikuan-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}.jsonl.gz`;

/** When the backup of this name was made; null for any other file. */
export function madeAt(name: string): Date | null {
  const match = NAME.exec(name);
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}
