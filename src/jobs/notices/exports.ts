// An export's message: the file, or why there is none.

import { findExportFile } from '../../domain/exports/export.queries.js';
import { MAX_EXPORT_ROWS } from '../../domain/exports/export-rows.queries.js';
import { exportMessage } from '../../handlers/views/export-views.js';
import type { NoticeRenderers } from './rendered.js';

export const exportNotices: NoticeRenderers<'export.job'> = {
  async 'export.job'(ctx, { jobId }) {
    const found = await findExportFile(ctx.db, jobId);
    if (!found) return null;
    const { attachmentId, ...facts } = found;
    const message = exportMessage({ ...facts, max: MAX_EXPORT_ROWS, gone: attachmentId === null }, ctx.t);
    return { ...message, attachmentIds: attachmentId === null ? [] : [attachmentId] };
  },
};
