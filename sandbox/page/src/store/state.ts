// What one window knows: the server's state, loaded conversations, the modal stack, Home, journal and toasts.
import type { JournalEntry, Message, SandboxEvent, State, View } from '../../../server/protocol.js';

export interface Conversation {
  /** Oldest first. */
  messages: Message[];
  hasMore: boolean;
}

export interface Toast {
  id: number;
  level: 'info' | 'error';
  text: string;
}

export interface PageState {
  server: State;
  /** By conversation key; absent until loaded. */
  conversations: Readonly<Record<string, Conversation>>;
  stack: readonly View[];
  /** undefined until asked for, null when the app has published none. */
  home: View | null | undefined;
  /** Oldest first, at most JOURNAL_LIMIT. */
  journal: readonly JournalEntry[];
  connection: 'connecting' | 'open' | 'lost';
  toasts: readonly Toast[];
  /** Grows when everything loaded must be fetched anew (server reset, reconnection). */
  generation: number;
}

export const JOURNAL_LIMIT = 400;

export type PageChange =
  | { type: 'event'; event: SandboxEvent }
  | { type: 'connection'; connection: PageState['connection'] }
  | { type: 'resynced'; server: State }
  | { type: 'history'; key: string; conversation: Conversation; older: boolean }
  | { type: 'home_loaded'; view: View | null }
  | { type: 'journal_loaded'; entries: readonly JournalEntry[] }
  | { type: 'read'; channel: string }
  | { type: 'toast'; level: Toast['level']; text: string }
  | { type: 'toast_closed'; id: number };

/** Key of a channel's or a thread's loaded messages. */
export function conversationKey(channel: string, threadTs?: string): string {
  return threadTs ? `${channel}/${threadTs}` : channel;
}

/** State of a window right after the server's answer. */
export function makeInitialState(server: State): PageState {
  return {
    server,
    conversations: {},
    stack: [],
    home: undefined,
    journal: [],
    connection: 'connecting',
    toasts: [],
    generation: 0,
  };
}
