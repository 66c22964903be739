// Any report from its query: what windows, messages and files are drawn from.
import type { ReadCtx } from '../../ctx.js';
import { authorize } from '../access.js';
import { type Aging, readAging } from './aging.queries.js';
import type { ReportQuery } from './report.js';

export type ReportData = { readonly kind: 'aging'; readonly aging: Aging };

/** Rows of a report that a message shows; the rest is one line. */
export const SHOWN_ROWS = 10;

/** @throws DomainError role.missing, access.denied */
export async function readReport(ctx: ReadCtx, query: ReportQuery, limit = SHOWN_ROWS): Promise<ReportData> {
  authorize(ctx.actor, 'record.see');
  return { kind: 'aging', aging: await readAging(ctx, query, limit) };
}
