// The work calendar in the settings (日历): the work week, and a year of holidays pasted as lines; admins only (rules §7).
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { localDate } from '../domain/local-date.js';
import {
  compareHolidays,
  idleWorkdays,
  importableYears,
  missingYear,
  readHolidays,
  tooFew,
} from '../domain/settings/holidays.js';
import { fingerprintOf, importHolidays, setWorkweek } from '../domain/settings/holidays.service.js';
import { listHolidays } from '../domain/settings/settings.queries.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { type Opener, readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { withTyped } from './views/form-views.js';
import {
  calendarModal,
  HOLIDAY_TEXT_MAX,
  holidaysForm,
  workweekForm,
} from './views/settings-calendar-views.js';

const yearValue = z.object({ y: z.number().int().min(2000).max(9998) });
const version = { v: z.number().int() };
/** `p`: what the preview that is shown was made of; null before the first. */
const importMetadata = formMetadata({ ...version, ...yearValue.shape, p: z.string().nullable() });
const workweekMetadata = formMetadata(version);
type ImportTurn = SubmitTurn<z.infer<typeof importMetadata>>;

/** Plugs in the calendar. */
export function registerCalendar(doors: Doors): void {
  doors.opens(ACTION.settingsCalendar, openCalendar);
  doors.opens(ACTION.calendarWorkweek, openWorkweek);
  doors.opens(ACTION.calendarImport, openImport);
  doors.submit(VIEW.calendarWorkweek, workweekMetadata, (turn) => submitWorkweek(turn, doors));
  doors.submit(VIEW.calendarImport, importMetadata, (turn) => submitImport(turn, doors));
}

/** Opens the calendar. @throws DomainError access.denied */
export async function openCalendar(turn: Opener): Promise<void> {
  await showView(turn, await drawCalendar(turn));
}

async function drawCalendar(turn: Pick<Turn, 'ctx' | 't'>, result: string | null = null): Promise<ModalView> {
  const { ctx } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { calendar } = ctx.company;
  const years = importableYears(calendar, ctx.today);
  const [from = 0] = years;
  const facts = {
    workweek: calendar.workweek,
    coveredThrough: calendar.coveredThrough,
    missing: missingYear(calendar, ctx.today),
    years,
    days: await listHolidays(ctx, { from, to: years.at(-1) ?? from }),
  };
  return calendarModal(facts, readerOf(turn), result);
}

async function openWorkweek(turn: ActionTurn): Promise<void> {
  const { ctx, t } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { calendar, version: v } = ctx.company;
  await turn.show(workweekForm(t, calendar.workweek, JSON.stringify({ r: newId(ctx.now), v })));
}

/** What this turn was given of the company is older than what it has just saved. */
async function backToCalendar<M>(turn: SubmitTurn<M>, doors: Doors, result: string): Promise<Outcome> {
  const ctx = await doors.contexts.of(turn.client, turn.ctx.actor.slackUserId);
  return returnTo(turn, true, await drawCalendar({ ...turn, ctx }, result));
}

async function submitWorkweek(
  turn: SubmitTurn<z.infer<typeof workweekMetadata>>,
  doors: Doors,
): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  await setWorkweek(ctx, metadata.v, form.choices('workweek').map(Number));
  return backToCalendar(turn, doors, t('calendar:workweek_saved'));
}

/** The form of a year; without one, of the year that is missing, else the next. */
async function openImport(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { calendar, version: v } = ctx.company;
  const years = importableYears(calendar, ctx.today);
  const next = missingYear(calendar, ctx.today) ?? years.at(-1) ?? 0;
  const year = turn.value === '' ? next : parseValue(yearValue, turn.value).y;
  if (!years.includes(year)) throw new DomainError('calendar.year', { year: years.at(-1) ?? year });
  const days = (await listHolidays(ctx, { from: year, to: year })).filter(
    (day) => day.date >= localDate(`${year}-01-01`),
  );
  const metadata = JSON.stringify({ r: newId(ctx.now), v, y: year, p: null });
  await turn.show(holidaysForm({ year, days, preview: null }, metadata, readerOf(turn)));
}

/** Shows first what would be replaced by what; the same text sent again is imported. */
async function submitImport(turn: ImportTurn, doors: Doors): Promise<Outcome> {
  const { ctx, t, form, metadata, view } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { y: year } = metadata;
  const text = form.requiredText('days', { max: HOLIDAY_TEXT_MAX });
  form.check();
  const shown = fingerprintOf(text);
  if (metadata.p === shown) {
    const counts = await importHolidays(ctx, { version: metadata.v, year, text });
    return backToCalendar(turn, doors, t('calendar:imported', { year, ...counts }));
  }
  const { days, problem } = readHolidays(text, year);
  if (problem !== null) throw new DomainError('calendar.line', problem, 'days');
  const before = await listHolidays(ctx, { from: year, to: year });
  const preview = {
    change: compareHolidays(before, days, year),
    idle: idleWorkdays(days, ctx.company.calendar.workweek),
    few: tooFew(days),
  };
  const next = holidaysForm(
    { year, days, preview },
    JSON.stringify({ ...metadata, p: shown }),
    readerOf(turn),
  );
  return { update: withTyped(next, view.state.values) };
}
