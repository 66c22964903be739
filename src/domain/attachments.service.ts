// Keeps files that came through Slack beside what they belong to. Bytes are fetched later by a job: a slow download
// must not hold a transaction.
import type { Ctx } from '../ctx.js';
import type { Tx } from '../db/client.js';
import { newId } from './ids.js';

/** A file as a Slack payload names it; size in bytes. */
export interface UploadedFile {
  readonly slackFileId: string;
  readonly name: string;
  readonly mime: string;
  readonly size: number;
}

export const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** Remembers the files; the same file on the same owner is kept once. */
export async function keepAttachments(
  tx: Tx,
  ctx: Ctx,
  ownerType: 'customer' | 'contract' | 'receipt' | 'unclaimed',
  ownerId: string,
  files: readonly UploadedFile[],
): Promise<void> {
  if (files.length === 0) return;
  await tx.attachment.createMany({
    data: files.map((file) => ({
      ...file,
      id: newId(ctx.now),
      ownerType,
      ownerId,
      createdAt: ctx.now,
      createdById: ctx.actor.id,
    })),
    skipDuplicates: true,
  });
}
