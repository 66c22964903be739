// Alt with the arrow keys goes to the previous or next entry of the sidebar, as in Slack.
import { useEffect, useRef } from 'react';

interface Keys {
  current: string;
  onGo: (place: string) => void;
}

/** Listens in the whole window, but not while a dialog asks something. */
export function useChannelKeys(places: readonly string[], keys: Keys): void {
  const latest = useRef({ places, keys });
  latest.current = { places, keys };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (step === undefined || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
      const { places: all, keys: now } = latest.current;
      const next = all[(all.indexOf(now.current) + step + all.length) % all.length];
      if (next === undefined) return;
      event.preventDefault();
      now.onGo(next);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
