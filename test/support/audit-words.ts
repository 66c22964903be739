// What the audit trail of records holds and no window can say: actions, fields and states without words.
import type { Db } from '../../src/db/client.js';
import { changesOf } from '../../src/domain/audit-changes.js';
import { AUDIT_KINDS } from '../../src/domain/audit-story.queries.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { hasWords } from '../../src/handlers/i18n/index.js';
import { auditModal } from '../../src/handlers/views/audit-views.js';
import { reader } from './view-check.js';

/** Fields whose values are keys of ours, never what somebody typed. */
const KEYED = ['status', 'kind', 'lifecycle', 'cause', 'result', 'milestone', 'type', 'method'];
const settings = companySettings.parse({});

/** Each missing word once, by its key; empty when all is said in words. */
export async function auditWithoutWords(db: Db): Promise<string[]> {
  const rows = await db.auditLog.findMany({
    where: { subjectType: { in: [...AUDIT_KINDS, 'case'] } },
    select: { action: true, before: true, after: true },
  });
  const side = (value: unknown) => (value === null ? null : (value as Record<string, unknown>));
  const keys = rows.flatMap(({ action, before, after }) => {
    const changes = changesOf(side(before), side(after));
    return [
      `audit:do.${action}`,
      ...changes.map(({ field }) => `audit:field.${field}`),
      ...changes.filter(({ field }) => KEYED.includes(field)).flatMap((one) => rawIn(action, one)),
    ];
  });
  return [...new Set(keys)].filter((key) => !hasWords(key)).toSorted((a, b) => a.localeCompare(b));
}

/** Keys that a window would show as they are stored, as `field=key`. */
function rawIn(action: string, change: ReturnType<typeof changesOf>[number]): string[] {
  const entry = { at: new Date(0), who: null, action, seq: null, about: '', changes: [change] };
  const subject = { kind: 'contract', id: '' } as const;
  const page = { total: 1, page: 1, pages: 1, names: new Map<string, string>(), rows: new Map() };
  const story = { subject, number: '', name: '', seq: null, currency: 'CNY', entries: [entry], ...page };
  const shown = JSON.stringify(auditModal(story, settings, reader('zh-CN')).blocks);
  return [change.before, change.after].flatMap((value) =>
    typeof value === 'string' && /^[a-z_]{3,}$/.test(value) && shown.includes(value)
      ? [`${change.field}=${value}`]
      : [],
  );
}
