// Socket Mode: hands out one-time socket addresses, says hello, sends envelopes and waits for their acknowledgements.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { ACK_TIMEOUT_MS, type Answer, type Outgoing, type Transport } from './transport.js';
import { isObject } from './validate-rules.js';

const PING_MS = 10_000;
const MAX_CONNECTIONS = 10;
const GOODBYE_MS = 500;

export interface SocketTransport extends Transport {
  /** A one-time path for the next connection. */
  issueTicket(): string;
  /** Asks every connected client to reconnect, as Slack does when it recycles a server. */
  disconnectAll(reason: 'warning' | 'refresh_requested'): void;
}

interface Pending {
  started: number;
  finish(answer: Answer): void;
}

/** Socket Mode on an HTTP server; `onChange` hears of connections, `onLate` of acknowledgements after 3 s. */
export function createSocketTransport(
  server: Server,
  appId: string,
  hooks: { onChange(): void; onLate(ms: number): void },
): SocketTransport {
  const sockets = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const pending = new Map<string, Pending>();
  const expired = new Map<string, number>();
  const live: WebSocket[] = [];
  let turn = 0;

  const pings = setInterval(() => {
    for (const socket of live) socket.ping();
  }, PING_MS);
  pings.unref();

  function onMessage(data: string): void {
    let message: unknown;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (!isObject(message) || typeof message.envelope_id !== 'string') return;
    const waiting = pending.get(message.envelope_id);
    if (waiting) {
      const ms = Math.round(performance.now() - waiting.started);
      waiting.finish({ status: 'acked', ms, body: message.payload });
      return;
    }
    const started = expired.get(message.envelope_id);
    if (started !== undefined) {
      expired.delete(message.envelope_id);
      hooks.onLate(Math.round(performance.now() - started));
    }
  }

  function onConnection(socket: WebSocket): void {
    live.push(socket);
    socket.on('message', (data: Buffer) => onMessage(data.toString('utf8')));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      live.splice(live.indexOf(socket), 1);
      hooks.onChange();
    });
    const hello = {
      type: 'hello',
      num_connections: live.length,
      debug_info: { host: 'sandbox', build_number: 1, approximate_connection_time: 18_060 },
      connection_info: { app_id: appId },
    };
    socket.send(JSON.stringify(hello));
    hooks.onChange();
  }

  server.on('upgrade', (request: IncomingMessage, stream, head) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const ticket = searchParams.get('ticket') ?? '';
    if (pathname !== '/link/' || !tickets.delete(ticket) || live.length >= MAX_CONNECTIONS) {
      stream.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, onConnection);
  });

  return {
    connected: () => live.length > 0,
    issueTicket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `/link/?ticket=${ticket}`;
    },
    send(outgoing) {
      const started = performance.now();
      turn += 1;
      const socket = live[turn % Math.max(live.length, 1)];
      if (!socket) return Promise.resolve({ status: 'error', ms: 0, reason: 'dispatch_failed' });
      const envelopeId = randomUUID();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          expired.set(envelopeId, started);
          finish({ status: 'timeout', ms: ACK_TIMEOUT_MS, reason: 'operation_timeout' });
        }, ACK_TIMEOUT_MS);
        const finish = (answer: Answer) => {
          clearTimeout(timer);
          pending.delete(envelopeId);
          resolve(answer);
        };
        pending.set(envelopeId, { started, finish });
        socket.send(JSON.stringify(buildEnvelope(envelopeId, outgoing)));
      });
    },
    disconnectAll(reason) {
      for (const socket of live) {
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }));
      }
    },
    async close() {
      clearInterval(pings);
      for (const waiting of pending.values()) waiting.finish({ status: 'error', ms: 0, reason: 'closed' });
      await Promise.all([...live].map(sayGoodbye));
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
  };
}

/** Closes with the handshake: a client cut off in the middle of its own would wait half a minute for the answer. */
function sayGoodbye(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), GOODBYE_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1001);
  });
}

function buildEnvelope(envelopeId: string, { kind, payload, acceptsBody, retry }: Outgoing) {
  return {
    envelope_id: envelopeId,
    type: kind,
    payload,
    accepts_response_payload: acceptsBody,
    ...(kind === 'events_api' ? { retry_attempt: retry?.num ?? 0, retry_reason: retry?.reason ?? '' } : {}),
  };
}
