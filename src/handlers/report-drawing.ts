// A report read within its reader's scope and drawn as a message or a window; what its buttons carry is a question, never
// an answer.
import type { ModalView } from '@slack/types';
import { readChecked } from '../domain/reports/books.service.js';
import { SHOWN_ROWS, WINDOW_ROWS } from '../domain/reports/read-report.queries.js';
import { periodOf, type ReportQuery, reportQuery } from '../domain/reports/report.js';
import { decodeQuery } from '../domain/reports/report-code.js';
import { findReportNames, type ReportNames } from '../domain/reports/report-names.queries.js';
import { readerOf } from './show-view.js';
import { type ActionTurn, parseValue, type Turn } from './turns.js';
import type { Message } from './views/info-view.js';
import { codeOfControls, type ReportSetting } from './views/report-controls.js';
import { reportMessage, reportModal } from './views/report-views.js';

type Room = Pick<Turn, 'ctx' | 't'>;

/** What a report is drawn with beside its numbers. */
export function settingOf(turn: Room, names: ReportNames): ReportSetting {
  const { contractTypes, currencies, paymentMethods } = turn.ctx.company.settings;
  return { ...readerOf(turn), contractTypes, currencies, paymentMethods, names };
}

/** @throws DomainError not_found for a filter outside the reader's scope, role.missing, access.denied */
async function load(turn: Room, query: ReportQuery, limit: number) {
  const { ctx } = turn;
  const [names, data] = await Promise.all([
    findReportNames(ctx, query),
    readChecked(ctx, query, { limit, company: ctx.company }),
  ]);
  return { data, setting: settingOf(turn, names) };
}

/** A report as an answer in a conversation. */
export async function drawMessage(turn: Room, query: ReportQuery): Promise<Message> {
  const { data, setting } = await load(turn, query, SHOWN_ROWS);
  return reportMessage(data, query, setting);
}

/** A report as a window, which has more rows and turns their pages. */
export async function drawModal(turn: Room, query: ReportQuery): Promise<ModalView> {
  const { data, setting } = await load(turn, query, WINDOW_ROWS);
  return reportModal(data, query, setting);
}

/** The question that the controls beside a click carry. @throws DomainError not_found for none of ours */
export const shownQuery = ({ action }: ActionTurn): ReportQuery =>
  parseValue(reportQuery, JSON.stringify(decodeQuery(codeOfControls(action.block_id))));

/** A period that would end before it begins begins with its last month. */
export const inOrder = (query: ReportQuery): ReportQuery =>
  query.from <= query.to ? query : { ...query, from: periodOf('month', query.to).from };
