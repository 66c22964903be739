// All KPIs of a period (rules §9, F91), for the reader's scope and one currency.
import type { ReadCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { queryWide } from '../../db/wide-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { addDays, addMonths, diffDays } from '../local-date.js';
import { type Kpi, kpisOf, type Measures } from './measures.js';
import { readMeasures } from './measures.queries.js';
import { readReminderEffect, type StepEffect } from './reminder-effect.queries.js';
import type { ReportCompany, ReportQuery } from './report.js';
import { settledSql } from './settled.queries.js';
import { rowsInScope, standingSql } from './standing.queries.js';

/** What KPIs are made of, here and in the Monday message. */
const OF_KPIS = [
  ...([
    'open',
    'openCount',
    'overdue',
    'overdueCount',
    'current',
    'due',
    'duePaid',
    'judged',
    'onTime',
  ] as const),
  ...(['retentionDue', 'retentionPaid', 'contracted', 'collected', 'promisesDue', 'promisesKept'] as const),
];

/** With the measures that they are made of. @throws DomainError role.missing, access.denied */
export async function readKpis(
  ctx: ReadCtx,
  query: ReportQuery,
  company: ReportCompany,
): Promise<{ kpis: readonly Kpi[]; total: Measures; steps: readonly StepEffect[] }> {
  authorize(ctx.actor, 'record.see');
  const asked = {
    sources: ['standing', 'due', 'contracts', 'promises'],
    measures: OF_KPIS,
    order: 'open',
    limit: 0,
    company,
  } as const;
  const before = { ...query, to: addDays(query.from, -1) };
  const [{ total }, [begin], steps, year] = await Promise.all([
    readMeasures(ctx, query, asked),
    queryWide<{ open: bigint }>(
      ctx.db,
      Prisma.sql`${PLANNED_ANEW}
      SELECT COALESCE(SUM(s.outstanding), 0)::bigint AS open FROM ${standingSql(ctx, before, 'all')} s`,
    ),
    readReminderEffect(ctx, query),
    readLateness(ctx, query),
  ]);
  const effect = steps.reduce(
    (sum, { reminded, paid }) => ({ reminded: sum.reminded + reminded, paid: sum.paid + paid }),
    { reminded: 0n, paid: 0n },
  );
  const days = diffDays(query.to, query.from) + 1;
  const kpis = kpisOf(total, { days, begin: begin?.open ?? 0n, year, effect });
  return { kpis, total, steps };
}

/** How late what was settled in the twelve months until the end was. */
async function readLateness(
  ctx: ReadCtx,
  query: ReportQuery,
): Promise<Pick<Measures, 'lateDays' | 'lateAmount'>> {
  const from = addDays(addMonths(query.to, -12), 1);
  const [year] = await queryWide<Pick<Measures, 'lateDays' | 'lateAmount'>>(
    ctx.db,
    Prisma.sql`${PLANNED_ANEW}
    SELECT COALESCE(SUM(GREATEST(0, s.last_on - s.effective_due) * s.amount), 0)::bigint AS "lateDays",
      COALESCE(SUM(s.amount), 0)::bigint AS "lateAmount"
    FROM ${settledSql(from, query.to, rowsInScope(ctx, query))} s`,
  );
  return year ?? { lateDays: 0n, lateAmount: 0n };
}
