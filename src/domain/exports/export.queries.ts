// Reads an export for its message. Changes nothing.
import type { Db } from '../../db/client.js';
import { type ReportKind, reportQuery } from '../reports/report.js';
import { EXPORT_KINDS, type ExportKind } from './export-kinds.js';

export interface ExportState {
  /** Which records, or of a report which. */
  readonly what: { readonly list: ExportKind } | { readonly report: ReportKind };
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
  const list = EXPORT_KINDS.find((kind) => kind === job.list);
  return list === undefined ? null : { list };
}
