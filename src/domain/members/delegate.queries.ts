// Reads who stands in for whom. Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import type { LocalDate } from '../local-date.js';
import { delegateOf } from './delegate.js';

/** A person and today's delegate, as the form shows it. */
export interface DelegateFacts {
  readonly id: string;
  readonly slackUserId: string;
  readonly name: string;
  readonly version: number;
  readonly delegate: {
    readonly name: string;
    readonly slackUserId: string;
    readonly until: LocalDate;
  } | null;
  /** Whose decisions this person takes today. */
  readonly standsInFor: readonly { readonly name: string; readonly until: LocalDate }[];
}

/** Null for an unknown person. For callers that checked who reads it. */
export async function findDelegate(
  ctx: { readonly db: Db | Tx; readonly today: LocalDate },
  by: { readonly id: string } | { readonly slackUserId: string },
): Promise<DelegateFacts | null> {
  const person = await ctx.db.user.findFirst({ where: by });
  if (!person) return null;
  const today = delegateOf(person, ctx.today);
  const [delegate, givers] = await Promise.all([
    today && ctx.db.user.findUnique({ where: { id: today.id } }),
    ctx.db.user.findMany({ where: { delegateId: person.id, active: true }, orderBy: { name: 'asc' } }),
  ]);
  return {
    id: person.id,
    slackUserId: person.slackUserId,
    name: person.name,
    version: person.version,
    delegate:
      today && delegate
        ? { name: delegate.name, slackUserId: delegate.slackUserId, until: today.until }
        : null,
    standsInFor: givers.flatMap((giver) => {
      const given = delegateOf(giver, ctx.today);
      return given ? [{ name: giver.name, until: given.until }] : [];
    }),
  };
}
