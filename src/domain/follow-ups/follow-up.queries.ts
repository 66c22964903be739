// Reads follow-ups as histories, cases and rows tell them. Changes nothing; the caller has checked the scope.
import type { Db, Tx } from '../../db/client.js';
import type { FollowUp } from '../../generated/prisma/client.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import type { FollowUpKind, FollowUpResult } from './follow-up.js';

/** A follow-up as it is told; amounts in minor units of the instalment's currency. */
export interface FollowUpFacts {
  readonly id: string;
  readonly at: Date;
  /** Who did it. */
  readonly who: string | null;
  readonly kind: FollowUpKind;
  readonly content: string | null;
  readonly result: FollowUpResult | null;
  readonly promisedOn: LocalDate | null;
  readonly promisedAmount: bigint | null;
  readonly reason: string | null;
  readonly pauseUntil: LocalDate | null;
  readonly nextOn: LocalDate | null;
}

/** The newest follow-ups of an instalment, newest first. */
export async function listFollowUps(
  db: Db | Tx,
  instalmentId: string,
  take: number,
): Promise<FollowUpFacts[]> {
  return named(db, await db.followUp.findMany({ where: { instalmentId }, orderBy: { id: 'desc' }, take }));
}

/** Follow-ups by id. */
export async function loadFollowUps(
  db: Db | Tx,
  ids: readonly string[],
): Promise<Map<string, FollowUpFacts>> {
  const told = await named(db, await db.followUp.findMany({ where: { id: { in: [...ids] } } }));
  return new Map(told.map((one) => [one.id, one]));
}

/** One follow-up, or null. */
export async function findFollowUp(db: Db | Tx, id: string): Promise<FollowUpFacts | null> {
  const found = await db.followUp.findUnique({ where: { id } });
  return found && ((await named(db, [found]))[0] ?? null);
}

/** The newest promise about an instalment, kept or not. */
export async function findLastPromise(db: Db | Tx, instalmentId: string): Promise<FollowUpFacts | null> {
  const found = await db.followUp.findFirst({
    where: { instalmentId, result: 'promised' },
    orderBy: { id: 'desc' },
  });
  return found && ((await named(db, [found]))[0] ?? null);
}

async function named(db: Db | Tx, found: readonly FollowUp[]): Promise<FollowUpFacts[]> {
  const people = await findPeople(
    db,
    found.map((one) => one.createdById),
  );
  return found.map((one) => ({
    id: one.id,
    at: one.createdAt,
    who: people.get(one.createdById)?.name ?? null,
    kind: one.kind,
    content: one.content,
    result: one.result,
    promisedOn: one.promisedOn && fromUtcDate(one.promisedOn),
    promisedAmount: one.promisedAmount,
    reason: one.reason,
    pauseUntil: one.pauseUntil && fromUtcDate(one.pauseUntil),
    nextOn: one.nextOn && fromUtcDate(one.nextOn),
  }));
}
