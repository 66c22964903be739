// Finds out who the window is, loads the server's state, and shows the window or the question who one is.
import { useCallback, useEffect, useState } from 'react';
import type { State, User } from '../../server/protocol.js';
import { PeopleLinks } from './shell/people-links.js';
import { Window } from './shell/window.js';
import { ApiError, fetchPeople, fetchState } from './store/api.js';
import { PageProvider } from './store/page-provider.js';
import { usePlace } from './store/use-place.js';
import { Spinner } from './ui/spinner.js';
import { useWords } from './words/words.js';

type Loaded =
  | { phase: 'person'; as: string; state: State }
  | { phase: 'nobody'; team: string; users: readonly User[] }
  | { phase: 'failed'; status: number };

async function loadPage(as: string | undefined): Promise<Loaded> {
  try {
    if (as !== undefined) return { phase: 'person', as, state: await fetchState(as) };
    const { team, users } = await fetchPeople();
    return { phase: 'nobody', team, users: users.filter((user) => !user.is_bot) };
  } catch (error) {
    return { phase: 'failed', status: error instanceof ApiError ? error.status : 0 };
  }
}

/** The page. */
export function App() {
  const words = useWords();
  const [place, go] = usePlace();
  const [loaded, setLoaded] = useState<Loaded | undefined>(undefined);
  const { as } = place;

  const load = useCallback(() => {
    let stopped = false;
    setLoaded(undefined);
    void loadPage(as).then((result) => {
      if (!stopped) setLoaded(result);
    });
    return () => {
      stopped = true;
    };
  }, [as]);
  useEffect(load, [load]);

  if (loaded?.phase === 'failed') {
    const isUnknown = as !== undefined && loaded.status >= 400 && loaded.status < 500;
    return (
      <main className="welcome">
        <p role="alert">{isUnknown ? words.unknownPerson(as) : words.loadFailed}</p>
        <button
          type="button"
          className="button button-primary"
          onClick={isUnknown ? () => go({ as: undefined }) : load}
        >
          {isUnknown ? words.choosePerson : words.retry}
        </button>
      </main>
    );
  }
  if (loaded?.phase === 'nobody' && as === undefined) {
    return (
      <main className="welcome">
        <h1>{loaded.team}</h1>
        <h2>{words.choosePerson}</h2>
        <p>{words.choosePersonHint}</p>
        <PeopleLinks users={loaded.users} />
      </main>
    );
  }
  if (loaded?.phase === 'person' && loaded.as === as) {
    return (
      <PageProvider key={as} as={as} server={loaded.state}>
        <Window place={place} onGo={go} />
      </PageProvider>
    );
  }
  return (
    <p className="welcome" role="status">
      <Spinner /> {words.loading}
    </p>
  );
}
