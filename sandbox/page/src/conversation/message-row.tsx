// One message: who, when, text or blocks, files, thread line and the actions that appear on hover and focus.
import { memo, useMemo } from 'react';
import type { Container, Message, StateValues } from '../../../server/protocol.js';
import { BlockList } from '../blocks/block-view.js';
import { InteractionContext } from '../blocks/interaction.js';
import { useInteractionState } from '../blocks/use-interaction-state.js';
import { useAppNow, useDirectory } from '../store/page-context.js';
import { formatInstant, formatShortInstant, formatTime } from '../text/format-time.js';
import { MrkdwnText } from '../text/mrkdwn-text.js';
import { Avatar } from '../ui/avatar.js';
import { Icon } from '../ui/icon.js';
import { useLanguage } from '../words/words.js';
import { MessageActions } from './message-actions.js';
import { MessageFiles } from './message-files.js';

const NO_VALUES: StateValues = {};
const NO_ERRORS = {};

interface RowProps {
  channel: string;
  message: Message;
  /** Same author shortly after: name and avatar are left out. */
  isContinued: boolean;
  onOpenThread?: ((ts: string) => void) | undefined;
  /** What the thread of a reply is about, where the reply is shown in the channel too. */
  about?: string | undefined;
}

/** A message row of a channel or thread. */
export const MessageRow = memo(function MessageRow({
  channel,
  message,
  isContinued,
  onOpenThread,
  about,
}: RowProps) {
  const language = useLanguage();
  const { words } = language;
  const { users, botUserId, appName } = useDirectory();
  const user = users.get(message.user ?? (message.bot_id ? botUserId : ''));
  const name = message.username ?? user?.real_name ?? (message.bot_id ? appName : words.deletedUser);
  const now = useAppNow();
  const sentAt = message.posted_at;
  const isReply = message.thread_ts !== undefined && message.thread_ts !== message.ts;
  const time = (
    <time
      className="message-time"
      dateTime={new Date(sentAt).toISOString()}
      title={formatInstant(sentAt, language)}
    >
      {formatTime(sentAt, language)}
    </time>
  );
  return (
    <li
      className={`message${isContinued ? ' message-continued' : ''}${message.ephemeral ? ' message-ephemeral' : ''}`}
      data-message-ts={message.ts}
      data-ephemeral={message.ephemeral ?? false}
    >
      <div className="message-side">{isContinued ? time : <Avatar user={user} name={name} />}</div>
      <div className="message-main">
        {message.ephemeral && (
          <p className="message-only-you">
            <Icon name="eye" /> {words.onlyYou}
          </p>
        )}
        <p className={isContinued ? 'hidden-text' : 'message-head'}>
          <strong className="message-author" title={name}>
            {name}
          </strong>
          {(message.bot_id || user?.is_bot) && <span className="badge">{words.bot}</span>}
          {!isContinued && time}
        </p>
        {message.broadcast && onOpenThread && message.thread_ts && (
          <button type="button" className="thread-line" onClick={() => onOpenThread(message.thread_ts ?? '')}>
            <small>{about ? words.repliedTo(about) : words.repliedInThread}</small>
          </button>
        )}
        <MessageBody channel={channel} message={message} />
        <MessageFiles files={message.files ?? []} />
        {(message.reply_count ?? 0) > 0 && onOpenThread && !isReply && (
          <button type="button" className="thread-line" onClick={() => onOpenThread(message.ts)}>
            <strong>{words.replies(message.reply_count ?? 0)}</strong>
            {message.latest_reply_at !== undefined && (
              <small>{words.lastReply(formatShortInstant(message.latest_reply_at, now, language))}</small>
            )}
          </button>
        )}
      </div>
      <MessageActions
        channel={channel}
        message={message}
        onReply={onOpenThread && !message.ephemeral && !isReply ? () => onOpenThread(message.ts) : undefined}
      />
    </li>
  );
});

function MessageBody({ channel, message }: { channel: string; message: Message }) {
  const { words } = useLanguage();
  const isEphemeral = message.ephemeral ?? false;
  const container = useMemo<Container>(
    () => ({ type: 'message', channel, ts: message.ts, ...(isEphemeral ? { ephemeral: true } : {}) }),
    [channel, message.ts, isEphemeral],
  );
  const blocks = message.blocks ?? [];
  const { interaction } = useInteractionState({
    container,
    blocks,
    version: message,
    held: NO_VALUES,
    errors: NO_ERRORS,
  });
  const edited = message.edited && <span className="message-edited">{words.edited}</span>;
  if (blocks.length === 0) {
    return (
      <div className="message-text text">
        <MrkdwnText text={message.text} />
        {edited && <> {edited}</>}
      </div>
    );
  }
  return (
    <InteractionContext value={interaction}>
      <BlockList blocks={blocks} />
      {edited}
    </InteractionContext>
  );
}
