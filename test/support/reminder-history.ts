// What happens to rows at random, in the app and in what the oracle of their reminders knows.
import type { Ctx } from '../../src/ctx.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { loadMilestoneForm } from '../../src/domain/contracts/milestone.queries.js';
import { setMilestone } from '../../src/domain/contracts/milestone.service.js';
import { fingerprintOf } from '../../src/domain/contracts/milestone-moves.js';
import { recordFollowUp, resumeChasing } from '../../src/domain/follow-ups/follow-up.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { acknowledgeCase } from '../../src/domain/reminders/case.service.js';
import { aSubmittedReceipt, type TestCompany } from './company.js';
import { approveReceipt } from './decide.js';
import { at } from './mornings.js';
import {
  disputeBefore,
  isOwed,
  isUnkept,
  type Oracle,
  type OracleRow,
  plus,
  stepsOf,
} from './reminder-oracle.js';

/** Something happens to a row at noon. @returns what it was */
export async function happen(
  oracle: Oracle,
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
  if (!isOwed(row)) return pick < 0.15 ? takeBack(company, row, today) : 'rests';
  if (pick < 0.15) {
    // Some pay all, some but for what is worth no reminder.
    const kind = chance();
    const part = (row.open * BigInt(10 + Math.floor(chance() * 50))) / 100n;
    const amount = kind < 0.3 ? row.open : kind < 0.4 ? row.open - 50n : part;
    const stored = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
    const { receipt, approval } = await aSubmittedReceipt(company, stored, amount, { now });
    await approveReceipt(await company.as('finance', now), approval.id, approval.version);
    row.open -= amount;
    row.receipts.push({ id: receipt.id, amount });
    // What is paid in full was promised and arranged for nothing.
    if (row.open === 0n)
      Object.assign(row, { promise: null, promises: 0, unkept: null, contact: null, owed: [] });
    if (!isOwed(row)) row.owed = [];
    return `pays ${amount}`;
  }
  if (pick < 0.3) {
    const from = row.due > today ? row.due : today;
    const to = plus(from, 1 + Math.floor(chance() * 12));
    if (row.contractId === null) {
      const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
      const input = { id: row.id, version, to: localDate(to), remark: null };
      await postponeInstalment(await company.as('manager', now), input);
      // The contract may be another team's than the row.
    } else await setDelivery(await company.as('director', now), row.contractId, to);
    Object.assign(row, { due: to, done: -1, said: null, promise: null, promises: 0, unkept: null, owed: [] });
    return `is due on ${to}`;
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
  if (pick > 0.94 && row.receipts.length > 0) return takeBack(company, row, today);
  const [asked] = row.asked;
  if (row.level === null || row.acked || !asked) return 'rests';
  const { id } = await company.db.escalationCase.findFirstOrThrow({
    where: { instalmentId: row.id, closedOn: null },
  });
  await acknowledgeCase(await company.as(asked, now), id);
  let until = today;
  for (let left = 3; left > 0; left -= 1) until = oracle.workdayFrom(plus(until, 1), 1);
  row.heldUntil = until;
  row.acked = true;
  return `is acknowledged by ${asked}`;
}

/** The last money that came in is taken back; a promise it had kept is not kept any more, what was said stays said. */
async function takeBack(company: TestCompany, row: OracleRow, today: string): Promise<string> {
  const now = at(today, '12:00');
  const taken = row.receipts.at(-1);
  if (!taken) return 'rests';
  const reversal = await askReversal(await company.as('finance', now), {
    receiptId: taken.id,
    amount: taken.amount,
    reason: 'x',
  });
  const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: reversal.id } });
  await approve(await company.as('financeManager', now), approval.id, approval.version);
  // Its case is open again and asks its people anew.
  if (row.open === 0n) Object.assign(row, { acked: false, heldUntil: null });
  // Nothing was said of it meanwhile, nor will be of the days that it has passed.
  if (!isOwed(row)) row.opened = today;
  row.open += taken.amount;
  row.receipts.pop();
  return `has ${taken.amount} taken back`;
}

/**
 * The row is somebody else's, who is told its highest step once; so is their manager, if it is another one whom its
 * case asks from now on.
 */
export function handOver(row: OracleRow, isOtherTeam: boolean): void {
  row.isOrphan = false;
  const step = stepsOf(row)[row.done];
  if (!isOwed(row) || !step) return;
  const asks = isOtherTeam && row.level !== null && row.asked.includes('manager');
  row.owed = [...new Set([...row.owed, `${step.code}→rep`, ...(asks ? [`${step.code}→manager`] : [])])];
}

/** The delivery of a contract is expected on another day. */
export async function setDelivery(ctx: Ctx, contractId: string, date: string): Promise<void> {
  const form = await loadMilestoneForm(ctx, contractId, 'delivery', localDate(date));
  await setMilestone(ctx, {
    contractId,
    version: form.version,
    kind: 'delivery',
    happened: false,
    date: localDate(date),
    evidence: null,
    alsoMove: [],
    seen: fingerprintOf(form.moves),
  });
}
