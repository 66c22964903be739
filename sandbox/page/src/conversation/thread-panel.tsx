// The side panel with one thread.
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Icon } from '../ui/icon.js';
import { useWords } from '../words/words.js';
import { ConversationView } from './conversation-view.js';

/** The thread that starts at `ts`; the keyboard goes to its reply field, and back to where it came from. */
export function ThreadPanel(props: { channel: string; ts: string; name: string; onClose: () => void }) {
  const words = useWords();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.querySelector<HTMLElement>('[data-composer]')?.focus();
    return () => {
      // Whoever went elsewhere meanwhile, to another thread for instance, stays there.
      const isLost = document.activeElement === null || document.activeElement === document.body;
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || event.nativeEvent.isComposing) return;
    event.preventDefault();
    props.onClose();
  };
  return (
    <aside
      ref={panel}
      className="thread"
      aria-label={words.thread}
      data-thread-ts={props.ts}
      onKeyDown={onKeyDown}
    >
      <header className="pane-header">
        <h2>{words.thread}</h2>
        <span className="pane-sub">{props.name}</span>
        <button
          type="button"
          className="icon-button"
          aria-label={words.closeThread}
          title={words.closeThread}
          onClick={props.onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      <ConversationView channel={props.channel} threadTs={props.ts} name={props.name} />
    </aside>
  );
}
