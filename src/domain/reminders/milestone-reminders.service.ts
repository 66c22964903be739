// Milestones that are chased before any money is due (rules §8): an acceptance that is expected or late (A1), a day that
// nobody knows although instalments hang on it, or instalments whose day was never set (N1); and contracts that end soon
// (F29). One morning reminds of each once.
import type { SystemCtx } from '../../ctx.js';
import type { Db } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { Prisma } from '../../generated/prisma/client.js';
import { isWorkday } from '../calendar.js';
import { ENDING_EPOCH, ENDING_KIND } from '../contracts/contract-endings.queries.js';
import { addDays, type LocalDate } from '../local-date.js';
import type { LadderRule } from './ladder.js';
import type { PeopleOf } from './ladder.queries.js';
import { type Ladders, ladderFinderByKind, rulesOfKind } from './ladders.js';
import { dueOccurrence, MOST_DAYS_OFF, NO_ANCHOR } from './milestone-steps.js';
import { recipientsFor } from './recipients.js';
import { insertMilestoneReminders } from './save-steps.service.js';

const BATCH_ROWS = 500;
/** The code of a reminder that a contract ends: its days are the company's setting, no ladder's. */
const ENDING_CODE = 'C';

/** Reminder `r` counts as said: not one that was passed before it was sent. */
const SAID = Prisma.sql`r.skip_reason IS DISTINCT FROM 'superseded'`;

/** A milestone that is chased, and from which day its rules count. */
interface Chased {
  readonly contractId: string;
  readonly customerId: string;
  readonly kind: string;
  readonly from: LocalDate;
  readonly ownerId: string;
  /** Of the day: a changed one is chased anew. */
  readonly epoch: number;
  /** Occurrence of the last reminder since that day, if any. */
  readonly lastOn: LocalDate | null;
}

/** Reminds of every milestone that is due, and of contracts that end soon; returns how many reminders are new. */
export async function planMilestones(ctx: SystemCtx, ladders: Ladders, peopleOf: PeopleOf): Promise<number> {
  const { calendar } = ctx.company;
  if (!isWorkday(calendar, ctx.today)) return 0;
  const find = ladderFinderByKind(ladders);
  const all = [...ladders.company, ...ladders.own.flatMap((own) => own.rules)];
  let reminders = await remind(ctx, peopleOf, await listEndingContracts(ctx), () => endingRules(ctx));
  for (const kind of ['acceptance', 'anchor'] as const) {
    const rules = rulesOfKind(all, kind);
    if (rules.length === 0) continue;
    const earliest = Math.min(...rules.map((rule) => rule.offsetDays));
    const until = addDays(ctx.today, MOST_DAYS_OFF - earliest);
    const found =
      kind === 'acceptance' ? await listAcceptances(ctx.db, until) : await listUnknownAnchors(ctx, until);
    reminders += await remind(
      ctx,
      peopleOf,
      found,
      ({ customerId }) => find({ id: '', customerId, templateId: null }, kind).rules,
    );
  }
  return reminders;
}

/** Writes what is due of these. */
async function remind(
  ctx: SystemCtx,
  peopleOf: PeopleOf,
  found: readonly Chased[],
  rulesOf: (one: Chased) => readonly LadderRule[],
): Promise<number> {
  const due = found.flatMap((one) => {
    const step = dueOccurrence(rulesOf(one), one, ctx.company.calendar, ctx.today);
    return step ? [{ ...one, ...step }] : [];
  });
  let reminders = 0;
  for (let start = 0; start < due.length; start += BATCH_ROWS) {
    const planned = due.slice(start, start + BATCH_ROWS).flatMap((one) =>
      recipientsFor(one.rule.roles, peopleOf(one.ownerId, null)).recipients.map((recipient) => ({
        contractId: one.contractId,
        milestoneKind: one.kind,
        epoch: one.epoch,
        ruleCode: one.rule.code,
        occurrenceOn: one.occurrenceOn,
        recipientRole: recipient.role,
        recipientId: recipient.id,
      })),
    );
    reminders += await transact(ctx.db, (tx) => insertMilestoneReminders(tx, ctx, planned));
  }
  return reminders;
}

/** Acceptances of contracts in force that are expected by `until` and have not happened. */
function listAcceptances(db: Db, until: LocalDate): Promise<Chased[]> {
  return db.$queryRaw<Chased[]>`
    SELECT c.id::text AS "contractId", c.customer_id::text AS "customerId", m.kind, m.expected_on::text AS "from",
      c.owner_id::text AS "ownerId", m.version AS epoch,
      (SELECT MAX(r.occurrence_on)::text FROM reminder r WHERE r.contract_id = c.id AND r.milestone_kind = m.kind
        AND r.due_epoch = m.version AND ${SAID}) AS "lastOn"
    FROM milestone m JOIN contract c ON c.id = m.contract_id
    WHERE m.kind = 'acceptance' AND m.actual_on IS NULL AND m.expected_on <= ${until}::date AND c.status = 'active'
    ORDER BY c.id`;
}

/**
 * What open instalments without a date wait for: milestones without any day, the signing day of a contract that was never
 * written down, or nothing but that somebody sets their date. Counted from the signing, else from when the contract came in.
 */
function listUnknownAnchors({ db, company }: SystemCtx, until: LocalDate): Promise<Chased[]> {
  return db.$queryRaw<Chased[]>`
    SELECT w.id::text AS "contractId", w.customer_id::text AS "customerId", w.kind, w."from"::text AS "from",
      w.owner_id::text AS "ownerId", 0 AS epoch,
      (SELECT MAX(r.occurrence_on)::text FROM reminder r WHERE r.contract_id = w.id AND r.milestone_kind = w.kind
        AND r.due_epoch = 0 AND ${SAID}) AS "lastOn"
    FROM (SELECT DISTINCT c.id, c.customer_id, c.owner_id, COALESCE(i.anchor_kind, ${NO_ANCHOR}) AS kind,
        COALESCE(c.signed_on, (c.created_at AT TIME ZONE ${company.timezone})::date) AS "from"
      FROM instalment i JOIN contract c ON c.id = i.contract_id
      WHERE i.lifecycle = 'open' AND i.effective_due IS NULL AND c.status = 'active') w
    WHERE w."from" <= ${until}::date
    ORDER BY 1, 3`;
}

/** The company's days ahead of a contract's end (F29), as steps before a day. */
function endingRules({ company }: SystemCtx): LadderRule[] {
  return company.settings.endingDays.map((days) => ({
    code: ENDING_CODE,
    rank: 0,
    // 0 - days, since -0 is not 0.
    offsetDays: 0 - days,
    roles: ['owner'],
    place: 'dm',
    needsAck: false,
    level: null,
    tone: 'plain',
    replacedByRemindDays: false,
    appliesTo: 'anchor',
  }));
}

/** Contracts in force, paid or not, that end within the company's days; another end is another epoch, so that it is told anew. */
async function listEndingContracts(ctx: SystemCtx): Promise<Chased[]> {
  const { endingDays } = ctx.company.settings;
  if (endingDays.length === 0) return [];
  return ctx.db.$queryRaw<Chased[]>`
    SELECT c.id::text AS "contractId", c.customer_id::text AS "customerId", ${ENDING_KIND} AS kind,
      c.ends_on::text AS "from", c.owner_id::text AS "ownerId", ${ENDING_EPOCH} AS epoch,
      (SELECT MAX(r.occurrence_on)::text FROM reminder r WHERE r.contract_id = c.id AND r.milestone_kind = ${ENDING_KIND}
        AND r.due_epoch = ${ENDING_EPOCH} AND ${SAID}) AS "lastOn"
    FROM contract c
    WHERE c.status IN ('active', 'completed') AND c.deleted_at IS NULL AND c.ends_on BETWEEN ${ctx.today}::date
      AND ${addDays(ctx.today, MOST_DAYS_OFF + Math.max(...endingDays))}::date
    ORDER BY c.id`;
}
