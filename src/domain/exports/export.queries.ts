// Reads an export for its message. Changes nothing.
import type { Db } from '../../db/client.js';
import { LIST_KINDS, type ListKind } from '../lists/list-filter.js';

export interface ExportState {
  readonly list: ListKind;
  readonly status: string;
  readonly rows: number;
  /** The file; null where there is none, or none any more. */
  readonly attachmentId: string | null;
}

/** How an export ended, and its file. */
export async function findExportFile(db: Db, jobId: string): Promise<ExportState | null> {
  const job = await db.exportJob.findUnique({ where: { id: jobId } });
  const list = LIST_KINDS.find((kind) => kind === job?.list);
  if (!job || list === undefined) return null;
  const file = await db.attachment.findFirst({
    where: { ownerType: 'export', ownerId: jobId },
    select: { id: true },
  });
  return { list, status: job.status, rows: job.rows, attachmentId: file?.id ?? null };
}
