// Two deliverers of one database keep one pace together: in a channel, for rewrites and in all.
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.js';
import { createDelivery, type Delivery } from '../../src/jobs/deliver-notices.js';
import type { Outcome } from '../../src/jobs/delivery/outcome.js';
import type { SlackSender } from '../../src/jobs/delivery/slack-sender.js';
import { changeCompany, createTestCompany, NOON, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';

const BURST = 20;
const GAP_MS = 400;
/** About 31 ms apart, once the burst is over. */
const PER_MINUTE = 1_960;
const log = pino({ level: 'silent' });

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
  await changeCompany(company.db, { financeChannelId: 'C1' });
});
afterAll(() => database.close());

interface Call {
  readonly channel: string;
  readonly atMs: number;
}

/** Two deliverers, as two processes have them, and when either called Slack. */
function two(
  answer: (channel: string) => Outcome = (channel) => ({ kind: 'sent', channel, ts: '1.000001' }),
) {
  const calls: Call[] = [];
  const call = async ({ channel }: { channel: string }) => {
    calls.push({ channel, atMs: performance.now() });
    return answer(channel);
  };
  const slack: SlackSender = {
    dmOf: (id) => `D${id}`,
    openDm: async (id) => ({ kind: 'open', channel: `D${id}` }),
    post: call,
    update: call,
    upload: call,
    find: async () => ({ kind: 'absent' }),
    download: async () => null,
  };
  const deliveries = [1, 2].map(() =>
    createDelivery({
      db: company.db,
      slack,
      clock: () => NOON,
      log,
      gapMs: GAP_MS,
      perMinute: PER_MINUTE,
      shared: true,
      render: async () => ({ text: 'x', blocks: [] }),
    }),
  );
  return { calls, deliveries };
}

/** So many messages to each of these; `after`: those that they have already. */
async function put(recipients: readonly string[], each: number, after = 0): Promise<void> {
  await company.db.outbox.createMany({
    data: Array.from({ length: each }, (_none, n) => after + n).flatMap((n) =>
      recipients.map((recipient) => ({
        id: newId(NOON),
        op: 'post' as const,
        kind: 'member.welcome',
        dedupeKey: `${recipient}:${n}`,
        payload: {},
        recipient,
        priority: 1,
        createdAt: NOON,
      })),
    ),
  });
}

async function deliverAll(deliveries: readonly Delivery[]): Promise<void> {
  for (const delivery of deliveries) delivery.kick();
  const waiting = () => company.db.outbox.count({ where: { status: { in: ['pending', 'sending'] } } });
  await expect.poll(waiting, { timeout: 30_000, interval: 50 }).toBe(0);
  await Promise.all(deliveries.map((delivery) => delivery.stop()));
}

/** The most calls within any stretch of so many milliseconds. */
const most = (calls: readonly Call[], ms: number): number =>
  Math.max(
    ...calls.map(({ atMs }) => calls.filter((one) => one.atMs >= atMs && one.atMs < atMs + ms).length),
  );

it('one message at a time in a channel, and no more in all than one deliverer may', async () => {
  const people = Object.values(company.ids).map((id) => `user:${id}`);
  await put(['finance'], 4);
  await put(people, 6);
  const { calls, deliveries } = two();
  await deliverAll(deliveries);
  expect(calls).toHaveLength(4 + 6 * people.length);
  const gaps = calls.flatMap((call, index) => {
    const before = calls.slice(0, index).findLast((one) => one.channel === call.channel);
    return before ? [call.atMs - before.atMs] : [];
  });
  // A call begins a moment after its turn was taken.
  expect(Math.min(...gaps)).toBeGreaterThan(GAP_MS * 0.6);
  expect(most(calls, 500)).toBeLessThanOrEqual(BURST + (500 * (PER_MINUTE - BURST)) / 60_000 + 5);
});

it('a limit that one has met holds the other one too', async () => {
  let limited = 0;
  const { calls, deliveries } = two((channel) => {
    limited += 1;
    return limited === 1
      ? { kind: 'retry', reason: 'ratelimited', afterSeconds: 2 }
      : { kind: 'sent', channel, ts: '1.000001' };
  });
  const [one, other] = deliveries;
  await put(['finance'], 1);
  await one?.run();
  await put(['finance'], 1, 1);
  await other?.run();
  expect(calls).toHaveLength(1);
  await deliverAll(deliveries);
  const [first, second] = calls;
  expect(calls).toHaveLength(3);
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(1_800);
});
