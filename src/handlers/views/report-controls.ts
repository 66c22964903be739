// What stands below a report: the day, the period, the grouping, what it is narrowed to, what one can look into, its file.
// Pure.
import type { ActionsBlock, Button, KnownBlock, PlainTextOption } from '@slack/types';
import { can } from '../../domain/access.js';
import { addDays, addMonths } from '../../domain/local-date.js';
import { sumOfPart } from '../../domain/reports/measures.js';
import type { ReportData } from '../../domain/reports/read-report.queries.js';
import {
  BUCKETS,
  DUE_BASES,
  GROUPS,
  isGrouped,
  isNarrowed,
  isOfPeriod,
  PERIODS,
  type Period,
  partsOf,
  periodOf,
  type ReportPart,
  type ReportQuery,
} from '../../domain/reports/report.js';
import { encodeQuery } from '../../domain/reports/report-code.js';
import { shortCustomer } from '../i18n/format.js';
import { REPORT } from '../report-ids.js';
import { groupName, type ReportWords } from './aging-views.js';
import { actions, button, option, plain, present } from './blocks.js';
import type { DocControls } from './report-doc.js';
import { partName } from './report-rows-views.js';

/** A report as its buttons carry it. */
export const queryValue = (query: ReportQuery): string => JSON.stringify(query);
/** The block_id of a report's controls: what a select or a day picker changes is not in its value. */
const CONTROLS = 'report|';
export const controlsId = (query: ReportQuery): string => `${CONTROLS}${encodeQuery(query)}`;
export const codeOfControls = (blockId: string): string =>
  blockId.startsWith(CONTROLS) ? blockId.slice(CONTROLS.length) : '';

/** What a report is drawn with beside its numbers. */
export interface ReportSetting extends ReportWords {
  readonly currencies: readonly string[];
}

/** All controls; and, for a message that would be too long, those without the single rows to look into. */
export function reportControls(data: ReportData, query: ReportQuery, setting: ReportSetting): DocControls {
  const draw = (withRows: boolean): KnownBlock[] => [
    actions(
      present<ActionsBlock['elements'][number]>(
        { type: 'datepicker', action_id: `${REPORT.change}.to`, initial_date: query.to },
        ...selects(query, setting),
        drillSelect(data, query, setting, withRows),
        ...buttons(query, setting),
      ),
      controlsId(query),
    ),
  ];
  return { all: draw(true), fewer: draw(false) };
}

function selects(query: ReportQuery, setting: ReportSetting): ActionsBlock['elements'] {
  const { t } = setting;
  const select = <V extends string>(
    what: string,
    values: readonly V[],
    words: (value: V) => string,
    chosen: string,
  ) => {
    const options = values.map((value) => option(words(value), value));
    const initial = options.find((one) => one.value === chosen);
    return {
      type: 'static_select' as const,
      action_id: `${REPORT.change}.${what}`,
      options,
      ...(initial && { initial_option: initial }),
    };
  };
  const period = PERIODS.find((one) => isPeriod(query, one, setting)) ?? '';
  return present(
    isOfPeriod(query.kind) && select('period', PERIODS, (one) => t(`reports:period.${one}`), period),
    isGrouped(query.kind) && select('by', GROUPS, (by) => t(`reports:by.${by}`), query.by),
    query.kind === 'aging' && select('due', DUE_BASES, (due) => t(`reports:due.${due}`), query.due),
    setting.currencies.length > 1 &&
      select('currency', offered(setting.currencies, query.currency), (one) => one, query.currency),
  );
}

/** Without values: the question is in the id of their block. */
function buttons(query: ReportQuery, { t, actor }: ReportSetting): Button[] {
  return present<Button>(
    button(REPORT.filter, t('reports:filter')),
    isNarrowed(query) && button(`${REPORT.change}.clear`, t('reports:filter.clear'), { value: 'clear' }),
    button(REPORT.export, t('reports:export')),
    actor && can(actor, 'report.post') && button(REPORT.post, t('reports:post')),
    isOfPeriod(query.kind) && button(REPORT.kpis, t('reports:kpis')),
  );
}

function isPeriod(query: ReportQuery, period: Period, { today }: ReportSetting): boolean {
  const { from, to } = periodOf(period, today);
  return query.from === from && query.to === to;
}

/** So many currencies are offered; others are typed after the command. */
const MAX_CURRENCIES = 10;
const offered = (currencies: readonly string[], shown: string): string[] =>
  [...new Set([shown, ...currencies])].slice(0, MAX_CURRENCIES);

/** What a choice leads to: a part of the report, or a receipt. */
const partValue = (part: ReportPart): string => JSON.stringify(part);

type Choices = readonly { readonly label: string; readonly options: readonly PlainTextOption[] }[];

/** A total, a group, a week, a month or a receipt to look into. */
function drillSelect(data: ReportData, query: ReportQuery, setting: ReportSetting, withRows: boolean) {
  const { t } = setting;
  const { totals, rows } = choicesOf(data, query, setting);
  const groups: Choices = [
    { label: t('reports:drill.totals'), options: totals },
    { label: t('reports:drill.rows'), options: withRows ? rows : [] },
  ].filter(({ options }) => options.length > 0);
  if (groups.length === 0) return null;
  return {
    type: 'static_select' as const,
    action_id: REPORT.drill,
    placeholder: plain(t('reports:drill')),
    option_groups: groups.map(({ label, options }) => ({ label: plain(label), options: [...options] })),
  };
}

function choicesOf(
  data: ReportData,
  query: ReportQuery,
  setting: ReportSetting,
): { totals: readonly PlainTextOption[]; rows: readonly PlainTextOption[] } {
  const { t, locale } = setting;
  const { totals, group } = partsOf(query.kind);
  const named = (line: { key: string; name: string }) =>
    option(shortCustomer(locale, groupName(line, query.by, setting)), partValue({ o: group, k: line.key }));
  const parts = (has: (part: ReportPart['o']) => boolean) =>
    totals.filter(has).map((part) => option(partName(part, t), partValue({ o: part })));
  if ('aging' in data) {
    const { lines, total } = data.aging;
    const filled = BUCKETS.filter((bucket) => total.buckets[bucket] !== 0n);
    const has = (part: ReportPart['o']) => filled.some((bucket) => bucket === part);
    return { totals: parts(has), rows: lines.filter((line) => line.open > 0n).map(named) };
  }
  if ('measured' in data) {
    const { total, lines } = data.measured;
    const counted = lines.filter((line) => sumOfPart(line, group) !== 0n);
    return { totals: parts((part) => sumOfPart(total, part) !== 0n), rows: counted.map(named) };
  }
  if ('risks' in data) return { totals: [], rows: data.risks.lines.map(named) };
  return { totals: [], rows: daysOf(data, query, setting) };
}

/** Weeks of the forecast and months of the trend by what falls due in them; receipts one by one. */
function daysOf(data: ReportData, query: ReportQuery, { t }: ReportSetting): PlainTextOption[] {
  if ('forecast' in data)
    return data.forecast.weeks.flatMap(({ from, to, contract }, index) =>
      contract === 0n
        ? []
        : [
            option(
              t('reports:week', { from: from.slice(5), to: to.slice(5) }),
              // What is overdue stands in the first.
              partValue({ o: 'open', ...(index > 0 && { f: from }), t: to }),
            ),
          ],
    );
  if ('months' in data)
    return data.months.flatMap(({ month, due }) => {
      const last = addDays(addMonths(month, 1), -1);
      const f = month < query.from ? query.from : month;
      const t = last > query.to ? query.to : last;
      return due === 0n ? [] : [option(month.slice(0, 7), partValue({ o: 'due', f, t }))];
    });
  return 'detail' in data
    ? data.detail.rows.map((row) =>
        option(`${row.number} ${row.customerName}`, JSON.stringify({ r: row.id })),
      )
    : [];
}
