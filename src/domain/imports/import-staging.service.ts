// Reads all rows of a file into the database and decides what would become of each: what the preview counts. Nothing of
// it is in the books before the person confirms. Rows go in batches, so that others are served in between.
import { hash } from 'node:crypto';
import type { Ctx } from '../../ctx.js';
import { BatchSize } from '../../db/batch-size.js';
import { bulkInsert } from '../../db/bulk-insert.js';
import type { Tx } from '../../db/client.js';
import { Slices } from '../../db/slices.js';
import { transact } from '../../db/transact.js';
import type { ImportJob, Prisma } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { plainJson } from '../audit.service.js';
import { DomainError } from '../errors.js';
import { type ImportKind, MAX_CONTRACT_ROWS } from './fields.js';
import { IMPORT_ACTIONS } from './import-access.js';
import { asKind, lockOwnImport, redrawJob, rememberMapping, requireOpen } from './import-job.service.js';
import { readGroups, saveDecisions, workOf } from './import-kinds.service.js';
import { type ImportMapping, type ImportOptions, importOptions, missingFields } from './mapping.js';
import { readContext } from './read-context.service.js';
import { readRow } from './read-row.js';
import type { RowError } from './read-values.js';
import type { ReadContext } from './row-cells.js';

/** Rows of one transaction, more where it is quick; on the embedded engine everybody else waits for it. */
const BATCH = { fewest: 500, most: 2000, targetMs: 100 };
/** Of a contract's rows, which may be many. */
const BATCH_GROUPS = 100;
const STAGING_SECONDS = 120; // A file that is still being read after this is taken for lost.

interface FileRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Stages the rows of the person's import anew and decides about each.
 * @returns the job, ready for its preview
 * @throws DomainError not_found, import.started, import.column_missing, file.rejected (while its rows are read)
 */
export async function stageImport(
  ctx: Ctx,
  jobId: string,
  chosen: { mapping: ImportMapping; options: ImportOptions },
  rows: AsyncIterable<FileRow>,
): Promise<ImportJob> {
  const options = importOptions.parse(chosen.options);
  const job = await beginStaging(ctx, jobId, { mapping: chosen.mapping, options });
  try {
    return await stageRows(ctx, job, chosen.mapping, options, rows);
  } catch (error) {
    await ctx.db.$executeRaw`
      UPDATE import_job SET status = 'asked', lease_until = NULL
      WHERE id = ${jobId}::uuid AND status = 'staging' AND version = ${job.version}`;
    throw error;
  }
}

async function stageRows(
  ctx: Ctx,
  job: ImportJob,
  mapping: ImportMapping,
  options: ImportOptions,
  rows: AsyncIterable<FileRow>,
): Promise<ImportJob> {
  const kind = asKind(job.kind);
  await clearRows(ctx, job.id);
  const reader = rowReader(kind, await readContext(ctx, mapping, options));
  let total = 0;
  const size = new BatchSize(BATCH);
  // Groups that went on after some of their rows were written: they are decided about when all rows are there.
  const scattered = new Set<number>();
  const save = (batch: readonly FreshRow[]) => {
    const [start = 0] = batch.map((row) => row.line);
    total += batch.length;
    for (const { groupLine } of batch) if (groupLine < start) scattered.add(groupLine);
    const whole = batch.filter((row) => row.groupLine >= start);
    return () =>
      size.time(batch.length, () => transact(ctx.db, (tx) => saveRows(tx, ctx, job, batch, whole)));
  };
  await oneBehind(async function* () {
    let batch: FreshRow[] = [];
    const slices = new Slices();
    for await (const row of rows) {
      if (slices.isOver) await slices.next();
      const fresh = reader(row);
      if (batch.length >= size.rows && fresh.groupLine !== batch.at(-1)?.groupLine) {
        yield save(batch);
        batch = [];
      }
      batch.push(fresh);
    }
    yield save(batch);
  });
  if (total === 0) throw new DomainError('file.rejected', { file: job.fileName, reason: 'no_rows' });
  // A table that has just grown is unknown to the planner, which would read all of it for every batch. Not the cells and
  // fields, by which nothing is looked up: they are most of it.
  await ctx.db.$executeRaw`ANALYZE import_row (job_id, line, group_line, row_key, outcome, owner_id)`;
  await decideScattered(ctx, job, [...scattered]);
  return endStaging(ctx, job);
}

type FreshRow = ReturnType<ReturnType<typeof rowReader>>;

/** Writes rows with what is decided about them; about those that are not in `whole` later. */
async function saveRows(
  tx: Tx,
  ctx: Ctx,
  job: ImportJob,
  batch: readonly FreshRow[],
  whole: readonly FreshRow[],
): Promise<void> {
  const decided = whole.length === 0 ? [] : await workOf(asKind(job.kind)).decide(tx, ctx, job, whole);
  const byLine = new Map(decided.map((decision) => [decision.line, decision]));
  const made = batch.map((row) => {
    const { line, groupLine, rowKey, cells, fields, ownerId } = row;
    const { outcome, errors } = byLine.get(line) ?? row;
    const columns = { jobId: job.id, line, groupLine, rowKey, cells, fields, ownerId, outcome };
    if (errors.length === 0) return columns;
    return { ...columns, errors: errors.map((error) => plainJson({ ...error })) };
  });
  await bulkInsert(tx, 'import_row', made);
}

/** Does one piece of work after the other, each while the next is made ready; when it returns, nothing goes on. */
async function oneBehind(pieces: () => AsyncGenerator<() => Promise<unknown>>): Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  try {
    for await (const work of pieces()) {
      await running;
      running = work();
      // Met where it is waited for.
      running.catch(() => {});
    }
  } finally {
    await running;
  }
}

async function beginStaging(
  ctx: Ctx,
  jobId: string,
  chosen: { mapping: ImportMapping; options: ImportOptions },
): Promise<ImportJob> {
  return transact(ctx.db, async (tx) => {
    const before = await lockOwnImport(tx, ctx, jobId);
    requireOpen(before);
    const [busy] = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM import_job WHERE id = ${jobId}::uuid AND status = 'staging' AND lease_until > clock_timestamp()`;
    if (busy) throw new DomainError('import.changed', {});
    const kind = asKind(before.kind);
    authorize(ctx.actor, IMPORT_ACTIONS[kind]);
    const [missing] = missingFields(kind, chosen.mapping);
    if (missing !== undefined) throw new DomainError('import.column_missing', {}, missing);
    await rememberMapping(tx, ctx, before, chosen);
    // Leases are by the database's clock.
    await tx.$executeRaw`
      UPDATE import_job SET lease_until = clock_timestamp() + make_interval(secs => ${STAGING_SECONDS})
      WHERE id = ${jobId}::uuid`;
    return tx.importJob.update({
      where: { id: jobId },
      // From the beginning, also where a part of it is in: what is in is known and skipped.
      data: {
        ...{ status: 'staging', ...chosen, cursor: 0, processed: 0, stopAsked: false },
        updatedAt: ctx.now,
        version: { increment: 1 },
      },
    });
  });
}

async function clearRows(ctx: Ctx, jobId: string): Promise<void> {
  for (;;) {
    const removed = await ctx.db.$executeRaw`
      DELETE FROM import_row WHERE job_id = ${jobId}::uuid AND line IN (
        SELECT line FROM import_row WHERE job_id = ${jobId}::uuid LIMIT 5000)`;
    if (removed === 0) return;
  }
}

/** How often it was seen before; it has been once more now. */
function timesSeen(seen: Map<string, number>, key: string): number {
  const times = seen.get(key) ?? 0;
  seen.set(key, times + 1);
  return times;
}

/** Reads rows one by one, remembering which keys and codes it has seen. */
function rowReader(kind: ImportKind, context: ReadContext) {
  const firstLine = new Map<string, number>();
  const isMoney = kind === 'receipts' || kind === 'opening';
  const amounts = new Map<string, string>();
  const codes = new Map<string, string>();
  const taxNos = new Map<string, { rowKey: string; line: number }>();
  const occurrences = new Map<string, number>();
  const formers = new Map<string, number>();
  const keyOf = (key: string, occurrence: number) =>
    hash('sha256', `${kind}\n${key}\n${occurrence}`, 'base64url');
  const rowsOf = new Map<number, number>();
  return ({ line, cells }: FileRow) => {
    const read = readRow(kind, cells, context);
    const errors: RowError[] = [...read.errors];
    const rowKey = keyOf(read.key, read.unique ? 0 : timesSeen(occurrences, read.key));
    const { formerKey: said } = read;
    const fields =
      said === undefined ? read.fields : { ...read.fields, formerKey: keyOf(said, timesSeen(formers, said)) };
    const first = firstLine.get(rowKey) ?? line;
    const code = kind === 'customers' && typeof read.fields.code === 'string' ? read.fields.code : null;
    if (code !== null && (codes.get(code) ?? rowKey) !== rowKey)
      errors.push({ code: 'code_taken', field: 'code', params: { code, name: '' } });
    // The same company under two names.
    const taxNo = kind === 'customers' && typeof read.fields.taxNo === 'string' ? read.fields.taxNo : null;
    const taxed = taxNo === null ? undefined : taxNos.get(taxNo);
    if (taxed && taxed.rowKey !== rowKey)
      errors.push({ code: 'tax_twice', field: 'taxNo', params: { line: taxed.line } });
    const repeated = first !== line && kind !== 'contracts';
    // A slip is one payment: the same one with another amount is not passed over in silence.
    const amount = isMoney ? JSON.stringify([read.fields.amount, read.fields.currency]) : '';
    if (repeated && isMoney && amounts.get(rowKey) !== amount)
      errors.push({ code: 'slip_twice', field: 'slip', params: { line: first } });
    if (!repeated && isMoney) amounts.set(rowKey, amount);
    const inGroup = kind === 'contracts' ? (rowsOf.get(first) ?? 0) + 1 : 1;
    if (kind === 'contracts') rowsOf.set(first, inGroup);
    // One more than a contract may have says that it has too many; the others are refused each for itself.
    const beyond = inGroup > MAX_CONTRACT_ROWS + 1;
    if (beyond) errors.push({ code: 'contract_rows', field: 'number', params: { max: MAX_CONTRACT_ROWS } });
    // A row that is not taken is repeated by none: who corrected it further down has it come in.
    if (errors.length === 0 || kind === 'contracts') firstLine.set(rowKey, first);
    if (errors.length === 0 && code !== null) codes.set(code, rowKey);
    if (errors.length === 0 && taxNo !== null && !taxed) taxNos.set(taxNo, { rowKey, line });
    const outcome = errors.length > 0 ? ('error' as const) : repeated ? ('duplicate' as const) : null;
    return {
      line,
      // Rows of one contract stay together; anything else stands for itself.
      groupLine: kind === 'contracts' && !beyond ? first : line,
      rowKey,
      cells: [...cells],
      // As they were read: what a row says is held as JSON holds it (row-cells.ts).
      fields: fields as Prisma.InputJsonObject,
      ownerId: read.ownerId,
      outcome,
      errors,
    };
  };
}

async function decideScattered(ctx: Ctx, job: ImportJob, groups: readonly number[]): Promise<void> {
  const work = workOf(asKind(job.kind));
  for (let start = 0; start < groups.length; start += BATCH_GROUPS) {
    await transact(ctx.db, async (tx) => {
      const rows = await readGroups(tx, job.id, groups.slice(start, start + BATCH_GROUPS));
      await saveDecisions(tx, job.id, rows, await work.decide(tx, ctx, job, rows));
    });
  }
}

async function endStaging(ctx: Ctx, job: ImportJob): Promise<ImportJob> {
  const counts = await ctx.db.$queryRaw<{ outcome: string; rows: number }[]>`
    SELECT outcome, COUNT(*)::int AS rows FROM import_row WHERE job_id = ${job.id}::uuid GROUP BY outcome`;
  const of = (outcome: string) => counts.find((entry) => entry.outcome === outcome)?.rows ?? 0;
  return transact(ctx.db, async (tx) => {
    const before = await lockOwnImport(tx, ctx, job.id);
    // Somebody chose other columns meanwhile: that one's rows are not these.
    if (before.version !== job.version) throw new DomainError('import.changed', {});
    const ready = await tx.importJob.update({
      where: { id: job.id },
      data: {
        status: 'ready',
        leaseUntil: null,
        total: counts.reduce((sum, entry) => sum + entry.rows, 0),
        created: of('new'),
        changed: of('changed'),
        skipped: of('duplicate'),
        failed: of('error'),
        updatedAt: ctx.now,
        version: { increment: 1 },
      },
    });
    await redrawJob(tx, ctx, job.id, `ready${ready.version}`);
    return ready;
  });
}
