import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WriteOffKind } from '../../src/domain/adjustments/adjustment.js';
import { askUndo, askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { approve, reject, withdraw } from '../../src/domain/approvals/decisions.service.js';
import { loadContract } from '../../src/domain/contracts/contract.queries.js';
import { voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { askVoid } from '../../src/domain/contracts/contract-void.service.js';
import { readBalance } from '../../src/domain/customers/customer-balance.queries.js';
import { findCustomerHistory } from '../../src/domain/customers/customer-history.queries.js';
import type { ErrorCode } from '../../src/domain/errors.js';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { readLedger } from '../../src/domain/ledger/ledger.queries.js';
import { localDate, todayIn } from '../../src/domain/local-date.js';
import { deleteInstalment } from '../../src/domain/plans/delete-instalment.service.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import { applyPrepayment } from '../../src/domain/receipts/apply-prepayment.service.js';
import { reallocate } from '../../src/domain/receipts/reallocation.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { loadReceiptFacts } from '../../src/domain/receipts/receipt-facts.queries.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { findCaseCard } from '../../src/domain/reminders/case.queries.js';
import { findSmallRests } from '../../src/domain/reminders/digest-sums.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { editRates } from '../../src/domain/settings/company.service.js';
import type { Instalment, Receipt } from '../../src/generated/prisma/client.js';
import { auditWithoutWords } from '../support/audit-words.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
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
const later = (days: number) => new Date(NOON.getTime() + days * DAY_MS);
const fresh = (id: string) => company.db.instalment.findUniqueOrThrow({ where: { id } });
const approvalOf = (subjectId: string) =>
  company.db.approval.findFirstOrThrow({ where: { subjectId, status: 'open' } });

const approvalSteps = async (subjectId: string) =>
  company.db.approvalStep.findMany({ where: { approvalId: (await approvalOf(subjectId)).id } });
/** What waits on a row: its approval, as it is shown. */
async function latest({ id }: Instalment): Promise<[string, number]> {
  const asked = await company.db.adjustment.findFirstOrThrow({ where: { instalmentId: id, status: 'open' } });
  const approval = await approvalOf(asked.id);
  return [approval.id, approval.version];
}

/** One overdue row of this amount. */
async function overdue(amount = 100_00n, now = NOON): Promise<Instalment> {
  const { rows } = await anActiveContract(company, [[amount, '2026-11-10']], { now });
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}
async function pay(row: Instalment, amount: bigint, now = NOON): Promise<Receipt> {
  const { receipt, approval } = await aSubmittedReceipt(company, row, amount, { now });
  const { outcome } = await approveReceipt(await company.as('finance2', now), approval.id, approval.version);
  expect(outcome).toBe('approved');
  return receipt;
}
async function ask(
  { id }: Instalment,
  amount: bigint | null,
  more: { kind?: WriteOffKind; who?: PersonKey; now?: Date } = {},
) {
  const { kind = 'bad_debt', who = 'finance', now } = more;
  const { version } = await fresh(id);
  return askWriteOff(await company.as(who, now), {
    instalmentId: id,
    version,
    kind,
    amount,
    reason: '客户破产',
  });
}
async function decide(subjectId: string, who: PersonKey = 'financeManager', now = NOON) {
  const { id, version } = await approvalOf(subjectId);
  return approve(await company.as(who, now), id, version);
}
async function writeOff(row: Instalment, amount: bigint | null, kind: WriteOffKind = 'bad_debt', now = NOON) {
  const { id } = await ask(row, amount, { kind, now });
  expect((await decide(id, 'financeManager', now)).outcome).toBe('approved');
}
async function undo({ id }: Instalment, now = NOON) {
  const { version } = await fresh(id);
  const asked = await askUndo(await company.as('finance', now), {
    instalmentId: id,
    version,
    reason: '弄错了',
  });
  expect((await decide(asked.id, 'financeManager', now)).outcome).toBe('approved');
  return asked.amount;
}
async function reverse(receipt: Receipt, amount: bigint, now = NOON) {
  const asked = await askReversal(await company.as('finance', now), {
    receiptId: receipt.id,
    amount,
    reason: '退票',
  });
  expect((await decide(asked.id, 'financeManager', now)).outcome).toBe('approved');
}
async function voidIt({ contractId }: Instalment) {
  const { version } = await company.db.contract.findUniqueOrThrow({ where: { id: contractId } });
  await voidContract(await company.as('manager'), { id: contractId, version, reason: '不做了' });
}
const ledgerOf = async (row: Instalment, asOf = '2026-11-20') =>
  readLedger(await company.as('finance'), { customerId: row.customerId, currency: 'CNY' }, localDate(asOf));

describe('bad debt', () => {
  it('of a whole row: 坏账, contract complete, case closed, reminders, promise and dispute over', async () => {
    const row = await overdue(100_00n, later(-15));
    // Three days overdue: its case is open.
    await planReminders(await company.system(later(-7)));
    await recordFollowUp(await company.as('rep', later(1)), {
      instalmentId: row.id,
      kind: 'call',
      content: '下月付',
      result: 'promised',
      promisedOn: localDate('2026-12-20'),
      promisedAmount: 100_00n,
      reason: null,
      pauseUntil: null,
      nextOn: null,
    });
    expect(await company.db.escalationCase.count({ where: { instalmentId: row.id, closedOn: null } })).toBe(
      1,
    );
    const { id, names } = await ask(row, null, { now: later(2) });
    expect(names).toEqual(['financeManager']);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'open', outstanding: 100_00n });
    const manager = await company.as('financeManager', later(2));
    const { items } = await findWaiting(manager, 'finance');
    expect(items.filter((item) => item.kind === 'adjustment')).toMatchObject([
      { id: row.id, amount: 100_00n },
    ]);
    const detail = await findInstalmentDetail(manager, row.id);
    expect(detail?.adjustment).toMatchObject({ kind: 'bad_debt', amount: 100_00n, undoes: false });

    expect((await decide(id, 'financeManager', later(2))).outcome).toBe('approved');
    expect(await fresh(row.id)).toMatchObject({
      lifecycle: 'written_off',
      outstanding: 0n,
      promisedOn: null,
      disputed: false,
      nextContactOn: null,
    });
    const contract = await company.db.contract.findUniqueOrThrow({ where: { id: row.contractId } });
    expect(contract.status).toBe('completed');
    const ended = await company.db.escalationCase.findFirstOrThrow({ where: { instalmentId: row.id } });
    expect(ended.closeReason).toBe('written_off');
    expect((await findCaseCard(manager, ended.id))?.closed).toBe('written_off');
    const reminders = await company.db.reminder.count({ where: { instalmentId: row.id } });
    await planReminders(await company.system(later(10)));
    expect(await company.db.reminder.count({ where: { instalmentId: row.id } })).toBe(reminders);

    const reader = await company.as('finance', later(2));
    const [balance] = await readBalance(reader, row.customerId);
    expect(balance).toBeUndefined();
    const ledger = await ledgerOf(row, '2026-11-22');
    expect(ledger.movements[0]).toMatchObject({ kind: 'bad_debt', amount: 100_00n, delta: -100_00n });
    expect(ledger).toMatchObject({ balance: 0n, open: 0n, credit: 0n });
    // As of the day before it was owed.
    expect(await ledgerOf(row, '2026-11-21')).toMatchObject({ balance: 100_00n, open: 100_00n });
    expect(await loadContract(reader, row.contractId)).toMatchObject({ adjusted: 100_00n, outstanding: 0n });
    const shown = await findInstalmentDetail(reader, row.id);
    expect(shown).toMatchObject({ state: 'written_off', adjusted: 100_00n, recovered: 0n });
    expect(shown?.history[0]).toMatchObject({ kind: 'adjustment', event: 'posted', what: 'bad_debt' });
    const history = await findCustomerHistory(await company.as('rep', later(2)), row.customerId);
    expect(history.entries.some((entry) => entry.action === 'adjustment.posted')).toBe(true);
    const told = await company.db.outbox.findMany({
      where: { kind: { startsWith: 'adjustment.' }, dedupeKey: { contains: id } },
    });
    expect(told.map((one) => one.recipient)).toContain(`user:${company.ids.rep}`);
  });

  it('in part leaves the rest open, and a payment of the rest settles it', async () => {
    const row = await overdue();
    await writeOff(row, 40_00n);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'open', outstanding: 60_00n });
    await pay(row, 60_00n);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'settled', outstanding: 0n });
    expect(await ledgerOf(row)).toMatchObject({ balance: 0n, open: 0n });
    // What was written off can still come in.
    const shown = await findInstalmentDetail(await company.as('finance'), row.id);
    expect(shown).toMatchObject({ state: 'paid', recoverable: 40_00n });
    await pay(row, 40_00n);
    expect(await findInstalmentDetail(await company.as('finance'), row.id)).toMatchObject({
      state: 'paid',
      recovered: 40_00n,
      recoverable: 0n,
    });
  });

  it('from ¥50,000 on takes the director too; a finance manager’s own goes to another', async () => {
    const row = await overdue(50_000_00n);
    const { id } = await ask(row, null);
    const { financeChannelId } = await company.db.company.findFirstOrThrow();
    await changeCompany(company.db, { financeChannelId: 'C_FIN' });
    expect((await decide(id, 'financeManager')).outcome).toBe('advanced');
    const { history } = (await findInstalmentDetail(await company.as('finance'), row.id)) ?? {};
    expect(history?.[0]).toMatchObject({ kind: 'approval', event: 'step_approved', step: 1 });
    // Who is not of finance's channel gets a card of their own at once.
    const cards = await company.db.outbox.findMany({
      where: { kind: 'adjustment.card', op: 'post', payload: { path: ['adjustmentId'], equals: id } },
    });
    expect(cards.map((card) => card.recipient)).toContain(`user:${company.ids.director}`);
    expect((await decide(id, 'director')).outcome).toBe('approved');
    await changeCompany(company.db, { financeChannelId });
    const other = await overdue();
    expect((await ask(other, null, { who: 'financeManager' })).names).toEqual(['director']);
  });

  it('passes no director in parts: what stands and what waits on the contract counts with it', async () => {
    const { rows } = await anActiveContract(company, [
      [100_000_00n, '2026-11-10'],
      [100_000_00n, '2026-11-11'],
    ]);
    const [first, second] = rows as [Instalment, Instalment];
    const steps = async (subjectId: string) => (await approvalSteps(subjectId)).length;
    const one = await ask(first, 49_999_00n);
    expect(await steps(one.id)).toBe(1);
    // While the first still waits, of another row.
    const two = await ask(second, 1_00n);
    expect(await steps(two.id)).toBe(2);
    await withdraw(await company.as('finance'), (await approvalOf(two.id)).id);
    await decide(one.id);
    const three = await ask(first, 99n);
    expect(await steps(three.id)).toBe(1);
    expect((await decide(three.id)).outcome).toBe('approved');
    const four = await ask(first, 1n);
    expect((await decide(four.id)).outcome).toBe('advanced');
    expect((await decide(four.id, 'director')).outcome).toBe('approved');
    // What is taken back of it counts no more.
    await undo(first);
    await undo(first);
    expect(await steps((await ask(second, 49_000_00n)).id)).toBe(2);
    expect(await undo(first)).toBe(49_999_00n);
    await reject(await company.as('financeManager'), ...(await latest(second)), { comment: '再催' });
    expect(await steps((await ask(second, 49_000_00n)).id)).toBe(1);
  });

  it.each<[string, PersonKey, ErrorCode]>([
    ['a rep', 'rep', 'access.denied'],
    ['a director', 'director', 'access.denied'],
    ['an auditor', 'auditor', 'access.denied'],
    ['somebody without a role', 'nobody', 'role.missing'],
  ])('is not proposed by %s', async (_name, who, expected) => {
    await expect(ask(await overdue(), null, { who })).rejects.toEqual(code(expected));
  });

  it('is one at a time, as shown, of what is overdue and open; rejected or withdrawn it changes nothing', async () => {
    const row = await overdue();
    await expect(ask(row, 100_01n)).rejects.toMatchObject({
      code: 'adjustment.exceeds',
      params: { max: { minor: 100_00n, currency: 'CNY' } },
    });
    const first = await ask(row, null);
    await expect(ask(row, null)).rejects.toEqual(code('adjustment.open'));
    const { id, version } = await approvalOf(first.id);
    await expect(approve(await company.as('finance'), id, version)).rejects.toThrow();
    await reject(await company.as('financeManager'), id, version, { comment: '再催' });
    const second = await ask(row, null);
    await withdraw(await company.as('finance'), (await approvalOf(second.id)).id);
    expect(await fresh(row.id)).toEqual(row);
    const stale = { instalmentId: row.id, version: row.version - 1, kind: 'bad_debt', amount: null } as const;
    await expect(askWriteOff(await company.as('finance'), { ...stale, reason: 'x' })).rejects.toEqual(
      code('version.conflict'),
    );
    // Paid while it waits: the approver is told, nothing is posted.
    const third = await ask(row, null);
    await pay(row, 50_00n);
    await expect(decide(third.id)).rejects.toMatchObject({
      code: 'approval.no_longer_fits',
      params: { who: 'finance' },
    });
    const { rows } = await anActiveContract(company, [[10_00n, '2026-12-10']]);
    await expect(ask(rows[0] as Instalment, null)).rejects.toEqual(code('adjustment.bad_state'));
  });
});

describe('a small difference', () => {
  it('is offered on a part-paid row within the tolerance, and settles it', async () => {
    const row = await overdue();
    await pay(row, 99_20n);
    const finance = await company.as('finance');
    expect(await findInstalmentDetail(finance, row.id)).toMatchObject({ smallRest: true });
    const { id, amount, names } = await ask(row, null, { kind: 'small_difference' });
    expect(amount).toBe(80n);
    expect(names.toSorted()).toEqual(['finance2', 'financeManager']);
    expect((await decide(id, 'finance2')).outcome).toBe('approved');
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'settled', outstanding: 0n });
    expect(await findInstalmentDetail(finance, row.id)).toMatchObject({ state: 'paid', adjusted: 80n });
    expect((await ledgerOf(row)).movements[0]).toMatchObject({ kind: 'small_difference', delta: -80n });
    expect(await undo(row)).toBe(80n);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'open', outstanding: 80n });
  });

  it('is offered on the card of the receipt that left it, until it is asked about, let go or paid', async () => {
    const row = await overdue();
    const left = await pay(row, 99_20n);
    const finance = await company.as('finance');
    const offered = async () => (await loadReceiptFacts(finance, left.id))?.lines.map((one) => one.smallRest);
    const card = await company.db.approval.findFirstOrThrow({ where: { subjectId: left.id } });
    /** How often the card was drawn anew since. */
    const redrawn = async () => {
      const where = { op: 'update', dedupeKey: { startsWith: `receipt.card:${card.id}` } } as const;
      const { count } = await company.db.outbox.deleteMany({ where });
      return count > 0;
    };
    await redrawn();
    expect(await offered()).toEqual([true]);
    const { id } = await ask(row, null, { kind: 'small_difference' });
    expect([await offered(), await redrawn()]).toEqual([[false], true]);
    const waiting = await approvalOf(id);
    await withdraw(finance, waiting.id);
    expect([await offered(), await redrawn()]).toEqual([[true], true]);
    await writeOff(row, null, 'small_difference');
    expect([await offered(), await redrawn()]).toEqual([[false], true]);
    await undo(row);
    expect([await offered(), await redrawn()]).toEqual([[true], true]);
    // Money that brings the rest; it was no small rest that was paid before.
    const other = await overdue();
    const half = await pay(other, 50_00n);
    await pay(other, 49_20n);
    await pay(row, 80n);
    expect([await offered(), await redrawn()]).toEqual([[false], true]);
    const halved = await company.db.approval.findFirstOrThrow({ where: { subjectId: half.id } });
    expect(
      await company.db.outbox.count({
        where: { dedupeKey: { startsWith: `receipt.card:${halved.id}#paid` } },
      }),
    ).toBe(0);
  });

  it('waits in finance’s digest while nobody has asked to let it go', async () => {
    const waiting = async () => findSmallRests(await company.system());
    const before = await waiting();
    const row = await overdue();
    await overdue(80n);
    await writeOff(await overdue(), 99_20n);
    await pay(await overdue(), 98_00n);
    const retention = await overdue();
    await company.db.instalment.update({ where: { id: retention.id }, data: { isRetention: true } });
    await pay(retention, 99_20n);
    expect(await waiting()).toEqual(before);
    await pay(row, 99_20n);
    const sum = (rests: Awaited<ReturnType<typeof waiting>>) =>
      rests.totals.find((one) => one.currency === 'CNY')?.minor ?? 0n;
    const now = await waiting();
    expect([now.count, sum(now)]).toEqual([before.count + 1, sum(before) + 80n]);
    expect(now.rows.length).toBe(Math.min(3, now.count));
    const { id } = await ask(row, null, { kind: 'small_difference' });
    expect(await waiting()).toEqual(before);
    await withdraw(await company.as('finance'), (await approvalOf(id)).id);
    expect((await waiting()).count).toBe(before.count + 1);
    await pay(row, 80n);
    expect(await waiting()).toEqual(before);
  });

  it('is offered no more where other money of the row is taken back, moved away, or its contract is void', async () => {
    const cardOf = async (receipt: Receipt) => {
      const { id } = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
      const where = { op: 'update', dedupeKey: { startsWith: `receipt.card:${id}` } } as const;
      await company.db.outbox.deleteMany({ where });
      return {
        offers: async () =>
          (await loadReceiptFacts(await company.as('finance'), receipt.id))?.lines.map(
            (one) => one.smallRest,
          ),
        isRedrawn: async () => (await company.db.outbox.deleteMany({ where })).count > 0,
      };
    };
    const manager = await company.as('financeManager');
    const takeBack = async (receipt: Receipt) => {
      const asked = { receiptId: receipt.id, amount: 49_20n, reason: '退票' };
      const { id } = await askReversal(await company.as('finance'), asked);
      const approval = await approvalOf(id);
      await approve(manager, approval.id, approval.version);
    };
    const moveAway = async (receipt: Receipt) => {
      const { id: receiptId, version } = await company.db.receipt.findUniqueOrThrow({
        where: { id: receipt.id },
      });
      await reallocate(manager, { receiptId, version, lines: [], reason: '记错' });
    };
    const endContract = async (_receipt: Receipt, { contractId }: Instalment) => {
      const { id, version } = await company.db.contract.findUniqueOrThrow({ where: { id: contractId } });
      const { id: asked } = await askVoid(await company.as('manager'), { id, version, reason: '不做了' });
      const approval = await approvalOf(asked);
      await approve(manager, approval.id, approval.version);
    };
    for (const end of [takeBack, moveAway, endContract]) {
      const row = await overdue();
      const first = await pay(row, 50_00n);
      const second = await pay(row, 49_20n);
      const card = await cardOf(first);
      expect(await card.offers()).toEqual([true]);
      const { version } = await fresh(row.id);
      await end(second, row);
      expect([(await card.offers())?.includes(true), await card.isRedrawn()]).toEqual([false, true]);
      // Clicked on a card that was not drawn anew yet.
      const click = {
        instalmentId: row.id,
        version,
        kind: 'small_difference',
        amount: null,
        reason: null,
      } as const;
      await expect(askWriteOff(await company.as('finance'), click)).rejects.toEqual(code('version.conflict'));
      const again = { ...click, version: (await fresh(row.id)).version };
      await expect(askWriteOff(await company.as('finance'), again)).rejects.toEqual(
        code(end === endContract ? 'adjustment.bad_state' : 'adjustment.not_small'),
      );
    }
  });

  it('is so much of another currency as the rate says, and nothing without a rate', async () => {
    const options = { contract: { currency: 'USD' } };
    const { rows } = await anActiveContract(company, [[100_00n, '2026-12-10']], options);
    const row = rows[0] as Instalment;
    const before = await company.db.company.findFirstOrThrow();
    const rate = async (of: string | null) => {
      const exchangeRates = of === null ? [] : [{ currency: 'USD', rate: of }];
      const data = { settings: { exchangeRates }, version: { increment: 1 } };
      await changeCompany(company.db, data);
    };
    // Without one a receipt would take the strictest steps.
    await rate('7.1');
    await pay(row, 99_86n);
    await rate(null);
    const isOffered = async () =>
      (await findInstalmentDetail(await company.as('finance'), row.id))?.smallRest;
    expect(await isOffered()).toBe(false);
    await expect(ask(row, null, { kind: 'small_difference' })).rejects.toMatchObject({
      ...{ code: 'adjustment.not_small', params: { max: { minor: 0n, currency: 'USD' } } },
    });
    // ¥1.00 is 14 cents, and less than 14 at 7.2.
    await rate('7.2');
    expect(await isOffered()).toBe(false);
    await rate('7.1');
    expect(await isOffered()).toBe(true);
    const receipt = await company.db.receipt.findFirstOrThrow({ where: { instalmentId: row.id } });
    const card = await loadReceiptFacts(await company.as('finance'), receipt.id);
    expect(card?.lines).toMatchObject([{ smallRest: true, outstanding: 14n }]);
    expect((await ask(row, null, { kind: 'small_difference' })).amount).toBe(14n);
    await changeCompany(company.db, { settings: before.settings ?? {} });
  });

  it('is never more than the cap of a currency by itself, whatever rate somebody wrote', async () => {
    const options = { contract: { currency: 'USD' } };
    const { rows } = await anActiveContract(company, [[500_000_00n, '2026-11-10']], options);
    const row = rows[0] as Instalment;
    const before = await company.db.company.findFirstOrThrow();
    const write = async (rate: string | null, checked: { from: string | null; to: string | null } | null) =>
      editRates(
        await company.as('finance'),
        (await company.db.company.findFirstOrThrow()).version,
        rate === null ? [] : [{ currency: 'USD', rate }],
        checked === null ? [] : [{ currency: 'USD', ...checked }],
      );
    // The first rate is asked about, one that is taken away too: else a jump is made in two steps.
    await expect(write('7.1', null)).rejects.toEqual(code('rates.jump'));
    await write('7.1', { from: null, to: '7.1' });
    await pay(row, 50_000_00n);
    await expect(write(null, null)).rejects.toEqual(code('rates.jump'));
    await write(null, { from: '7.1', to: null });
    await expect(write('0.000001', null)).rejects.toEqual(code('rates.jump'));
    await write('0.000001', { from: null, to: '0.000001' });
    await expect(ask(row, null, { kind: 'small_difference' })).rejects.toMatchObject({
      ...{ code: 'adjustment.not_small', params: { max: { minor: 50_00n, currency: 'USD' } } },
    });
    await changeCompany(company.db, { settings: before.settings ?? {} });
  });

  it('is none where no money came in, and the last bit of a bad debt is bad debt', async () => {
    const row = await overdue();
    await writeOff(row, 99_50n);
    await expect(ask(row, null, { kind: 'small_difference' })).rejects.toEqual(code('adjustment.not_small'));
    const paid = await overdue();
    await pay(paid, 30_00n);
    await writeOff(paid, 69_50n);
    await writeOff(paid, null, 'small_difference');
    expect(await fresh(paid.id)).toMatchObject({ lifecycle: 'written_off', outstanding: 0n });
    await undo(paid);
    await undo(paid);
    await pay(paid, 69_50n);
    await writeOff(paid, null, 'small_difference');
    expect(await fresh(paid.id)).toMatchObject({ lifecycle: 'settled', outstanding: 0n });
  });

  it('ends the case of its row as paid; a part that is written off and back is said as such', async () => {
    const row = await overdue(100_00n, later(-15));
    await planReminders(await company.system(later(-7)));
    const { id } = await company.db.escalationCase.findFirstOrThrow({ where: { instalmentId: row.id } });
    await writeOff(row, 40_00n);
    await undo(row);
    await pay(row, 99_20n);
    await writeOff(row, null, 'small_difference');
    expect((await findCaseCard(await company.as('finance'), id))?.closed).toBe('settled');
    const told = await company.db.outbox.findMany({
      where: { kind: 'case.line', dedupeKey: { startsWith: `case.line:${id}` } },
      orderBy: { id: 'asc' },
    });
    const events = told.map((line) => (line.payload as { event: string }).event);
    expect(events.filter((event) => !['opened', 'submitted'].includes(event))).toEqual([
      'adjusted',
      'adjusted_back',
      'money',
      'paid',
    ]);
  });

  it('is none above the tolerance, and none of a retention', async () => {
    const row = await overdue();
    await pay(row, 98_00n);
    await expect(ask(row, null, { kind: 'small_difference' })).rejects.toEqual(code('adjustment.not_small'));
    const { rows } = await anActiveContract(company, [[100_00n, '2026-11-10', { isRetention: true }]]);
    const [retention] = rows;
    if (!retention) throw new Error('no row');
    await pay(retention, 99_50n);
    await expect(ask(retention, null, { kind: 'small_difference' })).rejects.toEqual(
      code('adjustment.not_small'),
    );
  });
});

describe('a rejection', () => {
  it('takes it off the Homes of all who were asked by their role', async () => {
    const row = await overdue();
    await pay(row, 99_20n);
    const { id } = await ask(row, null, { kind: 'small_difference' });
    await company.db.user.updateMany({ data: { homeOpenedAt: NOON, homeStale: false } });
    const waiting = await approvalOf(id);
    await reject(await company.as('finance2'), waiting.id, waiting.version, { comment: '再催' });
    const stale = await company.db.user.findMany({ where: { homeStale: true }, orderBy: { name: 'asc' } });
    expect(stale.map((one) => one.name)).toEqual(['finance', 'finance2', 'financeManager', 'rep']);
  });
});

describe('undoing', () => {
  it('opens row, contract and case again, as of today', async () => {
    const row = await overdue(100_00n, later(-15));
    await planReminders(await company.system(later(-7)));
    await writeOff(row, null, 'bad_debt', later(2));
    expect(await undo(row, later(4))).toBe(100_00n);
    expect(await fresh(row.id)).toMatchObject({
      lifecycle: 'open',
      outstanding: 100_00n,
      openedOn: new Date('2026-11-24'),
    });
    const contract = await company.db.contract.findUniqueOrThrow({ where: { id: row.contractId } });
    expect(contract.status).toBe('active');
    expect(await company.db.escalationCase.findFirst({ where: { instalmentId: row.id } })).toMatchObject({
      closedOn: null,
    });
    await expect(undo(row, later(4))).rejects.toEqual(code('adjustment.nothing'));
    const ledger = await ledgerOf(row, '2026-11-24');
    expect(ledger.movements.slice(0, 2).map((one) => [one.kind, one.delta])).toEqual([
      ['undone', 100_00n],
      ['bad_debt', -100_00n],
    ]);
    expect(ledger).toMatchObject({ balance: 100_00n, open: 100_00n });
  });
});

describe('recovery', () => {
  it('of money recorded on the row: the state stays, the pair is posted, the card says so', async () => {
    const row = await overdue();
    await writeOff(row, null);
    const { receipt, approval } = await aSubmittedReceipt(company, row, 130_00n);
    const facts = await loadReceiptFacts(await company.as('finance'), receipt.id);
    expect(facts?.lines).toMatchObject([{ amount: 100_00n, recovery: true }]);
    expect(facts?.warnings).toEqual([]);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'written_off', outstanding: 0n });
    const shown = await findInstalmentDetail(await company.as('finance'), row.id);
    expect(shown).toMatchObject({ state: 'written_off', adjusted: 0n, recovered: 100_00n });
    expect(shown?.history.some((entry) => entry.kind === 'recovered')).toBe(true);
    expect(await company.db.receipt.findUniqueOrThrow({ where: { id: receipt.id } })).toMatchObject({
      unapplied: 30_00n,
    });
    const ledger = await ledgerOf(row);
    // The newest first: what was written off stands before the money that came in after all, on one day too.
    const kinds = ledger.movements.map((one) => one.kind);
    expect(kinds.indexOf('recovery')).toBeGreaterThanOrEqual(0);
    expect(kinds.indexOf('bad_debt')).toBeGreaterThan(kinds.indexOf('receipt'));
    expect(ledger).toMatchObject({ balance: -30_00n, open: 0n, credit: 30_00n });
    const byContract = await readLedger(
      await company.as('finance'),
      { contractId: row.contractId },
      todayIn(NOON, 'Asia/Shanghai'),
    );
    expect(byContract).toMatchObject({ balance: 0n, open: 0n });
    // The bank took it back: bad debt again, in part and whole.
    await reverse(receipt, 90_00n);
    expect(await findInstalmentDetail(await company.as('finance'), row.id)).toMatchObject({
      state: 'written_off',
      adjusted: 60_00n,
      recovered: 40_00n,
    });
    const [taken] = (await ledgerOf(row)).movements.filter((one) => one.kind === 'recovery_reversed');
    expect(taken).toMatchObject({ amount: 60_00n, delta: -60_00n });
    expect(await undo(row)).toBe(60_00n);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'open', outstanding: 60_00n });
    await reverse(receipt, 40_00n);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'open', outstanding: 60_00n });
    expect(await undo(row)).toBe(40_00n);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'open', outstanding: 100_00n });
  });

  it('of a prepayment, applied by finance; never more than did not come in', async () => {
    const row = await overdue();
    await writeOff(row, 100_00n);
    const ctx = await company.as('rep');
    const money = await recordReceipt(ctx, {
      customerId: row.customerId,
      kind: 'prepayment',
      amount: 120_00n,
      currency: 'CNY',
      method: 'transfer',
      receivedOn: ctx.today,
    });
    const { id, version: shown } = await approvalOf(money.id);
    await approve(await company.as('finance2'), id, shown);
    const apply = async (amount: bigint) => {
      const { version } = await company.db.receipt.findUniqueOrThrow({ where: { id: money.id } });
      return applyPrepayment(await company.as('finance'), {
        receiptId: money.id,
        version,
        instalmentId: row.id,
        amount,
      });
    };
    await expect(apply(100_01n)).rejects.toEqual(code('prepayment.exceeds_outstanding'));
    await apply(80_00n);
    await apply(20_00n);
    await expect(apply(1n)).rejects.toEqual(code('prepayment.exceeds_outstanding'));
    expect(await findInstalmentDetail(await company.as('finance'), row.id)).toMatchObject({
      state: 'written_off',
      adjusted: 0n,
      recovered: 100_00n,
    });
  });

  it('that waits is asked about again once the write-off is undone', async () => {
    const row = await overdue();
    await writeOff(row, null);
    const { receipt, approval } = await aSubmittedReceipt(company, row, 100_00n);
    await undo(row);
    const { outcome } = await approveReceipt(await company.as('finance2'), approval.id, approval.version);
    expect(outcome).toBe('redrawn');
    const facts = await loadReceiptFacts(await company.as('finance'), receipt.id);
    expect(facts?.lines).toMatchObject([{ amount: 100_00n, recovery: false }]);
  });
});

describe('a row that was partly paid before', () => {
  it('is open again where that money is reversed after the rest was written off', async () => {
    const row = await overdue();
    const receipt = await pay(row, 60_00n);
    await writeOff(row, null);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'written_off' });
    await reverse(receipt, 60_00n);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'open', outstanding: 60_00n });
    const contract = await company.db.contract.findUniqueOrThrow({ where: { id: row.contractId } });
    expect(contract.status).toBe('active');
  });
});

describe('a void contract', () => {
  it('takes along what was written off of its cancelled rows', async () => {
    const row = await overdue();
    await writeOff(row, 30_00n);
    await voidIt(row);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'cancelled', outstanding: 0n });
    expect(await ledgerOf(row)).toMatchObject({ balance: 0n, open: 0n });
  });
});

describe('a write-off that waits', () => {
  /** How it stands, how its approval, and who was told that it is over. */
  const stateOf = async (id: string) => {
    const { status } = await company.db.adjustment.findUniqueOrThrow({ where: { id } });
    const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: id } });
    const told = await company.db.outbox.findMany({
      where: { dedupeKey: `adjustment.decided:${approval.id}` },
    });
    const trail = await company.db.auditLog.count({
      where: { action: 'adjustment.cancelled', after: { path: ['kind'], equals: 'bad_debt' } },
    });
    return { status, approval: approval.status, told: told.map((one) => one.recipient), trail: trail > 0 };
  };
  const over = () => ({
    status: 'withdrawn',
    approval: 'withdrawn',
    told: [`user:${company.ids.finance}`],
    trail: true,
  });

  it('is over once the row is paid, whoever proposed it hears, and its approver is told', async () => {
    const row = await overdue();
    const { id } = await ask(row, null);
    const shown = await approvalOf(id);
    await pay(row, 100_00n);
    expect(await stateOf(id)).toEqual(over());
    const manager = await company.as('financeManager');
    await expect(approve(manager, shown.id, shown.version)).rejects.toMatchObject({
      code: 'approval.decided',
      params: { decision: 'withdrawn' },
    });
    const { items } = await findWaiting(manager, 'finance');
    expect(items.some((item) => item.kind === 'adjustment' && item.id === row.id)).toBe(false);
    const detail = await findInstalmentDetail(await company.as('rep'), row.id);
    expect(detail).toMatchObject({ state: 'paid', adjustment: null });
    expect(detail?.history.some((one) => one.kind === 'adjustment' && one.event === 'cancelled')).toBe(true);
  });

  it('is over once the row is deleted or its contract void', async () => {
    const deleted = await overdue();
    const first = await ask(deleted, null);
    const { version } = await fresh(deleted.id);
    await deleteInstalment(await company.as('manager'), { id: deleted.id, version });
    expect(await stateOf(first.id)).toEqual(over());
    const gone = await overdue();
    const second = await ask(gone, null);
    await voidIt(gone);
    expect(await stateOf(second.id)).toEqual(over());
  });

  it('stays where only a part is paid, and where it would undo one that was posted', async () => {
    const row = await overdue();
    await writeOff(row, 40_00n);
    const { version } = await fresh(row.id);
    const asked = await askUndo(await company.as('finance'), {
      instalmentId: row.id,
      version,
      reason: '弄错了',
    });
    await pay(row, 60_00n);
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'settled' });
    expect((await decide(asked.id)).outcome).toBe('approved');
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'open', outstanding: 40_00n });
  });

  it('undoes nothing of a void contract, nor does money recover it there', async () => {
    const { rows } = await anActiveContract(company, [
      [100_00n, '2026-11-10'],
      [50_00n, '2026-12-10'],
    ]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    await writeOff(row, null);
    const { version } = await fresh(row.id);
    const asked = await askUndo(await company.as('finance'), {
      instalmentId: row.id,
      version,
      reason: '弄错了',
    });
    const shown = await approvalOf(asked.id);
    const ctx = await company.as('rep');
    const money = await recordReceipt(
      ctx,
      {
        customerId: row.customerId,
        kind: 'prepayment',
        amount: 33_00n,
        currency: 'CNY',
        method: 'transfer',
        receivedOn: ctx.today,
      },
      { lines: [] },
    );
    const { id, version: first } = await approvalOf(money.id);
    await approve(await company.as('finance2'), id, first);
    await voidIt(row);
    await expect(approve(await company.as('financeManager'), shown.id, shown.version)).rejects.toEqual(
      code('approval.decided'),
    );
    expect(await fresh(row.id)).toMatchObject({ lifecycle: 'written_off', outstanding: 0n });
    const { version: booked } = await company.db.receipt.findUniqueOrThrow({ where: { id: money.id } });
    await expect(
      applyPrepayment(await company.as('finance'), {
        receiptId: money.id,
        version: booked,
        instalmentId: row.id,
        amount: 10_00n,
      }),
    ).rejects.toMatchObject({ code: 'prepayment.exceeds_outstanding', params: { max: { minor: 0n } } });
  });
});

describe('at the same moment', () => {
  it('a write-off and a payment of the same row: never below zero', async () => {
    const row = await overdue();
    const { id } = await ask(row, null);
    const { approval } = await aSubmittedReceipt(company, row, 100_00n);
    const waiting = await approvalOf(id);
    const [manager, finance] = [await company.as('financeManager'), await company.as('finance2')];
    const results = await Promise.allSettled([
      approve(manager, waiting.id, waiting.version),
      approve(finance, approval.id, approval.version),
    ]);
    const outcomes = results.map((one) => (one.status === 'fulfilled' ? one.value.outcome : 'refused'));
    // Whoever comes second is refused, or is shown that the money would be prepayment.
    expect([
      ['approved', 'redrawn'],
      ['refused', 'approved'],
    ]).toContainEqual(outcomes);
    expect((await fresh(row.id)).outstanding).toBe(0n);
  });
});
