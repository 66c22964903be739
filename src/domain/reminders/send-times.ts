// When a person's digest may go out: the company's morning, at the person's own hour, in their zone, outside of their
// quiet hours (rules §7). Pure.
import { addDays, type LocalDate, localTimeIn, todayIn } from '../local-date.js';

/** The company's morning, 'HH:mm' in its zone. */
export interface CompanyTimes {
  readonly timezone: string;
  readonly remindAt: string;
  readonly remindUntil: string;
}

/** A person's own times, 'HH:mm' in their zone; null: as the company's, and no quiet hours. */
export interface PersonalTimes {
  readonly timezone: string;
  readonly remindAt: string | null;
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
}

const MIDNIGHT = '24:00';
/** 'HH:mm'. */
export const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/**
 * The company's day whose digest goes out at this moment: until its morning begins it is still the day before's, so that
 * somebody far to the west gets a day's digest in their own morning.
 */
export function digestDate(now: Date, company: CompanyTimes): LocalDate {
  const today = todayIn(now, company.timezone);
  return localTimeIn(now, company.timezone) < company.remindAt ? addDays(today, -1) : today;
}

/** The first day of which the mornings still say something: today until its hours are over, then tomorrow (rules §7). */
export function firstDayToTell(now: Date, company: CompanyTimes): LocalDate {
  const today = todayIn(now, company.timezone);
  return localTimeIn(now, company.timezone) < company.remindUntil ? today : addDays(today, 1);
}

/**
 * From when until when a person may be sent a digest, by their own clock. Quiet hours that cover the hour of the digest
 * move it to their end: they put it off, and never silence it.
 */
export function sendHours(person: PersonalTimes, company: CompanyTimes): { opens: string; closes: string } {
  const wanted = person.remindAt ?? company.remindAt;
  const opens = isQuiet(wanted, person) ? (person.quietTo ?? wanted) : wanted;
  return { opens, closes: opens < company.remindUntil ? company.remindUntil : MIDNIGHT };
}

/** Whether a digest may be sent to this person at this moment. Whether the company works on its day is not asked here. */
export function maySendNow(now: Date, person: PersonalTimes, company: CompanyTimes): boolean {
  const time = localTimeIn(now, zoneOf(person, company));
  const { opens, closes } = sendHours(person, company);
  return time >= opens && time < closes && !isQuiet(time, person);
}

/** Quiet hours may go over midnight. */
export function isQuiet(
  time: string,
  { quietFrom, quietTo }: Pick<PersonalTimes, 'quietFrom' | 'quietTo'>,
): boolean {
  if (quietFrom === null || quietTo === null) return false;
  return quietFrom < quietTo ? time >= quietFrom && time < quietTo : time >= quietFrom || time < quietTo;
}

const known = new Map<string, boolean>();

/** The person's zone; the company's where Slack names one that this machine does not know. */
export function zoneOf(
  person: Pick<PersonalTimes, 'timezone'>,
  company: Pick<CompanyTimes, 'timezone'>,
): string {
  return isZone(person.timezone) ? person.timezone : company.timezone;
}

/** Whether there is such a time zone. */
export function isZone(text: string): boolean {
  let found = known.get(text);
  if (found === undefined) {
    try {
      found = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
    } catch {
      found = false;
    }
    known.set(text, found);
  }
  return found;
}
