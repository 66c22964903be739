// What every listener is given.
import type { Clock } from '../clock.js';
import type { Db } from '../db/client.js';
import type { Logger } from '../log.js';

export interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** Something was committed that must be told: deliver now instead of at the next tick. */
  readonly kick: () => void;
  /** A file's bytes with the bot's token, at most `maxBytes`; null where Slack does not give it. */
  readonly download: (slackFileId: string, maxBytes: number) => Promise<Buffer | null>;
  /** How long a window may take before a skeleton is opened in its place; a second where it is not said. */
  readonly skeletonMs?: number;
}
