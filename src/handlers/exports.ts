// Exports of lists (F96): [导出] on a list, and `/hk export …`: the form asks what and how, the file comes by direct message.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { type ExportFormat, requestExport } from '../domain/exports/export.service.js';
import { newId } from '../domain/ids.js';
import {
  filterJson,
  LIST_FILTERS,
  LIST_KINDS,
  type ListFilter,
  type ListKind,
} from '../domain/lists/list-filter.js';
import type { Deps } from './deps.js';
import { listId } from './ids.js';
import { filterNamesOf } from './list-classes.js';
import type { Doors } from './listen.js';
import { countList, readPlace } from './lists.js';
import { type Opener, readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { formMetadata, parseValue, type SubmitTurn } from './turns.js';
import { exportModal } from './views/export-views.js';

/** `f`: the filter at hand when the form opened. */
const exportMetadata = formMetadata({ f: z.unknown() });

/** Plugs in the button and the form of every list. */
export function registerExports(doors: Doors, _deps: Deps): void {
  for (const kind of LIST_KINDS) registerExport(doors, kind);
}

function registerExport<K extends ListKind>(doors: Doors, kind: K): void {
  doors.opens(listId(kind, 'export'), (turn) => openExport(turn, kind, readPlace(kind, turn.value).filter));
  doors.submit(listId(kind, 'export'), exportMetadata, (turn) => submitExport(turn, kind));
}

/** Opens the form for a list as it is narrowed. @throws DomainError access.denied */
export async function openExport<K extends ListKind>(
  turn: Opener,
  kind: K,
  filter: ListFilter<K> = {} as ListFilter<K>,
): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'record.export');
  const [names, counted] = await Promise.all([
    filterNamesOf(turn, kind, filter),
    countList(turn, kind, filter),
  ]);
  const metadata = filterJson({ r: newId(ctx.now), f: filter });
  await showView(turn, exportModal({ kind, filter, names }, counted, readerOf(turn), metadata));
}

async function submitExport<K extends ListKind>(
  turn: SubmitTurn<z.infer<typeof exportMetadata>>,
  kind: K,
): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const format: ExportFormat = form.choice('format') === 'csv' ? 'csv' : 'xlsx';
  const narrowed = parseValue(LIST_FILTERS[kind], JSON.stringify(metadata.f)) as ListFilter<K>;
  const filter = form.choice('scope') === 'all' ? ({} as ListFilter<K>) : narrowed;
  await requestExport(ctx, { list: kind, filter, format });
  return { done: t('exports:started', { list: t(`lists:title.${kind}`) }) };
}
