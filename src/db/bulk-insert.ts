// Many rows in one statement: as Prisma's createMany, at a tenth of its time, and without blocking the process for the
// length of the list. Knows columns and their types only.
import { Prisma } from '../generated/prisma/client.js';
import { recordsParam } from './bulk-records.js';
import type { Tx } from './client.js';

const AUTHORED = {
  createdAt: 'created_at timestamptz',
  createdById: 'created_by uuid',
  updatedAt: 'updated_at timestamptz',
  updatedById: 'updated_by uuid',
} as const;

/** Field by field: the column and its type. What a table has beyond these takes its default. */
const TABLES = {
  customer: {
    id: 'id uuid',
    code: 'code text',
    name: 'name text',
    shortName: 'short_name text',
    type: 'type text',
    industry: 'industry text',
    contacts: 'contacts jsonb',
    address: 'address text',
    taxTitle: 'tax_title text',
    taxNo: 'tax_no text',
    bank: 'bank text',
    bankAccount: 'bank_account text',
    remark: 'remark text',
    defaultTermDays: 'default_term_days int',
    defaultTemplateId: 'default_template_id uuid',
    creditLimit: 'credit_limit bigint',
    autoApplyById: 'auto_apply_by uuid',
    relatedPayers: 'related_payers text[]',
    status: 'status "CustomerStatus"',
    searchText: 'search_text text',
    searchGrams: 'search_grams text[]',
    ownerId: 'owner_id uuid',
    ...AUTHORED,
  },
  contract: {
    id: 'id uuid',
    number: 'number text',
    name: 'name text',
    customerId: 'customer_id uuid',
    type: 'type text',
    amount: 'amount bigint',
    currency: 'currency text',
    signedOn: 'signed_on date',
    startsOn: 'starts_on date',
    endsOn: 'ends_on date',
    paymentMethod: 'payment_method text',
    status: 'status "ContractStatus"',
    planIncomplete: 'plan_incomplete boolean',
    ownerId: 'owner_id uuid',
    financeOwnerId: 'finance_owner_id uuid',
    parentContractId: 'parent_contract_id uuid',
    remark: 'remark text',
    searchText: 'search_text text',
    ...AUTHORED,
  },
  milestone: {
    id: 'id uuid',
    contractId: 'contract_id uuid',
    kind: 'kind text',
    expectedOn: 'expected_on date',
    createdAt: 'created_at timestamptz',
    updatedAt: 'updated_at timestamptz',
  },
  instalment: {
    id: 'id uuid',
    contractId: 'contract_id uuid',
    customerId: 'customer_id uuid',
    seq: 'seq int',
    name: 'name text',
    amount: 'amount bigint',
    currency: 'currency text',
    outstanding: 'outstanding bigint',
    plannedMethod: 'planned_method text',
    dueOn: 'due_on date',
    originalDueOn: 'original_due_on date',
    postponedTo: 'postponed_to date',
    effectiveDue: 'effective_due date',
    dueSource: 'due_source "DueSource"',
    anchorKind: 'anchor_kind text',
    anchorOffset: 'anchor_offset jsonb',
    roll: 'roll text',
    remindDaysAhead: 'remind_days_ahead int',
    firstRemindOn: 'first_remind_on date',
    isRetention: 'is_retention boolean',
    templateId: 'template_id uuid',
    lifecycle: 'lifecycle "InstalmentLifecycle"',
    openedOn: 'opened_on date',
    begunOn: 'begun_on date',
    termsSince: 'terms_since date',
    ownerId: 'owner_id uuid',
    remark: 'remark text',
    ...AUTHORED,
  },
  instalment_revision: {
    id: 'id uuid',
    instalmentId: 'instalment_id uuid',
    validFrom: 'valid_from date',
    recordedAt: 'recorded_at timestamptz',
    amount: 'amount bigint',
    dueOn: 'due_on date',
    postponedTo: 'postponed_to date',
    ownerId: 'owner_id uuid',
    lifecycle: 'lifecycle "InstalmentLifecycle"',
    cause: 'cause text',
  },
  receipt: {
    id: 'id uuid',
    number: 'number text',
    customerId: 'customer_id uuid',
    contractId: 'contract_id uuid',
    kind: 'kind "ReceiptKind"',
    amount: 'amount bigint',
    currency: 'currency text',
    unapplied: 'unapplied bigint',
    method: 'method text',
    receivedOn: 'received_on date',
    payerName: 'payer_name text',
    bankSlipNo: 'bank_slip_no text',
    bankTxnId: 'bank_txn_id text',
    originalAmount: 'original_amount bigint',
    originalCurrency: 'original_currency text',
    rate: 'rate text',
    billNo: 'bill_no text',
    billDueOn: 'bill_due_on date',
    remark: 'remark text',
    splitByHand: 'split_by_hand boolean',
    unclaimedId: 'unclaimed_id uuid',
    importId: 'import_id uuid',
    status: 'status "ReceiptStatus"',
    recordedById: 'recorded_by uuid',
    lastEditedById: 'last_edited_by uuid',
    createdAt: 'created_at timestamptz',
    updatedAt: 'updated_at timestamptz',
    updatedById: 'updated_by uuid',
  },
  allocation: {
    id: 'id uuid',
    receiptId: 'receipt_id uuid',
    instalmentId: 'instalment_id uuid',
    amount: 'amount bigint',
    createdAt: 'created_at timestamptz',
  },
  approval: {
    id: 'id uuid',
    subjectType: 'subject_type text',
    subjectId: 'subject_id uuid',
    subjectVersion: 'subject_version int',
    requestedById: 'requested_by uuid',
    flowKey: 'flow_key text',
    ownerId: 'owner_id uuid',
    involvedIds: 'involved_ids uuid[]',
    askedAt: 'asked_at timestamptz',
    createdAt: 'created_at timestamptz',
    updatedAt: 'updated_at timestamptz',
  },
  approval_step: {
    id: 'id uuid',
    approvalId: 'approval_id uuid',
    seq: 'seq int',
    mode: 'mode text',
    approverRoles: 'approver_roles text[]',
    approverIds: 'approver_ids uuid[]',
    namedIds: 'named_ids uuid[]',
  },
  import_row: {
    jobId: 'job_id uuid',
    line: 'line int',
    groupLine: 'group_line int',
    rowKey: 'row_key text',
    cells: 'cells text[]',
    fields: 'fields jsonb',
    outcome: 'outcome text',
    errors: 'errors jsonb',
    ownerId: 'owner_id uuid',
  },
  audit_log: {
    id: 'id uuid',
    at: 'at timestamptz',
    actorId: 'actor_id uuid',
    action: 'action text',
    subjectType: 'subject_type text',
    subjectId: 'subject_id uuid',
    before: 'before jsonb',
    after: 'after jsonb',
    requestId: 'request_id text',
  },
} as const satisfies Record<string, Record<string, string>>;

interface BulkRows {
  customer: Prisma.CustomerCreateManyInput;
  contract: Prisma.ContractCreateManyInput;
  milestone: Prisma.MilestoneCreateManyInput;
  instalment: Prisma.InstalmentCreateManyInput;
  instalment_revision: Prisma.InstalmentRevisionCreateManyInput;
  receipt: Prisma.ReceiptCreateManyInput;
  allocation: Prisma.AllocationCreateManyInput;
  approval: Prisma.ApprovalCreateManyInput;
  approval_step: Prisma.ApprovalStepCreateManyInput;
  import_row: Prisma.ImportRowCreateManyInput;
  audit_log: Prisma.AuditLogCreateManyInput;
}

/** Inserts the rows, as `bulkStatement` writes them. */
export async function bulkInsert<T extends keyof BulkRows>(
  tx: Tx,
  table: T,
  rows: readonly BulkRows[T][],
): Promise<void> {
  const statement = bulkStatement(table, rows);
  if (statement) await tx.$executeRaw(statement);
}

/**
 * The statement that inserts the rows; null for none. A field that no row has takes the column's default; one that only some have is null in the others.
 * @throws RangeError for a field that is not in the table above
 */
export function bulkStatement<T extends keyof BulkRows>(
  table: T,
  rows: readonly BulkRows[T][],
): Prisma.Sql | null {
  if (rows.length === 0) return null;
  const known: Record<string, string> = TABLES[table];
  const present = new Set<string>();
  for (const row of rows) for (const field in row) present.add(field);
  const columns = [...present].map((field) => {
    const column = known[field];
    if (column === undefined) throw new RangeError(`${table} has no ${field} in bulk-insert.ts`);
    return {
      name: column.slice(0, column.indexOf(' ')),
      type: column.slice(column.indexOf(' ') + 1),
      values: rows.map((row) => (row as Record<string, unknown>)[field]),
    };
  });
  const names = Prisma.raw(columns.map(({ name }) => `"${name}"`).join(', '));
  return Prisma.sql`
    INSERT INTO ${Prisma.raw(`"${table}"`)} (${names}) SELECT ${names} FROM ${recordsParam(columns)} AS made`;
}
