// /livez and /readyz: whether the process runs, and whether it can work. On the port of Slack's requests in HTTP mode,
// on a small server of their own in Socket Mode. Tells states, never details: anybody may ask.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Each resolves when what it asks is well, and rejects when not. */
export interface HealthChecks {
  readonly database: () => Promise<unknown>;
  readonly slack: () => Promise<unknown>;
}

export interface HealthRoute {
  path: string;
  method: string;
  handler: (request: IncomingMessage, response: ServerResponse) => void;
}

const CHECK_TIMEOUT_MS = 2_000;

/** The two routes. /livez answers 200 while the process does; /readyz 503 names what is down. */
export function healthRoutes(checks: HealthChecks): HealthRoute[] {
  const live = (_request: IncomingMessage, response: ServerResponse) => answer(response, 200, { ok: true });
  const ready = (_request: IncomingMessage, response: ServerResponse) => {
    void readiness(checks).then(({ ok, ...states }) => answer(response, ok ? 200 : 503, { ok, ...states }));
  };
  return [
    { path: '/livez', method: 'GET', handler: live },
    { path: '/readyz', method: 'GET', handler: ready },
  ];
}

/** What /readyz answers. A check that takes over 2 seconds counts as down. */
export async function readiness(
  checks: HealthChecks,
): Promise<{ ok: boolean; database: 'up' | 'down'; slack: 'up' | 'down' }> {
  const [database, slack] = await Promise.all([stateOf(checks.database), stateOf(checks.slack)]);
  return { ok: database === 'up' && slack === 'up', database, slack };
}

async function stateOf(check: () => Promise<unknown>): Promise<'up' | 'down'> {
  const late = new AbortController();
  try {
    return await Promise.race([
      check().then(() => 'up' as const),
      sleep(CHECK_TIMEOUT_MS, 'down' as const, { signal: late.signal, ref: false }),
    ]);
  } catch {
    return 'down';
  } finally {
    late.abort();
  }
}

/** Serves the routes alone, for Socket Mode. @throws when the port cannot be taken */
export async function serveHealth(
  routes: readonly HealthRoute[],
  address: { port: number; host?: string },
): Promise<Server> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    const route = routes.find((one) => one.path === path && one.method === request.method);
    if (route) route.handler(request, response);
    else answer(response, 404, { ok: false });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
  return server;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
