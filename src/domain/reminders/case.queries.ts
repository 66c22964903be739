// Reads escalation cases as their card, their thread and the morning's summary show them.
import type { SystemCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { type EscalationCase, type Instalment, Prisma } from '../../generated/prisma/client.js';
import { type FollowUpFacts, findLastPromise, listFollowUps } from '../follow-ups/follow-up.queries.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { findPeople, type Person } from '../members/member.queries.js';
import { type InstalmentRowData, loadRows } from '../plans/instalment.queries.js';
import { toleranceIn } from '../settings/small-amounts.js';
import { nextRaise } from './coming.js';
import { comingRow } from './coming.queries.js';
import { isWeekly, type RecipientRole } from './ladder.js';
import { loadLadders } from './ladder.queries.js';
import { ladderFinder } from './ladders.js';
import { lastLevel } from './plan-row.js';
import { firstDayToTell } from './send-times.js';

/** How a case ended: paid, as bad debt, or with its row. */
export type CaseEnd = 'settled' | 'written_off' | 'deleted';
const endOf = (reason: string | null): CaseEnd =>
  reason === 'settled' || reason === 'written_off' ? reason : 'deleted';

/** A case as its card shows it. */
export interface CaseCardData {
  readonly caseId: string;
  readonly level: number;
  readonly row: InstalmentRowData;
  readonly closed: CaseEnd | null;
  readonly closedOn: LocalDate | null;
  /** Asked to acknowledge at the present level. */
  readonly asked: readonly Person[];
  readonly acknowledged: { by: Person | null; at: Date; until: LocalDate | null } | null;
  /** The day on which the next level comes if nothing happens, never one on which it is not told; null: none comes. */
  readonly next: { level: number; on: LocalDate; roles: readonly RecipientRole[] } | null;
  readonly isHighest: boolean;
  /** Its owner and others are told of it again and again, whatever the level. */
  readonly isRepeated: boolean;
  /** Messages about the row that were sent to its owner. */
  readonly reminders: number;
  readonly followUps: number;
  readonly lastFollowUp: FollowUpFacts | null;
  /** The newest promise, kept or not. */
  readonly lastPromise: FollowUpFacts | null;
  /** The day on which a row that was paid, and late by then, was open again because its money was taken back. */
  readonly takenBackOn: LocalDate | null;
}

type ReadCtx = Pick<SystemCtx, 'now' | 'today' | 'company'> & { readonly db: Db | Tx };

/** A case by id, or null. */
export async function findCaseCard(ctx: ReadCtx, caseId: string): Promise<CaseCardData | null> {
  const { db } = ctx;
  const found = await db.escalationCase.findUnique({ where: { id: caseId }, include: { instalment: true } });
  if (!found) return null;
  const [row] = await loadRows(ctx, [found.instalmentId]);
  if (!row) return null;
  const people = await findPeople(db, [
    ...found.recipientIds,
    ...(found.ackedById === null ? [] : [found.ackedById]),
  ]);
  const reminders = await db.reminder.count({
    where: {
      instalmentId: row.id,
      recipientId: row.ownerId,
      status: { in: ['sent', 'acked'] },
    },
  });
  const until = found.ackedUntil && fromUtcDate(found.ackedUntil);
  const [followUps, [lastFollowUp], lastPromise, takenBackOn] = await Promise.all([
    db.followUp.count({ where: { instalmentId: row.id } }),
    listFollowUps(db, row.id, 1),
    findLastPromise(db, row.id),
    findTakenBack(db, found.instalment),
  ]);
  return {
    caseId,
    level: found.level,
    row,
    closed: found.closedOn === null ? null : endOf(found.closeReason),
    closedOn: found.closedOn && fromUtcDate(found.closedOn),
    asked: found.recipientIds.flatMap((id) => people.get(id) ?? []),
    acknowledged:
      found.ackedAt === null
        ? null
        : { by: people.get(found.ackedById ?? '') ?? null, at: found.ackedAt, until },
    ...(await aheadOf(ctx, found, row)),
    reminders,
    followUps,
    lastFollowUp: lastFollowUp ?? null,
    lastPromise,
    takenBackOn,
  };
}

async function findTakenBack(
  db: Db | Tx,
  { id, openedOn, effectiveDue }: Pick<Instalment, 'id' | 'openedOn' | 'effectiveDue'>,
): Promise<LocalDate | null> {
  if (openedOn === null || effectiveDue === null || openedOn <= effectiveDue) return null;
  const taken = await db.allocation.count({
    where: { instalmentId: id, status: 'released', releasedOn: openedOn },
  });
  return taken > 0 ? fromUtcDate(openedOn) : null;
}

/** What comes of a case if nothing happens, by the rules that the mornings take. */
async function aheadOf(
  { db, now, company }: ReadCtx,
  found: EscalationCase & { instalment: Instalment },
  row: InstalmentRowData,
): Promise<Pick<CaseCardData, 'next' | 'isHighest' | 'isRepeated'>> {
  const { rules } = ladderFinder(await loadLadders(db))(row);
  const tolerance = toleranceIn(company, row.currency);
  const isHighest = (lastLevel(rules)?.level ?? 0) <= found.level;
  const isOwed = row.outstanding > BigInt(tolerance);
  const isRepeated = row.effectiveDue !== null && isOwed && rules.some(isWeekly);
  // Of a rest that is not worth a reminder nothing is said any more.
  const raise = isOwed
    ? nextRaise(
        comingRow(found.instalment, 0n, found),
        { rules, calendar: company.calendar, tolerance },
        firstDayToTell(now, company),
      )
    : null;
  if (raise === null) return { next: null, isHighest, isRepeated };
  const { rule, on } = raise;
  const before = rules
    .filter((one) => one.level !== null && one.level <= found.level)
    .flatMap((one) => one.roles);
  // As askedBy: whom it adds; where it adds nobody, everybody but the owner.
  const added = rule.roles.filter((role) => !before.includes(role));
  const asked = added.length > 0 ? added : rule.roles.filter((role) => role !== 'owner');
  return { next: { level: rule.level ?? 0, on, roles: asked }, isHighest, isRepeated };
}

export interface CaseSummary {
  readonly total: number;
  /** The largest amounts. */
  readonly rows: readonly InstalmentRowData[];
  /** Who is asked to acknowledge, whoever has the most of them first; `others`: how many more people are. */
  readonly asked: readonly Person[];
  readonly others: number;
}
const SUMMARY_ROWS = 8;
const SUMMARY_PEOPLE = 10;

/** Open cases that were opened, raised or told of anew on a day, of rows of these owners, and whom they ask. */
export async function findCaseSummary(
  ctx: ReadCtx,
  date: LocalDate,
  owners: 'all' | readonly string[],
): Promise<CaseSummary> {
  const { db } = ctx;
  const scope = owners === 'all' ? Prisma.sql`TRUE` : Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`;
  const ofDay = Prisma.sql`escalation_case k JOIN instalment i ON i.id = k.instalment_id
    WHERE k.closed_on IS NULL AND k.raised_on = ${date}::date AND i.lifecycle = 'open' AND ${scope}`;
  const found = await db.$queryRaw<{ id: string; total: number }[]>`
    SELECT k.instalment_id::text AS id, COUNT(*) OVER ()::int AS total FROM ${ofDay}
    ORDER BY i.outstanding DESC, k.id LIMIT ${SUMMARY_ROWS}`;
  const asking = await db.$queryRaw<{ id: string; total: number }[]>`
    SELECT p.id::text, COUNT(*) OVER ()::int AS total
    FROM (SELECT unnest(k.recipient_ids) AS id FROM ${ofDay} AND k.acked_at IS NULL) p
    GROUP BY p.id ORDER BY COUNT(*) DESC, p.id LIMIT ${SUMMARY_PEOPLE}`;
  const rows = await loadRows(
    ctx,
    found.map((one) => one.id),
  );
  const people = await findPeople(
    db,
    asking.map((one) => one.id),
  );
  return {
    total: found[0]?.total ?? 0,
    rows,
    asked: asking.flatMap((one) => people.get(one.id) ?? []),
    others: (asking[0]?.total ?? 0) - asking.length,
  };
}
