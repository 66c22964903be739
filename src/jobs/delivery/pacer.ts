// About one message a second in a channel, so many a minute in all, of them a part for rewrites, and silence where Slack
// asked for it. Of one process, in memory; what several share is in turns.ts.

/** What all rewrites are held as: Slack counts them by themselves, whatever their channel. */
export const REWRITES = 'rewrites';

export interface Pacer {
  /** Milliseconds until the channel may be used; 0 when it may now. `recipient`: whose row asks. */
  waitMs(channel: string, recipient: string): number;
  /**
   * Recipients whose channel may not be used yet, `REWRITES` among them, and milliseconds until the first may; null if
   * there are none.
   */
  held(): { readonly recipients: readonly string[]; readonly ms: number | null };
  /** How many messages may go out now, in all channels together. */
  room(): number;
  /** Milliseconds until there is room for one; 0 when there is. */
  roomInMs(): number;
  /** A message goes out. */
  count(): void;
  /** The rewrite of one does: it counts like a message, and beyond their part rewrites wait, so that messages do not. */
  countRewrite(): void;
  pause(channel: string, ms: number): void;
  /** Nothing goes out before. */
  pauseAll(ms: number): void;
}

/** So many milliseconds apart, and so many at once after a while of silence. */
export interface Rate {
  readonly gapMs: number;
  readonly burst: number;
}

export interface PacerOptions {
  /** Messages and rewrites a minute in all, at most. */
  readonly perMinute: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

const MAX_CHANNELS = 10_000;
/** What may go out at once after a while of silence. */
const BURST = 20;
/** What rewrites may take of a minute. */
const REWRITES_PART = 1 / 3;
const MINUTE_MS = 60_000;

/** What a minute's limit means for everything and for rewrites: no minute has more, whatever its burst. */
export function ratesOf(perMinute: number): { readonly all: Rate; readonly rewrites: Rate } {
  const burst = Math.min(BURST, perMinute);
  const gapMs = perMinute === Number.POSITIVE_INFINITY ? 0 : MINUTE_MS / Math.max(perMinute - burst, 1);
  return { all: { gapMs, burst }, rewrites: { gapMs: gapMs / REWRITES_PART, burst } };
}

/** A pacer; no minute has more than `perMinute`, whatever its burst. */
export function createPacer({ perMinute, now = () => performance.now() }: PacerOptions): Pacer {
  const freeAt = new Map<string, number>();
  const channelOf = new Map<string, string>();
  const { burst, gapMs } = ratesOf(perMinute).all;
  const perMs = 1 / gapMs;
  let left = burst;
  let leftToRewrites = burst;
  let countedAt = now();
  const refill = () => {
    const at = now();
    left = Math.min(burst, left + (at - countedAt) * perMs);
    leftToRewrites = Math.min(burst, leftToRewrites + (at - countedAt) * perMs * REWRITES_PART);
    countedAt = at;
  };
  const pause = (channel: string, ms: number) => {
    if (freeAt.size > MAX_CHANNELS) freeAt.clear();
    freeAt.set(channel, Math.max(freeAt.get(channel) ?? 0, now() + ms));
  };
  return {
    waitMs(channel, recipient) {
      channelOf.set(recipient, channel);
      return Math.max(0, (freeAt.get(channel) ?? 0) - now());
    },
    held() {
      const at = now();
      for (const [channel, free] of freeAt) if (free <= at) freeAt.delete(channel);
      for (const [recipient, channel] of channelOf) if (!freeAt.has(channel)) channelOf.delete(recipient);
      const first = Math.min(...freeAt.values());
      const rewrites = freeAt.has(REWRITES) ? [REWRITES] : [];
      return { recipients: [...channelOf.keys(), ...rewrites], ms: freeAt.size === 0 ? null : first - at };
    },
    room() {
      if (perMinute === Number.POSITIVE_INFINITY) return perMinute;
      refill();
      // A little less than a whole one is rounding.
      return Math.floor(left + 1e-6);
    },
    roomInMs() {
      return this.room() >= 1 ? 0 : Math.ceil((1 - left) / perMs);
    },
    count() {
      left -= 1;
    },
    countRewrite() {
      left -= 1;
      if (perMinute === Number.POSITIVE_INFINITY) return;
      refill();
      leftToRewrites -= 1;
      if (leftToRewrites < 1) pause(REWRITES, (1 - leftToRewrites) / (perMs * REWRITES_PART));
    },
    pause,
    pauseAll(ms) {
      refill();
      left = Math.min(left, 1 - ms * perMs);
    },
  };
}
