// 核销预收 and the message shortcut through the real app.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { applyPrepayment } from '../../src/domain/receipts/apply-prepayment.service.js';
import { findPayersNamedIn } from '../../src/domain/receipts/named-customers.queries.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import type { Prisma } from '../../src/generated/prisma/client.js';
import { anActiveContract, aSubmittedReceipt } from '../support/company.js';
import { approveReceipt } from '../support/decide.js';
import { checkMoney } from '../support/money-invariants.js';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';
import { windowsOf } from '../support/windows.js';

let world: SandboxedCompany;
let rep: PersonAtSlack;
let finance: PersonAtSlack;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  [rep, finance] = [world.person('rep'), world.person('finance')];
  ui = windowsOf(world);
});
afterAll(async () => {
  expect(await checkMoney(world.company.db)).toEqual([]);
  await world.close();
});
beforeEach(async () => {
  for (const person of [rep, finance]) await world.sandbox.dismiss(person.id, true);
});

/** A customer with this plan and approved money that belongs to nothing. */
async function prepaid(plan: [bigint, string][], ...amounts: bigint[]) {
  return prepaidIn('CNY', plan, ...amounts);
}
/** The contract is in this currency, the money in the base currency. */
async function prepaidIn(currency: string, plan: [bigint, string][], ...amounts: bigint[]) {
  const { rows, customer } = await anActiveContract(world.company, plan, { contract: { currency } });
  const [row] = rows;
  if (!row) throw new Error('no row');
  for (const amount of amounts) {
    const receipt = await recordReceipt(
      await world.company.as('rep'),
      {
        customerId: row.customerId,
        kind: 'prepayment',
        amount,
        currency: 'CNY',
        method: 'transfer',
        receivedOn: localDate('2026-11-20'),
      },
      { notDuplicate: true, lines: [] },
    );
    const approval = await world.company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
    await approveReceipt(await world.company.as('finance2'), approval.id, approval.version);
  }
  const receipts = await world.company.db.receipt.findMany({
    where: { customerId: row.customerId },
    orderBy: { id: 'asc' },
  });
  return { rows, row, customer, receipts };
}
const fresh = (id: string) => world.company.db.instalment.findUniqueOrThrow({ where: { id } });

describe('核销预收', () => {
  it('is done from the instalment’s window: source, amount, then the receipt as it is now', async () => {
    const { row, receipts } = await prepaid([[100_00n, '2026-12-01']], 30_00n, 90_00n);
    await finance.press('instalment.open', JSON.stringify({ i: row.id }));
    expect(finance.words()).toContain('¥120.00');
    await finance.click('prepayment.apply');
    expect(finance.words()).toContain('"initial_value":"30.00"');
    await finance.click('prepayment.pick', { block_id: 'source', value: receipts[1]?.id ?? '' });
    expect(finance.words()).toContain('"initial_value":"90.00"');
    const refused = await finance.submit(ui.fill(finance.id, { amount: '95' }));
    expect(JSON.stringify(refused)).toContain('还可核销 ¥90.00');
    await finance.submit(ui.fill(finance.id, { amount: '80' }));
    expect(finance.words()).toContain(`${receipts[1]?.number} 核销 ¥80.00，剩余 ¥10.00。`);
    expect(await fresh(row.id)).toMatchObject({ outstanding: 20_00n });
    const message = await ui.render('receipt.applied', {
      receiptId: receipts[1]?.id ?? '',
      instalmentId: row.id,
      byId: world.company.ids.finance,
      amount: '8000',
    });
    expect(message?.text).toContain('finance 用');
  });

  it('is done from the receipt and from Home: the oldest row first, another can be chosen', async () => {
    const plan: [bigint, string][] = [
      [10_00n, '2026-12-01'],
      [50_00n, '2027-01-01'],
    ];
    const { rows, receipts } = await prepaid(plan, 40_00n);
    await finance.press('receipt.open', JSON.stringify({ i: receipts[0]?.id }));
    await finance.click('prepayment.apply');
    expect(finance.words()).toContain('"initial_value":"10.00"');
    const refused = await finance.submit(ui.fill(finance.id, { amount: '15' }));
    expect(JSON.stringify(refused)).toContain('第1期还可核销 ¥10.00。改小，其余仍是预收款。');
    await finance.click('prepayment.pick', { block_id: 'target', value: rows[1]?.id ?? '' });
    expect(finance.words()).toContain('"initial_value":"40.00"');
    await finance.submit();
    expect(await fresh(rows[1]?.id ?? '')).toMatchObject({ outstanding: 10_00n });
    await finance.press('prepayment.apply', JSON.stringify({ q: receipts[0]?.id }));
    expect(finance.told()).toContain('没有可核销的预收款');
  });

  it('leaves room for what is done next, in as many windows as Slack stacks', async () => {
    const { row, receipts } = await prepaid([[100_00n, '2026-12-01']], 40_00n);
    const stack = () => world.sandbox.views(finance.id);
    // From a list: the form closes onto the receipt it was opened from.
    await finance.press('receipt.list', JSON.stringify({ f: { customerId: row.customerId }, p: 1 }));
    await finance.click('receipt.open', { value: JSON.stringify({ i: receipts[0]?.id }) });
    await finance.click('prepayment.apply');
    await finance.submit(ui.fill(finance.id, { amount: '10' }));
    expect(stack()).toHaveLength(2);
    expect(finance.words()).toContain('核销 ¥10.00，剩余 ¥30.00。');
    await finance.click('receipt.refund');
    expect([stack().length, finance.top().callback_id]).toEqual([3, 'receipt.refund']);
    await world.sandbox.dismiss(finance.id, true);

    // From an instalment in a list the receipt is the third; the next form takes its place, not that of what lies below.
    await finance.press('plan.list', JSON.stringify({ f: { contractId: row.contractId }, p: 1 }));
    await finance.click('instalment.more', { value: 'open' });
    expect(stack()).toHaveLength(2);
    await finance.click('prepayment.apply');
    await finance.submit(ui.fill(finance.id, { amount: '5' }));
    expect(finance.words()).toContain('核销 ¥5.00，剩余 ¥25.00。');
    await finance.click('receipt.refund');
    expect([stack().length, finance.top().callback_id]).toEqual([3, 'receipt.refund']);
    expect(JSON.stringify(stack())).not.toContain('没有写入');
  });

  it('of another currency than what is open is refused with the way to go, from either side', async () => {
    const { row, receipts } = await prepaidIn('USD', [[10_00n, '2026-12-01']], 40_00n);
    for (const value of [{ q: receipts[0]?.id }, { i: row.id }]) {
      await finance.press('prepayment.apply', JSON.stringify(value));
      expect(finance.told()).toContain('预收款是 CNY，未收的期是 USD');
    }
    expect(await fresh(row.id)).toMatchObject({ outstanding: 10_00n });
  });

  it('never takes another row than the one that is seen, also when it is sent before the choice was drawn', async () => {
    const plan: [bigint, string][] = [
      [10_00n, '2026-12-01'],
      [50_00n, '2027-01-01'],
    ];
    const { rows, receipts } = await prepaid(plan, 40_00n);
    const target = rows[1]?.id ?? '';
    await finance.press('receipt.open', JSON.stringify({ i: receipts[0]?.id }));
    await finance.click('prepayment.apply');
    await finance.submit(ui.fill(finance.id, { target }));
    expect(await fresh(rows[0]?.id ?? '')).toMatchObject({ outstanding: 10_00n });
    expect(finance.words()).toContain('"initial_value":"40.00"');
    await finance.submit();
    expect(await fresh(target)).toMatchObject({ outstanding: 10_00n });
  });

  it('shows what is left now where somebody else applied of it meanwhile, with what was typed', async () => {
    const { rows, receipts } = await prepaid(
      [
        [100_00n, '2026-12-01'],
        [100_00n, '2026-12-02'],
      ],
      90_00n,
    );
    const [source] = receipts;
    await finance.press('receipt.open', JSON.stringify({ i: source?.id }));
    await finance.click('prepayment.apply');
    expect(finance.words()).toContain('最多 ¥90.00');
    await applyPrepayment(await world.company.as('finance2'), {
      receiptId: source?.id ?? '',
      version: source?.version ?? 0,
      instalmentId: rows[1]?.id ?? '',
      amount: 50_00n,
    });
    await finance.submit(ui.fill(finance.id, { amount: '35' }));
    expect(finance.words()).toContain(`${source?.number} 已有变动，下面是现在的余额，核对后再核销。`);
    expect(finance.words()).toContain('最多 ¥40.00');
    expect(finance.words()).toContain('"initial_value":"35"');
    await finance.submit(ui.fill(finance.id, { amount: '35' }));
    expect(finance.words()).toContain(`${source?.number} 核销 ¥35.00，剩余 ¥5.00。`);
  });

  it('is not offered to reps, and refused to them', async () => {
    const { row } = await prepaid([[100_00n, '2026-12-01']], 30_00n);
    await rep.press('instalment.open', JSON.stringify({ i: row.id }));
    expect(rep.words()).not.toContain('prepayment.apply');
    await world.sandbox.dismiss(rep.id, true);
    await rep.press('prepayment.apply', JSON.stringify({ i: row.id }));
    expect(rep.told()).toContain('核销预收需要财务');
  });
});

describe('登记为回款 on a message', () => {
  const use = async (text: string) => {
    const channel = 'C0GENERAL';
    const { ts } = await world.client.chat.postMessage({ channel, text });
    const message = world.sandbox.messages(channel).find((one) => one.ts === ts);
    if (!message) throw new Error('the message is not there');
    await world.sandbox.shortcut(rep.id, 'shortcut.receipt_message', { channel, message });
    await expect.poll(() => world.sandbox.views(rep.id).length).toBe(1);
  };

  it('fills in what the message says, quotes it, and finds the customer by the payer', async () => {
    const { customer, rows } = await anActiveContract(world.company, [[3_000_00n, '2026-12-01']]);
    await use(
      `【交通银行】贵公司账户于2026年11月18日转入3,000.00元，付款人:${customer.name}。交易流水号2026111812345`,
    );
    for (const part of [
      '"initial_value":"3000.00"',
      '2026-11-18',
      '2026111812345',
      customer.name,
      '请逐项核对',
    ])
      expect(rep.words()).toContain(part);
    await rep.submit();
    expect(await world.company.db.receipt.findFirst({ where: { customerId: customer.id } })).toMatchObject({
      amount: 3_000_00n,
      bankSlipNo: '2026111812345',
    });
    expect(await world.company.db.allocation.count({ where: { instalmentId: rows[0]?.id ?? '' } })).toBe(1);
  });

  it('asks which of two amounts, and says when there is none', async () => {
    await use('两笔到账：100.00元和250.00元');
    expect(rep.words()).toContain('radio_buttons');
    expect(rep.words()).not.toContain('"initial_value":"100.00"');
    await rep.click('receipt.picked', { value: '1' });
    expect(rep.words()).toContain('"initial_value":"250.00"');
    // Both came in one payment: their sum is one press away.
    expect(rep.words()).toContain('合计 ¥350.00');
    await rep.click('receipt.picked', { value: '-1' });
    expect(rep.words()).toContain('"initial_value":"350.00"');
    await world.sandbox.dismiss(rep.id, true);
    await use('款已经付了，请查收');
    expect(rep.words()).toContain('没读出金额，手工填写。');
    await world.sandbox.dismiss(rep.id, true);
    // In a currency that the form does not begin with: filled in once that is chosen.
    await use('Received USD 12,500.00 from NOBODY KNOWN LTD');
    expect(rep.words()).not.toContain('没读出金额');
    expect(rep.words()).not.toContain('"initial_value":"12500.00"');
    await rep.click('receipt.for', { value: 'unidentified' });
    await rep.click('receipt.currency', { value: 'USD' });
    expect(rep.words()).toContain('"initial_value":"12500.00"');
  });

  it('reads what a colleague writes in English: customer, amount, day and slip number', async () => {
    const { customer } = await anActiveContract(world.company, [[300_000_00n, '2026-12-01']]);
    await world.company.db.customer.update({
      where: { id: customer.id },
      data: { name: 'Bluewater Shipyard' },
    });
    await use('Good news, Bluewater Shipyard paid 261k on Nov 20, ref BW-778');
    for (const part of ['"initial_value":"261000.00"', '"initial_date":"2026-11-20"', '"BW-778"'])
      expect(rep.words()).toContain(part);
    await rep.submit();
    expect(await world.company.db.receipt.findFirst({ where: { customerId: customer.id } })).toMatchObject({
      amount: 261_000_00n,
      bankSlipNo: 'BW-778',
    });
    await world.sandbox.dismiss(rep.id, true);
    // Two amounts: neither is filled in, nor their sum.
    await use('Bluewater Shipyard &amp; friends: they paid 100,000 and 161,000 today');
    expect(rep.words()).toContain('radio_buttons');
    expect(rep.words()).toContain('“Bluewater Shipyard &amp; friends');
    for (const amount of ['100000.00', '161000.00', '261000.00'])
      expect(rep.words()).not.toContain(`"initial_value":"${amount}"`);
    expect(rep.words()).toContain(customer.code);
  });

  it('looks for names among the customers whom the person may record for, each as a whole', async () => {
    const named = async (text: string, who: 'rep' | 'finance' = 'rep') =>
      (await findPayersNamedIn(await world.company.as(who), text)).map(({ name }) => name);
    const plan: [bigint, string][] = [[1_00n, '2026-12-01']];
    const short = await anActiveContract(world.company, plan);
    const long = await anActiveContract(world.company, plan);
    const rename = (id: string, data: Prisma.CustomerUncheckedUpdateInput) =>
      world.company.db.customer.update({ where: { id }, data });
    await rename(short.customer.id, { name: '东港', shortName: null });
    await rename(long.customer.id, { name: '东港重工（上海）', shortName: 'Ore' });
    await createCustomer(await world.company.as('rep2'), { name: 'Northgate Ltd' });
    expect(await named('收到东港重工(上海)来款')).toEqual(['东港重工（上海）']);
    expect(await named('东港和东港重工(上海)都付了')).toEqual(
      expect.arrayContaining(['东港', '东港重工（上海）']),
    );
    expect(await named('ORE paid, before that nobody')).toEqual(['东港重工（上海）']);
    expect(await named('before that nobody paid more')).toEqual([]);
    expect(await named('northgate ltd. has paid')).toEqual([]);
    expect(await named('northgate ltd. has paid', 'finance')).toEqual(['Northgate Ltd']);
  });
});

describe('the to-do list', () => {
  it('has prepayments beside any number of receipts to approve, and leads to those it does not show', async () => {
    const { row } = await prepaid([[100_00n, '2027-01-10']], ...[11n, 12n, 13n, 14n, 15n, 16n, 17n]);
    for (const amount of [21n, 22n, 23n, 24n, 25n, 26n]) await aSubmittedReceipt(world.company, row, amount);
    const total = await world.company.db.receipt.count({
      where: { status: 'approved', unapplied: { gt: 0 } },
    });
    await finance.press('todo.open');
    expect(finance.words().split('"prepayment.apply"').length - 1).toBe(5);
    expect(finance.words()).toContain(`还有 ${total - 5} 笔待核销预收`);
    // The sentence that counts says of what: what is to decide is told apart from money without a place.
    const said = new RegExp(`等你处理 (\\d+) 件（待审批 (\\d+)、待核销预收 ${total}）`).exec(finance.words());
    expect(Number(said?.[2])).toBeGreaterThanOrEqual(6);
    expect(Number(said?.[1])).toBe(Number(said?.[2]) + total);
    await finance.click('receipt.list');
    expect(finance.words()).toContain(`· ${total} 条`);
  });
});
