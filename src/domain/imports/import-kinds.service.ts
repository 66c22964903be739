// The kinds of import behind one shape: decide about rows, prepare what must not be made in a transaction, apply.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { ImportJob } from '../../generated/prisma/client.js';
import { contractsImport } from './contracts-import.service.js';
import { customersImport } from './customers-import.service.js';
import type { ImportKind } from './fields.js';
import type { Decision, Outcome, StagedRow } from './import-row.js';
import type { KindWork } from './kind-work.service.js';
import type { RowError } from './read-values.js';
import { receiptsImport } from './receipts-import.service.js';

const KINDS: Record<ImportKind, KindWork> = {
  customers: customersImport,
  contracts: contractsImport,
  receipts: receiptsImport('receipts'),
  opening: receiptsImport('opening'),
};

export const workOf = (kind: ImportKind): KindWork => KINDS[kind];

/** Whole groups after the one of line `after`, of `atLeast` rows together (fewer at the end). */
interface RowPage {
  readonly after: number;
  readonly atLeast: number;
}

/** The rows of a page, in order. */
export async function readRows(
  tx: Tx | Ctx['db'],
  jobId: string,
  { after, atLeast }: RowPage,
): Promise<StagedRow[]> {
  const rows = await tx.$queryRaw<(Omit<StagedRow, 'errors'> & { errors: RowError[] | null })[]>`
    SELECT r.line, r.group_line AS "groupLine", r.row_key AS "rowKey", r.fields, r.owner_id::text AS "ownerId", r.outcome,
      r.errors
    FROM import_row r
    WHERE r.job_id = ${jobId}::uuid AND r.group_line > ${after} AND r.group_line <= (
      SELECT MAX(g.group_line) FROM (SELECT group_line FROM import_row
        WHERE job_id = ${jobId}::uuid AND group_line > ${after} ORDER BY group_line LIMIT ${atLeast}) g)
    ORDER BY r.line`;
  return rows.map((row) => ({ ...row, errors: row.errors ?? [] }));
}

/** Decides about the rows of whole groups; `lastGroup` is null where there are none. */
export async function decideRows(
  tx: Tx,
  ctx: Ctx,
  job: ImportJob,
  kind: ImportKind,
  rows: readonly StagedRow[],
): Promise<{ decisions: Decision[]; lastGroup: number | null }> {
  const decisions = rows.length === 0 ? [] : await workOf(kind).decide(tx, ctx, job, rows);
  const lastGroup = rows.reduce<number | null>((last, row) => Math.max(last ?? 0, row.groupLine), null);
  return { decisions, lastGroup };
}

/** Keeps decisions with their rows; `done` when they have been carried out. */
export async function saveDecisions(
  tx: Tx,
  jobId: string,
  decisions: readonly Decision[],
  doneAt: Date | null = null,
): Promise<void> {
  if (decisions.length === 0) return;
  const json = JSON.stringify(
    decisions.map(({ line, outcome, errors, customerId, subjectId }) => ({
      line,
      outcome,
      ...(errors.length > 0 && { errors }),
      ...(customerId !== null && { customer: customerId }),
      ...(subjectId !== null && { subject: subjectId }),
    })),
  );
  await tx.$executeRaw`
    UPDATE import_row r SET outcome = d.outcome, errors = d.errors, customer_id = d.customer, subject_id = d.subject,
      done_at = ${doneAt}
    FROM json_to_recordset(${json}::json)
      AS d(line int, outcome text, errors jsonb, customer uuid, subject uuid)
    WHERE r.job_id = ${jobId}::uuid AND r.line = d.line`;
}

export const countOutcomes = (decisions: readonly Decision[]): Record<Outcome, number> => {
  const counts = { new: 0, changed: 0, duplicate: 0, error: 0 };
  for (const decision of decisions) counts[decision.outcome] += 1;
  return counts;
};
