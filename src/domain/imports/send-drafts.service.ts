// [全部提交审批] after an import of contracts: the drafts that it made, some at a time, so that others are served in between.
// What was sent is no draft any more: the button twice sends nothing twice.
import type { Ctx } from '../../ctx.js';
import type { Db } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type Actor, authorize, visibleOwners } from '../access.js';
import { sendContracts } from '../contracts/send-many.service.js';
import type { SentMany } from '../contracts/sent-many.js';
import { loadOwnImport, redrawJob } from './import-job.service.js';
import { type FileRef, madeLines } from './memory.service.js';

/** Contracts of one transaction; on the embedded engine everybody else waits for it. */
const SENT_A_TIME = 50;

/** Sends the drafts that the person's import made and that they may send. @throws DomainError not_found, access.denied */
export async function sendImportedDrafts(ctx: Ctx, jobId: string): Promise<SentMany> {
  const job = await loadOwnImport(ctx, jobId);
  authorize(ctx.actor, 'contract.submit');
  const ids = await listDrafts(ctx.db, ctx.actor, job);
  const all: { sent: number; orphans: number; left: SentMany['left'][number][] } = {
    sent: 0,
    orphans: 0,
    left: [],
  };
  for (let start = 0; start < ids.length; start += SENT_A_TIME) {
    const some = ids.slice(start, start + SENT_A_TIME);
    const { sent, orphans, left } = await transact(ctx.db, (tx) => sendContracts(tx, ctx, some));
    all.sent += sent;
    all.orphans += orphans;
    all.left.push(...left);
  }
  await transact(ctx.db, (tx) => redrawJob(tx, ctx, jobId, `sent${ctx.requestId}`));
  return all;
}

/** Drafts of this import that the person may send, in the file's order, as long as its rows are kept. */
export async function listDrafts(db: Db, actor: Actor, job: FileRef): Promise<string[]> {
  const owners = visibleOwners(actor, 'contract.submit');
  const scope = owners === 'all' ? Prisma.empty : Prisma.sql`AND c.owner_id = ANY(${[...owners]}::uuid[])`;
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT c.id::text FROM ${madeLines('contracts', job)} JOIN contract c ON c.id = k.subject_id
    WHERE r.job_id = ${job.id}::uuid AND r.line = r.group_line AND r.outcome = 'new'
      AND c.status = 'draft' AND c.deleted_at IS NULL ${scope} ORDER BY r.line`;
  return rows.map((row) => row.id);
}
