// What becomes of the rows of one contract: all of them together, or none. Pure.
import { MAX_CONTRACT_ROWS } from './fields.js';
import { asStaged, type Decision, decided, failed, type Remembered, type StagedRow } from './import-row.js';
import type { ContractPart } from './read-contract-row.js';
import type { RowError, RowErrorCode } from './read-values.js';

/** A customer that rows may be about, in the importer's scope. */
export interface CustomerRef {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly status: string;
}

/** Finds a customer by code or name: none, one, or several. */
export type FindCustomer = (ref: string) => readonly CustomerRef[];

export interface KnownContract {
  readonly id: string;
  readonly customerId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly ownerId: string;
  readonly editable: boolean;
  readonly deleted: boolean;
  /** Present values of what an import may change, without empty ones. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A contract that is to be made. */
export interface FreshContract {
  readonly customerId: string;
  readonly ownerId: string;
  readonly type: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly signedOn: string | null;
  readonly plan: readonly PlannedPart[];
}

export interface ContractFacts extends Remembered {
  readonly findCustomer: FindCustomer;
  readonly byNumber: ReadonlyMap<string, KnownContract>;
  /** One that this file has not made, with the customer, amount and signing day of one without a number. */
  readonly twinOf: (
    fresh: Omit<FreshContract, 'ownerId' | 'plan'>,
  ) => { readonly number: string } | undefined;
  /** Who may own a contract. */
  readonly owners: ReadonlySet<string>;
  readonly mayImportFor: (ownerId: string) => boolean;
  /** Contracts are to be in force at once: why this one may not be, or null. */
  readonly refusesForce: ((fresh: FreshContract) => Omit<RowError, 'field'> | null) | null;
}

/** What a second import may say otherwise, as long as the contract is a draft. Never money, never the customer. */
export const EDITABLE = [
  'name',
  'type',
  'signedOn',
  'startsOn',
  'endsOn',
  'paymentMethod',
  'remark',
] as const;

export function decideContract(rows: readonly StagedRow[], facts: ContractFacts): Decision[] {
  const staged = rows.map(asStaged);
  const wrong = rows.find((_row, index) => staged[index]?.outcome === 'error');
  if (wrong)
    return rows.map((row, index) => staged[index] ?? failed(row, 'group', null, { line: wrong.line }));
  if (staged.every((decision) => decision !== null)) return staged;
  const all = (code: RowErrorCode, field: string | null, params = {}) =>
    rows.map((row) => failed(row, code, field, params));
  const [leader] = rows;
  if (!leader) return [];
  if (rows.length > MAX_CONTRACT_ROWS) return all('contract_rows', 'number', { max: MAX_CONTRACT_ROWS });
  const customer = String(leader.fields.customer);
  const found = facts.findCustomer(customer);
  const [known] = found;
  if (!known) return all('customer_unknown', 'customer', { value: customer });
  if (found.length > 1) return all('customer_ambiguous', 'customer', { value: customer });
  const differs = rows.some(
    ({ fields }) =>
      fields.amount !== leader.fields.amount ||
      fields.currency !== leader.fields.currency ||
      facts.findCustomer(String(fields.customer))[0]?.id !== known.id,
  );
  if (differs) return all('contract_mixed', null);
  const number = typeof leader.fields.number === 'string' ? leader.fields.number : null;
  const present = number === null ? undefined : facts.byNumber.get(number);
  // The number of a draft that was deleted is free again, for whoever could have deleted it.
  if (present?.deleted && !facts.mayImportFor(present.ownerId))
    return all('number_taken', 'number', { number });
  if (present && !present.deleted) return decideKnown(rows, leader, known, present, facts);
  const before =
    (number === null ? facts.byKey.get(leader.rowKey) : undefined) ??
    // This line of this very file: the columns may have been taken for others than now.
    rows.map((row) => facts.byLine.get(row.line)).find((id) => id !== undefined);
  if (before !== undefined) return rows.map((row) => decided(row, 'duplicate', { subjectId: before }));
  if (known.status !== 'active') return all('customer_frozen', 'customer', { name: known.name });
  const unfit = rows.find(({ fields }) => fields.isVoid === true || fields.adjusted !== undefined);
  if (unfit) return rows.map((row) => refuseUnfit(row, unfit.line));
  const { type, currency, signedOn = null } = leader.fields as Record<string, string | undefined>;
  const amount = BigInt(String(leader.fields.amount));
  const said = { customerId: known.id, type: String(type), amount, currency: String(currency), signedOn };
  const twin = number === null ? facts.twinOf(said) : undefined;
  if (twin) return all('contract_suspected', 'amount', { number: twin.number });
  const ownerId = leader.ownerId ?? known.ownerId;
  if (!facts.owners.has(ownerId))
    return all(leader.ownerId === null ? 'owner_missing' : 'owner_cannot', 'owner');
  if (!facts.mayImportFor(ownerId)) return all('owner_scope', 'owner');
  const plan = planOf(rows);
  if (!plan) return all('plan_part', 'partAmount');
  const sum = plan.reduce((total, part) => total + part.amount, 0n);
  if (sum > amount || plan.length > MAX_INSTALMENTS) return rows.map((row) => refusePlan(row, rows));
  const refused = facts.refusesForce?.({ ...said, ownerId, plan });
  if (refused) return all(refused.code, null, refused.params);
  return rows.map((row) => decided(row, 'new', { customerId: known.id, ownerId }));
}

/** What is void or was written off would be owed again: it is left out, or its amount said to be owed, by a person. */
function refuseUnfit(row: StagedRow, line: number): Decision {
  if (row.fields.isVoid === true) return failed(row, 'part_void', 'partState');
  return typeof row.fields.adjusted === 'string'
    ? failed(row, 'part_adjusted', 'partAdjusted', { amount: row.fields.adjusted })
    : failed(row, 'group', null, { line });
}

/** Too much for the contract: a row that looks right by itself says which other one it was added up with. */
function refusePlan(row: StagedRow, rows: readonly StagedRow[]): Decision {
  const other = rows.find(({ fields }) => fields.name !== row.fields.name);
  return other
    ? failed(row, 'plan_exceeds_named', 'number', { line: other.line })
    : failed(row, 'plan_exceeds', 'partAmount');
}

function decideKnown(
  rows: readonly StagedRow[],
  leader: StagedRow,
  customer: CustomerRef,
  present: KnownContract,
  facts: ContractFacts,
): Decision[] {
  const number = String(leader.fields.number);
  if (!facts.mayImportFor(present.ownerId))
    return rows.map((row) => failed(row, 'number_taken', 'number', { number }));
  const same =
    present.customerId === customer.id &&
    present.currency === leader.fields.currency &&
    present.amount.toString() === leader.fields.amount;
  if (!same) return rows.map((row) => failed(row, 'contract_differs', 'amount', { number }));
  const changes = present.editable ? contractChanges(leader, present) : {};
  const { startsOn, endsOn } = { ...present.fields, ...changes };
  if (typeof startsOn === 'string' && typeof endsOn === 'string' && endsOn < startsOn)
    return rows.map((row) => failed(row, 'ends_before_start', 'endsOn', { start: startsOn }));
  const changed = Object.keys(changes).length > 0;
  return rows.map((row) =>
    // One row carries the change, the others of the contract say the same.
    decided(row, changed && row === leader ? 'changed' : 'duplicate', { subjectId: present.id }),
  );
}

/** The editable fields in which the file says something else; an empty cell says nothing. */
export function contractChanges(
  row: Pick<StagedRow, 'fields'>,
  present: Pick<KnownContract, 'fields'>,
): Record<string, unknown> {
  return Object.fromEntries(
    EDITABLE.flatMap((key) => {
      const value = row.fields[key];
      return value === undefined || value === present.fields[key] ? [] : [[key, value] as const];
    }),
  );
}

const MAX_INSTALMENTS = 60;

export interface PlannedPart {
  readonly name: string | null;
  readonly amount: bigint;
  readonly dueOn: string | null;
}

/**
 * The instalments of a contract's rows in their order, or as the file numbers them. One without an amount is the whole contract, if it is the only one.
 * @returns null where an amount is missing
 */
export function planOf(rows: readonly Pick<StagedRow, 'fields'>[]): PlannedPart[] | null {
  const place = ({ fields }: Pick<StagedRow, 'fields'>) => Number(fields.partSeq ?? 0);
  const parts = rows
    .toSorted((a, b) => place(a) - place(b))
    .flatMap(({ fields }) => (fields.parts ?? []) as ContractPart[]);
  const whole = BigInt(String(rows[0]?.fields.amount ?? '0'));
  if (parts.length > 1 && parts.some((part) => part.amount === null)) return null;
  return parts.map(({ name, amount, dueOn }) => ({
    name,
    amount: amount === null ? whole : BigInt(amount),
    dueOn,
  }));
}
