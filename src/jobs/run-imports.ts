// Runs the imports that were started: batches that leave room for others, progress every 3 seconds, at the end a file
// with what was not taken. A process that stops or dies leaves the rest to the next one.
import type { Clock } from '../clock.js';
import type { Ctx, SystemCtx } from '../ctx.js';
import { isUnavailable } from '../db/transact.js';
import { countGrownTables } from '../domain/imports/grown-tables.service.js';
import { findImport, type ImportState, listErrorRows } from '../domain/imports/import.queries.js';
import {
  claimImport,
  failImport,
  finishImport,
  importerCtx,
  prepareImportBatch,
  releaseImport,
  reserveNumbers,
  runImportBatch,
  tellProgress,
} from '../domain/imports/import-run.service.js';
import { ownWidth } from '../domain/imports/mapping.js';
import { translator } from '../handlers/i18n/index.js';
import { reasonsText } from '../handlers/views/import-views.js';
import type { Logger } from '../log.js';
import { writeSheet } from '../sheets/write-sheet.js';
import { MIME } from './mime.js';
import type { JobResult } from './run-job.js';

export interface ImportEnv {
  readonly clock: Clock;
  readonly log: Logger;
  /** Something is to be told. */
  readonly kick: () => void;
  /** The process is going down: the batch at hand is the last. */
  readonly stopping: AbortSignal;
  readonly batch: (typeof IMPORT_BATCH)[keyof typeof IMPORT_BATCH];
}

const PROGRESS_MS = 3_000;
/** Tables are counted anew when so many times more rows are in. */
const GROWN = 5;
/** Fewer would cost more in statements than they save in waiting. */
const FEWEST = 200;
/**
 * How large batches grow. On the embedded engine a transaction makes everybody wait: well below the 200 ms that it may
 * take. A server has others to serve them.
 */
export const IMPORT_BATCH = {
  embedded: { targetMs: 100, most: 1_000 },
  postgres: { targetMs: 500, most: 2_000 },
} as const;

/** Runs started imports, one after the other, until none is left. */
export async function runImports(ctx: SystemCtx, env: ImportEnv): Promise<JobResult> {
  let imports = 0;
  for (;;) {
    if (env.stopping.aborted) return { imports };
    const jobId = await claimImport(ctx);
    if (jobId === null) return { imports };
    imports += 1;
    await runOne({ ...ctx, now: env.clock() }, env, jobId);
    env.kick();
  }
}

async function runOne(system: SystemCtx, env: ImportEnv, jobId: string): Promise<void> {
  const ctx = await importerCtx(system, jobId);
  try {
    const result = await runBatches(ctx, env, jobId);
    if (result === 'finished') await finish({ ...ctx, now: env.clock() }, jobId);
    if (result === 'interrupted') await releaseImport(ctx, jobId);
  } catch (error) {
    env.log.error({ err: error, jobId }, 'an import broke off');
    // Without a database it goes on when the lease has run out.
    if (!isUnavailable(error)) await failImport({ ...ctx, now: env.clock() }, jobId);
  }
}

async function runBatches(
  ctx: Ctx,
  env: ImportEnv,
  jobId: string,
): Promise<'finished' | 'stopped' | 'interrupted'> {
  const { targetMs, most } = env.batch;
  let atLeast = FEWEST;
  let told = performance.now();
  let [written, counted] = [0, 0];
  // Tables are counted beside the next batches.
  let counting: Promise<unknown> = Promise.resolve();
  await reserveNumbers(ctx, jobId);
  try {
    for (let batch = await prepareImportBatch(ctx, jobId, { atLeast }); ; ) {
      if (env.stopping.aborted) return 'interrupted';
      const start = performance.now();
      // The next rows are read meanwhile, and what they need is made while the database takes these: made sooner, it would
      // keep this process from deciding about these, and the database from work.
      let begin = () => {};
      const turn = new Promise<void>((resolve) => {
        begin = resolve;
      });
      const [result, next] = await Promise.allSettled([
        // Whole imports take longer than one time may stand for what is written.
        runImportBatch({ ...ctx, now: env.clock() }, jobId, batch, begin).finally(() => begin()),
        batch.lastGroup === null
          ? batch
          : prepareImportBatch(ctx, jobId, { after: batch.lastGroup, atLeast, turn }),
      ]);
      if (result.status === 'rejected') throw result.reason;
      if (result.value !== 'working') return result.value;
      if (next.status === 'rejected') throw next.reason;
      written += batch.rows.length;
      if (written > counted * GROWN) {
        counted = written;
        await counting;
        counting = countGrownTables(ctx, jobId);
        // Met where it is waited for.
        counting.catch(() => {});
      }
      const now = performance.now();
      const fitting = (batch.rows.length * targetMs) / Math.max(1, now - start);
      atLeast = Math.round(Math.min(most, Math.max(FEWEST, fitting)));
      batch = next.value;
      if (now - told >= PROGRESS_MS) {
        told = now;
        await tellProgress(ctx, jobId);
        env.kick();
      }
    }
  } finally {
    // What it says of the tables is no part of the import: whatever becomes of it, the batches' own outcome stands.
    await Promise.allSettled([counting]);
  }
}

async function finish(ctx: Ctx, jobId: string): Promise<void> {
  const state = await findImport(ctx.db, jobId);
  await finishImport(ctx, jobId, state && (await errorFile(ctx, state)));
}

/** How a file is called that was returned before, in either language. */
const RETURNED_NAME = new RegExp(
  `(?:-(?:${(['zh-CN', 'en'] as const).map((locale) => translator(locale)('imports:errors_name')).join('|')}))+$`,
);

/** The rows that were not taken as the same sheet, with the reasons in a column of their own. */
export async function errorFile(
  ctx: Ctx,
  state: ImportState,
): Promise<{ name: string; data: Buffer; mime: string } | null> {
  const t = translator(ctx.actor.locale);
  const job = await ctx.db.importJob.findUniqueOrThrow({ where: { id: state.id } });
  const format = job.format === 'xlsx' ? 'xlsx' : 'csv';
  // A file that was returned before has the column and the word in its name already.
  const width = ownWidth(job.header);
  let count = 0;
  async function* rows() {
    for await (const { cells, errors } of listErrorRows(ctx.db, state.id)) {
      count += 1;
      yield [
        ...Array.from({ length: width }, (_, index) => cells[index] ?? ''),
        reasonsText({ t, locale: ctx.actor.locale }, errors),
      ];
    }
  }
  const data = await writeSheet(format, [...job.header.slice(0, width), t('imports:reason')], rows());
  const base = job.fileName.replace(/\.\w+$/, '').replace(RETURNED_NAME, '');
  return count === 0
    ? null
    : { name: `${base}-${t('imports:errors_name')}.${format}`, data, mime: MIME[format] };
}
