// Says from the history of a row who must have been told what by when, with plain loops: nothing of the domain is used to
// say it. Roles stand for people: the owner is `rep`, whoever is above `manager`.
import type { PersonKey } from './company.js';

const TOLERANCE = 100n;
/** A row that was beyond its ladder when it opened asks everybody after so many days. */
const LISTED_DAYS = 7;

const ALL: PersonKey[] = ['rep', 'manager', 'director', 'financeManager'];
type Step = { code: string; after: number; level: number | null; who: PersonKey[] };
const STEPS: Step[] = [
  { code: 'R1', after: -7, level: null, who: ['rep'] },
  { code: 'R2', after: -3, level: null, who: ['rep'] },
  { code: 'R3', after: -1, level: null, who: ['rep'] },
  { code: 'R4', after: 0, level: null, who: ['rep', 'finance', 'finance2'] },
  { code: 'E1', after: 1, level: 0, who: ['rep'] },
  { code: 'E2', after: 3, level: 1, who: ['rep', 'manager'] },
  { code: 'E3', after: 7, level: 2, who: ALL },
  { code: 'E4', after: 15, level: 3, who: ALL },
  { code: 'E5', after: 30, level: 3, who: ALL },
  { code: 'E6', after: 60, level: 4, who: ALL },
];
const RETENTION_STEPS: Step[] = [
  ...[-30, -14, -7, -3].map(
    (after, index): Step => ({ code: `Q${index + 1}`, after, level: null, who: ['rep'] }),
  ),
  { code: 'Q5', after: 0, level: null, who: ['rep', 'finance', 'finance2'] },
  { code: 'Q6', after: 1, level: 1, who: ['rep', 'manager'] },
  { code: 'Q7', after: 7, level: 2, who: ALL },
];
/** The first step of the order that has a level, and the first that asks. */
const E1 = 4;
const E2 = 5;
const Q6 = 5;

export const plus = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

/** What the oracle knows of a row. `done`: index of the last step taken, -1 for none. */
export interface OracleRow {
  readonly id: string;
  due: string;
  open: bigint;
  done: number;
  said: string | null;
  level: number | null;
  /** When its case last asked anew. */
  raised: string | null;
  asked: PersonKey[];
  heldUntil: string | null;
  acked: boolean;
  promise: { on: string; left: bigint } | null;
  /** Promises in a row without their money; `unkept`: the amount above which the last one is not kept. */
  promises: number;
  unkept: bigint | null;
  dispute: { on: string; until: string; told: boolean } | null;
  /** The dispute that a promise ended: until one is kept it is not over. */
  disputed: { on: string; told: boolean } | null;
  contact: string | null;
  contactsTold: Set<string>;
  /** What came in and was not taken back. */
  receipts: { id: string; amount: bigint }[];
  readonly isRetention: boolean;
  /** Hangs on the delivery of this contract: it is not postponed, its milestone moves. */
  readonly contractId: string | null;
  /** When so much was open again that it is worth a reminder, after nothing or less was. */
  opened: string | null;
  /** Its owner has left: what is the owner's goes to the manager. */
  isOrphan: boolean;
  /** What new people of the row are to be told once, with the next workday's morning. */
  owed: string[];
}

/** A row that nothing was said of yet. */
export const oracleRow = (
  id: string,
  due: string,
  open: bigint,
  isRetention = false,
  contractId: string | null = null,
): OracleRow => ({
  isRetention,
  contractId,
  opened: null,
  isOrphan: false,
  owed: [],
  id,
  due,
  open,
  done: -1,
  said: null,
  level: null,
  raised: null,
  asked: [],
  heldUntil: null,
  acked: false,
  promise: null,
  promises: 0,
  unkept: null,
  dispute: null,
  disputed: null,
  contact: null,
  contactsTold: new Set(),
  receipts: [],
});

export const isOwed = (row: OracleRow): boolean => row.open > TOLERANCE;

/** The ladder of a row. */
export const stepsOf = (row: OracleRow): Step[] => (row.isRetention ? RETENTION_STEPS : STEPS);

/** The last promise was broken or disputed away, or its money is not in. */
export const isUnkept = (row: OracleRow): boolean => row.unkept !== null && row.open > row.unkept;

/** The dispute that goes on, or that a promise ended which was not kept. */
export const disputeBefore = (row: OracleRow): { on: string; told: boolean } | null =>
  row.dispute ?? (isUnkept(row) ? row.disputed : null);

export type Oracle = ReturnType<typeof createOracle>;

/** The oracle of a company with these days off (and days worked in lieu). */
export function createOracle(daysOff: ReadonlyMap<string, boolean>) {
  function works(date: string): boolean {
    const weekday = new Date(date).getUTCDay();
    return daysOff.get(date) ?? (weekday !== 0 && weekday !== 6);
  }
  function workdayFrom(date: string, by: 1 | -1): string {
    let day = date;
    while (!works(day)) day = plus(day, by);
    return day;
  }
  const isHigh = (step: Step): boolean => (step.level ?? 0) >= 3;
  const sendOn = (step: Step, due: string): string => {
    const day = plus(due, step.after);
    return isHigh(step) ? day : workdayFrom(day, step.after > 0 ? 1 : -1);
  };
  const isPromised = (row: OracleRow): boolean =>
    row.promise !== null && row.open > row.promise.left + TOLERANCE;

  /** The index of the step that falls due for the row by its days, -1 for none. */
  function stepOfTheDay(row: OracleRow, today: string, holds: boolean): number {
    let found = -1;
    stepsOf(row).forEach((step, index) => {
      const waits = holds && row.level !== null && row.heldUntil !== null && row.heldUntil > today;
      if (waits && (step.level ?? 0) > (row.level ?? 0)) return;
      if (index <= row.done || sendOn(step, row.due) > today) return;
      if (works(today) || isHigh(step)) found = index;
    });
    return found;
  }

  /** What must be said of a row this morning, each as `code→person`; changes the row as saying it does. */
  function mustSay(row: OracleRow, today: string): string[] {
    if (!isOwed(row)) return [];
    const lines: string[] = [];
    const steps = stepsOf(row);
    const [firstLevel, firstAsk] = row.isRetention ? [Q6, Q6] : [E1, E2];
    const stand = (who: PersonKey): PersonKey => (who === 'rep' && row.isOrphan ? 'manager' : who);
    const say = (code: string, people: readonly PersonKey[]) =>
      lines.push(...[...new Set(people.map(stand))].map((who) => `${code}→${who}`));
    const take = (index: number, cause: 'day' | 'promise' | 'dispute', isLate = false) => {
      const step = steps[index];
      if (!step) return;
      const before = row.level;
      const newest = step.level ?? 0;
      // Nothing has fallen due since it opened: it is listed, and nobody is asked.
      const { opened } = row;
      const isListed =
        cause === 'day' &&
        !isLate &&
        opened !== null &&
        row.due < opened &&
        plus(row.due, step.after) < opened;
      if (isListed) {
        // Nobody is asked: it can wait for a workday.
        if (!works(today)) return;
        say(step.code, ['rep', 'manager']);
        Object.assign(row, { done: Math.max(row.done, index), said: today });
        return;
      }
      const isAgain =
        cause === 'day' &&
        before !== null &&
        newest <= before &&
        step.level !== null &&
        row.done < firstLevel;
      const isLower = cause !== 'day' && before !== null && newest < before;
      say(step.code, isAgain || isLower ? [...step.who, ...row.asked] : step.who);
      const levels = step.level !== null && (before !== null || newest >= 1);
      if (levels && (cause !== 'day' || isAgain || before === null || newest >= before)) {
        const adds: PersonKey[] =
          index === firstAsk
            ? ['manager']
            : before !== null && before <= 1
              ? ['director', 'financeManager']
              : ALL.slice(1);
        if (isLower && cause === 'dispute') row.asked = [...new Set([...row.asked, ...adds])];
        else if (!isAgain && !isLower) row.asked = adds;
        row.level = isAgain || isLower ? before : newest;
        row.raised = today;
        row.acked = false;
        row.heldUntil = null;
      }
      row.done = Math.max(row.done, index);
      row.said = today;
    };

    const mayTake = (index: number): boolean => works(today) || (steps[index]?.level ?? 0) >= 3;
    const disputed = row.dispute;
    const isPaused =
      (disputed !== null && disputed.until >= today) ||
      (isPromised(row) && row.promises <= 2 && (row.promise?.on ?? '') >= today);
    const isOld = disputed !== null && !disputed.told && plus(disputed.on, 14) < today && row.due < today;
    if (disputed && isOld && works(today)) {
      take(firstAsk, 'dispute');
      disputed.told = true;
    } else if (!isPaused) {
      if (isPromised(row) && (row.promise?.on ?? '') < today && row.due < today) {
        const above = steps.findIndex((step) => (step.level ?? 0) > (row.level ?? 0));
        const jump = above < 0 ? steps.length - 1 : above;
        const day = stepOfTheDay(row, today, false);
        const index = mayTake(jump) && day < jump ? jump : day;
        if (index >= 0) {
          take(index, 'promise');
          // Broken: whatever comes in later, the next one is another in the row, and a dispute a new one.
          Object.assign(row, { promise: null, unkept: -1n, disputed: null });
        }
      } else {
        const index = stepOfTheDay(row, today, true);
        const last = steps.length - 1;
        const { opened } = row;
        const isBeyond =
          opened !== null && row.due < opened && plus(row.due, steps[last]?.after ?? 0) < opened;
        if (index >= 0) take(index, 'day');
        else if (
          isBeyond &&
          (row.level ?? 0) < (steps[last]?.level ?? 0) &&
          (row.heldUntil === null || row.heldUntil <= today) &&
          [opened, row.raised].every((day) => day === null || plus(day, LISTED_DAYS) <= today) &&
          mayTake(last)
        )
          take(last, 'day', true);
      }
    }
    if (works(today)) {
      const monday = plus(today, -((new Date(today).getUTCDay() + 6) % 7));
      const late = (Date.parse(today) - Date.parse(row.due)) / 86_400_000;
      // Of a retention every seven days from its due date on, the first a week after D+7.
      const line = row.isRetention ? plus(today, -(late % 7)) : monday;
      const begins = row.isRetention ? late >= 14 : plus(row.due, 7) < monday;
      if (begins && (row.said === null || row.said < line)) {
        say(row.isRetention ? 'QW' : 'W', ['rep', 'manager']);
        row.said = today;
      }
      if (row.contact !== null && row.contact <= today && !row.contactsTold.has(row.contact)) {
        say('F', ['rep']);
        row.contactsTold.add(row.contact);
      }
    }
    // Whom a step tells, on a day off too, is told of nothing lower.
    const told = new Set(lines.filter((line) => /^[REQ]\d/.test(line)).map((line) => line.split('→')[1]));
    row.owed = row.owed.filter((line) => !told.has(line.split('→')[1]));
    if (works(today)) {
      lines.push(...row.owed.filter((line) => !lines.includes(line)));
      row.owed = [];
    }
    return lines;
  }

  return { mustSay, works, workdayFrom };
}
