// Which conversation a Web API call means, and whether the app may see it and write there.
import { findChannel, isMember, openDirectMessage } from '../people.js';
import type { Slack } from '../slack.js';
import { APP, type StoredChannel } from '../world.js';
import { ApiError, type Args } from './method.js';

/** The conversation with this id, as far as the app can see it (private ones only as a member). */
export function readChannel(slack: Slack, args: Args): StoredChannel {
  const channel = findChannel(slack, args.need('channel'));
  if (!channel || (channel.is_private && !isMember(channel, APP.user)))
    throw new ApiError('channel_not_found');
  return channel;
}

/** The conversation the app writes to: an id, a #name, or a user id for their direct message. */
export function writeChannel(slack: Slack, args: Args): StoredChannel {
  const wanted = args.text('channel') ?? '';
  const { channels, users } = slack.store.world;
  const user = users[wanted];
  if (user && !user.is_bot) return openDirectMessage(slack, wanted).channel;
  const byName = Object.values(channels).find((entry) => !entry.is_im && `#${entry.name}` === wanted);
  const channel = channels[wanted] ?? byName;
  if (!channel || (channel.is_private && !isMember(channel, APP.user)))
    throw new ApiError('channel_not_found');
  if (!isMember(channel, APP.user)) throw new ApiError('not_in_channel');
  return channel;
}

/** A person by id; throws user_not_found. */
export function readUser(slack: Slack, id: string) {
  const user = slack.store.world.users[id];
  if (!user) throw new ApiError('user_not_found');
  return user;
}
