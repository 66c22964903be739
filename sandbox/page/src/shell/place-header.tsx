// Heading of the place looked at; for the app also its Home and Messages tabs.
import type { Channel } from '../../../server/protocol.js';
import type { Place } from '../store/use-place.js';
import { Icon } from '../ui/icon.js';
import { useWords } from '../words/words.js';

interface HeaderProps {
  channel: Channel | undefined;
  name: string;
  isApp: boolean;
  isHome: boolean;
  onGo: (part: Partial<Place>) => void;
  onMenu: () => void;
}

/** Name, kind and size of a channel, or the app's tabs. */
export function PlaceHeader({ channel, name, isApp, isHome, onGo, onMenu }: HeaderProps) {
  const words = useWords();
  const tab = (to: 'home' | 'messages', label: string, isCurrent: boolean) => (
    <button
      type="button"
      className="tab"
      aria-current={isCurrent ? 'page' : undefined}
      data-tab={to}
      onClick={() => onGo({ channel: to, thread: undefined })}
    >
      {label}
      {to === 'messages' && !isCurrent && (channel?.unread ?? 0) > 0 && (
        <span className="count count-mention">{channel?.unread}</span>
      )}
    </button>
  );
  return (
    <header className="pane-header">
      <button
        type="button"
        className="icon-button sidebar-opener"
        aria-label={words.openSidebar}
        title={words.openSidebar}
        onClick={onMenu}
      >
        <Icon name="menu" />
      </button>
      <h1 title={name}>{name}</h1>
      {isApp && (
        <div className="tabs">
          {tab('home', words.home, isHome)}
          {tab('messages', words.messages, !isHome)}
        </div>
      )}
      {channel && !channel.is_im && <span className="pane-sub">{words.members(channel.members.length)}</span>}
    </header>
  );
}
