// Trying a ladder on: what its steps would say of an instalment, whichever ladder counts for it at present. Changes nothing.
import type { Ctx } from '../../ctx.js';
import { authorize } from '../access.js';
import { DomainError } from '../errors.js';
import { addDays } from '../local-date.js';
import { findRow, findRows, type InstalmentRowData } from '../plans/instalment.queries.js';
import { type ComingData, comingOf, ladderOf } from './coming.queries.js';
import type { LadderKind, LadderRule } from './ladder.js';
import { kindOf, type ScopeRef } from './ladders.js';

export interface LadderTrial extends ComingData {
  /** The ladder of `scope` counts for it at present, and not the one that is tried. */
  readonly isOther: boolean;
}

const UNPAID = ['overdue', 'open', 'postponed'] as const;
const OFFERED = 100;

/**
 * Open, dated instalments of the ladder's kind that the words name: the next due first, of which most is to come, then
 * what is overdue. Of a customer's ladder theirs, of an instalment's that one.
 * @throws DomainError access.denied
 */
export async function findRowsToTry(
  ctx: Ctx,
  { scope, id, kind }: ScopeRef & { kind: LadderKind },
  words: string,
): Promise<InstalmentRowData[]> {
  authorize(ctx.actor, 'ladder.edit');
  const filter = {
    words,
    states: UNPAID,
    isRetention: kind === 'retention',
    ...(scope === 'customer' && id !== null && { customerId: id }),
    ...(scope === 'instalment' && id !== null && { ids: [id] }),
  };
  const page = { number: 1, size: OFFERED };
  const { rows: ahead } = await findRows(ctx, { ...filter, from: ctx.today }, page);
  if (ahead.length === OFFERED) return [...ahead];
  const { rows: late } = await findRows(
    ctx,
    { ...filter, to: addDays(ctx.today, -1), reversed: true },
    { ...page, size: OFFERED - ahead.length },
  );
  return [...ahead, ...late];
}

/** @throws DomainError access.denied, not_found */
export async function tryLadder(
  ctx: Ctx,
  instalmentId: string,
  tried: { readonly kind: LadderKind; readonly rules: readonly LadderRule[] },
): Promise<LadderTrial> {
  authorize(ctx.actor, 'ladder.edit');
  const row = await findRow(ctx, instalmentId);
  if (!row || kindOf(row.isRetention) !== tried.kind) throw new DomainError('not_found', { ref: '' });
  const counts = await ladderOf(ctx, row);
  const isOther = codesOf(counts.rules) !== codesOf(tried.rules);
  // As if it counted for the row: like all that is changed, from the next morning on.
  const begins = isOther ? addDays(ctx.today, 1) : counts.begins;
  return { row, scope: counts.scope, isOther, ...(await comingOf(ctx, row, tried.rules, begins)) };
}

/** A step's code is its own in all ladders. */
const codesOf = (rules: readonly LadderRule[]): string =>
  rules
    .map(({ code }) => code)
    .toSorted()
    .join();
