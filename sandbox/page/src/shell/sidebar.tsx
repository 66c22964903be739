// Channels, direct messages and the app, with unread marks; and who one is.
import { useEffect, useRef } from 'react';
import type { Channel } from '../../../server/protocol.js';
import { channelTitle, findAppChannel } from '../conversation/channel-name.js';
import { useDirectory, usePage } from '../store/page-context.js';
import type { Place } from '../store/use-place.js';
import { Avatar } from '../ui/avatar.js';
import { Icon } from '../ui/icon.js';
import { useDismiss } from '../ui/use-dismiss.js';
import { useWords } from '../words/words.js';
import { PersonSwitcher } from './person-switcher.js';
import { useChannelKeys } from './use-channel-keys.js';

interface SidebarProps {
  place: Place;
  open: boolean;
  onGo: (part: Partial<Place>) => void;
  onClose: () => void;
}

/** The left column; on narrow screens it covers the page while open. */
export function Sidebar({ place, open, onGo, onClose }: SidebarProps) {
  const words = useWords();
  const nav = useRef<HTMLElement>(null);
  useDismiss(open, [nav], onClose);
  useEffect(() => {
    const box = nav.current;
    if (!open || !box) return;
    box.querySelector<HTMLElement>('[aria-current]')?.focus();
    return () => {
      const active = document.activeElement;
      if (active && active !== document.body && !box.contains(active)) return;
      document.querySelector<HTMLElement>('.sidebar-opener')?.focus();
    };
  }, [open]);
  const { state } = usePage();
  const directory = useDirectory();
  const { server } = state;
  const appChannel = findAppChannel(directory);
  const rooms = server.channels.filter((channel) => !channel.is_im);
  const people = server.channels.filter((channel) => channel.is_im && channel.user !== directory.botUserId);
  const isApp = place.channel === 'home' || place.channel === 'messages' || place.channel === appChannel?.id;
  const go = (channel: string) => {
    onGo({ channel, thread: undefined });
    onClose();
  };
  useChannelKeys(
    ['home', ...rooms, ...people].map((one) => (typeof one === 'string' ? one : one.id)),
    {
      current: isApp ? 'home' : place.channel,
      onGo: go,
    },
  );
  const entry = (channel: Channel) => (
    <SidebarEntry
      key={channel.id}
      channel={channel}
      title={channelTitle(channel, directory)}
      isCurrent={place.channel === channel.id}
      onOpen={() => go(channel.id)}
    />
  );
  return (
    <nav ref={nav} className={open ? 'sidebar sidebar-open' : 'sidebar'} aria-label={words.channels}>
      <header className="sidebar-header">
        <strong className="team-name" title={server.team.name}>
          {server.team.name}
        </strong>
        <button
          type="button"
          className="icon-button sidebar-close"
          aria-label={words.closeSidebar}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      <PersonSwitcher />
      <div className="sidebar-lists">
        <h2>{words.apps}</h2>
        <ul>
          <SidebarEntry
            channel={appChannel}
            title={server.app.name}
            isApp
            isCurrent={isApp}
            onOpen={() => go(appChannel && appChannel.unread > 0 ? 'messages' : 'home')}
          />
        </ul>
        <h2>{words.channels}</h2>
        <ul>{rooms.map(entry)}</ul>
        {people.length > 0 && (
          <>
            <h2>{words.directMessages}</h2>
            <ul>{people.map(entry)}</ul>
          </>
        )}
      </div>
      <p className={server.app.connected ? 'app-state' : 'app-state app-state-off'} role="status">
        <span className="dot" aria-hidden="true" />
        {server.app.connected ? words.appOnline(server.app.transport) : words.appOffline}
      </p>
    </nav>
  );
}

interface EntryProps {
  channel: Channel | undefined;
  title: string;
  isApp?: boolean;
  isCurrent: boolean;
  onOpen: () => void;
}

function SidebarEntry({ channel, title, isApp = false, isCurrent, onOpen }: EntryProps) {
  const words = useWords();
  const { users, botUserId } = useDirectory();
  const unread = channel?.unread ?? 0;
  const peer = users.get(isApp ? botUserId : (channel?.user ?? ''));
  const isBadge = (channel?.mention ?? false) || ((channel?.is_im ?? false) && unread > 0);
  return (
    <li>
      <button
        type="button"
        className={unread > 0 ? 'entry entry-unread' : 'entry'}
        aria-current={isCurrent ? 'page' : undefined}
        data-channel-id={channel?.id ?? (isApp ? 'app' : '')}
        onClick={onOpen}
      >
        {peer ? (
          <Avatar user={peer} name={title} size="small" />
        ) : (
          <Icon name={channel?.is_private ? 'lock' : 'hash'} />
        )}
        <span className="entry-name" title={title}>
          {title.replace(/^#/, '')}
        </span>
        {channel?.is_private && !channel.is_im && (
          <span className="hidden-text">({words.privateChannel})</span>
        )}
        {unread > 0 && (
          <>
            <span className={isBadge ? 'count count-mention' : 'count'} aria-hidden="true">
              {unread}
            </span>
            <span className="hidden-text">
              {channel?.mention && !channel.is_im ? words.mentions(unread) : words.unread(unread)}
            </span>
          </>
        )}
      </button>
    </li>
  );
}
