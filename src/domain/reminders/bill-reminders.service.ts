// Acceptance bills (承兑汇票) that fall due (rules §14): a week before and on the day in the morning's message of whoever
// recorded one, and of finance. From facts like all reminders: each bill and step is told once, however often it is run.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { Prisma } from '../../generated/prisma/client.js';
import { isWorkday } from '../calendar.js';
import { newId } from '../ids.js';
import { addDays, type LocalDate } from '../local-date.js';
import { listHolders } from '../members/member.queries.js';
import { dueOccurrence, MOST_DAYS_OFF } from './milestone-steps.js';

/** Days of a step counted from the day on which the bill falls due. */
const STEPS = [{ offsetDays: -7 }, { offsetDays: 0 }] as const;
/** Days after it in which a bill that was missed is still told of: whether it was paid can be found out. */
const MISSED_DAYS = 14;
/** Rows a transaction: on the embedded engine everybody else waits for it. */
const BATCH_ROWS = 500;
/** The code of a reminder of a bill: its days are these, no ladder's. */
export const BILL_CODE = 'B';

interface FallingDue {
  readonly receiptId: string;
  readonly from: LocalDate;
  /** The recorder; of one who has left or has no role, whose customer it is. */
  readonly personId: string | null;
  /** Occurrence of the last reminder, if any. */
  readonly lastOn: LocalDate | null;
}

/** Reminds of the bills that are due to be told of, on workdays; returns how many reminders are new. */
export async function planBills(ctx: SystemCtx): Promise<number> {
  if (!isWorkday(ctx.company.calendar, ctx.today)) return 0;
  const found = await listFallingDue(ctx);
  const due = found.flatMap((bill) => {
    const step = dueOccurrence(STEPS, bill, ctx.company.calendar, ctx.today);
    return step ? [{ ...bill, occurrenceOn: step.occurrenceOn }] : [];
  });
  if (due.length === 0) return 0;
  const finance = (await listHolders(ctx.db, 'finance', 'finance_manager')).map((person) => person.id);
  let reminders = 0;
  for (let start = 0; start < due.length; start += BATCH_ROWS) {
    const planned = due.slice(start, start + BATCH_ROWS).flatMap(({ receiptId, occurrenceOn, personId }) => {
      const people = new Set([...finance, ...(personId === null ? [] : [personId])]);
      return [...people].map((recipientId) => ({
        id: newId(ctx.now),
        receiptId,
        occurrenceOn,
        recipientRole: recipientId === personId ? 'recorder' : 'finance',
        recipientId,
      }));
    });
    reminders += await transact(ctx.db, (tx) => insertBillReminders(tx, ctx, planned));
  }
  return reminders;
}

/** Booked bills that fall due soon, or did a short time ago. */
function listFallingDue({ db, today }: SystemCtx): Promise<FallingDue[]> {
  const earliest = Math.min(...STEPS.map((step) => step.offsetDays));
  return db.$queryRaw<FallingDue[]>`
    SELECT r.id::text AS "receiptId", r.bill_due_on::text AS "from",
      CASE WHEN u.active AND u.roles <> '{}' THEN u.id WHEN o.active AND o.roles <> '{}' THEN o.id END::text AS "personId",
      (SELECT MAX(m.occurrence_on)::text FROM reminder m WHERE m.receipt_id = r.id) AS "lastOn"
    FROM receipt r JOIN app_user u ON u.id = r.recorded_by JOIN customer k ON k.id = r.customer_id
    JOIN app_user o ON o.id = k.owner_id
    WHERE r.bill_due_on BETWEEN ${addDays(today, -MISSED_DAYS)}::date
        AND ${addDays(today, MOST_DAYS_OFF - earliest)}::date
      AND r.status IN ('approved', 'partly_reversed') AND r.reverses_id IS NULL
    ORDER BY r.bill_due_on, r.id`;
}

interface PlannedBill {
  readonly id: string;
  readonly receiptId: string;
  readonly occurrenceOn: LocalDate;
  readonly recipientRole: string;
  readonly recipientId: string;
}

/** Adds them; what still waits to be sent of an earlier step is passed. */
async function insertBillReminders(tx: Tx, ctx: SystemCtx, planned: readonly PlannedBill[]): Promise<number> {
  const rows = Prisma.sql`jsonb_to_recordset(${JSON.stringify(planned)}::jsonb)
    AS x(id uuid, "receiptId" uuid, "occurrenceOn" date, "recipientRole" text, "recipientId" uuid)`;
  await tx.$executeRaw`
    UPDATE reminder r SET status = 'skipped', skip_reason = 'superseded' FROM ${rows}
    WHERE r.receipt_id = x."receiptId" AND r.status = 'pending' AND r.occurrence_on < x."occurrenceOn"`;
  return tx.$executeRaw`
    INSERT INTO reminder (id, receipt_id, due_epoch, rule_code, occurrence_on, recipient_role, recipient_id, planned_on,
      created_at)
    SELECT x.id, x."receiptId", 0, ${BILL_CODE}, x."occurrenceOn", x."recipientRole", x."recipientId",
      ${ctx.today}::date, ${ctx.now}
    FROM ${rows} ON CONFLICT DO NOTHING`;
}
