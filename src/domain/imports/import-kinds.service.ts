// The kinds of import behind one shape: decide about rows, prepare what must not be made in a transaction, apply.
import type { Ctx } from '../../ctx.js';
import { jsonParam } from '../../db/bulk-records.js';
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

/**
 * The rows, in order, as one text: the client takes ten times as long over the same rows column by column.
 */
async function readStaged(db: Tx | Ctx['db'], where: Prisma.Sql): Promise<StagedRow[]> {
  const [found] = await db.$queryRaw<{ rows: string | null }[]>`
    SELECT json_agg(json_build_array(r.line, r.group_line, r.row_key, r.fields, r.owner_id, r.outcome, r.errors)
      ORDER BY r.line)::text AS rows FROM import_row r WHERE ${where}`;
  const rows: RawRow[] = JSON.parse(found?.rows ?? '[]');
  return rows.map(([line, groupLine, rowKey, fields, ownerId, outcome, errors]) => ({
    ...{ line, groupLine, rowKey, fields, ownerId, outcome },
    errors: errors ?? [],
  }));
}

type RawRow = [
  line: number,
  groupLine: number,
  rowKey: string,
  fields: StagedRow['fields'],
  ownerId: string | null,
  outcome: Outcome | null,
  errors: RowError[] | null,
];

/** The rows of a page, in order. */
export const readRows = (
  db: Tx | Ctx['db'],
  jobId: string,
  { after, atLeast }: RowPage,
): Promise<StagedRow[]> =>
  readStaged(
    db,
    Prisma.sql`r.job_id = ${jobId}::uuid AND r.group_line > ${after} AND r.group_line <= (
      SELECT MAX(g.group_line) FROM (SELECT group_line FROM import_row
        WHERE job_id = ${jobId}::uuid AND group_line > ${after} ORDER BY group_line LIMIT ${atLeast}) g)`,
  );

/** The rows of these groups, in order. */
export const readGroups = (
  db: Tx | Ctx['db'],
  jobId: string,
  groups: readonly number[],
): Promise<StagedRow[]> =>
  readStaged(db, Prisma.sql`r.job_id = ${jobId}::uuid AND r.group_line = ANY(${[...groups]}::int[])`);

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
