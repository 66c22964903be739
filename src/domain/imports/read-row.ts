// One row of a file read into what it says, with everything that is wrong with it at once. Pure: what must be looked up
// (customers, contracts, duplicates) is checked afterwards for all rows together.
import type { ImportKind } from './fields.js';
import { readContractRow } from './read-contract-row.js';
import { readCustomerRow } from './read-customer-row.js';
import { readReceiptRow } from './read-receipt-row.js';
import { type ReadContext, type ReadRow, RowCells } from './row-cells.js';

const READERS: Record<ImportKind, (row: RowCells) => Omit<ReadRow, 'errors'>> = {
  customers: readCustomerRow,
  contracts: readContractRow,
  receipts: readReceiptRow,
  opening: readReceiptRow,
};

/** Reads one row. Never throws for what a file holds. */
export function readRow(kind: ImportKind, cells: readonly string[], context: ReadContext): ReadRow {
  const row = new RowCells(cells, context);
  return Object.assign(READERS[kind](row), { errors: row.errors });
}
