// Holds one window's state and its event stream; reconnects and fetches anew what may have been missed.
import { type ReactNode, useCallback, useEffect, useMemo, useReducer } from 'react';
import type { State } from '../../../server/protocol.js';
import { LanguageContext, pickWords } from '../words/words.js';
import { fetchJournal, fetchState } from './api.js';
import { listenForEvents } from './listen.js';
import {
  ClockContext,
  DirectoryContext,
  NoticeContext,
  PageContext,
  ShortcutsContext,
} from './page-context.js';
import { reducePage } from './reduce.js';
import { makeInitialState } from './state.js';

// Nothing is drawn before the stream is open: what was read earlier could miss an event for ever.
/** Provides state, directory, language and notices of the person `as` to everything below. */
export function PageProvider({ as, server, children }: { as: string; server: State; children: ReactNode }) {
  const [state, change] = useReducer(reducePage, server, makeInitialState);
  const { me, users, channels, otherChannels, app, shortcuts } = state.server;

  useEffect(() => {
    let stopped = false;
    const resync = async () => {
      const fresh = await fetchState(as);
      if (!stopped) change({ type: 'resynced', server: fresh });
    };
    const loadJournal = async () => {
      const { entries } = await fetchJournal(0);
      if (!stopped) change({ type: 'journal_loaded', entries });
    };
    const stopListening = listenForEvents(as, {
      onEvent: (event) => {
        change({ type: 'event', event });
        if (event.type === 'reset') resync().catch(() => {});
      },
      onState: (connection) => change({ type: 'connection', connection }),
      // A failed refresh is not lost: the stream breaks too, and the next connection refreshes again.
      onOpen: () => void Promise.all([resync(), loadJournal()]).catch(() => {}),
    });
    return () => {
      stopped = true;
      stopListening();
    };
  }, [as]);

  const page = useMemo(() => ({ as, state, change }), [as, state]);
  const directory = useMemo(
    () => ({
      as,
      users: new Map(users.map((user) => [user.id, user])),
      channels: new Map(channels.map((channel) => [channel.id, channel])),
      known: new Map([...otherChannels, ...channels].map((channel) => [channel.id, channel])),
      botUserId: app.bot_user_id,
      appName: app.name,
    }),
    [as, users, channels, otherChannels, app.bot_user_id, app.name],
  );
  const language = useMemo(
    () => ({ words: pickWords(me.locale), locale: me.locale, timeZone: me.tz }),
    [me.locale, me.tz],
  );
  const notify = useCallback(
    (level: 'info' | 'error', text: string) => change({ type: 'toast', level, text }),
    [],
  );
  useEffect(() => {
    document.documentElement.lang = me.locale;
  }, [me.locale]);

  return (
    <LanguageContext value={language}>
      <DirectoryContext value={directory}>
        <NoticeContext value={notify}>
          <ShortcutsContext value={shortcuts}>
            <ClockContext value={state.server.clock.offsetMs}>
              <PageContext value={page}>{state.generation > 0 && children}</PageContext>
            </ClockContext>
          </ShortcutsContext>
        </NoticeContext>
      </DirectoryContext>
    </LanguageContext>
  );
}
