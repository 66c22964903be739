// Where the measures of reports come from: each source reads its facts once, for whatever group is asked, within the
// reader's scope and one currency (rules §9). Text of queries; amounts in minor units. Rates are measures.ts's.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { addDays } from '../local-date.js';
import { ANY_PART, UNPAID } from '../plans/instalment-search.queries.js';
import { toleranceIn } from '../settings/small-amounts.js';
import { inOrder, MONEY_KEYS, STANDING_KEYS } from './groups.queries.js';
import type { Measure } from './measures.js';
import type { ReportCompany, ReportQuery } from './report.js';
import {
  countedAt,
  creditSql,
  IN_FORCE,
  moneyIsAsNow,
  moneyIsParted,
  paidOf,
  rowsInScope,
  standingParts,
} from './standing.queries.js';

export const SOURCES = ['standing', 'due', 'contracts', 'credit', 'holds', 'promises', 'follow_ups'] as const;
export type Source = (typeof SOURCES)[number];

/** What is summed; of what is no sum, of the rows for which something holds. */
export type Sum = Prisma.Sql | ((holds: Prisma.Sql) => Prisma.Sql);
/** A table expression, and the only measures that its rows count in; every one of the source when left out. */
interface PartSql {
  readonly table: Prisma.Sql;
  readonly only?: readonly Measure[];
}
/** Rows of a source: their group, and what is summed of them for each measure. */
export interface SourceSql {
  /** In parts, each with what the group's key needs: what looks rows up is not read on two cores, and is a part of its own. */
  readonly from: readonly PartSql[];
  /** The same without their groups, where the sums of all are read faster so. */
  readonly whole?: readonly PartSql[];
  readonly key: Prisma.Sql;
  /** The key in the order of an index, where there is one: what stands in order is grouped without a table of all groups. */
  readonly inOrder?: Prisma.Sql;
  readonly sums: { readonly [M in Measure]?: Sum };
}

type Read = (ctx: ReadCtx, query: ReportQuery, company: ReportCompany) => SourceSql;

/** Queries of rows `s` with contract_id, customer_id and owner_id, and what is summed of them. */
const grouped = (
  { by }: ReportQuery,
  tables: readonly (Prisma.Sql | PartSql)[],
  sums: SourceSql['sums'],
): SourceSql => {
  const { key, join } = STANDING_KEYS[by];
  const parts = tables.map((part) => ('table' in part ? part : { table: part }));
  return {
    from: parts.map((part) => ({ ...part, table: Prisma.sql`(${part.table}) s ${join}` })),
    key,
    sums,
  };
};

/** The moment in which a day begins. */
const beginningOf = (day: Prisma.Sql, zone: string): Prisma.Sql =>
  Prisma.sql`((${day})::timestamp AT TIME ZONE ${zone})`;

const KEYS = Prisma.sql`i.contract_id, i.customer_id, i.owner_id`;
/** What is not open any more was paid, but for what was adjusted. */
const PAID_NOW = Prisma.sql`i.amount - i.outstanding`;

/**
 * What was paid on each row until the end of a day: as the row has it, or added up where its money moved since. Rows without
 * money are not looked at.
 */
function collectedParts(ctx: ReadCtx, query: ReportQuery): Prisma.Sql[] {
  const mine = rowsInScope(ctx, query);
  const day = Prisma.sql`${query.to}::date`;
  const held = Prisma.sql`i.money_to <= ${day} AND i.lifecycle IN ${IN_FORCE} AND ${mine}`;
  const parted = Prisma.sql`
    SELECT ${KEYS}, 0::bigint AS contracted, p.paid AS collected FROM instalment i CROSS JOIN LATERAL ${paidOf(day)} p
    WHERE i.money_to > ${day} AND i.money_from <= ${day} AND ${mine}`;
  return [
    Prisma.sql`SELECT ${KEYS}, 0::bigint AS contracted, ${PAID_NOW} AS collected FROM instalment i WHERE ${held}`,
    Prisma.sql`
    SELECT ${KEYS}, 0::bigint AS contracted, -d.amount AS collected FROM adjustment d JOIN instalment i ON i.id = d.instalment_id
    WHERE d.effective_on <= ${day} AND ${held}`,
    ...(query.to < ctx.today ? [parted] : []),
  ];
}

/** What rows that did not fall due in the period count in: money came for them in it. */
const OF_MONEY = ['judged', 'onTime', 'settled', 'lateDays', 'lateAmount', 'received'] as const;

/**
 * Rows that fell due or that money was applied to in the period: received (in it), paid (of all until the end), small
 * (differences written off), last_on (the last day of that money), and whether the row fell due in the period. By its days
 * a row says itself what is paid of it, unless its money is parted by the period's beginning or end.
 */
function fallenParts(ctx: ReadCtx, query: ReportQuery): (Prisma.Sql | PartSql)[] {
  const { from, to } = query;
  const mine = rowsInScope(ctx, query);
  const [first, before, last] = [
    Prisma.sql`${from}::date`,
    Prisma.sql`${addDays(from, -1)}::date`,
    Prisma.sql`${to}::date`,
  ];
  const fell = Prisma.sql`(i.lifecycle IN ${IN_FORCE} AND i.effective_due BETWEEN ${first} AND ${last})`;
  // Of what moved on before the period's end something moved in it.
  const touches = Prisma.sql`i.money_to >= ${first} AND i.money_from <= ${last}`;
  const parted = Prisma.sql`(${moneyIsParted(last)} OR (${moneyIsParted(before)} AND i.money_to <= ${last}))`;
  const row = Prisma.sql`${KEYS}, i.amount, i.effective_due, i.is_retention`;
  const dated = Prisma.sql`i.lifecycle IN ${IN_FORCE} AND i.effective_due IS NOT NULL`;
  const paid = Prisma.sql`${PAID_NOW} - COALESCE(w.adjusted, 0)`;
  const adjusted = Prisma.sql`(
      SELECT d.instalment_id, SUM(d.amount)::bigint AS adjusted,
        (SUM(d.amount) FILTER (WHERE d.kind = 'small_difference'))::bigint AS small
      FROM adjustment d WHERE d.effective_on <= ${last} GROUP BY 1)`;
  // Whole numbers throughout: a decimal one costs many times as much to add up.
  // Two questions, not one with OR: each is answered by an index of its own. What is not in force has no money that counts.
  const simple = (isFallen: boolean) => Prisma.sql`
    SELECT ${row}, ${Prisma.raw(isFallen ? 'TRUE' : 'FALSE')} AS fell, ${dated} AS dated,
      CASE WHEN ${moneyIsAsNow(last)} THEN ${paid} ELSE 0 END AS paid,
      CASE WHEN ${moneyIsAsNow(last)} THEN COALESCE(w.small, 0) ELSE 0 END AS small,
      CASE WHEN ${moneyIsAsNow(last)} THEN i.paid_on END AS last_on,
      CASE WHEN i.money_from >= ${first} AND ${moneyIsAsNow(last)} THEN ${paid} END AS received
    FROM instalment i LEFT JOIN ${adjusted} w ON w.instalment_id = i.id
    WHERE ${isFallen ? Prisma.sql`${ANY_PART} AND ${fell}` : Prisma.sql`${touches} AND i.lifecycle IN ${IN_FORCE} AND ${fell} IS NOT TRUE`}
      AND ${parted} IS NOT TRUE AND ${mine}`;
  const judged = (rows: Prisma.Sql) => Prisma.sql`
    SELECT x.*, x.dated AND x.paid + x.small >= x.amount AND x.last_on BETWEEN ${first} AND ${last} AS settled,
      x.paid + x.small >= x.amount AND x.last_on <= x.effective_due AS on_time
    FROM (${rows}) x`;
  return [
    judged(simple(true)),
    { table: judged(simple(false)), only: OF_MONEY },
    judged(Prisma.sql`
      SELECT ${row}, ${fell} IS TRUE AS fell, ${dated} AS dated, p.paid, p.small, p.last_on, (
        SELECT SUM(a.amount)::bigint FROM allocation a
        WHERE a.instalment_id = i.id AND a.effective_on BETWEEN ${first} AND ${last} AND ${countedAt(to)}) AS received
      FROM instalment i CROSS JOIN LATERAL ${paidOf(last)} p WHERE ${touches} AND ${parted} AND ${mine}`),
  ];
}

const HELD = ['disputed', 'promised', 'broken', 'silent'] as const;

/** Rows that are held in one way, and how much each counts there. */
function held(way: (typeof HELD)[number], counts: Prisma.Sql, which: Prisma.Sql): PartSql {
  const columns = HELD.map(
    (name) => Prisma.sql`${name === way ? counts : Prisma.sql`0::bigint`} AS ${Prisma.raw(name)}`,
  );
  const table = Prisma.sql`SELECT ${KEYS}, ${Prisma.join(columns)} FROM instalment i WHERE ${which}`;
  return { table, only: [way] };
}

export const READ: { readonly [S in Source]: Read } = {
  standing: (ctx, query) => {
    const late = Prisma.sql`s.effective_due < ${query.to}::date`;
    const days = Prisma.sql`(${query.to}::date - s.effective_due)`;
    const sums: SourceSql['sums'] = {
      open: Prisma.sql`SUM(s.outstanding)`,
      openCount: Prisma.sql`COUNT(*)`,
      overdue: Prisma.sql`SUM(s.outstanding) FILTER (WHERE ${late})`,
      overdueCount: Prisma.sql`COUNT(*) FILTER (WHERE ${late})`,
      overdueDays: Prisma.sql`SUM(s.outstanding * ${days}) FILTER (WHERE ${late})`,
      oldest: (holds) => Prisma.sql`MAX(${days}) FILTER (WHERE ${late} AND ${holds})`,
      retention: Prisma.sql`SUM(s.outstanding) FILTER (WHERE s.is_retention)`,
      current: Prisma.sql`SUM(s.outstanding) FILTER (WHERE s.effective_due >= ${query.to}::date OR s.effective_due IS NULL)`,
    };
    const whole = standingParts(ctx, query, 'sums').map((part) => ({ table: Prisma.sql`(${part}) s` }));
    return { ...grouped(query, standingParts(ctx, query, 'all'), sums), whole, inOrder: inOrder(query.by) };
  },
  due: (ctx, query) =>
    grouped(query, fallenParts(ctx, query), {
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
      [
        Prisma.sql`
        SELECT i.contract_id, i.customer_id, i.owner_id, i.amount AS contracted, 0::bigint AS collected
        FROM (SELECT c.*, c.id AS contract_id FROM contract c) i
        WHERE i.status IN ('active', 'completed', 'archived') AND i.deleted_at IS NULL AND ${rowsInScope(ctx, query)}`,
        ...collectedParts(ctx, query),
      ],
      { contracted: Prisma.sql`SUM(s.contracted)`, collected: Prisma.sql`SUM(s.collected)` },
    ),
  credit: (ctx, query) => {
    const { key, join } = MONEY_KEYS[query.by];
    const sums = { credit: Prisma.sql`SUM(r.credit)` };
    return { from: [{ table: Prisma.sql`${creditSql(ctx, query)} r ${join}` }], key, sums };
  },
  // As they are now, whatever day is asked: what is agreed or disputed has no history of its own. Each is found by an index
  // of its own: one look at all rows would read the rows themselves.
  holds: (ctx, query, { timezone: zone }) => {
    const open = Prisma.sql`i.lifecycle = 'open' AND i.outstanding > 0 AND ${rowsInScope(ctx, query)}`;
    return grouped(
      query,
      [
        held('disputed', Prisma.sql`i.outstanding`, Prisma.sql`i.disputed AND ${open}`),
        held(
          'promised',
          Prisma.sql`GREATEST(0, i.outstanding - i.promised_left)`,
          Prisma.sql`i.promised_on >= ${ctx.today}::date AND ${open}`,
        ),
        held('broken', Prisma.sql`1::bigint`, Prisma.sql`i.broken_on IS NOT NULL AND ${open}`),
        held(
          'silent',
          Prisma.sql`1::bigint`,
          Prisma.sql`${UNPAID} AND i.effective_due < ${ctx.today}::date AND ${rowsInScope(ctx, query)}
          AND NOT EXISTS (SELECT 1 FROM follow_up f WHERE f.instalment_id = i.id
            AND f.created_at >= ${beginningOf(Prisma.sql`${ctx.today}::date - 7`, zone)})`,
        ),
      ],
      {
        disputed: Prisma.sql`SUM(s.disputed)`,
        // Of a promise what is not in yet.
        promised: Prisma.sql`SUM(s.promised)`,
        broken: Prisma.sql`SUM(s.broken)`,
        silent: Prisma.sql`SUM(s.silent)`,
      },
    );
  },
  promises: (ctx, query, company) => {
    const { timezone: zone } = company;
    return grouped(
      query,
      [
        Prisma.sql`
        SELECT i.contract_id, i.customer_id, i.owner_id, f.promised_amount, COALESCE((
          SELECT SUM(a.amount) FROM allocation a WHERE a.instalment_id = i.id AND ${countedAt(query.to)}
            AND a.effective_on BETWEEN (f.created_at AT TIME ZONE ${zone})::date AND f.promised_on), 0) AS paid
        FROM follow_up f JOIN instalment i ON i.id = f.instalment_id
        WHERE f.result = 'promised' AND f.promised_on BETWEEN ${query.from}::date AND ${query.to}::date
          -- As in the statistics of follow-ups: one that a newer one replaced before its day is none.
          AND NOT EXISTS (SELECT 1 FROM follow_up n WHERE n.instalment_id = f.instalment_id AND n.id > f.id
            AND n.result = 'promised' AND (n.created_at AT TIME ZONE ${zone})::date <= f.promised_on)
          AND ${rowsInScope(ctx, query)}`,
      ],
      {
        promisesDue: Prisma.sql`COUNT(*)`,
        // But for what is not worth a reminder, of the currency that was promised, as in the statistics of follow-ups.
        promisesKept: Prisma.sql`COUNT(*) FILTER (WHERE s.promised_amount <= s.paid + ${toleranceIn(company, query.currency)}::bigint)`,
      },
    );
  },
  follow_ups: (ctx, query, { timezone: zone }) =>
    grouped(
      query,
      [
        Prisma.sql`
        SELECT i.contract_id, i.customer_id, i.owner_id FROM follow_up f JOIN instalment i ON i.id = f.instalment_id
        WHERE f.created_at >= ${beginningOf(Prisma.sql`${query.from}::date`, zone)}
          AND f.created_at < ${beginningOf(Prisma.sql`${query.to}::date + 1`, zone)}
          AND ${rowsInScope(ctx, query)}`,
      ],
      { followUps: Prisma.sql`COUNT(*)` },
    ),
};
