// Whose turn it is to call Slack: the pace of this process (pacer.ts) and, where several share a database, the one that all
// of them keep together: a row a channel, one for all rewrites and one for everything, each the moment from which it has
// room. A turn is taken with the lease of the row to be sent, in one statement.
import type { Db } from '../../db/client.js';
import { type ClaimedRow, LEASE_SECONDS, renewLease } from './outbox-rows.js';
import { type Pacer, type Rate, REWRITES, ratesOf } from './pacer.js';

export interface Turns {
  /**
   * Takes the turn of a row in `pace` (a channel, a person, or `REWRITES`) for the call that follows. 'lost': somebody else
   * has taken the row over; a number: milliseconds until it may be tried again, and nothing was taken.
   */
  take(row: ClaimedRow, pace: string): Promise<'taken' | 'lost' | number>;
  /** Slack asked for silence there. */
  pause(pace: string, ms: number): Promise<void>;
}

export interface TurnsOptions {
  readonly db: Db;
  readonly pacer: Pacer;
  /** Between two messages of a channel. */
  readonly gapMs: number;
  readonly perMinute: number;
  /** Whether other processes may deliver from the same database. */
  readonly shared: boolean;
}

const EVERYTHING = '*';

/** The turns of one process. */
export function createTurns({ db, pacer, gapMs, perMinute, shared }: TurnsOptions): Turns {
  const rates = ratesOf(perMinute);
  const rateOf = (pace: string): Rate => (pace === REWRITES ? rates.rewrites : { gapMs, burst: 1 });
  const count = (pace: string) => {
    if (pace === REWRITES) pacer.countRewrite();
    else {
      pacer.pause(pace, gapMs);
      pacer.count();
    }
  };
  const takeShared = async (row: ClaimedRow, pace: string): Promise<'taken' | 'lost' | number> => {
    const wanted = new Map([
      [pace, rateOf(pace)],
      [EVERYTHING, rates.all],
    ]);
    const turn = await takeTurn(db, row, wanted);
    if (turn.late === null) return turn.isOwn ? 'taken' : 'lost';
    // Until then this process leaves alone what it could not send.
    if (turn.late.key === EVERYTHING) pacer.pauseAll(turn.late.ms);
    else pacer.pause(turn.late.key, turn.late.ms);
    return turn.late.ms;
  };
  return {
    async take(row, pace) {
      const turn = shared ? await takeShared(row, pace) : (await renewLease(db, row)) ? 'taken' : 'lost';
      if (turn === 'taken') count(pace);
      return turn;
    },
    async pause(pace, ms) {
      pacer.pause(pace, ms);
      const slackMs = slackOf(rateOf(pace));
      if (shared)
        await db.$executeRaw`
          INSERT INTO delivery_pace AS p (key, free_at)
          VALUES (${pace}, clock_timestamp() + make_interval(secs => ${(ms + slackMs) / 1000}))
          ON CONFLICT (key) DO UPDATE SET free_at = GREATEST(p.free_at, excluded.free_at)`;
    },
  };
}

/** How far ahead of its pace something may be. */
const slackOf = ({ gapMs, burst }: Rate): number => (burst - 1) * gapMs;

interface Turn {
  readonly isOwn: boolean;
  /** What has no room yet, the one that has none for longest; nothing is taken then. */
  readonly late: { readonly key: string; readonly ms: number } | null;
}

/** Takes room in all of `wanted`, and a whole lease of the row; or, where one has none, nothing. */
async function takeTurn(db: Db, row: ClaimedRow, wanted: ReadonlyMap<string, Rate>): Promise<Turn> {
  // Without a limit there is always room.
  const paces = [...wanted].filter(([, rate]) => rate.gapMs > 0);
  const keys = paces.map(([key]) => key);
  const gaps = paces.map(([, rate]) => rate.gapMs / 1000);
  const slacks = paces.map(([, rate]) => slackOf(rate) / 1000);
  const [turn] = await db.$queryRaw<
    { taken: number; isOwn: boolean; lateKey: string | null; lateMs: number | null }[]
  >`
    WITH wanted AS (
      SELECT w.key, make_interval(secs => w.gap) AS gap, make_interval(secs => w.slack) AS slack
      FROM unnest(${keys}::text[], ${gaps}::float8[], ${slacks}::float8[]) AS w(key, gap, slack)),
    -- In one order, as everybody locks them; what is read is what the last one left.
    held AS MATERIALIZED (
      SELECT key, free_at FROM delivery_pace WHERE key = ANY(${keys}::text[]) ORDER BY key FOR UPDATE),
    late AS MATERIALIZED (
      SELECT w.key, (EXTRACT(EPOCH FROM h.free_at - w.slack - clock_timestamp()) * 1000)::float8 AS ms
      FROM held h JOIN wanted w USING (key) WHERE h.free_at - w.slack > clock_timestamp()
      ORDER BY ms DESC LIMIT 1),
    taken AS (
      INSERT INTO delivery_pace AS p (key, free_at)
      SELECT key, clock_timestamp() + gap FROM wanted WHERE NOT EXISTS (SELECT 1 FROM late) ORDER BY key
      ON CONFLICT (key) DO UPDATE SET free_at = GREATEST(p.free_at, clock_timestamp())
        + (SELECT gap FROM wanted w WHERE w.key = excluded.key)
      -- One that was there for the first time a moment ago was nobody's to lock: whoever comes second has no turn, and
      -- the room that it took elsewhere is lost, once a key.
      WHERE p.free_at <= clock_timestamp() + (SELECT slack FROM wanted w WHERE w.key = excluded.key)
      RETURNING key),
    own AS (
      UPDATE outbox SET lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
      WHERE id = ${row.id}::uuid AND status = 'sending' AND attempts = ${row.attempts}
        AND (SELECT COUNT(*) FROM taken) = ${keys.length} RETURNING id)
    SELECT (SELECT COUNT(*) FROM taken)::int AS taken, EXISTS (SELECT 1 FROM own) AS "isOwn",
      (SELECT key FROM late) AS "lateKey", (SELECT ms FROM late) AS "lateMs"`;
  if (!turn) throw new Error('no answer');
  if (turn.lateKey !== null) return { isOwn: false, late: { key: turn.lateKey, ms: turn.lateMs ?? 0 } };
  const [key] = keys;
  return turn.taken < keys.length && key !== undefined
    ? { isOwn: false, late: { key, ms: wanted.get(key)?.gapMs ?? 0 } }
    : { isOwn: turn.isOwn, late: null };
}
