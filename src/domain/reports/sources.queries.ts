// Where the measures of reports come from: each source reads its facts once, for whatever group is asked, within the
// reader's scope and one currency (rules §9). Text of queries; amounts in minor units. Rates are measures.ts's.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { ANY_PART } from '../plans/instalment-search.queries.js';
import { MONEY_KEYS, STANDING_KEYS } from './groups.queries.js';
import type { Measure } from './measures.js';
import type { ReportQuery } from './report.js';
import { countedAt, creditSql, paidSql, rowsInScope, standingSql } from './standing.queries.js';

export const SOURCES = ['standing', 'due', 'contracts', 'credit', 'holds', 'promises', 'follow_ups'] as const;
export type Source = (typeof SOURCES)[number];

/** Rows of a source: their group, and what is summed of them for each measure. */
export interface SourceSql {
  /** With what the group's key needs. */
  readonly from: Prisma.Sql;
  readonly key: Prisma.Sql;
  readonly sums: { readonly [M in Measure]?: Prisma.Sql };
}

/** `zone`: in which a moment is a day. */
type Read = (ctx: ReadCtx, query: ReportQuery, zone: string) => SourceSql;

const IN_FORCE = Prisma.raw(`('open', 'settled', 'written_off')`);
/** What counts today, in the words of an index. */
const EFFECTIVE = Prisma.raw(`a.status = 'effective'`);

/** A table expression `s` with contract_id, customer_id and owner_id, and what is summed of it. */
const grouped = ({ by }: ReportQuery, table: Prisma.Sql, sums: SourceSql['sums']): SourceSql => {
  const { key, join } = STANDING_KEYS[by];
  return { from: Prisma.sql`${table} s ${join}`, key, sums };
};

/**
 * What was paid on each row until the end of a day. Of today the rows say it themselves: what is not outstanding and was
 * not written off; of earlier days the money that counted then is added up.
 */
function collectedSql(ctx: ReadCtx, query: ReportQuery): Prisma.Sql {
  const mine = rowsInScope(ctx, query);
  if (query.to < ctx.today)
    return Prisma.sql`
      SELECT i.contract_id, i.customer_id, i.owner_id, 0, a.amount
      FROM allocation a JOIN instalment i ON i.id = a.instalment_id WHERE ${countedAt(query.to)} AND ${mine}`;
  return Prisma.sql`
    SELECT i.contract_id, i.customer_id, i.owner_id, 0, i.amount - i.outstanding
    FROM instalment i WHERE ${ANY_PART} AND i.lifecycle IN ${IN_FORCE} AND i.outstanding < i.amount AND ${mine}
    UNION ALL
    SELECT i.contract_id, i.customer_id, i.owner_id, 0, -d.amount
    FROM adjustment d JOIN instalment i ON i.id = d.instalment_id
    WHERE d.effective_on <= ${query.to}::date AND i.lifecycle IN ${IN_FORCE} AND ${mine}`;
}

/**
 * Rows that fell due or that money was applied to in the period: received (in it), last_on (the last day of that), paid (of
 * all until the end), small (differences written off), and whether the row fell due in the period. Of today the rows say
 * themselves what is paid.
 */
function fallenSql(ctx: ReadCtx, query: ReportQuery): Prisma.Sql {
  const { from, to } = query;
  const isNow = to >= ctx.today;
  const mine = rowsInScope(ctx, query);
  const inPeriod = Prisma.sql`i.effective_due BETWEEN ${from}::date AND ${to}::date`;
  const row = Prisma.sql`i.id, i.contract_id, i.customer_id, i.owner_id, i.amount, i.outstanding, i.effective_due, i.is_retention,
      m.received, m.last_on`;
  // Two questions, not one with OR: each is answered by an index of its own.
  const base = Prisma.sql`
    SELECT ${row}, TRUE AS fell, TRUE AS dated FROM instalment i LEFT JOIN money m ON m.id = i.id
    WHERE ${ANY_PART} AND i.lifecycle IN ${IN_FORCE} AND ${inPeriod} AND ${mine}
    UNION ALL
    SELECT ${row}, FALSE, i.lifecycle IN ${IN_FORCE} AND i.effective_due IS NOT NULL FROM money m JOIN instalment i ON i.id = m.id
    WHERE ${ANY_PART} AND (${inPeriod} AND i.lifecycle IN ${IN_FORCE}) IS NOT TRUE AND ${mine}`;
  const money = Prisma.sql`
    SELECT a.instalment_id AS id, SUM(a.amount) AS received, MAX(a.effective_on) AS last_on FROM allocation a
    WHERE a.effective_on BETWEEN ${from}::date AND ${to}::date AND ${isNow ? EFFECTIVE : countedAt(to)} GROUP BY 1`;
  const paid = isNow
    ? Prisma.sql`
      SELECT b.*, b.amount - b.outstanding - COALESCE(w.adjusted, 0) AS paid, COALESCE(w.small, 0) AS small
      FROM (${base}) b LEFT JOIN (
        SELECT d.instalment_id, SUM(d.amount) AS adjusted,
          COALESCE(SUM(d.amount) FILTER (WHERE d.kind = 'small_difference'), 0) AS small
        FROM adjustment d WHERE d.effective_on <= ${to}::date GROUP BY 1) w ON w.instalment_id = b.id`
    : Prisma.sql`
      SELECT b.*, COALESCE(p.paid, 0) AS paid, COALESCE(p.small, 0) AS small
      FROM base b LEFT JOIN ${paidSql(Prisma.sql`SELECT id FROM base`, to)} p ON p.id = b.id`;
  const ctes = isNow ? Prisma.empty : Prisma.sql`, base AS MATERIALIZED (${base})`;
  // Money until the end that is not of the period came before it: before its due date, where that is in the period.
  return Prisma.sql`(
    WITH money AS NOT MATERIALIZED (${money})${ctes}
    SELECT x.*, x.dated AND x.paid + x.small >= x.amount AND x.last_on IS NOT NULL AS settled,
      x.paid + x.small >= x.amount AND (x.last_on <= x.effective_due OR (x.last_on IS NULL AND x.paid > 0)) AS on_time
    FROM (${paid}) x)`;
}

export const READ: { readonly [S in Source]: Read } = {
  standing: (ctx, query) => {
    const late = Prisma.sql`s.effective_due < ${query.to}::date`;
    const days = Prisma.sql`(${query.to}::date - s.effective_due)`;
    return grouped(query, standingSql(ctx, query), {
      open: Prisma.sql`SUM(s.outstanding)`,
      openCount: Prisma.sql`COUNT(*)`,
      overdue: Prisma.sql`SUM(s.outstanding) FILTER (WHERE ${late})`,
      overdueCount: Prisma.sql`COUNT(*) FILTER (WHERE ${late})`,
      overdueDays: Prisma.sql`SUM(s.outstanding * ${days}) FILTER (WHERE ${late})`,
      oldest: Prisma.sql`MAX(${days}) FILTER (WHERE ${late})`,
      retention: Prisma.sql`SUM(s.outstanding) FILTER (WHERE s.is_retention)`,
      current: Prisma.sql`SUM(s.outstanding) FILTER (WHERE s.effective_due >= ${query.to}::date OR s.effective_due IS NULL)`,
    });
  },
  due: (ctx, query) =>
    grouped(query, fallenSql(ctx, query), {
      due: Prisma.sql`SUM(s.amount) FILTER (WHERE s.fell)`,
      duePaid: Prisma.sql`SUM(s.paid) FILTER (WHERE s.fell)`,
      dueCount: Prisma.sql`COUNT(*) FILTER (WHERE s.fell)`,
      judged: Prisma.sql`COUNT(*) FILTER (WHERE s.fell OR s.settled)`,
      onTime: Prisma.sql`COUNT(*) FILTER (WHERE (s.fell OR s.settled) AND s.on_time)`,
      settled: Prisma.sql`COUNT(*) FILTER (WHERE s.settled)`,
      lateDays: Prisma.sql`SUM(GREATEST(0, s.last_on - s.effective_due) * s.amount) FILTER (WHERE s.settled)`,
      lateAmount: Prisma.sql`SUM(s.amount) FILTER (WHERE s.settled)`,
      retentionDue: Prisma.sql`SUM(s.amount) FILTER (WHERE s.fell AND s.is_retention)`,
      retentionPaid: Prisma.sql`SUM(s.paid) FILTER (WHERE s.fell AND s.is_retention)`,
      received: Prisma.sql`SUM(s.received)`,
    }),
  contracts: (ctx, query) =>
    grouped(
      query,
      Prisma.sql`(
        SELECT i.contract_id, i.customer_id, i.owner_id, i.amount AS contracted, 0 AS collected
        FROM (SELECT c.*, c.id AS contract_id FROM contract c) i
        WHERE i.status IN ('active', 'completed', 'archived') AND i.deleted_at IS NULL AND ${rowsInScope(ctx, query)}
        UNION ALL ${collectedSql(ctx, query)})`,
      { contracted: Prisma.sql`SUM(s.contracted)`, collected: Prisma.sql`SUM(s.collected)` },
    ),
  credit: (ctx, query) => {
    const { key, join } = MONEY_KEYS[query.by];
    const sums = { credit: Prisma.sql`SUM(r.credit)` };
    return { from: Prisma.sql`${creditSql(ctx, query)} r ${join}`, key, sums };
  },
  // As they are now, whatever day is asked: what is agreed or disputed has no history of its own.
  holds: (ctx, query, zone) =>
    grouped(
      query,
      Prisma.sql`(
        SELECT i.* FROM instalment i WHERE i.lifecycle = 'open' AND i.outstanding > 0
          AND (i.disputed OR i.promised_on IS NOT NULL OR i.broken_on IS NOT NULL OR i.effective_due < ${ctx.today}::date)
          AND ${rowsInScope(ctx, query)})`,
      {
        disputed: Prisma.sql`SUM(s.outstanding) FILTER (WHERE s.disputed)`,
        // Of a promise what is not in yet.
        promised: Prisma.sql`SUM(GREATEST(0, s.outstanding - s.promised_left)) FILTER (WHERE s.promised_on >= ${ctx.today}::date)`,
        broken: Prisma.sql`COUNT(*) FILTER (WHERE s.broken_on IS NOT NULL)`,
        silent: Prisma.sql`COUNT(*) FILTER (WHERE s.effective_due < ${ctx.today}::date AND NOT EXISTS (
          SELECT 1 FROM follow_up f WHERE f.instalment_id = s.id
            AND f.created_at >= (${ctx.today}::date - 7)::timestamp AT TIME ZONE ${zone}))`,
      },
    ),
  promises: (ctx, query, zone) =>
    grouped(
      query,
      Prisma.sql`(
        SELECT i.contract_id, i.customer_id, i.owner_id, f.promised_amount, COALESCE((
          SELECT SUM(a.amount) FROM allocation a WHERE a.instalment_id = i.id AND ${countedAt(query.to)}
            AND a.effective_on BETWEEN (f.created_at AT TIME ZONE ${zone})::date AND f.promised_on), 0) AS paid
        FROM follow_up f JOIN instalment i ON i.id = f.instalment_id
        WHERE f.result = 'promised' AND f.promised_on BETWEEN ${query.from}::date AND ${query.to}::date
          AND ${rowsInScope(ctx, query)})`,
      {
        promisesDue: Prisma.sql`COUNT(*)`,
        promisesKept: Prisma.sql`COUNT(*) FILTER (WHERE s.paid >= s.promised_amount)`,
      },
    ),
  follow_ups: (ctx, query, zone) =>
    grouped(
      query,
      Prisma.sql`(
        SELECT i.contract_id, i.customer_id, i.owner_id FROM follow_up f JOIN instalment i ON i.id = f.instalment_id
        WHERE (f.created_at AT TIME ZONE ${zone})::date BETWEEN ${query.from}::date AND ${query.to}::date
          AND ${rowsInScope(ctx, query)})`,
      { followUps: Prisma.sql`COUNT(*)` },
    ),
};
