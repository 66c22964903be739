// Files of a record to who asked for them, if they still may see it when it is sent.
import { findFiles } from '../../domain/attachments.queries.js';
import { filesMessage } from '../../handlers/views/files-views.js';
import type { NoticeRenderers } from './rendered.js';

export const fileNotices: NoticeRenderers<'files.sent'> = {
  async 'files.sent'(ctx, { ownerType, ownerId, part }) {
    if (!ctx.person) return null;
    const found = await findFiles({ ...ctx, actor: ctx.person }, { type: ownerType, id: ownerId });
    return found && filesMessage(found, part, ctx);
  },
};
