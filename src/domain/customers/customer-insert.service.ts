// Writes new customers, one or thousands: the same columns, search text and audit whoever makes them.
import type { Ctx } from '../../ctx.js';
import { bulkStatement } from '../../db/bulk-insert.js';
import type { Tx } from '../../db/client.js';
import { sendInTurn } from '../../db/send-in-turn.js';
import { type AuditEntry, auditRows } from '../audit.service.js';
import { trailStatement } from '../save-traces.service.js';
import { searchGramsOf, searchTextOf } from '../search.js';
import type { ParsedCustomer } from './customer.js';

export interface NewCustomer {
  readonly id: string;
  readonly code: string;
  readonly ownerId: string;
  readonly input: ParsedCustomer;
  /** As `searchTextOfCustomer` gives it: slow enough to be made before the transaction where there are many. */
  readonly searchText: string;
  /** As `searchColumns` gives them, where they were made with it. */
  readonly searchGrams?: string[] | undefined;
  /** Minor units of the base currency. */
  readonly creditLimit?: bigint | null;
}

/** Everything that a search finds a customer by; `merged`: codes and names of customers that became this one. */
export function searchTextOfCustomer(
  code: string,
  customer: ParsedCustomer,
  merged: readonly (string | null)[] = [],
): string {
  const { name, shortName, taxNo, contacts, relatedPayers } = customer;
  const people = contacts.flatMap((contact) => [contact.name, contact.phone]);
  // Of a person's name no pinyin: two letters would find too much that nobody meant.
  const exact = [code, taxNo, ...people, ...relatedPayers].flatMap((word) =>
    word ? [word.normalize('NFKC').toLowerCase()] : [],
  );
  return [searchTextOf(name, shortName, ...merged), ...exact].join(' ');
}

/** The text and the pairs in it: the two columns belong together. */
export const searchColumns = (searchText: string) => ({ searchText, searchGrams: searchGramsOf(searchText) });

/** The database takes these while the next are written: their texts are long. */
const WRITTEN_AT_ONCE = 500;

/** The caller has checked that the names are free and that the actor may. */
export async function insertCustomers(tx: Tx, ctx: Ctx, customers: readonly NewCustomer[]): Promise<void> {
  const parts: (readonly NewCustomer[])[] = [];
  for (let start = 0; start < customers.length; start += WRITTEN_AT_ONCE)
    parts.push(customers.slice(start, start + WRITTEN_AT_ONCE));
  await sendInTurn(tx, [
    ...parts.map((part) => () => {
      const rows = part.map((customer) => customerColumns(ctx, customer));
      return bulkStatement('customer', rows);
    }),
    () => trailStatement(auditRows(ctx, customers.map(customerCreated))),
  ]);
}

function customerColumns(ctx: Ctx, customer: NewCustomer) {
  const { input, searchText, searchGrams } = customer;
  // Each field by its name: copied, 100,000 of them take a second.
  return {
    id: customer.id,
    code: customer.code,
    name: input.name,
    shortName: input.shortName,
    type: input.type,
    industry: input.industry,
    contacts: input.contacts,
    address: input.address,
    taxTitle: input.taxTitle,
    taxNo: input.taxNo,
    bank: input.bank,
    bankAccount: input.bankAccount,
    remark: input.remark,
    defaultTermDays: input.defaultTermDays,
    defaultTemplateId: input.defaultTemplateId,
    relatedPayers: input.relatedPayers,
    status: input.status,
    ownerId: customer.ownerId,
    creditLimit: customer.creditLimit ?? null,
    searchText,
    searchGrams: searchGrams ?? searchGramsOf(searchText),
    createdAt: ctx.now,
    createdById: ctx.actor.id,
    updatedAt: ctx.now,
    updatedById: ctx.actor.id,
  };
}

const customerCreated = ({ id, code, ownerId, input, creditLimit = null }: NewCustomer): AuditEntry => ({
  action: 'customer.created',
  subjectType: 'customer',
  subjectId: id,
  after: { code, ownerId, ...input, ...(creditLimit !== null && { creditLimit }) },
});
