// An import's message and the file with what it did not take.
import { findApproval } from '../../domain/approvals/approval.queries.js';
import { findErrorFileId, findImport, hasEnded } from '../../domain/imports/import.queries.js';
import { importableKinds } from '../../domain/imports/import-access.js';
import { listDrafts } from '../../domain/imports/send-drafts.service.js';
import { toActor } from '../../domain/members/member.queries.js';
import { section } from '../../handlers/views/blocks.js';
import { importMessage } from '../../handlers/views/import-views.js';
import type { NoticeRenderers } from './rendered.js';

export const importNotices: NoticeRenderers<'import.file' | 'import.job' | 'import.errors'> = {
  async 'import.file'() {
    return null;
  },

  async 'import.job'(ctx, { jobId }) {
    const state = await findImport(ctx.db, jobId);
    if (!state) return null;
    const job = await ctx.db.importJob.findUniqueOrThrow({ where: { id: jobId } });
    const user = await ctx.db.user.findUniqueOrThrow({ where: { id: job.userId } });
    const actor = await toActor(ctx.db, user);
    const drafts = state.kind === 'contracts' && hasEnded(state) ? await listDrafts(ctx.db, actor, job) : [];
    const waits = state.status === 'waiting';
    const approval = waits ? await findApproval(ctx, { type: 'opening', id: jobId }) : null;
    return importMessage(state, ctx.t, importableKinds(actor), { approval, drafts: drafts.length });
  },

  async 'import.errors'(ctx, { jobId }) {
    const attachmentId = await findErrorFileId(ctx.db, jobId);
    if (attachmentId === null) return null;
    const text = ctx.t('imports:resend');
    return { text, blocks: [section(text)], attachmentIds: [attachmentId] };
  },
};
