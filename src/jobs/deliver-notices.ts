// Delivers the outbox: kicked after each commit, woken when something is due again. Any number of instances may run it.
import type { Clock } from '../clock.js';
import type { SystemCtx } from '../ctx.js';
import type { Db } from '../db/client.js';
import { todayIn } from '../domain/local-date.js';
import { loadCompany } from '../domain/settings/company.service.js';
import type { Logger } from '../log.js';
import { type DeliveryEnv, deliverRow, MAX_ATTEMPTS } from './delivery/deliver-row.js';
import { giveUp } from './delivery/fallbacks.js';
import { type ClaimedRow, claimRows, keepInDoubt, nextDueInMs, release } from './delivery/outbox-rows.js';
import { createPacer } from './delivery/pacer.js';
import type { SlackSender } from './delivery/slack-sender.js';
import { createTurns } from './delivery/turns.js';
import { renderNotice } from './render-notice.js';

export interface Delivery {
  /** Something was committed: deliver soon; returns at once. */
  kick(): void;
  /** Delivers what is due now, as much as may go out at once; the rest follows by itself. */
  run(): Promise<void>;
  /** Finishes what is being sent and sends nothing more. */
  stop(): Promise<void>;
}

export interface DeliveryOptions {
  readonly db: Db;
  readonly slack: SlackSender;
  readonly clock: Clock;
  readonly log: Logger;
  /** Between two messages of a channel; Slack allows about one a second. */
  readonly gapMs?: number;
  /** Messages a minute in all; Slack allows a workspace some hundreds. */
  readonly perMinute?: number;
  /** Other processes may deliver from the same database: they keep the pace together. */
  readonly shared?: boolean;
  /** For tests: the clock of both. */
  readonly pacerNow?: () => number;
  /** For tests: what a notice becomes. */
  readonly render?: DeliveryEnv['render'];
}

const BATCH_ROWS = 20;
const GAP_MS = 1_000;
const PER_MINUTE = 300;
const LONGEST_SLEEP_MS = 60_000;
const SHORTEST_SLEEP_MS = 50;

/** The deliverer of one process. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { db, log, clock } = options;
  const { gapMs = GAP_MS, perMinute = PER_MINUTE, shared = false } = options;
  const pacer = createPacer({ perMinute, ...(options.pacerNow && { now: options.pacerNow }) });
  const env: DeliveryEnv = {
    db,
    log,
    slack: options.slack,
    pacer,
    turns: createTurns({ db, pacer, gapMs, perMinute, shared }),
    render: options.render ?? renderNotice,
  };
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;

  const drain = async (): Promise<void> => {
    for (;;) {
      // What has no room yet is not taken: what is more urgent by then goes first.
      const room = Math.min(BATCH_ROWS, env.pacer.room());
      if (stopped || room === 0) return;
      const rows = await claimRows(db, room, env.pacer.held().recipients);
      if (rows.length === 0) return;
      const now = clock();
      const company = await loadCompany(db, now);
      const ctx: SystemCtx = { db, now, company, today: todayIn(now, company.timezone) };
      await Promise.all(inOrder(rows).map((group) => deliverGroup(env, ctx, group)));
    }
  };

  const run = async (): Promise<void> => {
    if (running) {
      again = true;
      return running;
    }
    const pass = drainAll();
    running = pass;
    try {
      await pass;
    } finally {
      await sleepUntilDue();
    }
  };

  const drainAll = async (): Promise<void> => {
    try {
      do {
        again = false;
        await drain();
      } while (again && !stopped);
    } finally {
      // At once: whoever asks from now on is not told of a pass that looks no more.
      running = null;
    }
  };

  const sleepUntilDue = async (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (stopped) return;
    const held = env.pacer.held();
    const dueInMs = await nextDueInMs(db, held.recipients).catch(() => LONGEST_SLEEP_MS);
    const waits = [dueInMs, held.ms].filter((ms) => ms !== null);
    if (waits.length === 0 || stopped) return;
    const ms = Math.max(SHORTEST_SLEEP_MS, Math.min(...waits), env.pacer.roomInMs());
    if (timer) clearTimeout(timer);
    timer = setTimeout(kick, Math.min(LONGEST_SLEEP_MS, ms));
    timer.unref();
  };

  const kick = (): void => {
    if (stopped) return;
    run().catch((error: unknown) => log.error({ err: error }, 'delivery failed'));
  };

  return {
    kick,
    run,
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await running?.catch(() => {});
    },
  };
}

/**
 * What one recipient is sent goes one after the other, so that it stays in order. Rewrites of several messages do not wait
 * for each other: of one message only the first is taken.
 */
function inOrder(rows: readonly ClaimedRow[]): ClaimedRow[][] {
  const groups = new Map<string, ClaimedRow[]>();
  for (const row of rows) {
    const key = row.op === 'update' ? `rewrite of ${row.anchorKey}` : row.recipient;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

async function deliverGroup(env: DeliveryEnv, ctx: SystemCtx, rows: readonly ClaimedRow[]): Promise<void> {
  for (const row of rows) {
    let perhapsSent = row.perhapsSent;
    try {
      await deliverRow(env, ctx, row, (isPerhapsThere) => {
        perhapsSent = isPerhapsThere;
      });
    } catch (error) {
      await afterFault(env, ctx, { ...row, perhapsSent }, error);
    }
  }
}

/** Our own fault, or the database's: the row is tried again later, and given up like any other. */
async function afterFault(env: DeliveryEnv, ctx: SystemCtx, row: ClaimedRow, error: unknown): Promise<void> {
  env.log.error({ err: error, outboxId: row.id, kind: row.kind }, 'a notice could not be handled');
  const seconds = 30 * row.attempts;
  try {
    if (row.attempts >= MAX_ATTEMPTS) await giveUp(ctx, row, row.perhapsSent ? 'unknown' : 'failed', 'fault');
    else if (row.perhapsSent) await keepInDoubt(env.db, row, seconds, 'fault');
    else await release(env.db, row, seconds, 'fault');
  } catch (failure) {
    env.log.error({ err: failure, outboxId: row.id }, 'its lease will run out');
  }
}
