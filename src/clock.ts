// What time it is: the machine's, or the sandbox's, which is moved by an offset in a file.
import { readFileSync, statSync } from 'node:fs';

export type Clock = () => Date;

/** The machine's clock. */
export const systemClock: Clock = () => new Date();

/**
 * The machine's clock plus the offset in a JSON file ({"offsetMs": number}), read again whenever the file changes.
 * A missing or broken file is an offset of 0.
 */
export function fileClock(path: string): Clock {
  let modified = -1;
  let offsetMs = 0;
  return () => {
    try {
      const { mtimeMs } = statSync(path);
      if (mtimeMs !== modified) {
        const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
        offsetMs = isOffset(value) ? value.offsetMs : 0;
        modified = mtimeMs;
      }
    } catch {
      offsetMs = 0;
    }
    return new Date(Date.now() + offsetMs);
  };
}

const isOffset = (value: unknown): value is { offsetMs: number } =>
  typeof value === 'object' && value !== null && 'offsetMs' in value && Number.isFinite(value.offsetMs);
