// From the click on [Approve] to the rewritten card, with the app, its deliverer and Slack as they run: 20 at once, again and
// again. Each approval is three messages and no more than 300 a minute go out, so that there is a pause between two rounds.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildApp } from '../src/app.js';
import { systemClock } from '../src/clock.js';
import type { Database } from '../src/db/client.js';
import { createDelivery } from '../src/jobs/deliver-notices.js';
import { createSlackSender } from '../src/jobs/delivery/slack-sender.js';
import { createLog } from '../src/log.js';
import { ask, BOT, listen, receiverOf, startSlack, TOKEN } from './ack.js';
import { FINANCE_CHANNEL, fillForApprovals } from './approval-data.js';
import { ms, percentile, type Row } from './measure.js';

const AT_ONCE = 20;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 10;
/** After that as many may go out at once as after an hour's silence. */
const PAUSE_MS = 14_000;
/** Of ux §8: a card tells what is so two seconds after the commit. */
const TARGET_MS = 2_000;

export async function benchApprovalCards(database: Database): Promise<Row[]> {
  const waiting = await fillForApprovals(database, (WARM_UP_ROUNDS + ROUNDS) * AT_ONCE);
  const cards = waiting.map(({ approvalId, ts }) => ({
    channel: FINANCE_CHANNEL,
    ts,
    value: JSON.stringify({ a: approvalId, v: 1 }),
  }));
  const { slack, slackApiUrl } = await startSlack();
  const [db, log, clock] = [database.prisma, createLog('silent'), systemClock];
  const sender = createSlackSender({ token: TOKEN, slackApiUrl, log });
  const delivery = createDelivery({ db, slack: sender, clock, log });
  const deps = { db, clock, log, kick: () => delivery.kick(), download: async () => null };
  const receiver = receiverOf();
  const app = buildApp(deps, { botToken: TOKEN, bot: BOT, receiver, clientOptions: { slackApiUrl } });
  try {
    const load = { kind: 'card', url: await listen(app), atOnce: AT_ONCE } as const;
    const ours: number[] = [];
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
      if (round > 0) await sleep(PAUSE_MS);
      const shown = cards.slice(round * AT_ONCE, (round + 1) * AT_ONCE);
      const { ours: times } = await ask(slack, { ...load, cards: shown });
      if (round >= WARM_UP_ROUNDS) ours.push(...times);
    }
    const p99 = percentile(ours, 0.99);
    return [
      {
        what: `click on Approve → card rewritten, p99, ${AT_ONCE} at once (median ${ms(percentile(ours, 0.5))})`,
        engine: database.engine,
        ours: ms(p99),
        floor: '',
        ratio: null,
        target: `≤ ${TARGET_MS} ms`,
        met: p99 <= TARGET_MS,
      },
    ];
  } finally {
    slack.kill();
    await app.stop();
    await delivery.stop();
  }
}
