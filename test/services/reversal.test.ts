import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve, reject, withdraw } from '../../src/domain/approvals/decisions.service.js';
import { archiveContract } from '../../src/domain/contracts/contract-end.service.js';
import { readBalance } from '../../src/domain/customers/customer-balance.queries.js';
import type { ErrorCode } from '../../src/domain/errors.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import { applyPrepayment } from '../../src/domain/receipts/apply-prepayment.service.js';
import { findReceiptId, findReceipts } from '../../src/domain/receipts/receipt.queries.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { loadReceiptFacts } from '../../src/domain/receipts/receipt-facts.queries.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import type { Instalment, Receipt } from '../../src/generated/prisma/client.js';
import { auditWithoutWords } from '../support/audit-words.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { code } from '../support/errors.js';
import { checkMoney } from '../support/money-invariants.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(async () => {
  expect(await checkMoney(company.db)).toEqual([]);
  expect(await auditWithoutWords(company.db)).toEqual([]);
  await database.close();
});

const DAY_MS = 86_400_000;
const row = (id: string) => company.db.instalment.findUniqueOrThrow({ where: { id } });
const receipt = (id: string) => company.db.receipt.findUniqueOrThrow({ where: { id } });
const effective = (receiptId: string) =>
  company.db.allocation.findMany({
    where: { receiptId, status: 'effective' },
    orderBy: { amount: 'desc' },
    select: { amount: true, instalmentId: true, effectiveOn: true },
  });

/** A booked receipt over a plan; recorded on its first row. */
async function booked(
  amount: bigint,
  plan: [bigint, string][] = [
    [100_00n, '2026-11-10'],
    [200_00n, '2026-12-10'],
  ],
  now = NOON,
): Promise<{ money: Receipt; rows: Instalment[] }> {
  const { rows } = await anActiveContract(company, plan, { now });
  const [first] = rows;
  if (!first) throw new Error('no row');
  const { receipt: money, approval } = await aSubmittedReceipt(company, first, amount, { now });
  await approveReceipt(await company.as('finance', now), approval.id, approval.version);
  return { money: await receipt(money.id), rows: await Promise.all(rows.map((one) => row(one.id))) };
}
const ask = async (money: Receipt, amount: bigint, who: PersonKey = 'finance', now = NOON) =>
  askReversal(await company.as(who, now), { receiptId: money.id, amount, reason: '退票' });
const approvalOf = (reversalId: string) =>
  company.db.approval.findFirstOrThrow({ where: { subjectType: 'reversal', subjectId: reversalId } });
async function reverse(money: Receipt, amount: bigint, now = NOON): Promise<void> {
  const { id } = await ask(money, amount, 'finance', now);
  const { id: approvalId, version } = await approvalOf(id);
  await approve(await company.as('financeManager', now), approvalId, version);
}

describe('asking', () => {
  it('changes nothing and asks the finance managers', async () => {
    const { money, rows } = await booked(300_00n);
    const { names, id } = await ask(money, 300_00n);
    expect(names).toEqual(['financeManager']);
    expect(await receipt(money.id)).toMatchObject({ status: 'approved', version: money.version });
    expect(await Promise.all(rows.map((one) => row(one.id)))).toEqual(rows);
    expect(await receipt(id)).toMatchObject({ kind: 'reversal', status: 'submitted', reversesId: money.id });
    const facts = await loadReceiptFacts(await company.as('finance'), money.id);
    expect(facts?.reversal?.takes?.lines.map((line) => line.amount)).toEqual([200_00n, 100_00n]);
  });

  it('a finance manager’s own goes to another, else to the director', async () => {
    const { money } = await booked(100_00n);
    const { names, id } = await ask(money, 100_00n, 'financeManager');
    expect(names).toEqual(['director']);
    const { id: approvalId, version } = await approvalOf(id);
    for (const who of ['financeManager', 'finance'] as const)
      await expect(approve(await company.as(who), approvalId, version)).rejects.toThrow();
    expect((await approve(await company.as('director'), approvalId, version)).outcome).toBe('approved');
    expect(await receipt(money.id)).toMatchObject({ status: 'reversed' });
  });

  it.each<[string, PersonKey, ErrorCode]>([
    ['a rep', 'rep', 'access.denied'],
    ['a director', 'director', 'access.denied'],
    ['an auditor', 'auditor', 'access.denied'],
    ['an admin', 'admin', 'access.denied'],
    ['somebody without a role', 'nobody', 'role.missing'],
  ])('is not for %s', async (_name, who, expected) => {
    const { money } = await booked(1_00n);
    await expect(ask(money, 1_00n, who)).rejects.toEqual(code(expected));
  });

  it('takes no more than is left, nothing that is not booked, and one at a time', async () => {
    const { money, rows } = await booked(150_00n);
    await expect(ask(money, 150_01n)).rejects.toMatchObject({
      code: 'receipt.reversal_exceeds',
      params: { max: { minor: 150_00n, currency: 'CNY' } },
    });
    await ask(money, 50_00n);
    await expect(ask(money, 1_00n)).rejects.toEqual(code('receipt.reversal_open'));
    const [first] = rows;
    if (!first) throw new Error('no row');
    const { receipt: waiting } = await aSubmittedReceipt(company, first, 1_00n);
    await expect(ask(waiting, 1_00n)).rejects.toEqual(code('receipt.not_reversible'));
    await expect(
      askReversal(await company.as('finance'), { receiptId: rows[0]?.id ?? '', amount: 1n, reason: 'x' }),
    ).rejects.toEqual(code('not_found'));
  });

  it('answers a repeated request with the first one', async () => {
    const { money } = await booked(10_00n);
    const ctx = await company.as('finance');
    const input = { receiptId: money.id, amount: 10_00n, reason: '退票' };
    await askReversal(ctx, input);
    await expect(askReversal(ctx, input)).rejects.toEqual(code('request.repeated'));
  });
});

describe('a whole reversal', () => {
  it('opens rows and contract again, also from the archive, and frees the slip number', async () => {
    const { rows, contract, customer } = await anActiveContract(company, [[100_00n, '2026-11-10']]);
    const [first] = rows;
    if (!first) throw new Error('no row');
    const input = {
      customerId: customer.id,
      contractId: contract.id,
      instalmentId: first.id,
      amount: 120_00n,
      currency: 'CNY',
      method: 'transfer',
      receivedOn: localDate('2026-11-20'),
      bankSlipNo: 'SLIP-R',
    };
    const money = await recordReceipt(await company.as('rep'), input);
    const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: money.id } });
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    const done = await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } });
    expect(done.status).toBe('completed');
    await archiveContract(await company.as('rep'), contract.id, done.version);

    await reverse(money, 120_00n);
    expect(await receipt(money.id)).toMatchObject({ status: 'reversed', unapplied: 0n });
    expect(await effective(money.id)).toEqual([]);
    expect(await row(first.id)).toMatchObject({
      lifecycle: 'open',
      outstanding: 100_00n,
      openedOn: new Date('2026-11-20'),
    });
    expect(await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } })).toMatchObject({
      status: 'active',
      completedOn: null,
    });
    const history = await company.db.instalmentRevision.findMany({ where: { instalmentId: first.id } });
    expect(history.at(-1)).toMatchObject({ cause: 'reversed', lifecycle: 'open' });
    const actions = await company.db.auditLog.findMany({
      where: { subjectId: { in: [money.id, first.id] } },
    });
    expect(actions.map((entry) => entry.action)).toEqual(
      expect.arrayContaining(['receipt.reversal_asked', 'receipt.reversed', 'instalment.reopened']),
    );
    const [balance] = await readBalance(await company.as('rep'), customer.id);
    expect(balance).toMatchObject({ open: 100_00n, received: 0n, unapplied: 0n, inApproval: 0n });
    const again = await recordReceipt(await company.as('rep'), input, { notDuplicate: true });
    expect(again.status).toBe('submitted');
  });

  it('tells whoever proposed it, the recorder who is the owner once, and the thread', async () => {
    const { money } = await booked(100_00n);
    const { id } = await ask(money, 100_00n);
    const { id: approvalId, version } = await approvalOf(id);
    await approve(await company.as('financeManager'), approvalId, version);
    const told = await company.db.outbox.findMany({
      where: { kind: { in: ['reversal.decided', 'receipt.reversed'] }, dedupeKey: { contains: id } },
    });
    expect(told.map((one) => one.dedupeKey)).toEqual([`receipt.reversed:${id}@${company.ids.rep}`]);
    const decided = await company.db.outbox.count({ where: { dedupeKey: `reversal.decided:${approvalId}` } });
    expect(decided).toBe(1);
  });

  it('is shown on its receipt, not in lists of receipts', async () => {
    const { money } = await booked(100_00n);
    await reverse(money, 40_00n);
    const finance = await company.as('finance');
    const mirror = await company.db.receipt.findFirstOrThrow({ where: { reversesId: money.id } });
    const { rows, totals } = await findReceipts(finance, { customerId: money.customerId });
    expect(rows.map((one) => one.number)).toEqual([money.number]);
    expect(totals).toEqual([
      { currency: 'CNY', count: 1, received: 60_00n, waiting: 0n, unapplied: expect.any(BigInt) },
    ]);
    expect(await findReceiptId(finance, { number: mirror.number })).toBe(money.id);
    expect(await findReceiptId(await company.as('rep2'), { number: mirror.number })).toBeNull();
    const facts = await loadReceiptFacts(finance, money.id);
    expect(facts?.reversed).toEqual([
      {
        kind: 'reversal',
        number: mirror.number,
        amount: 40_00n,
        reason: '退票',
        askedBy: 'finance',
        approvedBy: ['financeManager'],
      },
    ]);
  });
});

describe('a reversal in part', () => {
  it('takes prepayment first, then the newest; what stays is allocated anew as of today', async () => {
    const { money, rows } = await booked(350_00n);
    expect(money.unapplied).toBe(50_00n);
    const later = new Date(NOON.getTime() + 5 * DAY_MS);
    await reverse(money, 120_00n, later);
    expect(await receipt(money.id)).toMatchObject({ status: 'partly_reversed', unapplied: 0n });

    const [first, second] = rows;
    // What stays of a line is no second receipt in the row's history.
    const detail = await findInstalmentDetail(await company.as('finance'), second?.id ?? '');
    const told = detail?.history.filter(({ kind }) => kind === 'receipt');
    expect(told).toMatchObject([{ number: money.number, amount: 200_00n, status: 'partly_reversed' }]);
    expect(await effective(money.id)).toEqual([
      { amount: 130_00n, instalmentId: second?.id, effectiveOn: new Date('2026-11-25') },
      { amount: 100_00n, instalmentId: first?.id, effectiveOn: new Date('2026-11-20') },
    ]);
    expect(await row(second?.id ?? '')).toMatchObject({ lifecycle: 'open', outstanding: 70_00n });
    expect(await row(first?.id ?? '')).toMatchObject({ lifecycle: 'settled', outstanding: 0n });
    await reverse(money, 230_00n, later);
    expect(await receipt(money.id)).toMatchObject({ status: 'reversed' });
    await expect(ask(money, 1n, 'finance', later)).rejects.toEqual(code('receipt.not_reversible'));
  });

  it('of prepayment alone touches no row', async () => {
    const { money, rows } = await booked(350_00n);
    await reverse(money, 50_00n);
    expect(await Promise.all(rows.map((one) => row(one.id)))).toEqual(rows);
  });
});

describe('money that is applied while a reversal waits', () => {
  it('is asked about again, with the new split on the card', async () => {
    const { money, rows } = await booked(350_00n, [
      [100_00n, '2026-11-10'],
      [200_00n, '2026-12-10'],
    ]);
    const { id } = await ask(money, 50_00n);
    const other = await anActiveContract(company, [[80_00n, '2026-12-20']]);
    const target = other.rows[0];
    if (!target) throw new Error('no row');
    await company.db.instalment.update({
      where: { id: target.id },
      data: { customerId: money.customerId },
    });
    await applyPrepayment(await company.as('finance2'), {
      receiptId: money.id,
      version: money.version,
      instalmentId: target.id,
      amount: 50_00n,
    });
    const first = await approvalOf(id);
    const manager = await company.as('financeManager');
    expect((await approve(manager, first.id, first.version)).outcome).toBe('redrawn');
    expect((await receipt(money.id)).status).toBe('approved');
    const recalculated = { action: 'receipt.reversal_recalculated', subjectId: money.id };
    expect(await company.db.auditLog.findMany({ where: recalculated })).toMatchObject([
      { after: { lines: expect.any(Array), fromUnapplied: expect.any(String) } },
    ]);
    const second = await approvalOf(id);
    expect(second.version).toBe(first.version + 1);
    expect((await approve(await company.as('financeManager'), second.id, second.version)).outcome).toBe(
      'approved',
    );
    expect(await row(target.id)).toMatchObject({ outstanding: 80_00n, lifecycle: 'open' });
    expect(await row(rows[0]?.id ?? '')).toMatchObject({ lifecycle: 'settled' });
  });
});

describe('rejected or withdrawn', () => {
  it('leaves the receipt as it is, and another can be asked', async () => {
    const { money } = await booked(100_00n);
    const first = await ask(money, 100_00n);
    const one = await approvalOf(first.id);
    await reject(await company.as('financeManager'), one.id, one.version, { comment: '已到账' });
    const second = await ask(money, 50_00n);
    await withdraw(await company.as('finance'), (await approvalOf(second.id)).id);
    expect(await receipt(money.id)).toEqual(money);
    expect(await receipt(first.id)).toMatchObject({ status: 'rejected' });
    expect(await receipt(second.id)).toMatchObject({ status: 'draft' });
    const { items } = await findWaiting(await company.as('finance'), 'rep');
    expect(items.filter((item) => item.kind === 'rejected')).toEqual([]);
    await reverse(money, 100_00n);
    expect(await receipt(money.id)).toMatchObject({ status: 'reversed' });
  });
});

describe('who waits for it', () => {
  it('finds it on the Home of a finance manager, not of who proposed it', async () => {
    const { money } = await booked(77_00n);
    const { id } = await ask(money, 70_00n);
    // The oldest five are shown: this is to be one of them.
    const since = new Date(NOON.getTime() - DAY_MS);
    await company.db.approval.updateMany({ where: { subjectId: id }, data: { createdAt: since } });
    const of = async (who: PersonKey) => {
      const { items } = await findWaiting(await company.as(who), 'finance');
      return items.filter((item) => item.kind === 'reversal' && item.id === money.id);
    };
    expect(await of('finance')).toEqual([]);
    expect(await of('financeManager')).toMatchObject([{ amount: 70_00n, who: 'finance' }]);
  });
});

describe('reminders after a reversal', () => {
  it('go on from today: nothing of the past is escalated, the case opens again at its level', async () => {
    const start = new Date('2026-11-20T02:00:00Z');
    const { rows } = await anActiveContract(company, [[100_00n, '2026-11-25']], { now: start });
    const [first] = rows;
    if (!first) throw new Error('no row');
    const at = (days: number) => new Date(start.getTime() + days * DAY_MS);
    const plan = async (days: number) => planReminders(await company.system(at(days)));
    await plan(10);
    await plan(11);
    const opened = await company.db.escalationCase.findFirstOrThrow({ where: { instalmentId: first.id } });
    expect(opened.closedOn).toBeNull();
    const { receipt: money, approval } = await aSubmittedReceipt(company, first, 100_00n, { now: at(12) });
    await approveReceipt(await company.as('finance', at(12)), approval.id, approval.version);
    const closed = await company.db.escalationCase.findUniqueOrThrow({ where: { id: opened.id } });
    expect(closed.closeReason).toBe('settled');
    await reverse(money, 100_00n, at(40));
    expect(await company.db.escalationCase.findUniqueOrThrow({ where: { id: opened.id } })).toMatchObject({
      closedOn: null,
      closeReason: null,
      level: opened.level,
      ackedById: null,
    });
    const lines = await company.db.outbox.findMany({
      where: { kind: 'case.line', dedupeKey: { startsWith: `case.line:${opened.id}:` } },
    });
    expect(lines.map((one) => (one.payload as { event: string }).event)).toContain('reopened');
    const before = await company.db.reminder.count({ where: { instalmentId: first.id } });
    await plan(41);
    await plan(42);
    const { level } = await company.db.escalationCase.findUniqueOrThrow({ where: { id: opened.id } });
    expect(level).toBe(opened.level);
    const added = await company.db.reminder.findMany({
      where: {
        instalmentId: first.id,
        occurrenceOn: { lt: new Date('2026-12-28') },
        plannedOn: { gt: at(40) },
      },
    });
    expect(added.filter((one) => one.status === 'pending' && one.ruleCode.startsWith('R'))).toEqual([]);
    expect(before).toBeGreaterThan(0);
  });
});

describe('at the same moment', () => {
  it('two proposals: one waits, the other is told', async () => {
    const { money } = await booked(100_00n);
    const [one, two] = [await company.as('finance'), await company.as('finance2')];
    const input = { receiptId: money.id, amount: 60_00n, reason: '退票' };
    const results = await Promise.allSettled([askReversal(one, input), askReversal(two, input)]);
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = results.find((result) => result.status === 'rejected');
    expect(refused?.reason).toEqual(code('receipt.reversal_open'));
  });

  it('a reversal and another receipt on the same row both count', async () => {
    const { rows } = await anActiveContract(company, [
      [100_00n, '2026-11-10'],
      [500_00n, '2026-12-10'],
    ]);
    const [first] = rows;
    if (!first) throw new Error('no row');
    const paid = await aSubmittedReceipt(company, first, 60_00n);
    await approveReceipt(await company.as('finance'), paid.approval.id, paid.approval.version);
    const other = await aSubmittedReceipt(company, first, 40_00n);
    const { id } = await ask(paid.receipt, 60_00n);
    const waiting = await approvalOf(id);
    const [finance, manager] = [await company.as('finance2'), await company.as('financeManager')];
    const results = await Promise.allSettled([
      approve(finance, other.approval.id, other.approval.version),
      approve(manager, waiting.id, waiting.version),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await row(first.id)).toMatchObject({ outstanding: 60_00n, lifecycle: 'open' });
  });

  it('two approvals of one reversal: one decides', async () => {
    await company.db.user.update({
      where: { id: company.ids.finance2 },
      data: { roles: ['finance_manager'] },
    });
    try {
      const { money } = await booked(100_00n);
      const { id } = await ask(money, 100_00n);
      const waiting = await approvalOf(id);
      const [one, two] = [await company.as('financeManager'), await company.as('finance2')];
      const results = await Promise.allSettled([
        approve(one, waiting.id, waiting.version),
        approve(two, waiting.id, waiting.version),
      ]);
      expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(results.find((result) => result.status === 'rejected')?.reason).toEqual(
        code('approval.decided'),
      );
    } finally {
      await company.db.user.update({ where: { id: company.ids.finance2 }, data: { roles: ['finance'] } });
    }
  });
});
