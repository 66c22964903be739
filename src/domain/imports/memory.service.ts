// What imports remember, so that a second one of the same adds nothing (rules §13): what each row said, and what each line
// of each file has become, whatever its columns were taken for. What is gone since is not remembered against anybody.
import type { Ctx } from '../../ctx.js';
import { recordsParam, textsParam } from '../../db/bulk-records.js';
import type { Tx } from '../../db/client.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { LIVE_STATUSES } from '../receipts/receipt.js';
import type { ImportKind } from './fields.js';
import type { Remembered, StagedRow } from './import-row.js';
import { textsOf } from './lookups.service.js';

/** A file as it is remembered: the very bytes, whoever sent them. */
export interface FileRef {
  readonly sha256: string | null;
  readonly id: string;
}

type RememberedKind = Exclude<ImportKind, 'customers'>;

/** Money is the same money, brought in as receipts or as opening balances. */
const lineKind = (kind: RememberedKind): string => (kind === 'contracts' ? 'contract.line' : 'money.line');

const fileKey = ({ sha256, id }: FileRef): string => `${sha256 ?? id}:`;

const isThere = (kind: RememberedKind): Prisma.Sql =>
  kind === 'contracts'
    ? Prisma.sql`EXISTS (SELECT 1 FROM contract s WHERE s.id = k.subject_id AND s.deleted_at IS NULL)`
    : Prisma.sql`EXISTS (SELECT 1 FROM receipt s WHERE s.id = k.subject_id
        AND s.status::text = ANY(${[...LIVE_STATUSES]}::text[]))`;

export async function recall(
  tx: Tx,
  kind: RememberedKind,
  file: FileRef,
  rows: readonly StagedRow[],
): Promise<Remembered> {
  const start = fileKey(file);
  // A contract with a number is known by that.
  const keyed = kind === 'contracts' ? rows.filter(({ fields }) => fields.number === undefined) : rows;
  const keys = [...keyed.map((row) => row.rowKey), ...textsOf(keyed, 'formerKey')];
  const found = await tx.$queryRaw<{ kind: string; key: string; id: string }[]>`${PLANNED_ANEW}
    SELECT k.kind, k.key, k.subject_id::text AS id FROM import_key k
    WHERE ((k.kind = ${kind} AND k.key = ANY(${textsParam(keys)}))
      OR (k.kind = ${lineKind(kind)} AND k.key = ANY(${textsParam(rows.map((row) => start + row.line))})))
      AND ${isThere(kind)}`;
  const of = (one: string) => found.filter((entry) => entry.kind === one);
  return {
    byKey: new Map(of(kind).map(({ key, id }) => [key, id])),
    byLine: new Map(of(lineKind(kind)).map(({ key, id }) => [Number(key.slice(start.length)), id])),
  };
}

/** A row that became a subject; without a key it is known by what else it says (a number). */
export interface MadeRow {
  readonly key: string | null;
  readonly lines: readonly number[];
  readonly subjectId: string;
}

/** The statement that remembers what rows became; null for none. */
export function remembering(
  ctx: Ctx,
  kind: RememberedKind,
  file: FileRef,
  made: readonly MadeRow[],
): Prisma.Sql | null {
  const start = fileKey(file);
  const entries = made.flatMap(({ key, lines, subjectId }) => [
    ...(key === null ? [] : [{ kind: kind as string, key, subjectId }]),
    ...lines.map((line) => ({ kind: lineKind(kind), key: start + line, subjectId })),
  ]);
  if (entries.length === 0) return null;
  const rows = recordsParam([
    { name: 'kind', type: 'text', values: entries.map((entry) => entry.kind) },
    { name: 'key', type: 'text', values: entries.map((entry) => entry.key) },
    { name: 'id', type: 'uuid', values: entries.map((entry) => entry.subjectId) },
  ]);
  // What had the key before is gone: it was asked for.
  return Prisma.sql`
    INSERT INTO import_key (kind, key, subject_id, created_at)
    SELECT k.kind, k.key, k.id, ${ctx.now} FROM ${rows} AS k
    ON CONFLICT (kind, key) DO UPDATE SET subject_id = EXCLUDED.subject_id, created_at = EXCLUDED.created_at`;
}

/** Whether a row under this alias came out of this file: of equal ones in it each counts. */
export const isOfFile = (alias: 'r' | 'c', kind: RememberedKind, file: FileRef): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT 1 FROM import_key k WHERE k.subject_id = ${Prisma.raw(alias)}.id
    AND k.kind = ${lineKind(kind)} AND starts_with(k.key, ${fileKey(file)}))`;

/**
 * Lines of this import that became something, joined to the rows it keeps: `r` is the row, `k` what it became.
 */
export const madeLines = (kind: RememberedKind, file: FileRef): Prisma.Sql =>
  Prisma.sql`import_row r JOIN import_key k ON k.kind = ${lineKind(kind)} AND k.key = ${fileKey(file)} || r.line`;
