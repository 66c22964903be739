// The ledger by events is the ledger by states, on every day of generated histories (rules §4 no. 5).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../src/ctx.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { askVoid } from '../../src/domain/contracts/contract-void.service.js';
import {
  type LedgerSubject,
  listLedgerCurrencies,
  readLedger,
} from '../../src/domain/ledger/ledger.queries.js';
import { addDays, instantOf, type LocalDate, localDate } from '../../src/domain/local-date.js';
import { applyPrepayment } from '../../src/domain/receipts/apply-prepayment.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt, rejectReceipt } from '../support/decide.js';
import { checkMoney } from '../support/money-invariants.js';
import { randomFrom } from '../support/random.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(async () => {
  expect(await checkMoney(company.db)).toEqual([]);
  await database.close();
});

const START = localDate('2026-11-20');
const at = (day: LocalDate) => instantOf(day, '10:00', 'Asia/Shanghai');
const as = (who: PersonKey, day: LocalDate): Promise<Ctx> => company.as(who, at(day));

/** What the rows themselves say now. */
async function stored(customerId: string, contractIds: readonly string[]) {
  const [sums] = await company.db.$queryRaw<{ open: bigint; credit: bigint }[]>`
    SELECT (SELECT COALESCE(SUM(i.outstanding), 0)::bigint FROM instalment i
        WHERE i.customer_id = ${customerId}::uuid AND i.lifecycle IN ('open', 'settled')) AS open,
      (SELECT COALESCE(SUM(r.unapplied), 0)::bigint FROM receipt r WHERE r.customer_id = ${customerId}::uuid) AS credit`;
  const contracts = await company.db.instalment.groupBy({
    by: ['contractId'],
    where: { contractId: { in: [...contractIds] }, lifecycle: { in: ['open', 'settled'] } },
    _sum: { outstanding: true },
  });
  return {
    open: sums?.open ?? 0n,
    credit: sums?.credit ?? 0n,
    contracts: new Map(contracts.map((one) => [one.contractId, one._sum.outstanding ?? 0n])),
  };
}

/** Three weeks of chance: money on rows, on the customer, as prepayment; approved, rejected, applied; another contract. */
async function history(seed: number) {
  const random = randomFrom(seed);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const first = await anActiveContract(
    company,
    [
      [100_00n, '2026-12-01'],
      [70_00n, '2026-11-01'],
      [30_00n, '2027-02-01'],
    ],
    { now: at(START) },
  );
  const customerId = first.customer.id;
  const contractIds = [first.contract.id];
  const days: { day: LocalDate; facts: Awaited<ReturnType<typeof stored>> }[] = [];
  for (let step = 0; step < 12; step += 1) {
    const day = addDays(START, step * 2);
    if (step === 5) {
      const contract = { customerId };
      const options = { now: at(day), contract };
      contractIds.push((await anActiveContract(company, [[55_00n, '2026-12-24']], options)).contract.id);
    }
    const rows = await company.db.instalment.findMany({ where: { customerId, lifecycle: 'open' } });
    const row = pick(rows);
    const credits = await company.db.receipt.findMany({ where: { customerId, unapplied: { gt: 0n } } });
    const credit = pick(credits);
    const amount = BigInt(1 + Math.floor(random() * 60_00));
    if (credit && row && random() < 0.5) {
      const most = credit.unapplied < row.outstanding ? credit.unapplied : row.outstanding;
      const part = amount < most ? amount : most;
      await applyPrepayment(await as('finance', day), {
        receiptId: credit.id,
        version: credit.version,
        instalmentId: row.id,
        amount: part,
      });
    } else {
      const isPrepayment = random() < 0.4;
      const on =
        !isPrepayment && row && random() < 0.7 ? { contractId: row.contractId, instalmentId: row.id } : {};
      const receipt = await recordReceipt(
        await as('rep', day),
        {
          customerId,
          ...on,
          kind: isPrepayment ? 'prepayment' : 'payment',
          amount,
          currency: 'CNY',
          method: 'transfer',
          receivedOn: day,
        },
        { notDuplicate: true, ...(isPrepayment && { lines: [] }) },
      );
      const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
      const decider = await as('finance', day);
      if (random() < 0.8) await approveReceipt(decider, approval.id, approval.version);
      else await rejectReceipt(decider, approval.id, approval.version, { reason: 'duplicate' });
    }
    days.push({ day, facts: await stored(customerId, contractIds) });
  }
  return { customerId, contractIds, days };
}

describe.each([1, 2, 3])('history %i', (seed) => {
  it('has on every day the balance that the states had', async () => {
    const { customerId, contractIds, days } = await history(seed);
    const reader = await as('finance', addDays(START, 60));
    const subject: LedgerSubject = { customerId, currency: 'CNY' };
    for (const { day, facts } of days) {
      const ledger = await readLedger(reader, subject, day);
      expect([ledger.balance, ledger.open, ledger.credit], day).toEqual([
        facts.open - facts.credit,
        facts.open,
        facts.credit,
      ]);
      for (const contractId of contractIds) {
        const own = await readLedger(reader, { contractId }, day);
        expect(own.balance, `${contractId} ${day}`).toBe(facts.contracts.get(contractId) ?? 0n);
        expect(own.balance).toBe(own.open - own.credit);
      }
    }
    const whole = await readLedger(reader, subject, addDays(START, 60), { number: 1, size: 1000 });
    expect(whole.movements.reduce((sum, one) => sum + one.delta, 0n)).toBe(whole.balance);
    expect(whole.movements[0]?.balance).toBe(whole.balance);
    const paged = await Promise.all(
      Array.from({ length: Math.ceil(whole.total / 4) }, (_, index) =>
        readLedger(reader, subject, addDays(START, 60), { number: index + 1, size: 4 }),
      ),
    );
    expect(paged.flatMap((page) => page.movements)).toEqual(whole.movements);
    expect(await listLedgerCurrencies(reader, customerId)).toEqual(['CNY']);
  });
});

describe('a ledger', () => {
  it('counts money that was approved later from the day it came in', async () => {
    const { rows, customer } = await anActiveContract(company, [[100_00n, '2026-12-01']], { now: at(START) });
    const day = addDays(START, 5);
    const receipt = await recordReceipt(await as('rep', day), {
      customerId: customer.id,
      contractId: rows[0]?.contractId ?? '',
      instalmentId: rows[0]?.id ?? '',
      amount: 40_00n,
      currency: 'CNY',
      method: 'cash',
      receivedOn: addDays(START, 2),
    });
    const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
    await approveReceipt(await as('finance', day), approval.id, approval.version);
    const reader = await as('finance', day);
    const balanceOn = async (on: LocalDate) =>
      (await readLedger(reader, { customerId: customer.id, currency: 'CNY' }, on)).balance;
    expect(await balanceOn(addDays(START, -1))).toBe(0n);
    expect(await balanceOn(addDays(START, 1))).toBe(100_00n);
    expect(await balanceOn(addDays(START, 2))).toBe(60_00n);
  });

  it('tells what was taken back before what of it is applied anew, each time of a day', async () => {
    const { contract, customer, rows } = await anActiveContract(company, [[500_00n, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const day = localDate('2026-11-25');
    const { receipt, approval } = await aSubmittedReceipt(company, row, 500_00n, { now: at(day) });
    await approveReceipt(await as('finance', day), approval.id, approval.version);
    for (const [amount, minutes] of [
      [100_00n, 5],
      [50_00n, 10],
    ] as const) {
      const now = new Date(at(day).getTime() + minutes * 60_000);
      const { id } = await askReversal(await company.as('finance', now), {
        receiptId: receipt.id,
        amount,
        reason: 'x',
      });
      const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: id } });
      await approve(await company.as('financeManager', now), open.id, open.version);
    }
    for (const subject of [{ contractId: contract.id }, { customerId: customer.id, currency: 'CNY' }]) {
      const { movements } = await readLedger(await as('finance', day), subject, day);
      const told = movements
        .toReversed()
        .flatMap(({ kind, amount }) =>
          kind === 'applied' || kind === 'released' ? [`${kind} ${amount / 100n}`] : [],
        );
      expect(told).toEqual(['applied 500', 'released 500', 'applied 400', 'released 400', 'applied 350']);
    }
  });

  it('tells what was taken back after what was applied before it, on the same day', async () => {
    const { contract, customer, rows } = await anActiveContract(company, [[500_00n, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const day = localDate('2026-11-25');
    const before = addDays(day, -1);
    const target = { customerId: customer.id, contractId: contract.id, instalmentId: row.id };
    const paid = { amount: 200_00n, currency: 'CNY', method: 'transfer', receivedOn: before };
    const lines = [{ instalmentId: row.id, amount: 150_00n }];
    const receipt = await recordReceipt(await as('rep', before), { ...target, ...paid }, { lines });
    const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
    await approveReceipt(await as('finance', before), approval.id, approval.version);
    // In the morning the rest is applied, in the afternoon all of it is taken back.
    const { version } = await company.db.receipt.findUniqueOrThrow({ where: { id: receipt.id } });
    await applyPrepayment(await as('finance', day), {
      receiptId: receipt.id,
      version,
      instalmentId: row.id,
      amount: 50_00n,
    });
    const later = new Date(at(day).getTime() + 5 * 60 * 60_000);
    const { id } = await askReversal(await company.as('finance', later), {
      receiptId: receipt.id,
      amount: 200_00n,
      reason: 'x',
    });
    const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: id } });
    await approve(await company.as('financeManager', later), open.id, open.version);
    const { movements } = await readLedger(await as('finance', day), { contractId: contract.id }, day);
    const told = movements.toReversed().map(({ kind, balance }) => `${kind} ${balance / 100n}`);
    expect(told).toEqual(['plan 500', 'applied 350', 'applied 300', 'released 450', 'released 500']);
  });

  it('tells what was cancelled after its money was taken off', async () => {
    const { contract, rows } = await anActiveContract(company, [[100_00n, '2026-12-01']], { now: at(START) });
    const [row] = rows;
    if (!row) throw new Error('no row');
    const day = addDays(START, 3);
    const { approval } = await aSubmittedReceipt(company, row, 40_00n, { now: at(day) });
    await approveReceipt(await as('finance', day), approval.id, approval.version);
    const later = new Date(at(day).getTime() + 60 * 60_000);
    const { id, version } = await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } });
    await askVoid(await company.as('manager', later), { id, version, reason: '项目取消' });
    const open = await company.db.approval.findFirstOrThrow({
      where: { subjectType: 'contract_void', status: 'open' },
    });
    await approve(await company.as('financeManager', later), open.id, open.version);
    const { movements } = await readLedger(await as('finance', day), { contractId: contract.id }, day);
    const told = movements.toReversed().map(({ kind, balance }) => `${kind} ${balance / 100n}`);
    expect(told).toEqual(['plan 100', 'applied 60', 'released 100', 'plan_removed 0']);
  });

  it('has plan rows of the reader’s scope only', async () => {
    const { customer } = await anActiveContract(company, [[100_00n, '2026-12-01']], { now: at(START) });
    const other = await as('rep2', START);
    const ledger = await readLedger(other, { customerId: customer.id, currency: 'CNY' }, START);
    expect(ledger).toMatchObject({ total: 0, balance: 0n });
  });
});
