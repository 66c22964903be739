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

/**
 * So many lines in a row of one subject are remembered as one entry, under the first of them: the rows of a contract mostly
 * stand together. Who looks for a line looks for those before it too. Money is a line each.
 */
const RUN: Record<RememberedKind, number> = { contracts: 16, receipts: 1, opening: 1 };

/** Lines under which an entry that holds one of these may stand. */
function possibleStarts(kind: RememberedKind, lines: readonly number[]): number[] {
  const starts: number[] = [];
  let next = 1;
  for (const line of lines.toSorted((a, b) => a - b)) {
    for (let start = Math.max(next, line - RUN[kind] + 1); start <= line; start += 1) starts.push(start);
    next = Math.max(next, line + 1);
  }
  return starts;
}

/** Lines as first and last of each run. */
function runsOf(kind: RememberedKind, lines: readonly number[]): (readonly [first: number, last: number])[] {
  const runs: [number, number][] = [];
  for (const line of lines.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && line === run[1] + 1 && line - run[0] < RUN[kind]) run[1] = line;
    else runs.push([line, line]);
  }
  return runs;
}

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
  const starts = possibleStarts(
    kind,
    rows.map((row) => row.line),
  );
  const found = await tx.$queryRaw<
    { kind: string; key: string; last: number | null; id: string }[]
  >`${PLANNED_ANEW}
    SELECT k.kind, k.key, k.last_line AS last, k.subject_id::text AS id FROM import_key k
    WHERE ((k.kind = ${kind} AND k.key = ANY(${textsParam(keys)}))
      OR (k.kind = ${lineKind(kind)} AND k.key = ANY(${textsParam(starts.map((line) => start + line))})))
      AND ${isThere(kind)}`;
  const of = (one: string) => found.filter((entry) => entry.kind === one);
  const byLine = new Map<number, string>();
  for (const { key, last, id } of of(lineKind(kind))) {
    const first = Number(key.slice(start.length));
    for (let line = first; line <= (last ?? first); line += 1) byLine.set(line, id);
  }
  return { byKey: new Map(of(kind).map(({ key, id }) => [key, id])), byLine };
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
    ...(key === null ? [] : [{ kind: kind as string, key, last: null, subjectId }]),
    ...runsOf(kind, lines).map(([first, last]) => ({
      kind: lineKind(kind),
      key: start + first,
      last: last === first ? null : last,
      subjectId,
    })),
  ]);
  if (entries.length === 0) return null;
  const rows = recordsParam([
    { name: 'kind', type: 'text', values: entries.map((entry) => entry.kind) },
    { name: 'key', type: 'text', values: entries.map((entry) => entry.key) },
    { name: 'last', type: 'int', values: entries.map((entry) => entry.last) },
    { name: 'id', type: 'uuid', values: entries.map((entry) => entry.subjectId) },
  ]);
  // What had the key before is gone: it was asked for.
  return Prisma.sql`
    INSERT INTO import_key (kind, key, last_line, subject_id, created_at)
    SELECT k.kind, k.key, k.last, k.id, ${ctx.now} FROM ${rows} AS k
    ON CONFLICT (kind, key) DO UPDATE SET last_line = EXCLUDED.last_line, subject_id = EXCLUDED.subject_id,
      created_at = EXCLUDED.created_at`;
}

/** Whether a row under this alias came out of this file: of equal ones in it each counts. */
export const isOfFile = (alias: 'r' | 'c', kind: RememberedKind, file: FileRef): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT 1 FROM import_key k WHERE k.subject_id = ${Prisma.raw(alias)}.id
    AND k.kind = ${lineKind(kind)} AND starts_with(k.key, ${fileKey(file)}))`;

/**
 * Lines of this import that became something, joined to the rows it keeps: `r` is the row, `k` what it became. Of rows that
 * stand together only the first is sure to be among them.
 */
export const madeLines = (kind: RememberedKind, file: FileRef): Prisma.Sql =>
  Prisma.sql`import_row r JOIN import_key k ON k.kind = ${lineKind(kind)} AND k.key = ${fileKey(file)} || r.line`;
