// The life of an import from the file to the person's word: a file is there, it is named, its columns are chosen, it is
// started or stopped (F95). Rows are staged in import-staging.service.ts and taken over in import-run.service.ts.
import { createHash } from 'node:crypto';
import type { Ctx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { isUniqueViolation, transact } from '../../db/transact.js';
import type { ImportJob } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { MAY_OWN } from '../members/member.js';
import { notice } from '../notices/notice.js';
import { enqueue, rewriteMessage } from '../notices/outbox.service.js';
import { leaveTraces } from '../traces.service.js';
import { IMPORT_KINDS, type ImportKind } from './fields.js';
import { IMPORT_ACTIONS, importableKinds } from './import-access.js';
import {
  guessMapping,
  headerText,
  type ImportMapping,
  type ImportOptions,
  importMapping,
  importOptions,
} from './mapping.js';
import { askOpening } from './opening-ask.service.js';

export const importMessageKey = (jobId: string): string => `import.job:${jobId}`;
/** The message with which the person sent the file: what answers to it goes into its thread. */
export const importFileKey = (jobId: string): string => `import.file:${jobId}`;

/** Where the person sent the file, if it was in a conversation. */
export interface FilePlace {
  readonly channel: string;
  readonly ts: string;
}

/**
 * Takes note of a file and asks what it is, in the thread of the person's message.
 * @returns null where this file has been asked about already
 * @throws DomainError access.denied, role.missing
 */
export async function askAboutFile(
  ctx: Ctx,
  file: { slackFileId: string; name: string; size: number },
  place: FilePlace | null,
): Promise<ImportJob | null> {
  const [kind = 'customers'] = importableKinds(ctx.actor);
  authorize(ctx.actor, IMPORT_ACTIONS[kind]);
  try {
    return await transact(ctx.db, async (tx) => {
      const job = await createJob(tx, ctx, file);
      if (place) await keepPlace(tx, ctx, job.id, place);
      await postJob(tx, ctx, job.id, place !== null);
      return job;
    });
  } catch (error) {
    if (isUniqueViolation(error, 'import_job_slack_file_id_key')) return null;
    throw error;
  }
}

/** A job without a question: the file came through a form or from the command line, its kind is known. */
export async function createImport(
  ctx: Ctx,
  kind: ImportKind,
  file: { slackFileId: string | null; name: string; size: number },
): Promise<ImportJob> {
  authorize(ctx.actor, IMPORT_ACTIONS[kind]);
  return transact(ctx.db, (tx) => createJob(tx, ctx, { ...file, kind }));
}

function createJob(
  tx: Tx,
  ctx: Ctx,
  file: { slackFileId: string | null; name: string; size: number; kind?: ImportKind },
): Promise<ImportJob> {
  return tx.importJob.create({
    data: {
      id: newId(ctx.now),
      userId: ctx.actor.id,
      kind: file.kind ?? null,
      slackFileId: file.slackFileId,
      fileName: file.name.slice(0, 200),
      size: file.size,
      createdAt: ctx.now,
      updatedAt: ctx.now,
    },
  });
}

/** The person's own message as an outbox row that is sent: answers find their thread by it. */
async function keepPlace(tx: Tx, ctx: Ctx, jobId: string, place: FilePlace): Promise<void> {
  await tx.outbox.create({
    data: {
      id: newId(ctx.now),
      op: 'post',
      kind: 'import.file',
      dedupeKey: importFileKey(jobId),
      payload: { jobId },
      recipient: `user:${ctx.actor.id}`,
      status: 'sent',
      ...place,
      createdAt: ctx.now,
      sentAt: ctx.now,
    },
  });
}

async function postJob(tx: Tx, ctx: Ctx, jobId: string, inThread: boolean): Promise<void> {
  await enqueue(
    tx,
    ctx,
    notice({
      kind: 'import.job',
      key: importMessageKey(jobId),
      to: { user: ctx.actor.id },
      ...(inThread && { threadOf: importFileKey(jobId) }),
      payload: { jobId },
    }),
  );
}

/**
 * The person's own import.
 * @throws DomainError not_found: it does not exist, or is another person's
 */
export async function loadOwnImport(ctx: Ctx, jobId: string): Promise<ImportJob> {
  const job = await ctx.db.importJob.findUnique({ where: { id: jobId } });
  if (job?.userId !== ctx.actor.id) throw new DomainError('not_found', { ref: '' });
  return job;
}

/** @throws DomainError not_found, import.started */
export async function lockOwnImport(tx: Tx, ctx: Ctx, jobId: string): Promise<ImportJob> {
  await tx.$queryRaw`SELECT 1 FROM import_job WHERE id = ${jobId}::uuid FOR UPDATE`;
  const job = await tx.importJob.findUnique({ where: { id: jobId } });
  if (job?.userId !== ctx.actor.id) throw new DomainError('not_found', { ref: '' });
  return job;
}

/** Still to be started: a running or finished import is not changed any more. @throws DomainError import.started */
export function requireOpen(job: ImportJob): void {
  if (job.status !== 'asked' && job.status !== 'staging' && job.status !== 'ready')
    throw new DomainError('import.started', { file: job.fileName });
}

export const asKind = (text: string | null): ImportKind => {
  const kind = IMPORT_KINDS.find((one) => one === text);
  if (!kind) throw new DomainError('not_found', { ref: '' });
  return kind;
};

/** What was seen of the file when it was opened. */
export interface FileFacts {
  readonly format: 'csv' | 'xlsx';
  readonly header: readonly string[];
  readonly sample: readonly string[];
  readonly sha256: string;
}

/**
 * Says what the file is and keeps what was seen of it.
 * @returns the columns as the person chose them last for these names, else as guessed
 * @throws DomainError not_found, import.started, access.denied
 */
export async function describeImport(
  ctx: Ctx,
  jobId: string,
  kind: ImportKind,
  facts: FileFacts,
): Promise<{ job: ImportJob; mapping: ImportMapping; options: ImportOptions }> {
  authorize(ctx.actor, IMPORT_ACTIONS[kind]);
  const job = await transact(ctx.db, async (tx) => {
    requireOpen(await lockOwnImport(tx, ctx, jobId));
    return tx.importJob.update({
      where: { id: jobId },
      data: {
        kind,
        format: facts.format,
        header: [...facts.header],
        sample: [...facts.sample],
        sha256: facts.sha256,
        status: 'asked',
        updatedAt: ctx.now,
        // What is being read for another kind is not this one's.
        version: { increment: 1 },
      },
    });
  });
  const known = await findMapping(ctx.db, ctx.actor.id, kind, facts.header);
  return {
    job,
    ...(known ?? { mapping: guessMapping(kind, facts.header), options: importOptions.parse({}) }),
  };
}

const headerKey = (header: readonly string[]): string =>
  createHash('sha256').update(headerText(header)).digest('hex');

async function findMapping(
  db: Db,
  userId: string,
  kind: ImportKind,
  header: readonly string[],
): Promise<{ mapping: ImportMapping; options: ImportOptions } | null> {
  const where = { userId_kind_headerKey: { userId, kind, headerKey: headerKey(header) } };
  const row = await db.importMapping.findUnique({ where });
  if (!row) return null;
  // Chosen for a file with reasons, which this one need not have.
  const columns = Object.entries(importMapping.parse(row.mapping));
  const mapping = Object.fromEntries(columns.filter(([, column]) => column < header.length));
  return { mapping, options: importOptions.parse(row.options) };
}

/** Remembers the person's choice for the next file with these columns. */
export async function rememberMapping(
  tx: Tx,
  ctx: Ctx,
  job: ImportJob,
  chosen: { mapping: ImportMapping; options: ImportOptions },
): Promise<void> {
  const kind = asKind(job.kind);
  const id = { userId: ctx.actor.id, kind, headerKey: headerKey(job.header) };
  const data = { ...chosen, updatedAt: ctx.now };
  await tx.importMapping.upsert({
    where: { userId_kind_headerKey: id },
    create: { ...id, ...data },
    update: data,
  });
}

/**
 * Starts what was previewed; the runner takes it over. Money from before waits for a second person first.
 * @throws DomainError not_found, import.started, import.changed: its rows were read anew since the preview
 */
export async function startImport(ctx: Ctx, jobId: string, version: number): Promise<ImportJob> {
  return transact(ctx.db, async (tx) => {
    const before = await lockOwnImport(tx, ctx, jobId);
    requireOpen(before);
    if (before.status !== 'ready' || before.version !== version) throw new DomainError('import.changed', {});
    authorize(ctx.actor, IMPORT_ACTIONS[asKind(before.kind)]);
    const asks = before.kind === 'opening' && before.created > 0;
    const status = asks ? 'waiting' : 'running';
    const job = await tx.importJob.update({
      where: { id: jobId },
      data: { status, updatedAt: ctx.now, version: { increment: 1 } },
    });
    await recordAudit(tx, ctx, {
      action: 'import.started',
      subjectType: 'import',
      subjectId: jobId,
      after: { kind: job.kind, file: job.fileName, sha256: job.sha256, rows: job.total },
    });
    if (asks) await leaveTraces(tx, ctx, await askOpening(tx, ctx, job));
    const asked = await tx.outbox.count({ where: { dedupeKey: importMessageKey(jobId) } });
    if (asked === 0) await postJob(tx, ctx, jobId, false);
    else await redrawJob(tx, ctx, jobId, `started${job.version}`);
    return job;
  });
}

/** Rewrites the import's message from what is so now. */
export const redrawJob = (
  tx: Tx,
  ctx: Parameters<typeof rewriteMessage>[1],
  jobId: string,
  tag: string,
): Promise<void> =>
  rewriteMessage(tx, ctx, { key: importMessageKey(jobId), kind: 'import.job', payload: { jobId } }, tag);

/** Asks the runner to stop after the rows it is at; what is in stays in. @throws DomainError not_found */
export async function stopImport(ctx: Ctx, jobId: string): Promise<void> {
  await transact(ctx.db, async (tx) => {
    const job = await lockOwnImport(tx, ctx, jobId);
    if (job.status !== 'running') return;
    await tx.importJob.update({ where: { id: jobId }, data: { stopAsked: true, updatedAt: ctx.now } });
  });
}

/** Whoever rows without an owner are to belong to, as the form names them; null for who is gone or does not sell. */
export async function findOwner(
  ctx: Ctx,
  who: { id: string } | { slackUserId: string },
): Promise<{ id: string; slackUserId: string } | null> {
  const user = await ctx.db.user.findFirst({
    where: { ...who, active: true, roles: { hasSome: [...MAY_OWN] } },
  });
  return user && { id: user.id, slackUserId: user.slackUserId };
}
