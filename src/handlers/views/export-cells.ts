// What the files of exports are made of: cells, the words that they need, and the names of their columns. Pure.
import { type LocalDate, localTimeIn, todayIn } from '../../domain/local-date.js';
import { toDecimalString } from '../../domain/money.js';
import { type CompanySettings, dictionaryName } from '../../domain/settings/settings.js';
import type { Translate } from '../i18n/index.js';
import type { RowReader } from './row-views.js';

/** A cell: text, a plain decimal or a day, as src/sheets writes them. */
export type Cell = string | { readonly decimal: string } | { readonly day: string };
export type Column<Row> = readonly [name: ColumnName, cell: (row: Row, words: ExportWords) => Cell];

export interface ExportWords {
  readonly t: Translate;
  readonly locale: RowReader['locale'];
  readonly settings: Pick<CompanySettings, Lists>;
  readonly baseCurrency: string;
  readonly timezone: string;
  /** Whoever does not see limits has no column of them: an empty one would say that there is none. */
  readonly seesCredit: boolean;
}
export type Lists = 'customerTypes' | 'industries' | 'contractTypes' | 'paymentMethods';

type ColumnName = (typeof NAMES)[number];
const NAMES = [
  'code',
  'customer',
  'customer_code',
  'short_name',
  'customer_type',
  'industry',
  'contact',
  'phone',
  'email',
  'other_contacts',
  'address',
  'tax_title',
  'tax_no',
  'bank',
  'bank_account',
  'term_days',
  'template',
  'payers',
  'credit_limit',
  'state',
  'owner',
  'contracts',
  'currency',
  'open',
  'remark',
  'contract',
  'contract_name',
  'contract_type',
  'contract_amount',
  'signed_on',
  'starts_on',
  'ends_on',
  'shipment',
  'acceptance',
  'warranty_end',
  'payment_method',
  'finance_owner',
  'framework',
  'contract_remark',
  'amount',
  'planned',
  'received',
  'rest',
  'overdue',
  'seq',
  'name',
  'part_amount',
  'outstanding',
  'adjusted',
  'due_on',
  'effective_due',
  'original_due_on',
  'postponed_to',
  'anchor',
  'promised_on',
  'planned_method',
  'remind_days',
  'retention',
  'disputed',
  'part_remark',
  'receipt',
  'kind',
  'received_on',
  'method',
  'net',
  'unapplied',
  'payer',
  'slip_no',
  'txn_no',
  'original_currency',
  'original_amount',
  'rate',
  'bill_no',
  'bill_due_on',
  'recorder',
  'unclaimed',
  'followed_at',
  'followed_by',
  'follow_kind',
  'follow_content',
  'follow_result',
  'promised_amount',
  'dispute_reason',
  'pause_until',
  'next_on',
] as const;

export const money = (minor: bigint, currency: string): Cell => ({
  decimal: toDecimalString(minor, currency),
});
export const day = (date: LocalDate | null): Cell => (date === null ? '' : { day: date });
/** A moment as a spreadsheet reads and sorts it, on the clock of whoever asked. */
export const moment = (at: Date, { timezone }: ExportWords): Cell =>
  `${todayIn(at, timezone)} ${localTimeIn(at, timezone)}`;
export const count = (value: number): Cell => ({ decimal: String(value) });
export const text = (value: string | null | undefined): Cell => value ?? '';
export const yes = (value: boolean, { t }: ExportWords): Cell => (value ? t('exports:yes') : '');
export const named = (list: Lists, key: string | null, { settings, locale }: ExportWords): Cell =>
  key === null ? '' : dictionaryName(settings[list], key, locale);
