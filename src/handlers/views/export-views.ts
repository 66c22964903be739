// Exports: the form that asks what and how, the columns of each list's file, and the message that brings it. Pure.
import type { ModalView } from '@slack/types';
import type { ExportFormat } from '../../domain/exports/export.service.js';
import type { ExportRows } from '../../domain/exports/export-rows.queries.js';
import { LIST_KINDS, type ListKind } from '../../domain/lists/list-filter.js';
import type { LocalDate } from '../../domain/local-date.js';
import { toDecimalString } from '../../domain/money.js';
import type { ReportKind } from '../../domain/reports/report.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import type { Translate } from '../i18n/index.js';
import { listId } from '../ids.js';
import { actions, button, context, escapeMrkdwn, input, modal, option, section } from './blocks.js';
import { filterWords, type ListPlace, stateWord } from './list-views.js';
import type { RowReader } from './row-views.js';

export const EXPORT_SCOPES = ['filtered', 'all'] as const;
export const FORMATS = ['xlsx', 'csv'] as const satisfies readonly ExportFormat[];

/** How, and what: as narrowed, or everything the reader may see. */
export function exportModal<K extends ListKind>(
  place: ListPlace<K>,
  total: { readonly total: number; readonly more: boolean },
  reader: RowReader,
  metadata: string,
): ModalView {
  const { t } = reader;
  const narrowed = filterWords(place, reader);
  const count = total.more ? t('lists:more_than', { count: total.total }) : total.total;
  const radio = <T extends string>(values: readonly T[], words: (value: T) => string) => {
    const options = values.map((value) => option(words(value), value));
    const [first] = options;
    return {
      type: 'radio_buttons' as const,
      action_id: 'value',
      options,
      ...(first && { initial_option: first }),
    };
  };
  return modal({
    callbackId: listId(place.kind, 'export'),
    title: t('exports:title'),
    submit: t('exports:button'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      section(
        narrowed === ''
          ? t('exports:all_of', { list: t(`lists:title.${place.kind}`), count })
          : t('exports:filtered_of', {
              list: t(`lists:title.${place.kind}`),
              filter: escapeMrkdwn(narrowed),
              count,
            }),
      ),
      ...(narrowed === ''
        ? []
        : [
            input(
              'scope',
              t('exports:scope'),
              radio(EXPORT_SCOPES, (one) => t(`exports:scope.${one}`)),
            ),
          ]),
      input(
        'format',
        t('exports:format'),
        radio(FORMATS, (one) => t(`exports:format.${one}`)),
      ),
      context(t('exports:hint')),
    ],
  });
}

/** `/hk export` alone: which list, a button each. */
export function whatToExportMessage(t: Translate) {
  const text = t('exports:which');
  const buttons = LIST_KINDS.map((kind) => button(listId(kind, 'export'), t(`lists:title.${kind}`)));
  return { text, blocks: [section(text), actions(buttons)] };
}

/** A cell: text, a plain decimal or a day, as src/sheets writes them. */
type Cell = string | { readonly decimal: string } | { readonly day: string };
type Column<Row> = readonly [name: ColumnName, cell: (row: Row, words: Words) => Cell];
interface Words {
  readonly t: Translate;
  readonly locale: RowReader['locale'];
  readonly methods: readonly DictionaryEntry[];
}
type ColumnName = (typeof NAMES)[number];
const NAMES = [
  'code',
  'customer',
  'customer_code',
  'short_name',
  'tax_no',
  'state',
  'owner',
  'contracts',
  'currency',
  'open',
  'contract',
  'contract_name',
  'signed_on',
  'amount',
  'planned',
  'received',
  'rest',
  'seq',
  'name',
  'outstanding',
  'adjusted',
  'due_on',
  'effective_due',
  'postponed_to',
  'retention',
  'disputed',
  'receipt',
  'received_on',
  'method',
  'unapplied',
  'payer',
  'slip_no',
  'bill_no',
  'bill_due_on',
  'recorder',
] as const;

const money = (minor: bigint, currency: string): Cell => ({ decimal: toDecimalString(minor, currency) });
const day = (date: LocalDate | null): Cell => (date === null ? '' : { day: date });
const count = (value: number): Cell => ({ decimal: String(value) });
const yes = (value: boolean, { t }: Words): Cell => (value ? t('exports:yes') : '');

const INSTALMENT: readonly Column<ExportRows['plan']>[] = [
  ['contract', (row) => row.contractNumber],
  ['contract_name', (row) => row.contractName],
  ['customer_code', (row) => row.customerCode],
  ['customer', (row) => row.customerName],
  ['seq', (row) => count(row.seq)],
  ['name', (row) => row.name],
  ['state', (row, { t }) => stateWord(t, 'plan', row.state)],
  ['currency', (row) => row.currency],
  ['amount', (row) => money(row.amount, row.currency)],
  ['outstanding', (row) => money(row.outstanding, row.currency)],
  ['adjusted', (row) => money(row.adjusted, row.currency)],
  ['due_on', (row) => day(row.dueOn)],
  ['effective_due', (row) => day(row.effectiveDue)],
  ['postponed_to', (row) => day(row.postponedTo)],
  ['retention', (row, words) => yes(row.isRetention, words)],
  ['disputed', (row, words) => yes(row.disputed, words)],
  ['owner', (row) => row.ownerName],
];

/** The columns of each list's file; amounts in major units beside their currency, never added. */
const COLUMNS: { readonly [K in ListKind]: readonly Column<ExportRows[K]>[] } = {
  customer: [
    ['code', (row) => row.code],
    ['customer', (row) => row.name],
    ['short_name', (row) => row.shortName ?? ''],
    ['tax_no', (row) => row.taxNo ?? ''],
    ['state', (row, { t }) => stateWord(t, 'customer', row.status)],
    ['owner', (row) => row.ownerName],
    ['contracts', (row) => count(row.contracts)],
    // Several currencies stay apart, in a column of words each: one cell cannot hold two numbers.
    [
      'open',
      (row) =>
        row.open.map((one) => `${one.currency} ${toDecimalString(one.minor, one.currency)}`).join('; '),
    ],
  ],
  contract: [
    ['contract', (row) => row.number],
    ['contract_name', (row) => row.name],
    ['customer_code', (row) => row.customerCode],
    ['customer', (row) => row.customerName],
    ['state', (row, { t }) => stateWord(t, 'contract', row.status)],
    ['signed_on', (row) => day(row.signedOn)],
    ['currency', (row) => row.currency],
    ['amount', (row) => money(row.amount, row.currency)],
    ['planned', (row) => money(row.planned, row.currency)],
    ['received', (row) => money(row.received, row.currency)],
    ['rest', (row) => money(row.amount - row.received, row.currency)],
    ['owner', (row) => row.ownerName],
  ],
  plan: INSTALMENT,
  todo: INSTALMENT,
  receipt: [
    ['receipt', (row) => row.number],
    ['customer_code', (row) => row.customerCode],
    ['customer', (row) => row.customerName],
    ['state', (row, { t }) => stateWord(t, 'receipt', row.status)],
    ['received_on', (row) => day(row.receivedOn)],
    ['currency', (row) => row.currency],
    ['amount', (row) => money(row.amount, row.currency)],
    ['unapplied', (row) => money(row.unapplied, row.currency)],
    ['method', (row, { methods, locale }) => dictionaryName(methods, row.method, locale)],
    ['payer', (row) => row.payerName ?? ''],
    ['slip_no', (row) => row.bankSlipNo ?? ''],
    ['bill_no', (row) => row.billNo ?? ''],
    ['bill_due_on', (row) => day(row.billDueOn)],
    ['recorder', (row) => row.recorderName ?? ''],
  ],
};

/** The first line of the file, in the reader's language. */
export const exportHeader = (kind: ListKind, t: Translate): string[] =>
  COLUMNS[kind].map(([name]) => t(`exports:column.${name}`));

/** A row of the file. */
export const exportCells = <K extends ListKind>(kind: K, row: ExportRows[K], words: Words): Cell[] =>
  COLUMNS[kind].map(([, cell]) => cell(row, words));

/** `回款计划 2026-11-21.xlsx` */
export const exportName = (kind: ListKind, t: Translate, today: LocalDate, format: ExportFormat): string =>
  `${t(`lists:title.${kind}`)} ${today}.${format}`;

export interface ExportFacts {
  readonly what: { readonly list: ListKind } | { readonly report: ReportKind };
  readonly status: string;
  readonly rows: number;
  readonly max: number;
  readonly gone: boolean;
}

/** What became of it: the file beside it, or why there is none and what to do. */
export function exportMessage(facts: ExportFacts, t: Translate) {
  const { what } = facts;
  const list = 'list' in what ? t(`lists:title.${what.list}`) : t(`reports:name.${what.report}`);
  const text =
    facts.status === 'done'
      ? t(facts.gone ? 'exports:gone' : 'exports:done', { list, count: facts.rows })
      : facts.status === 'refused'
        ? t('exports:refused', { list, max: facts.max })
        : t('exports:failed', { list });
  return { text, blocks: [section(text)] };
}
