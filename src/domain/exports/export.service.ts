// Exports (F96): asked for, taken by one process, kept as a file for the person's direct message, or ended without one.
// What goes into the file is decided when it is made: with the roles, the team and the rows of that moment.
import type { Ctx, SystemCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { ExportJob } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { plainJson, recordAudit } from '../audit.service.js';
import { newId } from '../ids.js';
import { toActor } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';
import type { ReportQuery } from '../reports/report.js';
import { claimRequest } from '../requests.service.js';
import { EXPORT_KINDS, type ExportFilter, type ExportKind } from './export-kinds.js';

/** Rows as a spreadsheet; a report also as pages, or its chart as a picture. */
export const EXPORT_FORMATS = ['xlsx', 'csv', 'pdf', 'png'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const LEASE_SECONDS = 60;
/** The bytes of a delivered file are kept so long; the row of who took what stays. */
const FILES_KEPT_DAYS = 7;

/** Records, or a report with its query for a filter. */
export const EXPORTABLE = [...EXPORT_KINDS, 'report'] as const;
export type Exportable = (typeof EXPORTABLE)[number];

export interface ExportInput {
  readonly list: Exportable;
  /** Checked when the file is made: of the list, or the report. */
  readonly filter: ExportFilter<ExportKind> | ReportQuery;
  readonly format: ExportFormat;
}

/** Asks for a file; the same form sent twice asks once. @throws DomainError access.denied, request.repeated */
export async function requestExport(ctx: Ctx, input: ExportInput): Promise<string> {
  authorize(ctx.actor, 'record.export');
  return transact(ctx.db, async (tx) => {
    const id = newId(ctx.now);
    const asked = { reference: null, subjectType: 'export', subjectId: id };
    await claimRequest(tx, ctx, 'export.request', asked);
    const { list, format } = input;
    const filter = plainJson(input.filter);
    await tx.exportJob.create({
      data: { id, userId: ctx.actor.id, list, filter, format, createdAt: ctx.now, updatedAt: ctx.now },
    });
    await recordAudit(tx, ctx, { ...exported('requested', id), after: { list, filter, format } });
    return id;
  });
}

const exported = (what: string, id: string) => ({
  action: `export.${what}`,
  subjectType: 'export',
  subjectId: id,
});

/** Takes the oldest export that waits, or whose process is gone; null if there is none. */
export async function claimExport(ctx: SystemCtx): Promise<string | null> {
  const [job] = await ctx.db.$queryRaw<{ id: string }[]>`
    UPDATE export_job SET status = 'running', lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id = (SELECT id FROM export_job
      WHERE status = 'queued' OR (status = 'running' AND lease_until < clock_timestamp())
      ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id::text`;
  return job?.id ?? null;
}

/** A sign of life: it is still being made. */
export async function renewExport(ctx: SystemCtx, id: string): Promise<void> {
  await ctx.db.$executeRaw`
    UPDATE export_job SET lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id = ${id}::uuid AND status = 'running'`;
}

/** The job, and the context of whoever asked: roles and team as of now. @throws DomainError access.denied, role.missing */
export async function loadExport(
  ctx: SystemCtx,
  id: string,
): Promise<{ job: ExportJob; list: Exportable; format: ExportFormat; ctx: Ctx }> {
  const job = await ctx.db.exportJob.findUniqueOrThrow({ where: { id } });
  const user = await ctx.db.user.findUniqueOrThrow({ where: { id: job.userId } });
  const actor = await toActor(ctx.db, user);
  authorize(actor, 'record.export');
  const list = EXPORTABLE.find((kind) => kind === job.list);
  if (list === undefined) throw new RangeError(`no list ${job.list}`);
  const format = EXPORT_FORMATS.find((one) => one === job.format) ?? 'xlsx';
  return { job, list, format, ctx: { ...ctx, actor, requestId: `export:${id}` } };
}

/** A file in pieces: they are in the database as soon as they are made, so that none of its length is held in memory. */
export interface MadeFile {
  readonly runId: string;
  readonly name: string;
  readonly mime: string;
  readonly size: number;
  readonly sha256: string;
  /** What a picture shows, for whoever does not see it. */
  readonly altText?: string;
}

export type ExportEnd =
  | { readonly status: 'done'; readonly rows: number; readonly file: MadeFile }
  | { readonly status: 'refused' | 'failed' };

/** Another process began the same file when this one gave no sign of life, and ended it. */
export class EndedElsewhere extends Error {}

/**
 * Keeps the next piece of a file, which is a sign of life too.
 * @throws EndedElsewhere: nothing is added behind a file that is whole
 */
export async function keepPart(
  ctx: SystemCtx,
  id: string,
  part: { runId: string; seq: number; bytes: Buffer },
): Promise<void> {
  const kept = await ctx.db.$executeRaw`
    WITH job AS (
      UPDATE export_job SET lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      WHERE id = ${id}::uuid AND status = 'running' RETURNING id)
    INSERT INTO export_part (job_id, run_id, seq, bytes)
    SELECT id, ${part.runId}::uuid, ${part.seq}, ${new Uint8Array(part.bytes)} FROM job`;
  if (kept === 0) throw new EndedElsewhere(id);
}

/** The bytes of a file that is kept in pieces, piece by piece. */
export async function* readExport(db: Db, jobId: string): AsyncGenerator<Uint8Array> {
  for (let seq = 0; ; seq += 1) {
    const part = await db.exportPart.findFirst({ where: { jobId, seq }, select: { bytes: true } });
    if (!part) return;
    yield part.bytes;
  }
}

/** Ends it once: keeps the file, writes the trail, tells the person. */
export async function finishExport(ctx: SystemCtx, id: string, end: ExportEnd): Promise<void> {
  await transact(ctx.db, async (tx) => {
    const rows = end.status === 'done' ? end.rows : 0;
    const ended = await tx.exportJob.updateManyAndReturn({
      where: { id, status: 'running' },
      data: { status: end.status, rows, leaseUntil: null, updatedAt: ctx.now },
    });
    const [job] = ended;
    if (!job) return;
    const kept = end.status === 'done' ? end.file : null;
    if (kept) await keepFile(tx, ctx, job, kept);
    // What another process left that began it too.
    await tx.exportPart.deleteMany({ where: { jobId: id, ...(kept && { runId: { not: kept.runId } }) } });
    const who = { ...ctx, actor: { id: job.userId }, requestId: `export:${id}` };
    const size = end.status === 'done' ? end.file.size : 0;
    await recordAudit(tx, who, { ...exported(end.status, id), after: { list: job.list, rows, size } });
    const told = { kind: 'export.job', key: `export.job:${id}`, to: { user: job.userId } } as const;
    await enqueue(tx, ctx, notice({ ...told, payload: { jobId: id } }));
  });
}

/** A file without bytes of its own: they stay in pieces, since to join them would keep everybody else waiting. */
async function keepFile(tx: Tx, ctx: SystemCtx, job: ExportJob, file: MadeFile): Promise<void> {
  const { name, mime, size, sha256, altText = null } = file;
  await tx.attachment.create({
    data: {
      ...{ id: newId(ctx.now), ownerType: 'export', ownerId: job.id, slackFileId: `export:${job.id}` },
      ...{ name, mime, size, sha256, altText },
      createdAt: ctx.now,
      createdById: job.userId,
    },
  });
}

/** Removes the files of exports that were delivered long ago; returns how many. */
export async function sweepExports(ctx: SystemCtx): Promise<number> {
  const old = await ctx.db.attachment.findMany({
    where: {
      ownerType: 'export',
      createdAt: { lt: new Date(ctx.now.getTime() - FILES_KEPT_DAYS * 86_400_000) },
    },
    select: { id: true, ownerId: true },
  });
  for (const { id, ownerId: jobId } of old) {
    // One file at a time: others are served in between.
    await transact(ctx.db, async (tx) => {
      await tx.exportPart.deleteMany({ where: { jobId } });
      await tx.attachment.delete({ where: { id } });
    });
  }
  return old.length;
}
