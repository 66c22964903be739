// The real app in the strict local Slack, in this process, with a small company on a real database: what handler
// tests click through. Nothing is delivered by jobs: a test posts the message it needs itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { type App, type ReceiverEvent, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { pino } from 'pino';
import type { GivenAction, InteractionResult, View } from '../../sandbox/server/protocol.js';
import { type Sandbox, startSandbox } from '../../sandbox/server/sandbox.js';
import type { Target } from '../../sandbox/server/sandbox-client.js';
import { buildApp } from '../../src/app.js';
import type { Database, Db } from '../../src/db/client.js';
import { createSlackSender } from '../../src/jobs/delivery/slack-sender.js';
import { boltLogger, type Logger } from '../../src/log.js';
import { createTestCompany, NOON, PEOPLE, type PersonKey, type TestCompany } from './company.js';
import { createTestDatabase, type TestDatabase } from './database.js';

export interface SandboxedCompany {
  readonly sandbox: Sandbox;
  readonly company: TestCompany;
  /** The app itself, for what Slack's page would never send. */
  readonly app: App;
  readonly pool: Database['pool'];
  /** A client with the app's token. */
  readonly client: WebClient;
  /** One of the company in front of Slack. */
  person(who: PersonKey): PersonAtSlack;
  close(): Promise<void>;
}

/** What a person does; each call returns when the app has finished with it. */
export interface PersonAtSlack {
  readonly id: string;
  /** The window on top. */
  top(): View;
  /** The blocks of the window on top, as text to look for words in. */
  words(): string;
  /** Clicks in the window on top. */
  click(actionId: string, given?: Partial<GivenAction>): Promise<InteractionResult>;
  clickIn(target: Target, actionId: string, given?: Partial<GivenAction>): Promise<InteractionResult>;
  /** Clicks a button with this value in a message of its own. */
  press(actionId: string, value?: string): Promise<InteractionResult>;
  submit(values?: Parameters<Sandbox['submit']>[1]): Promise<InteractionResult>;
  act(request: Omit<Parameters<Sandbox['act']>[0], 'as'>): Promise<InteractionResult>;
  /** The choices of a select in the window on top. */
  choices(blockId: string, actionId: string, words: string): Promise<string>;
  shortcut(callbackId: string): Promise<InteractionResult>;
  /** The last thing the person alone was told in the app's DM. */
  told(): string | undefined;
}

/** The Slack id of a person of the company. */
export const slackId = (who: PersonKey): string => `U_${who.toUpperCase()}`;

/**
 * Starts sandbox, database and app; everybody reads `locale`. `appDb`: the app's own way to the same database. On a busy
 * machine windows may take long: no skeleton is opened but where it is asked for.
 */
export async function startSandboxedCompany(
  locale: 'zh-CN' | 'en-US' = 'zh-CN',
  appDb: (database: TestDatabase) => Promise<Db> = async ({ db }) => db.prisma,
  log: Logger = pino({ level: 'silent' }),
  skeletonMs = 60_000,
): Promise<SandboxedCompany> {
  const database = await createTestDatabase();
  const company = await createTestCompany(database.db.prisma);
  const people = Object.keys(PEOPLE) as PersonKey[];
  const sandbox = await startSandbox({
    manifest: {
      display_information: { name: 'Huikuan' },
      features: {
        app_home: { home_tab_enabled: true, messages_tab_enabled: true },
        bot_user: { display_name: 'huikuan' },
        shortcuts: [
          { name: 'Record a receipt', type: 'global', callback_id: 'shortcut.receipt' },
          { name: 'New contract', type: 'global', callback_id: 'shortcut.contract' },
          { name: 'Record as receipt', type: 'message', callback_id: 'shortcut.receipt_message' },
        ],
        slash_commands: ['/hk', '/hk-contract', '/hk-customer'].map((command) => ({
          command,
          description: command,
        })),
      },
      oauth_config: {
        scopes: {
          bot: [
            'commands',
            'chat:write',
            'im:history',
            'im:write',
            'users:read',
            'files:read',
            'files:write',
            'channels:read',
            'groups:read',
          ],
        },
      },
      settings: {
        event_subscriptions: { bot_events: ['app_home_opened', 'file_shared', 'message.im', 'user_change'] },
      },
    },
    team: { id: 'T0SANDBOX', name: 'Sandbox', tz: 'Asia/Shanghai' },
    users: people.map((key) => ({
      id: slackId(key),
      name: key,
      real_name: key,
      locale,
      tz: 'Asia/Shanghai',
    })),
    channels: [{ id: 'C0GENERAL', name: 'general', members: people.map(slackId), withApp: true }],
    transport: 'socket',
  });
  const clientOptions = { slackApiUrl: sandbox.apiUrl, retryConfig: { retries: 0 } };
  const receiver = new SocketModeReceiver({
    appToken: sandbox.appToken,
    logger: boltLogger(log),
    installerOptions: { clientOptions },
  });
  const sender = createSlackSender({ token: sandbox.botToken, slackApiUrl: sandbox.apiUrl, log });
  const deps = {
    db: await appDb(database),
    clock: () => NOON,
    log,
    kick: () => {},
    download: sender.download.bind(sender),
    skeletonMs,
  };
  const client = new WebClient(sandbox.botToken, clientOptions);
  const { bot_id: botId = '', user_id: botUserId = '' } = await client.auth.test();
  const bot = { botId, botUserId };
  const app = buildApp(deps, {
    botToken: sandbox.botToken,
    bot,
    receiver,
    clientOptions: { slackApiUrl: sandbox.apiUrl },
  });
  const settled = watchWork(app);
  await app.start();
  await sandbox.connected();
  return {
    sandbox,
    company,
    app,
    pool: database.db.pool,
    client,
    person: (who) => personAt(sandbox, client, slackId(who), settled),
    async close() {
      await app.stop();
      await sandbox.close();
      await database.close();
    },
  };
}

/** Listeners acknowledge first and work afterwards: returns the way to wait until all of them have finished. */
function watchWork(app: App): () => Promise<void> {
  let running = 0;
  const process = app.processEvent.bind(app);
  app.processEvent = async (event: ReceiverEvent) => {
    running += 1;
    try {
      await process(event);
    } finally {
      running -= 1;
    }
  };
  return async () => {
    while (running > 0) await sleep(1);
  };
}

function personAt(
  sandbox: Sandbox,
  client: WebClient,
  id: string,
  settled: () => Promise<void>,
): PersonAtSlack {
  const done = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    await settled();
    return result;
  };
  const top = () => {
    const view = sandbox.views(id).at(-1);
    if (!view) throw new Error(`${id} has no window open`);
    return view;
  };
  const clickIn: PersonAtSlack['clickIn'] = (target, actionId, given) =>
    done(sandbox.click(id, target, actionId, given));
  return {
    id,
    top,
    words: () => JSON.stringify(top().blocks),
    click: (actionId, given) => clickIn(top(), actionId, given),
    clickIn,
    async press(actionId, value = '') {
      const channel = sandbox.dm(id);
      const text = { type: 'plain_text' as const, text: 'go' };
      const button = { type: 'button' as const, action_id: actionId, text, ...(value !== '' && { value }) };
      const { ts } = await client.chat.postMessage({
        channel,
        text: 'a button',
        blocks: [{ type: 'actions', elements: [button] }],
      });
      const message = sandbox.messages(channel).find((one) => one.ts === ts);
      if (!message) throw new Error('the message is not there');
      return clickIn({ channel, message }, actionId);
    },
    submit: (values) => done(sandbox.submit(id, values)),
    act: (request) => done(sandbox.act({ as: id, ...request })),
    async choices(blockId, actionId, words) {
      const container = { type: 'view' as const, view_id: top().id };
      const found = sandbox.options({
        as: id,
        container,
        block_id: blockId,
        action_id: actionId,
        value: words,
      });
      return JSON.stringify(await done(found));
    },
    shortcut: (callbackId) => done(sandbox.shortcut(id, callbackId)),
    told: () => sandbox.history(id, sandbox.dm(id)).at(-1)?.text,
  };
}
