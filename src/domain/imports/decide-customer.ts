// What becomes of a row of customers: known by its name; a code may belong to nobody else. Pure.
import { MAX_CONTACTS } from '../customers/customer.js';
import { asStaged, type Decision, decided, failed, type StagedRow } from './import-row.js';

/** A customer that is there already. */
export interface KnownCustomer {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly ownerId: string;
  /** Its present values of the fields that a file may hold, without empty ones. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface CustomerFacts {
  /** As `twinKey` compares names. */
  readonly byName: (name: string) => KnownCustomer | undefined;
  readonly byTaxNo: ReadonlyMap<string, KnownCustomer>;
  readonly byCode: ReadonlyMap<string, KnownCustomer>;
  /** The one that stayed of customers that were merged, by a name of one that went. */
  readonly mergedByName: (name: string) => KnownCustomer | undefined;
  /** Codes of customers that are gone, never given anew: with the name, and the id, of the one each was merged into. */
  readonly goneByCode: ReadonlyMap<string, { readonly name: string; readonly intoId: string | null }>;
  /** Who may own a customer. */
  readonly owners: ReadonlySet<string>;
  readonly mayCreateFor: (ownerId: string) => boolean;
  readonly mayEdit: (ownerId: string) => boolean;
  readonly maySetCredit: boolean;
}

export function decideCustomer(row: StagedRow, facts: CustomerFacts): Decision {
  const staged = asStaged(row);
  if (staged) return staged;
  const name = String(row.fields.name);
  const code = typeof row.fields.code === 'string' ? row.fields.code : null;
  const known = facts.byName(name);
  const merged = known ? undefined : facts.mergedByName(name);
  const holder = code === null ? undefined : facts.byCode.get(code);
  if (holder && holder.id !== (known ?? merged)?.id)
    return failed(row, 'code_taken', 'code', { code: holder.code, name: holder.name });
  const gone = code === null || known ? undefined : facts.goneByCode.get(code);
  if (code !== null && gone && (!merged || gone.intoId !== merged.id))
    return failed(row, 'code_taken', 'code', { code, name: gone.name });
  // What it said was looked at when the two became one.
  if (merged)
    return facts.mayEdit(merged.ownerId)
      ? decided(row, 'duplicate', { subjectId: merged.id })
      : failed(row, 'customer_taken', 'name', { code: merged.code });
  const { taxNo } = row.fields;
  const taxed = typeof taxNo === 'string' ? facts.byTaxNo.get(taxNo) : undefined;
  if (taxed && taxed.id !== known?.id && known?.fields.taxNo !== taxNo)
    return failed(row, 'tax_taken', 'taxNo', { code: taxed.code });
  if (!known) {
    if (row.ownerId === null) return failed(row, 'owner_missing', 'owner');
    if (!facts.owners.has(row.ownerId)) return failed(row, 'owner_cannot', 'owner');
    if (!facts.mayCreateFor(row.ownerId)) return failed(row, 'owner_scope', 'owner');
    if (row.fields.creditLimit !== undefined && !facts.maySetCredit)
      return failed(row, 'credit_denied', 'creditLimit');
    return decided(row, 'new');
  }
  if (!facts.mayEdit(known.ownerId)) return failed(row, 'customer_taken', 'name', { code: known.code });
  const changes = changesOf(row, known);
  if (changes.creditLimit !== undefined && !facts.maySetCredit)
    return failed(row, 'credit_denied', 'creditLimit');
  if (Array.isArray(changes.contacts) && changes.contacts.length > MAX_CONTACTS)
    return failed(row, 'contacts_many', 'contactName', { max: MAX_CONTACTS });
  const changed = Object.keys(changes).length > 0;
  return decided(row, changed ? 'changed' : 'duplicate', { subjectId: known.id });
}

/** The fields in which the file says something else; an empty cell says nothing. Owner, name and code are never changed. */
export function changesOf(row: Pick<StagedRow, 'fields'>, known: KnownCustomer): Record<string, unknown> {
  const { code: _code, name: _name, contacts, ...fields } = row.fields;
  const changed = Object.entries(fields).filter(([key, value]) => known.fields[key] !== value);
  const merged = mergeContacts(contacts, known.fields.contacts);
  return { ...Object.fromEntries(changed), ...(merged && { contacts: merged }) };
}

/** The file's contact takes the place of the one of that name, or is added; null where it is there as it is. */
function mergeContacts(given: unknown, present: unknown): unknown[] | null {
  const [contact] = Array.isArray(given) ? given : [];
  if (!isContact(contact)) return null;
  const known = (Array.isArray(present) ? present : []).filter(isContact);
  const same = known.find(({ name }) => name === contact.name);
  if (!same) return [...known, { ...contact, isBilling: !known.some((other) => other.isBilling === true) }];
  const differs = Object.entries(contact).some(([key, value]) => key !== 'isBilling' && same[key] !== value);
  return differs ? known.map((other) => (other === same ? { ...other, ...contact } : other)) : null;
}

const isContact = (value: unknown): value is Record<string, unknown> & { name: string } =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
