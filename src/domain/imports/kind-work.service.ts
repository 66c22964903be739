// What each kind of import does with its rows.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { ImportJob } from '../../generated/prisma/client.js';
import type { ParsedContract } from '../contracts/contract.js';
import type { ParsedCustomer } from '../customers/customer.js';
import type { NumberedKind } from '../numbering.service.js';
import type { PlanRow } from '../plans/plan.js';
import type { Decision, StagedRow } from './import-row.js';

export interface DecidedRow {
  readonly row: StagedRow;
  readonly decision: Decision;
}

/** By line: what was made before the transaction (numbers, search texts). */
export type Prepared = ReadonlyMap<number, PreparedRow>;

interface PreparedRow {
  readonly number: string;
  readonly searchText: string;
  /** Of a customer: the pairs of letters in its text, and what its row says, checked. */
  readonly searchGrams?: string[];
  readonly customer?: ParsedCustomer;
  /** Of a contract: what its rows say, checked; whose customer it is follows from the decision. */
  readonly contract?: { readonly input: ParsedContract; readonly plan: readonly PlanRow[] };
}

export interface KindWork {
  /** The field of a number that a file may bring itself, and what counts them. */
  readonly numbered?: { readonly field: string; readonly counter: NumberedKind };
  /** A decision a row, in order; a constant number of statements, whatever the number of rows. */
  decide(tx: Tx, ctx: Ctx, job: ImportJob, rows: readonly StagedRow[]): Promise<Decision[]>;
  /** Numbers are taken and slow texts made outside of the transaction; a row that is not new after all leaves a gap. */
  prepare(ctx: Ctx, job: ImportJob, rows: readonly StagedRow[]): Promise<Prepared>;
  /** Carries out what is new or changed. */
  apply(tx: Tx, ctx: Ctx, job: ImportJob, rows: readonly DecidedRow[], prepared: Prepared): Promise<void>;
}
