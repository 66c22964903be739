// What finance should look at before it decides about a receipt, in words (ux §4.6, 注意). Pure.
import type { ReceiptFacts } from '../../domain/receipts/receipt-facts.queries.js';
import type { Warning } from '../../domain/receipts/receipt-warnings.queries.js';
import { formatDate, formatMoney, shortCustomer } from '../i18n/format.js';
import { escapeMrkdwn } from './blocks.js';
import type { RowReader } from './row-views.js';

type CardReader = Omit<RowReader, 'actor'>;

/** A line each. */
export function warningText(facts: ReceiptFacts, reader: CardReader): string {
  const { t } = reader;
  return facts.warnings
    .map((warning) =>
      t('common:of_field', {
        label: `⚠️ ${t('receipts:notice')}`,
        text: warningWords(warning, facts, reader),
      }),
    )
    .join('\n');
}

function warningWords(warning: Warning, facts: ReceiptFacts, reader: CardReader): string {
  const { t, locale, today } = reader;
  const money = moneyOf(facts, reader);
  switch (warning.kind) {
    case 'duplicate':
      return t('receipts:warn.duplicate', {
        number: warning.number,
        date: formatDate(locale, warning.receivedOn, today),
      });
    case 'slip':
    case 'bill':
      return t(`receipts:warn.${warning.kind}`, {
        number: warning.number,
        customer: escapeMrkdwn(shortCustomer(locale, warning.customerName)),
      });
    case 'plan':
      return planWords(warning, facts, reader);
    case 'early':
      return t('receipts:warn.early', {
        contract: escapeMrkdwn(warning.contractNumber),
        date: formatDate(locale, warning.signedOn, today),
      });
    case 'waiting':
      return t('receipts:warn.waiting', { number: warning.number, amount: money(warning.amount) });
    default:
      return t(`receipts:warn.${warning.kind}`);
  }
}

/** Too little: what approving leaves open; too much: the split says where that goes. */
function planWords(
  { seq: n, outstanding }: Extract<Warning, { kind: 'plan' }>,
  facts: ReceiptFacts,
  reader: CardReader,
): string {
  const money = moneyOf(facts, reader);
  const paid = facts.lines.find((line) => line.instalmentId === facts.instalmentId)?.amount ?? 0n;
  const words = { n, open: money(outstanding) };
  return paid < outstanding
    ? reader.t('receipts:warn.plan_short', { ...words, rest: money(outstanding - paid) })
    : reader.t('receipts:warn.plan', words);
}

/** Amounts of this receipt in the reader's words. */
const moneyOf =
  ({ currency }: ReceiptFacts, { locale }: CardReader) =>
  (minor: bigint): string =>
    formatMoney(locale, { minor, currency });
