// Finds out who the window is, loads the server's state, and shows the window or the question who one is.
import { useCallback, useEffect, useState } from 'react';
import type { State } from '../../server/protocol.js';
import { PeopleLinks } from './shell/person-switcher.js';
import { Window } from './shell/window.js';
import { ApiError, fetchState } from './store/api.js';
import { PageProvider } from './store/page-provider.js';
import { usePlace } from './store/use-place.js';
import { Spinner } from './ui/spinner.js';
import { useWords } from './words/words.js';

type Loading =
  | { phase: 'loading' }
  | { phase: 'ready'; as: string | undefined; state: State }
  | { phase: 'failed'; status: number };

/** The page. */
export function App() {
  const words = useWords();
  const [place, go] = usePlace();
  const [loading, setLoading] = useState<Loading>({ phase: 'loading' });
  const { as } = place;

  const load = useCallback(() => {
    let stopped = false;
    setLoading({ phase: 'loading' });
    fetchState(as).then(
      (state) => {
        if (!stopped) setLoading({ phase: 'ready', as, state });
      },
      (error: unknown) => {
        if (!stopped) setLoading({ phase: 'failed', status: error instanceof ApiError ? error.status : 0 });
      },
    );
    return () => {
      stopped = true;
    };
  }, [as]);
  useEffect(load, [load]);

  if (loading.phase === 'loading' || (loading.phase === 'ready' && loading.as !== as)) {
    return (
      <p className="welcome" role="status">
        <Spinner /> {words.loading}
      </p>
    );
  }
  if (loading.phase === 'failed') {
    const isUnknown = as !== undefined && loading.status >= 400 && loading.status < 500;
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
  if (as === undefined) {
    return (
      <main className="welcome">
        <h1>{loading.state.team.name}</h1>
        <h2>{words.choosePerson}</h2>
        <p>{words.choosePersonHint}</p>
        <PeopleLinks users={loading.state.users.filter((user) => !user.is_bot)} />
      </main>
    );
  }
  return (
    <PageProvider key={as} as={as} server={loading.state}>
      <Window place={place} onGo={go} />
    </PageProvider>
  );
}
