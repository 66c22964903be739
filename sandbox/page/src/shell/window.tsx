// One person's window: sidebar, the place looked at, thread panel, clock, journal and modals.
import { useEffect, useState } from 'react';
import { channelTitle, findAppChannel } from '../conversation/channel-name.js';
import { ConversationView } from '../conversation/conversation-view.js';
import { HomeView } from '../conversation/home-view.js';
import { ThreadPanel } from '../conversation/thread-panel.js';
import { ModalStack } from '../modal/modal-stack.js';
import { useDirectory, usePage } from '../store/page-context.js';
import type { Place } from '../store/use-place.js';
import { Icon } from '../ui/icon.js';
import { useWords } from '../words/words.js';
import { Announcer } from './announcer.js';
import { ClockBar } from './clock-bar.js';
import { JournalPane } from './journal-pane.js';
import { PlaceHeader } from './place-header.js';
import { Sidebar } from './sidebar.js';
import { Toasts } from './toasts.js';

/** The whole window at a place. */
export function Window({ place, onGo }: { place: Place; onGo: (part: Partial<Place>) => void }) {
  const words = useWords();
  const { state } = usePage();
  const directory = useDirectory();
  const [sidebarOpen, setSidebarOpen] = useState(false);
  const appChannel = findAppChannel(directory);
  const isHome = place.channel === 'home';
  const isApp = isHome || place.channel === 'messages' || place.channel === appChannel?.id;
  // Before the app's direct message exists, its user id stands for it: writing opens it.
  const channelId = isApp ? (appChannel?.id ?? directory.botUserId) : place.channel;
  const channel = directory.channels.get(channelId);
  const name = isApp ? directory.appName : channel ? channelTitle(channel, directory) : channelId;
  const unread = state.server.channels.reduce((sum, one) => sum + one.unread, 0);
  const { me, team } = state.server;

  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${me.real_name} · ${name} · ${team.name}`;
  }, [unread, me.real_name, name, team.name]);

  return (
    <div className="window" data-person={me.id}>
      <ClockBar />
      {state.connection === 'lost' && (
        <p className="connection" role="alert">
          <Icon name="warn" /> {words.connectionLost}
        </p>
      )}
      <div className="window-body">
        <Sidebar place={place} open={sidebarOpen} onGo={onGo} onClose={() => setSidebarOpen(false)} />
        <main
          className="place"
          aria-label={name}
          data-channel-id={isHome ? 'home' : channelId}
          data-place={place.channel}
        >
          <PlaceHeader
            channel={channel}
            name={name}
            isApp={isApp}
            isHome={isHome}
            onGo={onGo}
            onMenu={() => setSidebarOpen(true)}
          />
          {isHome ? (
            <HomeView />
          ) : (
            <ConversationView
              key={channelId}
              channel={channelId}
              name={name}
              onOpenThread={(thread) => onGo({ thread })}
            />
          )}
        </main>
        {place.thread && !isHome && (
          <ThreadPanel
            key={place.thread}
            channel={channelId}
            ts={place.thread}
            name={name}
            onClose={() => onGo({ thread: undefined })}
          />
        )}
      </div>
      <JournalPane />
      <Announcer channel={channelId} thread={place.thread} />
      <ModalStack />
      <Toasts />
    </div>
  );
}
