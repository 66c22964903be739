// Slack's special limit of chat.postMessage: about one message a second in a channel, with short bursts.
import type { Json } from '../validate-rules.js';

const BURST = 10;

/** Seconds to wait before this call may be made, 0 when it may go now. */
export function createRateLimiter(enabled: boolean): (method: string, fields: Json) => number {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (method, fields) => {
    if (!enabled || method !== 'chat.postMessage') return 0;
    const key = String(fields.channel);
    const now = Date.now();
    const bucket = buckets.get(key) ?? { tokens: BURST, at: now };
    bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) / 1000);
    bucket.at = now;
    buckets.set(key, bucket);
    if (bucket.tokens < 1) return 1;
    bucket.tokens -= 1;
    return 0;
  };
}
