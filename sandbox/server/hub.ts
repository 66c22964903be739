// Live events to the people who look: Server-Sent Events and in-process listeners, one stream per person.
import type { ServerResponse } from 'node:http';
import type { SandboxEvent } from './protocol.js';

const HEARTBEAT_MS = 15_000;

export interface Hub {
  /** Turns an HTTP response into the person's event stream. */
  open(user: string, response: ServerResponse): void;
  /** Calls the listener for each event of the person (any person when user is undefined); returns the way to stop. */
  listen(
    user: string | undefined,
    listener: (event: SandboxEvent, user: string | undefined) => void,
  ): () => void;
  send(user: string, event: SandboxEvent): void;
  sendAll(event: SandboxEvent): void;
  close(): void;
}

/** A hub without listeners. */
export function createHub(): Hub {
  const streams = new Set<{ user: string; response: ServerResponse }>();
  const listeners = new Set<{
    user: string | undefined;
    listener: (event: SandboxEvent, user: string | undefined) => void;
  }>();
  const heartbeat = setInterval(() => {
    for (const { response } of streams) response.write(': still here\n\n');
  }, HEARTBEAT_MS);
  heartbeat.unref();

  function deliver(user: string | undefined, event: SandboxEvent): void {
    const line = `data: ${JSON.stringify(event)}\n\n`;
    for (const stream of streams) {
      if (user === undefined || stream.user === user) stream.response.write(line);
    }
    for (const entry of listeners) {
      if (user === undefined || entry.user === undefined || entry.user === user) entry.listener(event, user);
    }
  }

  return {
    open(user, response) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        connection: 'keep-alive',
      });
      response.write(': hello\n\n');
      const stream = { user, response };
      streams.add(stream);
      response.on('close', () => streams.delete(stream));
    },
    listen(user, listener) {
      const entry = { user, listener };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    send: deliver,
    sendAll: (event) => deliver(undefined, event),
    close() {
      clearInterval(heartbeat);
      for (const { response } of streams) response.end();
      streams.clear();
      listeners.clear();
    },
  };
}
