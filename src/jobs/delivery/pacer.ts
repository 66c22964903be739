// About one message a second in a channel, and silence where Slack asked for it. In memory: another instance that is too
// fast is told so by Slack.
export interface Pacer {
  /** Milliseconds until the channel may be used; 0 when it may now. */
  waitMs(channel: string): number;
  used(channel: string): void;
  pause(channel: string, ms: number): void;
}

const MAX_CHANNELS = 10_000;

/** A pacer that leaves `gapMs` between two messages of a channel. */
export function createPacer(gapMs: number): Pacer {
  const freeAt = new Map<string, number>();
  const hold = (channel: string, ms: number) => {
    if (freeAt.size > MAX_CHANNELS) freeAt.clear();
    freeAt.set(channel, Math.max(freeAt.get(channel) ?? 0, performance.now() + ms));
  };
  return {
    waitMs: (channel) => Math.max(0, (freeAt.get(channel) ?? 0) - performance.now()),
    used: (channel) => hold(channel, gapMs),
    pause: hold,
  };
}
