// Reads whole rows and holds them until the transaction ends, in one statement: Prisma cannot say FOR UPDATE, and to
// lock first and read afterwards is a second round trip. Columns are the schema's fields by its naming rule.
import {
  type Approval,
  type ApprovalStep,
  type Company,
  type Contract,
  type Customer,
  type EscalationCase,
  type ImportJob,
  type Instalment,
  Prisma,
  type Receipt,
  type UnclaimedMoney,
} from '../generated/prisma/client.js';
import type { Tx } from './client.js';

interface Rows {
  approval: Approval;
  approval_step: ApprovalStep;
  company: Company;
  contract: Contract;
  customer: Customer;
  escalation_case: EscalationCase;
  import_job: ImportJob;
  instalment: Instalment;
  receipt: Receipt;
  unclaimed_money: UnclaimedMoney;
}

/** A table whose rows can be locked. */
export type LockableTable = keyof Rows;

const FIELDS: Record<LockableTable, Record<string, string>> = {
  approval: Prisma.ApprovalScalarFieldEnum,
  approval_step: Prisma.ApprovalStepScalarFieldEnum,
  company: Prisma.CompanyScalarFieldEnum,
  contract: Prisma.ContractScalarFieldEnum,
  customer: Prisma.CustomerScalarFieldEnum,
  escalation_case: Prisma.EscalationCaseScalarFieldEnum,
  import_job: Prisma.ImportJobScalarFieldEnum,
  instalment: Prisma.InstalmentScalarFieldEnum,
  receipt: Prisma.ReceiptScalarFieldEnum,
  unclaimed_money: Prisma.UnclaimedMoneyScalarFieldEnum,
};

/**
 * All columns of a table under the names of its fields, for SELECT and RETURNING; `as` is what the table is called there,
 * `prefix` begins the names where another table's are beside them.
 */
export function columnsOf(table: LockableTable, as: string = table, prefix = ''): Prisma.Sql {
  const columns = Object.values(FIELDS[table]).map(
    (field) => `${as}.${columnName(field)} AS "${prefix}${field}"`,
  );
  return Prisma.raw(columns.join(', '));
}

/** Every person's column ends in `_by`, every other one is its field in snake case (test/db/lock-rows.test.ts). */
function columnName(field: string): string {
  const name = field === 'onBehalfOfId' ? 'onBehalfOf' : field.replace(/ById$/, 'By');
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The fields of one of two tables that were read side by side. */
export const fieldsOf = <T extends LockableTable>(row: object, table: T, prefix: string): Rows[T] =>
  Object.fromEntries(
    Object.values(FIELDS[table]).map((field) => [field, Reflect.get(row, `${prefix}${field}`)]),
  ) as Rows[T];

/** The rows of a table that meet the condition, in the order of their ids, held until the transaction ends. */
export function lockRows<T extends LockableTable>(
  tx: Tx,
  table: T,
  condition: Prisma.Sql,
): Promise<Rows[T][]> {
  return tx.$queryRaw<Rows[T][]>`
    SELECT ${columnsOf(table)} FROM ${Prisma.raw(table)} WHERE ${condition} ORDER BY id FOR UPDATE`;
}

/** One row by its id, held until the transaction ends. */
export async function lockRow<T extends LockableTable>(
  tx: Tx,
  table: T,
  id: string,
): Promise<Rows[T] | null> {
  const [row] = await lockRows(tx, table, Prisma.sql`id = ${id}::uuid`);
  return row ?? null;
}
