// The small toolbar of a message: reply in thread and the app's message shortcuts.
import type { Message } from '../../../server/protocol.js';
import { Icon } from '../ui/icon.js';
import { Menu } from '../ui/menu.js';
import { useWords } from '../words/words.js';
import { useShortcut } from './use-shortcut.js';

interface ActionsProps {
  channel: string;
  message: Message;
  onReply?: (() => void) | undefined;
}

/** Always in the tab order; visible on hover and focus. */
export function MessageActions({ channel, message, onReply }: ActionsProps) {
  const words = useWords();
  const { shortcuts, run } = useShortcut('message');
  if (message.ephemeral) return null;
  return (
    <div className="message-actions">
      {onReply && (
        <button
          type="button"
          className="icon-button"
          aria-label={words.replyInThread}
          title={words.replyInThread}
          onClick={onReply}
        >
          <Icon name="reply" />
        </button>
      )}
      <Menu
        label={words.moreActions}
        emptyText={words.noMessageShortcuts}
        items={shortcuts.map((shortcut) => ({
          key: shortcut.callback_id,
          label: shortcut.name,
          data: { 'data-shortcut-id': shortcut.callback_id },
          onChoose: () => run(shortcut, { channel, message_ts: message.ts }),
        }))}
      >
        <Icon name="more" />
      </Menu>
    </div>
  );
}
