// The reminders ahead of one row, with whose ladder counts and whom each reaches; within the reader's scope.
import type { Ctx } from '../../ctx.js';
import { DomainError } from '../errors.js';
import { addDays, fromUtcDate, type LocalDate, maxDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import { findRow, type InstalmentRowData } from '../plans/instalment.queries.js';
import { type ComingReminder, comingReminders } from './coming.js';
import { heldUntil } from './hold.js';
import { loadLadders, loadPeople } from './ladder.queries.js';
import { type LadderScope, ladderFinder } from './ladders.js';
import { recipientsFor } from './recipients.js';

export interface ComingData {
  readonly row: InstalmentRowData;
  readonly scope: LadderScope;
  readonly items: readonly (ComingReminder & { names: readonly string[]; toFinanceChannel: boolean })[];
  /** Nothing is told until after this day: promised, or paused. */
  readonly heldUntil: LocalDate | null;
}

const SHOWN = 12;

/** @throws DomainError not_found, also outside of the reader's scope */
export async function findComing(ctx: Ctx, instalmentId: string): Promise<ComingData> {
  const { db, company, today } = ctx;
  const row = await findRow(ctx, instalmentId);
  if (!row) throw new DomainError('not_found', { ref: '' });
  const [facts, contract, ladders, peopleOf] = await Promise.all([
    db.instalment.findUniqueOrThrow({ where: { id: row.id } }),
    db.contract.findUniqueOrThrow({ where: { id: row.contractId }, select: { financeOwnerId: true } }),
    loadLadders(db),
    loadPeople(db, company),
  ]);
  const { scope, rules } = ladderFinder(ladders)(row);
  const due = facts.effectiveDue && fromUtcDate(facts.effectiveDue);
  const isReminded =
    facts.lifecycle === 'open' && facts.outstanding > BigInt(company.settings.toleranceMinor);
  if (due === null || !isReminded) return { row, scope, items: [], heldUntil: null };
  const day = (date: Date | null) => date && fromUtcDate(date);
  const held = heldUntil(
    {
      effectiveDue: due,
      outstanding: facts.outstanding,
      blockUntil: day(facts.blockUntil),
      promisedOn: day(facts.promisedOn),
      promisedLeft: facts.promisedLeft,
      promiseCount: facts.promiseCount,
      waiting: row.proposed,
      disputedOn: null,
      disputeTold: false,
    },
    company.settings.toleranceMinor,
  );
  const first = held === null ? today : maxDate(today, addDays(held, 1));
  const coming = comingReminders(
    {
      effectiveDue: due,
      remindDaysAhead: facts.remindDaysAhead,
      doneRank: facts.stepRank,
      openedOn: day(facts.openedOn),
      lastSaidOn: day(facts.weeklyOn),
    },
    rules,
    company.calendar,
    first,
    SHOWN,
  );
  const reached = coming.map((item) =>
    recipientsFor(item.rule.roles, peopleOf(row.ownerId, contract.financeOwnerId)),
  );
  const people = await findPeople(
    db,
    reached.flatMap(({ recipients }) => recipients.map(({ id }) => id)),
  );
  const items = coming.map((item, index) => ({
    ...item,
    names: (reached[index]?.recipients ?? []).flatMap(({ id }) => people.get(id)?.name ?? []),
    toFinanceChannel: reached[index]?.toFinanceChannel ?? false,
  }));
  return { row, scope, items, heldUntil: held !== null && held >= today ? held : null };
}
