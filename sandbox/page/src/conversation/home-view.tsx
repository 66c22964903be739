// The app's Home tab as published for this person.
import { useEffect, useMemo, useState } from 'react';
import type { Container, View } from '../../../server/protocol.js';
import { BlockList } from '../blocks/block-view.js';
import { InteractionContext } from '../blocks/interaction.js';
import { useInteractionState } from '../blocks/use-interaction-state.js';
import { fetchHome } from '../store/api.js';
import { usePage } from '../store/page-context.js';
import { ScrollBox } from '../ui/scroll-box.js';
import { Spinner } from '../ui/spinner.js';
import { useWords } from '../words/words.js';

const NO_ERRORS = {};
/** How long an app may take to publish before it is said that there is nothing. */
const ON_ITS_WAY_MS = 8_000;

/** Opening it tells the app, which may publish a fresh view. */
export function HomeView() {
  const words = useWords();
  const { as, state, change } = usePage();
  const { generation } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new generation means everything is fetched anew
  useEffect(() => {
    let stopped = false;
    fetchHome(as).then(
      ({ view }) => {
        if (!stopped) change({ type: 'home_loaded', view });
      },
      () => {
        if (!stopped) change({ type: 'home_loaded', view: null });
      },
    );
    return () => {
      stopped = true;
    };
  }, [as, change, generation]);

  return (
    <ScrollBox className="home" label={words.home}>
      {state.home ? <HomeBlocks view={state.home} /> : <NoHome key={`${as} ${generation}`} />}
    </ScrollBox>
  );
}

/** Nothing is published: on its way during the first seconds, as the app hears of the opening only now. */
function NoHome() {
  const words = useWords();
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ON_ITS_WAY_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className="empty" role="status">
      {isLate ? (
        words.homeEmpty
      ) : (
        <span>
          <Spinner /> {words.homeComing}
        </span>
      )}
    </p>
  );
}

function HomeBlocks({ view }: { view: View }) {
  const container = useMemo<Container>(() => ({ type: 'view', view_id: view.id }), [view.id]);
  const { interaction } = useInteractionState({
    container,
    blocks: view.blocks,
    version: view.hash,
    held: view.state.values,
    errors: NO_ERRORS,
  });
  return (
    <div className="home-blocks" data-view-callback-id={view.callback_id} data-view-id={view.id}>
      <InteractionContext value={interaction}>
        <BlockList blocks={view.blocks} />
      </InteractionContext>
    </div>
  );
}
