// The server's event stream with reconnection; never interprets what it carries.
import type { SandboxEvent } from '../../../server/protocol.js';

interface Listener {
  onEvent: (event: SandboxEvent) => void;
  onState: (state: 'connecting' | 'open' | 'lost') => void;
  /** The stream is open: whatever was read before may miss events, so it has to be read again. */
  onOpen: () => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** Listens for one person's events until the returned function is called; waits 0.5 to 5 s between tries. */
export function listenForEvents(as: string, listener: Listener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = FIRST_PAUSE_MS;

  const connect = () => {
    source = new EventSource(`/sandbox/events?as=${encodeURIComponent(as)}`);
    source.onopen = () => {
      pause = FIRST_PAUSE_MS;
      listener.onState('open');
      listener.onOpen();
    };
    source.onmessage = (line: MessageEvent<string>) =>
      listener.onEvent(JSON.parse(line.data) as SandboxEvent);
    source.onerror = () => {
      source?.close();
      listener.onState('lost');
      timer = setTimeout(connect, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
