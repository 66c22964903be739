// A company of 40 reps over a year: holidays, New Year, people in other zones and with hours of their own, receipts,
// postponements, promises, disputes and acknowledgements at random, and a scheduler that is down for an hour at nine, a
// day, ten days, and over New Year. An oracle says what each person must have been told on which day: nothing is missing,
// nothing is told twice, and nobody is told outside of their hours.
// HUIKUAN_YEAR_REPS, HUIKUAN_YEAR_DAYS and HUIKUAN_SEED give another size or the same history (.ci/run plays a small one).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.js';
import { toActor } from '../../src/domain/members/member.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { anActiveContract, createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { at } from '../support/mornings.js';
import { randomFrom } from '../support/random.js';
import { createOracle, isOwed, type OracleRow, oracleRow, plus } from '../support/reminder-oracle.js';

const REPS = Number(process.env.HUIKUAN_YEAR_REPS ?? 40);
const DAYS = Number(process.env.HUIKUAN_YEAR_DAYS ?? 370);
const SEED = Number(process.env.HUIKUAN_SEED ?? 20261126);
const ROWS_A_REP = 8;
/** Before National Day, so that a small run has a week of holidays, and a long one New Year and Spring Festival too. */
const FIRST = '2025-09-22';

/** Whole days without a run, counted from the first: one day, ten days, over New Year. */
const isDown = (n: number, today: string): boolean =>
  n === 17 || (n >= 25 && n < 35) || (today >= '2025-12-29' && today <= '2026-01-02');
/** Mornings on which the scheduler comes up an hour late. */
const isLate = (n: number): boolean => n % 23 === 5;

interface Person {
  readonly timezone: string;
  readonly remindAt: string;
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
}
const HERE: Person = { timezone: 'Asia/Shanghai', remindAt: '09:00', quietFrom: null, quietTo: null };
/** Who differs: zones to the west and east, an hour of their own, quiet hours. */
const DIFFERENT: Person[] = [
  { ...HERE, timezone: 'Europe/Berlin' },
  { ...HERE, timezone: 'America/New_York' },
  { ...HERE, timezone: 'Asia/Tokyo' },
  { ...HERE, remindAt: '11:30' },
  { ...HERE, quietFrom: '08:00', quietTo: '12:00' },
];
const TICKS = ['09:00', '12:00', '16:30', '22:30'] as const;

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma, at(FIRST, '08:00'));
}, 120_000);
afterAll(() => database.close());

const times = new Map<string, Person>();

/** The company as one rep sees it: `rep` is this rep, whoever is above is `manager`. */
function companyOf(repId: string, managerId: string): TestCompany {
  const ids = { ...company.ids, rep: repId, manager: managerId };
  return {
    ...company,
    ids,
    async as(who: PersonKey, now = at(FIRST)) {
      const user = await company.db.user.findUniqueOrThrow({ where: { id: ids[who] } });
      return {
        ...(await company.system(now)),
        actor: await toActor(company.db, user),
        requestId: newId(now),
      };
    },
  };
}

async function person(
  name: string,
  role: 'rep' | 'sales_manager',
  managerId: string | null,
  own: Person,
): Promise<string> {
  const now = at(FIRST, '08:00');
  const id = newId(now);
  times.set(id, own);
  const { remindAt, ...rest } = own;
  await company.db.user.create({
    data: {
      id,
      slackUserId: `U_${name}`,
      name,
      locale: 'zh-CN',
      roles: [role],
      managerId,
      ...rest,
      remindAt: remindAt === '09:00' ? null : remindAt,
      createdAt: now,
      updatedAt: now,
    },
  });
  return id;
}

interface Watched {
  readonly view: TestCompany;
  readonly row: OracleRow;
  readonly no: number;
}

async function found(chance: () => number): Promise<Watched[]> {
  const rows: Watched[] = [];
  const managers: string[] = [];
  for (let n = 0; n < Math.max(1, Math.ceil(REPS / 8)); n += 1)
    managers.push(await person(`manager${n}`, 'sales_manager', company.ids.director, DIFFERENT[n] ?? HERE));
  for (let n = 0; n < REPS; n += 1) {
    const managerId = managers[n % managers.length] ?? '';
    const own = n % 4 === 1 ? (DIFFERENT[(n >> 2) % DIFFERENT.length] ?? HERE) : HERE;
    const view = companyOf(await person(`rep${n}`, 'rep', managerId, own), managerId);
    const dues = Array.from({ length: ROWS_A_REP }, () => plus(FIRST, 1 + Math.floor(chance() * DAYS)));
    const made = await anActiveContract(
      view,
      dues.map((due) => [1_000_00n, due]),
      { now: at(FIRST, '08:00') },
    );
    for (const [index, row] of made.rows.entries())
      rows.push({ view, row: oracleRow(row.id, dues[index] ?? '', row.outstanding), no: rows.length });
  }
  // What the contracts' approvals left is not looked at.
  await company.db.outbox.deleteMany();
  return rows;
}

const clock = (now: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    now,
  );

/** One run of the scheduler; what it hands over is sent at once, to nobody outside of their hours. */
async function tick(today: string, time: string): Promise<void> {
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
  await company.db.reminder.updateMany({
    where: { outboxId: { in: ids }, status: 'pending' },
    data: { status: 'sent' },
  });
  await company.db.$executeRaw`UPDATE outbox SET status = 'sent' WHERE status = 'pending'`;
}

it(`${REPS} reps over ${DAYS} days: everybody is told what they must be, when, and nothing twice`, async () => {
  console.log(`seed ${SEED}, ${REPS} reps, ${DAYS} days`);
  const began = performance.now();
  const chance = randomFrom(SEED);
  const days = await company.db.calendarDay.findMany();
  const oracle = createOracle(
    new Map(days.map((day) => [day.date.toISOString().slice(0, 10), day.isWorkday])),
  );
  const watched = await found(chance);
  const byId = new Map(watched.map((one) => [one.row.id, one]));
  const history = new Map<string, string[]>();
  const counts = { told: 0, mornings: 0, events: 0, outages: 0 };
  for (let n = 0; n < DAYS; n += 1) {
    const today = plus(FIRST, n);
    if (isDown(n, today)) counts.outages += 1;
    else {
      for (const time of TICKS) await tick(today, time === '09:00' && isLate(n) ? '10:00' : time);
      const expected = watched.flatMap(({ row, no }) =>
        oracle.mustSay(row, today).map((line) => `#${no} ${line}`),
      );
      const said = await company.db.reminder.findMany({
        where: { plannedOn: new Date(today), status: { not: 'skipped' } },
        select: { instalmentId: true, ruleCode: true, recipientId: true, status: true },
      });
      const actual = said.map(({ instalmentId, ruleCode, recipientId, status }) => {
        const one = byId.get(instalmentId ?? '');
        const who = Object.entries(one?.view.ids ?? {}).find(([, id]) => id === recipientId)?.[0];
        return `#${one?.no} ${ruleCode}→${who}${status === 'pending' ? ' (not sent)' : ''}`;
      });
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
    // Something happens to about one row in a hundred every day.
    for (const one of watched) {
      if (!isOwed(one.row) || chance() >= 0.03) continue;
      const what = await oracle.happen(one.view, one.row, today, chance);
      history.set(`#${one.no}`, [...(history.get(`#${one.no}`) ?? []), `${today} ${what}`]);
      counts.events += 1;
    }
  }
  const digests = await company.db.$queryRaw<{ n: number; twice: number }[]>`
    SELECT COUNT(*)::int AS n, (COUNT(*) - COUNT(DISTINCT (payload->>'userId', payload->>'date')))::int AS twice
    FROM outbox WHERE kind = 'digest' AND op = 'post'`;
  expect(digests[0]?.twice).toBe(0);
  expect(counts.told).toBeGreaterThan(REPS * 5);
  console.log(
    `${counts.told} reminders in ${digests[0]?.n} digests on ${counts.mornings} days, ${counts.events} events, ${counts.outages} days down: none missing, none twice, ${Math.round((performance.now() - began) / 1000)} s`,
  );
}, 14_400_000);
