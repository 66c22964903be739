// Money that nobody knows (P34): recorded, claimed once, given back when finance says no, taken back by mistake's author.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reject } from '../../src/domain/approvals/decisions.service.js';
import { findAuditStory, findAuditSubject } from '../../src/domain/audit-story.queries.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import type { ErrorCode } from '../../src/domain/errors.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { discardReceipt } from '../../src/domain/receipts/receipt-discard.service.js';
import { loadReceiptFacts } from '../../src/domain/receipts/receipt-facts.queries.js';
import { withdrawReceipt } from '../../src/domain/receipts/receipt-withdraw.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { findUnclaimed, listUnclaimed, sumUnclaimed } from '../../src/domain/receipts/unclaimed.queries.js';
import {
  recordUnclaimed,
  unclaimedCardKey,
  withdrawUnclaimed,
} from '../../src/domain/receipts/unclaimed.service.js';
import type { Instalment, UnclaimedMoney } from '../../src/generated/prisma/client.js';
import { anActiveContract, createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt, rejectReceipt } from '../support/decide.js';
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
  await database.close();
});

const TODAY = localDate('2026-11-20');
let slips = 0;
const came = async (amount: bigint, more = {}, who: PersonKey = 'finance') => {
  slips += 1;
  return recordUnclaimed(
    await company.as(who),
    { amount, currency: 'CNY', method: 'transfer', receivedOn: TODAY, bankSlipNo: `U-${slips}`, ...more },
    { notDuplicate: true },
  );
};
const aRow = async (amount: bigint, who: PersonKey = 'rep'): Promise<Instalment> => {
  const [row] = (await anActiveContract(company, [[amount, '2026-12-01']], { who })).rows;
  if (!row) throw new Error('no row');
  return row;
};
const claimOf = (money: UnclaimedMoney, row: Instalment, more = {}) => ({
  customerId: row.customerId,
  contractId: row.contractId,
  instalmentId: row.id,
  amount: money.amount,
  currency: money.currency,
  method: money.method,
  receivedOn: TODAY,
  bankSlipNo: money.bankSlipNo,
  unclaimedId: money.id,
  ...more,
});
const claim = async (who: PersonKey, money: UnclaimedMoney, row: Instalment, more = {}) =>
  recordReceipt(await company.as(who), claimOf(money, row, more), { notDuplicate: true });
const approvalOf = (receiptId: string) =>
  company.db.approval.findFirstOrThrow({ where: { subjectId: receiptId, status: 'open' } });
const facts = (money: UnclaimedMoney) => findUnclaimed({ db: company.db }, { id: money.id });

describe('whose it is', () => {
  it('is asked of the only owner whom the payer’s name names, beside finance, and their card is drawn anew', async () => {
    const relatedPayers = ['乙方（上海）付款'];
    const customer = await createCustomer(await company.as('rep2'), { name: '乙方', relatedPayers });
    const contract = { customerId: customer.id };
    const [row] = (await anActiveContract(company, [[61_00n, '2026-12-01']], { who: 'rep2', contract })).rows;
    if (!row) throw new Error('no row');
    const asked = async (payerName: string | null, who: PersonKey = 'finance') => {
      const { id } = await came(61_00n, { payerName }, who);
      const key = `${unclaimedCardKey(id)}@${company.ids.rep2}`;
      return { id, told: await company.db.outbox.count({ where: { dedupeKey: key, op: 'post' } }) };
    };
    for (const payer of [null, '没有这个客户', '乙方（上海）']) expect((await asked(payer)).told).toBe(0);
    // Whoever recorded it knows.
    expect((await asked('乙方(上海) 付款', 'rep2')).told).toBe(0);
    const { id, told } = await asked('乙方(上海) 付款');
    expect(told).toBe(1);
    const anchorKey = `${unclaimedCardKey(id)}@${company.ids.rep2}`;
    expect(await company.db.outbox.count({ where: { kind: 'unclaimed.vouchers', anchorKey } })).toBe(1);
    const money = await company.db.unclaimedMoney.findUniqueOrThrow({ where: { id } });
    await claim('rep2', money, row);
    const redrawn = {
      op: 'update',
      dedupeKey: { startsWith: `${unclaimedCardKey(id)}@${company.ids.rep2}#` },
    };
    expect(await company.db.outbox.count({ where: redrawn })).toBe(1);
    // Two of one name: nobody can be meant.
    await createCustomer(await company.as('rep'), { name: '另一家', relatedPayers });
    expect((await asked('乙方（上海）付款')).told).toBe(0);
  });

  it('is not said to who does not see the receipt', async () => {
    const row = await aRow(62_00n, 'rep2');
    const money = await came(62_00n);
    await claim('rep2', money, row);
    const seenBy = async (who: PersonKey) =>
      (await findUnclaimed(await company.as(who), { id: money.id }))?.claim?.customerName ?? null;
    expect(await seenBy('rep')).toBeNull();
    for (const who of ['rep2', 'manager', 'finance'] as const) expect(await seenBy(who)).toContain('客户');
  });
});

describe('unclaimed money', () => {
  it('counts nowhere and is asked about in the finance channel', async () => {
    const before = await sumUnclaimed(company.db);
    const receipts = await company.db.receipt.count();
    const money = await came(500_00n);
    expect(await company.db.receipt.count()).toBe(receipts);
    expect((await sumUnclaimed(company.db)).count).toBe(before.count + 1);
    const cards = await company.db.outbox.count({
      where: { dedupeKey: { startsWith: unclaimedCardKey(money.id) } },
    });
    expect(cards).toBe(3);
    expect(await company.db.auditLog.count({ where: { subjectId: money.id } })).toBe(1);
  });

  it('becomes a receipt of the customer whose rep claims it, with its vouchers, and finance confirms', async () => {
    const row = await aRow(300_00n);
    const ctx = await company.as('finance2');
    const money = await recordUnclaimed(
      ctx,
      { amount: 400_00n, currency: 'CNY', method: 'transfer', receivedOn: TODAY, bankSlipNo: 'V-1' },
      { notDuplicate: true, files: [{ slackFileId: 'F1', name: 'slip.png', mime: 'image/png', size: 9 }] },
    );
    const receipt = await claim('rep', money, row);
    expect(await company.db.attachment.count({ where: { ownerType: 'receipt', ownerId: receipt.id } })).toBe(
      1,
    );
    expect(await facts(money)).toMatchObject({
      claim: { who: 'rep', number: receipt.number, status: 'submitted' },
    });
    const approval = await approvalOf(receipt.id);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    expect(await facts(money)).toMatchObject({ claim: { status: 'approved' } });
    expect(await company.db.receipt.findUniqueOrThrow({ where: { id: receipt.id } })).toMatchObject({
      unapplied: 100_00n,
    });
    await expect(claim('rep', money, row)).rejects.toEqual(code('unclaimed.claimed'));
  });

  it('is claimed by one of two who try at once; the other is told who', async () => {
    const money = await came(70_00n);
    const rows = [await aRow(70_00n), await aRow(70_00n, 'rep2')] as const;
    const contexts = [await company.as('rep'), await company.as('rep2')] as const;
    const results = await Promise.allSettled([
      recordReceipt(contexts[0], claimOf(money, rows[0]), { notDuplicate: true }),
      recordReceipt(contexts[1], claimOf(money, rows[1]), { notDuplicate: true }),
    ]);
    const losers = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(losers).toEqual([code('unclaimed.claimed')]);
    const winner = await facts(money);
    expect(losers[0].params).toEqual({ who: winner?.claim?.who, number: winner?.claim?.number });
  });

  it.each(['rejected', 'withdrawn'] as const)('waits again when the claim is %s', async (how) => {
    const money = await came(81_00n);
    const receipt = await claim('rep', money, await aRow(81_00n));
    const approval = await approvalOf(receipt.id);
    if (how === 'rejected')
      await rejectReceipt(await company.as('finance'), approval.id, approval.version, {
        reason: 'wrong_instalment',
      });
    else await withdrawReceipt(await company.as('rep'), receipt.id);
    expect(await facts(money)).toMatchObject({ claim: null });
    const rewrites = await company.db.outbox.count({
      where: { dedupeKey: { startsWith: unclaimedCardKey(money.id) }, op: 'update' },
    });
    expect(rewrites).toBeGreaterThanOrEqual(3 * 2);
    const again = await claim('rep2', money, await aRow(81_00n, 'rep2'));
    expect(again.status).toBe('submitted');
  });

  it.each<[string, Record<string, unknown>]>([
    ['less than came in', { amount: 1_00n }],
    ['another day', { receivedOn: localDate('2026-11-19') }],
  ])('is not claimed as %s', async (_what, more) => {
    const money = await came(90_00n);
    await expect(claim('rep', money, await aRow(90_00n), more)).rejects.toEqual(code('not_found'));
  });

  it('is booked in the currency of its contract only where all that came in stands beside it', async () => {
    const money = await came(100_00n, { currency: 'USD' });
    const row = await aRow(900_00n);
    const booked = (originalAmount: bigint, originalCurrency: string) =>
      claim('rep', money, row, { ...{ amount: 710_00n, currency: 'CNY' }, originalAmount, originalCurrency });
    for (const [amount, currency] of [
      [99_00n, 'USD'],
      [101_00n, 'USD'],
      [100_00n, 'EUR'],
    ] as const)
      await expect(booked(amount, currency)).rejects.toEqual(code('not_found'));
    // As it came in, beside an amount that did not.
    const other = { originalAmount: 710_00n, originalCurrency: 'CNY' };
    const asPrepayment = { kind: 'prepayment' as const, contractId: null, instalmentId: null, ...other };
    await expect(claim('rep', money, row, asPrepayment)).rejects.toEqual(code('not_found'));
    expect(await booked(100_00n, 'USD')).toMatchObject({ unclaimedId: money.id, rate: '7.1' });
    await expect(booked(100_00n, 'USD')).rejects.toEqual(code('unclaimed.claimed'));
  });

  it('is claimed only for a customer of the claimer’s scope', async () => {
    const money = await came(91_00n);
    await expect(claim('rep2', money, await aRow(91_00n))).rejects.toEqual(code('access.denied'));
    await expect(claim('auditor', money, await aRow(91_00n))).rejects.toEqual(code('access.denied'));
  });

  it('is not recorded a second time by its slip, for a customer or as unclaimed', async () => {
    const money = await came(92_00n);
    await expect(came(93_00n, { bankSlipNo: money.bankSlipNo })).rejects.toEqual(
      code('receipt.duplicate_slip'),
    );
    const row = await aRow(92_00n);
    const other = recordReceipt(await company.as('rep'), claimOf(money, row, { unclaimedId: null }), {
      notDuplicate: true,
    });
    await expect(other).rejects.toEqual(code('receipt.duplicate_slip'));
    const own = { ...claimOf(money, row, { unclaimedId: null }), bankSlipNo: null };
    await expect(
      recordReceipt(await company.as('rep'), { ...own, bankTxnId: money.bankSlipNo }, { notDuplicate: true }),
    ).rejects.toMatchObject({ code: 'receipt.duplicate_slip', field: 'bankTxnId' });
    const paid = await aRow(197_11n);
    const { number } = await recordReceipt(
      await company.as('rep'),
      {
        ...claimOf(money, paid, { unclaimedId: null }),
        ...{ amount: 197_11n, bankSlipNo: null, bankTxnId: 'OWN-97' },
      },
      { notDuplicate: true },
    );
    await expect(
      recordUnclaimed(await company.as('finance'), {
        ...{ amount: 198_22n, currency: 'CNY', method: 'transfer', bankSlipNo: 'own-97' },
        receivedOn: localDate('2026-11-18'),
      }),
    ).rejects.toMatchObject({ code: 'receipt.duplicate_suspected', params: { number } });
  });

  it('is claimed with its own slip, and asks about one that another customer’s receipt has', async () => {
    const money = await came(95_11n);
    const row = await aRow(95_11n);
    await expect(claim('rep', money, row, { bankSlipNo: null })).rejects.toEqual(code('not_found'));
    await expect(claim('rep', money, row, { bankSlipNo: 'OTHER-95' })).rejects.toEqual(code('not_found'));
    // Both came in before anybody looked at the other.
    const elsewhere = await aRow(95_12n);
    const { id, number } = await recordReceipt(
      await company.as('rep'),
      { ...claimOf(money, elsewhere, { unclaimedId: null }), amount: 95_12n, bankSlipNo: 'OTHER-95' },
      { notDuplicate: true },
    );
    for (const column of [
      { bankSlipNo: money.bankSlipNo },
      { bankSlipNo: null, bankTxnId: money.bankSlipNo },
    ]) {
      await company.db.receipt.update({ where: { id }, data: column });
      await expect(recordReceipt(await company.as('rep'), claimOf(money, row))).rejects.toMatchObject({
        ...{ code: 'receipt.duplicate_suspected', params: { number } },
      });
    }
    expect((await claim('rep', money, row)).status).toBe('submitted');
  });

  it('asks about an opening balance of the same money, by amount and day or by slip', async () => {
    const row = await aRow(96_13n);
    const opening = await recordReceipt(
      await company.as('rep'),
      { ...claimOf(await came(1n), row), unclaimedId: null, amount: 96_13n, bankSlipNo: 'OPEN-96' },
      { notDuplicate: true },
    );
    await company.db.receipt.update({ where: { id: opening.id }, data: { kind: 'opening' } });
    const asked = { code: 'receipt.duplicate_suspected', params: { number: opening.number } };
    const came96 = async (more: object) =>
      recordUnclaimed(await company.as('finance'), {
        ...{ amount: 96_13n, currency: 'CNY', method: 'transfer', receivedOn: TODAY, ...more },
      });
    await expect(came96({})).rejects.toMatchObject(asked);
    await expect(came96({ amount: 2_22n, bankSlipNo: 'open-96' })).rejects.toMatchObject(asked);
  });

  it('asks about the same amount within a few days', async () => {
    await came(94_00n);
    const ctx = await company.as('rep');
    const input = { amount: 94_00n, currency: 'CNY', method: 'cash', receivedOn: localDate('2026-11-18') };
    await expect(recordUnclaimed(ctx, input)).rejects.toEqual(code('receipt.duplicate_suspected'));
    expect(await recordUnclaimed(ctx, input, { notDuplicate: true })).toMatchObject({ amount: 94_00n });
  });

  it('is asked about when a customer’s receipt says the same amount: it would count twice', async () => {
    const money = await came(94_50n, { bankSlipNo: null });
    const receipt = claimOf(money, await aRow(94_50n), { unclaimedId: null });
    await expect(recordReceipt(await company.as('rep'), receipt)).rejects.toMatchObject({
      code: 'receipt.duplicate_suspected',
      params: { number: money.number },
    });
    expect(await recordReceipt(await company.as('rep'), { ...receipt, amount: 94_51n })).toBeTruthy();
    expect(await recordReceipt(await company.as('rep'), receipt, { notDuplicate: true })).toBeTruthy();
  });

  it('is asked about together with a receipt of the same amount: a tick for one does not answer for the other', async () => {
    const money = await came(96_50n, { bankSlipNo: null });
    const mine = { ...claimOf(money, await aRow(200_00n)), unclaimedId: null };
    const { number } = await recordReceipt(await company.as('rep'), mine, { notDuplicate: true });
    const again = async (notDuplicate: string | false) =>
      recordReceipt(await company.as('rep'), { ...mine, instalmentId: null }, { notDuplicate });
    const both = `${number} / ${money.number}`;
    for (const ticked of [false, number, money.number] as const)
      await expect(again(ticked)).rejects.toMatchObject({
        code: 'receipt.duplicate_suspected',
        params: { number: both },
      });
    expect(await again(both)).toBeTruthy();
    // The other way round; money that was claimed is told once, as the money.
    const { amount, currency, method, receivedOn } = mine;
    const alone = { amount, currency, method, receivedOn };
    await expect(recordUnclaimed(await company.as('finance'), alone)).rejects.toMatchObject({
      code: 'receipt.duplicate_suspected',
      params: { number: expect.stringMatching(new RegExp(`^${money.number} / HK-`)) },
    });
  });

  it.each<[string, Record<string, unknown>, ErrorCode]>([
    ['tomorrow’s money', { receivedOn: localDate('2026-11-21') }, 'receipt.future_date'],
    ['a method nobody has', { method: 'barter' }, 'choice.unknown'],
    ['a currency the company does not use', { currency: 'XTS' }, 'choice.unknown'],
  ])('refuses %s', async (_what, more, expected) => {
    await expect(came(1_00n, more)).rejects.toEqual(code(expected));
  });

  it('is recorded and seen by whoever may record money, seen by auditors too', async () => {
    await expect(came(95_00n, {}, 'auditor')).rejects.toEqual(code('access.denied'));
    await expect(came(95_00n, {}, 'nobody')).rejects.toEqual(code('role.missing'));
    const money = await came(95_00n, {}, 'rep');
    for (const who of ['rep2', 'auditor'] as const)
      expect(await findUnclaimed(await company.as(who), { number: money.number })).not.toBeNull();
    expect(await findUnclaimed(await company.as('nobody'), { id: money.id })).toBeNull();
    expect((await listUnclaimed(await company.as('nobody'))).total).toBe(0);
    const list = await listUnclaimed(await company.as('rep2'), { number: 999, size: 3 });
    expect(list.page).toBe(list.pages);
    expect(list.rows.length).toBeGreaterThan(0);
  });

  it('is taken back by its recorder or finance, while nobody has claimed it', async () => {
    const own = await came(96_00n, {}, 'rep');
    await expect(withdrawUnclaimed(await company.as('rep2'), own.id)).rejects.toEqual(code('access.denied'));
    await withdrawUnclaimed(await company.as('rep'), own.id);
    await expect(claim('rep', own, await aRow(96_00n))).rejects.toEqual(code('unclaimed.withdrawn'));
    // A second click of the same person finds it done; anybody else is told.
    expect(await withdrawUnclaimed(await company.as('rep'), own.id)).toMatchObject({ number: own.number });
    const again = { where: { subjectId: own.id, action: 'unclaimed.withdrawn' } };
    expect(await company.db.auditLog.count(again)).toBe(1);
    await expect(withdrawUnclaimed(await company.as('finance'), own.id)).rejects.toEqual(
      code('unclaimed.withdrawn'),
    );
    const claimed = await came(97_00n);
    await claim('rep', claimed, await aRow(97_00n));
    await expect(withdrawUnclaimed(await company.as('finance'), claimed.id)).rejects.toEqual(
      code('unclaimed.claimed'),
    );
    // Somebody else's: who recorded it is told, and its story says who and what.
    const theirs = await came(99_00n, {}, 'rep');
    await withdrawUnclaimed(await company.as('finance'), theirs.id);
    const told = await company.db.outbox.findMany({ where: { kind: 'unclaimed.withdrawn' } });
    expect(told).toMatchObject([
      { recipient: `user:${company.ids.rep}`, payload: { unclaimedId: theirs.id } },
    ]);
    const subject = await findAuditSubject(await company.as('auditor'), theirs.number);
    expect(subject).toEqual({ kind: 'unclaimed', id: theirs.id });
    const { entries } = await findAuditStory(await company.as('auditor'), {
      kind: 'unclaimed',
      id: theirs.id,
    });
    expect(entries.map((entry) => [entry.action, entry.who])).toEqual([
      ['unclaimed.withdrawn', 'finance'],
      ['unclaimed.recorded', 'rep'],
    ]);
    expect(await findAuditSubject(await company.as('nobody'), theirs.number)).toBeNull();
    // Its slip is free again.
    expect(await came(96_00n, { bankSlipNo: own.bankSlipNo })).toMatchObject({ withdrawnAt: null });
  });

  it('does it once when the same form is sent twice', async () => {
    const ctx = await company.as('finance');
    const input = { amount: 98_00n, currency: 'CNY', method: 'cash', receivedOn: TODAY };
    await recordUnclaimed(ctx, input);
    await expect(recordUnclaimed(ctx, input)).rejects.toEqual(code('request.repeated'));
  });
});

describe('a rejected receipt that turns out to be nobody’s', () => {
  it('becomes unclaimed money with its vouchers, once, and waits on nobody’s list any more', async () => {
    const row = await aRow(90_00n);
    const file = { slackFileId: 'F9', name: 'slip.png', mime: 'image/png', size: 9 };
    const input = { ...claimOf(await came(1n), row), amount: 33_00n, unclaimedId: null, bankSlipNo: 'R-1' };
    const rep = await company.as('rep');
    const receipt = await recordReceipt(rep, input, { notDuplicate: true, files: [file] });
    const { id, version } = await approvalOf(receipt.id);
    await rejectReceipt(await company.as('finance2'), id, version, { reason: 'wrong_instalment' });
    const waits = async () =>
      (await findWaiting(rep, 'rep')).items.some(
        (item) => item.kind === 'rejected' && item.id === receipt.id,
      );
    expect(await waits()).toBe(true);

    const money = { ...input, receivedOn: TODAY };
    const anew = { notDuplicate: true, replacesId: receipt.id };
    await expect(recordUnclaimed(await company.as('rep2'), money, anew)).rejects.toEqual(code('not_found'));
    const unclaimed = await recordUnclaimed(await company.as('rep'), money, anew);
    expect((await facts(unclaimed))?.attachmentIds).toHaveLength(1);
    expect((await loadReceiptFacts(rep, receipt.id))?.successor).toEqual({
      subjectType: 'unclaimed',
      id: unclaimed.id,
      number: unclaimed.number,
    });
    expect(await waits()).toBe(false);
    const redrawn = await company.db.outbox.count({
      where: { op: 'update', kind: 'receipt.decided', anchorKey: `receipt.decided:${id}` },
    });
    expect(redrawn).toBe(1);
    const repeated = { code: 'request.repeated', params: { reference: unclaimed.number } };
    await expect(recordUnclaimed(await company.as('rep'), money, anew)).rejects.toMatchObject(repeated);
    const again = { ...input, bankSlipNo: 'R-2', replacesId: receipt.id };
    await expect(recordReceipt(await company.as('rep'), again, { notDuplicate: true })).rejects.toMatchObject(
      repeated,
    );
    await expect(discardReceipt(await company.as('rep'), receipt.id)).rejects.toMatchObject(repeated);
    // Taken back: the receipt can be sent again.
    await withdrawUnclaimed(await company.as('rep'), unclaimed.id);
    await recordReceipt(await company.as('rep'), again, { notDuplicate: true });
  });

  it('is no claim, whose money waits already, and no reversal', async () => {
    const row = await aRow(90_00n);
    const money = await came(44_00n);
    const receipt = await claim('rep', money, row);
    const { id, version } = await approvalOf(receipt.id);
    await rejectReceipt(await company.as('finance2'), id, version, { reason: 'wrong_instalment' });
    const input = { amount: 44_00n, currency: 'CNY', method: 'transfer', receivedOn: TODAY };
    const anew = { notDuplicate: true, replacesId: receipt.id };
    await expect(recordUnclaimed(await company.as('rep'), input, anew)).rejects.toEqual(code('not_found'));
    const booked = await claim('rep', money, row);
    const first = await approvalOf(booked.id);
    await approveReceipt(await company.as('finance2'), first.id, first.version);
    const taken = { receiptId: booked.id, amount: 1_00n, reason: '退票' };
    const reversal = await askReversal(await company.as('finance'), taken);
    const second = await approvalOf(reversal.id);
    await reject(await company.as('financeManager'), second.id, second.version, { comment: '不' });
    await expect(
      recordReceipt(
        await company.as('finance'),
        { ...claimOf(money, row), unclaimedId: null, bankSlipNo: null, replacesId: reversal.id },
        { notDuplicate: true },
      ),
    ).rejects.toEqual(code('not_found'));
  });
});
