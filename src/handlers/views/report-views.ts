// Reports as people meet them: the menu, a report as a message or a window with what can be changed about it, the form of
// its file (ux §4.11). Pure.
import type { ActionsBlock, KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { ReportData } from '../../domain/reports/read-report.queries.js';
import {
  BUCKETS,
  DUE_BASES,
  defaultQuery,
  GROUPS,
  isGrouped,
  isOfPeriod,
  PERIODS,
  type Period,
  periodOf,
  REPORT_KINDS,
  type ReportKind,
  type ReportQuery,
  reportAction,
} from '../../domain/reports/report.js';
import { shortCustomer } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import { agingDoc, groupName, type ReportWords } from './aging-views.js';
import { actions, button, input, modal, option, section } from './blocks.js';
import { FORMATS } from './export-views.js';
import { forecastDoc } from './forecast-views.js';
import type { Message } from './info-view.js';
import { measuredDoc } from './measured-views.js';
import { receiptsDoc, trendDoc } from './period-views.js';
import { docBlocks, docWindowBlocks, type ReportDoc } from './report-doc.js';
import { risksDoc } from './risk-views.js';
import type { RowReader } from './row-views.js';

/** A report as its buttons carry it. */
export const queryValue = (query: ReportQuery): string => JSON.stringify(query);
/** The block_id of a report's controls: what a select or a day picker changes is not in its value. */
const CONTROLS = 'report|';
export const controlsId = (query: ReportQuery): string => `${CONTROLS}${queryValue(query)}`;
export const queryOfControls = (blockId: string): string =>
  blockId.startsWith(CONTROLS) ? blockId.slice(CONTROLS.length) : '';

/** Which report: a line each with the question it answers. */
export function reportMenu({ t, today, actor }: RowReader, currency: string): Message {
  const text = t('reports:menu');
  const line = (kind: ReportKind) => {
    const name = t(`reports:name.${kind}`);
    const value = queryValue(defaultQuery(kind, today, currency));
    const label = `${t('reports:open')} ${name}`;
    const open = button(`${ACTION.reportOpen}.${kind}`, t('reports:open'), { value, label });
    return section(`*${name}*\n${t(`reports:about.${kind}`)}`, open);
  };
  const kinds = REPORT_KINDS.filter((kind) => actor && can(actor, reportAction(kind)));
  return { text, blocks: [section(text), ...kinds.map(line)] };
}

/** Any report as a document. */
export function reportDoc(data: ReportData, query: ReportQuery, words: ReportWords): ReportDoc {
  if ('aging' in data) return agingDoc(data.aging, query, words);
  if ('detail' in data) return receiptsDoc(data.detail, query, words);
  if ('forecast' in data) return forecastDoc(data.forecast, query, words);
  if ('risks' in data) return risksDoc(data.risks, query, words);
  if ('months' in data) return trendDoc(data.months, query, words);
  return measuredDoc(data.kind, data.measured, query, words);
}

/** What a report is drawn with beside its numbers. */
export interface ReportSetting extends ReportWords {
  readonly currencies: readonly string[];
}

/** A report as an answer only its reader sees. */
export function reportMessage(data: ReportData, query: ReportQuery, setting: ReportSetting): Message {
  const doc = reportDoc(data, query, setting);
  return { text: doc.title, blocks: docBlocks(doc, controls(data, query, setting)) };
}

/** A report as a window, where there is no conversation to answer in. */
export function reportModal(data: ReportData, query: ReportQuery, setting: ReportSetting): ModalView {
  const { t } = setting;
  const doc = reportDoc(data, query, setting);
  return modal({
    callbackId: VIEW.report,
    title: t(`reports:name.${query.kind}`),
    close: t('common:close'),
    blocks: docWindowBlocks(doc, controls(data, query, setting)),
  });
}

function controls(data: ReportData, query: ReportQuery, setting: ReportSetting): KnownBlock[] {
  const { t } = setting;
  const select = (
    what: string,
    values: readonly string[],
    words: (value: string) => string,
    chosen: string,
  ) => {
    const options = values.map((value) => option(words(value), value));
    const initial = options.find((one) => one.value === chosen);
    return {
      type: 'static_select' as const,
      action_id: `${ACTION.reportChange}.${what}`,
      options,
      ...(initial && { initial_option: initial }),
    };
  };
  const elements: ActionsBlock['elements'] = [
    { type: 'datepicker', action_id: `${ACTION.reportChange}.to`, initial_date: query.to },
    ...(isOfPeriod(query.kind)
      ? [
          select(
            'period',
            PERIODS,
            (period) => t(`reports:period.${period as Period}`),
            PERIODS.find((period) => isPeriod(query, period, setting)) ?? '',
          ),
        ]
      : []),
    ...(isGrouped(query.kind)
      ? [select('by', GROUPS, (by) => t(`reports:by.${by as ReportQuery['by']}`), query.by)]
      : []),
    ...(query.kind === 'aging'
      ? [select('due', DUE_BASES, (due) => t(`reports:due.${due as ReportQuery['due']}`), query.due)]
      : []),
    ...(setting.currencies.length > 1
      ? [select('currency', offered(setting.currencies, query.currency), (one) => one, query.currency)]
      : []),
    ...drillSelect(data, query, setting),
    button(ACTION.reportExport, t('reports:export'), { value: queryValue(query) }),
    ...(isOfPeriod(query.kind)
      ? [button(ACTION.reportKpis, t('reports:kpis'), { value: queryValue(query) })]
      : []),
  ];
  return [actions(elements, controlsId(query))];
}

function isPeriod(query: ReportQuery, period: Period, { today }: ReportSetting): boolean {
  const { from, to } = periodOf(period, today);
  return query.from === from && query.to === to;
}

/** So many currencies are offered; others are typed after the command. */
const MAX_CURRENCIES = 10;
const offered = (currencies: readonly string[], shown: string): string[] =>
  [...new Set([shown, ...currencies])].slice(0, MAX_CURRENCIES);

/** `b:d30` a bucket, `k:<id>` a group. */
function drillSelect(data: ReportData, query: ReportQuery, setting: ReportSetting) {
  const { t, locale } = setting;
  const total = 'aging' in data ? data.aging.total : null;
  const buckets = BUCKETS.filter((bucket) => total !== null && total.buckets[bucket] > 0n).map((bucket) =>
    option(t(`reports:bucket.${bucket}`), `b:${bucket}`),
  );
  const lines = 'aging' in data ? data.aging.lines : 'measured' in data ? data.measured.lines : [];
  const groups = lines
    .filter((line) => line.open > 0n)
    .map((line) => option(shortCustomer(locale, groupName(line, query.by, setting)), `k:${line.key}`));
  if (buckets.length + groups.length === 0) return [];
  const group = (label: string, options: typeof buckets) => ({
    label: { type: 'plain_text' as const, text: label },
    options,
  });
  return [
    {
      type: 'static_select' as const,
      action_id: ACTION.reportDrill,
      placeholder: { type: 'plain_text' as const, text: t('reports:drill') },
      option_groups: [
        ...(buckets.length > 0 ? [group(t('reports:drill.buckets'), buckets)] : []),
        ...(groups.length > 0 ? [group(t('reports:drill.rows'), groups)] : []),
      ],
    },
  ];
}

/** The form of a report's file. */
export function reportExportModal(query: ReportQuery, t: Translate, requestId: string): ModalView {
  const options = FORMATS.map((format) => option(t(`exports:format.${format}`), format));
  const [initial] = options;
  const radio = {
    type: 'radio_buttons' as const,
    action_id: 'value',
    options,
    ...(initial && { initial_option: initial }),
  };
  return modal({
    callbackId: VIEW.reportExport,
    title: t('exports:title'),
    submit: t('exports:button'),
    close: t('common:cancel'),
    metadata: JSON.stringify({ r: requestId, q: query }),
    blocks: [
      section(t('reports:export.about', { report: t(`reports:name.${query.kind}`) })),
      input('format', t('exports:format'), radio),
    ],
  });
}
