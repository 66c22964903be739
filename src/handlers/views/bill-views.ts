// 承兑汇票到期 in the digest of its recorder and of finance: which bill falls due when, and [打开]. Pure.
import type { KnownBlock } from '@slack/types';
import type { DueBill } from '../../domain/receipts/bills.queries.js';
import { formatDate, formatMoney, formatRelative, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { button, escapeMrkdwn, section } from './blocks.js';
import { encodeList } from './list-views.js';
import { receiptValue } from './receipt-card-views.js';
import type { RowReader } from './row-views.js';

/** The first of them, and how many more there are. */
export function billBlocks(bills: readonly DueBill[], reader: RowReader, max: number): KnownBlock[] {
  if (bills.length === 0) return [];
  const { t } = reader;
  const more = bills.length - max;
  return [
    section(t('bills:title', { count: bills.length })),
    ...bills.slice(0, max).map((bill) => billRow(bill, reader)),
    ...(more > 0
      ? [
          section(
            t('bills:more', { count: more }),
            button(ACTION.receiptList, t('home:receipts'), {
              value: encodeList<'receipt'>({ bills: true }, 1),
            }),
          ),
        ]
      : []),
  ];
}

function billRow(bill: DueBill, { t, locale, today }: RowReader): KnownBlock {
  const customer = shortCustomer(locale, bill.customerName);
  const ended = bill.status === 'reversed' ? ` · ${t('common:receipt_state.reversed')}` : '';
  const line = t('bills:line', {
    customer: escapeMrkdwn(customer),
    number: bill.number,
    bill: escapeMrkdwn(truncate(bill.billNo ?? '—', 64)),
    amount: formatMoney(locale, { minor: bill.amount, currency: bill.currency }),
    date: formatDate(locale, bill.dueOn, today),
    relative: formatRelative(locale, bill.dueOn, today),
  });
  return section(
    `${line}${ended}`,
    button(ACTION.receiptOpen, t('common:open'), {
      value: receiptValue(bill.id),
      label: `${t('common:open')} ${bill.number} ${customer}`,
    }),
  );
}
