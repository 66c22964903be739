// Acceptance bills that fall due: what their recorder and finance are told in the morning. Pure.
import type { KnownBlock } from '@slack/types';
import type { DueBill } from '../../domain/receipts/bills.queries.js';
import { formatDate, formatMoney, formatRelative, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { button, context, escapeMrkdwn, header, section } from './blocks.js';
import type { RowReader } from './row-views.js';

const MAX_ROWS = 20;

/** One message for all bills of that morning; within a message's limits by its rows. */
export function billsMessage(
  bills: readonly DueBill[],
  reader: RowReader,
): { text: string; blocks: KnownBlock[] } | null {
  const { t, locale, today } = reader;
  const [first] = bills;
  if (!first) return null;
  const rest = bills.length - MAX_ROWS;
  return {
    text: t('bills:text', {
      count: bills.length,
      number: first.number,
      date: formatDate(locale, first.dueOn, today),
    }),
    blocks: [
      header(t('bills:title', { count: bills.length })),
      ...bills.slice(0, MAX_ROWS).map((bill) => billRow(bill, reader)),
      ...(rest > 0 ? [context(t('bills:more', { count: rest }))] : []),
    ],
  };
}

function billRow(bill: DueBill, { t, locale, today }: RowReader): KnownBlock {
  const customer = shortCustomer(locale, bill.customerName);
  return section(
    t('bills:line', {
      customer: escapeMrkdwn(customer),
      number: bill.number,
      bill: escapeMrkdwn(truncate(bill.billNo ?? '—', 64)),
      amount: formatMoney(locale, { minor: bill.amount, currency: bill.currency }),
      date: formatDate(locale, bill.dueOn, today),
      relative: formatRelative(locale, bill.dueOn, today),
    }),
    button(ACTION.receiptOpen, t('common:open'), {
      value: JSON.stringify({ i: bill.id }),
      label: `${t('common:open')} ${bill.number} ${customer}`,
    }),
  );
}
