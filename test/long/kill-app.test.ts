// kill -9 of the whole app, at random: while it plans and delivers a morning, and between the commit of a click and what
// Slack is told of it. Nothing is lost, no message that Slack has is sent again, every click has its effect once.
// HUIKUAN_APP_KILL_ROUNDS sets the rounds, HUIKUAN_SEED repeats a run.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '../../sandbox/server/protocol.js';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { type Database, openDatabase } from '../../src/db/client.js';
import { sealAudit, verifyAudit } from '../../src/domain/audit-seal.service.js';
import { isWorkday } from '../../src/domain/calendar.js';
import { addDays, instantOf, type LocalDate, localDate, toUtcDate } from '../../src/domain/local-date.js';
import { digestKey } from '../../src/domain/reminders/digest.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import type { Child } from '../support/children.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  companyOn,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  deliveryTo,
  ESCALATION_CHANNEL,
  FINANCE_CHANNEL,
  slackIdOf,
  startLocalSlack,
} from '../support/local-slack.js';
import { checkMoney } from '../support/money-invariants.js';
import { randomFrom } from '../support/random.js';
import { letLeasesEnd, postedFiles, postedIds, startApp } from '../support/running-app.js';

const ROUNDS = Number(process.env.HUIKUAN_APP_KILL_ROUNDS ?? 100);
const SEED = Number(process.env.HUIKUAN_SEED ?? Date.now() % 1_000_000);
const ZONE = 'Asia/Shanghai';
/** A life ends at a moment of these, or soon after its first effect, whichever is earlier: also on a slow machine. */
const LONGEST_LIFE_MS = 8_000;
const LONGEST_AFTER_EFFECT_MS = 500;
const RECEIPTS_A_ROUND = 3;

let sandbox: Sandbox;
let database: TestDatabase;
let db: Database;
let company: TestCompany;
let today = localDate('2026-11-20');
const random = randomFrom(SEED);

beforeAll(async () => {
  sandbox = await startLocalSlack();
  database = await createTestDatabase();
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

const now = (): Date => instantOf(today, '09:30', ZONE);

/** The same database again: only one process may have it. */
async function reopen(): Promise<void> {
  db = await openDatabase({ ...database.target });
  company = companyOn(db.prisma, company.ids, now());
}

/** Killed somewhere between opening the database and having told everybody what the morning brings. */
async function killDuringMorning(): Promise<void> {
  const before = postedIds(sandbox).length;
  const app = await startApp(sandbox, database.target, now());
  await killAround(app, () => postedIds(sandbox).length > before);
}

/** Finance clicks Approve on every card at once, and the app dies somewhere in between. */
async function killDuringClicks(): Promise<void> {
  const app = await startApp(sandbox, database.target, now());
  await sandbox.connected(60_000);
  const cards = openCards();
  const clicks = cards.map((message) =>
    sandbox
      .click(slackIdOf('finance'), { channel: FINANCE_CHANNEL, message }, 'approval.approve')
      .catch(() => null),
  );
  await killAround(app, () => openCards().length < cards.length);
  await Promise.all(clicks);
}

async function killAround(app: Child, hasEffect: () => boolean): Promise<void> {
  await sandbox.waitFor(hasEffect, random() * LONGEST_LIFE_MS).then(
    () => sleep(random() * LONGEST_AFTER_EFFECT_MS),
    () => {},
  );
  await app.kill();
}

const isOpenCard = (message: Message): boolean =>
  JSON.stringify(message.blocks ?? []).includes('"approval.approve"');
const openCards = (): Message[] => sandbox.messages(FINANCE_CHANNEL).filter(isOpenCard);

const received: string[] = [];
const plannedFor: { row: Instalment; date: LocalDate; receiptId: string }[] = [];

/** A new day: rows that fall due on it, receipts of the day before that wait for finance, and their cards. */
async function prepare(): Promise<void> {
  const { calendar } = (await company.system(now())).company;
  do today = addDays(today, 1);
  while (!isWorkday(calendar, today));
  const due = Array.from({ length: RECEIPTS_A_ROUND }, (): [bigint, string] => [100_00n, today]);
  const { rows } = await anActiveContract(company, due, { now: now() });
  for (const row of rows) {
    const { receipt } = await aSubmittedReceipt(company, row, 100_00n, { now: now() });
    plannedFor.push({ row, date: today, receiptId: receipt.id });
    received.push(receipt.id);
  }
  await letLeasesEnd(company.db);
  await deliverAll();
}

async function deliverAll(): Promise<void> {
  const delivery = deliveryTo(sandbox, company, { clock: now });
  await delivery.run();
  await delivery.stop();
}

/** Slack has each message once, and what it shows as decided is booked. */
async function checkSlackAgainstBooks(round: string): Promise<void> {
  const ids = postedIds(sandbox);
  expect(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    round,
  ).toEqual([]);
  const sent = await company.db.outbox.findMany({
    where: { status: 'sent', op: 'post' },
    select: { id: true, kind: true },
  });
  const posted = new Set(ids);
  expect(
    sent.filter(({ id, kind }) => kind !== 'digest.rows' && !posted.has(id)),
    round,
  ).toEqual([]);
  const files = postedFiles(sandbox);
  expect(new Set(files).size, round).toBe(files.length);
  expect(files.length, round).toBe(sent.filter(({ kind }) => kind === 'digest.rows').length);
  const open = new Set(openCards().map((message) => String(message.metadata?.event_payload.id)));
  const cards = await company.db.outbox.findMany({
    where: { kind: 'receipt.card', status: 'sent', op: 'post' },
  });
  for (const card of cards.filter(({ id }) => !open.has(id))) {
    const { receiptId } = card.payload as { receiptId: string };
    const { status } = await company.db.receipt.findUniqueOrThrow({ where: { id: receiptId } });
    expect(status, `${round}: its card says it is decided`).toBe('approved');
  }
  expect(await checkMoney(company.db), round).toEqual([]);
}

test(`the app is killed ${ROUNDS} times: nothing is lost, nothing done or told twice`, {
  timeout: ROUNDS * 90_000,
}, async () => {
  expect(ROUNDS).toBeGreaterThan(0);
  console.log(`seed ${SEED}, ${ROUNDS} rounds`);
  let approvedByClick = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    await prepare();
    const approvedBefore = await company.db.receipt.count({ where: { status: 'approved' } });
    const plannedBefore = await company.db.reminder.count();
    await db.close();
    await (round % 2 === 0 ? killDuringMorning() : killDuringClicks());
    await reopen();
    const approved = (await company.db.receipt.count({ where: { status: 'approved' } })) - approvedBefore;
    approvedByClick += approved;
    const planned = (await company.db.reminder.count()) - plannedBefore;
    console.log(
      `round ${round}: ${round % 2 === 0 ? 'morning' : 'clicks'}, ${planned} planned, ${approved} approved`,
    );
    await checkSlackAgainstBooks(`round ${round}`);
    // The rest of that morning, as the next start would do it.
    await letLeasesEnd(company.db);
    await planReminders(await company.system(now()));
    await deliverAll();
    await checkSlackAgainstBooks(`after round ${round}`);
  }

  // Whoever's click came to nothing clicks again.
  await db.close();
  const last = await startApp(sandbox, database.target, now());
  await sandbox.connected(60_000);
  for (const message of openCards())
    await sandbox.click(slackIdOf('finance'), { channel: FINANCE_CHANNEL, message }, 'approval.approve');
  try {
    await sandbox.waitFor(() => openCards().length === 0, 60_000, 'every card to be decided');
  } finally {
    await last.kill();
  }
  await reopen();
  await letLeasesEnd(company.db);
  await deliverAll();
  await checkSlackAgainstBooks('at the end');

  const { db: books } = company;
  expect(await books.receipt.count({ where: { id: { in: received }, status: 'approved' } })).toBe(
    received.length,
  );
  const booked = await books.auditLog.groupBy({
    by: ['subjectId'],
    where: { action: 'receipt.approved', subjectId: { in: received } },
    _count: true,
  });
  expect(booked.map((entry) => entry._count)).toEqual(received.map(() => 1));
  expect(
    await books.outbox.findMany({
      where: { status: { notIn: ['sent', 'skipped'] } },
      select: { kind: true, status: true, lastError: true },
    }),
  ).toEqual([]);
  // Each row's day was told to its owner, in that day's one message.
  const owner = company.ids.rep;
  for (const { row, date, receiptId } of plannedFor) {
    const said = await books.reminder.findMany({
      where: { instalmentId: row.id, recipientId: owner, plannedOn: toUtcDate(date) },
    });
    const told = said.filter(({ status }) => status === 'sent').length;
    const paidThatDay = await books.auditLog.count({
      where: {
        ...{ action: 'receipt.approved', subjectId: receiptId },
        at: { lt: instantOf(addDays(date, 1), '00:00', ZONE) },
      },
    });
    // A click may have had it paid before that day's message was drawn: then there was nothing left to tell.
    if (told === 0 && paidThatDay > 0) expect(said.every(({ status }) => status === 'skipped')).toBe(true);
    else expect(told, date).toBe(1);
    const digests = await books.outbox.findMany({ where: { dedupeKey: digestKey(owner, date) } });
    const toldThatDay = await books.reminder.count({
      where: { recipientId: owner, plannedOn: toUtcDate(date), status: 'sent' },
    });
    // With nothing left to tell there is no message either.
    expect(
      digests.map(({ status }) => status),
      date,
    ).toEqual([toldThatDay > 0 ? 'sent' : 'skipped']);
  }
  // No kill left a link of the chain half made.
  await sealAudit(await company.system());
  expect(await verifyAudit(books)).toMatchObject({ unsealed: 0, brokenCount: 0 });
  // Otherwise the kills came too early or too late to prove anything.
  if (ROUNDS >= 10) expect(approvedByClick).toBeGreaterThan(0);
  console.log(
    `${received.length} receipts, ${approvedByClick} approved under fire, ${postedIds(sandbox).length} messages`,
  );
});
