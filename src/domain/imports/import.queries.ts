// Reads an import: its message, its preview, its error rows. Only the importer's own (import-job.service.ts).
import type { Ctx } from '../../ctx.js';
import type { Db } from '../../db/client.js';
import type { ImportJob, ImportStatus } from '../../generated/prisma/client.js';
import type { ImportKind } from './fields.js';
import { asKind, loadOwnImport } from './import-job.service.js';
import { type ImportMapping, importMapping, ownWidth, unusedColumns } from './mapping.js';
import type { RowError } from './read-values.js';

export interface ImportCounts {
  readonly total: number;
  readonly created: number;
  readonly changed: number;
  readonly skipped: number;
  readonly failed: number;
}

/** What an import's message shows. */
export interface ImportState extends ImportCounts {
  readonly id: string;
  readonly status: ImportStatus;
  readonly kind: ImportKind | null;
  readonly fileName: string;
  readonly processed: number;
}

/** An error as it is told: the column's name in the file, if it has one. */
export interface ShownError {
  readonly error: RowError;
  readonly column: string | null;
}

export interface PreviewRow {
  readonly line: number;
  readonly cells: readonly string[];
  readonly errors: readonly ShownError[];
}

export interface ImportPreview extends ImportState {
  readonly version: number;
  readonly first: readonly PreviewRow[];
  readonly firstErrors: readonly PreviewRow[];
  /** Columns of the file that nothing is read from. */
  readonly unused: readonly string[];
  /** New instalments without a date. */
  readonly undated: number;
}

const SHOWN_ROWS = 5;

export async function findImport(db: Db, jobId: string): Promise<ImportState | null> {
  const job = await db.importJob.findUnique({ where: { id: jobId } });
  return job && stateOf(job);
}

export const hasEnded = ({ status }: Pick<ImportState, 'status'>): boolean =>
  status === 'done' || status === 'stopped' || status === 'failed';

function stateOf(job: ImportJob): ImportState {
  const { id, status, fileName, processed, total, created, changed, skipped, failed } = job;
  const kind = job.kind === null ? null : asKind(job.kind);
  return { id, status, kind, fileName, processed, total, created, changed, skipped, failed };
}

/** @throws DomainError not_found */
export async function loadPreview(ctx: Ctx, jobId: string): Promise<ImportPreview> {
  const job = await loadOwnImport(ctx, jobId);
  const [first, errors, [undated]] = await Promise.all([
    ctx.db.importRow.findMany({
      where: { jobId, outcome: { in: ['new', 'changed'] } },
      orderBy: { line: 'asc' },
      take: SHOWN_ROWS,
    }),
    ctx.db.importRow.findMany({
      where: { jobId, outcome: 'error' },
      orderBy: { line: 'asc' },
      take: SHOWN_ROWS,
    }),
    ctx.db.$queryRaw<{ count: number }[]>`
      SELECT COUNT(*)::int AS count FROM import_row r
      CROSS JOIN LATERAL jsonb_array_elements(COALESCE(r.fields->'parts', '[]')) AS part
      WHERE r.job_id = ${jobId}::uuid AND r.outcome = 'new' AND part->>'dueOn' IS NULL`,
  ]);
  const name = columnNames(job);
  // Reasons of an earlier run are not told beside those of this one.
  const own = (cells: readonly string[]) => cells.slice(0, ownWidth(job.header));
  return {
    ...stateOf(job),
    version: job.version,
    first: first.map(({ line, cells }) => ({ line, cells: own(cells), errors: [] })),
    firstErrors: errors.map(({ line, cells, errors: found }) => ({
      line,
      cells: own(cells),
      errors: shown(found, name),
    })),
    unused: unusedColumns(job.header, importMapping.parse(job.mapping ?? {})),
    undated: undated?.count ?? 0,
  };
}

const shown = (errors: unknown, name: (field: string | null) => string | null): ShownError[] =>
  ((errors ?? []) as RowError[]).map((error) => ({ error, column: name(error.field) }));

/** How the file calls the column of a field. */
function columnNames(job: ImportJob): (field: string | null) => string | null {
  const mapping: ImportMapping = importMapping.parse(job.mapping ?? {});
  return (field) => {
    const column = field === null ? undefined : mapping[field];
    return column === undefined ? null : (job.header[column] ?? null);
  };
}

const PAGE_ROWS = 1_000;

/** All rows that were not taken, in order, page by page. */
export const listErrorRows = (db: Db, jobId: string): AsyncGenerator<PreviewRow> =>
  listRows(db, jobId, 'error');

/** All rows that are new. */
export const listNewRows = (db: Db, jobId: string): AsyncGenerator<PreviewRow> => listRows(db, jobId, 'new');

async function* listRows(db: Db, jobId: string, outcome: 'error' | 'new'): AsyncGenerator<PreviewRow> {
  const job = await db.importJob.findUniqueOrThrow({ where: { id: jobId } });
  const name = columnNames(job);
  for (let line = 0; ; ) {
    const rows = await db.importRow.findMany({
      where: { jobId, outcome, line: { gt: line } },
      orderBy: { line: 'asc' },
      take: PAGE_ROWS,
    });
    for (const row of rows) yield { line: row.line, cells: row.cells, errors: shown(row.errors, name) };
    const last = rows.at(-1);
    if (!last) return;
    line = last.line;
  }
}

/** The file its error rows are returned in. */
export async function findErrorFileId(db: Db, jobId: string): Promise<string | null> {
  const row = await db.attachment.findFirst({
    where: { ownerType: 'import', ownerId: jobId },
    select: { id: true },
  });
  return row?.id ?? null;
}
