// Events API: wraps an event, sends it when the app subscribed to it, and redelivers it until it is acknowledged.
import { dispatch } from './dispatch.js';
import { newId } from './ids.js';
import { isSubscribed } from './manifest.js';
import type { Slack } from './slack.js';
import type { Json } from './validate-rules.js';
import { APP } from './world.js';

const RETRY_DELAYS_MS = [0, 60_000, 300_000] as const;

/** Sends an event the app subscribed to; unacknowledged it comes again up to three times. */
export function emitEvent(slack: Slack, subscription: string, event: Json): void {
  if (!isSubscribed(slack.options.manifest, subscription)) return;
  const { team } = slack.store.world;
  const payload = {
    token: 'sandbox-verification-token',
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: null,
    api_app_id: APP.id,
    event,
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.id,
        user_id: APP.user,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  };
  deliverEvent(slack, subscription, payload, 0, newId('Rq'));
}

function deliverEvent(
  slack: Slack,
  name: string,
  payload: Json,
  attempt: number,
  id: string,
  last = '',
): void {
  const retry = attempt === 0 ? undefined : { num: attempt, reason: last };
  const request = { kind: 'events_api' as const, name, payload, acceptsBody: false };
  void dispatch(slack, request, retry, id).then(({ answer }) => {
    if (answer.status === 'acked') return;
    const delay = (slack.options.retryDelaysMs ?? RETRY_DELAYS_MS)[attempt];
    if (delay === undefined) return;
    const reason = nameRetryReason(slack, answer.status, answer.reason);
    const timer = setTimeout(() => {
      slack.timers.delete(timer);
      deliverEvent(slack, name, payload, attempt + 1, id, reason);
    }, delay);
    timer.unref();
    slack.timers.add(timer);
  });
}

function nameRetryReason(slack: Slack, status: string, reason: string | undefined): string {
  if (slack.options.transport === 'socket') return status === 'timeout' ? 'timeout' : 'no_connection';
  if (status === 'timeout') return 'http_timeout';
  return reason?.startsWith('http_status') ? 'http_error' : 'connection_failed';
}
