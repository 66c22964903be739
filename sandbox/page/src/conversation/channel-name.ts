// What a channel is called on screen: #name, or the other person of a direct message.
import type { Channel } from '../../../server/protocol.js';
import type { Directory } from '../store/page-context.js';

/** Name for headings and labels. */
export function channelTitle(channel: Channel, directory: Directory): string {
  if (!channel.is_im) return `#${channel.name}`;
  return directory.users.get(channel.user ?? '')?.real_name ?? channel.name;
}

/** The app's direct message of this person, if one was opened. */
export function findAppChannel(directory: Directory): Channel | undefined {
  return [...directory.channels.values()].find(
    (channel) => channel.is_im && channel.user === directory.botUserId,
  );
}
