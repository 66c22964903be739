// Plays mornings: plans the reminders of a day and counts every message as sent.
import { addDays, instantOf, type LocalDate, localDate } from '../../src/domain/local-date.js';
import { type PlanResult, planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import type { TestCompany } from './company.js';

export const ZONE = 'Asia/Shanghai';
export const at = (date: string, time = '09:00'): Date => instantOf(localDate(date), time, ZONE);

/** Plans at 09:00 (or another time) and delivers. */
export async function morning(company: TestCompany, date: string, time = '09:00'): Promise<PlanResult> {
  const result = await planReminders(await company.system(at(date, time)));
  await sendAll(company);
  return result;
}

/** What waits counts as sent. */
export async function sendAll(company: TestCompany): Promise<void> {
  await company.db.$executeRaw`UPDATE outbox SET status = 'sent' WHERE status = 'pending'`;
  await company.db
    .$executeRaw`UPDATE reminder SET status = 'sent' WHERE status = 'pending' AND outbox_id IS NOT NULL`;
}

/** Every morning from `first` to `last`, both included. */
export async function mornings(company: TestCompany, first: string, last: string): Promise<void> {
  for (let day: LocalDate = localDate(first); day <= last; day = addDays(day, 1)) await morning(company, day);
}

/** What was sent about a row, in order: `date step→who`. */
export async function sentAbout(company: TestCompany, instalmentId: string): Promise<string[]> {
  const names = new Map(Object.entries(company.ids).map(([name, id]) => [id, name]));
  const rows = await company.db.reminder.findMany({
    where: { instalmentId, status: { in: ['sent', 'acked'] } },
    orderBy: [{ plannedOn: 'asc' }, { ruleCode: 'asc' }],
  });
  return rows
    .map(
      (row) =>
        `${row.plannedOn.toISOString().slice(0, 10)} ${row.ruleCode}→${names.get(row.recipientId) ?? row.recipientId}`,
    )
    .toSorted();
}
