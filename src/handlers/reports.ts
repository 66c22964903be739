// Reports (ux §4.11): the menu, a report with what can be changed about it, the rows behind a number, and its file. What a
// button carries is a question, never an answer: the numbers are read anew within the reader's scope.

import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { EXPORT_FORMATS, requestExport } from '../domain/exports/export.service.js';
import { newId } from '../domain/ids.js';
import { parseDate } from '../domain/parse-date.js';
import { readKpis } from '../domain/reports/kpis.queries.js';
import {
  defaultQuery,
  GROUPS,
  type Group,
  PERIODS,
  periodOf,
  type ReportKind,
  type ReportPart,
  type ReportQuery,
  reportAction,
  reportPart,
  reportQuery,
  unnarrowed,
} from '../domain/reports/report.js';
import { findReportNames } from '../domain/reports/report-names.queries.js';
import { findReportRows } from '../domain/reports/rows.queries.js';
import { ACTION } from './ids.js';
import type { Doors } from './listen.js';
import { readPhrases } from './phrases.js';
import { showReceipt } from './receipts.js';
import { drawMessage, drawModal, inOrder, settingOf, shownQuery } from './report-drawing.js';
import { REPORT } from './report-ids.js';
import { readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, opensAnew, turnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import type { Message } from './views/info-view.js';
import { pagerButtons } from './views/list-views.js';
import { kpiModal } from './views/period-views.js';
import { reportRowsModal } from './views/report-rows-views.js';
import { notReadMessage, reportExportModal, reportMenu } from './views/report-views.js';

const pageValue = z.object({ q: reportQuery, part: reportPart, p: z.number().int().min(1) });
/** Looked into: a part of the report, or one of its receipts. */
const drillValue = z.union([z.object({ r: z.string() }), reportPart]);
const exportMetadata = formMetadata({ q: reportQuery });

/** Plugs in the menu and everything on a report. */
export function registerReports(doors: Doors): void {
  doors.action(ACTION.reports, (turn) => turn.reply(menu(turn)));
  // In a conversation it is an answer, which may take its time.
  doors.opens(
    /^report\.open\.[a-z]+$/,
    (turn) => openReport(turn, parseValue(reportQuery, turn.value)),
    (body) => body.view !== undefined && opensAnew(body),
  );
  doors.action(/^report\.change\.[a-z]+$/, changeReport);
  doors.opens(REPORT.drill, drill);
  doors.action(pagerButtons(REPORT.page), async (turn) => {
    const { q, p, part } = parseValue(pageValue, turn.value);
    await turn.redraw(await drawRows(turn, q, part, p));
  });
  doors.opens(REPORT.kpis, async (turn) => {
    const query = shownQuery(turn);
    const found = await readKpis(turn.ctx, query, turn.ctx.company);
    await showView(turn, kpiModal(found, query, readerOf(turn)));
  });
  doors.opens(REPORT.export, (turn) => {
    const query = shownQuery(turn);
    return showView(turn, reportExportModal(query, turn.t, newId(turn.ctx.now)));
  });
  doors.submit(REPORT.export, exportMetadata, submitExport);
}

/** `/hk-report`: the menu, or the report that was named with the day and the grouping that were typed. */
export async function answerReport(
  turn: Mover & { reply: (message: Message) => Promise<void> },
  kind: ReportKind | null,
  words: string,
): Promise<void> {
  if (kind === null) return turn.reply(menu(turn));
  const { ctx } = turn;
  const { query, unread } = typedQuery(defaultQuery(kind, ctx.today, ctx.company.baseCurrency), words, turn);
  await turn.reply(await drawMessage(turn, query));
  // Below the report, where it is read: its numbers would pass for those that were asked for.
  if (unread !== '') await turn.reply(notReadMessage(turn.t, unread));
}

const menu = (turn: Pick<Turn, 'ctx' | 't'>): Message =>
  reportMenu(readerOf(turn), turn.ctx.company.baseCurrency);

const GROUP_WORDS: Record<Group, readonly string[]> = {
  customer: ['customer', 'customers', '客户'],
  contract: ['contract', 'contracts', '合同'],
  rep: ['rep', 'reps', 'owner', 'owners', '负责人', '销售', '业务员'],
  department: ['department', 'departments', '部门'],
  type: ['type', 'types', '类型', '合同类型'],
};

const PERIOD_WORDS: Record<(typeof PERIODS)[number], readonly string[]> = {
  month: ['month', '本月'],
  last_month: ['last-month', '上月'],
  quarter: ['quarter', '本季'],
  year: ['year', '本年', '今年'],
  months12: ['12-months', '近12个月'],
};

/** Words that say nothing by themselves: by owner, as of 2026-10-31. */
const FILLERS = ['by', 'as', 'of', 'at', 'on', 'for', 'in', 'the', '按', '截至', '截止'];

/** What was typed after the report's name, in any order; `unread`: the words that meant nothing and changed nothing. */
function typedQuery(
  query: ReportQuery,
  words: string,
  { ctx }: Pick<Turn, 'ctx'>,
): { query: ReportQuery; unread: string } {
  const { meanings, unread } = readPhrases(words, (phrase) => meantBy(phrase, ctx));
  let typed = query;
  for (const meant of meanings) typed = { ...typed, ...meant };
  return { query: inOrder(typed), unread: unread.join(' ') };
}

function meantBy(words: string, { today, company }: Turn['ctx']): Partial<ReportQuery> | null {
  if (FILLERS.includes(words)) return {};
  const name = words.replace(/^按/, '');
  const by = GROUPS.find((group) => GROUP_WORDS[group].includes(name));
  if (by !== undefined) return { by };
  const currency = company.settings.currencies.find((one) => one.toLowerCase() === name);
  if (currency !== undefined) return { currency };
  if (['original', '原到期日'].includes(name)) return { due: 'original' };
  const period = PERIODS.find((one) => PERIOD_WORDS[one].includes(name.replaceAll(' ', '-')));
  if (period !== undefined) return periodOf(period, today);
  const day = parseDate(name, { today, prefer: 'past' });
  return day.ok ? { to: day.date } : null;
}

/** A report anew: an answer in a conversation, a window elsewhere. */
async function openReport(turn: ActionTurn, query: ReportQuery): Promise<void> {
  if (turn.body.view) await turnTo(turn, await drawModal(turn, query));
  else await turn.reply(await drawMessage(turn, query));
}

async function changeReport(turn: ActionTurn): Promise<void> {
  const shown = shownQuery(turn);
  const query = changed(turn, shown, turn.action.action_id.slice(REPORT.change.length + 1));
  if (turn.body.view) await turn.redraw(await drawModal(turn, query));
  else await turn.rewrite(await drawMessage(turn, query));
}

/** The question with one thing changed: a forged value is refused as any other. */
function changed({ ctx, value }: ActionTurn, shown: ReportQuery, what: string): ReportQuery {
  if (what === 'clear') return unnarrowed(shown);
  if (what === 'period') {
    const period = PERIODS.find((one) => one === value);
    return period === undefined ? shown : { ...shown, ...periodOf(period, ctx.today) };
  }
  return inOrder(parseValue(reportQuery, JSON.stringify({ ...shown, [what]: value })));
}

async function drill(turn: ActionTurn): Promise<void> {
  const asked = parseValue(drillValue, turn.value);
  if ('r' in asked) return showReceipt(turn, recordId(asked.r));
  await showView(turn, await drawRows(turn, shownQuery(turn), asked, 1));
}

async function drawRows(turn: Pick<Turn, 'ctx' | 't'>, query: ReportQuery, part: ReportPart, page: number) {
  const { ctx } = turn;
  authorize(ctx.actor, reportAction(query.kind));
  const [names, found] = await Promise.all([
    findReportNames(ctx, query),
    findReportRows(ctx, query, part, { number: page, zone: ctx.company.timezone }),
  ]);
  return reportRowsModal(query, part, found, settingOf(turn, names));
}

async function submitExport(turn: SubmitTurn<z.infer<typeof exportMetadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const format = EXPORT_FORMATS.find((one) => one === form.choice('format')) ?? 'xlsx';
  await requestExport(ctx, { list: 'report', filter: metadata.q, format });
  return { done: t('exports:started', { list: t(`reports:name.${metadata.q.kind}`) }) };
}
