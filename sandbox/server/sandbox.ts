// Starts a sandbox: one loopback HTTP server with a workspace, a transport to the app, and typed helpers for tests.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createFaults } from './faults.js';
import { refreshAddresses } from './files.js';
import { createHttpTransport } from './http-delivery.js';
import { createHub } from './hub.js';
import { createJournal } from './journal.js';
import type { SandboxOptions } from './options.js';
import { presentApp } from './person.js';
import { createListener } from './routes.js';
import { createSandboxClient, type SandboxClient } from './sandbox-client.js';
import type { Slack } from './slack.js';
import { createSocketTransport, type SocketTransport } from './socket.js';
import { openStore, writeAtomic } from './store.js';
import type { Transport } from './transport.js';
import { createTriggers } from './triggers.js';
import { createApi } from './web-api/handle.js';
import { APP } from './world.js';

export interface Sandbox extends SandboxClient {
  /** http://127.0.0.1:PORT */
  url: string;
  /** Slack's Web API base for SLACK_API_URL, ending in /api/. */
  apiUrl: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  /** Asks every Socket Mode client to reconnect, as Slack does when it recycles a server. */
  recycleSockets(): void;
  close(): Promise<void>;
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the sandbox has no port');
  return address.port;
}

/** Starts a local Slack on a loopback port; rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${port}`;
  const hub = createHub();
  const tokens = {
    bot: options.botToken ?? 'xoxb-sandbox',
    app: options.appToken ?? 'xapp-sandbox',
    signingSecret: options.signingSecret ?? 'sandbox-signing-secret',
  };
  const hooks = {
    onChange: () => hub.sendAll({ type: 'app', app: presentApp(slack) }),
    onLate: (ms: number) => {
      slack.journal.add({
        kind: 'ack',
        name: 'late',
        ms,
        status: 'late',
        summary: `acknowledged after ${ms} ms`,
      });
    },
  };
  const { socket, transport } = createTransport(options, server, tokens.signingSecret, hooks);
  const slack: Slack = {
    options,
    store: openStore(options),
    hub,
    journal: createJournal((entry) => hub.sendAll({ type: 'journal', entry })),
    faults: createFaults(),
    triggers: createTriggers(),
    transport,
    sent: new Map(),
    offered: new Map(),
    timers: new Set(),
    traffic: { last: 0, running: 0 },
    tokens,
    url,
    clock: { offsetMs: 0, moving: false },
  };
  if (options.clockFile !== undefined) slack.clock.offsetMs = readOffset(options.clockFile);
  refreshAddresses(slack);
  const openSocket = socket && (() => `${url.replace('http', 'ws')}${socket.issueTicket()}`);
  server.on('request', createListener(slack, createApi(slack, openSocket)));
  return {
    ...createSandboxClient(slack),
    url,
    apiUrl: `${url}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    signingSecret: tokens.signingSecret,
    recycleSockets: () => socket?.disconnectAll('refresh_requested'),
    async close() {
      for (const timer of slack.timers) clearTimeout(timer);
      hub.close();
      await transport.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      slack.store.flush();
    },
  };
}

function createTransport(
  options: SandboxOptions,
  server: Server,
  signingSecret: string,
  hooks: { onChange(): void; onLate(ms: number): void },
): { socket?: SocketTransport; transport: Transport } {
  if (options.transport !== 'socket') {
    return { transport: createHttpTransport(options.transport.http, signingSecret, hooks) };
  }
  const socket = createSocketTransport(server, APP.id, hooks);
  return { socket, transport: socket };
}

/** The offset left in the clock file, so that a restart continues; a missing file is written with 0. */
function readOffset(path: string): number {
  try {
    const { offsetMs }: { offsetMs?: unknown } = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof offsetMs === 'number' && Number.isFinite(offsetMs)) return offsetMs;
  } catch {
    // Not there yet, or half a file from elsewhere: start at real time.
  }
  writeAtomic(path, JSON.stringify({ offsetMs: 0 }));
  return 0;
}
