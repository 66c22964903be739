// Reports as people meet them: the menu, a report as a message or a window with what can be changed about it, the form of
// its file (ux §4.11). Pure.
import type { ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { ExportFormat } from '../../domain/exports/export.service.js';
import type { ReportData } from '../../domain/reports/read-report.queries.js';
import {
  defaultQuery,
  REPORT_KINDS,
  type ReportKind,
  type ReportQuery,
  reportAction,
} from '../../domain/reports/report.js';
import { checkOf, differenceOf } from '../../domain/reports/report-check.js';
import { formatMoney, truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { REPORT } from '../report-ids.js';
import { agingDoc, agingRows, type ReportWords } from './aging-views.js';
import { button, escapeMrkdwn, input, modal, option, section } from './blocks.js';
import { FORMATS } from './export-views.js';
import { forecastDoc } from './forecast-views.js';
import type { Message } from './info-view.js';
import { measuredDoc, measuredRows } from './measured-views.js';
import { receiptRows, receiptsDoc, trendDoc } from './period-views.js';
import { queryValue, type ReportSetting, reportControls } from './report-controls.js';
import { type Doc, type DocCell, docBlocks, docWindowBlocks, type ReportDoc } from './report-doc.js';
import { filterLine } from './report-filter-views.js';
import { risksDoc } from './risk-views.js';
import type { RowReader } from './row-views.js';

/** Which report: a line each with the question it answers. */
export function reportMenu({ t, today, actor }: RowReader, currency: string): Message {
  const text = t('reports:menu');
  const line = (kind: ReportKind) => {
    const name = t(`reports:name.${kind}`);
    const value = queryValue(defaultQuery(kind, today, currency));
    const label = `${t('reports:open')} ${name}`;
    const open = button(`${REPORT.open}.${kind}`, t('reports:open'), { value, label });
    return section(`*${name}*\n${t(`reports:about.${kind}`)}`, open);
  };
  const kinds = REPORT_KINDS.filter((kind) => actor && can(actor, reportAction(kind)));
  return { text, blocks: [section(text), ...kinds.map(line)] };
}

/** Words after the report's name that meant nothing: its numbers are not those that were asked for. */
export function notReadMessage(t: Translate, words: string): Message {
  const text = `⚠️ ${t('reports:not_read', { words: truncate(words, 80) })}`;
  return { text, blocks: [section(escapeMrkdwn(text))] };
}

/** Any report as a document. */
export function reportDoc(data: ReportData, query: ReportQuery, words: ReportWords): ReportDoc {
  return {
    ...docOf(data, query, words),
    check: checkWords(data, query, words),
    filter: filterLine(query, words),
  };
}

/** 核对：未到期 + 逾期 = 未收。 What does not add up is not to be used. */
function checkWords(data: ReportData, { currency }: ReportQuery, { t, locale }: ReportWords): string {
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const check = checkOf(data);
  const { of, parts, whole } = check;
  const difference = differenceOf(check);
  if (difference !== 0n) return `⚠️ ${t(`reports:differs.${of}`, { difference: money(difference) })}`;
  const [first = '', second = '', third = ''] = parts.map(money);
  return t(`reports:check.${of}`, { first, second, third, whole: money(whole) });
}

function docOf(data: ReportData, query: ReportQuery, words: ReportWords): Doc {
  if ('aging' in data) return agingDoc(data.aging, query, words);
  if ('detail' in data) return receiptsDoc(data.detail, query, words);
  if ('forecast' in data) return forecastDoc(data.forecast, query, words);
  if ('risks' in data) return risksDoc(data.risks, query, words);
  if ('months' in data) return trendDoc(data.months, query, words);
  return measuredDoc(data.kind, data.measured, query, words);
}

/** The rows of reportDoc alone, as they are asked for: a file has very many, and one head. */
export function reportRows(
  data: ReportData,
  query: ReportQuery,
  words: ReportWords,
): Iterable<readonly DocCell[]> {
  if ('aging' in data) return agingRows(data.aging.lines, query, words);
  if ('measured' in data) return measuredRows(data.kind, data.measured.lines, query, words);
  if ('detail' in data) return receiptRows(data.detail.rows, query, words);
  return docOf(data, query, words).rows;
}

/** A report as an answer only its reader sees. */
export function reportMessage(data: ReportData, query: ReportQuery, setting: ReportSetting): Message {
  const doc = reportDoc(data, query, setting);
  return { text: doc.title, blocks: docBlocks(doc, reportControls(data, query, setting)) };
}

/** A report as a window, where there is no conversation to answer in. */
export function reportModal(data: ReportData, query: ReportQuery, setting: ReportSetting): ModalView {
  const { t } = setting;
  const doc = reportDoc(data, query, setting);
  return modal({
    callbackId: REPORT.window,
    title: t(`reports:name.${query.kind}`),
    close: t('common:close'),
    blocks: docWindowBlocks(doc, reportControls(data, query, setting).all),
  });
}

const REPORT_FORMATS = [...FORMATS, 'pdf', 'png'] as const satisfies readonly ExportFormat[];
/** Reports whose rows are not to be compared have no chart. */
const hasChart = (kind: ReportKind): boolean => kind !== 'receipts' && kind !== 'risks';

/** The form of a report's file. */
export function reportExportModal(query: ReportQuery, t: Translate, requestId: string): ModalView {
  const formats = REPORT_FORMATS.filter((format) => format !== 'png' || hasChart(query.kind));
  const options = formats.map((format) => option(t(`exports:format.${format}`), format));
  const [initial] = options;
  const radio = {
    type: 'radio_buttons' as const,
    action_id: 'value',
    options,
    ...(initial && { initial_option: initial }),
  };
  return modal({
    callbackId: REPORT.export,
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
