// What the Monday message tells of the company: the last week, what is late, what is expected, who is at risk.
import type { SystemCtx } from '../../ctx.js';
import { addDays, type LocalDate } from '../local-date.js';
import { readerForCompany } from './company-reader.js';
import type { ForecastWeek } from './forecast.js';
import { readOutlook } from './forecast.queries.js';
import { readKpis } from './kpis.queries.js';
import type { Kpi, Measures } from './measures.js';
import { readMeasures } from './measures.queries.js';
import type { ReportQuery } from './report.js';
import { type RiskReport, readRisks } from './risks.queries.js';

export interface Monday {
  readonly query: ReportQuery;
  /** Of the last seven days. */
  readonly week: Measures;
  readonly kpis: readonly Kpi[];
  readonly expected: ForecastWeek | null;
  readonly risks: RiskReport;
}

const RISKS_TOLD = 5;

/** In the company's base currency, as of the evening before. */
export async function readMonday(ctx: SystemCtx, monday: LocalDate): Promise<Monday> {
  const { company, db, today } = ctx;
  const reader = { db, today, actor: readerForCompany(company) };
  const query: ReportQuery = {
    kind: 'progress',
    from: addDays(monday, -7),
    to: addDays(monday, -1),
    by: 'type',
    due: 'effective',
    currency: company.baseCurrency,
  };
  const measures = ['received', 'followUps'] as const;
  const asked = { sources: ['due', 'follow_ups'], measures, order: 'received', limit: 0, company } as const;
  const { total } = await readMeasures(reader, query, asked);
  const { kpis, total: standing } = await readKpis(reader, query, company);
  const { weeks } = await readOutlook(reader, query, company.timezone);
  const risks = await readRisks(reader, query, { limit: RISKS_TOLD, company });
  const week = { ...standing, received: total.received, followUps: total.followUps };
  return { query, week, kpis, expected: weeks[0] ?? null, risks };
}
