// The least Slack that an app under load can talk to: every call is answered at once, and the time at which a view
// arrived for a trigger is remembered. The strict one is sandbox/.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlackStub {
  readonly apiUrl: string;
  /** Resolves to performance.now() when a view was opened with this trigger. */
  viewOpened(triggerId: string): Promise<number>;
  /** Resolves to performance.now() when the message of this timestamp was rewritten. */
  rewritten(ts: string): Promise<number>;
  /** The JSON of the view that was opened last. */
  lastView(): string;
  close(): Promise<void>;
}

const ANSWERS: Record<string, object> = {
  'auth.test': { bot_id: 'B1', user_id: 'U_BOT', team_id: 'T1' },
  'views.open': { view: { id: 'V1', hash: 'h1' } },
  'views.push': { view: { id: 'V1', hash: 'h1' } },
  'views.update': { view: { id: 'V1', hash: 'h2' } },
  'conversations.open': { channel: { id: 'D1' } },
  'chat.postMessage': { channel: 'D1', ts: '2.1' },
};

export async function startSlackStub(): Promise<SlackStub> {
  const waiting = new Map<string, (at: number) => void>();
  const arrival = (key: string) =>
    new Promise<number>((resolve) => {
      waiting.set(key, (at) => {
        waiting.delete(key);
        resolve(at);
      });
    });
  let view = '';
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      const method = (request.url ?? '').split('/').pop() ?? '';
      const fields = new URLSearchParams(body);
      const triggerId = fields.get('trigger_id');
      if (triggerId !== null) waiting.get(triggerId)?.(performance.now());
      if (method === 'chat.update') waiting.get(`ts ${fields.get('ts')}`)?.(performance.now());
      response.setHeader('content-type', 'application/json');
      view = fields.get('view') ?? view;
      const user = { id: fields.get('user'), name: 'x', locale: 'zh-CN', tz: 'Asia/Shanghai', profile: {} };
      response.end(JSON.stringify({ ok: true, ...(method === 'users.info' ? { user } : ANSWERS[method]) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    viewOpened: arrival,
    rewritten: (ts) => arrival(`ts ${ts}`),
    lastView: () => view,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
