// Tells screen readers about a new message in the conversation being looked at; draws nothing.
import { useEffect, useRef, useState } from 'react';
import { useDirectory, usePage } from '../store/page-context.js';
import { conversationKey } from '../store/state.js';
import { plainText } from '../text/plain-text.js';

/** A polite live region for the newest message of a channel or thread. */
export function Announcer({ channel, thread }: { channel: string; thread: string | undefined }) {
  const { state, as } = usePage();
  const { users } = useDirectory();
  const key = conversationKey(channel, thread);
  const last = state.conversations[key]?.messages.at(-1);
  const [text, setText] = useState('');
  const seen = useRef({ key, ts: last?.ts });
  useEffect(() => {
    const before = seen.current;
    seen.current = { key, ts: last?.ts };
    const isNew = before.key === key && before.ts !== undefined && last !== undefined && last.ts > before.ts;
    if (!isNew || last.user === as) return;
    const name = users.get(last.user ?? '')?.real_name ?? last.username ?? '';
    setText(`${name}: ${plainText(last.text)}`);
  }, [key, last, as, users]);
  return (
    <div className="hidden-text" aria-live="polite" data-announcer>
      {text}
    </div>
  );
}
