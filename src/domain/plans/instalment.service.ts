// The one way an instalment row changes: compare-and-set, revision, due epoch. Use cases on single instalments are in
// plan-changes.service.ts; money changes rows set-based in receipts/booking.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import { type Instalment, Prisma } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { NO_PROMISE } from '../follow-ups/follow-up.js';
import { addDays, fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { saveTraces } from '../save-traces.service.js';
import { toleranceIn } from '../settings/small-amounts.js';
import { toleranceSql } from '../settings/tolerance.queries.js';
import { effectiveDue, type InstalmentFacts } from './instalment.js';
import { cancelPostponements } from './postponement-cancel.service.js';
import { revisionRows } from './revision-rows.service.js';

/** The facts that pure rules need, from a row. */
export function toFacts(
  row: Pick<Instalment, 'lifecycle' | 'amount' | 'outstanding' | 'dueOn' | 'postponedTo' | 'effectiveDue'>,
): InstalmentFacts {
  return {
    lifecycle: row.lifecycle,
    amount: row.amount,
    outstanding: row.outstanding,
    dueOn: row.dueOn && fromUtcDate(row.dueOn),
    postponedTo: row.postponedTo && fromUtcDate(row.postponedTo),
    effectiveDue: row.effectiveDue && fromUtcDate(row.effectiveDue),
  };
}

/** What follows from the due date, the postponement and the remind days: kept in columns because selections need them. */
export function dueColumns(
  ctx: Ctx,
  row: { dueOn: LocalDate | null; postponedTo: LocalDate | null; roll: string; remindDaysAhead: number },
): { dueOn: Date | null; postponedTo: Date | null; effectiveDue: Date | null; firstRemindOn: Date | null } {
  const effective = effectiveDue(
    { dueOn: row.dueOn, postponedTo: row.postponedTo, roll: asRoll(row.roll) },
    ctx.company.calendar,
  );
  return {
    dueOn: row.dueOn && toUtcDate(row.dueOn),
    postponedTo: row.postponedTo && toUtcDate(row.postponedTo),
    effectiveDue: effective && toUtcDate(effective),
    firstRemindOn: effective && toUtcDate(addDays(effective, -row.remindDaysAhead)),
  };
}

/**
 * A row that was not overdue gets a day in the past: nobody could be reminded of it, so it counts as opened today, and
 * escalation starts with its next step (rules §8). `due`: the new effective day.
 */
export const openedOnSql = (ctx: Ctx, due: 'm.effective_due' | 'x.effective_due'): Prisma.Sql => Prisma.sql`
  CASE WHEN ${Prisma.raw(due)} < ${ctx.today}::date AND COALESCE(i.effective_due, ${ctx.today}::date) >= ${ctx.today}::date
    THEN ${ctx.today}::date ELSE i.opened_on END`;

/** The same of one row; `amount`: what it is from now on, which may open a row of which nothing was said (isQuiet). */
export function openedColumn(
  ctx: Ctx,
  before: QuietFacts & { effectiveDue: Date | null; amount: bigint },
  due: Date | null,
  amount = before.amount,
): { openedOn?: Date } {
  const today = toUtcDate(ctx.today);
  const wasLate = before.effectiveDue !== null && before.effectiveDue < today;
  const opens = (due !== null && due < today && !wasLate) || (amount > before.amount && isQuiet(ctx, before));
  return opens ? { openedOn: today } : {};
}

type QuietFacts = Pick<Instalment, 'lifecycle' | 'outstanding' | 'currency'>;

/**
 * Nothing is said of a row that is paid, or so nearly that its rest is not worth a reminder: with more open again it
 * counts as opened today, as its steps of the past were never to be told (rules §3, §8).
 */
export const isQuiet = ({ company }: Pick<Ctx, 'company'>, row: QuietFacts): boolean =>
  row.lifecycle !== 'open' || row.outstanding <= toleranceIn(company, row.currency);

/** The same of row `i`. */
export const isQuietSql = ({ company }: Pick<Ctx, 'company'>): Prisma.Sql =>
  Prisma.sql`(i.lifecycle <> 'open' OR i.outstanding <= ${toleranceSql(company)})`;

/** How due dates move off days off, as it is kept. */
export const asRoll = (text: string) =>
  text === 'next_workday' || text === 'previous_workday' ? text : 'none';

/**
 * Locks an instalment and its contract (contract first: every writer locks in that order).
 * @throws DomainError not_found
 */
export async function lockInstalment(tx: Tx, id: string): Promise<Instalment> {
  await tx.$queryRaw`
    SELECT 1 FROM contract WHERE id = (SELECT contract_id FROM instalment WHERE id = ${id}::uuid) FOR UPDATE`;
  const instalment = await lockRow(tx, 'instalment', id);
  if (!instalment) throw new DomainError('not_found', { ref: '' });
  return instalment;
}

/** Saves a change of a locked row; a changed effective due date starts a new epoch with a fresh ladder. */
export async function changeInstalment(
  tx: Tx,
  ctx: Ctx,
  before: Instalment,
  data: Prisma.InstalmentUncheckedUpdateInput & { effectiveDue?: Date | null },
  cause: string,
): Promise<Instalment> {
  const moved = 'effectiveDue' in data && data.effectiveDue?.getTime() !== before.effectiveDue?.getTime();
  const after = await tx.instalment.update({
    where: { id: before.id },
    data: {
      ...data,
      ...(moved && { dueEpoch: { increment: 1 }, stepRank: 0, weeklyOn: null }),
      // A promise was about the old date and the old amount.
      ...((moved || ('amount' in data && data.amount !== before.amount)) && NO_PROMISE),
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
      version: { increment: 1 },
    },
  });
  await addRevisions(tx, ctx, [after], cause);
  if (moved || after.lifecycle !== before.lifecycle) await cancelPostponements(tx, ctx, [after.id]);
  return after;
}

/** Appends the rows' present facts to their history (rules §2: any report can be rebuilt as of any day). */
export async function addRevisions(
  tx: Tx,
  ctx: { now: Date; today: LocalDate },
  rows: readonly { id: string }[],
  cause: string,
): Promise<void> {
  await saveTraces(tx, {
    revisions: revisionRows(
      ctx,
      rows.map(({ id }) => ({ id, cause })),
    ),
  });
}
