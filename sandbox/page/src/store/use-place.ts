// Where the window looks, kept in the address so that reload, back and bookmarks work.
import { useCallback, useEffect, useState } from 'react';

/** `channel` is a channel id, 'home' (the app's Home) or 'messages' (the app's direct message). */
export interface Place {
  as: string | undefined;
  channel: string;
  thread: string | undefined;
}

function readPlace(): Place {
  const query = new URLSearchParams(window.location.search);
  return {
    as: query.get('as') ?? undefined,
    channel: query.get('c') ?? 'home',
    thread: query.get('t') ?? undefined,
  };
}

/** Address of a place in this page. */
export function placeUrl(place: Place): string {
  const query = new URLSearchParams();
  if (place.as) query.set('as', place.as);
  if (place.channel !== 'home') query.set('c', place.channel);
  if (place.thread) query.set('t', place.thread);
  return `?${query}`;
}

/** The current place and a function that goes to another part of it. */
export function usePlace(): [Place, (part: Partial<Place>) => void] {
  const [place, setPlace] = useState(readPlace);
  useEffect(() => {
    const onBack = () => setPlace(readPlace());
    window.addEventListener('popstate', onBack);
    return () => window.removeEventListener('popstate', onBack);
  }, []);
  const go = useCallback((part: Partial<Place>) => {
    const next = { ...readPlace(), ...part };
    window.history.pushState(null, '', placeUrl(next));
    setPlace(next);
  }, []);
  return [place, go];
}
