// The ledger of a customer or contract as a window and as a file: movements, the newest first, with their balance. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { LedgerPage, Movement } from '../../domain/ledger/ledger.queries.js';
import type { LocalDate } from '../../domain/local-date.js';
import { toDecimalString } from '../../domain/money.js';
import { formatDate, formatMoney, truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import { actions, button, context, escapeMrkdwn, modal, option, present, section } from './blocks.js';
import { pager } from './list-views.js';
import type { RowReader } from './row-views.js';

/** Whose ledger, in which currency, as of which day. */
export interface LedgerState {
  readonly u?: string | undefined;
  readonly c?: string | undefined;
  readonly y: string;
  readonly d: LocalDate;
  readonly p: number;
}

export interface LedgerWindow {
  readonly state: LedgerState;
  /** The customer's or contract's name. */
  readonly title: string;
  readonly currencies: readonly string[];
  readonly ledger: LedgerPage;
}

const LINES = 10;

/** As of a day that can be changed; the balance by movements stands beside that by states. */
export function ledgerModal(
  { state, title, currencies, ledger }: LedgerWindow,
  reader: RowReader,
): ModalView {
  const { t, locale, today } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: state.y });
  const encoded = JSON.stringify(state);
  const lines = ledger.movements.map((movement) => {
    const words = {
      what: movement.original
        ? t('common:bracketed', {
            text: movementWords(movement, t),
            more: formatMoney(locale, movement.original),
          })
        : movementWords(movement, t),
      amount: signed(movement, money),
      balance: money(movement.balance),
    };
    return t('ledger:line', { date: formatDate(locale, movement.on, today), ...words });
  });
  const groups = Array.from({ length: Math.ceil(lines.length / LINES) }, (_, index) =>
    section(lines.slice(index * LINES, (index + 1) * LINES).join('\n')),
  );
  return modal({
    callbackId: VIEW.ledger,
    title: t('ledger:title'),
    close: t('common:close'),
    metadata: encoded,
    blocks: present<KnownBlock>(
      section(`*${escapeMrkdwn(truncate(title, 200))}*`),
      actions([
        { type: 'datepicker', action_id: ACTION.ledgerDay, initial_date: state.d },
        ...(currencies.length > 1 ? [currencySelect(currencies, state.y)] : []),
        button(ACTION.ledgerFile, t('ledger:file'), { value: encoded }),
      ]),
      section(balanceWords(ledger, formatDate(locale, state.d, today), money, t)),
      ...(groups.length > 0 ? groups : [section(t('ledger:none'))]),
      ...(ledger.total > 0 ? [context(t('ledger:total', { count: ledger.total }))] : []),
      ...pager(t, ledger, ACTION.ledgerPage, (page) => JSON.stringify({ ...state, p: page })),
    ),
  });
}

function currencySelect(currencies: readonly string[], chosen: string) {
  const options = currencies.slice(0, 100).map((currency) => option(currency, currency));
  const initial = options.find((one) => one.value === chosen);
  return {
    type: 'static_select' as const,
    action_id: ACTION.ledgerCurrency,
    options,
    ...(initial && { initial_option: initial }),
  };
}

function balanceWords(
  { balance, open, credit }: LedgerPage,
  date: string,
  money: (minor: bigint) => string,
  t: Translate,
): string {
  const words = t('ledger:balance', {
    date,
    balance: money(balance),
    open: money(open),
    credit: money(credit),
  });
  const difference = balance - (open - credit);
  return difference === 0n ? words : `${words}\n⚠️ ${t('ledger:differs', { difference: money(difference) })}`;
}

/** What happened, with what it happened to. */
export function movementWords(movement: Movement, t: Translate): string {
  const { kind, contractNumber, seq, receiptNumber } = movement;
  return t(`ledger:kind.${kind}`, {
    contract: escapeMrkdwn(contractNumber ?? ''),
    n: seq ?? 0,
    number: receiptNumber ?? '',
  });
}

/** `+` raises what is owed; what only moves money has no sign. */
function signed({ delta, amount }: Movement, money: (minor: bigint) => string): string {
  if (delta === 0n) return money(amount);
  return `${delta > 0n ? '+' : ''}${money(delta)}`;
}

/** A cell as sheets/write-sheet.ts takes it. */
type OutCell = string | { readonly decimal: string } | { readonly day: string };

/** What a file is about, besides its movements. */
export interface LedgerFile {
  /** Who keeps the books. */
  readonly company: string;
  /** The customer's or contract's name. */
  readonly title: string;
  readonly asOf: LocalDate;
  readonly currency: string;
  readonly ledger: LedgerPage;
}

/**
 * The file, line by line: whose it is, of which days and in which currency; then the movements, the oldest first, between
 * the opening and the closing balance.
 */
export function ledgerSheet(
  { company, title, asOf, currency, ledger }: LedgerFile,
  t: Translate,
): { header: string[]; rows: OutCell[][] } {
  const decimal = (minor: bigint, of = currency): OutCell => ({ decimal: toDecimalString(minor, of) });
  const movements = ledger.movements.toReversed();
  const first = movements[0];
  const from = first?.on ?? asOf;
  const opening = first ? first.balance - first.delta : ledger.balance;
  const columns = (
    ['date', 'what', 'amount', 'change', 'balance', 'currency', 'original', 'original_currency'] as const
  ).map((key) => t(`ledger:column.${key}`));
  const sum = (label: string, minor: bigint, day: OutCell = ''): OutCell[] => {
    const before: OutCell[] = [day, label, '', ''];
    return [...before, decimal(minor), currency];
  };
  return {
    header: [t('ledger:title'), title],
    rows: [
      [t('ledger:by'), company],
      [t('ledger:period'), `${from} – ${asOf}`],
      [],
      columns,
      sum(t('ledger:opening'), opening, { day: from }),
      ...movements.map((movement): OutCell[] => [
        { day: movement.on },
        movementWords(movement, t),
        decimal(movement.amount),
        decimal(movement.delta),
        decimal(movement.balance),
        currency,
        movement.original ? decimal(movement.original.minor, movement.original.currency) : '',
        movement.original?.currency ?? '',
      ]),
      sum(t('ledger:closing'), ledger.balance, { day: asOf }),
      sum(t('ledger:closing_open'), ledger.open),
      sum(t('ledger:closing_credit'), ledger.credit),
    ],
  };
}
