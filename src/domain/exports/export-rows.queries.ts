// The rows of an export: first the ids of all that the reader may see, in the list's order, then the rows some at a time,
// so that a file of 100,000 rows needs the memory of one batch. Reads only, with the list's own filter.
import type { ReadCtx } from '../../ctx.js';
import {
  type ContractRow,
  listAllContractIds,
  loadContractRows,
} from '../contracts/contract-list.queries.js';
import { type CustomerRow, listAllCustomerIds, loadCustomerRows } from '../customers/customer.queries.js';
import {
  type FollowUpRow,
  listAllFollowUpIds,
  loadFollowUpRows,
} from '../follow-ups/follow-up-list.queries.js';
import { type InstalmentRowData, listAllRowIds, loadRows } from '../plans/instalment.queries.js';
import { listAllReceiptIds, loadReceiptRows, type ReceiptRowData } from '../receipts/receipt.queries.js';
import { listAllUnclaimedIds, loadUnclaimed, type UnclaimedFacts } from '../receipts/unclaimed.queries.js';
import { todoFilter } from '../reminders/todo.queries.js';
import {
  type ContractFacts,
  type CustomerFacts,
  type PlanFacts,
  type ReceiptFacts,
  readContractFacts,
  readCustomerFacts,
  readPlanFacts,
  readReceiptFacts,
} from './export-facts.queries.js';
import { EXPORT_FILTERS, type ExportFilter, type ExportKind } from './export-kinds.js';

/** A file with more rows is refused: whoever needs them narrows the list. */
export const MAX_EXPORT_ROWS = 100_000;
const BATCH_ROWS = 1000;

type PlanRow = InstalmentRowData & PlanFacts & ContractFacts;

/** What a row of each file is made of. */
export interface ExportRows {
  readonly customer: CustomerRow & CustomerFacts;
  readonly contract: ContractRow & ContractFacts;
  readonly plan: PlanRow;
  readonly receipt: ReceiptRowData & ReceiptFacts;
  readonly todo: PlanRow;
  readonly unclaimed: UnclaimedFacts;
  readonly follow_up: FollowUpRow;
}

interface Source<K extends ExportKind> {
  readonly ids: (ctx: ReadCtx, filter: ExportFilter<K>, limit: number) => Promise<string[]>;
  readonly load: (ctx: ReadCtx, ids: readonly string[]) => Promise<ExportRows[K][]>;
}

/** Rows with what was entered besides; one that is gone since they were loaded is left out. */
const joined = <Row extends object, Facts>(
  rows: readonly Row[],
  facts: ReadonlyMap<string, Facts>,
  idOf: (row: Row) => string,
): (Row & Facts)[] =>
  rows.flatMap((row) => {
    const more = facts.get(idOf(row));
    return more ? [{ ...more, ...row }] : [];
  });

const loadPlanRows = async (ctx: ReadCtx, ids: readonly string[]): Promise<PlanRow[]> => {
  const rows = await loadRows(ctx, ids);
  const contracts = await readContractFacts(ctx, [...new Set(rows.map((row) => row.contractId))]);
  const withFacts = joined(rows, await readPlanFacts(ctx, ids), (row) => row.id);
  return joined(withFacts, contracts, (row) => row.contractId);
};

const SOURCES: { readonly [K in ExportKind]: Source<K> } = {
  customer: {
    ids: listAllCustomerIds,
    load: async (ctx, ids) =>
      joined(await loadCustomerRows(ctx, ids), await readCustomerFacts(ctx, ids), (row) => row.id),
  },
  contract: {
    ids: listAllContractIds,
    load: async (ctx, ids) =>
      joined(await loadContractRows(ctx, ids), await readContractFacts(ctx, ids), (row) => row.id),
  },
  plan: { ids: listAllRowIds, load: loadPlanRows },
  receipt: {
    ids: listAllReceiptIds,
    load: async (ctx, ids) =>
      joined(await loadReceiptRows(ctx, ids), await readReceiptFacts(ctx, ids), (row) => row.id),
  },
  todo: { ids: (ctx, filter, limit) => listAllRowIds(ctx, todoFilter(filter), limit), load: loadPlanRows },
  unclaimed: {
    ids: (ctx, _filter, limit) => listAllUnclaimedIds(ctx, limit),
    load: loadUnclaimed,
  },
  follow_up: { ids: listAllFollowUpIds, load: loadFollowUpRows },
};

/** A filter as a job keeps it. @throws ZodError for what no form has written */
export const readExportFilter = <K extends ExportKind>(kind: K, filter: unknown): ExportFilter<K> =>
  EXPORT_FILTERS[kind].parse(filter) as ExportFilter<K>;

/** Ids of what the reader may see, in the list's order, and never one more than is needed to refuse it. */
export function listExportIds<K extends ExportKind>(
  ctx: ReadCtx,
  kind: K,
  filter: ExportFilter<K>,
  limit = MAX_EXPORT_ROWS + 1,
): Promise<string[]> {
  return SOURCES[kind].ids(ctx, filter, limit);
}

/** The rows of these ids, some at a time; what is gone meanwhile is left out. */
export async function* loadExportRows<K extends ExportKind>(
  ctx: ReadCtx,
  kind: K,
  ids: readonly string[],
): AsyncGenerator<ExportRows[K]> {
  for (let start = 0; start < ids.length; start += BATCH_ROWS) {
    yield* await SOURCES[kind].load(ctx, ids.slice(start, start + BATCH_ROWS));
  }
}
