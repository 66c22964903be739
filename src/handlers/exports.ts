// Exports (F96): [导出] on a list, and `/hk export …`: the form asks what and how, the file comes by direct message.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { type ExportFormat, requestExport } from '../domain/exports/export.service.js';
import {
  EXPORT_FILTERS,
  EXPORT_KINDS,
  type ExportFilter,
  type ExportKind,
} from '../domain/exports/export-kinds.js';
import { countFollowUps, findFollowUpSubject } from '../domain/follow-ups/follow-up-list.queries.js';
import { newId } from '../domain/ids.js';
import { filterJson, type ListFilter, type ListKind } from '../domain/lists/list-filter.js';
import { seesUnclaimed, sumUnclaimed } from '../domain/receipts/unclaimed.queries.js';
import type { Deps } from './deps.js';
import { shortCustomer } from './i18n/format.js';
import { listId } from './ids.js';
import type { Doors } from './listen.js';
import { findList } from './lists.js';
import { type Opener, readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { formMetadata, parseValue, type SubmitTurn } from './turns.js';
import { exportModal, exportTitle } from './views/export-views.js';
import { filterWords } from './views/list-views.js';

/** `f`: the filter at hand when the form opened. */
const exportMetadata = formMetadata({ f: z.unknown() });

/** Plugs in the button and the form of everything that can be taken as a file. */
export function registerExports(doors: Doors, _deps: Deps): void {
  for (const kind of EXPORT_KINDS) registerExport(doors, kind);
}

function registerExport<K extends ExportKind>(doors: Doors, kind: K): void {
  doors.opens(listId(kind, 'export'), (turn) => openExport(turn, kind, readFilter(kind, turn.value)));
  doors.submit(listId(kind, 'export'), exportMetadata, (turn) => submitExport(turn, kind));
}

/** The filter in a button's value; '' is everything. @throws DomainError not_found */
function readFilter<K extends ExportKind>(kind: K, value: string): ExportFilter<K> {
  if (value === '') return {} as ExportFilter<K>;
  return filterOf(kind, parseValue(z.object({ f: z.unknown() }), value).f);
}

const filterOf = <K extends ExportKind>(kind: K, filter: unknown): ExportFilter<K> =>
  parseValue(EXPORT_FILTERS[kind], JSON.stringify(filter)) as ExportFilter<K>;

/** Opens the form for records as they are narrowed. @throws DomainError access.denied */
export async function openExport<K extends ExportKind>(
  turn: Opener,
  kind: K,
  filter: ExportFilter<K> = {} as ExportFilter<K>,
): Promise<void> {
  const { ctx, t } = turn;
  authorize(ctx.actor, 'record.export');
  const { narrowed, counted, meant = filter } = await ABOUT[kind](turn, filter);
  const metadata = filterJson({ r: newId(ctx.now), f: meant });
  await showView(turn, exportModal(kind, narrowed, counted, t, metadata));
}

interface About {
  /** In words, '' for nothing. */
  readonly narrowed: string;
  readonly counted: { readonly total: number; readonly more: boolean };
  /** The filter, where other words than those that were typed find them. */
  readonly meant?: ExportFilter<ListKind>;
}

/** What the records are narrowed to, and how many there are. */
const ABOUT: { readonly [K in ExportKind]: (turn: Opener, filter: ExportFilter<K>) => Promise<About> } = {
  customer: (turn, filter) => aboutList(turn, 'customer', filter),
  contract: (turn, filter) => aboutList(turn, 'contract', filter),
  plan: (turn, filter) => aboutList(turn, 'plan', filter),
  receipt: (turn, filter) => aboutList(turn, 'receipt', filter),
  todo: (turn, filter) => aboutList(turn, 'todo', filter),
  unclaimed: aboutUnclaimed,
  follow_up: aboutFollowUps,
};

async function aboutList<K extends ListKind>(turn: Opener, kind: K, filter: ListFilter<K>): Promise<About> {
  const parts = await findList(turn, kind, filter);
  return { narrowed: filterWords(parts, readerOf(turn)), counted: parts.counted, meant: parts.filter };
}

async function aboutUnclaimed({ ctx }: Opener): Promise<About> {
  if (!seesUnclaimed(ctx.actor)) authorize(ctx.actor, 'receipt.record');
  const { count } = await sumUnclaimed(ctx.db);
  return { narrowed: '', counted: { total: count, more: false } };
}

async function aboutFollowUps({ ctx }: Opener, filter: ExportFilter<'follow_up'>): Promise<About> {
  const counted = await countFollowUps(ctx, filter);
  if (filter.contractId === undefined && filter.customerId === undefined) return { narrowed: '', counted };
  const subject = await findFollowUpSubject(ctx, filter);
  // What the reader sees nothing of is named by a made-up or a stale button.
  if (!subject) throw new DomainError('not_found', { ref: '' });
  const { contractNumber, customerName } = subject;
  const narrowed =
    filter.contractId === undefined ? shortCustomer(ctx.actor.locale, customerName) : contractNumber;
  return { narrowed, counted };
}

async function submitExport<K extends ExportKind>(
  turn: SubmitTurn<z.infer<typeof exportMetadata>>,
  kind: K,
): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const format: ExportFormat = form.choice('format') === 'csv' ? 'csv' : 'xlsx';
  const filter = form.choice('scope') === 'all' ? ({} as ExportFilter<K>) : filterOf(kind, metadata.f);
  await requestExport(ctx, { list: kind, filter, format });
  return { done: t('exports:started', { list: exportTitle(t, kind) }) };
}
