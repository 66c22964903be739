// kill -9 while a morning is planned, and while it is delivered, in turn: afterwards everybody was told what fell due, each
// once, and Slack has no message twice. HUIKUAN_MORNING_KILL_ROUNDS sets the rounds, HUIKUAN_SEED repeats a run.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { type Database, openDatabase } from '../../src/db/client.js';
import { isWorkday } from '../../src/domain/calendar.js';
import { addDays, instantOf, localDate, toUtcDate } from '../../src/domain/local-date.js';
import { listStepCandidates } from '../../src/domain/reminders/candidates.queries.js';
import { loadLadders } from '../../src/domain/reminders/ladder.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { stepDecider } from '../../src/domain/reminders/plan-row.js';
import { toleranceIn } from '../../src/domain/settings/small-amounts.js';
import { toleranceSql } from '../../src/domain/settings/tolerance.queries.js';
import { startChild } from '../support/children.js';
import {
  anActiveContract,
  changeCompany,
  companyOn,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { deliveryTo, ESCALATION_CHANNEL, FINANCE_CHANNEL, startLocalSlack } from '../support/local-slack.js';
import { randomFrom } from '../support/random.js';
import { letLeasesEnd, postedFiles, postedIds } from '../support/running-app.js';

const ROUNDS = Number(process.env.HUIKUAN_MORNING_KILL_ROUNDS ?? 100);
const SEED = Number(process.env.HUIKUAN_SEED ?? Date.now() % 1_000_000);
const MORNING = new URL('../support/run-morning.ts', import.meta.url);
const ZONE = 'Asia/Shanghai';
const ROWS_A_ROUND = 24;

type Phase = 'planning' | 'delivering';

let sandbox: Sandbox;
let database: TestDatabase;
let db: Database;
let company: TestCompany;
let today = localDate('2026-11-19');
const random = randomFrom(SEED);
const now = (): Date => instantOf(today, '09:30', ZONE);

beforeAll(async () => {
  sandbox = await startLocalSlack();
  database = await createTestDatabase({ alone: true });
  db = database.db;
  company = await createTestCompany(db.prisma, now());
  await changeCompany(db.prisma, {
    financeChannelId: FINANCE_CHANNEL,
    escalationChannelId: ESCALATION_CHANNEL,
  });
});
afterAll(async () => {
  await sandbox.close();
  await database.close();
});

/** A new workday, rows of two reps that fall due on it, and which step each row is due for. */
async function prepare(): Promise<{ id: string; code: string; ownerId: string }[]> {
  const { calendar } = (await company.system(now())).company;
  do today = addDays(today, 1);
  while (!isWorkday(calendar, today));
  for (const who of ['rep', 'rep2'] as const) {
    const due = Array.from({ length: ROWS_A_ROUND / 2 }, (): [bigint, string] => [100_00n, today]);
    await anActiveContract(company, due, { who, now: now() });
  }
  const ctx = await company.system(now());
  const ladders = await loadLadders(company.db);
  const tolerance = toleranceSql(ctx.company);
  const decide = stepDecider(ladders, calendar, today, (currency) => toleranceIn(ctx.company, currency));
  const rows = await listStepCandidates(company.db, { ladders, calendar, today, tolerance });
  const owners = new Map(
    (await company.db.instalment.findMany({ select: { id: true, ownerId: true } })).map((row) => [
      row.id,
      row.ownerId,
    ]),
  );
  return rows.flatMap((alike) => {
    const step = decide(alike);
    if (step === null) return [];
    return alike.ids.map((id) => ({ id, code: step.rule.code, ownerId: owners.get(id) ?? '' }));
  });
}

/** How long each phase takes, as far as was seen: a life ends at a moment of it. */
const longest: Record<Phase, number> = { planning: 3_000, delivering: 3_000 };

/** Runs the morning until it is killed in this phase, or has ended before; which phase it was in. */
async function killIn(wanted: Phase): Promise<Phase | null> {
  const child = startChild(MORNING, [
    JSON.stringify(database.target),
    now().toISOString(),
    sandbox.apiUrl,
    sandbox.botToken,
  ]);
  const begins: Record<Phase, string> = { planning: 'open', delivering: 'planned' };
  for (let line = await child.nextLine(); line !== begins[wanted]; line = await child.nextLine())
    if (line === undefined) throw new Error((await child.ended).stderr);
  const began = performance.now();
  const ended = child.nextLine().then(() => performance.now() - began);
  const killAfterMs = random() * longest[wanted];
  const took = await Promise.race([sleep(killAfterMs).then(() => null), ended]);
  await child.kill();
  // Where it was faster, the next life ends sooner; where it was not, it may have been slower.
  longest[wanted] = took === null ? longest[wanted] * 1.1 : Math.max(took, 50);
  return took === null ? wanted : null;
}

async function finish(): Promise<void> {
  await letLeasesEnd(company.db);
  await planReminders(await company.system(now()));
  const delivery = deliveryTo(sandbox, company, { clock: now });
  await delivery.run();
  await letLeasesEnd(company.db);
  await delivery.run();
  await delivery.stop();
}

test(`a morning is killed ${ROUNDS} times while planned and delivered: all is told, nothing twice`, {
  timeout: ROUNDS * 90_000,
}, async () => {
  expect(ROUNDS).toBeGreaterThan(1);
  console.log(`seed ${SEED}, ${ROUNDS} rounds`);
  const killed: Record<Phase, number> = { planning: 0, delivering: 0 };
  let halfPlanned = 0;
  let halfDelivered = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const due = await prepare();
    const postedBefore = postedIds(sandbox).length;
    const plannedBefore = await company.db.reminder.count();
    await db.close();
    const phase = await killIn(round % 2 === 0 ? 'delivering' : 'planning');
    db = await openDatabase({ ...database.target });
    company = companyOn(db.prisma, company.ids, now());
    if (phase !== null) killed[phase] += 1;
    const planned = await company.db.reminder.count();
    const posted = postedIds(sandbox).length - postedBefore;
    await finish();
    if (planned > plannedBefore && planned < (await company.db.reminder.count())) halfPlanned += 1;
    if (posted > 0 && posted < postedIds(sandbox).length - postedBefore) halfDelivered += 1;

    const ids = postedIds(sandbox);
    expect(new Set(ids).size, `round ${round}: no message twice`).toBe(ids.length);
    const files = postedFiles(sandbox);
    expect(new Set(files).size, `round ${round}: no file twice`).toBe(files.length);
    const told = await company.db.reminder.findMany({
      where: { plannedOn: toUtcDate(today), status: { in: ['sent', 'acked'] } },
      select: { instalmentId: true, ruleCode: true, recipientId: true },
    });
    const said = told.map((one) => `${one.instalmentId} ${one.ruleCode} ${one.recipientId}`);
    expect(new Set(said).size, `round ${round}: nobody twice`).toBe(said.length);
    const missing = due.filter(({ id, code, ownerId }) => !said.includes(`${id} ${code} ${ownerId}`));
    expect(missing, `round ${round}: nothing missing`).toEqual([]);
    const left = await company.db.outbox.findMany({
      where: { status: { notIn: ['sent', 'skipped'] } },
      select: { kind: true, status: true, lastError: true },
    });
    expect(left, `round ${round}: nothing left`).toEqual([]);
    const digests = await company.db.outbox.findMany({
      where: { kind: 'digest', op: 'post', status: 'sent' },
    });
    expect(
      digests.filter(({ id }) => !ids.includes(id)).map(({ dedupeKey }) => dedupeKey),
      `round ${round}: Slack has what is told as sent`,
    ).toEqual([]);
  }
  console.log(
    `killed while planning ${killed.planning} (${halfPlanned} between two commits), while delivering ` +
      `${killed.delivering} (${halfDelivered} with some messages out); ${postedIds(sandbox).length} messages`,
  );
  // Otherwise the kills came too early or too late to prove anything.
  expect(killed.planning).toBeGreaterThanOrEqual(Math.floor(ROUNDS / 6));
  expect(killed.delivering).toBeGreaterThanOrEqual(Math.floor(ROUNDS / 6));
  if (ROUNDS >= 20) expect(Math.min(halfPlanned, halfDelivered)).toBeGreaterThan(0);
});
