// The app's clock and what moves it; mornings run one by one on the server, here only their progress.

import { useEffect, useState } from 'react';
import type { ClockRequest } from '../../../server/protocol-requests.js';
import { moveClock } from '../store/api.js';
import { useNotice, usePage } from '../store/page-context.js';
import { formatInstant } from '../text/format-time.js';
import { epochToLocal, localToEpoch } from '../text/zoned-time.js';
import { Icon } from '../ui/icon.js';
import { Spinner } from '../ui/spinner.js';
import { explainClock } from '../words/explain.js';
import { useLanguage, type Words } from '../words/words.js';

const DAY_MS = 86_400_000;
const MORNING = '09:00';
const AFTER_MORNING_S = 5;

interface Journey {
  fromMs: number;
  days: number;
}

/** How far the app's clock is from real time, in the largest fitting unit. */
function describeOffset(offsetMs: number, words: Words): string {
  const size = Math.abs(offsetMs);
  if (size < 60_000) return words.clockReal;
  const minutes = Math.round(size / 60_000);
  const text =
    size >= DAY_MS
      ? words.days(Math.round(size / DAY_MS))
      : minutes >= 60
        ? words.hours(Math.round(minutes / 60))
        : words.minutes(minutes);
  return offsetMs > 0 ? words.clockShifted(text) : words.clockBehind(text);
}

/** App time, its distance from real time, and the buttons. */
export function ClockBar() {
  const language = useLanguage();
  const { words, timeZone } = language;
  const { state, change } = usePage();
  const notify = useNotice();
  const { clock } = state.server;
  const [realNow, setRealNow] = useState(() => Date.now());
  const [journey, setJourney] = useState<Journey | undefined>(undefined);
  const [picked, setPicked] = useState('');
  const now = realNow + clock.offsetMs;

  useEffect(() => {
    const timer = setInterval(() => setRealNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);

  const isMoving = journey !== undefined || clock.moving;
  const move = async (request: ClockRequest, days: number) => {
    setJourney({ fromMs: Date.now() + clock.offsetMs, days });
    try {
      const answer = await moveClock(request);
      change({ type: 'event', event: { type: 'clock', clock: answer.clock } });
    } catch (error) {
      notify('error', explainClock(error, words));
    } finally {
      setJourney(undefined);
    }
  };
  const moveTo = (seconds: number) => {
    const days = Math.max(0, Math.ceil((seconds * 1000 - now) / DAY_MS));
    return move({ set: new Date(seconds * 1000).toISOString() }, days);
  };
  // A few seconds after 09:00, so that the server plays that morning before it lets go.
  const nextMorning = () => {
    const today = epochToLocal(now / 1000, timeZone).slice(0, 10);
    const here = localToEpoch(`${today}T${MORNING}`, timeZone);
    return here * 1000 > now ? here : localToEpoch(`${nextDay(today)}T${MORNING}`, timeZone);
  };

  return (
    <section className="clock" aria-label={words.clock} data-app-time={new Date(now).toISOString()}>
      <Icon name="clock" />
      <span className="clock-now">
        <span className="hidden-text">{words.clockNow}: </span>
        <time dateTime={new Date(now).toISOString()}>{formatInstant(now, language)}</time>
        <small>{describeOffset(clock.offsetMs, words)}</small>
      </span>
      {clock.canMove ? (
        <span className="clock-tools">
          {isMoving ? (
            <JourneyProgress journey={journey} now={now} />
          ) : (
            <>
              <button
                type="button"
                className="button button-small"
                onClick={() => void moveTo(nextMorning() + AFTER_MORNING_S)}
              >
                {words.clockMorning}
              </button>
              <button
                type="button"
                className="button button-small"
                onClick={() => void move({ advance: { days: 1 } }, 1)}
              >
                {words.clockDay}
              </button>
              <button
                type="button"
                className="button button-small"
                onClick={() => void move({ advance: { days: 7 } }, 7)}
              >
                {words.clockWeek}
              </button>
              <span className="clock-pick">
                <input
                  type="date"
                  className="field field-small"
                  aria-label={words.clockPick}
                  title={words.clockPick}
                  value={picked}
                  min={epochToLocal(now / 1000, timeZone).slice(0, 10)}
                  onChange={(event) => setPicked(event.target.value)}
                />
                <button
                  type="button"
                  className="button button-small"
                  disabled={picked === ''}
                  onClick={() => {
                    setPicked('');
                    void moveTo(localToEpoch(`${picked}T09:05`, timeZone));
                  }}
                >
                  {words.clockGo}
                </button>
              </span>
              <button
                type="button"
                className="button button-small"
                disabled={clock.offsetMs === 0}
                onClick={() => void move({ reset: true }, 0)}
              >
                {words.clockReset}
              </button>
            </>
          )}
        </span>
      ) : (
        <small className="clock-tools">{words.clockFixed}</small>
      )}
    </section>
  );
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}

function JourneyProgress({ journey, now }: { journey: Journey | undefined; now: number }) {
  const { words } = useLanguage();
  const days = journey?.days ?? 0;
  const done = journey ? Math.min(days, Math.max(0, Math.floor((now - journey.fromMs) / DAY_MS))) : 0;
  const text = days > 1 ? words.clockRunning(done, days) : words.clockMoving;
  return (
    <span className="clock-progress" role="status" data-clock-moving>
      <Spinner /> {text}
      {days > 1 && <progress max={days} value={done} aria-label={text} />}
    </span>
  );
}
