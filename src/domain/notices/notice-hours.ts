// Which messages wait for whom: what the clock says and nobody did respects quiet hours and mornings (rules §7). Pure.
import { type CaseEvent, NOTICE_PAYLOADS, type NoticeKind } from './notice.js';

/** What the clock says and nobody did: to a person it waits for the end of their quiet hours (rules §7). */
const PATIENT: readonly string[] = [
  'approval.nudge',
  'approval.overdue',
  'approval.solo_week',
  'books.differ',
  'calendar.missing',
  'case.card',
  'case.line',
  'case.summary',
  'channel.unreachable',
  'delivery.gave_up',
  'digest.copy',
  'digest.rows',
  'finance.due',
  'receipt.auto_applied',
  'reminders.failing',
  'reminders.unheld',
  'report.monday',
] satisfies NoticeKind[];
export const isPatient = (kind: string, payload: unknown): boolean => {
  if (kind !== 'backup.ended') return PATIENT.includes(kind);
  const ended = NOTICE_PAYLOADS['backup.ended'].safeParse(payload);
  return ended.success && !ended.data.asked;
};

/** What a morning's plan tells of a case, by its clock. */
const PLANNED_EVENTS: readonly string[] = [
  'opened',
  'raised',
  'still',
  'again',
  'broken',
  'disputed',
] satisfies CaseEvent[];

/**
 * What the company's morning makes: whose day has not begun, or is over, in a zone of their own gets it in their hours, as
 * their digest. What somebody did about a case goes on at any hour.
 */
export function isOfTheMorning(kind: string, payload: unknown): boolean {
  if (kind !== 'case.line') return MORNING.includes(kind);
  const line = NOTICE_PAYLOADS['case.line'].safeParse(payload);
  return line.success && PLANNED_EVENTS.includes(line.data.event);
}
const MORNING: readonly string[] = [
  'case.card',
  'case.summary',
  'digest.copy',
  'finance.due',
  'reminders.unheld',
  'report.monday',
] satisfies NoticeKind[];
