// The slash commands: what was typed is understood (parse-command.ts) and handed to the conversation it belongs to.
// No rule of its own; the same route serves buttons that stand for a command.

import { findContractByNumber } from '../domain/contracts/contract-list.queries.js';
import { findCustomerByRef, findCustomers } from '../domain/customers/customer.queries.js';
import { DomainError } from '../domain/errors.js';
import { homeKinds } from '../domain/home/home-kinds.js';
import { type Found, findEverywhere, findExamples } from '../domain/home/search.queries.js';
import { findWaiting } from '../domain/home/waiting.queries.js';
import { type ListFilter, UNPAID_STATES } from '../domain/lists/list-filter.js';
import { findTodo } from '../domain/reminders/todo.queries.js';
import { openAmendment } from './amendments.js';
import { openAudit } from './audit.js';
import { COMMANDS, SHORTCUT } from './command-ids.js';
import type { ContractVerb, CustomerVerb, Noun } from './command-words.js';
import { openVoid } from './contract-ends.js';
import { openNewContract } from './contract-fields.js';
import { openNewCustomer } from './customer-form.js';
import { openHandOver } from './customer-hand-over.js';
import { showHistory } from './customer-history.js';
import { openMerge } from './customer-merge.js';
import { findCustomer } from './customers.js';
import type { Deps } from './deps.js';
import { openExport } from './exports.js';
import { findContract } from './find-contract.js';
import { ACTION } from './ids.js';
import { openImport } from './imports.js';
import { openCompanyLadder } from './ladders.js';
import { openLedger } from './ledgers.js';
import { readListWords } from './list-words.js';
import type { Doors } from './listen.js';
import { openList } from './lists.js';
import { openMilestone } from './milestones.js';
import { obeyCommand } from './obey-command.js';
import { openOwnSettings } from './own-settings.js';
import { openOwnTimes } from './own-times.js';
import { type Intent, parseCommand } from './parse-command.js';
import { showPlanOf } from './plan-of.js';
import { openNewPlan } from './plans.js';
import { openRecordReceipt, showReceipt } from './receipts.js';
import { answerTodo } from './reminders.js';
import { answerReport } from './reports.js';
import { openRoles, openSettings } from './settings.js';
import { openBackups } from './settings-backups.js';
import { openCalendar } from './settings-calendar.js';
import { readerOf } from './show-view.js';
import { inLanguage, mayUse, suggestHelp } from './suggest-commands.js';
import type { Mover } from './turn-to.js';
import type { ActionTurn } from './turns.js';
import { openUnclaimedList } from './unclaimed.js';
import { whatToExportMessage } from './views/export-views.js';
import { HELP_PAGES, type HelpPage } from './views/help-topics.js';
import { helpMessage, notUnderstoodMessage } from './views/help-views.js';
import { answerModal, type Message } from './views/info-view.js';
import { foundBlocks, foundMessage, TODAY_ROWS, todayMessage } from './views/today-views.js';

/** A command, or a click that stands for one: something can be opened or answered. */
type RouteTurn = Mover & { readonly reply: (message: Message) => Promise<void> };

/** Listens to all commands, to the buttons that suggest one, to the shortcut for money and to [帮助]. */
export function registerCommands(doors: Doors, _deps: Deps): void {
  for (const name of COMMANDS) {
    doors.command(name, (turn) => obey(turn, turn.command, turn.text), {
      anyone: true,
      opens: (text) => leadsToWindow(parseCommand(name, text)),
    });
  }
  doors.opens(
    new RegExp(`^${ACTION.suggestion.replace('.', '\\.')}\\.\\d$`),
    (turn) => obey(turn, ...typedIn(turn.value)),
    (_body, value) => leadsToWindow(parseCommand(...typedIn(value))),
  );
  doors.action(ACTION.help, chooseHelp, { anyone: true });
  doors.shortcut(SHORTCUT.receiptNew, (turn) => openRecordReceipt(turn));
  doors.shortcut(SHORTCUT.receiptMessage, (turn) => openRecordReceipt(turn, { message: turn.message }));
}

/** The command and the words of `/hk-contract HT-2026-0012`. */
function typedIn(value: string): [command: string, text: string] {
  const space = value.indexOf(' ');
  return space < 0 ? [value, ''] : [value.slice(0, space), value.slice(space + 1)];
}

/** Numbers are known as this company writes them. */
const obey = (turn: RouteTurn, command: string, text: string): Promise<void> =>
  obeyCommand({ command, text, numbering: turn.ctx.company.settings.numbering }, (intent) =>
    route(turn, intent),
  );

/** What is answered in the conversation; all else is a window. Numbers of a company's own pattern change nothing in it. */
const ANSWERED: readonly Intent['kind'][] = ['help', 'today', 'report', 'unknown'];
const leadsToWindow = (intent: Intent): boolean => {
  if (intent.kind === 'todo') return intent.words !== '';
  if (intent.kind === 'find' || intent.kind === 'export') return intent.noun !== null;
  return !ANSWERED.includes(intent.kind);
};

/** Hands an intent to its conversation. */
async function route(turn: RouteTurn, intent: Intent): Promise<void> {
  const { ctx, t } = turn;
  // Whoever has no role sees the same from every command: what this is, and the way in.
  if (ctx.actor.roles.length === 0) return answerHelp(turn);
  switch (intent.kind) {
    case 'help':
      return answerHelp(turn, intent.topic, intent.unread);
    case 'own':
      return openOwnSettings(turn);
    case 'today':
      return answerToday(turn);
    case 'todo':
      return intent.words === ''
        ? answerTodo(turn)
        : openList(turn, 'plan', unpaid(readListWords('plan', intent.words, ctx.today)));
    case 'report':
      return answerReport(turn, intent.report, intent.words);
    case 'settings':
      return openSettings(turn);
    case 'ladder':
      return openCompanyLadder(turn);
    case 'mine':
      return openOwnTimes(turn);
    case 'calendar':
      return openCalendar(turn);
    case 'backups':
      return openBackups(turn);
    case 'import':
      return openImport(turn);
    case 'export':
      return openExportOf(turn, intent);
    case 'audit':
      return openAudit(turn, intent.ref);
    case 'roles':
      return openRoles(turn);
    case 'unclaimed':
      return openUnclaimedList(turn);
    case 'prepayments':
      return openList(turn, 'receipt', { unapplied: true });
    case 'new':
      return OPEN_NEW[intent.noun](turn);
    case 'list':
      return LIST[intent.noun](turn, intent.words);
    case 'show':
      return SHOW[intent.noun](turn, intent.ref);
    case 'find':
      return intent.noun === null ? answerFound(turn, intent.words) : FIND[intent.noun](turn, intent.words);
    case 'act':
      return ACT[intent.verb](turn, await contractByNumber(turn, intent.ref));
    case 'record':
      return openFilledReceipt(turn, intent);
    case 'customer':
      return CUSTOMER[intent.verb](turn, intent.ref);
    case 'unknown': {
      const found = await findEverywhere(ctx, intent.words);
      const records = foundBlocks(found, readerOf(turn));
      const near = intent.suggestions
        .filter((command) => mayUse(ctx.actor, command))
        .map((command) => inLanguage(command, ctx.actor.locale));
      return turn.reply(notUnderstoodMessage(t, intent.words, near, records));
    }
  }
}

type Open = (turn: RouteTurn, words: string) => Promise<void>;

const OPEN_NEW: Record<Noun, (turn: RouteTurn) => Promise<void>> = {
  customer: openNewCustomer,
  contract: (turn) => openNewContract(turn),
  plan: (turn) => openNewPlan(turn),
  receipt: (turn) => openRecordReceipt(turn),
};
const listOf =
  (noun: Noun): Open =>
  (turn, words) =>
    openList(turn, noun, readListWords(noun, words, turn.ctx.today));
const LIST: Record<Noun, Open> = {
  customer: listOf('customer'),
  contract: listOf('contract'),
  plan: listOf('plan'),
  receipt: listOf('receipt'),
};
const SHOW: Record<Noun, Open> = {
  customer: (turn, ref) => findCustomer(turn, ref, { isNumber: true }),
  contract: (turn, ref) => findContract(turn, ref, { isNumber: true }),
  plan: showPlanOf,
  receipt: showReceipt,
};
/** Words that name one record open it where a search for one exists; else they narrow the list. */
const FIND: Record<Noun, Open> = {
  ...LIST,
  customer: (turn, words) => findCustomer(turn, words),
  contract: (turn, words) => findContract(turn, words),
};
/** `/hk-customer merge KH-0001`: without a name, the form or the list to choose from. */
const CUSTOMER: Record<CustomerVerb, Open> = {
  merge: (turn, ref) =>
    ref === '' ? openMerge(turn) : withCustomer(turn, ref, (customerId) => openMerge(turn, customerId)),
  handover: (turn) => openHandOver(turn),
  ledger: (turn, ref) => withCustomer(turn, ref, (customerId) => openLedger(turn, { u: customerId })),
  history: (turn, ref) => withCustomer(turn, ref, (customerId) => showHistory(turn, customerId)),
};
const unpaid = (filter: ListFilter<'plan'>): ListFilter<'plan'> => ({
  states: [...UNPAID_STATES],
  ...filter,
});

/** With the one customer that the words find; none or several, or no words: the list to choose from. */
async function withCustomer(
  turn: RouteTurn,
  words: string,
  open: (customerId: string) => Promise<void>,
): Promise<void> {
  const customerId = words === '' ? null : await onlyCustomer(turn, words);
  return customerId === null ? openList(turn, 'customer', words === '' ? {} : { words }) : open(customerId);
}

const ACT: Record<ContractVerb, (turn: RouteTurn, contractId: string) => Promise<void>> = {
  amend: openAmendment,
  milestone: (turn, contractId) => openMilestone(turn, { c: contractId }),
  void: openVoid,
};

async function contractByNumber({ ctx }: RouteTurn, number: string): Promise<string> {
  const contractId = await findContractByNumber(ctx, number);
  if (contractId === null) throw new DomainError('not_found', { ref: number });
  return contractId;
}

/** The one customer that these words find. */
async function onlyCustomer({ ctx }: RouteTurn, words: string): Promise<string | null> {
  const exact = await findCustomerByRef(ctx, words);
  if (exact !== null) return exact;
  const { rows, total } = await findCustomers(ctx, { words });
  return total === 1 ? (rows[0]?.id ?? null) : null;
}

/** The receipt form with the contract or the customer, and the amount, as they were typed. */
async function openFilledReceipt(
  turn: RouteTurn,
  { contract, customer, amount }: Extract<Intent, { kind: 'record' }>,
): Promise<void> {
  // Contracts that came in with a number of their own are known by it, whatever the company's pattern.
  const numbered = customer === undefined ? null : await findContractByNumber(turn.ctx, customer);
  const contractId = contract === null ? numbered : await contractByNumber(turn, contract);
  const customerId = customer === undefined || numbered !== null ? null : await onlyCustomer(turn, customer);
  // Nobody's or several people's name: what was typed may have been looked for.
  if (customer !== undefined && customerId === null && numbered === null)
    return openList(turn, 'receipt', readListWords('receipt', `${customer} ${amount ?? ''}`, turn.ctx.today));
  await openRecordReceipt(turn, {
    ...(contractId !== null && { contractId }),
    ...(customerId !== null && { customerId }),
    ...(amount !== null && { amountText: amount }),
  });
}

/** Help with examples that work for the reader: their own newest numbers and names. */
export async function answerHelp(
  { ctx, t, reply }: Pick<RouteTurn, 'ctx' | 't' | 'reply'>,
  page?: HelpPage,
  unread?: string,
): Promise<void> {
  const examples = ctx.actor.roles.length > 0 ? await findExamples(ctx) : {};
  const asked = unread === undefined ? undefined : { words: unread, near: suggestHelp(unread.toLowerCase()) };
  await reply(helpMessage(t, ctx.actor, examples, page ?? null, asked));
}

/** [帮助] anywhere; another page chosen in an answer takes its place. */
async function chooseHelp(turn: ActionTurn): Promise<void> {
  if (turn.action.type !== 'static_select') return answerHelp(turn);
  const page = HELP_PAGES.find((one) => one === turn.value);
  const redraw = (message: Message) => turn.redraw(answerModal(turn.t, message));
  await answerHelp({ ...turn, reply: turn.body.view ? redraw : turn.rewrite }, page);
}

/** The form of what was named, else a question. */
function openExportOf(turn: RouteTurn, { noun, words }: Extract<Intent, { kind: 'export' }>): Promise<void> {
  if (noun === null) return askWhatToExport(turn);
  if (noun === 'unclaimed' || noun === 'follow_up' || noun === 'todo') return openExport(turn, noun);
  return openExport(turn, noun, readListWords(noun, words, turn.ctx.today));
}

/** Of what, as buttons. */
const askWhatToExport = ({ t, reply }: RouteTurn): Promise<void> => reply(whatToExportMessage(t));

async function answerToday(turn: RouteTurn): Promise<void> {
  const { ctx } = turn;
  const [todo, waiting] = await Promise.all([
    findTodo(ctx, { number: 1, size: TODAY_ROWS }),
    findWaiting(ctx, ...homeKinds(ctx.actor)),
  ]);
  await turn.reply(todayMessage(todo, waiting, readerOf(turn)));
}

async function answerFound(turn: RouteTurn, words: string): Promise<void> {
  if (words === '') return turn.reply({ text: turn.t('home:find_what') });
  const found: Found = await findEverywhere(turn.ctx, words);
  await turn.reply(foundMessage(found, words, readerOf(turn)));
}
