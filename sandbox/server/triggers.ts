// trigger_ids: good for 3 seconds of real time and for one use.
import { randomBytes } from 'node:crypto';

const LIFETIME_MS = 3_000;

export interface Trigger {
  user: string;
  /** The open view it came from, for views.push. */
  viewId?: string;
}

export interface Triggers {
  create(user: string, viewId?: string): string;
  /** The trigger behind an id, now used; otherwise Slack's error code. */
  exchange(id: string): Trigger | 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';
}

/** An empty set of triggers. */
export function createTriggers(): Triggers {
  const live = new Map<string, Trigger & { at: number; used: boolean }>();
  return {
    create(user, viewId) {
      const now = Date.now();
      for (const [id, trigger] of live) if (now - trigger.at > 60_000) live.delete(id);
      const id = `${now}.${process.pid}.${randomBytes(16).toString('hex')}`;
      live.set(id, { user, at: now, used: false, ...(viewId === undefined ? {} : { viewId }) });
      return id;
    },
    exchange(id) {
      const trigger = live.get(id);
      if (!trigger) return /^\d+\.\d+\.[0-9a-f]+$/.test(id) ? 'expired_trigger_id' : 'invalid_trigger_id';
      if (trigger.used) return 'exchanged_trigger_id';
      if (Date.now() - trigger.at > LIFETIME_MS) return 'expired_trigger_id';
      trigger.used = true;
      return trigger;
    },
  };
}
