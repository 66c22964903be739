// What time it is: the machine's, or the sandbox's, which is moved by an offset in a file.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export type Clock = () => Date;

/** The machine's clock. */
export const systemClock: Clock = () => new Date();

/** A clock that is moved by hand, and the way to say how far the app has come with it. */
export interface MovedClock {
  readonly now: Clock;
  /** Milliseconds it is ahead of the machine's. */
  offsetMs(): number;
  /** Says that everything due at this offset is done; null: nothing yet, but whoever moves the clock may wait. */
  tellDone(offsetMs: number | null): void;
}

/**
 * The machine's clock plus the offset in a JSON file ({"offsetMs": number}), read anew each time: two moves may be closer
 * together than the file's time tells apart. A missing or broken file is an offset of 0. How far the app has come is
 * written beside it, as `<path>.done`.
 */
export function movedClock(path: string): MovedClock {
  const read = (): number => {
    try {
      const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
      return isOffset(value) ? value.offsetMs : 0;
    } catch {
      return 0;
    }
  };
  return {
    now: () => new Date(Date.now() + read()),
    offsetMs: read,
    tellDone(done) {
      const temporary = `${path}.done.${process.pid}.tmp`;
      writeFileSync(temporary, JSON.stringify({ offsetMs: done }));
      renameSync(temporary, `${path}.done`);
    },
  };
}

const isOffset = (value: unknown): value is { offsetMs: number } =>
  typeof value === 'object' && value !== null && 'offsetMs' in value && Number.isFinite(value.offsetMs);
