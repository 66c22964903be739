// Renders what is told about files of money from before, from facts as they are when it is sent.
import { findErrorFileId, findImport, listNewRows } from '../../domain/imports/import.queries.js';
import { findOpening } from '../../domain/imports/opening.queries.js';
import { section } from '../../handlers/views/blocks.js';
import { openingCard, openingDecided } from '../../handlers/views/opening-views.js';
import { writeSheet } from '../../sheets/write-sheet.js';
import { cardReader, channelReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';

export const openingNotices: NoticeRenderers<
  'opening.card' | 'opening.rows' | 'opening.errors' | 'opening.decided'
> = {
  async 'opening.card'(ctx, { jobId, approvalId }) {
    const facts = await findOpening(ctx, jobId, approvalId);
    return facts && openingCard(facts, cardReader(ctx));
  },

  async 'opening.rows'(ctx, { jobId }) {
    const state = await findImport(ctx.db, jobId);
    if (state?.status !== 'waiting') return null;
    const { header, format } = await ctx.db.importJob.findUniqueOrThrow({ where: { id: jobId } });
    const kind = format === 'xlsx' ? 'xlsx' : 'csv';
    async function* rows() {
      for await (const { cells } of listNewRows(ctx.db, jobId))
        yield header.map((_, index) => cells[index] ?? '');
    }
    const text = ctx.t('openings:rows', { count: state.created });
    const data = await writeSheet(kind, header, rows());
    const name = `${ctx.t('openings:rows.name')}.${kind}`;
    return { text, blocks: [section(text)], files: [{ name, data }] };
  },

  async 'opening.errors'(ctx, { jobId }) {
    const state = await findImport(ctx.db, jobId);
    const attachmentId = await findErrorFileId(ctx.db, jobId);
    if (!state || attachmentId === null) return null;
    const text = ctx.t('openings:errors', { count: state.failed });
    return { text, blocks: [section(text)], attachmentIds: [attachmentId] };
  },

  async 'opening.decided'(ctx, { jobId, approvalId }) {
    const facts = await findOpening(ctx, jobId, approvalId);
    const isDecided = facts?.approval.status === 'approved' || facts?.approval.status === 'rejected';
    return facts && isDecided ? openingDecided(facts, channelReader(ctx)) : null;
  },
};
