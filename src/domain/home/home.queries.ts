// What App Home shows: what waits for the reader, their numbers, their list; always within their scope (rules §12).
// Reads only. Sums are one a currency, never added.
import type { Ctx } from '../../ctx.js';
import { visibleOwners } from '../access.js';
import { type ContractPage, findContracts } from '../contracts/contract-list.queries.js';
import { findRows, type InstalmentRowData, type RowPage } from '../plans/instalment.queries.js';
import { findReceipts, type ReceiptPage } from '../receipts/receipt.queries.js';
import { hearingFrom } from '../reminders/ladder.js';
import { loadFirstDays } from '../reminders/ladder.queries.js';
import { type CasePage, findOpenCases } from '../reminders/open-cases.queries.js';
import { findTodo } from '../reminders/todo.queries.js';
import { loadSetup, type Setup } from '../settings/setup.queries.js';
import { type FailedMessages, findFailed } from './failed.queries.js';
import { type HomeKind, type HomeTab, homeKinds, tabsOf } from './home-kinds.js';
import { type HomeNumbers, loadNumbers, NO_NUMBERS } from './home-numbers.queries.js';
import { findWaiting } from './waiting.queries.js';
import type { Waiting } from './waiting-item.queries.js';

export interface HomeState {
  readonly kind: HomeKind;
  readonly tab: HomeTab;
  readonly page: number;
}

export interface HomeData {
  readonly kinds: readonly HomeKind[];
  readonly state: HomeState;
  readonly waiting: Waiting;
  /** An owner's first rows from their reminder day on, oldest due first; empty for everybody else. */
  readonly due: { readonly rows: readonly InstalmentRowData[]; readonly total: number };
  readonly numbers: HomeNumbers;
  readonly list:
    | { plans: RowPage }
    | { contracts: ContractPage }
    | { receipts: ReceiptPage }
    | { cases: CasePage }
    | { setup: Setup };
  readonly members: number;
  readonly queue: number;
  /** Of an admin: messages that did not arrive lately. */
  readonly failed: FailedMessages;
  /** Of who leads, before there is anything: from how many days overdue on they hear; null: of none. */
  readonly hearsFrom: number | null;
  /** Nothing has been entered yet. */
  readonly isFirstRun: boolean;
}

/** Everything one Home needs, for a person with at least one role. @throws RangeError without a role */
export async function loadHome(ctx: Ctx, wanted: Partial<HomeState> = {}): Promise<HomeData> {
  const kinds = homeKinds(ctx.actor);
  const kind = kinds.find((one) => one === wanted.kind) ?? kinds[0];
  if (kind === undefined) throw new RangeError('a Home needs a role');
  const tab = tabsOf(kind).find((one) => one === wanted.tab) ?? firstTab(kind);
  const page = wanted.page ?? 1;
  const isAdmin = kind === 'admin';
  const [waiting, due, numbers, list, facts, days] = await Promise.all([
    findWaiting(ctx, kind),
    kind === 'rep' ? findTodo(ctx, { number: 1, size: DUE_ROWS }) : { rows: [], total: 0 },
    isAdmin ? NO_NUMBERS : loadNumbers(ctx, kind),
    isAdmin ? loadSetup(ctx).then((setup) => ({ setup })) : loadList(ctx, kind, tab, page),
    loadFacts(ctx, kind),
    kind === 'manager' ? loadFirstDays(ctx.db) : null,
  ]);
  const hearsFrom = days && hearingFrom(days, ctx.actor.roles);
  const state = { kind, tab, page: pageOf(list) };
  return { kinds, state, waiting, due, numbers, list, hearsFrom, ...facts };
}

const DUE_ROWS = 5;
const UNPAID_STATES = ['overdue', 'open', 'postponed', 'undated'] as const;

/** What a person of this kind looks at first. */
const FIRST_TAB: Partial<Record<HomeKind, HomeTab>> = { manager: 'cases', finance: 'receipts' };
export const firstTab = (kind: HomeKind): HomeTab => FIRST_TAB[kind] ?? 'plans';

function pageOf(list: HomeData['list']): number {
  if ('setup' in list) return 1;
  if ('contracts' in list) return list.contracts.page;
  if ('cases' in list) return list.cases.page;
  return 'plans' in list ? list.plans.page : list.receipts.page;
}

async function loadList(ctx: Ctx, kind: HomeKind, tab: HomeTab, page: number): Promise<HomeData['list']> {
  const mine = kind === 'rep' ? { ownerId: ctx.actor.id } : {};
  if (tab === 'cases') return { cases: await findOpenCases(ctx, page) };
  if (tab === 'contracts') return { contracts: await findContracts(ctx, mine, page) };
  if (tab === 'receipts') {
    // Finance looks at what waits for it; everybody else at what came in.
    const filter = kind === 'finance' ? { states: ['submitted'] as const } : mine;
    return { receipts: await findReceipts(ctx, filter, { number: page }) };
  }
  const owners = kind === 'rep' ? { owners: 'own' as const } : {};
  // Managers look after what is late; whoever owns or audits sees all that is open.
  const states = kind === 'manager' ? (['overdue'] as const) : UNPAID_STATES;
  return { plans: await findRows(ctx, { ...owners, states, sort: 'due' }, { number: page }) };
}

const NOTHING_FAILED: FailedMessages = { newest: [], total: 0 };

async function loadFacts(
  ctx: Ctx,
  kind: HomeKind,
): Promise<Pick<HomeData, 'members' | 'queue' | 'failed' | 'isFirstRun'>> {
  const { db } = ctx;
  const owners = kind === 'rep' ? [ctx.actor.id] : visibleOwners(ctx.actor);
  const scope = owners === 'all' ? {} : { ownerId: { in: [...owners] } };
  const first = await db.contract.findFirst({ where: { deletedAt: null, ...scope }, select: { id: true } });
  if (kind !== 'admin') return { members: 0, queue: 0, failed: NOTHING_FAILED, isFirstRun: first === null };
  const [members, queue, failed] = await Promise.all([
    db.user.count({ where: { active: true, roles: { isEmpty: false } } }),
    db.outbox.count({ where: { status: { in: ['pending', 'sending'] } } }),
    findFailed(ctx),
  ]);
  return { members, queue, failed, isFirstRun: first === null };
}
