// The Monday message: last week in numbers, what is expected, who is at risk and why, and the reports behind it. Pure.
import type { Monday } from '../../domain/reports/monday.queries.js';
import { formatDate, formatMoney, shortCustomer } from '../i18n/format.js';
import { REPORT } from '../report-ids.js';
import { actions, button, context, escapeMrkdwn, fields, header, section } from './blocks.js';
import { queryValue } from './report-controls.js';
import { percentText } from './report-doc.js';
import { riskWords } from './risk-views.js';
import type { RowReader } from './row-views.js';

export function mondayMessage({ query, week, expected, risks }: Monday, reader: RowReader) {
  const { t, locale, today } = reader;
  const { currency } = query;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const title = t('reports:monday.title', {
    from: formatDate(locale, query.from, today),
    to: formatDate(locale, query.to, today),
  });
  const lines = risks.lines.map((line) => {
    const name = escapeMrkdwn(shortCustomer(locale, line.name));
    return `• *${name}* · ${money(line.open)} · ${riskWords(line, reader)}`;
  });
  const open = (kind: 'aging' | 'overdue' | 'forecast' | 'risks') =>
    button(`${REPORT.open}.${kind}`, t(`reports:name.${kind}`), {
      value: queryValue({ ...query, kind, by: 'customer' }),
    });
  const bracketed = (text: string, more: string) => t('common:bracketed', { text, more });
  const rate = (part: bigint, whole: bigint) => percentText(locale, part, whole);
  return {
    text: t('common:of_field', {
      label: title,
      text: `${t('reports:column.overdue')} ${money(week.overdue)}`,
    }),
    blocks: [
      header(title),
      fields([
        [t('reports:column.overdue'), bracketed(money(week.overdue), rate(week.overdue, week.open))],
        [t('reports:column.open'), money(week.open)],
        [t('reports:column.received'), money(week.received)],
        [t('reports:column.collection_rate'), `${rate(week.duePaid, week.due)} · ${money(week.due)}`],
        [
          t('reports:monday.expected'),
          expected === null
            ? ''
            : bracketed(money(expected.expected), `${money(expected.low)} – ${money(expected.high)}`),
        ],
        [t('reports:kpi.retention_recovery'), rate(week.retentionPaid, week.retentionDue)],
      ]),
      section(
        risks.count === 0
          ? t('reports:empty.risks')
          : `${t('reports:lead.risks', { count: risks.count, open: money(risks.open), overdue: money(risks.overdue) })}\n${lines.join('\n')}`,
      ),
      actions([open('overdue'), open('risks'), open('forecast'), open('aging')]),
      context(t('reports:note.currency', { currency })),
    ],
  };
}
