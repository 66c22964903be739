// The Monday message, a report that somebody posted, and books that do not add up, from facts as they are when it is sent.
import { type Actor, can } from '../../domain/access.js';
import { localDate } from '../../domain/local-date.js';
import { toActor } from '../../domain/members/member.queries.js';
import { readChecked } from '../../domain/reports/books.service.js';
import { readMonday } from '../../domain/reports/monday.queries.js';
import { SHOWN_ROWS } from '../../domain/reports/read-report.queries.js';
import { type ReportQuery, reportAction } from '../../domain/reports/report.js';
import { findReportNames, NO_NAMES } from '../../domain/reports/report-names.queries.js';
import { booksDiffer } from '../../handlers/views/books-views.js';
import { mondayMessage } from '../../handlers/views/monday-views.js';
import { postedReport } from '../../handlers/views/report-post-views.js';
import { channelReader } from './reader.js';
import type { NoticeRenderers, RenderCtx } from './rendered.js';

export const reportNotices: NoticeRenderers<'report.monday' | 'report.posted' | 'books.differ'> = {
  async 'books.differ'(ctx, { differences }) {
    const found = differences.map((one) => ({ ...one, amount: BigInt(one.amount) }));
    return booksDiffer(found, ctx);
  },
  async 'report.monday'(ctx, { date }) {
    return mondayMessage(await readMonday(ctx, localDate(date)), channelReader(ctx));
  },
  async 'report.posted'(ctx, { userId, query, numbers }) {
    const user = await ctx.db.user.findUnique({ where: { id: userId } });
    const actor = user && (await toActor(ctx.db, user));
    // Whoever may not any more does not.
    if (!actor || !can(actor, 'report.post') || !can(actor, reportAction(query.kind))) return null;
    const { contractTypes, paymentMethods } = ctx.company.settings;
    const words = { ...channelReader(ctx), contractTypes, paymentMethods, names: NO_NAMES };
    if (!numbers) return postedReport(actor.name, null, query, words);
    const { data, names } = await load(ctx, actor, query);
    return postedReport(actor.name, data, query, { ...words, names });
  },
};

/** In the scope of whoever posted it. */
async function load(ctx: RenderCtx, actor: Actor, query: ReportQuery) {
  const reader = { db: ctx.db, today: ctx.today, actor };
  const names = await findReportNames(reader, query);
  const data = await readChecked({ ...ctx, actor }, query, { limit: SHOWN_ROWS, company: ctx.company });
  return { data, names };
}
