// A company of 40 reps over a year: holidays, New Year, people in other zones and with hours of their own, receipts,
// reversals, postponements, milestones that move, promises, disputes, acknowledgements and new owners at random, somebody
// who leaves, and a scheduler that is down for an hour at nine, a day, ten days, and over New Year; every third day’s messages
// are drawn and delivered. An oracle says what each person must have been told on which day: nothing is missing,
// nothing is told twice, and nobody is told outside of their hours.
// HUIKUAN_YEAR_REPS, HUIKUAN_YEAR_DAYS and HUIKUAN_SEED give another size or the same history (.ci/run plays a small one).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { at } from '../support/mornings.js';
import { randomFrom } from '../support/random.js';
import {
  deliverDigests,
  foundCompany,
  give,
  HERE,
  heardKey,
  type Person,
} from '../support/reminder-company.js';
import { happen } from '../support/reminder-history.js';
import { createOracle, isOwed, plus } from '../support/reminder-oracle.js';

const REPS = Number(process.env.HUIKUAN_YEAR_REPS ?? 40);
const DAYS = Number(process.env.HUIKUAN_YEAR_DAYS ?? 370);
const SEED = Number(process.env.HUIKUAN_SEED ?? 20261126);
const ROWS_A_REP = 8;
/** The day on which a rep leaves, counted from the first. */
const LEAVES_AFTER = 9;
/** Before National Day, so that a small run has a week of holidays, and a long one New Year and Spring Festival too. */
const FIRST = '2025-09-22';

/** Whole days without a run, counted from the first: one day, ten days, over New Year. */
const isDown = (n: number, today: string): boolean =>
  n === 17 || (n >= 25 && n < 35) || (today >= '2025-12-29' && today <= '2026-01-02');
/** Mornings on which the scheduler comes up an hour late. */
const isLate = (n: number): boolean => n % 23 === 5;

const TICKS = ['09:00', '12:00', '16:30', '22:30'] as const;

let database: TestDatabase;
let company: TestCompany;
let times: ReadonlyMap<string, Person> = new Map();
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma, at(FIRST, '08:00'));
}, 120_000);
afterAll(() => database.close());

const clock = (now: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    now,
  );

/** What was sent of a row to whom. */
interface Said {
  readonly instalmentId: string | null;
  readonly ruleCode: string;
  readonly recipientId: string;
}

/**
 * One run of the scheduler; what it hands over is sent at once, to nobody outside of their hours. `delivers`: by the
 * deliverer, drawn and posted, else it only counts as sent.
 */
async function tick(today: string, time: string, delivers: boolean): Promise<Said[]> {
  const now = at(today, time);
  await planReminders(await company.system(now));
  const waiting = await company.db.outbox.findMany({
    where: { kind: 'digest', op: 'post', status: 'pending' },
    select: { id: true, recipient: true },
  });
  for (const { recipient } of waiting) {
    const own = times.get(recipient.slice('user:'.length)) ?? HERE;
    const local = clock(now, own.timezone);
    const isQuiet =
      own.quietFrom !== null && own.quietTo !== null && local >= own.quietFrom && local < own.quietTo;
    expect(
      local >= own.remindAt && local < '18:00' && !isQuiet,
      `${recipient} at ${today} ${time}, ${local} there`,
    ).toBe(true);
  }
  const ids = waiting.map((one) => one.id);
  if (delivers) await deliverDigests(company, now, waiting);
  await company.db.reminder.updateMany({
    where: { outboxId: { in: ids }, status: 'pending' },
    data: { status: 'sent' },
  });
  await company.db.$executeRaw`UPDATE outbox SET status = 'sent' WHERE status = 'pending'`;
  return company.db.reminder.findMany({
    where: { outboxId: { in: ids }, status: 'sent' },
    select: { instalmentId: true, ruleCode: true, recipientId: true },
  });
}

it(`${REPS} reps over ${DAYS} days: everybody is told what they must be, when, and nothing twice`, async () => {
  console.log(`seed ${SEED}, ${REPS} reps, ${DAYS} days`);
  const began = performance.now();
  const chance = randomFrom(SEED);
  const days = await company.db.calendarDay.findMany();
  const oracle = createOracle(
    new Map(days.map((day) => [day.date.toISOString().slice(0, 10), day.isWorkday])),
  );
  const size = { first: FIRST, days: DAYS, reps: REPS, rowsARep: ROWS_A_REP };
  const founded = await foundCompany(company, size, chance);
  const { rows: watched, views } = founded;
  times = founded.times;
  /** The rep who leaves, on the tenth day, and whose book is handed over a week later. */
  const [leaver, ...others] = views;
  const book = () => watched.filter((one) => one.view === leaver);
  const byId = new Map(watched.map((one) => [one.row.id, one]));
  const history = new Map<string, string[]>();
  const counts = { told: 0, mornings: 0, events: 0, given: 0, outages: 0 };
  for (let n = 0; n < DAYS; n += 1) {
    const today = plus(FIRST, n);
    if (isDown(n, today)) counts.outages += 1;
    else {
      const said: Said[] = [];
      // Every third morning goes all the way to Slack.
      for (const time of TICKS)
        said.push(...(await tick(today, time === '09:00' && isLate(n) ? '10:00' : time, n % 3 === 0)));
      const expected = watched.flatMap(({ row, no }) =>
        oracle.mustSay(row, today).map((line) => `#${no} ${line}`),
      );
      for (const { instalmentId, ruleCode, recipientId } of said) {
        const one = byId.get(instalmentId ?? '');
        one?.heard.add(heardKey(one.row, ruleCode, recipientId));
      }
      const actual = said.map(({ instalmentId, ruleCode, recipientId }) => {
        const one = byId.get(instalmentId ?? '');
        const who = Object.entries(one?.view.ids ?? {}).find(([, id]) => id === recipientId)?.[0];
        return `#${one?.no} ${ruleCode}→${who}`;
      });
      const left = await company.db.reminder.count({ where: { status: 'pending' } });
      if (oracle.works(today)) expect(left, `not sent by the end of ${today}`).toBe(0);
      const blame = () => {
        const odd = [...expected, ...actual].find(
          (line) => !expected.includes(line) || !actual.includes(line),
        );
        return history.get(odd?.split(' ')[0] ?? '')?.join('\n');
      };
      expect(actual.toSorted(), `seed ${SEED}, ${today}:\n${blame()}`).toEqual(expected.toSorted());
      counts.told += actual.length;
      counts.mornings += 1;
    }
    const note = (no: number, what: string) =>
      history.set(`#${no}`, [...(history.get(`#${no}`) ?? []), `${today} ${what}`]);
    if (leaver && n === LEAVES_AFTER) {
      await company.db.user.update({ where: { id: leaver.ids.rep }, data: { active: false } });
      for (const { row, no } of book()) {
        row.isOrphan = true;
        note(no, 'is left by its owner');
      }
    }
    if (n === LEAVES_AFTER + 7) {
      const given = book();
      const to = await give(company, others, given, today, chance);
      for (const { no } of given) note(no, `is handed over to ${to}`);
      counts.given += given.length;
    }
    // Something happens to about one row in thirty every day.
    for (const one of watched) {
      const { row, no } = one;
      if (row.isOrphan || chance() >= (isOwed(row) ? 0.03 : 0.01)) continue;
      if (isOwed(row) && row.owed.length === 0 && chance() < 0.08) {
        const to = await give(company, others, [one], today, chance);
        note(no, `is given to ${to}`);
        counts.given += 1;
      } else note(no, await happen(oracle, one.view, row, today, chance));
      counts.events += 1;
    }
  }
  const digests = await company.db.$queryRaw<{ n: number; twice: number }[]>`
    SELECT COUNT(*)::int AS n, (COUNT(*) - COUNT(DISTINCT (payload->>'userId', payload->>'date')))::int AS twice
    FROM outbox WHERE kind = 'digest' AND op = 'post'`;
  expect(digests[0]?.twice).toBe(0);
  expect(counts.told).toBeGreaterThan(REPS * 5);
  console.log(
    `${counts.told} reminders in ${digests[0]?.n} digests on ${counts.mornings} days, ${counts.events} events, ${counts.given} rows given to others, ${counts.outages} days down: none missing, none twice, ${Math.round((performance.now() - began) / 1000)} s`,
  );
}, 14_400_000);
