// Messages and composer of one channel or thread.
import { Spinner } from '../ui/spinner.js';
import { useWords } from '../words/words.js';
import { Composer } from './composer.js';
import { MessageList } from './message-list.js';
import { useConversation } from './use-conversation.js';

interface ConversationProps {
  channel: string;
  threadTs?: string | undefined;
  name: string;
  onOpenThread?: ((ts: string) => void) | undefined;
}

/** A conversation one can read and write in. */
export function ConversationView({ channel, threadTs, name, onOpenThread }: ConversationProps) {
  const words = useWords();
  const { conversation, newFrom, failed, retry, older, loadOlder } = useConversation(channel, threadTs);
  return (
    <>
      {conversation ? (
        <MessageList
          channel={channel}
          label={threadTs ? words.thread : words.messageList(name)}
          conversation={conversation}
          newFrom={newFrom}
          isThread={threadTs !== undefined}
          older={older}
          onLoadOlder={() => void loadOlder()}
          onOpenThread={onOpenThread}
        />
      ) : (
        <div className="message-list-frame empty">
          {failed ? (
            <button type="button" className="button" onClick={retry}>
              {words.loadFailed} {words.retry}
            </button>
          ) : (
            <Spinner />
          )}
        </div>
      )}
      <Composer key={`${channel}/${threadTs ?? ''}`} channel={channel} threadTs={threadTs} name={name} />
    </>
  );
}
