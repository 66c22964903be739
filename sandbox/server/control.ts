// What tests (and the page's tools) may do beyond a person: faults, redelivery, reset, people and channels.
import { moveClock, presentClock } from './clock.js';
import { dispatch, refuse, toResult } from './dispatch.js';
import { emitEvent } from './events.js';
import { announceChannel } from './people.js';
import type { InteractionResult, User } from './protocol.js';
import type { ChannelRequest, RedeliverRequest, UserRequest } from './protocol-requests.js';
import type { Slack } from './slack.js';
import { joinChannel } from './web-api/conversations.js';
import { toApiUser } from './web-api/users.js';
import { completeUser } from './world.js';

/** Sends a request to the app once more, exactly as it was; its answer changes nothing for the person. */
export async function redeliver(slack: Slack, request: RedeliverRequest): Promise<InteractionResult> {
  const sent = slack.sent.get(request.request_id);
  if (!sent) return refuse('no such request');
  const retry = sent.kind === 'events_api' ? { num: 1, reason: 'http_timeout' } : undefined;
  return toResult(await dispatch(slack, sent, retry, request.request_id));
}

/** Back to the seed: no messages, views, files, faults or journal, and the clock at real time. */
export async function resetSandbox(slack: Slack): Promise<void> {
  for (const timer of slack.timers) clearTimeout(timer);
  slack.timers.clear();
  slack.faults.clear();
  slack.journal.clear();
  slack.sent.clear();
  slack.offered.clear();
  slack.store.reset();
  if (presentClock(slack).canMove && !slack.clock.moving) await moveClock(slack, { reset: true });
  slack.hub.sendAll({ type: 'reset' });
}

/** Creates or changes a person; the app hears user_change. */
export function upsertUser(slack: Slack, request: UserRequest): User {
  const { users, team } = slack.store.world;
  const before = users[request.id];
  const user = before ? { ...before, ...request } : completeUser(request, Object.keys(users).length, team.tz);
  users[user.id] = user;
  slack.store.touch();
  slack.hub.sendAll({ type: 'user', user });
  if (before) {
    emitEvent(slack, 'user_change', {
      type: 'user_change',
      user: toApiUser(slack, user, true),
      cache_ts: Math.floor(Date.now() / 1000),
      event_ts: String(Date.now() / 1000),
    });
  }
  return user;
}

/** Creates or changes a channel and invites people (the app too, by its bot user id). */
export function upsertChannel(slack: Slack, request: ChannelRequest): void {
  const { channels } = slack.store.world;
  const channel = channels[request.id] ?? {
    id: request.id,
    name: request.name ?? request.id.toLowerCase(),
    is_im: false,
    is_private: request.is_private ?? false,
    members: [],
    created: Math.floor(Date.now() / 1000),
  };
  channels[channel.id] = channel;
  if (request.name !== undefined) channel.name = request.name;
  if (request.is_private !== undefined) channel.is_private = request.is_private;
  slack.store.touch();
  joinChannel(slack, channel, request.invite ?? []);
  announceChannel(slack, channel);
}
