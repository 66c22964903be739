// The columns of each file: of lists all that was entered, under names by which an import knows them
// (domain/imports/fields.ts), and what it came to. Pure.
import type { ExportKind } from '../../domain/exports/export-kinds.js';
import type { ExportRows } from '../../domain/exports/export-rows.queries.js';
import { toDecimalString } from '../../domain/money.js';
import { originalOf } from '../../domain/receipts/receipt.js';
import type { Translate } from '../i18n/index.js';
import { anchorWords } from './anchor-words.js';
import {
  type Cell,
  type Column,
  count,
  day,
  type ExportWords,
  moment,
  money,
  named,
  text,
  yes,
} from './export-cells.js';
import { stateWord } from './list-views.js';

const originalCell = (row: ExportRows['receipt']): Cell => {
  const original = originalOf(row);
  return original ? money(original.minor, original.currency) : '';
};

/** The contact whom money is written to, else the first: the one that an import brings. */
const mainContact = ({ contacts }: ExportRows['customer']) =>
  contacts.find((contact) => contact.isBilling) ?? contacts[0];
const otherContacts = (row: ExportRows['customer']): string =>
  row.contacts
    .filter((contact) => contact !== mainContact(row))
    .map(({ name, role, phone, email }) => [name, role, phone, email].filter(Boolean).join(' '))
    .join('; ');

type ContractTerms = Pick<
  ExportRows['plan'],
  | 'contractAmount'
  | 'type'
  | 'signedOn'
  | 'startsOn'
  | 'endsOn'
  | 'shipmentOn'
  | 'acceptanceOn'
  | 'warrantyEndOn'
  | 'paymentMethod'
  | 'financeOwnerName'
  | 'frameworkNumber'
  | 'currency'
>;
const TERMS: readonly Column<ContractTerms>[] = [
  ['contract_type', (row, words) => named('contractTypes', row.type, words)],
  ['contract_amount', (row) => money(row.contractAmount, row.currency)],
  ['currency', (row) => row.currency],
  ['signed_on', (row) => day(row.signedOn)],
  ['starts_on', (row) => day(row.startsOn)],
  ['ends_on', (row) => day(row.endsOn)],
  ['shipment', (row) => day(row.shipmentOn)],
  ['acceptance', (row) => day(row.acceptanceOn)],
  ['warranty_end', (row) => day(row.warrantyEndOn)],
  ['payment_method', (row, words) => named('paymentMethods', row.paymentMethod, words)],
  ['finance_owner', (row) => text(row.financeOwnerName)],
  ['framework', (row) => text(row.frameworkNumber)],
];

const INSTALMENT: readonly Column<ExportRows['plan']>[] = [
  ['contract', (row) => row.contractNumber],
  ['contract_name', (row) => row.contractName],
  ['customer_code', (row) => row.customerCode],
  ['customer', (row) => row.customerName],
  ['seq', (row) => count(row.seq)],
  ['name', (row) => row.name],
  ['state', (row, { t }) => stateWord(t, 'plan', row.state)],
  ['part_amount', (row) => money(row.amount, row.currency)],
  ['outstanding', (row) => money(row.outstanding, row.currency)],
  ['adjusted', (row) => money(row.adjusted, row.currency)],
  ['due_on', (row) => day(row.dueOn)],
  ['effective_due', (row) => day(row.effectiveDue)],
  ['original_due_on', (row) => day(row.originalDueOn)],
  ['postponed_to', (row) => day(row.postponedTo)],
  [
    'anchor',
    ({ anchorKind, anchorOffset }, { t }) =>
      anchorKind === null || anchorOffset === null ? '' : anchorWords(t, anchorKind, anchorOffset),
  ],
  ['promised_on', (row) => day(row.promisedOn)],
  ['planned_method', (row, words) => named('paymentMethods', row.plannedMethod, words)],
  ['remind_days', (row) => count(row.remindDaysAhead)],
  ['retention', (row, words) => yes(row.isRetention, words)],
  ['disputed', (row, words) => yes(row.disputed, words)],
  ['part_remark', (row) => text(row.remark)],
  ['owner', (row) => row.ownerName],
  ...TERMS,
  ['contract_remark', (row) => text(row.contractRemark)],
];

/** Amounts in major units beside their currency, never added. */
const COLUMNS: { readonly [K in ExportKind]: readonly Column<ExportRows[K]>[] } = {
  customer: [
    ['code', (row) => row.code],
    ['customer', (row) => row.name],
    ['short_name', (row) => text(row.shortName)],
    ['customer_type', (row, words) => named('customerTypes', row.type, words)],
    ['industry', (row, words) => named('industries', row.industry, words)],
    ['state', (row, { t }) => stateWord(t, 'customer', row.status)],
    ['owner', (row) => row.ownerName],
    ['contracts', (row) => count(row.contracts)],
    // Several currencies stay apart, in a column of words each: one cell cannot hold two numbers.
    [
      'open',
      (row) =>
        row.open.map((one) => `${one.currency} ${toDecimalString(one.minor, one.currency)}`).join('; '),
    ],
    ['contact', (row) => text(mainContact(row)?.name)],
    ['phone', (row) => text(mainContact(row)?.phone)],
    ['email', (row) => text(mainContact(row)?.email)],
    ['other_contacts', otherContacts],
    ['address', (row) => text(row.address)],
    ['tax_title', (row) => text(row.taxTitle)],
    ['tax_no', (row) => text(row.taxNo)],
    ['bank', (row) => text(row.bank)],
    ['bank_account', (row) => text(row.bankAccount)],
    ['term_days', (row) => (row.defaultTermDays === null ? '' : count(row.defaultTermDays))],
    ['template', (row) => text(row.templateCode)],
    ['payers', (row) => row.relatedPayers.join('; ')],
    [
      'credit_limit',
      (row, { baseCurrency }) => (row.creditLimit === null ? '' : money(row.creditLimit, baseCurrency)),
    ],
    ['remark', (row) => text(row.remark)],
  ],
  contract: [
    ['contract', (row) => row.number],
    ['contract_name', (row) => row.name],
    ['customer_code', (row) => row.customerCode],
    ['customer', (row) => row.customerName],
    ['state', (row, { t }) => stateWord(t, 'contract', row.status)],
    ...TERMS,
    ['planned', (row) => money(row.planned, row.currency)],
    ['received', (row) => money(row.received, row.currency)],
    ['rest', (row) => money(row.contractOpen, row.currency)],
    ['overdue', (row) => money(row.overdue, row.currency)],
    ['owner', (row) => row.ownerName],
    ['remark', (row) => text(row.contractRemark)],
  ],
  plan: INSTALMENT,
  todo: INSTALMENT,
  receipt: [
    ['receipt', (row) => row.number],
    ['customer_code', (row) => row.customerCode],
    ['customer', (row) => row.customerName],
    ['contract', (row) => text(row.contractNumber)],
    ['state', (row, { t }) => stateWord(t, 'receipt', row.status)],
    ['kind', ({ kind }, { t }) => t(`audit:receipt_kind.${kind}` as Parameters<Translate>[0])],
    ['received_on', (row) => day(row.receivedOn)],
    ['currency', (row) => row.currency],
    ['amount', (row) => money(row.amount, row.currency)],
    ['net', (row) => money(row.net, row.currency)],
    ['unapplied', (row) => money(row.unapplied, row.currency)],
    ['method', (row, words) => named('paymentMethods', row.method, words)],
    ['payer', (row) => text(row.payerName)],
    ['slip_no', (row) => text(row.bankSlipNo)],
    ['txn_no', (row) => text(row.bankTxnId)],
    ['original_currency', (row) => text(row.originalCurrency)],
    ['original_amount', (row) => originalCell(row)],
    ['rate', (row) => (row.rate === null ? '' : { decimal: row.rate })],
    ['bill_no', (row) => text(row.billNo)],
    ['bill_due_on', (row) => day(row.billDueOn)],
    ['recorder', (row) => text(row.recorderName)],
    ['remark', (row) => text(row.remark)],
  ],
  unclaimed: [
    ['unclaimed', (row) => row.number],
    ['received_on', (row) => day(row.receivedOn)],
    ['currency', (row) => row.currency],
    ['amount', (row) => money(row.amount, row.currency)],
    ['method', (row, words) => named('paymentMethods', row.method, words)],
    ['payer', (row) => text(row.payerName)],
    ['slip_no', (row) => text(row.bankSlipNo)],
    ['recorder', (row) => row.recorderName],
    ['remark', (row) => text(row.remark)],
  ],
  follow_up: [
    ['followed_at', (row, words) => moment(row.at, words)],
    ['followed_by', (row) => text(row.who)],
    ['customer_code', (row) => row.customerCode],
    ['customer', (row) => row.customerName],
    ['contract', (row) => row.contractNumber],
    ['contract_name', (row) => row.contractName],
    ['seq', (row) => count(row.seq)],
    ['name', (row) => row.instalmentName],
    ['owner', (row) => row.ownerName],
    ['follow_kind', (row, { t }) => t(`follow_ups:kind.${row.kind}`)],
    ['follow_content', (row) => text(row.content)],
    ['follow_result', (row, { t }) => (row.result === null ? '' : t(`follow_ups:result.${row.result}`))],
    ['promised_on', (row) => day(row.promisedOn)],
    [
      'promised_amount',
      (row) => (row.promisedAmount === null ? '' : money(row.promisedAmount, row.currency)),
    ],
    ['currency', (row) => (row.promisedAmount === null ? '' : row.currency)],
    ['dispute_reason', (row) => text(row.reason)],
    ['pause_until', (row) => day(row.pauseUntil)],
    ['next_on', (row) => day(row.nextOn)],
  ],
};

const columnsOf = <K extends ExportKind>(
  kind: K,
  { seesCredit }: ExportWords,
): readonly Column<ExportRows[K]>[] =>
  COLUMNS[kind].filter(([name]) => seesCredit || name !== 'credit_limit');

/** The first line of the file, in the reader's language. */
export const exportHeader = (kind: ExportKind, words: ExportWords): string[] =>
  columnsOf(kind, words).map(([name]) => words.t(`exports:column.${name}`));

/** A row of the file. */
export const exportCells = <K extends ExportKind>(kind: K, row: ExportRows[K], words: ExportWords): Cell[] =>
  columnsOf(kind, words).map(([, cell]) => cell(row, words));
