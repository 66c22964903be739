// Contexts of one window, split so that a message row is not drawn again when a journal line arrives.
import { createContext, use } from 'react';
import type { Channel, Shortcut, User } from '../../../server/protocol.js';
import type { PageChange, PageState } from './state.js';

export interface Page {
  as: string;
  state: PageState;
  change: (change: PageChange) => void;
}

export interface Directory {
  as: string;
  users: ReadonlyMap<string, User>;
  channels: ReadonlyMap<string, Channel>;
  /** The public ones beside them, which can be named and chosen. */
  known: ReadonlyMap<string, Channel>;
  botUserId: string;
  appName: string;
}

export const PageContext = createContext<Page | undefined>(undefined);
export const DirectoryContext = createContext<Directory | undefined>(undefined);
export const ShortcutsContext = createContext<readonly Shortcut[]>([]);
/** How far the app's clock is from real time, in milliseconds. */
export const ClockContext = createContext(0);
export const NoticeContext = createContext<(level: 'info' | 'error', text: string) => void>(() => {});

/** The window's whole state; use only in parts that change with nearly everything. */
export function usePage(): Page {
  const page = use(PageContext);
  if (!page) throw new Error('usePage outside of PageProvider');
  return page;
}

/** People and channels by id, and who is acting. */
export function useDirectory(): Directory {
  const directory = use(DirectoryContext);
  if (!directory) throw new Error('useDirectory outside of PageProvider');
  return directory;
}

/** Milliseconds since the epoch as the app's clock, by which messages are dated, shows them now. */
export function useAppNow(): number {
  return Date.now() + use(ClockContext);
}

/** Shows a toast. */
export function useNotice(): (level: 'info' | 'error', text: string) => void {
  return use(NoticeContext);
}
