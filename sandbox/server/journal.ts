// What went between the sandbox and the app, newest last, for the page and for tests. Never the payloads themselves.
import type { JournalEntry } from './protocol.js';

const KEPT = 5_000;

export interface Journal {
  add(entry: Omit<JournalEntry, 'n' | 'at'>): JournalEntry;
  since(n: number): JournalEntry[];
  clear(): void;
}

/** An empty journal that tells each new entry to `onAdd`. */
export function createJournal(onAdd: (entry: JournalEntry) => void): Journal {
  let entries: JournalEntry[] = [];
  let last = 0;
  return {
    add(given) {
      last += 1;
      const entry = { n: last, at: new Date().toISOString(), ...given };
      entries.push(entry);
      if (entries.length > KEPT * 1.1) entries = entries.slice(-KEPT);
      onAdd(entry);
      return entry;
    },
    since: (n) => entries.filter((entry) => entry.n > n),
    clear() {
      entries = [];
    },
  };
}
