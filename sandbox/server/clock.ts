// The app's clock: an offset written to the clock file. Slack's own time (ts, triggers, signatures) stays real.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './protocol.js';
import type { ClockRequest } from './protocol-requests.js';
import type { Slack } from './slack.js';
import { writeAtomic } from './store.js';

const MORNING_HOUR = 9;
const AFTER_MORNING_MS = 1_000;
const QUIET_MS = 1_500;
const LONGEST_MORNING_MS = 60_000;
const MAX_DAYS = 400;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How the message begins when the app did not finish a morning. */
const APP_NOT_DONE = 'app_not_done';

/** The order cannot be carried out; the message says why. */
export class ClockError extends Error {}

/** What the app believes the time is. */
export function presentClock(slack: Slack): Clock {
  const { offsetMs, moving } = slack.clock;
  return {
    now: new Date(Date.now() + offsetMs).toISOString(),
    offsetMs,
    canMove: slack.options.clockFile !== undefined,
    moving,
  };
}

function setOffset(slack: Slack, offsetMs: number): void {
  slack.clock.offsetMs = offsetMs;
  if (slack.options.clockFile !== undefined)
    writeAtomic(slack.options.clockFile, JSON.stringify({ offsetMs }));
  slack.hub.sendAll({ type: 'clock', clock: presentClock(slack) });
}

/** Milliseconds since the epoch of the first 09:00 in a zone after an instant. */
export function findNextMorning(after: number, tz: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: tz,
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const sinceMidnight = (instant: number) => {
    const part = Object.fromEntries(
      format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
    );
    const { hour = 0, minute = 0, second = 0 } = part;
    return hour * HOUR_MS + minute * MINUTE_MS + second * 1000 + (instant % 1000);
  };
  const morning = MORNING_HOUR * HOUR_MS;
  const wait = (morning - sinceMidnight(after) + DAY_MS) % DAY_MS || DAY_MS;
  const guess = after + wait;
  // Across a change of summer time the guess is off by an hour; correct it by what the zone's clock shows there.
  const error = ((sinceMidnight(guess) - morning + DAY_MS * 1.5) % DAY_MS) - DAY_MS / 2;
  return guess - error;
}

/**
 * Waits until the app says, beside the clock file, that what was due at this offset is done. For an app that never says
 * so, silence for a while has to do.
 * @throws ClockError when an app that says so has not done it within the limit
 */
async function waitForApp(slack: Slack, clockFile: string): Promise<void> {
  const { offsetMs } = slack.clock;
  const quiet = slack.options.clockQuietMs ?? QUIET_MS;
  const limit = slack.options.clockLimitMs ?? LONGEST_MORNING_MS;
  const started = Date.now();
  // An app looks at its clock once a second or so: give it that second before silence means anything.
  const earliest = started + 1_000 + quiet;
  while (Date.now() - started < limit) {
    const done = readDone(clockFile);
    if (done === offsetMs) return;
    const { last, running } = slack.traffic;
    const isQuiet = Date.now() >= earliest && running === 0 && Date.now() - last >= quiet;
    if (done === undefined && isQuiet) return;
    await sleep(50);
  }
  if (readDone(clockFile) === undefined) return;
  const morning = new Date(Date.now() + offsetMs).toISOString();
  throw new ClockError(
    `${APP_NOT_DONE}: in ${limit / 1000} seconds the app has not done what was due at ${morning}, and its clock stays ` +
      'there. See whether it runs and what it wrote; then move the clock on.',
  );
}

/** The offset that the app is through with; undefined: it never says so. */
function readDone(clockFile: string): unknown {
  try {
    const { offsetMs }: { offsetMs?: unknown } = JSON.parse(readFileSync(`${clockFile}.done`, 'utf8'));
    return offsetMs;
  } catch {
    return undefined;
  }
}

function readTarget(request: ClockRequest, now: number): number {
  if (request.set !== undefined) {
    const target = Date.parse(request.set);
    if (Number.isNaN(target)) throw new ClockError('set: not an ISO instant');
    return target;
  }
  const { minutes = 0, hours = 0, days = 0 } = request.advance ?? {};
  const target = now + minutes * MINUTE_MS + hours * HOUR_MS + days * DAY_MS;
  if (!Number.isFinite(target) || target === now) throw new ClockError('nothing to move');
  if (Math.abs(target - now) > MAX_DAYS * DAY_MS) throw new ClockError(`at most ${MAX_DAYS} days at once`);
  return target;
}

/**
 * Moves the app's clock. Forward moves stop just after each 09:00 of the team's zone until the app is done.
 * @throws ClockError; what begins with `app_not_done` has moved the clock as far as the morning that is not done
 */
export async function moveClock(slack: Slack, request: ClockRequest): Promise<Clock> {
  const { clockFile } = slack.options;
  if (clockFile === undefined) throw new ClockError('the sandbox was started without a clock file');
  if (slack.clock.moving) throw new ClockError('the clock is already moving');
  const now = Date.now() + slack.clock.offsetMs;
  if (request.reset) {
    setOffset(slack, 0);
    return presentClock(slack);
  }
  const target = readTarget(request, now);
  const before = slack.clock.offsetMs;
  const moved = before + target - now;
  slack.clock.moving = true;
  try {
    const { tz } = slack.store.world.team;
    for (let morning = findNextMorning(now, tz); morning < target; morning = findNextMorning(morning, tz)) {
      setOffset(slack, morning + AFTER_MORNING_MS - Date.now());
      await waitForApp(slack, clockFile);
    }
  } catch (error) {
    slack.clock.moving = false;
    setOffset(slack, slack.clock.offsetMs);
    throw error;
  }
  slack.clock.moving = false;
  // A forward move ends exactly that much later, and never before the last morning it played.
  setOffset(slack, target > now ? Math.max(moved, slack.clock.offsetMs) : moved);
  return presentClock(slack);
}
