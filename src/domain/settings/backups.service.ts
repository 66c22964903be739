// Backups as the company sees them (F102): due once a day or asked for, made by one process, and what became of each. The
// file itself is the job's; here are only rows.
import type { Ctx, SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import type { Backup } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { newId } from '../ids.js';
import { instantOf, toUtcDate } from '../local-date.js';
import { listHolders } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';

const LEASE_SECONDS = 60;
/** A process that ends while it makes one is followed by another, but not for ever. */
const MAX_ATTEMPTS = 3;

export const BACKUP_FAILURES = ['full', 'not_writable', 'damaged', 'other'] as const;
export type BackupFailure = (typeof BACKUP_FAILURES)[number];

/** Asks for today's backup when its hour has come; how often it is called does not matter. @returns 1 when it was asked for */
export async function planBackup(ctx: SystemCtx): Promise<number> {
  const { backupHour: hour } = ctx.company.settings;
  if (hour === null) return 0;
  const due = instantOf(ctx.today, `${String(hour).padStart(2, '0')}:00`, ctx.company.timezone);
  if (ctx.now < due) return 0;
  return ctx.db.$executeRaw`
    INSERT INTO backup (id, due_on, created_at) VALUES (${newId(ctx.now)}::uuid, ${toUtcDate(ctx.today)}::date, ${ctx.now})
    ON CONFLICT (due_on) DO NOTHING`;
}

/** Asks for a backup now; while one waits or is made, for that one. @returns its id @throws DomainError access.denied */
export async function requestBackup(ctx: Ctx): Promise<string> {
  authorize(ctx.actor, 'settings.edit');
  return askForBackup(ctx, ctx.actor.id);
}

/** The same for whoever has the server itself: its command line. */
export const requestOperatorBackup = (ctx: SystemCtx): Promise<string> => askForBackup(ctx, null);

async function askForBackup(
  ctx: SystemCtx & { requestId?: string },
  requestedById: string | null,
): Promise<string> {
  return transact(ctx.db, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('huikuan.backup'))`;
    const open = await tx.backup.findFirst({
      where: { status: { in: ['queued', 'running'] }, dueOn: null, requestedById },
    });
    if (open) return open.id;
    const id = newId(ctx.now);
    await tx.backup.create({ data: { id, requestedById, createdAt: ctx.now } });
    const who = requestedById === null ? ctx : { ...ctx, actor: { id: requestedById } };
    await recordAudit(tx, who, { action: 'backup.requested', subjectType: 'backup', subjectId: id });
    return id;
  });
}

/** Takes the oldest that waits, or whose process is gone; null if there is none. */
export async function claimBackup(ctx: SystemCtx): Promise<string | null> {
  const [row] = await ctx.db.$queryRaw<{ id: string }[]>`
    UPDATE backup SET status = 'running', attempts = attempts + 1,
      lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id = (SELECT id FROM backup
      WHERE attempts < ${MAX_ATTEMPTS}
        AND (status = 'queued' OR (status = 'running' AND lease_until < clock_timestamp()))
      ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id::text`;
  return row?.id ?? null;
}

/** A sign of life: it is still being made. */
export async function renewBackup(ctx: SystemCtx, id: string): Promise<void> {
  await ctx.db.$executeRaw`
    UPDATE backup SET lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id = ${id}::uuid AND status = 'running'`;
}

/** Ids of those whose process ended as often as it was tried: they are failures that nobody told. */
export async function listLostBackups(ctx: SystemCtx): Promise<string[]> {
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM backup
    WHERE status = 'running' AND attempts >= ${MAX_ATTEMPTS} AND lease_until < clock_timestamp()`;
  return rows.map(({ id }) => id);
}

export type BackupOutcome =
  | { readonly status: 'done'; readonly path: string; readonly bytes: number; readonly rows: number }
  | { readonly status: 'failed'; readonly failure: BackupFailure };

/** Ends it once: the trail, and a message to whoever asked; a failure is told to every admin. */
export async function finishBackup(ctx: SystemCtx, id: string, outcome: BackupOutcome): Promise<void> {
  await transact(ctx.db, async (tx) => {
    const [ended] = await tx.backup.updateManyAndReturn({
      where: { id, status: 'running' },
      data: { ...outcome, leaseUntil: null, finishedAt: ctx.now },
    });
    if (!ended) return;
    await recordAudit(tx, ctx, {
      action: `backup.${outcome.status}`,
      subjectType: 'backup',
      subjectId: id,
      after: { ...outcome },
    });
    const admins =
      outcome.status === 'failed' ? (await listHolders(tx, 'admin')).map((admin) => admin.id) : [];
    const told = new Set([...admins, ...(ended.requestedById === null ? [] : [ended.requestedById])]);
    const kind = 'backup.ended';
    const notices = [...told].map((user) =>
      notice({
        kind,
        key: `${kind}:${id}@${user}`,
        to: { user },
        payload: { backupId: id, asked: user === ended.requestedById },
      }),
    );
    await enqueue(tx, ctx, ...notices);
  });
}

/** What became of one. */
export interface BackupRun {
  readonly status: Backup['status'];
  /** It was due; else somebody asked for it. */
  readonly scheduled: boolean;
  readonly path: string | null;
  readonly bytes: number | null;
  readonly rows: number | null;
  readonly failure: BackupFailure | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

function toRun({ status, dueOn, path, bytes, rows, failure, createdAt, finishedAt }: Backup): BackupRun {
  const known = BACKUP_FAILURES.find((one) => one === failure) ?? 'other';
  return {
    status,
    scheduled: dueOn !== null,
    path,
    bytes: bytes === null ? null : Number(bytes),
    rows,
    failure: failure === null ? null : known,
    createdAt,
    finishedAt,
  };
}

/** One of them, for its message and for whoever waits for it. */
export async function findBackup(ctx: Pick<SystemCtx, 'db'>, id: string): Promise<BackupRun | null> {
  const row = await ctx.db.backup.findUnique({ where: { id } });
  return row && toRun(row);
}

const SHOWN = 5;

/** The last ones, the newest first. @throws DomainError access.denied */
export async function listBackupRuns(ctx: Ctx): Promise<BackupRun[]> {
  authorize(ctx.actor, 'settings.edit');
  const rows = await ctx.db.backup.findMany({
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: SHOWN,
  });
  return rows.map(toRun);
}

/** The last one that succeeded, or null. */
export async function findLastBackup(ctx: Pick<SystemCtx, 'db'>): Promise<BackupRun | null> {
  const row = await ctx.db.backup.findFirst({
    where: { status: 'done' },
    orderBy: [{ finishedAt: 'desc' }, { id: 'desc' }],
  });
  return row && toRun(row);
}

const ROWS_KEPT_DAYS = 90;

/** Forgets what became of old ones; their files went long before. @returns how many */
export async function sweepBackupRuns(ctx: SystemCtx): Promise<number> {
  return ctx.db.$executeRaw`
    DELETE FROM backup WHERE created_at < ${ctx.now}::timestamptz - make_interval(days => ${ROWS_KEPT_DAYS})
      AND status IN ('done', 'failed')`;
}
