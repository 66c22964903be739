// Steps of the random sequences that record money and decide about it; each does the same in the app and in the model, which
// says whether it may, and tells what it was.
import { expect } from 'vitest';
import { reject } from '../../src/domain/approvals/decisions.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { withdrawReceipt } from '../../src/domain/receipts/receipt-withdraw.service.js';
import { recordUnclaimed } from '../../src/domain/receipts/unclaimed.service.js';
import { pickOf, type Turn, tried, wasRecorded } from './money-world.js';

/** A receipt on a row, by best match, or a prepayment. */
export async function recordMoney(turn: Turn): Promise<string> {
  const { world, one, model, rowId } = turn;
  const ctx = await world.as('rep');
  // Nearly all of a row, by the customer's best match, or a prepayment.
  const nearly = model.room(rowId) - (one.b % 2 === 0 ? 0n : one.cents % 100n);
  const amount = one.whole && nearly > 0n ? nearly : one.cents;
  const isPrepayment = one.no;
  const on =
    isPrepayment || one.b % 3 === 0
      ? { contractId: null, instalmentId: null }
      : { contractId: world.contractId, instalmentId: rowId };
  const prepaid = isPrepayment ? ('prepayment' as const) : ('payment' as const);
  const money = { amount, kind: prepaid, currency: 'CNY', method: 'transfer', receivedOn: ctx.today };
  const receipt = await recordReceipt(
    ctx,
    { customerId: world.customerId, ...on, ...money },
    { notDuplicate: true, ...(isPrepayment && { lines: [] }) },
  );
  await wasRecorded(world, receipt.id, amount, null);
  return 'recorded';
}

/** Money of nobody knows whom, claimed; once. */
export async function claimMoney(turn: Turn): Promise<string> {
  const { world, one, model, all, rowId } = turn;
  const finance = await world.as('finance');
  let money = one.b % 3 === 0 ? undefined : pickOf(world.unclaimed, one.a);
  if (!money) {
    const room = model.room(rowId);
    const amount = one.whole && room > 0n ? room : one.cents;
    const came = { amount, receivedOn: finance.today };
    const { id } = await recordUnclaimed(
      finance,
      { ...came, currency: 'CNY', method: 'transfer' },
      { notDuplicate: true },
    );
    money = { id, ...came };
    world.unclaimed.push(money);
  }
  const { id: unclaimedId, amount, receivedOn } = money;
  const isClaimed = all.some((receipt) => receipt.claims === unclaimedId && model.lives(receipt));
  const ctx = await world.as('rep');
  const where = { customerId: world.customerId, unclaimedId };
  const input = { ...where, amount, receivedOn, currency: 'CNY', method: 'transfer' };
  const result = await tried(() => recordReceipt(ctx, input, { notDuplicate: true }));
  expect({ ...result, allowed: result.ok }).toMatchObject({ allowed: !isClaimed });
  if (!result.ok) return 'claim refused';
  await wasRecorded(world, result.value.id, amount, unclaimedId);
  return 'claimed';
}

/** Booked as shown, or drawn anew where it no longer fits. */
export async function approveReceipt(turn: Turn): Promise<string> {
  const { world, model, waiting } = turn;
  const { company } = world;
  if (!waiting) return 'nothing';
  const fits = model.fits(waiting.proposed);
  const result = await world.decide(waiting.id, 'finance');
  expect(result).toEqual({ ok: true, value: fits ? 'approved' : 'redrawn' });
  if (fits) {
    waiting.status = 'approved';
    model.book(waiting, waiting.proposed);
    return waiting.proposed.some((line) => line.recovery) ? 'recovered' : 'approved';
  }
  const lines = await company.db.allocation.findMany({
    where: { receiptId: waiting.id, status: 'proposed' },
  });
  waiting.proposed = lines.map(({ instalmentId, amount, recovery }) => ({
    row: instalmentId,
    amount,
    recovery,
  }));
  expect(model.fits(waiting.proposed)).toBe(true);
  return 'redrawn';
}

/** Nothing of it is booked. */
export async function rejectReceipt(turn: Turn): Promise<string> {
  const { world, waiting } = turn;
  if (!waiting) return 'nothing';
  const { id, version } = await world.approvalOf(waiting.id);
  await reject(await world.as('finance'), id, version, { reason: 'other' });
  waiting.status = 'rejected';
  return 'rejected';
}

/** Its recorder takes it back. */
export async function withdrawWaiting(turn: Turn): Promise<string> {
  const { world, waiting } = turn;
  if (!waiting) return 'nothing';
  await withdrawReceipt(await world.as('rep'), waiting.id);
  waiting.status = 'draft';
  return 'withdrawn';
}
