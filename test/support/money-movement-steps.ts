// Steps of the random sequences that take booked money back or put it elsewhere, as money-receipt-steps.ts.
import { expect } from 'vitest';
import { reject } from '../../src/domain/approvals/decisions.service.js';
import { applyPrepayment } from '../../src/domain/receipts/apply-prepayment.service.js';
import { applyDuePrepayments } from '../../src/domain/receipts/auto-apply.service.js';
import { reallocate } from '../../src/domain/receipts/reallocation.service.js';
import { askRefund } from '../../src/domain/receipts/refund.service.js';
import { findReversal } from '../../src/domain/receipts/reversal.queries.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { pickOf, smaller, type Turn, tried } from './money-world.js';

const raise = (error: unknown) => {
  throw error;
};

/** A reversal or refund is asked for. */
export async function askMovement(turn: Turn): Promise<string> {
  const { world, one, model, isRefund, booked } = turn;
  if (!booked) return 'nothing';
  const move = isRefund ? 'refund' : 'reversal';
  const most = isRefund ? model.unapplied(booked) : model.left(booked);
  const amount = one.whole && most > 0n ? most : one.cents;
  const allowed = model.isBooked(booked) && booked.movement === null && most > 0n && amount <= most;
  const ctx = await world.as('finance');
  const ask = isRefund ? askRefund : askReversal;
  const result = await tried(() => ask(ctx, { receiptId: booked.id, amount, reason: '退' }));
  expect({ ...result, allowed: result.ok }).toMatchObject({ allowed });
  if (result.ok) booked.movement = { id: result.value.id, kind: move, amount };
  return result.ok ? `${move} asked` : `${move} refused`;
}

/** It is done, drawn anew, refused, or no longer fits. */
export async function decideMovement(turn: Turn): Promise<string> {
  const { world, one, model, all } = turn;
  const receipt = pickOf(
    all.filter((other) => other.movement !== null),
    one.b,
  );
  const movement = receipt?.movement;
  if (!receipt || !movement) return 'nothing';
  if (one.no) {
    const { id, version } = await world.approvalOf(movement.id);
    await reject(await world.as('financeManager'), id, version, { comment: '不' });
    receipt.movement = null;
    return 'movement rejected';
  }
  const ctx = await world.as('financeManager');
  const shown = await findReversal(ctx, movement.id);
  const { subjectVersion } = await world.approvalOf(movement.id);
  const changed = movement.kind === 'reversal' && subjectVersion !== (await world.versionOf(receipt.id));
  const most = movement.kind === 'refund' ? model.unapplied(receipt) : model.left(receipt);
  const result = await world.decide(movement.id, 'financeManager');
  if (!model.isBooked(receipt) || movement.amount > most) {
    expect(result.ok).toBe(false);
    return 'movement outdated';
  }
  expect(result).toEqual({ ok: true, value: changed ? 'redrawn' : 'approved' });
  if (changed) return 'movement redrawn';
  receipt.movement = null;
  if (movement.kind === 'refund') {
    receipt.refunded += movement.amount;
    return 'refunded';
  }
  // Prepayment first; which of the newest lines, as the card showed.
  const fromUnapplied = smaller(model.unapplied(receipt), movement.amount);
  expect(shown?.takes?.fromUnapplied).toBe(fromUnapplied);
  const taken = shown?.takes?.lines ?? [];
  expect(taken.reduce((total, line) => total + line.amount, fromUnapplied)).toBe(movement.amount);
  receipt.reversed += movement.amount;
  const byRow = new Map<string, bigint>();
  for (const line of taken) {
    const id = world.seqs.get(`${line.contractNumber} ${line.seq}`) ?? '';
    byRow.set(id, (byRow.get(id) ?? 0n) + line.amount);
  }
  const closed = [...byRow.keys()].some((id) => model.row(id).lifecycle === 'written_off');
  for (const [id, amount] of byRow) model.take(receipt, id, amount);
  return closed ? 'reversed on bad debt' : 'reversed';
}

/** Prepayment on a row by hand. */
export async function applyCredit(turn: Turn): Promise<string> {
  const { world, one, model, rowId, row, booked } = turn;
  if (!booked) return 'nothing';
  const credit = model.isBooked(booked) ? model.unapplied(booked) : 0n;
  const room = model.room(rowId);
  const amount = one.whole && smaller(credit, room) > 0n ? smaller(credit, room) : one.cents;
  const ctx = await world.as('finance');
  const version = await world.versionOf(booked.id);
  const result = await tried(() =>
    applyPrepayment(ctx, { receiptId: booked.id, version, instalmentId: rowId, amount }),
  );
  expect(result.ok).toBe(amount <= credit && amount <= room);
  if (!result.ok) return 'not applied';
  const recovery = row.lifecycle !== 'open';
  model.book(booked, [{ row: rowId, amount, recovery }]);
  return recovery ? 'applied to bad debt' : 'applied';
}

/** Prepayments on what is due, by themselves. */
export async function applyByItself(turn: Turn): Promise<string> {
  const { world, model, all, today } = turn;
  const { company } = world;
  const where = { where: { id: world.customerId } };
  await company.db.customer.update({ ...where, data: { autoApplyById: company.ids.finance } });
  const order = await company.db.receipt.findMany({
    where: { id: { in: all.map((receipt) => receipt.id) } },
    orderBy: [{ receivedOn: 'asc' }, { id: 'asc' }],
    select: { id: true },
  });
  const waitedFor = new Set(
    all.flatMap((receipt) =>
      receipt.status === 'submitted' ? receipt.proposed.map((line) => line.row) : [],
    ),
  );
  let lines = 0;
  for (const { id } of order) {
    const receipt = model.receipt(id);
    const isFree = model.isBooked(receipt) && receipt.movement === null;
    let credit = isFree ? model.unapplied(receipt) : 0n;
    const due = world.rows
      .map((rowOf) => model.row(rowOf))
      .filter(
        (other) =>
          other.lifecycle === 'open' && other.due <= today && !other.isRetention && !waitedFor.has(other.id),
      )
      .toSorted((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0));
    const exact = due.find((other) => model.outstanding(other.id) === credit);
    for (const other of exact ? [exact] : due) {
      const amount = smaller(credit, model.outstanding(other.id));
      if (amount === 0n) continue;
      model.book(receipt, [{ row: other.id, amount, recovery: false }]);
      credit -= amount;
      lines += 1;
    }
  }
  expect(await applyDuePrepayments(await company.system(world.now), raise)).toBe(lines);
  await company.db.customer.update({ ...where, data: { autoApplyById: null } });
  return lines > 0 ? 'applied by itself' : 'nothing to apply';
}

/** What a receipt has paid goes elsewhere. */
export async function moveMoney(turn: Turn): Promise<string> {
  const { world, one, model, booked } = turn;
  if (!booked) return 'nothing';
  const wanted = world.rows.map((id, index) => {
    const now = model.currentOn(booked, id);
    const turn = (one.a + one.b * (index + 1)) % 4;
    const most = smaller(now + model.room(id), one.cents);
    return { row: id, amount: turn === 0 ? 0n : turn === 1 ? most : now };
  });
  const total = wanted.reduce((sum, line) => sum + line.amount, 0n);
  const changed = wanted.some((line) => line.amount !== model.currentOn(booked, line.row));
  const allowed = model.isBooked(booked) && changed && total <= model.left(booked);
  const ctx = await world.as('financeManager');
  const version = await world.versionOf(booked.id);
  const result = await tried(() =>
    reallocate(ctx, {
      receiptId: booked.id,
      version,
      lines: wanted.map((line) => ({ instalmentId: line.row, amount: line.amount })),
      reason: '换',
    }),
  );
  expect(result.ok).toBe(allowed);
  if (!result.ok) return 'not reallocated';
  const closed = new Set(world.rows.filter((id) => model.row(id).lifecycle !== 'open'));
  const before = new Map(world.rows.map((id) => [id, model.currentOn(booked, id)]));
  for (const { row: id, amount } of wanted) {
    const less = (before.get(id) ?? 0n) - amount;
    if (less > 0n) model.take(booked, id, less);
  }
  const more = wanted.flatMap(({ row: id, amount }) => {
    const added = amount - (before.get(id) ?? 0n);
    return added > 0n ? [{ row: id, amount: added, recovery: closed.has(id) }] : [];
  });
  model.book(booked, more);
  return 'reallocated';
}
