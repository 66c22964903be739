// The warning that a year of holidays is missing; nothing is left to tell once it is there.
import { missingYear } from '../../domain/settings/holidays.js';
import { calendarMissing } from '../../handlers/views/settings-calendar-views.js';
import type { NoticeRenderers } from './rendered.js';

export const calendarNotices: NoticeRenderers<'calendar.missing'> = {
  async 'calendar.missing'(ctx, { year }) {
    return missingYear(ctx.company.calendar, ctx.today) === year ? calendarMissing(year, ctx.t) : null;
  },
};
