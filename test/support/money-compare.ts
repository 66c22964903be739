// What must hold of a random sequence: after each step the database has what the model has; at its end every sum, and every
// surface that shows money, says the same.
import { expect } from 'vitest';
import { readBalance } from '../../src/domain/customers/customer-balance.queries.js';
import { readLedger } from '../../src/domain/ledger/ledger.queries.js';
import { addDays, fromUtcDate } from '../../src/domain/local-date.js';
import { displayState } from '../../src/domain/plans/instalment.js';
import { loadRows } from '../../src/domain/plans/instalment.queries.js';
import { toFacts } from '../../src/domain/plans/instalment.service.js';
import { checkMoney } from './money-invariants.js';
import type { World } from './money-world.js';

/** What the database has is what the model has. */
export async function compare(world: World): Promise<void> {
  const { model } = world;
  const { db } = world.company;
  const [rows, receipts, lines] = await Promise.all([
    db.instalment.findMany({ where: { customerId: world.customerId } }),
    db.receipt.findMany({ where: { customerId: world.customerId, reversesId: null } }),
    db.allocation.findMany({ where: { status: 'effective', receipt: { customerId: world.customerId } } }),
  ]);
  const text = (entries: readonly (readonly unknown[])[]) =>
    entries.map((entry) => entry.join(' ')).toSorted();
  expect(text(rows.map((row) => [row.id, row.outstanding, row.lifecycle]))).toEqual(
    text([...model.rows.values()].map((row) => [row.id, model.outstanding(row.id), row.lifecycle])),
  );
  expect(text(receipts.map((one) => [one.id, one.status, one.unapplied]))).toEqual(
    text(
      [...model.receipts.values()].map((one) => [
        one.id,
        model.status(one),
        one.status === 'approved' ? model.unapplied(one) : 0n,
      ]),
    ),
  );
  const applied = (list: readonly { receipt: string; row: string; amount: bigint }[]) => {
    const sums = new Map<string, bigint>();
    for (const { receipt, row, amount } of list)
      sums.set(`${receipt} ${row}`, (sums.get(`${receipt} ${row}`) ?? 0n) + amount);
    return text([...sums].map(([key, amount]) => [key, amount]));
  };
  expect(
    applied(lines.map((one) => ({ receipt: one.receiptId, row: one.instalmentId, amount: one.amount }))),
  ).toEqual(
    applied(
      [...model.receipts.values()].flatMap((one) =>
        one.lines.map((line) => ({ receipt: one.id, row: line.row, amount: line.amount })),
      ),
    ),
  );
  // The due days are the app's: the model only follows them.
  for (const row of rows) model.row(row.id).due = row.effectiveDue ? fromUtcDate(row.effectiveDue) : '9999';
}

/** The invariants of the whole database; balance, ledger as of several days, and states of this world. */
export async function checkEnd(world: World): Promise<void> {
  const { company, customerId } = world;
  expect(await checkMoney(company.db)).toEqual([]);
  const reader = await world.as('finance');
  const [balance] = await readBalance(reader, customerId);
  const done = balance === undefined || balance.open === 0n;
  expect((balance?.open ?? 0n) - (balance?.unapplied ?? 0n)).toBe(world.model.balance());
  expect(done || balance.open > 0n).toBe(true);
  for (const back of [0, 1, 5, 30]) {
    const day = addDays(reader.today, -back);
    const ledger = await readLedger(reader, { customerId, currency: 'CNY' }, day);
    expect(ledger.balance).toBe(ledger.open - ledger.credit);
    if (back === 0) expect(ledger.balance).toBe(world.model.balance());
  }
  const shown = await loadRows({ db: company.db, today: reader.today }, world.rows);
  const raw = await company.db.instalment.findMany({ where: { id: { in: [...world.rows] } } });
  const pure = new Map(raw.map((row) => [row.id, displayState(toFacts(row), reader.today)]));
  expect(shown.map((row) => row.state)).toEqual(shown.map((row) => pure.get(row.id)));
}
