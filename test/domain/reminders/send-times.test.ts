// When a person's digest may go out: their hour, their zone, their quiet hours, within the company's day.
import { describe, expect, it } from 'vitest';
import { instantOf, localDate } from '../../../src/domain/local-date.js';
import {
  digestDate,
  firstDayToTell,
  isQuiet,
  isZone,
  maySendNow,
  type PersonalTimes,
  sendHours,
} from '../../../src/domain/reminders/send-times.js';

const COMPANY = { timezone: 'Asia/Shanghai', remindAt: '09:00', remindUntil: '18:00' };
const ANYBODY: PersonalTimes = {
  timezone: 'Asia/Shanghai',
  remindAt: null,
  quietFrom: null,
  quietTo: null,
};
const shanghai = (time: string, date = '2026-11-20') => instantOf(localDate(date), time, 'Asia/Shanghai');
/** Every half hour of the company's day from its morning to the next one at which the person may be sent a digest. */
function openFrom(person: Partial<PersonalTimes>): string[] {
  const times: string[] = [];
  for (let half = 0; half < 48; half += 1) {
    const now = new Date(shanghai('09:00').getTime() + half * 1_800_000);
    if (maySendNow(now, { ...ANYBODY, ...person }, COMPANY))
      times.push(now.toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai' }).slice(0, 5));
  }
  return times;
}

describe('a person’s hours', () => {
  it.each([
    ['as the company’s', {}, '09:00', '17:30'],
    ['later by choice', { remindAt: '10:30' }, '10:30', '17:30'],
    ['in the evening, to midnight', { remindAt: '20:00' }, '20:00', '23:30'],
    ['in Berlin, in the morning there', { timezone: 'Europe/Berlin' }, '16:00', '00:30'],
    ['in New York, in the night of Shanghai', { timezone: 'America/New_York' }, '22:00', '06:30'],
    ['in Los Angeles, at once: it is their afternoon', { timezone: 'America/Los_Angeles' }, '09:00', '08:30'],
    ['in Tokyo, at once: it is ten there', { timezone: 'Asia/Tokyo' }, '09:00', '08:30'],
    ['in a zone that nobody knows: the company’s', { timezone: 'Mars/Olympus' }, '09:00', '17:30'],
    ['quiet over the hour: from its end on', { quietFrom: '08:00', quietTo: '10:00' }, '10:00', '17:30'],
    [
      'quiet all the day: from its end on, to midnight',
      { quietFrom: '07:00', quietTo: '19:00' },
      '19:00',
      '23:30',
    ],
    ['quiet over midnight: as without', { quietFrom: '22:00', quietTo: '07:00' }, '09:00', '17:30'],
  ])('%s', (_name, person, first, last) => {
    const open = openFrom(person);
    expect([open[0], open.at(-1)]).toEqual([first, last]);
  });

  it('leave out quiet hours in the middle', () => {
    expect(openFrom({ quietFrom: '12:00', quietTo: '14:00' })).not.toContain('12:30');
    expect(openFrom({ quietFrom: '12:00', quietTo: '14:00' })).toContain('14:00');
  });

  it('are open at some time of every day, whatever is chosen', () => {
    const hours = Array.from({ length: 8 }, (_, index) => `${String(index * 3).padStart(2, '0')}:00`);
    const morning = shanghai('09:00').getTime();
    for (const timezone of ['Asia/Shanghai', 'America/Denver', 'Pacific/Kiritimati'])
      for (const remindAt of [null, '00:00', '23:00'])
        for (const quietFrom of hours)
          for (const quietTo of hours.filter((hour) => hour !== quietFrom)) {
            const person = { timezone, remindAt, quietFrom, quietTo };
            const isOpen = Array.from({ length: 24 }, (_, hour) => new Date(morning + hour * 3_600_000)).some(
              (now) => maySendNow(now, person, COMPANY),
            );
            expect(isOpen, JSON.stringify(person)).toBe(true);
          }
  });
});

it('the company’s day lasts until its next morning', () => {
  expect(digestDate(shanghai('09:00'), COMPANY)).toBe('2026-11-20');
  expect(digestDate(shanghai('23:59'), COMPANY)).toBe('2026-11-20');
  expect(digestDate(shanghai('08:59', '2026-11-21'), COMPANY)).toBe('2026-11-20');
});

it('the last word of a day is said before its hours are over', () => {
  const first = (time: string) => firstDayToTell(shanghai(time, '2026-11-20'), COMPANY);
  expect(['00:00', '17:59', '18:00', '23:59'].map(first)).toEqual([
    '2026-11-20',
    '2026-11-20',
    '2026-11-21',
    '2026-11-21',
  ]);
});

it('quiet hours include their start and not their end', () => {
  const night = { quietFrom: '22:00', quietTo: '07:00' };
  expect(['21:59', '22:00', '00:00', '06:59', '07:00'].map((time) => isQuiet(time, night))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  expect(sendHours({ ...ANYBODY, ...night, remindAt: '23:00' }, COMPANY)).toEqual({
    opens: '07:00',
    closes: '18:00',
  });
  expect([isZone('Asia/Shanghai'), isZone('Mars/Olympus'), isZone('')]).toEqual([true, false, false]);
});
