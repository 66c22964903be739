// Says from the history of a row who must have been told what by when, with plain loops: nothing of the domain is used to
// say it. Roles stand for people: the owner is `rep`, whoever is above `manager`.
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { recordFollowUp, resumeChasing } from '../../src/domain/follow-ups/follow-up.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { acknowledgeCase } from '../../src/domain/reminders/case.service.js';
import { aSubmittedReceipt, type PersonKey, type TestCompany } from './company.js';
import { approveReceipt } from './decide.js';
import { at } from './mornings.js';

const TOLERANCE = 100n;

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
const E1 = 4;
const E2 = 5;

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
}

/** A row that nothing was said of yet. */
export const oracleRow = (id: string, due: string, open: bigint): OracleRow => ({
  id,
  due,
  open,
  done: -1,
  said: null,
  level: null,
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
  const isUnkept = (row: OracleRow): boolean => row.unkept !== null && row.open > row.unkept;
  const disputeBefore = (row: OracleRow): { on: string; told: boolean } | null =>
    row.dispute ?? (isUnkept(row) ? row.disputed : null);
  const isPromised = (row: OracleRow): boolean =>
    row.promise !== null && row.open > row.promise.left + TOLERANCE;

  /** The index of the step that falls due for the row by its days, -1 for none. */
  function stepOfTheDay(row: OracleRow, today: string, holds: boolean): number {
    let found = -1;
    STEPS.forEach((step, index) => {
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
    const say = (code: string, people: readonly PersonKey[]) =>
      lines.push(...[...new Set(people)].map((who) => `${code}→${who}`));
    const take = (index: number, cause: 'day' | 'promise' | 'dispute') => {
      const step = STEPS[index];
      if (!step) return;
      const before = row.level;
      const newest = step.level ?? 0;
      const isAgain =
        cause === 'day' && before !== null && newest <= before && step.level !== null && row.done < E1;
      const isLower = cause !== 'day' && before !== null && newest < before;
      say(step.code, isAgain || isLower ? [...step.who, ...row.asked] : step.who);
      const levels = step.level !== null && (before !== null || newest >= 1);
      if (levels && (cause !== 'day' || isAgain || before === null || newest >= before)) {
        const adds: PersonKey[] =
          index === E2
            ? ['manager']
            : before !== null && before <= 1
              ? ['director', 'financeManager']
              : ALL.slice(1);
        if (isLower && cause === 'dispute') row.asked = [...new Set([...row.asked, ...adds])];
        else if (!isAgain && !isLower) row.asked = adds;
        row.level = isAgain || isLower ? before : newest;
        row.acked = false;
        row.heldUntil = null;
      }
      row.done = Math.max(row.done, index);
      row.said = today;
    };

    const disputed = row.dispute;
    const isPaused =
      (disputed !== null && disputed.until >= today) ||
      (isPromised(row) && row.promises <= 2 && (row.promise?.on ?? '') >= today);
    const isOld = disputed !== null && !disputed.told && plus(disputed.on, 14) < today && row.due < today;
    if (disputed && isOld && works(today)) {
      take(E2, 'dispute');
      disputed.told = true;
    } else if (!isPaused) {
      if (isPromised(row) && (row.promise?.on ?? '') < today && row.due < today) {
        const above = STEPS.findIndex((step) => (step.level ?? 0) > (row.level ?? 0));
        const jump = above < 0 ? STEPS.length - 1 : above;
        const day = stepOfTheDay(row, today, false);
        const maySay = works(today) || (STEPS[jump]?.level ?? 0) >= 3;
        const index = maySay && day < jump ? jump : day;
        if (index >= 0) {
          take(index, 'promise');
          // Broken: whatever comes in later, the next one is another in the row, and a dispute a new one.
          Object.assign(row, { promise: null, unkept: -1n, disputed: null });
        }
      } else {
        const index = stepOfTheDay(row, today, true);
        if (index >= 0) take(index, 'day');
      }
    }
    if (works(today)) {
      const monday = plus(today, -((new Date(today).getUTCDay() + 6) % 7));
      if (plus(row.due, 7) < monday && (row.said === null || row.said < monday)) {
        say('W', ['rep', 'manager']);
        row.said = today;
      }
      if (row.contact !== null && row.contact <= today && !row.contactsTold.has(row.contact)) {
        say('F', ['rep']);
        row.contactsTold.add(row.contact);
      }
    }
    return lines;
  }

  /** Something happens to a row at noon, in the app and in what the oracle knows. */
  async function happen(
    company: TestCompany,
    row: OracleRow,
    today: string,
    chance: () => number,
  ): Promise<string> {
    const now = at(today, '12:00');
    const day = (most: number) => plus(today, Math.floor(chance() * (most + 1)));
    const follow = {
      instalmentId: row.id,
      kind: 'call',
      content: 'x',
      promisedOn: null,
      promisedAmount: null,
    } as const;
    const rest = { reason: null, pauseUntil: null, nextOn: null };
    const pick = chance();
    if (pick < 0.15) {
      const amount = chance() < 0.3 ? row.open : (row.open * BigInt(10 + Math.floor(chance() * 50))) / 100n;
      const stored = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
      const { receipt, approval } = await aSubmittedReceipt(company, stored, amount, { now });
      await approveReceipt(await company.as('finance', now), approval.id, approval.version);
      row.open -= amount;
      row.receipts.push({ id: receipt.id, amount });
      return `pays ${amount}`;
    }
    if (pick < 0.3) {
      const from = row.due > today ? row.due : today;
      const to = plus(from, 1 + Math.floor(chance() * 12));
      const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
      const input = { id: row.id, version, to: localDate(to), remark: null };
      await postponeInstalment(await company.as('manager', now), input);
      Object.assign(row, { due: to, done: -1, said: null, promise: null, promises: 0, unkept: null });
      return `is postponed to ${to}`;
    }
    if (pick < 0.55) {
      const on = day(9);
      const amount = chance() < 0.5 ? row.open : row.open / 2n;
      const promised = { result: 'promised', promisedOn: localDate(on), promisedAmount: amount } as const;
      await recordFollowUp(await company.as('rep', now), { ...follow, ...rest, ...promised });
      row.disputed = disputeBefore(row);
      row.promises = isUnkept(row) ? row.promises + 1 : 1;
      row.unkept = row.open - amount;
      row.promise = { on, left: row.open - amount };
      row.dispute = null;
      row.contact = on > today ? on : null;
      return `promises ${amount} by ${on}`;
    }
    if (pick < 0.7) {
      const until = day(28);
      const disputed = { result: 'disputed', reason: 'x', pauseUntil: localDate(until) } as const;
      await recordFollowUp(await company.as('finance', now), { ...follow, ...rest, ...disputed });
      const before = disputeBefore(row);
      row.dispute = { on: before?.on ?? today, until, told: before?.told ?? false };
      // What was promised before is not kept, whatever comes in later.
      const promises = isUnkept(row) ? row.promises : 0;
      Object.assign(row, { promise: null, promises, unkept: promises > 0 ? -1n : null, contact: null });
      return `disputes until ${until}`;
    }
    if (pick < 0.8) {
      const nextOn = plus(today, 1 + Math.floor(chance() * 6));
      const answer = { ...follow, ...rest, result: 'no_answer', nextOn: localDate(nextOn) } as const;
      await recordFollowUp(await company.as('rep', now), answer);
      row.contact = nextOn;
      return `is called, next on ${nextOn}`;
    }
    if (pick < 0.87 && row.dispute) {
      await resumeChasing(await company.as('manager', now), row.id);
      row.dispute = null;
      row.disputed = null;
      return 'is resumed';
    }
    const taken = row.receipts.at(-1);
    if (pick > 0.94 && taken) {
      // A promise it had kept is not kept any more; what was said stays said.
      const reversal = await askReversal(await company.as('finance', now), {
        receiptId: taken.id,
        amount: taken.amount,
        reason: 'x',
      });
      const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: reversal.id } });
      await approve(await company.as('financeManager', now), approval.id, approval.version);
      row.open += taken.amount;
      row.receipts.pop();
      return `has ${taken.amount} taken back`;
    }
    const [asked] = row.asked;
    if (row.level === null || row.acked || !asked) return 'rests';
    const { id } = await company.db.escalationCase.findFirstOrThrow({
      where: { instalmentId: row.id, closedOn: null },
    });
    await acknowledgeCase(await company.as(asked, now), id);
    let until = today;
    for (let left = 3; left > 0; left -= 1) until = workdayFrom(plus(until, 1), 1);
    row.heldUntil = until;
    row.acked = true;
    return `is acknowledged by ${asked}`;
  }

  return { mustSay, happen, works };
}
