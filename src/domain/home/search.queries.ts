// Finds customers, contracts and receipts by the same words: the search of /hk. Within the reader's scope; reads only.
import type { Ctx } from '../../ctx.js';
import { type ContractRow, findContracts } from '../contracts/contract-list.queries.js';
import { type CustomerRow, findCustomers } from '../customers/customer.queries.js';
import { findReceipts, type ReceiptRowData } from '../receipts/receipt.queries.js';

export interface Found {
  readonly customers: readonly CustomerRow[];
  readonly contracts: readonly ContractRow[];
  readonly receipts: readonly ReceiptRowData[];
  /** Of all pages. */
  readonly total: number;
}

const EACH = 4;

/** The newest few of each kind that hold every word (also pinyin and initials); nothing for no words. */
export async function findEverywhere(ctx: Ctx, words: string): Promise<Found> {
  if (words.trim() === '') return { customers: [], contracts: [], receipts: [], total: 0 };
  const [customers, contracts, receipts] = await Promise.all([
    findCustomers(ctx, { words }),
    findContracts(ctx, { words }),
    findReceipts(ctx, { words }, { number: 1, size: EACH }),
  ]);
  return {
    customers: customers.rows.slice(0, EACH),
    contracts: contracts.rows.slice(0, EACH),
    receipts: receipts.rows,
    total: customers.total + contracts.total + receipts.total,
  };
}
