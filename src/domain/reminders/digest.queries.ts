// The facts of one person's digest, as of now: what its reminders carry, and the one line about the rest (ux §4.7).
// A first sending leaves out what is paid or moved meanwhile; a redrawn one keeps its rows where they stood.
import type { SystemCtx } from '../../ctx.js';
import { type Actor, can } from '../access.js';
import { ENDING_KIND, type EndingContract, loadEndings } from '../contracts/contract-endings.queries.js';
import { homeKinds } from '../home/home-kinds.js';
import { findWaiting } from '../home/waiting.queries.js';
import type { WaitingBySort } from '../home/waiting-item.queries.js';
import type { LocalDate } from '../local-date.js';
import { toActor } from '../members/member.queries.js';
import type { Money } from '../money.js';
import { loadRows } from '../plans/instalment.queries.js';
import { type DueBill, isBillOpen, loadBills } from '../receipts/bills.queries.js';
import { sumUnclaimed } from '../receipts/unclaimed.queries.js';
import { toleranceIn } from '../settings/small-amounts.js';
import { digestKey } from './digest.service.js';
import { casesOf, type DigestSection, sectionsOf, type TeamLine, teamLines } from './digest-rows.queries.js';
import { findTones, listToldEarly } from './digest-steps.queries.js';
import { findMoreOverdue, findPrepayments, findSmallRests, type SmallRest } from './digest-sums.queries.js';
import { dropReminders } from './drop-reminders.service.js';
import type { Tone } from './ladder.js';
import {
  type LoadedMilestone,
  loadMilestones,
  type MilestoneRef,
  type MilestoneRow,
} from './milestone-rows.queries.js';
import { digestDate, maySendNow } from './send-times.js';
import {
  type Approvals,
  type CaseToAcknowledge,
  countApprovals,
  countTodo,
  type TodoCounts,
} from './todo.queries.js';

export interface DigestData {
  readonly date: LocalDate;
  readonly actor: Actor;
  /** The first line of /hk, and of what those that wait are. */
  readonly counts: TodoCounts;
  readonly sorts: WaitingBySort['sorts'];
  readonly cases: readonly CaseToAcknowledge[];
  readonly team: readonly TeamLine[];
  readonly sections: readonly DigestSection[];
  /** How the steps of the reader's own rows speak, by row, and of milestones by milestoneKey. */
  readonly tones: ReadonlyMap<string, Tone>;
  /** Acceptances to push for, and milestones whose day nobody knows. */
  readonly acceptances: readonly MilestoneRow[];
  readonly unknown: readonly MilestoneRow[];
  /** Contracts that end soon. */
  readonly endings: readonly EndingContract[];
  /** Acceptance bills that fall due. */
  readonly bills: readonly DueBill[];
  readonly approvals: Approvals;
  readonly prepayments: { count: number; totals: readonly Money[] };
  /** Money that nobody has claimed. */
  readonly unclaimed: { count: number; totals: readonly Money[] };
  /** Rests that may be let go, the first of them by row. */
  readonly smallRests: { count: number; totals: readonly Money[]; rows: readonly SmallRest[] };
  readonly moreOverdue: { count: number; totals: readonly Money[] };
}

/** Fresh facts of a person's digest of a day; null when nothing is left to tell. */
export async function findDigest(
  ctx: SystemCtx,
  userId: string,
  date: LocalDate,
): Promise<DigestData | null> {
  const { db } = ctx;
  const user = await db.user.findUnique({ where: { id: userId } });
  const carrier = await db.outbox.findUnique({ where: { dedupeKey: digestKey(userId, date) } });
  if (!user?.active || !carrier) return null;
  const actor = await toActor(db, user);
  const bound = await db.reminder.findMany({
    where: { outboxId: carrier.id, status: { in: ['pending', 'sent', 'acked'] } },
    include: {
      instalment: {
        select: { dueEpoch: true, lifecycle: true, outstanding: true, currency: true, ownerId: true },
      },
    },
    orderBy: { id: 'asc' },
  });
  const loaded = { milestones: await loadMilestones(db, bound), endings: await loadEndings(ctx, bound) };
  const ownerOf = new Map([
    ...loaded.milestones.map((one) => [one.contractId, one.ownerId] as const),
    ...loaded.endings.map((one) => [one.id, one.ownerId] as const),
  ]);
  const carried = bound.filter(({ instalment, contractId }) =>
    can(actor, 'record.see', instalment?.ownerId ?? ownerOf.get(contractId ?? '')),
  );
  const redrawn = carried.some((one) => one.status !== 'pending');
  const milestones = loaded.milestones.filter((one) => can(actor, 'record.see', one.ownerId));
  const endings = loaded.endings.filter((one) => can(actor, 'record.see', one.ownerId));
  const bills = await loadBills({ db, today: ctx.today, actor }, carried);
  const tolerance = (currency: string) => toleranceIn(ctx.company, currency);
  const isTold = (one: (typeof carried)[number]) =>
    redrawn || isAlive(one, { milestones, endings, bills, tolerance });
  const [alive, dead] = [carried.filter(isTold), carried.filter((one) => !isTold(one)).map((one) => one.id)];
  // The person's hours are over: what it carries goes into the next one.
  if (!redrawn && (date !== digestDate(ctx.now, ctx.company) || !maySendNow(ctx.now, user, ctx.company)))
    return null;
  await dropReminders(ctx, dead);
  // What the person does not see any more waits for who takes their place (pass-on.service.ts).
  const seen = new Set(carried);
  const unseen = bound.filter((one) => one.status === 'pending' && !seen.has(one));
  if (unseen.length > 0)
    await db.reminder.updateMany({
      where: { id: { in: unseen.map((one) => one.id) }, status: 'pending' },
      data: { outboxId: null },
    });
  if (alive.length === 0) return null;

  const reader = { db, today: ctx.today, actor, company: ctx.company };
  const rows = await loadRows({ ...ctx, actor }, [
    ...new Set(alive.flatMap((one) => one.instalmentId ?? [])),
  ]);
  const told = milestones.filter((one) => redrawn || one.isAlive);
  const ownIds = new Set(
    alive.filter((one) => OWN_ROLES.includes(one.recipientRole)).flatMap((one) => one.instalmentId ?? []),
  );
  const tones = await findTones(
    ctx,
    alive.filter((one) => one.instalmentId === null || OWN_ROLES.includes(one.recipientRole)),
  );
  const cases = await casesOf(ctx, userId, rows, date);
  const asked = new Set(cases.map((one) => one.row.id));
  const mine = rows.filter((row) => row.ownerId === userId || (ownIds.has(row.id) && !asked.has(row.id)));
  const others = rows.filter((row) => !mine.includes(row));
  const early = await listToldEarly(ctx, alive);
  // Of what is late the team is told in lines; what a step names before is named.
  const ahead = others.filter(
    (row) => early.has(row.id) && !asked.has(row.id) && (row.effectiveDue ?? ctx.today) >= ctx.today,
  );
  const finance = can(actor, 'receipt.approve');
  const waiting = await findWaiting({ ...ctx, actor }, ...homeKinds(actor));
  return {
    date,
    actor,
    counts: await countTodo(reader, waiting.total),
    sorts: waiting.sorts,
    cases,
    team: teamLines(
      others.filter((row) => !asked.has(row.id)),
      ctx.today,
    ),
    sections: sectionsOf([...mine, ...ahead], ctx.today),
    tones,
    acceptances: told.filter((one) => one.undated === 0 || one.expectedOn !== null),
    unknown: told.filter((one) => one.undated > 0 && one.expectedOn === null),
    endings,
    bills: bills.filter((bill) => redrawn || isBillOpen(bill)),
    approvals: await countApprovals(reader),
    prepayments: finance ? await findPrepayments(ctx) : { count: 0, totals: [] },
    unclaimed: finance ? await sumUnclaimed(db) : { count: 0, totals: [] },
    smallRests: can(actor, 'instalment.write_off')
      ? await findSmallRests(ctx)
      : { count: 0, totals: [], rows: [] },
    moreOverdue: await findMoreOverdue(
      ctx,
      actor,
      rows.map((row) => row.id),
    ),
  };
}

/** Roles in which a row is the reader's own work, an absent owner's stand-in included. */
const OWN_ROLES: readonly string[] = ['owner', 'finance_owner', 'snooze', 'contact'];

function isAlive(
  one: MilestoneRef & {
    receiptId: string | null;
    instalment: { dueEpoch: number; lifecycle: string; outstanding: bigint; currency: string } | null;
  },
  facts: {
    milestones: readonly LoadedMilestone[];
    endings: readonly EndingContract[];
    bills: readonly DueBill[];
    tolerance: (currency: string) => number;
  },
): boolean {
  const { instalment } = one;
  const { milestones, endings, bills, tolerance } = facts;
  if (one.receiptId !== null) return bills.some((bill) => bill.id === one.receiptId && isBillOpen(bill));
  if (instalment === null)
    return one.milestoneKind === ENDING_KIND
      ? endings.some(({ id }) => id === one.contractId)
      : milestones.some(
          ({ contractId, kind, isAlive: alive }) =>
            alive && contractId === one.contractId && kind === one.milestoneKind,
        );
  return (
    instalment.lifecycle === 'open' &&
    instalment.dueEpoch === one.dueEpoch &&
    instalment.outstanding > BigInt(tolerance(instalment.currency))
  );
}
