// Money of the demo company that is not simply a paid instalment: prepayments, a bill, what waits for a second person,
// a receipt that finance rejected, and a question about one.
import type { Ctx } from '../src/ctx.js';
import type { Db } from '../src/db/client.js';
import { askWriteOff } from '../src/domain/adjustments/adjustment-ask.service.js';
import { reject } from '../src/domain/approvals/decisions.service.js';
import { askQuestion } from '../src/domain/approvals/question.service.js';
import { addDays, type LocalDate } from '../src/domain/local-date.js';
import type { ReceiptInput } from '../src/domain/receipts/receipt.js';
import { recordReceipt } from '../src/domain/receipts/receipt.service.js';
import { askRefund } from '../src/domain/receipts/refund.service.js';

interface Acting {
  readonly db: Db;
  readonly as: (slackUserId: string, date: LocalDate) => Promise<Ctx>;
  readonly approveAll: (subject: { type: 'receipt'; id: string }, date: LocalDate) => Promise<void>;
}

const PREPAID = [
  { rep: 'U_REP', customer: '顺达物流有限公司', amount: 200_000_00n, method: 'transfer', daysAgo: 5 },
  {
    rep: 'U_REP_EN',
    customer: 'Eastport Terminals',
    amount: 50_000_00n,
    method: 'transfer',
    daysAgo: 4,
    original: { originalAmount: 7_042_25n, originalCurrency: 'USD' },
  },
  {
    rep: 'U_REP',
    customer: '恒达矿业有限公司',
    amount: 80_000_00n,
    method: 'acceptance_bill',
    daysAgo: 20,
    bill: { billNo: '1102100000618202610150097', dueInDays: 5 },
  },
] as const;

/** Waits for finance: each the amount of the instalment that is next. */
const PLAIN = [
  ['Baltic Timber Co', 156_000_00n],
  ['Harbour Crane Services Ltd', 64_000_00n],
] as const;

export async function seedMoney({ db, as, approveAll }: Acting, today: LocalDate): Promise<void> {
  const customerOf = (name: string) => db.customer.findFirstOrThrow({ where: { name } });
  const record = async (rep: string, name: string, date: LocalDate, more: Partial<ReceiptInput>) => {
    const { id: customerId } = await customerOf(name);
    const input = { customerId, amount: 0n, currency: 'CNY', method: 'transfer', payerName: name, ...more };
    // A prepayment waits for what is due later; a payment goes where it is proposed.
    const split = more.kind === 'prepayment' ? { lines: [], byHand: true } : {};
    return recordReceipt(await as(rep, date), { ...input, receivedOn: date }, split);
  };
  const prepaid: { id: string }[] = [];
  for (const one of PREPAID) {
    const date = addDays(today, -one.daysAgo);
    const bill = 'bill' in one && { billNo: one.bill.billNo, billDueOn: addDays(today, one.bill.dueInDays) };
    const original = 'original' in one && one.original;
    const { amount, method } = one;
    const money = await record(one.rep, one.customer, date, {
      kind: 'prepayment',
      amount,
      method,
      ...bill,
      ...original,
    });
    await approveAll({ type: 'receipt', id: money.id }, date);
    prepaid.push(money);
  }
  const yesterday = addDays(today, -1);
  const finance = () => as('U_FINANCE', yesterday);
  await askRefund(await finance(), {
    receiptId: prepaid[0]?.id ?? '',
    amount: 30_000_00n,
    reason: '客户取消一台叉车，退回多付的定金',
  });

  const { id: lateCustomer } = await customerOf('远大重工有限公司');
  const late = await db.instalment.findFirstOrThrow({
    where: { customerId: lateCustomer, lifecycle: 'open' },
    orderBy: { effectiveDue: 'asc' },
  });
  const { id: instalmentId, version } = late;
  const reason = '运费争议，法务认定收不回';
  await askWriteOff(await finance(), {
    instalmentId,
    version,
    kind: 'bad_debt',
    amount: 8_000_00n,
    reason,
  });

  const refused = await record('U_REP', '海川港口有限公司', yesterday, { amount: 60_000_00n });
  const approval = await db.approval.findFirstOrThrow({ where: { subjectId: refused.id } });
  await reject(await finance(), approval.id, approval.version, {
    reason: 'not_in_bank',
    comment: '银行流水里没有这一笔',
  });

  const { id: requestedById } = await db.user.findUniqueOrThrow({ where: { slackUserId: 'U_REP' } });
  const waiting = await db.approval.findFirstOrThrow({
    where: { subjectType: 'receipt', status: 'open', requestedById },
  });
  await askQuestion(await as('U_FINANCE', today), waiting.id, '回单附言写的是“定金”，请确认是哪一期？');
  // Beside it what nothing is to be noted about: several can be ticked and approved at once.
  for (const [name, amount] of PLAIN) await record('U_REP_EN', name, today, { amount });
}
