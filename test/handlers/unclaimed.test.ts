// Money that nobody knows, through the windows: recorded as 不清楚, claimed from the card, listed, taken back.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { openedForm } from '../../src/handlers/receipt-form.js';
import { anActiveContract, changeCompany } from '../support/company.js';
import { checkMoney } from '../support/money-invariants.js';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

let world: SandboxedCompany;
let rep: PersonAtSlack;
let rep2: PersonAtSlack;
let finance: PersonAtSlack;
let ui: ReturnType<typeof windowsOf>;
const CHANNEL = 'C0GENERAL';
beforeAll(async () => {
  world = await startSandboxedCompany();
  [rep, rep2, finance] = [world.person('rep'), world.person('rep2'), world.person('finance')];
  ui = windowsOf(world);
  await changeCompany(world.company.db, { financeChannelId: CHANNEL });
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const person of [rep, rep2, finance]) await world.sandbox.dismiss(person.id, true);
});

let slips = 0;
/** Finance records money of an unknown payer; the card as delivery would post it. */
async function came(amount: string, payerName = '某客户') {
  slips += 1;
  await finance.press('receipt.new');
  await finance.click('receipt.for', { value: 'unidentified' });
  await finance.submit(ui.fill(finance.id, { amount, payerName, bankSlipNo: `W-${slips}` }));
  const money = await world.company.db.unclaimedMoney.findFirstOrThrow({ orderBy: { id: 'desc' } });
  const card = await ui.render('unclaimed.card', { unclaimedId: money.id });
  if (!card) throw new Error('no card');
  return { money, card: await ui.post(card.blocks, CHANNEL, card.text) };
}

const requestOf = (subjectId: string) => world.company.db.request.findFirstOrThrow({ where: { subjectId } });

describe('unclaimed money', () => {
  it('is recorded without a customer and shown in finance’s channel', async () => {
    const { money, card } = await came('1234.56');
    expect(finance.words()).toContain(`已登记 ${money.number} ¥1,234.56，等人认领。`);
    expect(money).toMatchObject({ amount: 1234_56n, payerName: '某客户' });
    const shown = words(card.read());
    for (const part of [`待认领来款 · ${money.number}`, '¥1,234.56', '某客户', '"认领"'])
      expect(shown).toContain(part);
    expect(await ui.render('unclaimed.vouchers', { unclaimedId: money.id })).toBeNull();
  });

  it('may be an acceptance bill, whose number and day whoever claims it is asked for', async () => {
    await finance.press('unclaimed.list');
    await finance.click('unclaimed.new');
    await finance.click('receipt.method', { value: 'acceptance_bill' });
    expect(finance.words()).not.toContain('billNo');
    await finance.submit(ui.fill(finance.id, { amount: '77', method: 'acceptance_bill' }));
    const money = await world.company.db.unclaimedMoney.findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect(money).toMatchObject({ amount: 77_00n, method: 'acceptance_bill' });
    await rep.press('unclaimed.claim', JSON.stringify({ u: money.id }));
    expect(rep.words()).toContain('billNo');
  });

  it('is claimed from the card: the payer is found, the split shown, finance asked', async () => {
    const { customer, rows } = await anActiveContract(world.company, [[2_000_00n, '2026-12-01']]);
    const { money, card } = await came('2000', customer.name);
    await rep.clickIn({ channel: CHANNEL, message: card.read() }, 'unclaimed.claim');
    const shown = rep.words();
    expect(shown).toContain(`认领 ${money.number}`);
    expect(shown).toContain(customer.name);
    expect(shown).toContain('第1期 ¥2,000.00（金额正好相等）');
    expect(shown).not.toContain('receivedOn');
    await rep.submit();
    expect(rep.words()).toContain('等财务审批');
    const receipt = await world.company.db.receipt.findFirstOrThrow({ where: { unclaimedId: money.id } });
    expect(receipt).toMatchObject({
      customerId: customer.id,
      amount: 2_000_00n,
      bankSlipNo: money.bankSlipNo,
    });
    expect(await world.company.db.allocation.count({ where: { instalmentId: rows[0]?.id ?? '' } })).toBe(1);
    // Finance compares what is claimed with what came in, on the card and in the window.
    const asked = await world.company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
    const toApprove = await ui.render('receipt.card', { receiptId: receipt.id, approvalId: asked.id });
    const claimed = `认领 ${money.number}：11月20日 周五 到账 ¥2,000.00，付款方 ${customer.name}`;
    expect(JSON.stringify(toApprove?.blocks)).toContain(claimed);
    await finance.press('receipt.open', JSON.stringify({ i: receipt.id }));
    expect(finance.words()).toContain(claimed);
    // The next one is told who was faster.
    await rep2.clickIn({ channel: CHANNEL, message: card.read() }, 'unclaimed.claim');
    expect(ui.told(rep2.id, CHANNEL)).toContain(`rep 已认领，回款单 ${receipt.number}`);
    const after = await ui.render('unclaimed.card', { unclaimedId: money.id });
    expect(JSON.stringify(after?.blocks)).toContain('rep 已认领');
    expect(JSON.stringify(after?.blocks)).not.toContain('unclaimed.claim');
    // In a person's own copy the customer is named to who sees the receipt.
    for (const [to, sees] of [
      ['rep', true],
      ['rep2', false],
    ] as const) {
      const own = await ui.render('unclaimed.card', { unclaimedId: money.id }, to);
      expect(JSON.stringify(own?.blocks).includes(`${customer.name} ·`)).toBe(sees);
      expect(JSON.stringify(own?.blocks)).toContain('rep 已认领');
    }
  });

  it('tells whoever filled in a claim that somebody was faster, and keeps the form', async () => {
    const mine = await anActiveContract(world.company, [[33_00n, '2026-12-01']]);
    const theirs = await anActiveContract(world.company, [[33_00n, '2026-12-01']], { who: 'rep2' });
    const { card } = await came('33');
    const target = { channel: CHANNEL, message: card.read() };
    await rep.clickIn(target, 'unclaimed.claim');
    await rep2.clickIn(target, 'unclaimed.claim');
    await ui.choose(rep.id, 'customer', mine.customer.name);
    await ui.choose(rep2.id, 'customer', theirs.customer.name);
    await rep.submit();
    await rep2.submit();
    expect(rep2.words()).toContain('rep 已认领');
    expect(rep2.words()).toContain('customer');
  });

  it('is claimed once by a form that arrives twice, and taken back once by two clicks', async () => {
    const { customer } = await anActiveContract(world.company, [[44_00n, '2026-12-01']]);
    const { money, card } = await came('44', customer.name);
    await rep.clickIn({ channel: CHANNEL, message: card.read() }, 'unclaimed.claim');
    const sent = await world.sandbox.submit(rep.id, {});
    if (!('request_id' in sent)) throw new Error('not sent');
    const again = await world.sandbox.redeliver(sent.request_id);
    expect(JSON.stringify(again)).not.toContain('已认领');
    const receipt = await world.company.db.receipt.findFirstOrThrow({ where: { unclaimedId: money.id } });
    const ctx = { ...(await world.company.as('rep')), requestId: (await requestOf(receipt.id)).id };
    await expect(openedForm({ ctx }, { unclaimedId: money.id })).rejects.toMatchObject({
      code: 'request.repeated',
      params: { reference: receipt.number },
    });
    const other = await came('45');
    for (const _click of [1, 2])
      await finance.press('unclaimed.withdraw', JSON.stringify({ u: other.money.id }));
    expect(ui.told(finance.id, world.sandbox.dm(finance.id))).toContain(`已撤回 ${other.money.number}。`);
  });

  it('can be split by hand and sent again after a rejection', async () => {
    const { customer, rows } = await anActiveContract(world.company, [
      [50_00n, '2026-12-01'],
      [50_00n, '2027-01-01'],
    ]);
    const { money, card } = await came('40', customer.name);
    await rep.clickIn({ channel: CHANNEL, message: card.read() }, 'unclaimed.claim');
    await rep.click('receipt.split');
    await rep.submit(ui.fill(rep.id, { [`line_${rows[0]?.id}`]: '', [`line_${rows[1]?.id}`]: '40' }));
    expect(rep.words()).toContain('第2期 ¥40.00（手工分配）');
    await rep.submit();
    await rep.click('receipt.withdraw');
    await rep.click('receipt.again');
    expect(rep.words()).toContain(`认领 ${money.number}`);
    await rep.submit();
    const receipts = await world.company.db.receipt.findMany({ where: { unclaimedId: money.id } });
    expect(receipts.map((one) => one.status).toSorted()).toEqual(['draft', 'submitted']);
  });

  it('is found in the list, by command and by number, and taken back there', async () => {
    const { money } = await came('71');
    await world.sandbox.command(rep.id, '/hk', '认领');
    await expect.poll(() => world.sandbox.views(rep.id).length).toBe(1);
    expect(rep.words()).toContain(money.number);
    await finance.press('unclaimed.open', JSON.stringify({ u: money.id }));
    await finance.click('unclaimed.withdraw');
    expect(finance.words()).toContain(`已撤回 ${money.number}。`);
    expect(finance.words()).not.toContain('unclaimed.claim');
  });

  it('stands on the Home of finance and not of reps', async () => {
    await came('72.72');
    const kinds = async (who: 'finance' | 'rep') =>
      (await findWaiting(await world.company.as(who), who)).items.map((item) => item.kind);
    expect(await kinds('finance')).toContain('unclaimed');
    expect(await kinds('rep')).not.toContain('unclaimed');
  });

  it('asks for the tick where the same amount waits already', async () => {
    await came('88.01');
    await finance.press('receipt.new');
    await finance.click('receipt.for', { value: 'unidentified' });
    await finance.submit(ui.fill(finance.id, { amount: '88.01' }));
    expect(finance.words()).toContain('可能重复');
    const { number } = await world.company.db.unclaimedMoney.findFirstOrThrow({ where: { amount: 88_01n } });
    await finance.submit(ui.fill(finance.id, { notDuplicate: [number] }));
    expect(finance.words()).toContain('等人认领');
  });

  it('of another currency is booked in that of the contract, with what came in beside it', async () => {
    const { customer, contract, rows } = await anActiveContract(world.company, [[9_000_00n, '2026-12-01']]);
    await finance.press('receipt.new');
    await finance.click('receipt.for', { value: 'unidentified' });
    await finance.click('receipt.currency', { value: 'USD' });
    await finance.submit(ui.fill(finance.id, { amount: '1000', payerName: customer.name }));
    const money = await world.company.db.unclaimedMoney.findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect(money).toMatchObject({ amount: 1_000_00n, currency: 'USD' });
    const claim = () => rep.press('unclaimed.claim', JSON.stringify({ u: money.id }));
    await claim();
    for (const part of ['入账金额（CNY）', '来款是 USD']) expect(rep.words()).toContain(part);
    // As it came in, where it is to be a prepayment.
    await rep.click('receipt.currency', { value: 'USD' });
    expect(rep.words()).not.toContain('入账金额');
    expect(rep.words()).toContain('US$1,000.00');
    await world.sandbox.dismiss(rep.id, true);

    await claim();
    await rep.click('receipt.for', { value: 'choose' });
    await ui.choose(rep.id, 'instalment', contract.number);
    await rep.submit(ui.fill(rep.id, { amount: '' }));
    expect(rep.words()).toContain('入账金额（CNY）');
    await rep.click('receipt.amount', { value: '7100' });
    expect(rep.words()).toContain('第1期 ¥7,100.00');
    await rep.submit(ui.fill(rep.id, { amount: '7100' }));
    const receipt = await world.company.db.receipt.findFirstOrThrow({ where: { unclaimedId: money.id } });
    const booked = { amount: 7_100_00n, currency: 'CNY', instalmentId: rows[0]?.id ?? '' };
    const came = { originalAmount: 1_000_00n, originalCurrency: 'USD', rate: '7.1' };
    expect(receipt).toMatchObject({ ...booked, ...came, customerId: customer.id });
    // Taken back and claimed again it begins as it was.
    await rep.click('receipt.withdraw');
    await rep.click('receipt.again');
    expect(rep.words()).toContain('入账金额（CNY）');
    await rep.submit();
    const again = await world.company.db.receipt.findFirstOrThrow({
      where: { unclaimedId: money.id, status: 'submitted' },
    });
    expect(again).toMatchObject({ ...booked, ...came });
    expect(await checkMoney(world.company.db)).toEqual([]);
  });
});
