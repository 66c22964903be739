// The language of a company that nobody has set up yet: its first admin's (ux §4.1).
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import type { Locale } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { asLocale } from '../members/member.queries.js';
import { renamePresets } from '../templates/template-rows.service.js';

/** Channels and presets speak it from now on; a company whose settings somebody has changed keeps its own. */
export async function speakAs(tx: Tx, ctx: SystemCtx, locale: Locale): Promise<void> {
  const company = await lockRow(tx, 'company', ctx.company.id);
  if (company?.version !== 1 || asLocale(company.locale) === locale) return;
  await tx.company.update({
    where: { id: company.id },
    data: { locale, updatedAt: ctx.now, version: { increment: 1 } },
  });
  await renamePresets(tx, { id: company.id, locale }, ctx.now);
  await recordAudit(tx, ctx, {
    action: 'company.edited',
    subjectType: 'company',
    subjectId: company.id,
    before: { locale: company.locale },
    after: { locale },
  });
}
