// Reports over a million instalments: aging of today and of an earlier day beside the bare SQL of today's, and every other
// report, each as a message is drawn from it.
import type { Database } from '../src/db/client.js';
import { addDays, localDate } from '../src/domain/local-date.js';
import { readReport } from '../src/domain/reports/read-report.queries.js';
import { defaultQuery, REPORT_KINDS, type ReportQuery } from '../src/domain/reports/report.js';
import { actAs, fillLists } from './list-data.js';
import { inTurn, ms, percentile, type Row, timed } from './measure.js';

const INSTALMENTS = 1_000_000;
/** The embedded engine serves one company on one machine. */
const EMBEDDED_INSTALMENTS = 100_000;
const ROUNDS = 5;
const MAX_SECONDS = 3;
const MAX_RATIO = 2;

/** Each row was made as it is; those of the last days are its latest change. */
async function fillHistory({ pool }: Database): Promise<void> {
  await pool.query(
    `INSERT INTO instalment_revision (id, instalment_id, valid_from, recorded_at, amount, due_on, postponed_to, owner_id, lifecycle, cause)
     SELECT gen_random_uuid(), id, COALESCE(due_on, opened_on) - 400, created_at, amount, due_on, postponed_to, owner_id, 'open', 'created'
     FROM instalment WHERE lifecycle <> 'cancelled'
     UNION ALL
     SELECT gen_random_uuid(), id, COALESCE(due_on, opened_on), created_at + interval '1 second', amount, due_on, postponed_to, owner_id, lifecycle, 'paid'
     FROM instalment WHERE lifecycle = 'settled'`,
  );
  await pool.query('VACUUM ANALYZE instalment_revision');
}

/** Today's aging by customer as anybody would write it down. */
const BARE = `
  SELECT i.customer_id, SUM(i.outstanding) FILTER (WHERE i.effective_due >= $1::date) AS not_due,
    SUM(i.outstanding) FILTER (WHERE i.effective_due BETWEEN $1::date - 30 AND $1::date - 1) AS d30,
    SUM(i.outstanding) FILTER (WHERE i.effective_due BETWEEN $1::date - 60 AND $1::date - 31) AS d60,
    SUM(i.outstanding) FILTER (WHERE i.effective_due BETWEEN $1::date - 90 AND $1::date - 61) AS d90,
    SUM(i.outstanding) FILTER (WHERE i.effective_due BETWEEN $1::date - 180 AND $1::date - 91) AS d180,
    SUM(i.outstanding) FILTER (WHERE i.effective_due < $1::date - 180) AS older,
    SUM(i.outstanding) FILTER (WHERE i.effective_due IS NULL) AS undated, SUM(i.outstanding) AS open
  FROM instalment i WHERE i.lifecycle = 'open' AND i.outstanding > 0 AND i.currency = 'CNY'
  GROUP BY i.customer_id ORDER BY open DESC LIMIT 10`;

export async function benchReports(database: Database): Promise<Row[]> {
  const instalments = database.engine === 'postgres' ? INSTALMENTS : EMBEDDED_INSTALMENTS;
  await fillLists(database, instalments);
  await fillHistory(database);
  const ctx = await actAs(database, 'UL0');
  const setting = { zone: ctx.company.timezone };
  const { engine } = database;
  const rows: Row[] = [];
  const aging: ReportQuery = defaultQuery('aging', ctx.today, 'CNY');
  const bare = () => timed(() => database.pool.query(BARE, [ctx.today]));
  for (const [what, query] of [
    ['aging today', aging],
    ['aging 30 days ago', { ...aging, to: addDays(ctx.today, -30) }],
  ] as const) {
    const times = await inTurn(ROUNDS, () => timed(() => readReport(ctx, query, setting)), bare);
    const [ours, floor] = [percentile(times.ours, 0.5), percentile(times.floor, 0.5)];
    const ratio = ours / floor;
    // The past has no bare SQL of its own that is as simple: it is held against the time alone.
    const isToday = query.to === ctx.today;
    const met = isToday ? ratio <= MAX_RATIO : ours <= MAX_SECONDS * 1000;
    const target = isToday ? `<= ${MAX_RATIO} x bare SQL` : `<= ${MAX_SECONDS} s`;
    rows.push({ what, engine, ours: ms(ours), floor: ms(floor), ratio, target, met });
  }
  for (const kind of REPORT_KINDS.filter((one) => one !== 'aging')) {
    const query = {
      ...defaultQuery(kind, ctx.today, 'CNY'),
      from: localDate(`${ctx.today.slice(0, 4)}-01-01`),
    };
    await readReport(ctx, query, setting);
    const ours = await timed(() => readReport(ctx, query, setting));
    const met = ours <= MAX_SECONDS * 1000;
    rows.push({
      what: `${kind}, this year`,
      engine,
      ours: ms(ours),
      floor: '',
      ratio: null,
      target: `<= ${MAX_SECONDS} s`,
      met,
    });
  }
  return rows;
}
