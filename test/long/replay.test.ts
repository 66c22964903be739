// The replay of a real ledger against an independent computation: plain loops over the file, no code of the app.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readInvoices } from '../../scripts/replay/invoices.js';
import { replay } from '../../scripts/replay/run.js';
import { openDatabase } from '../../src/db/client.js';

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
/** The first that goes to the manager is E2. */
const FIRST_TOLD = STEPS.E2;

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

/** Days on which somebody has a digest: the owner, his manager, finance's owner-less step, director and finance manager. */
function expectedDigests(): { rep: number; manager: number } {
  const rep = new Set<number>();
  const manager = new Set<number>();
  for (const line of lines) {
    for (const offset of Object.values(STEPS)) {
      const day = line.due + offset;
      if (!reached(line, day)) continue;
      rep.add(day);
      if (offset >= FIRST_TOLD) manager.add(day);
    }
    for (const day of mondaysAfterAWeek(line)) {
      rep.add(day);
      manager.add(day);
    }
  }
  return { rep: rep.size, manager: manager.size };
}

it('reproduces two years of a real ledger to the cent and to the reminder', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'huikuan-replay-test-'));
  const database = await openDatabase({ dataDir, durable: false });
  try {
    const result = await replay(database, await readInvoices(FILE), ['2012-06-15', '2013-03-20'] as never[]);
    expect(result.figures.length).toBeGreaterThan(24);
    for (const { date, ...figures } of result.figures)
      expect({ date, ...figures }).toEqual({ date, ...expectedFigures(dayOf(date)) });
    expect(result.steps).toEqual(expectedSteps());
    expect(result.lateInvoices).toBe(lines.filter((line) => line.settled > line.due).length);
    expect(result.settled).toBe(14_770_318n);
    expect(result.outstanding).toBe(0n);
    const digests = await database.prisma.$queryRaw<{ name: string; count: number }[]>`
      SELECT u.name, COUNT(*)::int AS count FROM outbox o JOIN app_user u ON o.recipient = 'user:' || u.id
      WHERE o.kind = 'digest' AND o.op = 'post' GROUP BY u.name`;
    const counted = Object.fromEntries(digests.map(({ name, count }) => [name, count]));
    expect(counted).toMatchObject(expectedDigests());
  } finally {
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
