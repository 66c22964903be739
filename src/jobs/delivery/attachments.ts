// Fetches files that came through Slack, keeps their bytes and hash, and hands them out for posting. A file over the
// limit, or one that is gone from Slack, is left out; it never stops the message.
import { createHash } from 'node:crypto';
import type { Db } from '../../db/client.js';
import { MAX_FILE_BYTES } from '../../domain/attachments.js';
import { readExport } from '../../domain/exports/export.service.js';
import type { SlackSender } from './slack-sender.js';
import { type FileContent, fileOf } from './upload-files.js';

/**
 * The attachments' contents, from the database or for the first time from Slack.
 * @throws FileUnavailableError
 */
export async function loadFiles(db: Db, slack: SlackSender, ids: readonly string[]): Promise<FileContent[]> {
  const rows = await db.attachment.findMany({ where: { id: { in: [...ids] } }, orderBy: { id: 'asc' } });
  const files: FileContent[] = [];
  for (const row of rows) {
    const altText = row.altText === null ? {} : { altText: row.altText };
    if (row.bytes) {
      files.push(fileOf(row.name, row.bytes, altText));
      continue;
    }
    if (row.ownerType === 'export') {
      // Too long to be joined: its pieces are read as they are sent.
      files.push({ name: row.name, size: row.size, read: () => readExport(db, row.ownerId), ...altText });
      continue;
    }
    const data = await slack.download(row.slackFileId, MAX_FILE_BYTES);
    if (data === null) continue;
    await keepBytes(db, row.id, data);
    files.push(fileOf(row.name, data, altText));
  }
  return files;
}

/** The bytes of a file with their hash: from now on it does not need Slack any more. */
export async function keepBytes(db: Db, id: string, data: Buffer): Promise<void> {
  const sha256 = createHash('sha256').update(data).digest('hex');
  await db.attachment.update({
    where: { id },
    data: { bytes: new Uint8Array(data), sha256, size: data.length, fetchAt: null },
  });
}
