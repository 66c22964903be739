// Takes over the rows of a started import, some groups of rows a transaction: the cursor moves with what was written, so
// that a run that was cut off goes on where it stopped and nothing is in twice.
import { createHash } from 'node:crypto';
import type { Ctx, SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { ImportJob } from '../../generated/prisma/client.js';
import { rewriteOf } from '../approvals/ask.service.js';
import { cardKey } from '../approvals/subjects.js';
import { recordAudit } from '../audit.service.js';
import { newId } from '../ids.js';
import { toActor } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue, markHomesStale } from '../notices/outbox.service.js';
import { raiseCounter } from '../numbering.service.js';
import { isNumberTaken } from '../receipts/receipt-checks.service.js';
import { leaveTraces } from '../traces.service.js';
import { asKind, importFileKey, importMessageKey, redrawJob } from './import-job.service.js';
import { countOutcomes, lastGroupOf, readRows, saveDecisions, workOf } from './import-kinds.service.js';
import { failed, type StagedRow } from './import-row.js';
import type { Prepared } from './kind-work.service.js';
import { findOpeningDecision } from './opening.queries.js';

const LEASE_SECONDS = 30;
const RESERVED_A_TIME = 5_000;

/** Takes the oldest import that runs and that nobody is at; null if there is none. */
export async function claimImport(ctx: SystemCtx): Promise<string | null> {
  const [job] = await ctx.db.$queryRaw<{ id: string }[]>`
    UPDATE import_job SET lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id = (SELECT id FROM import_job
      WHERE status = 'running' AND (lease_until IS NULL OR lease_until < clock_timestamp())
      ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id::text`;
  return job?.id ?? null;
}

/** Gives an import back before its time, for the next process to go on. */
export async function releaseImport(ctx: SystemCtx, jobId: string): Promise<void> {
  await ctx.db
    .$executeRaw`UPDATE import_job SET lease_until = NULL WHERE id = ${jobId}::uuid AND status = 'running'`;
}

/** The context of whoever started the import: roles and team as of now, the import as request. */
export async function importerCtx(ctx: SystemCtx, jobId: string): Promise<Ctx> {
  const job = await ctx.db.importJob.findUniqueOrThrow({ where: { id: jobId } });
  const user = await ctx.db.user.findUniqueOrThrow({ where: { id: job.userId } });
  return { ...ctx, actor: await toActor(ctx.db, user), requestId: `import:${jobId}` };
}

/** working: there is more; finished: all rows are done; stopped: the person said so, or it is not running. */
export type BatchResult = 'working' | 'finished' | 'stopped';

/** The next rows of a running import, with what must not be made in a transaction. */
export interface ReadyBatch {
  /** The cursor that they lie behind. */
  readonly after: number;
  /** Where the cursor goes with them; null: there are none. */
  readonly lastGroup: number | null;
  readonly rows: readonly StagedRow[];
  readonly prepared: Prepared;
}

/** Numbers that a file brings itself are given to nobody else, nor to its rows without one: before any is taken. */
export async function reserveNumbers(ctx: Ctx, jobId: string): Promise<void> {
  const job = await ctx.db.importJob.findUniqueOrThrow({ where: { id: jobId } });
  const { numbered } = workOf(asKind(job.kind));
  if (!numbered) return;
  for (let after: number | null = job.cursor; after !== null; ) {
    const [page]: { last: number | null; numbers: string[] }[] = await ctx.db.$queryRaw`
      SELECT MAX(p.line)::int AS last, COALESCE(array_agg(DISTINCT p.number) FILTER (WHERE p.number IS NOT NULL), '{}')
        AS numbers
      FROM (SELECT line, fields->>${numbered.field} AS number FROM import_row
        WHERE job_id = ${jobId}::uuid AND line > ${after} AND outcome = 'new' ORDER BY line LIMIT ${RESERVED_A_TIME}) p`;
    await raiseCounter(ctx.db, ctx, numbered.counter, page?.numbers ?? []);
    after = page?.last ?? null;
  }
}

/**
 * Reads the next rows, at least so many, behind the cursor or behind those that are being written. What they need is made
 * once `turn` has come.
 */
export async function prepareImportBatch(
  ctx: Ctx,
  jobId: string,
  { after, atLeast, turn }: { after?: number; atLeast: number; turn?: Promise<void> },
): Promise<ReadyBatch> {
  const job = await ctx.db.importJob.findUniqueOrThrow({ where: { id: jobId } });
  const cursor = after ?? job.cursor;
  const rows = await readRows(ctx.db, jobId, { after: cursor, atLeast });
  const lastGroup = lastGroupOf(rows);
  await turn;
  const prepared = lastGroup === null ? new Map() : await workOf(asKind(job.kind)).prepare(ctx, job, rows);
  return { after: cursor, lastGroup, rows, prepared };
}

/**
 * Takes over rows in one transaction: those that are ready, else the next ones, at least so many.
 * @param onWriting called when all is decided and what is left is mostly the database's work
 */
export async function runImportBatch(
  ctx: Ctx,
  jobId: string,
  next: number | ReadyBatch,
  onWriting: () => void = () => {},
): Promise<BatchResult> {
  const batch = typeof next === 'number' ? await prepareImportBatch(ctx, jobId, { atLeast: next }) : next;
  try {
    return await takeOver(ctx, jobId, batch, onWriting);
  } catch (error) {
    // Somebody recorded money with one of these numbers at this moment: decided again, the row is known.
    if (!isNumberTaken(error)) throw error;
    return takeOver(ctx, jobId, batch, onWriting);
  }
}

async function takeOver(
  ctx: Ctx,
  jobId: string,
  { after, lastGroup, rows, prepared }: ReadyBatch,
  onWriting: () => void,
): Promise<BatchResult> {
  return transact(ctx.db, async (tx) => {
    // Two files with the same rows: the second sees what the first has written.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('import', 0))`;
    const job = await lockRunning(tx, jobId, after);
    if (!job) return 'stopped';
    if (job.stopAsked) return stop(tx, ctx, job);
    if (lastGroup === null) return 'finished';
    const kind = asKind(job.kind);
    // Still the rows at the cursor: those of a running import do not change.
    const decided = await workOf(kind).decide(tx, ctx, job, rows);
    const stagedAs = new Map(rows.map((row) => [row.line, row]));
    // What was there at the preview and is not any more has no number made ready: it is not taken for a new one, nor is what
    // is left of a contract when the row that was to change it is not.
    const decisions = decided.map((decision) => {
      const row = stagedAs.get(decision.line);
      const vanished = row && row.outcome !== 'new' && decision.outcome === 'new';
      return vanished ? failed(row, 'changed_since', null) : decision;
    });
    const byLine = new Map(decisions.map((decision) => [decision.line, decision]));
    const pairs = rows.flatMap((row) => {
      const decision = byLine.get(row.line);
      return decision ? [{ row, decision }] : [];
    });
    onWriting();
    await workOf(kind).apply(tx, ctx, job, pairs, prepared);
    await saveDecisions(tx, jobId, rows, decisions);
    await moveOn(tx, ctx, jobId, lastGroup, rows.length);
    return 'working';
  });
}

/** The job if it still runs and nobody else has moved it on. */
async function lockRunning(tx: Tx, jobId: string, cursor: number): Promise<ImportJob | null> {
  await tx.$queryRaw`SELECT 1 FROM import_job WHERE id = ${jobId}::uuid FOR UPDATE`;
  const job = await tx.importJob.findUniqueOrThrow({ where: { id: jobId } });
  return job.status === 'running' && job.cursor === cursor ? job : null;
}

async function moveOn(tx: Tx, ctx: Ctx, jobId: string, cursor: number, rows: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE import_job SET cursor = ${cursor}, processed = processed + ${rows}, updated_at = ${ctx.now},
      lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id = ${jobId}::uuid`;
}

async function stop(tx: Tx, ctx: Ctx, job: ImportJob): Promise<'stopped'> {
  await end(tx, ctx, job, 'stopped');
  return 'stopped';
}

/** Rewrites the message with how far it is. */
export async function tellProgress(ctx: Ctx, jobId: string): Promise<void> {
  const { processed } = await ctx.db.importJob.findUniqueOrThrow({ where: { id: jobId } });
  await transact(ctx.db, (tx) => redrawJob(tx, ctx, jobId, `at${processed}`));
}

/** Ends a finished import and returns its error rows as a file in the thread. */
export async function finishImport(
  ctx: Ctx,
  jobId: string,
  errorFile: { name: string; data: Buffer; mime: string } | null,
): Promise<void> {
  await transact(ctx.db, async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM import_job WHERE id = ${jobId}::uuid FOR UPDATE`;
    const job = await tx.importJob.findUniqueOrThrow({ where: { id: jobId } });
    if (job.status !== 'running') return;
    if (errorFile) await keepErrorFile(tx, ctx, job, errorFile);
    await end(tx, ctx, job, 'done');
  });
}

/** It cannot go on: the reason is in the log, the person is told where it stands. */
export async function failImport(ctx: Ctx, jobId: string): Promise<void> {
  await transact(ctx.db, async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM import_job WHERE id = ${jobId}::uuid FOR UPDATE`;
    const job = await tx.importJob.findUniqueOrThrow({ where: { id: jobId } });
    if (job.status === 'running') await end(tx, ctx, job, 'failed');
  });
}

async function end(tx: Tx, ctx: Ctx, job: ImportJob, status: 'done' | 'stopped' | 'failed'): Promise<void> {
  const rows = await tx.$queryRaw<{ outcome: 'new' | 'changed' | 'duplicate' | 'error'; rows: number }[]>`
    SELECT outcome, COUNT(*)::int AS rows FROM import_row
    WHERE job_id = ${job.id}::uuid AND group_line <= ${job.cursor} GROUP BY outcome`;
  const counts = { ...countOutcomes([]), ...Object.fromEntries(rows.map((row) => [row.outcome, row.rows])) };
  await tx.importJob.update({
    where: { id: job.id },
    data: {
      status,
      created: counts.new,
      changed: counts.changed,
      skipped: counts.duplicate,
      failed: counts.error,
      leaseUntil: null,
      updatedAt: ctx.now,
      version: { increment: 1 },
    },
  });
  await recordAudit(tx, ctx, {
    action: `import.${status}`,
    subjectType: 'import',
    subjectId: job.id,
    after: { ...counts, processed: job.processed, total: job.total },
  });
  await redrawJob(tx, ctx, job.id, status);
  if (job.kind === 'opening') await redrawCard(tx, ctx, job.id, status);
  const owners = await tx.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT owner_id::text AS id FROM import_row WHERE job_id = ${job.id}::uuid AND owner_id IS NOT NULL`;
  await markHomesStale(tx, [job.userId, ...owners.map((owner) => owner.id)]);
}

/** The card of the decision says what came of it. */
async function redrawCard(tx: Tx, ctx: Ctx, jobId: string, tag: string): Promise<void> {
  const agreed = await findOpeningDecision(tx, jobId);
  if (!agreed) return;
  const about = { type: 'opening', subjectId: jobId, approvalId: agreed.approvalId } as const;
  await leaveTraces(tx, ctx, { rewrites: [rewriteOf(about, tag)] });
}

async function keepErrorFile(
  tx: Tx,
  ctx: Ctx,
  job: ImportJob,
  file: { name: string; data: Buffer; mime: string },
): Promise<void> {
  await tx.attachment.createMany({
    data: [
      {
        id: newId(ctx.now),
        ownerType: 'import',
        ownerId: job.id,
        slackFileId: `import:${job.id}`,
        name: file.name,
        mime: file.mime,
        size: file.data.length,
        sha256: createHash('sha256').update(file.data).digest('hex'),
        bytes: new Uint8Array(file.data),
        createdAt: ctx.now,
        createdById: job.userId,
      },
    ],
    skipDuplicates: true,
  });
  const asked = await tx.outbox.count({ where: { dedupeKey: importFileKey(job.id) } });
  await enqueue(
    tx,
    ctx,
    notice({
      kind: 'import.errors',
      key: `import.errors:${job.id}`,
      to: { user: job.userId },
      threadOf: asked > 0 ? importFileKey(job.id) : importMessageKey(job.id),
      payload: { jobId: job.id },
    }),
  );
  const agreed = job.kind === 'opening' ? await findOpeningDecision(tx, job.id) : null;
  // Whoever brought it may be gone by now: finance sees what is not in the books, too.
  if (agreed)
    await enqueue(
      tx,
      ctx,
      notice({
        kind: 'opening.errors',
        key: `opening.errors:${job.id}`,
        to: { channel: 'finance', otherwise: agreed.deciderIds },
        threadOf: cardKey('opening', agreed.approvalId),
        payload: { jobId: job.id },
      }),
    );
}
