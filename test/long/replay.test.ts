// The replay of a real ledger against an independent computation: plain loops over the file, no code of the app.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readInvoices } from '../../scripts/replay/invoices.js';
import { replay } from '../../scripts/replay/run.js';
import { openDatabase } from '../../src/db/client.js';
import { localDate } from '../../src/domain/local-date.js';

const FILE = join(import.meta.dirname, '../data/ibm-watson-accounts-receivable.csv');
const DAY = 86_400_000;

interface Line {
  /** Days since 1970. */
  invoiced: number;
  due: number;
  settled: number;
  cents: number;
}

function readLines(): Line[] {
  const day = (text: string) => {
    const [month = 0, date = 0, year = 0] = text.split('/').map(Number);
    return Date.UTC(year, month - 1, date) / DAY;
  };
  const [, ...lines] = readFileSync(FILE, 'utf8').trim().split(/\r?\n/);
  return lines.map((line) => {
    const cells = line.split(',');
    const at = (index: number) => cells[index] ?? '';
    return {
      invoiced: day(at(4)),
      due: day(at(5)),
      settled: day(at(8)),
      cents: Math.round(Number(at(6)) * 100),
    };
  });
}

const lines = readLines();
const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / DAY;

/** Open and overdue at the end of a day (count and cents). */
function expectedFigures(day: number): {
  open: number;
  openAmount: bigint;
  overdue: number;
  overdueAmount: bigint;
} {
  const open = lines.filter((line) => line.invoiced <= day && day < line.settled);
  const overdue = open.filter((line) => line.due < day);
  const cents = (some: Line[]) => BigInt(some.reduce((sum, line) => sum + line.cents, 0));
  return {
    open: open.length,
    openAmount: cents(open),
    overdue: overdue.length,
    overdueAmount: cents(overdue),
  };
}

/** Every day is a workday: a step falls on its nominal day if the invoice is there and not settled before that day. */
const reached = (line: Line, day: number) => line.invoiced <= day && day <= line.settled;
const STEPS = { R1: -7, R2: -3, R3: -1, R4: 0, E1: 1, E2: 3, E3: 7, E4: 15, E5: 30, E6: 60 };

function expectedSteps(): Record<string, number> {
  const counts = Object.entries(STEPS).map(([code, offset]) => {
    const told = lines.filter((line) => reached(line, line.due + offset));
    return [code, told.length] as const;
  });
  const weekly = lines.filter((line) => mondaysAfterAWeek(line).length > 0).length;
  return Object.fromEntries([...counts, ['W', weekly]].filter(([, count]) => count !== 0));
}

/** Mondays more than 7 days after the due date on which the invoice is still open in the morning. */
function mondaysAfterAWeek(line: Line): number[] {
  const mondays: number[] = [];
  for (let day = line.due + 8; day <= line.settled; day += 1) if ((day + 3) % 7 === 0) mondays.push(day);
  return mondays;
}

/** From which step on each of them is told: the owner of all, the manager from E2, director and finance manager from E3. */
const FIRST_TOLD = { rep: STEPS.R1, manager: STEPS.E2, director: STEPS.E3, chief: STEPS.E3 };
/** The weekly line is for the owner and the manager. */
const WEEKLY_TOLD = new Set(['rep', 'manager']);

/** Mornings on which each person has a digest: finance has none, what is due is listed in its channel. */
function expectedDigests(): Record<string, number> {
  const counts = Object.entries(FIRST_TOLD).map(([who, first]) => {
    const mornings = lines.flatMap((line) => [
      ...stepDays(line, first),
      ...(WEEKLY_TOLD.has(who) ? mondaysAfterAWeek(line) : []),
    ]);
    return [who, new Set(mornings).size] as const;
  });
  return Object.fromEntries(counts);
}

/** The days on which an invoice reaches a step, from one on. */
const stepDays = (line: Line, from: number): number[] =>
  Object.values(STEPS)
    .filter((offset) => offset >= from)
    .map((offset) => line.due + offset)
    .filter((day) => reached(line, day));

/** More cases than this in a morning are told in one summary, and only threads that are there get a line. */
const TOLD_ONE_BY_ONE = 10;

/**
 * What both channels get. Finance: a card a receipt with a line for its decision, and a list on mornings with something
 * due. Escalation: a case opens at E2 and is told of at each later step, when its money is recorded and when it is paid;
 * its thread is there from its first line on.
 */
function expectedPosts(): Record<string, number> {
  const posts = { 'case.card': 0, 'case.line': 0, 'case.summary': 0 };
  const threads = new Set<Line>();
  const tell = (line: Line) => {
    if (!threads.has(line)) posts['case.card'] += 1;
    threads.add(line);
    posts['case.line'] += 1;
  };
  const [first, last] = [
    Math.min(...lines.map((line) => line.invoiced)),
    Math.max(...lines.map((line) => line.settled)),
  ];
  for (let day = first; day <= last; day += 1) {
    const changed = lines.filter((line) => stepDays(line, STEPS.E2).includes(day));
    const isSummed = changed.length > TOLD_ONE_BY_ONE;
    if (isSummed) posts['case.summary'] += 1;
    for (const line of changed) if (!isSummed || threads.has(line)) tell(line);
    const paid = lines.filter((line) => line.settled === day && reached(line, line.due + STEPS.E2));
    for (const line of paid) for (const _event of ['recorded', 'paid']) tell(line);
  }
  const due = new Set(lines.filter((line) => reached(line, line.due)).map((line) => line.due));
  const counted = Object.entries(posts).filter(([, count]) => count > 0);
  return {
    ...Object.fromEntries(counted),
    'finance.due': due.size,
    'receipt.card': lines.length,
    'receipt.line': lines.length,
  };
}

it('reproduces two years of a real ledger to the cent and to the reminder', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'huikuan-replay-test-'));
  const database = await openDatabase({ dataDir, durable: false });
  try {
    const result = await replay(
      database,
      await readInvoices(FILE),
      ['2012-06-15', '2013-03-20'].map(localDate),
    );
    expect(result.figures.length).toBeGreaterThan(24);
    for (const { date, ...figures } of result.figures)
      expect({ date, ...figures }).toEqual({ date, ...expectedFigures(dayOf(date)) });
    expect(result.steps).toEqual(expectedSteps());
    expect(result.lateInvoices).toBe(lines.filter((line) => line.settled > line.due).length);
    expect(result.settled).toBe(14_770_318n);
    expect(result.outstanding).toBe(0n);
    expect([result.firstDay, result.lastDay]).toEqual(['2012-01-03', '2014-01-09']);
    expect(result.digestsOf).toEqual(expectedDigests());
    expect(result.postsOf).toEqual(expectedPosts());
    const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, one) => all + one, 0);
    expect([result.digests, result.channelPosts]).toEqual([sum(expectedDigests()), sum(expectedPosts())]);
  } finally {
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});

it('refuses a day that the ledger does not have, before anything is written', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'huikuan-replay-test-'));
  const database = await openDatabase({ dataDir, durable: false });
  try {
    const days = ['2012-01-02', '2013-03-20', '2014-01-10'].map(localDate);
    await expect(replay(database, await readInvoices(FILE), days)).rejects.toThrow(
      '2012-01-02, 2014-01-10: not in this ledger, whose days are 2012-01-03 to 2014-01-09.',
    );
    expect(await database.prisma.company.count()).toBe(0);
  } finally {
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
