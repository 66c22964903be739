// A small real Bolt app and the sandbox it runs in, over either transport, for the conformance tests.
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Manifest } from '../../sandbox/server/manifest.js';
import type { SandboxOptions } from '../../sandbox/server/options.js';
import { type Sandbox, startSandbox } from '../../sandbox/server/sandbox.js';

export type TransportName = 'socket' | 'http';

export const REP = 'U0REP';
export const FINANCE = 'U0FINANCE';
export const GENERAL = 'C0GENERAL';
export const SECRET = 'C0SECRET';
export const OUTSIDE = 'C0OUTSIDE';
export const HIDDEN = 'C0HIDDEN';

export const MANIFEST: Manifest = {
  display_information: { name: 'Probe' },
  features: {
    app_home: { home_tab_enabled: true, messages_tab_enabled: true },
    bot_user: { display_name: 'probe' },
    shortcuts: [
      { name: 'Everywhere', type: 'global', callback_id: 'everywhere' },
      { name: 'On a message', type: 'message', callback_id: 'on_message' },
    ],
    slash_commands: [{ command: '/probe', description: 'Probes', usage_hint: '[words]' }],
  },
  oauth_config: {
    scopes: {
      bot: [
        'commands',
        'chat:write',
        'channels:history',
        'channels:join',
        'channels:read',
        'groups:history',
        'groups:read',
        'im:history',
        'im:read',
        'files:read',
        'files:write',
        'im:write',
        'users:read',
      ],
    },
  },
  settings: {
    event_subscriptions: {
      bot_events: ['app_home_opened', 'file_shared', 'member_joined_channel', 'message.im', 'user_change'],
    },
  },
};

export const SEED: Omit<SandboxOptions, 'transport'> = {
  manifest: MANIFEST,
  team: { id: 'T0SANDBOX', name: 'Sandbox', tz: 'Asia/Shanghai' },
  users: [
    { id: REP, name: 'rep', real_name: '李销售', locale: 'zh-CN' },
    { id: FINANCE, name: 'finance', real_name: 'Fran Finance', locale: 'en-US', tz: 'Europe/London' },
  ],
  channels: [
    { id: GENERAL, name: 'general', members: [REP, FINANCE], withApp: true },
    { id: SECRET, name: 'secret', is_private: true, members: [FINANCE], withApp: true },
    { id: OUTSIDE, name: 'outside', members: [REP] },
    { id: HIDDEN, name: 'hidden', is_private: true, members: [REP] },
  ],
};

export interface Harness {
  sandbox: Sandbox;
  app: App;
  /** A client with the app's token and no retries. */
  client: WebClient;
  close(): Promise<void>;
}

/** Starts a sandbox; the caller closes it. */
export async function startAlone(more: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  return await startSandbox({ ...SEED, transport: 'socket', ...more });
}

/** A client of the sandbox that fails at once instead of retrying. */
export function createClient(sandbox: Sandbox, token = sandbox.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: sandbox.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
    logger: SILENT,
  });
}

/** Bolt complains loudly about refused calls; the tests look at the errors themselves. */
const SILENT = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

/** A port that was free a moment ago. */
export async function reservePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts a sandbox and a Bolt app in it; `register` adds the app's listeners. */
export async function startHarness(
  transport: TransportName,
  register: (app: App) => void,
  more: Partial<SandboxOptions> = {},
): Promise<Harness> {
  const port = transport === 'http' ? await reservePort() : 0;
  const sandbox = await startSandbox({
    ...SEED,
    ...more,
    transport: transport === 'socket' ? 'socket' : { http: `http://127.0.0.1:${port}/slack/events` },
  });
  const clientOptions = { slackApiUrl: sandbox.apiUrl, retryConfig: { retries: 0 } };
  const receiver =
    transport === 'socket'
      ? new SocketModeReceiver({
          appToken: sandbox.appToken,
          logger: SILENT,
          installerOptions: { clientOptions },
        })
      : new HTTPReceiver({ signingSecret: sandbox.signingSecret, logger: SILENT });
  const app = new App({ token: sandbox.botToken, receiver, logger: SILENT, clientOptions });
  app.error(async () => {});
  register(app);
  await app.start(port);
  await sandbox.connected();
  return {
    sandbox,
    app,
    client: createClient(sandbox),
    async close() {
      await app.stop();
      await sandbox.close();
    },
  };
}
