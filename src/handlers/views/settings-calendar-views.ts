// The work calendar in the settings: what is known, the form of a year with its preview, the work week, and the warning
// that a year is missing (rules §7). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { LocalDate } from '../../domain/local-date.js';
import {
  type Holiday,
  type HolidayChange,
  type HolidayRun,
  isNamed,
  runsOf,
} from '../../domain/settings/holidays.js';
import { formatDate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import {
  actions,
  alert,
  button,
  context,
  escapeMrkdwn,
  input,
  modal,
  option,
  present,
  section,
  textInput,
} from './blocks.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

/** Slack's own limit of a text input; a year takes about a third. */
export const HOLIDAY_TEXT_MAX = 3000;
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
/** Runs that a preview names; a year has about 14. */
const SHOWN_RUNS = 30;

export interface CalendarFacts {
  readonly workweek: readonly number[];
  readonly coveredThrough: LocalDate | null;
  /** The year that should be known by now and is not. */
  readonly missing: number | null;
  /** This year to the first that may be imported. */
  readonly years: readonly number[];
  readonly days: readonly Holiday[];
}

const weekdayName = (t: Translate, day: number): string => t(`calendar:weekday.${WEEKDAYS[day - 1] ?? 1}`);

/** Monday, Tuesday … as the company works them. */
export const workweekWords = (t: Translate, workweek: readonly number[]): string =>
  workweek
    .toSorted((one, other) => one - other)
    .map((day) => weekdayName(t, day))
    .join(t('common:comma'));

/** How far the holidays are known. */
export function coverageWords({ t, locale, today }: RowReader, coveredThrough: LocalDate | null): string {
  return coveredThrough === null
    ? t('calendar:none')
    : t('calendar:known', { date: formatDate(locale, coveredThrough, today) });
}

/** The work week, and each year with its days and the way to replace it. */
export function calendarModal(facts: CalendarFacts, reader: RowReader, result: string | null): ModalView {
  const { t } = reader;
  const missing = facts.missing === null ? null : t('calendar:missing', { year: facts.missing });
  const years = facts.years.map((year) => {
    const days = facts.days.filter((day) => day.date.startsWith(`${year}-`));
    const isKnown = facts.coveredThrough !== null && facts.coveredThrough >= `${year}-12-31`;
    const value = isKnown ? countWords(t, days) : t('calendar:not_imported', { year });
    return section(
      `*${year}*\n${value}`,
      button(ACTION.calendarImport, t(isKnown ? 'settings:edit' : 'calendar:import'), {
        value: JSON.stringify({ y: year }),
        label: `${t(isKnown ? 'settings:edit' : 'calendar:import')} ${year}`,
        ...(year === facts.missing && { style: 'primary' as const }),
      }),
    );
  });
  return modal({
    callbackId: VIEW.settingsCalendar,
    title: t('calendar:title'),
    close: t('common:close'),
    blocks: present<KnownBlock>(
      result === null ? null : context(escapeMrkdwn(result)),
      missing === null ? null : alert(missing),
      section(
        `*${t('calendar:workweek')}*\n${workweekWords(t, facts.workweek)}`,
        button(ACTION.calendarWorkweek, t('settings:edit'), {
          label: `${t('settings:edit')} ${t('calendar:workweek')}`,
        }),
      ),
      ...years,
      context(coverageWords(reader, facts.coveredThrough)),
    ),
  });
}

const countWords = (t: Translate, days: readonly Holiday[]): string =>
  t('calendar:counts', {
    off: days.filter((day) => !day.isWorkday).length,
    worked: days.filter((day) => day.isWorkday).length,
  });

/** Which days of the week are worked. */
export function workweekForm(t: Translate, workweek: readonly number[], metadata: string): ModalView {
  const boxes = WEEKDAYS.map((day) => option(weekdayName(t, day), String(day)));
  const chosen = boxes.filter((_, index) => workweek.includes(index + 1));
  return modal({
    callbackId: VIEW.calendarWorkweek,
    title: t('calendar:workweek'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      input(
        'workweek',
        t('calendar:workweek'),
        {
          type: 'checkboxes',
          action_id: 'value',
          options: boxes,
          ...(chosen.length > 0 && { initial_options: chosen }),
        },
        { optional: true, hint: t('calendar:workweek_hint') },
      ),
    ],
  });
}

/** What would become of the year's days; null before it was asked for. */
export interface HolidayPreview {
  readonly change: HolidayChange;
  /** Worked in lieu on days that are worked anyway. */
  readonly idle: readonly Holiday[];
  /** Days off, where they are too few for a year; else null. */
  readonly few: number | null;
}

/** A year as lines; once they are read, what they mean stands below, and the same form imports them. */
export function holidaysForm(
  facts: { year: number; days: readonly Holiday[]; preview: HolidayPreview | null },
  metadata: string,
  reader: RowReader,
): ModalView {
  const { t } = reader;
  const { year, days, preview } = facts;
  return modal({
    callbackId: VIEW.calendarImport,
    title: t('calendar:year_title', { year }),
    submit: preview === null ? t('calendar:preview') : t('calendar:import_days', { count: days.length }),
    close: t('common:cancel'),
    metadata,
    blocks: [
      context(t('calendar:replaces', { year })),
      input(
        'days',
        t('calendar:days'),
        textInput({
          multiline: true,
          initial: runsOf(days)
            .map((run) => lineOf(run, t))
            .join('\n'),
          maxLength: HOLIDAY_TEXT_MAX,
        }),
        { hint: t('calendar:days_hint', { year }) },
      ),
      ...(preview === null ? [] : previewBlocks(facts.year, days, preview, reader)),
    ],
  });
}

const lineOf = ({ from, to, isWorkday, name }: HolidayRun, t: Translate): string =>
  [from === to ? from : `${from}~${to}`, ...(isWorkday ? [t('calendar:worked')] : []), name].join(' ').trim();

function previewBlocks(
  year: number,
  days: readonly Holiday[],
  { change, idle, few }: HolidayPreview,
  reader: RowReader,
): KnownBlock[] {
  const { t, locale, today } = reader;
  const day = (date: LocalDate) => formatDate(locale, date, today);
  const runs = runsOf(days);
  const lines = runs.slice(0, SHOWN_RUNS).map((run) => {
    const when =
      run.from === run.to ? day(run.from) : t('calendar:run', { from: day(run.from), to: day(run.to) });
    const what = t(run.isWorkday ? 'calendar:worked' : 'calendar:off');
    return `${when} · ${[what, ...(isNamed(run.name) ? [escapeMrkdwn(run.name)] : [])].join(' ')}`;
  });
  const more = runs.length - lines.length;
  const dates = (list: readonly Holiday[]) =>
    list
      .slice(0, 5)
      .map((one) => day(one.date))
      .join(t('common:comma')) + (list.length > 5 ? '…' : '');
  return present<KnownBlock>(
    section(
      [`*${countWords(t, days)}*`, ...lines, ...(more > 0 ? [t('calendar:more', { count: more })] : [])].join(
        '\n',
      ),
    ),
    section(
      t('calendar:change', {
        added: change.added,
        changed: change.changed,
        removed: change.removed.length,
      }),
    ),
    change.removed.length > 0 &&
      context(`⚠️ ${t('calendar:removed', { year, dates: dates(change.removed) })}`),
    few !== null && context(`⚠️ ${t('calendar:few', { year, count: few })}`),
    idle.length > 0 && context(`⚠️ ${t('calendar:idle', { dates: dates(idle) })}`),
  );
}

/** To an admin: which year is missing, and the way to bring it. */
export function calendarMissing(year: number, t: Translate): Message & { blocks: KnownBlock[] } {
  const text = t('calendar:missing', { year });
  return {
    text,
    blocks: [
      section(`⚠️ ${text}`),
      actions([
        button(ACTION.calendarImport, t('calendar:import'), {
          value: JSON.stringify({ y: year }),
          style: 'primary',
        }),
      ]),
    ],
  };
}
