// Reads an export for its message. Changes nothing.
import type { Db } from '../../db/client.js';
import { LIST_KINDS, type ListKind } from '../lists/list-filter.js';
import { type ReportKind, reportQuery } from '../reports/report.js';

export interface ExportState {
  /** The list, or of a report which. */
  readonly what: { readonly list: ListKind } | { readonly report: ReportKind };
  readonly status: string;
  readonly rows: number;
  /** The file; null where there is none, or none any more. */
  readonly attachmentId: string | null;
}

/** How an export ended, and its file. */
export async function findExportFile(db: Db, jobId: string): Promise<ExportState | null> {
  const job = await db.exportJob.findUnique({ where: { id: jobId } });
  const what = job && whatOf(job);
  if (!job || !what) return null;
  const file = await db.attachment.findFirst({
    where: { ownerType: 'export', ownerId: jobId },
    select: { id: true },
  });
  return { what, status: job.status, rows: job.rows, attachmentId: file?.id ?? null };
}

function whatOf(job: { list: string; filter: unknown }): ExportState['what'] | null {
  if (job.list === 'report') return { report: reportQuery.parse(job.filter).kind };
  const list = LIST_KINDS.find((kind) => kind === job.list);
  return list === undefined ? null : { list };
}
