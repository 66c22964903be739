// From a signed request to its acknowledgement: a slash command and a button, beside a bare Bolt app that acknowledges
// and does nothing; and until the modal is there, 20 at once.
import { createHmac } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { buildApp } from '../src/app.js';
import { systemClock } from '../src/clock.js';
import type { Database } from '../src/db/client.js';
import { ACTION } from '../src/handlers/ids.js';
import { createLog } from '../src/log.js';
import { concurrently, inTurn, ms, percentile, type Row, timed } from './measure.js';
import { type SlackStub, startSlackStub } from './slack-stub.js';

const SECRET = 'bench-secret';
const TOKEN = 'xoxb-bench';
const ROUNDS = 300;
const AT_ONCE = 20;
/** The first rep of bench/data.ts. */
const REP = 'U2';

const receiverOf = () =>
  new HTTPReceiver({ signingSecret: SECRET, endpoints: '/slack/events', port: 0, logLevel: LogLevel.ERROR });

async function listen(app: App): Promise<string> {
  const server = (await app.start(0)) as Server;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
}

async function post(url: string, fields: Record<string, string>): Promise<void> {
  const body = new URLSearchParams(fields).toString();
  const stamp = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${stamp}:${body}`).digest('hex')}`;
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': stamp,
      'x-slack-signature': signature,
    },
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${response.status} from ${url}`);
}

let triggers = 0;
const newTrigger = () => {
  triggers += 1;
  return `trigger.${triggers}`;
};

const command = (url: string, triggerId = newTrigger()) =>
  post(url, {
    command: '/hk-plan',
    text: '',
    user_id: REP,
    team_id: 'T1',
    channel_id: 'C1',
    trigger_id: triggerId,
    response_url: 'http://127.0.0.1:9/',
  });

const click = (url: string) =>
  post(url, {
    payload: JSON.stringify({
      type: 'block_actions',
      team: { id: 'T1', domain: 'bench' },
      user: { id: REP, team_id: 'T1', name: 'x' },
      trigger_id: newTrigger(),
      response_url: 'http://127.0.0.1:9/',
      container: { type: 'message', message_ts: '1.1', channel_id: 'C1' },
      channel: { id: 'C1', name: 'x' },
      message: { ts: '1.1', blocks: [] },
      actions: [
        {
          type: 'button',
          action_id: ACTION.planNew,
          block_id: 'b',
          value: '',
          action_ts: '1.1',
          text: { type: 'plain_text', text: 'x' },
        },
      ],
    }),
  });

async function bareApp(stub: SlackStub): Promise<App> {
  const app = new App({
    token: TOKEN,
    receiver: receiverOf(),
    clientOptions: { slackApiUrl: stub.apiUrl },
    tokenVerificationEnabled: false,
  });
  app.command('/hk-plan', async ({ ack }) => ack());
  app.action(ACTION.planNew, async ({ ack }) => ack());
  return app;
}

export async function benchAck(database: Database): Promise<Row[]> {
  const stub = await startSlackStub();
  const deps = {
    db: database.prisma,
    clock: systemClock,
    log: createLog('silent'),
    kick: () => {},
    download: async () => null,
  };
  const bot = { botId: 'B1', botUserId: 'U_BOT' };
  const ours = buildApp(deps, {
    botToken: TOKEN,
    bot,
    receiver: receiverOf(),
    clientOptions: { slackApiUrl: stub.apiUrl },
  });
  const bare = await bareApp(stub);
  try {
    const [oursUrl, bareUrl] = [await listen(ours), await listen(bare)];
    const acks: Row[] = [];
    for (const [what, send] of [
      ['slash command → ack', command],
      ['button → ack', click],
    ] as const) {
      const untilModal = async () => {
        // One after another: what the last click still does must not slow the next one's acknowledgement.
        const time = await timed(() => send(oursUrl));
        await new Promise((resolve) => setTimeout(resolve, 15));
        return time;
      };
      const times = await inTurn(ROUNDS, untilModal, () => timed(() => send(bareUrl)));
      const [a, b] = [percentile(times.ours, 0.5), percentile(times.floor, 0.5)];
      acks.push({
        what,
        engine: database.engine,
        ours: ms(a),
        floor: ms(b),
        ratio: a / b,
        target: '≤ 1.5 ×',
        met: a / b <= 1.5,
      });
    }
    const opened = await concurrently(400, AT_ONCE, async () => {
      const triggerId = newTrigger();
      const shown = stub.viewOpened(triggerId);
      await command(oursUrl, triggerId);
      await shown;
    });
    const p99 = percentile(opened.slice(AT_ONCE), 0.99);
    const what = `slash command → modal, p99, ${AT_ONCE} at once`;
    return [
      ...acks,
      {
        what,
        engine: database.engine,
        ours: ms(p99),
        floor: '',
        ratio: null,
        target: '≤ 100 ms',
        met: p99 <= 100,
      },
    ];
  } finally {
    await ours.stop();
    await bare.stop();
    await stub.close();
  }
}
