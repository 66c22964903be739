// Customers at risk as a document: who, how much, and why in words. Pure.
import type { ReportQuery } from '../../domain/reports/report.js';
import type { RiskReport, RiskyCustomer } from '../../domain/reports/risks.queries.js';
import { formatDate, formatMoney, shortCustomer } from '../i18n/format.js';
import { escapeMrkdwn } from './blocks.js';
import { type Doc, moneyCell, percentText, textCell } from './report-doc.js';
import type { RowReader } from './row-views.js';

/** 逾期最久 72 天；承诺未兑现 2 次 */
export const riskWords = ({ risks }: Pick<RiskyCustomer, 'risks'>, { t }: Pick<RowReader, 't'>): string =>
  risks
    .map(({ reason, value }) => t(`reports:risk.${reason}`, { count: value }))
    .join(t('reports:risk.join'));

export function risksDoc(report: RiskReport, query: ReportQuery, reader: RowReader): Doc {
  const { t, locale, today } = reader;
  const { currency } = query;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const cell = (minor: bigint) => moneyCell(locale, minor, currency);
  const { lines, count } = report;
  const shown = { open: 0n, overdue: 0n };
  for (const line of lines) {
    shown.open += line.open;
    shown.overdue += line.overdue;
  }
  return {
    title: t('reports:heading.day', {
      name: t('reports:name.risks'),
      date: formatDate(locale, query.to, today),
    }),
    lead:
      count === 0
        ? [t('reports:empty.risks')]
        : [
            t('reports:lead.risks', { count, open: money(report.open), overdue: money(report.overdue) }),
            ...lines
              .slice(0, 3)
              .map(
                (line) =>
                  `• *${escapeMrkdwn(shortCustomer(locale, line.name))}* · ${riskWords(line, reader)}`,
              ),
          ],
    columns: [
      { name: t('reports:group.customer') },
      { name: t('reports:column.open'), numeric: true },
      { name: t('reports:column.overdue'), numeric: true },
      { name: t('reports:column.overdue_rate'), numeric: true },
      { name: t('reports:column.reasons') },
    ],
    rows: lines.map((line) => [
      textCell(line.name),
      cell(line.open),
      cell(line.overdue),
      textCell(percentText(locale, line.overdue, line.open)),
      { ...textCell(riskWords(line, reader)), whole: true },
    ]),
    foot: [
      ...(count > lines.length
        ? [
            [
              textCell(t('reports:others', { count: count - lines.length })),
              cell(report.open - shown.open),
              cell(report.overdue - shown.overdue),
              textCell(''),
              textCell(''),
            ],
          ]
        : []),
      [
        textCell(t('reports:total')),
        cell(report.open),
        cell(report.overdue),
        textCell(percentText(locale, report.overdue, report.open)),
        textCell(''),
      ],
    ],
    chart: null,
    notes: [t('reports:note.risks'), t('reports:note.currency', { currency })],
  };
}
