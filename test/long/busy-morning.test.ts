// A morning with 2,000 recipients: delivered in order, at most one message a second in a channel and 300 a minute in all,
// what somebody waits for first; and the app answers clicks meanwhile. The minutes are those of a clock of the test.
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.js';
import { instantOf, localDate } from '../../src/domain/local-date.js';
import { notice } from '../../src/domain/notices/notice.js';
import { enqueue } from '../../src/domain/notices/outbox.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { createDelivery } from '../../src/jobs/deliver-notices.js';
import type { Post, SlackSender } from '../../src/jobs/delivery/slack-sender.js';
import { anActiveContract, changeCompany, NOON } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';

const PEOPLE = 2_000;
const STEP_MS = 200;
const MINUTE_MS = 60_000;
const log = pino({ level: 'silent' });

let world: SandboxedCompany;
beforeAll(async () => {
  world = await startSandboxedCompany();
});
afterAll(() => world.close());

/** Everybody has one instalment that falls due on this day. */
async function fill(): Promise<void> {
  const { company } = world;
  // What falls due is listed there, and not once more in a digest of everybody in finance.
  await changeCompany(company.db, { financeChannelId: 'C0GENERAL' });
  const { rows } = await anActiveContract(company, [[100_00n, '2026-11-20']], {
    now: instantOf(localDate('2026-11-19'), '10:00', 'Asia/Shanghai'),
  });
  const ids = Array.from({ length: PEOPLE }, () => newId(NOON));
  await company.db.$executeRaw`
    INSERT INTO app_user (id, slack_user_id, name, locale, timezone, roles, created_at, updated_at)
    SELECT id, 'U_MANY' || n, '同事 ' || n, CASE n % 2 WHEN 0 THEN 'zh-CN' ELSE 'en-US' END, 'Asia/Shanghai', '{rep}',
      ${NOON}, ${NOON}
    FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS x(id, n)`;
  await company.db.$executeRaw`
    INSERT INTO instalment SELECT (jsonb_populate_record(i,
      jsonb_build_object('id', gen_random_uuid(), 'seq', 1 + n, 'owner_id', x.id))).*
    FROM instalment i, unnest(${ids}::uuid[]) WITH ORDINALITY AS x(id, n) WHERE i.id = ${rows[0]?.id ?? ''}::uuid`;
}

interface Sent extends Post {
  readonly atMs: number;
}

test(`${PEOPLE} digests go out in order and in time, and clicks are answered`, async () => {
  const { company, sandbox } = world;
  await fill();
  await planReminders(await company.system(NOON), 500);
  const waiting = await company.db.outbox.findMany({
    where: { kind: 'digest', op: 'post' },
    orderBy: [{ priority: 'asc' }, { id: 'asc' }],
    select: { id: true },
  });
  expect(waiting.length).toBeGreaterThanOrEqual(PEOPLE);

  let atMs = 0;
  const sent: Sent[] = [];
  const slack: SlackSender = {
    dmOf: (id) => `D${id}`,
    openDm: async (id) => ({ kind: 'open', channel: `D${id}` }),
    async post(post) {
      sent.push({ ...post, atMs });
      return { kind: 'sent', channel: post.channel, ts: `${sent.length}.000001` };
    },
    update: async ({ channel, ts }) => ({ kind: 'sent', channel, ts }),
    upload: async ({ channel }) => ({ kind: 'sent', channel, ts: null }),
    find: async () => ({ kind: 'absent' }),
    download: async () => null,
  };
  const delivery = createDelivery({ db: company.db, slack, clock: () => NOON, log, pacerNow: () => atMs });

  const clicks: number[] = [];
  const click = async () => {
    const began = performance.now();
    expect(await sandbox.command(slackId('rep'), '/hk')).toMatchObject({ ok: true });
    clicks.push(performance.now() - began);
  };
  const urgent: { sentBefore: number | null } = { sentBefore: null };
  const welcome = async () => {
    const ctx = await company.system(NOON);
    const userId = company.ids.rep2;
    await company.db.$transaction((tx) =>
      enqueue(
        tx,
        ctx,
        notice({
          kind: 'member.welcome',
          key: 'urgent',
          to: { user: userId },
          payload: { userId, byId: null },
        }),
      ),
    );
    urgent.sentBefore = sent.length;
  };
  const isDone = async () =>
    (await company.db.outbox.count({ where: { kind: 'digest', status: { in: ['pending', 'sending'] } } })) ===
    0;
  for (let step = 0; step < 20 * MINUTE_MS; step += 1) {
    await Promise.all([delivery.run(), ...(step % 100 === 50 ? [click()] : [])]);
    if (urgent.sentBefore === null && sent.length > PEOPLE / 2) await welcome();
    if (step % 50 === 0 && (await isDone())) break;
    atMs += STEP_MS;
  }
  await delivery.stop();

  const ids = sent.map((post) => post.noticeId);
  expect(new Set(ids).size).toBe(ids.length);
  const order = new Map(waiting.map(({ id }, place) => [id, place]));
  const places = ids.flatMap((id) => order.get(id) ?? []);
  expect(places).toHaveLength(waiting.length);
  // Those of one look are sent at once: within it their order is anybody's; who was told something else a moment ago
  // waits a second of the database's clock, in which the test's goes on for some.
  for (const [index, place] of places.entries()) expect(Math.abs(place - index)).toBeLessThan(200);

  const times = sent.map((post) => post.atMs);
  const busiest = Math.max(
    ...times.map((from, index) => times.slice(index).filter((at) => at < from + MINUTE_MS).length),
  );
  expect(busiest).toBeLessThanOrEqual(300);
  const minutes = (times.at(-1) ?? 0) / MINUTE_MS;
  // Digests are out by ten past nine.
  expect(minutes).toBeLessThan(10);
  const mine = await company.db.outbox.findUniqueOrThrow({ where: { dedupeKey: 'urgent' } });
  expect(ids.indexOf(mine.id) - (urgent.sentBefore ?? -9)).toBeLessThan(2);
  const slowest = Math.max(...clicks);
  console.log(
    `${sent.length} messages in ${minutes.toFixed(1)} minutes, at most ${busiest} a minute; ` +
      `${clicks.length} commands meanwhile, the slowest ${slowest.toFixed(0)} ms`,
  );
  // Slack waits three seconds.
  expect(clicks.length).toBeGreaterThan(10);
  expect(slowest).toBeLessThan(3_000);
});
