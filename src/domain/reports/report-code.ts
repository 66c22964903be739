// A report's question as text of at most 248 characters: what changes it (a select, a day picker) has no value of its own
// and carries it in its block_id, of which Slack takes 255. Pure.
import type { ReportQuery } from './report.js';

const IDS = ['customerId', 'contractId', 'ownerId', 'departmentId'] as const;

const shortId = (id: string | undefined): string =>
  id === undefined ? '' : Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
const longId = (text: string): string =>
  Buffer.from(text, 'base64url')
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

export function encodeQuery(query: ReportQuery): string {
  const { kind, to, from, by, due, currency, type = '', method = '' } = query;
  return [kind, to, from, by, due, currency, type, method, ...IDS.map((name) => shortId(query[name]))].join(
    '|',
  );
}

/** What the text says, unchecked: for reportQuery to judge. */
export function decodeQuery(text: string): Record<string, string> {
  const [kind = '', to = '', from = '', by = '', due = '', currency = '', type = '', method = '', ...ids] =
    text.split('|');
  const filters = Object.entries({
    type,
    method,
    ...Object.fromEntries(IDS.map((name, index) => [name, longId(ids[index] ?? '')])),
  });
  return {
    kind,
    to,
    from,
    by,
    due,
    currency,
    ...Object.fromEntries(filters.filter(([, value]) => value !== '')),
  };
}
