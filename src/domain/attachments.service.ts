// Keeps files that came through Slack beside what they belong to. Bytes are fetched later by a job (jobs/keep-files.ts): a
// slow download must not hold a transaction.
import type { Ctx } from '../ctx.js';
import type { Tx } from '../db/client.js';
import { transact } from '../db/transact.js';
import { type FileOwner, partsOf, type UploadedFile } from './attachments.js';
import { findFiles } from './attachments.queries.js';
import { recordAudit } from './audit.service.js';
import { DomainError } from './errors.js';
import { newId } from './ids.js';
import { notice } from './notices/notice.js';
import { enqueue } from './notices/outbox.service.js';

/** Before any time: fetched at once. */
const AT_ONCE = new Date(0);

/** Remembers the files; the same file on the same owner is kept once. @returns the ids of those that are new */
export async function keepAttachments(
  tx: Tx,
  ctx: Ctx,
  ownerType: 'customer' | 'contract' | 'receipt' | 'unclaimed',
  ownerId: string,
  files: readonly UploadedFile[],
): Promise<string[]> {
  if (files.length === 0) return [];
  const kept = await tx.attachment.createManyAndReturn({
    data: files.map((file) => ({
      ...file,
      id: newId(ctx.now),
      ownerType,
      ownerId,
      fetchAt: AT_ONCE,
      createdAt: ctx.now,
      createdById: ctx.actor.id,
    })),
    skipDuplicates: true,
    select: { id: true },
  });
  return kept.map((file) => file.id);
}

/**
 * [附件]: sends the files of a record to the actor by direct message; who had them is in the trail. Asking twice with one
 * request sends once.
 * @returns how many there are, and of which record
 * @throws DomainError not_found: it has none, or lies outside the actor's scope
 */
export async function handOutFiles(ctx: Ctx, owner: FileOwner): Promise<{ number: string; count: number }> {
  return transact(ctx.db, async (tx) => {
    const found = await findFiles({ ...ctx, db: tx }, owner);
    if (!found || found.files.length === 0) throw new DomainError('not_found', { ref: found?.number ?? '' });
    const { number, files } = found;
    await recordAudit(tx, ctx, {
      action: owner.type === 'contract' ? 'contract.files_sent' : 'customer.files_sent',
      subjectType: owner.type,
      subjectId: owner.id,
      after: { files: files.map((file) => file.name) },
    });
    await enqueue(
      tx,
      ctx,
      ...partsOf(files.length).map((part) =>
        notice({
          kind: 'files.sent',
          key: `files.sent:${ctx.requestId}:${part}`,
          to: { user: ctx.actor.id },
          payload: { ownerType: owner.type, ownerId: owner.id, part },
        }),
      ),
    );
    return { number, count: files.length };
  });
}
