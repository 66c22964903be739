// The kinds of import behind one shape: decide about rows, prepare what must not be made in a transaction, apply.
import type { Ctx } from '../../ctx.js';
import { jsonParam } from '../../db/bulk-insert.js';
import type { Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
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

type RawRow = Omit<StagedRow, 'errors'> & { errors: RowError[] | null };

const ROW = Prisma.sql`r.line, r.group_line AS "groupLine", r.row_key AS "rowKey", r.fields, r.owner_id::text AS "ownerId",
  r.outcome, r.errors`;
const rowOf = (row: RawRow): StagedRow => ({ ...row, errors: row.errors ?? [] });

/** The rows of a page, in order. */
export async function readRows(
  tx: Tx | Ctx['db'],
  jobId: string,
  { after, atLeast }: RowPage,
): Promise<StagedRow[]> {
  const rows = await tx.$queryRaw<RawRow[]>`
    SELECT ${ROW} FROM import_row r
    WHERE r.job_id = ${jobId}::uuid AND r.group_line > ${after} AND r.group_line <= (
      SELECT MAX(g.group_line) FROM (SELECT group_line FROM import_row
        WHERE job_id = ${jobId}::uuid AND group_line > ${after} ORDER BY group_line LIMIT ${atLeast}) g)
    ORDER BY r.line`;
  return rows.map(rowOf);
}

/** The rows of these groups, in order. */
export async function readGroups(
  tx: Tx | Ctx['db'],
  jobId: string,
  groups: readonly number[],
): Promise<StagedRow[]> {
  const rows = await tx.$queryRaw<RawRow[]>`
    SELECT ${ROW} FROM import_row r
    WHERE r.job_id = ${jobId}::uuid AND r.group_line = ANY(${[...groups]}::int[]) ORDER BY r.line`;
  return rows.map(rowOf);
}

/** The last group of a page; null where it is empty. */
export const lastGroupOf = (rows: readonly StagedRow[]): number | null =>
  rows.reduce<number | null>((last, row) => Math.max(last ?? 0, row.groupLine), null);

/** Keeps decisions with their rows, where they are other ones than before. */
export async function saveDecisions(
  tx: Tx,
  jobId: string,
  rows: readonly StagedRow[],
  decisions: readonly Decision[],
): Promise<void> {
  const before = new Map(rows.map((row) => [row.line, row]));
  const other = decisions.filter(({ line, outcome, errors }) => {
    const row = before.get(line);
    return row?.outcome !== outcome || JSON.stringify(row.errors) !== JSON.stringify(errors);
  });
  if (other.length === 0) return;
  const changed = other.map(({ line, outcome, errors }) => ({
    line,
    outcome,
    ...(errors.length > 0 && { errors }),
  }));
  await tx.$executeRaw`
    UPDATE import_row r SET outcome = d.outcome, errors = d.errors
    FROM json_to_recordset(${jsonParam(changed)}) AS d(line int, outcome text, errors jsonb)
    WHERE r.job_id = ${jobId}::uuid AND r.line = d.line`;
}

export const countOutcomes = (decisions: readonly Decision[]): Record<Outcome, number> => {
  const counts = { new: 0, changed: 0, duplicate: 0, error: 0 };
  for (const decision of decisions) counts[decision.outcome] += 1;
  return counts;
};
