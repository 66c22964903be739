// The rows of an export: first the ids of all that the reader may see, in the list's order, then the rows some at a time,
// so that a file of 100,000 rows needs the memory of one batch. Reads only, with the list's own filter.
import type { ReadCtx } from '../../ctx.js';
import {
  type ContractRow,
  listAllContractIds,
  loadContractRows,
} from '../contracts/contract-list.queries.js';
import { type CustomerRow, listAllCustomerIds, loadCustomerRows } from '../customers/customer.queries.js';
import { LIST_FILTERS, type ListFilter, type ListKind } from '../lists/list-filter.js';
import { type InstalmentRowData, listAllRowIds, loadRows } from '../plans/instalment.queries.js';
import { listAllReceiptIds, loadReceiptRows, type ReceiptRowData } from '../receipts/receipt.queries.js';
import { todoFilter } from '../reminders/todo.queries.js';

/** A file with more rows is refused: whoever needs them narrows the list. */
export const MAX_EXPORT_ROWS = 100_000;
const BATCH_ROWS = 1000;

/** What a row of each list's export is made of. */
export interface ExportRows {
  readonly customer: CustomerRow;
  readonly contract: ContractRow;
  readonly plan: InstalmentRowData;
  readonly receipt: ReceiptRowData;
  readonly todo: InstalmentRowData;
}

interface Source<K extends ListKind> {
  readonly ids: (ctx: ReadCtx, filter: ListFilter<K>, limit: number) => Promise<string[]>;
  readonly load: (ctx: ReadCtx, ids: readonly string[]) => Promise<ExportRows[K][]>;
}

const SOURCES: { readonly [K in ListKind]: Source<K> } = {
  customer: { ids: listAllCustomerIds, load: loadCustomerRows },
  contract: { ids: listAllContractIds, load: loadContractRows },
  plan: { ids: listAllRowIds, load: loadRows },
  receipt: { ids: listAllReceiptIds, load: loadReceiptRows },
  todo: { ids: (ctx, filter, limit) => listAllRowIds(ctx, todoFilter(filter), limit), load: loadRows },
};

/** A filter as a job keeps it. @throws ZodError for what no list has written */
export const readExportFilter = <K extends ListKind>(kind: K, filter: unknown): ListFilter<K> =>
  LIST_FILTERS[kind].parse(filter) as ListFilter<K>;

/** Ids of what the reader may see, in the list's order, and never one more than is needed to refuse it. */
export function listExportIds<K extends ListKind>(
  ctx: ReadCtx,
  kind: K,
  filter: ListFilter<K>,
  limit = MAX_EXPORT_ROWS + 1,
): Promise<string[]> {
  return SOURCES[kind].ids(ctx, filter, limit);
}

/** The rows of these ids, some at a time; what is gone meanwhile is left out. */
export async function* loadExportRows<K extends ListKind>(
  ctx: ReadCtx,
  kind: K,
  ids: readonly string[],
): AsyncGenerator<ExportRows[K]> {
  for (let start = 0; start < ids.length; start += BATCH_ROWS) {
    yield* await SOURCES[kind].load(ctx, ids.slice(start, start + BATCH_ROWS));
  }
}
