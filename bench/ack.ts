// From a signed request to its acknowledgement: a slash command and a button; and from a slash command until its modal
// is opened, 20 at once. Beside a bare Bolt app that acknowledges and opens a modal that it has ready. Slack is a
// process of its own (slack-client.ts).
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { buildApp } from '../src/app.js';
import { systemClock } from '../src/clock.js';
import type { Database } from '../src/db/client.js';
import { ACTION } from '../src/handlers/ids.js';
import { createLog } from '../src/log.js';
import { ms, percentile, type Row } from './measure.js';
import { type Load, type LoadResult, SECRET } from './slack-load.js';

export const TOKEN = 'xoxb-bench';
export const BOT = { botId: 'B1', botUserId: 'U_BOT' };
const ROUNDS = 300;
const MODALS = 400;
/** Before figures count: a process that has just started compiles its code while it answers. */
const WARM_UP = 1_200;
const AT_ONCE = 20;

export const receiverOf = () =>
  new HTTPReceiver({ signingSecret: SECRET, endpoints: '/slack/events', port: 0, logLevel: LogLevel.ERROR });

export async function listen(app: App): Promise<string> {
  const server = (await app.start(0)) as Server;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
}

/** As little of an app as can acknowledge, and open a modal. */
function bareApp(slackApiUrl: string, view: () => string): App {
  const app = new App({
    token: TOKEN,
    ...BOT,
    receiver: receiverOf(),
    clientOptions: { slackApiUrl },
    tokenVerificationEnabled: false,
  });
  app.command('/hk-plan', async ({ ack, client, command }) => {
    await ack();
    if (view() !== '') await client.views.open({ trigger_id: command.trigger_id, view: JSON.parse(view()) });
  });
  app.action(ACTION.planNew, async ({ ack }) => ack());
  return app;
}

/** The process that plays Slack (slack-client.ts), and where its Web API is. */
export async function startSlack(): Promise<{ slack: ChildProcess; slackApiUrl: string }> {
  const slack = fork(fileURLToPath(new URL('./slack-client.js', import.meta.url)), { execArgv: [] });
  const [slackApiUrl] = await once(slack, 'message');
  return { slack, slackApiUrl };
}

export async function ask(slack: ChildProcess, load: Load): Promise<LoadResult> {
  slack.send(load);
  const [result] = await once(slack, 'message');
  return result;
}

async function benchAcks(
  database: Database,
  slack: ChildProcess,
  url: string,
  beside: string,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [what, send] of [
    ['slash command → ack', 'command'],
    ['button → ack', 'click'],
  ] as const) {
    const times = await ask(slack, { kind: 'ack', send, url, beside, rounds: ROUNDS });
    rows.push(row(what, database, times, 0.5, { ratio: 1.5 }));
  }
  return rows;
}

export async function benchAck(database: Database): Promise<Row[]> {
  const { slack, slackApiUrl } = await startSlack();
  const deps = {
    db: database.prisma,
    clock: systemClock,
    log: createLog('silent'),
    kick: () => {},
    download: async () => null,
  };
  const ours = buildApp(deps, {
    botToken: TOKEN,
    bot: BOT,
    receiver: receiverOf(),
    clientOptions: { slackApiUrl },
  });
  let view = '';
  const bare = bareApp(slackApiUrl, () => view);
  try {
    const [url, beside] = [await listen(ours), await listen(bare)];
    const acks = await benchAcks(database, slack, url, beside);
    const load = { kind: 'modal', total: MODALS, atOnce: AT_ONCE } as const;
    view = (await ask(slack, { ...load, total: WARM_UP, url })).view;
    await ask(slack, { ...load, total: WARM_UP, url: beside });
    const opened = await ask(slack, { ...load, url });
    const floor = await ask(slack, { ...load, url: beside });
    const times = { ours: opened.ours, floor: floor.ours };
    const what = `slash command → modal, p99, ${AT_ONCE} at once`;
    return [...acks, row(what, database, times, 0.99, { ms: 100 })];
  } finally {
    slack.kill();
    await ours.stop();
    await bare.stop();
  }
}

function row(
  what: string,
  database: Database,
  times: Pick<LoadResult, 'ours' | 'floor'>,
  share: number,
  target: { ratio: number } | { ms: number },
): Row {
  const [ours, floor] = [percentile(times.ours, share), percentile(times.floor, share)];
  const ratio = ours / floor;
  const [words, met] =
    'ratio' in target
      ? [`≤ ${target.ratio} ×`, ratio <= target.ratio]
      : [`≤ ${target.ms} ms`, ours <= target.ms];
  return { what, engine: database.engine, ours: ms(ours), floor: ms(floor), ratio, target: words, met };
}
