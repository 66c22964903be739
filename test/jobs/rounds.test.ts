// What is due at a moment of the moved clock: done once, and told only when all of it is done and with Slack.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { movedClock } from '../../src/clock.js';
import { type Rounds, startRounds } from '../../src/jobs/rounds.js';
import type { Job } from '../../src/jobs/run-job.js';
import { NOON } from '../support/company.js';
import { slackIdOf } from '../support/local-slack.js';
import { outboxTests } from '../support/outbox-tests.js';

const { outbox, put, toRep } = outboxTests();
const log = pino({ level: 'silent' });
const MINUTE_MS = 60_000;

let dir: string;
let rounds: Rounds | undefined;
let offset = 0;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huikuan-rounds-'));
});
afterEach(async () => {
  await rounds?.stop();
  await rm(dir, { recursive: true, force: true });
});

const path = () => join(dir, 'clock.json');
const move = async (offsetMs: number) => {
  offset = offsetMs;
  await writeFile(path(), JSON.stringify({ offsetMs }));
};
const told = async () => JSON.parse(await readFile(`${path()}.done`, 'utf8').catch(() => '{}')).offsetMs;
const untilTold = () => vi.waitFor(async () => expect(await told()).toBe(offset), 20_000);
const job = (name: string, run: Job['run']): Job => ({ name, cron: '* * * * *', slot: 'minute', run });
const start = (...jobs: Job[]) => {
  const { company, delivery } = outbox;
  rounds = startRounds({ db: company.db, log, delivery }, jobs, movedClock(path()));
};

it('tells nothing before the slowest job is done and what it wrote has arrived', async () => {
  await move(NOON.getTime() - Date.now());
  let plans = 0;
  start(
    job('slow', async () => {
      await sleep(1_500);
      await put(toRep(`dm:${++plans}`));
      return {};
    }),
    job('quick', async () => ({})),
  );
  await sleep(1_000);
  expect(await told()).toBeUndefined();
  await untilTold();
  const { sandbox } = outbox;
  expect(sandbox.messages(sandbox.dm(slackIdOf('rep')))).toHaveLength(1);

  await move(offset + MINUTE_MS);
  await untilTold();
  expect(plans).toBe(2);
  expect(sandbox.messages(sandbox.dm(slackIdOf('rep')))).toHaveLength(2);
});

it('counts what Slack puts off by a second as of that moment, and waits for nothing longer', async () => {
  await move(NOON.getTime() - Date.now());
  outbox.sandbox.faults.add({ method: 'chat.postMessage', retry_after: 1, times: 1 });
  await put(toRep());
  start(job('quick', async () => ({})));
  await untilTold();
  const inDm = () => outbox.sandbox.messages(outbox.sandbox.dm(slackIdOf('rep')));
  expect(inDm()).toHaveLength(1);

  outbox.sandbox.faults.add({ method: 'chat.postMessage', retry_after: 60, times: 1 });
  await put(toRep('dm:2'));
  await move(offset + MINUTE_MS);
  await untilTold();
  expect(inDm()).toHaveLength(1);
});

it('does not tell a moment whose job failed as done; the next minute makes up for it', async () => {
  await move(NOON.getTime() - Date.now());
  let runs = 0;
  start(
    job('flaky', async () => {
      if (++runs === 1) throw new Error('the first time');
      return {};
    }),
  );
  await sleep(2_500);
  expect([runs, await told()]).toEqual([1, undefined]);
  await move(offset + MINUTE_MS);
  await untilTold();
  expect(runs).toBe(2);
});
