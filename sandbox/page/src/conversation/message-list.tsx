// The scrolling list of messages: days, older pages at the top, stays at the end unless somebody scrolled up.
import { Fragment, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Message } from '../../../server/protocol.js';
import { useAppNow } from '../store/page-context.js';
import type { Conversation } from '../store/state.js';
import { dayKey, formatDay } from '../text/format-time.js';
import { plainText } from '../text/plain-text.js';
import { ScrollBox } from '../ui/scroll-box.js';
import { Spinner } from '../ui/spinner.js';
import { useLanguage } from '../words/words.js';
import { MessageRow } from './message-row.js';

interface ListProps {
  channel: string;
  label: string;
  conversation: Conversation;
  /** ts of the first message that was unread when the place was opened. */
  newFrom?: string | undefined;
  /** The first message is the root, the others are its replies. */
  isThread?: boolean;
  older: 'idle' | 'loading' | 'failed';
  onLoadOlder: () => void;
  onOpenThread?: ((ts: string) => void) | undefined;
}

const CONTINUED_MS = 5 * 60_000;
const NEAR_END_PX = 80;

/** True when `message` follows `before` closely and needs no name and avatar of its own. */
function isContinuation(before: Message | undefined, message: Message): boolean {
  if (!before || before.ephemeral || message.ephemeral) return false;
  const sameAuthor =
    before.user === message.user && before.bot_id === message.bot_id && before.username === message.username;
  return sameAuthor && message.posted_at - before.posted_at < CONTINUED_MS && !message.blocks;
}

/** What a reply's thread began with, if that is loaded. */
function aboutOf(messages: readonly Message[], { thread_ts: root }: Message): string | undefined {
  const text = messages.find((message) => message.ts === root)?.text;
  return text === undefined ? undefined : plainText(text);
}

/** Messages of a channel or thread. */
export function MessageList(props: ListProps) {
  const { channel, label, conversation, newFrom, isThread = false, older, onLoadOlder, onOpenThread } = props;
  const language = useLanguage();
  const { words } = language;
  const box = useRef<HTMLElement>(null);
  const top = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const before = useRef({ first: '', last: '', height: 0, top: 0 });
  const [unseen, setUnseen] = useState(0);
  const { messages, hasMore } = conversation;
  const now = useAppNow();

  const toEnd = () => {
    const list = box.current;
    if (list) list.scrollTop = list.scrollHeight;
    atEnd.current = true;
    setUnseen(0);
  };

  useLayoutEffect(() => {
    const list = box.current;
    if (!list) return;
    const known = before.current;
    const first = messages[0]?.ts ?? '';
    const last = messages.at(-1)?.ts ?? '';
    if (atEnd.current) {
      list.scrollTop = list.scrollHeight;
    } else if (known.first !== '' && first !== known.first) {
      list.scrollTop = known.top + list.scrollHeight - known.height;
    }
    if (!atEnd.current && known.last !== '' && last !== known.last) {
      setUnseen((count) => count + messages.filter((message) => message.ts > known.last).length);
    }
    before.current = { first, last, height: list.scrollHeight, top: list.scrollTop };
  }, [messages]);

  useEffect(() => {
    const list = box.current;
    const content = list?.firstElementChild;
    if (!list || !content) return;
    // Pictures and opened charts change the height without a new message.
    const resized = new ResizeObserver(() => {
      if (atEnd.current) list.scrollTop = list.scrollHeight;
    });
    resized.observe(content);
    resized.observe(list);
    return () => resized.disconnect();
  }, []);

  useEffect(() => {
    const mark = top.current;
    if (!mark || !hasMore || older === 'failed') return;
    const seen = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) onLoadOlder();
      },
      { root: box.current, rootMargin: '400px 0px 0px 0px' },
    );
    seen.observe(mark);
    return () => seen.disconnect();
  }, [hasMore, older, onLoadOlder]);

  const onScroll = () => {
    const list = box.current;
    if (!list) return;
    atEnd.current = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
    before.current = { ...before.current, height: list.scrollHeight, top: list.scrollTop };
    if (atEnd.current && unseen > 0) setUnseen(0);
  };

  return (
    <div className="message-list-frame">
      <ScrollBox ref={box} className="message-scroll" label={label} onScroll={onScroll}>
        <div className="message-scroll-inner">
          <div ref={top} className="older">
            {older === 'loading' && (
              <span role="status">
                <Spinner /> {words.loadingOlder}
              </span>
            )}
            {hasMore && older === 'failed' && (
              <button type="button" className="button" onClick={onLoadOlder}>
                {words.loadOlder}
              </button>
            )}
          </div>
          {messages.length === 0 && <p className="empty">{words.noMessages}</p>}
          <ol className="message-list">
            {messages.map((message, index) => {
              const previous = messages[index - 1];
              const sentAt = message.posted_at;
              const isNewDay = !previous || dayKey(previous.posted_at, language) !== dayKey(sentAt, language);
              return (
                <Fragment key={message.ts}>
                  {isNewDay && (
                    <li className="day-line">
                      <span>{formatDay(sentAt, now, language)}</span>
                    </li>
                  )}
                  {message.ts === newFrom && (
                    <li className="day-line new-line" data-new-line>
                      <span>{words.newLine}</span>
                    </li>
                  )}
                  {isThread && index === 1 && (
                    <li className="day-line replies-line">
                      <span>{words.replies(messages.length - 1)}</span>
                    </li>
                  )}
                  <MessageRow
                    channel={channel}
                    message={message}
                    isContinued={
                      !isNewDay &&
                      !(isThread && index === 1) &&
                      message.ts !== newFrom &&
                      isContinuation(previous, message)
                    }
                    onOpenThread={onOpenThread}
                    about={message.broadcast ? aboutOf(messages, message) : undefined}
                  />
                </Fragment>
              );
            })}
          </ol>
        </div>
      </ScrollBox>
      {unseen > 0 && (
        <button type="button" className="button unseen" onClick={toEnd}>
          {words.newMessages(unseen)} ↓
        </button>
      )}
    </div>
  );
}
