// Reads rows that are alike in whatever a step hangs on as one, with their ids: the ten thousand of a morning are of a few
// hundred sorts, and what is true of one row of a sort is true of all.
import { idsParam } from '../../db/bulk-records.js';
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { LocalDate } from '../local-date.js';
import type { HoldFacts } from './hold.js';
import type { LadderRow } from './ladders.js';
import type { StepFacts } from './steps.js';

/**
 * Rows for which the pure decision is the same. What makes no difference to it is empty: `id` where no ladder is of the row
 * alone, what is open where nothing was promised. The rows themselves are `ids`.
 */
export interface Candidate extends Omit<StepFacts, 'effectiveDue'>, HoldFacts, LadderRow {
  readonly ids: readonly string[];
  readonly currency: string;
  readonly openedOn: LocalDate | null;
  readonly caseLevel: number | null;
  readonly raisedOn: LocalDate | null;
  readonly ackedUntil: LocalDate | null;
}

/** Candidates that this transaction holds; one with an open case is alone. */
export interface LockedRows extends Candidate {
  readonly ownerId: string;
  readonly financeOwnerId: string | null;
  readonly dueEpoch: number;
  readonly weeklyOn: LocalDate | null;
  readonly caseId: string | null;
  readonly caseRecipientIds: readonly string[];
}

/** Field by field: how it is read, and what it is of a row `i`. */
type Columns<Fields extends PropertyKey> = Readonly<
  Record<Fields, readonly ['text' | 'int' | 'bigint' | 'boolean', string]>
>;
type CaseFacts = 'caseId' | 'caseLevel' | 'raisedOn' | 'ackedUntil' | 'caseRecipientIds';

/** What makes no difference is left out, so that few sorts are left: whose ladder a row has only by name, a promise where there is one. */
const FACTS: Columns<Exclude<keyof Candidate, CaseFacts | 'ids'>> = {
  id: ['text', ownLadder('instalment', 'i.id')],
  customerId: ['text', ownLadder('customer', 'i.customer_id')],
  templateId: ['text', ownLadder('template', 'i.template_id')],
  isRetention: ['boolean', 'i.is_retention'],
  effectiveDue: ['text', 'i.effective_due'],
  remindDaysAhead: ['int', 'i.remind_days_ahead'],
  doneRank: ['int', 'i.step_rank'],
  openedOn: ['text', 'CASE WHEN i.opened_on > i.effective_due THEN i.opened_on END'],
  currency: ['text', 'i.currency'],
  blockUntil: ['text', 'i.block_until'],
  promisedOn: ['text', 'i.promised_on'],
  promisedLeft: ['bigint', 'i.promised_left'],
  promiseCount: ['int', 'CASE WHEN i.promised_on IS NULL THEN 0 ELSE i.promise_count END'],
  outstanding: ['bigint', 'CASE WHEN i.promised_on IS NULL THEN 0 ELSE i.outstanding END'],
  waiting: [
    'bigint',
    `CASE WHEN i.promised_on IS NULL THEN 0 ELSE (SELECT COALESCE(SUM(w.amount), 0) FROM allocation w
      WHERE w.instalment_id = i.id AND w.status = 'proposed' AND NOT w.recovery) END`,
  ],
  disputedOn: ['text', 'CASE WHEN i.disputed THEN i.disputed_on END'],
  disputeTold: ['boolean', 'i.dispute_told'],
};
const LISTED: Columns<Exclude<keyof Candidate, 'ids'>> = {
  ...FACTS,
  caseLevel: ['int', 'k.level'],
  raisedOn: ['text', 'k.raised_on'],
  ackedUntil: ['text', 'k.acked_until'],
};
const LOCKED: Columns<Exclude<keyof LockedRows, CaseFacts | 'ids'>> = {
  ...FACTS,
  ownerId: ['text', 'i.owner_id'],
  financeOwnerId: ['text', 'c.finance_owner_id'],
  dueEpoch: ['int', 'i.due_epoch'],
  weeklyOn: ['text', 'i.weekly_on'],
};

/** Null where there is no ladder of its own. */
function ownLadder(scope: 'template' | 'customer' | 'instalment', column: string): string {
  return `CASE WHEN ${column} IN (SELECT scope_id FROM reminder_rule WHERE scope = '${scope}') THEN ${column} END`;
}

/** The sorts of rows `i` of the query that begins with `from`. */
async function readAlike<Fields extends PropertyKey, Sort extends Record<Fields, unknown>>(
  db: Db | Tx,
  columns: Columns<Fields>,
  from: Prisma.Sql,
): Promise<(Sort & { readonly ids: string[] })[]> {
  const list = (write: (name: string, type: string, value: string) => string): Prisma.Sql =>
    Prisma.raw(
      Object.entries<readonly [string, string]>(columns)
        .map(([name, [type, value]]) => write(`"${name}"`, type, value))
        .join(', '),
    );
  const sorts = await db.$queryRaw<(Sort & { readonly ids: string })[]>`
    SELECT string_agg(row_id::text, ' ') AS ids, ${list((name, type) => `${name}::${type}`)}
    FROM (SELECT i.id AS row_id, ${list((name, _type, value) => `${value} AS ${name}`)} ${from}) AS rows
    GROUP BY ${list((name) => name)}`;
  return sorts.map((sort) => ({ ...sort, ids: sort.ids.split(' ') }));
}

/** Rows `i` of `from` that fulfil `where` (of them and their open case `k`). */
export const listAlike = (db: Db | Tx, from: Prisma.Sql, where: Prisma.Sql): Promise<Candidate[]> =>
  readAlike<keyof typeof LISTED, Omit<Candidate, 'ids'>>(
    db,
    LISTED,
    Prisma.sql`FROM ${from} LEFT JOIN escalation_case k ON k.instalment_id = i.id AND k.closed_on IS NULL WHERE ${where}`,
  );

const NO_CASE = {
  caseId: null,
  caseLevel: null,
  raisedOn: null,
  ackedUntil: null,
  caseRecipientIds: [],
} as const;

/**
 * Locks the rows that are still open and owed, then their open cases (every writer locks in that order). Rows that
 * somebody else holds are left for the next run: they may be getting paid.
 */
export async function lockCandidates(
  tx: Tx,
  ids: readonly string[],
  tolerance: Prisma.Sql,
): Promise<LockedRows[]> {
  const sorts = await readAlike<keyof typeof LOCKED, Omit<LockedRows, CaseFacts | 'ids'>>(
    tx,
    LOCKED,
    Prisma.sql`FROM instalment i JOIN contract c ON c.id = i.contract_id
      WHERE i.id = ANY(${idsParam(ids)}) AND i.lifecycle = 'open' AND i.outstanding > ${tolerance}
      ORDER BY i.id FOR UPDATE OF i SKIP LOCKED`,
  );
  const cases = await tx.$queryRaw<
    (Pick<LockedRows, 'raisedOn' | 'ackedUntil'> & {
      id: string;
      rowId: string;
      level: number;
      recipientIds: string[];
    })[]
  >`
    SELECT id::text, instalment_id::text AS "rowId", level, raised_on::text AS "raisedOn", acked_until::text AS "ackedUntil",
      recipient_ids::text[] AS "recipientIds"
    FROM escalation_case WHERE instalment_id = ANY(${idsParam(sorts.flatMap((sort) => sort.ids))}) AND closed_on IS NULL
    ORDER BY id FOR UPDATE`;
  const byRow = new Map(cases.map((found) => [found.rowId, found]));
  return sorts.flatMap((sort): LockedRows[] => {
    const without = sort.ids.filter((id) => !byRow.has(id));
    const alone = sort.ids.flatMap((id) => byRow.get(id) ?? []);
    return [
      ...(without.length > 0 ? [{ ...sort, ids: without, ...NO_CASE }] : []),
      ...alone.map((found) => ({
        ...sort,
        ids: [found.rowId],
        caseId: found.id,
        caseLevel: found.level,
        raisedOn: found.raisedOn,
        ackedUntil: found.ackedUntil,
        caseRecipientIds: found.recipientIds,
      })),
    ];
  });
}
