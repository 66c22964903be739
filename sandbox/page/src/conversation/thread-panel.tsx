// The side panel with one thread.
import { Icon } from '../ui/icon.js';
import { useWords } from '../words/words.js';
import { ConversationView } from './conversation-view.js';

/** The thread that starts at `ts`. */
export function ThreadPanel(props: { channel: string; ts: string; name: string; onClose: () => void }) {
  const words = useWords();
  return (
    <aside className="thread" aria-label={words.thread} data-thread-ts={props.ts}>
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
