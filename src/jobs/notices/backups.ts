// What became of a backup, for whoever asked; a failure for every admin.
import { findBackup, findLastBackup } from '../../domain/settings/backups.service.js';
import { backupMessage } from '../../handlers/views/settings-backup-views.js';
import type { NoticeRenderers } from './rendered.js';

export const backupNotices: NoticeRenderers<'backup.ended'> = {
  async 'backup.ended'(ctx, { backupId }) {
    const run = await findBackup(ctx, backupId);
    if (run === null || run.finishedAt === null) return null;
    const { t, locale, today, now, company, person = null } = ctx;
    const reader = { t, locale, today, now, timezone: person?.timezone ?? company.timezone, actor: person };
    return backupMessage(reader, run, await findLastBackup(ctx));
  },
};
