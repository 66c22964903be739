// The Monday message, from facts as they are when it is sent.
import { localDate } from '../../domain/local-date.js';
import { readMonday } from '../../domain/reports/monday.queries.js';
import { mondayMessage } from '../../handlers/views/monday-views.js';
import { channelReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';

export const reportNotices: NoticeRenderers<'report.monday'> = {
  async 'report.monday'(ctx, { date }) {
    return mondayMessage(await readMonday(ctx, localDate(date)), channelReader(ctx));
  },
};
