// Folds server events and answers into the window's state; pure, so that two windows can never disagree.
import type { Channel, Clock, JournalEntry, Message, SandboxEvent } from '../../../server/protocol.js';
import { isExplained } from '../words/explain.js';
import {
  type Conversation,
  conversationKey,
  JOURNAL_LIMIT,
  type PageChange,
  type PageState,
} from './state.js';

let lastToast = 0;

/** The next state of the window. */
export function reducePage(state: PageState, change: PageChange): PageState {
  switch (change.type) {
    case 'event':
      return reduceEvent(state, change.event);
    case 'connection':
      return { ...state, connection: change.connection };
    case 'resynced':
      return {
        ...state,
        server: change.server,
        conversations: {},
        home: undefined,
        generation: state.generation + 1,
      };
    case 'history': {
      const known = state.conversations[change.key];
      const messages = known
        ? mergeMessages(change.conversation.messages, known.messages)
        : change.conversation.messages;
      const hasMore = known && !change.older ? known.hasMore : change.conversation.hasMore;
      return withConversation(state, change.key, { messages, hasMore });
    }
    case 'home_loaded':
      // A view published meanwhile came by the event stream and is newer than this answer.
      return { ...state, home: state.home ?? change.view };
    case 'journal_loaded':
      return { ...state, journal: addEntries(state.journal, change.entries) };
    case 'read':
      return updateChannel(state, change.channel, { unread: 0, mention: false });
    case 'toast':
      return addToast(state, change.level, change.text);
    case 'toast_closed':
      return { ...state, toasts: state.toasts.filter((toast) => toast.id !== change.id) };
    default:
      return change satisfies never;
  }
}

function reduceEvent(state: PageState, event: SandboxEvent): PageState {
  switch (event.type) {
    case 'message':
    case 'ephemeral':
    case 'message_changed':
    case 'ephemeral_changed':
      return putMessage(state, event.channel, event.message);
    case 'message_deleted':
    case 'ephemeral_deleted':
      return dropMessage(state, event.channel, event.ts);
    case 'view_stack':
      return { ...state, stack: event.stack };
    case 'home':
      return { ...state, home: event.view };
    case 'unread':
      return updateChannel(state, event.channel, {
        unread: event.unread,
        mention: event.mention,
        last_read: event.last_read,
      });
    case 'clock':
      return withServer(state, { clock: event.clock satisfies Clock });
    case 'app':
      return withServer(state, { app: event.app });
    case 'journal':
      return { ...state, journal: addEntries(state.journal, [event.entry]) };
    case 'channel':
      return withServer(state, { channels: putById(state.server.channels, event.channel) });
    case 'user':
      return withServer(state, {
        users: putById(state.server.users, event.user),
        ...(event.user.id === state.server.me.id ? { me: event.user } : {}),
      });
    case 'toast':
      // The block, form or command it belongs to says it already.
      return isExplained(event.text) ? state : addToast(state, event.level, event.text);
    case 'reset':
      return { ...state, conversations: {}, stack: [], home: undefined, journal: [] };
    default:
      return ignoreUnknown(state, event);
  }
}

/** A newer server may send kinds this page does not know yet: they are skipped, not fatal. */
function ignoreUnknown(state: PageState, _event: never): PageState {
  return state;
}

function withServer(state: PageState, part: Partial<PageState['server']>): PageState {
  return { ...state, server: { ...state.server, ...part } };
}

function withConversation(state: PageState, key: string, conversation: Conversation): PageState {
  return { ...state, conversations: { ...state.conversations, [key]: conversation } };
}

function updateChannel(state: PageState, id: string, part: Partial<Channel>): PageState {
  const channels = state.server.channels.map((one) => (one.id === id ? { ...one, ...part } : one));
  return withServer(state, { channels });
}

function putById<T extends { id: string }>(list: readonly T[], item: T): T[] {
  return list.some((one) => one.id === item.id)
    ? list.map((one) => (one.id === item.id ? item : one))
    : [...list, item];
}

/** Two oldest-first lists as one; where both have a ts the newer list wins. */
function mergeMessages(older: readonly Message[], newer: readonly Message[]): Message[] {
  const byTs = new Map<string, Message>();
  for (const message of [...older, ...newer]) byTs.set(message.ts, message);
  return [...byTs.values()].sort((a, b) => Number(a.ts) - Number(b.ts));
}

function putMessage(state: PageState, channel: string, message: Message): PageState {
  const isReply = message.thread_ts !== undefined && message.thread_ts !== message.ts;
  const keys = [conversationKey(channel, isReply ? message.thread_ts : undefined)];
  if (!isReply) keys.push(conversationKey(channel, message.ts));
  if (message.broadcast) keys.push(conversationKey(channel, undefined));
  return keys.reduce((next, key) => {
    const known = next.conversations[key];
    return known
      ? withConversation(next, key, { ...known, messages: mergeMessages(known.messages, [message]) })
      : next;
  }, state);
}

function dropMessage(state: PageState, channel: string, ts: string): PageState {
  const conversations = Object.fromEntries(
    Object.entries(state.conversations).map(([key, one]) => [
      key,
      key === channel || key.startsWith(`${channel}/`)
        ? { ...one, messages: one.messages.filter((message) => message.ts !== ts) }
        : one,
    ]),
  );
  return { ...state, conversations };
}

function addEntries(known: readonly JournalEntry[], entries: readonly JournalEntry[]): JournalEntry[] {
  const byNumber = new Map([...known, ...entries].map((entry) => [entry.n, entry]));
  return [...byNumber.values()].sort((a, b) => a.n - b.n).slice(-JOURNAL_LIMIT);
}

function addToast(state: PageState, level: 'info' | 'error', text: string): PageState {
  lastToast += 1;
  return { ...state, toasts: [...state.toasts.slice(-3), { id: lastToast, level, text }] };
}
