// Makes the files of exports that were asked for, one after the other: rows a batch at a time, straight into the sheet.
// A process that dies leaves the job to the next one, which makes the file anew.
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Ctx, SystemCtx } from '../ctx.js';
import { isUnavailable } from '../db/transact.js';
import { can } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import {
  claimExport,
  EndedElsewhere,
  type ExportEnd,
  type ExportFormat,
  finishExport,
  keepPart,
  loadExport,
  renewExport,
} from '../domain/exports/export.service.js';
import type { ExportKind } from '../domain/exports/export-kinds.js';
import {
  listExportIds,
  loadExportRows,
  MAX_EXPORT_ROWS,
  readExportFilter,
} from '../domain/exports/export-rows.queries.js';
import { newId } from '../domain/ids.js';
import { type ReportQuery, reportQuery } from '../domain/reports/report.js';
import { translator } from '../handlers/i18n/index.js';
import type { ExportWords } from '../handlers/views/export-cells.js';
import { exportCells, exportHeader } from '../handlers/views/export-columns.js';
import { exportName } from '../handlers/views/export-views.js';
import { docFileName } from '../handlers/views/report-doc.js';
import type { Logger } from '../log.js';
import { streamSheet } from '../sheets/write-sheet.js';
import { MIME } from './mime.js';
import { drawReportFile } from './report-file.js';
import type { JobResult } from './run-job.js';

export interface ExportEnv {
  readonly clock: Clock;
  readonly log: Logger;
  /** Something is to be told. */
  readonly kick: () => void;
  /** The process is going down: no further file is begun. */
  readonly stopping: AbortSignal;
  /** For tests: a file with more rows is refused. */
  readonly maxRows?: number;
  /** For tests: the length of a piece. */
  readonly partBytes?: number;
}

const RENEWED_EACH = 20_000;
/** A piece of a file in the database; on the embedded engine everybody else waits for it. */
const PART_BYTES = 250_000;

/** Makes every file that waits. */
export async function runExports(ctx: SystemCtx, env: ExportEnv): Promise<JobResult> {
  let exports = 0;
  for (;;) {
    if (env.stopping.aborted) return { exports };
    const id = await claimExport(ctx);
    if (id === null) return { exports };
    exports += 1;
    await runOne({ ...ctx, now: env.clock() }, env, id);
    env.kick();
  }
}

async function runOne(ctx: SystemCtx, env: ExportEnv, id: string): Promise<void> {
  try {
    await finishExport(ctx, id, await makeExport(ctx, env, id));
  } catch (error) {
    // Without a database it is made anew when the lease has run out; what another process ended is ended.
    if (isUnavailable(error) || error instanceof EndedElsewhere) return;
    // Whoever has no role any more gets nothing; that is no fault of the app.
    if (!(error instanceof DomainError)) env.log.error({ err: error, exportId: id }, 'an export failed');
    await finishExport(ctx, id, { status: 'failed' });
  }
}

async function makeExport(system: SystemCtx, env: ExportEnv, id: string): Promise<ExportEnd> {
  const { job, list, format, ctx } = await loadExport(system, id);
  if (list === 'report') return makeReport(system, env, id, ctx, reportQuery.parse(job.filter), format);
  const maxRows = env.maxRows ?? MAX_EXPORT_ROWS;
  const filter = readExportFilter(list, job.filter);
  const ids = await listExportIds(ctx, list, filter, maxRows + 1);
  if (ids.length > maxRows) return { status: 'refused' };
  let rows = 0;
  const counted = async function* () {
    for await (const cells of cellsOf(ctx, list, ids)) {
      rows += 1;
      if (rows % RENEWED_EACH === 0) await renewExport(system, id);
      yield cells;
    }
  };
  const t = translator(ctx.actor.locale);
  // A list is a spreadsheet.
  const sheet = format === 'csv' ? 'csv' : 'xlsx';
  const made = await keepParts(
    system,
    env,
    id,
    streamSheet(sheet, exportHeader(list, wordsOf(ctx)), counted()),
  );
  const file = { ...made, name: exportName(list, t, ctx.today, sheet), mime: MIME[sheet] };
  return { status: 'done', rows, file };
}

/** Keeps a file piece by piece as it comes. */
async function keepParts(system: SystemCtx, env: ExportEnv, id: string, chunks: AsyncIterable<Buffer>) {
  const { partBytes = PART_BYTES } = env;
  const runId = newId(system.now);
  const hash = createHash('sha256');
  let [seq, size, waiting] = [0, 0, 0];
  let pending: Buffer[] = [];
  const flush = async () => {
    await keepPart(system, id, { runId, seq, bytes: Buffer.concat(pending) });
    [seq, waiting, pending] = [seq + 1, 0, []];
  };
  for await (const chunk of chunks) {
    hash.update(chunk);
    pending.push(chunk);
    size += chunk.length;
    waiting += chunk.length;
    if (waiting >= partBytes) await flush();
  }
  if (waiting > 0) await flush();
  return { runId, size, sha256: hash.digest('hex') };
}

/** A report's file, in pieces. */
async function makeReport(
  system: SystemCtx,
  env: ExportEnv,
  id: string,
  ctx: Ctx,
  query: ReportQuery,
  format: ExportFormat,
): Promise<ExportEnd> {
  const { rows, chunks, altText } = await drawReportFile(ctx, query, format);
  const made = await keepParts(system, env, id, chunks);
  const name = docFileName(translator(ctx.actor.locale)(`reports:name.${query.kind}`), query.to, format);
  const file = { ...made, name, mime: MIME[format], ...(altText !== undefined && { altText }) };
  return { status: 'done', rows: rows(), file };
}

function wordsOf({ actor, company }: Ctx): ExportWords {
  const { settings, baseCurrency } = company;
  const { locale, timezone } = actor;
  return {
    t: translator(locale),
    locale,
    timezone,
    settings,
    baseCurrency,
    seesCredit: can(actor, 'credit.see'),
  };
}

async function* cellsOf<K extends ExportKind>(ctx: Ctx, list: K, ids: readonly string[]) {
  const words = wordsOf(ctx);
  for await (const row of loadExportRows(ctx, list, ids)) yield exportCells(list, row, words);
}
