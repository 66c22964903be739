// The ledger of a customer or a contract, as of any day, as a window and as a file in the app's conversation.
import { z } from 'zod';
import { loadContract } from '../domain/contracts/contract.queries.js';
import { loadCustomer } from '../domain/customers/customer.queries.js';
import { DomainError } from '../domain/errors.js';
import { type LedgerSubject, listLedgerCurrencies, readLedger } from '../domain/ledger/ledger.queries.js';
import { isLocalDate, type LocalDate } from '../domain/local-date.js';
import { writeSheet } from '../sheets/write-sheet.js';
import { ACTION } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, recordId, showView } from './show-view.js';
import type { Mover } from './turn-to.js';
import { type ActionTurn, parseValue, type Turn } from './turns.js';
import { type LedgerState, ledgerModal, ledgerSheet } from './views/ledger-views.js';
import { pagerButtons } from './views/list-views.js';

const currencyText = z.string().regex(/^[A-Z]{3}$/);
const dateText = z.string().refine((text): text is LocalDate => isLocalDate(text));
const openValue = z.union([z.object({ u: z.uuid() }), z.object({ c: z.uuid() })]);
const stateValue = z.object({
  u: z.uuid().optional(),
  c: z.uuid().optional(),
  y: currencyText,
  d: dateText,
  p: z.number().int().min(1),
});
/** Movements of one file: as many as a sheet holds. */
const MOST_ROWS = 1_000_000;

/** Plugs in the window of the ledger. */
export function registerLedgers(doors: Doors): void {
  doors.opens(ACTION.ledger, (turn) => openLedger(turn, parseValue(openValue, turn.value)));
  doors.action(pagerButtons(ACTION.ledgerPage), (turn) => redraw(turn, parseValue(stateValue, turn.value)));
  doors.action(ACTION.ledgerDay, (turn) => {
    const state = shownState(turn);
    return redraw(turn, { ...state, d: isLocalDate(turn.value) ? turn.value : state.d, p: 1 });
  });
  doors.action(ACTION.ledgerCurrency, (turn) =>
    redraw(turn, { ...shownState(turn), y: currencyText.parse(turn.value), p: 1 }),
  );
  doors.action(ACTION.ledgerFile, sendFile);
}

const shownState = (turn: ActionTurn): LedgerState =>
  parseValue(stateValue, turn.body.view?.private_metadata ?? '');

/** Opens the ledger as of today. @throws DomainError not_found, also where it lies outside the reader's scope */
export async function openLedger(turn: Mover, of: { u: string } | { c: string }): Promise<void> {
  await showView(turn, await draw(turn, { ...of, y: '', d: turn.ctx.today, p: 1 }));
}

async function redraw(turn: ActionTurn, state: LedgerState): Promise<void> {
  await turn.redraw(await draw(turn, state));
}

/** Whose it is, if the reader may see it. */
async function load({ ctx }: Pick<Turn, 'ctx'>, state: LedgerState) {
  if (state.c !== undefined) {
    const contract = await loadContract(ctx, recordId(state.c));
    const subject: LedgerSubject = { contractId: contract.id };
    const { currency } = contract;
    const title = `${contract.number} · ${contract.name}`;
    return { subject, title, ref: contract.number, currency, currencies: [currency] };
  }
  if (state.u === undefined) throw new DomainError('not_found', { ref: '' });
  const customer = await loadCustomer(ctx, recordId(state.u));
  const found = await listLedgerCurrencies(ctx, customer.id);
  const base = ctx.company.baseCurrency;
  const currencies = found.length > 0 ? found : [base];
  const usual = currencies.includes(base) ? base : (currencies[0] ?? base);
  const currency = currencies.find((one) => one === state.y) ?? usual;
  const subject: LedgerSubject = { customerId: customer.id, currency };
  const title = `${customer.name} · ${customer.code}`;
  return { subject, title, ref: customer.code, currency, currencies };
}

async function draw(turn: Pick<Turn, 'ctx' | 't'>, wanted: LedgerState) {
  const { subject, title, currency, currencies } = await load(turn, wanted);
  const ledger = await readLedger(turn.ctx, subject, wanted.d, { number: wanted.p });
  const state = { ...wanted, y: currency, p: ledger.page };
  return ledgerModal({ state, title, currencies, ledger }, readerOf(turn));
}

/** All movements until the day as a spreadsheet. */
async function sendFile(turn: ActionTurn): Promise<void> {
  const { ctx, t, client } = turn;
  const state = parseValue(stateValue, turn.value);
  const { subject, title, ref, currency } = await load(turn, state);
  const ledger = await readLedger(ctx, subject, state.d, { number: 1, size: MOST_ROWS });
  const of = { company: ctx.company.name, title, asOf: state.d, currency, ledger };
  const { header, rows } = ledgerSheet(of, t);
  const file = await writeSheet('xlsx', header, rows);
  const { channel } = await client.conversations.open({ users: ctx.actor.slackUserId });
  const isCut = ledger.total > ledger.movements.length;
  const words = isCut ? t('ledger:sent_newest', { title, count: MOST_ROWS }) : t('ledger:sent', { title });
  await client.filesUploadV2({
    channel_id: channel?.id ?? '',
    initial_comment: words,
    file,
    // Whose it is: several lie beside each other where they are saved.
    filename: `${t('ledger:title')}-${ref.replace(/[^\p{L}\p{N}_-]+/gu, '-')}-${state.d}.xlsx`,
  });
  await turn.tell(words);
}
