// Where the clock is moved by hand (the local sandbox): what is due in a minute runs one job after the other, at once after
// a move; and once all of it is done and delivered, that is told, so that the clock is not moved on before.
import { setTimeout as sleep } from 'node:timers/promises';
import type { MovedClock } from '../clock.js';
import type { Db } from '../db/client.js';
import type { Logger } from '../log.js';
import type { Delivery } from './deliver-notices.js';
import { nextDueInMs } from './delivery/outbox-rows.js';
import { type Job, runJob, slotOf } from './run-job.js';

export interface RoundsDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly delivery: Pick<Delivery, 'run'>;
}

export interface Rounds {
  /** Ends with the job that is running. */
  stop(): Promise<void>;
}

/** How soon a move of the clock is seen. */
const LOOK_MS = 100;
/** What failed, or was somebody else's, is tried again after this long. */
const AGAIN_MS = 1_000;
/** What Slack put off by this much still belongs to the morning; what waits for longer does not hold the clock up. */
const SOON_MS = 2_000;

const minuteOf = (now: Date): string => slotOf({ slot: 'minute' }, now);

/** Runs `jobs`, all of one slot a minute, by the moved clock until it is stopped. */
export function startRounds(deps: RoundsDeps, jobs: readonly Job[], clock: MovedClock): Rounds {
  const env = { db: deps.db, log: deps.log, clock: clock.now };
  let stopped = false;

  const isDelivered = async (offsetMs: number): Promise<boolean> => {
    while (!stopped && clock.offsetMs() === offsetMs) {
      await deps.delivery.run();
      const dueInMs = await nextDueInMs(deps.db);
      if (dueInMs === null || dueInMs > SOON_MS) return true;
      await sleep(LOOK_MS);
    }
    return false;
  };

  /** True: what is due at this offset is done, whoever did it. */
  const playRound = async (offsetMs: number): Promise<boolean> => {
    for (const job of jobs) if (!stopped) await runJob(env, job);
    return (await areDone(deps.db, jobs, clock.now())) && (await isDelivered(offsetMs));
  };

  const play = async (): Promise<void> => {
    let done = '';
    let tried = '';
    let retryAt = 0;
    while (!stopped) {
      const offsetMs = clock.offsetMs();
      const present = `${minuteOf(clock.now())} ${offsetMs}`;
      if (present !== done && (present !== tried || performance.now() >= retryAt)) {
        try {
          if (await playRound(offsetMs)) {
            clock.tellDone(offsetMs);
            done = present;
          }
        } catch (error) {
          deps.log.error({ err: error }, 'round failed');
        }
        tried = present;
        retryAt = performance.now() + AGAIN_MS;
      }
      await sleep(LOOK_MS);
    }
  };

  const playing = play();
  return {
    async stop() {
      stopped = true;
      await playing;
    },
  };
}

async function areDone(db: Db, jobs: readonly Job[], now: Date): Promise<boolean> {
  const done = await db.jobRun.count({
    where: { job: { in: jobs.map(({ name }) => name) }, slot: minuteOf(now), outcome: 'done' },
  });
  return done === jobs.length;
}
