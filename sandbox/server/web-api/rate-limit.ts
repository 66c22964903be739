// Slack's limits: of chat.postMessage about one message a second in a channel, with short bursts; of the other methods so
// many calls a minute as their tier says.
import type { Json } from '../validate-rules.js';
import type { Tier } from './method.js';

const BURST = 10;
const CALLS_A_MINUTE: Record<Tier, number> = { 1: 1, 2: 20, 3: 50, 4: 100 };

interface Limit {
  readonly key: string;
  /** So many at once, and so many a second after that. */
  readonly burst: number;
  readonly perSecond: number;
}

function limitOf(method: string, fields: Json, tier: Tier | undefined): Limit | null {
  if (method === 'chat.postMessage')
    return { key: `${method} ${String(fields.channel)}`, burst: BURST, perSecond: 1 };
  if (tier === undefined) return null;
  const calls = CALLS_A_MINUTE[tier];
  return { key: method, burst: calls, perSecond: calls / 60 };
}

/** Seconds to wait before this call may be made, 0 when it may go now. */
export function createRateLimiter(
  enabled: boolean,
): (method: string, fields: Json, tier: Tier | undefined) => number {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (method, fields, tier) => {
    const limit = enabled ? limitOf(method, fields, tier) : null;
    if (!limit) return 0;
    const now = Date.now();
    const bucket = buckets.get(limit.key) ?? { tokens: limit.burst, at: now };
    bucket.tokens = Math.min(limit.burst, bucket.tokens + ((now - bucket.at) / 1000) * limit.perSecond);
    bucket.at = now;
    buckets.set(limit.key, bucket);
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / limit.perSecond);
    bucket.tokens -= 1;
    return 0;
  };
}
