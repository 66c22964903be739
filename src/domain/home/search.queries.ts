// Finds customers, contracts and receipts by the same words: the search of /hk. Within the reader's scope; reads only.
import type { Ctx } from '../../ctx.js';
import { visibleOwners } from '../access.js';
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

/** Longest name that one would type. */
const TYPED_LENGTH = 20;

/** What one types to name this customer: a name cut short, or the short name, would not name it to every command. */
const typable = ({ name, code }: { name: string; code: string }): string =>
  [...name].length <= TYPED_LENGTH ? name : code;

/** Newest of the reader's scope, to show what a command looks like: an active contract, its customer, a receipt. */
export async function findExamples(
  ctx: Ctx,
): Promise<{ contract?: string; customer?: string; receipt?: string }> {
  const owners = visibleOwners(ctx.actor);
  const scope = owners === 'all' ? {} : { ownerId: { in: [...owners] } };
  const [contract, receipts] = await Promise.all([
    ctx.db.contract.findFirst({
      where: { status: 'active', deletedAt: null, ...scope },
      orderBy: { id: 'desc' },
      select: { number: true, customer: { select: { name: true, code: true } } },
    }),
    findReceipts(ctx, {}, { number: 1, size: 1 }),
  ]);
  const receipt = receipts.rows[0]?.number;
  return {
    ...(contract && {
      contract: contract.number,
      customer: typable(contract.customer),
    }),
    ...(receipt !== undefined && { receipt }),
  };
}
