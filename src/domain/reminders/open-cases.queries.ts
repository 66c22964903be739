// The open cases of a reader's scope, acknowledged or not, and what each of their people has overdue: what a manager leads
// by (ux §4.8). Reads only.
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { diffDays, fromUtcDate } from '../local-date.js';
import { pageOf } from '../page.js';
import { loadRows } from '../plans/instalment.queries.js';
import { UNPAID } from '../plans/instalment-search.queries.js';
import { toleranceSql } from '../settings/tolerance.queries.js';
import type { TeamLine } from './digest-rows.queries.js';
import type { CaseToAcknowledge, TodoCtx } from './todo.queries.js';

export interface OpenCase extends CaseToAcknowledge {
  /** The reader is asked, and nobody has acknowledged it. */
  readonly asksReader: boolean;
}

export interface CasePage {
  readonly cases: readonly OpenCase[];
  /** The highest level first; `unacknowledged`: of these. */
  readonly levels: readonly {
    readonly level: number;
    readonly count: number;
    readonly unacknowledged: number;
  }[];
  /** Of the first page: who has what overdue, the longest overdue first. */
  readonly team: readonly TeamLine[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

const SIZE = 20;

/** A page of them, the worst first; one beyond the last is the last. What is not worth a reminder is none. */
export async function findOpenCases(ctx: TodoCtx, asked: number): Promise<CasePage> {
  const { db } = ctx;
  const from = Prisma.sql`escalation_case k JOIN instalment i ON i.id = k.instalment_id
    WHERE k.closed_on IS NULL AND i.lifecycle = 'open' AND i.outstanding > ${toleranceSql(ctx.company)}
      AND ${seenBy(ctx)}`;
  const levels = await db.$queryRaw<CasePage['levels'][number][]>`
    SELECT k.level, COUNT(*)::int AS count, (COUNT(*) FILTER (WHERE k.acked_by IS NULL))::int AS unacknowledged
    FROM ${from} GROUP BY k.level ORDER BY k.level DESC`;
  const total = levels.reduce((sum, { count }) => sum + count, 0);
  const { page, pages } = pageOf(total, asked, SIZE);
  const found = await db.$queryRaw<
    { id: string; level: number; rowId: string; ackedBy: string | null; asks: boolean }[]
  >`
    SELECT k.id::text, k.level, i.id::text AS "rowId", u.name AS "ackedBy",
      k.acked_by IS NULL AND k.recipient_ids @> ARRAY[${ctx.actor.id}::uuid] AS asks
    FROM (SELECT k.* FROM ${from} ORDER BY k.level DESC, i.effective_due, k.id LIMIT ${SIZE} OFFSET ${(page - 1) * SIZE}) k
    JOIN instalment i ON i.id = k.instalment_id LEFT JOIN app_user u ON u.id = k.acked_by
    ORDER BY k.level DESC, i.effective_due, k.id`;
  const rows = await loadRows(
    ctx,
    found.map(({ rowId }) => rowId),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const cases = found.flatMap(({ id, level, rowId, ackedBy, asks }): OpenCase[] => {
    const row = byId.get(rowId);
    return row ? [{ caseId: id, level, row, acknowledgedBy: ackedBy, asksReader: asks }] : [];
  });
  return { cases, levels, team: page === 1 ? await findTeamLines(ctx) : [], total, page, pages };
}

const seenBy = ({ actor }: TodoCtx): Prisma.Sql => {
  const owners = visibleOwners(actor);
  return owners === 'all' ? Prisma.sql`TRUE` : Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`;
};

/** Who of the reader's scope has what overdue; amounts one a currency. */
async function findTeamLines(ctx: TodoCtx): Promise<TeamLine[]> {
  const { db, today } = ctx;
  const found = await db.$queryRaw<
    { ownerId: string; ownerName: string; currency: string; count: number; minor: bigint; oldest: Date }[]
  >`${PLANNED_ANEW}
    SELECT x.owner_id::text AS "ownerId", u.name AS "ownerName", x.currency, x.count, x.minor, x.oldest
    FROM (SELECT i.owner_id, i.currency, COUNT(*)::int AS count, SUM(i.outstanding)::bigint AS minor,
        MIN(i.effective_due) AS oldest
      FROM instalment i WHERE ${UNPAID} AND i.effective_due < ${today}::date AND ${seenBy(ctx)}
      GROUP BY i.owner_id, i.currency) x
    JOIN app_user u ON u.id = x.owner_id ORDER BY x.oldest, x.owner_id, x.currency`;
  const owners = [...new Set(found.map(({ ownerId }) => ownerId))];
  return owners.map((ownerId) => {
    const own = found.filter((line) => line.ownerId === ownerId);
    return {
      ownerName: own[0]?.ownerName ?? '',
      count: own.reduce((sum, { count }) => sum + count, 0),
      totals: own.map(({ currency, minor }) => ({ currency, minor })),
      oldestDays: Math.max(...own.map(({ oldest }) => diffDays(today, fromUtcDate(oldest)))),
    };
  });
}
