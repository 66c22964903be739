// The rows of a digest in its order: the cases that ask its reader, their own rows by section, a line for each rep of the
// team. Changes nothing.
import type { SystemCtx } from '../../ctx.js';
import { diffDays, type LocalDate, todayIn } from '../local-date.js';
import { type Money, totals } from '../money.js';
import type { InstalmentRowData } from '../plans/instalment.queries.js';
import { composeDigest, type DigestGroupKind } from './digest.js';
import type { CaseToAcknowledge } from './todo.queries.js';

export interface DigestSection {
  readonly kind: DigestGroupKind;
  readonly rows: readonly InstalmentRowData[];
  readonly totals: readonly Money[];
}

/** One rep's rows that a manager is told of. */
export interface TeamLine {
  readonly ownerName: string;
  readonly count: number;
  readonly totals: readonly Money[];
  readonly oldestDays: number;
}

/**
 * Rows whose open case asks this person. One that is acknowledged after the digest was sent stays, without a button and
 * with the name; one that was acknowledged on an earlier day asks nobody any more.
 */
export async function casesOf(
  ctx: SystemCtx,
  userId: string,
  rows: readonly InstalmentRowData[],
  date: LocalDate,
): Promise<CaseToAcknowledge[]> {
  const found = await ctx.db.escalationCase.findMany({
    where: {
      instalmentId: { in: rows.map((row) => row.id) },
      closedOn: null,
      recipientIds: { has: userId },
    },
    orderBy: [{ level: 'desc' }, { id: 'asc' }],
  });
  const people = await ctx.db.user.findMany({
    where: { id: { in: found.flatMap(({ ackedById }) => ackedById ?? []) } },
    select: { id: true, name: true },
  });
  const names = new Map(people.map((person) => [person.id, person.name]));
  return found.flatMap(({ id, level, instalmentId, ackedById, ackedAt }) => {
    const row = rows.find((candidate) => candidate.id === instalmentId);
    const isOld = ackedAt !== null && todayIn(ackedAt, ctx.company.timezone) < date;
    if (!row || isOld) return [];
    return [{ caseId: id, level, row, acknowledgedBy: ackedById && (names.get(ackedById) ?? '—') }];
  });
}

export function sectionsOf(rows: readonly InstalmentRowData[], today: LocalDate): DigestSection[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const items = rows.map((row) => ({
    instalmentId: row.id,
    customerId: row.customerId,
    outstanding: { minor: row.outstanding, currency: row.currency },
    effectiveDue: row.effectiveDue,
    isRetention: row.isRetention,
    isBroken: row.brokenOn !== null && row.promisedOn === null,
    hasStep: true,
  }));
  return (composeDigest(items, today)?.groups ?? []).map(({ kind, items: members, totals }) => ({
    kind,
    totals,
    rows: members.flatMap((item) => byId.get(item.instalmentId) ?? []),
  }));
}

export function teamLines(rows: readonly InstalmentRowData[], today: LocalDate): TeamLine[] {
  const owners = [...new Set(rows.map((row) => row.ownerId))];
  const lines = owners.map((ownerId) => {
    const own = rows.filter((row) => row.ownerId === ownerId && row.state === 'overdue');
    return {
      ownerName: own[0]?.ownerName ?? '',
      count: own.length,
      totals: totals(own.map(({ currency, outstanding: minor }) => ({ currency, minor }))),
      oldestDays: Math.max(
        0,
        ...own.map((row) => (row.effectiveDue ? diffDays(today, row.effectiveDue) : 0)),
      ),
    };
  });
  return lines.filter((line) => line.count > 0).toSorted((a, b) => b.oldestDays - a.oldestDays);
}
